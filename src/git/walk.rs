//! Walking history: what one commit has that others do not, and where two meet.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::commit::Commit;
use super::error::GitError;
use super::repo::Repo;
use crate::model::ObjectId;

/// Reachable from the new side, from the old one, or already known to lie behind a meeting point.
const NEW: u8 = 1;
const OLD: u8 = 2;
const STALE: u8 = 4;

/// History, as far as two sides of it were followed.
struct Painted {
    commits: HashMap<ObjectId, Commit>,
    flags: HashMap<ObjectId, u8>,
    /// Where the sides met.
    met: Vec<ObjectId>,
}

/// Commits in the order git visits them: youngest first, ties by id.
type Queue = BinaryHeap<(i64, ObjectId)>;

impl Repo {
    /// The commits reachable from `new` and not from `old`, parents before children.
    pub fn commits_between(&self, old: &[ObjectId], new: ObjectId) -> Result<Vec<Commit>, GitError> {
        self.parents_first(self.paint(old, new)?, new)
    }

    /// Where two commits meet, as [`Self::merge_base`] says it, and what the second has besides.
    pub fn range(&self, old: ObjectId, new: ObjectId) -> Result<(Option<ObjectId>, Vec<Commit>), GitError> {
        let painted = self.paint(&[old], new)?;
        Ok((self.best_meeting(&painted, old, new)?, self.parents_first(painted, new)?))
    }

    fn parents_first(&self, painted: Painted, new: ObjectId) -> Result<Vec<Commit>, GitError> {
        let Painted { mut commits, flags, .. } = painted;
        let wanted = |id: &ObjectId| flags.get(id).is_some_and(|flags| flags & OLD == 0);
        let mut ordered = Vec::new();
        let mut seen: HashSet<ObjectId> = HashSet::new();
        let mut stack = vec![(new, false)];
        while let Some((id, parents_done)) = stack.pop() {
            if parents_done {
                ordered.extend(commits.remove(&id));
            } else if let Some(commit) = commits.get(&id).filter(|_| wanted(&id) && seen.insert(id)) {
                stack.push((id, true));
                stack.extend(commit.parents.iter().rev().map(|&parent| (parent, false)));
            }
        }
        match ordered.iter().find(|commit| self.shallow.contains(&commit.id)) {
            Some(commit) => Err(self.shallow_at(commit.id)),
            None => Ok(ordered),
        }
    }

    /// The last commits of a branch, youngest first, without what was merged into it. Ends early
    /// where a shallow clone does.
    pub fn first_parents(&self, start: ObjectId, most: usize) -> Result<Vec<Commit>, GitError> {
        let mut commits = Vec::new();
        if most > 0 {
            self.along_first_parents(start, &mut |commit| {
                commits.push(commit);
                commits.len() < most
            })?;
        }
        Ok(commits)
    }

    /// The same, each told by itself, for as long as `tell` wants more.
    pub fn along_first_parents(&self, start: ObjectId, tell: &mut dyn FnMut(Commit) -> bool) -> Result<(), GitError> {
        let mut next = Some(start);
        while let Some(id) = next.filter(|id| !self.shallow.contains(id)) {
            let commit = self.commit(id)?;
            next = commit.parents.first().copied();
            if !tell(commit) {
                break;
            }
        }
        Ok(())
    }

    /// The last commits that one reaches, youngest first, of whatever was merged as well. Ends early where
    /// a shallow clone does.
    pub fn youngest(&self, start: ObjectId, most: usize) -> Result<Vec<Commit>, GitError> {
        let mut known = HashMap::from([(start, self.commit(start)?)]);
        let mut queue: Queue = known.iter().map(|(&id, commit)| (commit.committed_at, id)).collect();
        let (mut seen, mut commits) = (HashSet::from([start]), Vec::new());
        while commits.len() < most
            && let Some((_, id)) = queue.pop()
            && let Some(commit) = known.remove(&id)
        {
            let is_end = self.shallow.contains(&id);
            for &parent in commit.parents.iter().filter(|_| !is_end) {
                if seen.insert(parent) {
                    let commit = self.commit(parent)?;
                    queue.push((commit.committed_at, parent));
                    known.insert(parent, commit);
                }
            }
            commits.push(commit);
        }
        Ok(commits)
    }

