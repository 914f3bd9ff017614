//! Hears what was said of a change before it is decided on, and sets aside the commits of a range that
//! were approved by themselves.

use std::collections::{BTreeMap, HashSet};

use super::brought::{Brought, brought, with};
use super::examine::Examined;
use super::file::Examiner;
use super::subject::Subject;
use super::{history, mends, people};
use crate::app::Failure;
use crate::app::memory::{Hearing, Records};
use crate::check::{self, Gathered, measure};
use crate::gate::{self, Extent, SetAside};
use crate::git::{Commit, Repo};
use crate::ledger::member;
use crate::model::{
    Arrange, Assessment, ChangeId, Decision, Enforcement, Entry, EntryKind, Evidence, FileChange, Gate, Landing, Need,
    Outcome, RepoPath, Risk, Sha256, Side, TargetKind, Word,
};

/// A decision and what it was made of.
pub(super) struct Weighed {
    pub(super) assessment: Assessment,
    pub(super) evidence: Evidence,
    pub(super) decision: Decision,
}

/// The same once everybody was heard.
pub(super) struct Heard {
    pub(super) weighed: Weighed,
    /// What the whole asks for.
    pub(super) needs: Vec<Need>,
    pub(super) risk: Risk,
    pub(super) ids: Vec<Sha256>,
}

/// Whose words are heard, and the words themselves where they are wanted in any case.
pub(super) struct Ears<'a> {
    only: Option<&'a [Sha256]>,
    /// Before the files are looked at: by then the ledger was read, and what it signs is known.
    opened: Option<Hearing>,
    pub(super) is_landing: bool,
}

impl<'a> Ears<'a> {
    /// What passes at a commit without anybody's word passes without being asked about.
    pub(super) fn open(
        repo: &Repo,
        subject: &Subject,
        gate: Gate,
        only: Option<&'a [Sha256]>,
    ) -> Result<Self, Failure> {
        let is_landing = subject.kind == TargetKind::Range && gate == Gate::Push;
        let open = || Hearing::with(repo, subject.trusted, only, &subject.arriving);
        Ok(Self { only, opened: is_landing.then(open).transpose()?, is_landing })
    }
}

/// `first` was decided without the ledger, which is read only where it may matter.
pub(super) fn hear(
    repo: &Repo,
    examiner: &Examiner<'_>,
    subject: &Subject,
    first: Weighed,
    ears: Ears<'_>,
) -> Result<Heard, Failure> {
    let policy = &examiner.law.policy;
    let needs = first.decision.needed.iter().map(|need| Need { counted: Vec::new(), ..need.clone() }).collect();
    let risk = first.assessment.risk.clone();
    let mut heard = Heard { weighed: first, needs, risk, ids: Vec::new() };
    let is_open = ears.opened.is_some() || heard.weighed.decision.outcome > Outcome::Overridden;
    if !subject.kind.is_change() || !is_open {
        return Ok(heard);
    }
    let hearing = match ears.opened {
        Some(hearing) => hearing,
        None => Hearing::with(repo, subject.trusted, ears.only, &subject.arriving)?,
    };
    let asks = heard.weighed.decision.outcome > Outcome::Overridden;
    let glass = broken_glass(repo, &heard.weighed.evidence, &subject.commits)?;
    if glass.is_empty() && !hearing.matters(asks) {
        return Ok(heard);
    }
    let own = own_changes(repo, &subject.commits)?;
    let Weighed { assessment, evidence, decision } = &mut heard.weighed;
    evidence.landing.covered = own.iter().flatten().copied().collect();
    evidence.landing.undone = undone(repo, &subject.commits, &own, assessment)?;
    evidence.landing.requested_by.extend(requested_by(repo, &subject.commits)?);
    let words = hearing.words(repo, &evidence.landing, subject.onto, &evidence.authors);
    heard.ids = words.iter().map(|word| word.id).collect();
    let supposed = std::mem::replace(&mut evidence.words, words);
    evidence.words.extend(supposed.iter().cloned().chain(glass));
    evidence.landing.fixes = mends::mended(repo, subject, &evidence.words)?;
    *decision = gate::decide(assessment, evidence, policy, Extent::Whole);
    if decision.outcome == Outcome::ApprovalPending && subject.commits.len() > 1 {
        let whole = Whole { repo, examiner, subject, hearing: &hearing, supposed: &supposed, own: &own };
        if let Some(rest) = whole.without_what_is_approved(&heard.weighed)? {
            heard.ids.extend(rest.evidence.words.iter().filter(|word| word.bond.is_some()).map(|word| word.id));
            heard.ids.arrange();
            heard.ids.dedup();
            (heard.weighed.assessment, heard.weighed.decision) = (rest.assessment, rest.decision);
        }
    }
    Ok(heard)
}

