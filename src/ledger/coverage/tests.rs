use serde_json::json;

use super::super::samples::{moment, plain};
use super::*;
use crate::model::{ActorKind, RecordedRisk};

const PARENT: [u8; 20] = [9; 20];

fn commit(number: u8, parents: usize) -> GovernedCommit {
    GovernedCommit {
        id: ObjectId::new([number; 20]),
        tree: ObjectId::new([number + 100; 20]),
        parents: vec![ObjectId::new(PARENT); parents],
        made_of: Vec::new(),
        change: None,
        people: vec!["mira@example.com".into()],
    }
}

fn known(now: u64, landing: Option<Landing>) -> Known {
    Known { landing, there: There::new(), now: moment(now) }
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
        if kind == EntryKind::Approve {
            entry.body.entry("expires").or_insert_with(|| json!(moment(60).to_string()));
        }
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
        self.coverage_at(0, commits)
    }

    fn coverage_at(&self, now: u64, commits: &[GovernedCommit]) -> Vec<CommitCoverage> {
        let mut coverage = Coverage::of(commits);
        // What was said first may be read last.
        self.0.iter().rev().for_each(|(id, entry)| coverage.take(*id, entry));
        coverage.answer(&known(now, None), &mut |_, _| true)
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
    assert_eq!(statuses, [RecordStatus::Late, RecordStatus::Late, RecordStatus::Unrecorded, RecordStatus::Unrecorded]);
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
    entries.add(EntryKind::Revoke, |entry| drop(entry.body.insert("approval".into(), json!(taken_back.to_string()))));
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

#[test]
fn nobody_answers_for_their_own_work_and_no_machine_and_at_production_nobody_unsigned() {
    let one = commit(1, 1);
    let answered = |at: &str, change: &dyn Fn(&mut Entry)| {
        let mut entries = Entries::default();
        entries.bind(&one, None);
        entries.add(EntryKind::Decision, |entry| {
            entry.subject.commit = Some(one.id);
            entry.body.insert("cause".into(), json!("push"));
            entry.body.insert("enforcement".into(), json!(at));
            entry.requested_by = Some("Asker <asker@example.com>".into());
        });
        for kind in [EntryKind::Approve, EntryKind::Ratify] {
            entries.add(kind, |entry| {
                entry.subject.commit = Some(one.id);
                entry.actor.email = "lin@example.com".into();
                change(entry);
            });
        }
        let found = entries.coverage(std::slice::from_ref(&one)).remove(0);
        let counts = found.status == RecordStatus::Late;
        let listed = [found.approved_by, found.ratified_by].concat().len();
        assert_eq!(listed, if counts { 2 } else { 0 });
        counts
    };

    assert!(answered("staging", &|_| ()));
    assert!(!answered("staging", &|entry| entry.actor.email = "Mira@example.com".into()));
    assert!(!answered("staging", &|entry| entry.actor.kind = ActorKind::Agent));
    assert!(!answered("staging", &|entry| entry.actor.email = "Asker@example.com".into()));
    assert!(!answered("production", &|_| ()));
    assert!(answered("production", &|entry| entry.sig = Some("signed".into())));
}

#[test]
fn whoever_asked_an_agent_for_what_a_commit_was_before_does_not_answer_for_what_it_became() {
    let first = commit(1, 1);
    let (rewritten, squashed) = (ObjectId::new([2; 20]), ObjectId::new([3; 20]));
    let one = GovernedCommit { made_of: vec![squashed], ..commit(4, 1) };
    let approved_by = |asked_for: &dyn Fn(&mut Entry)| {
        let mut entries = Entries::default();
        entries.add(EntryKind::Decision, |entry| {
            entry.requested_by = Some("Lin <Lin@example.com>".into());
            asked_for(entry);
        });
        for (old, new) in [(first.id, rewritten), (rewritten, squashed), (squashed, first.id)] {
            entries.add(EntryKind::Rewrite, |entry| {
                entry.body.insert("pairs".into(), json!([[old.to_string(), new.to_string()]]));
            });
        }
        for by in ["lin@example.com", "sam@example.com"] {
            entries.add(EntryKind::Approve, |entry| {
                entry.subject.commit = Some(one.id);
                entry.actor.email = by.into();
            });
        }
        entries.coverage(std::slice::from_ref(&one)).remove(0).approved_by
    };

    for commit in [first.id, rewritten, squashed, one.id] {
        assert_eq!(approved_by(&|entry| entry.subject.commit = Some(commit)), ["sam@example.com"]);
    }
    assert_eq!(approved_by(&|entry| entry.subject.tree = Some(one.tree)), ["sam@example.com"]);
    let another = ObjectId::new([7; 20]);
    let both = ["lin@example.com", "sam@example.com"];
    assert_eq!(approved_by(&|entry| entry.subject.commit = Some(another)), both);
}

/// Makes of an entry what it is to say.
type Says<'c> = Box<dyn Fn(&mut Entry) + 'c>;

/// A push of two commits, the second upon the first.
fn pushes<'c>(
    first: &'c GovernedCommit,
    second: &'c GovernedCommit,
) -> impl Fn(EntryKind, &'static str, &'static str) -> Says<'c> {
    move |kind, reference, at| {
        Box::new(move |entry: &mut Entry| {
            entry.kind = kind;
            entry.subject.reference = Some(reference.into());
            entry.change = Some(ChangeId::of(&[]));
            let body = json!({
                "gate": "push", "exit": 3, "enforcement": at,
                "head": second.id.to_string(), "after": [first.parents[0].to_string()],
            });
            entry.body = body.as_object().cloned().unwrap();
        })
    }
}

