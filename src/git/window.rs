//! The stretch of history that the risk card looks back on.

use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::commit::Commit;
use super::error::GitError;
use super::repo::Repo;
use crate::model::{ObjectId, RepoPath, Window};

/// How many non-merge commits the window holds.
const LENGTH: usize = 500;

/// A commit that touches more paths than this says nothing about any one of them.
const MOST_PATHS: usize = 200;

/// The youngest commits before a change, merges left out.
#[derive(Debug)]
pub struct HistoryWindow {
    pub commits: Vec<Commit>,
    pub window: Window,
}

/// A history whose commits are read once, from however many places it is looked back on.
pub struct History<'repo> {
    repo: &'repo Repo,
    commits: HashMap<ObjectId, Commit>,
}

impl<'repo> History<'repo> {
    #[must_use]
    pub fn new(repo: &'repo Repo) -> Self {
        Self { repo, commits: HashMap::new() }
    }

    pub fn commit(&mut self, id: ObjectId) -> Result<&Commit, GitError> {
        match self.commits.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(self.repo.commit(id)?)),
        }
    }

    /// The window of a change that starts from `start`.
    pub fn window(&mut self, start: ObjectId) -> Result<(Vec<ObjectId>, Window), GitError> {
        self.youngest(start, LENGTH)
    }

    /// The youngest commits reachable from `start`, merges left out. They are popped by time,
    /// then id, so that every clone sees the same ones; a sorted revwalk of libgit2 would walk
    /// all of history first.
    pub fn youngest(&mut self, start: ObjectId, count: usize) -> Result<(Vec<ObjectId>, Window), GitError> {
        let mut seen = HashSet::from([start]);
        let mut queue = BinaryHeap::from([(self.commit(start)?.committed_at, start)]);
        let (mut youngest, mut cut) = (Vec::new(), false);
        while youngest.len() < count
            && let Some((_, id)) = queue.pop()
        {
            let parents = self.commit(id)?.parents.clone();
            if parents.len() < 2 {
                youngest.push(id);
            }
            if self.repo.shallow.contains(&id) {
                cut = true;
                continue;
            }
            for parent in parents {
                if seen.insert(parent) {
                    queue.push((self.commit(parent)?.committed_at, parent));
                }
            }
        }
        let there = u32::try_from(youngest.len()).unwrap_or(u32::MAX);
        let window = if cut && youngest.len() < count { Window::Partial(there) } else { Window::Whole };
        Ok((youngest, window))
    }
}

impl Repo {
    /// What the card looks back on; nothing where history starts.
    pub fn window_before(&self, start: Option<ObjectId>) -> Result<HistoryWindow, GitError> {
        let mut history = History::new(self);
        let (ids, window) = match start {
            Some(start) => history.window(start)?,
            None => (Vec::new(), Window::Whole),
        };
        let commits = ids.into_iter().filter_map(|id| history.commits.remove(&id)).collect();
        Ok(HistoryWindow { commits, window })
    }

    /// Whether a shallow clone does not have the commit's parents.
    #[must_use]
    pub fn is_cut_at(&self, commit: &Commit) -> bool {
        self.shallow.contains(&commit.id)
    }

    /// The paths a commit touched against its first parent; none when they are too many to mean
    /// anything, or when a shallow clone does not have the parent.
    pub fn paths_touched(&self, commit: &Commit) -> Result<Vec<RepoPath>, GitError> {
        if self.shallow.contains(&commit.id) {
            return Ok(Vec::new());
        }
        let parent = commit.parents.first().map(|&id| self.commit(id)).transpose()?;
        match self.diff_trees_up_to(parent.map(|parent| parent.tree), Some(commit.tree), MOST_PATHS) {
            Ok(changes) => Ok(changes.into_iter().map(|change| change.path).collect()),
            Err(GitError::TooManyFiles { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
