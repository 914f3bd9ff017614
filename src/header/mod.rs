//! Protection headers: a comment at the top of a text that says what the text was when it was signed,
//! and the finding of every byte that has changed since.
//!
//! Bytes in, verdict out. Anybody can recompute a hash, so what a header says counts only as far as
//! the ledger knows of it ([`Book`]).

mod artifact;
mod block;
mod book;
mod difference;
mod judge;
mod prologue;
mod syntax;
#[cfg(test)]
mod tests;

pub use artifact::{LARGEST, Refusal, Signed, Terms, Unmarked, dressed, sign, syntax_for, unsign};
pub use block::{Block, Found, MARKER, Stamp, find, inspect};
pub use book::{Book, Record};
pub use difference::{Row, difference, rows};
pub use judge::{Demands, Fault, File, Tamper, Verdict, judge};
pub use syntax::Syntax;
