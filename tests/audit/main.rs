//! The ledger under attack: whatever is done to it with git's own tools is found, and told by its code.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod anchors;
mod attacks;
mod coverage;
mod layout;
mod replay;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use gov_hook::model::Sha256;
use serde_json::{Value, json};

use support::{Scratch, lines};

/// A repository whose hooks are gov-hook's, with three commits since.
fn governed() -> Scratch {
    let scratch = Scratch::new();
    scratch.install_hooks();
    for number in 1..=3 {
        scratch.write(&format!("file-{number}.txt"), lines(number));
        scratch.commit_by_hand(&format!("Add file {number}"));
    }
    scratch
}

/// The one stream besides genesis.
fn stream(scratch: &Scratch) -> String {
    scratch.streams().remove(0)
}

/// An object written from these bytes.
fn object(scratch: &Scratch, arguments: &[&str], bytes: &[u8]) -> String {
    let mut command = scratch.command("git", &scratch.path(""));
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn blob(scratch: &Scratch, bytes: &[u8]) -> String {
    object(scratch, &["hash-object", "-w", "--stdin"], bytes)
}

/// The objects that have notes in the stream, with the text of each.
fn notes(scratch: &Scratch, reference: &str) -> Vec<(String, String)> {
    let listed = scratch.git(&["notes", "--ref", reference, "list"]);
    let note = |line: &str| {
        let (blob, object) = line.split_once(' ').unwrap();
        (object.to_owned(), scratch.git(&["cat-file", "blob", blob]) + "\n")
    };
    listed.lines().map(note).collect()
}

/// Puts other bytes into a note, as `git notes` would.
fn replace_note(scratch: &Scratch, reference: &str, object: &str, text: &[u8]) {
    let blob = blob(scratch, text);
    scratch.git(&["notes", "--ref", reference, "add", "-f", "-C", &blob, object]);
}

/// Replaces the stream by these lines, as if nothing had ever been otherwise.
fn forge_lines(scratch: &Scratch, reference: &str, lines: &[String]) {
    let blob = blob(scratch, (lines.join("\n") + "\n").as_bytes());
    let root = scratch.git(&["rev-list", "--max-parents=0", "HEAD"]);
    let tree = object(scratch, &["mktree"], format!("100644 blob {blob}\t{root}\n").as_bytes());
    let commit = scratch.git(&["commit-tree", "-m", "forged", &tree]);
    scratch.git(&["update-ref", reference, &commit]);
    forget(scratch);
}

fn forge(scratch: &Scratch, reference: &str, entries: &[Value]) {
    let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
    forge_lines(scratch, reference, &lines);
}

/// The id of an entry: the digest of its line.
fn id(entry: &Value) -> String {
    Sha256::of(entry.to_string().as_bytes()).to_string()
}

/// A chain that fits together again.
fn chained(mut entries: Vec<Value>) -> Vec<Value> {
    let mut prev = None;
    for (seq, entry) in entries.iter_mut().enumerate() {
        entry["seq"] = json!(seq);
        if let Some(prev) = prev {
            entry["prev"] = json!(prev);
        }
        prev = Some(id(entry));
    }
    entries
}

/// A clone that has never verified.
fn forget(scratch: &Scratch) {
    for name in ["pins.json", "verified"] {
        let _ = fs::remove_file(scratch.path(".git/gov").join(name));
    }
}

/// The exit code of `audit verify` and the codes of the damage it tells.
fn verified(scratch: &Scratch) -> (i32, Vec<String>) {
    let said = scratch.run(&["audit", "verify", "--format", "json"]);
    let json = said.json();
    let codes = json["damage"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let mut codes: Vec<String> = codes.map(|damage| damage["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes.dedup();
    (said.code, codes)
}

/// Does something to a sound ledger and tells what is found.
fn attacked(attack: impl Fn(&Scratch, &str)) -> (i32, Vec<String>) {
    let scratch = governed();
    attack(&scratch, &stream(&scratch));
    verified(&scratch)
}

fn broken(codes: &[&str]) -> (i32, Vec<String>) {
    (1, codes.iter().map(|code| (*code).to_owned()).collect())
}

fn sound() -> (i32, Vec<String>) {
    (0, Vec::new())
}
