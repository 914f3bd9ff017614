//! Who held a role when they answered for a change: by the policy that they answered under, where that
//! is one that the branch had.

use std::collections::{HashMap, HashSet};

use crate::app::law;
use crate::git::Repo;
use crate::model::{Entry, EntryKind, ObjectId, RiskLevel};
use crate::policy::Policy;

pub(super) struct Offices<'a> {
    repo: &'a Repo,
    /// Whose policies are believed: anybody may write another one on a branch of their own.
    history: HashSet<ObjectId>,
    policies: HashMap<ObjectId, Option<Policy>>,
}

impl<'a> Offices<'a> {
    pub(super) fn of(repo: &'a Repo, history: HashSet<ObjectId>) -> Self {
        Self { repo, history, policies: HashMap::new() }
    }

    /// How many like this answer the policy asks for; `None` from somebody whom it does not ask.
    pub(super) fn asked_for(&mut self, entry: &Entry) -> Option<u32> {
        let law = entry.body.get("law").and_then(serde_json::Value::as_str).and_then(|law| law.parse().ok());
        let law = law.filter(|law| self.history.contains(law))?;
        let repo = self.repo;
        let read = || law::policy_at(repo, Some(law)).ok().map(|(policy, _)| policy);
        let policy = self.policies.entry(law).or_insert_with(read).as_ref()?;
        let holds = |roles: &[String]| policy.holds_a_role(&entry.actor.email, roles);
        let approvals = &policy.approvals;
        let is_critical = entry.risk.as_ref().is_some_and(|risk| risk.level == RiskLevel::Critical);
        if entry.kind == EntryKind::Ratify {
            holds(&[]).then_some(1)
        } else if is_critical {
            holds(&approvals.critical.roles).then_some(approvals.critical.count)
        } else {
            let of_paths = || approvals.paths.iter().any(|path| holds(&path.rule.roles));
            (holds(&approvals.high.roles) || of_paths()).then_some(approvals.high.count)
        }
    }
}
