//! What the gates make of a signed file that changes.

use std::fs;

use serde_json::Value;

use crate::support::Scratch;
use crate::{ATTACKS, SCRIPT, edit, findings, sign, signed};

#[test]
fn every_tampering_is_denied_before_a_commit_and_in_a_range() {
    for (what, attack, wanted) in ATTACKS {
        let scratch = signed();
        let base = scratch.git(&["rev-parse", "HEAD"]);
        scratch.git(&["branch", "-q", "sound"]);
        attack(&scratch);
        scratch.git(&["add", "--all"]);

        let staged = scratch.check(&["--staged"]);
        let hook = scratch.run(&["hook", "pre-commit"]);
        scratch.commit_all("Tamper");
        let range = scratch.check(&[&format!("{base}..HEAD")]);
        let commit = scratch.check(&["HEAD"]);

        assert_eq!(findings(&staged), [wanted], "{what}");
        assert_eq!((&staged["outcome"], &staged["exit"]), (&"blocked".into(), &1.into()), "{what}");
        assert_eq!(hook.code, 1, "{what} {}", hook.out);
        let path = wanted.split(' ').next().unwrap();
        assert!(hook.out.trim_end().ends_with(&format!("gov-hook verify {path}")), "{what} {}", hook.out);
        assert_eq!(findings(&range), [wanted], "{what}");
        assert_eq!(findings(&commit), [wanted], "{what}");
    }
}

#[test]
fn neither_a_link_nor_a_submodule_takes_the_place_of_a_file_that_the_ledger_signs() {
    for mode in ["120000", "160000"] {
        let scratch = signed();
        let object = if mode == "160000" { "HEAD" } else { "HEAD:README.md" };
        let object = scratch.git(&["rev-parse", object]);
        scratch.git(&["update-index", "--cacheinfo", &format!("{mode},{object},data.json")]);

        let staged = scratch.check(&["--staged"]);

        assert!(findings(&staged).contains(&"data.json header/body-edited".into()), "{mode} {:?}", findings(&staged));
        assert_eq!(staged["outcome"], "blocked", "{mode}");
    }
}

#[test]
fn what_is_signed_again_passes_every_gate() {
    let scratch = signed();
    let base = scratch.git(&["rev-parse", "HEAD"]);
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "1000");
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.git(&["mv", "data.json", "moved.json"]);
    scratch.git(&["add", "--all"]);

    let staged = scratch.check(&["--staged"]);
    let hook = scratch.run(&["hook", "pre-commit"]);
    scratch.commit_all("Change them");
    let range = scratch.check(&[&format!("{base}..HEAD")]);

    assert_eq!(findings(&staged), [""; 0]);
    assert_eq!((hook.code, hook.out.as_str()), (0, ""));
    assert_eq!(findings(&range), [""; 0]);
    assert_eq!(findings(&scratch.check(&["--all"])), [""; 0]);
}

