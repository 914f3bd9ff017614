//! Reads what changed, measures it, and runs the content rules over it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::beside::beside;
use super::copies::{Copies, copies};
use super::large::{self, Stored};
use super::recent::Recent;
use super::signed::{Signed, Told};
use super::target::Subject;
use super::unscanned::{Naming, unscanned};
use crate::app::law::Law;
use crate::app::progress::Progress;
use crate::app::{Failure, parallel};
use crate::check::rules::{Candidate, Common, Found, Standing, Stream, Tally};
use crate::check::waivers::{Inline, Scope, Waiving, is_own_excuse};
use crate::check::{line_diff, measure, survey};
use crate::git::{Commit, Repo};
use crate::model::{
    Arrange, Content, Date, FileChange, FileFacts, Finding, Fingerprint, ManyFacts, ObjectId, RepoPath, RuleId, Side,
    TargetKind,
};

/// Of files that were as large as this together, another thread takes some of the rest.
const MUCH: usize = 48 * 1024;

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

/// What is the same for every file of a run.
#[derive(Clone, Copy)]
pub(super) struct Examiner<'a> {
    pub(super) law: &'a Law,
    pub(super) signed: &'a Signed<'a>,
    pub(super) by_agent: bool,
    /// Files are judged as they stand, not for what became of them.
    pub(super) in_tree: bool,
    pub(super) today: Date,
    /// Somebody waits at a terminal.
    pub(super) is_watched: bool,
    pub(super) naming: Naming,
}

