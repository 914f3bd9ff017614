//! The totals that `audit report` tells, counted as the entries go by.
//!
//! It reads these members of bodies: of a decision its `enforcement`, and `tampering` when it found a
//! protected file tampered with and `verified`; `environment` of any entry; an override's `action`; of a
//! `sign` entry its `action` and its `files`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{
    ActorKind, ActorTotals, ApprovalTotals, Arrange, ChangeId, CommitCoverage, Damage, Date, Entry, EntryKind,
    LedgerSummary, Moment, Outcome, WAITS,
};

use super::coverage::totals;

/// Keeps one line per request, and otherwise numbers.
#[derive(Debug, Default)]
pub struct Summary {
    found: LedgerSummary,
    requests: BTreeMap<ChangeId, Answers>,
    /// Of what was let by, who did.
    used: BTreeMap<ChangeId, BTreeSet<String>>,
    /// By the override and the gate: a server says again what was used on the way to it.
    uses: BTreeSet<(String, String)>,
    /// Who answered for it afterwards.
    ratified: BTreeMap<ChangeId, BTreeSet<String>>,
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
        let text = |member: &str| entry.body.get(member).and_then(Value::as_str);
        if let Some(environment) = text("environment") {
            *self.found.environments.entry(environment.to_owned()).or_default() += 1;
        }
        if entry.kind == EntryKind::Decision {
            self.decision(entry);
        }
        if entry.kind == EntryKind::Sign {
            self.signing(entry);
        }
        if matches!(entry.kind, EntryKind::Decision | EntryKind::Push) {
            let headers = &mut self.found.headers;
            headers.verified += entry.body.get("verified").and_then(Value::as_u64).unwrap_or_default();
            headers.tampered +=
                entry.body.get("tampering").and_then(Value::as_array).map_or(0, |list| list.len() as u64);
        }
        let action = text("action").filter(|_| entry.kind == EntryKind::Override);
        match action {
            Some("request") => self.found.overrides.requested += 1,
            Some("grant") => self.found.overrides.granted += 1,
            Some("use" | "break-glass") => {
                let named = text("override").map(|of| (of.to_owned(), text("gate").unwrap_or_default().to_owned()));
                self.found.overrides.used += u64::from(named.is_none_or(|named| self.uses.insert(named)));
                if let Some(change) = entry.change {
                    self.used.entry(change).or_default().insert(entry.actor.email.to_lowercase());
                }
            }
            _ => {}
        }
        if entry.kind == EntryKind::Ratify {
            self.found.overrides.ratified += 1;
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
        let text = |member: &str| entry.body.get(member).and_then(Value::as_str);
        let files = entry.body.get("files").and_then(Value::as_array).map_or(1, |files| files.len() as u64);
        let headers = &mut self.found.headers;
        if text("action") == Some("unsign") {
            headers.unsigned += files;
            return;
        }
        headers.signed += files;
        if let Some(environment) = text("environment") {
            *headers.environments.entry(environment.to_owned()).or_default() += files;
        }
    }

