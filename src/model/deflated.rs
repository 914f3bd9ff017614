//! What the build deflated, because few runs need it.

use flate2::{Decompress, FlushDecompress, Status};

/// `None` never happens for what the build wrote.
#[must_use]
pub fn inflated(deflated: &[u8]) -> Option<Vec<u8>> {
    let mut inflater = Decompress::new(false);
    let mut bytes = Vec::with_capacity(deflated.len() * 8);
    loop {
        let rest = deflated.get(usize::try_from(inflater.total_in()).ok()?..)?;
        match inflater.decompress_vec(rest, &mut bytes, FlushDecompress::None).ok()? {
            Status::StreamEnd => return Some(bytes),
            Status::Ok | Status::BufError => bytes.reserve(bytes.capacity()),
        }
    }
}
