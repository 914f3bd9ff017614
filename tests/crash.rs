//! Hooks that are killed at any instant, and disks that are full: the ledger stays whole and the next
//! commit works.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::{Said, Scratch, lines, secret_line};

/// A repository whose hooks kill gov-hook when `LET_LIVE` seconds have passed.
fn doomed() -> Scratch {
    let scratch = Scratch::new();
    scratch.install_hooks();
    for stage in ["pre-commit", "post-commit"] {
        let shim = format!(
            "#!/bin/sh\n'{}' hook {stage} \"$@\" &\npid=$!\nif [ \"$DOOMED\" = {stage} ]; then sleep \"$LET_LIVE\"; kill -9 $pid; fi\nwait $pid\n",
            env!("CARGO_BIN_EXE_gov-hook")
        );
        let path = scratch.path(".git/hooks").join(stage);
        fs::write(&path, shim).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    scratch
}

fn commit_doomed(scratch: &Scratch, stage: &str, micros: u32) -> bool {
    scratch.git(&["add", "--all"]);
    let mut command = scratch.command("git", &scratch.path(""));
    command.env("DOOMED", stage).env("LET_LIVE", format!("0.{micros:06}"));
    command.args(["commit", "-q", "-m", "Doomed"]).output().unwrap().status.success()
}

fn is_sound(scratch: &Scratch) -> bool {
    let said = scratch.run(&["audit", "verify", "--full"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    said.out.starts_with("sound: ")
}

#[test]
fn a_hook_killed_at_any_instant_leaves_a_sound_ledger_and_a_next_commit_that_works() {
    let scratch = doomed();
    let origin = scratch.origin();
    scratch.write("first.txt", "first\n");
    scratch.commit_by_hand("First");

    let (mut killed, mut survived) = (0, 0);
    for round in 0..12_u32 {
        let stage = if round % 2 == 0 { "pre-commit" } else { "post-commit" };
        scratch.write("doomed.txt", format!("{round}\n"));
        let made = commit_doomed(&scratch, stage, round * 2_917 % 20_000);
        *if made { &mut survived } else { &mut killed } += 1;
        assert!(is_sound(&scratch));

        scratch.write("next.txt", format!("{round}\n"));
        scratch.commit_by_hand("Next");
        assert!(is_sound(&scratch));
    }

    assert!(killed > 0, "no decision was broken off");
    assert!(survived > 0, "no commit came about whose hook was killed after it");
    scratch.git(&["fsck", "--strict", "--no-dangling"]);
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scratch.git(&["rev-parse", "HEAD"]), scratch.git_in(&origin, &["rev-parse", "main"]));
}

#[test]
fn a_decision_whose_binding_was_broken_off_is_bound_by_the_push() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.policy("version: 1\nenforcement: { default: production }\n");
    scratch.origin();
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    // As if the hook had been killed before it did anything.
    fs::remove_file(scratch.path(".git/hooks/post-commit")).unwrap();
    scratch.write("docs/a.md", "a\n");
    scratch.commit_by_hand("Decided");
    assert_eq!(scratch.run(&["audit", "verify", "HEAD~1..HEAD"]).code, 1);

    scratch.git(&["push", "-q", "origin", "main"]);
    let covered = scratch.run(&["audit", "verify", "HEAD~1..HEAD", "--format", "json"]).json();
    assert_eq!(covered["coverage"]["totals"]["recorded"], 1, "{covered}");

    scratch.write("docs/a.md", "b\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Undecided"]);
    assert!(!scratch.tried(&["push", "-q", "origin", "main"]).passed());
}

fn refs(scratch: &Scratch) -> String {
    scratch.git(&["for-each-ref", "refs/notes/gov/"])
}

#[test]
fn a_full_disk_is_told_by_every_hook_and_leaves_nothing_half_written() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("a.txt", "a\n");
    scratch.commit_by_hand("First");
    scratch.write("b.txt", "b\n");
    scratch.git(&["add", "--all"]);
    let before = refs(&scratch);

    for blocks in [0, 1] {
        let said = scratch.run_without_room(blocks, &["hook", "pre-commit"]);

        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        let first = said.err.lines().next().unwrap();
        assert!(first.starts_with("gov-hook could not decide, so nothing may pass: cannot write "), "{first}");
        assert!(said.err.contains("File too large"), "{}", said.err);
        assert!(said.err.trim_end().ends_with("and that you may write there; nothing was recorded"), "{}", said.err);
        assert_eq!(refs(&scratch), before);
        assert!(is_sound(&scratch));
    }
    scratch.git(&["commit", "-q", "-m", "Second"]);
    scratch.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", "Past the hooks"]);
    for verb in [&["record", "HEAD~1..HEAD", "--reason", "why"][..], &["audit", "checkpoint"]] {
        let before = refs(&scratch);
        let said = scratch.run_without_room(0, verb);
        assert_eq!(said.code, 2, "{verb:?}: {}{}", said.out, said.err);
        assert_eq!(refs(&scratch), before, "{verb:?}");
    }
    assert!(is_sound(&scratch));
}

