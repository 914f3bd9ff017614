//! Was every commit governed? Answered from the entries that speak of the commits.
//!
//! It reads these members of bodies. A `commit` entry names in `decision` the id of the decision that
//! judged its tree, and has none when nobody judged it. A `decision` on a commit says in `cause` who
//! asked: `hook` (one that git runs afterwards), `push`, or `record` (a person, with a reason).
//! A `revoke` names in `approval` the entry it takes back, an `approve` in `expires` until when it counts.
//! An `override`'s `action` is `request`, `grant` or `use`. A `rewrite` lists in `pairs` which commit became
//! which.

mod askers;
mod case;
mod passages;
mod said;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askers::Askers;
use case::Case;
use passages::{Arrivals, Passages, Stopped};
use said::{Answer, Said};

use crate::ledger::member::{self, Cause};
use crate::model::{
    ChangeId, CommitCoverage, Enforcement, Entry, EntryKind, Gather, GovernedCommit, Moment, ObjectId, Outcome,
    PastGate, RecordStatus, RiskLevel, Sha256,
};

pub use askers::rewritten;
pub use passages::{Known, Landing, There};

/// Whether these approvals, all by people who may answer for a commit, are all that it asks for.
pub type Enough<'e> = &'e mut dyn FnMut(&GovernedCommit, &[Sha256]) -> bool;

/// Collects what entries say of the commits asked for, in whatever order the entries come.
#[derive(Debug)]
pub struct Coverage<'a> {
    commits: &'a [GovernedCommit],
    trees: HashMap<ObjectId, Vec<(Sha256, Judged)>>,
    by_commit: HashMap<ObjectId, Said>,
    /// Of every change that somebody approved, rejected, overrode or ratified.
    by_change: HashMap<ChangeId, Said>,
    revoked: BTreeSet<Sha256>,
    passages: Passages,
    askers: Askers,
}

/// A decision, as far as it matters here.
#[derive(Clone, Debug)]
struct Judged {
    base: Option<ObjectId>,
    outcome: Option<Outcome>,
    level: Option<RiskLevel>,
    change: Option<ChangeId>,
    is_at_production: bool,
}

/// The way of a commit to where it landed.
struct Course<'a> {
    /// At which pushes it was stopped that never got through.
    stopped: Option<&'a Stopped>,
    /// Where it landed without any push that was let through.
    landing: Option<&'a Landing>,
    arrivals: &'a Arrivals<'a>,
    now: Moment,
}

/// How a commit came on record, or did not.
struct Standing<'s> {
    status: RecordStatus,
    /// The decision that counts.
    judged: Option<&'s Judged>,
    why: &'static str,
}

impl Course<'_> {
    /// The risk that an approval has to reach. What somebody approved of a part is weighed against nothing:
    /// nobody wrote down how much risk the part had.
    fn risk(&self, answer: &Answer, change: Option<ChangeId>, judged: Option<&Judged>) -> Option<RiskLevel> {
        match self.stopped {
            Some(stopped) => stopped.risk(answer.change?),
            None => judged.filter(|_| answer.change.is_some() && answer.change == change)?.level,
        }
    }

    /// Whether an approval still counted when the commit was known to be there.
    fn met(&self, commit: &GovernedCommit, answer: &Answer) -> bool {
        let arrival = || answer.reference.as_deref().and_then(|place| self.arrivals.of(commit.id, place));
        answer.expires > self.now || arrival().is_some_and(|arrival| answer.expires > arrival)
    }
}

impl<'a> Coverage<'a> {
    #[must_use]
    pub fn of(commits: &'a [GovernedCommit]) -> Self {
        Self {
            commits,
            trees: commits.iter().map(|commit| (commit.tree, Vec::new())).collect(),
            by_commit: commits.iter().map(|commit| (commit.id, Said::default())).collect(),
            by_change: HashMap::new(),
            revoked: BTreeSet::new(),
            passages: Passages::default(),
            askers: Askers::default(),
        }
    }

