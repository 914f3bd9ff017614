//! Objects in packs, read from the files that the packs are.
//!
//! libgit2 maps packs into memory, where they count as the program's own, has all threads wait for one
//! lock, and inflates piece by piece. It also follows an index wherever that leads, out of the pack and
//! of the process: what an index says that is known here is only looked up here, and another index is
//! looked through before libgit2 is asked.

mod bases;
mod damage;
mod entry;
mod held;
mod index;
mod listed;

use std::sync::{Arc, OnceLock};

use git2::ObjectType;

use super::error::GitError;
use super::formats::delta::{apply, result_size};
use super::formats::pack::{Kind, Object};
use super::repo::Repo;
use crate::model::ObjectId;
use bases::Bases;
use damage::Damage;
use entry::{Entries, Entry, Inflating};
use held::Room;
use index::Index;
use listed::Listed;

/// As long as git can make one, of what is no larger than it takes for that.
const LONGEST_CHAIN: usize = 4_095;
const LARGEST: usize = 512 << 20;

/// The packs of a repository, which its threads share.
#[derive(Default)]
pub(in crate::git) struct Packs {
    listed: OnceLock<Listed>,
    misleading: OnceLock<Option<Damage>>,
    unordered: OnceLock<Option<Damage>>,
    of_many: OnceLock<Option<Damage>>,
}

struct Pack {
    index: Index,
    entries: OnceLock<Option<Entries>>,
    room: Arc<Room>,
}

/// Which of the packs, and where in it.
#[derive(Clone, Copy)]
struct Place {
    number: usize,
    offset: u64,
}

/// What a thread keeps from one object to the next.
#[derive(Default)]
pub(in crate::git) struct Unpacking {
    inflating: Inflating,
    bases: Bases,
    /// The pack that had the last object most likely has the next.
    last: usize,
}

impl Repo {
    /// The bytes of a packed object of at most `limit` bytes; `None` for any other.
    pub(in crate::git) fn read_packed(&self, id: ObjectId, kind: ObjectType, limit: usize) -> Option<Vec<u8>> {
        let mut unpacking = self.unpacking.borrow_mut();
        let (pack, place) = self.packed(&mut unpacking, id)?;
        let (found, bytes) = unpacking.object(pack, place, limit)?;
        (found == kind).then(|| Arc::unwrap_or_clone(bytes))
    }

    /// A packed object, whatever it takes; `None` for one that is in no pack known here.
    pub(in crate::git) fn unpacked(&self, id: ObjectId) -> Result<Option<(ObjectType, Vec<u8>)>, GitError> {
        let unpacked = self.packed_as(id, |unpacking, pack, place| unpacking.object(pack, place, LARGEST))?;
        Ok(unpacked.map(|(kind, bytes)| (kind, Arc::unwrap_or_clone(bytes))))
    }

    /// How large a packed object is and of what kind; `None` for one that is in no pack known here.
    pub(in crate::git) fn packed_header(&self, id: ObjectId) -> Result<Option<(usize, ObjectType)>, GitError> {
        self.packed_as(id, Unpacking::header)
    }

    fn packed_as<T>(
        &self,
        id: ObjectId,
        take: impl FnOnce(&mut Unpacking, &Pack, Place) -> Option<T>,
    ) -> Result<Option<T>, GitError> {
        let mut unpacking = self.unpacking.borrow_mut();
        let Some((pack, place)) = self.packed(&mut unpacking, id).filter(|(pack, _)| !pack.is_gone()) else {
            return Ok(None);
        };
        take(&mut unpacking, pack, place).map(Some).ok_or_else(|| GitError::Packed { id, path: pack.index.pack() })
    }

    fn listed(&self) -> &Listed {
        self.packs.listed.get_or_init(|| Listed::in_folders(&self.pack_folders()))
    }

    fn packed(&self, unpacking: &mut Unpacking, id: ObjectId) -> Option<(&Pack, Place)> {
        let packs = &self.listed().packs;
        let last = unpacking.last.min(packs.len());
        let (pack, place) = (last..packs.len()).chain(0..last).find_map(|number| {
            let pack = packs.get(number)?;
            Some((pack, Place { number, offset: pack.index.find(id)? }))
        })?;
        unpacking.last = place.number;
        Some((pack, place))
    }
}

impl Pack {
    fn entries(&self) -> Option<&Entries> {
        self.entries.get_or_init(|| Entries::open(&self.index, &self.room)).as_ref()
    }

    /// Where what a delta at some place is of stands.
    fn base(&self, at: u64, kind: &Kind) -> Option<u64> {
        match kind {
            Kind::Whole(_) => None,
            Kind::After(back) => at.checked_sub(*back),
            Kind::Of(id) => self.index.find(*id),
        }
    }

    /// git may have put its objects into another pack since the packs were listed.
    fn is_gone(&self) -> bool {
        self.entries().is_none() && !self.index.pack().exists()
    }
}

