//! Approvals, from an agent's commit to what landed: asked for and given in clones of their own, and
//! under attack.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    unreachable_pub,
    reason = "a test that cannot go on fails, and what is public is so to the tests beside it"
)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod artifacts;
mod auditor;
mod bound;
mod counts;
mod debts;
mod keys;
mod machines;
mod overrides;
mod people;
mod rewritten;
mod seconds;
mod server;
mod team;
