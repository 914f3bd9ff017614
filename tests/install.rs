//! Hooks put there, chained, gone astray and taken away again, with real git.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test adds to the search path")]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;

use support::{Said, Scratch, UNTOLD, secret_line};

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

#[test]
fn what_is_installed_runs_and_what_is_uninstalled_is_gone() {
    let scratch = Scratch::new();
    let untouched = names(&hooks(&scratch));

    let said = scratch.run(&["install"]);

    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let expected = format!(
        "installed 8 hooks in {}\n  {}\nnext: see that nothing is in their way\n  gov-hook doctor\n",
        hooks(&scratch).display(),
        CLIENT.join(", ")
    );
    assert_eq!(said.out, expected);
    assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT));
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    assert!(!scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Secret"]).status.success());

    let gone = scratch.run(&["uninstall"]);

    assert_eq!((gone.code, gone.err.as_str()), (0, ""));
    assert!(gone.out.starts_with("uninstalled 8 hooks; the ledger and the policy stay\n"), "{}", gone.out);
    assert_eq!(names(&hooks(&scratch)), untouched);
    assert!(scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Secret"]).status.success());
    assert_eq!(scratch.run(&["uninstall"]).out, "no hook of gov-hook's is here\n");
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
    assert!(scratch.try_git_in(&scratch.path(""), &["push", "-q", "origin", "main"]).status.success());
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

#[test]
fn a_folder_of_hooks_that_others_share_is_never_written_to() {
    let scratch = Scratch::new();
    let shared = scratch.beside("shared");
    put(&shared.join("pre-commit"), "#!/bin/sh\nexit 0\n");
    scratch.git(&["config", "--global", "core.hooksPath", "~/shared"]);

    let said = scratch.run(&["install"]);

    let expected = "gov-hook could not decide, so nothing may pass: core.hooksPath is `/shared` (global, \
/.gitconfig), which other repositories share, and gov-hook never writes there\n  \
mend it: one of these\n    \
1. hooks of this repository's own, instead of the shared ones:\n       \
git config --local core.hooksPath /work/.git/hooks && gov-hook install\n    \
2. no shared hooks any more:\n       \
git config --global --unset-all core.hooksPath && gov-hook install\n    \
3. gov-hook for all that share them: end each of pre-commit, pre-merge-commit, commit-msg, post-commit, \
post-merge, post-rewrite, post-applypatch, pre-push\n       \
in /shared with this line:\n       \
exec gov-hook hook \"${0##*/}\" \"$@\"\n";
    assert_eq!(refusal(&said, &scratch), expected);
    assert_eq!(names(&shared), ["pre-commit"]);
    assert_eq!(names(&hooks(&scratch)), Vec::<String>::new());
}

#[test]
fn each_way_out_of_shared_hooks_leads_out() {
    for way in ["git config --local core.hooksPath ", "git config --global --unset-all core.hooksPath && "] {
        let scratch = Scratch::new();
        put(&scratch.beside("shared/pre-commit"), "#!/bin/sh\nexit 0\n");
        scratch.git(&["config", "--global", "core.hooksPath", &scratch.beside("shared").to_string_lossy()]);
        let said = scratch.run(&["install"]).err;
        let command = said.lines().map(str::trim).find(|line| line.starts_with(way)).unwrap();

        let path = path(&scratch);
        fs::create_dir(scratch.beside("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_gov-hook"), scratch.beside("bin/gov-hook")).unwrap();
        let mut shell = scratch.command("sh", &scratch.path(""));
        let ran = shell.args(["-c", command]).env("PATH", path).output().unwrap();

        assert!(ran.status.success(), "{command}: {}", err(&ran));
        assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT), "{command}");
        scratch.write("a.txt", secret_line());
        scratch.git(&["add", "--all"]);
        assert!(!scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Secret"]).status.success(), "{command}");
    }
}

#[test]
fn the_third_way_out_of_shared_hooks_leads_out() {
    let scratch = Scratch::new();
    scratch.git(&["config", "--global", "core.hooksPath", "~/shared"]);
    let said = scratch.run(&["install"]).err;
    let line = said.lines().last().unwrap().trim().replace("gov-hook", env!("CARGO_BIN_EXE_gov-hook"));

    put(&scratch.beside("shared/pre-commit"), &format!("#!/bin/sh\n{line}\n"));

    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    let refused = scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Secret"]);
    assert!(err(&refused).starts_with("denied: 1 secret in a.txt:1\n"), "{}", err(&refused));
}

#[test]
fn a_folder_of_hooks_that_this_repository_names_is_respected() {
    let scratch = Scratch::new();
    scratch.git(&["config", "core.hooksPath", ".githooks"]);
    fs::create_dir_all(scratch.path("deep/down")).unwrap();

    let said = scratch.run_in(&scratch.path("deep/down"), &["install"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(names(&scratch.path(".githooks")), sorted(&CLIENT));
    assert!(said.out.contains("they name this machine's gov-hook"), "{}", said.out);
    assert_eq!(names(&hooks(&scratch)), Vec::<String>::new());
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "a.txt"]);
    assert!(!scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Secret"]).status.success());
    scratch.run(&["uninstall"]);
    assert_eq!(names(&scratch.path(".githooks")), Vec::<String>::new());
}

#[test]
fn the_folder_that_others_share_is_theirs_even_where_this_repository_names_it_too() {
    let scratch = Scratch::new();
    let shared = scratch.beside("shared").to_string_lossy().into_owned();
    scratch.git(&["config", "--global", "core.hooksPath", &shared]);
    scratch.git(&["config", "--local", "core.hooksPath", &shared]);

    let said = scratch.run(&["install"]);

    assert_eq!(said.code, 2);
    assert!(!scratch.beside("shared").exists());
}

#[test]
fn a_hooks_path_of_one_command_or_to_no_folder_is_refused() {
    let scratch = Scratch::new();

    let once = scratch.run_with(&["install"], |command| {
        command.envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "core.hooksPath"), ("GIT_CONFIG_VALUE_0", "/x")]);
    });
    scratch.git(&["config", "core.hooksPath", "/dev/null"]);
    let off = scratch.run(&["install"]);

    assert!(refusal(&once, &scratch).contains("core.hooksPath is `/x` for this one command"), "{}", once.err);
    assert!(
        refusal(&off, &scratch).contains("hooks are switched off here: core.hooksPath is `/dev/null`"),
        "{}",
        off.err
    );
    assert_eq!(names(&hooks(&scratch)), Vec::<String>::new());
}

