//! Commands that get a message, and when they are run.

use std::fs;

use serde_json::Value;

use crate::receiver::{Mood, Server};
use crate::{commit, flush, repository, waiting};

#[test]
fn a_command_gets_the_message_on_its_standard_input() {
    let server = Server::new(Mood::Well);
    let scratch = repository("  - { on: [\"*\"], command: \"cat > ../told-$GOV_HOOK_EVENT\" }\n");

    commit(&scratch, &server, "engine");
    flush(&scratch, &server);

    let told: Value =
        serde_json::from_str(&fs::read_to_string(scratch.beside("told-approval_pending")).unwrap()).unwrap();
    assert_eq!(told["schema"], "gov-hook/notification/v1");
    assert_eq!(waiting(&scratch).len(), 0);
}

#[test]
fn a_command_of_a_branch_runs_only_once_the_default_branch_names_it() {
    let server = Server::new(Mood::Well);
    let scratch = repository("  - { on: [\"*\"], command: \"true\" }\n");
    scratch.git(&["checkout", "-q", "-b", "strange"]);
    scratch
        .policy(&fs::read_to_string(scratch.path(".gov/policy.yaml")).unwrap().replace("\"true\"", "\"touch ../ran\""));

    commit(&scratch, &server, "engine");
    let vain = flush(&scratch, &server);

    let told = "1 message still waits: command touch ../ran: the policy of main does not name this command\n";
    assert!(vain.out.starts_with(told), "{}", vain.out);
    assert!(!scratch.beside("ran").exists());

    scratch.git(&["branch", "-f", "main", "strange"]);
    assert_eq!(flush(&scratch, &server).code, 0);
    assert!(scratch.beside("ran").exists());
}

#[test]
fn a_command_that_fails_is_tried_again() {
    let server = Server::new(Mood::Well);
    let scratch = repository("  - { on: [\"*\"], command: \"test -e ../ready && touch ../ran\" }\n");
    commit(&scratch, &server, "engine");

    let vain = flush(&scratch, &server);
    assert!(vain.out.contains("the command ended with code 1"), "{}", vain.out);

    fs::write(scratch.beside("ready"), "").unwrap();
    assert_eq!(flush(&scratch, &server).code, 0);
    assert!(scratch.beside("ran").exists());
}

#[test]
fn a_channel_of_a_branch_is_told_nothing_until_the_default_branch_names_it() {
    let server = Server::new(Mood::Well);
    let scratch = repository("  - { on: [\"*\"], command: \"true\" }\n");
    scratch.git(&["checkout", "-q", "-b", "strange"]);
    let webhook = "webhook: { url_env: HOOK, secret_env: HOOK_KEY }";
    let policy = fs::read_to_string(scratch.path(".gov/policy.yaml")).unwrap();
    scratch.policy(&policy.replace("command: \"true\"", webhook));

    commit(&scratch, &server, "engine");
    let vain = flush(&scratch, &server);

    assert!(vain.out.contains("the policy of main does not name this channel"), "{}", vain.out);
    assert_eq!(server.rest().len(), 0);

    scratch.git(&["branch", "-f", "main", "strange"]);
    assert_eq!(flush(&scratch, &server).code, 0);
    assert_eq!(server.rest().len(), 1);
}

#[test]
fn what_no_policy_is_known_to_name_waits_with_the_reason() {
    let server = Server::new(Mood::Well);
    let scratch = repository("  - { on: [\"*\"], command: \"true\" }\n");
    scratch.git(&["checkout", "-q", "-b", "strange"]);
    let policy = fs::read_to_string(scratch.path(".gov/policy.yaml")).unwrap();
    scratch.policy(&policy.replace("\"true\"", "\"touch ../ran\""));
    commit(&scratch, &server, "engine");
    flush(&scratch, &server);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.policy("version: 1\npathz: {}\n");

    let vain = flush(&scratch, &server);

    let why = "whether a policy names this command is not known: HEAD:.gov/policy.yaml has 1 mistake: 2:1: ";
    assert!(vain.out.contains(why), "{}", vain.out);
    assert!(!scratch.beside("ran").exists());
}

#[test]
fn a_command_that_cannot_be_told_the_message_is_not_run() {
    let scratch = repository("  - { on: [\"*\"], command: \"cat > ../told\" }\n");
    scratch.write("core/engine", "engine\n");
    scratch.git(&["add", "--all"]);
    // No system has room for the stack of a thread of this size.
    let without_threads = |verb: &[&str]| {
        scratch.run_with(verb, |command| {
            command.env("RUST_MIN_STACK", "70368744177664");
        })
    };
    assert_eq!(without_threads(&["hook", "pre-commit"]).code, 3);

    let vain = without_threads(&["notify", "flush"]);

    let told = "1 message still waits: command cat > ../told: the shell cannot be started: ";
    assert!(vain.code == 1 && vain.out.starts_with(told), "{}{}", vain.out, vain.err);
    assert!(!scratch.beside("told").exists());
    assert_eq!(scratch.run(&["notify", "flush"]).code, 0);
    assert!(fs::read_to_string(scratch.beside("told")).unwrap().contains("gov-hook/notification/v1"));
}
