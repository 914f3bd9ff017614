//! The ledger's law: how an entry is written and read, and when a chain of them may be believed.
//!
//! Bytes in, verdict out: where the bytes are kept is the business of the `git` room.

pub mod canonical;
mod entry;
#[cfg(test)]
mod samples;
pub mod sshsig;

pub use entry::{Unreadable, Unwritable, fits_a_stream, id, lines, parse, signed_bytes, write};
