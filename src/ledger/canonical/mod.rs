//! Canonical JSON as RFC 8785 has it: one value has one line of bytes, and nothing else is read.
//!
//! Numbers are whole and within ±(2^53 - 1), where every reader of JSON agrees on them.

mod read;
#[cfg(test)]
pub(super) mod tests;
mod write;

use std::cmp::Ordering;

pub use read::read;
pub(super) use read::{Node, node};
pub use write::write;
pub(super) use write::{push_number, push_string};

/// No entry needs more; a longer line is refused before it is looked at.
pub const MAX_LINE: usize = 1 << 20;

/// Arrays and objects inside each other.
pub const MAX_DEPTH: usize = 16;

pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Where a line stops being canonical, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {why}")]
pub struct NotCanonical {
    pub at: usize,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("the line is longer than {MAX_LINE} bytes")]
    TooLong,
    #[error("the line is not UTF-8")]
    NotUtf8,
    #[error("the line ends too early")]
    Ends,
    #[error("something follows the value")]
    Trailing,
    #[error("this begins no JSON value")]
    NoValue,
    #[error("expected {0}")]
    Expected(&'static str),
    #[error("a key stands twice")]
    DuplicateKey,
    #[error("the keys are not sorted")]
    UnsortedKeys,
    #[error("arrays and objects are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("a control character must be escaped")]
    Control,
    #[error("this escape is not the canonical one")]
    Escape,
    #[error("a surrogate stands alone or is escaped")]
    Surrogate,
    #[error("a number is whole, without fraction, exponent, leading zero or negative zero")]
    Number,
    #[error("a number lies outside ±(2^53 - 1)")]
    NumberRange,
}

/// RFC 8785 sorts keys by UTF-16 units, which differs from the order of UTF-8 bytes above U+D7FF.
fn key_order(one: &str, other: &str) -> Ordering {
    if one.is_ascii() || other.is_ascii() { one.cmp(other) } else { one.encode_utf16().cmp(other.encode_utf16()) }
}
