//! Every situation a repository can be in when it is asked for a change.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};
use support::{Scratch, lines, secret_line};

/// Path, status, lines added and deleted of every file of a report.
fn files(json: &Value) -> Vec<Value> {
    let items = json["files"]["items"].as_array().unwrap();
    items.iter().map(|item| json!([item["path"], item["status"], item["added"], item["deleted"]])).collect()
}

#[test]
fn commit_all_is_judged_by_the_index_git_hands_to_the_hook() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "one\n");
    scratch.commit_all("Add");
    let report = scratch.beside("report.json");
    let binary = env!("CARGO_BIN_EXE_gov-hook");
    let hook = format!("#!/bin/sh\nexec {binary} check --staged --format json > {}\n", report.display());
    scratch.write(".git/hooks/pre-commit", hook);
    scratch.make_executable(".git/hooks/pre-commit");
    let seen = || files(&serde_json::from_slice(&fs::read(&report).unwrap()).unwrap());

    scratch.write("a.txt", "one\ntwo\n");
    scratch.git(&["commit", "-q", "-a", "-m", "All"]);
    assert_eq!(seen(), [json!(["a.txt", "M", 1, 0])]);

    scratch.write("a.txt", "one\ntwo\nthree\n");
    scratch.write("b.txt", "b\n");
    scratch.git(&["add", "b.txt"]);
    scratch.git(&["commit", "-q", "-m", "Path", "a.txt"]);
    assert_eq!(seen(), [json!(["a.txt", "M", 1, 0])]);

    scratch.write("c.txt", "c\n");
    scratch.git(&["add", "c.txt"]);
    scratch.git(&["commit", "-q", "-m", "Rest"]);
    assert_eq!(seen(), [json!(["b.txt", "A", 1, 0]), json!(["c.txt", "A", 1, 0])]);

    scratch.git(&["mv", "c.txt", "d.txt"]);
    scratch.git(&["commit", "-q", "--amend", "-m", "Amend"]);
    assert_eq!(seen(), [json!(["d.txt", "R", 0, 0])]);
}

#[test]
fn a_staged_part_of_a_file_is_judged_without_the_rest_of_it() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "a.txt"]);
    scratch.write("a.txt", lines(500));

    let json = scratch.check(&["--staged"]);

    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn every_kind_of_file_change_is_told_apart() {
    let scratch = Scratch::new();
    for name in ["deleted", "moded", "moved", "retyped", "edited"] {
        scratch.write(name, format!("{name}\n{}", lines(10)));
    }
    scratch.commit_all("Add");
    scratch.git(&["rm", "-q", "deleted"]);
    scratch.make_executable("moded");
    scratch.git(&["mv", "moved", "moved-away"]);
    fs::remove_file(scratch.path("retyped")).unwrap();
    symlink("edited", scratch.path("retyped")).unwrap();
    scratch.write("edited", format!("edited!\n{}", lines(10)));
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(
        files(&json),
        [
            json!(["deleted", "D", 0, 11]),
            json!(["edited", "M", 1, 1]),
            json!(["moded", "M", 0, 0]),
            json!(["moved-away", "R", 0, 0]),
            json!(["retyped", "T", 1, 11]),
        ]
    );
}

