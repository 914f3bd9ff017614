//! Paths by number: a large history has each of them many times.

use std::collections::HashMap;

use super::error::GitError;
use crate::model::RepoPath;

/// A history that unfolds to more paths than this is an attack.
const MOST_PATHS: usize = 3_000_000;

/// Each is a name in a directory, which is a path too.
pub(super) struct Paths {
    most: usize,
    names: Vec<(u32, Box<[u8]>)>,
    children: HashMap<u32, HashMap<Box<[u8]>, u32>>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { most: MOST_PATHS, names: vec![(Self::ROOT, Box::default())], children: HashMap::new() }
    }
}

impl Paths {
    pub(super) const ROOT: u32 = 0;

    pub(super) fn child(&mut self, directory: u32, name: &[u8]) -> Result<u32, GitError> {
        let inside = self.children.entry(directory).or_default();
        if let Some(known) = inside.get(name) {
            return Ok(*known);
        }
        let number = u32::try_from(self.names.len()).ok().filter(|_| self.names.len() <= self.most);
        let number = number.ok_or(GitError::TooManyPaths { limit: self.most })?;
        inside.insert(name.into(), number);
        self.names.push((directory, name.into()));
        Ok(number)
    }

    pub(super) fn spelled(&self, path: u32) -> RepoPath {
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut at = path;
        while let Some((directory, name)) = usize::try_from(at).ok().and_then(|at| self.names.get(at)) {
            if at == Self::ROOT {
                break;
            }
            parts.push(name);
            at = *directory;
        }
        parts.reverse();
        RepoPath::new(parts.join(&b'/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_number_and_is_spelled_as_it_was() {
        let mut paths = Paths::default();
        let directory = paths.child(Paths::ROOT, b"src").unwrap();

        let file = paths.child(directory, b"a.rs").unwrap();

        assert_eq!(paths.spelled(file), RepoPath::from("src/a.rs"));
        assert_eq!(paths.child(directory, b"a.rs").unwrap(), file);
        assert_ne!(paths.child(Paths::ROOT, b"a.rs").unwrap(), file);
    }

    #[test]
    fn a_tree_that_unfolds_without_end_is_refused() {
        let mut paths = Paths { most: 3, ..Paths::default() };
        let mut unfold = || (0..9).try_fold(Paths::ROOT, |directory, _| paths.child(directory, b"again"));

        let refused = unfold();

        assert!(matches!(refused, Err(GitError::TooManyPaths { limit: 3 })));
        assert_eq!(paths.names.len(), 4);
    }
}