#[test]
fn an_empty_hooks_path_is_refused_like_one_to_no_folder() {
    let scratch = Scratch::new();
    scratch.git(&["config", "core.hooksPath", ""]);
    let before = names(&scratch.path(""));

    let said = scratch.run(&["install"]);

    let expected = "gov-hook could not decide, so nothing may pass: \
hooks are switched off here: core.hooksPath is empty\n  \
mend it: switch them on: git config --local --unset-all core.hooksPath && gov-hook install\n";
    assert_eq!(refusal(&said, &scratch), expected);
    assert_eq!((names(&scratch.path("")), names(&hooks(&scratch))), (before, vec![]));
}

#[test]
fn hooks_that_are_switched_off_for_everybody_have_no_folder_to_add_to() {
    let scratch = Scratch::new();
    scratch.git(&["config", "--global", "core.hooksPath", "/dev/null"]);

    let said = scratch.run(&["install"]);

    let expected = "gov-hook could not decide, so nothing may pass: core.hooksPath is `/dev/null` (global, \
/.gitconfig), which other repositories share, and gov-hook never writes there\n  \
mend it: one of these\n    \
1. hooks of this repository's own, instead of the shared ones:\n       \
git config --local core.hooksPath /work/.git/hooks && gov-hook install\n    \
2. no shared hooks any more:\n       \
git config --global --unset-all core.hooksPath && gov-hook install\n";
    assert_eq!(refusal(&said, &scratch), expected);
}

