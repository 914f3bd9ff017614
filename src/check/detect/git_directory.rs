//! Paths that some systems take for git's own directory, where hooks and settings lie.

use super::Hit;
use crate::model::RepoPath;
use crate::policy::fold_bytes;

/// A name of the path that is `.git` to HFS+, which ignores some characters, or to Windows, which
/// drops dots and blanks at the end, cuts at `:`, parts names at `\` too, and has `git~1` for short.
pub(super) fn path(path: &RepoPath) -> Vec<Hit> {
    let folded = fold_bytes(path.as_bytes());
    let mut names = folded.split(|byte| matches!(byte, b'/' | b'\\'));
    let is_git = |name: &[u8]| {
        let name = name.split(|byte| *byte == b':').next().unwrap_or_default();
        let kept = name.iter().rposition(|byte| !matches!(byte, b'.' | b' ')).map_or(0, |last| last + 1);
        matches!(name.get(..kept), Some(b".git" | b"git~1"))
    };
    if names.any(is_git) { vec![Hit::whole("")] } else { Vec::new() }
}