#[test]
fn what_is_on_record_is_not_said_to_be_missing_where_only_a_note_of_it_fails() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    let write_as = |stream: &str| {
        let said = scratch.run_with(&["check", "HEAD", "--record"], |command| {
            command.env("GOV_HOOK_STREAM", stream);
        });
        assert_eq!(said.code, 0, "{}", said.err);
    };
    // So many streams that the list of them is longer than any entry is.
    (0..60).for_each(|number| write_as(&format!("ci-{number:060}")));
    scratch.write("a.txt", "a\n");
    scratch.commit_by_hand("First");
    write_as(&format!("ci-{:060}", 0));
    scratch.write("b.txt", "b\n");
    scratch.git(&["add", "--all"]);
    let before = refs(&scratch);

    let said = scratch.run_without_room(8, &["hook", "pre-commit"]);

    assert_ne!(refs(&scratch), before, "{}", said.err);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(is_sound(&scratch));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("a.txt", "a\n");
    scratch.git(&["add", "--all"]);
    fs::remove_dir_all(scratch.path(".git/gov")).unwrap();
    fs::write(scratch.path(".git/gov"), "").unwrap();

    let said = scratch.run(&["hook", "pre-commit"]);
    let commit = scratch.try_git_in(&scratch.path(""), &["commit", "-q", "-m", "First"]);

    assert_eq!(said.code, 2);
    assert!(said.err.lines().next().unwrap().contains(".git/gov"), "{}", said.err);
    assert!(!commit.status.success());
    fs::remove_file(scratch.path(".git/gov")).unwrap();
    scratch.git(&["commit", "-q", "-m", "First"]);
    assert!(is_sound(&scratch));
}

#[test]
fn a_git_that_is_nowhere_is_said_to_be() {
    let scratch = Scratch::new();
    scratch.origin();

    for verb in [&["audit", "sync"][..], &["install"]] {
        let said = scratch.run_with(verb, |command| {
            command.env("PATH", scratch.beside("nowhere"));
        });

        assert_eq!((said.code, said.out.as_str()), (2, ""));
        assert!(said.err.trim_end().ends_with("` failed: no git is on PATH"), "{}", said.err);
    }
}

/// A file of a reference that a machine which went down has left without a word in it.
fn emptied(scratch: &Scratch, reference: &str) -> String {
    fs::write(scratch.path(".git").join(reference), "").unwrap();
    format!("the file of `{reference}` names no commit; it holds nothing")
}

#[test]
fn a_push_is_not_judged_by_less_than_what_the_remote_is_known_to_have() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    let origin = scratch.origin();
    scratch.policy("version: 1\nenforcement: { default: staging }\npaths: { protected: [\"core/**\"] }\n");
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    scratch.write("core/a.txt", "a\n");
    scratch.commit_by_hand("Core");
    let push = || scratch.try_git_in(&scratch.path(""), &["push", "-q", "origin", "main:other"]);
    let held = push();

    let broken = emptied(&scratch, "refs/remotes/origin/main");
    let refused = push();

    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said(&held).starts_with("held: HIGH risk"), "{}", said(&held));
    let first = format!("gov-hook could not decide, so nothing may pass: {broken}\n  mend it: ");
    assert!(said(&refused).starts_with(&first), "{}", said(&refused));
    assert_eq!(scratch.git_in(&origin, &["for-each-ref", "--format=%(refname)", "refs/heads/"]), "refs/heads/main");
}

#[test]
fn a_branch_that_cannot_be_read_is_not_left_out_of_all_history() {
    let scratch = Scratch::new();
    scratch.git(&["switch", "-qc", "topic/one"]);
    scratch.write("a.txt", support::secret_line());
    scratch.commit_all("One");
    scratch.git(&["switch", "-q", "main"]);
    assert_eq!(scratch.run(&["check", "--history"]).code, 1);

    assert!(!scratch.path(".git/logs/refs/stash").exists(), "it was written to");

    let broken = emptied(&scratch, "refs/heads/topic/one");
    let said = scratch.run(&["check", "--history"]);

    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains(&broken), "{}", said.err);
}