    /// Takes one entry of the ledger.
    pub fn take(&mut self, id: Sha256, entry: &Entry) {
        if entry.kind == EntryKind::Revoke {
            self.revoked.extend(member::REVOKED.of(entry));
        }
        let judged = || Judged {
            base: entry.subject.base,
            outcome: entry.outcome,
            level: entry.risk.as_ref().map(|risk| risk.level),
            change: entry.change,
            is_at_production: member::ENFORCEMENT.of(entry) == Some(Enforcement::Production),
        };
        self.passages.take(entry);
        self.askers.take(entry);
        if entry.kind == EntryKind::Decision
            && entry.subject.commit.is_none()
            && let Some(decisions) = entry.subject.tree.and_then(|tree| self.trees.get_mut(&tree))
        {
            decisions.push((id, judged()));
        }
        if let Some(said) = entry.subject.commit.and_then(|commit| self.by_commit.get_mut(&commit)) {
            said.begins |= entry.kind == EntryKind::Genesis;
            if entry.kind == EntryKind::Commit {
                said.bindings.push(member::DECISION.of(entry));
            } else if entry.kind == EntryKind::Decision {
                let place = match member::CAUSE.of(entry) {
                    Some(Cause::Record) => &mut said.put_on_record,
                    Some(Cause::Hook) => &mut said.by_hook,
                    _ => &mut said.at_push,
                };
                *place = Some(judged());
                // Only a record has one.
                said.reasons.extend(member::REASON.of(entry));
            }
            said.hear(id, entry);
        }
        if is_an_answer(entry.kind) {
            let changes: BTreeSet<ChangeId> = entry.change.into_iter().chain(member::COVERED.each(entry)).gathered();
            for change in changes {
                self.by_change.entry(change).or_default().hear(id, entry);
            }
        }
    }

    /// Whether each commit is on record, in the order they were asked for.
    #[must_use]
    pub fn statuses(&self) -> Vec<RecordStatus> {
        let nothing = Said::default();
        let said = |commit: &GovernedCommit| self.by_commit.get(&commit.id).unwrap_or(&nothing);
        self.commits.iter().map(|commit| self.status(commit, said(commit)).status).collect()
    }

    /// The full names of the branches that a push was stopped on its way to.
    pub fn places_of_stops(&self) -> impl Iterator<Item = &str> {
        self.passages.places_of_stops().into_iter()
    }

    /// The answer for each commit, in the order they were asked for.
    #[must_use]
    pub fn answer(self, known: &Known, enough: Enough<'_>) -> Vec<CommitCoverage> {
        let (landing, now) = (known.landing.as_ref(), known.now);
        let stopped = self.passages.stopped(self.commits, &known.there);
        let unasked = landing.map(|landing| self.passages.unasked(self.commits, landing)).unwrap_or_default();
        let arrivals = self.passages.arrivals(self.commits, &self.places_of_old_approvals(now));
        let course = |commit: &GovernedCommit| Course {
            stopped: stopped.get(&commit.id),
            landing: landing.filter(|_| unasked.contains(&commit.id)),
            arrivals: &arrivals,
            now,
        };
        self.commits.iter().map(|commit| self.one(commit, &course(commit), enough)).collect()
    }

    /// The branches of approvals that are over: whether they counted when something landed there, its time
    /// tells.
    fn places_of_old_approvals(&self, now: Moment) -> BTreeSet<&str> {
        let said = self.by_commit.values().chain(self.by_change.values());
        let old = said.flat_map(|said| &said.approvals).filter(|answer| answer.expires <= now);
        old.filter_map(|answer| answer.reference.as_deref()).gathered()
    }

