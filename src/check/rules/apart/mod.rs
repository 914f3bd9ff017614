//! Rules apart from the search: what no expression can tell is asked of a path (`path_rules`), of all paths
//! together (`colliding`), of the two sides of a file (`detecting`), and of what a policy demands (`owing`).

mod colliding;
mod detecting;
mod owing;
mod path_rules;

pub use colliding::Standing;
pub(super) use detecting::Seen;
