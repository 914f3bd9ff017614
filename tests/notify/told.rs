//! What is told of which decision, and to whom.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::json;

use crate::receiver::{Mood, Request, Server};
use crate::support::{Said, Scratch, aws_key, lines};
use crate::{KEY, TOKEN, WEBHOOK, again, commit, flush, repository, run, set, waiting};

#[test]
fn every_channel_is_told_of_a_held_commit_in_its_own_way() {
    let server = Server::new(Mood::Well);
    let scratch = repository(
        "  - { on: [approval_pending], telegram: { chat: \"-100\", token_env: BOT_TOKEN } }\n  \
         - { on: [\"*\"], slack: { url_env: CHAT_HOOK }, webhook: { url_env: HOOK, secret_env: HOOK_KEY } }\n",
    );

    let said = commit(&scratch, &server, "engine");
    let told: BTreeMap<String, Request> =
        (0..3).map(|_| server.next()).map(|request| (request.path.clone(), request)).collect();

    assert_eq!(said.code, 1, "{}", said.err);
    let telegram = told[&format!("/bot{TOKEN}/sendMessage")].json();
    assert_eq!(telegram["chat_id"], "-100");
    let text = telegram["text"].as_str().unwrap();
    assert!(text.starts_with("⚠️ gov-hook Approval Needed\n\nRepository: work\nBranch: main\n"), "{text}");
    assert!(text.contains("\n• Added: core/engine (+1 lines)\n• Risk: core/engine is protected"), "{text}");
    assert!(told["/chat/s3cr3t-path"].json()["text"].as_str().unwrap().contains("Approval Needed"));
    let hook = &told["/hook?key=s3cr3t-query"];
    let body = hook.json();
    assert_eq!(
        [&body["schema"], &body["event"], &body["risk"]["level"], &body["exit"], &body["gate"]],
        [&json!("gov-hook/notification/v1"), &json!("approval_pending"), &json!("HIGH"), &json!(3), &json!("commit")]
    );
    assert_eq!(hook.headers["x-gov-hook-event"], "approval_pending");
    assert_eq!(body["id"], hook.headers["x-gov-hook-delivery"].as_str());
    let signed = gov_hook::notify::signature(KEY.as_bytes(), hook.body.as_bytes());
    assert_eq!(hook.headers["x-gov-hook-signature"], signed);

    flush(&scratch, &server);
    assert_eq!((server.rest().len(), waiting(&scratch).len()), (0, 0));
}

#[test]
fn the_same_decision_is_told_once_and_another_one_again() {
    let server = Server::new(Mood::Well);
    let scratch = repository(WEBHOOK);

    commit(&scratch, &server, "engine");
    let first = server.next().json()["change"].clone();
    for _ in 0..3 {
        assert_eq!(again(&scratch, &server).code, 1);
    }
    commit(&scratch, &server, "gears");
    let second = server.next().json()["change"].clone();
    flush(&scratch, &server);

    assert_ne!(first, second);
    assert_eq!(server.rest().len(), 0);
}

#[test]
fn a_push_is_told_at_its_gate_and_decided_as_ever() {
    let server = Server::new(Mood::Failing);
    let (told, untold) = (repository(WEBHOOK), repository("  []\n"));
    let mut said = Vec::new();
    for scratch in [&told, &untold] {
        scratch.origin();
        scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
        scratch.write("core/engine", "1\n");
        scratch.git(&["add", "--all"]);
        scratch.git(&["commit", "-q", "--no-verify", "-m", "Change"]);
        let mut command = scratch.command("git", &scratch.path(""));
        set(&mut command, &server);
        let output = command.args(["push", "-q", "origin", "main"]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        said.push((output.status.code(), err.lines().next().unwrap_or_default().to_owned()));
    }

    assert_eq!(said[0], said[1]);
    assert!(said[0].1.starts_with("held: HIGH risk"), "{}", said[0].1);
    let body = server.next().json();
    assert_eq!((&body["gate"], &body["ref"]), (&json!("push"), &json!("refs/heads/main")));
    assert_eq!(waiting(&untold).len(), 0);
}

#[test]
fn check_tells_nobody() {
    let server = Server::new(Mood::Well);
    let scratch = repository(WEBHOOK);
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);

    assert_eq!(run(&scratch, &server, &["check", "--staged", "--gate", "commit"]).code, 3);

    flush(&scratch, &server);
    assert_eq!((server.rest().len(), scratch.path(".git/gov/spool/sent").exists()), (0, false));
}

#[test]
fn an_outcome_that_no_notice_names_is_told_nobody() {
    let server = Server::new(Mood::Well);
    let scratch = repository("  - { on: [blocked], webhook: { url_env: HOOK } }\n");

    scratch.write("docs/a.md", lines(3));
    assert_eq!(again(&scratch, &server).code, 0);
    assert_eq!(commit(&scratch, &server, "engine").code, 1);

    flush(&scratch, &server);
    assert_eq!(server.rest().len(), 0);
}