impl Unpacking {
    /// What stands at a place of a pack.
    fn object(&mut self, pack: &Pack, place: Place, limit: usize) -> Option<(ObjectType, Arc<Vec<u8>>)> {
        let Place { number, offset: mut at } = place;
        let entries = pack.entries()?;
        let mut deltas: Vec<(u64, Entry)> = Vec::new();
        let (kind, mut object) = loop {
            if let Some(known) = self.bases.get(number, at) {
                break known;
            }
            let entry = self.inflating.entry(entries, number, at)?;
            if let Kind::Whole(kind) = entry.kind {
                break (type_of(kind), Arc::new(self.inflating.inflated(entries, number, &entry, limit)?));
            }
            let base = pack.base(at, &entry.kind)?;
            deltas.push((at, entry));
            at = base;
            if deltas.len() > LONGEST_CHAIN {
                return None;
            }
        };
        while let Some((next, entry)) = deltas.pop() {
            let delta = self.inflating.inflated(entries, number, &entry, limit)?;
            let made = apply(&object, &delta, limit)?;
            self.bases.keep(number, at, kind, object);
            (object, at) = (Arc::new(made), next);
        }
        (object.len() <= limit).then_some((kind, object))
    }

    /// How large that is and of what kind, as far as that is told without unpacking it.
    fn header(&mut self, pack: &Pack, place: Place) -> Option<(usize, ObjectType)> {
        let Place { number, offset: mut at } = place;
        let entries = pack.entries()?;
        let mut entry = self.inflating.entry(entries, number, at)?;
        let size = match entry.kind {
            Kind::Whole(_) => entry.size,
            Kind::After(_) | Kind::Of(_) => result_size(&self.inflating.beginning(entries, number, &entry)?)?,
        };
        for _ in 0..=LONGEST_CHAIN {
            if let Kind::Whole(kind) = entry.kind {
                return Some((size, type_of(kind)));
            }
            at = pack.base(at, &entry.kind)?;
            entry = self.inflating.entry(entries, number, at)?;
        }
        None
    }
}

