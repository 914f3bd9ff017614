//! What a command line would do to the rules of the repository: get past its hooks, take back its
//! ledger, or act as somebody else. And which files it would write, as far as it says so.
//!
//! It is asked before an agent runs it, so what is let by in error is still judged by the hooks and at
//! the push. What only reads or says the words is let alone.

mod against;
mod found;
mod git;
mod glob;
mod hidden;
mod links;
mod programs;
mod said;
mod shell;
mod unpack;
mod written;

use std::collections::{BTreeMap, HashMap};

use against::AGENT;
pub use found::Found;
pub use glob::fits;
use links::Link;
use programs::{
    READERS, SETTERS, SHELLS, WRAPPERS, base, is_interpreter, is_simple_wrapper, program, scripts_of, unwrapped,
};
pub use shell::Unreadable;
use shell::{Simple, Word, assignment};
use written::is_file_program;

/// What stands against a command; the worse comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Against {
    /// A person has to say yes.
    Ask,
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub against: Against,
    pub why: String,
}

/// A file that a command would write, and the directories that it may be in by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub path: String,
    /// Relative to where the line starts, each as `cd` was told.
    pub from: Vec<String>,
    pub extent: Extent,
}

/// How much of what a path names is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    Alone,
    /// All that is in it as well, as with what is removed or moved.
    Whole,
    /// What is found in it.
    Found(Found),
}

/// What is known of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The worst that stands against it.
    pub objection: Option<Objection>,
    pub written: Vec<Written>,
}

/// Scripts within scripts deeper than this are there to hide something.
const DEEPEST: usize = 8;

/// At most this many characters of scripts are looked through, however deep they are nested: agents do
/// not wait for a hook that takes too long to answer.
const MOST_SCRIPT: usize = 4 << 20;

/// What a script costs however short it is, in characters.
const EACH_SCRIPT: usize = 256;

/// What a command costs, and a file that it writes.
const EACH_COMMAND: usize = 4;

/// At most this many programs run each other in one command.
const MOST_NESTED: usize = 64;

/// At most this many places are followed.
const MOST_PLACES: usize = 8;

/// What git or a shell puts in the place of a word, by that word.
pub type Aliases = BTreeMap<String, String>;

/// Looks through a command line as a POSIX shell or bash would read it; `aliases` are those of git's
/// configuration.
pub fn look(line: &str, aliases: &Aliases) -> Result<Looked, Unreadable> {
    let mut found = Looker {
        looked: Looked::default(),
        from: vec![String::new()],
        depth: 0,
        left: MOST_SCRIPT,
        of_git: aliases.clone(),
        of_shell: Aliases::new(),
        expanding: Vec::new(),
        functions: Vec::new(),
        searched: Vec::new(),
        links: Vec::new(),
        nested: 0,
    };
    found.script(line, &[])?;
    if found.left == 0 { Err(Unreadable::TooLong) } else { Ok(found.looked) }
}

struct Looker {
    looked: Looked,
    from: Vec<String>,
    depth: usize,
    left: usize,
    /// git's aliases, with those that the line itself sets.
    of_git: Aliases,
    of_shell: Aliases,
    /// Aliases and functions that are being looked through: none stands for itself.
    expanding: Vec<String>,
    /// What the line's functions run with words that only their callers know.
    functions: Vec<(String, Vec<Word>)>,
    /// Where that is searched for which `{}` stands.
    searched: Vec<(Word, Found)>,
    links: Vec<Link>,
    /// How many programs run the one that is looked at.
    nested: usize,
}

