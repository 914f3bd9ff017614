//! What was let by, until somebody else answers for it.

use serde_json::{Value, json};

use crate::support::{Scratch, lines};
use crate::team::{POLICY, Team};

fn kinds(pending: &Value) -> Vec<&str> {
    pending["debts"].as_array().unwrap().iter().map(|debt| debt["kind"].as_str().unwrap()).collect()
}

/// Commits or pushes with the hooks told to stand aside.
fn disabled(team: &Team, arguments: &[&str]) {
    let mut git = team.scratch.command("git", &team.at("mira"));
    assert!(git.env("GOV_HOOK_DISABLED", "1").args(arguments).output().unwrap().status.success());
}

#[test]
fn pending_tells_what_is_owed_what_settles_it_and_who_may() {
    let team = Team::new();
    let nothing = "nothing is waiting\nthere is no ledger here; if others have one, fetch it: gov-hook audit sync\n";
    assert_eq!(team.gov("mira", &["pending"]).out, nothing);
    let pushed = team.commit("topic", "core/a.txt", &lines(6));
    disabled(&team, &["push", "-q", "origin", "HEAD:main"]);
    team.scratch.write("free.txt", lines(3));
    team.git("mira", &["add", "--all"]);
    disabled(&team, &["commit", "-q", "-m", "Emergency"]);
    team.scratch.write("free.txt", lines(4));
    team.git("mira", &["add", "--all"]);
    team.git("mira", &["commit", "-q", "--no-verify", "-m", "In a hurry"]);
    let bypassed = team.git("mira", &["rev-parse", "HEAD"]);
    team.git("mira", &["switch", "-q", "-c", "trial", "origin/main"]);
    team.commit("trial", "core/b.txt", &lines(6));
    let target = ["override", "request", "origin/main..HEAD", "--onto", "stage", "--reason", "to try it"];
    assert_eq!(team.gov("mira", &target).code, 0);
    team.lands("stage");
    team.git("mira", &["switch", "-q", "topic"]);

    let pending = team.json("mira", &["pending"]);

    assert_eq!(kinds(&pending), ["break-glass", "disabled", "bypassed", "override"], "{pending}");
    let blocks: Vec<&Value> = pending["debts"].as_array().unwrap().iter().map(|debt| &debt["blocks"]).collect();
    assert_eq!(json!(blocks), json!([true, true, true, false]));
    assert_eq!(pending["debts"][0]["settle"], format!("gov-hook ratify {}", &pushed[..12]));
    assert_eq!(pending["debts"][2]["settle"], format!("gov-hook record {} --reason WHY", &bypassed[..12]));
    assert_eq!(pending["debts"][3]["reason"], "to try it");
    let told = team.gov("mira", &["pending"]).out;
    assert!(told.contains("production accepts nothing more until somebody answers for it\n"), "{told}");
    assert_eq!(kinds(&team.json("mira", &["pending", "--reviewer", "mira@example.com"])), ["bypassed"]);
    let lins = team.json("mira", &["pending", "--reviewer", "lin@example.com"]);
    assert_eq!(kinds(&lins), ["break-glass", "disabled", "override"]);
    assert_eq!(kinds(&team.json("mira", &["pending", "--reviewer", "eve@example.com"])), Vec::<&str>::new());

    assert_eq!(team.gov("mira", &["record", &bypassed, "--reason", "the shop was down"]).code, 0);
    team.gov("mira", &["audit", "sync"]);
    team.gov("lin", &["audit", "sync"]);
    for branch in ["topic", "trial"] {
        team.git("lin", &["fetch", "-q", &team.at("mira").to_string_lossy(), branch]);
    }
    for debt in lins["debts"].as_array().unwrap() {
        let commit = debt["commit"].as_str().unwrap();
        let said = team.gov("lin", &["ratify", commit, "--notes", "it had to be", "--format", "json"]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert_eq!(said.json()["schema"], "gov-hook/ratify/v1");
    }
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    assert_eq!(kinds(&team.json("mira", &["pending"])), Vec::<&str>::new());
}

#[test]
fn nobody_answers_for_a_push_that_brought_a_commit_of_theirs() {
    let team = Team::new();
    let first = team.commit("topic", "core/a.txt", &lines(6));
    team.git("mira", &["commit", "-q", "--amend", "--no-edit", "--author", "Lin <lin@example.com>"]);
    let own = team.git("mira", &["rev-parse", "HEAD"]);
    assert_ne!(own, first);
    let tip = team.commit("topic", "free.txt", &lines(3));
    disabled(&team, &["push", "-q", "origin", "HEAD:main"]);
    for person in ["lin", "ada"] {
        team.gov(person, &["audit", "sync"]);
        team.git(person, &["fetch", "-q"]);
    }
    let pending = |person: &str| kinds(&team.json("ada", &["pending", "--reviewer", person])).len();
    assert_eq!((pending("lin@example.com"), pending("ada@example.com")), (0, 1));

    let denied = team.gov("lin", &["ratify", &tip]);
    let why = "denied: your ratification would not count: lin@example.com had a part in what it answers for\n";
    assert_eq!((denied.code, denied.out.as_str()), (1, why));
    assert_eq!(team.gov("ada", &["ratify", &tip]).code, 0);
    assert_eq!(pending("ada@example.com"), 0);
}

#[test]
fn what_a_first_commit_was_let_by_with_is_mended_by_what_changes_nothing_else() {
    let scratch = Scratch::unborn();
    scratch.origin();
    scratch.install_hooks();
    scratch.write(".gov/policy.yaml", POLICY);
    scratch.write("core/a.txt", lines(6));
    scratch.write("free.txt", lines(6));
    let first = scratch.commit_by_hand("Start");
    let mut push = scratch.command("git", &scratch.path(""));
    let pushed = push.env("GOV_HOOK_DISABLED", "1").args(["push", "-q", "origin", "main"]).output().unwrap();
    assert!(pushed.status.success(), "{}", String::from_utf8_lossy(&pushed.stderr));
    let is_owed = |files: &[(&str, Option<&str>)], message: &str| {
        scratch.git(&["switch", "-q", "-C", "topic", "origin/main"]);
        for (path, content) in files {
            match content {
                Some(content) => scratch.write(path, content),
                None => std::fs::remove_file(scratch.path(path)).unwrap(),
            }
        }
        scratch.commit_by_hand(message);
        let json = scratch.check(&["origin/main..HEAD", "--onto", "main"]);
        json["reasons"].as_array().unwrap().iter().any(|why| why.as_str().unwrap().contains("let "))
    };
    let mend = format!("Mend it\n\nGov-Mends: {first}");

    assert!(is_owed(&[("free.txt", Some("mended\n"))], "Say nothing of it"));
    assert!(!is_owed(&[("free.txt", Some("mended\n"))], &mend));
    assert!(!is_owed(&[("free.txt", None)], &mend));
    // Nothing was there before, so whatever else comes is something else.
    assert!(is_owed(&[("free.txt", Some("mended\n")), ("new.txt", Some("new\n"))], &mend));
}

#[test]
fn savepoints_are_listed_and_go_when_somebody_says_so() {
    let team = Team::new();
    let id = team.approved("core/a.txt", &lines(6));
    team.lands("main");
    let origin = team.scratch.beside("origin.git");
    let tags = || team.scratch.git_in(&origin, &["tag"]);
    let listed = team.json("mira", &["rollback", "--list"]);
    assert_eq!((&listed["schema"], &listed["savepoints"][0]["id"]), (&json!("gov-hook/savepoints/v1"), &json!(id)));
    let young = team.gov("mira", &["rollback", "--forget", "--older-than", "90d"]);
    assert_eq!((young.out.as_str(), tags()), ("forgot 0 savepoints\n", format!("save-before-{id}")));

    let said = team.gov("mira", &["rollback", &id, "--forget"]);

    assert_eq!((said.code, said.out.as_str(), tags()), (0, "forgot 1 savepoint\n", String::new()), "{}", said.err);
    assert_eq!(team.gov("mira", &["rollback", "--list"]).out, "there are no savepoints\n");
    let log = team.gov("mira", &["audit", "log", "--kind", "savepoint", "--format", "json"]).out;
    assert!(log.contains("\"action\":\"forget\""), "{log}");
    let unknown = team.gov("mira", &["rollback", &id, "--forget"]);
    assert_eq!(unknown.code, 2, "{}", unknown.out);
}

#[test]
fn who_answers_twice_for_the_same_commits_has_answered_already() {
    let team = Team::new();
    let first = team.commit("topic", "core/a.txt", &lines(6));
    disabled(&team, &["push", "-q", "origin", "HEAD:main"]);
    team.gov("mira", &["audit", "sync"]);
    for person in ["lin", "sam"] {
        team.gov(person, &["audit", "sync"]);
        team.git(person, &["fetch", "-q"]);
    }
    let counted = |person: &str| team.json(person, &["audit", "report"])["totals"]["overrides"]["ratified"].clone();
    let words = || team.gov("lin", &["audit", "log", "--kind", "ratify", "--format", "json"]).out.lines().count();
    team.gov("lin", &["ratify", &first, "--notes", "it had to be"]).passes();
    assert_eq!((counted("lin"), words()), (json!(1), 1));

    let again = team.gov("lin", &["ratify", &first]);
    let as_json = team.json("lin", &["ratify", &first]);

    assert_eq!((again.code, again.out.as_str()), (0, "you have ratified it already\n"), "{}", again.err);
    assert_eq!((&as_json["recorded"], &as_json["exit"]), (&json!([]), &json!(0)));
    assert_eq!((counted("lin"), words()), (json!(1), 1));
    // Somebody else's word is on record besides, and counts for nothing more.
    team.gov("lin", &["audit", "sync"]);
    team.gov("sam", &["audit", "sync"]);
    team.gov("sam", &["ratify", &first]).passes();
    assert_eq!(counted("sam"), 1);
}
