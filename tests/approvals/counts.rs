//! Who counts, and for exactly what: what the pure rules say, seen from outside.

use std::fs;

use gov_hook::model::{EntryKind, RiskLevel};
use serde_json::json;

use crate::support::lines;
use crate::team::Team;

/// Why somebody's approval of what Mira has checked out would not count; none where it would.
fn supposed(team: &Team, person: &str) -> Option<String> {
    let what = format!("approve:{person}@example.com");
    let judged = team.json("mira", &["check", "origin/main..HEAD", "--suppose", &what]);
    if judged["outcome"] == "approved" {
        return None;
    }
    judged["approvals"]["not_counted"][0]["why"].as_str().map(str::to_owned)
}

#[test]
fn neither_a_co_author_nor_a_committer_nor_anybody_unknown_counts() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("core/a.txt", lines(6));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GIT_COMMITTER_NAME", "Sam").env("GIT_COMMITTER_EMAIL", "sam@example.com");
    let message = "Change\n\nCo-Authored-By: Lin <LIN@example.com>";
    assert!(commit.args(["commit", "-q", "-m", message]).status().unwrap().success());

    let why = |person| supposed(&team, person).unwrap_or_default();

    assert_eq!(why("lin"), "wrote or committed a part of the change");
    assert_eq!(why("sam"), "wrote or committed a part of the change");
    assert_eq!(why("eve"), "holds no role in the policy");
    assert_eq!(supposed(&team, "ada"), None);
}

#[test]
fn a_key_that_may_only_log_approves_nothing() {
    let team = Team::new();
    let listed = fs::read_to_string(team.at("ada").join(".gov/allowed_signers")).unwrap();
    let only_logs =
        |line: &str| if line.starts_with("sam@") { line.replace(",approve@gov-hook", "") } else { line.into() };
    let listed: Vec<String> = listed.lines().map(only_logs).collect();
    fs::write(team.at("ada").join(".gov/allowed_signers"), listed.join("\n") + "\n").unwrap();
    team.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "Let Sam only log"]);
    team.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
    team.git("mira", &["pull", "-q", "--rebase", "origin", "main"]);
    let id = team.held("core/a.txt", &lines(6));
    for person in ["sam", "lin"] {
        team.git(person, &["pull", "-q", "--rebase"]);
        team.gov(person, &["audit", "sync"]);
    }

    let refused = team.gov("sam", &["approve", &id]);

    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(refused.err.contains("may not sign for `approve@gov-hook`"), "{}", refused.err);
    assert!(refused.err.contains("allow sam@example.com the namespace `approve@gov-hook` in .gov/allowed_signers"));
    assert_eq!(team.approve("lin", &id).code, 0);
    assert_eq!(team.judged()["outcome"], "approved");
}

#[test]
fn what_is_critical_is_approved_with_all_the_files_that_come_of_it() {
    let critical = Team::new();
    let high = Team::new();
    for (team, path, reviewer, survives) in
        [(&critical, "keys/root.txt", "ada", "approval_pending"), (&high, "core/a.txt", "lin", "approved")]
    {
        let id = team.held(path, &lines(6));
        let said = team.approve(reviewer, &id);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert_eq!(team.judged()["outcome"], "approved");
        fs::write(team.at("sam").join("other.txt"), lines(6)).unwrap();
        team.git("sam", &["commit", "-q", "--all", "-m", "Elsewhere"]);
        team.git("sam", &["push", "-q", "origin", "main"]);
        team.git("mira", &["fetch", "-q"]);

        team.git("mira", &["rebase", "-q", "origin/main"]);

        assert_eq!(team.judged()["outcome"], survives, "{path}");
    }
    let told = critical.not_counted();
    assert!(told[0].contains("a critical one is approved as the whole that results"), "{told:?}");
}

