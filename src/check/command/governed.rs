//! Whether a word names the hooks, git's own files or the law.

use super::words::{Word, is_one_of};

/// Whether what is known of a path may be the rest of a hook's, or of its folder's.
pub(super) fn may_be_hooks(word: &Word) -> bool {
    const STAGES: &str = "pre-commit commit-msg pre-push pre-merge-commit reference-transaction pre-receive update post-receive \
         hooks";
    let last = word.text.trim_end_matches(['/', '*']).rsplit('/').next().unwrap_or_default();
    word.is_open && (is_one_of(last, STAGES) || last.starts_with("post-") || word.text.contains("/hooks/"))
}

pub(super) fn names_hooks(text: &str) -> bool {
    text.contains(".git/hooks") || text.ends_with(".git/config")
}

pub(super) fn names_law(text: &str) -> bool {
    text.split('/').any(|part| part == ".gov" || part.ends_with("=.gov") || part.ends_with(",.gov") || part == "-o.gov")
}
