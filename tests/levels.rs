//! The level table, row by row at its boundaries, through the whole program.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod support;

use serde_json::Value;
use support::{Scratch, UNTOLD, lines, secret_line};

const POLICY: &str = "\
version: 1
enforcement: { default: staging }
paths:
  default: deny
  allowed: [\"src/**\", \"docs/**\", \"notes.txt\"]
  protected: [\"src/core/**\"]
  never_auto_approve: [\"secrets/**\", \".env*\"]
  database: [\"migrations/**\"]
  generated: [\"**/*.lock\"]
categories:
  docs: { paths: [\"docs/**\"], auto_approve: false }
rules: { packs: [secrets] }
roles: { admin: [ada@example.com], tech_lead: [lin@example.com] }
approvals:
  high: { count: 1, roles: [tech_lead, admin], timeout: 1h }
  critical: { count: 1, roles: [admin], timeout: 24h }
";

fn governed() -> Scratch {
    let scratch = Scratch::new();
    scratch.policy(POLICY);
    scratch
}

/// Level, outcome and exit code of what is staged, by the push gate.
fn judged(scratch: &Scratch) -> (String, String, i64) {
    scratch.git(&["add", "--all"]);
    of(&scratch.check(&["--staged"]))
}

fn of(json: &Value) -> (String, String, i64) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&json["risk"]["level"]), text(&json["outcome"]), json["exit"].as_i64().unwrap())
}

fn is(judged: &(String, String, i64), level: &str, outcome: &str, exit: i64) {
    assert_eq!(judged, &(level.to_owned(), outcome.to_owned(), exit));
}

#[test]
fn added_lines_set_the_level() {
    for (count, level, outcome, exit) in [
        (1, "LOW", "auto_approved", 0),
        (50, "LOW", "auto_approved", 0),
        (100, "LOW", "auto_approved", 0),
        (101, "MEDIUM", "notified", 0),
        (200, "MEDIUM", "notified", 0),
        (201, "HIGH", "approval_pending", 3),
    ] {
        let scratch = governed();
        scratch.write("src/a.txt", lines(count));

        let judged = judged(&scratch);

        is(&judged, level, outcome, exit);
    }
}

#[test]
fn net_deletions_set_the_level() {
    for (deleted, level, exit) in [(50, "LOW", 0), (51, "HIGH", 3), (200, "HIGH", 3), (201, "CRITICAL", 3)] {
        let scratch = governed();
        scratch.write("src/a.txt", lines(300));
        scratch.commit_all("Add");
        scratch.write("src/a.txt", lines(300 - deleted));

        let judged = judged(&scratch);

        assert_eq!((judged.0.as_str(), judged.2), (level, exit), "{deleted} deleted");
    }
}

#[test]
fn deletions_made_up_for_by_additions_are_no_net_deletion() {
    let scratch = governed();
    scratch.write("src/a.txt", lines(60));
    scratch.commit_all("Add");
    scratch.write("src/a.txt", lines(40).replace("line", "row"));

    let judged = judged(&scratch);

    is(&judged, "LOW", "auto_approved", 0);
}

#[test]
fn the_list_a_path_is_on_sets_the_level() {
    for (path, level, class) in [
        ("src/a.txt", "LOW", "allowed"),
        ("elsewhere/a.txt", "HIGH", "unlisted"),
        ("src/core/a.txt", "HIGH", "protected"),
        ("migrations/1.txt", "HIGH", "database"),
        ("secrets/a.txt", "CRITICAL", "never_auto_approve"),
        (".env.local", "CRITICAL", "never_auto_approve"),
        (".gov/note.txt", "CRITICAL", "never_auto_approve"),
        (".GOV/note.txt", "CRITICAL", "never_auto_approve"),
        ("src/Core/a.txt", "HIGH", "protected"),
    ] {
        let scratch = governed();
        scratch.write(path, "one line\n");
        scratch.git(&["add", "--all"]);

        let json = scratch.check(&["--staged"]);

        assert_eq!(json["risk"]["level"], level, "{path}");
        assert_eq!(json["files"]["items"][0]["class"], class, "{path}");
    }
}

#[test]
fn an_unlisted_path_is_free_where_the_default_is_allow() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\npaths: { default: allow, protected: [\"core/**\"] }\n");
    scratch.write("elsewhere/a.txt", "one line\n");

    let judged = judged(&scratch);

    is(&judged, "LOW", "auto_approved", 0);
}

#[test]
fn both_paths_of_a_rename_count() {
    let scratch = governed();
    scratch.write("src/core/a.txt", lines(20));
    scratch.commit_all("Add");
    scratch.git(&["mv", "src/core/a.txt", "src/a.txt"]);

    let judged = judged(&scratch);

    is(&judged, "HIGH", "approval_pending", 3);
}

#[test]
fn generated_files_are_counted_apart() {
    let scratch = governed();
    scratch.write("src/deps.lock", lines(900));
    scratch.write("src/a.txt", lines(10));
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    is(&of(&json), "LOW", "auto_approved", 0);
    assert_eq!(json["files"]["added"], 10);
}

#[test]
fn a_category_that_is_not_approved_automatically_waits_for_a_person() {
    let scratch = governed();
    scratch.write("docs/a.txt", lines(3));

    let judged = judged(&scratch);

    is(&judged, "LOW", "approval_pending", 3);
}

#[test]
fn small_commits_do_not_split_a_large_change() {
    let scratch = governed();
    let start = scratch.git(&["rev-parse", "HEAD"]);
    for part in 1..=6 {
        scratch.write(&format!("src/{part}.txt"), lines(60));
        scratch.commit_all("A part");
        let alone = scratch.check(&["HEAD"]);
        is(&of(&alone), "LOW", "auto_approved", 0);
    }

    let together = scratch.check(&[&format!("{start}..HEAD")]);

    is(&of(&together), "HIGH", "approval_pending", 3);
    assert_eq!(together["files"]["added"], 360);
}

#[test]
fn a_protected_path_touched_and_undone_is_seen() {
    let scratch = governed();
    scratch.write("src/core/a.txt", lines(3));
    let start = scratch.commit_all("Add");
    scratch.write("src/core/a.txt", lines(4));
    scratch.commit_all("Touch");
    scratch.write("src/core/a.txt", lines(3));
    scratch.write("src/b.txt", lines(1));
    scratch.commit_all("Undo");

    let json = scratch.check(&[&format!("{start}..HEAD")]);

    is(&of(&json), "HIGH", "approval_pending", 3);
}

#[test]
fn a_secret_added_and_removed_again_denies_the_range() {
    let scratch = governed();
    let start = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("src/a.txt", secret_line());
    scratch.commit_all("Add a key");
    scratch.write("src/a.txt", "key = from the environment\n");
    scratch.commit_all("Take it out again");

    let json = scratch.check(&[&format!("{start}..HEAD")]);

    assert_eq!((json["outcome"].as_str(), json["exit"].as_i64()), (Some("blocked"), Some(1)));
    assert_eq!(json["findings"][0]["rule"], "secret/aws-access-key-id");
    assert!(!json.to_string().contains(UNTOLD));
}

#[test]
fn a_policy_weakened_by_the_change_itself_does_not_judge_it() {
    let scratch = governed();
    scratch.write(".gov/policy.yaml", "version: 1\npaths: { default: allow }\n");
    scratch.write("src/core/a.txt", lines(3));

    let judged = judged(&scratch);

    is(&judged, "CRITICAL", "approval_pending", 3);
}

#[test]
fn the_gate_and_the_level_decide_what_is_held() {
    let scratch = governed();
    scratch.write("src/core/a.txt", "one line\n");
    scratch.git(&["add", "--all"]);
    let exit = |arguments: &[&str]| scratch.check(&[&["--staged"], arguments].concat())["exit"].as_i64().unwrap();

    assert_eq!(exit(&["--level", "development"]), 0);
    assert_eq!(exit(&["--level", "staging", "--gate", "commit"]), 0);
    assert_eq!(exit(&["--level", "staging", "--gate", "push"]), 3);
    assert_eq!(exit(&["--level", "production", "--gate", "commit"]), 3);
    scratch.write(".env", "MODE=fast\n");
    scratch.git(&["add", "--all"]);
    assert_eq!(exit(&["--level", "staging", "--gate", "commit"]), 3);
    assert_eq!(exit(&["--level", "development"]), 0);
}

#[test]
fn an_agent_is_judged_at_staging_at_least() {
    let scratch = Scratch::new();
    scratch.policy(&POLICY.replace("default: staging", "default: development"));
    scratch.write("src/core/a.txt", "one line\n");
    scratch.git(&["add", "--all"]);

    let person = scratch.run(&["check", "--staged", "--format", "json"]);
    let agent = scratch.run_with(&["check", "--staged", "--format", "json"], |command| {
        command.env("GOV_HOOK_AGENT", "claude");
    });

    assert_eq!((person.code, person.json()["level"].as_str()), (0, Some("development")));
    assert_eq!((agent.code, agent.json()["level"].as_str()), (3, Some("staging")));
}

#[test]
fn a_supposed_approval_counts_only_from_somebody_who_may_give_it() {
    let scratch = governed();
    scratch.write("src/core/a.txt", "one line\n");
    scratch.git(&["add", "--all"]);
    let supposing = |what: &str| of(&scratch.check(&["--staged", "--suppose", what]));

    is(&supposing("approve:lin@example.com"), "HIGH", "approved", 0);
    is(&supposing("approve:stranger@example.com"), "HIGH", "approval_pending", 3);
    is(&supposing("approve:mira@example.com"), "HIGH", "approval_pending", 3);
    is(&supposing("reject:ada@example.com"), "HIGH", "rejected", 1);
    is(&supposing("level:development"), "HIGH", "approval_pending", 0);
}

#[test]
fn what_was_rejected_is_to_be_changed_whatever_an_approval_would_do() {
    let scratch = governed();
    scratch.write("src/core/a.txt", "one line\n");
    scratch.git(&["add", "--all"]);
    let last = |what: &str| {
        let said = scratch.run(&["check", "--staged", "--suppose", what]).out;
        let lines: Vec<String> = said.lines().map(str::to_owned).collect();
        lines[lines.len() - 2..].to_vec()
    };

    let rejected = last("reject:ada@example.com");
    let pending = last("level:staging");

    let change = "next: it stays rejected until its bytes change: change it, then check again";
    assert_eq!(rejected, [change, "  gov-hook check --staged"]);
    assert!(pending[1].contains(" --suppose approve:"), "{pending:?}");
}
