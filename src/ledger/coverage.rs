//! Was every commit governed? Answered from the entries that speak of the commits.
//!
//! It reads these members of bodies. A `commit` entry names in `decision` the id of the decision that
//! judged its tree, and has none when nobody judged it. A `decision` on a commit says in `cause` who
//! asked: `hook` (one that git runs afterwards), `push`, or `record` (a person, with a reason).
//! A `revoke` names in `approval` the entry it takes back. An `override`'s `action` is `request`,
//! `grant` or `use`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::model::{
    ChangeId, CommitCoverage, Entry, EntryKind, Gather, GovernedCommit, ObjectId, Outcome, RecordStatus, RiskLevel,
    Sha256,
};

/// Collects what entries say of the commits asked for, in whatever order the entries come.
#[derive(Debug)]
pub struct Coverage<'a> {
    commits: &'a [GovernedCommit],
    trees: HashMap<ObjectId, Vec<(Sha256, Judged)>>,
    by_commit: HashMap<ObjectId, Said>,
    /// Of every change that somebody approved, rejected, overrode or ratified.
    by_change: HashMap<ChangeId, Said>,
    revoked: BTreeSet<Sha256>,
}

/// A decision, as far as it matters here.
#[derive(Clone, Debug)]
struct Judged {
    base: Option<ObjectId>,
    outcome: Option<Outcome>,
    level: Option<RiskLevel>,
    change: Option<ChangeId>,
}

/// What was said of one commit or one change.
#[derive(Debug, Default)]
struct Said {
    /// Of each binding the decision it names.
    bindings: Vec<Option<Sha256>>,
    by_hook: Option<Judged>,
    at_push: Option<Judged>,
    put_on_record: Option<Judged>,
    approvals: Vec<(Sha256, String)>,
    rejected_by: BTreeSet<String>,
    overridden_by: BTreeSet<String>,
    ratified_by: BTreeSet<String>,
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
        }
    }

    /// Takes one entry of the ledger.
    pub fn take(&mut self, id: Sha256, entry: &Entry) {
        if entry.kind == EntryKind::Revoke {
            self.revoked.extend(text(entry, "approval").and_then(|id| id.parse::<Sha256>().ok()));
        }
        let judged = || Judged {
            base: entry.subject.base,
            outcome: entry.outcome,
            level: entry.risk.as_ref().map(|risk| risk.level),
            change: entry.change,
        };
        if entry.kind == EntryKind::Decision
            && entry.subject.commit.is_none()
            && let Some(decisions) = entry.subject.tree.and_then(|tree| self.trees.get_mut(&tree))
        {
            decisions.push((id, judged()));
        }
        if let Some(said) = entry.subject.commit.and_then(|commit| self.by_commit.get_mut(&commit)) {
            if entry.kind == EntryKind::Commit {
                said.bindings.push(text(entry, "decision").and_then(|id| id.parse().ok()));
            } else if entry.kind == EntryKind::Decision {
                let place = match text(entry, "cause") {
                    Some("record") => &mut said.put_on_record,
                    Some("hook") => &mut said.by_hook,
                    _ => &mut said.at_push,
                };
                *place = Some(judged());
            }
            said.hear(id, entry);
        }
        if is_an_answer(entry.kind) {
            let changes: BTreeSet<ChangeId> = entry.change.into_iter().chain(covered(entry)).gathered();
            for change in changes {
                self.by_change.entry(change).or_default().hear(id, entry);
            }
        }
    }

    /// The answer for each commit, in the order they were asked for.
    #[must_use]
    pub fn answer(self) -> Vec<CommitCoverage> {
        self.commits.iter().map(|commit| self.one(commit)).collect()
    }

    fn one(&self, commit: &GovernedCommit) -> CommitCoverage {
        let nothing = Said::default();
        let said = self.by_commit.get(&commit.id).unwrap_or(&nothing);
        let (status, judged, why) = self.status(commit, said);
        let change = commit.change.or(judged.and_then(|judged| judged.change));
        let of_change = change.and_then(|change| self.by_change.get(&change)).unwrap_or(&nothing);
        let both = |part: fn(&Said) -> &BTreeSet<String>| -> Vec<String> {
            part(said).union(part(of_change)).cloned().collect()
        };
        let rejected: Vec<String> = both(|said| &said.rejected_by);
        let approvals = said.approvals.iter().chain(&of_change.approvals);
        let approved: BTreeSet<&String> = approvals
            .filter(|(id, by)| !self.revoked.contains(id) && !rejected.contains(by))
            .map(|(_, by)| by)
            .collect();
        CommitCoverage {
            commit: commit.id,
            status,
            outcome: judged.and_then(|judged| judged.outcome),
            level: judged.and_then(|judged| judged.level),
            approved_by: approved.into_iter().cloned().collect(),
            overridden_by: both(|said| &said.overridden_by),
            ratified_by: both(|said| &said.ratified_by),
            why: why.to_owned(),
        }
    }

    fn status<'s>(
        &'s self,
        commit: &GovernedCommit,
        said: &'s Said,
    ) -> (RecordStatus, Option<&'s Judged>, &'static str) {
        let decisions = self.trees.get(&commit.tree).map_or(&[][..], Vec::as_slice);
        // The first parent is what was committed upon; an amended commit has its own parents again.
        let fits = |judged: &Judged| judged.base.is_none_or(|base| commit.parents.contains(&base));
        let bound = said.bindings.iter().flatten().find_map(|bound| {
            decisions.iter().find(|(id, judged)| id == bound && fits(judged)).map(|(_, judged)| judged)
        });
        if let Some(judged) = bound.filter(|judged| judged.outcome != Some(Outcome::Blocked)) {
            return (RecordStatus::Recorded, Some(judged), "judged before it was made");
        }
        if let Some(judged) = &said.put_on_record {
            return (RecordStatus::Late, Some(judged), "put on record with a reason");
        }
        if let Some(judged) = &said.by_hook {
            return (RecordStatus::Late, Some(judged), "judged by the hook that git runs for it");
        }
        if !said.ratified_by.is_empty() {
            return (RecordStatus::Late, said.at_push.as_ref(), "made past the hooks, and ratified afterwards");
        }
        if bound.is_some() {
            return (RecordStatus::Bypassed, bound, "committed though it was blocked");
        }
        if said.bindings.iter().any(Option::is_some) {
            return (RecordStatus::Bypassed, said.at_push.as_ref(), "the decision it names is not about its tree");
        }
        if !said.bindings.is_empty() {
            return (RecordStatus::Bypassed, said.at_push.as_ref(), "no hook judged it before it was made");
        }
        match &said.at_push {
            Some(judged) if commit.parents.len() > 1 => {
                (RecordStatus::Late, Some(judged), "a merge, judged at its push")
            }
            // Nothing precedes it, so there was no ledger to write to.
            Some(judged) if commit.parents.is_empty() => {
                (RecordStatus::Late, Some(judged), "the first commit, judged at its push")
            }
            judged => (RecordStatus::Unrecorded, judged.as_ref(), "made without gov-hook"),
        }
    }
}

