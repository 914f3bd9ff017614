//! What git's hooks put on record, with real commits, merges, rebases and pushes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::{Scratch, UNTOLD, aws_key, lines, secret_line};

const PRODUCTION: &str = "version: 1\nenforcement: { default: production }\n";

/// A repository whose hooks are gov-hook's.
fn governed() -> Scratch {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch
}

/// One whose remote has all of it, and takes what is on record.
fn at_production() -> Scratch {
    let scratch = governed();
    scratch.write(".gov/policy.yaml", PRODUCTION);
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Adopt"]);
    scratch.git(&["init", "-q", "--bare", "../remote.git"]);
    scratch.git(&["remote", "add", "origin", "../remote.git"]);
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    scratch
}

/// Every entry in the order in which it was written.
fn entries(scratch: &Scratch) -> Vec<Value> {
    scratch.streams().iter().flat_map(|stream| scratch.entries(stream)).collect()
}

fn kinds(scratch: &Scratch) -> Vec<String> {
    entries(scratch).iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

/// What the entries about a commit say: the kind, and for a decision its cause.
fn about(scratch: &Scratch, commit: &str) -> Vec<String> {
    let speaks = |entry: &&Value| entry["subject"]["commit"] == commit;
    let said = |entry: &Value| match entry["body"]["cause"].as_str() {
        Some(cause) => format!("decision by {cause}"),
        None if entry["body"]["decision"].is_string() => "bound".to_owned(),
        None => entry["kind"].as_str().unwrap().to_owned(),
    };
    entries(scratch).iter().filter(speaks).map(said).collect()
}

#[test]
fn a_commit_is_decided_on_before_it_is_made_and_bound_after() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");

    let made = scratch.commit_by_hand("One");

    assert_eq!(kinds(&scratch), ["stream-open", "decision", "commit"]);
    assert_eq!(about(&scratch, &made), ["bound"]);
    let entries = entries(&scratch);
    assert_eq!(entries[1]["subject"]["tree"], scratch.git(&["rev-parse", "HEAD^{tree}"]));
    let shown = scratch.git(&["log", "-1", "--notes=gov/*"]);
    assert!(shown.contains(r#""kind":"commit""#), "{shown}");
}

#[test]
fn a_refused_attempt_is_recorded_and_leaves_no_commit() {
    let scratch = governed();
    let before = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);

    let refused = scratch.tried(&["commit", "-m", "Secret"]);

    assert!(!refused.passed());
    assert_eq!(scratch.git(&["rev-parse", "HEAD"]), before);
    assert_eq!(kinds(&scratch), ["stream-open", "decision"]);
    let decision = &entries(&scratch)[1];
    assert_eq!((&decision["outcome"], &decision["body"]["exit"]), (&"blocked".into(), &1.into()));
    assert!(!decision.to_string().contains(UNTOLD));
}

#[test]
fn a_commit_made_past_the_hooks_is_bypassed_until_a_person_gives_a_reason() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Past"]);
    let commit = scratch.git(&["rev-parse", "HEAD"]);
    assert_eq!(about(&scratch, &commit), ["commit", "decision by bypass"]);

    let said = scratch.run(&["record", "HEAD", "--reason", "an emergency"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(about(&scratch, &commit), ["commit", "decision by bypass", "decision by record"]);
    let again = scratch.run(&["record", "HEAD", "--reason", "an emergency"]);
    assert_eq!(again.out, "1 commit already on record\n");
    assert_eq!(scratch.run(&["record", "HEAD", "--reason", " "]).code, 2);
}

#[test]
fn a_refused_tree_that_is_committed_past_the_hooks_is_not_taken_for_judged() {
    let scratch = governed();
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    assert!(!scratch.tried(&["commit", "-m", "Secret"]).passed());

    scratch.git(&["commit", "-q", "--no-verify", "-m", "Secret"]);

    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"])), ["commit", "decision by bypass"]);
}

#[test]
fn a_decision_in_another_stream_is_bound_where_the_own_has_none() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "--all"]);
    let judged = scratch.run_with(&["hook", "pre-commit"], |command| {
        command.env("GOV_HOOK_STREAM", "ci-42");
    });
    assert_eq!(judged.code, 0, "{}", judged.err);

    scratch.git(&["commit", "-q", "--no-verify", "-m", "One"]);

    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"])), ["bound"]);
    let told = entries(&scratch);
    let stream = |kind: &str| &told.iter().find(|entry| entry["kind"] == kind).unwrap()["stream"];
    assert_eq!(stream("decision"), "ci-42");
    assert_ne!(stream("commit"), "ci-42");
}

