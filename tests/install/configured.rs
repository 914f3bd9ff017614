//! Hooks that git runs from its configuration.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Scratch, secret_line};
use crate::{err, log, path, pretend_git, put};

#[test]
fn a_git_that_runs_configured_hooks_gets_them_from_the_configuration() {
    let scratch = Scratch::new();
    scratch.git(&["config", "--global", "core.hooksPath", "~/shared"]);
    pretend_git(&scratch, "2.54.0");
    let with_it = |arguments: &[&str]| {
        scratch.run_with(arguments, |command| {
            command.env("PATH", path(&scratch));
        })
    };
    let third = with_it(&["install"]);
    assert_eq!(third.err.lines().last().unwrap().trim(), "gov-hook install --config", "{}", third.err);

    let said = with_it(&["install", "--config"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains(" is git ") && said.out.contains(", which does not run them\n"), "{}", said.out);
    assert_eq!(scratch.git(&["config", "hook.gov-hook-pre-commit.event"]), "pre-commit");
    let command = scratch.git(&["config", "hook.gov-hook-pre-commit.command"]);
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    let ran = scratch.command("sh", &scratch.path("")).args(["-c", &command]).output().unwrap();
    assert!(err(&ran).starts_with("denied: 1 secret") && ran.status.code() == Some(1), "{}", err(&ran));
    let json = with_it(&["doctor", "--format", "json"]).json();
    let states: Vec<&str> = json["worktrees"][0]["gits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|git| git["stages"][0]["state"].as_str().unwrap())
        .collect();
    assert_eq!(states.first(), Some(&"current"));
    assert_eq!(states.last(), Some(&"shadowed"), "an older git does not run them");
    let again = with_it(&["install", "--config"]);
    assert!(again.out.starts_with("the hooks are already current in "), "{}", again.out);
    let state = || {
        let stage = with_it(&["doctor", "--format", "json"]).json()["worktrees"][0]["gits"][0]["stages"][0].clone();
        format!("{}: {}", stage["state"].as_str().unwrap(), stage["why"].as_str().unwrap())
    };
    for (key, value, expected) in [
        ("enabled", "off", "shadowed: is disabled by hook.gov-hook-pre-commit.enabled"),
        ("event", "", "shadowed: is not asked for: hook.gov-hook-pre-commit.event does not name it"),
    ] {
        scratch.git(&["config", "--add", &format!("hook.gov-hook-pre-commit.{key}"), value]);
        assert_eq!(state(), expected);
        with_it(&["install", "--config"]);
        assert_eq!(state(), "current: from git's configuration");
    }
    scratch.git(&["config", "hook.pre-commit.enabled", "false"]);
    assert_eq!(state(), "shadowed: is disabled by hook.pre-commit.enabled");
    scratch.git(&["config", "--unset", "hook.pre-commit.enabled"]);
    with_it(&["uninstall"]);
    assert!(!fs::read_to_string(scratch.path(".git/config")).unwrap().contains("gov-hook"));
    assert!(!scratch.path(".git/gov/hooks").exists());
}

/// The folder of a git that runs configured hooks: one on PATH, or the one that `GOV_HOOK_NEW_GIT` names.
fn new_git() -> Option<PathBuf> {
    let named = std::env::var_os("GOV_HOOK_NEW_GIT").map(PathBuf::from);
    let folders = named.into_iter().chain(std::env::split_paths(&std::env::var_os("PATH")?).collect::<Vec<_>>());
    folders.into_iter().find(|folder| {
        let told = std::process::Command::new(folder.join("git")).arg("version").output();
        let text = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned()).unwrap_or_default();
        let numbers = text.trim_start_matches("git version ").split('.').map(|part| part.parse().unwrap_or(0));
        numbers.take(2).collect::<Vec<u32>>() >= vec![2, 54]
    })
}

#[test]
fn what_a_new_git_runs_from_its_configuration_judges_records_and_fails_closed() {
    let Some(folder) = new_git() else {
        eprintln!("no git of 2.54 or later is here; GOV_HOOK_NEW_GIT=FOLDER names one");
        return;
    };
    let scratch = Scratch::new();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let run = |line: &str, directory: &Path| {
        let mut shell = scratch.command("sh", directory);
        shell.args(["-ec", line]).env("PATH", &path).output().unwrap()
    };
    let gov_hook = |arguments: &[&str]| {
        scratch.run_with(arguments, |command| {
            command.env("PATH", &path);
        })
    };
    let work = scratch.path("");
    scratch.origin();
    scratch.git(&["config", "--global", "core.hooksPath", "~/shared"]);
    put(&scratch.beside("shared/pre-commit"), "#!/bin/sh\necho shared >> \"$HOME/log\"\n");
    fs::write(scratch.beside("secret"), secret_line()).unwrap();

    assert_eq!(gov_hook(&["install", "--config"]).code, 0);

    let passed = run("echo 1 > a; git add a; git commit -qm one; git push -q origin main", &work);
    assert!(passed.status.success(), "{}", err(&passed));
    assert_eq!(log(&scratch), "shared\n", "the shared hook runs beside ours");
    let kinds = gov_hook(&["audit", "log"]).out;
    for kind in ["decision", "commit", "push"] {
        assert!(kinds.contains(&format!("  {kind} ")), "{kinds}");
    }
    let linked = run("git worktree add -q ../linked -b linked", &work);
    assert!(linked.status.success(), "{}", err(&linked));
    for place in [&work, &scratch.beside("linked")] {
        let refused = run("cp \"$HOME/secret\" s; git add s; git commit -qm two", place);
        assert!(!refused.status.success() && err(&refused).contains("secret/aws-access-key-id"), "{}", err(&refused));
    }
    fs::rename(scratch.path(".git/gov/hooks"), scratch.path(".git/gov/away")).unwrap();
    assert!(!run("git reset -q; git commit -qm three --allow-empty", &work).status.success());
    fs::rename(scratch.path(".git/gov/away"), scratch.path(".git/gov/hooks")).unwrap();
    assert_eq!(gov_hook(&["uninstall"]).code, 0);
    assert!(run("git add s; git commit -qm four", &work).status.success());
    assert_eq!(log(&scratch).lines().last(), Some("shared"));
}
