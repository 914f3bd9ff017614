//! What the ledger tells, as text.

pub mod coverage;
pub mod log;
pub mod replayed;
pub mod show;
pub mod totals;
pub mod verify;