    fn one(&self, commit: &GovernedCommit, course: &Course<'_>, enough: Enough<'_>) -> CommitCoverage {
        let nothing = Said::default();
        let said = self.by_commit.get(&commit.id).unwrap_or(&nothing);
        let Standing { status, judged, why } = self.status(commit, said);
        let change = commit.change.or(judged.and_then(|judged| judged.change));
        let of_change = change.and_then(|change| self.by_change.get(&change)).unwrap_or(&nothing);
        let rejected = self.rejected_by([said, of_change].into_iter());
        let case = Case { commit, course, said, of_change, judged, change, rejected };
        let by = |answers: &mut dyn Iterator<Item = &Answer>| -> Vec<String> {
            let counting = answers.filter(|answer| self.counts(answer, commit, said));
            let by: BTreeSet<&str> = counting.map(|answer| answer.by.as_str()).gathered();
            by.into_iter().map(str::to_owned).collect()
        };
        let ratified_by = by(&mut case.both().flat_map(|said| &said.ratifications));
        let past_gate = if ratified_by.is_empty() { self.past_gate(&case, enough) } else { None };
        CommitCoverage {
            commit: commit.id,
            status,
            outcome: judged.and_then(|judged| judged.outcome),
            level: judged.and_then(|judged| judged.level),
            approved_by: by(&mut case
                .both()
                .flat_map(|said| &said.approvals)
                .filter(|answer| self.is_kept(&case, answer))),
            overridden_by: case.overridden_by(),
            ratified_by,
            reasons: case.reasons(),
            past_gate,
            why: why.to_owned(),
        }
    }

    /// How the commit came past a push gate that has to stop it, unless somebody answered for that.
    fn past_gate(&self, case: &Case<'_>, enough: Enough<'_>) -> Option<PastGate> {
        let Course { stopped, landing, .. } = *case.course;
        let outcome = case.judged.and_then(|judged| judged.outcome);
        if stopped.is_some_and(Stopped::is_denied) {
            return Some(PastGate::Denied);
        }
        if stopped.is_some() {
            return (!self.is_approved(case, enough)).then_some(PastGate::Held);
        }
        let is_risky = landing.is_some_and(|landing| outcome >= Some(landing.stops_at()));
        let is_past = is_risky && (outcome == Some(Outcome::Blocked) || !self.is_approved(case, enough));
        is_past.then_some(PastGate::Unasked)
    }

    /// Whether approvals settle it, of the commit or of a whole that it was stopped with.
    fn is_approved(&self, case: &Case<'_>, enough: Enough<'_>) -> bool {
        let Case { commit, course, said, change, judged, .. } = *case;
        let of_whole = || {
            let changes = course.stopped.into_iter().flat_map(Stopped::changes);
            changes.filter_map(|change| self.by_change.get(change))
        };
        let all = || case.both().chain(of_whole());
        // Any rejection outweighs every approval.
        if !self.rejected_by(all()).is_empty() {
            return false;
        }
        let places: BTreeSet<&str> = match course.stopped {
            Some(stopped) => stopped.references().gathered(),
            None => course.landing.map(|landing| landing.reference.as_str()).into_iter().gathered(),
        };
        let counts = |answer: &&Answer| {
            self.is_kept(case, answer)
                && answer.reference.as_deref().is_some_and(|place| places.contains(place))
                && self.counts(answer, commit, said)
                && answer.risk >= course.risk(answer, change, judged)
        };
        all().any(|said| {
            let ids: Vec<Sha256> = said.approvals.iter().filter(counts).map(|answer| answer.id).collect();
            !ids.is_empty() && enough(commit, &ids)
        })
    }

    /// Whether an approval stands: nobody took it back, its giver rejects nothing, and it was in time.
    fn is_kept(&self, case: &Case<'_>, answer: &Answer) -> bool {
        !self.revoked.contains(&answer.id)
            && !case.rejected.contains(answer.by.as_str())
            && case.course.met(case.commit, answer)
    }

