//! A commit's place in the ledger: what was decided before it was made, bound to what it became.

use super::{Act, Records};
use crate::app::Failure;
use crate::git::{Commit, Repo};
use crate::ledger::member::{self, Asker};
use crate::model::{Arrange, Entry, EntryKind, EntrySubject, Gate, ObjectId, Sha256, branch_reference};

/// The binding of a commit whose hook did not live to make it; `None` when nothing was decided before
/// the commit.
pub(in crate::app) fn bound_late(
    repo: &Repo,
    records: &Records<'_>,
    commit: &Commit,
    branch: Option<&str>,
) -> Result<Option<Act>, Failure> {
    Ok(match before_it(repo, commit, records.about(commit.tree)?) {
        Before::Decided(id) => Some(bound(commit, branch, id)),
        Before::Amended | Before::Nothing => None,
    })
}

pub(in crate::app) fn bound(commit: &Commit, branch: Option<&str>, decision: Sha256) -> Act {
    binding(commit, branch).saying(member::DECISION, decision)
}

/// A commit's place in the ledger. One that names no decision says that nobody judged the commit before
/// it was made.
pub(in crate::app) fn binding(commit: &Commit, branch: Option<&str>) -> Act {
    let subject = EntrySubject {
        commit: Some(commit.id),
        tree: Some(commit.tree),
        base: commit.parents.first().copied(),
        reference: branch.map(branch_reference),
    };
    Act::new(EntryKind::Commit, commit.id, subject)
}

/// Whether an entry puts a commit on record.
pub(in crate::app) fn speaks_of(entry: &Entry, commit: ObjectId) -> bool {
    matches!(entry.kind, EntryKind::Commit | EntryKind::Decision) && entry.subject.commit == Some(commit)
}

/// What the ledger knows of a tree before the commit that it became.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Before {
    /// A decision let it pass, from the parent that the commit has.
    Decided(Sha256),
    /// A decision on the difference to a commit that is not the parent, which says nothing about the rest.
    /// That commit is the one that an amend replaced, which may itself have been made past the hooks; or the
    /// one that a merge began on but does not have as a parent, because all the merged branches contain it.
    Amended,
    Nothing,
}

/// `entries` are those about the commit's tree.
pub(in crate::app) fn before_it(repo: &Repo, commit: &Commit, mut entries: Vec<(Sha256, Entry)>) -> Before {
    let parent = commit.parents.first().copied();
    entries.arrange_by_key(|(_, entry)| entry.time);
    let mut found = Before::Nothing;
    for (id, entry) in entries.into_iter().rev() {
        let let_pass = member::EXIT.of(&entry) == Some(0);
        let of_tree = entry.subject.commit.is_none() && entry.subject.tree == Some(commit.tree);
        // What names a head is no commit yet to be made; a push gate answers for no commit hook.
        let of_commit = member::GATE.of(&entry) == Some(Asker::Gate(Gate::Commit)) && !member::HEAD.is_in(&entry);
        if entry.kind != EntryKind::Decision || !of_tree || !of_commit {
            continue;
        }
        let base = entry.subject.base;
        if base == parent {
            // The last word counts: a tree that may pass can still be refused for its message.
            return if let_pass { Before::Decided(id) } else { Before::Nothing };
        }
        let replaces = |base| repo.commit_here(base).is_some_and(|replaced| replaced.parents == commit.parents);
        let is_behind_all = |base| commit.parents.iter().all(|&parent| repo.leads_to(base, parent));
        let began_on = |base| commit.parents.len() > 1 && is_behind_all(base);
        if let_pass && base.is_some_and(|base| replaces(base) || began_on(base)) {
            found = Before::Amended;
        }
    }
    found
}
