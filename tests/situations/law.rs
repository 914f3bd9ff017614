//! Whose policy is in force, and what happens to one that cannot be read.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use crate::support::{Scratch, lines};

const PRODUCTION: &str = "version: 1\nenforcement: { default: production }\n";

#[test]
fn a_history_that_shares_nothing_is_judged_by_the_policy_of_where_it_would_land() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    scratch.git(&["checkout", "-q", "--orphan", "apart"]);
    scratch.git(&["rm", "-rqf", "."]);
    scratch.write("big.txt", lines(300));
    scratch.commit_all("Begin again");

    for revision in ["main...apart", "main..apart", "apart"] {
        let json = scratch.check(&[revision]);

        assert_eq!((&json["level"], &json["exit"]), (&json!("production"), &json!(3)), "{revision}");
    }
}

#[test]
fn a_policy_that_is_no_regular_file_is_not_taken_for_none() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    let refused = |scratch: &Scratch| scratch.run(&["check", "--staged"]).code == 2;
    assert!(!refused(&scratch));

    fs::rename(scratch.path(".gov/policy.yaml"), scratch.path(".gov/real.yaml")).unwrap();
    symlink("real.yaml", scratch.path(".gov/policy.yaml")).unwrap();
    scratch.commit_all("Link the policy");
    assert!(refused(&scratch));

    fs::remove_file(scratch.path(".gov/policy.yaml")).unwrap();
    scratch.write(".gov/policy.yaml/part.yaml", PRODUCTION);
    scratch.commit_all("Make it a directory");
    assert!(refused(&scratch));

    fs::rename(scratch.path(".gov"), scratch.path("elsewhere")).unwrap();
    symlink("elsewhere", scratch.path(".gov")).unwrap();
    scratch.commit_all("Link the directory");
    assert!(refused(&scratch));
}

#[test]
fn what_hides_the_policy_is_refused_before_it_is_in_force() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION.replace("production", "development").as_str());
    scratch.install_hooks();
    let policy = scratch.path(".gov/policy.yaml");
    let hidings: [(&dyn Fn(), &str); 4] = [
        (&|| scratch.write(".gov", "a file\n"), ".gov is not a directory"),
        (&|| symlink("elsewhere", scratch.path(".gov")).unwrap(), ".gov is not a directory"),
        (&|| scratch.write(".gov/policy.yaml/part.yaml", "version: 1\n"), ".gov/policy.yaml is not a regular file"),
        (
            &|| {
                scratch.write(".gov/real.yaml", "version: 1\n");
                symlink("real.yaml", &policy).unwrap();
            },
            ".gov/policy.yaml is not a regular file",
        ),
    ];
    for (hide, what) in hidings {
        fs::remove_dir_all(scratch.path(".gov")).unwrap();
        hide();
        scratch.git(&["add", "--all"]);

        let judged = scratch.run(&["check", "--staged"]);
        let committed = scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Hide the law"]);

        let expected = format!("nothing may pass: {what}, so there is no policy to read\n  mend it: ");
        assert_eq!(judged.code, 2, "{}", judged.out);
        assert!(judged.err.contains(&expected), "{}", judged.err);
        assert!(!committed.status.success(), "{what}");
        scratch.git(&["reset", "-q", "--hard"]);
    }

    // Without any policy the built-in one is in force, which hides nothing.
    scratch.git(&["rm", "-rq", ".gov"]);
    scratch.git(&["commit", "-q", "-m", "Do without a law"]);
}

#[test]
fn a_branch_that_starts_before_the_policy_is_judged_by_it_all_the_same() {
    let scratch = Scratch::new();
    scratch.git(&["branch", "side"]);
    scratch.policy("version: 1\nenforcement: { default: staging }\npaths: { protected: [\"core/**\"] }\n");
    scratch.git(&["checkout", "-q", "side"]);
    scratch.write("core/a.txt", lines(3));
    scratch.commit_all("Touch the core");

    for arguments in [&[][..], &["side"], &["main...side"], &["main..side"]] {
        let json = scratch.check(arguments);
        assert_eq!((json["exit"].as_i64(), json["level"].as_str()), (Some(3), Some("staging")), "{arguments:?}");
    }
}

