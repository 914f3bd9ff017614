//! Rules as data, and the engine that finds what they describe. Each room uses only those named before it.
//!
//! **What a rule is.** A `definition` as its author wrote it, what is worked out of it beforehand (`built`), and
//! how its `expression` is tried. A `rule` is what a run needs of one.
//!
//! **How a text is searched.** `search` passes over it once, and tries the rules whose keywords it meets. `set`
//! has all rules that hold: `pack` reads a repository's own, and `listing` shows them.
//!
//! **What is told.** `told` turns matches into findings. What no expression can tell of a `candidate` is asked
//! `apart` from the search.
//!
//! `change` does all that for one file, `copies` for several with the same bytes, `stream` for one too large
//! to be held, and `archived` for what an archive holds. The `examples` of the rules try it.

mod apart;
mod archived;
mod built;
mod candidate;
mod change;
mod copies;
mod definition;
mod examples;
mod expression;
mod listing;
mod pack;
mod rule;
mod search;
mod set;
mod stream;
mod told;

pub use apart::Standing;
pub use archived::{Known, Packed};
pub use candidate::Candidate;
pub use definition::{Allow, Anchor, Asks, By, Definition, Example, Happening, Kind, On, Sides};
pub use examples::Broken;
pub use listing::{Listed, meant};
pub use pack::{is_pack, read_pack};
pub use search::Common;
pub use set::{Pack, Rules};
pub use stream::Stream;
pub use told::{Found, MESSAGE_PATH, TAG_PATH, Tally};
