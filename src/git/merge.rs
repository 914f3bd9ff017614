//! What one commit changed, whatever number of parents it has.

use std::collections::{HashMap, HashSet};

use super::commit::Commit;
use super::error::GitError;
use super::repo::Repo;
use crate::model::{FileChange, ObjectId, RepoPath};

impl Repo {
    /// Against its only parent, or nothing for the first commit of a history. Of a merge, only
    /// what differs from all its parents: the rest was judged where it was made.
    pub fn changes_of(&self, commit: &Commit) -> Result<Vec<FileChange>, GitError> {
        self.changes_among(&HashMap::new(), commit)
    }

    /// The same, where commits were read whose trees need not be looked up again.
    pub fn changes_among(
        &self,
        trees: &HashMap<ObjectId, ObjectId>,
        commit: &Commit,
    ) -> Result<Vec<FileChange>, GitError> {
        if self.shallow.contains(&commit.id) {
            return Err(self.shallow_at(commit.id));
        }
        let Some((&first, others)) = commit.parents.split_first() else {
            return self.diff_trees(None, Some(commit.tree));
        };
        let against = |parent| {
            let tree = trees.get(&parent).map_or_else(|| Ok(self.commit(parent)?.tree), |tree| Ok(*tree))?;
            self.diff_trees(Some(tree), Some(commit.tree))
        };
        let mut changes = against(first)?;
        for &parent in others {
            let differing: HashSet<RepoPath> = against(parent)?.into_iter().map(|change| change.path).collect();
            changes.retain(|change| differing.contains(&change.path));
        }
        Ok(changes)
    }
}
