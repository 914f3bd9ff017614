//! Approvals, from an agent's commit to what landed: asked for and given in clones of their own, and
//! under attack.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    unreachable_pub,
    reason = "a test that cannot go on fails, and what is public is so to the tests beside it"
)]

#[path = "../support/mod.rs"]
mod support;

mod artifacts;
mod auditor;
mod counts;
mod debts;
mod keys;
mod machines;
mod rewritten;
mod seconds;
mod server;
mod team;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use gov_hook::model::{EntryKind, Moment};
use serde_json::json;
use support::lines;
use team::{POLICY, Team};

#[test]
fn an_agents_commit_is_asked_about_approved_elsewhere_and_lands() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("core/a.txt", lines(8));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_AGENT", "claude").args(["commit", "-q", "-m", "Extend the core"]);
    for name in ["AUTHOR", "COMMITTER"] {
        commit.env(format!("GIT_{name}_NAME"), "Claude").env(format!("GIT_{name}_EMAIL"), "noreply@anthropic.com");
    }
    assert!(commit.status().unwrap().success());

    let said = team.is_held("main");

    assert!(said.starts_with("held: HIGH risk (score 0) needs 1 signed approval from tech_lead or admin\n"), "{said}");
    let id = team.id();
    assert!(said.contains(&format!("  gov-hook approve {id}\n")), "{said}");
    team.gov("lin", &["audit", "sync"]);
    let pending = team.json("lin", &["pending", "--reviewer", "lin@example.com"]);
    assert_eq!(pending["schema"], "gov-hook/pending/v1");
    let request = &pending["requests"][0];
    assert_eq!((request["id"].as_str(), request["agent"].as_str()), (Some(id.as_str()), Some("claude")));
    assert_eq!(
        team.gov("lin", &["pending", "--reviewer", "noreply@anthropic.com"]).out,
        "nothing waits for noreply@anthropic.com\n"
    );

    let approved = team.approve("lin", &id);

    assert_eq!(approved.code, 0, "{}", approved.err);
    assert!(approved.out.contains("M  +3  -0  protected  core/a.txt"), "{}", approved.out);
    assert!(approved.out.contains("it has all the approvals it needs\n"), "{}", approved.out);
    assert_eq!(team.judged()["outcome"], "approved");
    assert_eq!(team.judged()["approvals"]["counted"], json!([{ "rule": "high", "by": "lin@example.com" }]));
    team.lands("main");
    let status = team.json("mira", &["status", &id]);
    assert_eq!(status["request"]["state"], "landed");
    assert_eq!(status["request"]["answers"][0]["signed"], true);
    assert_eq!(team.gov("mira", &["pending"]).out, "nothing waits\n");
    let covered = team.json("mira", &["audit", "verify", "main..topic", "--replay"]);
    assert_eq!(covered["exit"], 0, "{covered}");
    assert_eq!(covered["coverage"]["commits"][0]["approved_by"], json!(["lin@example.com"]), "{covered}");
}

#[test]
fn only_people_who_hold_a_role_and_wrote_no_part_can_approve() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));

    let by = |person: &str| team.gov(person, &["approve", &id]);

    let author = by("mira");
    assert_eq!(
        (author.code, author.out.as_str()),
        (1, "denied: your word would not count: mira@example.com wrote or committed a part of the change\n")
    );
    team.gov("lin", &["audit", "sync"]);
    team.git("lin", &["config", "user.email", "eve@example.com"]);
    assert_eq!(by("lin").out, "denied: your word would not count: eve@example.com holds no role in the policy\n");
    team.git("lin", &["config", "user.email", "lin@example.com"]);
    let agent = team.scratch.run_with(&["approve", &id], |command| {
        command.current_dir(team.at("lin")).env("GOV_HOOK_AGENT", "claude");
    });
    assert_eq!((agent.code, agent.out.as_str()), (1, "denied: the agent claude cannot answer; only people approve\n"));
    assert_eq!(by("lin").code, 0);
    assert_eq!(by("lin").out, "you have approved it already\n");
}

