//! `gov-hook audit export`, checked by a stranger with git, ssh-keygen and sha256sum alone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::{Said, Scratch, secret_line};

/// A repository with signed and unsigned entries, a refused attempt, and its ledger on a remote.
fn governed() -> (Scratch, [String; 2]) {
    let scratch = Scratch::new();
    scratch.origin();
    let listed = scratch.ssh_key("log@gov-hook,ckpt@gov-hook");
    scratch.write(".gov/allowed_signers", listed);
    scratch.policy("version: 1\naudit: { sign: true }\n");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch.write("é \"quoted\" \\.txt", "one\n");
    let one = scratch.commit_by_hand("Say \"one\" & more");
    scratch.write("b.txt", secret_line());
    scratch.git(&["add", "--all"]);
    assert!(!scratch.tried(&["commit", "-m", "Secret"]).passed());
    scratch.write("b.txt", "two\n");
    let two = scratch.commit_by_hand("Two");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scratch.run(&["audit", "checkpoint", "--sign"]).code, 0);
    (scratch, [one, two])
}

/// The shell script of docs/audit.md.
fn recipe() -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md")).unwrap();
    let (_, after) = text.split_once("```sh\n").unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

fn check(scratch: &Scratch, exported: &str) -> Said {
    fs::write(scratch.beside("check-ledger.sh"), recipe()).unwrap();
    fs::write(scratch.beside("ledger.jsonl"), exported).unwrap();
    let mut command = scratch.command("sh", &scratch.path(""));
    command.arg(scratch.beside("check-ledger.sh")).arg(scratch.beside("ledger.jsonl")).arg(".gov/allowed_signers");
    command.output().unwrap().into()
}

#[test]
fn a_stranger_verifies_the_export_by_the_documents_recipe() {
    let (scratch, _) = governed();
    let exported = scratch.run(&["audit", "export"]);
    assert_eq!((exported.code, exported.err.as_str()), (0, ""));

    let said = check(&scratch, &exported.out);

    let count = exported.out.lines().count();
    assert_eq!(said.err, "");
    assert_eq!(said.out, format!("{count} entries, 3 signed: every hash, chain and signature holds\n"));
}

#[test]
fn the_recipe_notices_whatever_was_changed() {
    let (scratch, _) = governed();
    let exported = scratch.run(&["audit", "export"]).out;
    let lines: Vec<&str> = exported.lines().collect();
    let without = |at: usize| {
        let kept = lines.iter().enumerate().filter(|(other, _)| *other != at);
        kept.flat_map(|(_, line)| [*line, "\n"]).collect::<String>()
    };

    let word = |text: &str| text.rsplit(": ").next().unwrap_or(text).trim().to_owned();
    let edited = check(&scratch, &exported.replacen("mira@example.com", "mara@example.com", 1));
    assert_eq!((edited.code, word(&edited.err)), (1, "its bytes have another hash".into()));
    let hole = check(&scratch, &without(2));
    assert!(hole.code == 1 && hole.err.contains("it does not follow"), "{}", hole.err);
    let shorter = check(&scratch, &without(lines.len() - 1));
    let (all, less) = (lines.len(), lines.len() - 1);
    assert_eq!((shorter.code, shorter.err), (1, format!("WRONG: git has {all} entries, the export {less}\n")));
    scratch.write(".gov/allowed_signers", "");
    let unlisted = check(&scratch, &exported);
    assert!(
        unlisted.code == 1 && unlisted.err.contains("mira@example.com may not sign in ckpt@gov-hook"),
        "{}",
        unlisted.err
    );
}

#[test]
fn a_range_is_exported_with_what_speaks_of_its_commits() {
    let (scratch, [one, two]) = governed();

    let said = scratch.run(&["audit", "export", &format!("{one}..{two}")]);

    let entries: Vec<Value> =
        said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"].clone()).collect();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["decision", "commit", "push"]);
    assert_eq!(entries[1]["subject"]["commit"], two.as_str());
}

#[test]
fn every_commit_has_a_statement_and_none_is_made_up() {
    let (scratch, [one, two]) = governed();

    let said = scratch.run(&["audit", "export", "--format", "statements"]);

    let statements: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let commits = scratch.git(&["rev-list", "--reverse", "main"]);
    let subjects: Vec<&str> =
        statements.iter().map(|made| made["subject"][0]["digest"]["gitCommit"].as_str().unwrap()).collect();
    assert_eq!(subjects, commits.lines().collect::<Vec<_>>());
    for made in &statements {
        assert_eq!(made["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(made["predicateType"], "urn:gov-hook:record:v1");
    }
    let of = |commit: &str| &statements.iter().find(|made| made["subject"][0]["name"] == commit).unwrap()["predicate"];
    assert_eq!((&of(&one)["status"], &of(&two)["status"]), (&"recorded".into(), &"recorded".into()));
    let start = commits.lines().next().unwrap();
    let said_of_start = &of(start)["entries"];
    assert_eq!((&of(start)["status"], said_of_start.as_array().unwrap().len()), (&"unrecorded".into(), 1));
    assert_eq!(said_of_start[0]["entry"]["kind"], "genesis");
    assert_eq!(
        (&of(start)["before_adoption"], &of(start)["why"]),
        (&true.into(), &"made before the ledger was adopted".into())
    );
    assert_eq!(of(&one)["before_adoption"], false);
}

#[test]
fn an_empty_ledger_exports_nothing() {
    let said = Scratch::new().run(&["audit", "export"]);

    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
}