#[test]
fn a_file_that_loses_its_header_while_it_is_renamed_is_known_again() {
    type Trick = (&'static str, fn(&Scratch), &'static [&'static str]);
    let tricks: [Trick; 6] = [
        ("it is renamed", |scratch| scratch.write("moved.sh", SCRIPT), &["moved.sh header/removed"]),
        (
            "it is edited, too",
            |scratch| scratch.write("moved.sh", SCRIPT.replace("echo two", "echo 2")),
            &["moved.sh header/removed"],
        ),
        (
            "it is renamed twice",
            |scratch| {
                scratch.write("bin/one.sh", SCRIPT);
                scratch.write("bin/two", SCRIPT.replace("two", "2"));
            },
            &["bin/one.sh header/removed", "bin/two header/removed"],
        ),
        ("it is deleted", |_| (), &[]),
        ("another is added", |scratch| scratch.write("new.sh", "#!/bin/sh\nexec make all\n"), &[]),
        (
            "it is renamed with its header",
            |scratch| {
                let signed = scratch.git(&["show", "HEAD:run.sh"]);
                scratch.write("moved.sh", signed + "\n");
            },
            &[],
        ),
    ];
    for (what, trick, wanted) in tricks {
        let scratch = signed();
        scratch.git(&["rm", "-q", "run.sh"]);
        trick(&scratch);
        scratch.git(&["add", "--all"]);

        let staged = scratch.check(&["--staged"]);
        let hook = scratch.run(&["hook", "pre-commit"]);
        scratch.commit_all("Rename it");

        assert_eq!(findings(&staged), wanted, "{what}");
        assert_eq!(hook.code, i32::from(!wanted.is_empty()), "{what} {}", hook.out);
        assert_eq!(findings(&scratch.check(&["HEAD~1..HEAD"])), wanted, "{what}");
        assert_eq!(findings(&scratch.check(&["HEAD"])), wanted, "{what}");
        if !wanted.is_empty() {
            let message = staged["findings"][0]["message"].as_str().unwrap();
            assert_eq!(message, "the header that it had as `run.sh` was taken away", "{what}");
        }
    }
}

#[test]
fn among_many_files_one_that_lost_its_header_is_known_by_its_body() {
    let scratch = Scratch::new();
    for number in 0..60 {
        scratch.write(&format!("old/{number}.sh"), format!("#!/bin/sh\necho {number}\n"));
    }
    scratch.write("old/__init__.py", "");
    sign(&scratch, &["old"], "dev");
    scratch.commit_all("Sign them");
    scratch.git(&["rm", "-q", "-r", "old"]);
    for number in 0..60 {
        scratch.write(&format!("new/{number}.txt"), format!("page {number} of a book\n"));
    }
    scratch.write("new/__init__.py", "");
    scratch.write("new/seven.sh", "#!/bin/sh\necho 7\n");
    scratch.git(&["add", "--all"]);

    assert_eq!(findings(&scratch.check(&["--staged"])), ["new/seven.sh header/removed"]);
}

/// Pushes what there is, past the hook of this clone where the server is to judge it by itself.
fn pushed(scratch: &Scratch, past_hook: bool) -> (bool, String) {
    let past: &[&str] = if past_hook { &["--no-verify"] } else { &[] };
    assert_eq!(scratch.run(&["audit", "sync"]).code, 0);
    let said = scratch.tried(&[&["push"], past, &["origin", "main"]].concat());
    (said.passed(), said.whole())
}

#[test]
fn a_file_that_was_deleted_in_one_push_does_not_come_back_in_another_without_its_header() {
    type Trick = (&'static str, fn(&Scratch), &'static str);
    let tricks: [Trick; 6] = [
        ("as it was beneath the header", |scratch| scratch.write("run.sh", SCRIPT), "run.sh header/removed"),
        ("edited", |scratch| scratch.write("run.sh", SCRIPT.replace("two", "2")), "run.sh header/removed"),
        ("under another name", |scratch| scratch.write("bin/run", SCRIPT), "bin/run header/removed"),
        (
            "one that only the ledger signs",
            |scratch| scratch.write("data.json", "[]\n"),
            "data.json header/body-edited",
        ),
        (
            "as it was signed",
            |scratch| drop(scratch.git(&["checkout", "-q", "signed", "--", "run.sh", "data.json"])),
            "",
        ),
        ("another file", |scratch| scratch.write("walk.sh", "#!/bin/sh\nexec make walk\n"), ""),
    ];
    for (what, trick, wanted) in tricks {
        for on_server in [false, true] {
            let scratch = signed();
            scratch.git(&["tag", "signed"]);
            let origin = scratch.origin();
            assert_eq!(scratch.run_in(&origin, &["install", "--server"]).code, 0);
            scratch.git_in(&origin, &["config", "user.email", "server@example.com"]);
            scratch.install_hooks();
            let is_taken = |(is_taken, said): (bool, String)| assert!(is_taken, "{what}: {said}");
            is_taken(pushed(&scratch, false));
            scratch.git(&["rm", "-q", "run.sh", "data.json"]);
            scratch.commit_by_hand("Delete them");
            is_taken(pushed(&scratch, false));
            trick(&scratch);
            scratch.commit_by_hand("Bring it back");

            let (is_taken, said) = pushed(&scratch, on_server);

            let rules: Vec<&str> = wanted.split(' ').collect();
            assert_eq!(is_taken, wanted.is_empty(), "{what} {on_server}: {said}");
            assert!(rules.iter().all(|word| said.contains(word)), "{what} {on_server}: {said}");
            let range = scratch.check(&["origin/main..HEAD"]);
            let found: Vec<String> = findings(&range).into_iter().filter(|found| !found.is_empty()).collect();
            assert_eq!(found.join(","), if is_taken { "" } else { wanted }, "{what}");
            let replay = scratch.run(&["audit", "verify", "--full", "--replay"]);
            assert_eq!(replay.code, 0, "{what}: {}{}", replay.out, replay.err);
        }
    }
}

#[test]
fn a_name_that_only_another_branch_has_signed_comes_without_a_header() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Add it");
    sign(&scratch, &["run.sh"], "dev");
    scratch.commit_all("Sign it");
    scratch.git(&["switch", "-q", "main"]);
    scratch.write("run.sh", "#!/bin/sh\nexec make run\n");
    scratch.commit_all("Add another of that name");

    assert_eq!(findings(&scratch.check(&["origin/main..HEAD"])), [""; 0]);
}

#[test]
fn a_tampering_that_is_there_already_is_found_in_the_whole_tree() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Tamper");

    assert_eq!(findings(&scratch.check(&["--all"])), ["run.sh header/body-edited"]);
}

