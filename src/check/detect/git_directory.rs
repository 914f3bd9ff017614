//! Paths that some systems take for git's own directory, where hooks and settings lie.

use super::Hit;
use crate::model::RepoPath;
use crate::policy::fold_bytes;

pub(super) fn path(path: &RepoPath) -> Vec<Hit> {
    if is_in_git_directory(path) { vec![Hit::whole("")] } else { Vec::new() }
}

/// A name of the path is `.git` to HFS+, which ignores some characters, or to Windows, which
/// drops dots and blanks at the end, cuts at `:`, parts names at `\` too, and has `git~1` for short.
#[must_use]
pub fn is_in_git_directory(path: &RepoPath) -> bool {
    let folded = fold_bytes(path.as_bytes());
    let mut names = folded.split(|byte| matches!(byte, b'/' | b'\\'));
    names.any(|name| {
        let name = name.split(|byte| *byte == b':').next().unwrap_or_default();
        let kept = name.iter().rposition(|byte| !matches!(byte, b'.' | b' ')).map_or(0, |last| last + 1);
        matches!(name.get(..kept), Some(b".git" | b"git~1"))
    })
}