    /// The root commit that first parents lead to.
    pub fn root_of(&self, start: ObjectId) -> Result<Commit, GitError> {
        let mut at = self.commit(start)?;
        loop {
            if self.shallow.contains(&at.id) {
                return Err(self.shallow_at(at.id));
            }
            match at.parents.first() {
                Some(&parent) => at = self.commit(parent)?,
                None => return Ok(at),
            }
        }
    }

    /// The best common ancestor, or `None` for histories that share nothing.
    pub fn merge_base(&self, one: ObjectId, other: ObjectId) -> Result<Option<ObjectId>, GitError> {
        if one == other {
            return Ok(Some(one));
        }
        self.best_meeting(&self.paint(&[one], other)?, one, other)
    }

    fn best_meeting(&self, painted: &Painted, one: ObjectId, other: ObjectId) -> Result<Option<ObjectId>, GitError> {
        let Painted { commits, flags, met } = painted;
        let best = met.iter().copied().filter(|id| flags.get(id).is_some_and(|flags| flags & STALE == 0));
        let youngest = best.max_by_key(|id| (commits.get(id).map(|commit| commit.committed_at), *id));
        if youngest.is_none() && self.is_shallow() {
            let (one, other, remote) = (one.short(), other.short(), self.remote_name());
            return Err(GitError::ShallowBase { one, other, remote });
        }
        Ok(youngest)
    }

    /// Whether one commit is an ancestor of another, or the same. What is not here is behind nothing.
    #[must_use]
    pub fn leads_to(&self, older: ObjectId, newer: ObjectId) -> bool {
        older == newer || self.merge_base(newer, older).is_ok_and(|base| base == Some(older))
    }

    #[must_use]
    pub(super) fn shallow_at(&self, commit: ObjectId) -> GitError {
        GitError::Shallow { commit, remote: self.remote_name() }
    }

    /// Paints history from both ends until only commits behind their meeting points are left. Dates
    /// may run backwards: what is known by then is painted to the end, so that no commit that was
    /// visited too early keeps the wrong colour.
    fn paint(&self, old: &[ObjectId], new: ObjectId) -> Result<Painted, GitError> {
        let mut commits: HashMap<ObjectId, Commit> = HashMap::new();
        let mut flags: HashMap<ObjectId, u8> = HashMap::new();
        let mut queue = Queue::new();
        // Those in the queue that are not behind a meeting point.
        let mut ahead: HashSet<ObjectId> = HashSet::new();
        let mut is_closed = false;
        let mut met = Vec::new();
        let starts = old.iter().map(|&id| (id, OLD)).chain([(new, NEW)]);
        let mut arriving: Vec<(ObjectId, u8)> = starts.collect();
        loop {
            for (id, mark) in arriving.drain(..) {
                if is_closed && !flags.contains_key(&id) {
                    continue;
                }
                let known = flags.entry(id).or_default();
                if *known | mark != *known {
                    *known |= mark;
                    let commit = match commits.entry(id) {
                        std::collections::hash_map::Entry::Occupied(seen) => seen.into_mut(),
                        std::collections::hash_map::Entry::Vacant(place) => place.insert(self.commit(id)?),
                    };
                    queue.push((commit.committed_at, id));
                    if *known & STALE == 0 {
                        ahead.insert(id)
                    } else {
                        ahead.remove(&id)
                    };
                }
            }
            is_closed |= ahead.is_empty();
            let Some((_, id)) = queue.pop() else { return Ok(Painted { commits, flags, met }) };
            ahead.remove(&id);
            let mut mark = flags.get(&id).copied().unwrap_or_default();
            if mark == NEW | OLD {
                met.push(id);
                mark |= STALE;
            }
            if !self.shallow.contains(&id) {
                let parents = commits.get(&id).map(|commit| commit.parents.as_slice()).unwrap_or_default();
                arriving.extend(parents.iter().map(|&parent| (parent, mark)));
            }
        }
    }
}
