//! The ledger between this clone and others: what is sent, what is fetched, and a clone that starts over
//! under the genesis of another.

mod anew;
mod restated;
mod streams;

pub(super) use anew::{begin_anew, settle};
pub(super) use restated::{LostEntry, entries_up_to, restate};
pub(super) use streams::{another, has_news, own, remote_of, send};