#[test]
fn whoever_asked_an_agent_for_it_cannot_approve_it() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("core/a.txt", lines(8));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_AGENT", "claude").env("GOV_HOOK_REQUESTED_BY", "Lin <LIN@example.com>");
    let mut nameless = team.scratch.command("git", &team.at("mira"));
    nameless.env("GOV_HOOK_AGENT", "claude").env("GOV_HOOK_REQUESTED_BY", "Lin");
    let refused = nameless.args(["commit", "-q", "-m", "Extend the core"]).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("GOV_HOOK_REQUESTED_BY is no address"));
    assert!(commit.args(["commit", "-q", "-m", "Extend the core"]).status().unwrap().success());
    team.is_held("main");

    let said = team.approve("lin", &team.id());

    assert_eq!(
        said.out,
        "denied: your word would not count: lin@example.com asked an agent for a part of the change\n"
    );
    assert_eq!(team.approve("sam", &team.id()).code, 0);
}

#[test]
fn an_approval_survives_what_leaves_the_reviewed_bytes_alone() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.approved("core/b.txt", &lines(7));
    team.git("mira", &["commit", "-q", "--amend", "--no-verify", "-m", "Put it in other words"]);
    assert_eq!(team.judged()["outcome"], "approved", "reworded");
    team.git("mira", &["branch", "-q", "both"]);
    team.git("mira", &["reset", "-q", "--soft", "origin/main"]);
    team.git("mira", &["commit", "-q", "-m", "Both at once"]);
    assert_eq!(team.judged()["outcome"], "approved", "squashed");

    // Somebody else lands another file meanwhile.
    fs::write(team.at("ada").join("other.txt"), lines(6)).unwrap();
    team.git("ada", &["commit", "-q", "--all", "-m", "Elsewhere"]);
    team.git("ada", &["push", "-q", "origin", "main"]);
    team.git("mira", &["fetch", "-q"]);
    team.git("mira", &["rebase", "-q", "origin/main"]);
    assert_eq!(team.judged()["outcome"], "approved", "rebased");
    team.git("mira", &["switch", "-q", "-C", "picked", "origin/main"]);
    team.git("mira", &["cherry-pick", "-x", "both~1", "both"]);
    assert_eq!(team.judged()["outcome"], "approved", "cherry-picked");
    team.lands("main");
}

#[test]
fn commits_that_were_approved_are_set_aside_and_the_others_are_weighed() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    team.commit("topic", "free.txt", &lines(3));

    let with_a_little = team.judged();

    assert_eq!((&with_a_little["outcome"], &with_a_little["risk"]["level"]), (&json!("approved"), &json!("LOW")));
    assert!(with_a_little["reasons"].to_string().contains("1 commit approved by lin@example.com"));
    team.commit("topic", "core/b.txt", &lines(6));
    assert_eq!(team.judged()["outcome"], "approval_pending");
}

#[test]
fn an_approval_dies_with_the_smallest_change() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    let start = team.git("mira", &["rev-parse", "HEAD"]);
    let outcome = || team.judged()["outcome"].as_str().unwrap().to_owned();
    let amend = || {
        team.git("mira", &["add", "--all"]);
        team.git("mira", &["commit", "-q", "--amend", "--no-verify", "--no-edit"]);
    };
    let restore = || drop(team.git("mira", &["reset", "-q", "--hard", &start]));

    team.scratch.write("core/a.txt", lines(6).replace("line 6", "line 7"));
    amend();
    assert_eq!(outcome(), "approval_pending", "one byte");
    assert_eq!(team.not_counted(), ["lin@example.com approved other bytes: what it was given for has changed since"]);
    restore();
    assert_eq!(outcome(), "approved");
    team.scratch.make_executable("core/a.txt");
    amend();
    assert_eq!(outcome(), "approval_pending", "a mode bit");
    restore();
    fs::remove_file(team.scratch.path("core/a.txt")).unwrap();
    std::os::unix::fs::symlink("b.txt", team.scratch.path("core/a.txt")).unwrap();
    amend();
    assert_eq!(outcome(), "approval_pending", "a link in its place");
    restore();
    team.git("mira", &["update-index", "--add", "--cacheinfo", &format!("160000,{start},core/sub")]);
    team.git("mira", &["commit", "-q", "--amend", "--no-verify", "--no-edit"]);
    assert_eq!(outcome(), "approval_pending", "a submodule");
    restore();
    assert_eq!(outcome(), "approved");
}

#[test]
fn an_approval_dies_when_what_it_changes_moved_under_it() {
    let team = Team::new();
    team.approved("core/a.txt", &format!("{}end\n", lines(5)));
    fs::write(team.at("ada").join("core/a.txt"), format!("start\n{}", lines(5))).unwrap();
    team.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "Move the same file"]);
    team.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
    team.git("mira", &["fetch", "-q"]);

    team.git("mira", &["rebase", "-q", "origin/main"]);

    assert_eq!(team.judged()["outcome"], "approval_pending");
}

