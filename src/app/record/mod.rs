//! Putting on record: what was decided becomes entries of this clone's own stream.

mod decided;
mod heads;
mod pen;
mod seal;
mod verb;

pub(super) use decided::{Told, already, decision, pushed};
pub(super) use pen::{Act, Pen};
pub use verb::record;
