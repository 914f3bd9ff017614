//! Which streams there are, here and as remotes were last seen.

use super::{NotesError, STREAMS};
use crate::git::Repo;
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
        for prefix in ["refs/remotes/", "refs/notes/remotes/"] {
            streams.extend(self.streams_below(prefix)?);
        }
        streams.arrange();
        Ok(streams)
    }

    /// Those below `refs/notes/gov/` alone, of which each process that writes has to know.
    pub fn streams_here(&self) -> Result<Vec<Stream>, NotesError> {
        let mut streams = self.streams_below(STREAMS)?;
        streams.arrange();
        Ok(streams)
    }

    fn streams_below(&self, prefix: &str) -> Result<Vec<Stream>, NotesError> {
        let found = self.references_below(prefix, &|full| placed(full).is_some())?;
        let streams = found.into_iter().filter_map(|(reference, tip)| {
            let (remote, name) = placed(&reference)?;
            Some(Stream { name: name.to_owned(), remote: remote.map(str::to_owned), tip, reference })
        });
        Ok(streams.collect())
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
