//! What the doctor finds in the way of the hooks, and how it is mended.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::Scratch;
use crate::{CLIENT, err, hooks, ill, path, pretend_git, put};

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
    assert!(said.out.starts_with("all is well: git runs gov-hook at every gate\n"), "{}", said.out);
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
fn a_doctor_tells_why_a_policy_cannot_be_read() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch.policy("version: 1\npathz: {}\n");

    let said = scratch.run(&["doctor"]);

    let first = "wrong: the policy cannot be read: HEAD:.gov/policy.yaml has 1 mistake: 2:1: ";
    assert!(said.code == 1 && said.out.starts_with(first), "{}", said.out);
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
fn a_doctor_has_a_policy_committed_that_is_in_force_nowhere_yet() {
    let scratch = Scratch::new();
    let mend = || {
        let troubles = scratch.run(&["doctor", "--format", "json"]).json()["troubles"].as_array().unwrap().clone();
        troubles.iter().find(|trouble| trouble["about"] == "policy").map(|trouble| trouble["mend"].clone())
    };

    assert_eq!(mend(), Some("gov-hook init".into()));
    scratch.write(".gov/policy.yaml", "version: 1\n");
    assert_eq!(mend(), Some("git add .gov/policy.yaml && git commit".into()));
    scratch.commit_all("Have a policy");
    assert_eq!(mend(), None);
}

#[test]
fn a_doctor_finds_a_damaged_ledger() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch.write("a.txt", "one\n");
    let commit = scratch.commit_by_hand("One");
    let stream = scratch.streams().remove(0);

    scratch.git(&["notes", "--ref", &stream, "add", "-f", "-m", "forged", &commit]);

    assert_eq!(mends(&scratch), ["gov-hook audit verify"]);
}

#[test]
fn a_doctor_needs_a_repository_to_look_into() {
    let scratch = Scratch::new();

    let said = scratch.run_in(&scratch.beside(""), &["doctor", "--format", "json"]);

    assert_eq!((said.code, &said.json()["schema"]), (2, &"gov-hook/error/v1".into()));
}

#[test]
fn a_shallow_clone_is_told_what_it_lacks_and_how_to_fetch_it() {
    let scratch = Scratch::new();
    scratch.commit_all("Two");
    let shallow = scratch.beside("shallow");
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--depth", "1", &url, &shallow.to_string_lossy()]);
    let what =
        "this clone is shallow: commits can be judged; whatever needs the rest of the history, as a push may, cannot\n";

    let installed = scratch.run_in(&shallow, &["install"]);
    let said = scratch.run_in(&shallow, &["doctor"]);

    assert_eq!((installed.code, said.code), (0, 0), "{}{}", installed.err, said.out);
    let mend = "git fetch --unshallow origin\n";
    assert!(installed.out.contains(&format!("  {what}    fetch the rest: {mend}")), "{}", installed.out);
    assert!(said.out.contains(&format!("  {what}    mend it: {mend}")), "{}", said.out);
    scratch.git_in(&shallow, &["fetch", "-q", "--unshallow", "origin"]);
    for verb in ["install", "doctor"] {
        let said = scratch.run_in(&shallow, &[verb]);
        assert!(!said.out.contains("shallow:"), "{}", said.out);
    }
}

#[test]
fn a_partial_clone_is_told_what_it_lacks_and_how_to_fetch_it_for_good() {
    let scratch = Scratch::new();
    scratch.commit_all("Two");
    scratch.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = scratch.beside("partial");
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--filter=blob:none", &url, &partial.to_string_lossy()]);
    let what = "this clone is partial: what is staged can be judged; a push, and whatever else reads what was left out, \
                cannot\n";

    let installed = scratch.run_in(&partial, &["install"]);
    let said = scratch.run_in(&partial, &["doctor"]);

    assert_eq!((installed.code, said.code), (0, 0), "{}{}", installed.err, said.out);
    let mend = "git fetch --refetch --no-filter origin && git config --unset remote.origin.partialclonefilter";
    let told = format!("  {what}    fetch them, now and from now on: {mend}\n");
    assert!(installed.out.contains(&told), "{}", installed.out);
    assert!(said.out.contains(&format!("  {what}    mend it: {mend}\n")), "{}", said.out);
    assert!(scratch.command("sh", &partial).args(["-c", mend]).status().unwrap().success());
    for verb in ["install", "doctor"] {
        let said = scratch.run_in(&partial, &[verb]);
        assert!(!said.out.contains("partial:"), "{}", said.out);
    }
}

#[test]
fn a_doctor_names_locks_that_nobody_seems_to_hold() {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    let old = [".git/index.lock", ".git/refs/heads/main.lock", ".gov/waivers.yaml.lock"];
    for name in old.iter().chain(&[".git/HEAD.lock"]) {
        scratch.write(name, "");
    }
    assert!(
        scratch.command("touch", &scratch.path("")).args(["-d", "2 minutes ago"]).args(old).status().unwrap().success()
    );

    let said = scratch.run(&["doctor", "--format", "json"]);

    assert_eq!(said.code, 0, "somebody may be at work");
    let troubles = said.json()["troubles"].as_array().unwrap().clone();
    let told: Vec<&serde_json::Value> = troubles.iter().filter(|trouble| trouble["about"] == "locks").collect();
    assert_eq!(told.len(), 1, "{troubles:?}");
    assert_eq!(told[0]["what"], "3 locks older than a minute, and nothing can be written there");
    let mend = told[0]["mend"].as_str().unwrap();
    let (_, command) = mend.split_once(": ").unwrap();
    assert!(scratch.command("sh", &scratch.path("")).args(["-c", command]).status().unwrap().success(), "{mend}");
    assert_eq!(old.map(|name| scratch.path(name).exists()), [false; 3]);
    assert!(!scratch.run(&["doctor"]).out.contains("lock"));
}