#[test]
fn a_submodule_bump_is_seen_even_when_git_is_told_to_ignore_it() {
    let scratch = Scratch::new();
    let (first, second) = (scratch.commit_all("One"), scratch.commit_all("Two"));
    scratch.write(".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n");
    scratch.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{first},lib")]);
    scratch.git(&["add", ".gitmodules"]);
    scratch.git(&["commit", "-q", "-m", "Add a submodule"]);
    scratch.git(&["update-index", "--cacheinfo", &format!("160000,{second},lib")]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(files(&json), [json!(["lib", "M", 0, 0])]);
}

#[test]
fn what_is_only_intended_to_be_added_is_no_part_of_the_change() {
    let scratch = Scratch::new();
    scratch.write("later.txt", "x\n");
    scratch.git(&["add", "--intent-to-add", "later.txt"]);
    scratch.write("now.txt", "x\n");
    scratch.git(&["add", "now.txt"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(files(&json), [json!(["now.txt", "A", 1, 0])]);
    assert_eq!(json["target"]["tree"], tree_without(&scratch, "later.txt"));
}

/// The tree git would write if a path had never been added.
fn tree_without(scratch: &Scratch, path: &str) -> String {
    scratch.git(&["rm", "-q", "--cached", path]);
    scratch.git(&["write-tree"])
}

#[test]
fn the_tree_named_is_the_one_git_writes() {
    let scratch = Scratch::new();
    for (name, text) in [("a.b", "1"), ("a/b", "2"), ("a/c/d", "3"), ("a0", "4")] {
        scratch.write(name, text);
    }
    scratch.commit_all("Add");
    scratch.write("a/c/e", "5");
    scratch.write("a.b", "6");
    scratch.git(&["rm", "-q", "--cached", "a0"]);
    scratch.git(&["add", "a", "a.b"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(json["target"]["tree"], scratch.git(&["write-tree"]));
    let after = scratch.check(&["--staged"]);
    assert_eq!(after["target"], json["target"], "the same with the cached tree that git has now written");
    assert_eq!(after["files"], json["files"]);
}

#[test]
fn every_form_of_index_says_the_same() {
    let scratch = Scratch::new();
    for number in 0..20 {
        scratch.write(&format!("dir{}/file{number}", number % 3), lines(number));
    }
    scratch.commit_all("Add");
    scratch.write("dir1/file1", "changed\n");
    scratch.write("dir2/new", "new\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["rm", "-q", "dir0/file3"]);
    let expected = scratch.check(&["--staged"]);

    for form in [
        &["update-index", "--index-version", "4"][..],
        &["update-index", "--index-version", "3"],
        &["update-index", "--split-index"],
        &["update-index", "--no-split-index", "--untracked-cache"],
        &["sparse-checkout", "set", "--cone", "--sparse-index", "dir1"],
    ] {
        scratch.git(form);
        let json = scratch.check(&["--staged"]);
        assert_eq!(json["files"], expected["files"], "{form:?}");
        assert_eq!(json["target"], expected["target"], "{form:?}");
    }
}

#[test]
fn binary_files_have_no_lines_and_utf_16_has() {
    let scratch = Scratch::new();
    scratch.write("data.bin", [0_u8, 1, 2, 10, 0, 10]);
    let text: Vec<u8> = "\u{feff}one\ntwo\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    scratch.write("wide.txt", text);
    scratch.write("latin.txt", b"caf\xe9\n");
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(
        files(&json),
        [json!(["data.bin", "A", 0, 0]), json!(["latin.txt", "A", 1, 0]), json!(["wide.txt", "A", 2, 0])]
    );
}

#[test]
fn a_path_that_is_not_utf_8_is_judged_and_printed_with_escapes() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\npaths: { protected: [\"core/**\"] }\n");
    fs::create_dir(scratch.path("core")).unwrap();
    fs::write(scratch.path("core").join(OsStr::from_bytes(b"\xff\n.txt")), "x\n").unwrap();
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(json["files"]["items"][0]["path"], "core/\\xff\\u{a}.txt");
    assert_eq!(json["files"]["items"][0]["class"], "protected");
}

#[test]
fn a_file_past_what_is_held_in_memory_is_counted_scanned_and_named() {
    let scratch = Scratch::new();
    let mut text = "just some words on a line\n".repeat(1_000_000);
    text.push_str(&secret_line());
    scratch.write("huge.txt", text);
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(files(&json), [json!(["huge.txt", "A", 1_000_001, 0])]);
    assert_eq!(json["findings"][0]["rule"], "secret/aws-access-key-id");
    assert_eq!(json["findings"][0]["line"], 1_000_001);
}

#[test]
fn an_unborn_branch_has_nothing_before_it() {
    let scratch = Scratch::unborn();
    scratch.write("a.txt", "x\n");
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&[]);

    assert_eq!(json["target"]["kind"], "staged");
    assert_eq!(json["target"]["base"], Value::Null);
    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn an_empty_repository_has_an_empty_change() {
    let scratch = Scratch::unborn();

    let json = scratch.check(&[]);

    assert_eq!((json["outcome"].as_str(), files(&json).len()), (Some("auto_approved"), 0));
}

#[test]
fn a_detached_head_is_judged_against_the_default_branch() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "--detach"]);
    scratch.write("a.txt", "x\n");
    scratch.commit_all("Detached");

    let json = scratch.check(&[]);

    assert_eq!(json["target"]["kind"], "range");
    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn a_branch_is_judged_against_what_the_remote_has_and_not_against_an_old_copy_of_it() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "-u", "origin", "main"]);
    let old = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("theirs.txt", lines(5));
    scratch.commit_all("Theirs");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.git(&["branch", "-q", "-f", "main", &old]);
    scratch.write("mine.txt", lines(5));
    scratch.commit_all("Mine");
    let described = |arguments: &[&str]| {
        let said = scratch.run(&[&["check"], arguments].concat()).out;
        said.lines().find(|line| line.contains("commit")).unwrap_or_default().trim().to_owned()
    };

    for (arguments, place) in [(&[][..], "topic"), (&["topic"], "topic")] {
        assert_eq!(files(&scratch.check(arguments)), [json!(["mine.txt", "A", 5, 0])], "{arguments:?}");
        assert!(
            described(arguments).contains(&format!("1 commit on {place} since origin/main")),
            "{}",
            described(arguments)
        );
    }
    assert_eq!(files(&scratch.check(&["--base", "main"])).len(), 2, "who names a base means it");
    scratch.git(&["checkout", "-q", "--detach"]);
    assert!(described(&[]).contains("1 commit at HEAD since origin/main"), "{}", described(&[]));

    // A fork, whose own copy nobody keeps up to date: the branch says whom it follows.
    scratch.git(&["remote", "rename", "origin", "upstream"]);
    scratch.git(&["remote", "add", "origin", &scratch.beside("fork.git").to_string_lossy()]);
    scratch.git(&["update-ref", "refs/remotes/origin/main", &old]);
    assert!(described(&["topic"]).contains("1 commit on topic since upstream/main"), "{}", described(&["topic"]));

    // Nobody has it but this clone.
    for remote in ["origin", "upstream"] {
        scratch.git(&["remote", "remove", remote]);
    }
    assert!(described(&["topic"]).contains("2 commits on topic since main"), "{}", described(&["topic"]));
}

#[test]
fn a_bare_repository_is_judged_without_a_work_tree() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "x\n");
    scratch.commit_all("Add");
    scratch.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = scratch.beside("bare.git");

    let commit = scratch.run_in(&bare, &["check", "HEAD", "--format", "json"]);
    let staged = scratch.run_in(&bare, &["check", "--staged"]);

    assert_eq!(files(&commit.json()), [json!(["a.txt", "A", 1, 0])]);
    assert_eq!((staged.code, staged.out.as_str()), (2, ""));
    assert!(staged.err.contains("a bare repository has no index"), "{}", staged.err);
}