/// Two commits whose push to main the gate held at staging.
fn held_on_main() -> (GovernedCommit, GovernedCommit, Entries) {
    let (first, second) = (commit(1, 1), GovernedCommit { parents: vec![ObjectId::new([1; 20])], ..commit(2, 1) });
    let mut held = Entries::default();
    held.add(EntryKind::Decision, pushes(&first, &second)(EntryKind::Decision, "refs/heads/main", "staging"));
    (first, second, held)
}

#[test]
fn what_a_push_gate_held_is_told_until_somebody_approves_it_or_it_gets_through() {
    let (first, second, mut held) = held_on_main();
    let (push, main) = (pushes(&first, &second), "refs/heads/main");
    let both = [first.clone(), second.clone(), commit(3, 1)];
    let told = |entries: &Entries| -> Vec<bool> {
        entries.coverage(&both).iter().map(|commit| commit.past_gate == Some(PastGate::Held)).collect()
    };
    let with = |kind: EntryKind, change: &dyn Fn(&mut Entry)| {
        let mut entries = Entries(held.0.clone());
        entries.add(kind, change);
        told(&entries)
    };

    assert_eq!(told(&held), [true, true, false]);
    assert_eq!(with(EntryKind::Push, &push(EntryKind::Push, main, "staging")), [false; 3]);
    assert_eq!(with(EntryKind::Push, &push(EntryKind::Push, "refs/heads/next", "production")), [false; 3]);
    let laxer = push(EntryKind::Push, "refs/heads/topic", "development");
    assert_eq!(with(EntryKind::Push, &laxer), [true, true, false]);
    let of_whole = |entry: &mut Entry| {
        entry.change = Some(ChangeId::of(&[]));
        entry.subject.reference = Some(main.into());
    };
    assert_eq!(with(EntryKind::Approve, &of_whole), [false; 3]);
    let for_elsewhere = |entry: &mut Entry| {
        of_whole(entry);
        entry.subject.reference = Some("refs/heads/next".into());
    };
    assert_eq!(with(EntryKind::Approve, &for_elsewhere), [true, true, false]);
    let mut two = Entries(held.0.clone());
    two.add(EntryKind::Approve, of_whole);
    let past = |entries: &Entries| {
        let mut coverage = Coverage::of(&both);
        entries.0.iter().for_each(|(id, entry)| coverage.take(*id, entry));
        coverage.answer(&known(0, None), &mut |_, given| given.len() == 2)[0].past_gate
    };
    assert_eq!(past(&two), Some(PastGate::Held), "one of two");
    two.add(EntryKind::Approve, |entry| {
        of_whole(entry);
        entry.actor.email = "max@example.com".into();
    });
    assert_eq!(past(&two), None);
    assert_eq!(with(EntryKind::Ratify, &|entry| entry.subject.commit = Some(second.id)), [true, false, false]);

    held.add(EntryKind::Approve, of_whole);
    let rejected = held.add(EntryKind::Reject, |entry| {
        of_whole(entry);
        entry.actor.email = "max@example.com".into();
    });
    assert_eq!(told(&held), [true, true, false], "a rejection outweighs the approval");
    held.add(EntryKind::Revoke, |entry| drop(entry.body.insert("approval".into(), json!(rejected.to_string()))));
    assert_eq!(told(&held), [false; 3]);
}

