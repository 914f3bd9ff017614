//! A server that judges what is pushed to it, with real bare repositories, pushes and attacks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::path::PathBuf;

use serde_json::Value;
use support::{Scratch, UNTOLD, aws_key, lines, secret_line};

const PRODUCTION: &str = "version: 1\nenforcement: { branches: { main: production, staging: staging } }\n";

/// A clone with hooks, and a server that has its first commit and enforces.
struct Hosted {
    scratch: Scratch,
    server: PathBuf,
}

struct Pushed {
    passed: bool,
    said: String,
}

impl Pushed {
    fn is_refused_with(&self, words: &[&str]) {
        assert!(!self.passed, "it passed: {}", self.said);
        for word in words {
            assert!(self.said.contains(word), "`{word}` is not in:\n{}", self.said);
        }
    }

    fn passes(&self) {
        assert!(self.passed, "{}", self.said);
    }
}

impl Hosted {
    fn new(policy: &str) -> Self {
        let hosted = Self::without_hooks(policy);
        hosted.enforce();
        hosted
    }

    fn without_hooks(policy: &str) -> Self {
        let scratch = Scratch::new();
        scratch.policy(policy);
        let server = scratch.origin();
        scratch.git(&["push", "-q", "origin", "main"]);
        scratch.install_hooks();
        Self { scratch, server }
    }

