//! Reports for this room's tests.

use std::collections::BTreeMap;

use crate::model::{
    ActorTotals, ApprovalTotals, AuditReport, Damage, DamageCode, Date, EntryKind, HeaderTotals, LedgerSummary,
    MissingCommit, Moment, ObjectId, Outcome, OverrideTotals, PastGate, RecordStatus, RiskLevel, Sha256, Unwitnessed,
};

/// Half a year of a small team.
#[expect(clippy::too_many_lines, reason = "a report has many fields")]
pub(crate) fn sound() -> AuditReport {
    let first = "2026-05-25".parse::<Date>().unwrap().days_since_1970().unwrap();
    let week = |number: u64| {
        let monday = Date::of_seconds((first + 7 * number) * 86_400).unwrap();
        let counts = [
            (Outcome::AutoApproved, 14 + number * 7 % 11),
            (Outcome::Notified, 3 + number % 4),
            (Outcome::Approved, 2 + number * 5 % 6),
            (Outcome::Overridden, u64::from(number % 9 == 4)),
            (Outcome::ApprovalPending, number % 3),
            (Outcome::Rejected, u64::from(number % 5 == 2)),
            (Outcome::Blocked, number * 3 % 4),
        ];
        (monday, counts.into_iter().filter(|(_, count)| *count > 0).collect())
    };
    let weeks: BTreeMap<Date, BTreeMap<Outcome, u64>> = (0..26).filter(|number| *number != 11).map(week).collect();
    let mut outcomes = BTreeMap::new();
    for (outcome, count) in weeks.values().flatten() {
        *outcomes.entry(*outcome).or_default() += count;
    }
    let actor = |decisions, refused, approvals, rejections, overrides| ActorTotals {
        decisions,
        refused,
        approvals,
        rejections,
        overrides,
    };
    AuditReport {
        repo: Some(Sha256::of(b"genesis")),
        range: "main".into(),
        made: Moment::of_seconds(1_795_239_956),
        engine: "gov-hook 0.1.0".into(),
        streams: 4,
        entries: 1_284,
        signed: 96,
        totals: LedgerSummary {
            entries: BTreeMap::from([
                (EntryKind::Decision, 742),
                (EntryKind::Commit, 390),
                (EntryKind::Push, 96),
                (EntryKind::Request, 30),
                (EntryKind::Approve, 26),
            ]),
            levels: BTreeMap::from([
                (RiskLevel::Low, 531),
                (RiskLevel::Medium, 122),
                (RiskLevel::High, 74),
                (RiskLevel::Critical, 15),
            ]),
            enforcement: BTreeMap::from([
                ("development".into(), 502),
                ("production".into(), 96),
                ("staging".into(), 144),
            ]),
            environments: BTreeMap::from([("prod".into(), 6), ("staging".into(), 11)]),
            actors: BTreeMap::from([
                ("ada@example.com".into(), actor(301, 12, 19, 2, 1)),
                ("lin@example.com".into(), actor(233, 9, 7, 1, 2)),
                ("mira@example.com".into(), actor(208, 22, 0, 0, 0)),
            ]),
            agents: BTreeMap::from([("claude".into(), actor(187, 21, 0, 0, 0))]),
            approvals: ApprovalTotals {
                requested: 30,
                approved: 25,
                rejected: 3,
                let_by: 0,
                open: 2,
                rate_per_mille: Some(892),
                median_seconds: Some(4_380),
                ninetieth_seconds: Some(64_800),
                slowest_seconds: Some(190_000),
                waits: [2, 4, 6, 7, 4, 2, 0, 0],
            },
            overrides: OverrideTotals { requested: 3, granted: 3, used: 3, ratified: 2, unratified: 1 },
            tampering: 2,
            headers: HeaderTotals {
                signed: 1_240,
                unsigned: 3,
                verified: 318,
                tampered: 4,
                environments: BTreeMap::from([("dev".into(), 1_200), ("prod".into(), 12), ("staging".into(), 28)]),
            },
            commits: BTreeMap::from([
                (RecordStatus::Recorded, 377),
                (RecordStatus::Late, 31),
                (RecordStatus::Bypassed, 1),
                (RecordStatus::Unrecorded, 2),
            ]),
            outcomes,
            weeks,
            ..LedgerSummary::default()
        },
        missing: vec![
            MissingCommit {
                commit: ObjectId::new([0x3e; 20]),
                status: RecordStatus::Bypassed,
                subject: "Mend the build in a hurry".into(),
                author: "lin@example.com".into(),
                day: "2026-10-02".parse().ok(),
                why: "no hook judged it before it was made".into(),
            },
            MissingCommit {
                commit: ObjectId::new([0xa1; 20]),
                status: RecordStatus::Unrecorded,
                subject: "Add <script>alert('x')</script> & \"more\"".into(),
                author: "someone@example.com".into(),
                day: "2026-06-11".parse().ok(),
                why: "made without gov-hook".into(),
            },
        ],
        past_gate: vec![MissingCommit {
            commit: ObjectId::new([0x7c; 20]),
            status: RecordStatus::Recorded,
            subject: "Raise the limit".into(),
            author: "mira@example.com".into(),
            day: "2026-09-14".parse().ok(),
            why: PastGate::Unasked.to_string(),
        }],
        ..AuditReport::default()
    }
}

/// The same with a ledger that somebody has been at.
pub(crate) fn broken() -> AuditReport {
    AuditReport {
        damage: vec![Damage {
            code: DamageCode::BrokenChain,
            stream: "0123456789ab-89abcdef".into(),
            seq: Some(41),
            entry: Some(Sha256::of(b"41")),
            expected: "`prev` 01".into(),
            found: "02".into(),
        }],
        unwitnessed: vec![Unwitnessed { stream: "ci-7".into(), from: 8, to: 9 }],
        ..sound()
    }
}
