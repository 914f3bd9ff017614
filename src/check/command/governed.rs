//! Whether a word names the hooks, git's own files or the law.

use super::words::{Word, is_one_of};

/// Whether what is known of a path may be the rest of a hook's, or of its folder's.
pub(super) fn may_be_hooks(word: &Word) -> bool {
    const STAGES: &str = "pre-commit commit-msg pre-push pre-merge-commit reference-transaction pre-receive update post-receive \
         hooks";
    let text = word.text.trim_end_matches(['/', '*']);
    let last = text.rsplit('/').next().unwrap_or_default();
    // No hook has an ending, but for one that was there before; and sources have hooks of their own.
    let is_other = last.rsplit_once('.').is_some_and(|(_, ending)| !matches!(ending, "" | "legacy"));
    let is_source = text.ends_with("src/hooks");
    let is_stage = is_one_of(last, STAGES) || last.starts_with("post-");
    word.is_open && !is_source && (is_stage || (word.text.contains("/hooks/") && !is_other))
}

pub(super) fn names_hooks(text: &str) -> bool {
    text.contains(".git/hooks") || text.ends_with(".git/config")
}

pub(super) fn names_law(text: &str) -> bool {
    text.split('/').any(|part| part == ".gov" || part.ends_with("=.gov") || part.ends_with(",.gov") || part == "-o.gov")
}
