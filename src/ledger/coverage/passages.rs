//! What was stopped at a push gate, and what got through one.
//!
//! A push that passed is a `push` entry, one that was stopped a `decision` that names no commit; the bodies
//! of both say the `head`, the commits it begins `after`, the `gate`, the `enforcement` and the `exit`.

use std::collections::hash_map::Entry::Vacant;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::ledger::member::{self, Asker};
use crate::model::{
    Arrange, ChangeId, Enforcement, Entry, EntryKind, Exit, Gate, Gather, GovernedCommit, Moment, ObjectId, Outcome,
    RiskLevel,
};

/// What landed on a branch.
#[derive(Clone, Debug)]
pub struct Landing {
    /// The branch's full name.
    pub reference: String,
    pub enforcement: Enforcement,
    /// The commits that are there, and were not when the ledger was adopted.
    pub commits: HashSet<ObjectId>,
}

impl Landing {
    /// The least that a gate there lets by for somebody's word alone.
    pub(super) fn stops_at(&self) -> Outcome {
        if self.enforcement >= Enforcement::Staging { Outcome::ApprovalPending } else { Outcome::Blocked }
    }
}

/// What is known beside the ledger.
#[derive(Debug)]
pub struct Known {
    pub landing: Option<Landing>,
    /// Of branches that something was stopped on its way to.
    pub there: There,
    pub now: Moment,
}

/// The commits that branches have now, by the full name; of others nobody knows.
pub type There = HashMap<String, HashSet<ObjectId>>;

/// The pushes that matter to what was stopped.
#[derive(Debug, Default)]
pub(super) struct Passages {
    stopped: Vec<(Passage, Stop)>,
    passed: Vec<Passage>,
}

/// Whether an approval would have let it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Held,
    Denied,
}

/// The pushes at which a commit was stopped and that nothing outdid since.
#[derive(Debug, Default)]
pub(super) struct Stopped {
    /// What it was a part of, with the risk that this had when it was last stopped.
    changes: BTreeMap<ChangeId, (Moment, Option<RiskLevel>)>,
    references: BTreeSet<String>,
    is_denied: bool,
    /// It is where it was stopped.
    is_there: bool,
}

impl Stopped {
    /// What it was a part of.
    pub(super) fn changes(&self) -> impl Iterator<Item = &ChangeId> {
        self.changes.keys()
    }

    /// The risk of a change that was stopped, for which it needed somebody's word.
    pub(super) fn risk(&self, change: ChangeId) -> Option<RiskLevel> {
        self.changes.get(&change)?.1
    }

    fn add(&mut self, passage: &Passage) {
        let Some(change) = passage.change else { return };
        let last = self.changes.entry(change).or_insert((passage.time, passage.risk));
        *last = (*last).max((passage.time, passage.risk));
    }

    /// Where it was to go.
    pub(super) fn references(&self) -> impl Iterator<Item = &str> {
        self.references.iter().map(String::as_str)
    }

    pub(super) const fn is_denied(&self) -> bool {
        self.is_denied
    }
}

#[derive(Debug)]
struct Passage {
    time: Moment,
    reference: Option<String>,
    head: ObjectId,
    /// What was there before.
    old: Option<ObjectId>,
    after: BTreeSet<ObjectId>,
    enforcement: Option<Enforcement>,
    change: Option<ChangeId>,
    risk: Option<RiskLevel>,
}

impl Passages {
    pub(super) fn take(&mut self, entry: &Entry) {
        let stop = stop(entry);
        if stop.is_none() && entry.kind != EntryKind::Push {
            return;
        }
        let head = member::HEAD.of(entry);
        let Some(head) = head.filter(|_| member::GATE.of(entry) == Some(Asker::Gate(Gate::Push))) else { return };
        let passage = Passage {
            time: entry.time,
            old: entry.subject.base,
            reference: entry.subject.reference.clone(),
            head,
            after: member::AFTER.each(entry).gathered(),
            enforcement: member::ENFORCEMENT.of(entry),
            change: entry.change,
            risk: entry.risk.as_ref().map(|risk| risk.level),
        };
        match stop {
            Some(stop) => self.stopped.push((passage, stop)),
            None => self.passed.push(passage),
        }
    }

    /// Where something was stopped.
    pub(super) fn places_of_stops(&self) -> BTreeSet<&str> {
        self.stopped.iter().filter_map(|(passage, _)| passage.reference.as_deref()).gathered()
    }

