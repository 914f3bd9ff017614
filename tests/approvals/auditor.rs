//! What an auditor hears of approvals that a gate would not have counted.

use std::thread::sleep;
use std::time::Duration;

use gov_hook::model::{EntryKind, Outcome, RiskLevel};
use serde_json::{Value, json};

use crate::support::lines;
use crate::team::Team;

const HELD: &str = "held by the push gate and not approved";

/// Pushes what Mira has past every hook, and gives who approved it, as an auditor is told, and what is amiss.
fn past_the_gate(team: &Team) -> (Value, Value) {
    team.git("mira", &["push", "-q", "--no-verify", "origin", "HEAD:main"]);
    audited(team, "HEAD")
}

fn audited(team: &Team, commit: &str) -> (Value, Value) {
    let said = team.json("mira", &["audit", "verify", &format!("{commit}~1..{commit}")]);
    let commit = &said["coverage"]["commits"][0];
    (commit["approved_by"].clone(), commit["past_gate"].clone())
}

#[test]
fn an_approval_that_had_expired_when_it_landed_is_none() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    assert_eq!(team.gov("lin", &["approve", &id, "--expires", "1s"]).code, 0);
    for person in ["lin", "mira"] {
        team.gov(person, &["audit", "sync"]);
    }
    sleep(Duration::from_secs(2));

    assert_eq!(past_the_gate(&team), (json!([]), json!(HELD)));

    let landed = team.git("mira", &["rev-parse", "HEAD"]);
    let in_time = team.approved("core/b.txt", &lines(6));
    assert_eq!(past_the_gate(&team), (json!(["lin@example.com"]), json!(null)), "{in_time}");
    assert_eq!(audited(&team, &landed), (json!([]), json!(HELD)));
}

#[test]
fn an_auditor_hears_that_a_decision_was_believed_as_its_writer_wrote_it() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.forge("mira", EntryKind::Decision, None, |entry| {
        entry.outcome = Some(Outcome::AutoApproved);
        entry.risk.as_mut().unwrap().level = RiskLevel::Low;
    });
    let audit = |more: &[&str]| team.gov("mira", &[&["audit", "verify", "HEAD~1..HEAD"], more].concat());
    let believed = "\nrecorded decisions were taken as written; to recompute them: \
                    gov-hook audit verify HEAD~1..HEAD --replay\n";

    let told = audit(&[]);
    let replayed = audit(&["--replay"]);

    assert_eq!((told.code, told.out.contains(believed)), (0, true), "{}", told.out);
    assert_eq!((replayed.code, replayed.out.contains(believed)), (1, false), "{}", replayed.out);
    assert!(replayed.out.starts_with("broken: replay-differs "), "{}", replayed.out);
    for (more, is_replayed) in [(&[][..], false), (&["--replay"][..], true)] {
        let json = audit(&[more, &["--format", "json"]].concat()).json();
        assert_eq!(json["coverage"]["replayed"], is_replayed);
    }
}

/// How many overrides a report calls used and not ratified.
fn unratified(team: &Team) -> Value {
    team.json("mira", &["audit", "report"])["totals"]["overrides"]["unratified"].clone()
}

#[test]
fn an_override_is_not_ratified_by_somebody_whom_the_policy_does_not_know() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("stage");
    let reason = ["override", "request", "origin/main..HEAD", "--onto", "stage", "--reason", "the shop is down"];
    assert_eq!(team.gov("mira", &reason).code, 0);
    team.lands("stage");
    assert_eq!(unratified(&team), 1);
    let by = |person: &str| {
        // In her own stream, by whatever name she writes.
        team.forge("mira", EntryKind::Override, None, |entry| {
            entry.kind = EntryKind::Ratify;
            entry.body.remove("action");
            entry.actor.email = format!("{person}@example.com");
        });
        unratified(&team)
    };

    assert_eq!(by("mira"), 1, "her own");
    assert_eq!(by("eve"), 1, "nobody's");
    for (person, arguments) in [
        ("lin", &["audit", "sync"][..]),
        ("lin", &["ratify", "origin/stage"]),
        ("lin", &["audit", "sync"]),
        ("mira", &["audit", "sync"]),
    ] {
        team.git("lin", &["fetch", "-q", "origin"]);
        let said = team.gov(person, arguments);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
    assert_eq!(unratified(&team), 0);
}

#[test]
fn a_path_that_asks_for_two_people_has_two_or_is_not_approved() {
    for (approvers, past) in [(&["lin"][..], json!(HELD)), (&["lin", "sam"][..], json!(null))] {
        let team = Team::new();
        team.asks_two("tech_lead");
        let id = team.held("core/a.txt", &lines(6));
        for person in approvers {
            assert_eq!(team.approve(person, &id).code, 0);
        }

        let told = past_the_gate(&team);

        let by: Vec<String> = approvers.iter().map(|person| format!("{person}@example.com")).collect();
        assert_eq!(told, (json!(by), past));
    }
}

#[test]
fn a_commit_past_its_hooks_is_not_on_record_for_the_word_of_somebody_unknown() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("other.txt", lines(6));
    team.git("mira", &["commit", "-q", "--all", "--no-verify", "-m", "Past the hooks"]);

    team.forge("mira", EntryKind::Commit, None, |entry| {
        entry.kind = EntryKind::Ratify;
        entry.actor.email = "eve@example.com".into();
    });

    let said = team.is_held("main");
    assert!(said.contains("1 commit without a record"), "{said}");
}

#[test]
fn what_was_stopped_on_its_way_to_one_branch_is_governed_on_another() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("stage");
    assert_eq!(team.approve("lin", &team.id()).code, 0);
    team.lands("stage");
    assert_eq!(audited(&team, "HEAD"), (json!(["lin@example.com"]), json!(null)));

    team.is_held("main");

    assert_eq!(audited(&team, "HEAD"), (json!(["lin@example.com"]), json!(null)));
    assert_eq!(past_the_gate(&team), (json!(["lin@example.com"]), json!(HELD)), "there it came past the gate");
}

/// No entry is dated before those that it follows, so all of them are dated ahead from then on.
#[test]
fn what_was_decided_behind_a_clock_that_was_ahead_comes_out_the_same() {
    let team = Team::new();
    team.commit("aside", "free.txt", &lines(3));
    team.forge("mira", EntryKind::Commit, None, |entry| entry.time = "2060-01-01T00:00:00Z".parse().unwrap());
    team.git("mira", &["switch", "-q", "main"]);
    team.approved("core/a.txt", &lines(6));
    team.lands("main");

    let said = team.gov("mira", &["audit", "verify", "--full", "--replay"]);

    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let newest = team.gov("mira", &["audit", "log", "-n", "1", "--format", "json"]).json();
    let (dated, clock) = (newest["entry"]["time"].clone(), newest["entry"]["body"]["clock"].clone());
    assert_eq!(dated, "2060-01-01T00:00:00Z");
    assert!(clock.as_str().unwrap() < "2060", "{clock}");
}
