//! What each operation of git runs and puts on record, and that none brings in a secret.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{Scratch, secret_line};
use crate::{CLIENT, err, hooks, log, put};

/// What the hooks that were there before saw of one operation, and what gov-hook put on record of it.
struct Watched {
    scratch: Scratch,
    /// Entries that were there before the operation.
    known: usize,
}

impl Watched {
    fn new() -> Self {
        let scratch = Scratch::new();
        for stage in CLIENT {
            let script = format!("#!/bin/sh\nprintf '%s ' {stage} >> '{}'\n", scratch.beside("log").display());
            put(&hooks(&scratch).join(stage), &script);
        }
        assert_eq!(scratch.run(&["install"]).code, 0);
        Self { scratch, known: 0 }
    }

    fn entries(&self) -> Vec<serde_json::Value> {
        let exported = self.scratch.run(&["audit", "export"]).out;
        let entries = exported.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let entry = |line: serde_json::Value| match line["entry"].as_str() {
            Some(text) => serde_json::from_str(text).unwrap(),
            None => line["entry"].clone(),
        };
        entries.map(entry).filter(|entry| entry["kind"] != "genesis" && entry["kind"] != "stream-open").collect()
    }

    /// Runs a line of shell, and tells which hooks ran and what was put on record.
    fn run(&mut self, operation: &str) -> String {
        let _ = fs::remove_file(self.scratch.beside("log"));
        let mut shell = self.scratch.command("sh", &self.scratch.path(""));
        let output = shell.args(["-ec", operation]).env("GIT_EDITOR", "true").output().unwrap();
        assert!(output.status.success(), "{operation}: {}", err(&output));
        let entries = self.entries();
        let told = entries.iter().skip(self.known).map(|entry| {
            let cause = entry["body"]["cause"].as_str().map(|cause| format!(" by {cause}")).unwrap_or_default();
            entry["kind"].as_str().unwrap().to_owned() + &cause
        });
        let told = told.collect::<Vec<_>>().join(", ");
        self.known = entries.len();
        format!("{}-> {told}", log(&self.scratch))
    }
}

#[test]
fn what_each_operation_of_git_runs_and_puts_on_record() {
    let mut watched = Watched::new();
    watched.scratch.origin();
    let judged = "pre-commit commit-msg post-commit -> decision, commit";
    let operations = [
        ("echo 1 > a; git add a; git commit -qm a", judged),
        ("echo 2 > a; git commit -qam a2", judged),
        ("echo 3 > a; printf 'y\n' | git commit -qpm a3", judged),
        ("echo 4 > a; echo 1 > b; git add b; git commit -qom a4 a; git reset -q; rm b", judged),
        (
            "echo 5 > a; git commit -q --amend -am a5",
            "pre-commit commit-msg post-commit post-rewrite -> decision, decision by hook, rewrite",
        ),
        ("git checkout -q -b side; echo 1 > s; git add s; git commit -qm s", judged),
        ("git checkout -q main; git merge -q --ff-only side", "post-merge -> "),
        ("git checkout -q side; echo 2 > s; git commit -qam s2", judged),
        ("git checkout -q main; echo 6 > a; git commit -qam a6", judged),
        ("git merge -q --no-ff -m merge side", "pre-merge-commit commit-msg post-merge -> decision, commit"),
        ("git checkout -q -b other HEAD~1; echo 1 > o; git add o; git commit -qm o; git checkout -q main", judged),
        ("git merge -q --squash other > ../said", "post-merge -> "),
        ("git commit -qm squashed", judged),
        ("git checkout -q -b picks side; git cherry-pick other > ../said", "post-commit -> decision by hook"),
        ("git revert --no-edit HEAD > ../said", "post-commit -> decision by hook"),
        ("git checkout -q other; echo 1 > o2; git add o2; git commit -qm o2", judged),
        (
            "git rebase -q side",
            "post-commit post-commit post-commit post-rewrite -> decision by hook, decision by hook, decision by hook, rewrite",
        ),
        (
            "git format-patch -q -1 --stdout > ../patch; git checkout -q -b applied main~2; git am -q ../patch",
            "post-applypatch -> decision by hook",
        ),
        ("echo 7 > a; git stash -q; git stash pop -q; git checkout -q a", "-> "),
        ("git checkout -q main; git reset -q --hard $(git commit-tree -p HEAD -m tree HEAD~1^{tree})", "-> "),
        ("git worktree add -q ../linked -b linked; cd ../linked; echo 1 > l; git add l; git commit -qm l", judged),
        ("git tag v1; git tag -a -m v2 v2", "-> "),
    ];
    let pushes = [
        ("git push -q origin side other:renamed v2", "pre-push -> decision by push, push, push, push"),
        ("git push -q origin :renamed", "pre-push -> push"),
        ("git push -q origin main HEAD:refs/heads/linked 2> ../said", "pre-push -> push, push"),
        (
            "git checkout -q side; git commit -q --amend --no-verify -m again; git push -q --force origin side 2> ../said",
            "post-commit post-rewrite pre-push -> commit, rewrite, push",
        ),
    ];

    let ran: Vec<(&str, String)> =
        operations.iter().map(|(operation, _)| (*operation, watched.run(operation))).collect();

    let expected: Vec<(&str, String)> =
        operations.iter().map(|(operation, told)| (*operation, (*told).to_owned())).collect();
    assert_eq!(ran, expected);
    let happened: Vec<(&str, String)> = pushes.iter().map(|(push, _)| (*push, watched.run(push))).collect();
    let expected: Vec<(&str, String)> = pushes.iter().map(|(push, told)| (*push, (*told).to_owned())).collect();
    assert_eq!(happened, expected);
    assert_eq!(watched.scratch.run(&["audit", "verify", "--replay"]).code, 0);
}

