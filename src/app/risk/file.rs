//! A file of labelled features, plain or compressed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::{Decompress, FlushDecompress, Status};

use crate::app::Failure;
use crate::check::eval::{self, Sample};

/// A compressed file may unpack to a thousand times its size; no evidence is larger than this.
const MOST_BYTES: u64 = 256 << 20;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// In bits: whatever a packer may have looked back on.
const LARGEST_WINDOW: u8 = 15;

/// So much more is made room for when what there was is full.
const AT_ONCE: usize = 1 << 20;

pub(super) fn read(path: &Path) -> Result<Vec<Sample>, Failure> {
    let named = path.display();
    let bytes = bytes(path).map_err(|error| Failure::new(format!("cannot read `{named}`: {error}")))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Failure::new(format!("`{named}` holds more than {} MiB", MOST_BYTES >> 20)));
    }
    eval::read(&bytes).map_err(|error| {
        Failure::new(format!("`{named}` is no file of labelled features: {error}"))
            .mended_by("each line is a commit; the first line names the columns la_src, cc, nh_src, … szz, ref, score")
    })
}

/// Somewhere behind what is allowed it is cut off.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.starts_with(&GZIP) { unpacked(&bytes) } else { Ok(bytes) }
}

/// What was packed, whose parts may have been packed one by one.
fn unpacked(mut packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(AT_ONCE);
    while !packed.is_empty() {
        let mut part = Decompress::new_gzip(LARGEST_WINDOW);
        loop {
            let status = part.decompress_vec(behind(&part, packed), &mut bytes, FlushDecompress::None)?;
            if bytes.len() as u64 > MOST_BYTES {
                return Ok(bytes);
            }
            match status {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError if bytes.len() < bytes.capacity() => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Status::Ok | Status::BufError => bytes.reserve_exact(AT_ONCE),
            }
        }
        packed = behind(&part, packed);
    }
    Ok(bytes)
}

/// What was not read yet.
fn behind<'p>(part: &Decompress, packed: &'p [u8]) -> &'p [u8] {
    usize::try_from(part.total_in()).ok().and_then(|read| packed.get(read..)).unwrap_or_default()
}
