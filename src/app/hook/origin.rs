//! What a commit is made of where git tells that only while it is made: who was at work there, or asked for
//! it, stays known.

use std::collections::BTreeMap;

use crate::app::Failure;
use crate::app::memory::{Act, Records};
use crate::git::{Commit, Repo};
use crate::ledger::member;
use crate::model::{Entry, EntryKind, EntrySubject, Gather, ObjectId, Sha256};

/// At most this many rewritten pairs are listed; the commits themselves are each on record.
const MOST_PAIRS: usize = 500;

/// The commits that decisions on one tree name.
pub(super) type Origins = BTreeMap<Sha256, Vec<ObjectId>>;

/// The decision with the commits that what is staged was made of.
pub(super) fn noted(repo: &Repo, act: Act) -> Act {
    let ids = repo.about_to_be_made_of();
    if ids.is_empty() { act } else { act.saying(member::MADE_OF, ids) }
}

pub(super) fn origins(of_tree: &[(Sha256, Entry)]) -> Origins {
    let named = of_tree.iter().filter(|(_, entry)| member::MADE_OF.is_in(entry));
    named.map(|(id, entry)| (*id, member::MADE_OF.each(entry).collect())).gathered()
}

/// Of a commit that was decided on before it was made.
pub(super) fn of_decided(
    repo: &Repo,
    commit: &Commit,
    made_of: Option<&Vec<ObjectId>>,
) -> Result<Option<Act>, Failure> {
    made_of.map_or(Ok(None), |made_of| told(repo, commit, made_of))
}

/// Of one that git asked nobody about.
pub(super) fn of_picked(repo: &Repo, commit: &Commit) -> Result<Option<Act>, Failure> {
    told(repo, commit, &repo.about_to_be_made_of())
}

/// Nothing where its message says so itself, or where nobody but its authors had a part in them.
fn told(repo: &Repo, commit: &Commit, made_of: &[ObjectId]) -> Result<Option<Act>, Failure> {
    let in_message = commit.made_of();
    let is_new = |id: &&ObjectId| **id != commit.id && !in_message.contains(id);
    let former: Vec<ObjectId> = made_of.iter().filter(is_new).copied().collect();
    let here: Vec<Commit> = former.iter().filter_map(|id| repo.commit_here(*id)).collect();
    if here.is_empty() || !Records::of(repo)?.tell_who_was_at_work(&here)? {
        return Ok(None);
    }
    let pairs: Vec<(ObjectId, ObjectId)> = former.into_iter().map(|id| (id, commit.id)).collect();
    Ok(Some(became(commit, "pick", &pairs)))
}

/// What commits became; the last of them is given whole.
pub(super) fn became(last: &Commit, command: &str, pairs: &[(ObjectId, ObjectId)]) -> Act {
    let listed = pairs.get(..MOST_PAIRS).unwrap_or(pairs);
    let subject = EntrySubject { commit: Some(last.id), tree: Some(last.tree), ..EntrySubject::default() };
    Act::new(EntryKind::Rewrite, last.id, subject)
        .saying(member::REWRITTEN_BY, command)
        .saying(member::COUNT, pairs.len() as u64)
        .saying(member::PAIRS, listed)
}
