//! `gov-hook/audit-report/v1`: fields are added, never renamed and never given another meaning.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Verdict, sentence};
use crate::model::{
    ActorTotals, ApprovalTotals, AuditReport, Damage, Gather, LedgerSummary, MissingCommit, OverrideTotals, Unwitnessed,
};
use crate::report::escape;

pub fn render(report: &AuditReport) -> serde_json::Result<String> {
    escape::json(&ReportV1::from(report))
}

#[derive(Serialize)]
struct ReportV1<'a> {
    schema: &'static str,
    /// The id of the genesis entry.
    repo: Option<String>,
    range: &'a str,
    since: Option<String>,
    until: Option<String>,
    made: Option<String>,
    engine: &'a str,
    ledger: LedgerV1<'a>,
    totals: TotalsV1<'a>,
    commits: CommitsV1<'a>,
}

#[derive(Serialize)]
struct LedgerV1<'a> {
    verdict: &'static str,
    summary: String,
    streams: u64,
    entries: u64,
    signed: u64,
    damage: Vec<DamageV1<'a>>,
    unwitnessed: Vec<UnwitnessedV1<'a>>,
}

#[derive(Serialize)]
struct DamageV1<'a> {
    code: &'static str,
    stream: &'a str,
    seq: Option<u64>,
    entry: Option<String>,
    expected: &'a str,
    found: &'a str,
    help: &'static str,
}

#[derive(Serialize)]
struct UnwitnessedV1<'a> {
    stream: &'a str,
    from: u64,
    to: u64,
}

#[derive(Serialize)]
struct TotalsV1<'a> {
    kinds: BTreeMap<&'static str, u64>,
    outcomes: BTreeMap<&'static str, u64>,
    levels: BTreeMap<&'static str, u64>,
    enforcement: &'a BTreeMap<String, u64>,
    environments: &'a BTreeMap<String, u64>,
    actors: BTreeMap<&'a str, ActorV1>,
    agents: BTreeMap<&'a str, ActorV1>,
    weeks: Vec<WeekV1>,
    approvals: ApprovalsV1,
    overrides: OverridesV1,
    tamper_attempts: u64,
    headers: HeadersV1<'a>,
}

#[derive(Serialize)]
struct HeadersV1<'a> {
    signed: u64,
    unsigned: u64,
    verified: u64,
    tampered: u64,
    by_environment: &'a BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct ActorV1 {
    decisions: u64,
    refused: u64,
    approvals: u64,
    rejections: u64,
    overrides: u64,
}

#[derive(Serialize)]
struct WeekV1 {
    monday: String,
    outcomes: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct ApprovalsV1 {
    requested: u64,
    approved: u64,
    rejected: u64,
    let_by: u64,
    open: u64,
    rate_per_mille: Option<u64>,
    median_seconds: Option<u64>,
    ninetieth_seconds: Option<u64>,
    slowest_seconds: Option<u64>,
    waits: Vec<WaitV1>,
}

#[derive(Serialize)]
struct WaitV1 {
    /// None in the last class, which has no limit.
    under_seconds: Option<u64>,
    approvals: u64,
}

#[derive(Serialize)]
struct OverridesV1 {
    requested: u64,
    granted: u64,
    used: u64,
    ratified: u64,
    unratified: u64,
}

#[derive(Serialize)]
struct CommitsV1<'a> {
    by_status: BTreeMap<&'static str, u64>,
    missing: Vec<MissingV1<'a>>,
    past_gate: Vec<MissingV1<'a>>,
}

#[derive(Serialize)]
struct MissingV1<'a> {
    commit: String,
    status: &'static str,
    subject: &'a str,
    author: &'a str,
    day: Option<String>,
    why: &'a str,
}

impl<'a> From<&'a AuditReport> for ReportV1<'a> {
    fn from(report: &'a AuditReport) -> Self {
        let text = |date: crate::model::Date| date.to_string();
        Self {
            schema: "gov-hook/audit-report/v1",
            repo: report.repo.map(|repo| repo.to_string()),
            range: &report.range,
            since: report.since.map(text),
            until: report.until.map(text),
            made: report.made.map(|made| made.to_string()),
            engine: &report.engine,
            ledger: LedgerV1 {
                verdict: Verdict::of(report).word(),
                summary: sentence(report),
                streams: report.streams,
                entries: report.entries,
                signed: report.signed,
                damage: report.damage.iter().map(DamageV1::from).collect(),
                unwitnessed: report.unwitnessed.iter().map(UnwitnessedV1::from).collect(),
            },
            totals: TotalsV1::from(&report.totals),
            commits: CommitsV1 {
                by_status: report.totals.commits.iter().map(|(status, count)| (status.as_str(), *count)).gathered(),
                missing: report.missing.iter().map(MissingV1::from).collect(),
                past_gate: report.past_gate.iter().map(MissingV1::from).collect(),
            },
        }
    }
}