#[test]
fn what_a_merge_smuggles_in_is_weighed_by_itself() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    fs::write(team.at("ada").join("other.txt"), lines(6)).unwrap();
    team.git("ada", &["commit", "-q", "--all", "-m", "Elsewhere"]);
    team.git("ada", &["push", "-q", "origin", "main"]);
    team.git("mira", &["fetch", "-q"]);
    team.git("mira", &["merge", "-q", "--no-ff", "--no-edit", "origin/main"]);
    assert_eq!(team.judged()["outcome"], "approved", "a clean merge");
    team.scratch.write("core/b.txt", lines(9));
    team.git("mira", &["add", "--all"]);

    team.git("mira", &["commit", "-q", "--amend", "--no-verify", "--no-edit"]);

    assert_eq!(team.judged()["outcome"], "approval_pending");
}

#[test]
fn an_approval_is_for_one_branch() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.gov("mira", &["request", "topic", "--onto", "stage", "--reason", "to try it"]);
    team.gov("mira", &["audit", "sync"]);
    team.git("mira", &["push", "-q", "--no-verify", "origin", "topic"]);
    team.git("lin", &["fetch", "-q"]);
    assert_eq!(team.approve("lin", &team.id()).code, 0);

    let judged = team.judged();

    assert_eq!(judged["outcome"], "approval_pending");
    assert_eq!(team.not_counted(), ["lin@example.com is for refs/heads/stage, not for refs/heads/main"]);
    assert_eq!(team.json("mira", &["check", "origin/main..HEAD", "--onto", "stage"])["outcome"], "approved");
}

#[test]
fn an_approval_ends_with_the_policy_its_time_or_its_giver() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    let short = team.gov("lin", &["approve", &id, "--expires", "1s"]);
    assert_eq!(short.code, 0, "{}", short.err);
    team.gov("lin", &["audit", "sync"]);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    team.gov("mira", &["audit", "sync"]);
    assert!(team.not_counted()[0].starts_with("lin@example.com expired at "), "{:?}", team.not_counted());
    assert_eq!(team.approve("lin", &id).code, 0);
    assert_eq!(team.judged()["outcome"], "approved");

    let back = team.gov("lin", &["revoke", &id, "--reason", "on second thoughts"]);

    assert_eq!(back.code, 0, "{}{}", back.out, back.err);
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    assert_eq!(team.judged()["outcome"], "approval_pending");
    assert_eq!(team.approve("sam", &id).code, 0);
    assert_eq!(team.judged()["outcome"], "approved");
    fs::write(team.at("ada").join(".gov/policy.yaml"), POLICY.replace("keys/**", "secret-keys/**")).unwrap();
    team.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "Change the law"]);
    team.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
    team.git("mira", &["fetch", "-q"]);
    team.git("mira", &["rebase", "-q", "origin/main"]);
    assert_eq!(team.judged()["outcome"], "approval_pending");
    let told = team.not_counted();
    assert!(told.iter().any(|told| told == "sam@example.com was given under another policy"), "{told:?}");
}

