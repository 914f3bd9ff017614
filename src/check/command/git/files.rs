//! The files that git itself writes.

use super::{Parted, parted};
use crate::check::command::governed::{names_hooks, names_law};
use crate::check::command::words::Word;
use crate::check::command::{Extent, writers};

/// The files that git itself writes, takes away or puts back, each with how much of it.
pub(in crate::check::command) fn written(words: &[Word]) -> Vec<(Word, Extent)> {
    let Parted { verb, after, .. } = parted(words);
    let named = || after.iter().filter(|word| !word.text.starts_with('-')).cloned();
    let alone = |word| (word, Extent::Alone);
    let whole = |word| (word, Extent::Whole);
    match verb {
        "rm" if !after.iter().any(|word| word.text == "--cached") => named().map(whole).collect(),
        "mv" => writers::moved(named()),
        // Without `--` a word may name a branch as well as a file of that name, and only few do both.
        "checkout" | "restore" => match after.iter().position(|word| word.text == "--") {
            Some(at) => after.get(at + 1..).unwrap_or_default().iter().cloned().map(alone).collect(),
            None if verb == "restore" => named().map(alone).collect(),
            None => named().skip(1).map(alone).collect(),
        },
        "commit" | "grep" => Vec::new(),
        // Where there is none yet, a repository or a work tree is made; the first that `clone` names is what
        // it reads.
        "worktree" | "clone" | "init" | "submodule" => {
            let is_own = |word: &Word| word.text.split('/').any(|part| part == ".git");
            named().skip(usize::from(verb == "clone")).filter(is_own).map(whole).collect()
        }
        _ => {
            let told = |(at, word)| output(verb, word, after.get(at + 1));
            after.iter().enumerate().filter_map(told).map(alone).collect()
        }
    }
}

/// The file that an option says the output goes to.
fn output(verb: &str, word: &Word, next: Option<&Word>) -> Option<Word> {
    if let Some(path) = word.text.strip_prefix("--output=") {
        return Some(Word { text: path.to_owned(), ..word.clone() });
    }
    let is_short = word.text == "-o" && matches!(verb, "archive" | "format-patch" | "bugreport" | "diagnose");
    next.filter(|_| is_short || word.text == "--output").cloned()
}

/// A word that leads git to the hooks or to the law by a verb that may write there.
pub(in crate::check::command) fn led_to_hooks(words: &[Word]) -> Option<&str> {
    let Parted { verb, after, .. } = parted(words);
    let may_write = matches!(
        verb,
        "worktree"
            | "clone"
            | "init"
            | "bundle"
            | "submodule"
            | "checkout-index"
            | "apply"
            | "update-index"
            | "am"
            | "fast-export"
            | "mailsplit"
            | "mailinfo"
            | "credential-store"
    );
    let is_own = |text: &str| verb == "checkout-index" && text.contains(".git");
    let is_led = |text: &&str| names_hooks(text) || names_law(text) || is_own(text);
    after.iter().map(|word| word.text.as_str()).find(is_led).filter(|_| may_write)
}
