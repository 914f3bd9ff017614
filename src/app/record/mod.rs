//! Putting on record: what was decided becomes entries of this clone's own stream.

mod decided;
mod heads;
mod pen;
mod seal;
mod verb;

pub(super) use decided::{Cause, Standing, already, decision, pushed, standing};
pub(super) use pen::{Act, Pen};
pub use verb::record;
