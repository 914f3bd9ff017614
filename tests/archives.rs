//! What is in an archive is read like any other file, and told of the archive.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use support::{Scratch, UNTOLD, lines, secret_line};

/// Packs with the programs that people pack with, in the folder of what is packed.
fn pack(scratch: &Scratch, command: &[&str]) {
    let made = scratch.command(command[0], &scratch.beside("packed")).args(&command[1..]).status().unwrap();
    assert!(made.success(), "{command:?}");
}

fn to_pack(scratch: &Scratch, name: &str, text: &str) {
    let path = scratch.beside("packed").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn zip(scratch: &Scratch, archive: &str, names: &[&str]) {
    let archive = scratch.path(archive);
    fs::create_dir_all(archive.parent().unwrap()).unwrap();
    let archive = archive.to_string_lossy().into_owned();
    pack(scratch, &[&["python3", "-m", "zipfile", "-c", &archive], names].concat());
}

/// Of the secrets found, the path of each and what is said of it.
fn secrets(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let secrets = findings.filter(|finding| finding["rule"].as_str().unwrap().starts_with("secret/"));
    let told = secrets.map(|finding| (finding["path"].as_str().unwrap(), finding["message"].as_str().unwrap()));
    told.collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn every_kind_of_archive_is_opened_and_so_is_one_in_another() {
    let scratch = Scratch::new();
    to_pack(&scratch, "conf/app.env", &format!("DEBUG=1\n{}", secret_line()));
    to_pack(&scratch, "notes.txt", "nothing to see\n");
    let at = |name: &str| scratch.path(name).to_string_lossy().into_owned();
    zip(&scratch, "app.jar", &["notes.txt", "conf"]);
    pack(&scratch, &["tar", "-cf", &at("app.tar"), "notes.txt", "conf"]);
    pack(&scratch, &["tar", "-czf", &at("app.tgz"), "notes.txt", "conf"]);
    pack(&scratch, &["gzip", "conf/app.env"]);
    fs::rename(scratch.beside("packed/conf/app.env.gz"), scratch.path("app.env.gz")).unwrap();
    fs::copy(scratch.path("app.tgz"), scratch.beside("packed/inner.tgz")).unwrap();
    zip(&scratch, "outer.zip", &["inner.tgz"]);
    scratch.git(&["add", "--all"]);

    let report = scratch.check(&["--staged"]);

    let found = [
        ("app.env.gz", "AWS access key id (in `app.env`, line 2)"),
        ("app.jar", "AWS access key id (in `conf/app.env`, line 2)"),
        ("app.tar", "AWS access key id (in `conf/app.env`, line 2)"),
        ("app.tgz", "AWS access key id (in `app.tar/conf/app.env`, line 2)"),
        ("outer.zip", "AWS access key id (in `inner.tgz/inner.tar/conf/app.env`, line 2)"),
    ];
    assert_eq!(secrets(&report), found);
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["line"].is_null()));
    let scanned = report["files"]["items"].as_array().unwrap().iter().map(|file| &file["scanned"]);
    assert!(scanned.clone().all(|scanned| scanned == "archive"), "{:?}", scanned.collect::<Vec<_>>());
    assert_eq!(report["exit"], 1);
}

#[test]
fn no_format_tells_what_was_found_in_an_archive() {
    let scratch = Scratch::new();
    to_pack(&scratch, "a.env", &secret_line());
    zip(&scratch, "a.zip", &["a.env"]);
    scratch.git(&["add", "--all"]);

    for format in ["human", "json", "sarif", "github", "gitlab", "junit"] {
        let said = scratch.run(&["check", "--staged", "--verbose", "--format", format]);

        assert_eq!(said.code, 1, "{format}");
        assert!(said.out.contains("a.env"), "{format}");
        assert!(!said.out.contains(UNTOLD) && !said.err.contains(UNTOLD), "{format}");
    }
}

#[test]
fn what_an_archive_had_before_is_not_new() {
    let scratch = Scratch::new();
    to_pack(&scratch, "a.env", &secret_line());
    to_pack(&scratch, "b.txt", "one\n");
    zip(&scratch, "a.zip", &["a.env", "b.txt"]);
    let base = scratch.commit_all("Pack");
    to_pack(&scratch, "b.txt", "two\n");
    zip(&scratch, "a.zip", &["b.txt", "a.env"]);
    scratch.commit_all("Pack again");
    let repacked = scratch.check(&[&format!("{base}..HEAD")]);
    to_pack(&scratch, "b.txt", "password = \"vQ7mzT2xLp9w\"\n");
    zip(&scratch, "a.zip", &["b.txt", "a.env"]);
    scratch.commit_all("Pack a password");

    let with_more = scratch.check(&[&format!("{base}..HEAD")]);

    assert_eq!(secrets(&repacked), []);
    assert_eq!(secrets(&with_more), [("a.zip", "password under a name that says so (in `b.txt`, line 1)")]);
}

