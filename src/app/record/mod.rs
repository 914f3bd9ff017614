//! Putting on record: what was decided becomes entries of this clone's own stream.

mod decided;
mod heads;
mod pen;
mod replay;
mod seal;
mod verb;

pub(super) use decided::{Cause, Moved, Standing, already, decision, pushed, standing};
pub(super) use pen::{Act, ENGINE, Pen};
pub(super) use replay::Replay;
pub use verb::record;
