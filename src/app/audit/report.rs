//! `audit report`: the totals of the ledger, and which commits nobody judged.

use std::sync::{Mutex, PoisonError};

use super::coverage::{Covered, coverage};
use super::export::default_range;
use super::offices::Offices;
use crate::app::memory::{Depth, ENGINE, Reading, Told, read_anchored, trusted_side};
use crate::app::{Answer, Environment, Failure};
use crate::git::{Commit, Repo};
use crate::ledger::Summary;
use crate::model::{AuditReport, CommitCoverage, Date, Ending, Entry, EntryKind, MissingCommit, Moment};
use crate::report::audit::totals;

/// What `audit report` is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose commits: a range `A..B`, or all that a revision has.
    pub range: Option<String>,
    /// The days that are counted, both included.
    pub since: Option<Date>,
    pub until: Option<Date>,
    pub form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Human,
    Json,
    Html,
}

/// Nothing that a damaged ledger says is certain.
const DAMAGED: Ending = Ending::Denied;

pub fn report(request: &Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let range = match &request.range {
        Some(range) => range.clone(),
        None => default_range(&repo)?,
    };
    let counted = Mutex::new(Counted { summary: Summary::new(), ratified: Vec::new() });
    let count = |told: &Told| {
        // What is wrong counts for nobody.
        if told.damage.is_empty() && is_within(request, told.entry.time) {
            counted.lock().unwrap_or_else(PoisonError::into_inner).take(&told.entry);
        }
    };
    let is_unborn = request.range.is_none() && repo.resolve(&range)?.is_none();
    let (reading, covered) = if is_unborn {
        (read_anchored(&repo, Depth::Whole, &|told| count(&told))?, None)
    } else {
        let (reading, covered) = coverage(&repo, &range, (Depth::Whole, environment.moment()?), &count)?;
        (reading, Some(covered))
    };
    let commits = covered.map(|covered: Covered| covered.commits).unwrap_or_default();
    let answers: Vec<CommitCoverage> = commits.iter().map(|(_, said)| said.clone()).collect();
    let missing = commits.iter().rev().filter(|(_, said)| !said.status.is_on_record());
    let missing = missing.map(|commit| told(commit, commit.1.why.clone()));
    let past_gate = commits.iter().rev().filter(|(_, said)| said.status.is_on_record());
    let past_gate = past_gate.filter_map(|commit| Some(told(commit, commit.1.past_gate?.to_string())));
    let Reading { verdict, genesis, streams, entries, signed, .. } = reading;
    let summary = counted.into_inner().unwrap_or_else(PoisonError::into_inner).whole(&repo)?;
    let report = AuditReport {
        repo: genesis,
        range,
        since: request.since,
        until: request.until,
        made: Some(environment.moment()?),
        engine: ENGINE.into(),
        streams: streams as u64,
        entries,
        signed,
        totals: summary.totals(&verdict.damage, &answers),
        missing: missing.collect(),
        past_gate: past_gate.collect(),
        damage: verdict.damage,
        unwitnessed: verdict.unwitnessed,
    };
    let text = match request.form {
        Form::Human => totals::table(&report),
        Form::Json => {
            totals::json(&report).map_err(|error| Failure::new(format!("the report cannot be written out: {error}")))?
        }
        Form::Html => totals::page(&report),
    };
    Ok(Answer { text: text.into_bytes(), exit: if report.is_sound() { Ending::Pass } else { DAMAGED } })
}

/// The entries as they are read.
struct Counted {
    summary: Summary,
    /// Whether these count is known once all are read.
    ratified: Vec<Entry>,
}

impl Counted {
    fn take(&mut self, entry: &Entry) {
        if entry.kind == EntryKind::Ratify {
            self.ratified.push(entry.clone());
        } else {
            self.summary.take(entry);
        }
    }

    /// Counts who answered for what was let by, too, if the policy asks them.
    fn whole(mut self, repo: &Repo) -> Result<Summary, Failure> {
        if self.ratified.is_empty() {
            return Ok(self.summary);
        }
        let trusted = trusted_side(repo)?.map(|tip| repo.commits_between(&[], tip)).transpose()?;
        let history = trusted.into_iter().flatten().map(|commit| commit.id).collect();
        let mut offices = Offices::of(repo, history);
        for entry in &self.ratified {
            // Whom the policy does not know may be anybody, whoever let it by among them.
            if offices.asks(entry) { self.summary.take(entry) } else { self.summary.pass_over(entry) }
        }
        Ok(self.summary)
    }
}

fn is_within(request: &Request, time: Moment) -> bool {
    let day = Date::of_seconds(time.seconds());
    request.since.is_none_or(|since| day >= Some(since)) && request.until.is_none_or(|until| day <= Some(until))
}

fn told((commit, said): &(Commit, CommitCoverage), why: String) -> MissingCommit {
    MissingCommit {
        commit: commit.id,
        status: said.status,
        subject: commit.subject(),
        author: commit.author.email.clone(),
        day: u64::try_from(commit.committed_at).ok().and_then(Date::of_seconds),
        why,
    }
}