#[test]
fn a_branch_that_begins_anew_is_under_the_law_of_where_it_would_land() {
    let scratch = Scratch::new();
    scratch.policy(PRODUCTION);
    scratch.git(&["checkout", "-q", "--orphan", "anew"]);
    scratch.git(&["rm", "-rfq", "."]);
    scratch.write("big.txt", lines(300));
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(json["policy"]["origin"].as_str().map(|origin| origin.ends_with(":.gov/policy.yaml")), Some(true));
    assert_eq!((&json["level"], &json["exit"]), (&json!("production"), &json!(3)));
}

#[test]
fn a_policy_that_cannot_be_read_is_refused_before_it_is_in_force() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write(".gov/policy.yaml", "version: 1\npathz: {}\n");
    scratch.git(&["add", ".gov"]);

    let judged = scratch.run(&["check", "--staged"]);
    let committed = scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Break the law"]);

    assert_eq!(judged.code, 2);
    for told in [judged.err, String::from_utf8(committed.stderr).unwrap()] {
        assert!(told.contains(".gov/policy.yaml:2:1") && told.contains("did you mean `paths`?"), "{told}");
        assert!(told.ends_with("fix it before it is in force: $EDITOR .gov/policy.yaml && git add .gov/policy.yaml\n"));
    }
    assert!(!committed.status.success());

    scratch.write(".gov/policy.yaml", "version: 1\n");
    scratch.git(&["add", ".gov"]);
    scratch.git(&["commit", "-q", "-m", "Mend it"]);
}

#[test]
fn no_part_of_the_law_that_cannot_be_read_comes_into_force() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\n");
    scratch.install_hooks();
    let extra = "version: 1\nrules: { packs: [], extra: [\".gov/rules/*.yaml\"] }\n";
    let pack = ".gov/rules/own.yaml";
    let cases = [
        (".gov/allowed_signers", vec![(".gov/allowed_signers", "ada@example.com ssh-ed25519 junk\n")]),
        (pack, vec![(".gov/policy.yaml", extra), (pack, "rules: 7\n")]),
    ];
    for (broken, files) in &cases {
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch.git(&["add", ".gov"]);

        let judged = scratch.run(&["check", "--staged"]);
        let committed = scratch.try_git_in(&scratch.path(""), &["commit", "-m", "Break the law"]);
        let looked = scratch.run(&["policy", "check"]);
        let looked_by_machine = scratch.run(&["policy", "check", "--format", "json"]);

        assert_eq!((judged.code, looked.code, looked_by_machine.code), (2, 2, 2), "{broken}: {}", looked.out);
        assert!(!committed.status.success());
        for told in [judged.err, String::from_utf8(committed.stderr).unwrap()] {
            let mend = format!("fix it before it is in force: $EDITOR {broken} && git add {broken}\n");
            assert!(told.ends_with(&mend), "{told}");
        }
        assert!(looked.out.contains(&format!("--> {broken}:1:")), "{}", looked.out);
        let answer = looked_by_machine.json();
        assert_eq!((&answer["sound"], &answer["others"][0]["origin"]), (&false.into(), &(*broken).into()));
        scratch.git(&["rm", "-q", "--cached", "-f", broken]);
        std::fs::remove_file(scratch.path(broken)).unwrap();
        scratch.git(&["commit", "-q", "--allow-empty", "-m", "Without it"]);
        assert_eq!(scratch.run(&["policy", "check"]).out, ".gov/policy.yaml: no mistakes\n");
    }

    // The other way round: what is named was there before, and nothing read it.
    let pack = ".gov/own.yaml";
    scratch.write(pack, "rules: 7\n");
    scratch.git(&["add", ".gov"]);
    scratch.git(&["commit", "-q", "-m", "A pack that nobody names"]);
    scratch.write(".gov/policy.yaml", extra.replace("rules/*", "own"));
    scratch.git(&["add", ".gov"]);

    let judged = scratch.run(&["check", "--staged"]);

    assert_eq!(judged.code, 2, "{}", judged.out);
    assert!(judged.err.contains(&format!("{pack}:1:")), "{}", judged.err);
}
