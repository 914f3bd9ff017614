//! What a clone itself keeps back: before a push, and of its own ledger.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::Value;

use crate::support::{Said, lines, secret_line};
use crate::{Hosted, PRODUCTION};

#[test]
fn strictly_kept_the_ledger_of_a_clone_is_not_taken_back_by_any_command() {
    let hosted = Hosted::without_hooks("version: 1\n");
    let scratch = &hosted.scratch;
    hosted.commit("a.txt", "one\n");
    hosted.commit("a.txt", "two\n");
    let stream = hosted.own_stream();
    assert_eq!(scratch.run(&["install", "--strict"]).code, 0);
    let tip = scratch.git(&["rev-parse", &stream]);
    let refused = |arguments: &[&str], why: &str| {
        scratch.tried(arguments).is_refused_with(&[why]);
        assert_eq!(scratch.git(&["rev-parse", &stream]), tip, "{arguments:?}");
    };

    let refused_at = |tip: &str, arguments: &[&str]| {
        scratch.tried(arguments).is_refused_with(&[]);
        assert_eq!(scratch.git(&["rev-parse", &stream]), tip, "{arguments:?}");
    };
    refused(&["update-ref", "-d", &stream], "a stream of the ledger is never deleted");
    refused(&["update-ref", &stream, &format!("{stream}~1")], "a stream of the ledger only grows");
    refused(&["replace", "HEAD", "HEAD~1"], "a replacement makes git show a history other");
    hosted.commit("a.txt", "three\n");
    assert_ne!(scratch.git(&["rev-parse", &stream]), tip, "gov-hook itself goes on writing");
    let tip = scratch.git(&["rev-parse", &stream]);
    scratch.git(&["pack-refs", "--all", "--no-prune"]);
    refused_at(&tip, &["update-ref", "-d", &stream]);
    scratch.git(&["pack-refs", "--all"]);
    refused_at(&tip, &["update-ref", "-d", &stream]);
    hosted.push(&["origin", "main"]).passes();
    scratch.git(&["fetch", "-q", "origin", "refs/notes/gov/*:refs/notes/gov/*"]);
    scratch.git(&["gc", "-q"]);
}

#[test]
fn strictly_kept_references_are_packed_whatever_bytes_others_have_in_their_names() {
    let hosted = Hosted::without_hooks("version: 1\n");
    let scratch = &hosted.scratch;
    hosted.commit("a.txt", "one\n");
    let made = scratch.tried_with(&["branch"], |git| {
        git.arg(OsStr::from_bytes(b"caf\xe9"));
    });
    made.passes();
    assert_eq!(scratch.run(&["install", "--strict"]).code, 0);
    let own_file = scratch.path(".git").join(hosted.own_stream());
    assert!(own_file.exists());

    scratch.git(&["pack-refs", "--all"]);

    assert!(!own_file.exists());
}

