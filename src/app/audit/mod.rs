//! `gov-hook audit …`: reads the ledger, says whether it may be believed, and what it tells.

pub mod checkpoint;
pub mod checkpointed;
mod coverage;
pub mod export;
pub mod log;
mod offices;
pub mod reconcile;
pub mod report;
pub mod show;
pub mod sync;
pub mod verify;
