//! Which streams there are, here and as remotes were last seen.

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
        let mut streams = Vec::new();
        for pattern in [format!("{STREAMS}*"), "refs/remotes/*/notes/gov/*".into(), "refs/notes/remotes/*/gov/*".into()]
        {
            let unreadable = |source| GitError::Git { what: "the streams of the ledger".into(), source };
            for reference in self.inner.references_glob(&pattern).map_err(unreadable)? {
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
        streams.arrange();
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
