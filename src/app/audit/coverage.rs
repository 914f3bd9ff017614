//! Was every commit of a range governed? What the ledger says of each, since it was adopted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use super::offices::Offices;
use crate::app::memory::{Depth, Reading, Told, governed, read_anchored, trusted_side};
use crate::app::{Failure, law};
use crate::git::{Commit, Repo};
use crate::ledger::member::{self, Cause};
use crate::ledger::{Coverage, Known, Landing, There};
use crate::model::{
    Adoption, Arrange, CommitCoverage, Entry, EntryKind, GovernedCommit, Moment, ObjectId, RecordStatus, Sha256,
    branch_of, branch_reference,
};
use crate::report::audit::coverage as report;

/// How far two clocks may be apart: a day, in seconds.
const CLOCKS: u64 = 86_400;

/// The commits of a range and what the ledger says of them.
#[derive(Debug)]
pub(in crate::app) struct Covered {
    /// Parents before children, with what the ledger says.
    pub(in crate::app) commits: Vec<(Commit, CommitCoverage)>,
    pub(in crate::app) adoption: Option<Adoption>,
    /// How many commits of the range were made before that.
    pub(in crate::app) before_adoption: usize,
}

impl Covered {
    /// For a report.
    pub(in crate::app) fn told(self, range: &str) -> report::Covered {
        let commit = |(commit, said): (Commit, CommitCoverage)| report::CoveredCommit {
            subject: commit.subject(),
            author: commit.author.email,
            said,
        };
        report::Covered {
            range: range.to_owned(),
            commits: self.commits.into_iter().map(commit).collect(),
            adoption: self.adoption,
            before_adoption: self.before_adoption,
        }
    }
}

/// Reads the whole ledger and answers for a range `A..B`, or for all that a revision has. `also` is
/// told every entry, too.
pub(in crate::app) fn coverage(
    repo: &Repo,
    revision: &str,
    (depth, now): (Depth, Moment),
    also: &(dyn Fn(&Told) + Sync),
) -> Result<(Reading, Covered), Failure> {
    let (commits, tip) = named(repo, revision)?;
    let asked = governed(repo, &commits)?;
    let asking = Mutex::new(Asking::of(&asked));
    let reading = read_anchored(repo, depth, &|told| {
        also(&told);
        asking.lock().unwrap_or_else(PoisonError::into_inner).take(&told);
    })?;
    let asking = asking.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut answered = asking.answer(repo, tip, now)?;
    let whole = commits.len();
    let answers = std::mem::take(&mut answered.answers);
    let mut commits: Vec<(Commit, CommitCoverage)> = commits.into_iter().zip(answers).collect();
    commits.retain(|(commit, said)| !answered.is_before_adoption(commit, said));
    Ok((reading, Covered { before_adoption: whole - commits.len(), commits, adoption: answered.adoption }))
}

/// What the ledger says of commits, gathered while it is read.
pub(super) struct Asking<'a> {
    coverage: Coverage<'a>,
    starts: Starts,
    /// Who answered is weighed once all of it is read.
    answers: Vec<(Sha256, Entry)>,
}

pub(super) struct Answered {
    adoption: Option<Adoption>,
    /// What was there when the ledger was adopted.
    before: HashSet<ObjectId>,
    /// For each commit that was asked for.
    pub(super) answers: Vec<CommitCoverage>,
}

impl Answered {
    /// Whether a commit was made before the ledger was adopted, and nobody has put it on record since.
    pub(super) fn is_before_adoption(&self, commit: &Commit, said: &CommitCoverage) -> bool {
        said.status == RecordStatus::Unrecorded && self.before.contains(&commit.id)
    }
}

impl<'a> Asking<'a> {
    pub(super) fn of(asked: &'a [GovernedCommit]) -> Self {
        Self { coverage: Coverage::of(asked), starts: Starts::default(), answers: Vec::new() }
    }

    pub(super) fn take(&mut self, told: &Told) {
        self.starts.take(&told.entry);
        // What is wrong speaks for nobody.
        if !told.damage.is_empty() {
            return;
        }
        if matches!(told.entry.kind, EntryKind::Approve | EntryKind::Ratify) {
            self.answers.push((told.id, told.entry.clone()));
        } else {
            self.coverage.take(told.id, &told.entry);
        }
    }

    /// `tip` is the newest of the commits.
    pub(super) fn answer(mut self, repo: &Repo, tip: ObjectId, now: Moment) -> Result<Answered, Failure> {
        let mut history: HashSet<ObjectId> = HashSet::new();
        for tip in trusted_side(repo)?.into_iter().chain([tip]) {
            if !history.contains(&tip) {
                history.extend(repo.commits_between(&[], tip)?.iter().map(|commit| commit.id));
            }
        }
        let mut offices = Offices::of(repo, history);
        self.answers.retain(|(_, entry)| offices.asks(entry));
        for (id, entry) in &self.answers {
            self.coverage.take(*id, entry);
        }
        let given: HashMap<Sha256, &Entry> = self.answers.iter().map(|(id, entry)| (*id, entry)).collect();
        let mut enough = |commit: &GovernedCommit, ids: &[Sha256]| {
            let given: Vec<&Entry> = ids.iter().filter_map(|id| given.get(id).copied()).collect();
            offices.are_enough(commit, &given)
        };
        let adoption = self.starts.adoption(repo, tip)?;
        let before = before(repo, adoption.as_ref())?;
        let known =
            Known { landing: landing(repo, &before)?, there: there(repo, self.coverage.places_of_stops())?, now };
        let answers = self.coverage.answer(&known, &mut enough);
        Ok(Answered { adoption, before, answers })
    }
}

