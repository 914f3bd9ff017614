//! Putting on record: what was decided becomes entries of this clone's own stream.

mod decided;
mod heads;
mod pen;
mod replay;
mod seal;
mod standing;
mod verb;

pub(super) use decided::{Cause, Moved, decision, flatten, pushed, risk_digest};
pub(super) use pen::{Act, ENGINE, Pen};
pub(super) use replay::{AGENT_GATE, Replay};
pub(super) use standing::Records;
pub(super) use verb::afterwards;
pub use verb::record;
