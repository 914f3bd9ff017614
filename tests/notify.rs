//! People are told of decisions: once each, whatever the network does, and never at the price of a
//! decision or a secret.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Said, Scratch, aws_key, lines};

const TOKEN: &str = "4815:telegram-token";
const KEY: &str = "the-key-of-the-webhook";

/// Longer than anything here takes, so that a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server does with a request.
#[derive(Clone, Copy)]
enum Mood {
    Well,
    Failing,
    Stalling,
}

struct Request {
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Request {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

struct Server {
    address: String,
    mood: Arc<Mutex<Mood>>,
    /// Connections that wait for an answer.
    stalled: Arc<Mutex<Vec<TcpStream>>>,
    requests: Receiver<Request>,
}

impl Server {
    fn new(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (mood, stalled) = (Arc::new(Mutex::new(mood)), Arc::new(Mutex::new(Vec::new())));
        let (told, requests) = channel();
        let (its_mood, its_stalled) = (Arc::clone(&mood), Arc::clone(&stalled));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else { continue };
                // Told before it is answered: whoever sent it goes on as soon as it is.
                let mood = *its_mood.lock().unwrap();
                let answer: &[u8] = match mood {
                    Mood::Stalling => {
                        its_stalled.lock().unwrap().push(stream.try_clone().unwrap());
                        b""
                    }
                    Mood::Well => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    Mood::Failing => b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                };
                if told.send(request).is_err() {
                    return;
                }
                // Whoever was killed meanwhile wants no answer.
                let _ = stream.write_all(answer);
            }
        });
        Self { address, mood, stalled, requests }
    }

    fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The next request, waited for.
    fn next(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).unwrap()
    }

    /// What came since somebody last looked; nothing is under way any more.
    fn rest(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body: String::from_utf8(body).ok()? })
}

/// A repository with hooks whose policy holds what touches `core/`, and tells of it.
fn repository(notify: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.policy(&format!(
        "version: 1\nenforcement: {{ default: production }}\nroles: {{ admin: [ada@example.com] }}\n\
         paths: {{ protected: [\"core/**\"] }}\nnotify:\n{notify}"
    ));
    scratch.install_hooks();
    scratch
}

const WEBHOOK: &str = "  - { on: [\"*\"], webhook: { url_env: HOOK, secret_env: HOOK_KEY } }\n";

/// What a developer's shell has set.
fn set(command: &mut Command, server: &Server) {
    for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    command
        .env("GOV_HOOK_TELEGRAM_API", &server.address)
        .env("BOT_TOKEN", TOKEN)
        .env("CHAT_HOOK", format!("{}/chat/s3cr3t-path", server.address))
        .env("HOOK", format!("{}/hook?key=s3cr3t-query", server.address))
        .env("HOOK_KEY", KEY);
}

/// A commit by hand, of a file that the policy protects.
fn commit(scratch: &Scratch, server: &Server, name: &str) -> Said {
    scratch.write(&format!("core/{name}"), format!("{name}\n"));
    again(scratch, server)
}

fn again(scratch: &Scratch, server: &Server) -> Said {
    scratch.git(&["add", "--all"]);
    let mut command = scratch.command("git", &scratch.path(""));
    set(&mut command, server);
    let output = command.args(["commit", "-q", "-m", "Change"]).output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(scratch: &Scratch, server: &Server, arguments: &[&str]) -> Said {
    scratch.run_with(arguments, |command| set(command, server))
}

/// Waits for whoever is sending, and sends what is left.
fn flush(scratch: &Scratch, server: &Server) -> Said {
    run(scratch, server, &["notify", "flush"])
}

fn waiting(scratch: &Scratch) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(scratch.path(".git/gov/spool")) else { return Vec::new() };
    files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
}

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
fn what_a_failing_server_does_not_take_is_kept_and_arrives_once_it_recovers() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);

    let held = commit(&scratch, &server, "engine");
    let first = server.next().json()["id"].clone();
    let vain = flush(&scratch, &server);

    assert_eq!(held.code, 1, "{}", held.err);
    assert!(held.err.starts_with("held: HIGH risk"), "{}", held.err);
    assert_eq!((vain.code, waiting(&scratch).len()), (1, 1), "{}", vain.out);
    let told =
        "1 message still waits: webhook HOOK: the server answered 500\nsee which and why: gov-hook notify status\n";
    assert_eq!(vain.out, told);
    assert!(server.rest().iter().all(|request| request.json()["id"] == first));

    server.becomes(Mood::Well);
    let sent = flush(&scratch, &server);
    assert_eq!((sent.code, sent.out.as_str()), (0, "sent 1 message\nnothing waits\n"));
    assert_eq!(server.rest().iter().map(|request| request.json()["id"].clone()).collect::<Vec<_>>(), [first]);

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
    assert!(none.err.contains("HEAD:.gov/policy.yaml tells nobody by telegram"), "{}", none.err);
    assert!(server.next().json()["text"].as_str().unwrap().contains("gov-hook Test"));
}

#[test]
fn the_policy_that_the_documentation_shows_is_sound_and_all_of_it_is_told() {
    let page = include_str!("../docs/notify.md");
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
    assert_eq!(scratch.run_in(&origin, &["notify", "flush"]).out, "nothing waits\n");
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
fn the_doctor_tells_of_what_waits_and_of_whom_nobody_can_tell() {
    let server = Server::new(Mood::Failing);
    let scratch = repository(WEBHOOK);
    let troubles = || {
        let health = scratch.run(&["doctor", "--format", "json"]).json();
        let all = health["troubles"].as_array().unwrap().clone();
        let of_notify = all.into_iter().filter(|trouble| trouble["about"] == "notify");
        of_notify.map(|trouble| trouble["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(troubles(), ["webhook HOOK cannot be told from here: HOOK is not set"]);

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
    assert_eq!((sent.code, sent.out.as_str()), (0, "sent 1 message\nnothing waits\n"));
    assert_eq!(server.rest().iter().map(|request| request.json()["id"].clone()).collect::<Vec<_>>(), [asked]);
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
    assert_eq!(scratch.run_in(&origin, &["notify", "flush"]).out, "nothing waits\n");
    assert_eq!(endpoint.rest().len(), 0, "the same refusal is told once");
    scratch.git(&["reset", "-q", "--hard", "origin/main"]);
    scratch.write("free", "1\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", "Change"]);
    assert!(push());
    assert_eq!(endpoint.next().json()["event"], "auto_approved");
}
