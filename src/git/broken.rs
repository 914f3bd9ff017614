//! References whose own file names no object: what it holds, and what it named before.

use std::path::PathBuf;

use super::error::GitError;
use super::repo::Repo;
use crate::model::ObjectId;

/// At most this many characters of such a file are shown.
const SHOWN: usize = 40;

impl Repo {
    /// Why a reference cannot be read.
    pub(super) fn unreadable_reference(&self, name: &str, source: git2::Error) -> GitError {
        self.broken_reference(name).unwrap_or_else(|| GitError::Git { what: format!("`{name}`"), source })
    }

    /// A reference that has a file, and nothing in it that git understands.
    pub(super) fn broken_reference(&self, name: &str) -> Option<GitError> {
        let path: PathBuf = self.common_dir().join(name);
        let bytes = std::fs::read(&path).ok()?;
        let text = bytes.trim_ascii_end();
        let is_sound = std::str::from_utf8(text).is_ok_and(|text| text.parse::<ObjectId>().is_ok());
        if is_sound || text.starts_with(b"ref: ") {
            return None;
        }
        let says = match text.get(..SHOWN) {
            _ if text.is_empty() => "nothing".to_owned(),
            Some(beginning) => format!("`{}\u{2026}`", beginning.escape_ascii()),
            None => format!("`{}`", text.escape_ascii()),
        };
        let was = self.last_of_reflog(name).filter(|was| self.has(*was));
        Some(GitError::Reference { name: name.to_owned(), says, path, was })
    }

    /// The object that a reflog ends with.
    fn last_of_reflog(&self, name: &str) -> Option<ObjectId> {
        let log = std::fs::read(self.common_dir().join("logs").join(name)).ok()?;
        let last = log.trim_ascii_end().rsplit(|&byte| byte == b'\n').next()?;
        let id = last.split(|&byte| byte == b' ').nth(1)?;
        std::str::from_utf8(id).ok()?.parse().ok()
    }
}
