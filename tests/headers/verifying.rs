//! What `verify` finds, in a work tree and in a commit, in this clone and in another.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Scratch;
use crate::{ATTACKS, SCRIPT, edit, findings, sign, signed, text, verify};

#[test]
fn every_tampering_in_the_work_tree_is_found() {
    for (what, attack, wanted) in ATTACKS {
        let scratch = signed();
        assert_eq!(verify(&scratch, &["--all"]), (0, vec![]), "{what}");

        attack(&scratch);

        assert_eq!(verify(&scratch, &["--all"]), (1, vec![wanted.into()]), "{what}");
        let path = wanted.split(' ').next().unwrap();
        assert_eq!(verify(&scratch, &[path]), (1, vec![wanted.into()]), "{what}");
    }
}

#[test]
fn a_forged_header_with_a_fitting_hash_has_no_entry() {
    let theirs = Scratch::new();
    theirs.write("run.sh", "#!/bin/sh\necho forged\n");
    sign(&theirs, &["run.sh"], "dev");
    let scratch = signed();

    scratch.write("forged.sh", text(&theirs, "run.sh"));

    assert_eq!(verify(&theirs, &["run.sh"]), (0, vec![]));
    assert_eq!(verify(&scratch, &["forged.sh"]), (1, vec!["forged.sh header/unrecorded".into()]));
}

#[test]
fn a_commit_is_verified_without_a_work_tree() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Tamper");
    let bare = scratch.beside("bare.git");
    scratch.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    scratch.git_in(&bare, &["fetch", "-q", &scratch.path("").to_string_lossy(), "refs/notes/gov/*:refs/notes/gov/*"]);

    let verified = scratch.run_in(&bare, &["verify", "--rev", "HEAD~1"]);
    let tampered = scratch.run_in(&bare, &["verify", "--rev", "HEAD"]);

    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert!(verified.out.starts_with("verified: 2 signed files of commit "), "{}", verified.out);
    assert_eq!(tampered.code, 1, "{}{}", tampered.out, tampered.err);
    assert!(tampered.out.starts_with("tampered: run.sh:"), "{}", tampered.out);
    assert_eq!(scratch.run_in(&bare, &["verify"]).code, 1);
    assert_eq!(scratch.run_in(&bare, &["sign", "run.sh", "--env", "dev"]).code, 2);
    assert_eq!(verify(&scratch, &["--all", "--rev", "HEAD~1"]), (0, vec![]));
}

#[test]
fn what_git_ignores_and_what_nobody_signed_is_left_alone() {
    let scratch = signed();
    scratch.write(".gitignore", "build/\n");
    scratch.write("build/copy.sh", text(&scratch, "run.sh").replace("echo two", "echo 2"));
    scratch.write("notes.txt", "nothing\n");

    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    assert_eq!(verify(&scratch, &["notes.txt"]), (1, vec!["notes.txt unsigned".into()]));
    assert_eq!(verify(&scratch, &["build/copy.sh"]), (1, vec!["build/copy.sh header/copied".into()]));
}

#[test]
fn what_has_to_be_signed_is_missed() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nheaders: { required: [\"generated/**\"] }\n");
    scratch.write("generated/client.py", "x = 1\n");
    scratch.write("generated/schema.json", "{}\n");

    let missing = verify(&scratch, &["--all"]);

    let of = |path: &str| format!("generated/{path} header/missing");
    assert_eq!(missing, (1, vec![of("client.py"), of("schema.json")]));
    sign(&scratch, &["generated"], "dev");
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
}

#[test]
fn a_branch_that_does_not_have_the_header_yet_is_not_tampered_with() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Add it");
    scratch.git(&["switch", "-q", "-c", "topic"]);
    sign(&scratch, &["run.sh"], "dev");
    scratch.commit_all("Sign it");

    scratch.git(&["switch", "-q", "main"]);

    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
}

/// Another clone of the repository, by way of a bare one that both fetch from and push to.
fn with_a_second_clone(scratch: &Scratch) -> PathBuf {
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    let two = scratch.beside("two");
    scratch.git(&["clone", "-q", &scratch.beside("origin.git").to_string_lossy(), &two.to_string_lossy()]);
    two
}