impl<'a> From<&'a Damage> for DamageV1<'a> {
    fn from(damage: &'a Damage) -> Self {
        Self {
            code: damage.code.as_str(),
            stream: &damage.stream,
            seq: damage.seq,
            entry: damage.entry.map(|id| id.to_string()),
            expected: &damage.expected,
            found: &damage.found,
            help: damage.code.remedy(),
        }
    }
}

impl<'a> From<&'a Unwitnessed> for UnwitnessedV1<'a> {
    fn from(tail: &'a Unwitnessed) -> Self {
        Self { stream: &tail.stream, from: tail.from, to: tail.to }
    }
}

impl<'a> From<&'a LedgerSummary> for TotalsV1<'a> {
    fn from(totals: &'a LedgerSummary) -> Self {
        let people = |named: &'a BTreeMap<String, ActorTotals>| {
            named.iter().map(|(name, totals)| (name.as_str(), ActorV1::from(totals))).gathered()
        };
        Self {
            kinds: totals.entries.iter().map(|(kind, count)| (kind.as_str(), *count)).gathered(),
            outcomes: totals.outcomes.iter().map(|(outcome, count)| (outcome.as_str(), *count)).gathered(),
            levels: totals.levels.iter().map(|(level, count)| (level.as_str(), *count)).gathered(),
            enforcement: &totals.enforcement,
            environments: &totals.environments,
            actors: people(&totals.actors),
            agents: people(&totals.agents),
            weeks: (totals.weeks.iter())
                .map(|(monday, outcomes)| WeekV1 {
                    monday: monday.to_string(),
                    outcomes: outcomes.iter().map(|(outcome, count)| (outcome.as_str(), *count)).gathered(),
                })
                .collect(),
            approvals: ApprovalsV1::from(&totals.approvals),
            overrides: OverridesV1::from(&totals.overrides),
            tamper_attempts: totals.tampering,
            headers: HeadersV1 {
                signed: totals.headers.signed,
                unsigned: totals.headers.unsigned,
                verified: totals.headers.verified,
                tampered: totals.headers.tampered,
                by_environment: &totals.headers.environments,
            },
        }
    }
}

impl From<&ActorTotals> for ActorV1 {
    fn from(totals: &ActorTotals) -> Self {
        let ActorTotals { decisions, refused, approvals, rejections, overrides } = *totals;
        Self { decisions, refused, approvals, rejections, overrides }
    }
}

impl From<&ApprovalTotals> for ApprovalsV1 {
    fn from(totals: &ApprovalTotals) -> Self {
        let limits = crate::model::WAITS.into_iter().map(Some).chain([None]);
        Self {
            requested: totals.requested,
            approved: totals.approved,
            rejected: totals.rejected,
            let_by: totals.let_by,
            open: totals.open,
            rate_per_mille: totals.rate_per_mille,
            median_seconds: totals.median_seconds,
            ninetieth_seconds: totals.ninetieth_seconds,
            slowest_seconds: totals.slowest_seconds,
            waits: limits
                .zip(totals.waits)
                .map(|(under_seconds, approvals)| WaitV1 { under_seconds, approvals })
                .collect(),
        }
    }
}

impl From<&OverrideTotals> for OverridesV1 {
    fn from(totals: &OverrideTotals) -> Self {
        let OverrideTotals { requested, granted, used, ratified, unratified } = *totals;
        Self { requested, granted, used, ratified, unratified }
    }
}

impl<'a> From<&'a MissingCommit> for MissingV1<'a> {
    fn from(commit: &'a MissingCommit) -> Self {
        Self {
            commit: commit.commit.to_string(),
            status: commit.status.as_str(),
            subject: &commit.subject,
            author: &commit.author,
            day: commit.day.map(|day| day.to_string()),
            why: &commit.why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::broken;
    use super::*;

    #[test]
    fn version_one_keeps_its_fields() {
        let mut report = AuditReport { since: "2026-05-25".parse().ok(), ..broken() };
        report.totals.weeks.retain(|monday, _| monday.to_string().starts_with("2026-05"));

        assert_eq!(render(&report).unwrap(), include_str!("samples/broken.json"));
    }
}
