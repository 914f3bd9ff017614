//! What an auditor asks of a ledger: which commits were governed, and what the totals are.

use std::collections::BTreeMap;
use std::fmt;

use super::change_id::ChangeId;
use super::damage::{Damage, DamageCode, Unwitnessed};
use super::date::Date;
use super::digest::Sha256;
use super::entry::EntryKind;
use super::gate::Outcome;
use super::level::RiskLevel;
use super::moment::Moment;
use super::object::ObjectId;

/// Whether a commit is on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordStatus {
    /// Judged before it was made.
    Recorded,
    /// Judged afterwards: where git asks nobody beforehand, or put on record with a reason.
    Late,
    /// A hook that should have judged it did not run, or was not heeded.
    Bypassed,
    /// Made without gov-hook.
    Unrecorded,
}

impl RecordStatus {
    pub const ALL: [Self; 4] = [Self::Recorded, Self::Late, Self::Bypassed, Self::Unrecorded];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Late => "late",
            Self::Bypassed => "bypassed",
            Self::Unrecorded => "unrecorded",
        }
    }

    /// Whether production lets it in.
    #[must_use]
    pub const fn is_on_record(self) -> bool {
        matches!(self, Self::Recorded | Self::Late)
    }
}

impl fmt::Display for RecordStatus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// How a commit came past the push gate that has to let it by, with nobody answering for it since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PastGate {
    /// The gate held it, for an approval or for a rejection that somebody gave.
    Held,
    /// The gate denied it, which no approval mends.
    Denied,
    /// It landed where a gate holds what is risky, and no gate was asked.
    Unasked,
}

impl PastGate {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held by the push gate and not approved",
            Self::Denied => "denied by the push gate and not ratified",
            Self::Unasked => "not approved, and let through by no push gate",
        }
    }
}

impl fmt::Display for PastGate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A commit that production does not take, for it is not on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutRecord {
    pub commit: ObjectId,
    pub status: RecordStatus,
    /// The first line of its message.
    pub subject: String,
}

/// A commit that coverage is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GovernedCommit {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// The commits that its message says it was made of.
    pub made_of: Vec<ObjectId>,
    /// Of its own change, where it was computed: approvals are bound to it.
    pub change: Option<ChangeId>,
    /// The addresses of those who had a part in it, and who may not answer for it.
    pub people: Vec<String>,
}

/// What the ledger says of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitCoverage {
    pub commit: ObjectId,
    pub status: RecordStatus,
    /// Of the decision that counts.
    pub outcome: Option<Outcome>,
    pub level: Option<RiskLevel>,
    /// Addresses, sorted. Whether an approval was good enough to land is for the gate to say.
    pub approved_by: Vec<String>,
    /// Whoever granted it, else whoever let it by for a reason of their own.
    pub overridden_by: Vec<String>,
    pub ratified_by: Vec<String>,
    /// Why it was put on record, overridden or ratified, as people say it.
    pub reasons: Vec<String>,
    pub past_gate: Option<PastGate>,
    /// Why the status is what it is.
    pub why: String,
}

impl CommitCoverage {
    /// Whether it is on record, and did not come past a gate that has to let it by.
    #[must_use]
    pub const fn is_governed(&self) -> bool {
        self.status.is_on_record() && self.past_gate.is_none()
    }
}

/// Where the ledger starts to speak of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    pub time: Moment,
    pub stream: String,
    /// What was there then: this commit and all before it. None when it was there from the first.
    pub base: Option<ObjectId>,
    /// The first commit on record, where the entry names one.
    pub first: Option<ObjectId>,
}

/// What one actor did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorTotals {
    pub decisions: u64,
    /// Decisions that ended blocked or rejected.
    pub refused: u64,
    pub approvals: u64,
    pub rejections: u64,
    pub overrides: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalTotals {
    pub requested: u64,
    pub approved: u64,
    pub rejected: u64,
    /// Requests that nobody answered, of what was let by all the same.
    pub let_by: u64,
    /// Requests without an answer.
    pub open: u64,
    /// Of the answered requests those that were approved, in thousandths.
    pub rate_per_mille: Option<u64>,
    /// From a request to its first approval.
    pub median_seconds: Option<u64>,
    /// Nine in ten took no longer.
    pub ninetieth_seconds: Option<u64>,
    pub slowest_seconds: Option<u64>,
    /// How many approvals took less than each of [`WAITS`] and no less than the one before it; the
    /// last count is of those that took longer.
    pub waits: [u64; WAITS.len() + 1],
}

/// The limits, in seconds, that the times to approval are sorted by.
pub const WAITS: [u64; 7] = [300, 900, 3_600, 14_400, 86_400, 259_200, 604_800];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverrideTotals {
    pub requested: u64,
    pub granted: u64,
    pub used: u64,
    pub ratified: u64,
    /// Uses that nobody has ratified yet.
    pub unratified: u64,
}

/// What became of signed files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderTotals {
    /// Signings, each file counted every time.
    pub signed: u64,
    pub unsigned: u64,
    /// Signed files that a decision found as they were signed, and those that were tampered with.
    pub verified: u64,
    pub tampered: u64,
    /// Signings by environment.
    pub environments: BTreeMap<String, u64>,
}

/// The totals of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerSummary {
    pub entries: BTreeMap<EntryKind, u64>,
    pub outcomes: BTreeMap<Outcome, u64>,
    pub levels: BTreeMap<RiskLevel, u64>,
    /// By the enforcement level of a decision.
    pub enforcement: BTreeMap<String, u64>,
    /// By the environment that an entry names, such as a promotion's.
    pub environments: BTreeMap<String, u64>,
    /// By address in lower case.
    pub actors: BTreeMap<String, ActorTotals>,
    /// By the policy's id.
    pub agents: BTreeMap<String, ActorTotals>,
    pub approvals: ApprovalTotals,
    pub overrides: OverrideTotals,
    /// Decisions that found a protected file tampered with.
    pub tampering: u64,
    pub headers: HeaderTotals,
    pub damage: BTreeMap<DamageCode, u64>,
    pub commits: BTreeMap<RecordStatus, u64>,
    /// How decisions ended, by the Monday of their week.
    pub weeks: BTreeMap<Date, BTreeMap<Outcome, u64>>,
}

/// What `audit report` tells: the totals, and whether they may be believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Of the genesis entry, which names the repository; none while nothing is on record.
    pub repo: Option<Sha256>,
    /// Whose commits were asked for, as a person names them.
    pub range: String,
    /// The days the totals are of, both included.
    pub since: Option<Date>,
    pub until: Option<Date>,
    pub made: Option<Moment>,
    pub engine: String,
    pub streams: u64,
    /// Of the whole ledger, whatever the days.
    pub entries: u64,
    pub signed: u64,
    pub damage: Vec<Damage>,
    pub unwitnessed: Vec<Unwitnessed>,
    pub totals: LedgerSummary,
    /// The commits that no decision speaks for, the youngest first.
    pub missing: Vec<MissingCommit>,
    /// Those on record that came past the gate that has to let them by.
    pub past_gate: Vec<MissingCommit>,
}

/// A commit that was not governed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingCommit {
    pub commit: ObjectId,
    pub status: RecordStatus,
    pub subject: String,
    pub author: String,
    pub day: Option<Date>,
    pub why: String,
}

impl AuditReport {
    /// Whether nothing is wrong with the ledger itself. An empty one is sound.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }
}
