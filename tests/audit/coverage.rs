//! Which commits were governed, and what is on record of each.

use serde_json::{Value, json};

use crate::governed;
use crate::support::{Scratch, lines, secret_line};

#[test]
fn a_branch_is_governed_since_adoption_or_its_gaps_are_told() {
    let scratch = governed();
    let said = scratch.run(&["audit", "verify", "main", "--format", "json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let coverage = &said.json()["coverage"];
    assert_eq!(coverage["before_adoption"], 1);
    assert_eq!(coverage["totals"], json!({"recorded": 3, "late": 0, "bypassed": 0, "unrecorded": 0}));

    scratch.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", "Past the hooks"]);
    scratch.git(&["-c", "core.hooksPath=/nowhere", "commit", "-q", "--allow-empty", "-m", "Without gov-hook"]);
    let said = scratch.run(&["audit", "verify", "main"]);
    assert_eq!(said.code, 1);
    let first = said.out.lines().next().unwrap();
    assert_eq!(first, "not governed: 2 of 5 commits of main (1 bypassed, 1 unrecorded)");
    assert_eq!(scratch.run(&["audit", "verify", "HEAD~3..HEAD~2"]).code, 0);
    assert_eq!(scratch.run(&["audit", "verify"]).code, 0);

    let recorded = scratch.run(&["record", "HEAD~2..HEAD", "--reason", "the hooks were not installed"]);
    assert_eq!(recorded.code, 0, "{}", recorded.err);
    assert_eq!(scratch.run(&["audit", "verify", "main"]).code, 0);
}

#[test]
fn a_ledger_that_somebody_began_by_hand_counts_from_there() {
    let scratch = Scratch::new();
    for number in 1..4 {
        scratch.write("a.txt", lines(number));
        scratch.commit_all("By hand");
    }
    assert_eq!(scratch.run(&["record", "HEAD~2..HEAD", "--reason", "reviewed on paper"]).code, 0);

    let said = scratch.run(&["audit", "verify", "main", "--format", "json"]);

    let coverage = &said.json()["coverage"];
    assert_eq!((said.code, &coverage["before_adoption"], &coverage["totals"]["late"]), (0, &json!(2), &json!(2)));
}

#[test]
fn what_is_on_record_is_listed_and_shown() {
    let scratch = governed();

    let listed = scratch.run(&["audit", "log", "--kind", "commit", "--path", "file-2.txt", "--format", "json"]);
    let rows: Vec<Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["entry"]["subject"]["commit"], scratch.git(&["rev-parse", "HEAD~1"]).as_str());
    assert_eq!(scratch.run(&["audit", "log", "-n", "2"]).out.lines().count(), 2);
    assert_eq!(scratch.run(&["audit", "log", "HEAD~1..HEAD", "--kind", "decision"]).out.lines().count(), 1);
    assert_eq!(scratch.run(&["audit", "log", "--actor", "eve"]).out, "no entry matches\n");
    assert_eq!(scratch.run(&["audit", "log", "--until", "2001-01-01"]).out, "no entry matches\n");

    let id = rows[0]["id"].as_str().unwrap();
    let shown = scratch.run(&["audit", "show", &id[..12]]);
    assert!(shown.out.starts_with(&format!("commit {}: entry 4 of ", &id[..12])), "{}", shown.out);
    assert!(shown.out.contains("\n  signature    none\n"), "{}", shown.out);
    let of_commit = scratch.run(&["audit", "show", "HEAD~1", "--format", "json"]).json();
    assert_eq!(of_commit["entries"].as_array().unwrap().len(), 2);
    assert_eq!(scratch.run(&["audit", "show", "0123456789"]).code, 2);
}

#[test]
fn a_commit_that_was_held_and_pushed_past_the_hook_is_not_called_governed() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { branches: { main: staging } }\nroles: { admin: [lin@example.com] }\n");
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch.write("long.txt", lines(250));
    let commit = scratch.commit_by_hand("Add much");
    let pushed = scratch.try_git_in(&scratch.path(""), &["push", "origin", "main"]);
    assert!(!pushed.status.success());
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

    let said = scratch.run(&["audit", "verify", "HEAD~1..HEAD"]);
    let json = scratch.run(&["audit", "verify", "HEAD~1..HEAD", "--format", "json"]).json();

    assert_eq!(said.code, 1, "{}", said.out);
    let first = "not governed: 1 of 1 commit of HEAD~1..HEAD (1 held by the push gate and not approved)\n";
    assert!(said.out.starts_with(first), "{}", said.out);
    let short = &commit[..12];
    for line in [
        &format!("  {short}  recorded    HIGH      Add much\n"),
        "; held by the push gate and not approved\n",
        &format!("\nsomebody else has to answer for it: gov-hook ratify {short}\n"),
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert_eq!((&json["coverage"]["governed"], &json["coverage"]["commits"][0]["held"]), (&json!(false), &json!(true)));

    let mut ratified = scratch.command("git", &scratch.path(""));
    assert!(ratified.args(["config", "user.email", "lin@example.com"]).status().unwrap().success());
    let ratifying = scratch.run(&["ratify", short]);
    assert_eq!(ratifying.code, 0, "{}{}", ratifying.out, ratifying.err);
    let answered = scratch.run(&["audit", "verify", "HEAD~1..HEAD"]);
    assert_eq!(answered.code, 0, "{}", answered.out);
}

/// A repository whose main is at staging and on a remote, where somebody else may answer.
fn at_staging() -> Scratch {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { branches: { main: staging } }\nroles: { admin: [lin@example.com] }\n");
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch
}

#[test]
fn what_landed_past_every_push_gate_is_told_by_each_who_tells_of_coverage() {
    let scratch = at_staging();
    scratch.write("long.txt", lines(250));
    let commit = scratch.commit_by_hand("Add much");
    let before = scratch.run(&["audit", "verify", "main"]);
    assert_eq!(before.code, 0, "what was not pushed has not landed: {}", before.out);
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

    let said = scratch.run(&["audit", "verify", "main"]);
    let report = scratch.run(&["audit", "report"]);
    let as_json = scratch.run(&["audit", "report", "--format", "json"]).json();
    let exported = scratch.run(&["audit", "export", "HEAD~1..HEAD", "--format", "statements"]);

    let why = "not approved, and let through by no push gate";
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.starts_with(&format!("not governed: 1 of 1 commit of main (1 {why})\n")), "{}", said.out);
    assert!(report.out.contains("\npast the push gate; "), "{}", report.out);
    assert!(report.out.ends_with(&format!("\n            {why}\n")), "{}", report.out);
    assert_eq!(as_json["commits"]["past_gate"][0]["commit"], commit);
    let predicate = exported.json()["predicate"].clone();
    assert_eq!((&predicate["governed"], &predicate["past_gate"]), (&json!(false), &json!(why)));

    scratch.git(&["config", "user.email", "lin@example.com"]);
    assert_eq!(scratch.run(&["ratify", &commit[..12]]).code, 0);
    assert_eq!(scratch.run(&["audit", "verify", "main"]).code, 0);
    assert_eq!(scratch.run(&["audit", "report", "--format", "json"]).json()["commits"]["past_gate"], json!([]));
}

#[test]
fn what_was_denied_is_not_governed_for_being_put_on_record() {
    let scratch = at_staging();
    scratch.write("key.txt", secret_line());
    let commit = scratch.commit_all("Keep the key");
    assert_eq!(scratch.run(&["record", "HEAD", "--reason", "no time"]).code, 1);
    assert!(!scratch.tried(&["push", "-q", "origin", "main"]).passed());
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

    let said = scratch.run(&["audit", "verify", "main"]);

    assert_eq!(said.code, 1, "{}", said.out);
    let first = "not governed: 1 of 1 commit of main (1 denied by the push gate and not ratified)\n";
    assert!(said.out.starts_with(first), "{}", said.out);
    assert!(said.out.contains(&format!("gov-hook ratify {}", &commit[..12])), "{}", said.out);
}
