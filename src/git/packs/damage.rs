//! What is told of a pack whose index cannot be true, before libgit2 follows it out of the pack's bytes.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::index::Index;
use crate::git::formats::multi_pack_index;
use crate::git::formats::pack_index::numbers;
use crate::git::{GitError, Repo};

/// An index that git did not write so.
#[derive(Clone, Debug)]
pub(super) struct Damage {
    index: PathBuf,
    why: &'static str,
}

/// Of a pack, before its first entry and after its last.
const HEADER: u64 = 12;
const CHECKSUM: u64 = 20;

/// How many numbers or names are read at once.
const AT_ONCE: u32 = 4 << 10;

impl Damage {
    pub(super) fn of(index: &Path, why: &'static str) -> Self {
        Self { index: index.to_owned(), why }
    }

    pub(super) fn has_pack(&self) -> bool {
        self.index.with_extension("pack").exists()
    }

    fn error(&self) -> GitError {
        let (path, why) = (self.index.clone(), self.why);
        match path.extension() {
            Some(_) => GitError::PackIndex { path, why },
            None => GitError::MultiPackIndex { path, why },
        }
    }
}

impl Repo {
    /// What must hold before libgit2 reads an object that is in no pack known here.
    pub(in crate::git) fn trust_other_packs(&self) -> Result<(), GitError> {
        refuse(self.listed().damage.as_ref())?;
        let find = || self.listed().of_many.iter().find_map(|path| misleading(path));
        refuse(self.packs.of_many.get_or_init(find).as_ref())
    }

    /// What must hold before libgit2 reads objects of its own choice.
    pub(in crate::git) fn trust_packs(&self) -> Result<(), GitError> {
        self.trust_other_packs()?;
        let find = || self.listed().packs.iter().find_map(|pack| pack.index.misleading());
        refuse(self.packs.misleading.get_or_init(find).as_ref())
    }

    /// What must hold for an object that was not found to be missing.
    pub(in crate::git) fn trust_names_of_packs(&self) -> Result<(), GitError> {
        self.trust_other_packs()?;
        let find = || self.listed().packs.iter().find_map(|pack| pack.index.unordered());
        refuse(self.packs.unordered.get_or_init(find).as_ref())
    }
}

impl Index {
    /// Where its numbers lead out of the pack.
    pub(super) fn misleading(&self) -> Option<Damage> {
        // A pack that is gone is one that was replaced a moment ago.
        let within = within(self.path())?;
        let mut numbers = (0..self.count()).step_by(AT_ONCE as usize).map(|start| {
            let offsets = self.offsets_from(start, AT_ONCE.min(self.count() - start))?;
            Some(offsets.into_iter().all(|offset| offset.is_some_and(|offset| within.contains(&offset))))
        });
        let is_sound = numbers.all(|all| all == Some(true));
        (!is_sound).then(|| Damage::of(self.path(), "it points out of its pack"))
    }

    /// Where its names are not in the order in which they are looked for.
    pub(super) fn unordered(&self) -> Option<Damage> {
        let mut last = None;
        let mut is_next = |name: [u8; 20], number: u32| {
            let is_after = last.is_none_or(|last| last < name);
            last = Some(name);
            is_after && self.is_counted(name, number)
        };
        let mut names = (0..self.count()).step_by(AT_ONCE as usize).map(|start| {
            let names = self.names_from(start, AT_ONCE.min(self.count() - start))?;
            Some((start..).zip(names).all(|(number, name)| is_next(name, number)))
        });
        let is_sound = names.all(|all| all == Some(true));
        (!is_sound).then(|| Damage::of(self.path(), "its names are out of order"))
    }
}

/// Whether a file is an index of the version before, and leads nowhere but into its pack.
pub(super) fn is_of_the_first(index: &Path) -> bool {
    let (Ok(bytes), Some(within)) = (fs::read(index), within(index)) else { return false };
    let Some((fanout, rest)) = bytes.split_at_checked(1024) else { return false };
    let Some(entries) = rest.len().checked_sub(40).and_then(|end| rest.get(..end)) else { return false };
    let (entries, cut_off) = entries.as_chunks::<24>();
    let fanout = numbers(fanout);
    let offsets = entries.iter().filter_map(|entry| entry.first_chunk()).map(|four| u32::from_be_bytes(*four));
    let is_whole = cut_off.is_empty() && fanout.last().is_some_and(|&count| count as usize == entries.len());
    is_whole && fanout.is_sorted() && offsets.map(u64::from).all(|offset| within.contains(&offset))
}

/// Where an index of many packs leads out of one.
fn misleading(index: &Path) -> Option<Damage> {
    // One that cannot be read is none to libgit2 either.
    let file = File::open(index).ok()?;
    let length = file.metadata().ok().filter(Metadata::is_file)?.len();
    let size_of = |name: &[u8]| {
        let pack = index.with_file_name(OsStr::from_bytes(name)).with_extension("pack");
        Some(pack.metadata().ok()?.len())
    };
    multi_pack_index::check(&file, length, &size_of).err().map(|why| Damage::of(index, why))
}

/// Where entries stand in the pack of an index.
fn within(index: &Path) -> Option<Range<u64>> {
    let pack = index.with_extension("pack").metadata().ok()?;
    Some(HEADER..pack.len().saturating_sub(CHECKSUM))
}

fn refuse(damage: Option<&Damage>) -> Result<(), GitError> {
    damage.map_or(Ok(()), |damage| Err(damage.error()))
}