#[test]
fn the_policy_that_the_documentation_shows_is_sound_and_all_of_it_is_told() {
    let page = include_str!("../../docs/notify.md");
    let policy = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let scratch = Scratch::new();
    scratch.policy(policy);

    let checked = scratch.run(&["policy", "check"]);
    let status = scratch.run(&["notify", "status", "--format", "json"]).json();

    assert_eq!(checked.code, 0, "{}", checked.out);
    let kinds: Vec<&str> =
        status["channels"].as_array().unwrap().iter().map(|told| told["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["telegram", "slack", "webhook", "command"]);
    for channel in status["channels"].as_array().unwrap().iter().filter(|told| told["kind"] != "command") {
        assert_eq!(channel["ready"], false, "{channel}");
    }
}

#[test]
fn what_a_server_lets_in_is_told_from_there_under_the_id_it_has_everywhere() {
    let endpoint = Server::new(Mood::Well);
    let scratch = Scratch::new();
    scratch.policy(&format!("version: 1\nnotify:\n{WEBHOOK}"));
    let origin = scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    let installed = scratch.run_in(&origin, &["install", "--server"]);
    assert_eq!(installed.code, 0, "{}", installed.err);
    scratch.install_hooks();
    scratch.write("docs/a.md", "a\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Write"]);

    let mut push = scratch.command("git", &scratch.path(""));
    set(&mut push, &endpoint);
    assert!(push.args(["push", "-q", "origin", "main"]).status().unwrap().success());
    let told = [endpoint.next().json(), endpoint.next().json()];

    let described: Vec<&str> = told.iter().map(|told| told["described"].as_str().unwrap()).collect();
    assert!(described.contains(&"1 commit to main that origin does not have"), "{described:?}");
    assert!(described.contains(&"1 commit to main that this server does not have"), "{described:?}");
    assert_eq!(told[0]["id"], told[1]["id"]);
    assert_eq!((&told[0]["gate"], &told[0]["exit"]), (&json!("push"), &json!(0)));
    assert_eq!(scratch.run_in(&origin, &["notify", "flush"]).out, "nothing is waiting\n");
}

#[test]
fn a_commit_that_is_refused_for_its_message_is_told_as_refused() {
    let server = Server::new(Mood::Well);
    let scratch = Scratch::new();
    let rule = "- id: own/wip\n  on: message\n  keywords: [wip]\n  regex: '\\bwip\\b'\n  severity: deny\n  \
                message: unfinished work\n  examples: [\"wip: x\"]\n";
    scratch.write(".gov/rules/message.yaml", rule);
    scratch.policy("version: 1\nrules: { extra: [\".gov/rules/*.yaml\"] }\nnotify: [ { on: [blocked], webhook: { url_env: HOOK } } ]\n");
    scratch.install_hooks();
    scratch.write("docs/a.md", "a\n");
    scratch.git(&["add", "--all"]);

    let mut commit = scratch.command("git", &scratch.path(""));
    set(&mut commit, &server);
    assert!(!commit.args(["commit", "-q", "-m", "wip: more"]).output().unwrap().status.success());

    let told = server.next().json();
    assert_eq!((&told["outcome"], &told["exit"]), (&json!("blocked"), &json!(1)));
    assert_eq!(told["findings"][0]["rule"], "own/wip");
}

#[test]
fn an_override_is_told_with_who_answers_for_it_and_why() {
    let server = Server::new(Mood::Well);
    let scratch = Scratch::new();
    scratch.policy(&format!(
        "version: 1\nenforcement: {{ default: staging }}\npaths: {{ protected: [\"core/**\"] }}\nnotify:\n{}",
        WEBHOOK.replace("\"*\"", "overridden")
    ));
    scratch.install_hooks();
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);
    let key = aws_key();

    let reason = format!("all is down, {key} too");
    let said = run(&scratch, &server, &["override", "request", "--staged", "--reason", &reason]);
    assert_eq!(said.code, 0, "{}", said.err);

    let told = server.next();
    let body = told.json();
    assert_eq!((&body["event"], &body["by"]), (&json!("overridden"), &json!("mira@example.com")));
    assert_eq!(body["notes"], "all is down, AKI…(20 characters) too");
    let log = scratch.run(&["audit", "log", "--kind", "override", "--format", "json"]);
    assert!(log.out.contains("all is down") && !log.out.contains(&key), "{}", log.out);
}

/// Lin and Ada may approve, at this machine too; what Mira commits in `core/` is held.
fn held(server: &Server) -> Scratch {
    let scratch = Scratch::new();
    let notify = "  - { on: [approval_pending, approved, rejected, overridden], webhook: { url_env: HOOK } }\n";
    scratch.policy(&format!(
        "version: 1\nenforcement: {{ default: staging }}\npaths: {{ protected: [\"core/**\"], \
         never_auto_approve: [\"keys/**\"] }}\nroles: {{ admin: [ada@example.com], lead: [lin@example.com] }}\n\
         approvals: {{ high: {{ roles: [lead] }}, critical: {{ roles: [admin] }} }}\nnotify:\n{notify}"
    ));
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Change"]);
    assert_eq!(run(&scratch, server, &["request"]).code, 0);
    scratch
}

