//! The verbs beside `check`, and the hook, as a person would use them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::path::Path;

use support::{Scratch, lines, secret_line};

#[test]
fn every_mistake_of_a_policy_is_told_at_once_with_its_place() {
    let scratch = Scratch::new();
    scratch.write(".gov/policy.yaml", "version: 1\npaths:\n  protectd: [\"src/**\"]\n  allowed: [\"src/[\"]\n");

    let said = scratch.run(&["policy", "check"]);
    let json = scratch.run(&["policy", "check", "--format", "json"]);

    assert_eq!((said.code, json.code), (2, 2));
    assert!(
        said.out.contains(".gov/policy.yaml:3:3") && said.out.contains("did you mean `protected`?"),
        "{}",
        said.out
    );
    assert!(said.out.contains(".gov/policy.yaml:4:"), "{}", said.out);
    assert_eq!(json.json()["mistakes"].as_array().unwrap().len(), 2);
}

#[test]
fn whoever_brings_the_first_policy_is_not_told_to_write_one() {
    let scratch = Scratch::new();
    let next = |path: &str| {
        scratch.write(path, "version: 1\n");
        scratch.git(&["add", "--all"]);
        let json = scratch.check(&["--staged", "--level", "staging"]);
        assert_eq!(json["exit"], 3);
        json["next"].as_array().unwrap().last().unwrap()["command"].clone()
    };

    assert_eq!(next(".gov/signers.md"), "gov-hook init");
    assert_eq!(next(".gov/policy.yaml"), "gov-hook policy check");
}

#[test]
fn a_sound_policy_is_called_sound() {
    let scratch = Scratch::new();
    scratch.write(".gov/policy.yaml", "version: 1\n");

    let said = scratch.run(&["policy", "check"]);

    assert_eq!((said.code, said.out.as_str()), (0, ".gov/policy.yaml: no mistakes\n"));
}

#[test]
fn what_is_no_revision_says_what_it_is_instead() {
    let scratch = Scratch::new();
    scratch.write("a file", "x\n");
    let asked = |revision: &str| scratch.run(&["check", revision]);

    let file = "`a file` is a file, not a commit\n  mend it: to judge what is staged: gov-hook check --staged; \
                to see what the policy says of the file: gov-hook policy why 'a file'\n";
    let short = "`abc` is too short for the id of a commit\n  mend it: give more of its digits, at least 4: \
                 git log --oneline\n";
    for (revision, told) in [("a file", file), ("abc", short)] {
        let said = asked(revision);
        let opening = "gov-hook could not decide, so nothing may pass: ";
        assert_eq!((said.code, said.err), (2, format!("{opening}{told}")), "{revision}");
    }
    assert!(!asked("HEAD^{blob").err.contains("class="));
    assert!(asked("abcd").err.contains("`abcd` is not a commit, branch or tag here\n"));
}

#[test]
fn a_broken_policy_on_the_trusted_side_decides_nothing() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\npaths: { never_auto_approve: [\"src/[\"] }\n");
    scratch.write("a.txt", "x\n");
    scratch.git(&["add", "--all"]);

    let said = scratch.run(&["check", "--staged"]);

    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.starts_with("gov-hook could not decide, so nothing may pass: "), "{}", said.err);
    assert!(said.err.contains("HEAD:.gov/policy.yaml:2:"), "{}", said.err);
}

#[test]
fn why_names_the_list_the_glob_and_the_line() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\npaths:\n  protected: [\"core/**\"]\n");
    fs::create_dir_all(scratch.path("core")).unwrap();

    let said = scratch.run(&["policy", "why", "core/a.rs"]);
    let inside = scratch.run_in(&scratch.path("core"), &["policy", "why", "../core/a.rs"]);
    let outside = scratch.run(&["policy", "why", "../elsewhere"]);

    assert!(said.out.contains("core/a.rs: at least HIGH, because `paths.protected` names it"), "{}", said.out);
    assert!(said.out.contains("HEAD:.gov/policy.yaml:3:"), "{}", said.out);
    assert_eq!((inside.code, inside.out), (0, said.out));
    assert_eq!(outside.code, 2);
}

