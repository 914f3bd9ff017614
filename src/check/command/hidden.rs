//! What a line runs without saying so where it does: through functions, substitutions and what is
//! written to a shell.

use super::programs::{FED, SHELLS, Script, behind, is_interpreter, program, script_of, unwrapped};
use super::words::{Simple, Word, is_one_of};
use super::{git, said, writers};

/// Whether a command runs as a script what another one says.
pub(super) fn runs_what_is_said(command: &Simple) -> bool {
    let words = unwrapped(&command.words);
    let is_version = |word: &Word| matches!(word.text.as_str(), "--version" | "--help");
    let rest = words.get(1..).unwrap_or_default();
    let is_fed = match program(words) {
        Some("xargs" | "parallel") => is_completed(words),
        Some("ssh") => behind(rest, SSH).len() == 1,
        Some(name) if is_one_of(name, FED) => !rest.iter().any(|word| matches!(word.text.as_str(), "-l" | "-r" | "-f")),
        Some(name) => SHELLS.contains(&name) && (script_of(words).is_none() || is_stdin(rest)),
        None => false,
    };
    (is_fed && !rest.iter().any(is_version)) || evaluates(words) || is_substituted(words)
}

/// Whether what it is given to read is named as the file to run.
fn is_stdin(words: &[Word]) -> bool {
    words.iter().any(|word| matches!(word.text.as_str(), "-s" | "/dev/stdin" | "/proc/self/fd/0" | "/dev/fd/0" | "-"))
}

/// Whether it runs a text that is only known once the rest of the line has run.
pub(super) fn evaluates(words: &[Word]) -> bool {
    let words = unwrapped(words);
    let rest = words.get(1..).unwrap_or_default();
    let is_unseen = |word: &Word| word.is_open && word.text.trim().is_empty();
    match program(words) {
        Some("eval") => rest.iter().any(is_unseen),
        Some("source" | ".") => rest.first().is_some_and(is_unseen) || is_stdin(rest),
        Some(name) if SHELLS.contains(&name) => match script_of(words) {
            Some(Script::Given(script)) => is_unseen(script),
            Some(Script::Kept(file)) => file.is_unknown(),
            None => false,
        },
        _ => false,
    }
}

/// Whether the program itself is what another one says.
pub(super) fn is_substituted(words: &[Word]) -> bool {
    words.first().is_some_and(|first| first.is_unknown() && words.len() == 1)
}

/// Whether `xargs` runs nothing but what it reads: `xargs sh -c`, `xargs -I{} sh -c '{}'`, `xargs env`.
fn is_completed(words: &[Word]) -> bool {
    let behind = behind(words.get(1..).unwrap_or_default(), "InPLdasEj");
    let inner = unwrapped(behind);
    match program(inner) {
        // Without a program `xargs` only says what it reads.
        None => !behind.is_empty() || program(words) == Some("parallel"),
        Some("{}") => true,
        Some(name) if SHELLS.contains(&name) => {
            let script = inner.iter().position(|word| word.text.starts_with('-') && word.text.ends_with('c'));
            script.is_some_and(|at| inner.get(at + 1).is_none_or(|script| script.text.trim_start().starts_with("{}")))
        }
        Some(_) => false,
    }
}

/// Whether it does something to files that another command names.
pub(super) fn takes_files(words: &[Word]) -> bool {
    program(words).is_some_and(|name| matches!(name, "xargs" | "parallel"))
        && words.iter().any(|word| writers::is_file_program(&word.text))
}

/// Whether a file names to `xargs` what it does something to.
pub(super) fn reads_list(words: &[Word]) -> bool {
    let names = |word: &Word| word.text.starts_with("-a") || word.text.starts_with("--arg-file");
    words.iter().any(names)
}

