//! `gov-hook audit …`: reads the ledger, says whether it may be believed, and what it tells.

mod anew;
pub mod checkpoint;
pub mod checkpointed;
mod coverage;
pub mod export;
pub mod log;
mod offices;
pub mod reconcile;
pub mod report;
mod restated;
pub mod show;
pub mod sync;
pub mod verify;

pub(super) use anew::settle;
pub(super) use sync::{another, has_news, own, send};
