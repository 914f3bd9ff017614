//! What is on record of a commit that others are about to get.

use std::collections::BTreeSet;

use super::binding::speaks_of;
use super::laws::trusted_side;
use crate::app::{Failure, law};
use crate::git::notes::{Notebook, STREAMS};
use crate::git::{Commit, Repo};
use crate::ledger::member;
use crate::ledger::{self, Coverage, rewritten};
use crate::model::{Entry, EntryKind, Gather, GovernedCommit, ObjectId, RecordStatus, Sha256};

/// The streams of the ledger as they are, or as a push would leave them.
pub(in crate::app) struct Records<'a> {
    repo: &'a Repo,
    streams: Vec<(String, Notebook)>,
}

impl<'a> Records<'a> {
    pub(in crate::app) fn of(repo: &'a Repo) -> Result<Self, Failure> {
        let here = repo.streams_here()?.into_iter();
        Ok(Self { repo, streams: here.filter_map(|stream| Some((stream.name, Notebook::at(stream.tip?)))).collect() })
    }

    /// One stream alone, which may not exist yet.
    pub(in crate::app) fn in_stream(repo: &'a Repo, stream: &str) -> Result<Self, Failure> {
        let tip = repo.reference_target(&format!("{STREAMS}{stream}"))?;
        Ok(Self { repo, streams: tip.map(|tip| (stream.to_owned(), Notebook::at(tip))).into_iter().collect() })
    }

    /// The same, once these streams have moved.
    #[must_use]
    pub(in crate::app) fn moved(mut self, streams: &[(String, ObjectId)]) -> Self {
        self.streams.retain(|(name, _)| !streams.iter().any(|(moved, _)| moved == name));
        self.streams.extend(streams.iter().map(|(name, tip)| (name.clone(), Notebook::at(*tip))));
        self
    }

    pub(in crate::app) const fn repo(&self) -> &'a Repo {
        self.repo
    }

    /// The entries in the notes of an object, each with its id, from every stream.
    pub(in crate::app) fn about(&self, object: ObjectId) -> Result<Vec<(Sha256, Entry)>, Failure> {
        let mut entries = Vec::new();
        for (_, notes) in &self.streams {
            for line in self.repo.said_in(notes, object)? {
                // What cannot be read is damage for `audit verify`, and no record.
                entries.extend(ledger::parse(&line).ok().map(|entry| (ledger::id(&line), entry)));
            }
        }
        Ok(entries)
    }

    /// How a commit stands, by what is said of it and of its tree.
    pub(in crate::app) fn status(&self, commit: &Commit) -> Result<RecordStatus, Failure> {
        let mut about = self.about(commit.id)?;
        about.extend(self.about(commit.tree)?);
        let governed = if about.iter().any(|(_, entry)| entry.kind == EntryKind::Ratify) {
            // Whom the policy does not know may be anybody, whoever made it among them.
            let (policy, _) = law::policy_at(self.repo, trusted_side(self.repo)?)?;
            about.retain(|(_, entry)| entry.kind != EntryKind::Ratify || policy.holds_a_role(&entry.actor.email, &[]));
            governed(self.repo, std::slice::from_ref(commit))?
        } else {
            let (id, tree, parents) = (commit.id, commit.tree, commit.parents.clone());
            vec![GovernedCommit { id, tree, parents, made_of: Vec::new(), change: None, people: Vec::new() }]
        };
        let mut coverage = Coverage::of(&governed);
        for (id, entry) in &about {
            coverage.take(*id, entry);
        }
        Ok(coverage.statuses().first().copied().unwrap_or(RecordStatus::Unrecorded))
    }

    /// Whether the ledger speaks of any commit at all: nobody is asked for the records of commits where
    /// no hook ever made one.
    pub(in crate::app) fn speaks_of_commits(&self) -> Result<bool, Failure> {
        let is_so = |line: &[u8]| {
            let speaks = |entry: Entry| entry.subject.commit.is_some_and(|commit| speaks_of(&entry, commit));
            ledger::parse(line).is_ok_and(speaks)
        };
        for (_, notes) in &self.streams {
            if self.repo.is_said(notes, &is_so)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether there is a ledger here.
    pub(in crate::app) fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Whether the hooks stood aside when a commit was made: only somebody else's word mends that.
    pub(in crate::app) fn was_let_by(&self, commit: ObjectId) -> bool {
        let about = self.about(commit).unwrap_or_default();
        about.iter().any(|(_, entry)| member::DISABLED.of(entry) == Some(true))
    }

    /// The agent that the records of one of these commits name as having made it.
    pub(in crate::app) fn agent(&self, commits: &[Commit]) -> Result<Option<String>, Failure> {
        let mut found = None;
        self.each_former(commits, &mut |commit, entries| {
            let mut of_it = entries.iter().filter(|entry| entry.subject.commit == Some(commit));
            found = of_it.find_map(|entry| entry.actor.id.clone());
            found.is_none()
        })?;
        Ok(found)
    }

    /// Whether somebody who is at work or asks only in the environment is known of any of these commits.
    pub(in crate::app) fn tell_who_was_at_work(&self, commits: &[Commit]) -> Result<bool, Failure> {
        let mut is_known = false;
        self.each_former(commits, &mut |_, entries| {
            is_known = entries.iter().any(|entry| entry.actor.id.is_some() || entry.requested_by.is_some());
            !is_known
        })?;
        Ok(is_known)
    }

    /// Tells what the notes of commits say, and then of what they were before they were amended, rebased,
    /// picked or squashed, for as long as more is wanted.
    pub(in crate::app) fn each_former(
        &self,
        commits: &[Commit],
        tell: &mut dyn FnMut(ObjectId, &[Entry]) -> bool,
    ) -> Result<(), Failure> {
        let mut known: Vec<ObjectId> = commits.iter().map(|commit| commit.id).collect();
        let picked: BTreeSet<ObjectId> = commits.iter().flat_map(Commit::made_of).gathered();
        known.extend(picked.into_iter().filter(|id| commits.iter().all(|commit| commit.id != *id)));
        let (mut at, mut pairs) = (0, Vec::new());
        while let Some(&commit) = known.get(at) {
            let entries: Vec<Entry> = self.about(commit)?.into_iter().map(|(_, entry)| entry).collect();
            if !tell(commit, &entries) {
                return Ok(());
            }
            pairs.extend(entries.iter().flat_map(rewritten));
            at += 1;
            if at == known.len() {
                let former = pairs.iter().filter(|(old, new)| known.contains(new) && !known.contains(old));
                let former: BTreeSet<ObjectId> = former.map(|(old, _)| *old).gathered();
                known.extend(former);
            }
        }
        Ok(())
    }
}

/// The commits with those who may not answer for them: nobody, where the policy lets authors approve.
pub(in crate::app) fn governed(repo: &Repo, commits: &[Commit]) -> Result<Vec<GovernedCommit>, Failure> {
    let authors_may = law::policy_at(repo, trusted_side(repo)?)?.0.approvals.author_may_approve;
    let people = |commit: &Commit| commit.people().into_iter().map(|person| person.email).collect();
    let one = |commit: &Commit| GovernedCommit {
        id: commit.id,
        tree: commit.tree,
        parents: commit.parents.clone(),
        made_of: commit.made_of(),
        change: None,
        people: if authors_may { Vec::new() } else { people(commit) },
    };
    Ok(commits.iter().map(one).collect())
}
