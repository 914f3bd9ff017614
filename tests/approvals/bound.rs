//! What an approval is bound to, and what it dies of.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use gov_hook::model::EntryKind;
use serde_json::json;

use crate::support::lines;
use crate::team::{POLICY, Team};

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
fn an_approval_is_not_for_what_other_commits_touch_and_undo() {
    let team = Team::new();
    team.commit("topic", "core/z.txt", &lines(9));
    team.git("mira", &["rm", "-q", "core/z.txt"]);
    team.git("mira", &["commit", "-q", "-m", "Take it out again"]);
    team.is_held("main");
    assert_eq!(team.approve("lin", &team.id()).code, 0);
    assert_eq!(team.judged()["outcome"], "approved", "what was shown");

    // Nothing comes of these either, but nobody was shown them.
    team.git("mira", &["switch", "-q", "-c", "other", "origin/main"]);
    team.commit("other", "core/evil.txt", &lines(50));
    team.git("mira", &["rm", "-q", "core/evil.txt"]);
    team.git("mira", &["commit", "-q", "-m", "Nobody saw it"]);

    assert_eq!(team.judged()["outcome"], "approval_pending");
    assert_eq!(team.not_counted(), ["lin@example.com approved other bytes: what it was given for has changed since"]);
    team.is_held("main");
}

#[test]
fn commits_that_join_what_was_approved_and_leave_no_trace_are_weighed() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    team.commit("topic", "core/new.txt", &lines(3));
    team.git("mira", &["rm", "-q", "core/new.txt"]);
    team.git("mira", &["commit", "-q", "-m", "Take it out again"]);

    let judged = team.judged();

    assert_eq!(judged["outcome"], "approval_pending");
    assert!(judged["reasons"].to_string().contains("1 commit approved by lin@example.com"), "{}", judged["reasons"]);
    team.is_held("main");
    // Where nobody has ever touched it, the bytes are the ones that were approved.
    team.git("mira", &["reset", "-q", "--soft", "origin/main"]);
    team.git("mira", &["commit", "-q", "-m", "All at once"]);
    assert_eq!((team.not_counted(), &team.judged()["outcome"]), (vec![], &json!("approved")), "squashed");
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
fn a_forged_approval_counts_for_nothing() {
    let attempts = [
        ("no signature", None, "is not signed, and .gov/allowed_signers has a key of theirs"),
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
