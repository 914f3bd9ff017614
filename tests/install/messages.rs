//! What the hook that reads messages refuses.

use std::process::Output;

use crate::err;
use crate::support::{Scratch, UNTOLD, secret_line};

/// A repository whose messages may not say `wip`.
fn worded() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        ".gov/rules/message.yaml",
        "- id: own/wip\n  on: message\n  keywords: [wip]\n  regex: '\\bwip\\b'\n  severity: deny\n  message: unfinished work\n  \
         help: finish it\n  examples: [wip]\n  counterexamples: [done]\n",
    );
    scratch.policy("version: 1\nrules: { packs: [secrets], extra: [\".gov/rules/*.yaml\"] }\n");
    scratch.run(&["install"]);
    scratch
}

fn commit(scratch: &Scratch, arguments: &[&str], editor: &str) -> Output {
    let mut command = scratch.command("git", &scratch.path(""));
    command.args(["commit", "-q", "--allow-empty"]).args(arguments).env("GIT_EDITOR", editor).output().unwrap()
}

#[test]
fn a_message_is_judged_by_the_rules_of_messages() {
    let scratch = worded();

    let refused = commit(&scratch, &["-m", "wip on this"], "false");
    let passed = commit(&scratch, &["-m", "This is done"], "false");

    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).starts_with("denied: unfinished work in COMMIT_MESSAGE:1\n"), "{}", err(&refused));
    assert!(passed.status.success(), "{}", err(&passed));
}

#[test]
fn what_git_takes_out_of_a_message_is_not_judged() {
    let scratch = worded();
    let edit = "sh -c 'printf \"Done\\n# wip in a remark\\n\" > \"$0\"'";
    let typed = commit(&scratch, &[], edit);
    scratch.git(&["config", "core.commentChar", ";"]);
    let of_own_sign = commit(&scratch, &[], "sh -c 'printf \"Done\\n; wip in a remark\\n\" > \"$0\"'");
    let no_remark_now = commit(&scratch, &[], edit);
    let kept_by_git = commit(&scratch, &["-m", "Done\n\n; wip, and nobody edits it"], "false");
    scratch.write("README.md", "wip\n");
    scratch.git(&["add", "--all"]);
    let below_the_scissors = commit(&scratch, &["-v"], "sh -c '{ echo Done; cat \"$0\"; } > t && mv t \"$0\"'");

    let codes = [typed, of_own_sign, no_remark_now, kept_by_git, below_the_scissors].map(|it| it.status.code());
    assert_eq!(codes, [Some(0), Some(0), Some(1), Some(1), Some(0)]);
}

#[test]
fn a_secret_in_a_message_is_refused_and_what_only_looks_like_one_is_not() {
    let scratch = worded();

    let refused = commit(&scratch, &["-m", &format!("Deploy with {}", secret_line())], "false");
    let address = ["Push to https://bot:vQ7mz", "T2xLr9@git.shop.dev/x"].concat();
    let addressed = commit(&scratch, &["-m", &address], "false");
    let passed = commit(&scratch, &["-m", "Rotate the key\n\npassword: hunter-2-of-9"], "false");

    assert_eq!(addressed.status.code(), Some(1), "{}", err(&addressed));
    assert!(!err(&addressed).contains("vQ7mzT2x"), "{}", err(&addressed));
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).starts_with("denied: "), "{}", err(&refused));
    assert!(err(&refused).contains("COMMIT_MESSAGE:1"), "{}", err(&refused));
    assert!(!err(&refused).contains(UNTOLD), "{}", err(&refused));
    assert!(passed.status.success(), "{}", err(&passed));
}

#[test]
fn a_secret_beside_what_a_message_is_refused_for_is_not_repeated() {
    let scratch = worded();

    let refused = commit(&scratch, &["-m", &format!("wip: use {}", secret_line())], "false");

    assert_eq!(refused.status.code(), Some(1));
    let said = err(&refused) + &scratch.run(&["audit", "export"]).out;
    assert!(!said.contains(UNTOLD), "{said}");
}

#[test]
fn an_agent_that_only_its_trailer_gives_away_is_held_to_its_level() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nagents: { identities: [ { id: bot, trailers: [\"Co-authored-by: Bot*\"] } ] }\n");
    scratch.run(&["install"]);
    scratch.write(".github/workflows/ci.yml", "on: push\n");
    scratch.git(&["add", "--all"]);

    let by_agent = commit(&scratch, &["-m", "Run it\n\nCo-authored-by: Bot <bot@example.com>"], "false");
    let by_person = commit(&scratch, &["-m", "Run it"], "false");

    assert_eq!(by_agent.status.code(), Some(1));
    assert!(err(&by_agent).lines().any(|line| line.starts_with("held: CRITICAL risk")), "{}", err(&by_agent));
    assert!(by_person.status.success(), "{}", err(&by_person));
}

#[test]
fn a_message_that_was_refused_leaves_no_decision_to_commit_by() {
    let scratch = worded();
    scratch.write("a.txt", "one\n");
    scratch.git(&["add", "--all"]);
    assert!(!commit(&scratch, &["-m", "wip"], "false").status.success());

    let past = commit(&scratch, &["--no-verify", "-m", "wip"], "false");

    assert!(past.status.success());
    assert!(err(&past).contains("was made past the hooks"), "{}", err(&past));
    let verified = scratch.run(&["audit", "verify", "--replay"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}
