use serde_json::json;

use super::super::samples::{moment, plain};
use super::*;
use crate::model::{DamageCode, HeaderTotals, ObjectId, OverrideTotals, RecordStatus, RecordedRisk, RiskLevel, Sha256};

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
            entries: BTreeMap::from([(EntryKind::Decision, 1), (EntryKind::Promotion, 1), (EntryKind::Override, 3)]),
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
    // An approval came, and an override was made use of.
    for number in [1, 13] {
        summary.take(&entry(EntryKind::Request, number, 1_000));
        let mut used = entry(EntryKind::Override, number, 1_003);
        used.body.insert("action".into(), serde_json::json!("use"));
        summary.take(&used);
    }

    let totals = summary.totals(&[], &[]);

    assert_eq!(
        totals.approvals,
        ApprovalTotals {
            requested: 13,
            approved: 10,
            rejected: 1,
            let_by: 1,
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
        entry.body =
            serde_json::Map::from_iter([("environment".to_owned(), json!(environment)), (more.0.to_owned(), more.1)]);
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