    /// Those whose rejection was not taken back.
    fn rejected_by<'s>(&self, said: impl Iterator<Item = &'s Said>) -> BTreeSet<&'s str> {
        let rejections = said.flat_map(|said| &said.rejections);
        rejections.filter(|answer| !self.revoked.contains(&answer.id)).map(|answer| answer.by.as_str()).gathered()
    }

    /// Whether somebody may answer for this commit, as far as the ledger alone can tell: whoever reads it
    /// knows the roles.
    fn counts(&self, answer: &Answer, commit: &GovernedCommit, said: &Said) -> bool {
        let of_tree = self.trees.get(&commit.tree).into_iter().flatten().map(|(_, judged)| judged);
        let of_commit = [&said.by_hook, &said.at_push, &said.put_on_record].into_iter().flatten();
        let asks_for_a_signature = || of_tree.chain(of_commit).any(|judged| judged.is_at_production);
        // Where authors may answer, nobody is named, and whoever asked for it may as well.
        let asked = !commit.people.is_empty() && self.askers.have(&answer.by, commit);
        let had_a_part = asked || commit.people.iter().any(|email| email.eq_ignore_ascii_case(&answer.by));
        answer.is_by_a_person && !had_a_part && (answer.is_signed || !asks_for_a_signature())
    }

    fn status<'s>(&'s self, commit: &GovernedCommit, said: &'s Said) -> Standing<'s> {
        let standing = |status, judged, why| Standing { status, judged, why };
        let decisions = self.trees.get(&commit.tree).map_or(&[][..], Vec::as_slice);
        // The first parent is what was committed upon; an amended commit has its own parents again.
        let fits = |judged: &Judged| judged.base.is_none_or(|base| commit.parents.contains(&base));
        let bound = said.bindings.iter().flatten().find_map(|bound| {
            decisions.iter().find(|(id, judged)| id == bound && fits(judged)).map(|(_, judged)| judged)
        });
        if let Some(judged) = bound.filter(|judged| judged.outcome != Some(Outcome::Blocked)) {
            return standing(RecordStatus::Recorded, Some(judged), "judged before it was made");
        }
        if let Some(judged) = &said.put_on_record {
            return standing(RecordStatus::Late, Some(judged), "put on record with a reason");
        }
        if let Some(judged) = &said.by_hook {
            return standing(RecordStatus::Late, Some(judged), "judged by the hook that git runs for it");
        }
        if said.ratifications.iter().any(|answer| self.counts(answer, commit, said)) {
            return standing(RecordStatus::Late, said.at_push.as_ref(), "made past the hooks, and ratified afterwards");
        }
        if bound.is_some() {
            return standing(RecordStatus::Bypassed, bound, "committed though it was blocked");
        }
        if said.bindings.iter().any(Option::is_some) {
            return standing(
                RecordStatus::Bypassed,
                said.at_push.as_ref(),
                "the decision it names is not about its tree",
            );
        }
        if !said.bindings.is_empty() {
            return standing(RecordStatus::Bypassed, said.at_push.as_ref(), "no hook judged it before it was made");
        }
        match &said.at_push {
            Some(judged) if commit.parents.len() > 1 => {
                standing(RecordStatus::Late, Some(judged), "a merge, judged at its push")
            }
            // Nothing precedes it, so there was no ledger to write to.
            Some(judged) if said.begins => {
                standing(RecordStatus::Late, Some(judged), "the first commit, judged at its push")
            }
            judged => standing(RecordStatus::Unrecorded, judged.as_ref(), "made without gov-hook"),
        }
    }
}

const fn is_an_answer(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Approve | EntryKind::Reject | EntryKind::Ratify | EntryKind::Override)
}

/// How many commits have each status.
#[must_use]
pub fn totals(coverage: &[CommitCoverage]) -> BTreeMap<RecordStatus, u64> {
    let mut totals = BTreeMap::new();
    for commit in coverage {
        *totals.entry(commit.status).or_default() += 1;
    }
    totals
}

#[cfg(test)]
mod tests;
