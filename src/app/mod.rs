//! The verbs: each reads what it needs, asks the pure rooms, and answers with text and a code.
//!
//! The environment and the clock are read here, once, and nowhere else.
//!
//! The verbs stand on four rooms that are none (`tests/layers.rs` holds this, too):
//!
//! ```text
//! hook, audit, check -> approval -> record -> judging -> memory
//!                              |--> exchange -------------^
//! ```

pub mod approval;
pub mod audit;
pub mod check;
pub mod doctor;
mod environment;
mod exchange;
mod failure;
pub mod header;
pub mod hook;
pub mod init;
pub mod install;
mod judging;
mod law;
mod memory;
pub mod notify;
mod own_file;
mod parallel;
pub mod policy;
mod progress;
pub mod record;
pub mod risk;
pub mod rules;
mod secrets;

use crate::model::Ending;
pub use environment::{Colour, Environment, Identity};
pub use failure::Failure;

/// What a verb has to say, and what comes of it.
#[derive(Debug)]
pub struct Answer {
    pub text: Vec<u8>,
    pub exit: Ending,
}

impl Answer {
    /// An answer that decides nothing.
    fn passing(text: String) -> Self {
        Self { text: text.into_bytes(), exit: Ending::Pass }
    }
}
