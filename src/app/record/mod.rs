//! Putting on record: what was decided becomes entries of this clone's own stream.

mod decided;
mod facts;
mod replay;
mod verb;

pub(super) use decided::{Fate, Moved, answered, decision, flatten, found_by, pushed, risk_digest};
pub(super) use replay::Replay;
pub(super) use verb::afterwards;
pub use verb::record;
