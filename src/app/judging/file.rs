//! Reads one file of a change, measures it, and runs the content rules over it.

use std::borrow::Cow;

use super::clean::Clean;
use super::large::{self, Stored};
use super::signed::{Signed, Told};
use super::unscanned::Naming;
use crate::app::Failure;
use crate::app::law::Law;
use crate::check::rules::{Candidate, Common, Found, Stream};
use crate::check::waivers::{Scope, Waiving};
use crate::check::{measure, survey};
use crate::git::Repo;
use crate::model::{Date, FileChange, FileFacts, Finding};

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

/// What one file of a change tells.
pub(super) struct OfFile {
    pub(super) facts: Box<FileFacts>,
    /// Of most files there is nothing else to tell.
    pub(super) else_told: Option<Box<(Found, Told)>>,
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

impl Examiner<'_> {
    pub(super) fn waiving(&self, scope: Scope) -> Waiving<'_> {
        Waiving { rules: &self.law.rules, waivers: self.law.waivers(), today: self.today, scope }
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
        let candidate = self.candidate(change, old.bytes(), new.bytes());
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

    pub(super) fn stream<'c>(&'c self, change: &'c FileChange) -> Stream<'c> {
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
