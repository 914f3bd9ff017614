//! The totals as a person reads them in a terminal; the first line is enough on its own.

use std::fmt::Write;

use super::{Verdict, duration, per_mille, period, sentence, share, wait_classes};
use crate::model::{ActorTotals, AuditReport, LedgerSummary, MissingCommit, grouped};
use crate::report::escape::printable;

/// Of what is wrong or missing; all of it is in the JSON.
const MOST_LISTED: usize = 20;

#[must_use]
pub fn table(report: &AuditReport) -> String {
    let verdict = Verdict::of(report);
    let mut out = format!("{}: {}\n", verdict.word(), sentence(report));
    if verdict == Verdict::Empty {
        return out;
    }
    for damage in report.damage.iter().take(MOST_LISTED) {
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(out, "  {}\n    {}", printable(&damage.to_string()), damage.code.remedy());
    }
    more(&mut out, report.damage.len());
    let totals = &report.totals;
    let _ = write!(out, "\n{}\n\n", period(report));
    counts(&mut out, "decisions by outcome", totals.outcomes.iter().map(|(outcome, count)| (outcome.as_str(), *count)));
    counts(&mut out, "by risk level", totals.levels.iter().map(|(level, count)| (level.as_str(), *count)));
    let named = |(name, count): (&'_ String, &u64)| (printable(name), *count);
    counts(&mut out, "by enforcement level", totals.enforcement.iter().map(named));
    counts(&mut out, "by environment", totals.environments.iter().map(named));
    people(&mut out, "by actor", totals.actors.iter());
    people(&mut out, "by agent", totals.agents.iter());
    answers(&mut out, totals);
    let statuses = totals.commits.iter().map(|(status, count)| (status.as_str(), *count));
    counts(&mut out, &format!("commits of {}", printable(&report.range)), statuses);
    missing(&mut out, report);
    past_gate(&mut out, report);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn counts(out: &mut String, title: &str, rows: impl Iterator<Item = (impl AsRef<str>, u64)>) {
    let rows: Vec<_> = rows.collect();
    let whole: u64 = rows.iter().map(|(_, count)| count).sum();
    if whole == 0 {
        return;
    }
    let _ = writeln!(out, "{title}");
    for (name, count) in rows {
        let part = share(count, whole).map(per_mille).unwrap_or_default();
        let _ = writeln!(out, "  {:<24}{:>10}{part:>10}", name.as_ref(), grouped(count));
    }
    out.push('\n');
}

fn people<'t>(out: &mut String, title: &str, rows: impl Iterator<Item = (&'t String, &'t ActorTotals)>) {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let width = rows.iter().map(|(name, _)| printable(name).chars().count()).max().unwrap_or_default().max(title.len());
    let _ = writeln!(out, "{title:<0$}  decisions   refused approvals rejections overrides", width + 2);
    for (name, totals) in rows {
        let ActorTotals { decisions, refused, approvals, rejections, overrides } = totals;
        let name = printable(name);
        let _ = writeln!(
            out,
            "  {name:<width$}  {decisions:>9} {refused:>9} {approvals:>9} {rejections:>10} {overrides:>9}"
        );
    }
    out.push('\n');
}

fn answers(out: &mut String, totals: &LedgerSummary) {
    let approvals = &totals.approvals;
    if approvals.requested + approvals.approved + approvals.rejected > 0 {
        let rate = approvals.rate_per_mille.map_or("-".into(), per_mille);
        let _ = writeln!(
            out,
            "approvals\n  requested {}, approved {}, rejected {}, let through {}, open {}; approval rate {rate}",
            approvals.requested, approvals.approved, approvals.rejected, approvals.let_by, approvals.open
        );
        let times = [
            ("median", approvals.median_seconds),
            ("nine in ten within", approvals.ninetieth_seconds),
            ("slowest", approvals.slowest_seconds),
        ];
        let times: Vec<String> =
            times.into_iter().filter_map(|(name, time)| Some(format!("{name} {}", duration(time?)))).collect();
        if !times.is_empty() {
            let _ = writeln!(out, "  time to approval: {}", times.join(", "));
        }
        for (class, count) in wait_classes().iter().zip(approvals.waits).filter(|(_, count)| *count > 0) {
            let _ = writeln!(out, "    {class:<22}{count:>10}");
        }
        out.push('\n');
    }
    let overrides = &totals.overrides;
    if overrides.requested + overrides.granted + overrides.used > 0 {
        let _ = writeln!(
            out,
            "overrides\n  requested {}, granted {}, used {}, ratified {}; not ratified yet {}\n",
            overrides.requested, overrides.granted, overrides.used, overrides.ratified, overrides.unratified
        );
    }
    let _ = writeln!(out, "tamper attempts\n  {}\n", grouped(totals.tampering));
    let headers = &totals.headers;
    if headers.signed + headers.verified + headers.tampered > 0 {
        let _ = writeln!(
            out,
            "protection headers\n  signed {}, unsigned {}; judged changes had {} verified and {} tampered",
            grouped(headers.signed),
            grouped(headers.unsigned),
            grouped(headers.verified),
            grouped(headers.tampered)
        );
        for (environment, count) in &headers.environments {
            let _ = writeln!(out, "    {:<22}{:>10}", printable(environment), grouped(*count));
        }
        out.push('\n');
    }
}

fn missing(out: &mut String, report: &AuditReport) {
    if report.missing.is_empty() {
        return;
    }
    let _ = writeln!(out, "not on record; to judge them now: gov-hook record RANGE --reason WHY");
    for commit in report.missing.iter().take(MOST_LISTED) {
        row(out, commit);
    }
    more(out, report.missing.len());
    out.push('\n');
}

fn past_gate(out: &mut String, report: &AuditReport) {
    if report.past_gate.is_empty() {
        return;
    }
    let _ = writeln!(out, "past the push gate; somebody else has to answer for each: gov-hook ratify COMMIT");
    for commit in report.past_gate.iter().take(MOST_LISTED) {
        row(out, commit);
        let _ = writeln!(out, "            {}", commit.why);
    }
    more(out, report.past_gate.len());
}

fn row(out: &mut String, commit: &MissingCommit) {
    let day = commit.day.map(|day| day.to_string()).unwrap_or_default();
    let (status, subject) = (commit.status.as_str(), printable(&commit.subject));
    let author = printable(&commit.author);
    let _ = writeln!(out, "  {}  {day:10}  {status:10}  {author}  {subject}", commit.commit.short());
}

fn more(out: &mut String, count: usize) {
    if count > MOST_LISTED {
        let _ = writeln!(out, "  … and {} more; all of them: --format json", count - MOST_LISTED);
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{broken, sound};
    use super::*;

    #[test]
    fn an_empty_ledger_takes_one_line() {
        assert_eq!(table(&AuditReport::default()), "empty: nothing is on record in this repository yet\n");
    }

    #[test]
    fn damage_comes_before_every_total() {
        let text = table(&broken());

        let first: Vec<&str> = text.lines().take(3).collect();
        assert_eq!(
            first,
            [
                "broken: 1 thing is wrong with the ledger (1,284 entries in 4 streams, 96 signed); \
                 the totals below may not be true",
                "  broken-chain: entry 41 of 0123456789ab-89abcdef (3d914f9348c9): expected `prev` 01, found 02",
                "    entries were changed, moved or removed: fetch the stream from a clone that verifies",
            ]
        );
    }

    #[test]
    fn every_total_is_in_the_table() {
        assert_eq!(table(&sound()), include_str!("samples/sound.txt"));
    }
}
