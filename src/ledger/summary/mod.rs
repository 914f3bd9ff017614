//! The totals that `audit report` tells, counted as the entries go by.
//!
//! It reads these members of bodies: of a decision its `enforcement`, and `tampering` when it found a
//! protected file tampered with and `verified`; `environment` of any entry; an override's `action`; of a
//! `sign` entry its `action` and its `files`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{
    ActorKind, ActorTotals, ApprovalTotals, Arrange, ChangeId, CommitCoverage, Damage, Date, Entry, EntryKind,
    LedgerSummary, Moment, ObjectId, Outcome, OverrideAction, WAITS,
};

use super::coverage::totals;
use super::member::{self, SignAction};

/// Keeps one line per request, and otherwise numbers.
#[derive(Debug, Default)]
pub struct Summary {
    found: LedgerSummary,
    requests: BTreeMap<ChangeId, Answers>,
    /// Of what was let by, who did.
    used: BTreeMap<ChangeId, BTreeSet<String>>,
    /// By the override and the gate: a server says again what was used on the way to it.
    uses: BTreeSet<(String, String)>,
    /// Who answered for it afterwards, and for which commits: a second word on one settles nothing more.
    ratified: BTreeMap<ChangeId, BTreeSet<String>>,
    answered: BTreeSet<ObjectId>,
}

/// When a change was first asked about and answered.
#[derive(Debug, Default)]
struct Answers {
    requested: Option<Moment>,
    approved: Option<Moment>,
    rejected: Option<Moment>,
}

impl Summary {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts an entry by somebody whose word settles nothing.
    pub fn pass_over(&mut self, entry: &Entry) {
        *self.found.entries.entry(entry.kind).or_default() += 1;
    }

    /// Takes one entry, in whatever order they come.
    pub fn take(&mut self, entry: &Entry) {
        *self.found.entries.entry(entry.kind).or_default() += 1;
        if let Some(environment) = member::ENVIRONMENT.of(entry) {
            *self.found.environments.entry(environment).or_default() += 1;
        }
        if entry.kind == EntryKind::Decision {
            self.decision(entry);
        }
        if entry.kind == EntryKind::Sign {
            self.signing(entry);
        }
        if matches!(entry.kind, EntryKind::Decision | EntryKind::Push) {
            let headers = &mut self.found.headers;
            headers.verified += member::VERIFIED.of(entry).unwrap_or_default();
            headers.tampered += member::TAMPERING.list(entry).count() as u64;
        }
        match entry.override_action() {
            Some(OverrideAction::Request) => self.found.overrides.requested += 1,
            Some(OverrideAction::Grant) => self.found.overrides.granted += 1,
            Some(OverrideAction::Use | OverrideAction::BreakGlass) => {
                let gate = || member::GATE.text(entry).unwrap_or_default();
                let named = member::OVERRIDE.text(entry).map(|of| (of.to_owned(), gate().to_owned()));
                self.found.overrides.used += u64::from(named.is_none_or(|named| self.uses.insert(named)));
                if let Some(change) = entry.change {
                    self.used.entry(change).or_default().insert(entry.actor.email.to_lowercase());
                }
            }
            None => {}
        }
        if entry.kind == EntryKind::Ratify {
            let is_first = entry.subject.commit.is_none_or(|commit| self.answered.insert(commit));
            self.found.overrides.ratified += u64::from(is_first);
            if let Some(change) = entry.change.filter(|_| entry.actor.kind == ActorKind::Person) {
                self.ratified.entry(change).or_default().insert(entry.actor.email.to_lowercase());
            }
        }
        if let Some(change) = entry.change {
            let answers = self.requests.entry(change);
            let earliest =
                |place: &mut Option<Moment>| *place = Some(place.map_or(entry.time, |at| at.min(entry.time)));
            if entry.kind == EntryKind::Request {
                earliest(&mut answers.or_default().requested);
            } else if entry.kind == EntryKind::Approve {
                earliest(&mut answers.or_default().approved);
            } else if entry.kind == EntryKind::Reject {
                earliest(&mut answers.or_default().rejected);
            }
        }
        self.actor(entry);
    }

    fn signing(&mut self, entry: &Entry) {
        let listed = entry.body.get(member::ARTIFACTS.name()).and_then(Value::as_array);
        let files = listed.map_or(1, |files| files.len() as u64);
        let headers = &mut self.found.headers;
        if member::SIGN_ACTION.of(entry) == Some(SignAction::Unsign) {
            headers.unsigned += files;
            return;
        }
        headers.signed += files;
        if let Some(environment) = member::ENVIRONMENT.of(entry) {
            *headers.environments.entry(environment).or_default() += files;
        }
    }

