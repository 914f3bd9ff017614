//! Hooks put there, chained, gone astray and taken away again, with real git.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test adds to the search path")]

#[path = "../support/mod.rs"]
mod support;

mod chained;
mod configured;
mod doctor;
mod folders;
mod messages;
mod operations;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use support::{Said, Scratch, secret_line};

const CLIENT: [&str; 8] = [
    "pre-commit",
    "pre-merge-commit",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "post-applypatch",
    "pre-push",
];

/// The names in a folder of hooks, without git's samples.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".sample"))
        .collect();
    names.sort();
    names
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    names.sort();
    names
}

fn hooks(scratch: &Scratch) -> PathBuf {
    scratch.path(".git/hooks")
}

fn put(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A hook that tells its arguments and input in a file beside the work tree.
fn telling(scratch: &Scratch, stage: &str) -> String {
    let log = scratch.beside("log");
    format!("#!/bin/sh\n{{ echo \"{stage} $#: $*\"; [ {stage} = pre-push ] && cat; }} >> '{}'\nexit 0\n", log.display())
}

fn log(scratch: &Scratch) -> String {
    fs::read_to_string(scratch.beside("log")).unwrap_or_default()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A git that says it is of another version.
fn pretend_git(scratch: &Scratch, version: &str) {
    let real = scratch.command("sh", &scratch.path("")).args(["-c", "command -v git"]).output().unwrap();
    let real = String::from_utf8(real.stdout).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = version ] && {{ echo git version {version}; exit; }}\nexec {} \"$@\"\n",
        real.trim()
    );
    put(&scratch.beside("bin/git"), &script);
}

/// The search path, with what is pretended first.
fn path(scratch: &Scratch) -> String {
    format!("{}:{}", scratch.beside("bin").display(), std::env::var("PATH").unwrap())
}

/// The whole of a failure whose paths are of this run.
fn refusal(said: &Said, scratch: &Scratch) -> String {
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    said.err.replace(&*scratch.beside("").to_string_lossy(), "/")
}

/// What the doctor says of the first work tree as the first git sees it: each stage that is not well.
fn ill(scratch: &Scratch) -> Vec<(String, String)> {
    let said = scratch.run(&["doctor", "--format", "json"]);
    let json = said.json();
    assert_eq!((&json["schema"], &json["exit"]), (&"gov-hook/doctor/v1".into(), &said.code.into()));
    let stages = json["worktrees"][0]["gits"][0]["stages"].as_array().unwrap().clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let told = stages.iter().map(|stage| (text(&stage["stage"]), text(&stage["state"])));
    told.filter(|(_, state)| state != "current").collect()
}

#[test]
fn what_is_installed_runs_and_what_is_uninstalled_is_gone() {
    let scratch = Scratch::new();
    let untouched = names(&hooks(&scratch));

    let said = scratch.run(&["install"]);

    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let expected = format!(
        "installed 8 hooks in {}\n  {}\nnext: check that git really runs them\n  gov-hook doctor\n",
        hooks(&scratch).display(),
        CLIENT.join(", ")
    );
    assert_eq!(said.out, expected);
    assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT));
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    assert!(!scratch.tried(&["commit", "-m", "Secret"]).passed());

    let gone = scratch.run(&["uninstall"]);

    assert_eq!((gone.code, gone.err.as_str()), (0, ""));
    assert!(gone.out.starts_with("uninstalled 8 hooks; the ledger and the policy stay\n"), "{}", gone.out);
    assert_eq!(names(&hooks(&scratch)), untouched);
    assert!(scratch.tried(&["commit", "-m", "Secret"]).passed());
    assert_eq!(scratch.run(&["uninstall"]).out, "no hooks of gov-hook are installed here\n");
}

#[test]
fn installing_again_changes_nothing() {
    let scratch = Scratch::new();
    put(&hooks(&scratch).join("pre-commit"), "#!/bin/sh\nexit 0\n");
    scratch.run(&["install"]);
    let files = |scratch: &Scratch| -> Vec<(String, Option<Vec<u8>>)> {
        let all = names(&hooks(scratch)).into_iter();
        all.map(|name| (name.clone(), fs::read(hooks(scratch).join(name)).ok())).collect()
    };
    let before = files(&scratch);

    let said = scratch.run(&["install"]);

    assert!(said.out.starts_with("the hooks are already current in "), "{}", said.out);
    assert_eq!(files(&scratch), before);
}

#[test]
fn a_shim_of_another_version_is_renewed_and_not_chained() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    let hook = hooks(&scratch).join("pre-commit");
    let current = fs::read_to_string(&hook).unwrap();
    put(&hook, "#!/bin/sh\n# gov-hook shim 0: of long ago\nexit 0\n");

    scratch.run(&["install"]);

    assert_eq!(fs::read_to_string(&hook).unwrap(), current);
    assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT));
}

