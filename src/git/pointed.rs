//! Where a reference points, as its own file says: most references have one, and reading it asks less
//! of the system than asking libgit2. What is packed, symbolic or odd is left to that.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::repo::Repo;
use crate::model::ObjectId;

/// What the file of a reference says.
pub(super) enum Pointed {
    At(ObjectId),
    /// The full name of another reference.
    Through(String),
}

/// No name that git takes is longer.
const LARGEST: usize = 1 << 10;

/// The references that linked worktrees share.
const SHARED: [&str; 4] = ["refs/heads/", "refs/notes/", "refs/remotes/", "refs/tags/"];

impl Repo {
    /// Where a reference points directly; `None` for one that has no file of its own, or none that
    /// says so.
    pub(super) fn loose_target(&self, name: &str) -> Option<ObjectId> {
        let is_shared = SHARED.iter().any(|prefix| name.starts_with(prefix));
        if !is_shared || !git2::Reference::is_valid_name(name) || self.inner.namespace_bytes().is_some() {
            return None;
        }
        match pointed(&self.common_dir().join(name))? {
            Pointed::At(id) => Some(id),
            Pointed::Through(_) => None,
        }
    }

    /// Where packed references below a prefix point, by the rest of their names; one with a file of its
    /// own points where that says. `None` where the list cannot be read, or is not of all.
    pub(super) fn packed_targets(&self, prefix: &str) -> Option<Vec<(String, ObjectId)>> {
        let text = match std::fs::read_to_string(self.common_dir().join("packed-refs")) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Some(Vec::new()),
            text => text.ok()?,
        };
        if self.inner.namespace_bytes().is_some() {
            return None;
        }
        let mut targets = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with(['#', '^'])) {
            let (id, name) = line.split_once(' ')?;
            if let Some(rest) = name.strip_prefix(prefix) {
                targets.push((rest.to_owned(), id.parse().ok()?));
            }
        }
        Some(targets)
    }

    /// What the work tree's HEAD says.
    pub(super) fn loose_head(&self) -> Option<Pointed> {
        pointed(&self.inner.path().join("HEAD")).filter(|_| self.inner.namespace_bytes().is_none())
    }
}

pub(super) fn pointed(path: &Path) -> Option<Pointed> {
    let mut bytes = [0; LARGEST];
    let read = File::open(path).ok()?.read(&mut bytes).ok().filter(|&read| read < LARGEST)?;
    let text = std::str::from_utf8(bytes.get(..read)?).ok()?.trim_ascii_end();
    match text.strip_prefix("ref: ") {
        Some(name) => Some(Pointed::Through(name.to_owned())),
        None => text.parse().ok().map(Pointed::At),
    }
}
