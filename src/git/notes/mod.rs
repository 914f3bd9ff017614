//! The ledger's storage: one notes ref per writer, whose notes hold one line per entry.
//!
//! This room knows lines and objects, not what a line says. A stream is written by one clone only
//! ([`Repo::append`](super::Repo::append)), and read as what each of its notes commits added
//! ([`Repo::walk_streams`](super::Repo::walk_streams)), so that the layout of the trees, which any git
//! may change, never matters.

mod append;
mod difference;
mod durable;
mod error;
mod fanout;
mod folder;
mod lock;
mod message;
mod nonce;
mod notebook;
mod reference;
mod replace;
mod state;
mod streams;
mod sync;
mod walk;

pub(super) use sync::said;

pub use append::{Draft, StreamTip, Writer};
pub use error::NotesError;
pub use nonce::Nonce;
pub use notebook::Notebook;
pub use replace::GIVEN_UP;
pub use state::StateFile;
pub use streams::Stream;
pub use sync::{Fetched, FetchedStream, Pushed};
pub use walk::{Asked, Oddity, Step, Walked};

use crate::model::ObjectId;

/// Where the streams live.
pub const STREAMS: &str = "refs/notes/gov/";

/// One line in the note of an object, without the newline that ends it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Noted {
    pub object: ObjectId,
    pub line: Vec<u8>,
}