#[test]
fn a_linked_worktree_is_judged_by_its_own_index_and_branch() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { default: development, branches: { side: staging } }\n");
    scratch.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = scratch.beside("linked");
    fs::write(linked.join("a.txt"), "x\n").unwrap();
    scratch.git_in(&linked, &["add", "a.txt"]);

    let json = scratch.run_in(&linked, &["check", "--staged", "--format", "json"]).json();

    assert_eq!(json["level"], "staging");
    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn a_merge_is_judged_only_for_what_differs_from_all_its_parents() {
    let scratch = Scratch::new();
    scratch.write("a.txt", lines(10));
    scratch.commit_all("Base");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", lines(10).replace("line 1\n", "side\n"));
    scratch.commit_all("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("b.txt", lines(300));
    scratch.commit_all("Main");
    scratch.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    scratch.write("smuggled.txt", "x\n");
    scratch.commit_all("Merge");

    let json = scratch.check(&["HEAD"]);

    assert_eq!(files(&json), [json!(["smuggled.txt", "A", 1, 0])]);
}

#[test]
fn a_shallow_clone_fails_closed_and_says_which_fetch_mends_it() {
    let scratch = Scratch::new();
    for number in 0..5 {
        scratch.write("a.txt", lines(number));
        scratch.commit_all("More");
    }
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = scratch.beside("shallow");

    let said = scratch.run_in(&shallow, &["check", "HEAD"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("git fetch --unshallow origin"), "{}", said.err);
    scratch.git_in(&shallow, &["fetch", "-q", "--unshallow", "origin"]);
    assert_eq!(scratch.run_in(&shallow, &["check", "HEAD"]).code, 0);
}

#[test]
fn unmerged_paths_cannot_be_judged() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "base\n");
    scratch.commit_all("Base");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", "side\n");
    scratch.commit_all("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("a.txt", "main\n");
    scratch.commit_all("Main");
    let merged = scratch.try_git_in(&scratch.path(""), &["merge", "side"]);
    assert!(!merged.status.success());

    let said = scratch.run(&["check", "--staged"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("unmerged paths: `a.txt`"), "{}", said.err);
}

#[test]
fn a_repository_of_another_hash_or_ref_storage_is_refused_by_name() {
    let scratch = Scratch::new();
    for (option, word) in [("--object-format=sha256", "SHA-256"), ("--ref-format=reftable", "reftable")] {
        let directory = scratch.beside(word);
        fs::create_dir(&directory).unwrap();
        if !scratch.try_git_in(&directory, &["init", "-q", option]).status.success() {
            continue;
        }

        let said = scratch.run_in(&directory, &["check"]);

        assert_eq!(said.code, 2, "{word}");
        assert!(said.err.to_lowercase().contains(&word.to_lowercase()), "{word}: {}", said.err);
    }
}

#[test]
fn outside_a_repository_there_is_nothing_to_judge() {
    let scratch = Scratch::new();
    let outside = scratch.beside("outside");
    fs::create_dir(&outside).unwrap();

    let said = scratch.run_in(&outside, &["check"]);

    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("no git repository"), "{}", said.err);
}

#[test]
fn a_missing_object_fails_closed() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "x\n");
    scratch.commit_all("Add");
    let blob = scratch.git(&["rev-parse", "HEAD:a.txt"]);
    fs::remove_file(scratch.path(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();

    let said = scratch.run(&["check", "HEAD"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains(&blob), "{}", said.err);
}

#[test]
fn replacement_refs_and_grafts_do_not_change_what_is_judged() {
    let scratch = Scratch::new();
    scratch.write("a.txt", lines(300));
    let large = scratch.commit_all("Large");
    let small = scratch.git(&["commit-tree", "-p", "HEAD~1", "-m", "Small", "HEAD~1^{tree}"]);
    let before = scratch.check(&[&large]);

    scratch.git(&["replace", &large, &small]);

    assert_eq!(scratch.check(&[&large])["files"], before["files"]);
    scratch.git(&["replace", "-d", &large]);
    scratch.write(".git/info/grafts", format!("{large} {small}\n"));
    assert_eq!(scratch.check(&[&large])["files"], before["files"]);
}

#[test]
fn attributes_and_text_conversion_hide_nothing() {
    let scratch = Scratch::new();
    scratch.write(".gitattributes", "*.txt -diff diff=none\n");
    scratch.commit_all("Hide");
    scratch.git(&["config", "diff.none.textconv", "true"]);
    scratch.git(&["config", "color.ui", "always"]);
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(json["findings"][0]["rule"], "secret/aws-access-key-id");
}

#[test]
fn a_range_is_what_one_side_has_and_the_other_has_not() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("side.txt", "x\n");
    scratch.commit_all("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("main.txt", "x\n");
    scratch.commit_all("Main");

    for range in ["main..side", "main...side", "side"] {
        let json = scratch.check(&[range]);
        assert_eq!(json["target"]["kind"], "range", "{range}");
        assert_eq!(files(&json), [json!(["side.txt", "A", 1, 0])], "{range}");
    }
    let based = scratch.check(&["side", "--base", "main"]);
    assert_eq!(files(&based), [json!(["side.txt", "A", 1, 0])]);
}

#[test]
fn the_change_id_survives_rebase_squash_and_reword_and_dies_on_a_mode_bit() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    for number in 1..=3 {
        scratch.write(&format!("{number}.txt"), lines(number));
        scratch.commit_all("Part");
    }
    let id = |arguments: &[&str]| scratch.check(arguments)["target"]["change"].as_str().unwrap().to_owned();
    let before = id(&["main..side"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("other.txt", "x\n");
    scratch.commit_all("Other");
    scratch.git(&["checkout", "-q", "side"]);

    scratch.git(&["rebase", "-q", "main"]);
    assert_eq!(id(&["main..side"]), before);
    scratch.git(&["reset", "-q", "--soft", "main"]);
    assert_eq!(id(&["--staged"]), before);
    scratch.git(&["commit", "-q", "-m", "Squashed and reworded"]);
    assert_eq!(id(&["main..side"]), before);
    scratch.make_executable("1.txt");
    scratch.git(&["commit", "-q", "-a", "--amend", "-m", "One bit"]);
    assert_ne!(id(&["main..side"]), before);
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_code() {
    let scratch = Scratch::new();
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);
    let binary = env!("CARGO_BIN_EXE_gov-hook");
    let script = format!("{{ {binary} check --staged; echo $? > code; }} | true");

    scratch.command("sh", &scratch.path("")).args(["-c", &script]).status().unwrap();

    assert_eq!(fs::read_to_string(scratch.path("code")).unwrap(), "1\n");
}

const PRODUCTION: &str = "version: 1\nenforcement: { default: production }\n";

#[test]
fn a_history_that_shares_nothing_is_judged_by_the_policy_of_where_it_would_land() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    scratch.git(&["checkout", "-q", "--orphan", "apart"]);
    scratch.git(&["rm", "-rqf", "."]);
    scratch.write("big.txt", lines(300));
    scratch.commit_all("Begin again");

    for revision in ["main...apart", "main..apart", "apart"] {
        let json = scratch.check(&[revision]);

        assert_eq!((&json["level"], &json["exit"]), (&json!("production"), &json!(3)), "{revision}");
    }
}

#[test]
fn a_policy_that_is_no_regular_file_is_not_taken_for_none() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    let refused = |scratch: &Scratch| scratch.run(&["check", "--staged"]).code == 2;
    assert!(!refused(&scratch));

    fs::rename(scratch.path(".gov/policy.yaml"), scratch.path(".gov/real.yaml")).unwrap();
    symlink("real.yaml", scratch.path(".gov/policy.yaml")).unwrap();
    scratch.commit_all("Link the policy");
    assert!(refused(&scratch));

    fs::remove_file(scratch.path(".gov/policy.yaml")).unwrap();
    scratch.write(".gov/policy.yaml/part.yaml", PRODUCTION);
    scratch.commit_all("Make it a directory");
    assert!(refused(&scratch));

    fs::rename(scratch.path(".gov"), scratch.path("elsewhere")).unwrap();
    symlink("elsewhere", scratch.path(".gov")).unwrap();
    scratch.commit_all("Link the directory");
    assert!(refused(&scratch));
}

#[test]
fn a_branch_is_judged_whole_however_its_name_is_spelled() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "topic"]);
    for name in ["a.txt", "b.txt"] {
        scratch.write(name, lines(5));
        scratch.commit_all(name);
    }

    scratch.git(&["checkout", "-q", "main"]);

    for revision in ["topic", "heads/topic", "refs/heads/topic", "@{-1}"] {
        let json = scratch.check(&[revision]);

        assert_eq!((&json["target"]["kind"], &json["files"]["changed"]), (&json!("range"), &json!(2)), "{revision}");
    }
    assert_eq!(scratch.check(&["refs/heads/main"])["target"]["kind"], "commit");
}

