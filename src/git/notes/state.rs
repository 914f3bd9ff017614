//! What a clone keeps for itself beside the ledger, in `gov/` under the git directory that linked
//! worktrees share. A missing file is made again, so all that is promised is that a reader finds one whole.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use super::NotesError;
use super::folder::ledger_dir;
use super::lock::locked;
use crate::git::Repo;
use crate::git::temporary::{Temporary, random};

/// A file of more bytes is none that gov-hook wrote.
const LARGEST: u64 = 64 << 20;

/// To keep takes a millisecond or less.
const PATIENCE: Duration = Duration::from_secs(1);

/// Most are read in one piece.
const USUAL: usize = 4 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateFile {
    Nonce,
    /// The heads once seen, so that a remote that was rolled back is noticed.
    Pins,
    /// The verified tip of each stream.
    Verified,
    /// The heads of other streams that our own has named.
    Named,
    /// The artifacts that the verified entries sign.
    Signed,
    /// On a server: the moves of references that were let by and may be asked about again.
    LetBy,
    /// The tree of a first commit that may be made.
    First,
    /// What was said once and need not be said again.
    Said,
    /// The streams that were written here under names of their own, a line for each.
    Written,
    /// The geneses that remotes were seen to have while this clone had them, a line for each.
    Shared,
}

impl StateFile {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nonce => "nonce",
            Self::Pins => "pins.json",
            Self::Verified => "verified",
            Self::Named => "named",
            Self::Signed => "signed",
            Self::LetBy => "let-by",
            Self::First => "first",
            Self::Said => "said",
            Self::Written => "written",
            Self::Shared => "shared",
        }
    }
}

/// Nobody else keeps what was read of the ledger as long as this is there.
#[derive(Debug)]
pub struct Keeping(#[expect(dead_code, reason = "its lock goes when it is closed")] File);

impl Repo {
    /// Several files tell together how far the ledger was read and what stood there: whoever replaces one
    /// holds this, looks at what is kept by then, and replaces the others. `None` where this clone may
    /// only be read, or another process does not come to its end.
    pub fn hold_keeping(&self) -> Result<Option<Keeping>, NotesError> {
        let held = ledger_dir(self).and_then(|folder| locked(self, &folder.join("keeping"), PATIENCE));
        match held {
            Ok(file) => Ok(Some(Keeping(file))),
            Err(NotesError::Write { .. } | NotesError::Locked { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// A file's bytes; `None` while there is none.
    pub fn ledger_state(&self, file: StateFile) -> Result<Option<Vec<u8>>, NotesError> {
        let path = self.common_dir().join("gov").join(file.name());
        let opened = match File::open(&path) {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(NotesError::Read { path, source }),
        };
        let mut bytes = Vec::with_capacity(USUAL);
        match opened.take(LARGEST + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > LARGEST => {
                Err(NotesError::Oversized { path, size: bytes.len() as u64, limit: LARGEST })
            }
            Ok(_) => Ok(Some(bytes)),
            Err(source) => Err(NotesError::Read { path, source }),
        }
    }

    /// Replaces a file as a whole: a reader finds the old bytes or the new ones.
    pub fn keep_ledger_state(&self, file: StateFile, bytes: &[u8]) -> Result<(), NotesError> {
        let path = ledger_dir(self)?.join(file.name());
        let temporary = path.with_extension(format!("{:016x}", random()));
        let guard = Temporary(&temporary);
        let written = File::create_new(guard.0).and_then(|mut file| file.write_all(bytes)).and_then(|()| {
            self.share(&temporary);
            std::fs::rename(&temporary, &path)
        });
        written.map_err(|source| NotesError::Write { path, source })
    }
}