/// A part of the work, which any thread can do.
enum Task<'s> {
    File(&'s FileChange),
    Copies(Copies<'s>),
    Commit(&'s Commit),
}

enum Done {
    File(OfFile),
    Copies(Vec<(usize, OfFile)>),
    Commit(Box<OfCommit>),
}

/// What one file of a change tells.
pub(super) struct OfFile {
    pub(super) facts: Box<FileFacts>,
    /// Of most files there is nothing else to tell.
    else_told: Option<Box<(Found, Told)>>,
}

impl OfFile {
    pub(super) fn new(facts: FileFacts, found: Found, signed: Told) -> Self {
        let is_quiet = found.is_nothing() && signed.is_nothing();
        Self { facts: Box::new(facts), else_told: (!is_quiet).then(|| Box::new((found, signed))) }
    }

    /// What is told of its signature, if anything is.
    pub(super) fn signed(&self) -> Option<&Told> {
        self.else_told.as_deref().map(|(_, signed)| signed)
    }

    /// Tells of its signature this, and nothing else.
    pub(super) fn tell_signed(&mut self, finding: Finding) {
        let nothing = || Box::new((Found::nothing(self.facts.scanned), Told::default()));
        self.else_told.get_or_insert_with(nothing).1.finding = Some(finding);
    }
}

/// What one commit of a change tells.
#[derive(Default)]
struct OfCommit {
    paths: Vec<RepoPath>,
    in_message: Vec<Finding>,
    in_files: Vec<Finding>,
    /// That it excuses itself.
    excuses: Vec<Finding>,
}

/// What the threads know of each other's work.
struct Shared<'s> {
    clean: Clean,
    /// Files that the change as one adds.
    added: HashMap<&'s RepoPath, Side>,
    recent: Recent,
    trees: HashMap<ObjectId, ObjectId>,
    /// Whether commits are read one by one, for what some of them added and a later one took out again.
    one_by_one: bool,
}

impl Examiner<'_> {
    /// Reads the files of the change as one, and then what its commits did.
    pub(super) fn examine(&self, repo: &Repo, subject: &Subject) -> Result<Examined, Failure> {
        let tasks = self.tasks(subject);
        let shared = Shared::of(subject, self.in_tree);
        let progress = Progress::new("reading files and commits:", tasks.len(), self.is_watched);
        let work = |repo: &Repo, task: &Task<'_>| match task {
            Task::File(change) => Ok(Done::File(self.file(repo, change, &shared.clean)?)),
            Task::Copies(copies) => Ok(Done::Copies(self.copies(repo, copies)?)),
            Task::Commit(commit) => Ok(Done::Commit(Box::new(self.commit(repo, commit, &shared)?))),
        };
        let is_much = || shared.clean.is_worth_a_thread();
        let done = parallel::for_each_or_few(repo, &tasks, &|done| progress.reached(done), &work, &is_much)?;
        let (mut files, commits) = parted(done);
        if !self.in_tree {
            self.signed.follow(repo, &mut files)?;
        }
        if self.signed.is_landing {
            self.signed.returned(repo, subject, &mut files)?;
        }
        let beside = if self.in_tree { Vec::new() } else { beside(repo, subject, &self.law.rules)? };
        let (mut examined, inline) = self.whole(subject, files, &beside);
        let (mut in_files, mut excuses) = (Vec::new(), Vec::new());
        for of_commit in commits {
            examined.touched.extend(of_commit.paths);
            examined.findings.extend(of_commit.in_message);
            in_files.extend(of_commit.in_files);
            excuses.extend(of_commit.excuses);
        }
        let message = subject.message.iter().flat_map(|message| self.law.rules.scan_message(message, self.by_agent));
        examined.findings.extend(message);
        let tags = subject.tag.map(|tag| repo.tag_messages(tag)).transpose()?.unwrap_or_default();
        examined.findings.extend(tags.iter().flat_map(|message| self.law.rules.scan_tag(message, self.by_agent)));
        // The same text in a later commit is the same finding; the first commit is named.
        let mut known: HashSet<Fingerprint> = examined.findings.iter().map(|finding| finding.fingerprint).collect();
        examined.findings.extend(in_files.into_iter().filter(|finding| known.insert(finding.fingerprint)));
        examined.touched.arrange();
        examined.touched.dedup();
        let scope = if self.in_tree { Scope::Tree } else { Scope::Change };
        examined.findings = self.waiving(scope).apply(examined.findings, &inline);
        let said = |finding: &Finding| (finding.fingerprint, finding.severity);
        let mut known: HashSet<_> = examined.findings.iter().map(said).collect();
        examined.findings.extend(excuses.into_iter().filter(|finding| known.insert(said(finding))));
        examined.notes = unscanned(&examined.files.iter().map(|file| (&file.change.path, file.scanned)), self.naming);
        Ok(examined)
    }

    fn tasks<'s>(&self, subject: &'s Subject) -> Vec<Task<'s>> {
        let mut tasks: Vec<Task<'_>> = if self.in_tree {
            copies(&subject.changes).into_iter().map(Task::Copies).collect()
        } else {
            subject.changes.iter().map(Task::File).collect()
        };
        tasks.extend(subject.commits.iter().map(Task::Commit));
        tasks
    }

    pub(super) fn waiving(&self, scope: Scope) -> Waiving<'_> {
        Waiving { rules: &self.law.rules, waivers: self.law.waivers(), today: self.today, scope }
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

    pub(super) fn file(&self, repo: &Repo, change: &FileChange, clean: &Clean) -> Result<OfFile, Failure> {
        let before = change.from.as_ref().unwrap_or(&change.path);
        let old = repo.content(change.old, before, &mut |_| ())?;
        let mut stream = None;
        let new = repo.content(change.new, &change.path, &mut |piece| {
            stream.get_or_insert_with(|| self.stream(change)).push(piece);
        })?;
        clean.count(&old);
        clean.count(&new);
        let marked = self.law.marked_generated(&change.path);
        let mut facts = if self.in_tree {
            survey(change.clone(), &new, marked)
        } else {
            measure(change.clone(), &old, &new, marked)
        };
        let candidate = self.candidate(change, bytes(&old), bytes(&new));
        let candidate = Candidate { known: Some(&facts.lines), ..candidate };
        let mut found = self.law.rules.scan(&candidate, || Cow::Borrowed(&facts.lines));
        if let Some(mut streamed) = stream.map(Stream::finish) {
            if let Some(stored) = Stored::of(change.new, &new).filter(|_| large::is_to_open(&streamed)) {
                let sides = (Stored::of(change.old, &old), stored);
                large::open(&self.law.rules, repo, &candidate, sides, &mut streamed)?;
            }
            found.findings.extend(streamed.findings);
            found.waivers.extend(streamed.waivers);
            facts.scanned = streamed.scanned;
        } else if found.findings.is_empty() && change.old.is_none() && !self.in_tree {
            clean.insert(change);
        }
        facts.scanned = facts.scanned.after(found.scanned);
        let signed = self.signed.look(repo, &facts, &old, &new)?;
        Ok(OfFile::new(facts, found, signed))
    }

    fn commit(&self, repo: &Repo, commit: &Commit, shared: &Shared<'_>) -> Result<OfCommit, Failure> {
        let of_commit = |findings: Vec<Finding>| findings.into_iter().map(|finding| of_commit(finding, commit.id));
        let in_message = of_commit(self.law.rules.scan_message(&commit.message, self.by_agent)).collect();
        if !shared.one_by_one {
            return Ok(OfCommit { in_message, ..OfCommit::default() });
        }
        let changes = repo.changes_among(&shared.trees, commit)?;
        let (mut in_files, mut excuses) = (Vec::new(), Vec::new());
        let is_new = |change: &&FileChange| change.new.is_some() && !shared.adds(change) && !shared.clean.has(change);
        for change in changes.iter().filter(is_new) {
            let found = self.added_in(repo, change, &shared.recent)?;
            if found.is_empty() {
                shared.clean.insert(change);
            }
            let (own, found) = found.into_iter().partition(is_own_excuse);
            in_files.extend(of_commit(found));
            excuses.extend(of_commit(own));
        }
        Ok(OfCommit { paths: changes.into_iter().map(|change| change.path).collect(), in_message, in_files, excuses })
    }

    fn added_in(&self, repo: &Repo, change: &FileChange, recent: &Recent) -> Result<Vec<Finding>, Failure> {
        let mut stream = None;
        let new = recent.content(repo, change.new, &change.path, &mut |piece| {
            stream.get_or_insert_with(|| self.stream(change)).push(piece);
        })?;
        let before = || recent.content(repo, change.old, &change.path, &mut |_| ());
        if let Some(mut found) = stream.map(Stream::finish) {
            if let Some(stored) = Stored::of(change.new, &new).filter(|_| large::is_to_open(&found)) {
                let old = before()?;
                let sides = (Stored::of(change.old, &old), stored);
                large::open(&self.law.rules, repo, &self.candidate(change, None, None), sides, &mut found)?;
            }
            return Ok(self.waived(found));
        }
        let old = before()?;
        // What is gone is judged of the change as a whole, and so is what it is weighed against.
        let added = self.candidate(change, None, bytes(&new));
        let before = bytes(&old);
        let added = Candidate { before, common: Common::of(before, bytes(&new)), is_weighed: false, ..added };
        Ok(self.waived(self.law.rules.scan(&added, || Cow::Owned(line_diff(&old, &new)))))
    }

    /// What is wrong with a waiver is told of the change as a whole, not of every commit; what it
    /// excuses may be only in one.
    fn waived(&self, found: Found) -> Vec<Finding> {
        let mut findings = self.waiving(Scope::Commit).apply(found.findings, &found.waivers);
        findings.retain(|finding| !finding.rule.is_of(RuleId::WAIVER) || is_own_excuse(finding));
        findings
    }

    fn stream<'c>(&'c self, change: &'c FileChange) -> Stream<'c> {
        self.law.rules.stream(self.candidate(change, None, None))
    }

    pub(super) fn candidate<'c>(
        &self,
        change: &'c FileChange,
        old: Option<&'c [u8]>,
        new: Option<&'c [u8]>,
    ) -> Candidate<'c> {
        Candidate {
            path: &change.path,
            from: change.from.as_ref(),
            old_mode: change.old.map(|side| side.mode),
            new_mode: change.new.map(|side| side.mode),
            old,
            new,
            before: old,
            common: Common::of(old, new),
            known: None,
            by_agent: self.by_agent,
            in_tree: self.in_tree,
            is_weighed: true,
        }
    }
}

