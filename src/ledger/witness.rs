//! Who remembers what was in a ledger, and where.

use std::fmt;

use crate::model::{Moment, Seen};

/// Somebody saw this entry at this place of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub stream: String,
    pub seen: Seen,
    pub by: Witness,
}

/// Who remembers an entry of a stream that is not theirs to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// An entry of another stream, and its time.
    Entry {
        stream: String,
        seq: u64,
        time: Moment,
    },
    /// This clone, from before, of a stream that others write.
    Pin,
    /// This clone, from before, of its own stream: it notices what is gone, but whoever writes a
    /// stream can take the pin back along with the entry, so it is no witness.
    OwnPin,
    Checkpoint {
        origin: String,
    },
    /// Another copy of the stream, such as a remote's.
    Copy {
        name: String,
    },
}

impl fmt::Display for Witness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry { stream, seq, .. } => write!(out, "entry {seq} of {stream}"),
            Self::Pin | Self::OwnPin => out.write_str("this clone"),
            Self::Checkpoint { origin } => write!(out, "the checkpoint of {origin}"),
            Self::Copy { name } => out.write_str(name),
        }
    }
}
