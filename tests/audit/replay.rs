//! Decisions made again: what a forger wrote into a sound chain is found.

use serde_json::{Value, json};

use crate::support::{Scratch, aws_key, lines};
use crate::{chained, forge, governed, id, sound, stream, verified};

#[test]
fn a_forged_decision_with_a_sound_chain_is_found_by_replay() {
    let scratch = governed();
    scratch.write("big.txt", lines(900));
    scratch.commit_by_hand("Add much");
    let replayed = scratch.run(&["audit", "verify", "--replay"]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
    let reference = stream(&scratch);
    let mut entries = scratch.entries(&reference);
    let forged = entries.iter_mut().rev().find(|entry| entry["kind"] == "decision").unwrap();
    forged["risk"]["score"] = json!(1);
    let mut entries = chained(entries);
    let decision = id(&entries[entries.len() - 2]);
    entries.last_mut().unwrap()["body"]["decision"] = json!(decision);
    forge(&scratch, &reference, &entries);
    assert_eq!(verified(&scratch), sound());

    let said = scratch.run(&["audit", "verify", "--replay", "--format", "json"]);

    assert_eq!(said.code, 1);
    assert_eq!(said.json()["damage"][0]["code"], "replay-differs");
}

/// How many decisions came out the same, and the codes of what did not.
fn replayed(scratch: &Scratch) -> (u64, Vec<String>) {
    let said = scratch.run(&["audit", "verify", "--replay", "--format", "json"]).json();
    let codes = said["damage"].as_array().unwrap().iter().map(|damage| damage["code"].as_str().unwrap().to_owned());
    (said["replay"]["same"].as_u64().unwrap(), codes.collect())
}

/// Changes the last decision or push of HIGH risk, and all that follows from its new id.
fn forge_high(scratch: &Scratch, kind: &str, change: impl Fn(&mut Value)) {
    let reference = stream(scratch);
    let old = scratch.entries(&reference);
    let at = old.iter().rposition(|entry| entry["kind"] == kind && entry["risk"]["level"] == "HIGH").unwrap();
    let was = id(&old[at]);
    let mut entries = old;
    change(&mut entries[at]);
    let mut entries = chained(entries);
    let is = id(&entries[at]);
    for entry in &mut entries {
        if entry["body"]["decision"] == was.as_str() {
            entry["body"]["decision"] = json!(is);
        }
    }
    forge(scratch, &reference, &chained(entries));
}

#[test]
fn a_new_name_for_what_is_there_brings_nothing_when_it_is_made_again_either() {
    let scratch = governed();
    scratch.policy("version: 1\n");
    scratch.origin();
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    let before = replayed(&scratch).0;
    scratch.git(&["push", "-q", "origin", "main:refs/heads/other"]);
    scratch.git(&["tag", "v1"]);
    scratch.git(&["push", "-q", "origin", "v1"]);

    assert_eq!(replayed(&scratch), (before + 2, vec![]));
}

#[test]
fn every_kind_of_decision_comes_out_the_same_when_it_is_made_again() {
    let scratch = governed();
    scratch.origin();
    scratch.write("a.py", format!("key = '{}'\n", aws_key()));
    scratch.git(&["add", "--all"]);
    assert!(!scratch.tried(&["commit", "-q", "-m", "Refused"]).passed());
    assert_eq!(replayed(&scratch), (4, vec![]), "a refused attempt, whose objects are still there");

    scratch.write("a.py", lines(3));
    scratch.commit_by_hand("Amended soon");
    scratch.write("b.py", lines(150));
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--amend", "-m", "Amended"]);
    scratch.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    scratch.write("side.txt", lines(250));
    scratch.commit_by_hand("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    let (same, damage) = replayed(&scratch);
    assert_eq!(damage, Vec::<String>::new(), "an amendment and a merge");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(
        replayed(&scratch),
        (same + 2, vec![]),
        "a push to an empty remote, and the first commit, which no hook saw"
    );
    scratch.write("c.txt", lines(20));
    scratch.commit_by_hand("More");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(replayed(&scratch), (same + 4, vec![]), "a push of what is new");
}

#[test]
fn an_outcome_that_a_forger_made_better_is_found_by_replay() {
    let better = |entry: &mut Value| {
        entry["outcome"] = json!("auto_approved");
        entry["risk"]["level"] = json!("LOW");
    };
    let scratch = governed();
    scratch.origin();
    scratch.write("big.txt", lines(300));
    scratch.commit_by_hand("Add much");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(replayed(&scratch).1, Vec::<String>::new());
    let reference = stream(&scratch);
    let sound = scratch.git(&["rev-parse", &reference]);
    let copy = reference.replace("refs/notes/gov/", "");

    for kind in ["decision", "push"] {
        scratch.git(&["update-ref", &reference, &sound]);
        forge_high(&scratch, kind, better);
        // The remote has the real one: a forger who can write there too forges it there too.
        for name in scratch.git(&["for-each-ref", "--format=%(refname)"]).lines().filter(|name| name.ends_with(&copy)) {
            scratch.git(&["update-ref", name, &reference]);
        }
        assert_eq!(verified(&scratch), self::sound(), "{kind}");

        assert_eq!(replayed(&scratch).1, ["replay-differs"], "{kind}");
    }
}

/// What a forger changes, and what is expected in its place.
type Lie<'a> = (&'a str, &'a dyn Fn(&mut Value), &'a str);

#[test]
fn another_version_may_weigh_otherwise_and_not_contradict_what_is_there() {
    let scratch = governed();
    scratch
        .policy("version: 1\nenforcement: { default: staging }\npaths: { default: allow, protected: [\"core/**\"] }\n");
    scratch.write("core/a.txt", lines(150));
    scratch.write("big.txt", lines(150));
    scratch.commit_by_hand("Add much");
    let reference = stream(&scratch);
    let sound = scratch.git(&["rev-parse", &reference]);
    let low = |entry: &mut Value| {
        entry["risk"]["level"] = json!("LOW");
        entry["outcome"] = json!("auto_approved");
    };
    let lies: [Lie<'_>; 8] = [
        ("another score", &|entry| entry["risk"]["score"] = json!(99), ""),
        ("the risk of its paths", &low, "risk HIGH or more"),
        ("no approval", &|entry| entry["outcome"] = json!("auto_approved"), "somebody's word on HIGH risk"),
        ("its exit", &|entry| entry["outcome"] = json!("blocked"), "exit 1 for blocked"),
        ("its level", &|entry| entry["body"]["enforcement"] = json!("development"), "level staging"),
        ("its policy", &|entry| entry["policy"] = json!(format!("sha256:{}", "ab".repeat(32))), "policy sha256:"),
        ("its change", &|entry| entry["change"] = json!(format!("gc1-{}", "ab".repeat(32))), "change gc1-"),
        (
            "an approval that nobody gave",
            &|entry| {
                entry["outcome"] = json!("approved");
                entry["body"]["rests_on"] = json!(["ab".repeat(32)]);
            },
            "words on this change that approved rests on",
        ),
    ];
    for (what, lie, expected) in lies {
        scratch.git(&["update-ref", &reference, &sound]);
        forge_high(&scratch, "decision", |entry| {
            entry["engine"] = json!("gov-hook 0.0.9");
            lie(entry);
        });
        assert_eq!(verified(&scratch), self::sound(), "{what}");

        let said = scratch.run(&["audit", "verify", "--replay", "--format", "json"]).json();

        let told: Vec<&str> =
            said["damage"].as_array().unwrap().iter().map(|damage| damage["expected"].as_str().unwrap()).collect();
        assert_eq!(told.len(), usize::from(!expected.is_empty()), "{what}: {said}");
        assert!(told.iter().all(|told| told.starts_with(expected)), "{what}: {told:?}");
        assert_eq!(said["replay"]["otherwise"].as_array().unwrap().len(), usize::from(told.is_empty()), "{what}");
    }
}

#[test]
fn the_level_of_a_branch_is_no_forgers_to_lower_whichever_version_they_claim() {
    let scratch = governed();
    scratch.policy("version: 1\nenforcement: { default: staging }\n");
    scratch.write("big.txt", lines(300));
    scratch.commit_by_hand("Add much");

    forge_high(&scratch, "decision", |entry| entry["body"]["enforcement"] = json!("development"));

    assert_eq!(replayed(&scratch).1, ["replay-differs"]);
}