#[test]
fn a_range_and_a_base_contradict_each_other() {
    let scratch = Scratch::new();

    assert_eq!(scratch.run(&["check", "HEAD..HEAD", "--base", "main"]).code, 2);
    assert_eq!(scratch.run(&["check", "HEAD", "--base", "main"]).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_a_full_disk_swallows_is_no_pass() {
    let scratch = Scratch::new();
    let code = |arguments: &[&str]| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &scratch.path(""));
        command.args(arguments).stdout(full).output().unwrap().status.code().unwrap()
    };

    assert_eq!(code(&["check", "--all"]), 2);
    assert_eq!(code(&["check", "--all", "--quiet"]), 0);
}

#[test]
fn a_clone_of_one_branch_does_not_take_it_for_the_default_one() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", lines(3));
    scratch.commit_all("Side");
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--single-branch", "-b", "side", &url, "../one"]);
    let one = scratch.beside("one");
    scratch.git_in(&one, &["remote", "set-head", "origin", "--delete"]);

    let said = scratch.run_in(&one, &["check"]);

    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("gov-hook check --base origin/BRANCH"), "{}", said.err);
}

#[test]
fn a_branch_does_not_hide_behind_a_tag_of_its_name() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", lines(3));
    scratch.commit_all("Side");
    scratch.git(&["tag", "side", "main"]);

    for named in ["side", "main..side"] {
        assert_eq!(files(&scratch.check(&[named])), [json!(["a.txt", "A", 3, 0])], "{named}");
    }
}

