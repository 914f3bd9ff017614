//! What a line runs without saying so where it does: through functions, substitutions and what is
//! written to a shell.

use super::programs::{SHELLS, program};
use super::shell::{Simple, Word};
use super::{joined, script_of, written};

/// Whether a command runs as a script what another one says.
pub(super) fn runs_what_is_said(command: &Simple) -> bool {
    let is_version = |word: &Word| matches!(word.text.as_str(), "--version" | "--help");
    let is_fed = program(&command.words).is_some_and(|name| SHELLS.contains(&name))
        && script_of(&command.words).is_none()
        && !command.words.iter().any(is_version);
    is_fed || evaluates(command) || is_substituted(command)
}

/// Whether it runs a text that is only known once the rest of the line has run.
pub(super) fn evaluates(command: &Simple) -> bool {
    let rest = command.words.get(1..).unwrap_or_default();
    match program(&command.words) {
        Some("eval" | "source" | ".") => rest.iter().any(|word| word.is_open && word.text.trim().is_empty()),
        Some(name) if SHELLS.contains(&name) => {
            script_of(&command.words).is_some_and(|script| script.is_open && script.text.trim().is_empty())
                || rest.iter().any(|word| word.is_open && word.text.is_empty())
        }
        _ => false,
    }
}

/// Whether the program itself is what another one says.
fn is_substituted(command: &Simple) -> bool {
    command.words.first().is_some_and(|first| first.is_open && first.text.is_empty() && command.words.len() == 1)
}

/// What `echo` and `printf` say.
pub(super) fn said_by(command: &Simple) -> Vec<String> {
    match program(&command.words) {
        Some("echo" | "printf") => {
            let said = command.words.get(1..).unwrap_or_default();
            let mut texts: Vec<String> = said.iter().map(|word| word.text.replace("\\n", "\n")).collect();
            texts.push(joined(said));
            texts
        }
        _ => Vec::new(),
    }
}

/// Whether it does something to files that another command names.
pub(super) fn takes_files(words: &[Word]) -> bool {
    program(words).is_some_and(|name| matches!(name, "xargs" | "parallel"))
        && words.iter().any(|word| written::is_file_program(&word.text))
}

/// The files that a command may name to another.
pub(super) fn named_by(command: &Simple) -> Vec<Word> {
    let rest = command.words.get(1..).unwrap_or_default();
    let is_name = |word: &&Word| !word.text.starts_with('-') && !word.text.is_empty();
    match program(&command.words) {
        Some("echo" | "printf" | "ls") => rest.iter().filter(is_name).cloned().collect(),
        Some("find" | "fd") => rest.iter().take_while(is_name).cloned().collect(),
        _ => Vec::new(),
    }
}

/// What the functions of a line run with the words of their callers: it is not told where a function
/// ends, so each is taken to run all of that.
pub(super) fn functions(commands: &[Simple]) -> Vec<(String, Vec<Word>)> {
    let bodies = || commands.iter().filter(|command| waits_for_words(command)).map(|command| &command.words);
    let names = commands.iter().filter_map(|command| command.defines.clone());
    names.flat_map(|name| bodies().map(move |body| (name.clone(), body.clone()))).collect()
}

/// Whether a command has words that are only known to whoever calls the function that it is in.
pub(super) fn waits_for_words(command: &Simple) -> bool {
    command.words.iter().any(|word| word.is_open && word.text.is_empty())
}

/// A function's command with the words that it was called with.
pub(super) fn called_with(body: &[Word], words: &[Word]) -> Vec<Word> {
    let mut all = Vec::new();
    for word in body {
        if word.is_open && word.text.is_empty() {
            all.extend_from_slice(words);
        } else {
            all.push(word.clone());
        }
    }
    all
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
