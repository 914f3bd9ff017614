//! Where in a pack an object stands, as the index beside the pack says.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::damage::{Damage, is_of_the_first};
use crate::model::ObjectId;

/// The index of a pack, of the second version: what git writes since 2008.
pub(super) struct Index {
    file: File,
    path: PathBuf,
    /// How many names start with each byte or a lower one.
    fanout: Vec<u32>,
    length: u64,
    looks: AtomicU32,
    /// The file, once many have been looked for.
    held: OnceLock<Option<Vec<u8>>>,
}

const MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
const FANOUT: usize = 1024;
const NAMES: u64 = 8 + FANOUT as u64;
const NAME: usize = 20;
/// The checksums of the pack and of the index itself.
const ENDING: u64 = 2 * NAME as u64;

/// How many names are read at once.
const AT_ONCE: u32 = 128;

/// After this many looks a file is held in memory, unless it is larger than this.
const MANY: u32 = 64;
const MOST_HELD: u64 = 16 << 20;

impl Index {
    /// `None` for a file that cannot be read, or is of the first version.
    pub(super) fn open(path: &Path) -> Option<Result<Self, Damage>> {
        let damaged = |why| Some(Err(Damage::of(path, why)));
        let file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        if length < NAMES + ENDING {
            return damaged("it ends too early");
        }
        let mut start = [0; 8 + FANOUT];
        file.read_exact_at(&mut start, 0).ok()?;
        let Some(fanout) = start.strip_prefix(&MAGIC) else {
            return if is_of_the_first(path) { None } else { damaged("it does not begin as one does") };
        };
        let fanout = numbers(fanout);
        if !fanout.is_sorted() {
            return damaged("its counts are out of order");
        }
        let index =
            Self { file, path: path.to_owned(), fanout, length, looks: AtomicU32::new(0), held: OnceLock::new() };
        let far = length.checked_sub(index.far_offsets() + ENDING);
        if far.is_none_or(|far| far % 8 != 0 || far > 8 * u64::from(index.count())) {
            return damaged("its size is not what its counts make");
        }
        Some(Ok(index))
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
        self.fanout.last().copied().unwrap_or_default()
    }

    /// What the pack must end with.
    pub(super) fn checksum(&self) -> Option<[u8; NAME]> {
        let mut checksum = [0; NAME];
        self.file.read_exact_at(&mut checksum, self.length - ENDING).ok()?;
        Some(checksum)
    }

    pub(super) fn find(&self, id: ObjectId) -> Option<u64> {
        let first = usize::from(*id.as_bytes().first()?);
        let mut start = first.checked_sub(1).map_or(Some(0), |before| self.fanout.get(before).copied())?;
        let mut end = *self.fanout.get(first)?;
        let mut names = [0; NAME * AT_ONCE as usize];
        while end - start > AT_ONCE {
            let middle = start.midpoint(end);
            let name: &mut [u8; NAME] = names.first_chunk_mut()?;
            self.read(name, name_at(middle))?;
            if &*name <= id.as_bytes() { start = middle } else { end = middle }
        }
        let some = names.get_mut(..NAME * usize::try_from(end - start).ok()?)?;
        self.read(some, name_at(start))?;
        let ahead = some.as_chunks::<NAME>().0.binary_search(id.as_bytes()).ok()?;
        self.offset(start + u32::try_from(ahead).ok()?)
    }

    /// The names of so many objects from a number on.
    pub(super) fn names_from(&self, number: u32, count: u32) -> Option<Vec<[u8; NAME]>> {
        let mut names = vec![0; NAME * usize::try_from(count).ok()?];
        self.file.read_exact_at(&mut names, name_at(number)).ok()?;
        Some(names.as_chunks().0.to_vec())
    }

    /// Where so many objects stand; `None` for one that the index itself has no place for.
    pub(super) fn offsets_from(&self, number: u32, count: u32) -> Option<Vec<Option<u64>>> {
        let mut near = vec![0; 4 * usize::try_from(count).ok()?];
        self.file.read_exact_at(&mut near, self.offsets() + 4 * u64::from(number)).ok()?;
        Some(near.as_chunks().0.iter().map(|four| self.far_or_near(u32::from_be_bytes(*four))).collect())
    }

    /// Whether an object of that number may have that name, by its first byte.
    pub(super) fn is_counted(&self, name: [u8; NAME], number: u32) -> bool {
        let before = self.fanout.partition_point(|&count| count <= number);
        name.first().is_some_and(|&first| usize::from(first) == before)
    }

    fn offset(&self, number: u32) -> Option<u64> {
        let mut near = [0; 4];
        self.read(&mut near, self.offsets() + 4 * u64::from(number))?;
        self.far_or_near(u32::from_be_bytes(near))
    }

    fn far_or_near(&self, near: u32) -> Option<u64> {
        let Some(far) = near.checked_sub(1 << 31) else { return Some(near.into()) };
        let place = self.far_offsets() + 8 * u64::from(far);
        let mut far = [0; 8];
        (place + 8 + ENDING <= self.length).then(|| self.read(&mut far, place))??;
        Some(u64::from_be_bytes(far))
    }

    fn read(&self, part: &mut [u8], at: u64) -> Option<()> {
        let held = match self.held.get() {
            None if self.length <= MOST_HELD && self.looks.fetch_add(1, Ordering::Relaxed) > MANY => {
                self.held.get_or_init(|| self.whole())
            }
            held => held.unwrap_or(&None),
        };
        let Some(held) = held else { return self.file.read_exact_at(part, at).ok() };
        let at = usize::try_from(at).ok()?;
        part.copy_from_slice(held.get(at..at + part.len())?);
        Some(())
    }

    fn whole(&self) -> Option<Vec<u8>> {
        let mut whole = vec![0; usize::try_from(self.length).ok()?];
        self.file.read_exact_at(&mut whole, 0).ok()?;
        Some(whole)
    }

    /// Names and their checksums come before.
    fn offsets(&self) -> u64 {
        name_at(self.count()) + 4 * u64::from(self.count())
    }

    fn far_offsets(&self) -> u64 {
        self.offsets() + 4 * u64::from(self.count())
    }
}

pub(super) fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|four| u32::from_be_bytes(*four)).collect()
}

fn name_at(number: u32) -> u64 {
    NAMES + NAME as u64 * u64::from(number)
}
