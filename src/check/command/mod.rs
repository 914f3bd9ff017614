//! What a command line would do to the rules of the repository: get past its hooks, take back its
//! ledger, or act as somebody else. And which files it would write, as far as it says so.
//!
//! It is asked before an agent runs it, so what is let by in error is still judged by the hooks and at
//! the push. What only reads or says the words is let alone.

mod against;
mod git;
mod hidden;
mod programs;
mod shell;
mod written;

use std::collections::BTreeMap;

use against::AGENT;
use programs::{INTERPRETERS, READERS, SETTERS, SHELLS, WRAPPERS, base, program};
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
    /// Whether it goes with all that is in it, as what is removed or moved does.
    pub whole: bool,
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
    };
    found.script(line)?;
    Ok(found.looked)
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
}

impl Looker {
    fn script(&mut self, line: &str) -> Result<(), Unreadable> {
        self.depth += 1;
        self.left = self.left.checked_sub(line.len() + EACH_SCRIPT).ok_or(Unreadable::TooLong)?;
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let commands = shell::read(line)?;
        let known = self.functions.len();
        self.functions.extend(hidden::functions(&commands));
        let defines = self.functions.len() > known;
        // What is written to a shell's input is a script as well, whoever writes it.
        if commands.iter().any(hidden::runs_what_is_said) {
            let said: Vec<String> = commands
                .iter()
                .flat_map(|command| command.fed.iter().cloned().chain(hidden::said_by(command)))
                .collect();
            for text in &said {
                self.script(text)?;
            }
            if said.is_empty() || commands.iter().any(hidden::evaluates) {
                self.object(Against::Ask, "it runs what cannot be seen before it does");
            }
        }
        if commands.iter().any(|command| hidden::takes_files(&command.words)) {
            for word in commands.iter().flat_map(hidden::named_by) {
                self.writes(&word, true);
            }
        }
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

    fn object(&mut self, against: Against, why: impl Into<String>) {
        if self.looked.objection.as_ref().is_none_or(|known| known.against < against) {
            self.looked.objection = Some(Objection { against, why: why.into() });
        }
    }

    fn command(&mut self, command: &Simple) -> Result<(), Unreadable> {
        for (name, value) in &command.set {
            self.variable(name, value);
        }
        for target in &command.written {
            self.writes(target, false);
        }
        for text in &command.fed {
            if program(&command.words).is_some_and(|name| INTERPRETERS.contains(&name)) {
                self.telltale(text);
            }
        }
        self.words(&command.words)
    }

    /// A program and its words, or what is called by a program's name.
    fn words(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        if first.is_open {
            return self.unseen(rest);
        }
        let Some(name) = program(words) else { return Ok(()) };
        if let Some(alias) = self.of_shell.get(&first.text).filter(|_| !first.is_quoted).cloned() {
            return self.expand(&first.text, &format!("{alias} {}", hidden::spelled(rest)));
        }
        if self.calls_function(&first.text, rest)? { Ok(()) } else { self.program(name, words, rest) }
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
        match name {
            "git" => return self.git(rest),
            "eval" => return self.script(&joined(rest)),
            "trap" => return rest.first().map_or(Ok(()), |script| self.script(&script.text)),
            "alias" => return self.alias(rest),
            "gov-hook" => self.gov_hook(rest),
            "cd" | "pushd" => self.moves(rest),
            "unset" => rest.iter().for_each(|word| self.variable(&word.text, &Word::default())),
            "pre-commit" | "prek" | "lefthook" | "husky" => {
                if rest.first().is_some_and(|word| word.text == "uninstall") {
                    self.object(Against::Ask, format!("`{name} uninstall` removes the repository's hooks"));
                }
            }
            _ if SETTERS.contains(&name) => {
                rest.iter().filter_map(assignment).for_each(|(name, value)| self.variable(&name, &value));
            }
            _ if SHELLS.contains(&name) => {
                return script_of(words).map_or(Ok(()), |script| self.script(&script.text));
            }
            _ if READERS.contains(&name) && !written::edits(name, rest) => {}
            _ if WRAPPERS.contains(&name) => {
                self.wrapped(name, rest)?;
                return self.inner(rest, true);
            }
            _ => {
                if INTERPRETERS.contains(&name) {
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
        self.script(script)?;
        self.expanding.pop();
        Ok(())
    }

    fn git(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        for objection in git::objections(words) {
            self.object(objection.against, objection.why);
        }
        for script in git::scripts(words) {
            self.script(&script)?;
        }
        self.of_git.extend(git::aliases_set(words));
        for (path, whole) in git::written(words) {
            self.writes(path, whole);
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
        let runs_governed = words.iter().any(|word| matches!(base(&word.text), "git" | "gov-hook"));
        for (at, word) in words.iter().enumerate() {
            if let Some((name, value)) = assignment(word) {
                self.variable(&name, &value);
            }
            let next = || words.get(at + 1);
            match (name, word.text.as_str()) {
                ("env", "-u" | "--unset") => {
                    if let Some(name) = next() {
                        self.variable(&name.text, &Word::default());
                    }
                }
                ("env", "-i" | "-" | "--ignore-environment") if runs_governed => {
                    self.variable(AGENT, &Word::default());
                }
                ("env", "-S" | "--split-string") | ("su" | "script" | "flock", "-c" | "--command") => {
                    if let Some(script) = next() {
                        self.script(&script.text)?;
                    }
                }
                ("watch" | "parallel", script) if script.contains(' ') => self.script(script)?,
                ("find" | "fd", "-delete") => {
                    for root in words.iter().take_while(|word| !word.text.starts_with('-')) {
                        self.writes(root, true);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The script in `sh -c SCRIPT`, or the file in `sh FILE`.
fn script_of(words: &[Word]) -> Option<&Word> {
    let rest = words.get(1..).unwrap_or_default();
    let is_command = |word: &Word| {
        word.text.starts_with('-') && !word.text.starts_with("--") && word.text.chars().any(|char| char == 'c')
    };
    match rest.iter().position(is_command) {
        Some(at) => rest.get(at + 1..)?.iter().find(|word| !word.text.starts_with('-')),
        None => rest.iter().find(|word| !word.text.starts_with('-')).map(|_| &NOTHING),
    }
}

/// A script that is in a file and not to be seen.
static NOTHING: Word = Word { text: String::new(), is_open: false, is_pattern: false, is_quoted: false };

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
