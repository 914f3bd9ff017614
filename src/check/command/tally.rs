//! What stands against a line as far as it has been looked through, and how much more of it may be.

use super::{Objection, Unreadable};

/// At most this many characters of scripts are looked through, however deep they are nested: agents do
/// not wait for a hook that takes too long to answer.
const MOST_SCRIPT: usize = 4 << 20;

pub(super) struct Tally {
    /// The worst of all that was said.
    objection: Option<Objection>,
    left: usize,
}

impl Tally {
    pub(super) const fn new() -> Self {
        Self { objection: None, left: MOST_SCRIPT }
    }

    pub(super) fn ask(&mut self, why: impl Into<String>) {
        self.object([Objection::ask(why)]);
    }

    /// Of several that are as bad, the first is kept.
    pub(super) fn object(&mut self, objections: impl IntoIterator<Item = Objection>) {
        for objection in objections {
            if self.objection.as_ref().is_none_or(|known| known.against < objection.against) {
                self.objection = Some(objection);
            }
        }
    }

    pub(super) fn spend(&mut self, characters: usize) -> Result<(), Unreadable> {
        self.left = self.left.saturating_sub(characters);
        if self.left == 0 { Err(Unreadable::TooLong) } else { Ok(()) }
    }

    /// What stands against all of it; whoever ran out of characters in between is told here.
    pub(super) fn outcome(self) -> Result<Option<Objection>, Unreadable> {
        if self.left == 0 { Err(Unreadable::TooLong) } else { Ok(self.objection) }
    }
}
