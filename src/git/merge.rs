//! What merges bring, leave out and drop, what forced pushes take back, and what one commit changed of all its parents.

use std::collections::{HashMap, HashSet};

use super::commit::Commit;
use super::error::GitError;
use super::repo::Repo;
use crate::model::{FileChange, ObjectId, RepoPath};

impl Repo {
    /// Of the changes to a tree, those that differ from what other commits have there too: the rest was
    /// judged where it was made, except where it takes back what `start` has made since they parted.
    /// `against` tells the changes to the same tree from another one.
    pub fn not_in(
        &self,
        mut changes: Vec<FileChange>,
        start: Option<ObjectId>,
        others: &[ObjectId],
        against: &dyn Fn(ObjectId) -> Result<Vec<FileChange>, GitError>,
    ) -> Result<Vec<FileChange>, GitError> {
        for &other in others {
            let mut kept = paths(against(self.commit(other)?.tree)?);
            if let Some(start) = start {
                kept.extend(paths(self.made_since_parting(other, start)?));
            }
            changes.retain(|change| kept.contains(&change.path));
        }
        Ok(changes)
    }

    /// What a tree drops of what a commit that it merges has made since it parted from where the tree goes on, told
    /// as undoing it; `brought` is what the tree changes there.
    pub fn dropped(
        &self,
        start: ObjectId,
        other: ObjectId,
        tree: ObjectId,
        brought: &[FileChange],
    ) -> Result<Vec<FileChange>, GitError> {
        let mut made = self.made_since_parting(start, other)?;
        let mut differing = self.diff_trees(Some(self.commit(other)?.tree), Some(tree))?;
        let touched: HashSet<RepoPath> = made.iter().map(|change| change.path.clone()).collect();
        let is_dropped =
            |change: &FileChange| change.among(brought).is_none() && change.paths().any(|path| touched.contains(path));
        if !differing.iter().any(is_dropped) {
            return Ok(Vec::new());
        }
        // A file that was changed on one side and moved on the other is changed where it is now.
        differing = self.find_renames(differing)?;
        differing.retain(is_dropped);
        let dropped: HashSet<RepoPath> = differing.iter().flat_map(FileChange::paths).cloned().collect();
        // What was moved is undone in both places.
        let mut undone = self.find_renames(made.clone())?;
        undone.retain(|change| change.paths().any(|path| dropped.contains(path)));
        let undone: HashSet<&RepoPath> = undone.iter().flat_map(FileChange::paths).collect();
        made.retain(|change| undone.contains(&change.path) && change.among(brought).is_none());
        // Where the tree goes on may have changed the file, too, which was judged there.
        for change in &mut made {
            std::mem::swap(&mut change.old, &mut change.new);
        }
        Ok(made)
    }

    fn made_since_parting(&self, from: ObjectId, commit: ObjectId) -> Result<Vec<FileChange>, GitError> {
        let tree_of = |id: ObjectId| self.commit(id).map(|commit| commit.tree);
        let base = self.merge_base(from, commit)?.map(tree_of).transpose()?;
        self.diff_trees(base, Some(tree_of(commit)?))
    }

    /// What a tree takes back of what one commit made of another; `brought` is what it changes besides. A file that
    /// both have changed is told as it was given up.
    pub fn taken_back(
        &self,
        start: Option<ObjectId>,
        given_up: ObjectId,
        tree: ObjectId,
        brought: &[FileChange],
    ) -> Result<Vec<FileChange>, GitError> {
        let tree_of = |id: ObjectId| self.commit(id).map(|commit| commit.tree);
        let (start, given_up) = (start.map(tree_of).transpose()?, tree_of(given_up)?);
        let made = paths(self.diff_trees(start, Some(given_up))?);
        let mut made_anew = paths(self.diff_trees(start, Some(tree))?);
        for path in brought.iter().flat_map(FileChange::paths) {
            made_anew.remove(path);
        }
        let mut changes = self.diff_trees(Some(given_up), Some(tree))?;
        changes.retain(|change| made.contains(&change.path) && !made_anew.contains(&change.path));
        Ok(changes)
    }

    /// The commits that a merge on its way brings in, as git notes them for whoever commits it.
    pub fn merge_heads(&self) -> Vec<ObjectId> {
        let noted = std::fs::read_to_string(self.git_dir().join("MERGE_HEAD")).unwrap_or_default();
        noted.lines().filter_map(|line| line.trim().parse().ok()).collect()
    }

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
            let differing = paths(against(parent)?);
            changes.retain(|change| differing.contains(&change.path));
        }
        Ok(changes)
    }
}

fn paths(changes: Vec<FileChange>) -> HashSet<RepoPath> {
    changes.into_iter().map(|change| change.path).collect()
}