    /// The commits that were stopped and that no later or stricter push has let through. What got through
    /// elsewhere and is not where it was stopped came past no gate.
    pub(super) fn stopped(&self, commits: &[GovernedCommit], there: &There) -> BTreeMap<ObjectId, Stopped> {
        let mut found: BTreeMap<ObjectId, Stopped> = BTreeMap::new();
        if self.stopped.is_empty() {
            return found;
        }
        let parents = parents(commits);
        let passed: Vec<(&Passage, BTreeSet<ObjectId>)> =
            self.passed.iter().map(|passage| (passage, passage.within(&parents))).collect();
        for (passage, stop) in &self.stopped {
            let (reference, level) = (passage.reference.as_deref(), passage.enforcement);
            let is_there =
                |commit| reference.and_then(|place| there.get(place)).is_none_or(|there| there.contains(&commit));
            for commit in passage.within(&parents) {
                let mut passed = passed.iter().filter(|(_, within)| within.contains(&commit));
                let goes_on = |(passed, _): &(&Passage, BTreeSet<ObjectId>)| {
                    !is_there(commit) || passed.outdoes(reference, level)
                };
                if passed.any(goes_on) {
                    continue;
                }
                let stopped = found.entry(commit).or_default();
                // Where it is it came past the gate; what stopped it elsewhere is settled by nothing there.
                if is_there(commit) && !stopped.is_there {
                    *stopped = Stopped { is_there: true, ..Stopped::default() };
                }
                if is_there(commit) == stopped.is_there {
                    stopped.add(passage);
                    stopped.references.extend(passage.reference.clone());
                    stopped.is_denied |= *stop == Stop::Denied;
                }
            }
        }
        found
    }

    /// When commits were on these branches at the latest: with a push that got through, or before one that
    /// found them there.
    pub(super) fn arrivals<'a>(&self, commits: &[GovernedCommit], references: &BTreeSet<&'a str>) -> Arrivals<'a> {
        let named = |passage: &Passage| references.get(passage.reference.as_deref()?).copied();
        let found = self.stopped.iter().map(|(passage, _)| passage).chain(&self.passed);
        let found = found.filter_map(|passage| Some((passage.time, named(passage)?, passage.old?)));
        let brought = self.passed.iter().filter_map(|passage| Some((passage.time, named(passage)?, passage.head)));
        let mut seen: Vec<(Moment, &str, ObjectId)> = found.chain(brought).collect();
        if seen.is_empty() {
            return Arrivals::default();
        }
        seen.arrange_by_key(|(time, ..)| *time);
        let (parents, mut arrivals) = (parents(commits), HashMap::new());
        for (time, reference, tip) in seen {
            let mut left = vec![tip];
            while let Some(commit) = left.pop() {
                // All behind what was there earlier was there earlier, too.
                if let Some(parents) = parents.get(&commit)
                    && let Vacant(place) = arrivals.entry((reference, commit))
                {
                    place.insert(time);
                    left.extend(parents.iter());
                }
            }
        }
        Arrivals(arrivals)
    }

    /// What landed without any push that was let through to there, or to a branch as strict.
    pub(super) fn unasked(&self, commits: &[GovernedCommit], landing: &Landing) -> HashSet<ObjectId> {
        let parents = parents(commits);
        let (reference, level) = (Some(landing.reference.as_str()), Some(landing.enforcement));
        let passed = self.passed.iter().filter(|passage| passage.outdoes(reference, level));
        let passed: HashSet<ObjectId> = passed.flat_map(|passage| passage.within(&parents)).collect();
        let landed = commits.iter().map(|commit| commit.id).filter(|id| landing.commits.contains(id));
        landed.filter(|id| !passed.contains(id)).collect()
    }
}

/// Since when the ledger knows what was on which branch.
#[derive(Debug, Default)]
pub(super) struct Arrivals<'a>(HashMap<(&'a str, ObjectId), Moment>);

impl Arrivals<'_> {
    /// When a commit was there at the latest.
    pub(super) fn of(&self, commit: ObjectId, reference: &str) -> Option<Moment> {
        self.0.get(&(reference, commit)).copied()
    }
}

/// What a push gate answered that let nothing through.
fn stop(entry: &Entry) -> Option<Stop> {
    if entry.kind != EntryKind::Decision || entry.subject.commit.is_some() {
        return None;
    }
    let exit = member::EXIT.of(entry)?;
    let is_denied = exit == u64::from(Exit::Denied.code());
    let may_be_approved = entry.outcome == Some(Outcome::Rejected) || exit == u64::from(Exit::Held.code());
    if is_denied && !may_be_approved { Some(Stop::Denied) } else { may_be_approved.then_some(Stop::Held) }
}

fn parents(commits: &[GovernedCommit]) -> HashMap<ObjectId, &[ObjectId]> {
    commits.iter().map(|commit| (commit.id, commit.parents.as_slice())).collect()
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

    /// Whether what passed here is not stopped there any more.
    fn outdoes(&self, reference: Option<&str>, level: Option<Enforcement>) -> bool {
        self.reference.as_deref() == reference || (self.enforcement.is_some() && self.enforcement >= level)
    }
}