#[test]
fn an_approval_of_less_risk_answers_no_stop_of_more() {
    let (first, second) = (commit(1, 1), GovernedCommit { parents: vec![ObjectId::new([1; 20])], ..commit(2, 1) });
    let push = pushes(&first, &second);
    let at = |level: RiskLevel| Some(RecordedRisk { level, score: 0, digest: Sha256::of(b"") });
    let told = |stops: &[RiskLevel], approved: RiskLevel, change: ChangeId| {
        let mut entries = Entries::default();
        for (seconds, stop) in (0..).zip(stops) {
            entries.add(EntryKind::Decision, |entry| {
                push(EntryKind::Decision, "refs/heads/main", "staging")(entry);
                (entry.time, entry.risk) = (moment(seconds), at(*stop));
            });
        }
        entries.add(EntryKind::Approve, |entry| {
            entry.subject.commit = Some(first.id);
            entry.subject.reference = Some("refs/heads/main".into());
            (entry.change, entry.risk) = (Some(change), at(approved));
        });
        entries.coverage(&[first.clone(), second.clone()])[0].past_gate
    };
    let (whole, part) = (ChangeId::of(&[]), format!("gc1-{}", Sha256::of(b"part")).parse().unwrap());
    let (medium, high, critical) = (RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical);

    assert_eq!(told(&[high], medium, whole), Some(PastGate::Held));
    assert_eq!(told(&[high], high, whole), None);
    assert_eq!(told(&[high], critical, whole), None);
    assert_eq!(told(&[high, critical], high, whole), Some(PastGate::Held), "by then it was more");
    assert_eq!(told(&[critical, high], high, whole), None, "by then it was less");
    assert_eq!(told(&[critical], high, part), None, "a part of it may have less");
}

#[test]
fn what_was_stopped_on_its_way_to_where_it_is_not_came_past_no_gate() {
    let (first, second, held) = held_on_main();
    let (push, main) = (pushes(&first, &second), "refs/heads/main");
    let both = [first.clone(), second.clone(), commit(3, 1)];
    let laxer = push(EntryKind::Push, "refs/heads/topic", "development");
    let of_release: ChangeId = format!("gc1-{}", Sha256::of(b"release")).parse().unwrap();
    let where_main_has = |has: &[ObjectId], kind: EntryKind| {
        let mut coverage = Coverage::of(&both);
        coverage.take(held.0[0].0, &held.0[0].1);
        let mut entries = Entries::default();
        entries.add(EntryKind::Push, &laxer);
        entries.0[0].1.kind = kind;
        coverage.take(Sha256::of(b"laxer"), &entries.0[0].1);
        let there = There::from([(main.to_owned(), has.iter().copied().collect())]);
        let answers = coverage.answer(&Known { there, ..known(0, None) }, &mut |_, _| true);
        answers.iter().map(|commit| commit.past_gate.is_some()).collect::<Vec<bool>>()
    };
    assert_eq!(where_main_has(&[], EntryKind::Push), [false; 3], "it went elsewhere alone");
    let mut twice = Entries(held.0.clone());
    twice.add(EntryKind::Decision, |entry| {
        push(EntryKind::Decision, "refs/heads/release", "production")(entry);
        entry.change = Some(of_release);
    });
    twice.add(EntryKind::Approve, |entry| {
        entry.change = Some(of_release);
        entry.subject.reference = Some("refs/heads/release".into());
    });
    let mut coverage = Coverage::of(&both);
    twice.0.iter().for_each(|(id, entry)| coverage.take(*id, entry));
    let has = |has: &[&GovernedCommit]| has.iter().map(|commit| commit.id).collect();
    let there = There::from([(main.to_owned(), has(&[&first, &second])), ("refs/heads/release".into(), has(&[]))]);
    let answers = coverage.answer(&Known { there, ..known(0, None) }, &mut |_, _| true);
    assert_eq!(answers[0].past_gate, Some(PastGate::Held), "what was approved is for where it never went");
    assert_eq!(where_main_has(&[first.id], EntryKind::Push), [true, false, false]);
    assert_eq!(where_main_has(&[], EntryKind::Outcome), [true, true, false], "it got through nowhere");
}

