//! A command line as it was read: words, the commands that are made of them, and what is known of what those say.

use std::rc::Rc;

use super::fits;

/// A word as a command gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether a part of it is only known once it runs.
    pub(super) is_open: bool,
    /// Whether it stands for whatever files match it.
    pub(super) is_pattern: bool,
    pub(super) is_quoted: bool,
    /// What is known of the commands, or of the earlier values, that the open part is made of.
    pub(super) made: Option<Rc<Said>>,
    /// Where an unquoted brace, comma or blank stands: a shell makes several words of it.
    pub(super) marks: Vec<usize>,
}

impl Word {
    /// Text that is taken as it stands.
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// What stands behind an option that is in the same word.
    pub(super) fn without(&self, option: &str) -> Option<Self> {
        self.text.strip_prefix(option).map(|rest| Self { text: rest.to_owned(), ..self.clone() })
    }

    /// Whether nothing of it is known.
    pub(super) const fn is_unknown(&self) -> bool {
        self.is_open && self.text.is_empty()
    }
}

/// One command with its words; the first is the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) words: Vec<Word>,
    /// `NAME=value` before the program.
    pub(super) set: Vec<(String, Word)>,
    /// Files that its output goes to.
    pub(super) written: Vec<Word>,
    /// What it reads, where the line itself says so.
    pub(super) fed: Vec<String>,
    /// What comes to it through a pipe.
    pub(super) input: Option<Rc<Said>>,
    /// The function whose definition starts here.
    pub(super) defines: Option<String>,
}

/// What comes out of commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) texts: Vec<String>,
    /// Whether the texts are all that there is.
    pub(super) is_whole: bool,
    /// Whether it can be taken to name no hook but by what follows here.
    pub(super) is_bounded: bool,
    /// Whether the text is a program that is looked up, and not a file of that name.
    pub(super) is_program: bool,
    /// The files that it may name.
    pub(super) named: Vec<Word>,
    /// Where it searches for the files that it names, and for which.
    pub(super) searched: Vec<(Word, Found)>,
}

/// So many characters does each name cost at least.
const EACH_NAME: usize = 32;

impl Said {
    pub(super) fn size(&self) -> usize {
        let words = self.named.iter().chain(self.searched.iter().map(|(root, _)| root));
        self.texts.iter().map(String::len).chain(words.map(|word| word.text.len() + EACH_NAME)).sum()
    }

    /// Whether it may name anything, a hook as well as whatever else.
    pub(super) const fn may_be_anything(&self) -> bool {
        !self.is_whole && !self.is_bounded
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.texts.extend_from_slice(&other.texts);
        self.named.extend_from_slice(&other.named);
        self.searched.extend_from_slice(&other.searched);
        self.is_whole &= other.is_whole;
        self.is_bounded &= !other.may_be_anything();
        self.is_program = other.is_program;
    }
}

/// What is looked for in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The names that it has; any where there are none.
    pub(super) names: Vec<String>,
    /// Whether git's own directory is left out.
    pub skips_git: bool,
    /// The same of whatever begins with a dot.
    pub skips_hidden: bool,
    /// Whether only what git has under control is looked for.
    pub is_tracked: bool,
    /// What it has to hold, in small letters.
    pub holds: Option<String>,
}

impl Found {
    pub fn takes(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|pattern| fits(pattern, name))
    }

    /// Whether only some names are looked for.
    pub fn is_named(&self) -> bool {
        !self.names.is_empty()
    }

    /// Whether that is everything.
    pub fn is_all(&self) -> bool {
        self.names.is_empty() && !self.skips_git
    }
}

/// Whether a word is in a list, in which blanks part them: so it takes less room than an array.
pub fn is_one_of(word: &str, list: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

/// `NAME=value`, as it stands before a program.
pub(super) fn assignment(word: &Word) -> Option<(String, Word)> {
    let (name, value) = word.text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let name = name.strip_suffix(']').and_then(|name| name.split_once('[')).map_or(name, |(name, _)| name);
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    is_name.then(|| (name.to_owned(), Word { text: value.to_owned(), ..word.clone() }))
}

/// Words as a script says them; what is not known stays unknown.
pub(super) fn spelled(words: &[Word]) -> String {
    let spell = |word: &Word| {
        let open = if word.is_open { "\"$_unknown\"" } else { "" };
        let plain = word.text.chars().all(|char| char.is_ascii_alphanumeric() || "-_=./:@,+".contains(char));
        if plain && !word.text.is_empty() {
            format!("{}{open}", word.text)
        } else {
            format!("'{}'{open}", word.text.replace('\'', r"'\''"))
        }
    };
    words.iter().map(spell).collect::<Vec<_>>().join(" ")
}

/// Words as they are put together to be read anew.
pub(super) fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}