#[test]
fn an_approval_lands_once_and_not_again_after_a_revert() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    let first = team.git("mira", &["rev-parse", "HEAD"]);
    team.lands("main");
    team.git("mira", &["revert", "--no-edit", "HEAD"]);
    let id = {
        team.is_held("main");
        team.id()
    };
    assert_eq!(team.approve("lin", &id).code, 0);
    team.lands("main");

    team.git("mira", &["cherry-pick", "-x", &first]);

    assert_eq!(team.judged()["outcome"], "approval_pending");
    let told = team.not_counted();
    assert!(told.contains(&format!("lin@example.com was used when {} landed", &first[..12])), "{told:?}");
}

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
fn a_forged_approval_counts_for_nothing() {
    let attempts = [
        ("no signature", None, "is not signed, and `high` asks for a signature"),
        ("another's key", Some(("mira", "approve@gov-hook")), "does not belong to lin@example.com"),
        ("another namespace", Some(("lin", "log@gov-hook")), "made for `log@gov-hook`, not for `approve@gov-hook`"),
        ("a good one", Some(("lin", "approve@gov-hook")), ""),
    ];
    for (name, key, why) in attempts {
        let team = Team::new();
        // An approval of something else, to be made over into one of this.
        team.approved("core/b.txt", &lines(6));
        let other = team.git("mira", &["rev-parse", "HEAD"]);
        team.git("mira", &["switch", "-q", "-C", "topic", "origin/main"]);
        team.commit("topic", "core/a.txt", &lines(7));
        let judged = team.judged();
        let (change, tree) = (judged["target"]["change"].clone(), judged["target"]["tree"].clone());
        let head = team.git("mira", &["rev-parse", "HEAD"]);
        team.git("lin", &["fetch", "-q", &team.at("mira").to_string_lossy(), "topic"]);

        team.forge("lin", EntryKind::Approve, key, |entry| {
            entry.change = Some(change.as_str().unwrap().parse().unwrap());
            entry.subject.commit = head.parse().ok();
            entry.subject.tree = tree.as_str().unwrap().parse().ok();
            entry.body.insert("covered".into(), json!([change]));
        });

        assert_ne!(head, other);
        team.gov("lin", &["audit", "sync"]);
        team.gov("mira", &["audit", "sync"]);
        let told = team.not_counted();
        if why.is_empty() {
            assert_eq!(team.judged()["outcome"], "approved", "{name}: the forger has the key after all: {told:?}");
        } else {
            assert_eq!(team.judged()["outcome"], "approval_pending", "{name}");
            assert!(told.iter().any(|told| told.contains(why)), "{name}: {told:?}");
        }
    }
}

#[test]
fn an_edited_note_silences_its_stream() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    assert_eq!(team.judged()["outcome"], "approved");
    let stream = team.stream_of("lin");
    let listed = team.git("mira", &["ls-tree", "-r", &stream]);
    let mut edited = Vec::new();
    for line in listed.lines() {
        let (facts, path) = line.split_once('\t').unwrap();
        let blob = facts.split(' ').next_back().unwrap();
        let note =
            team.git("mira", &["cat-file", "blob", blob]).replace("\"kind\":\"approve\"", "\"kind\":\"reject\"") + "\n";
        fs::write(team.scratch.beside("note"), note).unwrap();
        let blob = team.git("mira", &["hash-object", "-w", &team.scratch.beside("note").to_string_lossy()]);
        edited.push(format!("100644 blob {blob}\t{path}\n"));
    }
    let index = team.scratch.beside("index");
    let mut update = team.scratch.command("git", &team.at("mira"));
    update.env("GIT_INDEX_FILE", &index).args(["update-index", "--add", "--index-info"]).stdin(Stdio::piped());
    let mut child = update.spawn().unwrap();
    child.stdin.take().unwrap().write_all(edited.concat().as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let mut write = team.scratch.command("git", &team.at("mira"));
    let tree = write.env("GIT_INDEX_FILE", &index).arg("write-tree").output().unwrap().stdout;
    let tree = String::from_utf8(tree).unwrap().trim().to_owned();
    let commit = team.git("mira", &["commit-tree", &tree, "-p", &stream, "-m", "edited"]);

    team.git("mira", &["update-ref", &stream, &commit]);

    let judged = team.judged();
    assert_ne!(judged["outcome"], "approved");
    assert!(team.not_counted().iter().any(|told| told.contains("damaged")), "{:?}", team.not_counted());
}

#[test]
fn an_approval_is_of_its_own_repository() {
    let (team, other) = (Team::new(), Team::of("# Another\n"));
    team.approved("core/a.txt", &lines(6));
    other.commit("topic", "core/a.txt", &lines(6));
    let stream = team.stream_of("lin");

    let theirs = team.at("lin").to_string_lossy().into_owned();
    other.git("mira", &["fetch", "-q", &theirs, &format!("{stream}:{stream}")]);

    assert_ne!(other.judged()["outcome"], "approved");
}

