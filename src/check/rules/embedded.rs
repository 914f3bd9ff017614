//! The packs of `rules/`, as the build left them.

use flate2::{Decompress, FlushDecompress, Status};

use super::rule::Embedded;

#[expect(clippy::unreadable_literal, reason = "the build writes sets of bytes as numbers")]
const PACKS: (&[Embedded], &[&[u8]]) = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

pub(super) const RULES: &[Embedded] = PACKS.0;

/// What of a rule is inflated when it first comes near a match.
pub(super) struct Packed {
    pub(super) json: String,
    pub(super) unbounded: String,
    pub(super) relaxed: String,
}

/// `None` never happens for the chunks and lines that the build wrote.
pub(super) fn packed(chunk: u16, line: u16) -> Option<Packed> {
    let text = String::from_utf8(inflated(PACKS.1.get(usize::from(chunk))?)?).ok()?;
    let mut parts = text.split('\n').nth(line.into())?.split('\t');
    let json = parts.next()?.to_owned();
    let mut pattern = || serde_json::from_str(parts.next()?).ok();
    Some(Packed { json, unbounded: pattern()?, relaxed: pattern()? })
}

fn inflated(deflated: &[u8]) -> Option<Vec<u8>> {
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
