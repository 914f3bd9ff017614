//! What a push brings to another repository, as a change to judge.

use super::brought::{Brought, begins_after, brought};
use super::governed::{Passage, had_by, unjudged};
use super::side::{Push, Side};
use super::subject::Subject;
use crate::app::Failure;
use crate::app::memory::Records;
use crate::git::Repo;
use crate::model::{TargetKind, counted};

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