#[test]
fn an_approval_counts_for_what_is_known_to_have_landed_before_it_expired() {
    let (one, main) = (commit(1, 1), "refs/heads/main");
    let mut held = Entries::default();
    let push = |at: u64, exit: u8, old: ObjectId, reference: &'static str| {
        move |entry: &mut Entry| {
            entry.time = moment(at);
            entry.subject.reference = Some(reference.into());
            entry.subject.base = Some(old);
            let brought = ObjectId::new([if exit == 0 { 2 } else { 1 }; 20]).to_string();
            let body = json!({ "gate": "push", "exit": exit, "head": brought, "after": [old.to_string()] });
            entry.body = body.as_object().cloned().unwrap();
        }
    };
    held.add(EntryKind::Decision, push(0, 3, one.parents[0], main));
    held.add(EntryKind::Approve, |entry| {
        entry.subject.commit = Some(one.id);
        entry.subject.reference = Some(main.into());
        entry.body.insert("expires".into(), json!(moment(10).to_string()));
    });
    let told = |entries: &Entries, now: u64| {
        let found = entries.coverage_at(now, std::slice::from_ref(&one)).remove(0);
        (found.past_gate, found.approved_by.len())
    };
    let with_push_at = |at: u64, reference: &'static str| {
        let mut entries = Entries(held.0.clone());
        entries.add(EntryKind::Push, push(at, 0, one.id, reference));
        told(&entries, 20)
    };

    assert_eq!(told(&held, 9), (None, 1));
    assert_eq!(told(&held, 10), (Some(PastGate::Held), 0), "nobody knows when it landed");
    assert_eq!(with_push_at(9, main), (None, 1), "somebody found it there in time");
    assert_eq!(with_push_at(10, main), (Some(PastGate::Held), 0));
    assert_eq!(with_push_at(9, "refs/heads/next"), (Some(PastGate::Held), 0));
}

#[test]
fn what_a_push_gate_denied_needs_more_than_an_approval() {
    let one = commit(1, 1);
    let mut entries = Entries::default();
    let decision = entries.decide_on_tree(&one, Outcome::Notified);
    entries.bind(&one, Some(decision));
    let push = |kind: EntryKind| {
        let one = one.clone();
        move |entry: &mut Entry| {
            entry.kind = kind;
            entry.subject.reference = Some("refs/heads/main".into());
            let body = json!({
                "gate": "push", "exit": 1, "head": one.id.to_string(), "after": [one.parents[0].to_string()],
            });
            entry.body = body.as_object().cloned().unwrap();
        }
    };
    let past = |entries: &Entries| entries.coverage(std::slice::from_ref(&one))[0].past_gate;
    assert_eq!(past(&entries), None);

    entries.add(EntryKind::Decision, push(EntryKind::Decision));
    entries.add(EntryKind::Approve, |entry| entry.subject.commit = Some(one.id));

    assert_eq!(past(&entries), Some(PastGate::Denied));
    let mut passed = Entries(entries.0.clone());
    passed.add(EntryKind::Push, push(EntryKind::Push));
    assert_eq!(past(&passed), None);
    entries.add(EntryKind::Ratify, |entry| entry.subject.commit = Some(one.id));
    assert_eq!(past(&entries), None);
}

