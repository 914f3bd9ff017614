//! Where in a pack an object stands, as the index beside the pack says.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::damage::{Damage, is_of_the_first};
use crate::git::formats::pack_index::{Layout, Source, Unread};
use crate::model::ObjectId;

/// The file of an index that is laid out as it should be.
pub(super) struct Index {
    held: Held,
    path: PathBuf,
    layout: Layout,
}

/// A file, and all of it in memory once much has been read of it.
struct Held {
    file: File,
    length: u64,
    looks: AtomicU64,
    whole: OnceLock<Option<Vec<u8>>>,
}

/// A file is held in memory unless it is larger than this, after so many looks, and one for every so many
/// bytes that it has: to take these in is as much work as to look.
const MOST_HELD: u64 = 16 << 20;
const MANY: u64 = 64;
const FOR_EACH: u64 = 2 << 10;

impl Index {
    /// `None` for a file that cannot be read, or is of the first version.
    pub(super) fn open(path: &Path) -> Option<Result<Self, Damage>> {
        let file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        let held = Held { file, length, looks: AtomicU64::new(0), whole: OnceLock::new() };
        match Layout::read(&held.file, length) {
            Ok(layout) => Some(Ok(Self { held, path: path.to_owned(), layout })),
            Err(Unread::NoMark) if is_of_the_first(path) => None,
            Err(Unread::NoMark) => Some(Err(Damage::of(path, "it does not begin as one does"))),
            Err(Unread::Damaged(why)) => Some(Err(Damage::of(path, why))),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The pack's own file.
    pub(super) fn pack(&self) -> PathBuf {
        self.path.with_extension("pack")
    }

    /// How many objects the pack has.
    pub(super) fn count(&self) -> u32 {
        self.layout.count()
    }

    /// What the pack must end with.
    pub(super) fn checksum(&self) -> Option<[u8; 20]> {
        self.layout.checksum(&self.held.file)
    }

    pub(super) fn find(&self, id: ObjectId) -> Option<u64> {
        self.layout.find(&self.held, id)
    }

    /// The names of so many objects from a number on.
    pub(super) fn names_from(&self, number: u32, count: u32) -> Option<Vec<[u8; 20]>> {
        self.layout.names_from(&self.held.file, number, count)
    }

    /// Where so many objects stand; `None` for one that the index itself has no place for.
    pub(super) fn offsets_from(&self, number: u32, count: u32) -> Option<Vec<Option<u64>>> {
        self.layout.offsets_from(&self.held.file, number, count)
    }

    /// Whether an object of that number may have that name, by its first byte.
    pub(super) fn is_counted(&self, name: [u8; 20], number: u32) -> bool {
        self.layout.is_counted(name, number)
    }
}

impl Source for File {
    fn read(&self, part: &mut [u8], at: u64) -> Option<()> {
        self.read_exact_at(part, at).ok()
    }
}

impl Source for Held {
    fn read(&self, part: &mut [u8], at: u64) -> Option<()> {
        let whole = match self.whole.get() {
            None if self.length <= MOST_HELD && self.is_worth_holding() => self.whole.get_or_init(|| self.whole()),
            whole => whole.unwrap_or(&None),
        };
        match whole {
            Some(whole) => whole.read(part, at),
            None => self.file.read(part, at),
        }
    }
}

impl Held {
    fn is_worth_holding(&self) -> bool {
        self.looks.fetch_add(1, Ordering::Relaxed) > MANY.max(self.length / FOR_EACH)
    }

    fn whole(&self) -> Option<Vec<u8>> {
        let mut whole = vec![0; usize::try_from(self.length).ok()?];
        self.file.read(&mut whole, 0)?;
        Some(whole)
    }
}
