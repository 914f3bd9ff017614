//! Reads what archives hold, file by file and archive within archive, without ever holding one of them whole.
//!
//! What they claim of themselves is not relied on: a bomb ends at a limit, and damage hides nothing
//! that can be read before or behind it.

mod gzip;
mod input;
mod listed;
mod tar;
#[cfg(test)]
mod tests;
mod zip;

use std::cell::Cell;

pub use gzip::gunzip;
pub use input::{Cut, Input, each_piece};
use input::{Packing, Peeked, Unpacked, begin, pass_all};

use crate::check::detect::format_of_archive;

/// How many times its own size an archive may hold. Text is seldom packed to less than a tenth.
const MOST_TIMES: u64 = 64;

/// This much more is read of every archive, because a little of something very regular packs well.
const AT_LEAST: u64 = 1 << 20;

/// No more than this is read of any archive, unless four times its size is more.
const AT_MOST: u64 = 128 << 20;

/// How many files of an archive are read.
const MOST_MEMBERS: u32 = 100_000;

/// How many archives may stand in each other.
const DEEPEST: u32 = 5;

/// The beginning of a file that tells what it is: the first block of a tar.
const HEAD: usize = 512;

/// How much of what was packed was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// Some is encrypted, damaged, packed in a way that is not known here, or too much.
    Part,
}

/// A file that an archive holds.
#[derive(Clone, Copy)]
pub struct Member<'m> {
    pub path: &'m [u8],
    /// By gzip, as dumps, logs and other data are.
    pub was_packed_alone: bool,
}

/// Takes a file of an archive.
pub type Visit<'v> = dyn FnMut(Member<'_>, &mut dyn Input) -> Result<(), Cut> + 'v;

/// How files are packed together, or one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Gzip,
    Tar,
    Zip,
}

impl Format {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            _ if tar::Header::read(head).is_some() => Some(Self::Tar),
            _ => None,
        }
    }

    /// That of an archive held whole. Programs read a zip from its end, whatever stands before it.
    #[must_use]
    pub fn of_whole(bytes: &[u8]) -> Option<Self> {
        Self::of(bytes.get(..HEAD).unwrap_or(bytes)).or_else(|| zip::has_end(bytes).then_some(Self::Zip))
    }
}

/// Whether it begins as an archive that can be read here.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    Format::of(bytes.get(..HEAD).unwrap_or(bytes)).is_some()
}

/// What is unpacked.
pub enum Archive<'a> {
    Held(&'a [u8]),
    /// Only its beginning says what it is.
    Large {
        size: u64,
        input: &'a mut dyn Input,
    },
}

/// Shows every file of an archive. `name` is its own, which names what was packed alone.
pub fn unpack(archive: Archive<'_>, name: &[u8], visit: &mut Visit<'_>) -> Extent {
    let size = match &archive {
        Archive::Held(bytes) => bytes.len() as u64,
        Archive::Large { size, .. } => *size,
    };
    let most = AT_MOST.max(size.saturating_mul(4));
    let left = Cell::new(size.saturating_mul(MOST_TIMES).saturating_add(AT_LEAST).min(most));
    let mut unpacking = Unpacking { left: &left, members: MOST_MEMBERS, extent: Extent::Whole, visit };
    let outer = Outer { path: b"", name, was_packed_alone: false, depth: 0 };
    let read = match archive {
        Archive::Held(mut bytes) => unpacking.show(Format::of_whole(bytes), &outer, &mut bytes),
        Archive::Large { input, .. } => unpacking.open(&outer, input),
    };
    if read.is_err() {
        unpacking.extent = Extent::Part;
    }
    unpacking.extent
}

struct Unpacking<'c, 'v, 'f> {
    /// How many more bytes may be unpacked.
    left: &'c Cell<u64>,
    members: u32,
    extent: Extent,
    visit: &'v mut Visit<'f>,
}

/// A file that may be an archive.
#[derive(Clone, Copy)]
struct Outer<'p> {
    /// Where it stands in the first archive, which itself stands nowhere.
    path: &'p [u8],
    name: &'p [u8],
    was_packed_alone: bool,
    /// How many archives it stands in.
    depth: u32,
}

impl Unpacking<'_, '_, '_> {
    /// Shows a file, or what it holds if it is an archive. It may break off.
    fn open(&mut self, file: &Outer<'_>, input: &mut dyn Input) -> Result<(), Cut> {
        // Where the head breaks off, so does what follows it.
        let (head, _) = begin(input, HEAD as u64);
        let format = Format::of(&head);
        if format.is_none() && format_of_archive(&head).is_some() {
            self.extent = Extent::Part;
        }
        self.show(format, file, &mut Peeked { head: &head, rest: input })
    }

    fn show(&mut self, format: Option<Format>, file: &Outer<'_>, input: &mut dyn Input) -> Result<(), Cut> {
        match format.filter(|_| file.depth < DEEPEST) {
            Some(Format::Gzip) => self.gzip(file, input),
            Some(Format::Tar) => self.tar(file, input),
            Some(Format::Zip) => self.zip(file, input),
            None => {
                if format.is_some() {
                    self.extent = Extent::Part;
                }
                (self.visit)(Member { path: file.path, was_packed_alone: file.was_packed_alone }, input)
            }
        }
    }

    /// Opens a file of an archive, and passes by what is not read of it.
    fn member(&mut self, archive: &Outer<'_>, name: &[u8], input: &mut dyn Input) -> Result<(), Cut> {
        self.enter(archive, name, false, input)
    }

    fn enter(
        &mut self,
        archive: &Outer<'_>,
        name: &[u8],
        was_packed_alone: bool,
        input: &mut dyn Input,
    ) -> Result<(), Cut> {
        self.count()?;
        let path = join(archive.path, name);
        let read = self.open(&Outer { path: &path, name, was_packed_alone, depth: archive.depth + 1 }, input);
        read.and_then(|()| pass_all(input))
    }

    fn count(&mut self) -> Result<(), Cut> {
        self.members = self.members.checked_sub(1).ok_or(Cut)?;
        Ok(())
    }

    /// The same for one that was packed.
    fn packed(&mut self, packing: Packing, archive: &Outer<'_>, name: &[u8], input: &mut dyn Input) -> Result<(), Cut> {
        self.enter(archive, name, packing == Packing::Gzip, &mut Unpacked::new(packing, self.left, input))
    }

    /// Goes on behind a file that could not be read to its end, unless all that may be read was read.
    fn forgive(&mut self, read: Result<(), Cut>) -> Result<(), Cut> {
        if read.is_err() {
            self.extent = Extent::Part;
        }
        if self.members == 0 || self.left.get() == 0 { read } else { Ok(()) }
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, name].join(&b'/') }
}
