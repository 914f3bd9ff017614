//! Goes through what a line runs, command by command and script within script.

use super::in_force::InForce;
use super::programs::{
    READERS, SETTERS, SHELLS, WRAPPERS, is_interpreter, is_simple_wrapper, program, scripts_of, unwrapped,
};
use super::shell;
use super::tally::Tally;
use super::words::{Said, Simple, Word, assignment, is_one_of, joined, spelled};
use super::written::Files;
use super::{
    Aliases, EACH_COMMAND, Extent, Looked, Unreadable, against, fits, found, git, hidden, named, telltale, unpack,
    variable, writers,
};

/// Scripts within scripts deeper than this are there to hide something.
const DEEPEST: usize = 8;

/// What a script costs however short it is, in characters.
const EACH_SCRIPT: usize = 256;

/// At most this many programs run each other in one command.
const MOST_NESTED: usize = 64;

pub(super) struct Walk {
    pub(super) tally: Tally,
    pub(super) in_force: InForce,
    pub(super) files: Files,
    /// How many scripts the one that is looked at is within.
    depth: usize,
    /// How many programs run the one that is looked at.
    nested: usize,
}

impl Walk {
    pub(super) fn new(aliases: &Aliases) -> Self {
        let (tally, in_force, files) = (Tally::new(), InForce::new(aliases), Files::new());
        Self { tally, in_force, files, depth: 0, nested: 0 }
    }

    pub(super) fn outcome(self) -> Result<Looked, Unreadable> {
        Ok(Looked { objection: self.tally.outcome()?, written: self.files.written() })
    }

    /// A script, and the words that it is called with.
    pub(super) fn script(&mut self, line: &str, given: &[Word]) -> Result<(), Unreadable> {
        self.depth += 1;
        self.tally.spend(line.len() + EACH_SCRIPT)?;
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let (commands, grown) = shell::read(line, given)?;
        self.tally.spend(grown)?;
        self.tally.spend(hidden::size_of_functions(&commands))?;
        let defines = self.in_force.define(&commands);
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

    /// A text that may be a script, and is none where it cannot be read as one.
    pub(super) fn perhaps(&mut self, text: &str) -> Result<(), Unreadable> {
        let (depth, nested, expanded) = (self.depth, self.nested, self.in_force.depth());
        let searched = self.files.searched().to_vec();
        match self.script(text, &[]) {
            Err(Unreadable::Quote | Unreadable::Substitution) => {
                (self.depth, self.nested) = (depth, nested);
                self.files.search(searched);
                self.in_force.back_to(expanded);
                Ok(())
            }
            other => other,
        }
    }

    /// A line in the place of a word.
    fn expand(&mut self, name: &str, script: &str) -> Result<(), Unreadable> {
        if self.in_force.is_expanded(name) {
            return Ok(());
        }
        self.in_force.begin(name);
        self.script(script, &[])?;
        self.in_force.end();
        Ok(())
    }

    fn command(&mut self, command: &Simple) -> Result<(), Unreadable> {
        for (name, value) in &command.set {
            self.variable(name, value)?;
            if matches!(name.as_str(), "HOME" | "XDG_CONFIG_HOME") && program(&command.words) == Some("git") {
                self.tally.ask(format!("`{name}` has git read other settings, which may name other hooks"));
            }
        }
        for target in &command.written {
            self.writes(target, Extent::Alone);
        }
        if hidden::takes_files(&command.words) {
            self.writes_what_is_named_to_it(command);
        }
        if program(unwrapped(&command.words)).is_some_and(is_interpreter) {
            let made = command.words.iter().filter_map(|word| word.made.as_deref());
            let said = command.input.as_deref().into_iter().chain(made).flat_map(|said| &said.texts);
            for text in command.fed.iter().chain(said) {
                self.program_text(text);
            }
        }
        if hidden::takes_patch(&command.words) {
            let said = command.input.iter().flat_map(|input| &input.texts);
            for text in command.fed.iter().chain(command.words.iter().map(|word| &word.text)).chain(said) {
                self.names(named::patched(text));
            }
        }
        self.words(&command.words)
    }

    /// `… | xargs rm`.
    fn writes_what_is_named_to_it(&mut self, command: &Simple) {
        if let Some(input) = command.input.as_deref() {
            for word in &input.named {
                self.writes(word, Extent::Whole);
            }
            self.files.write_among(&input.searched, &mut self.tally);
        }
        let is_unseen =
            command.input.as_deref().map_or_else(|| hidden::reads_list(&command.words), Said::may_be_anything);
        if is_unseen && hidden::writes_all(&command.words) {
            self.tally.ask("it writes to files whose names are not to be seen: name them");
        }
        for name in command.fed.iter().flat_map(|text| text.split_whitespace()) {
            self.writes(&Word::plain(name), Extent::Whole);
        }
    }

    fn writes(&mut self, word: &Word, extent: Extent) {
        self.files.write(word, extent, &mut self.tally);
    }

    pub(super) fn telltale(&mut self, text: &str) {
        self.tally.object(telltale::objection(text));
    }

    /// A program in another language.
    pub(super) fn program_text(&mut self, text: &str) {
        self.telltale(text);
        self.names(named::by_program(text).into_iter());
    }

    fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        for name in names {
            self.writes(&Word::plain(name), Extent::Named);
        }
    }

