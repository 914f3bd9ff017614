//! What `check` answers whatever becomes of its output.

use std::fs;

use serde_json::Value;

use crate::support::{Scratch, secret_line};

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
