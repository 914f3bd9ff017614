//! Holds the arrows of `src/lib.rs`: which room may use which.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};
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

/// The rooms of `app`, lowest first, and those of them that each may name. What all verbs stand on, such as
/// the environment, the law and a failure, lies beside the rooms and may be named by all.
const MAY_USE_IN_APP: [(&str, &[&str]); 15] = [
    ("memory", &[]),
    ("judging", &["memory"]),
    ("exchange", &["memory"]),
    ("record", &["memory", "judging"]),
    ("notify", &["judging"]),
    ("approval", &["memory", "judging", "exchange", "record", "notify"]),
    ("check", &["memory", "judging", "record", "approval"]),
    ("audit", &["memory", "exchange", "record", "approval"]),
    ("header", &["memory"]),
    ("install", &["memory"]),
    ("doctor", &["memory", "install", "notify"]),
    ("rules", &["judging"]),
    ("policy", &[]),
    ("risk", &[]),
    ("hook", &["memory", "judging", "exchange", "record", "notify", "approval", "install"]),
];

/// Words that tie a room to the machine it runs on; the pure rooms may not know them.
const IMPURE: [&str; 9] =
    ["git2", "std::fs", "std::env", "std::process", "std::io", "std::net", "std::time", "std::thread", "println!"];

const PURE: [&str; 9] = ["model", "yaml", "policy", "header", "check", "gate", "ledger", "notify", "git/formats"];

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

/// The names that follow a path: `path::one`, or each of `path::{one, two::{three, four}}`.
fn named_after<'t>(text: &'t str, path: &str) -> Vec<&'t str> {
    let first = |name: &'t str| name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let names = |rest: &'t str| match rest.strip_prefix('{') {
        Some(list) => outermost(list).into_iter().map(|name| first(name.trim())).collect(),
        None => vec![first(rest)],
    };
    let whole = text.match_indices(path).filter(|(at, _)| !text[..*at].ends_with("super::"));
    whole.flat_map(|(at, _)| names(&text[at + path.len()..])).collect()
}

/// The parts of a list up to the bracket that closes it, whatever brackets are within.
fn outermost(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, sign) in list.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                parts.push(&list[from..at]);
                from = at + 1;
                if sign == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts
}

#[test]
fn every_room_of_the_app_uses_only_the_rooms_below_it() {
    let is_a_room = |name: &&str| MAY_USE_IN_APP.iter().any(|(room, _)| room == name);
    let mut wrong = Vec::new();
    for (room, allowed) in MAY_USE_IN_APP {
        for (path, text) in sources(&format!("app/{room}")) {
            let text = code(&text).collect::<Vec<_>>().join("\n");
            let mut named = named_after(&text, "crate::app::");
            if path.ends_with(format!("{room}/mod.rs")) {
                named.extend(named_after(&text, "super::"));
            }
            named.retain(|named| is_a_room(named) && *named != room && !allowed.contains(named));
            wrong.extend(named.iter().map(|named| format!("{}: `{room}` names `{named}`", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rooms_of_the_app_stand_on_those_above_them_in_the_list() {
    for (at, (room, allowed)) in MAY_USE_IN_APP.iter().enumerate() {
        let lower: Vec<&str> = MAY_USE_IN_APP[..at].iter().map(|(room, _)| *room).collect();
        assert!(allowed.iter().all(|name| lower.contains(name)), "`{room}` uses what is not below it");
    }
}

/// A part that the others of its room may name though it names them: the methods of the one `Repo` lie beside
/// what they are about, and an index of a pack tells what is wrong with it.
const HUBS: [(&str, &str); 2] = [("git", "repo"), ("git/packs", "index")];

/// Every folder of sources, by its path below `src`.
fn folders() -> Vec<String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut left) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = left.pop() {
        let within = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        left.extend(within.filter(|path| path.is_dir() && !path.ends_with("tests")));
        found.push(folder.strip_prefix(&top).unwrap().to_string_lossy().into_owned());
    }
    found
}

/// Which of the parts of a room each of them names.
fn named_in(room: &str) -> BTreeMap<String, BTreeSet<String>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
    let within = room.replace('/', "::");
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources(room) {
        let mut modules: Vec<String> = path
            .with_extension("")
            .strip_prefix(&top)
            .map(|path| path.iter().map(|part| part.to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        modules.retain(|module| module != "mod");
        if modules.is_empty() || modules.iter().any(|module| module == "tests") {
            continue;
        }
        let text = code(&text).collect::<Vec<_>>().join("\n");
        let mut others = named_after(&text, &format!("crate::{within}::"));
        others.extend(named_after(&text, &"super::".repeat(modules.len())));
        named.entry(modules.swap_remove(0)).or_default().extend(others.into_iter().map(str::to_owned));
    }
    let parts: BTreeSet<String> = named.keys().cloned().collect();
    for (part, others) in &mut named {
        others.retain(|other| other != part && parts.contains(other));
    }
    named
}

#[test]
fn no_parts_of_a_room_name_each_other_in_a_circle() {
    // Between the rooms of all, and of `app`, the lists above hold the order.
    let rooms = folders().into_iter().filter(|room| !room.is_empty() && room != "app");
    let mut wrong = Vec::new();
    for room in rooms {
        let mut left = named_in(&room);
        for (_, hub) in HUBS.iter().filter(|(of, _)| *of == room) {
            left.remove(*hub);
            for others in left.values_mut() {
                others.remove(*hub);
            }
        }
        // What names nothing that is left is in no circle.
        while let Some(free) = left.iter().find(|(_, others)| others.is_empty()).map(|(part, _)| part.clone()) {
            left.remove(&free);
            for others in left.values_mut() {
                others.remove(&free);
            }
        }
        wrong.extend(left.iter().map(|(part, others)| format!("{room}: `{part}` names {others:?}")));
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
    let names = |folder: &Path| -> Vec<(String, bool)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), path.is_dir())).collect()
    };
    let mut unlisted = names(&root);
    unlisted.retain(|(name, _)| name != "lib" && name != "main" && !MAY_USE.iter().any(|(room, _)| room == name));
    let mut of_app = names(&root.join("app"));
    of_app.retain(|(name, is_dir)| *is_dir && !MAY_USE_IN_APP.iter().any(|(room, _)| room == name));

    assert_eq!((unlisted, of_app), (Vec::new(), Vec::new()));
}

/// One that is run in another way would see replacement refs, which anybody may have pushed.
#[test]
fn git_is_run_from_one_place() {
    let makes_one = |line: &str| line.contains("Command::new(\"git\")") || line.contains("Command::new(&self.program)");

    let elsewhere = sources("").into_iter().filter(|(path, _)| !path.ends_with("git/command.rs"));
    let wrong: Vec<PathBuf> = elsewhere.filter(|(_, text)| code(text).any(makes_one)).map(|(path, _)| path).collect();

    assert_eq!(wrong, Vec::<PathBuf>::new());
}