#[test]
fn what_is_new_stands_behind_any_number_of_what_is_known() {
    let scratch = Scratch::new();
    let passwords =
        |count: u64| (0..count).map(|n| format!("password = \"vQ7mz{:07x}w\"\n", n * 0x5b_cdf9 % 0xfff_fff1));
    to_pack(&scratch, "a.env", &passwords(90).collect::<String>());
    to_pack(&scratch, "b.env", &passwords(120).skip(90).collect::<String>());
    zip(&scratch, "a.zip", &["a.env", "b.env"]);
    let base = scratch.commit_all("Pack");
    to_pack(&scratch, "c.env", &secret_line());
    to_pack(&scratch, "d.env", &passwords(121).skip(120).collect::<String>());
    zip(&scratch, "a.zip", &["a.env", "b.env", "c.env", "d.env"]);
    scratch.commit_all("Pack more");

    let report = scratch.check(&[&format!("{base}..HEAD")]);

    let found = [
        ("a.zip", "AWS access key id (in `c.env`, line 1)"),
        ("a.zip", "password under a name that says so (in `d.env`, line 1)"),
    ];
    assert_eq!(secrets(&report), found);
}

#[test]
fn what_a_file_in_an_archive_is_called_is_told_shortly_and_without_a_secret() {
    let scratch = Scratch::new();
    let name = format!("{}{}.env", "d/".repeat(150), secret_line().trim());
    to_pack(&scratch, &name, &secret_line());
    zip(&scratch, "a.zip", &["d"]);
    scratch.git(&["add", "--all"]);

    let said = scratch.run(&["check", "--staged", "--format", "json"]);

    assert!(said.out.contains(".env`, line 1)") && !said.out.contains(UNTOLD), "{}", said.out);
    assert!(!said.out.contains(&"d/".repeat(110)), "{}", said.out);
}

#[test]
fn what_only_a_commit_between_packed_is_told_and_so_is_what_history_has() {
    let scratch = Scratch::new();
    let base = scratch.git(&["rev-parse", "HEAD"]);
    to_pack(&scratch, "a.env", &secret_line());
    zip(&scratch, "a.zip", &["a.env"]);
    let brought = scratch.commit_all("Pack");
    scratch.git(&["rm", "-q", "a.zip"]);
    scratch.commit_all("Take it out");

    for report in [scratch.check(&[&format!("{base}..HEAD")]), scratch.check(&["--history"])] {
        assert_eq!(secrets(&report), [("a.zip", "AWS access key id (in `a.env`, line 1)")]);
        assert_eq!(report["findings"][0]["commit"], brought.as_str());
    }
}

#[test]
fn an_archive_too_large_to_be_held_is_opened_too() {
    let scratch = Scratch::new();
    let base = scratch.git(&["rev-parse", "HEAD"]);
    to_pack(&scratch, "a.env", &secret_line());
    to_pack(&scratch, "large.txt", &lines(1_600_000));
    let archive = scratch.path("a.tar").to_string_lossy().into_owned();
    pack(&scratch, &["tar", "-cf", &archive, "large.txt", "a.env"]);
    scratch.commit_all("Pack");
    let brought = scratch.git(&["rev-parse", "HEAD"]);
    to_pack(&scratch, "b.txt", "password = \"vQ7mzT2xLp9w\"\n");
    pack(&scratch, &["tar", "-cf", &archive, "b.txt", "large.txt", "a.env"]);
    scratch.commit_all("Pack a password");
    assert!(fs::metadata(&archive).unwrap().len() > 16 << 20);

    let key = ("a.tar", "AWS access key id (in `a.env`, line 1)");
    let password = ("a.tar", "password under a name that says so (in `b.txt`, line 1)");
    assert_eq!(secrets(&scratch.check(&["--all"])), [key, password]);
    assert_eq!(secrets(&scratch.check(&["--history"])), [key, password]);
    assert_eq!(secrets(&scratch.check(&[&format!("{base}..HEAD")])), [key, password]);
    assert_eq!(secrets(&scratch.check(&[&format!("{brought}..HEAD")])), [password]);
    assert_eq!(scratch.check(&["--all"])["notes"], serde_json::json!([]));
}

