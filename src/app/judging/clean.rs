//! Files that were read and held nothing, however many commits carry them.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{Content, FileChange, ObjectId, RepoPath};

/// Of files that were as large as this together, another thread takes some of the rest.
const MUCH: usize = 48 * 1024;

#[derive(Default)]
pub(super) struct Clean {
    seen: Mutex<HashSet<(ObjectId, RepoPath)>>,
    /// How many bytes were read, of files with something in them or not.
    bytes: AtomicUsize,
}

impl Clean {
    /// Whether so much was read that the rest is worth another thread.
    pub(super) fn is_worth_a_thread(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= MUCH
    }

    pub(super) fn count(&self, content: &Content) {
        self.bytes.fetch_add(content.bytes().map_or(0, <[u8]>::len), Ordering::Relaxed);
    }

    pub(super) fn has(&self, change: &FileChange) -> bool {
        change.new.is_some_and(|side| self.seen().contains(&(side.id, change.path.clone())))
    }

    pub(super) fn insert(&self, change: &FileChange) {
        if let Some(side) = change.new {
            self.seen().insert((side.id, change.path.clone()));
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashSet<(ObjectId, RepoPath)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
