//! What the ledger tells, as text.

pub mod coverage;
pub mod verify;
