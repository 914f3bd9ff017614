//! Loose objects, which the newest of a repository are: read and written as the files they are.
//!
//! libgit2 looks through every pack before it looks for such a file, reads it once for its header and
//! once again, and before it writes one it lists the packs anew and sets up a compressor of a quarter
//! megabyte. What is odd in any way is left to it, and so is telling what is wrong.

use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::bufread::ZlibDecoder;
use git2::{ObjectType, Oid};

use super::formats::loose::{Inflate, stored};
use super::repo::{Repo, object_id, oid};
use super::temporary::{Temporary, random};
use crate::model::ObjectId;

/// A file of this many bytes or more is left to libgit2.
const LARGEST_FILE: usize = 16 << 10;

/// What is kept from one look to the next.
pub(super) struct Looks {
    /// How many more looks may be in vain: what is packed has no file.
    left: Cell<u8>,
    /// Where files are read to.
    page: RefCell<Vec<u8>>,
    inflate: RefCell<Inflate>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { left: Cell::new(32), page: RefCell::default(), inflate: RefCell::default() }
    }
}

impl Repo {
    /// The bytes of a loose object of at most `limit` bytes that is what its name says; `None` for any
    /// other.
    pub(super) fn read_loose(&self, id: ObjectId, kind: ObjectType, limit: usize) -> Option<Vec<u8>> {
        let left = self.looks.left.get();
        if left == 0 || self.place.objects_elsewhere {
            return None;
        }
        let mut page = self.looks.page.borrow_mut();
        if page.is_empty() {
            *page = vec![0; LARGEST_FILE];
        }
        let read = file_of(&self.objects_dir(), id).and_then(|path| File::open(path).ok()?.read(&mut page).ok());
        let whole = read.filter(|&read| read < LARGEST_FILE);
        self.looks.left.set(if whole.is_some() { left.saturating_add(1) } else { left - 1 });
        let bytes = self.looks.inflate.borrow_mut().object(page.get(..whole?)?, kind.str(), limit)?;
        // git prefers what is packed: a file must not put something else in its place.
        (Oid::hash_object(kind, &bytes) == Ok(oid(id))).then_some(bytes)
    }

    /// A loose blob of any size, to be read from its beginning; `None` for any other object.
    pub(super) fn loose_blob(&self, id: ObjectId) -> Option<LooseBlob> {
        let path = (!self.place.objects_elsewhere).then(|| file_of(&self.objects_dir(), id)).flatten()?;
        let mut from = ZlibDecoder::new(BufReader::new(File::open(path).ok()?));
        let mut header = Vec::new();
        while header.last() != Some(&0) && header.len() < 32 {
            let mut byte = [0];
            from.read_exact(&mut byte).ok()?;
            header.extend(byte);
        }
        header.starts_with(b"blob ").then_some(LooseBlob { from, trouble: None })
    }

    /// Writes an object as a file that is not compressed: what is as small as an entry fills no fewer
    /// blocks of a disk when it is, and `git gc` packs it with the rest. `None` where libgit2 has to
    /// see to it: an object that is there, or cannot be written.
    pub(super) fn write_loose(&self, kind: ObjectType, bytes: &[u8]) -> Option<ObjectId> {
        if self.place.objects_elsewhere {
            return None;
        }
        let id = object_id(Oid::hash_object(kind, bytes).ok()?);
        let file = stored(&[format!("{} {}\0", kind.str(), bytes.len()).as_bytes(), bytes].concat())?;
        let path = file_of(&self.objects_dir(), id)?;
        if path.exists() {
            return None;
        }
        // What git calls its own, and `git gc` removes where a writer died.
        let temporary = path.with_file_name(format!("tmp_obj_{:016x}", random()));
        let guard = Temporary(&temporary);
        self.create(&temporary).and_then(|mut made| made.write_all(&file)).ok()?;
        self.share(&temporary);
        std::fs::rename(&temporary, &path).ok()?;
        std::mem::forget(guard);
        Some(id)
    }

    /// What libgit2 wrote has the rights that what is written here has.
    pub(super) fn share_object(&self, id: ObjectId) {
        let objects = self.objects_dir();
        if let Some(path) = file_of(&objects, id).filter(|_| !self.place.objects_elsewhere) {
            self.share_below(&objects, &path);
        }
    }

    fn create(&self, path: &Path) -> std::io::Result<File> {
        let create = || OpenOptions::new().write(true).create_new(true).mode(0o444).open(path);
        match create() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    self.make_folder(folder)?;
                }
                create()
            }
            done => done,
        }
    }

    pub(super) fn objects_dir(&self) -> PathBuf {
        self.common_dir().join("objects")
    }
}

/// The bytes of a loose blob. It ends where its file is damaged, and tells of that when asked.
pub(super) struct LooseBlob {
    from: ZlibDecoder<BufReader<File>>,
    trouble: Option<std::io::Error>,
}

impl LooseBlob {
    pub(super) fn trouble(self) -> Option<std::io::Error> {
        self.trouble
    }
}

impl Read for LooseBlob {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.from.read(buffer) {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                self.trouble = Some(error);
                Ok(0)
            }
            read => read,
        }
    }
}

fn file_of(objects: &Path, id: ObjectId) -> Option<PathBuf> {
    let name = id.to_string();
    let (two, rest) = name.split_at_checked(2)?;
    Some(objects.join(two).join(rest))
}