#[test]
fn linked_worktrees_share_the_hooks_and_one_may_have_its_own() {
    let scratch = Scratch::new();
    scratch.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let linked = scratch.beside("linked");

    let said = scratch.run_in(&linked, &["install"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT));
    fs::write(linked.join("a.txt"), secret_line()).unwrap();
    scratch.git_in(&linked, &["add", "a.txt"]);
    assert!(!scratch.try_git_in(&linked, &["commit", "-m", "Secret"]).status.success());
    scratch.git(&["config", "extensions.worktreeConfig", "true"]);
    scratch.git_in(&linked, &["config", "--worktree", "core.hooksPath", "own-hooks"]);
    scratch.run_in(&linked, &["install"]);
    assert_eq!(names(&linked.join("own-hooks")), sorted(&CLIENT));
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let scratch = Scratch::new();
    let other = Scratch::new();
    scratch.git(&["submodule", "add", "-q", &other.path("").to_string_lossy(), "sub"]);
    scratch.commit_all("Add it");

    let said = scratch.run_in(&scratch.path("sub"), &["install"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(names(&scratch.path(".git/modules/sub/hooks")), sorted(&CLIENT));
    scratch.write("sub/a.txt", secret_line());
    scratch.git_in(&scratch.path("sub"), &["add", "--all"]);
    assert!(!scratch.try_git_in(&scratch.path("sub"), &["commit", "-m", "Secret"]).status.success());
    assert_eq!(names(&hooks(&scratch)), Vec::<String>::new());
}

#[test]
fn a_bare_repository_takes_the_hooks_of_a_server_only() {
    let scratch = Scratch::new();
    let origin = scratch.origin();

    let refused = scratch.run_in(&origin, &["install"]);
    let said = scratch.run_in(&origin, &["install", "--server", "--strict"]);

    assert!(refusal(&refused, &scratch).ends_with("mend it: install those of a server: gov-hook install --server\n"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        names(&origin.join("hooks")),
        sorted(&["pre-receive", "update", "post-receive", "reference-transaction"])
    );
    scratch.run_in(&origin, &["uninstall"]);
    assert_eq!(names(&origin.join("hooks")), Vec::<String>::new());
}

#[test]
fn a_bare_repository_with_work_trees_is_a_clone_until_it_is_a_server() {
    let scratch = Scratch::new();
    let top = scratch.beside("top");
    let bare = top.join(".bare");
    scratch.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    fs::write(top.join(".git"), "gitdir: ./.bare\n").unwrap();
    scratch.git_in(&top, &["worktree", "add", "-q", "main"]);
    let tree = top.join("main");

    let said = scratch.run_in(&top, &["install"]);
    let doctor = scratch.run_in(&top, &["doctor"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(names(&bare.join("hooks")), sorted(&CLIENT));
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    assert!(!doctor.out.contains("missing"), "{}", doctor.out);
    fs::write(tree.join("a.txt"), secret_line()).unwrap();
    scratch.git_in(&tree, &["add", "a.txt"]);
    assert!(!scratch.try_git_in(&tree, &["commit", "-m", "Secret"]).status.success());

    scratch.run_in(&top, &["uninstall"]);
    scratch.run_in(&top, &["install", "--server"]);
    let refused = scratch.run_in(&top, &["install"]);
    let doctor = scratch.run_in(&top, &["doctor"]);

    assert!(refusal(&refused, &scratch).ends_with("mend it: install those of a server: gov-hook install --server\n"));
    assert_eq!(names(&bare.join("hooks")), sorted(&["pre-receive", "update", "post-receive"]));
    assert_eq!(doctor.code, 0, "{}", doctor.out);
}

#[test]
fn what_a_bare_clone_fetches_is_fetched_along_with_the_ledger() {
    let scratch = Scratch::new();
    let origin = scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    let (bare, tree) = (scratch.beside("clone.git"), scratch.beside("tree"));
    scratch.git(&["clone", "-q", "--bare", &origin.to_string_lossy(), &bare.to_string_lossy()]);
    scratch.git_in(&bare, &["worktree", "add", "-q", &tree.to_string_lossy(), "main"]);
    let rules = || {
        let rules = scratch.try_git_in(&bare, &["config", "--get-all", "remote.origin.fetch"]).stdout;
        String::from_utf8_lossy(&rules).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let streams = "refs/notes/gov/*:refs/notes/remotes/origin/gov/*";
    let take = |scratch: &Scratch| {
        scratch.commit_all("More");
        scratch.git(&["push", "-q", "origin", "main"]);
        scratch.git_in(&tree, &["pull", "-q", "--ff-only"]);
        assert_eq!(scratch.git_in(&tree, &["rev-parse", "HEAD"]), scratch.git(&["rev-parse", "HEAD"]));
    };
    take(&scratch);
    scratch.git(&["config", "--add", "remote.origin.fetch", streams]);

    let said = scratch.run_in(&tree, &["install"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(rules(), ["HEAD", streams]);
    let told = "  fetching from origin brings the ledger along\n    and, as before, of its branches only the one that is HEAD \
                there, to FETCH_HEAD\n    to fetch all of them: ";
    let command = said.out.split_once(told).unwrap().1.lines().next().unwrap();
    scratch.write("run.sh", "echo one\n");
    scratch.commit_all("Add a script");
    assert_eq!(scratch.run(&["sign", "run.sh", "--env", "dev"]).code, 0);
    assert_eq!(scratch.run(&["audit", "sync"]).code, 0);
    take(&scratch);
    assert!(scratch.git_in(&bare, &["for-each-ref", "refs/notes/remotes/origin/gov/"]).contains("genesis"));
    scratch.run_in(&tree, &["install"]);
    assert_eq!(rules(), ["HEAD", streams]);
    assert!(!scratch.run_in(&tree, &["doctor"]).out.contains("is not fetched"));
    scratch.run_in(&tree, &["uninstall"]);
    assert_eq!(rules(), [""; 0]);
    let mend = scratch.run_in(&tree, &["doctor"]).out;
    let mend = mend.lines().find_map(|line| line.trim().strip_prefix("mend it: git config --add remote.origin.fetch "));
    assert_eq!(mend.unwrap(), format!("'HEAD' && git config --add remote.origin.fetch '{streams}'"));
    scratch.run_in(&tree, &["install"]);
    assert!(scratch.command("sh", &tree).args(["-c", command]).status().unwrap().success());
    take(&scratch);
    assert_eq!(scratch.git_in(&tree, &["rev-parse", "origin/main"]), scratch.git(&["rev-parse", "HEAD"]));
    let said = scratch.run_in(&tree, &["uninstall"]);
    assert!(said.out.contains("leaves the ledger out"), "{}", said.out);
    assert_eq!(rules(), ["HEAD", "+refs/heads/*:refs/remotes/origin/*"]);
}

#[test]
fn what_git_did_not_run_is_kept_and_not_said_to_run() {
    let scratch = Scratch::new();
    put(&hooks(&scratch).join("pre-push"), &telling(&scratch, "pre-push"));
    fs::set_permissions(hooks(&scratch).join("pre-push"), fs::Permissions::from_mode(0o644)).unwrap();
    put(&hooks(&scratch).join("pre-commit"), &telling(&scratch, "pre-commit"));

    let said = scratch.run(&["install"]);

    let told: Vec<&str> = said.out.lines().filter(|line| line.contains(".legacy")).collect();
    let expected = [
        "  pre-commit: what was there is kept as pre-commit.legacy and runs first",
        "  pre-push: what was there is kept as pre-push.legacy and does not run, for it is not executable",
    ];
    assert_eq!(told, expected);
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    assert!(!scratch.beside("log").exists());
}

#[test]
fn nothing_is_half_installed() {
    let scratch = Scratch::new();
    fs::create_dir_all(hooks(&scratch).join("post-merge")).unwrap();

    let folder = scratch.run(&["install"]);
    fs::remove_dir_all(hooks(&scratch)).unwrap();
    fs::write(hooks(&scratch), "").unwrap();
    let file = scratch.run(&["install"]);
    fs::remove_file(hooks(&scratch)).unwrap();
    symlink("/nowhere/at/all", hooks(&scratch)).unwrap();
    let dangling = scratch.run(&["install"]);
    fs::remove_file(hooks(&scratch)).unwrap();
    fs::create_dir(scratch.beside("elsewhere")).unwrap();
    symlink(scratch.beside("elsewhere"), hooks(&scratch)).unwrap();
    let elsewhere = scratch.run(&["install"]);
    fs::remove_file(hooks(&scratch)).unwrap();
    let missing = scratch.run(&["install"]);

    let first = |said: &Said| refusal(said, &scratch).lines().next().unwrap().to_owned();
    assert!(first(&folder).ends_with("`/work/.git/hooks/post-merge` is a folder, where a hook belongs"));
    assert!(first(&file).ends_with("`/work/.git/hooks` is no folder"));
    assert!(first(&dangling).ends_with("`/work/.git/hooks` is a symbolic link that leads nowhere"));
    assert!(first(&elsewhere).contains("is a symbolic link out of this repository, to `/elsewhere`"));
    assert_eq!(names(&scratch.beside("elsewhere")), Vec::<String>::new());
    assert_eq!(missing.code, 0, "{}", missing.err);
    assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT));
}

#[test]
fn the_ledger_is_fetched_along_once_there_is_a_remote() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.run(&["install"]);
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git(&["clone", "-q", "../origin.git", "../clone"]);
    let clone = scratch.beside("clone");

    let said = scratch.run_in(&clone, &["install"]);
    scratch.git_in(&clone, &["fetch", "-q"]);

    assert!(said.out.contains("  fetching from origin brings the ledger along\n"), "{}", said.out);
    assert_eq!(
        scratch.run_in(&clone, &["audit", "verify", "main"]).code,
        scratch.run(&["audit", "verify", "main"]).code
    );
    let copies = scratch.git_in(&clone, &["for-each-ref", "--format=%(refname)", "refs/notes/"]);
    assert!(
        copies.lines().count() == 2 && copies.lines().all(|name| name.starts_with("refs/notes/remotes/origin/gov/"))
    );
    let rules = ["config", "--get-all", "remote.origin.fetch"];
    assert_eq!(scratch.git_in(&clone, &rules).lines().count(), 2);
    scratch.run_in(&clone, &["install"]);
    assert_eq!(scratch.git_in(&clone, &rules).lines().count(), 2);
    scratch.run_in(&clone, &["uninstall"]);
    assert_eq!(scratch.git_in(&clone, &rules), "+refs/heads/*:refs/remotes/origin/*");
}

#[test]
fn hooks_from_the_configuration_are_refused_where_git_does_not_run_them() {
    let scratch = Scratch::new();
    let version = scratch.git(&["version"]).trim_start_matches("git version ").to_owned();
    let minor: u32 = version.split('.').nth(1).unwrap().parse().unwrap();

    let said = scratch.run(&["install", "--config"]);

    if minor < 54 && version.starts_with("2.") {
        let expected = format!(
            "gov-hook could not decide, so nothing may pass: git {version} runs no hooks from its configuration; \
             git 2.54 is the first that does\n  mend it: have them as files: gov-hook install\n"
        );
        assert_eq!(refusal(&said, &scratch), expected);
        assert_eq!(scratch.git(&["config", "--local", "--get-regexp", "--name-only", "core.bare"]), "core.bare");
    } else {
        assert_eq!(said.code, 0, "{}", said.err);
    }
}

/// A repository whose messages may not say `wip`.
fn worded() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        ".gov/rules/message.yaml",
        "- id: own/wip\n  on: message\n  keywords: [wip]\n  regex: '\\bwip\\b'\n  severity: deny\n  message: unfinished work\n  \
         help: finish it\n  examples: [wip]\n  counterexamples: [done]\n",
    );
    scratch.policy("version: 1\nrules: { packs: [secrets], extra: [\".gov/rules/*.yaml\"] }\n");
    scratch.run(&["install"]);
    scratch
}

fn commit(scratch: &Scratch, arguments: &[&str], editor: &str) -> Output {
    let mut command = scratch.command("git", &scratch.path(""));
    command.args(["commit", "-q", "--allow-empty"]).args(arguments).env("GIT_EDITOR", editor).output().unwrap()
}

#[test]
fn a_message_is_judged_by_the_rules_of_messages() {
    let scratch = worded();

    let refused = commit(&scratch, &["-m", "wip on this"], "false");
    let passed = commit(&scratch, &["-m", "This is done"], "false");

    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).starts_with("denied: unfinished work in COMMIT_MESSAGE:1\n"), "{}", err(&refused));
    assert!(passed.status.success(), "{}", err(&passed));
}

#[test]
fn what_git_takes_out_of_a_message_is_not_judged() {
    let scratch = worded();
    let edit = "sh -c 'printf \"Done\\n# wip in a remark\\n\" > \"$0\"'";
    let typed = commit(&scratch, &[], edit);
    scratch.git(&["config", "core.commentChar", ";"]);
    let of_own_sign = commit(&scratch, &[], "sh -c 'printf \"Done\\n; wip in a remark\\n\" > \"$0\"'");
    let no_remark_now = commit(&scratch, &[], edit);
    let kept_by_git = commit(&scratch, &["-m", "Done\n\n; wip, and nobody edits it"], "false");
    scratch.write("README.md", "wip\n");
    scratch.git(&["add", "--all"]);
    let below_the_scissors = commit(&scratch, &["-v"], "sh -c '{ echo Done; cat \"$0\"; } > t && mv t \"$0\"'");

    let codes = [typed, of_own_sign, no_remark_now, kept_by_git, below_the_scissors].map(|it| it.status.code());
    assert_eq!(codes, [Some(0), Some(0), Some(1), Some(1), Some(0)]);
}

#[test]
fn a_secret_in_a_message_is_refused_and_what_only_looks_like_one_is_not() {
    let scratch = worded();

    let refused = commit(&scratch, &["-m", &format!("Deploy with {}", secret_line())], "false");
    let address = ["Push to https://bot:vQ7mz", "T2xLr9@git.shop.dev/x"].concat();
    let addressed = commit(&scratch, &["-m", &address], "false");
    let passed = commit(&scratch, &["-m", "Rotate the key\n\npassword: hunter-2-of-9"], "false");

    assert_eq!(addressed.status.code(), Some(1), "{}", err(&addressed));
    assert!(!err(&addressed).contains("vQ7mzT2x"), "{}", err(&addressed));
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).starts_with("denied: "), "{}", err(&refused));
    assert!(err(&refused).contains("COMMIT_MESSAGE:1"), "{}", err(&refused));
    assert!(!err(&refused).contains(UNTOLD), "{}", err(&refused));
    assert!(passed.status.success(), "{}", err(&passed));
}

