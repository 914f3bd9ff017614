//! By whose law a branch is governed, and which branches have been governed by the same.

use super::pushed::{Side, begins_after};
use crate::app::{Failure, law};
use crate::git::{Commit, Repo};
use crate::model::ObjectId;

/// The commit whose policy judges what comes to a branch that is there: its own tip. Who pushes chooses where a
/// branch begins, so one without a policy or a commit of its own is under the default branch's, unless that is laxer.
pub(super) fn law_of(repo: &Repo, branch: &str, own: ObjectId, default: Option<ObjectId>) -> Result<ObjectId, Failure> {
    let Some(default) = default else { return Ok(own) };
    if law::is_same(repo, own, default)? {
        return Ok(own);
    }
    let (policy, reference) = law::policy_at(repo, Some(own))?;
    if !reference.built_in && !repo.leads_to(own, default) {
        return Ok(own);
    }
    let is_laxer = law::policy_at(repo, Some(default))?.0.level_for(Some(branch)) < policy.level_for(Some(branch));
    Ok(if is_laxer { own } else { default })
}

/// A push, and the law that judges it.
pub(super) struct Passage<'a> {
    pub(super) old: Option<ObjectId>,
    pub(super) head: ObjectId,
    pub(super) branch: Option<&'a str>,
    pub(super) trusted: Option<ObjectId>,
}

/// What a push brings and no branch has that is governed as strictly: the default branch, or one by the same law.
pub(super) fn unjudged(repo: &Repo, side: &Side, push: &Passage<'_>) -> Result<Vec<Commit>, Failure> {
    let Passage { old, head, branch, trusted } = *push;
    let (policy, _) = law::policy_at(repo, trusted)?;
    let level = policy.level_for(branch);
    let is_default = |name: &String| side.default.as_ref() == Some(name);
    let as_strict = side.branches.iter().filter(|(name, _)| policy.level_for(Some(name)) >= level);
    let (default, others): (Vec<_>, Vec<_>) = as_strict.partition(|(name, _)| is_default(name));
    let mut known: Vec<ObjectId> = old.into_iter().chain(default.into_iter().map(|(_, tip)| *tip)).collect();
    let all = repo.commits_between(&known, head)?;
    let everywhere: Vec<ObjectId> = known.iter().copied().chain(others.iter().map(|(_, tip)| *tip)).collect();
    if all.is_empty() || others.is_empty() || repo.commits_between(&everywhere, head)?.len() == all.len() {
        return Ok(all);
    }
    let before = known.clone();
    for (_, tip) in others {
        if is_under(repo, trusted, &[*tip])? && was_under(repo, trusted, &before, *tip)? {
            known.push(*tip);
        }
    }
    Ok(repo.commits_between(&known, head)?)
}

/// Whether all that a branch has besides what is known began and went on under one law.
fn was_under(repo: &Repo, law: Option<ObjectId>, known: &[ObjectId], tip: ObjectId) -> Result<bool, Failure> {
    let commits = repo.commits_between(known, tip)?;
    let own: Vec<ObjectId> = commits.iter().map(|commit| commit.id).collect();
    Ok(is_under(repo, law, &own)? && is_under(repo, law, &begins_after(&commits, tip))?)
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
