//! `gov-hook audit …`: reads the ledger, says whether it may be believed, and what it tells.

mod copies;
mod coverage;
mod kept;
mod laws;
pub mod log;
mod reading;
pub mod show;
pub mod verify;
