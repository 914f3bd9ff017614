//! What a server judges of the branches and tags that are pushed to it.

use serde_json::Value;

use crate::support::{UNTOLD, aws_key, lines, secret_line};
use crate::{Hosted, PRODUCTION};

#[test]
fn what_was_judged_on_the_way_arrives_and_is_accepted() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit("a.txt", "one\n");

    hosted.push(&["origin", "main"]).passes();

    assert_eq!(hosted.there(&["rev-parse", "main"]), commit);
    let entries = hosted.witnessed();
    let accepted = entries.iter().find(|entry| entry["kind"] == "push").unwrap();
    assert_eq!(accepted["subject"]["ref"], "refs/heads/main");
    assert_eq!(accepted["subject"]["commit"], commit);
    assert_eq!(accepted["body"]["accepted"], true);
    assert_eq!(accepted["body"]["enforcement"], "production");
    let seen = accepted["seen"].as_object().unwrap();
    assert!(seen.contains_key(hosted.own_stream().trim_start_matches("refs/notes/gov/")), "{accepted}");
    hosted.scratch.is_replayed_in(&hosted.server);
    hosted.commit("a.txt", "two\n");
    hosted.push(&["origin", "main"]).passes();
}

#[test]
fn a_secret_that_a_client_let_by_is_refused_with_its_place_and_not_its_value() {
    let hosted = Hosted::new("version: 1\n");
    let before = hosted.there(&["rev-parse", "main"]);
    hosted.commit_past_hooks("a.txt", &secret_line());

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&[
        "gov-hook: denied: main: a.txt:1: ",
        "[secret/aws-access-key-id]",
        "mend it: gov-hook check ",
    ]);
    assert!(!refused.whole().contains(UNTOLD), "{}", refused.whole());
    assert_eq!(hosted.there(&["rev-parse", "main"]), before);
    let disabled = hosted
        .scratch
        .command("git", &hosted.scratch.path(""))
        .args(["push", "--no-verify", "origin", "main"])
        .env("GOV_HOOK_DISABLED", "1")
        .output()
        .unwrap();
    assert!(!disabled.status.success(), "the client's own break-glass opens no server");
}

#[test]
fn a_secret_that_was_taken_out_again_is_found_in_its_commit() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit_past_hooks("a.txt", &secret_line());
    hosted.commit_past_hooks("a.txt", "key = none\n");

    hosted.push(&["--no-verify", "origin", "main"]).is_refused_with(&["[secret/aws-access-key-id]"]);
}

#[test]
fn production_takes_no_commit_without_a_record_whatever_the_client_skipped() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit_past_hooks("a.txt", "one\n");
    let id = &commit[..12];

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&[
        &format!("gov-hook: denied: main: 1 commit without a record; production takes none ({id} unrecorded)"),
        &format!("mend it: gov-hook record {id} --reason WHY, then gov-hook audit sync"),
    ]);
    assert_eq!(hosted.scratch.run(&["record", id, "--reason", "made in a hurry"]).code, 0);
    assert_eq!(hosted.scratch.run(&["audit", "sync"]).code, 0);
    hosted.push(&["--no-verify", "origin", "main"]).passes();
}

#[test]
fn what_the_records_lack_hides_nothing_of_what_is_in_the_commits() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit_past_hooks("a.txt", &secret_line());

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&[
        &format!("production takes none ({} unrecorded)", &commit[..12]),
        "gov-hook: denied: main: a.txt:1: AWS access key id [secret/aws-access-key-id]",
    ]);
}

#[test]
fn what_was_let_into_a_laxer_branch_is_no_way_into_production() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit_past_hooks("a.txt", "one\n");
    hosted.push(&["--no-verify", "origin", "HEAD:refs/heads/feature"]).passes();
    let late: Vec<Value> = hosted.witnessed().into_iter().filter(|entry| entry["kind"] == "decision").collect();
    assert_eq!((&late[0]["subject"]["commit"], &late[0]["body"]["cause"]), (&commit.as_str().into(), &"push".into()));

    let refused = hosted.push(&["--no-verify", "origin", "HEAD:main"]);

    refused.is_refused_with(&["1 commit without a record"]);
    hosted.push(&["origin", "HEAD:main"]).is_refused_with(&["1 commit without a record"]);
}