#[test]
fn a_secret_beside_what_a_message_is_refused_for_is_not_repeated() {
    let scratch = worded();

    let refused = commit(&scratch, &["-m", &format!("wip: use {}", secret_line())], "false");

    assert_eq!(refused.status.code(), Some(1));
    let said = err(&refused) + &scratch.run(&["audit", "export"]).out;
    assert!(!said.contains(UNTOLD), "{said}");
}

#[test]
fn an_agent_that_only_its_trailer_gives_away_is_held_to_its_level() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nagents: { identities: [ { id: bot, trailers: [\"Co-authored-by: Bot*\"] } ] }\n");
    scratch.run(&["install"]);
    scratch.write(".github/workflows/ci.yml", "on: push\n");
    scratch.git(&["add", "--all"]);

    let by_agent = commit(&scratch, &["-m", "Run it\n\nCo-authored-by: Bot <bot@example.com>"], "false");
    let by_person = commit(&scratch, &["-m", "Run it"], "false");

    assert_eq!(by_agent.status.code(), Some(1));
    assert!(err(&by_agent).lines().any(|line| line.starts_with("held: CRITICAL risk")), "{}", err(&by_agent));
    assert!(by_person.status.success(), "{}", err(&by_person));
}

#[test]
fn a_message_that_was_refused_leaves_no_decision_to_commit_by() {
    let scratch = worded();
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "--all"]);
    assert!(!commit(&scratch, &["-m", "wip"], "false").status.success());

    let past = commit(&scratch, &["--no-verify", "-m", "wip"], "false");

    assert!(past.status.success());
    assert!(err(&past).contains("was made past the hooks"), "{}", err(&past));
    let verified = scratch.run(&["audit", "verify", "--replay"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
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

/// The commands that the doctor says mend what is wrong.
fn mends(scratch: &Scratch) -> Vec<String> {
    let troubles = scratch.run(&["doctor", "--format", "json"]).json()["troubles"].as_array().unwrap().clone();
    let wrong = troubles.iter().filter(|trouble| trouble["severity"] == "wrong");
    wrong.map(|trouble| trouble["mend"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_doctor_finds_a_governed_clone_well() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);

    let said = scratch.run(&["doctor"]);

    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    assert!(said.out.starts_with("all is well: git runs gov-hook wherever something is decided\n"), "{}", said.out);
    assert_eq!(ill(&scratch), []);
    let json = scratch.run(&["doctor", "--format", "json"]).json();
    assert_eq!((&json["ledger"]["healthy"], &json["policy"]["origin"]), (&true.into(), &"built-in".into()));
    assert_eq!(json["worktrees"][0]["bypassable"], true, "no server enforces");
}

#[test]
fn a_doctor_tells_what_stands_in_the_way_and_what_mends_it() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    let hook = |stage: &str| hooks(&scratch).join(stage);
    fs::remove_file(hook("post-commit")).unwrap();
    fs::set_permissions(hook("pre-push"), fs::Permissions::from_mode(0o644)).unwrap();
    put(&hook("commit-msg"), "#!/bin/sh\n# lefthook\n");
    put(&hook("post-merge"), "#!/bin/sh\n# gov-hook shim 0: of long ago\n");
    let moved = fs::read_to_string(hook("pre-commit")).unwrap();
    let moved: String = moved
        .lines()
        .map(|line| if line.starts_with("binary=") { "binary='/gone/gov-hook'\n".into() } else { format!("{line}\n") })
        .collect();
    put(&hook("pre-commit"), &moved);

    let found = ill(&scratch);
    let said = scratch.run(&["doctor"]);

    let expected = [
        ("pre-commit", "stale"),
        ("commit-msg", "shadowed"),
        ("post-commit", "missing"),
        ("post-merge", "stale"),
        ("pre-push", "shadowed"),
    ];
    assert_eq!(found, expected.map(|(stage, state)| (stage.to_owned(), state.to_owned())));
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("wrong: pre-commit is stale in "), "{}", said.out);
    assert!(said.out.contains("commit-msg: git runs the hook of lefthook instead"), "{}", said.out);
    assert_eq!(said.out.lines().last().unwrap().trim(), "mend it: gov-hook install");
    assert!(mends(&scratch).iter().all(|mend| mend == "gov-hook install"));
    scratch.run(&["install"]);
    assert_eq!((ill(&scratch), mends(&scratch)), (vec![], vec![]));
}

#[test]
fn a_doctor_sees_where_each_work_tree_and_each_git_looks() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    scratch.git(&["config", "extensions.worktreeConfig", "true"]);
    scratch.git_in(&scratch.beside("linked"), &["config", "--worktree", "core.hooksPath", "own-hooks"]);

    let json = scratch.run(&["doctor", "--format", "json"]).json();

    let trees = json["worktrees"].as_array().unwrap();
    let told: Vec<(&str, bool, bool)> = trees
        .iter()
        .map(|tree| (tree["gits"][0]["scope"].as_str().unwrap(), tree["installed"] == true, tree["shadowed"] == true))
        .collect();
    assert_eq!(told, [("default", true, false), ("worktree", true, true)]);
    assert_eq!(mends(&scratch), [format!("gov-hook -C {} install", scratch.beside("linked").display())]);
    let gits = scratch.run_with(&["doctor", "--format", "json"], |command| {
        pretend_git(&scratch, "2.11.0");
        command.env("PATH", path(&scratch));
    });
    let versions = gits.json()["worktrees"][0]["gits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|git| git["version"].clone())
        .collect::<Vec<_>>();
    assert!(versions.len() > 1 && versions[0] == "2.11.0", "{versions:?}");
}

#[test]
fn a_doctor_finds_shared_hooks_in_the_way() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch.git(&["config", "--global", "core.hooksPath", "~/shared"]);

    let json = scratch.run(&["doctor", "--format", "json"]).json();

    let tree = &json["worktrees"][0];
    assert_eq!(
        (&tree["gits"][0]["scope"], &tree["shadowed"], &json["exit"]),
        (&"global".into(), &true.into(), &1.into())
    );
    assert!(tree["bypasses"][0].as_str().unwrap().starts_with("a global core.hooksPath decides which hooks run"));
}

#[test]
fn a_doctor_finds_hooks_that_are_switched_off_and_leads_out() {
    let own = "git config --local --unset-all core.hooksPath && gov-hook install";
    let ways = [
        ("--local", "/dev/null", "`/dev/null` (local)", own),
        ("--local", "", "empty (local)", own),
        ("--local", "/dev/null/deep", "`/dev/null/deep` (local)", own),
        (
            "--global",
            "/dev/null",
            "`/dev/null` (global)",
            "git config --local core.hooksPath /work/.git/hooks && gov-hook install",
        ),
        ("--global", "~/shared", "", "git config --local core.hooksPath /work/.git/hooks && gov-hook install"),
    ];
    for (scope, value, why, mend) in ways {
        let scratch = Scratch::new();
        scratch.run(&["install"]);
        scratch.git(&["config", scope, "core.hooksPath", value]);

        let found = ill(&scratch);
        let said = scratch.run(&["doctor"]);

        assert_eq!(found, CLIENT.map(|stage| (stage.to_owned(), "shadowed".to_owned())), "{scope} {value}");
        assert_eq!(said.code, 1);
        if !why.is_empty() {
            let expected = format!("(hooks are switched off: core.hooksPath is {why})\n");
            assert!(said.out.lines().next().unwrap_or_default().ends_with(expected.trim_end()), "{}", said.out);
        }
        let told = mends(&scratch)
            .iter()
            .map(|mend| mend.replace(&*scratch.beside("").to_string_lossy(), "/"))
            .collect::<Vec<_>>();
        assert_eq!(told, [mend], "{scope} {value}");
        fs::create_dir(scratch.beside("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_gov-hook"), scratch.beside("bin/gov-hook")).unwrap();
        let command = &mends(&scratch)[0];
        let mut shell = scratch.command("sh", &scratch.path(""));
        let ran = shell.args(["-c", command]).env("PATH", path(&scratch)).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", err(&ran));
        assert_eq!((ill(&scratch), mends(&scratch)), (vec![], vec![]), "{command}");
    }
}

#[test]
fn a_doctor_knows_whether_a_server_of_this_machine_enforces() {
    let scratch = Scratch::new();
    let origin = scratch.origin();
    scratch.run(&["install"]);

    let before = scratch.run(&["doctor", "--format", "json"]);
    scratch.run_in(&origin, &["install", "--server"]);
    let after = scratch.run(&["doctor", "--format", "json"]);

    assert_eq!((before.code, after.code), (0, 0), "{}", before.out);
    assert_eq!(
        (&before.json()["servers"][0]["enforcing"], &after.json()["servers"][0]["enforcing"]),
        (&false.into(), &true.into())
    );
    assert_eq!(before.json()["worktrees"][0]["bypassable"], true);
    assert_eq!(after.json()["worktrees"][0]["bypassable"], false);
    assert_eq!(scratch.run_in(&origin, &["doctor"]).code, 0);
}

#[test]
fn a_doctor_looks_at_the_ledger_the_notes_the_policy_and_who_writes() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch.origin();
    assert_eq!(
        mends(&scratch),
        ["git config --add remote.origin.fetch 'refs/notes/gov/*:refs/notes/remotes/origin/gov/*'"]
    );
    scratch.run(&["install"]);
    assert_eq!(mends(&scratch), Vec::<String>::new());

    scratch.git(&["config", "--global", "--unset", "user.email"]);
    assert_eq!(mends(&scratch), ["git config user.email you@example.com"]);
    scratch.git(&["config", "user.email", "mira@example.com"]);
    scratch.policy("version: 1\naudit: { sign: true }\n");
    assert_eq!(mends(&scratch), ["git config gpg.format ssh && git config user.signingkey ~/.ssh/id_ed25519.pub"]);
    scratch.policy("version: 1\npaths: 7\n");
    assert_eq!(mends(&scratch), ["gov-hook policy check"]);
}