#[test]
fn a_branch_that_starts_before_the_policy_is_judged_by_it_all_the_same() {
    let scratch = Scratch::new();
    scratch.git(&["branch", "side"]);
    scratch.policy("version: 1\nenforcement: { default: staging }\npaths: { protected: [\"core/**\"] }\n");
    scratch.git(&["checkout", "-q", "side"]);
    scratch.write("core/a.txt", lines(3));
    scratch.commit_all("Touch the core");

    for arguments in [&[][..], &["side"], &["main...side"], &["main..side"]] {
        let json = scratch.check(arguments);
        assert_eq!((json["exit"].as_i64(), json["level"].as_str()), (Some(3), Some("staging")), "{arguments:?}");
    }
}

#[test]
fn a_branch_that_begins_anew_is_under_the_law_of_where_it_would_land() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    scratch.git(&["checkout", "-q", "--orphan", "anew"]);
    scratch.git(&["rm", "-rfq", "."]);
    scratch.write("big.txt", lines(300));
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(json["policy"]["origin"].as_str().map(|origin| origin.ends_with(":.gov/policy.yaml")), Some(true));
    assert_eq!((&json["level"], &json["exit"]), (&json!("production"), &json!(3)));
}

#[test]
fn a_partial_clone_says_how_to_fetch_all_that_it_left_out() {
    let scratch = Scratch::new();
    for number in 1..4 {
        scratch.write("a.txt", lines(number));
        scratch.commit_all("More");
    }
    for key in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        scratch.git(&["config", key, "true"]);
    }
    let url = format!("file://{}", scratch.path("").display());
    for filter in ["blob:none", "tree:0"] {
        let name = filter.replace(':', "-");
        scratch.git(&["clone", "-q", "--no-checkout", "--filter", filter, &url, &format!("../{name}")]);
        let partial = scratch.beside(&name);

        let said = scratch.run_in(&partial, &["check", "HEAD~2..HEAD"]);

        assert_eq!(said.code, 2, "{filter}");
        assert!(said.err.contains("git fetch --refetch --no-filter origin"), "{filter}: {}", said.err);
        scratch.git_in(&partial, &["fetch", "-q", "--refetch", "--no-filter", "origin"]);
        assert_eq!(scratch.run_in(&partial, &["check", "HEAD~2..HEAD"]).code, 0, "{filter}");
    }
}

