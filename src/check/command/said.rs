//! What commands say, as far as the line that has them says so: the texts that they write out, and the
//! files that they name.

use super::programs::program;
use super::shell::{Simple, Word};

/// What comes out of commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) texts: Vec<String>,
    /// Whether the texts are all that there is.
    pub(super) is_whole: bool,
    /// The files that it may name.
    pub(super) named: Vec<Word>,
}

/// More than that `printf` is not followed in what it repeats.
const LONGEST: usize = 64 << 10;

/// So many characters does each name cost at least.
const EACH_NAME: usize = 32;

impl Said {
    pub(super) fn size(&self) -> usize {
        let names = self.named.iter().map(|word| word.text.len() + EACH_NAME);
        self.texts.iter().map(String::len).chain(names).sum()
    }

    fn add(&mut self, other: &Self) {
        self.texts.extend_from_slice(&other.texts);
        self.named.extend_from_slice(&other.named);
        self.is_whole &= other.is_whole;
    }
}

/// What some commands say one after the other.
pub(super) fn output(commands: &[Simple]) -> Said {
    let mut all = Said { is_whole: !commands.is_empty(), ..Said::default() };
    for command in commands {
        all.add(&by(command));
    }
    all
}

/// The word that stands for what was said.
pub(super) fn word(said: Said) -> Word {
    match said.texts.as_slice() {
        [text] if said.is_whole => Word::plain(text.trim_end_matches('\n')),
        _ => Word { is_open: true, made: Some(said.into()), ..Word::default() },
    }
}

/// A word that is one of these.
pub(super) fn one_of(words: &[Word]) -> Word {
    let mut said = Said { is_whole: true, ..Said::default() };
    for word in words {
        said.texts.push(word.text.clone());
        named(word, &mut said.named);
        said.is_whole &= !word.is_open;
    }
    Word { is_open: true, made: Some(said.into()), ..Word::default() }
}

/// A word that is one or the other, and most likely the latter.
pub(super) fn either(before: &Word, word: &Word) -> Word {
    let mut all = one_of(&[before.clone(), word.clone()]);
    all.text.clone_from(&word.text);
    all
}

/// A word, and what those may be that it is made of, without what they are made of in turn.
fn named(word: &Word, names: &mut Vec<Word>) {
    names.extend(word.made.iter().flat_map(|made| made.named.iter().cloned()));
    if !(word.text.is_empty() || word.text.starts_with('-')) {
        names.push(Word { made: None, ..word.clone() });
    }
}

/// The text that a command writes out, where its own words are that.
pub(super) fn text(command: &Simple) -> Option<String> {
    let rest = command.words.get(1..).unwrap_or_default();
    match program(&command.words) {
        Some("echo") => Some(echoed(rest)),
        Some("printf") => Some(printed(rest)),
        _ => None,
    }
}