#[test]
fn what_an_agent_staged_is_approved_at_the_same_machine() {
    let team = Team::new();
    team.scratch.write("keys/root.txt", "public part\n");
    team.git("mira", &["add", "--all"]);
    let commit = || {
        let mut commit = team.scratch.command("git", &team.at("mira"));
        commit.env("GOV_HOOK_AGENT", "claude");
        for name in ["AUTHOR", "COMMITTER"] {
            commit.env(format!("GIT_{name}_NAME"), "Claude").env(format!("GIT_{name}_EMAIL"), "noreply@anthropic.com");
        }
        commit.args(["commit", "-q", "-m", "Add a key"]).output().unwrap()
    };
    assert!(!commit().status.success());
    let key = team.scratch.beside("keys/ada.pub").to_string_lossy().into_owned();
    team.git("mira", &["config", "user.email", "ada@example.com"]);
    team.git("mira", &["config", "user.signingkey", &key]);

    let said = team.gov("mira", &["approve", "--staged", "--notes", "seen"]);

    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let output = commit();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    team.lands("main");
}

#[test]
fn an_override_at_production_is_granted_by_signature_and_used_once() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("main");
    let asked = team.gov("mira", &["override", "request", "--reason", "the shop is down"]);
    assert_eq!(asked.code, 0, "{}", asked.err);
    team.is_held("main");
    team.gov("mira", &["audit", "sync"]);
    for person in ["lin", "ada"] {
        team.gov(person, &["audit", "sync"]);
    }
    let id = team.id();
    let lead = team.gov("lin", &["override", "grant", &id]);
    assert_eq!((lead.code, lead.out.as_str()), (1, "denied: lin@example.com may not grant it: only admin may\n"));

    let granted = team.gov("ada", &["override", "grant", &id, "--ttl", "1h"]);

    assert_eq!(granted.code, 0, "{}", granted.err);
    assert!(granted.out.ends_with("let others see it: gov-hook audit sync\n"), "{}", granted.out);
    team.gov("ada", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    assert_eq!(team.judged()["outcome"], "overridden");
    team.lands("main");
    let first = team.git("mira", &["rev-parse", "HEAD"]);
    team.git("mira", &["revert", "--no-edit", "HEAD"]);
    team.git("mira", &["push", "-q", "--no-verify", "origin", "HEAD:main"]);
    team.git("mira", &["cherry-pick", "-x", &first]);
    assert_eq!(team.judged()["outcome"], "approval_pending");
}

#[test]
fn below_production_a_reason_overrides_once() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("stage");
    let target = ["override", "request", "origin/main..HEAD", "--onto", "stage", "--reason", "to try it"];
    assert_eq!(team.gov("mira", &target).code, 0);

    team.lands("stage");

    let log = team.gov("mira", &["audit", "log", "--kind", "override", "--format", "json"]).out;
    assert!(log.contains("\"action\":\"use\"") && log.contains("to try it"), "{log}");
    team.is_held("main");
}

