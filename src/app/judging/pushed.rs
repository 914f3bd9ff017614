//! What a push brings to another repository, and the side that it goes to.

use std::collections::HashSet;

use super::governed::{Passage, had_by, law_of, unjudged};
use super::subject::{Subject, law_side, since_commit};
use crate::app::memory::{Arriving, Records};
use crate::app::{Failure, law};
use crate::git::{Commit, Repo};
use crate::model::{Arrange, FileChange, ObjectId, Remote, TargetKind, counted};
use crate::policy::Policy;

/// The repository that a push goes to, as it stands before the push.
#[derive(Clone, Debug)]
pub(in crate::app) struct Side {
    /// What a person calls it.
    pub(in crate::app) name: String,
    pub(in crate::app) branches: Vec<(String, ObjectId)>,
    /// The short name of the branch everything lands on.
    pub(in crate::app) default: Option<String>,
    /// Whether it is this repository.
    pub(in crate::app) is_here: bool,
    /// Streams of the ledger that the same push brings.
    pub(in crate::app) arriving: Vec<Arriving>,
}

impl Side {
    /// A remote, by its name or its address where it has none, as it was when last fetched. Of one that
    /// never was, the others tell: whoever calls a remote by another name does not change the law there.
    pub(in crate::app) fn remote(repo: &Repo, remote: &Remote) -> Result<Self, Failure> {
        let (mut branches, default) = (repo.branches_on(remote.as_git())?, repo.default_branch()?);
        if branches.is_empty() {
            for (other, _) in repo.remotes() {
                branches.extend(repo.branches_on(&other)?);
            }
        }
        Ok(Self { name: remote.to_string(), branches, default, is_here: false, arriving: Vec::new() })
    }

    /// This repository, to which others push.
    pub(in crate::app) fn here(repo: &Repo, branches: Vec<(String, ObjectId)>) -> Result<Self, Failure> {
        let is_there = |name: &String| branches.iter().any(|(branch, _)| branch == name);
        let head = repo.head()?.branch().map(str::to_owned).filter(is_there);
        let default = match head {
            Some(head) => Some(head),
            None => repo.default_branch()?.filter(is_there),
        };
        Ok(Self { name: "this server".into(), branches, default, is_here: true, arriving: Vec::new() })
    }

    /// The same, with the streams that come along: what they say is heard already.
    #[must_use]
    pub(in crate::app) fn bringing(self, arriving: Vec<Arriving>) -> Self {
        Self { arriving, ..self }
    }

    pub(in crate::app) fn default_tip(&self) -> Option<ObjectId> {
        let default = self.default.as_ref()?;
        self.branches.iter().find(|(name, _)| name == default).map(|(_, tip)| *tip)
    }

    /// Whether a branch that is new on this server would be the one that everything lands on, or would leave
    /// none that is, because HEAD names none that is here.
    pub(in crate::app) fn gives_way_to(&self, repo: &Repo, branch: &str) -> Result<bool, Failure> {
        let Some(default) = self.default.as_deref().filter(|_| self.is_here) else { return Ok(false) };
        let first = || repo.usual_branches().find(|name| name == branch || name == default);
        Ok(match repo.head()?.branch() {
            Some(head) if head == default || head == branch => head == branch,
            _ => first().is_none_or(|first| first == branch),
        })
    }

    /// The commit whose policy judges what comes to a reference: what a branch was before, where it has a law of
    /// its own; for a new one, and for all that is no branch, the default branch. Who pushes to a server may
    /// choose where a branch parts, so there only the tip will do.
    fn trusted(&self, repo: &Repo, push: &Push) -> Result<Option<ObjectId>, Failure> {
        let default = self.default_tip();
        if let (Some(old), Some(branch)) = (push.old, &push.branch) {
            return repo.commit_at(old)?.map(|own| law_of(repo, branch, own, default)).transpose();
        }
        let Some(default) = default else { return Ok(None) };
        match repo.commit_at(push.new)?.filter(|_| !self.is_here) {
            Some(head) => Ok(Some(law_side(repo, repo.merge_base(default, head)?, default)?)),
            None => Ok(Some(default)),
        }
    }

    /// The policy under which a reference is deleted: its own, if what it has is here, else that of
    /// the default branch.
    pub(in crate::app) fn law_of_deletion(&self, repo: &Repo, old: Option<ObjectId>) -> Result<Policy, Failure> {
        let own = old.and_then(|old| repo.commit_at(old).ok().flatten());
        Ok(law::policy_at(repo, own.or(self.default_tip()))?.0)
    }
}

/// One reference that a push moves, and where it stands on the other side.
#[derive(Clone, Debug)]
pub(in crate::app) struct Push {
    /// The branch that moves there, by its short name; none for a tag.
    pub(in crate::app) branch: Option<String>,
    pub(in crate::app) old: Option<ObjectId>,
    pub(in crate::app) new: ObjectId,
}

/// What a push brings, by the law of where it goes: the commits that are on no branch there which is
/// governed as strictly.
pub(super) fn pushed(repo: &Repo, (side, push): (&Side, &Push), records: &Records<'_>) -> Result<Subject, Failure> {
    let no_commit = || {
        Failure::new(format!("{} is a file or a folder, and only commits can be judged", push.new.short()))
            .mended_by("tag the commit that contains it")
    };
    let head = repo.commit_at(push.new)?.ok_or_else(no_commit)?;
    let old = push.old.map(|old| repo.commit_at(old)).transpose()?.flatten();
    let trusted = side.trusted(repo, push)?;
    let found = unjudged(repo, side, &Passage { old, head, branch: push.branch.as_deref(), trusted })?;
    // A tag of what is there already changes nothing.
    let start = match old.or(side.default_tip()) {
        _ if found.commits.is_empty() && push.branch.is_none() => Some(head),
        Some(there) => repo.merge_base(there, head)?,
        None => None,
    };
    let new_tree = repo.commit(head)?.tree;
    let replaced = old.filter(|&old| !repo.leads_to(old, head));
    let after = had_by(records, side, (start, begins_after(&found.commits, head)), &found)?;
    let commits = found.commits;
    let changes = brought(repo, Brought { start, head, after: &after, replaced })?;
    let to = push.branch.as_deref().map(|branch| format!(" to {branch}")).unwrap_or_default();
    Ok(Subject {
        kind: TargetKind::Range,
        described: format!("{}{to} that {} does not have", counted(commits.len(), "commit"), side.name),
        trusted,
        base: start,
        head: Some(head),
        tree: Some(new_tree),
        changes: repo.find_renames(changes)?,
        commits,
        after,
        branch: push.branch.clone(),
        message: None,
        merging: Vec::new(),
        replaced,
        tag: (push.new != head).then_some(push.new),
        onto: old.or(side.default_tip()),
        arriving: side.arriving.clone(),
    })
}

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
    let mut others: Vec<ObjectId> = Vec::new();
    for &commit in after {
        if !start.iter().chain(&others).any(|&later| repo.leads_to(commit, later)) {
            others.retain(|&other| !repo.leads_to(other, commit));
            others.push(commit);
        }
    }
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