#[test]
fn an_approval_dies_when_a_submodule_moves() {
    let team = Team::new();
    let (one, other) = (team.git("mira", &["rev-parse", "HEAD~1"]), team.git("mira", &["rev-parse", "HEAD"]));
    let points_at = |commit: &str| {
        team.git("mira", &["update-index", "--add", "--cacheinfo", &format!("160000,{commit},core/sub")]);
    };
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    points_at(&one);
    team.git("mira", &["commit", "-q", "-m", "Use it"]);
    team.is_held("main");
    assert_eq!(team.approve("lin", &team.id()).code, 0);
    assert_eq!(team.judged()["outcome"], "approved");

    points_at(&other);
    team.git("mira", &["commit", "-q", "--amend", "--no-verify", "--no-edit"]);
    assert_eq!(team.judged()["outcome"], "approval_pending");

    points_at(&one);
    team.git("mira", &["commit", "-q", "--amend", "--no-verify", "--no-edit"]);
    assert_eq!(team.judged()["outcome"], "approved");
}

#[test]
fn a_path_asks_for_two_people_and_one_of_them_is_not_enough() {
    let team = Team::new();
    team.asks_two("tech_lead, admin");
    let id = team.held("core/a.txt", &lines(6));

    let one = team.approve("lin", &id);

    assert!(one.out.contains("it still needs 2 signed approvals from tech_lead or admin\n"), "{}", one.out);
    team.is_held("main");
    let needed = &team.json("mira", &["status", &id])["request"]["approvals"]["needed"];
    assert_eq!((&needed[1]["rule"], &needed[1]["counted"]), (&json!("paths[0]"), &json!(["lin@example.com"])));
    assert_eq!(team.approve("sam", &id).code, 0);
    team.lands("main");
}

#[test]
fn an_auditor_hears_of_no_approval_by_somebody_whom_the_policy_does_not_ask() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    assert_eq!(team.approve("sam", &id).code, 0);
    team.lands("main");
    team.held("keys/root.txt", &lines(7));
    let change = team.judged()["target"]["change"].as_str().unwrap().to_owned();
    let commit = team.git("mira", &["rev-parse", "HEAD"]);
    team.git("mira", &["push", "-q", "--no-verify", "origin", "HEAD:main"]);
    let past = || {
        let said = team.json("mira", &["audit", "verify", "HEAD~1..HEAD"])["coverage"]["commits"][0].clone();
        (said["approved_by"].clone(), said["past_gate"].clone())
    };
    let held = json!("held by the push gate and not approved");

    for (who, counts) in [("sam", false), ("ada", true)] {
        if who == "ada" {
            team.gov("ada", &["audit", "sync"]);
            assert_eq!(team.gov("ada", &["audit", "checkpoint"]).code, 0);
        }
        team.forge(who, EntryKind::Approve, Some((who, "approve@gov-hook")), |entry| {
            entry.change = Some(change.parse().unwrap());
            entry.subject.commit = Some(commit.parse().unwrap());
            entry.body.remove("covered");
            entry.risk.as_mut().unwrap().level = RiskLevel::Critical;
        });
        team.gov(who, &["audit", "sync"]);
        team.gov("mira", &["audit", "sync"]);

        let told = if counts { (json!(["ada@example.com"]), json!(null)) } else { (json!([]), held.clone()) };
        assert_eq!(past(), told, "{who}");
    }
}

#[test]
fn a_branch_called_like_an_answer_does_not_answer_for_another() {
    let team = Team::new();
    team.git("mira", &["push", "-q", "--no-verify", "origin", "main:already-out"]);
    team.commit("topic", "core/a.txt", &lines(6));
    team.git("mira", &["push", "-q", "--no-verify", "origin", "topic"]);
    team.git("lin", &["fetch", "-q"]);

    let there = team.gov("lin", &["approve", "origin/topic", "--onto", "already-out"]);
    let here = team.gov("lin", &["approve", "origin/topic"]);
    let again = team.gov("lin", &["approve", "origin/topic"]);

    assert!(there.out.contains(" for refs/heads/already-out as lin@example.com"), "{}{}", there.out, there.err);
    assert!(here.out.contains(" for refs/heads/main as lin@example.com"), "{}{}", here.out, here.err);
    assert_eq!(again.out, "you have approved it already\n");
}
