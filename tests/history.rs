//! `check --history`: what was ever committed, where it came in, and whether it is still there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use serde_json::Value;
use support::{Scratch, aws_key, key, secret_line};

fn first_key() -> String {
    key("LM2T")
}

/// Rule, path, line, commit, and whether the newest tree still has it.
fn told(report: &Value) -> Vec<(String, String, u64, String, bool)> {
    let of = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let in_head = finding["history"]["in_head"].as_bool().unwrap();
        (text("rule"), text("path"), finding["line"].as_u64().unwrap_or_default(), text("commit"), in_head)
    };
    report["findings"].as_array().unwrap().iter().map(of).collect()
}

fn aws(path: &str, line: u64, commit: &str, in_head: bool) -> (String, String, u64, String, bool) {
    ("secret/aws-access-key-id".to_owned(), path.to_owned(), line, commit.to_owned(), in_head)
}

#[test]
fn a_secret_that_was_taken_out_is_found_with_the_commit_that_brought_it() {
    let scratch = Scratch::new();
    scratch.write("deploy.toml", format!("a = 1\n{}", first_key()));
    let brought = scratch.commit_all("Deploy");
    scratch.write("deploy.toml", format!("a = 2\nb = 3\n{}", first_key()));
    scratch.commit_all("Deploy more");
    scratch.git(&["rm", "-q", "deploy.toml"]);
    scratch.commit_all("Take it out");

    let report = scratch.check(&["--history"]);
    let tree = scratch.check(&["--all"]);

    assert_eq!(told(&report), [aws("deploy.toml", 2, &brought, false)]);
    assert_eq!((report["exit"].clone(), tree["exit"].clone()), (1.into(), 0.into()));
    assert_eq!(report["target"]["reach"], serde_json::json!({ "refs": 2, "commits": 4, "blobs": 3 }));
    assert!(report["notes"][0].as_str().unwrap().contains("revoke or rotate"), "{report:#}");
}

#[test]
fn a_clean_history_passes_and_a_secret_of_the_tree_is_told_as_such() {
    let scratch = Scratch::new();
    let clean = scratch.check(&["--history"]);
    scratch.write("deploy.toml", first_key());
    let brought = scratch.commit_all("Deploy");

    let report = scratch.check(&["--history"]);

    assert_eq!((clean["exit"].clone(), told(&clean)), (0.into(), vec![]));
    assert_eq!(told(&report), [aws("deploy.toml", 1, &brought, true)]);
}

#[test]
fn every_path_that_had_the_content_is_told() {
    let scratch = Scratch::new();
    scratch.write("a/deploy.toml", first_key());
    let brought = scratch.commit_all("Deploy");
    scratch.git(&["mv", "a", "b"]);
    let moved = scratch.commit_all("Move");

    let report = scratch.check(&["--history"]);

    assert_eq!(told(&report), [aws("a/deploy.toml", 1, &brought, false), aws("b/deploy.toml", 1, &moved, true)]);
}

#[test]
fn tags_other_branches_stashes_and_detached_commits_are_reached() {
    let scratch = Scratch::new();
    let mut keys = ["AAA3", "BBB4", "CCC5", "DDD6", "EEE7"].iter();
    let mut leak = |path: &str| scratch.write(path, key(keys.next().unwrap()));
    scratch.git(&["checkout", "-q", "-b", "side"]);
    leak("branch.toml");
    scratch.commit_all("On a branch");
    scratch.git(&["checkout", "-q", "--detach", "main"]);
    leak("tag.toml");
    scratch.commit_all("Only tagged");
    scratch.git(&["tag", "-a", "-m", "Tag", "v1"]);
    scratch.git(&["checkout", "-q", "main"]);
    for path in ["stash-old.toml", "stash-new.toml"] {
        leak(path);
        scratch.git(&["add", "--all"]);
        scratch.git(&["stash", "-q"]);
    }
    scratch.git(&["checkout", "-q", "--detach", "main"]);
    leak("detached.toml");
    scratch.commit_all("Nowhere else");

    let paths = |report: &Value| told(report).into_iter().map(|(_, path, ..)| path).collect::<Vec<_>>();
    let all = scratch.check(&["--history"]);
    let main = scratch.check(&["--history", "main"]);

    assert_eq!(paths(&all), ["branch.toml", "detached.toml", "stash-new.toml", "stash-old.toml", "tag.toml"]);
    assert_eq!(paths(&main), [""; 0]);
}