#[test]
fn a_hook_that_runs_again_has_nothing_to_add() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    let before = scratch.git(&["for-each-ref", "refs/notes/gov/"]);

    let again = scratch.run(&["hook", "post-commit"]);

    assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
    assert_eq!(scratch.git(&["for-each-ref", "refs/notes/gov/"]), before);
}

#[test]
fn an_amended_commit_is_judged_whole() {
    let scratch = governed();
    scratch.write("a.txt", lines(300));
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Large, past the hooks"]);
    scratch.write("b.txt", "small\n");
    scratch.git(&["add", "--all"]);

    scratch.git(&["commit", "-q", "--amend", "-m", "Small"]);

    let commit = scratch.git(&["rev-parse", "HEAD"]);
    assert_eq!(about(&scratch, &commit), ["decision by hook", "rewrite"]);
    let entries = entries(&scratch);
    let decision = entries.iter().find(|entry| entry["body"]["cause"] == "hook").unwrap();
    assert_eq!(decision["risk"]["level"], "HIGH");
}

#[test]
fn a_first_commit_is_recorded_where_its_hooks_judged_it() {
    let first = |prepare: &dyn Fn(&Scratch)| {
        let scratch = Scratch::unborn();
        scratch.install_hooks();
        scratch.write("a.txt", "one\n");
        scratch.git(&["add", "--all"]);
        prepare(&scratch);
        let commit = scratch.git(&["rev-parse", "HEAD"]);
        let again = scratch.run(&["hook", "post-commit"]);
        assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
        let coverage = scratch.run(&["audit", "verify", "main", "--format", "json"]).json();
        scratch.is_replayed();
        (coverage["coverage"]["commits"][0]["status"].as_str().unwrap_or("?").to_owned(), about(&scratch, &commit))
    };
    let try_commit = |scratch: &Scratch, more: &[&str]| scratch.tried(&[&["commit", "-q"], more].concat()).passed();
    let token = aws_key();

    let judged = first(&|scratch| assert!(try_commit(scratch, &["-m", "One"])));
    let unasked = first(&|scratch| assert!(try_commit(scratch, &["--no-verify", "-m", "One"])));
    let another = first(&|scratch| {
        assert_eq!(scratch.run(&["hook", "pre-commit"]).code, 0);
        scratch.write("a.txt", "two\n");
        scratch.git(&["add", "--all"]);
        assert!(try_commit(scratch, &["--no-verify", "-m", "One"]));
    });
    let refused = first(&|scratch| {
        assert!(!try_commit(scratch, &["-m", &format!("Use {token}")]));
        assert!(try_commit(scratch, &["--no-verify", "-m", "One"]));
    });

    let by_agent = ["-m", "One", "-m", "Co-Authored-By: Claude <noreply@anthropic.com>"];
    let worded = first(&|scratch| assert!(try_commit(scratch, &by_agent)));
    let worded_otherwise = first(&|scratch| {
        assert_eq!(scratch.run(&["hook", "pre-commit"]).code, 0);
        assert!(try_commit(scratch, &["--no-verify", "-m", &format!("Use {token}")]));
    });

    for recorded in [judged, worded] {
        assert_eq!(recorded, ("recorded".into(), vec!["bound".into()]));
    }
    assert_eq!(worded_otherwise.0, "late", "what is there now would have been refused");
    for late in [unasked, another, refused] {
        assert_eq!(late, ("late".into(), vec!["decision by hook".into()]));
    }
}