#[test]
fn what_show_prints_is_the_same_policy_again() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\npaths: { protected: [\"core/**\"] }\nroles: { admin: [ada@example.com] }\n");
    let shown = scratch.run(&["policy", "show"]).out;

    scratch.policy(&shown);
    let again = scratch.run(&["policy", "show"]).out;

    let body = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(body(&again), body(&shown));
    assert!(shown.contains("core/**"));
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let scratch = Scratch::new();
    let schema = scratch.run(&["policy", "schema"]).json();
    let effective = scratch.run(&["policy", "show", "--format", "json"]).json();

    let validator = jsonschema::validator_for(&schema).unwrap();

    let errors: Vec<String> = validator.iter_errors(&effective["policy"]).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn init_writes_a_policy_that_fits_and_replays_the_last_commits_under_it() {
    let scratch = Scratch::new();
    scratch.write("src/main.rs", "fn main() {}\n");
    scratch.write("Cargo.toml", "[package]\n");
    scratch.write("migrations/1.sql", "create table a (b int);\n");
    scratch.commit_all("Add");
    scratch.write("src/big.txt", lines(300));
    scratch.commit_all("A large change");

    let said = scratch.run(&["init"]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("wrote .gov/policy.yaml\n"), "{}", said.out);
    assert!(said.out.contains("the last 3 commits"), "{}", said.out);
    assert!(said.out.contains("A large change"), "{}", said.out);
    assert!(said.out.ends_with("before it commits and pushes\n  gov-hook install\n"), "{}", said.out);
    let policy = fs::read_to_string(scratch.path(".gov/policy.yaml")).unwrap();
    assert!(policy.contains("migrations"), "{policy}");
    assert_eq!(scratch.run(&["policy", "check"]).code, 0);
}

#[test]
fn init_never_replaces_a_policy_unasked() {
    let scratch = Scratch::new();
    scratch.write(".gov/policy.yaml", "version: 1\n");

    let refused = scratch.run(&["init"]);
    let untouched = fs::read_to_string(scratch.path(".gov/policy.yaml")).unwrap();
    scratch.install_hooks();
    let forced = scratch.run(&["init", "--force"]);
    assert!(!forced.out.contains("gov-hook install"), "{}", forced.out);

    assert_eq!((refused.code, untouched.as_str()), (2, "version: 1\n"));
    assert!(refused.err.contains("gov-hook init --force"), "{}", refused.err);
    assert_eq!(forced.code, 0);
    assert_ne!(fs::read_to_string(scratch.path(".gov/policy.yaml")).unwrap(), untouched);
}

#[test]
fn init_that_fails_has_written_nothing() {
    let scratch = Scratch::new();
    // git is asked where the hooks are, and there is none to ask.
    let said = scratch.run_with(&["init"], |command| {
        command.env("PATH", "/nowhere");
    });

    said.is_refused_with(&["gov-hook could not write a policy: ", "no git is on PATH"]);
    assert!(!scratch.path(".gov/policy.yaml").exists());
    scratch.run(&["init"]).passes();
}

#[test]
fn init_writes_nothing_through_a_link_that_the_repository_holds() {
    for name in [".gov/policy.yaml", ".gov/policy.yaml.lock", ".gov"] {
        let scratch = Scratch::new();
        let outside = scratch.beside("outside");
        fs::create_dir_all(scratch.path(name).parent().unwrap()).unwrap();
        if name == ".gov" {
            fs::create_dir(&outside).unwrap();
        } else {
            fs::write(&outside, "mine\n").unwrap();
        }
        std::os::unix::fs::symlink(&outside, scratch.path(name)).unwrap();

        let said = scratch.run(&["init"]);

        assert_eq!(said.code, 2, "{name}: {}", said.out);
        match fs::read_to_string(&outside) {
            Ok(text) => assert_eq!(text, "mine\n", "{name}"),
            Err(_) => assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{name}"),
        }
    }
}

#[test]
fn a_repository_adds_rules_of_its_own_and_they_are_read_from_the_trusted_side() {
    let scratch = Scratch::new();
    let pack = "- id: ours/codename\n  keywords: [bluebird]\n  regex: '\\bbluebird\\b'\n  severity: deny\n  \
                message: our codename\n  examples: [\"the bluebird plan\"]\n";
    scratch.write(".gov/rules/ours.yaml", pack);
    scratch.git(&["add", "--all"]);
    scratch.write("a.txt", "the bluebird plan\n");
    scratch.git(&["add", "--all"]);
    let before = scratch.check(&["--staged"]);
    scratch.git(&["commit", "-q", "-m", "Add a rule", ".gov"]);

    let after = scratch.check(&["--staged"]);

    assert_ne!(before["outcome"], "blocked", "a rule that the change itself adds does not judge it");
    assert_eq!(after["outcome"], "blocked");
    assert_eq!(after["findings"][0]["rule"], "ours/codename");
    scratch.git(&["reset", "-q", "--hard"]);
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "Begin bluebird"]);
    assert_eq!(scratch.check(&["HEAD"])["findings"][0]["path"], "COMMIT_MESSAGE");
}