#[test]
fn a_blob_or_a_tree_behind_a_tag_is_reached() {
    let scratch = Scratch::new();
    scratch.write("deploy.toml", first_key());
    let blob = scratch.git(&["hash-object", "-w", "deploy.toml"]);
    scratch.git(&["tag", "leaked", &blob]);

    let report = scratch.check(&["--history"]);

    assert_eq!(told(&report), [aws("refs/tags/leaked", 1, "", false)]);
    assert_eq!(report["findings"][0]["history"]["since"], Value::Null);
}

#[test]
fn a_secret_in_the_message_of_a_tag_is_found() {
    let scratch = Scratch::new();
    scratch.git(&["tag", "-a", "-m", &format!("Release\n\n{}", first_key()), "v1"]);
    scratch.git(&["tag", "same", "v1"]);

    assert_eq!(told(&scratch.check(&["--history"])), [aws("TAG_MESSAGE", 3, "", false)]);
}

#[test]
fn what_is_no_secret_is_told_only_while_it_is_there() {
    let scratch = Scratch::new();
    scratch.write("a.rs", "// harmless\u{202e} text\n");
    scratch.commit_all("Turn the text around");
    let there = scratch.check(&["--history"]);
    scratch.write("a.rs", "// harmless text\n");
    scratch.commit_all("Turn it back");

    let gone = scratch.check(&["--history"]);

    assert_eq!(there["findings"].as_array().unwrap().len(), 1);
    assert_eq!(gone["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn messages_are_read_too() {
    let scratch = Scratch::new();
    let pack = "- id: ours/codename\n  on: message\n  keywords: [bluebird]\n  regex: '\\bbluebird\\b'\n  severity: deny\n  \
                message: our codename\n  examples: [\"the bluebird plan\"]\n";
    scratch.write(".gov/rules/ours.yaml", pack);
    let commit = scratch.commit_all("the bluebird plan");

    let report = scratch.check(&["--history"]);

    assert_eq!(told(&report), [("ours/codename".into(), "COMMIT_MESSAGE".into(), 1, commit, false)]);
}

#[test]
fn what_stands_before_a_message_is_read_too() {
    let scratch = Scratch::new();
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let tree = scratch.git(&["rev-parse", "HEAD^{tree}"]);
    let mira = "Mira Example <mira@example.com> 1700000000 +0000";
    let merged = format!("mergetag object {head}\n type commit\n tag v1\n tagger {mira}\n \n {}", secret_line());
    let commits = [("Mira".to_owned(), merged), (aws_key(), String::new())].map(|(name, more)| {
        let text = format!(
            "tree {tree}\nparent {head}\nauthor {name} <mira@example.com> 1700000000 +0000\ncommitter {mira}\n{more}\nMerge\n"
        );
        std::fs::write(scratch.beside("commit"), text).unwrap();
        scratch.git(&["hash-object", "-t", "commit", "-w", "--literally", &scratch.beside("commit").to_string_lossy()])
    });
    scratch.git(&["-c", &format!("user.name={}", aws_key()), "tag", "-a", "-m", "One", "v1", &head]);
    let found = |revision: &str| {
        let report = scratch.check(&[revision]);
        (report["findings"][0]["rule"].clone(), report["findings"][0]["path"].clone())
    };

    for (revision, path) in [(&*commits[0], "COMMIT_HEADER"), (&commits[1], "COMMIT_HEADER"), ("v1", "TAG_HEADER")] {
        assert_eq!(found(revision), ("secret/aws-access-key-id".into(), path.into()), "{revision}");
    }
    scratch.git(&["branch", "named", &commits[1]]);
    let paths: Vec<String> = told(&scratch.check(&["--history"])).into_iter().map(|(_, path, ..)| path).collect();
    assert!(paths.contains(&"COMMIT_HEADER".into()), "{paths:?}");
}

#[test]
fn waivers_excuse_history_wherever_they_stand() {
    let scratch = Scratch::new();
    scratch.write("in-file.toml", key("AAA3"));
    scratch.write("in-text.toml", key("BBB4"));
    scratch.write("past.toml", key("CCC5"));
    scratch.commit_all("Leak");
    let report = scratch.check(&["--history"]);
    let fingerprint = |path: &str| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["path"] == path).unwrap()["fingerprint"].as_str().unwrap().to_owned()
    };
    let past = fingerprint("past.toml");
    scratch.write(
        ".gov/waivers.yaml",
        format!(
            "- fingerprint: \"{}\"\n  reason: made up\n- fingerprint: \"{past}\"\n  reason: rotated\n  history: true\n",
            fingerprint("in-file.toml")
        ),
    );
    scratch.write("in-text.toml", key("BBB4").replace('\n', " # gov: allow[secret/*] made up\n"));
    scratch.git(&["rm", "-q", "past.toml"]);
    scratch.commit_all("Waive");
    let weighing = |report: &Value| {
        let of =
            |finding: &Value| finding["waived"].is_null().then(|| format!("{} {}", finding["rule"], finding["path"]));
        report["findings"].as_array().unwrap().iter().filter_map(of).collect::<Vec<_>>()
    };

    let history = scratch.check(&["--history"]);
    let tree = scratch.check(&["--all"]);
    scratch.write("past.toml", key("CCC5"));
    scratch.git(&["add", "--all"]);
    let come_back = scratch.check(&["--staged"]);

    assert_eq!((weighing(&history), told(&history).len()), (vec![], 3));
    assert_eq!(weighing(&tree), [""; 0], "a waiver for history is not unused because the tree does not need it");
    assert_eq!(weighing(&come_back), ["\"secret/aws-access-key-id\" \"past.toml\""]);
}