/// The exit code and the first line of `verify --all` in another clone, once all there is has come there.
fn verify_there(scratch: &Scratch, there: &Path) -> (i32, String) {
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scratch.run(&["audit", "sync"]).code, 0);
    scratch.git_in(there, &["pull", "-q"]);
    assert_eq!(scratch.run_in(there, &["audit", "sync"]).code, 0);
    let said = scratch.run_in(there, &["verify", "--all"]);
    (said.code, said.out.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_signature_that_never_came_to_be_committed_is_no_tampering_anywhere() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{ \"limit\": 1 }\n");
    scratch.commit_all("Add two files");
    let two = with_a_second_clone(&scratch);
    sign(&scratch, &["run.sh"], "dev");
    assert_eq!(verify_there(&scratch, &two), (0, "verified: nothing in the work tree is signed".into()));

    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    sign(&scratch, &["data.json"], "dev");
    assert_eq!(scratch.run(&["unsign", "data.json"]).code, 0);
    assert_eq!(verify(&scratch, &["data.json"]), (1, vec!["data.json unsigned".into()]));
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "1000");
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), [""; 0]);
    scratch.commit_all("Change them");

    assert_eq!(verify_there(&scratch, &two), (0, "verified: nothing in the work tree is signed".into()));
    let range = scratch.run_in(&two, &["check", "HEAD~1..HEAD", "--format", "json"]);
    assert_eq!(findings(&range.json()), [""; 0]);
    let by_hand = scratch.beside("two/.git/gov/signed");
    fs::remove_file(by_hand).unwrap();
    assert_eq!(verify_there(&scratch, &two).0, 0);
    assert_eq!(scratch.run(&["audit", "verify", "--full", "--replay"]).code, 0);
}

#[test]
fn a_signature_that_was_committed_is_missed_in_every_clone_that_has_the_commit() {
    let scratch = signed();
    let two = with_a_second_clone(&scratch);
    assert_eq!(verify_there(&scratch, &two), (0, "verified: 2 signed files of the work tree (2 dev)".into()));
    // Beneath the header first, so that nothing of what was signed is ever committed again.
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Tamper");
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Strip it");

    let (code, told) = verify_there(&scratch, &two);

    assert_eq!((code, told.as_str()), (1, "tampered: run.sh: its header was taken away"));
    sign(&scratch, &["run.sh"], "dev");
    assert_eq!(scratch.run(&["unsign", "data.json"]).code, 0);
    edit(&scratch, "data.json", "1", "1000");
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), ["data.json header/body-edited"]);
}

#[test]
fn a_header_that_only_a_merged_branch_ever_had_is_missed_in_every_clone() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Add it");
    let two = with_a_second_clone(&scratch);
    scratch.git(&["switch", "-q", "-c", "topic"]);
    sign(&scratch, &["run.sh"], "dev");
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Sign it and tamper");
    scratch.write("run.sh", SCRIPT);
    scratch.write("more.txt", "more\n");
    scratch.commit_all("Strip it");
    scratch.git(&["switch", "-q", "main"]);
    scratch.commit_all("Something else");
    scratch.git(&["merge", "-q", "--no-verify", "--no-edit", "topic"]);

    assert_eq!(verify_there(&scratch, &two), (1, "tampered: run.sh: its header was taken away".into()));
}

#[test]
fn what_was_signed_and_then_merged_is_missed_wherever_it_is_checked_out() {
    let scratch = Scratch::new();
    scratch.write("data.json", "{}\n");
    scratch.commit_all("Add it");
    scratch.git(&["switch", "-q", "-c", "topic"]);
    sign(&scratch, &["data.json"], "dev");
    scratch.git(&["switch", "-q", "main"]);
    scratch.commit_all("Something else");
    scratch.write("data.json", "[]\n");
    scratch.commit_all("Tamper");

    scratch.git(&["switch", "-q", "--detach"]);

    assert_eq!(verify(&scratch, &["--all"]), (1, vec!["data.json header/body-edited".into()]));
    assert_eq!(verify(&scratch, &["--rev", "HEAD"]), (1, vec!["data.json header/body-edited".into()]));
    assert_eq!(verify(&scratch, &["--rev", "HEAD~1"]), (0, vec![]));
}