#[test]
fn a_commit_behind_any_name_is_judged() {
    let hosted = Hosted::new("version: 1\n");
    hosted.push(&["--no-verify", "origin", "HEAD:refs/hidden/known"]).passes();
    hosted.commit_past_hooks("a.txt", &secret_line());
    hosted.scratch.git(&["tag", "-a", "-m", "Release", "v1"]);
    for name in ["HEAD:refs/hidden/x", "HEAD:refs/notes/commits", "HEAD:refs/tags/light", "v1", "HEAD:refs/heads/new"] {
        hosted.push(&["--no-verify", "origin", name]).is_refused_with(&["[secret/aws-access-key-id]"]);
    }
    let hex = hosted.scratch.git(&["rev-parse", "HEAD"]);
    hosted.push(&["--no-verify", "origin", &format!("HEAD~1:refs/heads/{hex}")]).passes();
    hosted.push(&["--no-verify", "origin", "HEAD:main"]).is_refused_with(&["[secret/aws-access-key-id]"]);
}

#[test]
fn one_that_is_refused_keeps_back_all() {
    let hosted = Hosted::new("version: 1\n");
    let before = hosted.there(&["for-each-ref"]);
    hosted.scratch.git(&["branch", "good"]);
    hosted.commit_past_hooks("a.txt", &secret_line());

    hosted.push(&["--no-verify", "origin", "good", "main"]).is_refused_with(&["gov-hook: denied: main"]);

    assert_eq!(hosted.there(&["for-each-ref"]), before);
}

#[test]
fn a_tag_on_what_is_there_passes_and_one_on_a_file_does_not() {
    let hosted = Hosted::new("version: 1\nenforcement: { default: staging }\n");
    hosted.scratch.git(&["tag", "-a", "-m", "Release", "v1"]);
    let blob = hosted.scratch.git(&["rev-parse", "HEAD:README.md"]);
    hosted.scratch.git(&["tag", "file", &blob]);

    hosted.push(&["origin", "v1"]).passes();
    hosted.push(&["--no-verify", "origin", "file"]).is_refused_with(&["gov-hook: undecided: file: ", "only commits"]);

    let accepted = hosted.witnessed().into_iter().find(|entry| entry["kind"] == "push").unwrap();
    assert_eq!(accepted["subject"]["ref"], "refs/tags/v1");
    assert_eq!(accepted["subject"]["commit"], hosted.scratch.git(&["rev-parse", "HEAD"]));
}

#[test]
fn what_an_alias_leads_to_is_what_is_judged() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.there(&["symbolic-ref", "refs/heads/master", "refs/heads/main"]);
    let before = hosted.there(&["rev-parse", "main"]);
    hosted.commit_past_hooks("a.rs", &lines(300));

    hosted.push(&["--no-verify", "origin", "main:master"]).is_refused_with(&["denied: main: "]);
    hosted
        .push(&["--no-verify", "origin", ":master"])
        .is_refused_with(&["is a production branch and cannot be deleted"]);

    assert_eq!(hosted.there(&["rev-parse", "main"]), before);
}

#[test]
fn an_agent_that_only_its_records_tell_of_is_one_wherever_its_commits_go() {
    let hosted = Hosted::new("version: 1\nagents: { identities: [ { id: bot, emails: [\"*@bots.example.com\"] } ] }\n");
    hosted.scratch.git(&["checkout", "-q", "-b", "topic"]);
    hosted.scratch.write("a.rs", lines(300));
    hosted.scratch.git(&["add", "--all"]);
    let made = hosted.scratch.tried_with(&["commit", "-q", "-m", "Write it"], |git| {
        git.env("GOV_HOOK_AGENT", "bot");
    });
    made.passes();
    hosted.commit("b.txt", "by a person, on top\n");

    let checked = hosted.scratch.check(&["main..topic", "--onto", "topic"]);

    assert_eq!((&checked["level"], &checked["exit"]), (&"staging".into(), &3.into()));
    hosted.push(&["origin", "topic"]).is_refused_with(&["held: HIGH risk"]);
    hosted.push(&["--no-verify", "origin", "topic"]).is_refused_with(&["gov-hook: held: topic"]);
    hosted.push(&["--no-verify", "origin", "topic:other"]).is_refused_with(&["gov-hook: held: other"]);
}

