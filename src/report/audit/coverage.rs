//! Which commits were governed, for people and machines.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::super::escape::printable;
use super::replayed::Replayed;
use crate::model::{Adoption, CommitCoverage, Gather, Outcome, PastGate, RecordStatus, RiskLevel, counted};

/// A person reads no more of them; machines get all.
const MOST: usize = 100;

/// The commits of a range since the ledger was adopted.
#[derive(Clone, Debug)]
pub struct Covered {
    /// As it was asked for.
    pub range: String,
    /// Parents before children.
    pub commits: Vec<CoveredCommit>,
    pub adoption: Option<Adoption>,
    pub before_adoption: usize,
}

#[derive(Clone, Debug)]
pub struct CoveredCommit {
    pub said: CommitCoverage,
    pub subject: String,
    pub author: String,
}

impl Covered {
    /// Whether every commit is on record.
    #[must_use]
    pub fn is_governed(&self) -> bool {
        self.commits.iter().all(|commit| commit.said.is_governed())
    }

    /// On record, and come past the gate that has to let them by.
    fn past_gate(&self) -> BTreeMap<PastGate, usize> {
        let mut found = BTreeMap::new();
        let on_record = self.commits.iter().filter(|commit| commit.said.status.is_on_record());
        for past in on_record.filter_map(|commit| commit.said.past_gate) {
            *found.entry(past).or_default() += 1;
        }
        found
    }

    fn totals(&self) -> BTreeMap<RecordStatus, usize> {
        let mut totals = BTreeMap::new();
        for commit in &self.commits {
            *totals.entry(commit.said.status).or_default() += 1;
        }
        totals
    }

    /// `2 of 14 commits of main (1 bypassed, 1 unrecorded)`, of those that are not governed.
    pub(super) fn in_words(&self) -> String {
        let missing: BTreeMap<RecordStatus, usize> =
            self.totals().into_iter().filter(|(status, _)| !status.is_on_record()).gathered();
        let past = self.past_gate();
        let number = missing.values().sum::<usize>() + past.values().sum::<usize>();
        let of = counted(self.commits.len(), "commit");
        format!("{number} of {of} of {} ({})", printable(&self.range), listed(&missing, &past))
    }
}

fn listed(totals: &BTreeMap<RecordStatus, usize>, past: &BTreeMap<PastGate, usize>) -> String {
    let totals = totals.iter().map(|(status, count)| format!("{count} {status}"));
    totals.chain(past.iter().map(|(past, count)| format!("{count} {past}"))).collect::<Vec<_>>().join(", ")
}

/// The totals, and every commit that was not judged before it was made. A decision that nobody made again
/// is whatever its writer wrote.
pub(super) fn tell(covered: &Covered, replayed: Option<&Replayed>, text: &mut String) {
    let range = printable(&covered.range);
    let totals = covered.totals();
    let of = counted(covered.commits.len(), "commit");
    // Writing to a `String` cannot fail, here and below.
    let _ = match (covered.commits.len(), covered.before_adoption) {
        (0, 0) => writeln!(text, "\n{range} has no commits"),
        (0, _) => writeln!(text, "\nno commit of {range} was made since adoption"),
        _ => writeln!(text, "\n{of} of {range}: {}", listed(&totals, &covered.past_gate())),
    };
    match &covered.adoption {
        Some(Adoption { base: Some(base), time, .. }) => {
            let before = counted(covered.before_adoption, "commit");
            let _ = writeln!(text, "adopted {time} on top of {}; {before} before that", base.short());
        }
        Some(Adoption { time, .. }) => {
            let _ = writeln!(text, "adopted {time}, with the first commit");
        }
        None if !covered.commits.is_empty() => text.push_str("no entry in the ledger is about this history\n"),
        None => {}
    }
    if replayed.is_none() && covered.commits.iter().any(|commit| commit.said.status.is_on_record()) {
        let _ = writeln!(
            text,
            "recorded decisions were taken as written; to recompute them: gov-hook audit verify {range} --replay"
        );
    }
    let told = |commit: &&CoveredCommit| {
        let said = &commit.said;
        let has_answer = !said.approved_by.is_empty() || !said.overridden_by.is_empty();
        said.status != RecordStatus::Recorded || said.past_gate.is_some() || has_answer
    };
    let rows: Vec<&CoveredCommit> = covered.commits.iter().rev().filter(told).collect();
    if !rows.is_empty() {
        text.push('\n');
    }
    for commit in rows.iter().take(MOST) {
        row(commit, text);
    }
    if rows.len() > MOST {
        let _ = writeln!(text, "  and {} more: --format json", rows.len() - MOST);
    }
}