#[test]
fn a_doctor_finds_a_damaged_ledger() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch.write("a.txt", "one\n");
    let commit = scratch.commit_by_hand("One");
    let stream = scratch.git(&["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]);
    let stream = stream.lines().find(|name| !name.ends_with("genesis")).unwrap();

    scratch.git(&["notes", "--ref", stream, "add", "-f", "-m", "forged", &commit]);

    assert_eq!(mends(&scratch), ["gov-hook audit verify"]);
}

#[test]
fn a_doctor_needs_a_repository_to_look_into() {
    let scratch = Scratch::new();

    let said = scratch.run_in(&scratch.beside(""), &["doctor", "--format", "json"]);

    assert_eq!((said.code, &said.json()["schema"]), (2, &"gov-hook/error/v1".into()));
}

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
        ("enabled", "off", "shadowed: is switched off by hook.gov-hook-pre-commit.enabled"),
        ("event", "", "shadowed: is not asked for: hook.gov-hook-pre-commit.event does not name it"),
    ] {
        scratch.git(&["config", "--add", &format!("hook.gov-hook-pre-commit.{key}"), value]);
        assert_eq!(state(), expected);
        with_it(&["install", "--config"]);
        assert_eq!(state(), "current: from git's configuration");
    }
    scratch.git(&["config", "hook.pre-commit.enabled", "false"]);
    assert_eq!(state(), "shadowed: is switched off by hook.pre-commit.enabled");
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
