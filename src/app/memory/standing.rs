//! How commits that others are about to get stand: by the ledger, and where that is silent, by what
//! this clone knows of how they were made.

use super::beginning::Beginning;
use super::binding::bound_late;
use super::{Act, Records};
use crate::app::Failure;
use crate::git::{Commit, Making, Repo};
use crate::ledger::member::Cause;
use crate::model::{Gather, ObjectId, RecordStatus, WithoutRecord};

/// Commits that are not on record, in the order they were made.
#[derive(Default)]
pub(in crate::app) struct Standing {
    /// Decided on before they were made, by hooks that did not live to bind that to them.
    pub(in crate::app) bound: Vec<Act>,
    /// Made where git asks nobody, and not on record yet.
    pub(in crate::app) late: Vec<(Commit, Cause)>,
    /// Made past the hooks, or without them.
    pub(in crate::app) missing: Vec<(Commit, RecordStatus)>,
    /// Of those, what only the clone that they were made in can tell.
    pub(in crate::app) told_here: Vec<ObjectId>,
}

impl Standing {
    /// `branch` is where they land.
    pub(in crate::app) fn of(
        repo: &Repo,
        records: &Records<'_>,
        commits: &[Commit],
        branch: Option<&str>,
    ) -> Result<Self, Failure> {
        let (mut standing, mut missing) = (Self::default(), Vec::new());
        for commit in commits {
            match records.status(commit)? {
                RecordStatus::Recorded | RecordStatus::Late => {}
                RecordStatus::Unrecorded if commit.parents.is_empty() && Beginning::may_be_at(repo, commit.id)? => {
                    standing.late.push((commit.clone(), Cause::Push));
                }
                RecordStatus::Unrecorded => match bound_late(repo, records, commit, branch)? {
                    Some(bound) => standing.bound.push(bound),
                    None => missing.push((commit, RecordStatus::Unrecorded)),
                },
                RecordStatus::Bypassed => missing.push((commit, RecordStatus::Bypassed)),
            }
        }
        // Where no hook ran at all, the clone still knows what git did.
        let silent = missing.iter().filter(|(_, status)| *status == RecordStatus::Unrecorded);
        let made = repo.made_here(&silent.map(|(commit, _)| commit.id).gathered());
        for (commit, status) in missing {
            match made.get(&commit.id) {
                Some(Making::Derived) => standing.late.push((commit.clone(), Cause::Hook)),
                Some(Making::Committed) => {
                    standing.told_here.push(commit.id);
                    standing.missing.push((commit.clone(), RecordStatus::Bypassed));
                }
                // Most merges are made elsewhere.
                None if status == RecordStatus::Unrecorded && commit.parents.len() > 1 => {
                    standing.late.push((commit.clone(), Cause::Push));
                }
                None => standing.missing.push((commit.clone(), status)),
            }
        }
        Ok(standing)
    }

    /// What is missing, as it is told.
    pub(in crate::app) fn without_record(&self) -> Vec<WithoutRecord> {
        let told = |(commit, status): &(Commit, RecordStatus)| WithoutRecord {
            commit: commit.id,
            status: *status,
            subject: commit.subject(),
        };
        self.missing.iter().map(told).collect()
    }

    /// One of them at which the hooks stood aside: no record mends that, only somebody else's word.
    pub(in crate::app) fn let_by(&self, records: &Records<'_>) -> Option<ObjectId> {
        self.missing.iter().map(|(commit, _)| commit.id).find(|id| records.was_let_by(*id))
    }

    /// The commits without a record, as `gov-hook record` takes them; `old` is what the other side has.
    pub(in crate::app) fn range_of_missing(&self, old: Option<ObjectId>) -> String {
        match (old, self.missing.as_slice()) {
            (_, [(only, _)]) => only.id.short(),
            (Some(old), [.., (last, _)]) => format!("{}..{}", old.short(), last.id.short()),
            (None, [(first, _), .., (last, _)]) => match first.parents.first() {
                Some(before) => format!("{}..{}", before.short(), last.id.short()),
                None => last.id.short(),
            },
            (_, []) => String::new(),
        }
    }
}
