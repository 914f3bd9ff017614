//! What can keep the ledger from being written or read.

use std::path::PathBuf;

use crate::git::GitError;
use crate::model::{ObjectId, shell_word};

#[derive(Debug, thiserror::Error)]
pub enum NotesError {
    #[error("`{name}` cannot name a stream of the ledger")]
    StreamName { name: String },

    #[error("an entry is one line, and this one holds a line break")]
    LineBreak,

    #[error("git knows no name and address to write the ledger under")]
    NoIdentity,

    #[error("the ledger cannot be written while git holds the pushed objects in quarantine")]
    Quarantined,

    #[error("cannot write the ledger: `{}`", path.display())]
    Write { path: PathBuf, source: std::io::Error },

    #[error("cannot write the ledger: an object of stream `{stream}`")]
    Object { stream: String, source: git2::Error },

    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: std::io::Error },

    #[error("`{}` has {size} bytes; at most {limit} are read", path.display())]
    Oversized { path: PathBuf, size: u64, limit: u64 },

    #[error("another process has held the ledger's lock `{}` for too long", path.display())]
    Locked { path: PathBuf },

    #[error("stream `{stream}` is not where it was: it is at {}, not at {}", place(*found), place(*expected))]
    Moved { stream: String, expected: Option<ObjectId>, found: Option<ObjectId> },

    #[error("`{name}` is a symbolic reference, which a stream of the ledger never is")]
    Symbolic { name: String },

    #[error("the notes of stream `{stream}` are not laid out as git lays out notes, at `{at}`")]
    Layout { stream: String, at: String },

    #[error("remote `{remote}` cannot be reached: {said}")]
    Unreachable { remote: String, said: String },

    #[error("remote `{remote}` was reached, but the ledger was not exchanged with it: {said}")]
    NotExchanged { remote: String, said: String },

    #[error(transparent)]
    Git(#[from] GitError),
}

impl NotesError {
    /// Whether something that is no stream stands where one should, which `audit verify` tells as damage.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        match self {
            Self::Symbolic { .. } | Self::Layout { .. } => true,
            Self::Git(error) => error.is_made_so(),
            Self::StreamName { .. }
            | Self::LineBreak
            | Self::NoIdentity
            | Self::Quarantined
            | Self::Write { .. }
            | Self::Object { .. }
            | Self::Read { .. }
            | Self::Oversized { .. }
            | Self::Locked { .. }
            | Self::Moved { .. }
            | Self::Unreachable { .. }
            | Self::NotExchanged { .. } => false,
        }
    }

    /// The command or step that mends it, where there is one.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::NoIdentity => Some("say who you are: git config user.email you@example.com".into()),
            Self::Write { .. } | Self::Object { .. } => {
                Some("make sure that the disk has room and that you may write there; nothing was recorded".into())
            }
            Self::Locked { path } => Some(format!(
                "see whether a git process still runs here; if none does: rm {}",
                shell_word(&path.display().to_string())
            )),
            Self::Moved { .. } => Some("run it again".into()),
            Self::Symbolic { name } => Some(format!("remove it: git symbolic-ref --delete {}", shell_word(name))),
            Self::Layout { stream, .. } => {
                Some(format!("see what was put there: git log -p {}", shell_word(&format!("refs/notes/gov/{stream}"))))
            }
            Self::Unreachable { remote, .. } => {
                Some(format!("see what git says: git ls-remote {}", shell_word(remote)))
            }
            Self::NotExchanged { .. } => {
                Some("make sure that you may write both here and there; a bundle can only be read".into())
            }
            Self::Oversized { path, .. } => {
                Some(format!("it is a cache; remove it: rm {}", shell_word(&path.display().to_string())))
            }
            Self::Git(error) => error.remedy(),
            Self::StreamName { .. } | Self::LineBreak | Self::Quarantined | Self::Read { .. } => None,
        }
    }
}

fn place(tip: Option<ObjectId>) -> String {
    tip.map_or_else(|| "nothing".to_owned(), |tip| tip.short())
}