    fn decision(&mut self, entry: &Entry) {
        if let Some(outcome) = entry.outcome {
            *self.found.outcomes.entry(outcome).or_default() += 1;
            if let Some(week) = Date::of_seconds(entry.time.seconds()).map(Date::monday) {
                *self.found.weeks.entry(week).or_default().entry(outcome).or_default() += 1;
            }
        }
        if let Some(risk) = &entry.risk {
            *self.found.levels.entry(risk.level).or_default() += 1;
        }
        if let Some(level) = member::ENFORCEMENT.text(entry) {
            *self.found.enforcement.entry(level.to_owned()).or_default() += 1;
        }
        let none = |value: &Value| value.is_null() || *value == Value::Bool(false);
        self.found.tampering += u64::from(entry.body.get(member::TAMPERING.name()).is_some_and(|value| !none(value)));
    }

    fn actor(&mut self, entry: &Entry) {
        let refused = entry.outcome.is_some_and(|outcome| outcome >= Outcome::Rejected);
        let count = |totals: &mut ActorTotals| {
            if entry.kind == EntryKind::Decision {
                totals.decisions += 1;
                totals.refused += u64::from(refused);
            } else if entry.kind == EntryKind::Approve {
                totals.approvals += 1;
            } else if entry.kind == EntryKind::Reject {
                totals.rejections += 1;
            } else if entry.kind == EntryKind::Override {
                totals.overrides += 1;
            }
        };
        let acts = [EntryKind::Decision, EntryKind::Approve, EntryKind::Reject, EntryKind::Override];
        if acts.contains(&entry.kind) {
            count(self.found.actors.entry(entry.actor.email.to_lowercase()).or_default());
            if let Some(agent) = &entry.actor.id {
                count(self.found.agents.entry(agent.clone()).or_default());
            }
        }
    }

    /// The totals, with what verification and coverage found.
    #[must_use]
    pub fn totals(self, damage: &[Damage], coverage: &[CommitCoverage]) -> LedgerSummary {
        let mut found = self.found;
        found.approvals = approvals(&self.requests, &self.used);
        // Nobody answers for what they let by themselves.
        let is_settled = |(change, by): (&ChangeId, &BTreeSet<String>)| {
            self.ratified.get(change).is_some_and(|ratified| !ratified.is_subset(by))
        };
        found.overrides.unratified = self.used.iter().filter(|used| !is_settled(*used)).count() as u64;
        for damage in damage {
            *found.damage.entry(damage.code).or_default() += 1;
        }
        found.commits = totals(coverage);
        found
    }
}

/// A rejection outweighs an approval of the same change. What was let by without either waits for nobody.
fn approvals(requests: &BTreeMap<ChangeId, Answers>, let_by: &BTreeMap<ChangeId, BTreeSet<String>>) -> ApprovalTotals {
    let mut totals = ApprovalTotals::default();
    let mut waits = Vec::new();
    for (change, answers) in requests {
        totals.requested += u64::from(answers.requested.is_some());
        match (answers.approved, answers.rejected) {
            (_, Some(_)) => totals.rejected += 1,
            (Some(approved), None) => {
                totals.approved += 1;
                let wait = answers.requested.map(|asked| approved.seconds().saturating_sub(asked.seconds()));
                waits.extend(wait);
            }
            (None, None) if let_by.contains_key(change) => totals.let_by += 1,
            (None, None) => totals.open += 1,
        }
    }
    let answered = totals.approved + totals.rejected;
    totals.rate_per_mille = (totals.approved * 1_000).checked_div(answered);
    waits.arrange();
    for wait in &waits {
        let place = WAITS.iter().filter(|limit| *wait >= **limit).count();
        if let Some(count) = totals.waits.get_mut(place) {
            *count += 1;
        }
    }
    // The smallest wait that so many in ten did not exceed.
    let tenths = |tenths: usize| waits.get((waits.len() * tenths).div_ceil(10).saturating_sub(1)).copied();
    (totals.median_seconds, totals.ninetieth_seconds) = (tenths(5), tenths(9));
    totals.slowest_seconds = waits.last().copied();
    totals
}

#[cfg(test)]
mod tests;
