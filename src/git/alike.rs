//! Files of a tree whose paths are spelled like others.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

use git2::ObjectType;

use super::error::GitError;
use super::formats::tree::entries;
use super::repo::Repo;
use super::tree::tree_of;
use crate::model::{ObjectId, RepoPath};

/// An entry under the spelling that it shares with others.
struct Named {
    name: Vec<u8>,
    /// Where it is a folder.
    tree: Option<ObjectId>,
}

type Folder = HashMap<Vec<u8>, Vec<Named>>;

impl Repo {
    /// The files of a tree that differ from some of these paths, and only in what `fold` makes the same.
    pub fn spelled_like(
        &self,
        root: ObjectId,
        paths: &[&RepoPath],
        fold: &dyn Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Vec<RepoPath>, GitError> {
        let mut folders: HashMap<ObjectId, Folder> = HashMap::new();
        let mut found = Vec::new();
        for path in paths {
            let mut parts = path.as_bytes().split(|&byte| byte == b'/').peekable();
            let mut reached = vec![(root, Vec::new())];
            while let Some(part) = parts.next() {
                let (part, is_last) = (fold(part), parts.peek().is_none());
                let mut next = Vec::new();
                for (tree, prefix) in std::mem::take(&mut reached) {
                    let folder = match folders.entry(tree) {
                        Occupied(known) => known.into_mut(),
                        Vacant(new) => new.insert(self.folder(tree, &prefix, fold)?),
                    };
                    for named in folder.get(&part).into_iter().flatten() {
                        let here = [prefix.as_slice(), &named.name].concat();
                        match named.tree {
                            Some(tree) if !is_last => next.push((tree, [here.as_slice(), b"/"].concat())),
                            None if is_last && here != path.as_bytes() => found.push(RepoPath::new(here)),
                            Some(_) | None => {}
                        }
                    }
                }
                reached = next;
            }
        }
        Ok(found)
    }

    fn folder(&self, tree: ObjectId, prefix: &[u8], fold: &dyn Fn(&[u8]) -> Vec<u8>) -> Result<Folder, GitError> {
        let bytes = self.read(tree, ObjectType::Tree, &|| tree_of(prefix))?;
        let mut folder = Folder::new();
        for entry in entries(&bytes) {
            let entry = entry.ok_or(GitError::Malformed { id: tree, what: "tree" })?;
            let named = Named { name: entry.name.to_vec(), tree: entry.is_tree().then_some(entry.id) };
            folder.entry(fold(entry.name)).or_default().push(named);
        }
        Ok(folder)
    }
}
