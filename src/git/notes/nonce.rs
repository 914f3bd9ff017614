//! Eight digits that tell this clone from every other of the same person.

use std::fmt;
use std::io::ErrorKind;
use std::time::SystemTime;

use super::NotesError;
use super::folder::ledger_dir;
use super::state::StateFile;
use crate::git::Repo;
use crate::git::temporary::{Temporary, random};
use crate::model::is_lower_hex;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce(u32);

impl fmt::Display for Nonce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:08x}", self.0)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Nonce {
    fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_suffix(b"\n").filter(|digits| digits.len() == 8)?;
        let digits = std::str::from_utf8(digits).ok().filter(|digits| is_lower_hex(digits.as_bytes()))?;
        u32::from_str_radix(digits, 16).ok().map(Self)
    }
}

impl Repo {
    /// The nonce of this clone and its linked worktrees, made when it is first asked for. One that
    /// cannot be read is made anew: the streams written under the old one stay what they are.
    pub fn clone_nonce(&self) -> Result<Nonce, NotesError> {
        if let Some(nonce) = self.ledger_state(StateFile::Nonce)?.and_then(|text| Nonce::parse(&text)) {
            return Ok(nonce);
        }
        self.write_nonce(false)
    }

    /// Another nonce, for a clone whose own was copied along with it: from here on it writes another
    /// stream.
    pub fn renew_clone_nonce(&self) -> Result<Nonce, NotesError> {
        self.write_nonce(true)
    }

    /// Since when this clone writes to the ledger, or is about to: its hooks were put there then, or a
    /// first one ran.
    #[must_use]
    pub fn clone_since(&self) -> Option<SystemTime> {
        let nonce = self.common_dir().join("gov").join(StateFile::Nonce.name());
        nonce.metadata().and_then(|found| found.modified()).ok()
    }

    fn write_nonce(&self, is_renewed: bool) -> Result<Nonce, NotesError> {
        let path = ledger_dir(self)?.join(StateFile::Nonce.name());
        let failed = |source| NotesError::Write { path: path.clone(), source };
        let fresh = Nonce(u32::try_from(random() >> 32).unwrap_or_default());
        let temporary = path.with_extension(format!("{:016x}", random()));
        let guard = Temporary(&temporary);
        std::fs::write(&temporary, format!("{fresh}\n")).map_err(failed)?;
        std::fs::File::open(&temporary).and_then(|file| file.sync_all()).map_err(failed)?;
        self.share(&temporary);
        if is_renewed {
            return std::fs::rename(&temporary, &path).map(|()| fresh).map_err(failed);
        }
        // A link fails where another process was first; a rename would replace what that one uses.
        match std::fs::hard_link(guard.0, &path) {
            Ok(()) => Ok(fresh),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                match self.ledger_state(StateFile::Nonce)?.and_then(|text| Nonce::parse(&text)) {
                    Some(first) => Ok(first),
                    None => std::fs::rename(&temporary, &path).map(|()| fresh).map_err(failed),
                }
            }
            Err(_no_links_here) => std::fs::rename(&temporary, &path).map(|()| fresh).map_err(failed),
        }
    }
}