#[test]
fn rules_are_listed_explained_and_checked() {
    let scratch = Scratch::new();
    scratch.write("pack.yaml", "- id: ours/x\n  keywords: [abc]\n  regex: 'abc('\n  severity: dney\n");

    let list = scratch.run(&["rules", "list"]);
    let explained = scratch.run(&["rules", "explain", "secret/aws-access-key-id"]);
    let unknown = scratch.run(&["rules", "explain", "secret/aws-access-key"]);
    let checked = scratch.run(&["rules", "check", "pack.yaml"]);

    assert!(list.out.contains("secret/aws-access-key-id"));
    assert!(explained.out.starts_with("deny[secret/aws-access-key-id]: AWS access key id\n"), "{}", explained.out);
    assert!(unknown.err.contains("did you mean `secret/aws-access-key-id`?"), "{}", unknown.err);
    for fault in ["added", "reused", "expired", "malformed", "no-reason", "unused"] {
        let said = scratch.run(&["rules", "explain", &format!("waiver/{fault}")]);
        assert!(said.out.contains("waive: no waiver excuses it"), "{fault} {}{}", said.out, said.err);
    }
    assert_eq!(checked.code, 2);
    assert!(checked.out.contains("pack.yaml:3:") && checked.out.contains("pack.yaml:4:"), "{}", checked.out);
}

#[test]
fn every_rule_is_explained_whole() {
    let scratch = Scratch::new();
    let listed = scratch.run(&["rules", "list", "--format", "json"]).json();
    assert!(listed["rules"].as_array().unwrap().iter().any(|rule| rule["id"] == "weakening/test-file-deleted"));

    let id = "weakening/test-file-deleted";
    let human = scratch.run(&["rules", "explain", id]).out;
    let json = scratch.run(&["rules", "explain", id, "--format", "json"]).json();
    let by_name = scratch.run(&["rules", "explain", "aws-access-key-id"]);

    for part in
        ["what: ", "why: ", "then: ", "example:\n", "fix: ", "waive: ", "gov-hook rules waive --rule weakening/"]
    {
        assert!(human.contains(part), "{part}: {human}");
    }
    for part in ["id", "pack", "severity", "on", "message", "why", "then", "example", "help"] {
        assert!(json[part].is_string(), "{part}: {json:#}");
    }
    assert_eq!(by_name.code, 2);
    assert!(by_name.err.contains("did you mean `secret/aws-access-key-id`?"), "{}", by_name.err);
}

#[test]
fn all_mistakes_of_all_packs_are_told_at_once() {
    let scratch = Scratch::new();
    let sound = "- id: ours/word\n  keywords: [bluebird]\n  regex: bluebird\n  severity: warn\n  message: a word\n  \
                 examples: [\"a bluebird\"]\n";
    scratch.write("packs/a.yaml", "- id: ours/x\n  keywords: [abc]\n  regex: 'abc('\n  severity: dney\n");
    scratch.write("packs/b.yaml", sound);
    scratch.write("packs/c.yaml", sound.replace("ours/word", "ours/other").replace("a bluebird", "a sparrow"));
    scratch.write("packs/d.yaml", sound);

    let human = scratch.run(&["rules", "check", "packs"]);
    let json = scratch.run(&["rules", "check", "packs", "--format", "json"]);
    let good = scratch.run(&["rules", "check", "packs/b.yaml", "--format", "json"]);
    let nowhere = scratch.run(&["rules", "check", "nowhere"]);

    assert_eq!((human.code, json.code, good.code, nowhere.code), (2, 2, 0, 2));
    let twice = "a rule of `packs/b.yaml` is called `ours/word` already";
    let sum = "sound: 1 of 4 packs, with 1 rule whose";
    for part in ["packs/a.yaml:3:", "packs/a.yaml:4:", "packs/c.yaml:", twice, "packs/d.yaml:1:7", sum] {
        assert!(human.out.contains(part), "{part}: {}", human.out);
    }
    let packs = json.json()["packs"].as_array().unwrap().clone();
    let told: Vec<(bool, usize)> =
        packs.iter().map(|pack| (pack["sound"] == true, pack["mistakes"].as_array().unwrap().len())).collect();
    assert_eq!(told, [(false, 4), (true, 0), (false, 2), (false, 1)]);
    assert_eq!(good.json()["packs"][0]["rules"], 1);
}

