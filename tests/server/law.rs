//! The law a push is judged by, and which law is not let in.

use crate::Hosted;
use crate::support::lines;

#[test]
fn the_law_is_that_of_the_old_tip() {
    let policy = "version: 1\nenforcement: { default: staging }\n";
    let hosted = Hosted::new(policy);
    hosted.scratch.write(".gov/policy.yaml", "version: 1\nenforcement: { default: development }\n");
    hosted.scratch.write("a.txt", lines(400));
    hosted.scratch.commit_all("Loosen the law and use it");

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&["gov-hook: held: main: CRITICAL risk", "mend it: ask for it: gov-hook request "]);
    hosted.push(&["--no-verify", "origin", "main:other"]).is_refused_with(&["gov-hook: held: other: CRITICAL risk"]);
}

#[test]
fn no_new_branch_sets_itself_above_the_law_where_head_names_none_that_is_there() {
    let hosted =
        Hosted::new("version: 1\nenforcement: { branches: { main: production, \"release/*\": production } }\n");
    hosted.there(&["symbolic-ref", "HEAD", "refs/heads/master"]);
    hosted.scratch.git(&["checkout", "-q", "-b", "loose"]);
    hosted.scratch.write(".gov/policy.yaml", "version: 1\n");
    hosted.scratch.commit_all("Loosen the law");

    hosted.push(&["--no-verify", "origin", "loose"]).passes();
    hosted.push(&["--no-verify", "origin", "loose:master"]).is_refused_with(&[
        "gov-hook: denied: master: new branches would no longer take their policy from the default branch",
        "mend it: on the server: git symbolic-ref HEAD refs/heads/main",
    ]);
    hosted.push(&["--no-verify", "origin", "loose:release/1"]).is_refused_with(&["gov-hook: held: release/1"]);
    let doctor = hosted.scratch.run_in(&hosted.server, &["doctor"]).whole();
    assert!(doctor.contains("mend it: git symbolic-ref HEAD refs/heads/main"), "{doctor}");
    hosted.there(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    hosted.push(&["--no-verify", "origin", "loose:master"]).passes();
}

#[test]
fn a_ledger_is_held_against_the_signers_of_the_branch_that_head_names() {
    let hosted = Hosted::new("version: 1\n");
    let key = hosted.scratch.ssh_key("*");
    hosted.scratch.write(".gov/allowed_signers", &key);
    hosted.scratch.commit_by_hand("Name who signs");
    hosted.push(&["-q", "origin", "main:develop"]).passes();
    hosted.there(&["symbolic-ref", "HEAD", "refs/heads/develop"]);
    hosted.push(&["-q", "--no-verify", "origin", ":main"]).passes();
    hosted.scratch.run(&["audit", "checkpoint", "--sign"]).passes();
    hosted.push(&["-q", "--no-verify", "origin", "refs/notes/gov/*"]).passes();
    hosted.scratch.write(".gov/allowed_signers", key.replace("\"*\"", "\"log@gov-hook\""));
    hosted.scratch.git(&["checkout", "-q", "--orphan", "eve"]);
    hosted.scratch.commit_all("Name others");

    hosted.push(&["-q", "--no-verify", "origin", "eve:main"]).passes();

    hosted.scratch.run_in(&hosted.server, &["audit", "verify", "--full"]).passes();
}

#[test]
fn a_law_that_cannot_be_read_is_not_let_in() {
    let hosted = Hosted::new("version: 1\n");
    hosted.scratch.write(".gov/policy.yaml", "version: 1\nenforcment: {}\n");
    hosted.scratch.commit_all("Misspell the law");

    hosted.push(&["--no-verify", "origin", "main"]).is_refused_with(&[
        "gov-hook: denied: main: the law it brings cannot be read",
        "mend it: gov-hook policy check",
    ]);
}

#[test]
fn signers_and_packs_that_cannot_be_read_are_not_let_in() {
    let hosted = Hosted::new("version: 1\nrules: { packs: [], extra: [\".gov/rules/*.yaml\"] }\n");
    let broken =
        [(".gov/allowed_signers", "ada@example.com ssh-ed25519 junk\n"), (".gov/rules/own.yaml", "rules: 7\n")];
    for (path, text) in broken {
        hosted.scratch.write(path, text);
        hosted.scratch.commit_all("Break the law");

        hosted.push(&["--no-verify", "origin", "main"]).is_refused_with(&[
            "gov-hook: denied: main: the law it brings cannot be read: ",
            &format!("{path} has "),
            "mend it: gov-hook policy check",
        ]);
        hosted.scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
}

const RELEASES: &str = "version: 1\nenforcement: { branches: { main: production, \"release/*\": production } }\n";

#[test]
fn a_branch_that_begins_before_the_law_is_under_it_all_the_same() {
    let hosted = Hosted::without_hooks(RELEASES);
    let adopted = hosted.scratch.git(&["rev-parse", "HEAD"]);
    hosted.scratch.policy(&format!("{RELEASES}paths: {{ protected: [\"pay/**\"] }}\n"));
    hosted.push(&["-q", "--no-verify", "origin", "main"]).passes();
    hosted.enforce();
    for (name, begin) in [("without", format!("{adopted}~1")), ("older", adopted)] {
        let branch = format!("refs/heads/release/{name}");
        hosted.push(&["-q", "--no-verify", "origin", &format!("{begin}:{branch}")]).passes();
        hosted.scratch.git(&["checkout", "-q", "-b", name, &begin]);
        hosted.commit("pay/one.txt", "one\n");

        hosted
            .push(&["-q", "--no-verify", "origin", &format!("{name}:{branch}")])
            .is_refused_with(&[&format!("gov-hook: held: release/{name}: HIGH risk")]);
        // The range that the server names is judged alike here.
        let said = hosted.scratch.run(&["check", &format!("{begin}..{name}"), "--onto", &format!("release/{name}")]);
        assert_eq!(said.code, 3, "{}", said.whole());
    }
}

#[test]
fn what_another_law_let_by_is_judged_again_where_it_lands() {
    let hosted = Hosted::without_hooks(RELEASES);
    hosted.scratch.git(&["checkout", "-q", "-b", "release/1"]);
    hosted.commit("one.txt", "one\n");
    hosted.push(&["-q", "--no-verify", "origin", "release/1", "refs/notes/gov/*"]).passes();
    hosted.scratch.git(&["checkout", "-q", "main"]);
    hosted.scratch.policy(&format!("{RELEASES}paths: {{ protected: [\"pay/**\"] }}\n"));
    hosted.push(&["-q", "--no-verify", "origin", "main"]).passes();
    hosted.enforce();
    hosted.scratch.git(&["checkout", "-q", "release/1"]);
    hosted.commit("pay/one.txt", "one\n");
    hosted.push(&["-q", "origin", "release/1"]).passes();
    hosted.scratch.git(&["checkout", "-q", "-b", "next", "main"]);
    hosted.scratch.git(&["merge", "-q", "--no-edit", "release/1"]);

    for past in ["--verify", "--no-verify"] {
        hosted.push(&["-q", past, "origin", "next:main"]).is_refused_with(&["held: ", "HIGH risk"]);
    }
    hosted.scratch.git(&["reset", "-q", "--hard", "main"]);
    hosted.scratch.git(&["merge", "-q", "--no-edit", "release/1~1"]);
    hosted.push(&["-q", "origin", "next:main"]).passes();
    hosted.scratch.is_replayed_in(&hosted.server);
}
