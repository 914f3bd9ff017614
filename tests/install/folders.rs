//! Where hooks are put: folders of their own and shared ones, work trees, submodules and bare repositories.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Said, Scratch, secret_line};
use crate::{CLIENT, err, hooks, names, path, put, refusal, sorted, telling};

#[test]
fn a_folder_of_hooks_that_others_share_is_never_written_to() {
    let scratch = Scratch::new();
    let shared = scratch.beside("shared");
    put(&shared.join("pre-commit"), "#!/bin/sh\nexit 0\n");
    scratch.git(&["config", "--global", "core.hooksPath", "~/shared"]);

    let said = scratch.run(&["install"]);

    let expected = "gov-hook install failed: core.hooksPath is `/shared` (global, \
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
        assert!(!scratch.tried(&["commit", "-m", "Secret"]).passed(), "{command}");
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
    assert!(said.out.contains("they run this gov-hook by its path"), "{}", said.out);
    assert_eq!(names(&hooks(&scratch)), Vec::<String>::new());
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "a.txt"]);
    assert!(!scratch.tried(&["commit", "-m", "Secret"]).passed());
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

    let expected = "gov-hook install failed: \
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

    let expected = "gov-hook install failed: core.hooksPath is `/dev/null` (global, \
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
    assert!(!scratch.tried_in(&linked, &["commit", "-m", "Secret"]).passed());
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
    assert!(!scratch.tried_in(&scratch.path("sub"), &["commit", "-m", "Secret"]).passed());
    assert_eq!(names(&hooks(&scratch)), Vec::<String>::new());
}

#[test]
fn a_bare_repository_takes_the_hooks_of_a_server_only() {
    let scratch = Scratch::new();
    let origin = scratch.origin();

    let refused = scratch.run_in(&origin, &["install"]);
    let said = scratch.run_in(&origin, &["install", "--server", "--strict"]);

    assert!(refusal(&refused, &scratch).ends_with("mend it: install a server's hooks: gov-hook install --server\n"));
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
    assert!(!scratch.tried_in(&tree, &["commit", "-m", "Secret"]).passed());

    scratch.run_in(&top, &["uninstall"]);
    scratch.run_in(&top, &["install", "--server"]);
    let refused = scratch.run_in(&top, &["install"]);
    let doctor = scratch.run_in(&top, &["doctor"]);

    assert!(refusal(&refused, &scratch).ends_with("mend it: install a server's hooks: gov-hook install --server\n"));
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
    let told = "  git fetch origin now also fetches the ledger\n    and, as before, of its branches only the one that is HEAD \
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
    assert_eq!(mend.unwrap(), format!("HEAD && git config --add remote.origin.fetch '{streams}'"));
    scratch.run_in(&tree, &["install"]);
    assert!(scratch.command("sh", &tree).args(["-c", command]).status().unwrap().success());
    take(&scratch);
    assert_eq!(scratch.git_in(&tree, &["rev-parse", "origin/main"]), scratch.git(&["rev-parse", "HEAD"]));
    let said = scratch.run_in(&tree, &["uninstall"]);
    assert!(said.out.contains("no longer fetches the ledger"), "{}", said.out);
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
        "  pre-push: what was there is kept as pre-push.legacy and does not run, because it is not executable",
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
    assert!(first(&file).ends_with("`/work/.git/hooks` is not a folder"));
    assert!(first(&dangling).ends_with("`/work/.git/hooks` is a symbolic link that leads nowhere"));
    assert!(first(&elsewhere).contains("is a symbolic link out of this repository, to `/elsewhere`"));
    assert_eq!(names(&scratch.beside("elsewhere")), Vec::<String>::new());
    assert_eq!(missing.code, 0, "{}", missing.err);
    assert_eq!(names(&hooks(&scratch)), sorted(&CLIENT));
}

#[test]
fn what_could_not_be_put_in_its_place_is_not_left_beside_it() {
    let scratch = Scratch::new();
    let place = hooks(&scratch).join("post-commit");
    put(&place, "#!/bin/sh\nexit 0\n");
    scratch.run(&["install"]);
    // Nine hooks are kept already, and one more is found.
    for number in 1..=9 {
        put(&place.with_file_name(format!("post-commit.legacy.{number}")), &format!("#!/bin/sh\nexit {number}\n"));
    }
    put(&place, "#!/bin/sh\nexit 10\n");
    fs::remove_file(hooks(&scratch).join("pre-push")).unwrap();

    let said = scratch.run(&["install"]);

    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("nine hooks are kept already"), "{}", said.err);
    let left: Vec<String> = names(&hooks(&scratch)).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(left, [""; 0]);
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

    assert!(said.out.contains("  git fetch origin now also fetches the ledger\n"), "{}", said.out);
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
            "gov-hook install failed: git {version} runs no hooks from its configuration; \
             git 2.54 is the first that does\n  mend it: install them as files: gov-hook install\n"
        );
        assert_eq!(refusal(&said, &scratch), expected);
        assert_eq!(scratch.git(&["config", "--local", "--get-regexp", "--name-only", "core.bare"]), "core.bare");
    } else {
        assert_eq!(said.code, 0, "{}", said.err);
    }
}
