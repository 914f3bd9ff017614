//! Who held a role when they answered for a change, and whether all were heard that it asks for: by the
//! policy that they answered under, where that is one that the branch had.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::app::law;
use crate::git::Repo;
use crate::ledger::member;
use crate::ledger::sshsig::SshSignature;
use crate::model::{Entry, EntryKind, GovernedCommit, ObjectId, RepoPath, RiskLevel};
use crate::policy::{ApprovalRule, PathGlob, Policy};

pub(super) struct Offices<'a> {
    repo: &'a Repo,
    /// Whose policies are believed: anybody may write another one on a branch of their own.
    history: HashSet<ObjectId>,
    policies: HashMap<ObjectId, Option<Policy>>,
    /// The paths that commits change; none where nobody can tell any more.
    paths: HashMap<ObjectId, Option<Vec<RepoPath>>>,
}

impl<'a> Offices<'a> {
    pub(super) fn of(repo: &'a Repo, history: HashSet<ObjectId>) -> Self {
        Self { repo, history, policies: HashMap::new(), paths: HashMap::new() }
    }

    /// Whether this answer is by somebody whom the policy asks.
    pub(super) fn asks(&mut self, entry: &Entry) -> bool {
        let Some(policy) = self.law(entry) else { return false };
        let holds = |roles: &[String]| policy.holds_a_role(&entry.actor.email, roles);
        let approvals = &policy.approvals;
        if entry.kind == EntryKind::Ratify {
            return holds(&[]);
        }
        let of_risk = if level(entry) == Some(RiskLevel::Critical) { &approvals.critical } else { &approvals.high };
        holds(&of_risk.roles) || approvals.paths.iter().any(|path| holds(&path.rule.roles))
    }

    /// Whether these approvals are all that a commit asks for: under one policy, which decides.
    pub(super) fn are_enough(&mut self, commit: &GovernedCommit, given: &[&Entry]) -> bool {
        let mut by_law: BTreeMap<Option<&str>, Vec<&Entry>> = BTreeMap::new();
        for entry in given {
            by_law.entry(member::DECIDING.text(entry)).or_default().push(entry);
        }
        by_law.values().any(|given| self.are_enough_under_one(commit, given))
    }

    fn are_enough_under_one(&mut self, commit: &GovernedCommit, given: &[&Entry]) -> bool {
        let repo = self.repo;
        let changed = || repo.changes_of(&repo.commit_here(commit.id)?).ok();
        let named = || Some(changed()?.iter().flat_map(|change| change.paths().cloned()).collect());
        let paths = self.paths.entry(commit.id).or_insert_with(named).clone();
        let Some(policy) = given.first().and_then(|entry| self.law(entry)) else { return false };
        let approvals = &policy.approvals;
        let touches = |globs: &[PathGlob]| {
            paths.as_ref().is_none_or(|paths| paths.iter().any(|path| globs.iter().any(|glob| glob.matches(path))))
        };
        let mut asked: Vec<&ApprovalRule> =
            approvals.paths.iter().filter(|rule| touches(&rule.paths)).map(|rule| &rule.rule).collect();
        match given.iter().filter_map(|entry| level(entry)).max() {
            Some(RiskLevel::Critical) => asked.push(&approvals.critical),
            // Where the risk asks for nobody, a path may have.
            Some(RiskLevel::Low | RiskLevel::Medium) if !asked.is_empty() => {}
            Some(RiskLevel::High | RiskLevel::Medium | RiskLevel::Low) | None => asked.push(&approvals.high),
        }
        asked.into_iter().all(|rule| is_met(rule, given, policy))
    }

    /// The policy that an answer was given under.
    fn law(&mut self, entry: &Entry) -> Option<&Policy> {
        let law = member::LAW.of(entry).filter(|law| self.history.contains(law))?;
        let repo = self.repo;
        let read = || law::policy_at(repo, Some(law)).ok().map(|(policy, _)| policy);
        self.policies.entry(law).or_insert_with(read).as_ref()
    }
}

/// Whether so many people of the roles asked for have approved: every person counts once, and so does a
/// key.
fn is_met(rule: &ApprovalRule, given: &[&Entry], policy: &Policy) -> bool {
    let (mut people, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for entry in given {
        let key = entry.sig.as_deref().and_then(|sig| Some(SshSignature::parse(sig).ok()?.key().fingerprint()));
        let counts = policy.holds_a_role(&entry.actor.email, &rule.roles) && (key.is_some() || !rule.signed);
        if counts && key.is_none_or(|key| keys.insert(key)) {
            people.insert(entry.actor.email.to_lowercase());
        }
    }
    people.len() >= usize::try_from(rule.count).unwrap_or(usize::MAX)
}

fn level(entry: &Entry) -> Option<RiskLevel> {
    entry.risk.as_ref().map(|risk| risk.level)
}
