//! Messages that wait, arrive later, are tried again or are given up.

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::Shutdown;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::receiver::{Mood, Server};
use crate::{WEBHOOK, commit, flush, repository, run, set, waiting};

#[test]
fn what_a_failing_server_does_not_take_is_kept_and_arrives_once_it_recovers() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);

    let held = commit(&scratch, &server, "engine");
    let first = server.next().json()["id"].clone();
    let rest = || -> Vec<Value> { server.rest().iter().map(|request| request.json()["id"].clone()).collect() };
    let vain = flush(&scratch, &server);

    assert_eq!(held.code, 1, "{}", held.err);
    assert!(held.err.starts_with("held: HIGH risk"), "{}", held.err);
    assert_eq!((vain.code, waiting(&scratch).len()), (1, 1), "{}", vain.out);
    let told =
        "1 message still waits: webhook HOOK: the server answered 500\nsee which and why: gov-hook notify status\n";
    assert_eq!(vain.out, told);
    assert_eq!(rest(), std::slice::from_ref(&first));

    server.becomes(Mood::Well);
    let sent = flush(&scratch, &server);
    assert_eq!((sent.code, sent.out.as_str()), (0, "sent 1 message\nnothing is waiting\n"));
    assert_eq!(rest(), [first]);

    flush(&scratch, &server);
    assert_eq!((server.rest().len(), waiting(&scratch).len()), (0, 0));
}

#[test]
fn the_next_hook_brings_what_an_earlier_one_could_not() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);
    commit(&scratch, &server, "engine");
    let first = server.next().json()["id"].clone();
    flush(&scratch, &server);
    server.rest();

    server.becomes(Mood::Well);
    commit(&scratch, &server, "gears");

    let second = [server.next(), server.next()].map(|request| request.json()["id"].clone());
    assert_eq!(second[0], first);
    assert_ne!(second[1], first);
}

#[test]
fn a_hook_is_done_while_the_server_still_stalls() {
    let server = Server::new(Mood::Stalling);
    let scratch = repository(WEBHOOK);

    let held = commit(&scratch, &server, "engine");
    let asked = server.next();

    assert_eq!(held.code, 1);
    assert!(held.err.starts_with("held: HIGH risk"), "{}", held.err);
    {
        let mut stalled = server.stalled.lock().unwrap();
        let stream = &mut stalled[0];
        stream.set_nonblocking(true).unwrap();
        // Whoever sends has not given up: it is no hook that waited for it to.
        assert_eq!(stream.read(&mut [0]).map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
        server.becomes(Mood::Well);
        stream.shutdown(Shutdown::Both).unwrap();
    }
    flush(&scratch, &server);
    let arrived: Vec<Value> = server.rest().iter().map(|request| request.json()["id"].clone()).collect();
    assert_eq!(arrived, [asked.json()["id"].clone()]);
    assert_eq!(waiting(&scratch).len(), 0);
}

#[test]
fn many_who_send_at_once_send_each_message_once() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);
    for name in ["a", "b", "c", "d", "e", "f"] {
        commit(&scratch, &server, name);
        server.next();
    }
    flush(&scratch, &server);
    server.rest();
    assert_eq!(waiting(&scratch).len(), 6);

    server.becomes(Mood::Well);
    let flushes: Vec<_> = (0..6)
        .map(|_| {
            let mut command = scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &scratch.path(""));
            set(&mut command, &server);
            command.args(["notify", "flush"]).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut flush in flushes {
        assert!(flush.wait().unwrap().success());
    }

    let mut ids: Vec<String> = server.rest().iter().map(|request| request.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), 6);
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), waiting(&scratch).len()), (6, 0));
}

#[test]
fn without_curl_everything_waits_and_status_says_why() {
    let server = Server::new(Mood::Well);
    let scratch = repository(WEBHOOK);
    let bin = scratch.beside("bin");
    fs::create_dir(&bin).unwrap();
    for program in ["git", "sh"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap().stdout;
        std::os::unix::fs::symlink(String::from_utf8(found).unwrap().trim(), bin.join(program)).unwrap();
    }
    let bare = |arguments: &[&str]| {
        scratch.run_with(arguments, |command| {
            set(command, &server);
            command.env("PATH", &bin);
        })
    };
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);

    let held = bare(&["hook", "pre-commit"]);
    let vain = bare(&["notify", "flush"]);
    let status = bare(&["notify", "status"]);

    assert_eq!((held.code, vain.code), (3, 1));
    assert!(vain.out.starts_with("1 message still waits: webhook HOOK: curl is not on PATH\n"), "{}", vain.out);
    assert!(status.out.starts_with("1 message waits\n"), "{}", status.out);
    assert!(status.out.contains("\n  webhook HOOK on everything: curl is not on PATH\n"), "{}", status.out);

    assert_eq!(flush(&scratch, &server).code, 0);
    assert_eq!(server.rest().len(), 1);
}

