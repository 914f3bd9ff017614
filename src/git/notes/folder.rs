//! `gov/` under the git directory that linked worktrees share, where a clone has files of its own.

use std::path::PathBuf;

use super::NotesError;
use crate::git::Repo;
use crate::model::is_lower_hex;

/// Whether a file was to take another's place, or to hand a key to `ssh-keygen`.
pub(super) fn is_temporary(name: &str) -> bool {
    let key = name.strip_prefix("key-").and_then(|rest| rest.strip_suffix(".pub"));
    let drawn = name.rsplit_once('.').filter(|(_, digits)| digits.len() == 16 && is_lower_hex(digits.as_bytes()));
    key.is_some() || drawn.is_some()
}

/// The directory of the clone's own files, made when it is missing.
pub(super) fn ledger_dir(repo: &Repo) -> Result<PathBuf, NotesError> {
    let path = repo.common_dir().join("gov");
    // Most often it is there; `is_dir` follows a link that somebody put in its place on purpose.
    if path.is_dir() {
        return Ok(path);
    }
    match repo.make_folder(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(NotesError::Write { path, source }),
    }
}