#[test]
fn what_git_makes_of_other_commits_is_judged_late() {
    let scratch = governed();
    scratch.write("a.txt", "base\n");
    scratch.commit_by_hand("Base");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("b.txt", "side\n");
    let side = scratch.commit_by_hand("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("c.txt", "main\n");
    scratch.commit_by_hand("Main");

    scratch.git(&["cherry-pick", &side]);
    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"])), ["decision by hook"], "cherry-pick");
    scratch.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"])), ["decision by hook"], "revert");
    scratch.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"])), ["bound"], "merge");
    scratch.git(&["checkout", "-q", "-b", "rebased", &side]);
    scratch.git(&["rebase", "-q", "main~1"]);
    scratch.write("d.txt", "more\n");
    scratch.commit_by_hand("More");
    scratch.git(&["rebase", "-q", "main"]);
    let rebased = about(&scratch, &scratch.git(&["rev-parse", "HEAD"]));
    assert_eq!(rebased.first().map(String::as_str), Some("decision by hook"), "rebase: {rebased:?}");
    let patch = scratch.git(&["format-patch", "-1", "--stdout", &side]);
    scratch.write("../side.patch", patch + "\n");
    scratch.git(&["checkout", "-q", "-b", "applied", "main~3"]);
    scratch.git(&["am", "-q", "../side.patch"]);
    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"])), ["decision by hook"], "am");
}

/// A branch whose commit and main's change the same line, and main once more.
fn in_conflict() -> Scratch {
    let scratch = governed();
    let commit = |text: &str| {
        scratch.write("a.txt", text);
        scratch.commit_by_hand(text)
    };
    commit("base\n");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    commit("side\n");
    scratch.git(&["checkout", "-q", "main"]);
    commit("one\n");
    commit("two\n");
    scratch
}

/// Runs git with an editor that takes everything as it is, but for what a rebase is to do.
fn edited(scratch: &Scratch, todo: &str, arguments: &[&str]) -> bool {
    let mut git = scratch.command("git", &scratch.path(""));
    git.env("GIT_EDITOR", "true").env("GIT_SEQUENCE_EDITOR", format!("sed -i -e '{todo}'"));
    git.args(arguments).output().unwrap().status.success()
}

#[test]
fn what_git_makes_of_other_commits_after_a_stop_or_with_an_editor_is_not_taken_for_bypassed() {
    let resolve = |scratch: &Scratch| {
        scratch.write("a.txt", "resolved\n");
        scratch.git(&["add", "--all"]);
    };
    let goes_on: [&[&str]; 4] =
        [&["cherry-pick", "side"], &["revert", "HEAD~1"], &["rebase", "side"], &["rebase", "--apply", "side"]];
    for verb in goes_on {
        let scratch = in_conflict();
        assert!(!edited(&scratch, "", verb), "{verb:?} stops");
        for _ in 0..3 {
            resolve(&scratch);
            if !edited(&scratch, "", &[verb[0], "--continue"]) {
                edited(&scratch, "", &[verb[0], "--skip"]);
            }
        }
        let kinds: Vec<String> = entries(&scratch).iter().map(|entry| entry["body"]["cause"].to_string()).collect();
        assert!(!kinds.contains(&"\"bypass\"".to_owned()), "{verb:?}: {kinds:?}");
        assert!(!about(&scratch, &scratch.git(&["rev-parse", "HEAD"])).is_empty(), "{verb:?}");
    }
    let at_once: [(&str, &[&str]); 8] = [
        ("", &["cherry-pick", "-e", "other"]),
        ("", &["cherry-pick", "other~1", "other"]),
        ("", &["revert", "--edit", "HEAD"]),
        ("", &["revert", "--no-edit", "HEAD", "HEAD~1"]),
        ("1s/pick/reword/;2s/pick/squash/", &["rebase", "-i", "HEAD~2"]),
        ("1s/pick/edit/", &["rebase", "-i", "--force-rebase", "HEAD~1"]),
        ("", &["pull", "-q", "--rebase", ".", "other"]),
        ("", &["pull", "-q", "--no-rebase", "--no-edit", ".", "other"]),
    ];
    for (todo, verb) in at_once {
        let scratch = in_conflict();
        scratch.git(&["checkout", "-q", "-b", "other", "main~2"]);
        for name in ["x.txt", "y.txt"] {
            scratch.write(name, name);
            scratch.commit_by_hand(name);
        }
        scratch.git(&["checkout", "-q", "main"]);
        assert!(edited(&scratch, todo, verb), "{verb:?}");
        if todo.contains("edit") {
            scratch.git(&["rebase", "--continue"]);
        }
        for commit in scratch.git(&["rev-list", "HEAD~2..HEAD"]).lines() {
            let said = about(&scratch, commit);
            assert!(!said.is_empty() && !said.contains(&"decision by bypass".to_owned()), "{verb:?}: {said:?}");
        }
    }
}

#[test]
fn a_commit_past_the_hooks_is_bypassed_whatever_the_environment_has_its_reflog_say() {
    let scratch = in_conflict();
    let past = |word: &str| {
        scratch.write("new.txt", scratch.git(&["rev-parse", "HEAD"]));
        let mut git = scratch.command("git", &scratch.path(""));
        if !word.is_empty() {
            git.env("GIT_REFLOG_ACTION", word);
        }
        scratch.git(&["add", "new.txt"]);
        assert!(git.args(["commit", "-q", "--no-verify", "-m", "Past"]).status().unwrap().success(), "{word}");
        about(&scratch, &scratch.git(&["rev-parse", "HEAD"]))
    };
    let bypassed = ["commit", "decision by bypass"];

    for word in ["am", "pull", "merge", "rebase", "rebase (pick)", "rebase -i (squash)", "pull --rebase . x (pick)"] {
        assert_eq!(past(word), bypassed, "{word}");
    }
    scratch.git(&["bisect", "start"]);
    assert_eq!(past(""), bypassed, "while a bisection is under way");
    scratch.git(&["bisect", "reset"]);
    assert!(edited(&scratch, "1s/pick/edit/", &["rebase", "-i", "--force-rebase", "HEAD~1"]));
    assert_eq!(past(""), bypassed, "while a rebase has stopped");
    scratch.git(&["rebase", "--continue"]);
    assert_eq!(about(&scratch, &scratch.git(&["rev-parse", "HEAD"]))[..2], bypassed, "and once it went on");
    let patch = scratch.git(&["format-patch", "-1", "--stdout", "side"]);
    scratch.write("../side.patch", patch + "\n");
    assert!(!edited(&scratch, "", &["am", "-q", "../side.patch"]));
    assert_eq!(past(""), bypassed, "while mails are applied");
}

#[test]
fn a_fast_forward_makes_no_commit_and_no_record() {
    let scratch = governed();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("b.txt", "side\n");
    scratch.commit_by_hand("Side");
    let before = entries(&scratch).len();
    scratch.git(&["checkout", "-q", "main"]);

    scratch.git(&["merge", "-q", "--ff-only", "side"]);

    assert_eq!(entries(&scratch).len(), before);
}

#[test]
fn a_push_seals_the_stream_and_takes_it_along() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    scratch.git(&["init", "-q", "--bare", "../remote.git"]);
    scratch.git(&["remote", "add", "origin", "../remote.git"]);

    scratch.git(&["push", "-q", "origin", "main"]);

    assert_eq!(kinds(&scratch).last().map(String::as_str), Some("push"));
    let ours = scratch.git(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/notes/gov/"]);
    let theirs = scratch.git_in(
        &scratch.beside("remote.git"),
        &["for-each-ref", "--format=%(objectname) %(refname)", "refs/notes/gov/"],
    );
    assert_eq!(theirs, ours);
}

#[test]
fn the_first_push_to_an_empty_remote_is_judged_whole_and_brings_the_ledger() {
    let scratch = governed();
    let origin = scratch.origin();
    let theirs = || scratch.git_in(&origin, &["for-each-ref", "--format=%(refname)"]);
    scratch.write("a.txt", secret_line());
    scratch.commit_all("Secret");
    scratch.git(&["rm", "-q", "a.txt"]);
    scratch.commit_by_hand("Gone again");

    let refused = scratch.tried(&["push", "-q", "-u", "origin", "main"]);
    assert!(!refused.passed());
    assert!(refused.err.starts_with("denied: 1 secret in a.txt:1"), "{}", refused.err);
    assert_eq!(theirs(), "");

    scratch.git(&["reset", "-q", "--hard", "HEAD~2"]);
    scratch.git(&["branch", "topic"]);
    scratch.git(&["tag", "-a", "-m", "One", "v1"]);
    scratch.git(&["push", "-q", "-u", "origin", "main", "topic", "v1"]);
    let streams = scratch.streams().join("\n");
    let expected = format!("refs/heads/main\nrefs/heads/topic\n{streams}\nrefs/notes/gov/genesis\nrefs/tags/v1");
    assert_eq!(theirs(), expected);
    let verified = scratch.run(&["audit", "verify", "main"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

#[test]
fn production_takes_no_commit_without_a_record_until_it_has_one() {
    let scratch = at_production();
    scratch.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "No hook at all"]);
    let push = || scratch.tried(&["push", "origin", "main"]);

    let refused = push();

    let id = scratch.git(&["rev-parse", "--short=12", "HEAD"]);
    refused.is_refused_with(&[&format!("{id}  bypassed    No hook at all"), &format!("gov-hook record {id} --reason")]);
    let coverage = scratch.run(&["audit", "verify", "HEAD~1..HEAD", "--format", "json"]).json()["coverage"].clone();
    assert_eq!(coverage["totals"], json!({ "recorded": 0, "late": 0, "bypassed": 1, "unrecorded": 0 }));
    assert_eq!(scratch.run(&["record", &id, "--reason", "made in a hurry"]).code, 0);
    push().passes();
}

#[test]
fn a_check_at_production_asks_for_the_record_of_every_commit_as_a_push_does() {
    let scratch = governed();
    scratch.write(".gov/policy.yaml", PRODUCTION);
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "-m", "Adopt"]);
    scratch.git(&["checkout", "-q", "-b", "topic"]);
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "By the hooks"]);
    let asked = |more: &[&str]| scratch.run(&[&["check", "main..topic", "--format", "json"], more].concat());
    assert_eq!(asked(&[]).code, 0);

    scratch.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", "Past the hooks"]);
    scratch.git(&["-c", "core.hooksPath=", "commit", "-q", "--allow-empty", "-m", "Without hooks"]);
    let refused = asked(&[]);
    let id = |revision: &str| scratch.git(&["rev-parse", "--short=12", revision]);

    assert_eq!((refused.code, &refused.json()["outcome"]), (1, &json!("auto_approved")), "what it is stays");
    let reason = format!("2 commits without a record; production takes none ({} bypassed and 1 more)", id("HEAD~1"));
    assert_eq!(refused.json()["reasons"][0], reason);
    assert_eq!(asked(&["--gate", "commit"]).code, 0, "that gate asks for no record");
    assert_eq!(asked(&["--level", "staging"]).code, 0, "and neither does that level");
    let said = scratch.run(&["check", "main..topic"]);
    assert_eq!(said.out.lines().next(), Some(format!("denied: {reason}").as_str()));
    let mend = format!("gov-hook record {}..{} --reason WHY", id("main"), id("topic"));
    assert!(said.out.contains(&mend), "{}", said.out);
    for format in ["human", "sarif", "github", "gitlab", "junit"] {
        assert_eq!(scratch.run(&["check", "main..topic", "--format", format]).code, 1, "{format}");
    }

    scratch.run(&["record", "main..topic", "--reason", "made in a hurry"]);

    assert_eq!(asked(&[]).code, 0);
}

