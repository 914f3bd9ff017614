//! The only room that knows git: reads repositories and hands out the model's plain data.
//!
//! Objects are read through git2's object database and parsed here, for three reasons: paths stay
//! bytes, equal subtrees are skipped (libgit2 compares them entry by entry), and replacement
//! refs and grafts, which would show a judge other history than a clone gets, have no effect.

mod alike;
mod blame;
mod broken;
mod command;
mod commit;
mod config;
mod content;
mod error;
mod files;
pub mod formats;
mod hooks;
mod leftover;
mod listed;
mod loose;
mod made_of;
mod merge;
mod message;
pub mod notes;
mod packs;
mod patch;
mod paths;
mod pointed;
mod reach;
mod reflog;
mod refs;
mod rename;
mod repo;
mod review;
mod revision;
mod savepoint;
mod shared;
mod staged;
mod stored;
mod tags;
mod temporary;
mod tree;
mod walk;
mod window;

pub use blame::Lines;
pub use commit::{Commit, co_authors, trailers};
pub use error::{GitError, fetching_all, in_words};
pub use hooks::{Git, HooksFolder, HooksPath, Scope};
pub use leftover::clear_leftovers;
pub use message::Wording;
pub use reach::{Blob, Dated, Reached, Start};
pub use reflog::Making;
pub use refs::Head;
pub use rename::Profile;
pub use repo::{Place, Repo};
pub use review::REVIEW;
pub use staged::Staged;
pub use stored::{MOST_AT_ONCE, Stored};
pub use tags::Tag;
pub use temporary::drawn;
pub use window::{History, HistoryWindow};
