//! What the commits of a range did to its files, one path after the other: what one commit made of a file
//! the next one changed, and packs keep the versions of a file as what differs from each other.

use std::borrow::Cow;
use std::collections::HashMap;

use super::clean::Clean;
use super::file::Examiner;
use super::large::{self, Stored};
use super::subject::Subject;
use crate::app::progress::Progress;
use crate::app::{Failure, parallel};
use crate::check::line_diff;
use crate::check::rules::{Candidate, Common, Found, Stream};
use crate::check::waivers::{Scope, is_own_excuse};
use crate::git::{Commit, Repo};
use crate::model::{Arrange, Content, FileChange, Finding, ObjectId, RepoPath, RuleId, Side, TargetKind};

/// The changes of no more commits than this are held at once.
const COMMITS_AT_ONCE: usize = 4_096;

/// So many changes of one path are looked through by one thread.
const STEPS_AT_ONCE: usize = 16;

/// What the commits of a change tell.
#[derive(Default)]
pub(super) struct OfCommits {
    /// Every path that some commit touched.
    pub(super) touched: Vec<RepoPath>,
    pub(super) in_messages: Vec<Finding>,
    pub(super) in_files: Vec<Finding>,
    /// Of commits that excuse themselves.
    pub(super) excuses: Vec<Finding>,
}

/// What one commit did to one file.
pub(super) struct Step {
    /// Its place among the commits.
    commit: usize,
    change: FileChange,
}

/// What is found in that, if anything is.
pub(super) struct OfStep {
    commit: usize,
    found: Vec<Finding>,
}

/// What was read before is not read again for what a commit did.
pub(super) struct Known<'s> {
    pub(super) clean: Clean,
    /// Files that the change as one adds.
    added: HashMap<&'s RepoPath, Side>,
}

impl<'s> Known<'s> {
    pub(super) fn of(subject: &'s Subject) -> Self {
        let added = subject.changes.iter().filter(|change| change.old.is_none() && is_read_by_commit(subject));
        Self { clean: Clean::default(), added: added.filter_map(|change| Some((&change.path, change.new?))).collect() }
    }

    /// Whether a commit adds what the change as one adds too, or what held nothing: all that is found in it is
    /// found elsewhere.
    fn tells(&self, change: &FileChange) -> bool {
        let is_added = change.old.is_none() && change.new.as_ref() == self.added.get(&change.path);
        is_added || self.clean.has(change)
    }
}

/// The commits of a change, some at a time.
pub(super) struct Walk<'s> {
    commits: &'s [Commit],
    trees: HashMap<ObjectId, ObjectId>,
    one_by_one: bool,
    done: usize,
}