/// The commits of a push to production that were made while the hooks stood aside.
fn broken_glass(repo: &Repo, evidence: &Evidence, commits: &[Commit]) -> Result<Vec<Word>, Failure> {
    let mut found = Vec::new();
    if evidence.level < Enforcement::Production || evidence.gate == Gate::Commit {
        return Ok(found);
    }
    let records = Records::of(repo)?;
    for commit in commits {
        let about = records.about(commit.id)?;
        let is_glass = |entry: &Entry| {
            entry.kind == EntryKind::Commit
                && entry.subject.commit == Some(commit.id)
                && entry.written_at() <= evidence.landing.now
                && member::DISABLED.of(entry) == Some(true)
        };
        found.extend(
            about.iter().filter(|(_, entry)| is_glass(entry)).map(|(id, entry)| Hearing::glass(*id, entry, commit.id)),
        );
    }
    Ok(found)
}

/// The own change of each commit; none for one that changes nothing of its own, as a clean merge.
pub(in crate::app) fn own_changes(repo: &Repo, commits: &[Commit]) -> Result<Vec<Option<ChangeId>>, Failure> {
    let own = |commit| {
        let changes = repo.changes_of(commit)?;
        if changes.is_empty() { Ok(None) } else { change_id(repo, changes).map(Some) }
    };
    commits.iter().map(own).collect()
}

/// The own changes of those commits that touch what all of them together leave as it was.
fn undone(
    repo: &Repo,
    commits: &[Commit],
    own: &[Option<ChangeId>],
    assessment: &Assessment,
) -> Result<Vec<ChangeId>, Failure> {
    let mut found = Vec::new();
    if assessment.touched_and_undone.is_empty() {
        return Ok(found);
    }
    let paths: HashSet<&RepoPath> = assessment.touched_and_undone.iter().map(|(path, _)| path).collect();
    for (commit, own) in commits.iter().zip(own) {
        let Some(own) = own else { continue };
        if repo.changes_of(commit)?.iter().any(|change| paths.contains(&change.path)) {
            found.push(*own);
        }
    }
    Ok(found)
}

fn change_id(repo: &Repo, changes: Vec<FileChange>) -> Result<ChangeId, Failure> {
    let mut files = Vec::with_capacity(changes.len());
    for change in changes {
        let old = repo.content(change.old, change.from.as_ref().unwrap_or(&change.path), &mut |_| ())?;
        let new = repo.content(change.new, &change.path, &mut |_| ())?;
        files.push(measure(change, &old, &new, None));
    }
    Ok(ChangeId::of(&files))
}

/// Who asked an agent for these commits, or for what they were made of, as the records say.
fn requested_by(repo: &Repo, commits: &[Commit]) -> Result<Vec<String>, Failure> {
    let mut people = Vec::new();
    let records = Records::of(repo)?;
    let mut take = |entries: &[Entry]| {
        let judged = entries.iter().filter(|entry| matches!(entry.kind, EntryKind::Decision | EntryKind::Commit));
        people.extend(judged.filter_map(|entry| entry.requested_by.clone()));
    };
    records.each_former(commits, &mut |_, entries| {
        take(entries);
        true
    })?;
    for commit in commits {
        let entries: Vec<Entry> = records.about(commit.tree)?.into_iter().map(|(_, entry)| entry).collect();
        take(&entries);
    }
    people.arrange();
    people.dedup();
    Ok(people)
}

/// A range whose commits may have been approved one by one.
struct Whole<'a> {
    repo: &'a Repo,
    examiner: &'a Examiner<'a>,
    subject: &'a Subject,
    hearing: &'a Hearing,
    supposed: &'a [Word],
    /// Of each commit.
    own: &'a [Option<ChangeId>],
}

/// Some of its commits.
struct Part<'a> {
    /// Their places.
    at: &'a [usize],
    /// What the whole changes besides its commits.
    besides: Vec<FileChange>,
    /// The entries that speak for others.
    without: &'a [Sha256],
}

