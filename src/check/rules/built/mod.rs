//! What is worked out of a rule beforehand: by the build for the rules of `rules/`, by a run for a
//! repository's own.
//!
//! An expression becomes a `program` to walk by, and what no match of it is without (`required`): runs of
//! bytes out of sets (`byte_set`), and perhaps a word to begin with (`heads`). Keywords become `tables`. The
//! build script uses these files too, so what they use stands beside them, or is the logarithm of `check`.
//!
//! `embedded` is what the build left in the program: of every rule a little that a run reads at once, what it
//! is tried by (`trial`), and, `packed`, the rest.

pub(super) mod byte_set;
pub(super) mod embedded;
pub(super) mod heads;
pub(super) mod packed;
pub(super) mod program;
pub(super) mod required;
pub(super) mod tables;
pub(super) mod trial;
mod ways;

use crate::check::logarithm;