#[test]
fn a_secret_in_the_message_of_a_tag_goes_nowhere() {
    let hosted = Hosted::new("version: 1\n");
    let message = format!("Release\n\nkey = {}", aws_key());
    hosted.scratch.git(&["tag", "-a", "-m", &message, "v1"]);
    hosted.scratch.git(&["tag", "-a", "-m", "About a tag", "about-v1", "v1"]);
    let mend = ["denied: v1: TAG_MESSAGE:3: AWS access key id", "mend it: gov-hook check v1"];

    hosted.push(&["origin", "v1"]).is_refused_with(&["denied: 1 secret in TAG_MESSAGE:3"]);
    hosted.push(&["--no-verify", "origin", "v1"]).is_refused_with(&mend);
    hosted.push(&["--no-verify", "origin", "about-v1"]).is_refused_with(&["TAG_MESSAGE:3"]);

    let is_found = |name: &str| hosted.scratch.check(&[name]).to_string().contains("TAG_MESSAGE");
    assert_eq!(["v1", "refs/tags/v1", "about-v1", "v1^{}", "main"].map(is_found), [true, true, true, false, false]);
    hosted.scratch.git(&["tag", "-d", "about-v1"]);
    hosted.scratch.git(&["tag", "-f", "-a", "-m", "Release", "v1", "main"]);
    hosted.push(&["origin", "v1"]).passes();
    let replayed = hosted.scratch.run(&["audit", "verify", "--replay"]);
    assert!(replayed.out.contains("2 decisions recomputed with the same result"), "{}", replayed.out);
}

#[test]
fn a_branch_in_production_is_neither_deleted_nor_forced() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.there(&["config", "receive.denyDeleteCurrent", "ignore"]);
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main", "main:topic"]).passes();
    hosted.scratch.git(&["commit", "-q", "--amend", "-m", "Other"]);

    hosted
        .push(&["--no-verify", "origin", ":main"])
        .is_refused_with(&["is a production branch and cannot be deleted", "mend it: "]);
    hosted.push(&["--no-verify", "-f", "origin", "main"]).is_refused_with(&["would drop 1 commit", "mend it: "]);
    hosted.push(&["--no-verify", "-f", "origin", "main:topic"]).passes();
    hosted.push(&["--no-verify", "origin", ":topic"]).passes();

    let recorded = hosted.witnessed();
    assert!(recorded.iter().any(|entry| entry["body"]["forced"] == true && entry["body"]["given_up"] == 1));
    let deleted = recorded.iter().find(|entry| entry["body"]["deleted"] == true).unwrap();
    assert_eq!(deleted["subject"]["ref"], "refs/heads/topic");
    hosted.scratch.is_replayed_in(&hosted.server);
}

#[test]
fn a_host_with_update_alone_judges_each_reference_once() {
    let hosted = Hosted::without_hooks("version: 1\n");
    hosted.enforce();
    for other in ["pre-receive", "post-receive"] {
        std::fs::remove_file(hosted.server.join("hooks").join(other)).unwrap();
    }
    hosted.commit_past_hooks("a.txt", &secret_line());

    let refused = hosted.push(&["--no-verify", "origin", "main", "HEAD~1:refs/heads/good"]);

    refused.is_refused_with(&["gov-hook: denied: main: a.txt:1: "]);
    assert!(hosted.there(&["branch"]).contains("good"), "the other reference is let by");
}

#[test]
fn a_shallow_clone_cannot_hide_what_comes_before() {
    let hosted = Hosted::new("version: 1\n");
    hosted.there(&["config", "receive.shallowUpdate", "true"]);
    hosted.commit_past_hooks("a.txt", &secret_line());
    hosted.commit_past_hooks("a.txt", "key = none\n");
    let shallow = hosted.scratch.beside("shallow");
    let url = format!("file://{}", hosted.scratch.path("").display());
    hosted.scratch.git(&["clone", "-q", "--depth=1", &url, &shallow.to_string_lossy()]);
    let server = hosted.server.to_string_lossy().into_owned();

    let pushed = hosted.scratch.tried_in(&shallow, &["push", &server, "HEAD:refs/heads/new"]);

    pushed.is_refused_with(&[
        "gov-hook: undecided: new: object ",
        "(a commit) is not in this repository",
        "mend it: push from a clone that has the whole history: git fetch --unshallow",
    ]);
}

/// git takes any bytes for a branch, and one of them must not stop what others push.
#[test]
fn a_branch_whose_name_is_not_utf_8_is_judged_and_stops_nobody() {
    use std::os::unix::ffi::OsStrExt;
    let hosted = Hosted::new("version: 1\n");
    let scratch = &hosted.scratch;
    assert_eq!(scratch.run(&["install", "--strict"]).code, 0);
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let git = |arguments: &[&str]| {
        scratch.tried_with(arguments, |git| {
            git.arg(odd);
        })
    };

    git(&["checkout", "-q", "-b"]).passes();
    hosted.commit("a.txt", "one\n");
    git(&["push", "origin"]).passes();
    hosted.commit_past_hooks("b.txt", &crate::support::secret_line());
    let leaked = git(&["push", "--no-verify", "origin"]);
    assert!(!leaked.passed(), "the server judges it");
    scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);
    scratch.git(&["fetch", "-q", "origin"]);
}

