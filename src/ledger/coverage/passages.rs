//! What was held at a push gate, and what got through one.
//!
//! A push that passed is a `push` entry, one that was held a `decision` that names no commit; the bodies
//! of both say the `head`, the commits it begins `after`, the `gate`, the `enforcement` and the `exit`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::text;
use crate::model::{ChangeId, Enforcement, Entry, EntryKind, Exit, Gate, Gather, GovernedCommit, ObjectId};

/// The pushes that matter to what was held.
#[derive(Debug, Default)]
pub(super) struct Passages {
    held: Vec<Passage>,
    passed: Vec<Passage>,
}

#[derive(Debug)]
struct Passage {
    reference: Option<String>,
    head: ObjectId,
    after: BTreeSet<ObjectId>,
    enforcement: Option<Enforcement>,
    change: Option<ChangeId>,
}

impl Passages {
    pub(super) fn take(&mut self, entry: &Entry) {
        let is_held = entry.kind == EntryKind::Decision
            && entry.subject.commit.is_none()
            && entry.body.get("exit").and_then(Value::as_u64) == Some(Exit::Held.code().into());
        let place = if is_held {
            &mut self.held
        } else if entry.kind == EntryKind::Push {
            &mut self.passed
        } else {
            return;
        };
        let head = text(entry, "head").and_then(|id| id.parse().ok());
        let Some(head) = head.filter(|_| text(entry, "gate") == Some(Gate::Push.as_str())) else { return };
        let after = entry.body.get("after").and_then(Value::as_array).into_iter().flatten();
        place.push(Passage {
            reference: entry.subject.reference.clone(),
            head,
            after: after.filter_map(|id| id.as_str()?.parse::<ObjectId>().ok()).gathered(),
            enforcement: text(entry, "enforcement").and_then(Enforcement::parse),
            change: entry.change,
        });
    }

    /// The commits that were held and that no later or stricter push has let through, with the changes
    /// that they were held as parts of.
    pub(super) fn held(&self, commits: &[GovernedCommit]) -> BTreeMap<ObjectId, BTreeSet<ChangeId>> {
        let mut found: BTreeMap<ObjectId, BTreeSet<ChangeId>> = BTreeMap::new();
        if self.held.is_empty() {
            return found;
        }
        let parents: HashMap<ObjectId, &[ObjectId]> =
            commits.iter().map(|commit| (commit.id, commit.parents.as_slice())).collect();
        let passed: Vec<(&Passage, BTreeSet<ObjectId>)> =
            self.passed.iter().map(|passage| (passage, passage.within(&parents))).collect();
        for held in &self.held {
            for commit in held.within(&parents) {
                if !passed.iter().any(|(passage, within)| within.contains(&commit) && passage.outdoes(held)) {
                    found.entry(commit).or_default().extend(held.change);
                }
            }
        }
        found
    }
}

impl Passage {
    /// Which of the commits it brings.
    fn within(&self, parents: &HashMap<ObjectId, &[ObjectId]>) -> BTreeSet<ObjectId> {
        let (mut within, mut left) = (BTreeSet::new(), vec![self.head]);
        while let Some(commit) = left.pop() {
            if let Some(parents) = parents.get(&commit)
                && !self.after.contains(&commit)
                && within.insert(commit)
            {
                left.extend(parents.iter());
            }
        }
        within
    }

    /// Whether what passed here is not held there any more.
    fn outdoes(&self, held: &Self) -> bool {
        self.reference == held.reference || (self.enforcement.is_some() && self.enforcement >= held.enforcement)
    }
}
