//! Holds the arrows of `src/lib.rs`: which room may use which.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms it may name. What is not listed may be named by nobody.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("yaml", &["model"]),
    ("policy", &["model", "yaml"]),
    ("header", &["model"]),
    ("check", &["model", "policy", "yaml", "header"]),
    ("gate", &["model", "policy"]),
    ("ledger", &["model"]),
    ("notify", &["model", "policy"]),
    ("git", &["model", "ledger"]),
    ("report", &["model"]),
    ("app", &["model", "yaml", "policy", "header", "check", "gate", "ledger", "notify", "git", "report"]),
    ("cli", &["app", "report", "model"]),
];

/// Words that tie a room to the machine it runs on; the pure rooms may not know them.
const IMPURE: [&str; 9] =
    ["git2", "std::fs", "std::env", "std::process", "std::io", "std::net", "std::time", "std::thread", "println!"];

const PURE: [&str; 8] = ["model", "yaml", "policy", "header", "check", "gate", "ledger", "notify"];

fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut left = vec![top.join(room), top.join(format!("{room}.rs"))];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.exists() {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The code of a file: what follows its tests, and its comments, may name anything.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn rooms_named(line: &str) -> Vec<&'static str> {
    MAY_USE.iter().map(|(room, _)| *room).filter(|room| line.contains(&format!("crate::{room}"))).collect()
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let mut wrong = Vec::new();
    for (room, allowed) in MAY_USE {
        for (path, text) in sources(room) {
            for line in code(&text) {
                let strangers =
                    rooms_named(line).into_iter().filter(|named| *named != room && !allowed.contains(named));
                wrong.extend(strangers.map(|named| format!("{}: `{room}` names `{named}`: {line}", path.display())));
                // The rooms of a group may stand on lines of their own.
                wrong.extend(line.contains("crate::{").then(|| format!("{}: one room a line: {line}", path.display())));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_rooms_know_nothing_of_the_machine() {
    let mut wrong = Vec::new();
    for room in PURE {
        for (path, text) in sources(room) {
            for line in code(&text) {
                let impure = IMPURE.into_iter().filter(|word| line.contains(word));
                wrong.extend(impure.map(|word| format!("{}: `{word}`: {line}", path.display())));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn git2_lives_in_one_room() {
    let elsewhere = MAY_USE.iter().filter(|(room, _)| *room != "git").flat_map(|(room, _)| sources(room));

    let wrong: Vec<PathBuf> = elsewhere.filter(|(_, text)| text.contains("git2::")).map(|(path, _)| path).collect();

    assert_eq!(wrong, Vec::<PathBuf>::new());
}

#[test]
fn every_room_is_listed_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut unlisted: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "lib" && name != "main" && !MAY_USE.iter().any(|(room, _)| room == name))
        .collect();
    unlisted.sort();

    assert_eq!(unlisted, Vec::<String>::new());
}

/// One that is run in another way would see replacement refs, which anybody may have pushed.
#[test]
fn git_is_run_from_one_place() {
    let makes_one = |line: &str| line.contains("Command::new(\"git\")") || line.contains("Command::new(&self.program)");

    let elsewhere = sources("").into_iter().filter(|(path, _)| !path.ends_with("git/command.rs"));
    let wrong: Vec<PathBuf> = elsewhere.filter(|(_, text)| code(text).any(makes_one)).map(|(path, _)| path).collect();

    assert_eq!(wrong, Vec::<PathBuf>::new());
}