#[test]
fn folders_of_references_that_unfold_without_end_are_refused() {
    let scratch = Scratch::new();
    let folder = |level: u32| scratch.path(&format!(".git/unfolding/{level}"));
    for level in 0..30 {
        fs::create_dir_all(folder(level)).unwrap();
        for name in ["a", "b"] {
            std::os::unix::fs::symlink(folder(level + 1), folder(level).join(name)).unwrap();
        }
    }
    fs::create_dir_all(folder(30)).unwrap();
    std::os::unix::fs::symlink(folder(0), scratch.path(".git/refs/heads/all")).unwrap();

    let said = scratch.run(&["check", "--history"]);

    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("more than 100 folders are links to others"), "{}", said.err);
}

#[test]
fn a_stream_that_cannot_be_read_is_told_as_that() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("a.txt", "a\n");
    scratch.commit_by_hand("First");
    scratch.git(&["pack-refs", "--all"]);
    scratch.write("a.txt", "b\n");
    scratch.commit_by_hand("Second");
    let stream = scratch.streams().remove(0);
    let tip = scratch.git(&["rev-parse", &stream]);

    let broken = emptied(&scratch, &stream);
    let verified = scratch.run(&["audit", "verify"]);
    let commit = scratch.try_git_in(&scratch.path(""), &["commit", "-q", "--allow-empty", "-m", "Third"]);

    assert_eq!((verified.code, verified.out.as_str()), (2, ""));
    assert!(verified.err.contains(&broken), "{}", verified.err);
    assert!(!commit.status.success());
    fs::write(scratch.path(".git").join(&stream), format!("{tip}\n")).unwrap();
    assert!(is_sound(&scratch));
}

#[test]
fn what_is_written_into_a_repository_of_a_group_is_the_groups() {
    let scratch = Scratch::new();
    let modes = |setting: &str| -> Vec<(String, u32)> {
        scratch.git(&["config", "core.sharedRepository", setting]);
        scratch.git(&["config", "user.email", &format!("{setting}@example.com")]);
        fs::remove_dir_all(scratch.path(".git/gov")).ok();
        let script = "umask 022; find .git -type d -o -type f | sort > ../before; \"$0\" check HEAD --record > ../said; \
                      find .git -type d -o -type f | sort | comm -13 ../before -";
        let mut command = scratch.command("sh", &scratch.path(""));
        let made = command.args(["-c", script, env!("CARGO_BIN_EXE_gov-hook")]).output().unwrap();
        let made = String::from_utf8(made.stdout).unwrap();
        let rights = |name: &str| fs::metadata(scratch.path(name)).unwrap().permissions().mode() & 0o7777;
        made.lines().map(|name| (name.to_owned(), rights(name))).collect()
    };

    for (setting, folder, file, object) in [("group", 0o2775, 0o664, 0o444), ("0660", 0o2770, 0o660, 0o440)] {
        let made = modes(setting);

        assert!(made.iter().any(|(name, _)| name.starts_with(".git/refs/notes/gov/")), "{made:?}");
        assert!(made.iter().any(|(name, _)| name == ".git/gov/lock"), "{made:?}");
        for (name, mode) in &made {
            let is_object = name.len() > ".git/objects/00/".len() && name.starts_with(".git/objects/");
            let wanted = if scratch.path(name).is_dir() {
                folder
            } else if is_object {
                object
            } else {
                file
            };
            assert_eq!(format!("{mode:o}"), format!("{wanted:o}"), "{setting}: {name}");
        }
    }
    assert!(is_sound(&scratch));
}

