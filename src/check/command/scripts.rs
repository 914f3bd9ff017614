//! What is a script because of where it goes: to a shell as its word, to its input, or to a file that the
//! line runs.

use std::collections::HashMap;

use super::programs::{Script, is_interpreter, program, script_of, unwrapped};
use super::walk::Walk;
use super::words::{Simple, Word};
use super::{Unreadable, hidden, said};

const UNSEEN: &str = "it runs what cannot be seen before it does: write that out";

impl Walk {
    /// What is written to a shell's input is a script as well, whoever writes it.
    pub(super) fn what_is_said(&mut self, commands: &[Simple]) -> Result<(), Unreadable> {
        let is_followed = hidden::follows_callers(commands);
        let is_running = |command: &&Simple| {
            hidden::runs_what_is_said(command) && !(is_followed && hidden::is_substituted(&command.words))
        };
        let mut running = commands.iter().filter(is_running).peekable();
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
                self.tally.ask(UNSEEN);
            }
        }
        Ok(())
    }

    /// What the line writes to a file is a script where the line runs that file.
    pub(super) fn what_is_kept(&mut self, commands: &[Simple]) -> Result<(), Unreadable> {
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
                self.tally.ask(UNSEEN);
            }
            for text in texts {
                if is_script {
                    self.telltale(text);
                    self.perhaps(text)?;
                } else {
                    self.program_text(text);
                }
            }
        }
        Ok(())
    }

    /// `sh -c SCRIPT NAME WORDS…`.
    pub(super) fn shell(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let Some(Script::Given(script)) = script_of(words) else { return Ok(()) };
        let at = words.iter().position(|word| std::ptr::eq(word, script));
        let given = at.and_then(|at| words.get(at + 1..)).unwrap_or_default();
        self.script(&script.text, given)
    }
}
