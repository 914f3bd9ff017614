//! Rules as data, and the engine that finds what they describe.
//!
//! One pass over the bytes of a text finds every place where a keyword of any rule stands
//! (`prefilter`); only the rules concerned are then tried, on the line around it (`find`).
//! What they match is cleared of doubles (`resolve`) and told without telling the secret
//! (`redact`).

mod byte_set;
mod change;
mod colliding;
mod common;
mod copies;
mod definition;
mod detecting;
mod embedded;
mod examples;
mod expression;
mod find;
mod findings;
mod glance;
mod group;
mod heads;
mod listing;
mod logarithm;
mod matches;
mod owing;
mod pack;
mod packed;
mod path_rules;
mod paths;
mod position;
mod prefilter;
mod program;
mod redact;
mod required;
mod resolve;
mod rule;
mod run;
mod search;
mod set;
mod starts;
mod states;
mod stream;
mod tables;
mod tally;
mod trial;
mod units;
mod walk;
mod written;

pub use change::{Candidate, Found, MESSAGE_PATH};
pub use colliding::Standing;
pub use common::Common;
pub use definition::{Allow, Anchor, Asks, By, Definition, Example, Happening, Kind, On, Sides};
pub use examples::Broken;
pub use listing::Listed;
pub(super) use logarithm::log2;
pub use pack::read_pack;
pub use set::{Pack, Rules};
pub use stream::Stream;
pub use tally::Tally;
