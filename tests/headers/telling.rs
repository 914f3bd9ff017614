//! What is told of signed files, and that the commands it names do what they say.

use std::path::Path;

use serde_json::Value;

use crate::support::{Scratch, aws_key};
use crate::{ATTACKS, SCRIPT, edit, sign, signed, text, verify};

#[test]
fn what_was_changed_is_shown_beside_what_was_signed_without_secrets() {
    let scratch = signed();
    let secret = aws_key();
    edit(&scratch, "run.sh", "echo two", &format!("echo {secret}"));

    let said = scratch.run(&["verify", "run.sh"]);
    let json = scratch.run(&["verify", "run.sh", "--format", "json"]).json();

    let diff = "@@ -17 +17 @@\n \n echo one\n-echo two\n+echo AKIA****************\n";
    assert_eq!(json["files"][0]["diff"], diff);
    assert_eq!(json["files"][0]["line"], 19);
    assert!(said.out.starts_with("tampered: run.sh:19: the content below its header was changed\n"), "{}", said.out);
    assert!(said.out.contains("\n  -echo two\n  +echo AKIA****************\n"), "{}", said.out);
    assert!(!said.out.contains(&secret));
    let blob = json["next"].as_str().unwrap().split(' ').nth(8).unwrap().to_owned();
    assert_eq!(scratch.git(&["cat-file", "blob", &blob]), scratch.git(&["cat-file", "blob", "HEAD:run.sh"]));
}

#[test]
fn the_rules_and_the_entries_of_signed_files_are_told() {
    let scratch = signed();

    let explained = scratch.run(&["rules", "explain", "header/removed"]);
    let of_script = scratch.run(&["audit", "log", "--path", "run.sh", "--kind", "sign", "--format", "json"]);

    assert_eq!(explained.code, 0, "{}", explained.err);
    assert!(explained.out.contains("a protection header was removed"), "{}", explained.out);
    assert_eq!(scratch.run(&["rules", "explain", "header/nothing"]).code, 2);
    assert_eq!(of_script.out.lines().count(), 1);
}

/// Runs the commands that a report names, each in a repository of its own.
fn follow(prepare: &dyn Fn() -> Scratch, path: &str) {
    let count = prepare().run(&["verify", path, "--format", "json"]).json()["next"].as_str().unwrap().lines().count();
    for at in 0..count {
        let scratch = prepare();
        let report = scratch.run(&["verify", path, "--format", "json"]).json();
        let line = report["next"].as_str().unwrap().lines().nth(at).unwrap().to_owned();
        let command = line.split_once(": ").unwrap().1;
        let program = Path::new(env!("CARGO_BIN_EXE_gov-hook")).parent().unwrap();
        let searched = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut shell = scratch.command("sh", &scratch.path(""));
        let done = shell.args(["-c", command]).env("PATH", searched).output().unwrap();
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        if !line.contains("audit sync") {
            assert_eq!(verify(&scratch, &[path]), (0, vec![]), "{line}");
        }
    }
}

#[test]
fn every_command_that_a_report_names_does_what_it_says() {
    for (what, attack, wanted) in ATTACKS {
        let prepare = || {
            let scratch = signed();
            attack(&scratch);
            scratch
        };
        assert_eq!(prepare().run(&["verify", "--all"]).code, 1, "{what}");
        follow(&prepare, wanted.split(' ').next().unwrap());
    }
    let policy = "version: 1\nheaders: { required: [\"gen/**\"] }\n";
    let theirs = Scratch::new();
    theirs.write("run.sh", SCRIPT);
    sign(&theirs, &["run.sh"], "staging");
    let forged = text(&theirs, "run.sh");
    let file = |path: &'static str, content: String| {
        move || {
            let scratch = signed();
            scratch.origin();
            scratch.git(&["push", "-q", "origin", "main"]);
            scratch.policy(policy);
            scratch.write(path, &content);
            scratch
        }
    };
    follow(&file("gen/it's new.sh", SCRIPT.into()), "gen/it's new.sh");
    follow(&file("gen/forged.sh", forged.clone()), "gen/forged.sh");
    follow(&file("plain.sh", SCRIPT.into()), "plain.sh");
    follow(&file("forged.sh", forged.replace("echo two", "echo 2")), "forged.sh");
    follow(&file("elsewhere.sh", forged.replace("Environment: staging", "Environment: moon")), "elsewhere.sh");
    let scratch = file("damaged.sh", forged.replace("Artifact Hash: ", "Artifact Hash: no "))();
    let report = scratch.run(&["verify", "damaged.sh", "--format", "json"]).json();
    let next = "take out what is left of a header on line 2, then: gov-hook sign damaged.sh --env dev";
    assert_eq!(report["next"], next);
    let promoted = scratch.run(&["verify", "run.sh", "--env", "prod"]);
    assert!(promoted.out.trim_end().ends_with("gov-hook verify run.sh --env dev"), "{}", promoted.out);
}

#[test]
fn a_command_is_named_as_it_is_typed_in_a_folder() {
    let scratch = Scratch::new();
    scratch.write("src/deep/a b.sh", SCRIPT);
    scratch.write("b.sh", SCRIPT);
    let next = |folder: &str, path: &str| {
        let said = scratch.run_in(&scratch.path(folder), &["verify", path, "--format", "json"]);
        said.json()["next"].as_str().unwrap().to_owned()
    };

    assert_eq!(next("src", "deep/a b.sh"), "sign it: gov-hook sign 'deep/a b.sh' --env dev");
    assert_eq!(next("src/deep", "../../b.sh"), "sign it: gov-hook sign ../../b.sh --env dev");
}

#[test]
fn sign_verify_and_unsign_say_the_same_in_the_same_words() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{}\n");
    let all = |verb: &str, more: &[&str]| {
        let said = scratch.run(&[&[verb, "run.sh", "data.json", "--format", "json"], more].concat());
        (said.code, said.json())
    };

    let told = [all("sign", &["--env", "dev"]), all("verify", &[]), all("unsign", &[])];

    for ((code, json), status) in told.iter().zip(["signed", "verified", "unsigned"]) {
        assert_eq!((*code, &json["exit"], &json["next"]), (0, &0.into(), &Value::Null));
        for file in json["files"].as_array().unwrap() {
            assert_eq!((&file["status"], &file["environment"]), (&status.into(), &"dev".into()));
            assert_eq!(file["artifact_hash"].as_str().unwrap().len(), 64);
        }
    }
    assert_eq!(
        told.map(|(_, json)| json["schema"].clone()),
        ["sign", "verify", "unsign"].map(|verb| format!("gov-hook/{verb}/v1"))
    );
    let (code, refused) = all("unsign", &[]);
    assert_eq!((code, &refused["schema"]), (2, &"gov-hook/error/v1".into()));
}