#[test]
fn what_passes_by_itself_or_brings_nothing_is_not_overridden() {
    let team = Team::new();
    let before = team.git("mira", &["for-each-ref", "refs/notes/gov/"]);
    team.git("mira", &["switch", "-q", "-c", "nothing", "origin/main"]);
    let nothing = team.gov("mira", &["override", "request", "--reason", "the shop is down"]);
    assert_eq!(
        (nothing.code, nothing.out.contains(" needs no override: auto_approved\n")),
        (0, true),
        "{}",
        nothing.out
    );
    assert_eq!(team.git("mira", &["for-each-ref", "refs/notes/gov/"]), before);

    team.commit("topic", "other.txt", &lines(6));
    let small = team.json("mira", &["override", "request", "--reason", "the shop is down"]);

    assert_eq!((&small["exit"], &small["recorded"]), (&json!(0), &json!([])), "{small}");
    let log = team.gov("mira", &["audit", "log", "--kind", "override"]).out;
    assert!(!log.contains("override"), "{log}");
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
fn a_commit_made_behind_broken_glass_lands_once_somebody_else_answers_for_it() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("free.txt", lines(3));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    let made = commit.env("GOV_HOOK_DISABLED", "1").args(["commit", "-q", "-m", "Emergency"]).output().unwrap();
    assert!(made.status.success());
    let id = team.git("mira", &["rev-parse", "--short=12", "HEAD"]);
    let told = String::from_utf8_lossy(&made.stderr).into_owned() + &String::from_utf8_lossy(&made.stdout);
    assert!(told.contains(&format!("somebody else has to answer for it: gov-hook ratify {id}\n")), "{told}");

    let refused = team.is_held("main");

    assert!(refused.starts_with("denied: mira@example.com let "), "{refused}");
    assert!(refused.ends_with(&format!("somebody else has to answer for it: gov-hook ratify {id}\n")), "{refused}");
    let unseen = team.gov("lin", &["ratify", &id]);
    assert_eq!((unseen.code, unseen.err.contains("  mend it: git fetch; ")), (2, true), "{}", unseen.err);
    let own = team.gov("mira", &["ratify", &id]);
    assert_eq!(own.code, 1, "{}", own.out);
    team.gov("mira", &["audit", "sync"]);
    team.gov("lin", &["audit", "sync"]);
    team.git("lin", &["fetch", "-q", &team.at("mira").to_string_lossy(), "topic"]);
    let said = team.gov("lin", &["ratify", &id, "--notes", "it had to be"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    team.lands("main");
}

#[test]
fn production_takes_nothing_more_while_it_owes_an_answer_but_what_mends_it() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    let id = team.git("mira", &["rev-parse", "HEAD"]);
    let mut push = team.scratch.command("git", &team.at("mira"));
    let pushed = push.env("GOV_HOOK_DISABLED", "1").args(["push", "origin", "HEAD:main"]).output().unwrap();
    assert!(pushed.status.success());
    let log = team.gov("mira", &["audit", "log", "--kind", "override", "--format", "json"]).out;
    assert!(log.contains("\"action\":\"break-glass\""), "{log}");
    team.git("mira", &["fetch", "-q"]);
    team.commit("topic", "free.txt", &lines(3));

    let refused = team.is_held("main");

    assert!(refused.starts_with("denied: mira@example.com let "), "{refused}");
    team.git("mira", &["switch", "-q", "-C", "topic", "origin/main"]);
    team.git("mira", &["revert", "--no-edit", &id]);
    let mends = team.judged();
    assert_ne!(mends["outcome"], "blocked", "what mends it is only judged for what it is: {mends}");
    team.scratch.write("free.txt", lines(3));
    team.git("mira", &["add", "--all"]);
    team.git("mira", &["commit", "-q", "--amend", "--no-edit"]);
    let more = team.judged();
    assert_eq!(more["outcome"], "blocked", "it says that it mends, and brings something else besides: {more}");
    team.git("mira", &["switch", "-q", "-C", "topic", "origin/main"]);
    team.commit("topic", "free.txt", &lines(3));
    team.gov("mira", &["audit", "sync"]);
    team.gov("lin", &["audit", "sync"]);
    team.git("lin", &["fetch", "-q"]);
    assert_eq!(team.gov("lin", &["ratify", &id[..12]]).code, 0);
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    team.lands("main");
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

    let said = team.gov("mira", &["rollback", &id, "--reason", "it broke the shop"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(team.git("mira", &["rev-parse", "HEAD"]), head, "nothing else moves");
    let branch = format!("rollback-{id}");
    assert_eq!(team.git("mira", &["rev-parse", &format!("{branch}^")]), head);
    assert_eq!(team.git("mira", &["diff", "--stat", &before, &branch]), "");
    let again = team.gov("mira", &["rollback", &id, "--reason", "it broke the shop"]);
    assert_eq!(again.code, 2);
    let expected = format!(
        "gov-hook could not bring that back: `{branch}` is there already, since an earlier rollback\n  mend \
         it: look at it: git show --stat {branch}; to make another one, take it away first: git branch -D {branch}\n"
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
        || team.scratch.try_git_in(&team.at("mira"), &["push", "--no-verify", "origin", "HEAD:refs/heads/main"]);
    let id = team.held("core/a.txt", &lines(6));

    let refused = past_the_hook();

    assert!(!refused.status.success());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("it needs an approval by tech_lead or admin"), "{told}");
    let approved = team.approve("lin", &id);
    assert_eq!(approved.code, 0, "the commit was offered to reviewers: {}{}", approved.out, approved.err);
    // The approval comes with the push that it lets by: the server is the first to hear of it.
    let stream = team.stream_of("lin");
    team.scratch.git_in(&origin, &["update-ref", "-d", &stream]);
    let landed = team.scratch.try_git_in(
        &team.at("mira"),
        &["push", "--no-verify", "origin", "HEAD:refs/heads/main", &format!("{stream}:{stream}")],
    );
    assert!(landed.status.success(), "{}", String::from_utf8_lossy(&landed.stderr));
    team.gov("mira", &["audit", "sync"]);
    let log = team.gov("mira", &["audit", "log", "--kind", "land", "--format", "json"]).out;
    assert!(log.contains("\"landed\":true") && log.contains("server@example.com"), "{log}");
}
