//! What becomes of what was asked: rejected, timed out, supposed, landed and taken back.

use std::fs;

use gov_hook::model::{EntryKind, Moment};
use serde_json::json;

use crate::support::lines;
use crate::team::Team;

#[test]
fn a_rejection_outweighs_and_stands_until_the_bytes_change() {
    let team = Team::new();
    let id = team.approved("core/a.txt", &lines(6));
    team.gov("ada", &["audit", "sync"]);

    let said = team.gov("ada", &["reject", &id, "--reason", "it leaks", "--blocking", "close the file"]);

    assert_eq!(said.code, 0, "{}", said.err);
    team.gov("ada", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    let held = team.is_held("main");
    assert!(held.starts_with("denied: rejected by ada@example.com\n"), "{held}");
    let status = team.json("mira", &["status", &id]);
    assert_eq!(status["request"]["state"], "rejected");
    let answers = status["request"]["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 2, "{status}");
    assert!(answers.iter().any(|answer| answer["blocking"] == json!(["close the file"])), "{status}");
    team.commit("topic", "core/a.txt", &lines(7));
    assert_eq!(team.judged()["outcome"], "rejected", "a part of it is still what was rejected");
    team.git("mira", &["reset", "-q", "--soft", "origin/main"]);
    team.git("mira", &["commit", "-q", "-m", "Mended"]);
    assert_eq!(team.judged()["outcome"], "approval_pending");
}

#[test]
fn nobody_answers_in_time_and_that_is_a_rejection_until_it_is_asked_again() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.forge("mira", EntryKind::Request, None, |entry| {
        entry.body.insert("expires".into(), json!(entry.time.to_string()));
        // Mira's clock was set back since: what she writes from now on must not be older than this.
        entry.time = Moment::of_seconds(entry.time.seconds() + 60).unwrap();
    });

    let said = team.is_held("main");

    assert!(said.starts_with("denied: nobody answered its request by "), "{said}");
    let log = team.gov("mira", &["audit", "log", "--kind", "reject", "--format", "json"]).out;
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("\"cause\":\"timeout\""), "{log}");
    team.is_held("main");
    assert_eq!(team.gov("mira", &["audit", "log", "--kind", "reject", "--format", "json"]).out, log, "told once");
    let status = team.json("mira", &["status", &id]);
    assert_eq!(status["request"]["state"], "timed_out", "{status}");
    let again = team.gov("mira", &["request", "--ticket", "OPS-7", "--meta", "team=core"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(team.judged()["outcome"], "approval_pending");
    let said = &team.json("mira", &["status", &id])["request"]["said"];
    assert_eq!(said, &json!({ "ticket": "OPS-7", "team": "core" }));
    assert_eq!(team.approve("lin", &id).code, 0);
    team.lands("main");
}

#[test]
fn nobody_answers_for_what_could_not_be_shown() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    let before = team.git("lin", &["for-each-ref", "refs/notes/gov/"]);

    let said = team.scratch.run_with(&["approve", &id], |command| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        command.current_dir(team.at("lin")).stdout(full);
    });

    assert_eq!(said.code, 2);
    let expected = "gov-hook approve failed: cannot show what this is about, so nothing was done\n  because: No space";
    assert!(said.err.starts_with(expected), "{}", said.err);
    assert_eq!(team.git("lin", &["for-each-ref", "refs/notes/gov/"]), before);
}

#[test]
fn supposing_answers_by_the_same_rules_and_writes_nothing() {
    let team = Team::new();
    team.held("core/a.txt", &lines(6));
    let before = team.git("mira", &["for-each-ref", "refs/notes/gov/"]);
    let supposing = |what: &str| team.json("mira", &["check", "origin/main..HEAD", "--suppose", what]);

    assert_eq!(supposing("approve:lin@example.com")["outcome"], "approved");
    assert_eq!(supposing("approve:mira@example.com")["outcome"], "approval_pending");
    assert_eq!(supposing("reject:ada@example.com")["outcome"], "rejected");
    assert_eq!(supposing("level:development")["exit"], 0);
    assert_eq!(team.git("mira", &["for-each-ref", "refs/notes/gov/"]), before);
}

#[test]
fn a_held_push_names_the_question_that_asks_for_the_same() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));

    let said = team.is_held("main");

    let (base, head) = (
        team.git("mira", &["rev-parse", "--short=12", "origin/main"]),
        team.git("mira", &["rev-parse", "--short=12", "HEAD"]),
    );
    let command = format!("gov-hook check {base}..{head} --onto main --suppose approve:");
    let question = said.lines().find_map(|line| line.trim().strip_prefix(&command));
    let person = question.unwrap_or_else(|| panic!("{said}"));
    let supposing = format!("approve:{person}");
    let asked = ["check", &format!("{base}..{head}"), "--onto", "main", "--suppose", &supposing];
    assert_eq!(team.json("mira", &asked)["outcome"], "approved");
}

