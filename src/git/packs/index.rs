//! Where in a pack an object stands, as the index beside the pack says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::damage::{Damage, is_of_the_first};
use super::held::{Held, Room};
use crate::git::formats::pack_index::{Layout, Unread};
use crate::model::ObjectId;

/// The file of an index that is laid out as it should be.
pub(super) struct Index {
    held: Held,
    path: PathBuf,
    layout: Layout,
}

impl Index {
    /// `None` for a file that cannot be read, or is of the first version.
    pub(super) fn open(path: &Path, room: &Arc<Room>) -> Option<Result<Self, Damage>> {
        let held = Held::open(path, room)?;
        match Layout::read(held.file(), held.length()) {
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
        self.layout.checksum(self.held.file())
    }

    pub(super) fn find(&self, id: ObjectId) -> Option<u64> {
        self.layout.find(&self.held, id)
    }

    /// The names of so many objects from a number on.
    pub(super) fn names_from(&self, number: u32, count: u32) -> Option<Vec<[u8; 20]>> {
        self.layout.names_from(self.held.file(), number, count)
    }

    /// Where so many objects stand; `None` for one that the index itself has no place for.
    pub(super) fn offsets_from(&self, number: u32, count: u32) -> Option<Vec<Option<u64>>> {
        self.layout.offsets_from(self.held.file(), number, count)
    }

    /// Whether an object of that number may have that name, by its first byte.
    pub(super) fn is_counted(&self, name: [u8; 20], number: u32) -> bool {
        self.layout.is_counted(name, number)
    }
}
