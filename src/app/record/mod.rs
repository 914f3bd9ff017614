//! Putting on record: what was decided becomes entries of this clone's own stream.

mod binding;
mod decided;
mod facts;
mod heads;
mod pen;
mod records;
mod replay;
mod seal;
mod standing;
mod verb;

pub(super) use binding::{Before, before_it, binding, bound, speaks_of};
pub(super) use decided::{Cause, Fate, Moved, answered, decision, flatten, found_by, pushed, risk_digest};
pub(super) use pen::{Act, ENGINE, Pen};
pub(super) use records::Records;
pub(super) use replay::{AGENT_GATE, Replay};
pub(super) use standing::Standing;
pub(super) use verb::afterwards;
pub use verb::record;
