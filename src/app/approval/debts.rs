//! What was let by and nobody has answered for: pushes and commits past their hooks, and overrides that
//! are to be looked at later.

use crate::app::memory::{Hearing, Records, Spoken, trusted_side};
use crate::app::{Failure, law};
use crate::gate;
use crate::git::Repo;
use crate::ledger::member::{self, Asker};
use crate::model::{
    Arrange, ChangeId, Debt, DebtKind, Enforcement, Entry, EntryKind, Evidence, Gate, Landing, Moment, ObjectId,
    OverrideAction, Person, RecordStatus, Sha256, branch_of,
};
use crate::policy::{Policy, deciding_digest};

/// What is owed, the oldest first; with a person, only what their word settles.
pub(super) fn debts(repo: &Repo, all: &Hearing, now: Moment, reviewer: Option<&str>) -> Result<Vec<Debt>, Failure> {
    let mut found: Vec<(usize, Debt)> =
        all.spoken.iter().filter_map(|spoken| owed(spoken, &all.spoken)).enumerate().collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    found.arrange_by_key(|(_, debt)| (debt.commit, debt.kind));
    found.dedup_by_key(|(_, debt)| debt.commit);
    // Within one second a stream's own order tells.
    found.arrange_by_key(|(heard, debt)| (debt.at, *heard));
    let trusted = trusted_side(repo)?;
    let (policy, _) = law::policy_at(repo, trusted)?;
    let ledger = Ledger { repo, all: all.under(repo, trusted)?, records: Records::of(repo)?, policy, now };
    let tips: Vec<ObjectId> =
        repo.branches_here()?.into_iter().chain(repo.branches_on(&repo.remote_name())?).map(|(_, tip)| tip).collect();
    let mut left = Vec::new();
    for (_, mut debt) in found {
        // What its writer gave up is owed by nobody; what is not here may be anywhere.
        let has = |tip: &ObjectId| repo.leads_to(debt.commit, *tip);
        let is_gone = repo.commit_here(debt.commit).is_some()
            && match debt.kind {
                // What the other side refused all the same was never let by.
                DebtKind::BreakGlass | DebtKind::Override => !landed_on(repo, &debt)?.iter().any(has),
                DebtKind::Disabled | DebtKind::Bypassed => !tips.iter().any(has),
            };
        if !is_gone && ledger.is_open(&mut debt, reviewer)? {
            left.push(debt);
        }
    }
    Ok(left)
}

/// Where the branch is that it was pushed to.
fn landed_on(repo: &Repo, debt: &Debt) -> Result<Option<ObjectId>, Failure> {
    let branch = debt.reference.as_deref().and_then(branch_of);
    let tip = |branch| if repo.has_remote() { repo.remote_tip(branch) } else { repo.branch_tip(branch) };
    Ok(branch.map(tip).transpose()?.flatten())
}

struct Ledger<'a> {
    repo: &'a Repo,
    all: Hearing,
    records: Records<'a>,
    policy: Policy,
    now: Moment,
}

impl Ledger<'_> {
    fn is_open(&self, debt: &mut Debt, reviewer: Option<&str>) -> Result<bool, Failure> {
        let Self { repo, policy, .. } = self;
        let branch = debt.reference.as_deref().and_then(branch_of);
        let has_production = policy.enforcement.default == Enforcement::Production
            || policy.enforcement.branches.iter().any(|(_, level)| *level == Enforcement::Production);
        let level = policy.level_for(branch);
        debt.is_blocking = match debt.kind {
            DebtKind::BreakGlass => level == Enforcement::Production,
            // On whatever branch it was made, it is refused where it is to land.
            DebtKind::Disabled | DebtKind::Bypassed => has_production,
            DebtKind::Override => false,
        };
        let commit = repo.commit_here(debt.commit);
        if debt.kind == DebtKind::Bypassed {
            let is_on_record = commit.map(|commit| self.records.status(&commit)).transpose()?;
            let is_theirs = reviewer.is_none_or(|reviewer| reviewer.eq_ignore_ascii_case(&debt.by));
            return Ok(is_theirs && !is_on_record.is_some_and(RecordStatus::is_on_record));
        }
        let level = if debt.is_blocking { Enforcement::Production } else { level };
        let evidence = self.evidence(debt, self.all.people_of_let_by(repo, debt.commit), level);
        let is_paid = gate::is_answered_for(debt.commit, &debt.by, &evidence, policy);
        let may = |person: &str| gate::may_answer_for(person, debt.commit, &debt.by, &evidence, policy);
        Ok(!is_paid && reviewer.is_none_or(may))
    }

    /// All that was ever said to answer for anything.
    fn evidence(&self, debt: &Debt, authors: Vec<Person>, level: Enforcement) -> Evidence {
        let landing = Landing {
            reference: debt.reference.clone(),
            change: ChangeId::of(&[]),
            covered: Vec::new(),
            undone: Vec::new(),
            base: None,
            head: Some(debt.commit),
            tree: None,
            law: deciding_digest(&self.policy),
            now: self.now,
            requested_by: Vec::new(),
            fixes: Vec::new(),
        };
        let words = self.all.words(self.repo, &landing, None, &authors);
        Evidence { gate: Gate::Push, level, authors, agent: None, landing, words }
    }
}

/// The debt that an entry makes.
fn owed(spoken: &Spoken, all: &[Spoken]) -> Option<Debt> {
    let Spoken { id, entry, flaw: None } = spoken else { return None };
    let (kind, reason) = match entry.override_action() {
        Some(OverrideAction::BreakGlass) => (DebtKind::BreakGlass, ""),
        Some(OverrideAction::Use) => (DebtKind::Override, looked_at_later(entry, all)?),
        None if entry.kind == EntryKind::Commit && is_disabled(entry) => (DebtKind::Disabled, ""),
        None if entry.kind == EntryKind::Commit => (DebtKind::Bypassed, ""),
        Some(OverrideAction::Request | OverrideAction::Grant) | None => return None,
    };
    Some(Debt {
        kind,
        entry: *id,
        commit: entry.subject.commit?,
        reference: entry.subject.reference.clone(),
        by: entry.actor.email.clone(),
        at: entry.time,
        reason: reason.to_owned(),
        is_blocking: false,
    })
}

fn is_disabled(entry: &Entry) -> bool {
    member::DISABLED.of(entry) == Some(true)
}

/// The reason of an override that let a push by where a reason is enough and is looked at later. What
/// only a commit used is asked about again when it is pushed.
fn looked_at_later<'e>(entry: &Entry, all: &'e [Spoken]) -> Option<&'e str> {
    let of: Sha256 = member::OVERRIDE.of(entry)?;
    let asked = all.iter().find(|spoken| spoken.id == of).map(|spoken| &spoken.entry)?;
    let is_later = member::ENFORCEMENT.of(asked) == Some(Enforcement::Staging);
    let is_push = member::GATE.of(entry) == Some(Asker::Gate(Gate::Push));
    (is_later && is_push).then(|| member::REASON.text(asked).unwrap_or_default())
}
