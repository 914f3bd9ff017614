//! The files that git itself writes.

use super::{Parted, parted};
use crate::check::command::governed::{names_hooks, names_law};
use crate::check::command::words::Word;
use crate::check::command::{Extent, listed, writers};

/// The files that git itself writes, takes away or puts back, each with how much of it.
pub(in crate::check::command) fn written(words: &[Word]) -> Vec<(Word, Extent)> {
    let Parted { verb, after, .. } = parted(words);
    let named = || after.iter().filter(|word| !word.text.starts_with('-')).cloned();
    let alone = |word| (word, Extent::Alone);
    let whole = |word| (word, Extent::Whole);
    match verb {
        "rm" if !after.iter().any(|word| word.text == "--cached") => named().map(whole).collect(),
        "mv" => writers::moved(named()),
        "checkout" => of_checkout(after),
        "restore" => of_restore(after),
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

/// `git checkout [COMMIT] [--] FILES`. Without `--` a word may name a branch as well as a file of that name, and
/// only few do both.
fn of_checkout(after: &[Word]) -> Vec<(Word, Extent)> {
    if after.iter().any(|word| matches!(word.text.as_str(), "-b" | "-B" | "--orphan" | "--track" | "-t" | "--detach")) {
        return Vec::new();
    }
    let (before, behind) = match after.iter().position(|word| word.text == "--") {
        Some(at) => (after.get(..at).unwrap_or_default(), after.get(at + 1..).unwrap_or_default()),
        None => (after, &[][..]),
    };
    let mut words = before.iter().filter(|word| !word.text.starts_with('-'));
    let source = words.next().map(|word| word.text.as_str());
    words.chain(behind).map(|word| put_back(word, source)).collect()
}

fn of_restore(after: &[Word]) -> Vec<(Word, Extent)> {
    let (mut source, mut is_staged, mut is_here) = (None, false, false);
    let mut files = Vec::new();
    let mut words = after.iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-s" | "--source" => source = words.next().map(|word| word.text.as_str()),
            "-S" | "--staged" => is_staged = true,
            "-W" | "--worktree" | "-SW" | "-WS" => is_here = true,
            text => match text.strip_prefix("--source=").or_else(|| text.strip_prefix("-s")) {
                Some(named) => source = Some(named),
                None if text.starts_with('-') => {}
                None => files.push(word),
            },
        }
    }
    // What is only taken from the index stays as it is in the work tree.
    files.retain(|_| is_here || !is_staged);
    files.into_iter().map(|word| put_back(word, source)).collect()
}

/// What git puts back of a pathspec: what another commit has is new wherever it differs.
fn put_back(spec: &Word, source: Option<&str>) -> (Word, Extent) {
    let (folder, found) = listed::of_spec(spec.clone());
    let is_here = source.is_none_or(|source| matches!(source, "HEAD" | "@"));
    if is_here { (spec.clone(), Extent::Alone) } else { (folder, Extent::Found(found)) }
}

/// Where git is told to go, a file that it writes.
pub(in crate::check::command) fn below(words: &[Word], file: Word) -> Word {
    let Parted { before, .. } = parted(words);
    let folders = before.windows(2).filter_map(|pair| match pair {
        [option, folder] if option.text == "-C" => Some(folder),
        _ => None,
    });
    let is_whole = |text: &str| text.starts_with(['/', '~']);
    folders.rev().fold(file, |file, folder| {
        if is_whole(&file.text) { file } else { Word { text: format!("{}/{}", folder.text, file.text), ..file } }
    })
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