    fn enforce(&self) {
        let said = self.scratch.run_in(&self.server, &["install", "--server"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }

    fn commit(&self, file: &str, text: &str) -> String {
        self.scratch.write(file, text);
        self.scratch.commit_by_hand(&format!("Change {file}"))
    }

    fn commit_past_hooks(&self, file: &str, text: &str) -> String {
        self.scratch.write(file, text);
        self.scratch.git(&["add", "--all"]);
        self.scratch.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Past all hooks"]);
        self.scratch.git(&["rev-parse", "HEAD"])
    }

    fn push(&self, arguments: &[&str]) -> Pushed {
        let output = self.scratch.try_git_in(&self.scratch.path(""), &[&["push"], arguments].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Pushed { passed: output.status.success(), said: text(&output.stdout) + &text(&output.stderr) }
    }

    fn there(&self, arguments: &[&str]) -> String {
        self.scratch.git_in(&self.server, arguments)
    }

    /// The streams of the server and where they are, `genesis` apart.
    fn streams(&self) -> Vec<String> {
        let refs = self.there(&["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]);
        refs.lines().filter(|name| !name.ends_with("/genesis")).map(str::to_owned).collect()
    }

    fn own_stream(&self) -> String {
        let refs = self.scratch.git(&["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]);
        refs.lines().find(|name| !name.ends_with("/genesis")).unwrap().to_owned()
    }

    /// What the server itself wrote down, in its order.
    fn witnessed(&self) -> Vec<Value> {
        let in_stream = |stream: &String| self.scratch.entries_in(&self.server, stream);
        let mut entries: Vec<Value> = self.streams().iter().flat_map(in_stream).collect();
        entries.retain(|entry| entry["actor"]["kind"] == "witness");
        entries.sort_by_key(|entry| entry["seq"].as_u64());
        entries
    }

    /// A commit on top of a notes ref, with a file put in or a tree of one's own, as an attacker
    /// makes it with git alone.
    fn forged(&self, parent: Option<&str>, tree: &str) -> String {
        let parent: Vec<&str> = parent.iter().flat_map(|parent| ["-p", parent]).collect();
        self.scratch.git(&[&["commit-tree", tree, "-m", "Notes added by 'git notes add'"][..], &parent].concat())
    }
}

#[test]
fn what_was_judged_on_the_way_arrives_and_is_accepted() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit("a.txt", "one\n");

    hosted.push(&["origin", "main"]).passes();

    assert_eq!(hosted.there(&["rev-parse", "main"]), commit);
    let entries = hosted.witnessed();
    let accepted = entries.iter().find(|entry| entry["kind"] == "push").unwrap();
    assert_eq!(accepted["subject"]["ref"], "refs/heads/main");
    assert_eq!(accepted["subject"]["commit"], commit);
    assert_eq!(accepted["body"]["accepted"], true);
    assert_eq!(accepted["body"]["enforcement"], "production");
    let seen = accepted["seen"].as_object().unwrap();
    assert!(seen.contains_key(hosted.own_stream().trim_start_matches("refs/notes/gov/")), "{accepted}");
    let verified = hosted.scratch.run_in(&hosted.server, &["audit", "verify", "--full", "--replay"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    hosted.commit("a.txt", "two\n");
    hosted.push(&["origin", "main"]).passes();
}

#[test]
fn a_secret_that_a_client_let_by_is_refused_with_its_place_and_not_its_value() {
    let hosted = Hosted::new("version: 1\n");
    let before = hosted.there(&["rev-parse", "main"]);
    hosted.commit_past_hooks("a.txt", &secret_line());

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&[
        "gov-hook: denied: main: a.txt:1: ",
        "[secret/aws-access-key-id]",
        "mend it: gov-hook check ",
    ]);
    assert!(!refused.said.contains(UNTOLD), "{}", refused.said);
    assert_eq!(hosted.there(&["rev-parse", "main"]), before);
    let disabled = hosted
        .scratch
        .command("git", &hosted.scratch.path(""))
        .args(["push", "--no-verify", "origin", "main"])
        .env("GOV_HOOK_DISABLED", "1")
        .output()
        .unwrap();
    assert!(!disabled.status.success(), "the client's own break-glass opens no server");
}

#[test]
fn a_secret_that_was_taken_out_again_is_found_in_its_commit() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit_past_hooks("a.txt", &secret_line());
    hosted.commit_past_hooks("a.txt", "key = none\n");

    hosted.push(&["--no-verify", "origin", "main"]).is_refused_with(&["[secret/aws-access-key-id]"]);
}

#[test]
fn production_takes_no_commit_without_a_record_whatever_the_client_skipped() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit_past_hooks("a.txt", "one\n");
    let id = &commit[..12];

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&[
        &format!("gov-hook: denied: main: 1 commit without a record; production takes none ({id} unrecorded)"),
        &format!("mend it: gov-hook record {id} --reason WHY, then gov-hook audit sync"),
    ]);
    assert_eq!(hosted.scratch.run(&["record", id, "--reason", "made in a hurry"]).code, 0);
    assert_eq!(hosted.scratch.run(&["audit", "sync"]).code, 0);
    hosted.push(&["--no-verify", "origin", "main"]).passes();
}

#[test]
fn what_the_records_lack_hides_nothing_of_what_is_in_the_commits() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit_past_hooks("a.txt", &secret_line());

    let refused = hosted.push(&["--no-verify", "origin", "main"]);

    refused.is_refused_with(&[
        &format!("production takes none ({} unrecorded)", &commit[..12]),
        "gov-hook: denied: main: a.txt:1: AWS access key id [secret/aws-access-key-id]",
    ]);
}

#[test]
fn what_was_let_into_a_laxer_branch_is_no_way_into_production() {
    let hosted = Hosted::new(PRODUCTION);
    let commit = hosted.commit_past_hooks("a.txt", "one\n");
    hosted.push(&["--no-verify", "origin", "HEAD:refs/heads/feature"]).passes();
    let late: Vec<Value> = hosted.witnessed().into_iter().filter(|entry| entry["kind"] == "decision").collect();
    assert_eq!((&late[0]["subject"]["commit"], &late[0]["body"]["cause"]), (&commit.as_str().into(), &"push".into()));

    let refused = hosted.push(&["--no-verify", "origin", "HEAD:main"]);

    refused.is_refused_with(&["1 commit without a record"]);
    hosted.push(&["origin", "HEAD:main"]).is_refused_with(&["1 commit without a record"]);
}

#[test]
fn a_forged_record_is_none() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main"]).passes();
    let commit = hosted.commit_past_hooks("a.txt", "two\n");
    let stream = hosted.own_stream();
    hosted.scratch.git(&["notes", &format!("--ref={stream}"), "add", "-m", "{\"kind\":\"commit\"}", &commit]);

    hosted.push(&["--no-verify", "origin", &stream]).is_refused_with(&["gov-hook: denied: refs/notes/gov/"]);
    hosted.push(&["--no-verify", "origin", "main", &stream]).is_refused_with(&["gov-hook: denied: refs/notes/gov/"]);
}

#[test]
fn a_stream_only_grows() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main"]).passes();
    hosted.commit("a.txt", "two\n");
    hosted.push(&["origin", "main"]).passes();
    let stream = hosted.own_stream();
    let (tip, before) =
        (hosted.there(&["rev-parse", &stream]), hosted.scratch.git(&["rev-parse", &format!("{stream}~1")]));
    let push = |what: &str| hosted.push(&["--no-verify", "origin", &format!("{what}:{stream}")]);

    push("").is_refused_with(&["a stream of the ledger is never deleted"]);
    push(&format!("+{before}")).is_refused_with(&["entries that are here would be cut off"]);
    let tree = hosted.scratch.git(&["rev-parse", &format!("{stream}^{{tree}}")]);
    let rewritten = hosted.forged(Some(&before), &tree);
    push(&format!("+{rewritten}")).is_refused_with(&["its history was rewritten"]);
    let emptied = hosted.scratch.git(&["mktree"]);
    let emptied = hosted.forged(Some(&tip), &emptied);
    push(&emptied).is_refused_with(&["history-rewritten"]);
    let merged = hosted.scratch.git(&["commit-tree", &tree, "-p", &tip, "-p", "HEAD", "-m", "merge"]);
    push(&merged).is_refused_with(&["history-rewritten"]);
    assert_eq!(hosted.there(&["rev-parse", &stream]), tip);
    hosted.commit("a.txt", "three\n");
    hosted.push(&["--no-verify", "origin", &stream]).passes();
}

#[test]
fn nobody_writes_into_a_stream_that_is_not_theirs() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main"]).passes();
    let stream = hosted.own_stream();
    // Eve has Mira's stream, and her own program goes on with it.
    let eve = hosted.scratch.beside("eve");
    hosted.scratch.git(&["clone", "-q", &hosted.server.to_string_lossy(), &eve.to_string_lossy()]);
    hosted.scratch.git_in(&eve, &["fetch", "-q", "origin", "refs/notes/gov/*:refs/notes/gov/*"]);
    hosted.scratch.git_in(&eve, &["config", "user.email", "eve@example.com"]);
    let head = hosted.scratch.git_in(&eve, &["rev-parse", "HEAD"]);
    let forged = r#"{"actor":{"email":"eve@example.com","kind":"person","name":"Eve"}}"#;
    hosted.scratch.git_in(&eve, &["notes", &format!("--ref={stream}"), "append", "-m", forged, &head]);

