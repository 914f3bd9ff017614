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
use flate2::{Decompress, FlushDecompress, Status};
use git2::{ObjectType, Oid};

use super::notes::{Temporary, random};
use super::repo::{Repo, object_id, oid};
use crate::model::ObjectId;

/// A file of this many bytes or more is left to libgit2.
const LARGEST_FILE: usize = 16 << 10;

/// No byte of a file becomes more bytes than this.
const MOST_INFLATED: usize = 1_032;

/// Most objects need no more room than this.
const USUAL: usize = 4 << 10;

/// What is kept from one look to the next.
pub(super) struct Looks {
    /// How many more looks may be in vain: what is packed has no file.
    left: Cell<u8>,
    /// Where files are read to.
    page: RefCell<Vec<u8>>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { left: Cell::new(32), page: RefCell::default() }
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
        let bytes = inflated(page.get(..whole?)?, kind, limit)?;
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
        create(&temporary).and_then(|mut made| made.write_all(&file)).ok()?;
        std::fs::rename(&temporary, &path).ok()?;
        std::mem::forget(guard);
        Some(id)
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

fn create(path: &Path) -> std::io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).mode(0o444).open(path);
    match create() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            create()
        }
        done => done,
    }
}

/// The bytes after the header of a loose object, if it is a whole one of that kind.
fn inflated(file: &[u8], kind: ObjectType, limit: usize) -> Option<Vec<u8>> {
    let mut inflate = Decompress::new(true);
    let mut object = Vec::with_capacity(USUAL.max(file.len() * 4));
    let mut status = inflate.decompress_vec(file, &mut object, FlushDecompress::Finish).ok()?;
    let end = object.iter().take(32).position(|&byte| byte == 0)?;
    let (header, _) = object.split_at_checked(end)?;
    let size: usize = std::str::from_utf8(header).ok()?.strip_prefix(kind.str())?.strip_prefix(' ')?.parse().ok()?;
    let whole = size.checked_add(end + 1)?;
    if size > limit || whole > file.len() * MOST_INFLATED {
        return None;
    }
    if status != Status::StreamEnd && whole >= object.len() {
        object.reserve_exact(whole + 1 - object.len());
        let rest = file.get(usize::try_from(inflate.total_in()).ok()?..)?;
        status = inflate.decompress_vec(rest, &mut object, FlushDecompress::Finish).ok()?;
    }
    if status != Status::StreamEnd || object.len() != whole {
        return None;
    }
    object.drain(..=end);
    Some(object)
}

/// The zlib format with one block that is not compressed.
fn stored(object: &[u8]) -> Option<Vec<u8>> {
    let size = u16::try_from(object.len()).ok()?;
    let mut file = Vec::with_capacity(object.len() + 11);
    // Deflate with a window of 32 KB and the least effort; then the last block, stored.
    file.extend_from_slice(&[0x78, 0x01, 0x01]);
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(&(!size).to_le_bytes());
    file.extend_from_slice(object);
    file.extend_from_slice(&adler32(object).to_be_bytes());
    Some(file)
}

/// The checksum that ends the zlib format.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1_u32, 0_u32);
    // This many bytes can be summed up before either sum could overflow.
    for some in bytes.chunks(5_552) {
        for &byte in some {
            low += u32::from(byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression, FlushCompress};

    use super::*;

    /// As git writes it.
    fn compressed(object: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(object.len() + 100);
        Compress::new(Compression::fast(), true).compress_vec(object, &mut file, FlushCompress::Finish).unwrap();
        file
    }

    fn blob(bytes: &[u8]) -> Vec<u8> {
        [format!("blob {}\0", bytes.len()).as_bytes(), bytes].concat()
    }

    #[test]
    fn an_object_reads_back_however_it_was_written() {
        for size in [0, 1, 5_551, 5_552, 5_553, 60_000] {
            let bytes: Vec<u8> = (0..size).map(|at: u32| if at.is_multiple_of(3) { 0xff } else { b'a' }).collect();
            let object = blob(&bytes);

            for file in [stored(&object).unwrap(), compressed(&object)] {
                assert_eq!(inflated(&file, ObjectType::Blob, 60_000), Some(bytes.clone()), "{size}");
                assert_eq!(inflated(&file, ObjectType::Tree, 60_000), None);
            }
        }
        assert!(stored(&blob(&vec![0; 65_536])).is_none());
    }

    #[test]
    fn a_file_that_is_no_whole_object_is_none() {
        let refused = |file: &[u8]| inflated(file, ObjectType::Blob, 9).is_none();
        let whole = stored(b"blob 3\0abc").unwrap();

        assert!(!refused(&whole));
        assert!((0..whole.len()).all(|end| refused(&whole[..end])));
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 1;
            assert!(refused(&other), "{at}");
        }
        for object in [
            "blob 2\0abc",
            "blob 4\0abc",
            "blob 10\0abcdefghij",
            "blob 18446744073709551615\0abc",
            "blob\0abc",
            "blob x\0",
            "blob 3 abc",
            "",
        ] {
            assert!(refused(&compressed(object.as_bytes())), "{object}");
        }
    }
}
