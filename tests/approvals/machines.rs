//! What is told to machines, and what a person at a terminal is asked.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use gov_hook::model::EntryKind;
use serde_json::{Value, json};

use crate::support::lines;
use crate::team::{POLICY, Team};

#[test]
fn every_verb_that_puts_a_word_on_record_says_it_as_json() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    let asked = team.json("mira", &["request", "--reason", "the shop is slow"]);
    let id = team.id();
    assert_eq!((&asked["schema"], &asked["exit"]), (&json!("gov-hook/request/v1"), &json!(0)));
    assert_eq!(asked["recorded"][0]["ref"], "refs/heads/main");
    assert_eq!(asked["recorded"][0]["needed"][0]["roles"], json!(["tech_lead", "admin"]));
    team.gov("mira", &["audit", "sync"]);
    for person in ["lin", "ada", "sam"] {
        team.gov(person, &["audit", "sync"]);
    }
    let recorded = |person: &str, arguments: &[&str], schema: &str| -> Value {
        let said = team.json(person, arguments);
        assert_eq!((&said["schema"], &said["exit"]), (&json!(format!("gov-hook/{schema}/v1")), &json!(0)), "{said}");
        assert_eq!(said["recorded"][0]["by"], format!("{person}@example.com"));
        assert_eq!(said["recorded"][0]["entry"].as_str().unwrap().len(), 64);
        said["recorded"][0].clone()
    };

    let approved = recorded("lin", &["approve", &id, "--expires", "2h"], "approve");
    assert_eq!((&approved["outcome"], &approved["signed"]), (&json!("approved"), &json!(true)));
    assert_eq!((&approved["needed"], approved["expires"].is_string()), (&json!([]), true));
    assert_eq!(recorded("lin", &["revoke", &id], "revoke")["outcome"], "approval_pending");
    let rejected = recorded("sam", &["reject", &id, "--reason", "it leaks", "--blocking", "close it"], "reject");
    assert_eq!((&rejected["outcome"], &rejected["expires"]), (&json!("rejected"), &Value::Null));
    recorded("mira", &["override", "request", "--reason", "all is down"], "override-request");
    team.gov("mira", &["audit", "sync"]);
    team.gov("ada", &["audit", "sync"]);
    let granted = recorded("ada", &["override", "grant", &id], "override-grant");
    assert_eq!(granted["outcome"], "overridden");

    let refused = team.gov("mira", &["approve", &id, "--format", "json"]);

    assert_eq!(refused.code, 1);
    let refused = refused.json();
    assert_eq!((&refused["exit"], &refused["recorded"]), (&json!(1), &json!([])));
    let why = "denied: your approval would not count: mira@example.com wrote or committed a part of the change";
    assert_eq!(refused["said"], json!([why]));
    let lost = team.gov("lin", &["approve", "ffffffffffff", "--format", "json"]);
    assert_eq!((lost.code, &lost.json()["schema"]), (2, &json!("gov-hook/error/v1")));
}

#[test]
fn a_request_that_nobody_answered_is_put_down_and_told_as_rejected() {
    let team = Team::new();
    // Nobody sets the variable, so what is told stays where it can be read.
    let notify = "notify: [ { on: [rejected], webhook: { url_env: NOWHERE } } ]\n";
    fs::write(team.at("ada").join(".gov/policy.yaml"), format!("{POLICY}{notify}")).unwrap();
    team.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "Tell of rejections"]);
    team.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
    team.git("mira", &["pull", "-q", "--rebase", "origin", "main"]);
    let id = team.held("core/a.txt", &lines(6));
    team.forge("mira", EntryKind::Request, None, |entry| {
        entry.body.insert("expires".into(), json!(entry.time.to_string()));
    });
    let told = |person: &str| -> Vec<Value> {
        let Ok(files) = fs::read_dir(team.at(person).join(".git/gov/spool")) else { return Vec::new() };
        let paths = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
        let letters = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
        letters.map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect()
    };
    let put_down = || {
        let log = team.gov("mira", &["audit", "log", "--kind", "reject", "--format", "json"]).out;
        log.lines().filter(|line| line.contains("\"cause\":\"timeout\"")).count()
    };
    assert_eq!((told("mira").len(), put_down()), (0, 0));

    assert_eq!(team.gov("mira", &["audit", "sync"]).code, 0);
    assert_eq!((told("mira").len(), put_down()), (1, 1), "whoever asked sends what they wrote");
    team.gov("mira", &["audit", "sync"]);
    assert_eq!((told("mira").len(), put_down()), (1, 1), "once");
    let letter = told("mira")[0].to_string();
    assert!(letter.contains("nobody answered the request in time") && letter.contains("rejected"), "{letter}");

    team.gov("lin", &["audit", "sync"]);
    let late = team.gov("lin", &["approve", &id]);
    assert_eq!(late.code, 2, "{}{}", late.out, late.err);
    assert!(late.err.contains("let mira@example.com ask again, with gov-hook request and gov-hook"), "{}", late.err);
    assert_eq!(team.gov("mira", &["request"]).code, 0);
    team.gov("mira", &["audit", "sync"]);
    assert_eq!(team.approve("lin", &id).code, 0);
    team.lands("main");
}

#[test]
fn at_a_terminal_a_person_sees_what_it_is_and_says_yes_first() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    let typed = |answer: &str| {
        let mut command = team.scratch.command("script", &team.at("lin"));
        let approve = format!("'{}' approve {id}", env!("CARGO_BIN_EXE_gov-hook"));
        command.args(["-q", "-e", "-c", &approve, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap().replace('\r', ""))
    };

    let (code, said) = typed("n\n");

    assert_eq!(code, 1, "{said}");
    assert!(said.contains("  M  +1  -0  protected  core/a.txt\n"), "{said}");
    assert!(said.contains("approve this? [y/N] ") && said.ends_with("nothing was put on record\n"), "{said}");
    let (code, said) = typed("y\n");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("it has all the approvals it needs\n"), "{said}");
}