    let output = hosted.scratch.try_git_in(&eve, &["push", "origin", &stream]);

    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("gov-hook: denied: refs/notes/gov/"), "{said}");
}

#[test]
fn a_server_that_knows_who_pushes_takes_nobody_elses_stream() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    let push = |pusher: &str| {
        let mut git = hosted.scratch.command("git", &hosted.scratch.path(""));
        git.args(["push", "--no-verify", "origin", "refs/notes/gov/*"]).env("GOV_HOOK_PUSHER", pusher).output().unwrap()
    };

    let foreign = push("eve@example.com");

    let said = String::from_utf8_lossy(&foreign.stderr).into_owned();
    assert!(!foreign.status.success() && said.contains("it is the stream of mira@example.com"), "{said}");
    assert!(push("Mira@example.com").status.success());
}

#[test]
fn names_that_gov_hook_keeps_and_replacements_are_refused_and_can_be_deleted() {
    let hosted = Hosted::without_hooks("version: 1\n");
    for name in ["refs/replace/1111111111111111111111111111111111111111", "refs/gov-hook/given-up/x/y"] {
        hosted.push(&["-q", "--no-verify", "origin", &format!("HEAD:{name}")]).passes();
    }
    hosted.enforce();
    for name in [
        "refs/replace/2222222222222222222222222222222222222222",
        "refs/notes/gov",
        "refs/gov-hook/given-up/x/z",
        "refs/remotes/origin/notes/gov/x",
        "refs/notes/remotes/origin/gov/x",
    ] {
        hosted.push(&["--no-verify", "origin", &format!("HEAD:{name}")]).is_refused_with(&["gov-hook: denied: refs/"]);
    }
    hosted.push(&["--no-verify", "origin", ":refs/replace/1111111111111111111111111111111111111111"]).passes();
    hosted.push(&["--no-verify", "origin", ":refs/gov-hook/given-up/x/y"]).passes();
}

#[test]
fn a_commit_behind_any_name_is_judged() {
    let hosted = Hosted::new("version: 1\n");
    hosted.push(&["--no-verify", "origin", "HEAD:refs/hidden/known"]).passes();
    hosted.commit_past_hooks("a.txt", &secret_line());
    hosted.scratch.git(&["tag", "-a", "-m", "Release", "v1"]);
    for name in ["HEAD:refs/hidden/x", "HEAD:refs/notes/commits", "HEAD:refs/tags/light", "v1", "HEAD:refs/heads/new"] {
        hosted.push(&["--no-verify", "origin", name]).is_refused_with(&["[secret/aws-access-key-id]"]);
    }
    let hex = hosted.scratch.git(&["rev-parse", "HEAD"]);
    hosted.push(&["--no-verify", "origin", &format!("HEAD~1:refs/heads/{hex}")]).passes();
    hosted.push(&["--no-verify", "origin", "HEAD:main"]).is_refused_with(&["[secret/aws-access-key-id]"]);
}

#[test]
fn one_that_is_refused_keeps_back_all() {
    let hosted = Hosted::new("version: 1\n");
    let before = hosted.there(&["for-each-ref"]);
    hosted.scratch.git(&["branch", "good"]);
    hosted.commit_past_hooks("a.txt", &secret_line());

    hosted.push(&["--no-verify", "origin", "good", "main"]).is_refused_with(&["gov-hook: denied: main"]);

    assert_eq!(hosted.there(&["for-each-ref"]), before);
}