#[test]
fn a_moved_binary_is_looked_for_on_the_path_and_else_nothing_passes() {
    let scratch = Scratch::new();
    let there = scratch.beside("first/gov-hook");
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_gov-hook"), &there).unwrap();
    let mut install = scratch.command(&there, &scratch.path(""));
    assert!(install.arg("install").output().unwrap().status.success());
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "--all"]);
    let commit = |path: &str| {
        let mut command = scratch.command("git", &scratch.path(""));
        command.args(["commit", "-qm", "One"]).env("PATH", path).output().unwrap()
    };
    let second = scratch.beside("second");
    fs::create_dir_all(&second).unwrap();
    fs::rename(&there, second.join("gov-hook")).unwrap();

    let refused = commit("/usr/bin:/bin");
    let passed = commit(&format!("/usr/bin:/bin:{}", second.display()));

    let expected = format!(
        "gov-hook is gone, so nothing may pass pre-commit\n  because: neither {} nor a gov-hook on PATH is there\n  \
         mend it: cargo install --locked --path PATH-TO-GOV-HOOK && gov-hook install\n",
        there.display()
    );
    assert_eq!((refused.status.code(), err(&refused)), (Some(1), expected));
    assert!(passed.status.success(), "{}", err(&passed));
    let bypassing = scratch
        .command("git", &scratch.path(""))
        .args(["commit", "-q", "--no-verify", "--allow-empty", "-m", "Two"])
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    assert!(bypassing.status.success());
    assert!(
        err(&bypassing)
            .starts_with("gov-hook is gone, so nothing is put on record at post-commit; what was done stands\n"),
        "{}",
        err(&bypassing)
    );
}

/// Has every hook of a folder look for a binary that is nowhere.
fn lose_the_binary(folder: &Path) {
    for name in names(folder) {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        let lost = |line: &str| if line.starts_with("binary=") { "binary='/gone/gov-hook'" } else { line }.to_owned();
        put(&folder.join(&name), &(text.lines().map(lost).collect::<Vec<_>>().join("\n") + "\n"));
    }
}

#[test]
fn a_server_whose_binary_is_gone_lets_nothing_in_and_says_how_it_is_mended() {
    let scratch = Scratch::new();
    let origin = scratch.origin();
    scratch.run_in(&origin, &["install", "--server", "--strict"]);
    lose_the_binary(&origin.join("hooks"));
    let gone = |stage: &str, first: &str, how: &str| {
        let mut hook = scratch.command(origin.join("hooks").join(stage), &origin);
        let said = hook.env("PATH", "/usr/bin:/bin").arg("prepared").output().unwrap();
        let expected = format!(
            "gov-hook is gone, so {first}\n  because: neither /gone/gov-hook nor a gov-hook on PATH is there\n  \
             mend it: cargo install --locked --path PATH-TO-GOV-HOOK && gov-hook install{how}\n"
        );
        assert_eq!((said.status.code(), err(&said)), (Some(2), expected));
    };

    gone("pre-receive", "nothing may pass pre-receive", " --server");
    gone("update", "nothing may pass update", " --server");
    gone("post-receive", "nothing is put on record at post-receive; what was done stands", " --server");
    gone("reference-transaction", "nothing may pass reference-transaction", " --server --strict");

    assert_eq!(scratch.run_in(&origin, &["install", "--server", "--strict"]).code, 0);
    assert!(scratch.tried(&["push", "-q", "origin", "main"]).passed());
}

#[test]
fn a_strict_hook_whose_binary_is_gone_says_so_once() {
    let scratch = Scratch::new();
    scratch.run(&["install", "--strict"]);
    lose_the_binary(&hooks(&scratch));

    let mut branch = scratch.command("git", &scratch.path(""));
    let said = branch.args(["branch", "other"]).env("PATH", "/usr/bin:/bin").output().unwrap();

    assert!(!said.status.success());
    assert_eq!(err(&said).matches("gov-hook is gone").count(), 1, "{}", err(&said));
    assert!(err(&said).contains("&& gov-hook install --strict\n"), "{}", err(&said));
    assert_eq!(scratch.git(&["branch", "--list", "other"]), "");
}

#[test]
fn what_fails_once_it_is_done_says_that_it_stands() {
    let scratch = Scratch::new();
    let decides = |stage: &str| matches!(stage, "pre-commit" | "pre-merge-commit" | "commit-msg");
    let opening = |stage: &str| {
        if decides(stage) {
            "gov-hook could not decide, so nothing may pass: "
        } else {
            "gov-hook could not put this on record, and what was done stands: "
        }
    };
    let nowhere = scratch.beside("nowhere");
    fs::create_dir(&nowhere).unwrap();
    // A push that moves nothing needs no repository.
    for stage in CLIENT.into_iter().filter(|stage| *stage != "pre-push") {
        let said = scratch.run_in(&nowhere, &["hook", stage]);

        assert_eq!((said.code, said.out.as_str()), (2, ""), "{stage}");
        assert!(said.err.starts_with(opening(stage)), "{stage}: {}", said.err);
    }
}