fn by(command: &Simple) -> Said {
    let rest = command.words.get(1..).unwrap_or_default();
    let is_closed = !rest.iter().any(|word| word.is_open);
    let known = |text: String, names: Vec<Word>| Said { texts: vec![text], is_whole: is_closed, named: names };
    let all_named = |words: &[Word]| {
        let mut names = Vec::new();
        for word in words {
            named(word, &mut names);
        }
        names
    };
    let last = || rest.last().filter(|word| !word.text.starts_with('-')).map(|word| word.text.as_str());
    let passed_on = || command.input.as_ref().map(|input| input.named.clone()).unwrap_or_default();
    match program(&command.words) {
        None => Said { is_whole: true, ..Said::default() },
        Some("echo") => known(echoed(rest), all_named(rest)),
        Some("printf") => known(printed(rest), all_named(rest)),
        Some("cat" | "tee") if command.fed.is_empty() && (rest.is_empty() || is_tee(command)) => {
            command.input.as_deref().cloned().unwrap_or_default()
        }
        Some("cat" | "tee") if !command.fed.is_empty() && (rest.is_empty() || is_tee(command)) => {
            Said { texts: command.fed.clone(), is_whole: true, named: Vec::new() }
        }
        Some("pwd") => known(".".into(), Vec::new()),
        Some("mktemp") => known(last().unwrap_or("/tmp/made").to_owned(), Vec::new()),
        Some("which" | "type" | "realpath" | "readlink") => Said {
            named: all_named(rest),
            ..last().map_or_else(Said::default, |last| known(last.to_owned(), Vec::new()))
        },
        Some("command") if rest.first().is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V")) => {
            last().map_or_else(Said::default, |last| known(last.to_owned(), Vec::new()))
        }
        Some("dirname") => last().map_or_else(Said::default, |last| {
            known(last.trim_end_matches('/').rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned(), Vec::new())
        }),
        Some("git") => of_git(rest)
            .map_or_else(|| Said { named: configured(rest), ..Said::default() }, |text| known(text, Vec::new())),
        Some("ls") => Said { named: all_named(rest), ..Said::default() },
        Some("find" | "fd") => {
            let roots = rest.iter().take_while(|word| !word.text.starts_with(['-', '(', '!'])).cloned();
            Said { named: all_named(&roots.collect::<Vec<_>>()), ..Said::default() }
        }
        Some(_) => Said { named: passed_on(), ..Said::default() },
    }
}

fn is_tee(command: &Simple) -> bool {
    program(&command.words) == Some("tee")
}

fn echoed(words: &[Word]) -> String {
    let options =
        words.iter().take_while(|word| matches!(word.text.as_str(), "-n" | "-e" | "-E" | "-ne" | "-en")).count();
    super::joined(words.get(options..).unwrap_or_default()).replace("\\n", "\n")
}

/// What `printf` makes of its words: each `%…` is the next of them, until none is left.
fn printed(words: &[Word]) -> String {
    let words = words.get(usize::from(words.first().is_some_and(|word| word.text == "--"))..).unwrap_or_default();
    let Some((format, rest)) = words.split_first() else { return String::new() };
    let mut rest = rest.iter().map(|word| word.text.as_str()).peekable();
    let mut out = String::new();
    loop {
        let before = rest.len();
        let mut signs = format.text.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => match signs.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some(other) => out.extend(['\\', other]),
                    None => out.push('\\'),
                },
                '%' if signs.peek() == Some(&'%') => out.extend(signs.next()),
                '%' => {
                    let conversion = signs.find(char::is_ascii_alphabetic);
                    let next = rest.next().unwrap_or_default();
                    if conversion == Some('c') { out.extend(next.chars().next()) } else { out.push_str(next) }
                }
                other => out.push(other),
            }
        }
        if rest.len() == 0 || rest.len() == before {
            return out;
        }
        if out.len() > LONGEST {
            return super::joined(words);
        }
    }
}

/// Where git says that it keeps its own.
fn of_git(words: &[Word]) -> Option<String> {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (below, rest) = match words.as_slice() {
        ["-C", folder, rest @ ..] => (format!("{folder}/"), rest),
        rest => (String::new(), rest),
    };
    let ("rev-parse", asked) = rest.split_first().map(|(verb, rest)| (*verb, rest))? else { return None };
    match *asked.iter().filter(|word| !word.starts_with("--path-format")).copied().collect::<Vec<_>>() {
        ["--git-dir" | "--git-common-dir" | "--absolute-git-dir"] => Some(format!("{below}.git")),
        ["--git-path", path] => Some(format!("{below}.git/{path}")),
        ["--show-toplevel"] => Some(format!("{below}.")),
        _ => None,
    }
}

/// Where hooks may be that a setting names.
fn configured(words: &[Word]) -> Vec<Word> {
    let is_place = |word: &Word| word.text.eq_ignore_ascii_case("core.hooksPath");
    if words.iter().any(is_place) { vec![Word::plain(".git/hooks")] } else { Vec::new() }
}
