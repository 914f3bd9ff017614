//! A file of labelled features, plain or compressed.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::app::Failure;
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
        Failure::new(format!("`{named}` is no file of labelled features: {error}"))
            .mended_by("each line is a commit; the first line names the columns la_src, cc, nh_src, … szz, ref, score")
    })
}

/// At most one byte more than is allowed.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(GZIP.len() as u64).read_to_end(&mut bytes)?;
    let is_packed = bytes == GZIP;
    let whole = std::io::Cursor::new(std::mem::take(&mut bytes)).chain(file);
    if is_packed {
        MultiGzDecoder::new(BufReader::new(whole)).take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        whole.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