/// What puts the rest on record, or answers for it.
pub(super) fn mend(covered: &Covered, text: &mut String) {
    let missing: Vec<&CoveredCommit> =
        covered.commits.iter().filter(|commit| !commit.said.status.is_on_record()).collect();
    match missing.as_slice() {
        [] => {}
        [only] => {
            let _ = writeln!(
                text,
                "\nto judge it and put it on record: gov-hook record {} --reason WHY",
                only.said.commit.short()
            );
        }
        _ => {
            let _ = writeln!(text, "\nto judge them and put them on record: gov-hook record A..B --reason WHY");
        }
    }
    if let Some(held) = covered.commits.iter().find(|commit| commit.said.past_gate.is_some()) {
        let _ = writeln!(text, "\nsomebody else has to answer for it: gov-hook ratify {}", held.said.commit.short());
    }
}

fn row(commit: &CoveredCommit, text: &mut String) {
    let CommitCoverage { commit: id, status, level, approved_by, overridden_by, ratified_by, reasons, why, .. } =
        &commit.said;
    let level = level.map_or("-", |level| level.as_str());
    let subject: String = printable(&commit.subject).chars().take(60).collect();
    let _ = writeln!(text, "  {}  {:<10}  {level:<8}  {subject}", id.short(), status.as_str());
    let mut because = vec![why.clone()];
    because.extend(commit.said.past_gate.map(|past| past.to_string()));
    for (what, who) in [("approved", approved_by), ("overridden", overridden_by), ("ratified", ratified_by)] {
        if !who.is_empty() {
            because.push(format!("{what} by {}", printable(&who.join(", "))));
        }
    }
    if !reasons.is_empty() {
        because.push(format!("for: {}", printable(&reasons.join("; "))));
    }
    let _ = writeln!(text, "            {}", because.join("; "));
}

pub(super) fn covered_v1(covered: &Covered, replayed: Option<&Replayed>) -> Value {
    let totals = covered.totals();
    let total = |status: RecordStatus| (status.as_str().to_owned(), json!(totals.get(&status).copied().unwrap_or(0)));
    let commit = |commit: &CoveredCommit| {
        let said = &commit.said;
        json!({
            "commit": said.commit.to_string(),
            "subject": commit.subject,
            "author": commit.author,
            "status": said.status.as_str(),
            "why": said.why,
            "outcome": said.outcome.map(Outcome::as_str),
            "level": said.level.map(RiskLevel::as_str),
            "approved_by": said.approved_by,
            "overridden_by": said.overridden_by,
            "ratified_by": said.ratified_by,
            "reasons": said.reasons,
            "held": said.past_gate.is_some(),
            "past_gate": said.past_gate.map(PastGate::as_str),
        })
    };
    json!({
        "range": covered.range,
        "governed": covered.is_governed(),
        "replayed": replayed.is_some(),
        "adoption": covered.adoption.as_ref().map(|adoption| json!({
            "time": adoption.time.to_string(),
            "stream": adoption.stream,
            "base": adoption.base.map(|id| id.to_string()),
        })),
        "before_adoption": covered.before_adoption,
        "totals": RecordStatus::ALL.map(total).into_iter().gathered::<serde_json::Map<_, _>>(),
        "commits": covered.commits.iter().map(commit).collect::<Vec<_>>(),
    })
}