#[test]
fn the_rules_of_this_project_are_sound_as_packs_of_ones_own() {
    let scratch = Scratch::new();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");

    let said = scratch.run(&["rules", "check", rules.to_str().unwrap()]);
    let named = scratch.run(&["rules", "check", rules.join("risk.yaml").to_str().unwrap()]);

    assert_eq!((said.code, named.code), (0, 2), "{}", said.out);
    let left_out = said.out.lines().last().unwrap();
    assert!(left_out.contains("rules/headers.yaml") && left_out.contains("rules/risk.yaml"), "{left_out}");
}

#[test]
fn the_native_hook_stops_a_commit_and_lets_the_next_one_by() {
    let scratch = Scratch::new();
    let shim = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/shim");
    fs::copy(shim, scratch.path(".git/hooks/pre-commit")).unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_gov-hook")).parent().unwrap();
    let commit = |path: String| {
        let mut command = scratch.command("git", &scratch.path(""));
        command.args(["commit", "-q", "-m", "Try"]).env("PATH", path).output().unwrap()
    };
    let with_binary = || format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);

    let denied = commit(with_binary());
    scratch.write("a.txt", "key = from the environment\n");
    scratch.git(&["add", "--all"]);
    let without_binary = commit("/usr/local/bin:/usr/bin:/bin".into());
    let passed = commit(with_binary());

    assert!(!denied.status.success());
    assert!(!without_binary.status.success(), "a hook whose binary is gone fails closed");
    assert!(passed.status.success());
}

#[test]
fn completions_and_the_manual_know_every_verb() {
    let scratch = Scratch::new();

    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = scratch.run(&["completions", shell]);
        assert!(said.code == 0 && said.out.contains("policy"), "{shell}");
    }
    let manual = scratch.run(&["man"]);
    assert!(manual.out.contains(".TH gov") && manual.out.contains("check"), "{}", manual.out);
}