    fn decision(&mut self, entry: &Entry) {
        let member = |name: &str| entry.body.get(name);
        if let Some(outcome) = entry.outcome {
            *self.found.outcomes.entry(outcome).or_default() += 1;
            if let Some(week) = Date::of_seconds(entry.time.seconds()).map(Date::monday) {
                *self.found.weeks.entry(week).or_default().entry(outcome).or_default() += 1;
            }
        }
        if let Some(risk) = &entry.risk {
            *self.found.levels.entry(risk.level).or_default() += 1;
        }
        if let Some(level) = member("enforcement").and_then(Value::as_str) {
            *self.found.enforcement.entry(level.to_owned()).or_default() += 1;
        }
        let none = |value: &Value| value.is_null() || *value == Value::Bool(false);
        self.found.tampering += u64::from(member("tampering").is_some_and(|value| !none(value)));
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
        found.approvals = approvals(self.requests.values());
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

/// A rejection outweighs an approval of the same change.
fn approvals<'a>(requests: impl Iterator<Item = &'a Answers>) -> ApprovalTotals {
    let mut totals = ApprovalTotals::default();
    let mut waits = Vec::new();
    for answers in requests {
        totals.requested += u64::from(answers.requested.is_some());
        match (answers.approved, answers.rejected) {
            (_, Some(_)) => totals.rejected += 1,
            (Some(approved), None) => {
                totals.approved += 1;
                let wait = answers.requested.map(|asked| approved.seconds().saturating_sub(asked.seconds()));
                waits.extend(wait);
            }
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
mod tests {
    use serde_json::json;

    use super::super::samples::{moment, plain};
    use super::*;
    use crate::model::{
        DamageCode, HeaderTotals, ObjectId, OverrideTotals, RecordStatus, RecordedRisk, RiskLevel, Sha256,
    };

    fn change(number: u8) -> ChangeId {
        format!("gc1-{}", Sha256::of(&[number])).parse().unwrap()
    }

    fn entry(kind: EntryKind, number: u8, seconds: u64) -> Entry {
        Entry { kind, change: Some(change(number)), time: moment(seconds), ..plain() }
    }

    #[test]
    fn every_entry_is_counted_where_it_belongs() {
        let mut blocked = entry(EntryKind::Decision, 1, 0);
        blocked.outcome = Some(Outcome::Blocked);
        blocked.risk = Some(RecordedRisk { level: RiskLevel::High, score: 60, digest: Sha256::of(b"") });
        blocked.actor.id = Some("claude".into());
        blocked.body = serde_json::Map::from_iter([
            ("enforcement".to_owned(), json!("staging")),
            ("tampering".to_owned(), json!(["headers/edited"])),
        ]);
        let mut promotion = entry(EntryKind::Promotion, 1, 0);
        promotion.body.insert("environment".into(), json!("prod"));
        let by_override = |action: &str| {
            let mut entry = entry(EntryKind::Override, 7, 9);
            entry.body.insert("action".into(), json!(action));
            entry
        };
        let overrides = [by_override("request"), by_override("grant"), by_override("use")];
        let damage = Damage {
            code: DamageCode::Gap,
            stream: "ci-7".into(),
            seq: None,
            entry: None,
            expected: String::new(),
            found: String::new(),
        };
        let coverage = CommitCoverage {
            commit: ObjectId::new([1; 20]),
            status: RecordStatus::Unrecorded,
            outcome: None,
            level: None,
            approved_by: Vec::new(),
            overridden_by: Vec::new(),
            ratified_by: Vec::new(),
            reasons: Vec::new(),
            past_gate: None,
            why: String::new(),
        };
        let mut summary = Summary::new();
        for entry in [blocked, promotion].iter().chain(&overrides) {
            summary.take(entry);
        }

        let totals = summary.totals(&[damage], &[coverage]);

        let ada = ActorTotals { decisions: 1, refused: 1, overrides: 3, ..ActorTotals::default() };
        let tampered = HeaderTotals { tampered: 1, ..HeaderTotals::default() };
        assert_eq!(
            totals,
            LedgerSummary {
                entries: BTreeMap::from([
                    (EntryKind::Decision, 1),
                    (EntryKind::Promotion, 1),
                    (EntryKind::Override, 3)
                ]),
                outcomes: BTreeMap::from([(Outcome::Blocked, 1)]),
                levels: BTreeMap::from([(RiskLevel::High, 1)]),
                enforcement: BTreeMap::from([("staging".into(), 1)]),
                environments: BTreeMap::from([("prod".into(), 1)]),
                actors: BTreeMap::from([("ada@example.com".into(), ada)]),
                agents: BTreeMap::from([(
                    "claude".into(),
                    ActorTotals { decisions: 1, refused: 1, ..ActorTotals::default() }
                )]),
                approvals: ApprovalTotals::default(),
                overrides: OverrideTotals { requested: 1, granted: 1, used: 1, ratified: 0, unratified: 1 },
                tampering: 1,
                headers: tampered,
                damage: BTreeMap::from([(DamageCode::Gap, 1)]),
                commits: BTreeMap::from([(RecordStatus::Unrecorded, 1)]),
                weeks: BTreeMap::from([("2026-11-16".parse().unwrap(), BTreeMap::from([(Outcome::Blocked, 1)]))]),
            }
        );
    }

    #[test]
    fn approvals_are_counted_by_change_and_timed_from_their_request() {
        let mut summary = Summary::new();
        for number in 1..=10 {
            summary.take(&entry(EntryKind::Approve, number, 1_000 + 60 * u64::from(number)));
            summary.take(&entry(EntryKind::Request, number, 1_000));
        }
        summary.take(&entry(EntryKind::Request, 11, 1_000));
        summary.take(&entry(EntryKind::Request, 12, 1_000));
        summary.take(&entry(EntryKind::Approve, 12, 1_001));
        summary.take(&entry(EntryKind::Reject, 12, 1_002));

        let totals = summary.totals(&[], &[]);

        assert_eq!(
            totals.approvals,
            ApprovalTotals {
                requested: 12,
                approved: 10,
                rejected: 1,
                open: 1,
                rate_per_mille: Some(909),
                median_seconds: Some(300),
                ninetieth_seconds: Some(540),
                slowest_seconds: Some(600),
                waits: [4, 6, 0, 0, 0, 0, 0, 0],
            }
        );
    }

    #[test]
    fn signed_files_are_counted_by_environment() {
        let signing = |environment: &str, more: (&str, Value)| {
            let mut entry = entry(EntryKind::Sign, 1, 0);
            entry.body = serde_json::Map::from_iter([
                ("environment".to_owned(), json!(environment)),
                (more.0.to_owned(), more.1),
            ]);
            entry
        };
        let mut decision = entry(EntryKind::Decision, 1, 0);
        decision.body.insert("verified".into(), json!(7));
        let mut summary = Summary::new();

        for entry in [
            signing("dev", ("action", json!("sign"))),
            signing("dev", ("files", json!([{}, {}, {}]))),
            signing("prod", ("action", json!("sign"))),
            signing("prod", ("action", json!("unsign"))),
            decision,
        ] {
            summary.take(&entry);
        }

        assert_eq!(
            summary.totals(&[], &[]).headers,
            HeaderTotals {
                signed: 5,
                unsigned: 1,
                verified: 7,
                tampered: 0,
                environments: BTreeMap::from([("dev".into(), 4), ("prod".into(), 1)]),
            }
        );
    }

    #[test]
    fn a_use_that_a_server_says_again_is_one() {
        let mut summary = Summary::new();
        for gate in ["commit", "push", "push"] {
            let mut used = entry(EntryKind::Override, 1, 0);
            for (member, value) in [("action", "use"), ("override", "4711"), ("gate", gate)] {
                used.body.insert(member.into(), json!(value));
            }
            summary.take(&used);
        }

        assert_eq!(summary.totals(&[], &[]).overrides.used, 2);
    }

    #[test]
    fn an_override_that_was_ratified_by_another_person_is_settled() {
        let unratified = |change: &dyn Fn(&mut Entry)| {
            let mut summary = Summary::new();
            let mut used = entry(EntryKind::Override, 1, 0);
            used.body.insert("action".into(), json!("use"));
            summary.take(&used);
            let mut ratified = entry(EntryKind::Ratify, 1, 5);
            change(&mut ratified);
            summary.take(&ratified);
            let totals = summary.totals(&[], &[]);
            assert_eq!((totals.overrides.used, totals.overrides.ratified), (1, 1));
            totals.overrides.unratified
        };

        assert_eq!(unratified(&|entry| entry.actor.email = "lin@example.com".into()), 0);
        assert_eq!(unratified(&|entry| entry.actor.email = entry.actor.email.to_uppercase()), 1, "by themselves");
        let by_an_agent = |entry: &mut Entry| {
            entry.actor.email = "noreply@anthropic.com".into();
            entry.actor.kind = ActorKind::Agent;
        };
        assert_eq!(unratified(&by_an_agent), 1);
    }
}
