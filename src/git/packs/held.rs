//! A file that is read in places, and held in memory once that is less work.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::git::formats::pack_index::Source;

pub(super) struct Held {
    file: File,
    length: u64,
    /// What all threads' looks at it have cost, in bytes that could have been read instead.
    spent: AtomicU64,
    whole: OnceLock<Option<Vec<u8>>>,
    room: Arc<Room>,
}

/// How many bytes may still be held, over all files.
pub(super) struct Room(AtomicU64);

const MOST_HELD: u64 = 32 << 20;

/// To look at a place is as much work as to take in this many bytes more.
const LOOK: u64 = 2 << 10;

/// A smaller file is not worth holding sooner than this is spent.
const LEAST: u64 = 128 << 10;

impl Default for Room {
    fn default() -> Self {
        Self(AtomicU64::new(MOST_HELD))
    }
}

impl Room {
    fn take(&self, bytes: u64) -> Option<()> {
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        taken.ok().map(|_| ())
    }
}

impl Held {
    pub(super) fn open(path: &Path, room: &Arc<Room>) -> Option<Self> {
        let file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        Some(Self { file, length, spent: AtomicU64::new(0), whole: OnceLock::new(), room: Arc::clone(room) })
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Its own file, for what is read through once.
    pub(super) const fn file(&self) -> &File {
        &self.file
    }

    /// All of it, if it is held.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        self.whole.get()?.as_deref()
    }

    /// What is read through once is not read twice over.
    fn is_worth_holding(&self, more: u64) -> bool {
        let spent = self.spent.fetch_add(LOOK + more, Ordering::Relaxed);
        spent > LEAST.max(self.length.saturating_mul(2))
    }

    fn take_in(&self) -> Option<Vec<u8>> {
        self.room.take(self.length)?;
        let mut whole = vec![0; usize::try_from(self.length).ok()?];
        self.file.read_exact_at(&mut whole, 0).ok()?;
        Some(whole)
    }
}

impl Source for Held {
    fn read(&self, part: &mut [u8], at: u64) -> Option<()> {
        if self.whole.get().is_none() && self.is_worth_holding(part.len() as u64) {
            self.whole.get_or_init(|| self.take_in());
        }
        match self.whole() {
            Some(whole) => whole.read(part, at),
            None => self.file.read(part, at),
        }
    }
}

impl Source for File {
    fn read(&self, part: &mut [u8], at: u64) -> Option<()> {
        self.read_exact_at(part, at).ok()
    }
}