#[test]
fn a_tag_on_what_is_there_passes_and_one_on_a_file_does_not() {
    let hosted = Hosted::new("version: 1\nenforcement: { default: staging }\n");
    hosted.scratch.git(&["tag", "-a", "-m", "Release", "v1"]);
    let blob = hosted.scratch.git(&["rev-parse", "HEAD:README.md"]);
    hosted.scratch.git(&["tag", "file", &blob]);

    hosted.push(&["origin", "v1"]).passes();
    hosted.push(&["--no-verify", "origin", "file"]).is_refused_with(&["gov-hook: undecided: file: ", "only commits"]);

    let accepted = hosted.witnessed().into_iter().find(|entry| entry["kind"] == "push").unwrap();
    assert_eq!(accepted["subject"]["ref"], "refs/tags/v1");
    assert_eq!(accepted["subject"]["commit"], hosted.scratch.git(&["rev-parse", "HEAD"]));
}

#[test]
fn what_an_alias_leads_to_is_what_is_judged() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.there(&["symbolic-ref", "refs/heads/master", "refs/heads/main"]);
    let before = hosted.there(&["rev-parse", "main"]);
    hosted.commit_past_hooks("a.rs", &lines(300));

    hosted.push(&["--no-verify", "origin", "main:master"]).is_refused_with(&["denied: main: "]);
    hosted.push(&["--no-verify", "origin", ":master"]).is_refused_with(&["in production, and cannot be deleted"]);

    assert_eq!(hosted.there(&["rev-parse", "main"]), before);
}

#[test]
fn an_agent_that_only_its_records_tell_of_is_one_wherever_its_commits_go() {
    let hosted = Hosted::new("version: 1\nagents: { identities: [ { id: bot, emails: [\"*@bots.example.com\"] } ] }\n");
    hosted.scratch.git(&["checkout", "-q", "-b", "topic"]);
    hosted.scratch.write("a.rs", lines(300));
    hosted.scratch.git(&["add", "--all"]);
    let mut git = hosted.scratch.command("git", &hosted.scratch.path(""));
    let made = git.args(["commit", "-q", "-m", "Write it"]).env("GOV_HOOK_AGENT", "bot").output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    hosted.commit("b.txt", "by a person, on top\n");

    let checked = hosted.scratch.check(&["main..topic", "--onto", "topic"]);

    assert_eq!((&checked["level"], &checked["exit"]), (&"staging".into(), &3.into()));
    hosted.push(&["origin", "topic"]).is_refused_with(&["held: HIGH risk"]);
    hosted.push(&["--no-verify", "origin", "topic"]).is_refused_with(&["gov-hook: held: topic"]);
    hosted.push(&["--no-verify", "origin", "topic:other"]).is_refused_with(&["gov-hook: held: other"]);
}

#[test]
fn a_secret_in_the_message_of_a_tag_goes_nowhere() {
    let hosted = Hosted::new("version: 1\n");
    let message = format!("Release\n\nkey = {}", aws_key());
    hosted.scratch.git(&["tag", "-a", "-m", &message, "v1"]);
    hosted.scratch.git(&["tag", "-a", "-m", "About a tag", "about-v1", "v1"]);
    let mend = ["denied: v1: TAG_MESSAGE:3: AWS access key id", "mend it: gov-hook check v1"];

    hosted.push(&["origin", "v1"]).is_refused_with(&["denied: 1 secret in TAG_MESSAGE:3"]);
    hosted.push(&["--no-verify", "origin", "v1"]).is_refused_with(&mend);
    hosted.push(&["--no-verify", "origin", "about-v1"]).is_refused_with(&["TAG_MESSAGE:3"]);

    let is_found = |name: &str| hosted.scratch.check(&[name]).to_string().contains("TAG_MESSAGE");
    assert_eq!(["v1", "refs/tags/v1", "about-v1", "v1^{}", "main"].map(is_found), [true, true, true, false, false]);
    hosted.scratch.git(&["tag", "-d", "about-v1"]);
    hosted.scratch.git(&["tag", "-f", "-a", "-m", "Release", "v1", "main"]);
    hosted.push(&["origin", "v1"]).passes();
    let replayed = hosted.scratch.run(&["audit", "verify", "--replay"]);
    assert!(replayed.out.contains("2 decisions made again with the same result"), "{}", replayed.out);
}

