//! What a git command would do: what it gets past, what it runs and which files it writes.

mod files;
mod objections;
mod options;
mod runs;

pub(super) use files::{below, led_to_hooks, written};
pub(super) use objections::objections;
pub(super) use runs::{aliases_set, expanded, scripts, values};

use super::programs::base;
use super::words::{Word, is_one_of};

const HOOKS_PATH: &str = "`core.hooksPath` decides which hooks run; it is for a person to set";
const HOOKS_SET: &str = "`hook.<name>` decides which hooks run; it is for a person to set";

/// Whether a reference, or a pattern of them, takes in the ledger.
pub(super) fn is_ledger(reference: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['/', ':', '*', '^', '~', '@']);
    reference.match_indices("notes/gov").any(|(at, found)| reference.get(at + found.len()..).is_some_and(ends))
        || reference.split(':').any(|side| matches!(side.trim_start_matches('+'), "refs/*" | "refs/notes/*"))
}

/// What is against a setting, or a text that holds one, that is about the place of hooks, about those of
/// ours that git runs from its configuration, or about whether git runs any such.
pub(super) fn against_hooks(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    if text.contains("core.hookspath") {
        return Some(HOOKS_PATH);
    }
    (text.contains("hook.gov-hook") || text.split(is_outside_key).any(is_switch)).then_some(HOOKS_SET)
}

const fn is_outside_key(sign: char) -> bool {
    !(sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_'))
}

/// `hook.pre-commit.enabled`: where that is `false`, none runs that the configuration names for it.
fn is_switch(key: &str) -> bool {
    key.strip_prefix("hook.").is_some_and(|rest| rest.ends_with(".enabled"))
}

/// Whether a setting has git read others, or run something in the place of a word.
pub(super) fn leads_elsewhere(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["include.path", "includeif.", "alias."].iter().any(|key| text.contains(key))
}

/// Verbs that hooks run around, or that touch references and settings.
const RISKY: &str = "commit push merge am rebase cherry-pick config update-ref notes replace";

/// Whether words that are not to be seen could make something else of the git command among these.
pub(super) fn is_risky_with_more(words: &[Word]) -> bool {
    let git = words.iter().position(|word| base(&word.text) == "git");
    let verb = git.and_then(|at| words.get(at + 1..)).map(|rest| parted(rest).verb);
    verb.is_some_and(|verb| verb.is_empty() || is_one_of(verb, RISKY))
}

/// What stands behind `git`.
struct Parted<'w> {
    /// The options before the subcommand, with their values.
    before: &'w [Word],
    verb: &'w str,
    after: &'w [Word],
}

/// Git's own options that take the word behind them.
const WITH_VALUE: &str = "-c -C --git-dir --work-tree --namespace --config-env --attr-source --super-prefix";

fn parted(words: &[Word]) -> Parted<'_> {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.text.starts_with('-')) {
        let has_value = is_one_of(&word.text, WITH_VALUE);
        at += if has_value { 2 } else { 1 };
    }
    let before = words.get(..at.min(words.len())).unwrap_or_default();
    let after = words.get(at + 1..).unwrap_or_default();
    Parted { before, verb: words.get(at).map_or("", |word| word.text.as_str()), after }
}

/// The subcommand.
pub(super) fn verb(words: &[Word]) -> &str {
    parted(words).verb
}

/// The words behind it.
pub(super) fn behind(words: &[Word]) -> &[Word] {
    parted(words).after
}