fn by(scratch: &Scratch, server: &Server, person: &str, arguments: &[&str]) -> Said {
    scratch.git(&["config", "user.email", &format!("{person}@example.com")]);
    run(scratch, server, arguments)
}

#[test]
fn whatever_people_say_of_a_change_is_told() {
    let server = Server::new(Mood::Well);
    let scratch = held(&server);
    let told = |event: &str, by: &str| {
        let body = server.next().json();
        assert_eq!((&body["event"], &body["by"]), (&json!(event), &json!(format!("{by}@example.com"))), "{body}");
        body
    };
    told("approval_pending", "mira");
    let lin = |arguments: &[&str]| {
        let said = by(&scratch, &server, "lin", arguments);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    };

    lin(&["approve", "topic", "--notes", "looked at it"]);
    assert_eq!(told("approved", "lin")["notes"], "looked at it");
    lin(&["revoke", "topic", "--reason", "on second thoughts"]);
    assert_eq!(told("approval_pending", "lin")["notes"], "on second thoughts");
    lin(&["reject", "topic", "--reason", "it leaks"]);
    assert_eq!(told("rejected", "lin")["notes"], "it leaks");
    lin(&["ratify", "topic", "--notes", "it had to be"]);
    assert_eq!(told("approved", "lin")["notes"], "it had to be");
}

#[test]
fn what_a_server_keeps_out_for_want_of_an_approval_is_told_from_there() {
    let endpoint = Server::new(Mood::Well);
    let scratch = Scratch::new();
    scratch.policy(&format!(
        "version: 1\nenforcement: {{ default: staging }}\npaths: {{ protected: [\"core/**\"] }}\n\
         roles: {{ lead: [lin@example.com] }}\napprovals: {{ high: {{ roles: [lead] }} }}\nnotify:\n{WEBHOOK}"
    ));
    let origin = scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scratch.run_in(&origin, &["install", "--server"]).code, 0);
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Change"]);
    let push = || {
        let mut push = scratch.command("git", &scratch.path(""));
        set(&mut push, &endpoint);
        push.env("GOV_HOOK_PUSHER", "mira@example.com").args(["push", "-q", "--no-verify", "origin", "main"]);
        push.output().unwrap().status.success()
    };

    assert!(!push());

    let told = endpoint.next().json();
    assert_eq!((&told["event"], &told["gate"], &told["exit"]), (&json!("approval_pending"), &json!("push"), &json!(3)));
    assert!(!push());
    assert_eq!(scratch.run_in(&origin, &["notify", "flush"]).out, "nothing is waiting\n");
    assert_eq!(endpoint.rest().len(), 0, "the same refusal is told once");
    scratch.git(&["reset", "-q", "--hard", "origin/main"]);
    scratch.write("free", "1\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Change"]);
    assert!(push());
    assert_eq!(endpoint.next().json()["event"], "auto_approved");
}

#[test]
fn no_secret_is_kept_told_or_seen_in_a_list_of_processes() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(
        "  - { on: [\"*\"], telegram: { chat: \"-100\", token_env: BOT_TOKEN }, slack: { url_env: CHAT_HOOK }, \
         webhook: { url_env: HOOK, secret_env: HOOK_KEY } }\n",
    );
    // Stands before the real one and writes down what it is started with.
    let (bin, list) = (scratch.beside("bin"), scratch.beside("arguments"));
    fs::create_dir(&bin).unwrap();
    let real = String::from_utf8(Command::new("sh").args(["-c", "command -v curl"]).output().unwrap().stdout).unwrap();
    fs::write(
        bin.join("curl"),
        format!("#!/bin/sh\necho \"$@\" >> '{}'\nexec {} \"$@\"\n", list.display(), real.trim()),
    )
    .unwrap();
    let mut made = scratch.command("chmod", &bin);
    assert!(made.args(["+x", "curl"]).status().unwrap().success());
    let password = "Xk29-qLm4+vRt7_pWz8bNc";
    scratch.write("core/a.py", format!("password = \"{password}\"\n"));

    let held = again(&scratch, &server);
    for _ in 0..3 {
        server.next();
    }
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&env_path()))).unwrap();
    let vain = scratch.run_with(&["notify", "flush"], |command| {
        set(command, &server);
        command.env("PATH", &path);
    });
    let status = run(&scratch, &server, &["notify", "status"]);
    let as_json = run(&scratch, &server, &["notify", "status", "--format", "json"]);

    assert_eq!((held.code, vain.code, waiting(&scratch).len()), (1, 1, 3), "{}", vain.out);
    assert_eq!(fs::read_to_string(&list).unwrap(), "--disable --config -\n".repeat(3));
    let spool: String = waiting(&scratch).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let bodies: String = server.rest().into_iter().map(|request| request.body).collect();
    for (place, text) in [
        ("the hook", held.err + &held.out),
        ("flush", vain.err + &vain.out),
        ("status", status.out + &as_json.out),
        ("the spool", spool),
        ("what is sent", bodies),
    ] {
        for secret in [TOKEN, KEY, "s3cr3t", password] {
            assert!(!text.contains(secret), "{place} has {secret}: {text}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test puts a program of its own before the machine's")]
fn env_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}