impl Whole<'_> {
    /// What is decided on the commits that no valid approval covers; nothing where all are left.
    fn without_what_is_approved(&self, whole: &Weighed) -> Result<Option<Weighed>, Failure> {
        let mut aside: Vec<SetAside> = Vec::new();
        let mut is_aside = vec![false; self.own.len()];
        for approved in self.hearing.approved(whole.evidence.landing.reference.as_deref()) {
            let Some(part) = self.part(&approved, &is_aside) else { continue };
            let weighed = self.weigh(Part { at: &part, besides: Vec::new(), without: &[] }, whole)?;
            // Only people set commits aside: what passes anyway is still a part of what is large together.
            if weighed.decision.outcome == Outcome::Approved {
                aside.push(SetAside { commits: part.len(), decision: weighed.decision });
                for at in part {
                    is_aside.iter_mut().skip(at).take(1).for_each(|is_aside| *is_aside = true);
                }
            }
        }
        if aside.is_empty() {
            return Ok(None);
        }
        let left: Vec<usize> = (0..self.own.len()).filter(|at| is_aside.get(*at) == Some(&false)).collect();
        let used: Vec<Sha256> = aside.iter().flat_map(|aside| aside.decision.rests_on.clone()).collect();
        let besides = self.besides()?;
        let is_all_aside = besides.is_empty() && left.iter().all(|at| self.own.get(*at).is_none_or(Option::is_none));
        let mut rest = self.weigh(Part { at: &left, besides, without: &used }, whole)?;
        if is_all_aside {
            rest.assessment.risk = whole.assessment.risk.clone();
        }
        // What was found is found, whoever approved the commits that have it.
        rest.assessment.findings.clone_from(&whole.assessment.findings);
        let policy = &self.examiner.law.policy;
        let extent = Extent::Rest { aside: &aside, is_empty: is_all_aside };
        rest.decision = gate::decide(&rest.assessment, &rest.evidence, policy, extent);
        rest.assessment.files.clone_from(&whole.assessment.files);
        rest.assessment.touched_and_undone.clone_from(&whole.assessment.touched_and_undone);
        rest.evidence.words.extend(whole.evidence.words.iter().filter(|word| used.contains(&word.id)).cloned());
        Ok(Some(rest))
    }

    /// The places of the commits that these changes are, when all of them are here and free.
    fn part(&self, approved: &[ChangeId], is_aside: &[bool]) -> Option<Vec<usize>> {
        let at = |change: &ChangeId| {
            let free = |at: &usize| is_aside.get(*at) == Some(&false);
            self.own.iter().enumerate().filter(|(_, own)| own.as_ref() == Some(change)).map(|(at, _)| at).find(free)
        };
        let mut part: Vec<usize> = approved.iter().map(at).collect::<Option<_>>()?;
        part.arrange();
        part.dedup();
        (part.len() == approved.len()).then_some(part)
    }

    /// What the whole changes otherwise than its commits did, one after the other: what a merge drops of a side, and
    /// what a forced push takes back, is in none of those that somebody approved.
    fn besides(&self) -> Result<Vec<FileChange>, Failure> {
        let Subject { base, head: Some(head), replaced, ref commits, ref after, .. } = *self.subject else {
            return Ok(Vec::new());
        };
        let mut changes = brought(self.repo, Brought { start: base, head, after, replaced })?;
        let told = combined(self.repo, commits)?;
        changes.retain(|change| change.among(&told) != Some(change));
        Ok(changes)
    }

    /// Some of the commits as one change, decided on by itself.
    fn weigh(&self, part: Part<'_>, whole: &Weighed) -> Result<Weighed, Failure> {
        let Part { at, besides, without } = part;
        let commits: Vec<Commit> = at.iter().filter_map(|at| self.subject.commits.get(*at)).cloned().collect();
        let authors = if besides.is_empty() { people::of_commits(&commits) } else { whole.evidence.authors.clone() };
        let changes = self.repo.find_renames(with(combined(self.repo, &commits)?, besides))?;
        let subject = Subject {
            kind: TargetKind::Range,
            described: String::new(),
            trusted: self.subject.trusted,
            base: self.subject.base,
            head: self.subject.head,
            tree: commits.last().map(|commit| commit.tree),
            commits,
            after: Vec::new(),
            changes,
            branch: self.subject.branch.clone(),
            message: None,
            tag: self.subject.tag,
            merging: Vec::new(),
            replaced: None,
            onto: self.subject.onto,
            arriving: Vec::new(),
        };
        let Examined { files, findings, touched, .. } = self.examiner.examine(self.repo, &subject)?;
        let history = history::facts(self.repo, &subject, &files)?;
        let change = ChangeId::of(files.iter().map(Box::as_ref));
        let own: Vec<Option<ChangeId>> = at.iter().map(|at| self.own.get(*at).copied().flatten()).collect();
        let policy = &self.examiner.law.policy;
        let gathered = Gathered { files, touched, findings, history, is_change: true };
        let assessment = check::assess(gathered, policy);
        let landing = Landing {
            change,
            covered: own.iter().flatten().copied().collect(),
            undone: undone(self.repo, &subject.commits, &own, &assessment)?,
            tree: subject.tree,
            requested_by: requested_by(self.repo, &subject.commits)?,
            ..whole.evidence.landing.clone()
        };
        let mut words = self.hearing.words(self.repo, &landing, subject.onto, &authors);
        words.retain(|word| !without.contains(&word.id));
        words.extend(self.supposed.iter().cloned());
        let evidence = Evidence { authors, landing, words, ..whole.evidence.clone() };
        let decision = gate::decide(&assessment, &evidence, policy, Extent::Part);
        Ok(Weighed { assessment, evidence, decision })
    }
}

/// What some commits did together, leaving out whatever others did between them.
fn combined(repo: &Repo, commits: &[Commit]) -> Result<Vec<FileChange>, Failure> {
    let mut sides: BTreeMap<RepoPath, (Option<Side>, Option<Side>)> = BTreeMap::new();
    for commit in commits {
        for change in repo.changes_of(commit)? {
            sides.entry(change.path).and_modify(|side| side.1 = change.new).or_insert((change.old, change.new));
        }
    }
    let changed = sides.into_iter().filter(|(_, (old, new))| old != new);
    Ok(changed.map(|(path, (old, new))| FileChange { path, from: None, old, new }).collect())
}
