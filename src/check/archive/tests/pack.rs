//! Packs what the tests unpack.

use flate2::{Compress, Compression, FlushCompress};

use crate::check::archive::HEAD;

/// What the writers of archives are given.
#[derive(Clone, Debug)]
pub(super) enum Node {
    File(String, Vec<u8>),
    Zip(String, Vec<Node>),
    Tar(String, Vec<Node>),
    Gzip(String, Box<Node>),
}

impl Node {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::File(name, _) | Self::Zip(name, _) | Self::Tar(name, _) | Self::Gzip(name, _) => name,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::File(_, bytes) => bytes.clone(),
            Self::Zip(_, files) => zipped(files),
            Self::Tar(_, files) => {
                let tape = files.iter().flat_map(|file| taped(file.name(), b'0', &file.bytes()));
                tape.chain([0; 1024]).collect()
            }
            Self::Gzip(_, file) => gzipped(&file.bytes()),
        }
    }

    /// What is in it, by where that stands. What was packed alone has no name of its own.
    pub(super) fn files(&self, path: &str, name: &str) -> Vec<(String, Vec<u8>)> {
        let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        match self {
            Self::File(_, bytes) => vec![(path.to_owned(), bytes.clone())],
            Self::Zip(_, files) | Self::Tar(_, files) => {
                files.iter().flat_map(|file| file.files(&within(file.name()), file.name())).collect()
            }
            Self::Gzip(_, file) => {
                let name = name.rsplit('/').next().unwrap();
                let name = name.strip_suffix(".gz").unwrap_or(name);
                file.files(&within(name), name)
            }
        }
    }
}

pub(super) fn packed(mut by: Compress, bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 1024);
    by.compress_vec(bytes, &mut packed, FlushCompress::Finish).unwrap();
    packed
}

pub(super) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    packed(Compress::new_gzip(Compression::default(), 15), bytes)
}

pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    packed(Compress::new(Compression::default(), false), bytes)
}

/// A header and its file as a zip has them. `flags` that say so leave the size to what follows.
pub(super) fn zip_member(name: &str, flags: u16, method: u16, packed: &[u8]) -> Vec<u8> {
    let size = u32::try_from(packed.len()).unwrap().to_le_bytes();
    let follows = flags & 8 != 0;
    let in_header = if follows { [0; 4] } else { size };
    let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let header = [
        &b"PK\x03\x04\x14\0"[..],
        &flags.to_le_bytes(),
        &method.to_le_bytes(),
        &[0; 8],
        &in_header,
        &in_header,
        &short(name.len()),
        &short(0),
    ];
    let behind = if follows { [&b"PK\x07\x08"[..], &[0; 4], &size, &size].concat() } else { Vec::new() };
    [&header.concat(), name.as_bytes(), packed, &behind].concat()
}

/// Files deflated and bare, with and without their sizes before them.
pub(super) fn zipped(files: &[Node]) -> Vec<u8> {
    let ways = [(0, 8), (8, 8), (0, 0), (8, 0)].into_iter().cycle();
    let members = files.iter().zip(ways).map(|(file, (flags, method))| {
        let bytes = file.bytes();
        zip_member(file.name(), flags, method, &if method == 8 { deflated(&bytes) } else { bytes })
    });
    listed(&members.collect::<Vec<_>>())
}

/// Members and the list of them.
pub(super) fn listed(members: &[Vec<u8>]) -> Vec<u8> {
    let entries = members.iter().scan(0, |at, member| {
        let entry = entry(member, *at);
        *at += member.len();
        Some(entry)
    });
    ended(members.concat(), &entries.collect::<Vec<_>>())
}

/// The entry of a member that stands so far behind the first.
pub(super) fn entry(member: &[u8], at: usize) -> Vec<u8> {
    let name = 30 + usize::from(member[26]);
    let behind = if member[6] & 8 == 0 { &member[18..26] } else { &member[member.len() - 8..] };
    let at = u32::try_from(at).unwrap().to_le_bytes();
    let parts = [b"PK\x01\x02\x14\0", &member[4..18], behind, &member[26..28], &[0; 12], &at, &member[30..name]];
    parts.concat()
}

pub(super) fn ended(mut members: Vec<u8>, entries: &[Vec<u8>]) -> Vec<u8> {
    let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (at, entries) = (four(members.len()), entries.concat());
    members.extend_from_slice(&entries);
    members.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &four(entries.len()), &at, &[0, 0]].concat());
    members
}

pub(super) fn taped(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0; HEAD];
    header[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    summed(&mut header, false);
    let padding = vec![0; bytes.len().next_multiple_of(HEAD) - bytes.len()];
    [&header, bytes, &padding].concat()
}

/// Writes the sum of a header into it.
pub(super) fn summed(header: &mut [u8], signed: bool) {
    header[148..156].fill(b' ');
    let value = |byte: &u8| if signed { i32::from(byte.cast_signed()) } else { i32::from(*byte) };
    let sum: i32 = header.iter().map(value).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}