impl Said {
    fn hear(&mut self, id: Sha256, entry: &Entry) {
        let by = || entry.actor.email.to_lowercase();
        if entry.kind == EntryKind::Approve {
            self.approvals.push((id, by()));
        } else if entry.kind == EntryKind::Reject && text(entry, "cause") != Some("timeout") {
            self.rejected_by.insert(by());
        } else if entry.kind == EntryKind::Ratify {
            self.ratified_by.insert(by());
        } else if entry.kind == EntryKind::Override && text(entry, "action") != Some("request") {
            self.overridden_by.insert(by());
        }
    }
}

fn text<'e>(entry: &'e Entry, member: &str) -> Option<&'e str> {
    entry.body.get(member).and_then(Value::as_str)
}

const fn is_an_answer(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Approve | EntryKind::Reject | EntryKind::Ratify | EntryKind::Override)
}

/// The changes of single commits that an approval of a range covers.
fn covered(entry: &Entry) -> impl Iterator<Item = ChangeId> {
    let listed = entry.body.get("covered").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(|change| change.as_str()?.parse().ok())
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
mod tests {
    use serde_json::json;

    use super::super::samples::plain;
    use super::*;
    use crate::model::RecordedRisk;

    const PARENT: [u8; 20] = [9; 20];

    fn commit(number: u8, parents: usize) -> GovernedCommit {
        GovernedCommit {
            id: ObjectId::new([number; 20]),
            tree: ObjectId::new([number + 100; 20]),
            parents: vec![ObjectId::new(PARENT); parents],
            change: None,
        }
    }

    /// Entries with their ids, which here are their places.
    #[derive(Default)]
    struct Entries(Vec<(Sha256, Entry)>);

    impl Entries {
        fn add(&mut self, kind: EntryKind, change: impl FnOnce(&mut Entry)) -> Sha256 {
            let mut entry = plain();
            entry.kind = kind;
            entry.change = None;
            change(&mut entry);
            let id = Sha256::of(&[u8::try_from(self.0.len()).unwrap()]);
            self.0.push((id, entry));
            id
        }

        fn decide_on_tree(&mut self, commit: &GovernedCommit, outcome: Outcome) -> Sha256 {
            self.add(EntryKind::Decision, |entry| {
                entry.subject.tree = Some(commit.tree);
                entry.subject.base = commit.parents.first().copied();
                entry.outcome = Some(outcome);
                entry.risk = Some(RecordedRisk { level: RiskLevel::Low, score: 0, digest: Sha256::of(b"") });
            })
        }

        fn bind(&mut self, commit: &GovernedCommit, decision: Option<Sha256>) {
            self.add(EntryKind::Commit, |entry| {
                entry.subject.commit = Some(commit.id);
                entry.subject.tree = Some(commit.tree);
                if let Some(decision) = decision {
                    entry.body.insert("decision".into(), json!(decision.to_string()));
                }
            });
        }

        fn decide_on(&mut self, commit: &GovernedCommit, cause: &str) {
            self.add(EntryKind::Decision, |entry| {
                entry.subject.commit = Some(commit.id);
                entry.body.insert("cause".into(), json!(cause));
                entry.outcome = Some(Outcome::Notified);
            });
        }

        fn coverage(&self, commits: &[GovernedCommit]) -> Vec<CommitCoverage> {
            let mut coverage = Coverage::of(commits);
            // What was said first may be read last.
            self.0.iter().rev().for_each(|(id, entry)| coverage.take(*id, entry));
            coverage.answer()
        }

        fn status(&self, commit: &GovernedCommit) -> (RecordStatus, Option<Outcome>) {
            let found = self.coverage(std::slice::from_ref(commit));
            (found[0].status, found[0].outcome)
        }
    }

    #[test]
    fn a_commit_is_recorded_when_its_tree_was_judged_before() {
        let (one, mut entries) = (commit(1, 1), Entries::default());
        let decision = entries.decide_on_tree(&one, Outcome::AutoApproved);
        assert_eq!(entries.status(&one), (RecordStatus::Unrecorded, None));

        entries.bind(&one, Some(decision));

        assert_eq!(entries.status(&one), (RecordStatus::Recorded, Some(Outcome::AutoApproved)));
        assert_eq!(entries.coverage(std::slice::from_ref(&one))[0].level, Some(RiskLevel::Low));
        let elsewhere = GovernedCommit { parents: vec![ObjectId::new([8; 20])], ..one.clone() };
        assert_eq!(entries.status(&elsewhere).0, RecordStatus::Bypassed);
        let other_tree = GovernedCommit { tree: ObjectId::new([7; 20]), ..one };
        assert_eq!(entries.status(&other_tree).0, RecordStatus::Bypassed);
    }

    #[test]
    fn a_commit_that_no_hook_judged_is_bypassed_until_it_is_put_on_record() {
        let (one, mut entries) = (commit(1, 1), Entries::default());
        entries.bind(&one, None);
        entries.decide_on(&one, "push");
        assert_eq!(entries.status(&one), (RecordStatus::Bypassed, Some(Outcome::Notified)));

        entries.decide_on(&one, "record");

        assert_eq!(entries.status(&one), (RecordStatus::Late, Some(Outcome::Notified)));
    }

    #[test]
    fn a_commit_made_against_its_decision_is_bypassed() {
        let (one, mut entries) = (commit(1, 1), Entries::default());
        let decision = entries.decide_on_tree(&one, Outcome::Blocked);
        entries.bind(&one, Some(decision));

        assert_eq!(entries.status(&one), (RecordStatus::Bypassed, Some(Outcome::Blocked)));
    }

    #[test]
    fn what_git_asks_nobody_about_is_late() {
        let (merge, pick, plumbed) = (commit(1, 2), commit(2, 1), commit(3, 1));
        let mut entries = Entries::default();
        entries.decide_on(&merge, "push");
        entries.decide_on(&pick, "hook");
        entries.decide_on(&plumbed, "push");

        let coverage = entries.coverage(&[merge, pick, plumbed, commit(4, 0)]);

        let statuses: Vec<RecordStatus> = coverage.iter().map(|commit| commit.status).collect();
        assert_eq!(
            statuses,
            [RecordStatus::Late, RecordStatus::Late, RecordStatus::Unrecorded, RecordStatus::Unrecorded]
        );
        assert_eq!(totals(&coverage), BTreeMap::from([(RecordStatus::Late, 2), (RecordStatus::Unrecorded, 2)]));
    }

    #[test]
    fn who_approved_overrode_and_ratified_is_told() {
        let change = ChangeId::of(&[]);
        let one = GovernedCommit { change: Some(change), ..commit(1, 1) };
        let mut entries = Entries::default();
        let by = |email: &'static str| {
            move |entry: &mut Entry| {
                entry.actor.email = email.into();
                entry.change = Some(ChangeId::of(&[]));
            }
        };
        entries.add(EntryKind::Approve, by("Ada@example.com"));
        entries.add(EntryKind::Approve, by("ada@example.com"));
        let taken_back = entries.add(EntryKind::Approve, by("lin@example.com"));
        entries
            .add(EntryKind::Revoke, |entry| drop(entry.body.insert("approval".into(), json!(taken_back.to_string()))));
        entries.add(EntryKind::Approve, by("sam@example.com"));
        entries.add(EntryKind::Reject, by("sam@example.com"));
        entries.add(EntryKind::Approve, |entry| {
            entry.actor.email = "max@example.com".into();
            entry.body.insert("covered".into(), json!([change.to_string(), "nonsense", 7]));
        });
        entries.add(EntryKind::Override, |entry| {
            by("asker@example.com")(entry);
            entry.body.insert("action".into(), json!("request"));
        });
        entries.add(EntryKind::Override, |entry| {
            entry.subject.commit = Some(ObjectId::new([1; 20]));
            entry.body.insert("action".into(), json!("use"));
        });
        entries.add(EntryKind::Ratify, by("lin@example.com"));

        let found = entries.coverage(&[one]).remove(0);

        assert_eq!(found.approved_by, ["ada@example.com", "max@example.com"]);
        assert_eq!(found.overridden_by, ["ada@example.com"]);
        assert_eq!(found.ratified_by, ["lin@example.com"]);
    }
}
