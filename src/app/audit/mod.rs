//! `gov-hook audit …`: reads the ledger, says whether it may be believed, and what it tells.

mod coverage;
mod kept;
mod laws;
mod reading;
pub mod verify;
