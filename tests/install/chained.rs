//! What stands in a hook's place already: it runs first, and is there again in the end.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::{Scratch, secret_line};
use crate::{err, hooks, ill, log, names, put, telling};

#[test]
fn what_was_there_runs_first_with_the_same_arguments_and_input() {
    let scratch = Scratch::new();
    scratch.origin();
    for stage in ["pre-commit", "commit-msg", "pre-push"] {
        put(&hooks(&scratch).join(stage), &telling(&scratch, stage));
    }
    let said = scratch.run(&["install"]);
    assert!(
        said.out.contains("  pre-push: what was there is kept as pre-push.legacy and runs first\n"),
        "{}",
        said.out
    );
    scratch.write("a.txt", "one\n");

    let commit = scratch.commit_by_hand("One");
    scratch.git(&["push", "-q", "origin", "main", "main:refs/heads/other"]);

    let zeros = "0".repeat(40);
    let expected = format!(
        "pre-commit 0: \ncommit-msg 1: .git/COMMIT_EDITMSG\npre-push 2: origin {}\n\
         refs/heads/main {commit} refs/heads/main {zeros}\nrefs/heads/main {commit} refs/heads/other {zeros}\n",
        scratch.beside("origin.git").display()
    );
    assert_eq!(log(&scratch), expected);
    let last = scratch.run(&["audit", "export"]).out;
    assert_eq!(last.matches("\"kind\":\"push\"").count(), 2, "both lines reached gov-hook too");
}

#[test]
fn either_hook_refuses() {
    let scratch = Scratch::new();
    put(&hooks(&scratch).join("pre-commit"), "#!/bin/sh\n[ ! -e stop ] || { echo stopped >&2; exit 7; }\n");
    scratch.run(&["install"]);
    let before = scratch.git(&["rev-parse", "HEAD"]);

    scratch.write("a.txt", "one\n");
    scratch.write("stop", "");
    scratch.git(&["add", "a.txt"]);
    let by_theirs = scratch.try_git_in(&scratch.path(""), &["commit", "-qm", "One"]);
    fs::remove_file(scratch.path("stop")).unwrap();
    scratch.write("b.txt", secret_line());
    scratch.git(&["add", "b.txt"]);
    let by_ours = scratch.try_git_in(&scratch.path(""), &["commit", "-qm", "Two"]);

    assert_eq!((by_theirs.status.code(), err(&by_theirs).as_str()), (Some(1), "stopped\n"));
    assert!(err(&by_ours).starts_with("denied: 1 secret in b.txt:1\n"), "{}", err(&by_ours));
    assert_eq!(scratch.git(&["rev-parse", "HEAD"]), before);
    scratch.git(&["rm", "-q", "--cached", "b.txt"]);
    assert!(scratch.try_git_in(&scratch.path(""), &["commit", "-qm", "One"]).status.success());
}

#[test]
fn a_push_of_which_the_hooks_cannot_be_told_is_refused() {
    let scratch = Scratch::new();
    let origin = scratch.origin();
    put(&hooks(&scratch).join("pre-push"), "#!/bin/sh\nexit 0\n");
    scratch.run(&["install"]);
    scratch.write("a.txt", secret_line());
    scratch.commit_all("One");
    let few = scratch.beside("few");
    fs::create_dir(&few).unwrap();
    for program in ["git", "sh"] {
        let found = scratch.command("sh", &few).args(["-c", &format!("command -v {program}")]).output().unwrap();
        symlink(String::from_utf8(found.stdout).unwrap().trim(), few.join(program)).unwrap();
    }

    // Without `cat` what git says is lost on its way.
    let mut push = scratch.command("git", &scratch.path(""));
    let pushed = push.args(["push", "-q", "origin", "main"]).env("PATH", &few).output().unwrap();

    assert_eq!(scratch.git_in(&origin, &["for-each-ref"]), "", "it landed: {}", err(&pushed));
    let expected = "gov-hook cannot read what git tells pre-push on standard input, so nothing may pass\n";
    assert!(err(&pushed).contains(expected), "{}", err(&pushed));
}

#[test]
fn what_a_formatter_stages_is_what_is_judged() {
    let scratch = Scratch::new();
    put(&hooks(&scratch).join("pre-commit"), "#!/bin/sh\necho formatted >> a.txt && git add a.txt\n");
    scratch.run(&["install"]);
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "a.txt"]);

    scratch.git(&["commit", "-qm", "One"]);

    let binding = scratch.run(&["audit", "export"]).out;
    assert!(binding.contains("\"kind\":\"commit\"") && binding.contains("\"decision\":\""), "{binding}");
    assert!(!binding.contains("bypass"), "{binding}");
}