/// What landed on the default branch: what the remote has of it, or a repository that nobody works in.
fn landing(repo: &Repo, before: &HashSet<ObjectId>) -> Result<Option<Landing>, Failure> {
    let Some(name) = repo.default_branch()? else { return Ok(None) };
    let Some(tip) = landed(repo, &name)? else { return Ok(None) };
    let enforcement = law::policy_at(repo, Some(tip))?.0.level_for(Some(&name));
    let commits = repo.commits_between(&[], tip)?.into_iter().map(|commit| commit.id);
    let commits = commits.filter(|id| !before.contains(id)).collect();
    Ok(Some(Landing { reference: branch_reference(&name), enforcement, commits }))
}

/// Where a branch is on the remote, or in a repository that nobody works in.
fn landed(repo: &Repo, branch: &str) -> Result<Option<ObjectId>, Failure> {
    let here = if repo.is_bare() { repo.branch_tip(branch)? } else { None };
    Ok(repo.remote_tip(branch)?.or(here))
}

/// What these branches have; nothing where there is none of that name.
fn there<'p>(repo: &Repo, places: impl Iterator<Item = &'p str>) -> Result<There, Failure> {
    let mut found = There::new();
    for place in places {
        let Some(branch) = branch_of(place) else { continue };
        let commits = landed(repo, branch)?.map(|tip| repo.commits_between(&[], tip)).transpose()?.unwrap_or_default();
        found.insert(place.to_owned(), commits.into_iter().map(|commit| commit.id).collect());
    }
    Ok(found)
}

/// The commits asked for, parents before children, and the newest of them.
pub(super) fn named(repo: &Repo, revision: &str) -> Result<(Vec<Commit>, ObjectId), Failure> {
    if let Some((_, head)) = revision.split_once("..") {
        let head = head.trim_start_matches('.');
        let tip = repo.commit_named(if head.is_empty() { "HEAD" } else { head })?;
        return Ok((repo.commits_named(revision)?, tip));
    }
    let tip = repo.commit_named(revision)?;
    Ok((repo.commits_between(&[], tip)?, tip))
}

/// Where each stream starts to speak of commits.
#[derive(Default)]
struct Starts {
    by_hooks: BTreeMap<String, Adoption>,
    /// Somebody may put on record what is older than the ledger, without moving where it starts. Where no hook
    /// was ever at work, that is all there is.
    by_hand: BTreeMap<String, Adoption>,
}

impl Starts {
    fn take(&mut self, entry: &Entry) {
        let is_of_a_commit = matches!(entry.kind, EntryKind::Decision | EntryKind::Commit)
            && (entry.subject.commit.is_some() || entry.subject.base.is_some());
        if is_of_a_commit {
            let is_by_hand = member::CAUSE.of(entry) == Some(Cause::Record);
            let starts = if is_by_hand { &mut self.by_hand } else { &mut self.by_hooks };
            starts.entry(entry.stream.clone()).or_insert_with(|| Adoption {
                time: entry.time,
                stream: entry.stream.clone(),
                base: entry.subject.base,
                first: entry.subject.commit,
            });
        }
    }

    /// The oldest start that this history has; else the oldest that starts from nothing at all, whose
    /// first commit was replaced since.
    fn adoption(self, repo: &Repo, tip: ObjectId) -> Result<Option<Adoption>, Failure> {
        let mut starts: Vec<Adoption> =
            if self.by_hooks.is_empty() { self.by_hand } else { self.by_hooks }.into_values().collect();
        starts.arrange_by(|one, other| (one.time, &one.stream).cmp(&(other.time, &other.stream)));
        let history: HashSet<ObjectId> = repo.commits_between(&[], tip)?.iter().map(|commit| commit.id).collect();
        let is_here = |start: &&Adoption| start.base.or(start.first).is_some_and(|commit| history.contains(&commit));
        let found = starts.iter().find(is_here).or_else(|| starts.iter().find(|start| start.base.is_none()));
        Ok(found.cloned())
    }
}

/// What was there when the ledger was adopted. A commit that says it is younger was not.
fn before(repo: &Repo, adoption: Option<&Adoption>) -> Result<HashSet<ObjectId>, Failure> {
    let Some(Adoption { base: Some(base), time, .. }) = adoption else { return Ok(HashSet::new()) };
    let latest = i64::try_from(time.seconds() + CLOCKS).unwrap_or(i64::MAX);
    let there = repo.commits_between(&[], *base)?;
    Ok(there.iter().filter(|commit| commit.committed_at <= latest).map(|commit| commit.id).collect())
}
