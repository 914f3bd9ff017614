//! Rules as data, and the engine that finds what they describe.
//!
//! **What a rule is.** A `definition` as its author wrote it: `pack` reads those of a repository, and what the
//! build made of those of `rules/` is in `built`. How its regular expression is tried is told in `expression`.
//! A `rule` is what a run needs of one, and `set` has all that hold.
//!
//! **How a text is searched.** `search` passes over it once, and tries the rules whose keywords it meets.
//!
//! **What is told.** `told` turns matches into findings: which of them count, and what may be shown.
//!
//! `change` does all that for one file, `copies` for several with the same bytes, `stream` for one too large
//! to be held. What no expression can tell is asked elsewhere: of a path (`path_rules`, `colliding`), of code
//! (`detecting`), of what a policy demands (`owing`), of a change as a whole (`tally`).

mod built;
mod candidate;
mod change;
mod colliding;
mod copies;
mod definition;
mod detecting;
mod examples;
mod expression;
mod listing;
mod owing;
mod pack;
mod path_rules;
mod rule;
mod search;
mod set;
mod stream;
mod told;

pub(super) use built::log2;
pub use candidate::Candidate;
pub use colliding::Standing;
pub use definition::{Allow, Anchor, Asks, By, Definition, Example, Happening, Kind, On, Sides};
pub use examples::Broken;
pub use listing::Listed;
pub use pack::read_pack;
pub use search::Common;
pub use set::{Pack, Rules};
pub use stream::Stream;
pub use told::{Found, MESSAGE_PATH, TAG_PATH, Tally};
