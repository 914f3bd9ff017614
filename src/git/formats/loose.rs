//! Loose objects, as their files hold them: deflated, with a header of a kind and a size.

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{DecompressionError, Decompressor};

/// No byte of a file becomes more bytes than this.
const MOST_INFLATED: usize = 1_032;

/// Nearly all objects need no more room than this, with their headers.
const ROOM: usize = 64 << 10;

/// Reads one object after the other.
#[derive(Default)]
pub struct Inflate {
    whole: Decompressor,
    room: Vec<u8>,
}

impl Inflate {
    /// The bytes after the header of a loose object, if it is a whole one of that kind.
    pub fn object(&mut self, file: &[u8], kind: &str, limit: usize) -> Option<Vec<u8>> {
        self.room.resize(ROOM, 0);
        match self.whole.zlib_decompress(file, &mut self.room) {
            Ok(inflated) => {
                let object = self.room.get(..inflated)?;
                let Header { start, size } = header(object, kind)?;
                object.get(start..).filter(|bytes| bytes.len() == size && size <= limit).map(<[u8]>::to_vec)
            }
            Err(DecompressionError::InsufficientSpace) => large(file, kind, limit),
            Err(DecompressionError::BadData) => None,
        }
    }
}

struct Header {
    /// Where what follows it starts.
    start: usize,
    size: usize,
}

fn header(object: &[u8], kind: &str) -> Option<Header> {
    let end = object.iter().take(32).position(|&byte| byte == 0)?;
    let (header, _) = object.split_at_checked(end)?;
    let size = std::str::from_utf8(header).ok()?.strip_prefix(kind)?.strip_prefix(' ')?.parse().ok()?;
    Some(Header { start: end + 1, size })
}

/// The same, making room for what the header says.
fn large(file: &[u8], kind: &str, limit: usize) -> Option<Vec<u8>> {
    let mut inflate = Decompress::new(true);
    let mut object = Vec::with_capacity(ROOM);
    inflate.decompress_vec(file, &mut object, FlushDecompress::Finish).ok()?;
    let Header { start, size } = header(&object, kind)?;
    let whole = size.checked_add(start)?;
    if size > limit || whole > file.len() * MOST_INFLATED || whole < object.len() {
        return None;
    }
    object.reserve_exact(whole + 1 - object.len());
    let rest = file.get(usize::try_from(inflate.total_in()).ok()?..)?;
    let status = inflate.decompress_vec(rest, &mut object, FlushDecompress::Finish).ok()?;
    if status != Status::StreamEnd || object.len() != whole {
        return None;
    }
    object.drain(..start);
    Some(object)
}

/// The zlib format with one block that is not compressed.
pub fn stored(object: &[u8]) -> Option<Vec<u8>> {
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
        let mut inflate = Inflate::default();
        for size in [0, 1, 5_551, 5_552, 5_553, 60_000, 65_535 - 11] {
            let bytes: Vec<u8> = (0..size).map(|at: u32| if at.is_multiple_of(3) { 0xff } else { b'a' }).collect();
            let object = blob(&bytes);

            for file in [stored(&object).unwrap(), compressed(&object)] {
                assert_eq!(inflate.object(&file, "blob", 1 << 16), Some(bytes.clone()), "{size}");
                assert_eq!(inflate.object(&file, "tree", 1 << 16), None);
            }
        }
        assert!(stored(&blob(&vec![0; 65_536])).is_none());
    }

    #[test]
    fn an_object_that_there_is_no_room_for_is_given_what_it_needs() {
        let mut inflate = Inflate::default();
        for size in [ROOM - 11, ROOM - 10, ROOM, 3 * ROOM] {
            let bytes = b"seven, ".repeat(size / 7 + 1)[..size].to_vec();
            let file = compressed(&blob(&bytes));

            assert_eq!(inflate.object(&file, "blob", size), Some(bytes.clone()), "{size}");
            assert_eq!(inflate.object(&file, "blob", size - 1), None);
            assert_eq!(inflate.object(&file, "tree", size), None);
            assert_eq!(inflate.object(&file[..file.len() - 1], "blob", size), None);
            for said in [size - 1, size + 1, usize::MAX] {
                let other = [format!("blob {said}\0").as_bytes(), &bytes].concat();
                assert_eq!(inflate.object(&compressed(&other), "blob", usize::MAX), None);
            }
        }
    }

    #[test]
    fn a_file_that_is_no_whole_object_is_none() {
        let refused = |file: &[u8]| Inflate::default().object(file, "blob", 9).is_none();
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