const fn type_of(object: Object) -> ObjectType {
    match object {
        Object::Commit => ObjectType::Commit,
        Object::Tree => ObjectType::Tree,
        Object::Blob => ObjectType::Blob,
        Object::Tag => ObjectType::Tag,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Write;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};
    use std::slice;

    use tempfile::TempDir;

    use super::*;
    use crate::git::Place;

    /// A bare repository.
    struct Scratch(TempDir);

    impl Scratch {
        fn new() -> Self {
            let scratch = Self(TempDir::new().unwrap());
            scratch.git(&["init", "-q", "--bare", "."], b"");
            scratch
        }

        fn git(&self, words: &[&str], input: &[u8]) -> Vec<u8> {
            let mut command = Command::new("git");
            command.current_dir(self.0.path()).args(words).env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE");
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(input).unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{words:?}");
            output.stdout
        }

        fn line(&self, words: &[&str], input: &[u8]) -> String {
            String::from_utf8(self.git(words, input)).unwrap().trim().to_owned()
        }

        fn blob(&self, bytes: &[u8]) -> String {
            self.line(&["hash-object", "-w", "--stdin"], bytes)
        }

        /// One pack of these objects, which stand nowhere else.
        fn pack(&self, ids: &[String], options: &[&str]) {
            let words = [&["pack-objects", "-q"], options, &["objects/pack/pack"]].concat();
            self.git(&words, ids.join("\n").as_bytes());
            self.git(&["prune-packed", "-q"], b"");
        }

        /// Versions of a text, each a few lines off the one before.
        fn versions(&self, count: usize) -> Vec<String> {
            let line =
                |version: usize, at: usize| format!("{at} {}\n", if at % 97 == version { version } else { at * at });
            let text = |version| (0..900).map(|at| line(version, at)).collect::<String>();
            (0..count).map(|version| self.blob(text(version).as_bytes())).collect()
        }

        fn repo(&self) -> Repo {
            Repo::open(&Place { directory: Some(self.0.path().to_owned()), ..Place::default() }).unwrap()
        }

        fn files(&self, extension: &str) -> Vec<PathBuf> {
            let files = fs::read_dir(self.0.path().join("objects/pack")).unwrap().map(|file| file.unwrap().path());
            files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
        }

        /// How long the chains of deltas in the packs are.
        fn chains(&self) -> BTreeMap<usize, usize> {
            let mut chains = BTreeMap::new();
            for index in self.files("idx") {
                let told = self.line(&["verify-pack", "-v", index.to_str().unwrap()], b"");
                for line in told.lines().filter(|line| line.contains(" blob ")) {
                    let depth = line.split_ascii_whitespace().nth(5).map_or(0, |depth| depth.parse().unwrap());
                    *chains.entry(depth).or_default() += 1;
                }
            }
            chains
        }
    }

    fn read(repo: &Repo, id: &str) -> Option<Vec<u8>> {
        repo.read_packed(id.parse().unwrap(), ObjectType::Blob, 1 << 20)
    }

    #[test]
    fn an_object_in_a_pack_reads_as_git_reads_it() {
        // Bases by their names, by how far before they stand, and through many others.
        for options in [&[][..], &["--delta-base-offset"], &["--delta-base-offset", "--depth=200", "--window=60"]] {
            let scratch = Scratch::new();
            let mut ids = scratch.versions(60);
            ids.extend(
                [&b""[..], b"a", &vec![0; 70_000], &(0..=255).collect::<Vec<u8>>().repeat(300)]
                    .map(|bytes| scratch.blob(bytes)),
            );
            scratch.pack(&ids, options);
            let repo = scratch.repo();

            for id in ids.iter().chain(ids.iter().rev()) {
                assert_eq!(read(&repo, id), Some(scratch.git(&["cat-file", "blob", id], b"")), "{options:?} {id}");
            }
            assert!(scratch.chains().len() > 5, "{:?}", scratch.chains());
        }
    }

    #[test]
    fn every_pack_is_looked_through_and_what_is_in_none_is_none() {
        let scratch = Scratch::new();
        let ids = scratch.versions(9);
        for some in ids.chunks(3) {
            scratch.pack(some, &[]);
        }
        let loose = scratch.blob(b"loose");
        let repo = scratch.repo();

        for id in ids.iter().rev() {
            assert_eq!(read(&repo, id), Some(scratch.git(&["cat-file", "blob", id], b"")));
        }
        assert_eq!(scratch.files("pack").len(), 3);
        assert_eq!(read(&repo, &loose), None);
        assert_eq!(repo.read_packed(ids[0].parse().unwrap(), ObjectType::Tree, 1 << 20), None);
    }

    #[test]
    fn what_is_borrowed_is_read_where_it_is() {
        let lender = Scratch::new();
        let ids = lender.versions(3);
        lender.pack(&ids, &[]);
        let borrower = Scratch::new();
        let objects = lender.0.path().join("objects");
        fs::write(borrower.0.path().join("objects/info/alternates"), format!("# ours\n{}\n", objects.display()))
            .unwrap();

        for id in &ids {
            assert_eq!(read(&borrower.repo(), id), Some(lender.git(&["cat-file", "blob", id], b"")));
        }
    }

    #[test]
    fn a_header_tells_what_unpacking_does() {
        let scratch = Scratch::new();
        let ids = scratch.versions(20);
        scratch.pack(&ids, &["--delta-base-offset"]);
        let repo = scratch.repo();

        for id in &ids {
            let size = read(&repo, id).unwrap().len();
            assert_eq!(repo.packed_header(id.parse().unwrap()).unwrap(), Some((size, ObjectType::Blob)));
        }
        assert!(scratch.chains().len() > 2, "{:?}", scratch.chains());
    }

    #[test]
    fn an_index_that_is_not_read_here_is_trusted_unless_it_leads_out_of_its_pack() {
        // Of the first version, and among too many.
        for (options, packs) in [(&["--index-version=1"][..], 1), (&[], listed::MOST_PACKS + 1)] {
            let scratch = Scratch::new();
            let ids: Vec<String> = (0..packs).map(|number| scratch.blob(number.to_string().as_bytes())).collect();
            for id in &ids {
                scratch.pack(slice::from_ref(id), options);
            }
            assert_eq!((read(&scratch.repo(), &ids[0]), scratch.repo().trust_packs().is_ok()), (None, true));

            let index = scratch.files("idx").remove(0);
            let mut bytes = fs::read(&index).unwrap();
            // Where the only object stands is written before its name, or behind all else.
            let at = if packs == 1 { 1024 } else { bytes.len() - 44 };
            bytes[at] ^= 1;
            fs::remove_file(&index).unwrap();
            fs::write(&index, bytes).unwrap();

            assert!(scratch.repo().trust_other_packs().is_err(), "{packs}");
        }
    }

    #[test]
    fn what_is_larger_than_the_limit_is_left_alone() {
        let scratch = Scratch::new();
        let ids = scratch.versions(2);
        scratch.pack(&ids, &[]);
        let repo = scratch.repo();

        for id in &ids {
            let size = scratch.git(&["cat-file", "blob", id], b"").len();
            let up_to = |limit| repo.read_packed(id.parse().unwrap(), ObjectType::Blob, limit);
            assert_eq!((up_to(size - 1), up_to(size).map(|bytes| bytes.len())), (None, Some(size)));
        }
    }

    #[test]
    fn a_damaged_pack_gives_nothing_but_what_git_put_in() {
        let scratch = Scratch::new();
        let ids = scratch.versions(6);
        scratch.pack(&ids, &[]);
        let whole: Vec<Vec<u8>> = ids.iter().map(|id| scratch.git(&["cat-file", "blob", id], b"")).collect();
        let pack = scratch.files("pack").remove(0);
        let bytes = fs::read(&pack).unwrap();
        fs::remove_file(&pack).unwrap();

        let mut told = 0;
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&pack, damaged).unwrap();
            let repo = scratch.repo();
            for (id, whole) in ids.iter().zip(&whole) {
                let read = read(&repo, id);
                told += usize::from(read.is_none());
                assert!(read.is_none_or(|read| read == *whole), "{at}");
            }
        }

        assert!(told > bytes.len() / 7, "{told}");
    }
}
