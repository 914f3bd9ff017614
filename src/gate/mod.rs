//! What follows: assessment and evidence in, decision out. Pure, so it can be asked again.

mod approvals;
mod counts;
mod debts;
mod decide;
mod overrides;
mod records;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use approvals::{Heard, Rejection, hear, may_not_take_back};
pub use debts::{against_ratifying_by, is_answered_for, may_answer_for};
pub use decide::{Extent, SetAside, decide};
pub use overrides::{Override, Overriding, against_asking_by, overriding};
pub use records::{asking_for_records, listed, refusal};
