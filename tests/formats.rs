//! Every format says the same verdict, and none changes the exit code.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use serde_json::Value;
use support::{Scratch, UNTOLD, secret_line};

const FORMATS: [&str; 6] = ["human", "json", "sarif", "github", "gitlab", "junit"];

const POLICY: &str = "\
version: 1
enforcement: { default: staging }
paths: { protected: [\"core/**\"] }
roles: { admin: [ada@example.com] }
approvals: { high: { count: 1, roles: [admin] }, critical: { count: 1, roles: [admin] } }
";

/// A repository with a policy, and something staged that has the exit code wanted.
fn staged(code: i32) -> Scratch {
    let scratch = Scratch::new();
    scratch.policy(POLICY);
    match code {
        0 => scratch.write("a.txt", "plain\n"),
        1 => scratch.write("a.txt", secret_line()),
        _ => scratch.write("core/a.txt", "protected\n"),
    }
    scratch.git(&["add", "--all"]);
    scratch
}

#[test]
fn a_format_never_changes_the_exit_code() {
    for code in [0, 1, 3] {
        let scratch = staged(code);

        let codes = FORMATS.map(|format| scratch.run(&["check", "--staged", "--format", format]).code);

        assert_eq!(codes, [code; 6]);
    }
}

#[test]
fn a_failure_has_one_exit_code_in_every_format() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nnonsense: true\n");

    let said = FORMATS.map(|format| scratch.run(&["check", "HEAD~0", "--staged", "--format", format]).code);
    let broken = FORMATS.map(|format| scratch.run(&["check", "--staged", "--format", format]).code);

    assert_eq!((said, broken), ([2; 6], [2; 6]));
}

#[test]
fn no_format_shows_the_secret() {
    let scratch = staged(1);

    for format in FORMATS {
        let said = scratch.run(&["check", "--staged", "--verbose", "--format", format]);
        assert!(!said.out.contains(UNTOLD), "{format}: {}", said.out);
        assert!(said.out.contains("AWS access key id"), "{format}: {}", said.out);
    }
}

#[test]
fn sarif_is_valid_by_its_schema() {
    for code in [0, 1, 3] {
        let said = staged(code).run(&["check", "--staged", "--format", "sarif"]);
        assert_eq!(errors_of_sarif(&said.json()), Vec::<String>::new());
        assert_eq!(said.json()["runs"][0]["invocations"][0]["exitCode"], code);
    }
}

fn errors_of_sarif(log: &Value) -> Vec<String> {
    let schema = include_str!("fixtures/sarif-2.1.0.schema.json");
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    // Two of its patterns have a bracket too many for any engine of regular expressions.
    for definition in ["translationMetadata", "toolComponent", "run"] {
        schema["definitions"][definition]["properties"]["language"]["pattern"] = Value::from(".*");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(log).map(|error| error.to_string()).collect()
}

#[test]
fn json_is_valid_by_its_own_schema() {
    let schema: Value = serde_json::from_str(include_str!("../src/report/check-v1.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();

    for code in [0, 1, 3] {
        let json = staged(code).check(&["--staged"]);
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn a_failure_is_json_for_whoever_asked_for_json() {
    let scratch = Scratch::new();

    let said = scratch.run(&["check", "no-such-revision", "--format", "json"]);

    assert_eq!(said.code, 2);
    assert_eq!(said.json()["schema"], "gov-hook/error/v1");
    assert_eq!(said.json()["error"], "`no-such-revision` is not a commit, branch or tag here");
    assert!(said.err.starts_with("gov-hook could not decide, so nothing may pass: `no-such-revision`"), "{}", said.err);
}

/// A pipeline that uploads a report shows what was in the way, rather than that there is no report.
#[test]
fn a_failure_is_told_in_every_format_that_a_pipeline_reads() {
    let scratch = Scratch::new();
    let failed = |format: &str| {
        let said = scratch.run(&["check", "no-such-<revision>", "--format", format]);
        assert_eq!(said.code, 2, "{format}");
        assert!(said.err.contains("could not decide"), "{format}: {}", said.err);
        said
    };

    let sarif = failed("sarif").json();
    assert_eq!(errors_of_sarif(&sarif), Vec::<String>::new());
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    let gitlab = failed("gitlab").json();
    assert_eq!((gitlab[0]["severity"].as_str(), gitlab[1].is_null()), (Some("blocker"), true));
    assert!(gitlab[0]["description"].as_str().unwrap().contains("is not a commit, branch or tag here"), "{gitlab}");
    let github = failed("github").out;
    assert!(github.starts_with("::error title=gov-hook::could not decide") && github.lines().count() == 1, "{github}");
    let junit = failed("junit").out;
    assert!(junit.contains("errors=\"1\"") && junit.contains("<error message=\"`no-such-&lt;revision&gt;`"), "{junit}");
    assert_eq!(failed("human").out, "");
}

#[test]
fn the_first_line_is_enough_and_the_last_is_the_next_command() {
    let said = staged(3).run(&["check", "--staged"]);

    assert_eq!(said.out.lines().next(), Some("held: HIGH risk (score 0) needs 1 approval from admin"));
    assert_eq!(said.out.lines().last(), Some("  gov-hook check --staged --suppose approve:ada@example.com"));
}

#[test]
fn a_quiet_pass_says_nothing_and_a_quiet_refusal_says_why() {
    let pass = staged(0).run(&["check", "--staged", "--quiet"]);
    let refusal = staged(1).run(&["check", "--staged", "--quiet"]);

    assert_eq!((pass.code, pass.out.as_str(), pass.err.as_str()), (0, "", ""));
    assert_eq!(refusal.out.lines().next(), Some("denied: 1 secret in a.txt:1"));
}

#[test]
fn every_verb_that_reads_answers_with_one_document_that_names_its_form() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.origin();
    scratch.write("a.txt", "a\n");
    scratch.commit_by_hand("Add it");
    scratch.write(".gov/rules/own.yaml", "[]\n");

    for (asked, schema) in [
        (&["check"][..], "check"),
        (&["doctor"], "doctor"),
        (&["policy", "show"], "policy"),
        (&["policy", "check", "src/policy/example.yaml"], "error"),
        (&["policy", "why", "a.txt"], "policy-why"),
        (&["rules", "list"], "rules"),
        (&["rules", "explain", "secret/jwt"], "rule"),
        (&["rules", "check", ".gov/rules"], "rules-check"),
        (&["audit", "verify"], "audit-verify"),
        (&["audit", "show", "HEAD"], "audit-show"),
        (&["audit", "report"], "audit-report"),
        (&["audit", "checkpoint"], "checkpoint"),
        (&["audit", "sync"], "audit-sync"),
        (&["pending"], "pending"),
        (&["history"], "history"),
        (&["status", "HEAD"], "error"),
        (&["verify"], "verify"),
        (&["notify", "status"], "notify-status"),
        (&["rollback", "--list"], "savepoints"),
    ] {
        let said = scratch.run(&[asked, &["--format", "json"]].concat());

        assert_eq!(said.json()["schema"], format!("gov-hook/{schema}/v1"), "{asked:?}");
        assert!(said.out.ends_with("}\n"), "{asked:?}: {}", said.out);
    }
    let lines = scratch.run(&["audit", "log", "--format", "json"]).out;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(
        lines.len() > 2 && lines.iter().all(|line| line["entry"]["kind"].is_string()),
        "an entry a line: {lines:?}"
    );
}

#[test]
fn a_checkpoint_is_the_same_text_within_json() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("a.txt", "a\n");
    scratch.commit_by_hand("Add it");

    let made = scratch.run(&["audit", "checkpoint", "--format", "json"]).json();

    assert_eq!((&made["exit"], &made["streams"], &made["signed_by"]), (&0.into(), &2.into(), &Value::from([""; 0])));
    std::fs::write(scratch.beside("kept"), made["checkpoint"].as_str().unwrap()).unwrap();
    let held = scratch.run(&["audit", "checkpoint", "--verify", "../kept"]);
    assert_eq!(held.code, 0, "{}", held.out);
}

#[test]
fn whoever_cuts_no_list_short_reads_of_every_file_that_was_not_scanned() {
    let scratch = Scratch::new();
    for name in ["a.bin", "b.bin", "c.bin"] {
        scratch.write(name, name.bytes().chain([0, 1, 2, 255]).collect::<Vec<u8>>());
    }
    scratch.commit_all("Add data");
    let only = "is binary: only rules for exact formats were run on it";

    for asked in [&["check", "HEAD"][..], &["check", "--all"], &["check", "--history"]] {
        let short = scratch.run(asked).out;
        let whole = scratch.run(&[asked, &["--verbose"]].concat()).out;
        let json = scratch.run(&[asked, &["--format", "json"]].concat()).json();

        assert!(short.contains("`a.bin` and 2 other files are binary"), "{asked:?}: {short}");
        let named: Vec<Value> = ["a", "b", "c"].map(|name| format!("`{name}.bin` {only}").into()).into();
        assert_eq!(json["notes"].as_array(), Some(&named), "{asked:?}");
        assert!(named.iter().all(|note| whole.contains(note.as_str().unwrap())), "{asked:?}: {whole}");
    }
}

#[test]
fn what_a_change_removed_is_told_on_no_line_of_the_file_as_it_is_now() {
    let scratch = Scratch::new();
    scratch.write("setup.cfg", "[one]\na = 1\n\n[coverage:report]\nfail_under = 90\n");
    scratch.commit_all("One");
    scratch.write("setup.cfg", "[one]\na = 1\nb = 2\nc = 3\nd = 4\n");
    scratch.git(&["add", "--all"]);
    let report = |format| scratch.run(&["check", "--staged", "--format", format]).out;
    let json = |format| serde_json::from_str::<Value>(&report(format)).unwrap();

    let (told, sarif, gitlab) = (json("json"), json("sarif"), json("gitlab"));

    let finding = &told["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["line"], &finding["removed"]),
        (&"weakening/limit-removed".into(), &5.into(), &true.into())
    );
    let said = "A limit is gone (1 removed, 0 added)";
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["message"]["text"], format!("{said} (line 5 of the old text)"));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"], serde_json::json!({ "startLine": 1 }));
    assert_eq!(gitlab[0]["location"]["lines"]["begin"], 1);
    assert!(gitlab[0]["description"].as_str().unwrap().contains("(line 5 of the old text)"));
    let github = report("github");
    assert!(!github.contains("line=") && github.contains(&format!("{said}%0Aline 5 of the old text")), "{github}");
    assert!(report("junit").contains(&format!("hold[weakening/limit-removed] line 5 of the old text: {said}")));
}