#[test]
fn what_lands_by_approval_leaves_a_savepoint_and_a_way_back() {
    let team = Team::new();
    let before = team.git("mira", &["rev-parse", "origin/main"]);
    let id = team.approved("core/a.txt", &lines(6));
    team.lands("main");

    let tag = format!("save-before-{id}");
    assert_eq!(team.git("mira", &["rev-parse", &tag]), before);
    let there = team.scratch.beside("origin.git");
    assert_eq!(team.scratch.git_in(&there, &["rev-parse", &tag]), before);
    let head = team.git("mira", &["rev-parse", "HEAD"]);
    // What cannot be put on record is not begun.
    let lock = team.at("mira").join(".git/gov/lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    assert_eq!(team.gov("mira", &["rollback", &id, "--reason", "it broke the shop"]).code, 2);
    std::fs::remove_dir(&lock).unwrap();

    let said = team.gov("mira", &["rollback", &id, "--reason", "it broke the shop"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(team.git("mira", &["rev-parse", "HEAD"]), head, "nothing else moves");
    let branch = format!("rollback-{id}");
    assert_eq!(team.git("mira", &["rev-parse", &format!("{branch}^")]), head);
    assert_eq!(team.git("mira", &["diff", "--stat", &before, &branch]), "");
    let again = team.gov("mira", &["rollback", &id, "--reason", "it broke the shop"]);
    assert_eq!(again.code, 2);
    let expected = format!(
        "gov-hook rollback failed: `{branch}` already exists, from an earlier rollback\n  mend \
         it: look at it: git show --stat {branch}; to make another one, delete it first: git branch -D {branch}\n"
    );
    assert_eq!(again.err, expected);
    let log = team.gov("mira", &["audit", "log", "--kind", "savepoint", "--format", "json"]).out;
    assert!(log.contains("\"action\":\"save\"") && log.contains("\"action\":\"rollback\""), "{log}");
    team.git("mira", &["switch", "-q", &branch]);
    let said = team.is_held("main");
    assert!(said.starts_with("held: HIGH risk"), "{said}");
    assert_eq!(team.approve("lin", &team.id()).code, 0);
    team.lands("main");
}

#[test]
fn a_server_counts_by_the_same_rules_and_says_that_it_landed() {
    let team = Team::new();
    let origin = team.scratch.beside("origin.git");
    for stage in ["pre-receive", "post-receive"] {
        use std::os::unix::fs::PermissionsExt;
        let path = origin.join("hooks").join(stage);
        fs::write(&path, format!("#!/bin/sh\nexec '{}' hook {stage} \"$@\"\n", env!("CARGO_BIN_EXE_gov-hook")))
            .unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    team.scratch.git_in(&origin, &["config", "user.email", "server@example.com"]);
    let past_the_hook =
        || team.scratch.tried_in(&team.at("mira"), &["push", "--no-verify", "origin", "HEAD:refs/heads/main"]);
    let id = team.held("core/a.txt", &lines(6));

    past_the_hook().is_refused_with(&["it needs an approval by tech_lead or admin"]);

    let approved = team.approve("lin", &id);
    assert_eq!(approved.code, 0, "the commit was offered to reviewers: {}{}", approved.out, approved.err);
    // The approval comes with the push that it lets by: the server is the first to hear of it.
    let stream = team.stream_of("lin");
    team.scratch.git_in(&origin, &["update-ref", "-d", &stream]);
    let both = ["HEAD:refs/heads/main", &format!("{stream}:{stream}")];
    team.scratch.tried_in(&team.at("mira"), &[&["push", "--no-verify", "origin"][..], &both].concat()).passes();
    team.gov("mira", &["audit", "sync"]);
    let log = team.gov("mira", &["audit", "log", "--kind", "land", "--format", "json"]).out;
    assert!(log.contains("\"landed\":true") && log.contains("server@example.com"), "{log}");
}

#[test]
fn a_rejection_that_only_the_remote_has_outweighs_an_approval_that_is_here() {
    let team = Team::new();
    let id = team.approved("core/a.txt", &lines(6));
    assert_eq!(team.judged()["outcome"], "approved");
    assert_eq!(team.gov("lin", &["reject", &id, "--reason", "it is not what was meant"]).code, 0);
    team.gov("lin", &["audit", "sync"]);

    let said = team.is_held("main");

    assert!(said.contains("lin@example.com"), "{said}");
    assert_eq!(team.judged()["outcome"], "rejected");
}

#[test]
fn what_was_rejected_on_its_way_to_two_branches_is_taken_back_on_both() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.is_held("stage");
    team.gov("lin", &["audit", "sync"]);
    assert_eq!(team.gov("lin", &["reject", &id, "--reason", "bad"]).code, 0);

    let back = team.gov("lin", &["revoke", &id]);

    assert_eq!((back.code, back.out.matches("took the rejection").count()), (0, 2), "{}{}", back.out, back.err);
    let again = team.gov("lin", &["revoke", &id]);
    assert_eq!(again.code, 2, "{}", again.out);
    assert!(again.err.contains("have taken that back"), "{}", again.err);
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    assert_eq!(team.judged()["outcome"], "approval_pending");
    assert_eq!(team.json("mira", &["check", "origin/main..HEAD", "--onto", "stage"])["outcome"], "approval_pending");
}

#[test]
fn a_rejection_that_was_taken_back_is_none_for_any_branch() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    assert_eq!(team.gov("lin", &["reject", &id, "--reason", "it leaks"]).code, 0);
    team.is_held("stage");
    for person in ["mira", "lin"] {
        team.gov(person, &["audit", "sync"]);
    }
    let states = || {
        let told = team.json("lin", &["status", &id]);
        let states: Vec<String> =
            told["requests"].as_array().unwrap().iter().map(|one| one["state"].to_string()).collect();
        states
    };
    assert_eq!(states(), ["\"rejected\"", "\"rejected\""]);

    assert_eq!(team.gov("lin", &["revoke", &id]).code, 0);

    assert_eq!(states(), ["\"pending\"", "\"pending\""]);
    for verb in [&["history"][..], &["status", &id]] {
        let told = team.gov("lin", verb).out;
        assert!(!told.contains("  rejected"), "{told}");
    }
    assert_eq!(team.gov("lin", &["status", &id]).out.matches("revoke").count(), 2);
}