#[test]
fn a_push_is_on_record_once_though_what_was_let_by_cannot_be_taken_back() {
    let hosted = Hosted::new("version: 1\n");
    let first = hosted.commit("a.txt", "one\n");
    // Neither pre-receive nor update leaves anything, and nothing can be put in the place of a folder.
    for hook in ["pre-receive", "update"] {
        std::fs::remove_file(hosted.server.join("hooks").join(hook)).unwrap();
    }
    std::fs::create_dir_all(hosted.server.join("gov/let-by/stays")).unwrap();

    let said = hosted.push(&["--no-verify", "origin", "main"]);

    said.passes();
    let told = "remote: gov-hook: the push is in; what this server notes of pushes cannot be written: ";
    assert!(said.err.contains(told), "{}", said.err);
    let second = hosted.commit("a.txt", "two\n");
    std::fs::remove_dir_all(hosted.server.join("gov/let-by")).unwrap();
    hosted.push(&["--no-verify", "origin", "main"]).passes();
    let pushes = hosted.witnessed();
    let pushes = pushes.iter().filter(|entry| entry["kind"] == "push").map(|entry| entry["subject"]["commit"].clone());
    assert_eq!(pushes.collect::<Vec<Value>>(), [first, second]);
}

#[test]
fn what_was_on_the_way_to_a_branch_was_not_judged_as_it_stood_there() {
    let hosted = Hosted::new("version: 1\nenforcement: { default: staging }\n");
    hosted.scratch.git(&["checkout", "-q", "-b", "side"]);
    let middle = hosted.commit("big.txt", &lines(300));
    hosted.scratch.git(&["rm", "-q", "big.txt"]);
    hosted.scratch.git(&["commit", "-q", "--no-verify", "-m", "Take it out again"]);
    let small = hosted.commit("small.txt", "small\n");
    hosted.push(&["-q", "origin", "side"]).passes();

    for past in ["--verify", "--no-verify"] {
        for to in ["main", "new"] {
            hosted.push(&["-q", past, "origin", &format!("{middle}:refs/heads/{to}")]).is_refused_with(&["HIGH risk"]);
        }
    }
    hosted.scratch.git(&["checkout", "-q", "-b", "more", &middle]);
    hosted.commit("more.txt", "more\n");
    for past in ["--verify", "--no-verify"] {
        hosted.push(&["-q", past, "origin", "more:main"]).is_refused_with(&["held: ", "HIGH risk"]);
    }
    hosted.push(&["-q", "origin", &format!("{small}:main")]).passes();
    hosted.scratch.is_replayed_in(&hosted.server);
}

#[test]
fn what_a_branch_was_once_pushed_as_was_judged_like_that() {
    let hosted = Hosted::new("version: 1\nenforcement: { default: staging }\n");
    hosted.push(&["-q", "origin", "main:stable"]).passes();
    let mut then = String::new();
    for count in [100, 190, 280] {
        then = hosted.scratch.git(&["rev-parse", "HEAD"]);
        hosted.commit("a.txt", &lines(count));
        hosted.commit("b.txt", &lines(count / 2));
        hosted.push(&["-q", "origin", "main"]).passes();
    }

    hosted.push(&["-q", "origin", &format!("{then}~1:refs/heads/new")]).passes();
    for past in ["--verify", "--no-verify"] {
        hosted.push(&["-q", past, "origin", &format!("{then}~1:stable")]).is_refused_with(&["held: ", "HIGH risk"]);
    }
    hosted.push(&["-q", "origin", &format!("{then}:stable")]).passes();
    hosted.push(&["-q", "origin", "main:stable"]).passes();
    hosted.scratch.is_replayed_in(&hosted.server);
}

#[test]
fn a_push_is_on_record_once_however_often_the_hook_is_run_for_it() {
    let hosted = Hosted::new("version: 1\n");
    let first = hosted.there(&["rev-parse", "main"]);
    let second = hosted.commit("a.txt", "one\n");
    let again = |old: &str, new: &str| {
        let mut command = hosted.scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &hosted.server);
        command.args(["hook", "post-receive"]).stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let line = format!("{old} {new} refs/heads/main\n");
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    };

    hosted.push(&["origin", "main"]).passes();
    again(&first, &second);
    hosted.push(&["--no-verify", "-f", "origin", "HEAD~1:main"]).passes();
    again(&second, &first);
    hosted.push(&["origin", "main"]).passes();
    again(&first, &second);

    let pushes = hosted.witnessed();
    let pushes = pushes.iter().filter(|entry| entry["kind"] == "push").map(|entry| entry["subject"]["commit"].clone());
    assert_eq!(pushes.collect::<Vec<Value>>(), [second.clone(), first, second]);
}
