//! What follows: assessment and evidence in, decision out. Pure, so it can be asked again.

mod approvals;
mod decide;
#[cfg(test)]
mod samples;

pub use decide::decide;
