//! Programs that run another one, here or on another host, and what they set for it.

use super::programs::{SHELLS, base};
use super::variable::AGENT;
use super::walk::Walk;
use super::words::{Word, assignment, joined};
use super::{Unreadable, git, hidden, writers};

fn is_governed(name: &str) -> bool {
    name == "git" || name == "gov-hook" || SHELLS.contains(&name)
}

/// The command that begins with the first word that is such a program.
fn inner(words: &[Word], is_one: impl Fn(&str) -> bool) -> &[Word] {
    let at = words.iter().position(|word| is_one(base(&word.text)));
    at.and_then(|at| words.get(at..)).unwrap_or_default()
}

impl Walk {
    /// The program that one runs that is no wrapper: only what is nothing else than a program's name.
    pub(super) fn inner(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        self.begins(inner(words, is_governed))
    }

    fn begins(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        if words.is_empty() { Ok(()) } else { self.words(words) }
    }

    /// The words of a program whose name is not to be seen.
    pub(super) fn unseen(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let is_past = |word: &Word| word.text.starts_with("--no-veri") || git::against_hooks(&word.text).is_some();
        let is_verb = |word: &Word| matches!(word.text.as_str(), "commit" | "push" | "merge" | "am");
        if words.iter().any(is_past) || words.first().is_some_and(is_verb) {
            self.tally.ask("what it runs past the hooks cannot be seen");
        }
        self.inner(words)
    }

    /// `xargs`, `watch` and the like, which may run any program.
    pub(super) fn wrapped(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        if matches!(name, "xargs" | "parallel") && git::is_risky_with_more(words) {
            self.tally.ask("git would be given words that cannot be seen before it runs: write them out");
        }
        if matches!(name, "watch" | "parallel" | "tmux" | "screen") {
            for word in words.iter().filter(|word| word.text.contains(' ')) {
                self.perhaps(&word.text)?;
            }
        }
        self.begins(inner(words, |name| is_governed(name) || writers::is_file_program(name) || name == "eval"))
    }

    /// A command on another host, whose files are not those here.
    pub(super) fn elsewhere(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let known = self.files.count();
        self.perhaps(&joined(hidden::remote(words)))?;
        self.files.forget(known);
        self.files.of_program("ssh", words, &mut self.tally);
        Ok(())
    }

    /// The variables that a program sets or takes away for the one that it runs, and where it goes for it.
    pub(super) fn environment(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        let runs_governed = words.iter().any(|word| matches!(base(&word.text), "git" | "gov-hook"));
        for (at, word) in words.iter().enumerate() {
            if let Some((name, value)) = assignment(word) {
                self.variable(&name, &value)?;
            }
            if let Some(to) = moved_to(name, word, words.get(at + 1)) {
                self.files.go(std::slice::from_ref(&to), &mut self.tally);
            }
            if name == "env"
                && let Some(taken) = taken_away(&word.text, words.get(at + 1), runs_governed)
            {
                self.variable(taken, &Word::default())?;
            }
        }
        Ok(())
    }
}

/// Where an option has a program go.
fn moved_to(program: &str, option: &Word, next: Option<&Word>) -> Option<Word> {
    match (program, option.text.as_str()) {
        ("env", "-C" | "--chdir") | ("sudo", "-D" | "--chdir") => next.cloned(),
        ("env" | "sudo", _) => {
            option.without("--chdir=").or_else(|| option.without(if program == "env" { "-C" } else { "-D" }))
        }
        _ => None,
    }
}

/// The variable that an option of `env` takes away.
fn taken_away<'w>(option: &'w str, next: Option<&'w Word>, runs_governed: bool) -> Option<&'w str> {
    match option {
        "-u" | "--unset" => next.map(|name| name.text.as_str()),
        "-i" | "-" | "--ignore-environment" if runs_governed => Some(AGENT),
        _ => option.strip_prefix("--unset=").or_else(|| option.strip_prefix("-u")).filter(|name| !name.is_empty()),
    }
}