impl<'s> Walk<'s> {
    pub(super) fn of(subject: &'s Subject) -> Self {
        let commits = subject.commits.as_slice();
        let trees = commits.iter().map(|commit| (commit.id, commit.tree)).collect();
        Self { commits, trees, one_by_one: is_read_by_commit(subject), done: 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.done >= self.commits.len()
    }

    /// What the next commits say, and what each of them did, by path.
    pub(super) fn next(
        &mut self,
        repo: &Repo,
        examiner: &Examiner<'_>,
        told: &mut OfCommits,
    ) -> Result<Vec<Step>, Failure> {
        let rest = self.commits.get(self.done..).unwrap_or_default();
        let commits = rest.get(..COMMITS_AT_ONCE).unwrap_or(rest);
        let progress = Progress::new("walking commits:", self.commits.len(), examiner.is_watched);
        let work = |repo: &Repo, commit: &Commit| {
            let in_message = examiner.law.rules.scan_commit(&commit.header, &commit.message, examiner.by_agent);
            let changes = if self.one_by_one { repo.changes_among(&self.trees, commit)? } else { Vec::new() };
            Ok((in_message, changes))
        };
        let walked = parallel::for_each(repo, commits, &|done| progress.reached(self.done + done), &work)?;
        let mut steps = Vec::new();
        for ((at, commit), (in_message, changes)) in (self.done..).zip(commits).zip(walked) {
            told.in_messages.extend(of_commit(in_message, commit));
            steps.extend(changes.into_iter().map(|change| Step { commit: at, change }));
        }
        self.done += commits.len();
        steps.arrange_by(|a, b| a.change.path.cmp(&b.change.path));
        told.touched.extend(steps.iter().map(|step| step.change.path.clone()));
        told.touched.arrange();
        told.touched.dedup();
        Ok(steps)
    }

    /// Takes in what was found in steps that are in the order of their paths.
    pub(super) fn tell(&self, mut steps: Vec<OfStep>, told: &mut OfCommits) {
        steps.arrange_by_key(|step| step.commit);
        for OfStep { commit, found } in steps {
            let Some(commit) = self.commits.get(commit) else { continue };
            let (own, found) = found.into_iter().partition(is_own_excuse);
            told.in_files.extend(of_commit(found, commit));
            told.excuses.extend(of_commit(own, commit));
        }
    }
}

/// Whether commits are read one by one, for what some of them added and a later one took out again.
fn is_read_by_commit(subject: &Subject) -> bool {
    subject.kind == TargetKind::Range && subject.commits.len() > 1
}

/// Of the steps, which are in the order of their paths, those that one thread looks through.
pub(super) fn pieces(steps: &[Step]) -> impl Iterator<Item = &[Step]> {
    steps.chunk_by(|a, b| a.change.path == b.change.path).flat_map(|of_path| of_path.chunks(STEPS_AT_ONCE))
}

pub(super) fn path_of(steps: &[Step]) -> Option<&RepoPath> {
    steps.first().map(|step| &step.change.path)
}

impl Examiner<'_> {
    /// What is found in changes of one path that follow each other.
    pub(super) fn steps(&self, repo: &Repo, steps: &[Step], known: &Known<'_>) -> Result<Vec<OfStep>, Failure> {
        let (mut of_steps, mut last) = (Vec::new(), None);
        for Step { commit, change } in steps.iter().filter(|step| step.change.new.is_some()) {
            if known.tells(change) {
                continue;
            }
            let found = self.added_in(repo, change, &mut last)?;
            if found.is_empty() {
                known.clean.insert(change);
            } else {
                of_steps.push(OfStep { commit: *commit, found });
            }
        }
        Ok(of_steps)
    }

    /// `last` is what was read for the change before.
    fn added_in(
        &self,
        repo: &Repo,
        change: &FileChange,
        last: &mut Option<(Side, Content)>,
    ) -> Result<Vec<Finding>, Failure> {
        let before = last.take().filter(|(side, _)| change.old == Some(*side));
        let mut stream = None;
        let new = repo.content(change.new, &change.path, &mut |piece| {
            stream.get_or_insert_with(|| self.stream(change)).push(piece);
        })?;
        let before = || match before {
            Some((_, content)) => Ok(content),
            None => repo.content(change.old, &change.path, &mut |_| ()),
        };
        let found = if let Some(mut found) = stream.map(Stream::finish) {
            if let Some(stored) = Stored::of(change.new, &new).filter(|_| large::is_to_open(&found)) {
                let old = before()?;
                let sides = (Stored::of(change.old, &old), stored);
                large::open(&self.law.rules, repo, &self.candidate(change, None, None), sides, &mut found)?;
            }
            found
        } else {
            let old = before()?;
            // What is gone is judged of the change as a whole, and so is what it is weighed against.
            let added = self.candidate(change, None, new.bytes());
            let before = old.bytes();
            let added = Candidate { before, common: Common::of(before, new.bytes()), is_weighed: false, ..added };
            self.law.rules.scan(&added, || Cow::Owned(line_diff(&old, &new)))
        };
        *last = change.new.map(|side| (side, new));
        Ok(self.waived(found))
    }

    /// What is wrong with a waiver is told of the change as a whole, not of every commit; what it
    /// excuses may be only in one.
    fn waived(&self, found: Found) -> Vec<Finding> {
        let mut findings = self.waiving(Scope::Commit).apply(found.findings, &found.waivers);
        findings.retain(|finding| !finding.rule.is_of(RuleId::WAIVER) || is_own_excuse(finding));
        findings
    }
}

fn of_commit(findings: Vec<Finding>, commit: &Commit) -> impl Iterator<Item = Finding> {
    findings.into_iter().map(|mut finding| {
        finding.place.commit = Some(commit.id);
        finding
    })
}