#[test]
fn a_check_asks_for_no_records_where_no_hook_ever_made_one() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    scratch.git(&["checkout", "-q", "-b", "topic"]);
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "By hand"]);
    let notes = || {
        let said = scratch.run(&["check", "main..topic"]);
        assert_eq!(said.code, 0, "{}", said.out);
        said.out
    };
    assert!(!notes().contains("on record"), "nobody could fetch a ledger");

    scratch.origin();
    assert!(notes().contains("git fetch origin 'refs/notes/gov/*:refs/notes/gov/*'"));

    let signed = scratch.run(&["sign", "README.md", "--env", "dev"]);
    assert_eq!(signed.code, 0, "{}", signed.err);
    let said = notes();
    assert!(said.contains("the ledger speaks of no commit yet"), "{said}");
}

#[test]
fn a_check_is_put_on_record_where_somebody_asks_for_it_and_puts_no_commit_there() {
    let scratch = at_production();
    let made = |message: &str| {
        scratch.write("core.txt", format!("{}{message}\n", lines(210)));
        scratch.git(&["add", "--all"]);
        scratch.git(&["-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", message]);
        scratch.git(&["rev-parse", "HEAD"])
    };
    let (first, second) = (made("One"), made("Two"));
    scratch.git(&["tag", "-a", "-m", "The first", "v1", &first]);
    let before = kinds(&scratch).len();
    assert_eq!(scratch.run(&["check", "origin/main..HEAD"]).code, 1);
    assert_eq!(kinds(&scratch).len(), before, "a check only reads");

    for revision in ["origin/main..HEAD", "origin/main...HEAD", &second, "v1"] {
        assert_eq!(scratch.run(&["check", revision, "--record"]).code, 1, "{revision}");
    }

    let all = entries(&scratch);
    let kept = &all[before..];
    assert_eq!(kept.len(), 4, "{kept:?}");
    for entry in kept {
        assert_eq!((&entry["kind"], &entry["body"]["cause"]), (&"decision".into(), &"check".into()));
        assert!(entry["body"]["refused"][0].as_str().unwrap().contains("without a record"), "{entry}");
        assert!(entry["subject"]["commit"].is_null(), "{entry}");
    }
    let exits: Vec<&Value> = kept.iter().map(|entry| &entry["body"]["exit"]).collect();
    assert_eq!(exits, [3, 3, 0, 3], "the second commit alone is small");
    assert_eq!(kept[0]["body"]["head"], json!(second));
    assert_eq!(kept[3]["body"]["tag"], json!(scratch.git(&["rev-parse", "v1"])));
    assert!(about(&scratch, &second).is_empty());
    let replayed = scratch.run(&["audit", "verify", "--replay", "--full"]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
    assert!(replayed.out.contains("replayed: 5 decisions recomputed with the same result"), "{}", replayed.out);
}

#[test]
fn what_is_staged_is_on_record_before_its_commit_by_the_commit_gate_alone() {
    let scratch = governed();
    let committed_after = |gate: &str, text: &str| {
        scratch.write("a.txt", text);
        scratch.git(&["add", "--all"]);
        assert_eq!(scratch.run(&["check", "--staged", "--gate", gate, "--record"]).code, 0);
        scratch.git(&["commit", "-q", "--no-verify", "-m", "Asked before"]);
        about(&scratch, &scratch.git(&["rev-parse", "HEAD"]))
    };

    assert_eq!(committed_after("push", "one\n"), ["commit", "decision by bypass"]);
    assert_eq!(committed_after("commit", "two\n"), ["bound"]);
}

#[test]
fn only_what_was_judged_as_it_is_goes_on_record() {
    let scratch = governed();
    for other in [&["--all"][..], &["--history"], &["--level", "development"], &["--suppose", "approve:a@example.com"]]
    {
        let said = scratch.run(&[&["check", "--record"], other].concat());
        assert_eq!(said.code, 2, "{other:?}");
        assert!(said.err.contains("cannot be used with"), "{}", said.err);
    }
}

#[test]
fn a_push_tells_what_git_made_where_no_hook_ran() {
    let scratch = governed();
    scratch.git(&["init", "-q", "--bare", "../remote.git"]);
    scratch.git(&["remote", "add", "origin", "../remote.git"]);
    scratch.git(&["checkout", "-q", "-b", "topic"]);
    let unhooked = |arguments: &[&str]| scratch.git(&[&["-c", "core.hooksPath=/dev/null"], arguments].concat());
    let head = || scratch.git(&["rev-parse", "HEAD"]);
    unhooked(&["commit", "-q", "--allow-empty", "-m", "Past the hooks"]);
    let bypassed = head();
    unhooked(&["cherry-pick", "--allow-empty", "--keep-redundant-commits", &bypassed]);
    let late = head();
    let plumbed = scratch.git(&["commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "No porcelain"]);
    scratch.git(&["update-ref", "-m", "plumbing", "refs/heads/topic", &plumbed]);
    let status = || {
        let coverage = scratch.run(&["audit", "verify", "topic", "--format", "json"]).json()["coverage"].clone();
        let of = |id: &str| {
            let commits = coverage["commits"].as_array().unwrap();
            commits.iter().find(|commit| commit["commit"] == id).unwrap()["status"].clone()
        };
        [of(&bypassed), of(&late), of(&plumbed)]
    };
    assert_eq!(status(), ["unrecorded"; 3], "nobody has told yet");

    scratch.git(&["push", "-q", "origin", "topic"]);

    assert_eq!(status(), ["bypassed", "late", "unrecorded"]);
    let entries = entries(&scratch);
    let binding = entries.iter().find(|entry| entry["kind"] == "commit" && entry["subject"]["commit"] == bypassed);
    assert_eq!(binding.unwrap()["body"].get("decision"), None);
}

#[test]
fn a_remote_by_another_name_is_under_the_law_that_it_has() {
    let scratch = at_production();
    scratch.git(&["remote", "add", "again", "../remote.git"]);
    scratch.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", "Past the hooks"]);

    for remote in ["origin", "again", "../remote.git"] {
        let refused = scratch.tried(&["push", remote, "HEAD:refs/heads/new"]);

        refused.is_refused_with(&["1 commit without a record; production takes none"]);
    }
}

#[test]
fn what_git_makes_without_asking_is_told_where_it_is_denied() {
    let scratch = governed();
    scratch.git(&["checkout", "-q", "-b", "topic"]);
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Past the hooks"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "Go on"]);

    let picked = scratch.tried(&["cherry-pick", "topic"]);

    let id = scratch.git(&["rev-parse", "--short=12", "HEAD"]);
    let expected = format!(
        "gov-hook: commit {id} is denied for 1 finding, and its push will be, too\nsee why: gov-hook check {id}\n"
    );
    assert!(picked.passed() && picked.err.contains(&expected), "{}", picked.err);
}

#[test]
fn a_merge_made_past_its_hooks_is_bypassed() {
    let scratch = governed();
    let branch = |name: &str| {
        scratch.git(&["checkout", "-q", "-b", name, "main"]);
        for branch in [name, "main"] {
            scratch.git(&["checkout", "-q", branch]);
            scratch.write(&format!("{name}-{branch}.txt"), name);
            scratch.git(&["add", "--all"]);
            scratch.git(&["commit", "-q", "-m", name]);
        }
    };
    let status = || {
        let said = scratch.run(&["audit", "verify", "HEAD~1..HEAD", "--format", "json"]).json();
        let commits = said["coverage"]["commits"].as_array().unwrap().clone();
        let head = scratch.git(&["rev-parse", "HEAD"]);
        commits.iter().find(|commit| commit["commit"] == head.as_str()).unwrap()["status"].clone()
    };

    branch("judged");
    scratch.git(&["merge", "-q", "--no-ff", "--no-edit", "judged"]);
    assert_eq!(status(), "recorded");

    branch("unasked");
    scratch.git(&["merge", "-q", "--no-ff", "--no-edit", "--no-verify", "unasked"]);
    assert_eq!(status(), "bypassed");

    branch("stopped");
    scratch.git(&["merge", "-q", "--no-ff", "--no-commit", "stopped"]);
    scratch.write("evil.txt", "evil\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Merge stopped"]);
    assert_eq!(status(), "bypassed");

    fs::remove_file(scratch.path(".git/hooks/pre-merge-commit")).unwrap();
    branch("without");
    scratch.git(&["merge", "-q", "--no-ff", "--no-edit", "without"]);
    assert_eq!(status(), "late", "no hook of ours is there to be passed by");
}

#[test]
fn who_mirrors_a_clone_is_told_what_to_push_instead() {
    let scratch = at_production();
    scratch.git(&["update-ref", "refs/notes/remotes/origin/gov/0123456789ab-89abcdef", "HEAD"]);

    let refused = scratch.tried(&["push", "--mirror", "origin"]);

    refused.is_refused_with(&["git push --all, git push --tags"]);
}

#[test]
fn a_root_made_past_the_hooks_is_no_first_commit_where_the_ledger_has_one() {
    let scratch = at_production();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    scratch.git(&["push", "-q", "origin", "main"]);
    let orphan = |name: &str, arguments: &[&str]| {
        scratch.git(&["checkout", "-q", "--orphan", name]);
        scratch.git(&["rm", "-rqf", "."]);
        scratch.write(&format!("{name}.txt"), "alone\n");
        scratch.git(&["add", "--all"]);
        scratch.git(arguments);
    };
    orphan("past", &["commit", "-q", "--no-verify", "-m", "Past the hooks"]);
    orphan("without", &["-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", "Without them"]);
    let other = Scratch::new();
    // Of the same second, it would be the first commit of the other repository too.
    other.git(&["commit", "-q", "--amend", "--allow-empty", "-m", "Elsewhere"]);
    let foreign = other.git(&["rev-parse", "HEAD"]);
    scratch.git(&["fetch", "-q", &other.path("").to_string_lossy(), "HEAD"]);
    scratch.git(&["branch", "-q", "foreign", "FETCH_HEAD"]);
    scratch.git(&["switch", "-q", "main"]);
    let push = || scratch.tried(&["push", "-q", "origin", "main"]);
    let stands = |root: &str| {
        let coverage = scratch.run(&["audit", "verify", "main", "--format", "json"]).json()["coverage"].clone();
        let rows = coverage["commits"].as_array().unwrap().clone();
        rows.iter().find(|row| row["commit"] == root).unwrap()["status"].clone()
    };

    for (name, status) in [("past", "bypassed"), ("without", "bypassed"), ("foreign", "unrecorded")] {
        let root = scratch.git(&["rev-parse", name]);
        scratch.git(&["merge", "-q", "--allow-unrelated-histories", "-X", "ours", "-m", "Join it", name]);
        push().is_refused_with(&[&root[..7], status]);
        assert_eq!(stands(&root), status, "{name}");
        assert_eq!(scratch.run(&["record", &root, "--reason", "it is ours"]).code, 0);
        push().passes();
        assert_eq!(stands(&root), "late", "{name}");
    }
    assert!(about(&scratch, &foreign).iter().any(|said| said == "decision by record"));
}

#[test]
fn a_commit_from_before_gov_hook_came_is_not_told_as_bypassed() {
    let scratch = Scratch::new();
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "Before"]);
    let before = scratch.git(&["rev-parse", "HEAD"]);
    scratch.install_hooks();
    scratch.git(&["init", "-q", "--bare", "../remote.git"]);
    scratch.git(&["remote", "add", "origin", "../remote.git"]);

    scratch.git(&["push", "-q", "origin", "HEAD:refs/heads/topic"]);

    assert!(!entries(&scratch).iter().any(|entry| entry["kind"] == "commit" && entry["subject"]["commit"] == before));
}

