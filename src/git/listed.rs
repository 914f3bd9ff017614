//! Which references there are. libgit2 passes over what it cannot read, a file or a folder of them, as if it
//! were not there: whoever judges by what is left would judge by less than there is. So files are read here.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::error::GitError;
use super::pointed::{Pointed, pointed};
use super::repo::{Repo, object_id};
use crate::model::ObjectId;

/// References by their full names, and where they point; nowhere by itself where one is symbolic.
pub(super) type Listed = BTreeMap<String, Option<ObjectId>>;

/// So many folders may be links to others: thirty that each hold two to the next would unfold without end.
const MOST_LINKS: usize = 100;

/// The wanted references below a prefix, which ends with a slash.
struct Listing<'a> {
    repo: &'a Repo,
    is_wanted: &'a dyn Fn(&str) -> bool,
    links: usize,
    found: Listed,
}

impl Repo {
    /// All references below a prefix whose names are wanted. It fails where one of them cannot be read.
    pub(super) fn references_below(&self, prefix: &str, is_wanted: &dyn Fn(&str) -> bool) -> Result<Listed, GitError> {
        let mut listing = Listing { repo: self, is_wanted, links: 0, found: Listed::new() };
        if self.inner.namespace_bytes().is_none() {
            // A linked worktree has some of its own, which stand for those of their names.
            if self.inner.is_worktree() {
                listing.folder(&self.inner.path().join(prefix), prefix)?;
            }
            listing.folder(&self.common_dir().join(prefix), prefix)?;
        }
        // What git packs meanwhile is found above, or here, or in both.
        match self.packed_targets(prefix) {
            Some(packed) => {
                let packed = packed.into_iter().map(|(rest, id)| (format!("{prefix}{rest}"), Some(id)));
                listing.add(packed);
            }
            None => listing.odd(prefix)?,
        }
        Ok(listing.found)
    }
}

impl Listing<'_> {
    fn add(&mut self, more: impl Iterator<Item = (String, Option<ObjectId>)>) {
        for (name, target) in more.filter(|(name, _)| (self.is_wanted)(name)) {
            self.found.entry(name).or_insert(target);
        }
    }

    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<(), GitError> {
        let failed = |source| GitError::Io { path: folder.to_owned(), source };
        let entries = match std::fs::read_dir(folder) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
            let kind = entry.file_type().map_err(failed)?;
            let is_link = kind.is_symlink() && path.is_dir();
            if kind.is_dir() || is_link {
                self.links += usize::from(is_link);
                if self.links > MOST_LINKS {
                    let source = std::io::Error::other(format!("more than {MOST_LINKS} folders are links to others"));
                    return Err(GitError::Io { path, source });
                }
                self.folder(&path, &format!("{name}/"))?;
            } else if path.extension().is_none_or(|extension| extension != "lock") && (self.is_wanted)(&name) {
                self.file(&path, name)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: String) -> Result<(), GitError> {
        let target = match pointed(path) {
            Some(Pointed::At(id)) => Some(id),
            Some(Pointed::Through(_)) => None,
            // Files of others lie here as well, such as an editor's.
            None if !git2::Reference::is_valid_name(&name) => return Ok(()),
            None => match std::fs::read(path) {
                // Gone by now: deleted, or among what is packed.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(source) => return Err(GitError::Io { path: path.to_owned(), source }),
                Ok(_) => match self.repo.broken_reference(&name) {
                    Some(broken) => return Err(broken),
                    None => self.repo.reference_target(&name)?,
                },
            },
        };
        self.found.entry(name).or_insert(target);
        Ok(())
    }

    /// The rest, as libgit2 finds it: in a namespace, or where the list of what is packed is odd.
    fn odd(&mut self, prefix: &str) -> Result<(), GitError> {
        let unreadable = |source| GitError::Git { what: format!("the references below `{prefix}`"), source };
        for reference in self.repo.inner.references_glob(&format!("{prefix}*")).map_err(unreadable)? {
            let reference = reference.map_err(unreadable)?;
            let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            self.add(std::iter::once((name, reference.target().map(object_id))));
        }
        Ok(())
    }
}
