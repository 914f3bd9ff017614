//! A file of labelled features, plain or compressed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::app::Failure;
use crate::check::archive::gunzip;
use crate::check::eval::{self, Sample};

/// A compressed file may unpack to a thousand times its size; no evidence is larger than this.
const MOST_BYTES: u64 = 256 << 20;

const GZIP: [u8; 2] = [0x1f, 0x8b];

pub(super) fn read(path: &Path) -> Result<Vec<Sample>, Failure> {
    let named = path.display();
    let bytes = bytes(path).map_err(|error| Failure::new(format!("cannot read `{named}`: {error}")))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Failure::new(format!("`{named}` holds more than {} MiB", MOST_BYTES >> 20)));
    }
    eval::read(&bytes).map_err(|error| {
        Failure::new(format!("`{named}` is not a file of labelled features: {error}"))
            .mended_by("each line is a commit; the first line names the columns la_src, cc, nh_src, … szz, ref, score")
    })
}

/// Somewhere behind what is allowed it is cut off.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.starts_with(&GZIP) {
        return gunzip(&bytes, MOST_BYTES).map_err(|_cut| io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}