/// A clone with hooks and a remote, and a branch `leak` whose commit holds a secret and met no hook.
fn leaking() -> Scratch {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    fs::write(scratch.beside("secret"), secret_line()).unwrap();
    scratch.git(&["checkout", "-q", "-b", "leak"]);
    scratch.write("s", secret_line());
    scratch.git(&["add", "s"]);
    scratch.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Leak"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch
}

fn shell(scratch: &Scratch, line: &str) -> Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_gov-hook")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = scratch.command("sh", &scratch.path(""));
    shell.args(["-ec", line]).env("GIT_EDITOR", "true").env("PATH", path).output().unwrap()
}

#[test]
fn no_operation_that_asks_a_hook_makes_a_commit_with_a_secret() {
    for operation in [
        "cp ../secret s; git add s; git commit -qm x",
        "cp ../secret README.md; git commit -qam x",
        "cp ../secret README.md; printf 'y\n' | git commit -qpm x",
        "cp ../secret README.md; git commit -qom x README.md",
        "cp ../secret README.md; git commit -q --amend -am x",
        "git commit -q --allow-empty -m more; git merge -q --no-ff -m x leak",
        "git merge -q --squash leak; git commit -qm x",
        "git worktree add -q ../linked -b linked; cd ../linked; cp ../secret s; git add s; git commit -qm x",
        "git submodule --quiet add ../origin.git sub; cd sub; gov-hook install; cp ../../secret s; git add s; git commit -qm x",
    ] {
        let scratch = leaking();

        let output = shell(&scratch, operation);

        assert!(!output.status.success(), "{operation}");
        let told = err(&output);
        assert!(told.contains("secret/aws-access-key-id") && !told.contains("Z7QVN4KWJ3"), "{operation}: {told}");
        let made = "git log --branches --format=%s; [ ! -e sub/.git ] || git -C sub log --branches --format=%s";
        let subjects = String::from_utf8(shell(&scratch, made).stdout).unwrap();
        assert!(
            subjects.lines().all(|subject| ["Start", "Leak", "more"].contains(&subject)),
            "{operation}: {subjects}"
        );
    }
}

#[test]
fn what_an_operation_brings_in_without_a_hook_is_refused_at_the_push() {
    let past = "git -c core.hooksPath=/dev/null";
    for operation in [
        "git merge -q --ff-only leak".to_owned(),
        "git cherry-pick leak > ../said".to_owned(),
        format!(
            "{past} cherry-pick leak > ../said; git rm -q s; {past} commit -qm gone; git revert --no-edit HEAD > ../said"
        ),
        "git commit -q --allow-empty -m more; git checkout -q leak; git rebase -q main".to_owned(),
        "git format-patch -q -1 --stdout leak > ../patch; git am -q ../patch".to_owned(),
        "git reset -q --hard $(git commit-tree -p HEAD -m tree leak^{tree})".to_owned(),
        "cp ../secret README.md; git stash -q; git checkout -q --detach stash@{0}".to_owned(),
        "cp ../secret s; git add s; git commit -qnm x".to_owned(),
        "cp ../secret s; git add s; GOV_HOOK_DISABLED=1 git commit -qm x".to_owned(),
        "git tag -a -m v1 v1 leak; git checkout -q v1".to_owned(),
    ] {
        let scratch = leaking();
        let ran = shell(&scratch, &operation);
        assert!(ran.status.success(), "{operation}: {}", err(&ran));
        let before = scratch.git(&["ls-remote", "origin"]);

        for push in
            ["git push -q origin HEAD:refs/heads/landed", "git push -q origin main~0:refs/heads/fine HEAD:refs/tags/t"]
        {
            let output = shell(&scratch, push);

            assert!(!output.status.success(), "{operation}: {push}");
            let told = String::from_utf8_lossy(&output.stdout).into_owned() + &err(&output);
            assert!(told.contains("secret/aws-access-key-id"), "{operation}: {push}: {told}");
            assert_eq!(scratch.git(&["ls-remote", "origin"]), before, "{operation}: {push}");
        }
    }
}

#[test]
fn a_submodule_that_moves_is_judged_and_recorded_like_any_file() {
    let mut watched = Watched::new();
    watched.scratch.origin();
    watched.run("git push -q origin main");

    let added = watched.run("git submodule --quiet add ../origin.git sub; git commit -qm sub");
    let moved = watched.run("git -C sub commit -q --allow-empty -m inner; git commit -qam moved");

    let judged = "pre-commit commit-msg post-commit -> decision, commit";
    assert_eq!([added.as_str(), moved.as_str()], [judged, judged]);
}