#[test]
fn a_variable_that_is_not_set_is_named_and_the_message_waits_for_it() {
    let server = Server::new(Mood::Well);
    let scratch = repository(WEBHOOK);
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);
    assert_eq!(scratch.run(&["hook", "pre-commit"]).code, 3);

    let vain = scratch.run(&["notify", "flush"]);
    assert_eq!(vain.code, 1);
    assert!(vain.out.starts_with("1 message still waits: webhook HOOK: HOOK is not set\n"), "{}", vain.out);

    assert_eq!(flush(&scratch, &server).code, 0);
    assert_eq!(server.rest().len(), 1);
}

#[test]
fn what_waits_too_long_or_is_too_much_is_dropped_and_told() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);
    commit(&scratch, &server, "engine");
    server.next();
    flush(&scratch, &server);
    let letter = &waiting(&scratch)[0];
    let text = fs::read_to_string(letter).unwrap();
    let id = serde_json::from_str::<Value>(&text).unwrap()["id"].as_str().unwrap().to_owned();
    let name = letter.file_name().unwrap().to_str().unwrap();
    let now: u64 = name.split('-').next().unwrap().parse().unwrap();
    for other in 0..1_000_u64 {
        // Eight of them are eight days old, the rest come after what is there.
        let at = if other < 8 { now - 8 * 86_400_000 } else { now + other };
        let other_id = format!("{other:012}{}", id.get(12..).unwrap());
        let path = letter.with_file_name(format!("{at:013}-00-{other:012}.json"));
        fs::write(path, text.replace(&id, &other_id)).unwrap();
    }

    let vain = flush(&scratch, &server);

    let told = "dropped 8 messages that waited for more than 7 days or were more than 1,000\n993 messages still wait: ";
    assert!(vain.out.starts_with(told), "{}", vain.out);
    let status = run(&scratch, &server, &["notify", "status", "--format", "json"]).json();
    assert_eq!((&status["dropped"], status["waiting"].as_array().unwrap().len()), (&json!(8), 993));
    for other in 2_000..2_017_u64 {
        let path = letter.with_file_name(format!("{:013}-00-{other:012}.json", now + other));
        fs::write(path, text.replace(&id, &format!("{other:012}{}", id.get(12..).unwrap()))).unwrap();
    }
    assert!(flush(&scratch, &server).out.starts_with("dropped 10 messages"), "the oldest of more than 1,000");
    assert!(!letter.exists());
}

#[test]
fn a_test_message_says_of_each_channel_whether_it_arrived() {
    let server = Server::new(Mood::Well);
    let scratch = repository(
        "  - { on: [blocked], slack: { url_env: CHAT_HOOK }, webhook: { url_env: NOT_SET }, command: \"exit 4\" }\n",
    );

    let all = run(&scratch, &server, &["notify", "test"]);
    let one = run(&scratch, &server, &["notify", "test", "--channel", "slack"]);
    let none = run(&scratch, &server, &["notify", "test", "--channel", "telegram"]);

    let told = "slack CHAT_HOOK: sent\nwebhook NOT_SET: failed: NOT_SET is not set\n\
                command exit 4: failed: the command ended with code 4\n";
    assert_eq!((all.code, all.out.as_str()), (1, told));
    assert_eq!((one.code, one.out.as_str()), (0, "slack CHAT_HOOK: sent\n"));
    assert_eq!(none.code, 2);
    assert!(none.err.contains("HEAD:.gov/policy.yaml notifies nobody over telegram"), "{}", none.err);
    assert!(server.next().json()["text"].as_str().unwrap().contains("gov-hook Test"));
}

#[test]
fn the_doctor_tells_of_what_waits_and_of_whom_nobody_can_tell() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);
    let troubles = || {
        let health = scratch.run(&["doctor", "--format", "json"]).json();
        let all = health["troubles"].as_array().unwrap().clone();
        let of_notify = all.into_iter().filter(|trouble| trouble["about"] == "notify");
        of_notify.map(|trouble| trouble["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(troubles(), ["webhook HOOK cannot be reached from here: HOOK is not set"]);

    commit(&scratch, &server, "engine");
    server.next();
    flush(&scratch, &server);

    assert_eq!(troubles().last().map(String::as_str), Some("1 message waits to be sent"));
}

#[test]
fn a_sender_that_is_killed_leaves_its_message_to_the_next() {
    let server = Server::new(Mood::Stalling);
    let scratch = repository(WEBHOOK);
    scratch.write("core/engine", "1\n");
    scratch.git(&["add", "--all"]);
    assert_eq!(scratch.run(&["hook", "pre-commit"]).code, 3);
    assert_eq!(scratch.run(&["notify", "flush"]).code, 1);

    let mut sender = scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &scratch.path(""));
    set(&mut sender, &server);
    let mut sender = sender.args(["notify", "flush"]).stdout(Stdio::null()).spawn().unwrap();
    let asked = server.next().json()["id"].clone();
    sender.kill().unwrap();
    sender.wait().unwrap();
    assert_eq!(waiting(&scratch).len(), 1);

    server.becomes(Mood::Well);
    let sent = flush(&scratch, &server);
    assert_eq!((sent.code, sent.out.as_str()), (0, "sent 1 message\nnothing is waiting\n"));
    assert_eq!(server.rest().iter().map(|request| request.json()["id"].clone()).collect::<Vec<_>>(), [asked]);
}
