//! `rules waive` and `rules baseline`, and what becomes of waivers that no longer hold.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::fs;

use serde_json::Value;
use support::{Said, Scratch, key};

/// A repository whose only commit has a key in each of these files.
fn leaky(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new();
    for (path, tail) in files {
        scratch.write(path, key(tail));
    }
    scratch.commit_all("Leak");
    scratch
}

fn waivers(scratch: &Scratch) -> String {
    fs::read_to_string(scratch.path(".gov/waivers.yaml")).unwrap_or_default()
}

fn fingerprint(scratch: &Scratch, asked: &[&str], path: &str) -> String {
    let report = scratch.check(asked);
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["path"] == path).unwrap()["fingerprint"].as_str().unwrap().to_owned()
}

/// The rules of the findings that weigh.
fn weighing(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["waived"].is_null()).map(|finding| finding["rule"].as_str().unwrap()).collect()
}

fn refused(said: &Said, because: &str) {
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains(because), "{}", said.err);
}

const KEY: &str = "secret/aws-access-key-id";

#[test]
fn a_key_of_many_lines_is_told_of_its_first_and_waived_above_it() {
    let scratch = Scratch::new();
    let make = "ssh-keygen -q -t ed25519 -N '' -f key && rm key.pub";
    assert!(scratch.command("sh", &scratch.path("")).args(["-c", make]).status().unwrap().success());
    let block = fs::read_to_string(scratch.path("key")).unwrap();
    let waiver = "# gov: allow[secret/openssh-private-key] made for this test alone";
    scratch.write("told.py", format!("a = 1\nkey = '''\n{block}'''\n"));
    scratch.write("waived.py", format!("a = 1\n{waiver}\nkey = '''{block}'''\n"));
    scratch.commit_all("Bring keys");

    let report = scratch.check(&["--all"]);

    let told = |finding: &Value| {
        (finding["path"].as_str().unwrap().to_owned(), finding["line"].as_u64().unwrap(), finding["waived"].is_null())
    };
    let told: Vec<_> = report["findings"].as_array().unwrap().iter().map(told).collect();
    let place = |path: &str, line, weighs| (path.to_owned(), line, weighs);
    assert_eq!(told, [place("key", 1, true), place("told.py", 3, true), place("waived.py", 3, false)]);
}

