//! What a range of commits changes of what is there already, and what it takes back or drops.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::subject::since_commit;
use crate::app::Failure;
use crate::git::{Commit, Repo};
use crate::model::{Arrange, FileChange, ObjectId};

/// The commits that a push begins after: parents of what it brings, or all that it leads to.
pub(super) fn begins_after(commits: &[Commit], head: ObjectId) -> Vec<ObjectId> {
    if commits.is_empty() {
        return vec![head];
    }
    let within: HashSet<ObjectId> = commits.iter().map(|commit| commit.id).collect();
    let parents = commits.iter().flat_map(|commit| &commit.parents).copied();
    let mut after: Vec<ObjectId> = parents.filter(|id| !within.contains(id)).collect();
    after.arrange();
    after.dedup();
    after
}

/// A range that a push brings, found by its ends.
#[derive(Clone, Copy)]
pub(super) struct Brought<'a> {
    pub(super) start: Option<ObjectId>,
    pub(super) head: ObjectId,
    pub(super) after: &'a [ObjectId],
    /// The commit that it does not go on from, though it comes in its place.
    pub(super) replaced: Option<ObjectId>,
}

/// What a push changes: all since `start` that no other commit it begins after has like that, for it was
/// judged on its way to where that is; and what it takes back of those, or of a commit that it replaces.
pub(super) fn brought(repo: &Repo, range: Brought<'_>) -> Result<Vec<FileChange>, Failure> {
    let Brought { start, head, after, replaced } = range;
    let tree = repo.commit(head)?.tree;
    let others = outermost(repo, start, after)?;
    let changes = since_commit(repo, start, tree)?;
    let mut changes = repo.not_in(changes, start, &others, &|other| repo.diff_trees(Some(other), Some(tree)))?;
    if let Some(start) = start {
        for other in others {
            if let Some(merged) = repo.merge_base(other, head)? {
                let dropped = repo.dropped(start, merged, tree, &changes)?;
                changes = with(changes, dropped);
            }
        }
    }
    let taken = taken_back(repo, replaced, head, &changes)?;
    Ok(with(changes, taken))
}

/// Those of some commits that lie neither behind `start` nor behind each other. A branch that often took over another
/// one begins after many, which are one behind the other: one walk tells of all of them.
pub(super) fn outermost(repo: &Repo, start: Option<ObjectId>, after: &[ObjectId]) -> Result<Vec<ObjectId>, Failure> {
    let mut found: Vec<Commit> = after.iter().map(|&id| repo.commit(id)).collect::<Result<_, _>>()?;
    found.arrange_by_key(|commit| Reverse(commit.committed_at));
    let (mut outermost, mut behind): (Vec<ObjectId>, HashSet<ObjectId>) = (Vec::new(), HashSet::new());
    if let (Some(start), Some(oldest)) = (start, found.last()) {
        behind.extend(repo.commits_between(&[oldest.id], start)?.iter().map(|commit| commit.id));
    }
    for Commit { id, .. } in found {
        if !behind.contains(&id) {
            let reached = repo.commits_between(start.as_slice(), id)?;
            behind.extend(reached.iter().map(|commit| commit.id));
            // Dates may run backwards.
            outermost.retain(|other| !reached.iter().any(|commit| commit.id == *other));
            outermost.extend(reached.last().map(|commit| commit.id));
        }
    }
    Ok(outermost)
}

/// What a forced push takes back of the commit that it replaces; `changes` are what it changes besides.
fn taken_back(
    repo: &Repo,
    replaced: Option<ObjectId>,
    head: ObjectId,
    changes: &[FileChange],
) -> Result<Vec<FileChange>, Failure> {
    let Some(replaced) = replaced else { return Ok(Vec::new()) };
    Ok(repo.taken_back(repo.merge_base(replaced, head)?, replaced, repo.commit(head)?.tree, changes)?)
}

/// Changes to files, and others, which come in the place of those to the same files.
pub(super) fn with(mut changes: Vec<FileChange>, others: Vec<FileChange>) -> Vec<FileChange> {
    if !others.is_empty() {
        changes.retain(|change| change.among(&others).is_none());
        changes.extend(others);
        changes.arrange_by(|a, b| a.path.cmp(&b.path));
    }
    changes
}
