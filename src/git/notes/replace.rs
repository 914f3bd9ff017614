//! Taking another copy of a stream for ours, which an ordinary fetch never does. What is given up
//! stays reachable under a reference of its own.

use super::NotesError;
use super::lock::Lock;
use super::reference::{Move, read, reference_name, swap};
use crate::git::repo::oid;
use crate::git::{GitError, Repo};
use crate::model::{Arrange, ObjectId};

/// Where the tips of lost copies are kept, by stream.
pub const GIVEN_UP: &str = "refs/gov-hook/given-up/";

impl Repo {
    /// Brings the remote's copy of a stream here without moving ours; `None` if it has none.
    pub fn fetch_copy(&self, remote: &str, stream: &str) -> Result<Option<ObjectId>, NotesError> {
        let name = reference_name(stream)?;
        let Some(tip) = self.streams_of(remote)?.get(stream).copied() else { return Ok(None) };
        if !self.odb()?.exists(oid(tip)) {
            let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
            let rest = ["--no-prune", "--refmap=", "--", remote, name.as_str()];
            let output = self.talk(&[&fetch[..], &rest].concat(), "")?;
            if !output.status.success() {
                return Err(super::sync::unreachable(remote, &output));
            }
        }
        Ok(Some(tip))
    }

    /// Moves a stream to another copy of it, if it still is where it was.
    pub fn replace_stream(&self, stream: &str, expected: ObjectId, new: ObjectId) -> Result<(), NotesError> {
        let mut lock = Lock::take(self)?;
        swap(self, &mut lock, &Move { stream, expected: Some(expected), new, durable: true })
    }

    /// Keeps a tip of a copy that was given up.
    pub fn keep_given_up(&self, stream: &str, tip: ObjectId) -> Result<(), NotesError> {
        reference_name(stream)?;
        let name = format!("{GIVEN_UP}{stream}/{}", tip.short());
        if read(self, &name)? == Some(tip) {
            return Ok(());
        }
        let kept = self.inner.reference(&name, oid(tip), true, "gov-hook audit reconcile");
        kept.map(drop).map_err(|source| GitError::Git { what: format!("`{name}`"), source })?;
        self.share_below(&self.common_dir().join("refs"), &self.common_dir().join(name));
        Ok(())
    }

    /// Has a stream not be here any more, if it still is where it was. It is kept with what was given up.
    pub fn set_aside(&self, stream: &str, expected: ObjectId) -> Result<(), NotesError> {
        let name = reference_name(stream)?;
        let _lock = Lock::take(self)?;
        let found = read(self, &name)?;
        if found != Some(expected) {
            return Err(NotesError::Moved { stream: stream.to_owned(), expected: Some(expected), found });
        }
        self.keep_given_up(stream, expected)?;
        let gone = self.inner.find_reference(&name).and_then(|mut reference| reference.delete());
        gone.map_err(|source| GitError::Git { what: format!("`{name}`"), source })?;
        self.share(&self.common_dir().join("packed-refs"));
        Ok(())
    }

    /// All that was given up here: the streams and their tips.
    pub fn all_given_up(&self) -> Result<Vec<(String, ObjectId)>, NotesError> {
        let mut all = Vec::new();
        for (name, tip) in self.references_below(GIVEN_UP, &|_| true)? {
            let stream = name.strip_prefix(GIVEN_UP).and_then(|rest| rest.rsplit_once('/'));
            if let (Some((stream, _)), Some(tip)) = (stream, tip) {
                all.push((stream.to_owned(), tip));
            }
        }
        all.arrange();
        Ok(all)
    }

    /// The tips of all copies of a stream that were given up here.
    pub fn given_up(&self, stream: &str) -> Result<Vec<ObjectId>, NotesError> {
        reference_name(stream)?;
        let found = self.references_below(&format!("{GIVEN_UP}{stream}/"), &|_| true)?;
        Ok(found.into_values().flatten().collect())
    }
}
