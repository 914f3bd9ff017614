//! What somebody hears of a change that passes, as they commit and push it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use support::{Scratch, lines};

/// The built-in law, under which nothing but a `deny` stops a change.
fn installed() -> Scratch {
    let scratch = Scratch::new();
    scratch.run(&["install"]);
    scratch
}

/// What a commit of everything says besides git's own words.
fn committed(scratch: &Scratch) -> String {
    scratch.git(&["add", "--all"]);
    said(scratch, &["commit", "-q", "-m", "Change it"])
}

/// What git's command says to people; what it says to programs is none of gov-hook's business.
fn said(scratch: &Scratch, arguments: &[&str]) -> String {
    let said = scratch.tried(arguments);
    said.passes();
    assert_eq!(said.out, "");
    said.err
}

#[test]
fn nothing_is_said_when_all_is_well() {
    let scratch = installed();
    let origin = scratch.origin();
    scratch.write("a.txt", lines(99));

    let commit = committed(&scratch);
    let push = said(&scratch, &["push", "-q", origin.to_str().unwrap(), "HEAD:refs/heads/main"]);

    assert_eq!(commit, "");
    assert_eq!(push, "");
}

#[test]
fn a_change_that_is_notified_is_told() {
    let scratch = installed();
    scratch.write("a.txt", lines(101));

    assert_eq!(committed(&scratch), "gov-hook: passes: MEDIUM, 1 file, +101 -0, allowed with notice\n");
}

#[test]
fn what_the_level_does_not_hold_is_told_at_the_commit_and_at_the_push() {
    let scratch = installed();
    let origin = scratch.origin();
    scratch.git(&["push", "-q", "--no-verify", origin.to_str().unwrap(), "HEAD:refs/heads/main"]);
    scratch.write("migrations/1.sql", "alter table t add c int;\n");

    let commit = committed(&scratch);
    let push = said(&scratch, &["push", "-q", origin.to_str().unwrap(), "HEAD:refs/heads/main"]);

    let told = "passes: HIGH, 1 file, +1 -0, approval pending (not required at development)\n  \
                hold migrations/1.sql: The shape of stored data is changed [weakening/migration-touched]\n";
    assert_eq!(commit, format!("gov-hook: {told}"));
    assert_eq!(push, format!("gov-hook: main: {told}"));
}

#[test]
fn the_worst_findings_are_told_and_the_others_counted() {
    let scratch = installed();
    scratch.write("a.py", "import numpy as np\n".to_owned() + &"x = np.random.rand(3)\n".repeat(7));
    scratch.write("z/migrations/1.sql", "alter table t add c int;\n");

    let told = committed(&scratch);

    let mut told = told.lines();
    assert!(told.next().unwrap().starts_with("gov-hook: passes: HIGH, 2 files"));
    assert!(told.next().unwrap().starts_with("  hold z/migrations/1.sql: "));
    for line in 2..6 {
        assert!(told.next().unwrap().starts_with(&format!("  warn a.py:{line}: ")));
    }
    assert_eq!(told.next(), Some("  and 3 more"));
    assert_eq!(told.next(), None);
}

#[test]
fn a_push_that_is_refused_for_its_history_is_not_called_passing() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { branches: { main: production } }\n");
    let origin = scratch.origin();
    scratch.git(&["push", "-q", origin.to_str().unwrap(), "HEAD:refs/heads/main"]);
    scratch.write("a.txt", lines(101));
    scratch.commit_all("Change it without hooks");
    scratch.run(&["install"]);

    let push = scratch.tried(&["push", "-q", origin.to_str().unwrap(), "HEAD:refs/heads/main"]);

    assert!(!push.passed(), "{}", push.err);
    assert!(push.err.starts_with("gov-hook: denied: main: 1 commit without a record; "), "{}", push.err);
    assert!(!push.err.contains("passes"), "{}", push.err);
}