#[test]
fn taking_a_header_off_is_denied_until_that_is_waived() {
    let scratch = signed();
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    scratch.git(&["add", "--all"]);

    let denied = scratch.check(&["--staged"]);

    assert_eq!(findings(&denied), ["run.sh header/removed"]);
    let fingerprint = denied["findings"][0]["fingerprint"].as_str().unwrap();
    let waived = scratch.run(&["rules", "waive", fingerprint, "--reason", "it is no artifact any more"]);
    assert_eq!(waived.code, 0, "{}{}", waived.out, waived.err);
    scratch.git(&["add", "--all"]);
    let allowed = scratch.check(&["--staged"]);
    let removed = allowed["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == "header/removed");
    assert_eq!(removed.unwrap()["waived"]["reason"], "it is no artifact any more");
    assert_ne!(allowed["exit"], 1);
}

#[test]
fn a_forged_header_is_denied_and_passes_once_its_entry_is_here() {
    let scratch = signed();
    let clone = scratch.beside("clone");
    scratch.git(&["clone", "-q", ".", &clone.to_string_lossy()]);
    scratch.write("new.sh", SCRIPT);
    sign(&scratch, &["new.sh"], "dev");
    fs::copy(scratch.path("new.sh"), clone.join("new.sh")).unwrap();
    scratch.git_in(&clone, &["add", "--all"]);
    let check = || {
        let said = scratch.run_in(&clone, &["check", "--staged", "--format", "json"]);
        findings(&said.json())
    };

    assert_eq!(check(), ["new.sh header/unrecorded"]);
    scratch.git_in(&clone, &["fetch", "-q", "origin", "refs/notes/gov/*:refs/notes/gov/*"]);
    assert_eq!(check(), [""; 0]);
}

#[test]
fn an_artifact_of_another_environment_does_not_land_in_production() {
    let scratch = Scratch::new();
    scratch.policy(
        "version: 1\nenforcement: { branches: { main: production, staging: staging } }\nheaders: { required: [\"gen/**\"] }\n",
    );
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.write("gen/a.sh", SCRIPT);
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), ["gen/a.sh header/missing"]);
    sign(&scratch, &["gen/a.sh"], "dev");
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), [""; 0]);
    scratch.commit_all("Add it");

    let onto = |branch: &str| findings(&scratch.check(&["main..topic", "--onto", branch]));

    assert_eq!(onto("topic"), [""; 0]);
    assert_eq!(onto("main"), ["gen/a.sh header/environment"]);
    assert_eq!(onto("staging"), ["gen/a.sh header/environment"]);
    scratch.write("gen/b.sh", "#!/bin/sh\necho live\n");
    scratch.git(&["rm", "-q", "-f", "gen/a.sh"]);
    sign(&scratch, &["gen/b.sh"], "prod");
    scratch.commit_all("Another");
    assert_eq!(onto("main"), [""; 0]);
}

#[test]
fn attempts_are_on_record_counted_and_replayed() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{}\n");
    scratch.commit_by_hand("Add two files");
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.commit_by_hand("Sign them");
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.write("data.json", "[]\n");
    scratch.git(&["add", "--all"]);
    assert!(!scratch.tried(&["commit", "-q", "-m", "Tamper"]).passed());
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.commit_by_hand("Change them");

    let report = scratch.run(&["audit", "report", "--format", "json"]).json();
    let table = scratch.run(&["audit", "report"]);
    let replay = scratch.run(&["audit", "verify", "--full", "--replay"]);

    let totals = &report["totals"];
    assert_eq!(totals["tamper_attempts"], 1);
    let headers = &totals["headers"];
    assert_eq!((&headers["signed"], &headers["verified"], &headers["tampered"]), (&4.into(), &3.into(), &2.into()));
    assert_eq!(headers["by_environment"]["dev"], 4);
    assert!(table.out.contains("protection headers\n  signed 4, unsigned 0"), "{}", table.out);
    let log = scratch.run(&["audit", "log", "--kind", "decision", "--outcome", "blocked", "--format", "json"]);
    let attempt: Value = serde_json::from_str(log.out.lines().next().unwrap()).unwrap();
    let tampering = &attempt["entry"]["body"]["tampering"];
    assert_eq!(*tampering, serde_json::json!(["header/body-edited data.json", "header/body-edited run.sh"]));
    assert_eq!(replay.code, 0, "{}{}", replay.out, replay.err);
}
