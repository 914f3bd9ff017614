//! What is told to whom: a decision and the policy's `notify` in, messages out.
//!
//! A message holds all that its receiver gets, but no secret: neither what a rule found nor the
//! tokens and addresses it is sent with, of which it only names the environment variables.

mod event;
mod json;
mod letter;
mod message;
mod post;
mod text;

pub use event::{Event, What, Word};
pub use letter::{Letter, Unreadable};
pub use message::{Message, messages, trial};
pub use post::{Post, signature};