#[test]
fn a_waiver_names_the_archive() {
    let scratch = Scratch::new();
    to_pack(&scratch, "a.env", &secret_line());
    zip(&scratch, "samples/a.zip", &["a.env"]);
    scratch.git(&["add", "--all"]);
    let report = scratch.check(&["--staged"]);
    let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap();

    let said = scratch.run(&["rules", "waive", fingerprint, "--reason", "A sample that opens nothing"]);
    scratch.commit_all("Waive the sample");

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(scratch.check(&["--all"])["exit"], 0);
}

#[test]
fn what_could_not_be_read_of_an_archive_is_said() {
    let scratch = Scratch::new();
    to_pack(&scratch, "a.env", &secret_line());
    to_pack(&scratch, "b.txt", &lines(20_000));
    zip(&scratch, "a.zip", &["a.env", "b.txt"]);
    let whole = fs::read(scratch.path("a.zip")).unwrap();
    scratch.write("a.zip", &whole[..whole.len() / 2]);
    to_pack(&scratch, "bomb", &" ".repeat(50_000_000));
    pack(&scratch, &["gzip", "bomb"]);
    fs::rename(scratch.beside("packed/bomb.gz"), scratch.path("bomb.gz")).unwrap();
    scratch.git(&["add", "--all"]);

    let report = scratch.check(&["--staged"]);

    assert_eq!(secrets(&report), [("a.zip", "AWS access key id (in `a.env`, line 1)")]);
    let items = &report["files"]["items"];
    assert_eq!([&items[0]["scanned"], &items[1]["scanned"]], ["part_of_archive", "part_of_archive"]);
    let notes = report["notes"].as_array().unwrap().iter().filter_map(Value::as_str);
    let said = notes.filter(|note| note.contains("is an archive not read whole")).count();
    assert_eq!(said, 2, "{}", report["notes"]);
}

#[test]
fn a_text_stays_one_whatever_is_packed_behind_it() {
    let scratch = Scratch::new();
    to_pack(&scratch, "a.env", &secret_line());
    zip(&scratch, "a.zip", &["a.env"]);
    let packed = fs::read(scratch.path("a.zip")).unwrap();
    fs::remove_file(scratch.path("a.zip")).unwrap();
    let script = format!("#!/bin/sh\nexport DB_PASSWORD=vQ7mzT2xLp9w\n{}exit\n", "# a line\n".repeat(1_000));
    scratch.write("run", [script.as_bytes(), &packed].concat());
    scratch.git(&["add", "--all"]);

    let report = scratch.check(&["--staged"]);

    let told = secrets(&report);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&("run", "AWS access key id (in `a.env`, line 1)")));
    assert!(report["files"]["items"][0]["added"].as_u64().unwrap() > 1_000);
}

#[test]
fn what_was_packed_alone_is_read_by_every_rule_when_it_comes() {
    let scratch = Scratch::new();
    to_pack(&scratch, "app.env", &format!("DB_PASSWORD=vQ7mzT2xLp9w\n{}", secret_line()));
    pack(&scratch, &["gzip", "app.env"]);
    fs::rename(scratch.beside("packed/app.env.gz"), scratch.path("app.env.gz")).unwrap();
    scratch.git(&["add", "--all"]);
    let coming = scratch.check(&["--staged"]);
    scratch.commit_all("Pack");

    let key = ("app.env.gz", "AWS access key id (in `app.env`, line 2)");
    assert_eq!(
        secrets(&coming),
        [key, ("app.env.gz", "password under a name that says so, without quotes (in `app.env`, line 1)")]
    );
    for standing in [scratch.check(&["--all"]), scratch.check(&["--history"])] {
        assert_eq!(secrets(&standing), [key]);
    }
}

#[test]
fn only_what_must_not_be_known_is_told_of_what_is_packed() {
    let scratch = Scratch::new();
    to_pack(&scratch, "tests/test_a.py", "import pytest\n@pytest.mark.skip\ndef test_a():\n    pass\n");
    to_pack(&scratch, "a.py", "x = '\u{202e}'\n");
    to_pack(&scratch, "long.txt", &lines(2_000));
    zip(&scratch, "a.zip", &["tests", "a.py"]);
    let bare = scratch.path("bare.tar").to_string_lossy().into_owned();
    pack(&scratch, &["tar", "-cf", &bare, "long.txt", "tests", "a.py"]);
    scratch.git(&["add", "--all"]);

    let report = scratch.check(&["--staged"]);

    let rules = report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap());
    assert_eq!(rules.collect::<Vec<_>>(), ["weakening/opaque-data", "weakening/opaque-data"]);
}