#[test]
fn a_head_that_points_out_of_the_repository_is_not_taken_for_an_unborn_branch() {
    let scratch = Scratch::new();
    scratch.write(".git/HEAD", "ref: refs/heads/../../elsewhere\n");

    let said = scratch.run(&["check", "--staged"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("git symbolic-ref HEAD refs/heads/BRANCH"), "{}", said.err);
}

#[test]
fn commits_dated_backwards_do_not_change_what_a_range_holds() {
    let scratch = Scratch::new();
    let tree = scratch.git(&["write-tree"]);
    let commit = |date: u32, parents: &[&str]| {
        let date = format!("@{date} +0000");
        let mut command = scratch.command("git", &scratch.path(""));
        command
            .args(["commit-tree", &tree, "-m", "Commit"])
            .envs([("GIT_COMMITTER_DATE", &date), ("GIT_AUTHOR_DATE", &date)]);
        command.args(parents.iter().flat_map(|parent| ["-p", parent]));
        String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    // Younger than all that follows it, so a walk from the youngest visits it before it is known to
    // lie behind the meeting point.
    let root = commit(9_000, &[]);
    let below = commit(1_000, &[&root]);
    let shared = commit(2_000, &[&below]);
    let old = commit(3_000, &[&shared]);
    let new = commit(4_000, &[&shared, &root]);

    scratch.git(&["branch", "old", &old]);
    scratch.git(&["branch", "new", &new]);

    assert_eq!(scratch.check(&["old..new"])["target"]["base"], json!(shared));
    let said = scratch.run(&["check", "old..new"]);
    assert!(said.out.contains("judged 1 commit in old..new "), "{}", said.out);
}

#[test]
fn rules_about_changes_say_nothing_of_a_tree_and_what_stands_there_is_said() {
    let scratch = Scratch::new();
    scratch.write("build.rs", "fn main() {}\n");
    scratch.write(".github/workflows/ci.yml", "permissions: write-all\njobs: {}\n");
    scratch.write("src/big.rs", format!("// eslint-disable-line\n{}", "x;\n".repeat(3_000_000)));
    scratch.git(&["add", "--all"]);
    let rules = |json: &Value| -> Vec<String> {
        let findings = json["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };

    let staged = rules(&scratch.check(&["--staged"]));
    scratch.commit_all("Add");
    let tree = rules(&scratch.check(&["--all"]));

    let of_change = ["weakening/build-script-added", "weakening/ci-write-all", "weakening/check-suppressed"];
    assert!(of_change.iter().all(|rule| staged.contains(&(*rule).to_owned())), "{staged:?}");
    assert_eq!(tree, ["weakening/ci-write-all"]);
}

#[test]
fn a_policy_that_cannot_be_read_is_refused_before_it_is_in_force() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write(".gov/policy.yaml", "version: 1\npathz: {}\n");
    scratch.git(&["add", ".gov"]);

    let judged = scratch.run(&["check", "--staged"]);
    let committed = scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Break the law"]);

    assert_eq!(judged.code, 2);
    for told in [judged.err, String::from_utf8(committed.stderr).unwrap()] {
        assert!(told.contains(".gov/policy.yaml:2:1") && told.contains("did you mean `paths`?"), "{told}");
        assert!(
            told.ends_with("mend it before it is in force: $EDITOR .gov/policy.yaml && git add .gov/policy.yaml\n")
        );
    }
    assert!(!committed.status.success());

    scratch.write(".gov/policy.yaml", "version: 1\n");
    scratch.git(&["add", ".gov"]);
    scratch.git(&["commit", "-q", "-m", "Mend it"]);
}

#[test]
fn no_part_of_the_law_that_cannot_be_read_comes_into_force() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\n");
    scratch.install_hooks();
    let extra = "version: 1\nrules: { packs: [], extra: [\".gov/rules/*.yaml\"] }\n";
    let pack = ".gov/rules/own.yaml";
    let cases = [
        (".gov/allowed_signers", vec![(".gov/allowed_signers", "ada@example.com ssh-ed25519 junk\n")]),
        (pack, vec![(".gov/policy.yaml", extra), (pack, "rules: 7\n")]),
    ];
    for (broken, files) in &cases {
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch.git(&["add", ".gov"]);

        let judged = scratch.run(&["check", "--staged"]);
        let committed = scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Break the law"]);
        let looked = scratch.run(&["policy", "check"]);
        let looked_by_machine = scratch.run(&["policy", "check", "--format", "json"]);

        assert_eq!((judged.code, looked.code, looked_by_machine.code), (2, 2, 2), "{broken}: {}", looked.out);
        assert!(!committed.status.success());
        for told in [judged.err, String::from_utf8(committed.stderr).unwrap()] {
            let mend = format!("mend it before it is in force: $EDITOR {broken} && git add {broken}\n");
            assert!(told.ends_with(&mend), "{told}");
        }
        assert!(looked.out.contains(&format!("--> {broken}:1:")), "{}", looked.out);
        let answer = looked_by_machine.json();
        assert_eq!((&answer["sound"], &answer["others"][0]["origin"]), (&false.into(), &(*broken).into()));
        scratch.git(&["rm", "-q", "--cached", "-f", broken]);
        std::fs::remove_file(scratch.path(broken)).unwrap();
        scratch.git(&["commit", "-q", "--allow-empty", "-m", "Without it"]);
        assert_eq!(scratch.run(&["policy", "check"]).out, ".gov/policy.yaml: no mistakes\n");
    }

    // The other way round: what is named was there before, and nothing read it.
    let pack = ".gov/own.yaml";
    scratch.write(pack, "rules: 7\n");
    scratch.git(&["add", ".gov"]);
    scratch.git(&["commit", "-q", "-m", "A pack that nobody names"]);
    scratch.write(".gov/policy.yaml", extra.replace("rules/*", "own"));
    scratch.git(&["add", ".gov"]);

    let judged = scratch.run(&["check", "--staged"]);

    assert_eq!(judged.code, 2, "{}", judged.out);
    assert!(judged.err.contains(&format!("{pack}:1:")), "{}", judged.err);
}