#[test]
fn what_landed_and_no_push_gate_was_asked_about_needs_an_answer_where_it_is_risky() {
    let one = commit(1, 1);
    let past = |outcome: Outcome, at: Enforcement, answer: Option<EntryKind>| {
        let mut entries = Entries::default();
        let decision = entries.decide_on_tree(&one, outcome);
        entries.bind(&one, Some(decision));
        if outcome == Outcome::Blocked {
            entries.decide_on(&one, "record");
            entries.0.last_mut().unwrap().1.outcome = Some(outcome);
        }
        if let Some(kind) = answer {
            entries.add(kind, |entry| {
                entry.subject.commit = Some(one.id);
                entry.subject.reference = Some("refs/heads/main".into());
                entry.body.insert("gate".into(), json!("push"));
                entry.body.insert("head".into(), json!(one.id.to_string()));
            });
        }
        let mut coverage = Coverage::of(std::slice::from_ref(&one));
        entries.0.iter().for_each(|(id, entry)| coverage.take(*id, entry));
        let landing = Landing {
            reference: "refs/heads/main".into(),
            enforcement: at,
            commits: std::iter::once(one.id).collect(),
        };
        coverage.answer(&known(0, Some(landing)), &mut |_, _| true)[0].past_gate
    };
    let (staging, development) = (Enforcement::Staging, Enforcement::Development);

    assert_eq!(past(Outcome::ApprovalPending, staging, None), Some(PastGate::Unasked));
    assert_eq!(past(Outcome::ApprovalPending, development, None), None);
    assert_eq!(past(Outcome::Notified, staging, None), None);
    for kind in [EntryKind::Approve, EntryKind::Ratify, EntryKind::Push] {
        assert_eq!(past(Outcome::ApprovalPending, staging, Some(kind)), None, "{kind}");
    }
    assert_eq!(past(Outcome::Blocked, development, None), Some(PastGate::Unasked));
    assert_eq!(past(Outcome::Blocked, staging, Some(EntryKind::Approve)), Some(PastGate::Unasked));
    assert_eq!(past(Outcome::Blocked, staging, Some(EntryKind::Ratify)), None);
}

#[test]
fn an_override_is_told_by_whoever_granted_it_with_the_reasons_that_were_given() {
    let one = commit(1, 1);
    let mut entries = Entries::default();
    let said = |entries: &Entries| {
        let found = entries.coverage(std::slice::from_ref(&one)).remove(0);
        (found.overridden_by, found.reasons)
    };
    let by = |email: &'static str, action: &'static str, kind: ActorKind, reason: Option<&'static str>| {
        // The first that asked.
        let asked = Sha256::of(&[0]).to_string();
        move |entry: &mut Entry| {
            let named = match action {
                "use" => Some("override"),
                "grant" => Some("request"),
                _ => None,
            };
            entry.body.extend(named.map(|named| (named.to_owned(), json!(asked))));
            (entry.actor.email, entry.actor.kind) = (email.into(), kind);
            entry.subject.commit = Some(ObjectId::new([1; 20]));
            entry.body.insert("action".into(), json!(action));
            entry.body.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
        }
    };
    entries.add(EntryKind::Override, by("mira@example.com", "request", ActorKind::Person, Some("outage 4711")));
    assert_eq!(said(&entries), (vec![], vec![]), "that somebody asks lets nothing by");
    entries.add(EntryKind::Override, by("mira@example.com", "use", ActorKind::Person, None));
    entries.add(EntryKind::Override, by("server@example.com", "use", ActorKind::Witness, None));
    assert_eq!(said(&entries), (vec!["mira@example.com".to_owned()], vec!["outage 4711".to_owned()]));

    entries.add(EntryKind::Override, by("eve@example.com", "request", ActorKind::Person, Some("never used")));
    assert_eq!(said(&entries).1, ["outage 4711"]);

    entries.add(EntryKind::Override, by("ada@example.com", "grant", ActorKind::Person, Some("outage 4711")));
    entries.decide_on(&one, "record");
    entries.0.last_mut().unwrap().1.body.insert("reason".into(), json!("in a hurry"));

    let reasons = vec!["in a hurry".to_owned(), "outage 4711".to_owned()];
    assert_eq!(said(&entries), (vec!["ada@example.com".to_owned()], reasons));
}
