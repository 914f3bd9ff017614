//! One writer at a time: the lock file of a clone's ledger, shared by its linked worktrees.
//!
//! The lock is one that the kernel holds on the open file, so a writer that dies leaves none. Before
//! a writer touches a reference it writes into the file which one and what it is to become; a
//! reference's own lock file that a dead writer left is known by that, and nobody else's is ever
//! removed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::NotesError;
use super::folder::{is_temporary, ledger_dir};
use crate::git::temporary::random;
use crate::git::{Repo, clear_leftovers};
use crate::model::ObjectId;

/// An append takes about a millisecond; who waits this long waits for a process that is stopped.
const PATIENCE: Duration = Duration::from_secs(10);

/// No intent is longer.
const LARGEST: usize = 4096;

pub(super) struct Lock {
    file: File,
    path: PathBuf,
    /// How many bytes the file holds.
    length: usize,
    /// What a writer that did not live to finish was about to do.
    unfinished: Option<Intent>,
}

/// A reference about to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Intent {
    pub(super) reference: String,
    pub(super) new: ObjectId,
}

impl Lock {
    /// Waits for the lock. A file system without locks is written to without one: the reference's
    /// own lock still lets no writer undo another's work.
    pub(super) fn take(repo: &Repo) -> Result<Self, NotesError> {
        let path = ledger_dir(repo)?.join("lock");
        let file = locked(repo, &path, PATIENCE)?;
        let mut text = [0; LARGEST];
        let length = file.read_at(&mut text, 0).unwrap_or(LARGEST);
        // What is not text was not written here, and says nothing.
        let unfinished = text.get(..length).and_then(|text| Intent::read(std::str::from_utf8(text).ok()?));
        Ok(Self { file, path, length, unfinished })
    }

    pub(super) fn unfinished(&self) -> Option<&Intent> {
        self.unfinished.as_ref()
    }

    /// Says what is about to be done.
    pub(super) fn announce(&mut self, intent: &Intent) -> Result<(), NotesError> {
        let text = format!("{} {}\n", intent.new, intent.reference);
        // Most often it held as many bytes, and need not lose those that it has.
        let emptied = if self.length > text.len() { self.file.set_len(0) } else { Ok(()) };
        self.length = text.len();
        emptied.and_then(|()| self.file.write_all_at(text.as_bytes(), 0)).map_err(|source| self.failed(source))
    }

    /// Clears away what lies beside it and was left by writers that did not live to finish.
    pub(super) fn tidy(&self) {
        clear_leftovers(&self.path, is_temporary);
    }

    /// Says that it is done, or was given up: what does not start with an object's name says nothing.
    pub(super) fn finish(&mut self) -> Result<(), NotesError> {
        self.unfinished = None;
        self.file.write_all_at(b"-", 0).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> NotesError {
        NotesError::Write { path: self.path.clone(), source }
    }
}

/// Opens a file and waits for its lock, which goes when the file is closed.
pub(super) fn locked(repo: &Repo, path: &Path, patience: Duration) -> Result<File, NotesError> {
    let failed = |source| NotesError::Write { path: path.to_owned(), source };
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    repo.share(path);
    let since = Instant::now();
    let mut turn = Turn::new();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if since.elapsed() < patience => turn.wait(),
            Err(TryLockError::WouldBlock) => return Err(NotesError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => return Ok(file),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
}

impl Intent {
    fn read(text: &str) -> Option<Self> {
        let (new, reference) = text.strip_suffix('\n')?.split_once(' ')?;
        Some(Self { reference: reference.to_owned(), new: new.parse().ok()? })
    }
}

/// Short waits of uneven length, so that two who wait do not keep meeting.
pub(super) struct Turn {
    state: u64,
    longest: u64,
}

impl Turn {
    pub(super) fn new() -> Self {
        Self { state: random(), longest: 500 }
    }

    pub(super) fn wait(&mut self) {
        // Xorshift: any sequence does, as long as it differs between processes.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        std::thread::sleep(Duration::from_micros(100 + self.state % self.longest));
        self.longest = (self.longest * 2).min(10_000);
    }
}