#[test]
fn the_page_of_a_verb_is_the_one_that_the_manual_refers_to() {
    let scratch = Scratch::new();

    for (verb, told) in [(&["check"][..], "With no revision"), (&["audit", "verify"], "last found sound")] {
        let page = scratch.run(&[&["man"], verb].concat());

        let name = format!("gov\\-hook\\-{}", verb.join("\\-"));
        assert!(page.out.contains(&format!(".TH {}", name.replace('\\', ""))), "{}", page.out);
        assert!(page.out.contains(&name) && page.out.contains(told), "{}", page.out);
    }
    let unknown = scratch.run(&["man", "chekc"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there is no verb `gov-hook chekc`"), "{}", unknown.err);
}

#[test]
fn help_tells_what_a_verb_does_and_not_only_its_name() {
    let scratch = Scratch::new();

    for (verb, told) in [
        (&["check"][..], "With no revision: the current branch against the default branch."),
        (&["install"], "An existing hook is kept as NAME.legacy"),
        (&["doctor"], "Nothing is asked over a network."),
        (&["approve"], "Shows the change, then records the approval"),
        (&["rollback"], "nothing else moves."),
        (&["sign"], "All files are signed, or none is."),
        (&["audit", "verify"], "With RANGE it also says of every commit whether it was governed"),
        (&["audit", "checkpoint"], "Keep what is printed elsewhere"),
        (&["rules", "baseline"], "Run again, it drops waivers that no longer match anything."),
        (&["notify"], "nothing they decide waits for that"),
    ] {
        let help = scratch.run(&[verb, &["--help"]].concat());

        let words: Vec<&str> = help.out.split_whitespace().collect();
        assert!(words.join(" ").contains(told), "{verb:?}: {}", help.out);
        assert!(help.out.ends_with('\n') && !help.out.ends_with("\n\n"), "{verb:?}: {:?}", help.out);
    }
}

#[test]
fn a_measure_of_the_score_says_that_either_of_two_will_do() {
    let said = Scratch::new().run(&["risk", "eval"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("<--csv <FILE>|--repo <PATH>>"), "{}", said.err);
}

#[test]
fn a_usage_error_is_exit_code_2_and_help_is_0() {
    let scratch = Scratch::new();

    assert_eq!(scratch.run(&["check", "--no-such-flag"]).code, 2);
    assert_eq!(scratch.run(&["check", "--suppose", "nonsense"]).code, 2);
    assert_eq!(scratch.run(&["no-such-verb"]).code, 2);
    let help = scratch.run(&["check", "--help"]);
    assert_eq!((help.code, &help.out), (0, &scratch.run(&["help", "check"]).out));
    assert_eq!(scratch.run(&["help"]).out, scratch.run(&["--help"]).out);
    let version = scratch.run(&["--version"]);
    assert_eq!((version.code, &version.out), (0, &scratch.run(&["-V"]).out));
}

#[test]
fn options_that_exclude_each_other_are_not_shown_as_a_usage() {
    for asked in [["--staged", "HEAD"], ["--staged", "--all"]] {
        let said = Scratch::new().run(&["check", asked[0], asked[1]]);

        assert_eq!(said.code, 2);
        let told = format!("'--staged' cannot be used with '{}'", asked[1].replace("HEAD", "[REV]"));
        assert!(said.err.contains(&told) && !said.err.contains("Usage"), "{}", said.err);
    }
}

#[test]
fn a_rule_is_found_by_how_its_name_begins() {
    let scratch = Scratch::new();

    let asked = |id: &str| scratch.run(&["rules", "explain", id]).err;

    assert!(
        asked("secret/aws-access").contains("did you mean `secret/aws-access-key-id`?"),
        "{}",
        asked("secret/aws-access")
    );
    let many = asked("secret/aws");
    assert!(many.contains("`secret/aws-") && many.contains("gov-hook rules list | grep secret/aws\n"), "{many}");
    assert!(asked("secret/jtw").contains("did you mean `secret/jwt`?"), "{}", asked("secret/jtw"));
    assert!(asked("").contains("see all rules: gov-hook rules list\n"), "{}", asked(""));
}

#[test]
fn what_is_kept_as_a_reason_says_something() {
    let scratch = Scratch::new();

    for asked in [
        &["reject", "--reason", " "][..],
        &["reject", "--reason", "no", "--blocking", ""],
        &["approve", "--notes", ""],
        &["request", "--reason", ""],
        &["revoke", "--reason", "", "HEAD"],
        &["ratify", "--notes", "", "HEAD"],
        &["record", "--reason", "", "HEAD"],
        &["rollback", "--reason", "", "x"],
        &["override", "request", "--reason", ""],
        &["rules", "waive", "--reason", "", "ea09214d0a15"],
        &["rules", "baseline", "--reason", ""],
    ] {
        let said = scratch.run(asked);

        assert_eq!(said.code, 2, "{asked:?}");
        assert!(said.err.contains("it is empty"), "{asked:?}: {}", said.err);
    }
}

#[test]
fn what_is_not_there_is_told_in_plain_words() {
    let scratch = Scratch::new();

    let repo = scratch.run(&["risk", "eval", "--repo", "nowhere"]);
    let pack = scratch.run(&["rules", "check", "nowhere"]);
    let told = scratch.run(&["notify", "test"]);
    let asked = ["approve", "revoke", "request"].map(|verb| scratch.run(&[verb, "nowhere"]).err);

    assert_eq!(
        repo.err,
        "gov-hook could not measure the score: no git repository at `nowhere` or above it\n  mend it: run it inside a \
         repository, or name one: gov-hook -C PATH …\n"
    );
    assert_eq!(
        pack.err,
        "gov-hook rules check failed: cannot read `nowhere`: No such file or directory (os error 2)\n  \
         mend it: name a pack, or a folder of them\n"
    );
    assert!(told.err.starts_with("gov-hook notify failed: the built-in policy notifies nobody\n"), "{}", told.err);
    let unknown = |undone: &str| {
        format!(
            "gov-hook {undone} failed: `nowhere` is neither a request nor a commit here\n  mend it: see what waits: gov-hook pending; fetch \
         others' with: gov-hook audit sync\n"
        )
    };
    assert_eq!(asked, ["approve", "revoke", "request"].map(unknown));
}

#[test]
fn what_decides_nothing_says_what_it_could_not_do() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\npathes: {}\n");
    let judging = scratch.run(&["check", "nowhere"]).err;

    assert!(judging.starts_with("gov-hook could not decide, so nothing may pass: "), "{judging}");
    for (arguments, undone) in [
        (&["policy", "show"][..], "policy show failed"),
        (&["rules", "list"], "rules list failed"),
        (&["audit", "log", "nowhere..HEAD"], "could not read the ledger"),
        (&["audit", "verify", "nowhere"], "could not verify the ledger"),
        (&["status", "nowhere"], "status failed"),
        (&["man", "nowhere"], "man failed"),
        (&["sign", "nowhere", "--env", "dev"], "sign failed"),
    ] {
        let said = scratch.run(arguments);
        let first = format!("gov-hook {undone}: ");
        assert_eq!((said.code, said.err.starts_with(&first)), (2, true), "{arguments:?}: {}{}", said.out, said.err);
    }
}

#[test]
fn a_severity_that_weighs_nothing_is_told_and_is_no_mistake() {
    let scratch = Scratch::new();
    scratch.write(
        ".gov/policy.yaml",
        "version: 1\nrules:\n  packs: [unicode]\n  severity:\n    \"secrets/*\": warn\n    \"header/*\": note\n    \
         \"secret/jwt\": hold\n    \"waiver/added\": note\n    \"own/*\": warn\n",
    );
    let own = "- { id: own/word, regex: 'never', keywords: [never], severity: note, message: a word, examples: [never], \
               counterexamples: [ever] }\n";
    scratch.write(".gov/rules/own.yaml", own);

    let told = scratch.run(&["policy", "check"]);
    let json = scratch.run(&["policy", "check", "--format", "json"]).json();

    let expected = "\
warning: `secrets/*` under `severity` matches no rule, so it has no effect
 --> .gov/policy.yaml:5:6
  |
5 |     \"secrets/*\": warn
  |      ^^^^^^^^^
  |
  = help: did you mean `secret/*`?

warning: `header/*` is denied whatever `severity` says
 --> .gov/policy.yaml:6:6
  |
6 |     \"header/*\": note
  |      ^^^^^^^^
  |
  = help: waive that finding instead: gov-hook rules waive FINGERPRINT

.gov/policy.yaml: no mistakes
";
    assert_eq!((told.code, told.out.as_str()), (0, expected), "{}", told.err);
    assert_eq!((&json["sound"], json["notices"].as_array().map(Vec::len)), (&true.into(), Some(2)));
    scratch.commit_all("Take it");
    assert_eq!(scratch.run(&["check"]).code, 0, "nobody is locked out by it");
    let explained = scratch.run(&["rules", "explain", "header/body-edited"]).out;
    assert!(!explained.contains("weigh them otherwise"), "{explained}");
}

#[test]
fn the_pack_that_the_documents_show_is_sound_and_no_finding_of_itself() {
    let scratch = Scratch::new();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md")).unwrap();
    let pack = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    scratch.write(".gov/rules/acme.yaml", pack);
    let example = pack.split("examples: ['").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    scratch.commit_all("Have rules of our own");

    let checked = scratch.run(&["rules", "check", ".gov/rules"]);
    let of_pack = scratch.check(&["--all"]);
    scratch.write(".gov/rules/other.yaml", format!("# {example}\n[]\n"));
    scratch.commit_all("Leak beside it");
    let of_leak = scratch.check(&["--all"]);

    assert_eq!(checked.code, 0, "{}", checked.out);
    assert_eq!(of_pack["findings"], serde_json::json!([]));
    let paths: Vec<_> = of_leak["findings"].as_array().unwrap().iter().map(|finding| &finding["path"]).collect();
    assert_eq!(paths, [".gov/rules/other.yaml"]);
}

#[test]
fn the_law_beside_a_policy_is_checked_whether_there_is_one_or_not() {
    let scratch = Scratch::new();
    let check = || scratch.run(&["policy", "check"]);

    let nothing = check();
    scratch.write(".gov/waivers.yaml", "- rule: secret/*\n  reason: x\n");
    let without = check();
    scratch.write(".gov/policy.yaml", "version: 2\n");
    let with_a_broken_one = check();
    fs::remove_file(scratch.path(".gov/waivers.yaml")).unwrap();
    fs::remove_file(scratch.path(".gov/policy.yaml")).unwrap();
    let mended = check();

    assert_eq!((nothing.code, without.code, with_a_broken_one.code, mended.code), (2, 2, 2, 0));
    assert!(nothing.err.contains("gov-hook init"), "{}", nothing.err);
    assert!(without.out.contains("names no `paths`"), "{}", without.out);
    for part in [".gov/policy.yaml:1:", ".gov/waivers.yaml:1:"] {
        assert!(with_a_broken_one.out.contains(part), "{part}: {}", with_a_broken_one.out);
    }
    assert_eq!(mended.out, "the built-in policy: no mistakes\n");
}