    /// A variable that is set, or unset where it has no value.
    pub(super) fn variable(&mut self, name: &str, value: &Word) -> Result<(), Unreadable> {
        self.tally.object(variable::objection(name, value));
        if variable::is_run(name) {
            self.telltale(&value.text);
            return self.perhaps(&value.text);
        }
        Ok(())
    }

    fn unset(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        words.iter().try_for_each(|word| self.variable(&word.text, &Word::default()))
    }

    /// A program and its words, or what is called by a program's name.
    pub(super) fn words(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        self.nested += 1;
        if self.nested > MOST_NESTED {
            return Err(Unreadable::TooDeep);
        }
        self.tally.spend(words.len() * EACH_COMMAND)?;
        self.program_of(words)?;
        self.nested -= 1;
        Ok(())
    }

    fn program_of(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        if first.is_open {
            for text in first.made.iter().flat_map(|made| &made.texts) {
                self.perhaps(&format!("{text} {}", spelled(rest)))?;
            }
            return self.unseen(rest);
        }
        let Some(name) = program(words) else { return Ok(()) };
        if let Some(alias) = self.in_force.alias(first).cloned() {
            return self.expand(&first.text, &format!("{alias} {}", spelled(rest)));
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

    /// Looks at what the line's functions of that name run; whether there are any.
    fn calls_function(&mut self, name: &str, words: &[Word]) -> Result<bool, Unreadable> {
        if self.in_force.is_expanded(name) {
            return Ok(false);
        }
        let bodies = self.in_force.called(name, words);
        self.tally.spend(self.in_force.size() + bodies.iter().map(Vec::len).sum::<usize>())?;
        if bodies.is_empty() {
            return Ok(false);
        }
        self.in_force.begin(name);
        bodies.iter().try_for_each(|body| self.words(body))?;
        self.in_force.end();
        Ok(true)
    }

    /// A program by its name, with all words of the command and those behind the first.
    fn program(&mut self, name: &str, words: &[Word], rest: &[Word]) -> Result<(), Unreadable> {
        for script in scripts_of(name, rest) {
            self.perhaps(&script.text)?;
        }
        for script in unpack::scripts(name, rest) {
            if script.is_open {
                self.tally.ask(format!("what `{name}` runs cannot be seen before it does"));
            }
            self.perhaps(&script.text)?;
        }
        match name {
            "git" => return self.git(rest),
            "eval" => return self.script(&joined(rest), &[]),
            "trap" => return rest.first().map_or(Ok(()), |script| self.script(&script.text, &[])),
            "alias" => return self.alias(rest),
            "cd" | "pushd" => self.files.go(rest, &mut self.tally),
            "unset" => return self.unset(rest),
            "apply_patch" => {}
            "printf" if rest.first().is_none_or(|word| word.text != "-v") => {}
            "read" | "mapfile" | "readarray" | "printf" => {
                let unknown = Word { is_open: true, ..Word::default() };
                return rest.iter().try_for_each(|word| self.variable(&word.text, &unknown));
            }
            "ssh" => return self.elsewhere(rest),
            "find" | "fd" | "fdfind" => return self.search(name, rest),
            "command" if rest.first().is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V")) => {}
            "gov-hook" | "jj" | "pre-commit" | "prek" | "lefthook" | "husky" => {
                self.tally.object(against::objection(name, rest));
            }
            _ if is_one_of(name, SETTERS) => return self.sets(rest),
            _ if SHELLS.contains(&name) => return self.shell(words),
            _ if is_one_of(name, READERS) && !writers::edits(name, rest) => {}
            _ if is_simple_wrapper(name) => {
                self.environment(name, rest)?;
                return self.words(unwrapped(words));
            }
            _ if is_one_of(name, WRAPPERS) => return self.wrapped(name, rest),
            _ => return self.other(name, rest),
        }
        Ok(())
    }

    /// `export` and its like.
    fn sets(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        if words.first().is_some_and(|word| matches!(word.text.as_str(), "-n" | "+x")) {
            self.unset(words)?;
        }
        words.iter().filter_map(assignment).try_for_each(|(name, value)| self.variable(&name, &value))
    }

    fn alias(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        for (name, value) in words.iter().filter_map(|word| word.text.split_once('=')) {
            self.in_force.set_alias(name, value);
            self.expand(name, value)?;
        }
        Ok(())
    }

    fn git(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        self.tally.object(git::objections(words));
        for script in git::scripts(words) {
            self.script(&script, &[])?;
        }
        for (value, is_editor) in git::values(words) {
            self.perhaps(value.trim_start_matches('!'))?;
            if is_editor {
                self.telltale(value);
            }
        }
        let expanded = self.in_force.of_git(words);
        for (path, extent) in git::written(words) {
            self.writes(&git::below(words, path), extent);
        }
        if let Some(word) = git::led_to_hooks(words) {
            self.tally.ask(format!("what git does with `{word}` is not known"));
        }
        expanded.map_or(Ok(()), |(name, script)| self.expand(&format!("git {name}"), &script))
    }

    fn search(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        let before = self.files.search(found::searched(name, words));
        let done = found::acts(name, words).iter().try_for_each(|act| match act {
            found::Act::Removes => {
                self.writes(&Word::plain(found::PLACE), Extent::Whole);
                Ok(())
            }
            found::Act::Tells(file) => {
                self.writes(file, Extent::Alone);
                Ok(())
            }
            found::Act::Runs(command) => self.words(command),
        });
        self.files.search(before);
        done
    }

    /// A program that nothing else is known of than what it is called.
    fn other(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        if let Some(verb) = name.strip_prefix("git-") {
            let verb = Word::plain(verb);
            return self.git(&[std::slice::from_ref(&verb), words].concat());
        }
        let is_editor = writers::is_editor(name);
        // What awk is given besides is only read.
        let is_program = |word: &&Word| name != "awk" || word.text.contains(['{', '(', ' ']);
        for word in words.iter().filter(is_program).filter(|_| is_interpreter(name) || is_editor) {
            self.program_text(&word.text);
        }
        for word in words.iter().filter(|_| is_editor || name == "sed") {
            self.names(named::by_editor(&word.text).into_iter());
        }
        self.files.of_program(name, words, &mut self.tally);
        self.inner(words)
    }
}
