//! What a merge brings along, a rebase puts elsewhere and a forced push takes back, through the whole program.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use support::{Scratch, lines};

const STAGING: &str = "version: 1\nenforcement: { default: staging }\nroles: { tech_lead: [lin@example.com] }\n";
const PRODUCTION: &str =
    "version: 1\nenforcement: { branches: { main: production } }\nroles: { tech_lead: [lin@example.com] }\n";

/// A clone with hooks, an origin, and on its main branch 300 lines that landed after `side` parted.
fn landed(policy: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.policy(policy);
    scratch.origin();
    scratch.git(&["branch", "side"]);
    scratch.write("landed.rs", lines(300));
    scratch.commit_all("Landed");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch
}

fn change(scratch: &Scratch, file: &str, text: &str) {
    scratch.write(file, text);
    scratch.commit_by_hand(&format!("Change {file}"));
}

fn passes(scratch: &Scratch, arguments: &[&str]) -> String {
    let said = scratch.tried(arguments);
    said.passes();
    said.whole()
}

fn is_refused(scratch: &Scratch, arguments: &[&str], word: &str) {
    scratch.tried(arguments).is_refused_with(&[word]);
}

#[test]
fn what_a_merge_brings_in_was_judged_where_it_was_made() {
    let scratch = landed(PRODUCTION);
    scratch.git(&["reset", "-q", "--hard", "side"]);
    change(&scratch, "own.txt", "one\n");

    let said = passes(&scratch, &["pull", "-q", "--no-rebase", "--no-edit", "origin", "main"]);

    assert_eq!(said, "");
    assert_eq!(scratch.check(&["HEAD"])["files"]["changed"], 0);
    passes(&scratch, &["push", "-q", "origin", "HEAD:main"]);
    scratch.is_replayed();
}

#[test]
fn what_was_fetched_as_it_stood_was_judged_there_though_nobody_here_put_it_down() {
    let scratch = landed(STAGING);
    scratch.git(&["checkout", "-q", "-b", "own"]);
    change(&scratch, "own.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "own", "own:second"]);
    let (origin, other) = (scratch.beside("origin.git"), scratch.beside("other"));
    scratch.git(&["clone", "-q", origin.to_str().unwrap(), other.to_str().unwrap()]);
    let merges_elsewhere = |count: usize| {
        for at in [count - 40, count] {
            std::fs::write(other.join("theirs.txt"), lines(at)).unwrap();
            scratch.git_in(&other, &["add", "--all"]);
            scratch.git_in(&other, &["commit", "-q", "-m", "Theirs"]);
        }
        scratch.git_in(&other, &["push", "-q", "origin", "HEAD:main"]);
        scratch.git(&["fetch", "-q", "origin"]);
    };
    merges_elsewhere(250);
    passes(&scratch, &["merge", "-q", "--no-edit", "origin/main"]);
    merges_elsewhere(300);

    passes(&scratch, &["push", "-q", "origin", "own"]);
    // What was only on the way there was never seen as it stood.
    scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);
    scratch.git(&["merge", "-q", "--no-edit", "origin/main~1"]);
    is_refused(&scratch, &["push", "-q", "origin", "own:second"], "HIGH risk");
    scratch.is_replayed();
}