impl Looker {
    fn script(&mut self, line: &str, given: &[Word]) -> Result<(), Unreadable> {
        self.depth += 1;
        self.left = self.left.checked_sub(line.len() + EACH_SCRIPT).ok_or(Unreadable::TooLong)?;
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let (commands, grown) = shell::read(line, given)?;
        self.left = self.left.checked_sub(grown).ok_or(Unreadable::TooLong)?;
        let known = self.functions.len();
        self.spend(hidden::size_of_functions(&commands))?;
        self.functions.extend(hidden::functions(&commands));
        let defines = self.functions.len() > known;
        self.what_is_said(&commands)?;
        self.what_is_kept(&commands)?;
        for command in &commands {
            // What a function runs with its caller's words is looked at where it is called.
            if defines && hidden::waits_for_words(command) {
                let words = hidden::called_with(&command.words, &[]);
                self.command(&Simple { words, ..command.clone() })?;
            } else {
                self.command(command)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn spend(&mut self, characters: usize) -> Result<(), Unreadable> {
        self.left = self.left.saturating_sub(characters);
        if self.left == 0 { Err(Unreadable::TooLong) } else { Ok(()) }
    }

    /// A text that may be a script, and is none where it cannot be read as one.
    fn perhaps(&mut self, text: &str) -> Result<(), Unreadable> {
        let (depth, nested, expanding) = (self.depth, self.nested, self.expanding.len());
        let searched = self.searched.clone();
        match self.script(text, &[]) {
            Err(Unreadable::Quote | Unreadable::Substitution) => {
                (self.depth, self.nested, self.searched) = (depth, nested, searched);
                self.expanding.truncate(expanding);
                Ok(())
            }
            other => other,
        }
    }

    /// What is written to a shell's input is a script as well, whoever writes it.
    fn what_is_said(&mut self, commands: &[Simple]) -> Result<(), Unreadable> {
        let mut running = commands.iter().filter(|command| hidden::runs_what_is_said(command)).peekable();
        if running.peek().is_none() {
            return Ok(());
        }
        for command in commands {
            for text in command.fed.iter().cloned().chain(said::text(command)) {
                self.perhaps(&text)?;
            }
        }
        for command in running {
            let is_told = match &command.input {
                _ if !command.fed.is_empty() => true,
                Some(input) => input.is_whole,
                // A shell in the place of this one reads what this one does.
                None => program(&command.words) == Some("exec"),
            };
            if !is_told || hidden::evaluates(&command.words) {
                self.object(Against::Ask, "it runs what cannot be seen before it does");
            }
        }
        Ok(())
    }

    /// What the line writes to a file is a script where the line runs that file.
    fn what_is_kept(&mut self, commands: &[Simple]) -> Result<(), Unreadable> {
        let mut kept: HashMap<String, Vec<String>> = HashMap::new();
        for command in commands {
            for (file, texts) in hidden::kept(command) {
                kept.entry(file.trim_start_matches("./").to_owned()).or_default().extend(texts);
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        for command in commands {
            let Some(texts) = hidden::script_file(&command.words).and_then(|file| kept.get(file)) else { continue };
            let is_script = !program(unwrapped(&command.words)).is_some_and(is_interpreter);
            if is_script && texts.is_empty() {
                self.object(Against::Ask, "it runs what cannot be seen before it does");
            }
            for text in texts {
                self.telltale(text);
                if is_script {
                    self.perhaps(text)?;
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, against: Against, why: impl Into<String>) {
        if self.looked.objection.as_ref().is_none_or(|known| known.against < against) {
            self.looked.objection = Some(Objection { against, why: why.into() });
        }
    }

    fn command(&mut self, command: &Simple) -> Result<(), Unreadable> {
        for (name, value) in &command.set {
            self.variable(name, value)?;
            if matches!(name.as_str(), "HOME" | "XDG_CONFIG_HOME") && program(&command.words) == Some("git") {
                self.object(Against::Ask, format!("`{name}` has git read other settings, which may name other hooks"));
            }
        }
        for target in &command.written {
            self.writes(target, false);
        }
        let input = command.input.as_deref();
        if let Some(input) = input.filter(|_| hidden::takes_files(&command.words)) {
            for word in &input.named {
                self.writes(word, true);
            }
            self.written_among(&input.searched);
            if input.may_be_anything() && hidden::writes_all(&command.words) {
                self.object(Against::Ask, "it writes to files whose names are not to be seen");
            }
        }
        if hidden::takes_files(&command.words) {
            for name in command.fed.iter().flat_map(|text| text.split_whitespace()) {
                self.writes(&Word::plain(name), true);
            }
        }
        if program(unwrapped(&command.words)).is_some_and(is_interpreter) {
            let made = command.words.iter().filter_map(|word| word.made.as_deref());
            let said = input.into_iter().chain(made).flat_map(|said| &said.texts);
            for text in command.fed.iter().chain(said) {
                self.telltale(text);
            }
        }
        self.words(&command.words)
    }

    /// A program and its words, or what is called by a program's name.
    fn words(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        self.nested += 1;
        if self.nested > MOST_NESTED {
            return Err(Unreadable::TooDeep);
        }
        self.spend(words.len() * EACH_COMMAND)?;
        self.program_of(words)?;
        self.nested -= 1;
        Ok(())
    }

    fn program_of(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        if first.is_open {
            for text in first.made.iter().flat_map(|made| &made.texts) {
                self.perhaps(&format!("{text} {}", hidden::spelled(rest)))?;
            }
            return self.unseen(rest);
        }
        let Some(name) = program(words) else { return Ok(()) };
        let is_alias = !first.is_quoted && !self.expanding.contains(&first.text);
        if let Some(alias) = self.of_shell.get(&first.text).filter(|_| is_alias).cloned() {
            return self.expand(&first.text, &format!("{alias} {}", hidden::spelled(rest)));
        }
        if self.calls_function(&first.text, rest)? {
            return Ok(());
        }
        // `gi?` is whatever is called like that.
        let governed = ["git", "gov-hook"].into_iter().chain(SHELLS);
        let name =
            governed.filter(|_| first.is_pattern && name != "*").find(|governed| fits(name, governed)).unwrap_or(name);
        self.program(name, words, rest)
    }

    /// The words of a program whose name is not to be seen.
    fn unseen(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let is_past = |word: &Word| word.text.starts_with("--no-veri") || git::against_hooks(&word.text).is_some();
        let is_verb = |word: &Word| matches!(word.text.as_str(), "commit" | "push" | "merge" | "am");
        if words.iter().any(is_past) || words.first().is_some_and(is_verb) {
            self.object(Against::Ask, "what it runs past the hooks cannot be seen");
        }
        self.inner(words, false)
    }

    /// Looks at what the line's functions of that name run; whether there are any.
    fn calls_function(&mut self, name: &str, words: &[Word]) -> Result<bool, Unreadable> {
        if self.expanding.iter().any(|known| known == name) {
            return Ok(false);
        }
        let named = self.functions.iter().filter(|(called, _)| called == name);
        let bodies: Vec<Vec<Word>> = named.map(|(_, body)| hidden::called_with(body, words)).collect();
        self.spend(self.functions.len() + bodies.iter().map(Vec::len).sum::<usize>())?;
        if bodies.is_empty() {
            return Ok(false);
        }
        self.expanding.push(name.to_owned());
        bodies.iter().try_for_each(|body| self.words(body))?;
        self.expanding.pop();
        Ok(true)
    }

    /// A program by its name, with all words of the command and those behind the first.
    fn program(&mut self, name: &str, words: &[Word], rest: &[Word]) -> Result<(), Unreadable> {
        for script in scripts_of(name, rest) {
            self.perhaps(&script.text)?;
        }
        for script in unpack::scripts(name, rest) {
            if script.is_open {
                self.object(Against::Ask, format!("what `{name}` runs cannot be seen before it does"));
            }
            self.perhaps(&script.text)?;
        }
        match name {
            "git" => return self.git(rest),
            "eval" => return self.script(&joined(rest), &[]),
            "trap" => return rest.first().map_or(Ok(()), |script| self.script(&script.text, &[])),
            "alias" => return self.alias(rest),
            "gov-hook" => self.gov_hook(rest),
            "jj" => self.jujutsu(rest),
            "cd" | "pushd" => self.moves(rest),
            "unset" => return self.unset(rest),
            "printf" if rest.first().is_none_or(|word| word.text != "-v") => {}
            "read" | "mapfile" | "readarray" | "printf" => {
                let unknown = Word { is_open: true, ..Word::default() };
                return rest.iter().try_for_each(|word| self.variable(&word.text, &unknown));
            }
            "ssh" => return self.elsewhere(hidden::remote(rest), rest),
            "find" | "fd" | "fdfind" => return self.search(name, rest),
            "command" if rest.first().is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V")) => {}
            "pre-commit" | "prek" | "lefthook" | "husky" => {
                if rest.first().is_some_and(|word| word.text == "uninstall") {
                    self.object(Against::Ask, format!("`{name} uninstall` removes the repository's hooks"));
                }
            }
            _ if SETTERS.contains(&name) => {
                if rest.first().is_some_and(|word| matches!(word.text.as_str(), "-n" | "+x")) {
                    self.unset(rest)?;
                }
                for (name, value) in rest.iter().filter_map(assignment) {
                    self.variable(&name, &value)?;
                }
            }
            _ if SHELLS.contains(&name) => return self.shell(words),
            _ if READERS.contains(&name) && !written::edits(name, rest) => {}
            _ if is_simple_wrapper(name) => {
                self.environment(name, rest)?;
                return self.words(unwrapped(words));
            }
            _ if WRAPPERS.contains(&name) => {
                self.wrapped(name, rest)?;
                return self.inner(rest, true);
            }
            _ => {
                if let Some(verb) = name.strip_prefix("git-") {
                    let verb = Word::plain(verb);
                    return self.git(&[std::slice::from_ref(&verb), rest].concat());
                }
                if is_interpreter(name) || written::is_editor(name) {
                    for word in rest {
                        self.telltale(&word.text);
                    }
                }
                self.files(name, rest);
                return self.inner(rest, false);
            }
        }
        Ok(())
    }

    fn unset(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        words.iter().try_for_each(|word| self.variable(&word.text, &Word::default()))
    }

    /// `sh -c SCRIPT NAME WORDS…`.
    fn shell(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let Some(Script::Given(script)) = script_of(words) else { return Ok(()) };
        let at = words.iter().position(|word| std::ptr::eq(word, script));
        let given = at.and_then(|at| words.get(at + 1..)).unwrap_or_default();
        self.script(&script.text, given)
    }

    /// A command on another host, whose files are not those here.
    fn elsewhere(&mut self, command: &[Word], words: &[Word]) -> Result<(), Unreadable> {
        let known = self.looked.written.len();
        self.perhaps(&joined(command))?;
        self.looked.written.truncate(known);
        self.files("ssh", words);
        Ok(())
    }

    fn alias(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        for (name, value) in words.iter().filter_map(|word| word.text.split_once('=')) {
            self.of_shell.insert(name.to_owned(), value.to_owned());
            self.expand(name, value)?;
        }
        Ok(())
    }

    /// A line in the place of a word.
    fn expand(&mut self, name: &str, script: &str) -> Result<(), Unreadable> {
        if self.expanding.iter().any(|known| known == name) {
            return Ok(());
        }
        self.expanding.push(name.to_owned());
        self.script(script, &[])?;
        self.expanding.pop();
        Ok(())
    }

    fn git(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        for objection in git::objections(words) {
            self.object(objection.against, objection.why);
        }
        for script in git::scripts(words) {
            self.script(&script, &[])?;
        }
        for (value, is_editor) in git::values(words) {
            self.perhaps(value.trim_start_matches('!'))?;
            if is_editor {
                self.telltale(value);
            }
        }
        self.of_git.extend(git::aliases_set(words));
        for (path, whole) in git::written(words) {
            self.writes(&path, whole);
        }
        if let Some(word) = git::led_to_hooks(words) {
            self.object(Against::Ask, format!("what git does with `{word}` is not known"));
        }
        match git::expanded(words, &self.of_git) {
            Some((name, script)) => self.expand(&format!("git {name}"), &script),
            None => Ok(()),
        }
    }

    /// The program that another one runs. After a wrapper that may be any; elsewhere only what is
    /// nothing else than a program's name.
    fn inner(&mut self, words: &[Word], is_wrapped: bool) -> Result<(), Unreadable> {
        let is_governed = |name: &str| name == "git" || name == "gov-hook" || SHELLS.contains(&name);
        let is_one = |name: &str| is_governed(name) || (is_wrapped && (is_file_program(name) || name == "eval"));
        let at = words.iter().position(|word| is_one(base(&word.text)));
        match at.and_then(|at| words.get(at..)) {
            Some(inner) => self.words(inner),
            None => Ok(()),
        }
    }

    fn wrapped(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        if matches!(name, "xargs" | "parallel") && git::is_risky_with_more(words) {
            self.object(Against::Ask, "git would be given words that cannot be seen before it runs");
        }
        if matches!(name, "watch" | "parallel" | "tmux" | "screen") {
            for word in words.iter().filter(|word| word.text.contains(' ')) {
                self.perhaps(&word.text)?;
            }
        }
        Ok(())
    }

    /// The variables that a program sets or takes away for the one that it runs.
    fn environment(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        let runs_governed = words.iter().any(|word| matches!(base(&word.text), "git" | "gov-hook"));
        for (at, word) in words.iter().enumerate() {
            if let Some((name, value)) = assignment(word) {
                self.variable(&name, &value)?;
            }
            let text = word.text.as_str();
            let glued =
                text.strip_prefix("--unset=").or_else(|| text.strip_prefix("-u")).filter(|name| !name.is_empty());
            match (name, text) {
                ("env", "-u" | "--unset") => {
                    if let Some(name) = words.get(at + 1) {
                        self.variable(&name.text, &Word::default())?;
                    }
                }
                ("env", "-i" | "-" | "--ignore-environment") if runs_governed => {
                    self.variable(AGENT, &Word::default())?;
                }
                ("env", _) => {
                    if let Some(name) = glued {
                        self.variable(name, &Word::default())?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a shell is told to run.
enum Script<'w> {
    Given(&'w Word),
    /// A file that it is in.
    Kept(&'w Word),
}

/// The script in `sh -c SCRIPT`, or the file in `sh FILE`.
fn script_of(words: &[Word]) -> Option<Script<'_>> {
    let rest = words.get(1..).unwrap_or_default();
    let is_command = |word: &Word| match word.text.strip_prefix('-') {
        Some("-command") => true,
        Some(letters) => {
            letters.eq_ignore_ascii_case("command") || (!letters.starts_with('-') && letters.contains('c'))
        }
        None => false,
    };
    let first = |words: &[Word]| {
        let at = words.iter().position(|word| word.text == "--" || !word.text.starts_with(['-', '+']))?;
        Some(if words.get(at).is_some_and(|word| word.text == "--") { at + 1 } else { at })
    };
    match rest.iter().position(is_command) {
        Some(at) => {
            let behind = rest.get(at + 1..)?;
            behind.get(first(behind)?).map(Script::Given)
        }
        None => rest.get(first(rest)?).map(Script::Kept),
    }
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