#[test]
fn strictly_kept_a_stream_is_not_cut_by_what_is_put_on_top_of_it() {
    let hosted = Hosted::without_hooks("version: 1\n");
    let scratch = &hosted.scratch;
    assert_eq!(scratch.run(&["install", "--strict"]).code, 0);
    hosted.commit("a.txt", "one\n");
    hosted.commit("a.txt", "two\n");
    let stream = hosted.own_stream();
    let tip = scratch.git(&["rev-parse", &stream]);
    let try_git = |arguments: &[&str]| {
        let tried = scratch.tried(arguments);
        (tried.passed(), tried.err)
    };

    for cut in [
        &["notes", "--ref", &stream, "remove", "HEAD"][..],
        &["notes", "--ref", &stream, "add", "-f", "-m", "nothing", "HEAD"],
        &["notes", "--ref", &stream, "append", "-m", "more", "HEAD"],
    ] {
        let (passed, said) = try_git(cut);

        assert!(!passed, "{cut:?}: {said}");
        assert_eq!(said.matches("gov-hook: denied: refs/notes/gov/").count(), 1, "{cut:?}: {said}");
        assert_eq!(scratch.git(&["rev-parse", &stream]), tip, "{cut:?}");
    }

    // The first one is put there past all hooks, whereupon it may be taken back, and nothing else may.
    let past_hooks = |arguments: &[&str]| scratch.git(&[&["-c", "core.hooksPath=/dev/null"], arguments].concat());
    past_hooks(&["notes", "--ref", &stream, "remove", "HEAD"]);
    past_hooks(&["notes", "--ref", &stream, "append", "-m", "more", "HEAD"]);
    let back = format!("  mend it: take back what was added: git update-ref {stream} {tip}\n");
    scratch.write("a.txt", "three\n");
    let (passed, said) = try_git(&["commit", "-qam", "Three"]);
    assert!(!passed && said.contains("something other than gov-hook wrote to ") && said.ends_with(&back), "{said}");
    for wrong in [format!("{stream}~1"), format!("{stream}~3")] {
        let (passed, said) = try_git(&["update-ref", &stream, &wrong]);
        assert!(!passed && said.contains(&back), "{wrong}: {said}");
    }
    let (passed, said) = try_git(&["update-ref", &stream, &tip]);
    assert!(passed, "{said}");
    let (passed, said) = try_git(&["commit", "-qam", "Three"]);
    assert!(passed, "{said}");
    assert_eq!(scratch.run(&["audit", "verify"]).code, 0);
}

/// What the clone itself put on record, in its order.
fn recorded(hosted: &Hosted) -> Vec<Value> {
    hosted.scratch.entries(&hosted.own_stream())
}

#[test]
fn before_a_push_a_branch_in_production_is_neither_deleted_nor_forced() {
    let hosted = Hosted::without_hooks(PRODUCTION);
    hosted.there(&["config", "receive.denyDeleteCurrent", "ignore"]);
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main", "main:topic"]).passes();
    hosted.scratch.git(&["commit", "-q", "--amend", "-m", "Other"]);

    hosted.push(&["origin", ":main"]).is_refused_with(&["gov-hook: denied: main: it is a production branch"]);
    let deletion = recorded(&hosted).pop().unwrap();
    assert_eq!((&deletion["kind"], &deletion["body"]["deleted"]), (&"decision".into(), &true.into()));
    hosted
        .push(&["-f", "origin", "HEAD:main"])
        .is_refused_with(&["gov-hook: denied: main: the push would drop 1 commit"]);
    let forced = hosted.push(&["-f", "origin", "HEAD:topic"]);
    forced.passes();
    assert!(forced.whole().contains("gov-hook: topic: forced; origin gives up 1 commit; that is on record"));
    let push = recorded(&hosted).pop().unwrap();
    assert_eq!((&push["kind"], &push["body"]["forced"]), (&"push".into(), &true.into()));
    hosted.push(&["origin", ":topic"]).passes();
    hosted.scratch.is_replayed();
}

#[test]
fn before_a_push_all_references_are_judged_and_nothing_goes_along_with_one_refused() {
    let hosted = Hosted::without_hooks("version: 1\n");
    hosted.commit("a.txt", "one\n");
    hosted.scratch.git(&["branch", "good"]);
    hosted.commit_past_hooks("b.txt", &secret_line());
    hosted.scratch.git(&["tag", "-a", "-m", "Release", "v1"]);

    hosted.push(&["origin", "good", "HEAD:main", "v1"]).is_refused_with(&["secret/aws-access-key-id"]);

    assert_eq!(hosted.streams(), Vec::<String>::new());
    let attempts: Vec<(Value, Value)> = recorded(&hosted)
        .into_iter()
        .filter(|entry| entry["body"]["gate"] == "push")
        .map(|entry| (entry["kind"].clone(), entry["subject"]["ref"].clone()))
        .collect();
    let decision = |name: &str| (Value::from("decision"), Value::from(name));
    let mut expected = ["refs/heads/good", "refs/heads/main", "refs/tags/v1"].map(decision).to_vec();
    expected.sort_by_key(|(_, name)| name.to_string());
    let mut attempts = attempts;
    attempts.sort_by_key(|(_, name)| name.to_string());
    assert_eq!(attempts, expected);
    hosted.push(&["origin", "good"]).passes();
    assert_eq!(hosted.streams().len(), 1);
}