#[test]
fn what_the_server_holds_of_a_merge_is_asked_for_by_pushing_it_with_the_hooks() {
    let scratch = landed(&format!("{STAGING}approvals: {{ high: {{ signed: false }} }}\n"));
    assert_eq!(scratch.run_in(&scratch.beside("origin.git"), &["install", "--server"]).code, 0);
    scratch.git(&["checkout", "-q", "side"]);
    change(&scratch, "own.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "side"]);
    change(&scratch, "own.txt", &lines(300));
    scratch.git(&["merge", "-q", "--no-edit", "main"]);

    let past = ["push", "-q", "--no-verify", "origin", "side"];
    is_refused(&scratch, &past, "mend it: ask for it: gov-hook install && git push");
    is_refused(&scratch, &["push", "-q", "origin", "side"], "HIGH risk");
    let pending = scratch.run(&["pending", "--format", "json"]).json();
    let id = pending["requests"][0]["id"].as_str().unwrap().to_owned();
    scratch.git(&["config", "user.email", "lin@example.com"]);
    scratch.run(&["approve", &id, "--notes", "All are good"]).passes();
    scratch.git(&["config", "user.email", "mira@example.com"]);
    scratch.run(&["audit", "sync"]).passes();
    passes(&scratch, &past);
}

#[test]
fn what_a_merge_makes_of_both_sides_is_judged() {
    let scratch = landed(PRODUCTION);
    scratch.git(&["reset", "-q", "--hard", "side"]);
    change(&scratch, "landed.rs", "mine\n");
    assert!(!scratch.tried(&["merge", "-q", "origin/main"]).passed());
    scratch.write("landed.rs", lines(299) + "mine\n");
    scratch.write("besides.rs", lines(250));
    scratch.git(&["add", "--all"]);

    let files = scratch.check(&["--staged"])["files"].clone();

    assert_eq!(files["items"].as_array().unwrap().len(), 2, "{files:#}");
    is_refused(&scratch, &["commit", "-q", "--no-edit"], "held: HIGH risk");
    scratch.git(&["rm", "-q", "-f", "besides.rs"]);
    scratch.git(&["checkout", "-q", "origin/main", "--", "landed.rs"]);
    passes(&scratch, &["commit", "-q", "--no-edit"]);
    scratch.is_replayed();
}

#[test]
fn a_branch_may_get_what_one_as_strict_has() {
    let scratch = landed(STAGING);
    scratch.git(&["push", "-q", "--no-verify", "origin", "side"]);
    scratch.git(&["fetch", "-q", "origin"]);

    passes(&scratch, &["push", "-q", "origin", "main:side"]);

    scratch.git(&["push", "-q", "--no-verify", "-f", "origin", "main~1:side"]);
    scratch.git(&["checkout", "-q", "side"]);
    change(&scratch, "own.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "side"]);
    passes(&scratch, &["merge", "-q", "--no-edit", "main"]);
    passes(&scratch, &["push", "-q", "origin", "side"]);
    scratch.is_replayed();
}

#[test]
fn a_rebased_branch_is_judged_for_what_is_its_own() {
    let scratch = landed(STAGING);
    scratch.git(&["checkout", "-q", "side"]);
    change(&scratch, "own.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "side"]);
    passes(&scratch, &["rebase", "-q", "main"]);

    let said = passes(&scratch, &["push", "-q", "-f", "origin", "side"]);

    assert!(!said.contains("passes: "), "{said}");
    scratch.is_replayed();
}

#[test]
fn a_merge_that_undoes_what_landed_is_judged() {
    let scratch = landed(STAGING);
    scratch.git(&["checkout", "-q", "side"]);
    change(&scratch, "own.txt", "one\n");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["merge", "-q", "--no-verify", "--no-edit", "-s", "ours", "side"]);
    scratch.git(&["rm", "-q", "landed.rs"]);
    scratch.git(&["commit", "-q", "--no-verify", "--amend", "--no-edit"]);

    is_refused(&scratch, &["push", "-q", "origin", "main"], "held: CRITICAL risk");
}

#[test]
fn a_merge_drops_nothing_that_only_one_of_its_sides_ever_had() {
    let scratch = landed(STAGING);
    assert_eq!(scratch.run_in(&scratch.beside("origin.git"), &["install", "--server"]).code, 0);
    change(&scratch, "both.txt", &lines(3));
    passes(&scratch, &["push", "-q", "origin", "main", "main:both"]);
    scratch.git(&["checkout", "-q", "-b", "both"]);
    change(&scratch, "both.txt", &format!("{}more\n", lines(3)));
    change(&scratch, "own.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "both"]);
    scratch.git(&["checkout", "-q", "main"]);
    for (file, count) in [("both.txt", 95), ("only.txt", 150)] {
        change(&scratch, file, &lines(count));
        passes(&scratch, &["push", "-q", "origin", "main"]);
    }
    let merged = |onto: &str, other: &str, drop: &[&str]| {
        scratch.git(&["checkout", "-q", "-B", "merged", onto]);
        scratch.tried(&["merge", "-q", "--no-commit", "--no-ff", other]);
        scratch.git(drop);
        scratch.write("both.txt", if drop[0] == "checkout" { format!("{}more\n", lines(3)) } else { lines(96) });
        scratch.git(&["add", "--all"]);
        scratch.git(&["commit", "-q", "--no-verify", "--no-edit"]);
    };

    for (onto, other) in [("main", "both"), ("both", "main")] {
        let to = format!("merged:{onto}");
        for drop in [&["rm", "-q", "-f", "only.txt"][..], &["checkout", "both", "--", "both.txt"]] {
            merged(onto, other, drop);
            for past in ["--verify", "--no-verify"] {
                is_refused(&scratch, &["push", "-q", past, "origin", &to], "HIGH risk");
            }
        }
    }
    merged("both", "main", &["rm", "-q", "-f", "only.txt"]);
    is_refused(&scratch, &["push", "-q", "origin", "merged:both"], "told as it was there: only.txt");
    merged("both", "main", &["status", "-s"]);
    passes(&scratch, &["push", "-q", "origin", "merged:both"]);
    passes(&scratch, &["push", "-q", "origin", "merged:main"]);
    scratch.is_replayed();
}

#[test]
fn of_a_file_that_a_merge_leaves_as_it_was_what_the_other_side_made_is_told() {
    let scratch = landed(STAGING);
    assert_eq!(scratch.run_in(&scratch.beside("origin.git"), &["install", "--server"]).code, 0);
    for (file, count) in [("rewritten.txt", 90), ("gone.txt", 45), ("moved.txt", 45)] {
        change(&scratch, file, &lines(count));
    }
    passes(&scratch, &["push", "-q", "origin", "main"]);
    scratch.git(&["checkout", "-q", "-b", "own"]);
    change(&scratch, "rewritten.txt", &"mine\n".repeat(90));
    passes(&scratch, &["push", "-q", "origin", "own"]);
    scratch.git(&["rm", "-q", "gone.txt"]);
    change(&scratch, "more.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "own"]);
    scratch.git(&["mv", "moved.txt", "here.txt"]);
    change(&scratch, "here.txt", &"mine\n".repeat(45));
    passes(&scratch, &["push", "-q", "origin", "own"]);
    scratch.git(&["checkout", "-q", "main"]);
    for (file, count) in [("rewritten.txt", 90), ("gone.txt", 45), ("moved.txt", 45)] {
        change(&scratch, file, &format!("{}more\n", lines(count)));
    }
    passes(&scratch, &["push", "-q", "origin", "main"]);
    scratch.git(&["checkout", "-q", "own"]);
    scratch.tried(&["merge", "-q", "--no-commit", "main"]);
    scratch.git(&["checkout", "-q", "HEAD", "--", "rewritten.txt"]);
    scratch.git(&["rm", "-q", "-f", "--ignore-unmatch", "gone.txt", "moved.txt"]);
    scratch.write("here.txt", "mine\n".repeat(45) + "more\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "--no-edit"]);

    let said = passes(&scratch, &["push", "origin", "own"]);

    assert!(!said.contains("HIGH"), "{said}");
    scratch.is_replayed();
    scratch.is_replayed_in(&scratch.beside("origin.git"));
}

#[test]
fn what_a_forced_push_takes_back_is_judged() {
    let scratch = landed(STAGING);
    let server = scratch.beside("origin.git");
    assert_eq!(scratch.run_in(&server, &["install", "--server"]).code, 0);
    change(&scratch, "own.txt", "one\n");
    passes(&scratch, &["push", "-q", "origin", "main"]);

    let without_law = "main~2~1:main";
    for arguments in
        [&["push", "-q", "-f", "origin", without_law][..], &["push", "-q", "-f", "--no-verify", "origin", without_law]]
    {
        is_refused(&scratch, arguments, "CRITICAL");
    }
    is_refused(&scratch, &["push", "-q", "-f", "origin", "main~2:main"], "held: ");
    scratch.git(&["commit", "-q", "--amend", "-m", "Change own.txt otherwise"]);
    passes(&scratch, &["push", "-q", "-f", "origin", "main"]);
    passes(&scratch, &["push", "-q", "-f", "origin", "main~1:main"]);
    scratch.is_replayed();
}

#[test]
fn the_default_branch_is_not_deleted_together_with_its_law() {
    let scratch = landed(STAGING);
    let server = scratch.beside("origin.git");
    scratch.git_in(&server, &["config", "receive.denyDeleteCurrent", "ignore"]);
    assert_eq!(scratch.run_in(&server, &["install", "--server"]).code, 0);
    scratch.git(&["push", "-q", "--no-verify", "origin", "side"]);

    is_refused(&scratch, &["push", "-q", "origin", ":main"], "it is the default branch");
    is_refused(&scratch, &["push", "-q", "--no-verify", "origin", ":main"], "it is the default branch");
    passes(&scratch, &["push", "-q", "origin", ":side"]);
}

#[test]
fn a_forced_push_that_waits_can_be_approved() {
    let scratch =
        landed(&format!("{STAGING}approvals: {{ critical: {{ count: 1, roles: [tech_lead], signed: false }} }}\n"));
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    is_refused(&scratch, &["push", "-q", "-f", "origin", "main~1:main"], "gov-hook approve ");

    let request = scratch.run(&["pending", "--format", "json"]).json();
    let id = request["requests"][0]["id"].as_str().unwrap().to_owned();
    scratch.git(&["config", "user.email", "lin@example.com"]);
    let approved = scratch.run(&["approve", &id, "--notes", "It was a mistake"]);
    scratch.git(&["config", "user.email", "mira@example.com"]);

    assert_eq!(approved.code, 0, "{}{}", approved.out, approved.err);
    passes(&scratch, &["push", "-q", "-f", "origin", "main~1:main"]);
    scratch.is_replayed();
}

#[test]
fn whoever_lacks_what_a_forced_push_replaces_is_told_to_fetch_it() {
    let scratch = landed(&format!("{STAGING}approvals: {{ high: {{ signed: false }} }}\n"));
    assert_eq!(scratch.run_in(&scratch.beside("origin.git"), &["install", "--server"]).code, 0);
    let (origin, lin) = (scratch.beside("origin.git"), scratch.beside("lin"));
    scratch.git(&["clone", "-q", origin.to_str().unwrap(), lin.to_str().unwrap()]);
    scratch.git_in(&lin, &["config", "user.email", "lin@example.com"]);
    scratch.run_in(&lin, &["install"]).passes();
    scratch.git(&["checkout", "-q", "-b", "own"]);
    change(&scratch, "own.txt", &lines(90));
    passes(&scratch, &["push", "-q", "origin", "own"]);
    scratch.git(&["reset", "-q", "--hard", "main"]);
    change(&scratch, "own.txt", &lines(300));
    is_refused(&scratch, &["push", "-q", "-f", "origin", "own"], "HIGH risk");
    let request = scratch.run(&["pending", "--format", "json"]).json();
    let id = request["requests"][0]["id"].as_str().unwrap().to_owned();

    scratch
        .run_in(&lin, &["approve", &id, "--notes", "Good"])
        .is_refused_with(&["fetch the branches: git fetch origin"]);
    scratch.git_in(&lin, &["fetch", "-q", "origin"]);
    scratch.run_in(&lin, &["approve", &id, "--notes", "Good"]).passes();
    scratch.run_in(&lin, &["audit", "sync"]).passes();
    passes(&scratch, &["push", "-q", "-f", "origin", "own"]);
}

#[test]
fn a_forced_push_takes_nothing_back_by_touching_the_same_file() {
    let scratch = landed(STAGING);
    let server = scratch.beside("origin.git");
    assert_eq!(scratch.run_in(&server, &["install", "--server"]).code, 0);
    change(&scratch, "guard.txt", &lines(5));
    change(&scratch, "guard.txt", &lines(95));
    passes(&scratch, &["push", "-q", "origin", "main"]);
    scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);
    change(&scratch, "guard.txt", &format!("{}more\n", lines(5)));

    for past in ["--verify", "--no-verify"] {
        is_refused(&scratch, &["push", "-q", "-f", past, "origin", "main"], "HIGH risk");
    }
    change(&scratch, "guard.txt", &format!("{}more\n", lines(95)));
    passes(&scratch, &["push", "-q", "-f", "origin", "main"]);
    scratch.is_replayed();
}

/// Lin approves what is asked for.
fn approved(scratch: &Scratch, range: &str) {
    scratch.run(&["request", range, "--onto", "main"]).passes();
    let pending = scratch.run(&["pending", "--format", "json"]).json();
    let id = pending["requests"][0]["id"].as_str().unwrap().to_owned();
    scratch.git(&["config", "user.email", "lin@example.com"]);
    scratch.run(&["approve", &id, "--notes", "All are good"]).passes();
    scratch.git(&["config", "user.email", "mira@example.com"]);
}

#[test]
fn what_a_forced_push_takes_back_is_in_no_commit_that_was_approved() {
    let scratch = landed(STAGING);
    assert_eq!(scratch.run_in(&scratch.beside("origin.git"), &["install", "--server"]).code, 0);
    change(&scratch, "guard.txt", &lines(90));
    passes(&scratch, &["push", "-q", "origin", "main"]);
    scratch.git(&["checkout", "-q", "-b", "other", "HEAD~1"]);
    change(&scratch, "one.txt", &lines(300));
    change(&scratch, "two.txt", &lines(300));
    approved(&scratch, "HEAD~2..HEAD");

    is_refused(&scratch, &["push", "-q", "-f", "origin", "other:main"], "90 lines deleted net");
    scratch.git(&["checkout", "-q", "-b", "behind", "main"]);
    scratch.git(&["cherry-pick", "main~1..other"]);
    passes(&scratch, &["push", "-q", "origin", "behind:main"]);
    scratch.is_replayed();
}

#[test]
fn what_a_merge_drops_is_in_no_commit_that_was_approved() {
    let scratch = landed(STAGING);
    assert_eq!(scratch.run_in(&scratch.beside("origin.git"), &["install", "--server"]).code, 0);
    scratch.git(&["checkout", "-q", "-b", "other"]);
    change(&scratch, "one.txt", &lines(300));
    scratch.git(&["checkout", "-q", "main"]);
    change(&scratch, "guard.txt", &lines(90));
    passes(&scratch, &["push", "-q", "origin", "main"]);
    approved(&scratch, "main~1..other");
    scratch.git(&["merge", "-q", "--no-commit", "other"]);
    scratch.git(&["rm", "-q", "-f", "guard.txt"]);
    scratch.git(&["commit", "-q", "--no-verify", "--no-edit"]);

    for past in ["--verify", "--no-verify"] {
        is_refused(&scratch, &["push", "-q", past, "origin", "main"], "90 lines deleted net");
    }
    scratch.git(&["reset", "-q", "--hard", "origin/main"]);
    passes(&scratch, &["merge", "-q", "--no-edit", "other"]);
    passes(&scratch, &["push", "-q", "origin", "main"]);
    scratch.is_replayed();
}

#[test]
fn a_branch_to_land_on_may_be_spelt_as_git_spells_it() {
    let scratch = landed("version: 1\nenforcement: { branches: { main: staging } }\n");
    scratch.git(&["checkout", "-q", "-b", "big"]);
    scratch.write("big.rs", lines(300));
    scratch.commit_all("Big");
    let exit = |onto: &str| scratch.run(&["check", "main..big", "--onto", onto]).code;

    for main in
        ["main", "refs/heads/main", "heads/main", "origin/main", "remotes/origin/main", "refs/remotes/origin/main"]
    {
        assert_eq!(exit(main), 3, "{main}");
    }
    assert_eq!(exit("release/1"), 0, "a branch that is not there yet");
    for none in ["", "HEAD", "refs/tags/v1", "a b", "a..b"] {
        assert_eq!(exit(none), 2, "{none}");
    }
}

#[test]
fn a_merge_of_two_branches_onto_what_both_began_on_is_not_past_the_hooks() {
    let scratch = landed(PRODUCTION);
    scratch.git(&["reset", "-q", "--hard", "origin/main"]);
    for name in ["one", "two"] {
        scratch.git(&["checkout", "-q", "-b", name, "main"]);
        change(&scratch, &format!("{name}.txt"), "text\n");
    }
    scratch.git(&["checkout", "-q", "main"]);

    // git leaves out the parent that both branches have already.
    let said = passes(&scratch, &["merge", "-q", "-m", "Merge both", "one", "two"]);

    assert!(!said.contains("past the hooks"), "{said}");
    let parents = scratch.git(&["log", "-1", "--format=%P"]);
    assert_eq!(parents.split(' ').count(), 2);
    passes(&scratch, &["push", "-q", "origin", "main"]);
    let commits = scratch.run(&["audit", "verify", "main", "--format", "json"]).json()["coverage"]["commits"].clone();
    assert_eq!(commits.as_array().unwrap().last().unwrap()["status"], "late");

    scratch.git(&["checkout", "-q", "-B", "three", "main"]);
    change(&scratch, "three.txt", "text\n");
    scratch.git(&["checkout", "-q", "-B", "four", "main"]);
    change(&scratch, "four.txt", "text\n");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["merge", "-q", "--no-verify", "-m", "Merge past them", "three", "four"]);
    is_refused(&scratch, &["push", "-q", "origin", "main"], "bypassed");
}
