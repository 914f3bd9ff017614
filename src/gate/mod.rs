//! What follows: assessment and evidence in, decision out. Pure, so it can be asked again.

mod approvals;
mod counts;
mod decide;
mod overrides;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use approvals::{Heard, hear, needs};
pub use decide::{SetAside, decide, decide_rest};