#[test]
fn before_a_push_the_ledger_is_not_taken_back_and_nothing_is_replaced() {
    let hosted = Hosted::without_hooks("version: 1\n");
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main"]).passes();
    hosted.commit("a.txt", "two\n");
    let stream = hosted.own_stream();

    hosted.push(&["origin", &stream]).passes();
    hosted.push(&["origin", &format!(":{stream}")]).is_refused_with(&["it would delete a stream of the ledger"]);
    hosted.push(&["origin", &format!("+{stream}~1:{stream}")]).is_refused_with(&["it would remove entries"]);
    hosted
        .push(&["origin", "HEAD:refs/replace/1111111111111111111111111111111111111111"])
        .is_refused_with(&["git replace -d"]);
}

#[test]
fn before_a_push_a_line_that_cannot_be_parsed_fails() {
    let hosted = Hosted::without_hooks("version: 1\n");
    for line in ["refs/heads/main", "a b c d", "refs/heads/main 12 refs/heads/main 34"] {
        let mut command = hosted.scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &hosted.scratch.path(""));
        command.args(["hook", "pre-push", "origin", "x"]).stdin(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();

        assert_eq!(child.wait().unwrap().code(), Some(2), "{line}");
    }
}

#[test]
fn the_ledger_goes_along_from_a_linked_worktree_whatever_the_hook_was_told_in_its_environment() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.scratch.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let linked = hosted.scratch.beside("linked");
    std::fs::write(linked.join("a.txt"), "one\n").unwrap();
    hosted.scratch.git_in(&linked, &["add", "--all"]);
    hosted.scratch.git_in(&linked, &["commit", "-q", "-m", "Linked"]);

    let mut git = hosted.scratch.command("git", &linked);
    git.args(["push", "origin", "HEAD:main"]).env("GIT_DIR", hosted.scratch.path(".git/worktrees/linked"));
    let output = git.env("GIT_WORK_TREE", &linked).env("GIT_INDEX_FILE", linked.join("none")).output().unwrap();

    Said::from(output).passes();
    assert!(hosted.streams().contains(&hosted.own_stream()));
}

#[test]
fn what_waits_for_an_approval_may_be_shown_and_a_secret_may_not() {
    let hosted = Hosted::new("version: 1\nenforcement: { default: staging, branches: { main: production } }\n");
    hosted.commit_past_hooks("a.txt", &lines(400));
    for held in ["HEAD:refs/heads/topic", "HEAD:refs/hidden/x"] {
        hosted.push(&["--no-verify", "origin", held]).is_refused_with(&["gov-hook: held: "]);
    }

    hosted.push(&["--no-verify", "origin", "HEAD:refs/gov/review/0123456789ab"]).passes();

    hosted.push(&["--no-verify", "origin", "HEAD:main"]).is_refused_with(&["1 commit without a record"]);
    hosted.commit_past_hooks("b.txt", &secret_line());
    let shown = hosted.push(&["--no-verify", "origin", "HEAD:refs/gov/review/0123456789ab"]);
    shown.is_refused_with(&["[secret/aws-access-key-id]"]);
}

#[test]
fn why_a_server_does_not_take_the_ledger_is_told_by_whoever_sends_it() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");

    let pushed = hosted.scratch.tried_with(&["push", "origin", "main"], |git| {
        git.env("GOV_HOOK_PUSHER", "eve@example.com");
    });

    pushed.passes();
    let said = pushed.whole();
    assert!(said.contains("origin does not accept the ledger (refs/notes/gov/"), "{said}");
    assert!(said.contains("it is the stream of mira@example.com, and eve@example.com pushes it"), "{said}");
}
