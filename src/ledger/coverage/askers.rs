//! Who asked an agent for a commit, or for what it was made of.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::ledger::member;
use crate::model::{Entry, EntryKind, GovernedCommit, ObjectId, address};

/// What entries say of any commit: it may turn out to be what one that is asked for was before.
#[derive(Debug, Default)]
pub(super) struct Askers {
    /// In lower case, by the commit, or by the tree while there was none.
    asked: HashMap<ObjectId, BTreeSet<String>>,
    /// What a commit was before it was amended, rebased, picked or squashed.
    former: HashMap<ObjectId, Vec<ObjectId>>,
}

impl Askers {
    pub(super) fn take(&mut self, entry: &Entry) {
        for (old, new) in rewritten(entry) {
            self.former.entry(new).or_default().push(old);
        }
        let made = matches!(entry.kind, EntryKind::Decision | EntryKind::Commit);
        let asker = entry.requested_by.as_deref().filter(|_| made).and_then(address);
        if let Some((asker, of)) = asker.zip(entry.subject.commit.or(entry.subject.tree)) {
            self.asked.entry(of).or_default().insert(asker.to_lowercase());
        }
    }

    /// Whether somebody, named in lower case, asked an agent for it.
    pub(super) fn have(&self, by: &str, commit: &GovernedCommit) -> bool {
        let mut left: Vec<ObjectId> = [commit.id, commit.tree].into_iter().chain(commit.made_of.clone()).collect();
        let mut seen = HashSet::new();
        while let Some(of) = left.pop() {
            if self.asked.get(&of).is_some_and(|askers| askers.contains(by)) {
                return true;
            }
            if seen.insert(of) {
                left.extend(self.former.get(&of).into_iter().flatten());
            }
        }
        false
    }
}

/// What a `rewrite` says became of which commit.
pub fn rewritten(entry: &Entry) -> impl Iterator<Item = (ObjectId, ObjectId)> {
    member::PAIRS.each(entry).filter(|_| entry.kind == EntryKind::Rewrite)
}