#[test]
fn break_glass_lets_a_commit_by_and_tells() {
    let scratch = governed();
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);

    let done = scratch.tried_with(&["commit", "-q", "-m", "Emergency"], |git| {
        git.env("GOV_HOOK_DISABLED", "1");
    });

    done.passes();
    let entries = entries(&scratch);
    let binding = entries.iter().find(|entry| entry["kind"] == "commit").unwrap();
    assert_eq!(binding["body"]["disabled"], true);
}

#[test]
fn a_name_in_another_encoding_is_recorded_as_far_as_it_can_be_read() {
    let scratch = governed();
    let mut settings = fs::read(scratch.path(".git/config")).unwrap();
    settings.extend_from_slice(b"[user]\n\tname = Andr\xe9 Example\n");
    fs::write(scratch.path(".git/config"), settings).unwrap();
    scratch.write("a.txt", "one\n");

    scratch.commit_by_hand("One");

    let names: Vec<Value> = entries(&scratch).iter().map(|entry| entry["actor"]["name"].clone()).collect();
    assert_eq!(names, ["Andr\u{fffd} Example"; 3]);
}

#[test]
fn without_an_identity_nothing_is_recorded_and_nothing_passes() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "--all"]);
    let said = scratch.run_with(&["hook", "pre-commit"], |command| {
        for name in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL", "EMAIL", "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").env("HOME", "/nonexistent");
    });

    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("git config user.email"), "{}", said.err);
}

