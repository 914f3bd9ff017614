//! What is staged, in every form that git gives an index and a file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::files;
use crate::support::{Scratch, lines, secret_line};

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
fn a_new_file_is_held_beside_one_that_some_systems_take_for_the_same() {
    let scratch = Scratch::new();
    scratch.write("src/parser/Rules.rs", lines(3));
    scratch.write("src/other.rs", lines(3));
    scratch.commit_all("There before");
    let told = || -> Vec<String> {
        let findings = scratch.check(&["--staged"])["findings"].clone();
        let told = |finding: &Value| format!("{} {}", finding["path"].as_str().unwrap(), finding["message"]);
        let all = findings.as_array().unwrap();
        all.iter().filter(|finding| finding["rule"] == "unicode/colliding-path").map(told).collect()
    };

    scratch.write("Src/Parser/rules.rs", "one\n");
    scratch.write("src/parser/other.rs", "two\n");
    scratch.git(&["add", "--all"]);
    let said = told();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("Src/Parser/rules.rs ") && said[0].contains("`src/parser/Rules.rs`"), "{said:?}");

    // In its place, rather than beside it.
    scratch.git(&["rm", "-q", "--cached", "src/parser/Rules.rs"]);
    assert_eq!(told(), [] as [&str; 0]);
}
