//! Whether the ledger signs a file that has no header, without reading the ledger.

use std::sync::OnceLock;

use super::kept;
use crate::app::Failure;
use crate::app::memory::kept::verified;
use crate::git::Repo;
use crate::git::notes::Notebook;
use crate::ledger;
use crate::model::{EntryKind, ObjectId};

/// Where a signature of a blob may stand. Found when something asks for it, and once.
#[derive(Default)]
pub(in crate::app) struct Alone {
    places: OnceLock<Places>,
}

struct Places {
    /// What was kept of the verified streams.
    kept: String,
    /// Streams that have moved since, or were never verified here.
    others: Vec<Notebook>,
}

impl Alone {
    /// Each entry that signs a blob has a note of its own.
    pub(in crate::app) fn is_signed(&self, repo: &Repo, blob: ObjectId) -> Result<bool, Failure> {
        let places = if let Some(places) = self.places.get() {
            places
        } else {
            let found = Places::of(repo)?;
            self.places.get_or_init(|| found)
        };
        if memchr::memmem::find(places.kept.as_bytes(), format!(" {blob} ").as_bytes()).is_some() {
            return Ok(true);
        }
        for notes in &places.others {
            let lines = repo.said_in(notes, blob)?;
            // What cannot be read is damage for `audit verify`, and signs nothing.
            if lines.iter().any(|line| ledger::parse(line).is_ok_and(|entry| entry.kind == EntryKind::Sign)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Places {
    fn of(repo: &Repo) -> Result<Self, Failure> {
        let kept = kept::text(repo);
        let verified = kept.as_ref().map(|_| verified(repo)).unwrap_or_default();
        let here = repo.streams_here()?.into_iter();
        let others = here.filter_map(|stream| stream.tip).filter(|tip| !verified.contains(tip)).map(Notebook::at);
        Ok(Self { others: others.collect(), kept: kept.unwrap_or_default() })
    }
}
