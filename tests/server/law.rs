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
