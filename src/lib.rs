//! gov-hook judges what is about to be committed or pushed to a git repository.
//!
//! Every room uses only those that stand to its right (`tests/layers.rs` holds this):
//!
//! ```text
//! cli -> app -> report -> model
//!          |--> git    -> ledger -> model
//!          |--> gate   -> policy -> model
//!          |--> notify -> policy
//!          |--> check  -> policy -> yaml -> model
//!          `--> check  -> header -> model
//! ```
//!
//! `model`, `yaml`, `policy`, `header`, `check`, `gate`, `ledger` and `notify` are pure: objects in,
//! verdict out, so a decision can be made again from a bare clone years later.

pub mod app;
pub mod check;
pub mod cli;
pub mod gate;
pub mod git;
pub mod header;
pub mod ledger;
pub mod model;
pub mod notify;
pub mod policy;
pub mod report;
pub mod yaml;
