//! What the ledger knows of signed artifacts.

mod alone;
pub(in crate::app) mod book;
pub(in crate::app) mod entry;
mod kept;
mod past;

pub(in crate::app) use alone::Alone;
pub(in crate::app) use book::{Horizon, Signatures};
pub(super) use kept::keep;
pub(in crate::app) use past::Past;
