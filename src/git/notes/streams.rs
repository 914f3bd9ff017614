//! Which streams there are, here and as remotes were last seen.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::{NotesError, STREAMS};
use crate::git::repo::object_id;
use crate::git::{GitError, Repo};
use crate::model::{Arrange, ObjectId};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// What follows `refs/notes/gov/`.
    pub name: String,
    /// The full name of the reference.
    pub reference: String,
    /// None for a symbolic reference, which no stream is.
    pub tip: Option<ObjectId>,
    /// The remote whose copy this is; none for a stream of this repository.
    pub remote: Option<String>,
}

impl Repo {
    /// Every reference below `refs/notes/gov/`, whatever its name, and the copies that a fetch by
    /// a rule of the user's own has put below `refs/remotes/<remote>/notes/gov/` or
    /// `refs/notes/remotes/<remote>/gov/`; sorted by name.
    pub fn streams(&self) -> Result<Vec<Stream>, NotesError> {
        let mut streams = self.streams_here()?;
        streams.extend(self.streams_like(&["refs/remotes/*/notes/gov/*", "refs/notes/remotes/*/gov/*"])?);
        streams.arrange();
        Ok(streams)
    }

    /// Those below `refs/notes/gov/` alone, of which each process that writes has to know.
    pub fn streams_here(&self) -> Result<Vec<Stream>, NotesError> {
        let mut streams = match self.plain_streams() {
            Some(streams) => streams,
            None => self.streams_like(&[&format!("{STREAMS}*")])?,
        };
        streams.arrange();
        Ok(streams)
    }

    /// The same where each is a plain reference; `None` where libgit2 has to look.
    fn plain_streams(&self) -> Option<Vec<Stream>> {
        let mut tips = BTreeMap::new();
        let listed = match std::fs::read_dir(self.common_dir().join(STREAMS)) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            listed => Some(listed.ok()?),
        };
        for entry in listed.into_iter().flatten() {
            let name = entry.ok()?.file_name().into_string().ok()?;
            if Path::new(&name).extension().is_none_or(|extension| extension != "lock") {
                let tip = self.loose_target(&format!("{STREAMS}{name}"))?;
                tips.insert(name, tip);
            }
        }
        // What git packs meanwhile is found here, or there, or in both.
        for (name, tip) in self.packed_targets(STREAMS)? {
            tips.entry(name).or_insert(tip);
        }
        let stream = |(name, tip)| Stream { reference: format!("{STREAMS}{name}"), name, tip: Some(tip), remote: None };
        Some(tips.into_iter().map(stream).collect())
    }

    fn streams_like(&self, patterns: &[&str]) -> Result<Vec<Stream>, NotesError> {
        let mut streams = Vec::new();
        for pattern in patterns {
            let unreadable = |source| GitError::Git { what: "the streams of the ledger".into(), source };
            for reference in self.inner.references_glob(pattern).map_err(unreadable)? {
                let reference = reference.map_err(unreadable)?;
                let full = String::from_utf8_lossy(reference.name_bytes()).into_owned();
                let tip = reference.target().map(object_id);
                if let Some((remote, name)) = placed(&full) {
                    streams.push(Stream {
                        name: name.to_owned(),
                        remote: remote.map(str::to_owned),
                        tip,
                        reference: full,
                    });
                }
            }
        }
        Ok(streams)
    }

    /// Whether a reference stands where only the folder of the streams should.
    #[must_use]
    pub fn is_above_streams_taken(&self) -> bool {
        self.inner.find_reference(STREAMS.trim_end_matches('/')).is_ok()
    }
}

/// The remote, if any, and the stream that a reference's name tells.
fn placed(full: &str) -> Option<(Option<&str>, &str)> {
    if let Some(name) = full.strip_prefix(STREAMS) {
        return Some((None, name));
    }
    let parted = match full.strip_prefix("refs/remotes/") {
        Some(rest) => rest.split_once("/notes/gov/"),
        None => full.strip_prefix("refs/notes/remotes/")?.split_once("/gov/"),
    };
    parted.map(|(remote, name)| (Some(remote), name))
}
