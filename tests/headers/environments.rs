//! The environment an artifact is signed for, and that nothing but a promotion moves it on.

use crate::support::Scratch;
use crate::{SCRIPT, edit, sign, signed, text, verify};

#[test]
fn an_artifact_may_go_only_where_it_is_signed_for() {
    let scratch = signed();

    let said = scratch.run(&["verify", "run.sh", "--env", "prod"]);

    assert_eq!(said.code, 1);
    assert!(said.out.lines().next().unwrap().contains("dev \u{2192} staging \u{2192} prod"), "{}", said.out);
    assert_eq!(scratch.run(&["verify", "--env", "dev"]).code, 0);
    assert_eq!(scratch.run(&["verify", "--env", "qa"]).code, 2);
    scratch.write("live.sh", "echo live\n");
    sign(&scratch, &["live.sh"], "prod");
    assert_eq!(scratch.run(&["verify", "live.sh", "--env", "prod"]).code, 0);
    assert_eq!(scratch.run(&["verify", "live.sh", "--env", "dev"]).code, 0);
}

#[test]
fn the_environments_are_those_of_the_policy() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenvironments: [ { name: lab }, { name: live } ]\n");
    scratch.write("run.sh", SCRIPT);

    assert_eq!(scratch.run(&["sign", "run.sh", "--env", "dev"]).code, 2);
    sign(&scratch, &["run.sh"], "lab");
    let said = scratch.run(&["verify", "--env", "live"]);

    assert_eq!(said.code, 1);
    assert!(said.out.contains("lab \u{2192} live"), "{}", said.out);
}

#[test]
fn signing_again_replaces_the_header_and_another_environment_is_refused() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");

    sign(&scratch, &["run.sh"], "dev");

    assert_eq!(text(&scratch, "run.sh").matches("CODE PROTECTION").count(), 1);
    assert_eq!(verify(&scratch, &[]), (0, vec![]));
    let before = text(&scratch, "run.sh");
    for path in ["run.sh", "data.json"] {
        let said = scratch.run(&["sign", path, "--env", "prod"]);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.out.contains("only a promotion makes that `prod`"), "{}", said.out);
        assert!(said.out.contains("dev \u{2192} staging \u{2192} prod"), "{}", said.out);
    }
    assert_eq!(text(&scratch, "run.sh"), before);
}

#[test]
fn what_was_signed_for_an_environment_is_moved_on_by_nothing_but_a_promotion() {
    type Trick = (&'static str, fn(&Scratch), &'static str);
    let unsign = |scratch: &Scratch| assert_eq!(scratch.run(&["unsign", "run.sh", "data.json"]).code, 0);
    let tricks: [Trick; 6] = [
        ("the header is taken off", |_| (), "run.sh"),
        ("what only the ledger signed is taken back", |_| (), "data.json"),
        ("it is edited then", |scratch| edit(scratch, "run.sh", "echo two", "echo 2"), "run.sh"),
        ("it is edited then", |scratch| edit(scratch, "data.json", "1", "2"), "data.json"),
        (
            "it is renamed then",
            |scratch| {
                scratch.git(&["mv", "run.sh", "moved.sh"]);
            },
            "moved.sh",
        ),
        (
            "its header is reworded instead",
            |scratch| {
                scratch.git(&["checkout", "-q", "run.sh"]);
                edit(scratch, "run.sh", "Environment: dev", "Environment: prod");
            },
            "run.sh",
        ),
    ];
    for (what, trick, path) in tricks {
        let scratch = signed();
        unsign(&scratch);
        trick(&scratch);
        let before = text(&scratch, path);

        let said = scratch.run(&["sign", path, "--env", "prod"]);

        assert_eq!(said.code, 1, "{what}: {}{}", said.out, said.err);
        let first = said.out.lines().next().unwrap();
        assert!(first.contains("it was signed for `dev`, and only a promotion makes that `prod`"), "{what}: {first}");
        assert!(said.out.trim_end().ends_with(&format!("gov-hook sign {path} --env dev")), "{what}: {}", said.out);
        assert_eq!(text(&scratch, path), before, "{what}");
        let there = scratch.run(&["sign", path, "--env", "dev"]);
        if before.contains("prod") {
            assert_eq!(there.code, 1, "{what}");
            assert!(there.out.contains("its header is damaged: it names another environment"), "{}", there.out);
            assert!(there.out.trim_end().ends_with("gov-hook verify run.sh"), "{}", there.out);
        } else {
            assert_eq!(there.code, 0, "{what}: {}{}", there.out, there.err);
        }
    }
}

#[test]
fn what_another_branch_has_signed_it_for_does_not_matter_here() {
    let scratch = signed();
    scratch.policy("version: 1\nenvironments: [ { name: dev }, { name: staging } ]\n");
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.git(&["rm", "-q", "run.sh", "data.json"]);
    scratch.commit_all("Remove them");
    scratch.write("run.sh", "#!/bin/sh\necho another\n");
    scratch.write("data.json", "[]\n");
    sign(&scratch, &["run.sh", "data.json"], "staging");
    scratch.commit_all("Make others of them");
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    scratch.git(&["checkout", "-q", "."]);
    scratch.git(&["switch", "-q", "main"]);
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "2");

    sign(&scratch, &["run.sh", "data.json"], "dev");

    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    for path in ["run.sh", "data.json"] {
        assert_eq!(scratch.run(&["sign", path, "--env", "staging"]).code, 1);
    }
}

#[test]
fn a_file_whose_header_was_taken_off_in_a_commit_is_signed_anew() {
    let scratch = signed();
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    scratch.commit_all("Take the header off");

    sign(&scratch, &["run.sh"], "prod");

    // One that was never committed is not missed either.
    scratch.write("other.sh", SCRIPT);
    sign(&scratch, &["other.sh"], "dev");
    assert_eq!(scratch.run(&["unsign", "other.sh"]).code, 0);
    sign(&scratch, &["other.sh"], "prod");
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
}

#[test]
fn a_file_like_one_that_was_signed_for_another_environment_is_another_artifact() {
    let scratch = signed();
    scratch.write("copy.sh", SCRIPT);
    scratch.write("copy.json", "{ \"limit\": 1 }\n");

    sign(&scratch, &["copy.sh", "copy.json"], "prod");

    scratch.git(&["rm", "-q", "-f", "run.sh"]);
    scratch.commit_all("Remove the script");
    scratch.write("run.sh", "#!/bin/sh\necho another\n");
    sign(&scratch, &["run.sh"], "prod");
    // Of an environment that the policy does not have any more nothing can be promoted.
    scratch.policy("version: 1\nenvironments: [ { name: lab }, { name: prod } ]\n");
    let stands = scratch.run(&["sign", "data.json", "--env", "lab"]);
    assert_eq!(stands.code, 1);
    assert!(stands.out.contains("take the old header off: gov-hook unsign data.json"), "{}", stands.out);
    assert_eq!(scratch.run(&["unsign", "data.json"]).code, 0);
    sign(&scratch, &["data.json"], "lab");
}
