//! `gov-hook request | approve | reject | revoke | pending | status | history | show | override | ratify |
//! rollback`: what may be typed to ask for approvals, to give them, and to do without.

mod answering;
mod asking;
mod looking;
mod passing;
mod rollback;
mod target;
mod time;

pub(super) use answering::{ApproveArguments, RejectArguments, RevokeArguments};
pub(super) use asking::RequestArguments;
pub(super) use looking::{HistoryArguments, PendingArguments, ShowArguments, StatusArguments};
pub(super) use passing::{OverrideVerb, RatifyArguments};
pub(super) use rollback::RollbackArguments;
