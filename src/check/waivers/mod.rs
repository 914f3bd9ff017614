//! What excuses findings: waivers in the text, and those of `.gov/waivers.yaml`.
//!
//! A waived finding stays visible and counted. A waiver without a reason or past its date excuses
//! nothing, and is itself a finding, as is one that has nothing to excuse.

mod entry;
mod explained;
mod file;
mod names;
mod read;
mod terms;
mod text;
mod told;
mod waive;

pub use explained::{Explained, explained};
pub use file::Waivers;
pub use terms::{Scope, Waiving};
pub use text::{Baselined, Excused, Waiver, inline, rewritten};
pub use told::is_own_excuse;

pub use crate::check::marker::Inline;

/// Whether a reason says anything: one made of signs does not.
#[must_use]
pub fn is_reason(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests;
