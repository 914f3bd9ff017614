//! `gov-hook audit …`: reads the ledger, says whether it may be believed, and what it tells.

mod anchored;
mod anew;
mod beginning;
pub mod checkpoint;
pub mod checkpointed;
mod copies;
mod coverage;
pub mod export;
mod kept;
pub(super) mod laws;
pub mod log;
mod offices;
pub(super) mod reading;
pub mod reconcile;
pub mod report;
mod restated;
pub mod show;
mod signing;
mod soundness;
pub mod sync;
pub mod verify;
mod walking;
mod written;

pub(super) use anchored::unfounded;
pub(super) use anew::settle;
pub(super) use beginning::{Beginning, adopt, believe, other_than_ours, pinned, seen_elsewhere};
pub(super) use copies::own as is_own;
pub(super) use coverage::governed;
pub(super) use kept::verified;
pub(super) use reading::{Arriving, Depth, Told, read, read_arriving};
pub(super) use signing::may_sign;
pub(super) use soundness::{last_sound, way_back};
pub(super) use sync::{another, has_news, own, send};
pub(super) use written::note_written;
