//! The side that a push goes to, and the law that governs what comes there.

use super::subject::law_side;
use crate::app::memory::Arriving;
use crate::app::{Failure, law};
use crate::git::Repo;
use crate::model::{ObjectId, Remote};
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
    pub(super) fn trusted(&self, repo: &Repo, push: &Push) -> Result<Option<ObjectId>, Failure> {
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