impl<'s> Shared<'s> {
    fn of(subject: &'s Subject, in_tree: bool) -> Self {
        let is_added = |change: &&FileChange| change.old.is_none() && !in_tree;
        let added = subject.changes.iter().filter(is_added);
        Self {
            clean: Clean::default(),
            added: added.filter_map(|change| Some((&change.path, change.new?))).collect(),
            recent: Recent::default(),
            trees: subject.commits.iter().map(|commit| (commit.id, commit.tree)).collect(),
            one_by_one: subject.kind == TargetKind::Range && subject.commits.len() > 1,
        }
    }

    /// Whether a commit adds what the change as one adds too: all that is found in it is found there.
    fn adds(&self, change: &FileChange) -> bool {
        change.old.is_none() && change.new.as_ref() == self.added.get(&change.path)
    }
}

/// The files, those that stand in copies by their places, and the commits.
fn parted(done: Vec<Done>) -> (Vec<OfFile>, Vec<OfCommit>) {
    let (mut files, mut standing, mut commits) = (Vec::new(), Vec::new(), Vec::new());
    for done in done {
        match done {
            Done::File(file) => files.push(file),
            Done::Copies(copies) => standing.extend(copies),
            Done::Commit(commit) => commits.push(*commit),
        }
    }
    standing.arrange_by_key(|(place, _)| *place);
    files.extend(standing.into_iter().map(|(_, file)| file));
    (files, commits)
}

/// What was read and held nothing, however many commits carry it.
#[derive(Default)]
pub(super) struct Clean {
    seen: Mutex<HashSet<(ObjectId, RepoPath)>>,
    /// How many bytes were read, of files with something in them or not.
    bytes: AtomicUsize,
}

impl Clean {
    /// Whether so much was read that the rest is worth another thread.
    fn is_worth_a_thread(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= MUCH
    }

    fn count(&self, content: &Content) {
        self.bytes.fetch_add(bytes(content).map_or(0, <[u8]>::len), Ordering::Relaxed);
    }

    fn has(&self, change: &FileChange) -> bool {
        change.new.is_some_and(|side| self.seen().contains(&(side.id, change.path.clone())))
    }

    fn insert(&self, change: &FileChange) {
        if let Some(side) = change.new {
            self.seen().insert((side.id, change.path.clone()));
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashSet<(ObjectId, RepoPath)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn bytes(content: &Content) -> Option<&[u8]> {
    match content {
        Content::Bytes(bytes) => Some(bytes),
        Content::Absent | Content::Large { .. } | Content::Commit(_) => None,
    }
}

fn of_commit(mut finding: Finding, commit: ObjectId) -> Finding {
    finding.place.commit = Some(commit);
    finding
}
