//! Archives too large to be held: once it is known what they are, they are read again for what they hold.

use std::io::Read;

use crate::app::Failure;
use crate::check::archive::{Archive, Cut, Input};
use crate::check::rules::{Candidate, Found, Known, Packed, Rules};
use crate::git::Repo;
use crate::model::{Content, ObjectId, Scanned, Side};

/// One side of a file, as it can be read again.
#[derive(Clone, Copy)]
pub(super) enum Stored<'c> {
    Held(&'c [u8]),
    Large { id: ObjectId, size: u64 },
}

impl<'c> Stored<'c> {
    /// Nothing where there is no such side, or no bytes in it.
    pub(super) fn of(side: Option<Side>, content: &'c Content) -> Option<Self> {
        match (content, side) {
            (Content::Bytes(bytes), _) => Some(Self::Held(bytes)),
            (Content::Large { size, .. }, Some(Side { id, .. })) => Some(Self::Large { id, size: *size }),
            (Content::Absent | Content::Large { .. } | Content::Commit(_), _) => None,
        }
    }
}

/// Whether what passed by was an archive.
pub(super) fn is_to_open(found: &Found) -> bool {
    found.scanned == Scanned::PartlyUnpacked
}

/// Adds what an archive holds, and did not hold before, to what was found while it passed by.
pub(super) fn open(
    rules: &Rules,
    repo: &Repo,
    file: &Candidate<'_>,
    (old, new): (Option<Stored<'_>>, Stored<'_>),
    found: &mut Found,
) -> Result<(), Failure> {
    let look = |stored: Stored<'_>, known: Known| match stored {
        Stored::Held(bytes) => Ok(Packed::look(rules, file, Archive::Held(bytes), known)),
        Stored::Large { id, size } => repo.read_large(id, |reader| {
            Packed::look(rules, file, Archive::Large { size, input: &mut Pieces::of(reader) }, known)
        }),
    };
    let before = || old.map(|old| look(old, Known::default())).transpose();
    Packed::new_in(|known| look(new, known), before)?.tell(found);
    Ok(())
}

/// How many bytes are read at once.
const PIECE: usize = 256 * 1024;

/// What a reader gives, as the input of an archive.
struct Pieces<'r> {
    reader: &'r mut dyn Read,
    piece: Vec<u8>,
    read: usize,
    passed: usize,
}

impl<'r> Pieces<'r> {
    fn of(reader: &'r mut dyn Read) -> Self {
        Self { reader, piece: vec![0; PIECE], read: 0, passed: 0 }
    }
}

impl Input for Pieces<'_> {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        if self.passed >= self.read {
            self.read = self.reader.read(&mut self.piece).map_err(|_error| Cut)?;
            self.passed = 0;
        }
        Ok(self.piece.get(self.passed..self.read).unwrap_or_default())
    }

    fn pass(&mut self, count: usize) {
        self.passed = self.passed.saturating_add(count);
    }
}
