//! Reads what changed, measures it, and runs the content rules over it.

use std::collections::HashSet;

use super::beside::beside;
use super::copies::{Copies, copies};
use super::file::{Examiner, OfFile};
use super::steps::{Known, OfCommits, OfStep, Step, Walk, path_of, pieces};
use super::subject::Subject;
use super::unscanned::unscanned;
use crate::app::progress::Progress;
use crate::app::{Failure, parallel};
use crate::check::rules::{Standing, Tally};
use crate::check::waivers::{Inline, Scope};
use crate::git::{Repo, Tag};
use crate::model::{Arrange, FileChange, Finding, Fingerprint, ManyFacts, RepoPath};

/// A change with everything measured and found in it.
pub(super) struct Examined {
    pub(super) files: ManyFacts,
    pub(super) findings: Vec<Finding>,
    /// Every path that some commit of a range touched.
    pub(super) touched: Vec<RepoPath>,
    /// How many signed files are what was signed.
    pub(super) verified: usize,
    /// What could not be read, and what else there is to know.
    pub(super) notes: Vec<String>,
}

/// A part of the work, which any thread can do.
enum Task<'s> {
    /// With its place among the files of the change.
    File(usize, &'s FileChange),
    Copies(Copies<'s>),
    Steps(&'s [Step]),
}

/// What was read, each file with its place.
#[derive(Default)]
struct Done {
    files: Vec<(usize, OfFile)>,
    steps: Vec<OfStep>,
}

impl Examiner<'_> {
    /// Reads the files of the change as one, and what its commits did to them.
    pub(super) fn examine(&self, repo: &Repo, subject: &Subject) -> Result<Examined, Failure> {
        let (mut files, commits) = self.read(repo, subject)?;
        if !self.in_tree {
            self.signed.follow(repo, &mut files)?;
        }
        if self.signed.is_landing {
            self.signed.returned(repo, subject, &mut files)?;
        }
        let beside = if self.in_tree { Vec::new() } else { beside(repo, subject, &self.law.rules)? };
        let (mut examined, inline) = self.whole(subject, files, &beside);
        examined.findings.extend(commits.in_messages);
        let message = subject.message.iter().flat_map(|message| self.law.rules.scan_message(message, self.by_agent));
        examined.findings.extend(message);
        let tags = subject.tag.map(|tag| repo.tags(tag)).transpose()?.unwrap_or_default();
        let in_tag = |tag: &Tag| self.law.rules.scan_tag(&tag.header, &tag.message, self.by_agent);
        examined.findings.extend(tags.iter().flat_map(in_tag));
        // The same text in a later commit is the same finding; the first commit is named.
        let mut known: HashSet<Fingerprint> = examined.findings.iter().map(|finding| finding.fingerprint).collect();
        examined.findings.extend(commits.in_files.into_iter().filter(|finding| known.insert(finding.fingerprint)));
        examined.touched = commits.touched;
        let scope = if self.in_tree { Scope::Tree } else { Scope::Change };
        examined.findings = self.waiving(scope).apply(examined.findings, &inline);
        let said = |finding: &Finding| (finding.fingerprint, finding.severity);
        let mut known: HashSet<_> = examined.findings.iter().map(said).collect();
        examined.findings.extend(commits.excuses.into_iter().filter(|finding| known.insert(said(finding))));
        examined.notes = unscanned(&examined.files.iter().map(|file| (&file.change.path, file.scanned)), self.naming);
        Ok(examined)
    }

    /// The files of the change as one, and what its commits tell.
    fn read(&self, repo: &Repo, subject: &Subject) -> Result<(Vec<OfFile>, OfCommits), Failure> {
        let (known, mut walk, mut told) = (Known::of(subject), Walk::of(subject), OfCommits::default());
        let mut files = Vec::with_capacity(subject.changes.len());
        let mut unread = self.files(subject);
        loop {
            let steps = walk.next(repo, self, &mut told)?;
            let mut tasks = std::mem::take(&mut unread);
            if !steps.is_empty() {
                tasks.extend(pieces(&steps).map(Task::Steps));
                // What becomes of a file in the end stands near the versions that it had on the way.
                tasks.arrange_by(|a, b| a.path().cmp(&b.path()));
            }
            let done = self.done(repo, &tasks, &known)?;
            files.extend(done.files);
            walk.tell(done.steps, &mut told);
            if walk.is_over() {
                break;
            }
        }
        files.arrange_by_key(|(place, _)| *place);
        Ok((files.into_iter().map(|(_, file)| file).collect(), told))
    }

    fn files<'s>(&self, subject: &'s Subject) -> Vec<Task<'s>> {
        if self.in_tree {
            copies(&subject.changes).into_iter().map(Task::Copies).collect()
        } else {
            subject.changes.iter().enumerate().map(|(place, change)| Task::File(place, change)).collect()
        }
    }

    fn done(&self, repo: &Repo, tasks: &[Task<'_>], known: &Known<'_>) -> Result<Done, Failure> {
        let progress = Progress::new("reading files:", tasks.len(), self.is_watched);
        let work = |repo: &Repo, task: &Task<'_>| {
            Ok(match task {
                Task::File(place, change) => {
                    Done { files: vec![(*place, self.file(repo, change, &known.clean)?)], ..Done::default() }
                }
                Task::Copies(copies) => Done { files: self.copies(repo, copies)?, ..Done::default() },
                Task::Steps(steps) => Done { steps: self.steps(repo, steps, known)?, ..Done::default() },
            })
        };
        let is_much = || known.clean.is_worth_a_thread();
        let mut all = Done::default();
        for done in parallel::for_each_or_few(repo, tasks, &|done| progress.reached(done), &work, &is_much)? {
            all.files.extend(done.files);
            all.steps.extend(done.steps);
        }
        Ok(all)
    }

    /// The change as one, and the waivers in its texts.
    fn whole(&self, subject: &Subject, read: Vec<OfFile>, beside: &[RepoPath]) -> (Examined, Vec<Inline>) {
        let mut examined = Examined {
            files: Vec::with_capacity(read.len()),
            findings: Vec::new(),
            touched: Vec::new(),
            verified: 0,
            notes: Vec::new(),
        };
        let (mut tally, mut inline) = (Tally::default(), Vec::new());
        for OfFile { facts, else_told } in read {
            examined.files.push(facts);
            let Some((found, signed)) = else_told.map(|told| *told) else { continue };
            examined.findings.extend(found.findings);
            examined.findings.extend(signed.finding);
            examined.verified += usize::from(signed.is_verified);
            tally.add(found.tally);
            inline.extend(found.waivers);
        }
        examined.findings.extend(self.law.rules.net(tally));
        let there = subject.changes.iter().filter(|change| change.new.is_some()).map(|change| Standing {
            path: &change.path,
            is_new: change.old.is_none() || change.from.is_some(),
            by_agent: self.by_agent,
        });
        let beside = beside.iter().map(|path| Standing { path, is_new: false, by_agent: self.by_agent });
        examined.findings.extend(self.law.rules.collisions(&beside.chain(there).collect::<Vec<_>>()));
        (examined, inline)
    }
}

impl Task<'_> {
    /// Where it is, of what is read in the order of paths.
    fn path(&self) -> Option<&RepoPath> {
        match self {
            Self::File(_, change) => Some(&change.path),
            Self::Copies(_) => None,
            Self::Steps(steps) => path_of(steps),
        }
    }
}
