//! Protection headers: what `sign`, `verify` and `unsign` do in a work tree, and what every gate makes
//! of a file that was tampered with.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod environments;
mod gates;
mod signing;
mod telling;
mod verifying;
mod work_tree;

use std::fs;

use serde_json::Value;

use support::{Said, Scratch};

const SCRIPT: &str = "#!/bin/sh\necho one\necho two\n";

/// A repository with a script and a JSON file, both signed for `dev` and committed.
fn signed() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{ \"limit\": 1 }\n");
    scratch.commit_all("Add two files");
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.commit_all("Sign them");
    scratch
}

fn sign(scratch: &Scratch, paths: &[&str], environment: &str) -> Said {
    let said = scratch.run(&[&["sign"], paths, &["--env", environment]].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    said
}

fn text(scratch: &Scratch, path: &str) -> String {
    fs::read_to_string(scratch.path(path)).unwrap()
}

fn edit(scratch: &Scratch, path: &str, from: &str, to: &str) {
    let before = text(scratch, path);
    assert!(before.contains(from), "{before}");
    scratch.write(path, before.replacen(from, to, 1));
}

/// The exit code and what is told of each file that does not verify.
fn verify(scratch: &Scratch, arguments: &[&str]) -> (i32, Vec<String>) {
    let said = scratch.run(&[&["verify", "--format", "json"], arguments].concat());
    let json = said.json();
    assert_eq!(json["exit"], said.code);
    let files = json["files"].as_array().unwrap().iter().filter(|file| file["status"] != "verified");
    let told = |file: &Value| {
        let rule = file["rule"].as_str().or(file["status"].as_str()).unwrap();
        format!("{} {rule}", file["path"].as_str().unwrap())
    };
    (said.code, files.map(told).collect())
}

fn entries(scratch: &Scratch) -> Vec<Value> {
    let log = scratch.run(&["audit", "log", "--kind", "sign", "--format", "json"]);
    log.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"].clone()).collect()
}

/// A tampering with the signed script, and the rule that finds it.
type Attack = (&'static str, fn(&Scratch), &'static str);

const ATTACKS: [Attack; 8] = [
    ("the body is edited", |scratch| edit(scratch, "run.sh", "echo two", "echo 2"), "run.sh header/body-edited"),
    (
        "the header is edited",
        |scratch| edit(scratch, "run.sh", "Environment: dev", "Environment: prod"),
        "run.sh header/block-edited",
    ),
    ("a warning is edited", |scratch| edit(scratch, "run.sh", "rejected", "accepted"), "run.sh header/block-edited"),
    ("the header is taken away", |scratch| scratch.write("run.sh", SCRIPT), "run.sh header/removed"),
    (
        "the header is put on another body",
        |scratch| {
            let header = text(scratch, "run.sh").replace("echo one\necho two\n", "");
            scratch.write("other.sh", format!("{header}rm -rf build\n"));
        },
        "other.sh header/copied",
    ),
    (
        "there are two headers",
        |scratch| {
            let text = text(scratch, "run.sh");
            let header = text.replace("#!/bin/sh\n", "").replace("echo one\necho two\n", "");
            scratch.write("run.sh", text.replacen("#!/bin/sh\n", &format!("#!/bin/sh\n{header}"), 1));
        },
        "run.sh header/two-blocks",
    ),
    (
        "the header is cut short",
        |scratch| edit(scratch, "run.sh", "Artifact Hash: ", "Artifact Hash: none "),
        "run.sh header/malformed",
    ),
    ("what has no header is edited", |scratch| edit(scratch, "data.json", "1", "1000"), "data.json header/body-edited"),
];

/// The rules of the findings, each with its path.
fn findings(json: &Value) -> Vec<String> {
    let findings =
        json["findings"].as_array().unwrap().iter().filter(|finding| {
            finding["severity"] == "deny" && finding["rule"].as_str().unwrap().starts_with("header/")
        });
    findings
        .map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect()
}