#[test]
fn a_branch_in_production_is_neither_deleted_nor_forced() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.there(&["config", "receive.denyDeleteCurrent", "ignore"]);
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main", "main:topic"]).passes();
    hosted.scratch.git(&["commit", "-q", "--amend", "-m", "Other"]);

    hosted
        .push(&["--no-verify", "origin", ":main"])
        .is_refused_with(&["in production, and cannot be deleted", "mend it: "]);
    hosted.push(&["--no-verify", "-f", "origin", "main"]).is_refused_with(&["would give up 1 commit", "mend it: "]);
    hosted.push(&["--no-verify", "-f", "origin", "main:topic"]).passes();
    hosted.push(&["--no-verify", "origin", ":topic"]).passes();

    let recorded = hosted.witnessed();
    assert!(recorded.iter().any(|entry| entry["body"]["forced"] == true && entry["body"]["given_up"] == 1));
    let deleted = recorded.iter().find(|entry| entry["body"]["deleted"] == true).unwrap();
    assert_eq!(deleted["subject"]["ref"], "refs/heads/topic");
    let verified = hosted.scratch.run_in(&hosted.server, &["audit", "verify", "--full", "--replay"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

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

#[test]
fn a_server_that_was_empty_takes_the_ledger_and_then_the_branch() {
    let scratch = Scratch::unborn();
    scratch.install_hooks();
    let server = scratch.origin();
    let hosted = Hosted { scratch, server };
    hosted.enforce();
    hosted.commit("a.txt", "one\n");

    hosted.push(&["origin", "main"]).passes();
    hosted.commit("a.txt", "two\n");
    hosted.push(&["origin", "main"]).passes();

    let verified = hosted.scratch.run_in(&hosted.server, &["audit", "verify", "--full", "--replay"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

#[test]
fn a_server_without_an_address_says_once_under_which_it_writes() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    let push = |what: &str| {
        let mut git = hosted.scratch.command("git", &hosted.scratch.path(""));
        let settings = hosted.scratch.beside("empty");
        std::fs::write(&settings, "[safe]\n\tdirectory = *\n").unwrap();
        let done =
            git.args(["push", "--no-verify", "origin", what]).env("GIT_CONFIG_GLOBAL", settings).output().unwrap();
        assert!(done.status.success());
        String::from_utf8_lossy(&done.stderr).into_owned()
    };

    let (first, second) = (push("main"), push("main:other"));

    assert!(first.contains("it records as gov-hook@server.invalid"), "{first}");
    assert!(!second.contains("gov-hook"), "{second}");
    assert_eq!(hosted.witnessed()[0]["actor"]["email"], "gov-hook@server.invalid");
}

#[test]
fn a_server_without_a_key_lets_in_what_is_sealed_and_witnesses_none_of_it() {
    let hosted = Hosted::new("version: 1\naudit: { sign: true }\n");
    hosted.scratch.ssh_key("*@gov-hook");
    // The server goes by the settings of its own user, who has no key.
    let settings = hosted.scratch.beside("settings");
    std::fs::write(&settings, "[safe]\n\tdirectory = *\n[user]\n\temail = server@example.com\n").unwrap();
    hosted.commit("a.txt", "one\n");
    let send = |what: &str| {
        let mut git = hosted.scratch.command("git", &hosted.scratch.path(""));
        git.args(["push", "--no-verify", "origin", what]).env("GIT_CONFIG_GLOBAL", &settings).output().unwrap()
    };
    hosted.scratch.git(&["config", "user.email", "mira@example.com"]);

    let done = send("main");

    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{told}");
    assert!(told.contains("the push is in, but the server could not put it on record: an entry has to be signed"));
    assert!(hosted.witnessed().is_empty(), "an unsigned entry would be damage");
    let doctor = hosted.scratch.run_in(&hosted.server, &["doctor", "--format", "json"]);
    assert_eq!(doctor.code, 1);
    let mends = doctor.json()["troubles"].to_string();
    assert!(mends.contains("git config user.signingkey"), "{mends}");
    assert!(!mends.contains("GOV_HOOK_PUSHER"), "{mends}");
}

#[test]
fn a_doctor_warns_a_server_that_is_not_told_who_pushes() {
    let hosted = Hosted::new("version: 1\n");
    let warned = |pusher: &str| {
        let doctor = hosted.scratch.run_with(&["doctor"], |command| {
            command.current_dir(&hosted.server).env("GOV_HOOK_PUSHER", pusher);
        });
        (doctor.code, doctor.out.contains("it is not told who pushes"))
    };

    assert_eq!(warned(""), (0, true));
    assert_eq!(warned("mira@example.com"), (0, false));
}

#[test]
fn a_host_with_update_alone_judges_each_reference_once() {
    let hosted = Hosted::without_hooks("version: 1\n");
    hosted.enforce();
    for other in ["pre-receive", "post-receive"] {
        std::fs::remove_file(hosted.server.join("hooks").join(other)).unwrap();
    }
    hosted.commit_past_hooks("a.txt", &secret_line());

    let refused = hosted.push(&["--no-verify", "origin", "main", "HEAD~1:refs/heads/good"]);

    refused.is_refused_with(&["gov-hook: denied: main: a.txt:1: "]);
    assert!(hosted.there(&["branch"]).contains("good"), "the other reference is let by");
}

#[test]
fn a_shallow_clone_cannot_hide_what_comes_before() {
    let hosted = Hosted::new("version: 1\n");
    hosted.there(&["config", "receive.shallowUpdate", "true"]);
    hosted.commit_past_hooks("a.txt", &secret_line());
    hosted.commit_past_hooks("a.txt", "key = none\n");
    let shallow = hosted.scratch.beside("shallow");
    let url = format!("file://{}", hosted.scratch.path("").display());
    hosted.scratch.git(&["clone", "-q", "--depth=1", &url, &shallow.to_string_lossy()]);
    let server = hosted.server.to_string_lossy().into_owned();

    let output = hosted.scratch.try_git_in(&shallow, &["push", &server, "HEAD:refs/heads/new"]);

    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("gov-hook: undecided: new: object "), "{said}");
    assert!(said.contains("(a commit) is not in this repository"), "{said}");
    assert!(said.contains("mend it: push from a clone that has the whole history: git fetch --unshallow"), "{said}");
}

#[test]
fn strictly_kept_the_ledger_of_a_clone_is_not_taken_back_by_any_command() {
    let hosted = Hosted::without_hooks("version: 1\n");
    let scratch = &hosted.scratch;
    hosted.commit("a.txt", "one\n");
    hosted.commit("a.txt", "two\n");
    let stream = hosted.own_stream();
    assert_eq!(scratch.run(&["install", "--strict"]).code, 0);
    let tip = scratch.git(&["rev-parse", &stream]);
    let refused = |arguments: &[&str], why: &str| {
        let output = scratch.try_git_in(&scratch.path(""), arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success() && said.contains(why), "{arguments:?}: {said}");
        assert_eq!(scratch.git(&["rev-parse", &stream]), tip, "{arguments:?}");
    };

    let refused_at = |tip: &str, arguments: &[&str]| {
        assert!(!scratch.try_git_in(&scratch.path(""), arguments).status.success(), "{arguments:?}");
        assert_eq!(scratch.git(&["rev-parse", &stream]), tip, "{arguments:?}");
    };
    refused(&["update-ref", "-d", &stream], "a stream of the ledger is never deleted");
    refused(&["update-ref", &stream, &format!("{stream}~1")], "a stream of the ledger only grows");
    refused(&["replace", "HEAD", "HEAD~1"], "a replacement shows git other history");
    hosted.commit("a.txt", "three\n");
    assert_ne!(scratch.git(&["rev-parse", &stream]), tip, "gov-hook itself goes on writing");
    let tip = scratch.git(&["rev-parse", &stream]);
    scratch.git(&["pack-refs", "--all", "--no-prune"]);
    refused_at(&tip, &["update-ref", "-d", &stream]);
    scratch.git(&["pack-refs", "--all"]);
    refused_at(&tip, &["update-ref", "-d", &stream]);
    hosted.push(&["origin", "main"]).passes();
    scratch.git(&["fetch", "-q", "origin", "refs/notes/gov/*:refs/notes/gov/*"]);
    scratch.git(&["gc", "-q"]);
}

#[test]
fn strictly_kept_a_stream_is_not_cut_by_what_is_put_on_top_of_it() {
    let hosted = Hosted::without_hooks("version: 1\n");
    let scratch = &hosted.scratch;
    assert_eq!(scratch.run(&["install", "--strict"]).code, 0);
    hosted.commit("a.txt", "one\n");
    hosted.commit("a.txt", "two\n");
    let stream = hosted.own_stream();
    let tip = scratch.git(&["rev-parse", &stream]);
    let try_git = |arguments: &[&str]| {
        let output = scratch.try_git_in(&scratch.path(""), arguments);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };

    for cut in [
        &["notes", "--ref", &stream, "remove", "HEAD"][..],
        &["notes", "--ref", &stream, "add", "-f", "-m", "nothing", "HEAD"],
        &["notes", "--ref", &stream, "append", "-m", "more", "HEAD"],
    ] {
        let (passed, said) = try_git(cut);

        assert!(!passed, "{cut:?}: {said}");
        assert_eq!(said.matches("gov-hook: denied: refs/notes/gov/").count(), 1, "{cut:?}: {said}");
        assert_eq!(scratch.git(&["rev-parse", &stream]), tip, "{cut:?}");
    }

    // The first one is put there past all hooks, whereupon it may be taken back, and nothing else may.
    let past_hooks = |arguments: &[&str]| scratch.git(&[&["-c", "core.hooksPath=/dev/null"], arguments].concat());
    past_hooks(&["notes", "--ref", &stream, "remove", "HEAD"]);
    past_hooks(&["notes", "--ref", &stream, "append", "-m", "more", "HEAD"]);
    let back = format!("  mend it: take back what was added: git update-ref {stream} {tip}\n");
    scratch.write("a.txt", "three\n");
    let (passed, said) = try_git(&["commit", "-qam", "Three"]);
    assert!(!passed && said.contains("something other than gov-hook wrote to ") && said.ends_with(&back), "{said}");
    for wrong in [format!("{stream}~1"), format!("{stream}~3")] {
        let (passed, said) = try_git(&["update-ref", &stream, &wrong]);
        assert!(!passed && said.contains(&back), "{wrong}: {said}");
    }
    let (passed, said) = try_git(&["update-ref", &stream, &tip]);
    assert!(passed, "{said}");
    let (passed, said) = try_git(&["commit", "-qam", "Three"]);
    assert!(passed, "{said}");
    assert_eq!(scratch.run(&["audit", "verify"]).code, 0);
}

/// What the clone itself put on record, in its order.
fn recorded(hosted: &Hosted) -> Vec<Value> {
    hosted.scratch.entries(&hosted.own_stream())
}

#[test]
fn before_a_push_a_branch_in_production_is_neither_deleted_nor_forced() {
    let hosted = Hosted::without_hooks(PRODUCTION);
    hosted.there(&["config", "receive.denyDeleteCurrent", "ignore"]);
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main", "main:topic"]).passes();
    hosted.scratch.git(&["commit", "-q", "--amend", "-m", "Other"]);

    hosted.push(&["origin", ":main"]).is_refused_with(&["gov-hook: denied: main: it is a branch in production"]);
    let deletion = recorded(&hosted).pop().unwrap();
    assert_eq!((&deletion["kind"], &deletion["body"]["deleted"]), (&"decision".into(), &true.into()));
    hosted
        .push(&["-f", "origin", "HEAD:main"])
        .is_refused_with(&["gov-hook: denied: main: the push would give up 1 commit"]);
    let forced = hosted.push(&["-f", "origin", "HEAD:topic"]);
    forced.passes();
    assert!(forced.said.contains("gov-hook: topic: forced; origin gives up 1 commit, and that is on record"));
    let push = recorded(&hosted).pop().unwrap();
    assert_eq!((&push["kind"], &push["body"]["forced"]), (&"push".into(), &true.into()));
    hosted.push(&["origin", ":topic"]).passes();
    let verified = hosted.scratch.run(&["audit", "verify", "--full", "--replay"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

#[test]
fn before_a_push_all_references_are_judged_and_nothing_goes_along_with_one_refused() {
    let hosted = Hosted::without_hooks("version: 1\n");
    hosted.commit("a.txt", "one\n");
    hosted.scratch.git(&["branch", "good"]);
    hosted.commit_past_hooks("b.txt", &secret_line());
    hosted.scratch.git(&["tag", "-a", "-m", "Release", "v1"]);

    hosted.push(&["origin", "good", "HEAD:main", "v1"]).is_refused_with(&["secret/aws-access-key-id"]);

    assert_eq!(hosted.streams(), Vec::<String>::new());
    let attempts: Vec<(Value, Value)> = recorded(&hosted)
        .into_iter()
        .filter(|entry| entry["body"]["gate"] == "push")
        .map(|entry| (entry["kind"].clone(), entry["subject"]["ref"].clone()))
        .collect();
    let decision = |name: &str| (Value::from("decision"), Value::from(name));
    let mut expected = ["refs/heads/good", "refs/heads/main", "refs/tags/v1"].map(decision).to_vec();
    expected.sort_by_key(|(_, name)| name.to_string());
    let mut attempts = attempts;
    attempts.sort_by_key(|(_, name)| name.to_string());
    assert_eq!(attempts, expected);
    hosted.push(&["origin", "good"]).passes();
    assert_eq!(hosted.streams().len(), 1);
}

#[test]
fn before_a_push_the_ledger_is_not_taken_back_and_nothing_is_replaced() {
    let hosted = Hosted::without_hooks("version: 1\n");
    hosted.commit("a.txt", "one\n");
    hosted.push(&["origin", "main"]).passes();
    hosted.commit("a.txt", "two\n");
    let stream = hosted.own_stream();

    hosted.push(&["origin", &stream]).passes();
    hosted.push(&["origin", &format!(":{stream}")]).is_refused_with(&["it would delete a stream of the ledger"]);
    hosted.push(&["origin", &format!("+{stream}~1:{stream}")]).is_refused_with(&["it would take entries away"]);
    hosted
        .push(&["origin", "HEAD:refs/replace/1111111111111111111111111111111111111111"])
        .is_refused_with(&["git replace -d"]);
}

#[test]
fn before_a_push_a_line_that_cannot_be_parsed_fails() {
    let hosted = Hosted::without_hooks("version: 1\n");
    for line in ["refs/heads/main", "a b c d", "refs/heads/main 12 refs/heads/main 34"] {
        let mut command = hosted.scratch.command(env!("CARGO_BIN_EXE_gov-hook"), &hosted.scratch.path(""));
        command.args(["hook", "pre-push", "origin", "x"]).stdin(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();

        assert_eq!(child.wait().unwrap().code(), Some(2), "{line}");
    }
}

#[test]
fn the_ledger_goes_along_from_a_linked_worktree_whatever_the_hook_was_told_in_its_environment() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.scratch.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let linked = hosted.scratch.beside("linked");
    std::fs::write(linked.join("a.txt"), "one\n").unwrap();
    hosted.scratch.git_in(&linked, &["add", "--all"]);
    hosted.scratch.git_in(&linked, &["commit", "-q", "-m", "Linked"]);

    let mut git = hosted.scratch.command("git", &linked);
    git.args(["push", "origin", "HEAD:main"]).env("GIT_DIR", hosted.scratch.path(".git/worktrees/linked"));
    let output = git.env("GIT_WORK_TREE", &linked).env("GIT_INDEX_FILE", linked.join("none")).output().unwrap();

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(hosted.streams().contains(&hosted.own_stream()));
}

#[test]
fn what_waits_for_an_approval_may_be_shown_and_a_secret_may_not() {
    let hosted = Hosted::new("version: 1\nenforcement: { default: staging, branches: { main: production } }\n");
    hosted.commit_past_hooks("a.txt", &lines(400));
    for held in ["HEAD:refs/heads/topic", "HEAD:refs/hidden/x"] {
        hosted.push(&["--no-verify", "origin", held]).is_refused_with(&["gov-hook: held: "]);
    }

    hosted.push(&["--no-verify", "origin", "HEAD:refs/gov/review/0123456789ab"]).passes();

    hosted.push(&["--no-verify", "origin", "HEAD:main"]).is_refused_with(&["1 commit without a record"]);
    hosted.commit_past_hooks("b.txt", &secret_line());
    let shown = hosted.push(&["--no-verify", "origin", "HEAD:refs/gov/review/0123456789ab"]);
    shown.is_refused_with(&["[secret/aws-access-key-id]"]);
}

#[test]
fn why_a_server_does_not_take_the_ledger_is_told_by_whoever_sends_it() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");

    let mut git = hosted.scratch.command("git", &hosted.scratch.path(""));
    let output = git.args(["push", "origin", "main"]).env("GOV_HOOK_PUSHER", "eve@example.com").output().unwrap();

    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("origin does not take the ledger (refs/notes/gov/"), "{said}");
    assert!(said.contains("it is the stream of mira@example.com, and eve@example.com pushes it"), "{said}");
}

#[test]
fn a_commit_that_anchors_what_was_never_on_record_goes_nowhere() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.commit("a.txt", "one\n");
    let trailer = hosted.scratch.run(&["audit", "checkpoint", "--trailer"]).out;
    let (stream, id) = (hosted.own_stream(), trailer.trim_end().rsplit(' ').next().unwrap());
    let name = stream.rsplit('/').next().unwrap();
    let lies = [trailer.replace(id, &"7".repeat(64)), trailer.replace(&format!("{name} "), &format!("{name} 9"))];
    for lie in &lies {
        hosted.scratch.git(&["commit", "-q", "--allow-empty", "-m", &format!("Merge it\n\n{lie}")]);
        let words = ["what it says to be on record in `Gov-Checkpoint:` is not", "which the checkpoint of commit "];
        hosted.push(&["origin", "HEAD:main"]).is_refused_with(&words);
        hosted.scratch.run(&["audit", "sync"]);
        hosted.push(&["--no-verify", "origin", "HEAD:main"]).is_refused_with(&words[..1]);
        hosted.scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
    hosted.scratch.git(&["commit", "-q", "--allow-empty", "-m", &format!("Merge it\n\n{trailer}")]);

    hosted.push(&["origin", "HEAD:main"]).passes();

    let said = hosted.scratch.run(&["audit", "verify", "--full"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("held to 1 checkpoint "), "{}", said.out);
}

#[test]
fn a_tag_that_anchors_what_was_never_on_record_goes_nowhere_either() {
    let hosted = Hosted::new(PRODUCTION);
    hosted.commit("a.txt", "one\n");
    let trailer = hosted.scratch.run(&["audit", "checkpoint", "--trailer"]).out;
    hosted.push(&["origin", "HEAD:main"]).passes();
    let id = trailer.trim_end().rsplit(' ').next().unwrap();
    let lie = trailer.replace(id, &"7".repeat(64));
    hosted.scratch.git(&["tag", "-a", "lie", "-m", &format!("Version 2\n\n{lie}")]);
    hosted.scratch.git(&["tag", "-a", "v2", "-m", &format!("Version 2\n\n{trailer}")]);

    let words = ["what it says to be on record in `Gov-Checkpoint:` is not", "which the checkpoint of tag lie "];
    hosted.push(&["origin", "lie"]).is_refused_with(&words);
    hosted.push(&["--no-verify", "origin", "lie"]).is_refused_with(&words[..1]);
    hosted.push(&["origin", "v2"]).passes();
}