#[test]
fn a_finding_is_waived_by_the_first_digits_of_its_fingerprint() {
    let scratch = leaky(&[("deploy.toml", "LM2T")]);
    let full = fingerprint(&scratch, &["--all"], "deploy.toml");
    let digits = full.split_at(12).0;

    let said = scratch.run(&["rules", "waive", digits, "--reason", "made \"up\"", "--until", "2999-12-31"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        said.out,
        ".gov/waivers.yaml:3 waives secret/aws-access-key-id in deploy.toml:1\n\
         it could also be in the text, in a comment on that line or above it:\n  \
         # gov: allow[secret/aws-access-key-id] made \"up\" until=2999-12-31\n\
         a change of .gov/** is CRITICAL: the waiver counts for good once that change is approved\n\
         next: git add .gov/waivers.yaml\n"
    );
    assert_eq!(
        waivers(&scratch),
        format!(
            "# Findings of gov-hook that are excused, and why. To add to it: gov-hook rules waive --help\n\
             # secret/aws-access-key-id in deploy.toml\n- fingerprint: \"{full}\"\n  reason: \"made \\\"up\\\"\"\n  \
             until: 2999-12-31\n  by: \"Mira Example <mira@example.com>\"\n"
        )
    );
    scratch.git(&["add", "--all"]);
    assert_eq!(weighing(&scratch.check(&["--all"])), ["waiver/added"]);
    assert_eq!(scratch.check(&["--staged"])["risk"]["level"], "CRITICAL");
    assert!(!scratch.path(".gov/waivers.yaml.lock").exists());
}

#[test]
fn what_is_staged_and_what_a_branch_took_out_again_can_be_waived() {
    let scratch = Scratch::new();
    scratch.write("staged.toml", key("AAA3"));
    scratch.git(&["add", "--all"]);
    let staged = fingerprint(&scratch, &["--staged"], "staged.toml");
    let said = scratch.run(&["rules", "waive", &staged, "--reason", "made up"]);
    scratch.git(&["add", "--all"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!weighing(&scratch.check(&["--staged"])).contains(&KEY));
    scratch.commit_all("Waive");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("undone.toml", key("BBB4"));
    scratch.commit_all("Leak");
    scratch.git(&["rm", "-q", "undone.toml"]);
    scratch.commit_all("Take it out");
    let undone = fingerprint(&scratch, &[], "undone.toml");

    let said = scratch.run(&["rules", "waive", &undone, "--reason", "rotated"]);

    assert_eq!(said.code, 0, "{}", said.err);
    scratch.commit_all("Waive");
    assert!(!weighing(&scratch.check(&[])).contains(&KEY));
}

#[test]
fn a_branch_that_cannot_be_judged_is_told_and_one_that_leads_nowhere_is_passed_over() {
    let scratch = leaky(&[("deploy.toml", "LM2T")]);
    let found = fingerprint(&scratch, &["--all"], "deploy.toml");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("gone/a.txt", "a\n");
    let broken = scratch.commit_all("Come");
    scratch.git(&["rm", "-q", "-r", "gone"]);
    scratch.commit_all("Go");
    let tree = scratch.git(&["rev-parse", &format!("{broken}:gone")]);
    let (two, rest) = tree.split_at(2);
    fs::remove_file(scratch.path(&format!(".git/objects/{two}/{rest}"))).unwrap();

    let said = scratch.run(&["rules", "waive", &found, "--reason", "made up"]);

    refused(&said, &tree);
    assert_eq!(waivers(&scratch), "");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["branch", "-q", "-m", "only"]);
    scratch.git(&["remote", "add", "origin", "/nowhere"]);
    assert_eq!(scratch.run(&["check"]).code, 2, "its default branch is not known");
    scratch.run(&["rules", "waive", &found, "--reason", "made up"]).passes();
}

#[test]
fn what_only_history_has_is_waived_there_and_nowhere_else() {
    let scratch = leaky(&[("old.toml", "LM2T")]);
    scratch.git(&["rm", "-q", "old.toml"]);
    scratch.commit_all("Take it out");
    let past = fingerprint(&scratch, &["--history"], "old.toml");

    let unseen = scratch.run(&["rules", "waive", &past, "--reason", "rotated"]);
    let said = scratch.run(&["rules", "waive", &past, "--reason", "rotated", "--history"]);

    refused(&unseen, "add --history");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(waivers(&scratch).ends_with("  history: true\n"));
    scratch.commit_all("Waive");
    assert_eq!(weighing(&scratch.check(&["--history"])), [""; 0]);
    assert_eq!(weighing(&scratch.check(&["--all"])), [""; 0]);
    scratch.write("old.toml", key("LM2T"));
    scratch.git(&["add", "--all"]);
    assert_eq!(weighing(&scratch.check(&["--staged"])), [KEY]);
}

#[test]
fn a_rule_is_waived_at_some_paths() {
    let scratch = leaky(&[("tests/a.toml", "AAA3"), ("tests/b.toml", "BBB4"), ("c.toml", "CCC5")]);
    let waive = |rule: &str, path: &str, more: &[&str]| {
        scratch.run(&[&["rules", "waive", "--rule", rule, "--path", path, "--reason", "made up"], more].concat())
    };

    let said = waive("secret/aws-*", "tests/**", &[]);
    let again = waive("secret/aws-*", "tests/**", &[]);
    let nothing = waive("secret/aws-*", "docs/**", &[]);
    let forced = waive("secret/aws-*", "docs/**", &["--force"]);
    let unknown = waive("secret/aws-access-key", "tests/**", &[]);
    let bad = waive("secret/aws-*", "tests/[", &[]);

    assert!(said.out.starts_with(".gov/waivers.yaml:2 waives secret/aws-* in tests/**: 2 findings\n"), "{}", said.out);
    refused(&again, ".gov/waivers.yaml:2 already names it");
    refused(&nothing, "would excuse nothing here");
    assert_eq!(forced.code, 0, "{}", forced.err);
    refused(&unknown, "did you mean `secret/aws-access-key-id`?");
    refused(&bad, "`tests/[` is not a glob");
    scratch.git(&["add", "--all"]);
    assert_eq!(weighing(&scratch.check(&["--all"])), [KEY, "waiver/added", "waiver/unused"]);
}

#[test]
fn what_cannot_be_a_waiver_is_refused_and_the_file_stays_as_it_was() {
    let scratch = leaky(&[("deploy.toml", "LM2T")]);
    let full = fingerprint(&scratch, &["--all"], "deploy.toml");
    let strange = "0123456789abcdef0123456789abcdef";
    let waive = |digits: &str, more: &[&str]| {
        let reason: &[&str] = if more.contains(&"--reason") { &[] } else { &["--reason", "x"] };
        scratch.run(&[&["rules", "waive", digits], more, reason].concat())
    };

    refused(&waive(&full, &["--reason", "..."]), "a waiver needs a reason");
    refused(&waive(&full, &["--until", "2020-01-01"]), "2020-01-01 is in the past");
    refused(&waive(&full, &["--until", "soon"]), "not a date of the form 2026-12-31");
    refused(&waive("deploy.toml", &[]), "is not a fingerprint");
    refused(&waive("abc", &[]), "is not a fingerprint");
    refused(&waive(strange, &[]), "has a fingerprint that starts with `0123456789abcdef");
    refused(&waive("0123456789ab", &["--force"]), "give all 32 digits");
    assert_eq!(waivers(&scratch), "");

    assert_eq!(waive(strange, &["--force"]).code, 0);
    refused(&waive(strange, &["--force"]), ".gov/waivers.yaml:2 already names it");
    assert_eq!(waive(&full, &[]).code, 0);
    let before = waivers(&scratch);
    refused(&waive(&full, &[]), "already waives it: x");
    assert_eq!(waivers(&scratch), before);
}

#[test]
fn a_file_that_cannot_be_added_to_is_left_as_it_is() {
    let scratch = leaky(&[("deploy.toml", "LM2T")]);
    let full = fingerprint(&scratch, &["--all"], "deploy.toml");
    let with = |file: &str| {
        scratch.write(".gov/waivers.yaml", file);
        let said = scratch.run(&["rules", "waive", &full, "--reason", "x"]);
        assert_eq!(waivers(&scratch), file);
        said
    };

    refused(&with("- rule: [\n"), ".gov/waivers.yaml:");
    refused(&with("- reason: x\n"), "names neither a `fingerprint` nor a `rule`");
    refused(&with("[{ rule: a/b, paths: [c], reason: x }]\n"), "is not a plain list");
    scratch.write(".gov/waivers.yaml.lock", "");
    refused(&with("# mine\n"), "another gov-hook is writing");
    assert!(scratch.path(".gov/waivers.yaml.lock").exists());
    fs::remove_file(scratch.path(".gov/waivers.yaml.lock")).unwrap();

    let said = scratch.run(&["rules", "waive", &full, "--reason", "x"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(waivers(&scratch).starts_with("# mine\n# secret/aws-access-key-id in deploy.toml\n- "));
}

#[test]
fn a_bare_repository_and_a_link_in_the_place_of_the_file_are_refused() {
    let scratch = leaky(&[("deploy.toml", "LM2T")]);
    let full = fingerprint(&scratch, &["--all"], "deploy.toml");
    scratch.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let waive = ["rules", "waive", &full, "--reason", "x"];

    let bare = scratch.run_in(&scratch.beside("bare.git"), &waive);
    fs::create_dir(scratch.path(".gov")).unwrap();
    fs::write(scratch.beside("elsewhere.yaml"), "# not here\n").unwrap();
    std::os::unix::fs::symlink(scratch.beside("elsewhere.yaml"), scratch.path(".gov/waivers.yaml")).unwrap();
    let linked = scratch.run(&waive);

    refused(&bare, "no work tree");
    refused(&linked, "symbolic link");
    assert_eq!(fs::read_to_string(scratch.beside("elsewhere.yaml")).unwrap(), "# not here\n");
}

#[test]
fn a_baseline_takes_all_there_is_and_nothing_that_comes() {
    let scratch = leaky(&[("a.toml", "AAA3"), ("b.toml", "BBB4")]);

    let said = scratch.run(&["rules", "baseline", "--reason", "there before", "--until", "2999-12-31"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with(
            ".gov/waivers.yaml: a baseline of 2 waivers\n2 findings added:\n  secret/aws-access-key-id in a.toml:1\n  \
             secret/aws-access-key-id in b.toml:1\n"
        ),
        "{}",
        said.out
    );
    scratch.commit_all("Take it as it is");
    assert_eq!(weighing(&scratch.check(&["--all"])), [""; 0]);
    scratch.write("a.toml", ["# moved down\n".to_owned(), key("AAA3"), key("CCC5")].concat());
    scratch.git(&["add", "--all"]);
    assert_eq!(weighing(&scratch.check(&["--staged"])), [KEY]);
    assert_eq!(weighing(&scratch.check(&["--all"])), [KEY]);
}

#[test]
fn a_baseline_that_is_made_again_drops_what_is_gone_and_adds_only_when_asked() {
    let scratch = leaky(&[("a.toml", "AAA3"), ("b.toml", "BBB4")]);
    scratch.write(".gov/waivers.yaml", "# by hand\n- rule: secret/never-used\n  paths: [a]\n  reason: mine\n");
    scratch.run(&["rules", "baseline", "--reason", "there before"]);
    scratch.commit_all("Take it as it is");
    let made = waivers(&scratch);
    let again = scratch.run(&["rules", "baseline"]);
    assert_eq!((again.code, again.out.as_str()), (0, ".gov/waivers.yaml: a baseline of 2 waivers\n"));
    assert_eq!(waivers(&scratch), made);
    scratch.git(&["rm", "-q", "a.toml"]);
    scratch.write("c.toml", key("CCC5"));
    scratch.commit_all("Change");

    let dropped = scratch.run(&["rules", "baseline"]);
    let unreasoned = scratch.run(&["rules", "baseline", "--update"]);
    let updated = scratch.run(&["rules", "baseline", "--update", "--reason", "came later"]);

    assert!(
        dropped.out.starts_with(".gov/waivers.yaml: a baseline of 1 waiver\n1 finding not in it;"),
        "{}",
        dropped.out
    );
    assert!(
        dropped
            .out
            .contains("1 waiver dropped, because nothing matches any more:\n  secret/aws-access-key-id in a.toml\n"),
        "{}",
        dropped.out
    );
    refused(&unreasoned, "a waiver needs a reason");
    assert!(updated.out.contains("1 finding added:\n  secret/aws-access-key-id in c.toml:1\n"), "{}", updated.out);
    let file = waivers(&scratch);
    assert!(
        file.starts_with("# by hand\n- rule: secret/never-used\n  paths: [a]\n  reason: mine\n# baseline: "),
        "{file}"
    );
    assert!(!file.contains("a.toml") && file.contains("b.toml") && file.contains("c.toml"), "{file}");
    scratch.commit_all("Update");
    assert_eq!(weighing(&scratch.check(&["--all"])), ["waiver/unused"], "the one by hand is nobody else's to drop");
}

#[test]
fn a_baseline_of_history_follows_what_leaves_the_tree() {
    let scratch = leaky(&[("a.toml", "AAA3"), ("b.toml", "BBB4")]);
    scratch.git(&["rm", "-q", "a.toml"]);
    scratch.commit_all("Take one out");
    scratch.run(&["rules", "baseline", "--history", "--reason", "rotated"]);
    scratch.commit_all("Take it as it is");
    assert_eq!(weighing(&scratch.check(&["--history"])), [""; 0]);
    assert_eq!(weighing(&scratch.check(&["--all"])), [""; 0]);
    scratch.git(&["rm", "-q", "b.toml"]);
    scratch.commit_all("Take the other out");
    assert_eq!(weighing(&scratch.check(&["--all"])), ["waiver/unused"]);

    let said = scratch.run(&["rules", "baseline", "--history"]);

    assert!(
        said.out.contains("1 waiver from now on for history only:\n  secret/aws-access-key-id in b.toml\n"),
        "{}",
        said.out
    );
    scratch.commit_all("Follow");
    assert_eq!(weighing(&scratch.check(&["--history"])), [""; 0]);
    assert_eq!(weighing(&scratch.check(&["--all"])), [""; 0]);
    assert_eq!(waivers(&scratch).matches("history: true").count(), 2);
}

#[test]
fn waivers_that_do_not_hold_are_findings_in_every_mode() {
    let scratch = leaky(&[("a.toml", "AAA3"), ("b.toml", "BBB4"), ("c.toml", "CCC5")]);
    let rule = |path: &str, rest: &str| format!("- rule: \"{KEY}\"\n  paths: [{path}]\n{rest}");
    let file = [
        rule("a.toml", ""),
        rule("b.toml", "  reason: x\n  until: 2020-01-01\n"),
        rule("nowhere.toml", "  reason: x\n"),
    ];
    let faults = |report: &Value| {
        let mut faults = weighing(report);
        faults.retain(|rule| rule.starts_with("waiver/"));
        faults.iter().map(|&rule| rule.to_owned()).collect::<Vec<_>>()
    };
    let (reasonless, expired, unused) = ("waiver/no-reason", "waiver/expired", "waiver/unused");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write(".gov/waivers.yaml", file.concat());
    scratch.git(&["add", "--all"]);

    assert_eq!(faults(&scratch.check(&["--staged"])), [reasonless, expired], "a change cannot show what is unused");
    scratch.commit_all("Waive");
    scratch.write("d.txt", "x\n");
    scratch.commit_all("Go on");
    assert_eq!(faults(&scratch.check(&["main..HEAD"])), [reasonless, expired]);
    assert_eq!(faults(&scratch.check(&["HEAD~1"])), [reasonless, expired]);
    assert_eq!(faults(&scratch.check(&["HEAD"])), [""; 0], "an old fault is not that of a later change");
    assert_eq!(faults(&scratch.check(&["--all"])), [reasonless, expired, unused]);
    assert_eq!(faults(&scratch.check(&["--history"])), [reasonless, expired, unused]);
}

/// A waiver in a comment, put together so that it excuses nothing here.
fn excused(tail: &str) -> String {
    key(tail).replace('\n', &["  # gov: ", "allow[secret/*] made up\n"].concat())
}

#[test]
fn a_change_that_excuses_its_own_secret_waits_for_a_reviewer() {
    let scratch = Scratch::new();
    scratch.write("deploy.toml", excused("LM2T"));
    scratch.git(&["add", "--all"]);
    let exit = |more: &[&str]| scratch.check(&[&["--staged"], more].concat())["exit"].clone();

    assert_eq!(weighing(&scratch.check(&["--staged"])), ["waiver/added"]);
    assert_eq!(exit(&["--level", "development"]), 0, "people say themselves what is no leak");
    for level in ["staging", "production"] {
        assert_eq!(exit(&["--level", level]), 3, "{level}");
    }
    scratch.commit_all("Waive");
    assert_eq!(weighing(&scratch.check(&["--all", "--level", "production"])), [""; 0], "once it is there");
    assert_eq!(scratch.check(&["--all", "--level", "production"])["exit"], 0);
}

#[test]
fn an_old_waiver_above_a_line_does_not_let_another_secret_in_unseen() {
    let scratch = Scratch::new();
    let file = |tail: &str| ["# gov: ", "allow[secret/*] made up\n", &key(tail)].concat();
    scratch.write("deploy.toml", file("LM2T"));
    scratch.commit_all("Waive");
    scratch.write("deploy.toml", file("AAA3"));
    scratch.git(&["add", "--all"]);

    let report = scratch.check(&["--staged", "--level", "production"]);

    assert_eq!((weighing(&report), &report["exit"]), (vec!["waiver/reused"], &3.into()));
}

#[test]
fn a_waiver_speaks_for_the_lines_of_its_own_text() {
    let scratch = Scratch::new();
    scratch.write("deploy.toml", excused("LM2T") + "x = 1\n");
    scratch.commit_all("Waive");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("deploy.toml", key("AAA3") + "x = 1\n");
    scratch.commit_all("Leak");
    scratch.write("deploy.toml", excused("LM2T") + "x = 2\n");
    scratch.commit_all("Put it back");

    let report = scratch.check(&["main..HEAD"]);

    assert!(weighing(&report).contains(&KEY), "{report}");
    assert_eq!(report["exit"], 1);
}

#[test]
fn what_only_one_commit_of_a_range_excuses_waits_for_a_reviewer_too() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("deploy.toml", excused("LM2T"));
    scratch.commit_all("Leak");
    scratch.write("deploy.toml", "x = 1\n");
    scratch.commit_all("Take it out");

    let report = scratch.check(&["main..HEAD", "--level", "production"]);

    assert_eq!((weighing(&report), &report["exit"]), (vec!["waiver/added"], &3.into()));
}

#[test]
fn faulty_waivers_in_a_text_are_findings_in_every_mode() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    let marked = |what: &str| ["# gov: ", "allow[secret/*]", what, "\nx = 1\n"].concat();
    scratch.write("a.toml", [marked(""), marked(" why until=2020-01-01"), marked(" why")].concat());
    scratch.git(&["add", "--all"]);
    let wanted = ["waiver/no-reason", "waiver/expired", "waiver/unused"];

    assert_eq!(weighing(&scratch.check(&["--staged"])), wanted);
    scratch.commit_all("Waive");
    assert_eq!(weighing(&scratch.check(&["main..HEAD"])), wanted);
    assert_eq!(weighing(&scratch.check(&["--all"])), wanted);
    assert_eq!(weighing(&scratch.check(&["--history"])), wanted);
}

#[test]
fn a_secret_in_a_reason_is_told_nowhere_and_not_put_on_record() {
    let secret = ["AKIA", "Z7QVN4KWJ3XP", "Q5RT"].concat();
    let unknown = "q7Zr9XkT2mVb4LpNs8Wd";
    let reason = format!("the old {secret} and {unknown} are revoked");
    let scratch = leaky(&[("deploy.toml", "LM2T")]);
    scratch.install_hooks();
    let excuse = format!("- rule: {KEY}\n  paths: [deploy.toml]\n  reason: \"{reason}\"\n");
    scratch.write(".gov/waivers.yaml", &excuse);
    scratch.git(&["add", "--all"]);
    let is_told = |text: &str| text.contains(&secret) || text.contains(unknown);

    for format in ["human", "json", "sarif", "github", "gitlab", "junit"] {
        for what in [["--staged"].as_slice(), &["--all"], &["HEAD"]] {
            let said = scratch.run(&[&["check", "--format", format], what].concat());
            assert!(!is_told(&said.out) && !is_told(&said.err), "{format}: {}{}", said.out, said.err);
        }
    }
    scratch.write(".gov/waivers.yaml", format!("- {{ rule: {KEY}, pathz: [a], reason: \"{reason}\" }}\n"));
    scratch.git(&["add", "--all"]);
    let broken = scratch.run(&["check", "--staged"]);
    assert_eq!(broken.code, 2);
    assert!(!is_told(&broken.err) && broken.err.contains("AKIA****"), "{}", broken.err);
    scratch.write(".gov/waivers.yaml", &excuse);
    scratch.git(&["add", "--all"]);

    let waived = scratch.check(&["--all"]);
    let waived = waived["findings"].as_array().unwrap().iter().find(|finding| finding["path"] == "deploy.toml");
    let told = &waived.unwrap()["waived"]["reason"];
    assert_eq!(told, "the old AKI…(20 characters) and q7Z…(20 characters) are revoked");

    scratch.git(&["commit", "-q", "--no-verify", "-m", "Waive"]);
    let recorded = scratch.run(&["record", "HEAD", "--reason", &reason]);
    let log = scratch.run(&["audit", "log", "--format", "json"]);
    assert!(log.out.contains("are revoked"), "{}{}", recorded.err, log.out);
    assert!(!is_told(&(recorded.out + &recorded.err + &log.out)), "{}", log.out);
}

#[test]
fn what_a_branch_took_out_again_is_waived_for_history() {
    let scratch = Scratch::new();
    scratch.commit_all("Begin");
    scratch.git(&["switch", "-q", "-c", "work"]);
    scratch.write("deploy.toml", key("LM2T"));
    scratch.commit_all("Leak");
    fs::remove_file(scratch.path("deploy.toml")).unwrap();
    scratch.commit_all("Take it out again");
    let print = fingerprint(&scratch, &["main..work"], "deploy.toml");

    let said = scratch.run(&["rules", "waive", &print, "--reason", "rotated"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.out.contains("in the text"), "{}", said.out);
    assert!(waivers(&scratch).contains("history: true"));
    scratch.commit_all("Excuse it");
    assert_eq!(weighing(&scratch.check(&["--all"])), [] as [&str; 0]);
    assert!(!weighing(&scratch.check(&["main..work"])).contains(&KEY));
    assert_eq!(weighing(&scratch.check(&["--history"])), [] as [&str; 0]);
}