/// Whether it writes to whatever files are named to it, and not only to one of them.
pub(super) fn writes_all(words: &[Word]) -> bool {
    let inner = unwrapped(behind(words.get(1..).unwrap_or_default(), "InPLdasEj"));
    let rest = inner.get(1..).unwrap_or_default();
    program(inner).is_some_and(|name| match name {
        "cp" | "ln" | "install" | "rsync" | "scp" | "mv" | "dd" | "patch" => false,
        "sed" | "perl" | "yq" | "awk" => writers::edits(name, rest),
        name => writers::is_file_program(name),
    })
}

/// The command that another host is to run.
pub(super) fn remote(words: &[Word]) -> &[Word] {
    behind(words, SSH).get(1..).unwrap_or_default()
}

/// The options of ssh that take a word.
const SSH: &str = "bcDEeFIiJLlmOopQRSWw";

/// Whether it reads a patch, or is given one.
pub(super) fn takes_patch(words: &[Word]) -> bool {
    let words = unwrapped(words);
    match program(words) {
        Some("git") => matches!(git::verb(words.get(1..).unwrap_or_default()), "apply" | "am"),
        name => matches!(name, Some("patch" | "apply_patch" | "applypatch")),
    }
}

/// The files that a command writes, each with what it writes to it as far as that is known.
pub(super) fn kept(command: &Simple) -> Vec<(String, Vec<String>)> {
    let input = command.input.iter().flat_map(|input| input.texts.iter().cloned());
    let texts: Vec<String> = command.fed.iter().cloned().chain(said::text(command)).chain(input).collect();
    let is_tee = program(&command.words) == Some("tee");
    let named = command.words.iter().skip(1).filter(|_| is_tee);
    let written = command.written.iter().chain(named).map(|file| (file.text.clone(), texts.clone()));
    let fetched = writers::fetched(&command.words).into_iter().map(|file| (file.text, Vec::new()));
    written.chain(fetched).collect()
}

/// The file that a command runs as a script.
pub(super) fn script_file(words: &[Word]) -> Option<&str> {
    let words = unwrapped(words);
    let first = words.first()?.text.as_str();
    let name = program(words)?;
    let file = if SHELLS.contains(&name) || is_interpreter(name) || matches!(name, "source" | ".") {
        words.iter().skip(1).map(|word| word.text.as_str()).find(|text| !text.starts_with('-'))?
    } else {
        first
    };
    Some(file.trim_start_matches("./"))
}

/// What the functions of a line run with the words of their callers: it is not told where a function
/// ends, so each is taken to run all of that.
pub(super) fn functions(commands: &[Simple]) -> Vec<(String, Vec<Word>)> {
    let bodies = || commands.iter().filter(|command| waits_for_words(command)).map(|command| &command.words);
    let names = commands.iter().filter_map(|command| command.defines.clone());
    names.flat_map(|name| bodies().map(move |body| (name.clone(), body.clone()))).collect()
}

/// Whether the callers of a line's functions say all that those run: `run() { "$@"; }; run cargo test`.
pub(super) fn follows_callers(commands: &[Simple]) -> bool {
    let is_said = |word: &Word| word.made.as_ref().is_some_and(|made| made.may_be_anything());
    commands.iter().any(|command| command.defines.is_some())
        && !commands.iter().flat_map(|command| &command.words).any(is_said)
}

/// How many words those are.
pub(super) fn size_of_functions(commands: &[Simple]) -> usize {
    let bodies: usize =
        commands.iter().filter(|command| waits_for_words(command)).map(|command| command.words.len()).sum();
    bodies * commands.iter().filter(|command| command.defines.is_some()).count()
}

/// Whether a command has words that are only known to whoever calls the function that it is in.
pub(super) fn waits_for_words(command: &Simple) -> bool {
    command.words.iter().any(may_be_given)
}

/// Whether a word may stand for those of a caller: what a command says is none of them.
fn may_be_given(word: &Word) -> bool {
    word.is_unknown() && word.made.is_none()
}

/// A function's command with the words that it was called with.
pub(super) fn called_with(body: &[Word], words: &[Word]) -> Vec<Word> {
    let mut all = Vec::new();
    for word in body {
        if may_be_given(word) {
            all.extend_from_slice(words);
        } else {
            all.push(word.clone());
        }
    }
    all
}
