//! Objects in packs, read from the files that the packs are.
//!
//! libgit2 maps packs into memory, where they count as the program's own, has all threads wait for one
//! lock, and inflates piece by piece. What is large, odd, damaged or elsewhere is left to it, and so is
//! telling what is wrong.

mod bases;
mod delta;
mod entry;
mod index;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use git2::ObjectType;

use super::repo::Repo;
use crate::model::ObjectId;
use bases::Bases;
use delta::apply;
use entry::{Entries, Entry, Inflating, Kind};
use index::Index;

/// Each is a file that stays open, and is looked through for what the others do not have.
const MOST_PACKS: usize = 32;

/// What git itself makes is a fifth of this.
const LONGEST_CHAIN: usize = 256;

/// The packs of a repository, which its threads share.
#[derive(Default)]
pub(in crate::git) struct Packs(OnceLock<Vec<Pack>>);

struct Pack {
    index: Index,
    entries: OnceLock<Option<Entries>>,
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
        if self.place.objects_elsewhere {
            return None;
        }
        let packs = self.packs.0.get_or_init(|| listed(&self.objects_dir().join("pack")).unwrap_or_default());
        let mut unpacking = self.unpacking.borrow_mut();
        let last = unpacking.last.min(packs.len());
        let (number, offset) = (last..packs.len()).chain(0..last).find_map(|number| {
            let offset = packs.get(number)?.index.find(id)?;
            Some((number, offset))
        })?;
        unpacking.last = number;
        let (found, bytes) = unpacking.object(packs.get(number)?, number, offset, limit)?;
        (found == kind).then(|| Arc::unwrap_or_clone(bytes))
    }
}

/// None where there are so many that libgit2 had better look through them.
fn listed(folder: &Path) -> Option<Vec<Pack>> {
    let mut indices = Vec::new();
    for file in folder.read_dir().ok()?.flatten() {
        let path = file.path();
        if path.extension().is_some_and(|extension| extension == "idx") {
            indices.push(path);
        }
    }
    let packs = (indices.len() <= MOST_PACKS).then_some(indices)?;
    Some(packs.iter().filter_map(|path| Some(Pack { index: Index::open(path)?, entries: OnceLock::new() })).collect())
}

impl Pack {
    fn entries(&self) -> Option<&Entries> {
        self.entries.get_or_init(|| Entries::open(&self.index)).as_ref()
    }
}

impl Unpacking {
    /// What stands at a place of a pack.
    fn object(&mut self, pack: &Pack, number: usize, offset: u64, limit: usize) -> Option<(ObjectType, Arc<Vec<u8>>)> {
        let entries = pack.entries()?;
        let mut at = offset;
        let mut deltas: Vec<(u64, Entry)> = Vec::new();
        let (kind, mut object) = loop {
            if let Some(known) = self.bases.get(number, at) {
                break known;
            }
            let entry = self.inflating.entry(entries, number, at)?;
            let base = match entry.kind {
                Kind::Whole(kind) => break (kind, Arc::new(self.inflating.inflated(entries, number, &entry, limit)?)),
                Kind::After(back) => at.checked_sub(back)?,
                Kind::Of(id) => pack.index.find(id)?,
            };
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
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Write;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

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