#[test]
fn eight_writers_lose_nothing() {
    let scratch = governed();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    let before = entries(&scratch).len();
    let writers: Vec<_> = (0..8)
        .map(|number| {
            let mut command = scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &scratch.path(""));
            let index = scratch.path(&format!(".git/index-{number}"));
            std::fs::copy(scratch.path(".git/index"), &index).unwrap();
            command.args(["hook", "pre-commit"]).env("GIT_INDEX_FILE", index).spawn().unwrap()
        })
        .collect();

    let codes: Vec<_> = writers.into_iter().map(|mut writer| writer.wait().unwrap().code()).collect();

    assert_eq!(codes, [Some(0); 8]);
    let after = entries(&scratch);
    assert_eq!(after.len(), before + 8);
    let numbers: Vec<_> = after.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..after.len() as u64).collect::<Vec<_>>());
}

#[test]
fn linked_worktrees_share_a_stream_and_a_runner_names_its_own() {
    let scratch = governed();
    scratch.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    std::fs::write(scratch.beside("linked").join("a.txt"), "one\n").unwrap();
    scratch.git_in(&scratch.beside("linked"), &["add", "--all"]);
    scratch.git_in(&scratch.beside("linked"), &["commit", "-q", "-m", "Linked"]);
    scratch.write("b.txt", "two\n");
    scratch.commit_by_hand("Main");
    assert_eq!(scratch.streams().len(), 1);

    let said = scratch.run_with(&["record", "HEAD~1", "--reason", "CI saw it"], |command| {
        command.env("GOV_HOOK_STREAM", "ci-42");
    });

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(scratch.streams().contains(&"refs/notes/gov/ci-42".to_owned()));
    let badly_named = scratch.run_with(&["hook", "pre-commit"], |command| {
        command.env("GOV_HOOK_STREAM", "No Name");
    });
    assert_eq!(badly_named.code, 2);
    assert!(badly_named.err.contains("`No Name` cannot name a stream"), "{}", badly_named.err);
}

#[test]
fn what_mends_a_law_that_nobody_can_read_can_be_put_on_record_and_pushed() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { branches: { main: production } }\n");
    scratch.origin();
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    scratch.install_hooks();
    let policy = ".gov/policy.yaml";
    let good = std::fs::read(scratch.path(policy)).unwrap();
    scratch.write(policy, "version: none\n");
    scratch.commit_all("Break the law");
    scratch.write("a.txt", "between\n");
    scratch.commit_all("Go on");
    scratch.write(policy, good);
    scratch.commit_all("Mend it");

    let recorded = scratch.run(&["record", "origin/main..HEAD", "--reason", "nobody could commit"]);
    let pushed = scratch.tried(&["push", "-q", "origin", "main"]);

    assert_ne!(recorded.code, 2, "{}", recorded.err);
    // It touched the law on its way, and that asks for an approval as ever.
    assert!(pushed.err.starts_with("held: CRITICAL risk"), "{}", pushed.err);
    let replayed = scratch.run(&["audit", "verify", "--replay"]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
}