/// All that is in the git directory, with its rights.
fn rights(scratch: &Scratch) -> std::collections::BTreeMap<String, u32> {
    let listed = scratch.command("find", &scratch.path("")).args([".git", "-printf", "%P %m\n"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let parts = listed.lines().filter_map(|line| line.rsplit_once(' '));
    parts.map(|(name, mode)| (name.to_owned(), u32::from_str_radix(mode, 8).unwrap())).collect()
}

#[test]
fn whoever_keeps_others_out_of_what_they_make_lets_the_group_into_a_shared_repository() {
    let scratch = Scratch::unborn();
    scratch.git(&["init", "-q", "--shared=group"]);
    scratch.write("a.txt", "a\n");
    scratch.policy("version: 1\nnotify: [ { on: [\"*\"], webhook: { url_env: UNSET } } ]\nenforcement: { default: staging }\npaths: { protected: [\"core/**\"] }\n");
    let before = rights(&scratch);
    let run = |arguments: &[&str], code: i32| {
        let mut command = scratch.command("sh", &scratch.path(""));
        let masked = "umask 077; exec \"$0\" \"$@\"";
        let said: Said =
            command.args(["-c", masked, env!("CARGO_BIN_EXE_gov-hook")]).args(arguments).output().unwrap().into();
        assert_eq!(said.code, code, "{arguments:?}: {}", said.whole());
    };

    run(&["install"], 0);
    scratch.write("core/a.txt", "b\n");
    scratch.git(&["add", "--all"]);
    run(&["hook", "pre-commit"], 0);
    run(&["sign", "a.txt", "--env", "dev"], 0);
    run(&["notify", "flush"], 1);

    let mut made = rights(&scratch);
    made.retain(|name, _| !before.contains_key(name));
    for part in ["gov/spool/", "gov/nonce", "hooks/pre-commit", "refs/notes/gov/", "objects/"] {
        assert!(made.keys().any(|name| name.starts_with(part)), "{part}: {made:?}");
    }
    for (name, mode) in made {
        let path = scratch.path(".git").join(&name);
        let (owner, group) = (mode >> 6 & 0o7, mode >> 3 & 0o7);
        assert_eq!(group, owner, "{name} has {mode:o}");
        assert!(!path.is_dir() || mode & 0o2000 != 0, "{name} has {mode:o}");
    }
}

#[test]
fn what_a_killed_process_left_is_cleared_away_by_a_later_one_that_writes_there() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    let hook = [".git/hooks/.pre-commit.gov-hook-1", ".git/gov/verified.0123456789abcdef", ".git/gov/key-1.pub"];
    let sign = [".gov-hook-0123456789abcdef0123456789abcdef"];
    let all: Vec<&str> = hook.iter().chain(&sign).copied().collect();
    let left = |when: &str| {
        for name in &all {
            scratch.write(name, "left");
            assert!(scratch.command("touch", &scratch.path("")).args(["-d", when, name]).status().unwrap().success());
        }
    };
    // Somebody's own, whatever its name and age.
    for name in [".gov-hook-version", ".git/hooks/.gov-hook-notes"] {
        scratch.write(name, "kept");
        assert!(
            scratch.command("touch", &scratch.path("")).args(["-d", "3 hours ago", name]).status().unwrap().success()
        );
    }
    let there = || all.iter().filter(|name| scratch.path(name).exists()).count();
    let write = |text: &str| {
        fs::remove_file(scratch.path(".git/hooks/pre-commit")).unwrap();
        scratch.install_hooks();
        scratch.write("a.py", text);
        scratch.commit_by_hand(text);
        scratch.run(&["sign", "a.py", "--env", "dev"]).passes();
    };

    left("2 hours ago");
    scratch.run(&["check", "--all"]);
    scratch.run(&["doctor"]);
    assert_eq!(there(), all.len(), "who only reads clears nothing away");
    write("one = 1\n");
    assert_eq!(there(), 0);
    assert!(scratch.path(".gov-hook-version").exists() && scratch.path(".git/hooks/.gov-hook-notes").exists());
    left("10 minutes ago");
    write("two = 2\n");
    assert_eq!(there(), all.len(), "somebody may still be at it");
}

/// No system has room for the stack of a thread of this size.
const NO_THREADS: (&str, &str) = ("RUST_MIN_STACK", "70368744177664");

#[test]
fn where_no_thread_can_be_started_all_is_judged_and_verified_all_the_same() {
    let scratch = Scratch::new();
    for number in 1..=60 {
        scratch.write(&format!("a{number}.txt"), if number == 57 { secret_line() } else { lines(number) });
    }
    scratch.git(&["add", "--all"]);
    for stream in ["ci-1", "ci-2", "ci-3"] {
        let said = scratch.run_with(&["check", "HEAD", "--record"], |command| {
            command.env("GOV_HOOK_STREAM", stream);
        });
        assert_eq!(said.code, 0, "{}", said.err);
    }

    for (verb, code) in [(&["check", "--staged"][..], 1), (&["audit", "verify", "--full"], 0)] {
        let alone = scratch.run_with(verb, |command| {
            command.env(NO_THREADS.0, NO_THREADS.1);
        });

        assert_eq!((alone.code, alone.err.as_str()), (code, ""), "{verb:?}: {}", alone.out);
        assert_eq!(alone.out, scratch.run(verb).out, "{verb:?}");
    }
}