#[test]
fn uninstall_restores_bytes_mode_and_links() {
    let scratch = Scratch::new();
    let folder = hooks(&scratch);
    put(&folder.join("pre-commit"), "#!/bin/sh\nexit 0 # \u{e9}\r");
    fs::write(folder.join("pre-push"), b"not even\xff text").unwrap();
    fs::set_permissions(folder.join("pre-push"), fs::Permissions::from_mode(0o640)).unwrap();
    put(&scratch.path("tools/message"), "#!/bin/sh\nexit 0\n");
    symlink("../../tools/message", folder.join("commit-msg")).unwrap();
    symlink("nowhere", folder.join("post-merge")).unwrap();
    let state = || {
        let one = |name: String| {
            let path = folder.join(&name);
            let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
            (name, fs::read_link(&path).ok(), fs::read(&path).ok(), mode)
        };
        names(&folder).into_iter().map(one).collect::<Vec<_>>()
    };
    let before = state();

    scratch.run(&["install"]);
    scratch.commit_by_hand("With all of them");
    let said = scratch.run(&["uninstall"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(state(), before);
}

/// The files of a folder of hooks, without git's samples, with what is in them.
fn contents(folder: &Path) -> Vec<(String, Option<String>)> {
    names(folder).into_iter().map(|name| (name.clone(), fs::read_to_string(folder.join(name)).ok())).collect()
}

#[test]
fn what_only_has_the_name_of_something_kept_does_not_run_and_is_there_again() {
    let scratch = Scratch::new();
    let folder = hooks(&scratch);
    for name in ["commit-msg.legacy", "post-commit.legacy.1", "pre-commit.legacy", "pre-commit"] {
        put(&folder.join(name), &telling(&scratch, name));
    }
    let before = contents(&folder);

    let said = scratch.run(&["install"]);
    scratch.commit_by_hand("One");
    let again = scratch.run(&["install"]);
    scratch.commit_by_hand("Two");

    assert_eq!(log(&scratch), "pre-commit 0: \npre-commit 0: \n");
    let told: Vec<&str> = said.out.lines().filter(|line| line.contains("legacy")).collect();
    let expected = [
        "  pre-commit: what was there is kept as pre-commit.legacy and runs first",
        "  pre-commit: the pre-commit.legacy of before did not run and does not; `uninstall` puts it back",
        "  commit-msg: the commit-msg.legacy of before did not run and does not; `uninstall` puts it back",
        "  post-commit: the post-commit.legacy.1 of before did not run and does not; `uninstall` puts it back",
    ];
    assert_eq!(told, expected);
    assert!(again.out.starts_with("the hooks are already current in "), "{}", again.out);
    assert_eq!(scratch.run(&["uninstall"]).code, 0);
    assert_eq!(contents(&folder), before);
    scratch.commit_by_hand("Three");
    assert_eq!(log(&scratch), "pre-commit 0: \n".repeat(3));
}

#[test]
fn what_was_kept_runs_again_when_a_hook_that_was_lost_is_put_back() {
    let scratch = Scratch::new();
    let hook = hooks(&scratch).join("pre-commit");
    put(&hook, &telling(&scratch, "theirs"));
    let before = contents(&hooks(&scratch));
    scratch.run(&["install"]);
    fs::remove_file(&hook).unwrap();

    scratch.run(&["install"]);
    scratch.commit_by_hand("One");

    assert_eq!(log(&scratch), "theirs 0: \n");
    scratch.run(&["uninstall"]);
    assert_eq!(contents(&hooks(&scratch)), before);
}

#[test]
fn a_hook_put_over_ours_is_chained_by_installing_again() {
    let scratch = Scratch::new();
    let hook = hooks(&scratch).join("pre-commit");
    put(&hook, &telling(&scratch, "first"));
    scratch.run(&["install"]);
    put(&hook, &telling(&scratch, "second"));

    let said = scratch.run(&["install"]);

    assert!(
        said.out.contains("  pre-commit: what was there is kept as pre-commit.legacy and runs first\n"),
        "{}",
        said.out
    );
    scratch.commit_by_hand("One");
    assert_eq!(log(&scratch), "second 0: \nfirst 0: \n");
    let gone = scratch.run(&["uninstall"]);
    assert_eq!(fs::read_to_string(&hook).unwrap(), telling(&scratch, "second"));
    assert!(gone.out.contains("still there, and not run: "), "{}", gone.out);
}

#[test]
fn an_installation_that_was_cut_short_is_finished_by_the_next() {
    let scratch = Scratch::new();
    let hook = hooks(&scratch).join("pre-commit");
    put(&hook, &telling(&scratch, "theirs"));
    fs::hard_link(&hook, hooks(&scratch).join("pre-commit.legacy")).unwrap();

    scratch.run(&["install"]);
    scratch.commit_by_hand("One");

    assert_eq!(log(&scratch), "theirs 0: \n");
    assert!(!names(&hooks(&scratch)).iter().any(|name| name.contains(".legacy.")));
}

#[test]
fn a_hook_of_husky_is_run_under_the_name_it_goes_by() {
    let scratch = Scratch::new();
    put(&scratch.path(".husky/pre-commit"), "echo ran \"$#\" >> ../log\n");
    put(&scratch.path(".husky/_/pre-commit"), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"");
    let runner = "n=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\nexit $?\n";
    put(&scratch.path(".husky/_/h"), runner);
    scratch.git(&["config", "core.hooksPath", ".husky/_"]);

    let said = scratch.run(&["install"]);
    scratch.commit_by_hand("One");

    assert!(
        said.out.contains("  pre-commit: the hook of husky is kept as pre-commit.legacy and runs first\n"),
        "{}",
        said.out
    );
    assert_eq!(log(&scratch), "ran 0\n");
    put(&scratch.path(".husky/pre-commit"), "exit 3\n");
    assert!(!scratch.try_git_in(&scratch.path(""), &["commit", "--allow-empty", "-m", "Two"]).status.success());
    assert_eq!(ill(&scratch), []);
    put(&scratch.path(".husky/_/pre-commit"), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"");
    assert_eq!(ill(&scratch), [("pre-commit".to_owned(), "shadowed".to_owned())], "npm install has put it back");
}

#[test]
fn a_hook_that_only_speaks_of_gov_hook_does_not_run_it() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    put(&hooks(&scratch).join("pre-commit"), "#!/bin/sh\n# gov-hook hook pre-commit \"$@\"\n");
    put(&hooks(&scratch).join("pre-push"), "#!/bin/sh\ngov-hook hook pre-push \"$@\"\n");

    let found = ill(&scratch);

    let expected = [("pre-commit", "shadowed"), ("pre-push", "called")];
    assert_eq!(found, expected.map(|(stage, state)| (stage.to_owned(), state.to_owned())));
}
