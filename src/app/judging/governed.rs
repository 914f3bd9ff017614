//! Which branches are governed as strictly as where a push goes, so that what they have was judged.

use super::brought::{begins_after, outermost};
use super::side::Side;
use crate::app::memory::{Records, is_own};
use crate::app::{Failure, law};
use crate::git::{Commit, Repo};
use crate::model::{Arrange, Entry, EntryKind, ObjectId};

/// A push, and the law that judges it.
pub(super) struct Passage<'a> {
    pub(super) old: Option<ObjectId>,
    pub(super) head: ObjectId,
    pub(super) branch: Option<&'a str>,
    pub(super) trusted: Option<ObjectId>,
}

/// A branch and where it stands.
type Branch = (String, ObjectId);

/// What a push brings and no branch has that is governed as strictly.
pub(super) struct Unjudged {
    pub(super) commits: Vec<Commit>,
    /// The branches that have the rest: the default one, and those by the same law.
    default: Vec<Branch>,
    others: Vec<Branch>,
}

pub(super) fn unjudged(repo: &Repo, side: &Side, push: &Passage<'_>) -> Result<Unjudged, Failure> {
    let Passage { old, head, branch, trusted } = *push;
    let (policy, _) = law::policy_at(repo, trusted)?;
    let level = policy.level_for(branch);
    let (mut default, mut others): (Vec<Branch>, Vec<Branch>) = (Vec::new(), Vec::new());
    for branch in side.branches.iter().filter(|(name, _)| policy.level_for(Some(name)) >= level) {
        let is_default = side.default.as_ref() == Some(&branch.0);
        if is_default { &mut default } else { &mut others }.push(branch.clone());
    }
    let mut known: Vec<ObjectId> = old.into_iter().chain(tips(&default)).collect();
    let mut commits = repo.commits_between(&known, head)?;
    let mut alike = Vec::new();
    if !commits.is_empty() && !others.is_empty() {
        let everywhere: Vec<ObjectId> = known.iter().copied().chain(tips(&others)).collect();
        if repo.commits_between(&everywhere, head)?.len() < commits.len() {
            for branch in others {
                if is_under(repo, trusted, &[branch.1])? && was_under(repo, trusted, &known, branch.1)? {
                    alike.push(branch);
                }
            }
            known.extend(tips(&alike));
            commits = repo.commits_between(&known, head)?;
        }
    }
    Ok(Unjudged { commits, default, others: alike })
}

fn tips(branches: &[Branch]) -> impl Iterator<Item = ObjectId> {
    branches.iter().map(|(_, tip)| *tip)
}

/// The commits that a push begins after. Of a branch that is governed as strictly only what it has now was judged, and
/// what it had when it was pushed, or was seen: where a push has a part of it that was neither, its tip stands for that.
/// Anybody may call an old commit of the default branch by a new name, so there no other branch counts.
pub(super) fn had_by(
    records: &Records<'_>,
    side: &Side,
    (start, mut after): (Option<ObjectId>, Vec<ObjectId>),
    has: &Unjudged,
) -> Result<Vec<ObjectId>, Failure> {
    let repo = records.repo();
    let is_own = is_own(repo)?;
    let mut beyond: Vec<ObjectId> = Vec::new();
    for commit in outermost(repo, start, &after)? {
        let of_default = tips(&has.default).any(|tip| repo.leads_to(commit, tip));
        let branches = if of_default { &has.default } else { &has.others };
        // A server believes nobody else what was pushed to it.
        let stood_there = |(_, entry): &(_, Entry)| {
            let is_there = entry.subject.branch().is_some_and(|branch| branches.iter().any(|(name, _)| name == branch));
            let is_push = entry.kind == EntryKind::Push && entry.subject.commit == Some(commit);
            is_push && is_there && (!side.is_here || is_own(&entry.stream))
        };
        // Where no server keeps a ledger, nobody else may have put down what was merged there.
        let was_seen = || !side.is_here && branches.iter().any(|(name, _)| repo.was_seen_at(&side.name, name, commit));
        let is_tip = tips(branches).any(|tip| tip == commit);
        if !is_tip && !was_seen() && !records.about(commit)?.iter().any(stood_there) {
            beyond.extend(tips(branches).filter(|&tip| repo.leads_to(commit, tip)));
        }
    }
    after.extend(beyond);
    after.arrange();
    after.dedup();
    Ok(after)
}

/// Whether all that a branch has besides what is known began and went on under one law.
fn was_under(repo: &Repo, law: Option<ObjectId>, known: &[ObjectId], tip: ObjectId) -> Result<bool, Failure> {
    let commits = repo.commits_between(known, tip)?;
    let mut all = begins_after(&commits, tip);
    all.extend(commits.iter().map(|commit| commit.id));
    is_under(repo, law, &all)
}

fn is_under(repo: &Repo, law: Option<ObjectId>, commits: &[ObjectId]) -> Result<bool, Failure> {
    let Some(law) = law else { return Ok(true) };
    for &commit in commits {
        if !law::is_same(repo, commit, law)? {
            return Ok(false);
        }
    }
    Ok(true)
}
