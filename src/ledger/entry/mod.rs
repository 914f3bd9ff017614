//! An entry and its one line.
//!
//! Spellings: `repo`, `prev`, ids and git objects are plain lower-case hexadecimal, `change` is
//! `gc1-…`, `policy` and `risk.digest` are `sha256:…`, `v` is the number 1. What an entry does not
//! have is left out, an empty `body`, `reasons`, `seen` or `subject` too, so one entry has one line.

pub mod member;
mod number;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::model::{Entry, Sha256};

pub use number::number;
pub use read::{Unreadable, lines, parse};
pub use write::{Unwritable, write};

/// The version of the format, in every entry.
const VERSION: u64 = 1;

/// What stands before the canonical entry in the bytes that are signed.
const SIGNED_PREFIX: &str = "gov-hook/entry/v1\n";

/// The id of the entry that this line is.
#[must_use]
pub fn id(line: &[u8]) -> Sha256 {
    Sha256::of(line)
}

/// The bytes a signature covers: the canonical entry without `sig`, under a prefix that no other
/// protocol signs.
pub fn signed_bytes(entry: &Entry) -> Result<Vec<u8>, Unwritable> {
    let mut out = String::from(SIGNED_PREFIX);
    write::append(entry, None, &mut out)?;
    Ok(out.into_bytes())
}

/// How much work the id shows: what `audit.proof_of_work_bits` counts.
#[must_use]
pub fn leading_zero_bits(id: &Sha256) -> u32 {
    let zero_bytes = id.as_bytes().iter().take_while(|byte| **byte == 0).count();
    let first = id.as_bytes().get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zero_bytes).unwrap_or_default() * 8 + first
}

/// Whether a stream may be called so. It is the last part of a ref's name.
#[must_use]
pub fn fits_a_stream(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let inner = |byte: u8| plain(byte) || matches!(byte, b'-' | b'_' | b'.');
    let suffix = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 100
        && name.bytes().next().is_some_and(plain)
        && name.bytes().next_back().is_some_and(plain)
        && name.bytes().all(inner)
        && !name.contains("..")
        && suffix != "lock"
}