#[test]
fn a_waiver_that_history_has_no_use_for_is_told() {
    let scratch = Scratch::new();
    scratch.write(
        ".gov/waivers.yaml",
        format!("- fingerprint: \"{}\"\n  reason: rotated\n  history: true\n", "0".repeat(32)),
    );
    scratch.commit_all("Waive");

    let rules = |report: Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(rules(scratch.check(&["--history"])), ["waiver/unused"]);
    assert_eq!(rules(scratch.check(&["--all"])), [""; 0]);
}

#[test]
fn a_clone_that_lacks_a_part_of_history_is_refused() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "one\n");
    scratch.commit_all("One");
    scratch.write("a.txt", "two\n");
    scratch.commit_all("Two");
    scratch.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    scratch.git(&["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "../partial"]);

    let shallow = scratch.run_in(&scratch.beside("shallow"), &["check", "--history"]);
    let partial = scratch.run_in(&scratch.beside("partial"), &["check", "--history"]);
    scratch.git_in(&scratch.beside("partial"), &["fetch", "-q", "--refetch", "--no-filter", "origin"]);
    let mended = scratch.run_in(&scratch.beside("partial"), &["check", "--history"]);

    assert_eq!((shallow.code, shallow.out.as_str()), (2, ""));
    assert!(shallow.err.contains("git fetch --unshallow origin"), "{}", shallow.err);
    assert_eq!((partial.code, partial.out.as_str()), (2, ""));
    assert!(partial.err.contains("3 of the 3 blobs of this history are not in this partial clone"), "{}", partial.err);
    assert!(partial.err.contains("git fetch --refetch --no-filter origin"), "{}", partial.err);
    assert_eq!(mended.code, 0, "{}", mended.err);
}

#[test]
fn a_bare_repository_and_an_unborn_branch_have_a_history_too() {
    let scratch = Scratch::new();
    scratch.write("deploy.toml", first_key());
    scratch.commit_all("Deploy");
    scratch.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let empty = Scratch::unborn();

    let bare = scratch.run_in(&scratch.beside("bare.git"), &["check", "--history"]);
    scratch.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]);
    let unborn = scratch.run(&["check", "--history"]);

    assert_eq!((bare.code, unborn.code), (1, 1));
    assert_eq!(empty.run(&["check", "--history"]).code, 0);
}

#[test]
fn a_range_is_sent_to_the_check_of_ranges() {
    let scratch = Scratch::new();

    let said = scratch.run(&["check", "--history", "main..HEAD"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("gov-hook check main..HEAD"), "{}", said.err);
}

#[test]
fn every_format_tells_the_commit_and_no_format_the_secret() {
    let scratch = Scratch::new();
    scratch.write("deploy.toml", first_key());
    let brought = scratch.commit_all("Deploy");
    scratch.git(&["rm", "-q", "deploy.toml"]);
    scratch.commit_all("Take it out");

    for format in ["human", "json", "sarif", "github", "gitlab", "junit"] {
        let said = scratch.run(&["check", "--history", "--format", format]);

        assert_eq!(said.code, 1, "{format}");
        assert!(said.out.contains(brought.split_at(12).0), "{format}: {}", said.out);
        assert!(!said.out.contains("Z7QVN4"), "{format}: {}", said.out);
    }
    let human = scratch.run(&["check", "--history"]).out;
    assert!(human.contains("only in history"), "{human}");
}
