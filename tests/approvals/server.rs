//! The whole way to a server that enforces, as people type it, and attacks on it that pass no client.

use gov_hook::model::EntryKind;
use serde_json::json;

use crate::support::lines;
use crate::team::Team;

/// A team whose remote judges what is pushed to it.
fn hosted() -> Team {
    let team = Team::new();
    let origin = team.scratch.beside("origin.git");
    let installed = team.scratch.run_in(&origin, &["install", "--server"]);
    assert_eq!(installed.code, 0, "{}", installed.err);
    team.scratch.git_in(&origin, &["config", "user.email", "server@example.com"]);
    team
}

/// As an agent commits, under an address of its own.
fn commit_as_agent(team: &Team, path: &str, content: &str) {
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write(path, content);
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_AGENT", "claude").env("GOV_HOOK_REQUESTED_BY", "mira@example.com");
    for name in ["AUTHOR", "COMMITTER"] {
        commit.env(format!("GIT_{name}_NAME"), "Claude").env(format!("GIT_{name}_EMAIL"), "noreply@anthropic.com");
    }
    assert!(commit.args(["commit", "-q", "-m", "Extend the core"]).status().unwrap().success());
}

fn is_refused_there(team: &Team, why: &str) {
    team.push_past_hook("main").is_refused_with(&[why]);
}

fn lands_there(team: &Team) {
    team.push_past_hook("main").passes();
}

const HELD: &str = "gov-hook: held: main: HIGH risk, score 0: core/a.txt is protected by `core/**`; it needs an \
                    approval by tech_lead or admin";

#[test]
fn an_agents_change_goes_to_a_server_once_somebody_has_looked_at_it() {
    let team = hosted();
    commit_as_agent(&team, "core/a.txt", &lines(8));
    let held = team.is_held("main");
    let id = team.id();
    assert!(held.ends_with(&format!("  gov-hook approve {id}\n")), "{held}");

    // Lin was sent the id, and has fetched nothing.
    let shown = team.gov("lin", &["show", &id, "--diff"]);
    assert!(shown.out.contains("\n+line 8\n"), "{}{}", shown.out, shown.err);
    let pending = team.gov("lin", &["pending", "--reviewer", "lin@example.com"]).out;
    assert!(pending.contains(&format!("\n  gov-hook approve {id}\n")), "{pending}");
    let said = team.gov("lin", &["approve", &id, "--notes", "ok", "--reviewed", "core/a.txt"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    team.gov("lin", &["audit", "sync"]);
    // Mira has fetched nothing: her push sees to that.
    team.lands("main");

    team.gov("mira", &["audit", "sync"]);
    let land = team.gov("mira", &["audit", "log", "--kind", "land", "--format", "json"]).out;
    assert!(land.contains("\"landed\":true") && land.contains("server@example.com"), "{land}");
    let status = team.json("mira", &["status", &id]);
    assert_eq!(status["request"]["state"], "landed", "{status}");
    assert_eq!(status["request"]["answers"][0]["reviewed"], json!(["core/a.txt"]), "{status}");
    let origin = team.scratch.beside("origin.git");
    assert_eq!(team.scratch.git_in(&origin, &["for-each-ref", "refs/gov/"]), "", "nobody waits for it any more");

    // Undone with everybody's consent, and tried again.
    let first = team.git("mira", &["rev-parse", "HEAD"]);
    team.git("mira", &["revert", "--no-edit", "HEAD"]);
    team.is_held("main");
    assert_eq!(team.approve("sam", &team.id()).code, 0);
    team.lands("main");
    team.git("mira", &["cherry-pick", "-x", &first]);
    is_refused_there(&team, HELD);
    team.is_held("main");
    let again = team.approve("sam", &team.id());
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    lands_there(&team);
    let covered = team.gov("mira", &["audit", "verify", "--full"]);
    assert_eq!(covered.code, 0, "{}", covered.out);
}

#[test]
fn a_server_counts_no_forged_approval() {
    for (name, key) in [("no signature", None), ("another's key", Some(("mira", "approve@gov-hook")))] {
        let team = hosted();
        let id = team.held("core/a.txt", &lines(6));
        team.gov("lin", &["audit", "sync"]);
        // An honest one, taken back before anybody saw it: what is forged is made from it.
        assert_eq!(team.gov("lin", &["approve", &id]).code, 0);
        let revoked = team.gov("lin", &["revoke", &id]);
        assert_eq!(revoked.code, 0, "{}{}", revoked.out, revoked.err);

        team.forge("lin", EntryKind::Approve, key, |_| ());
        let sent = team.gov("lin", &["audit", "sync"]);

        assert_ne!(sent.code, 0, "{name}: the server takes no stream with a forgery in it: {}", sent.out);
        is_refused_there(&team, HELD);
        assert_eq!(team.approve("sam", &id).code, 0, "{name}: an honest one");
        lands_there(&team);
    }
}

#[test]
fn a_server_counts_no_approval_that_was_given_for_another_branch() {
    let team = hosted();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("mira", &["request", "topic", "--onto", "stage"]);
    team.gov("mira", &["audit", "sync"]);
    team.gov("lin", &["audit", "sync"]);
    let said = team.gov("lin", &["approve", &id, "--onto", "stage"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    team.gov("lin", &["audit", "sync"]);

    is_refused_there(&team, HELD);

    team.lands("stage");
    assert_eq!(team.approve("lin", &id).code, 0);
    lands_there(&team);
}

#[test]
fn a_server_counts_no_approval_that_has_expired_or_was_taken_back() {
    let team = hosted();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    assert_eq!(team.gov("lin", &["approve", &id, "--expires", "1s"]).code, 0);
    team.gov("lin", &["audit", "sync"]);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    is_refused_there(&team, HELD);
    assert_eq!(team.approve("sam", &id).code, 0);
    assert_eq!(team.gov("sam", &["revoke", &id, "--reason", "not yet"]).code, 0);
    team.gov("sam", &["audit", "sync"]);
    is_refused_there(&team, HELD);

    assert_eq!(team.approve("lin", &id).code, 0);

    lands_there(&team);
}

#[test]
fn a_server_counts_no_approval_of_other_bytes() {
    let team = hosted();
    let id = team.approved("core/a.txt", &lines(6));
    team.scratch.write("core/a.txt", lines(6).replace("line 6", "line 7"));
    team.git("mira", &["commit", "-q", "--all", "--amend", "--no-edit"]);
    is_refused_there(&team, HELD);

    team.scratch.write("core/a.txt", lines(6));
    team.git("mira", &["commit", "-q", "--all", "--amend", "--no-edit"]);

    assert_eq!(team.id(), id);
    team.gov("mira", &["audit", "sync"]);
    lands_there(&team);
}

#[test]
fn what_nobody_waits_for_is_shown_no_more_and_what_was_asked_by_hand_is() {
    let team = Team::new();
    let origin = team.scratch.beside("origin.git");
    let offered = || team.scratch.git_in(&origin, &["for-each-ref", "--format=%(refname)", "refs/gov/review/"]);
    let head = team.commit("topic", "core/a.txt", &lines(6));
    let id = team.id();
    assert_eq!(team.gov("mira", &["request"]).code, 0);
    assert_eq!(offered(), "");

    let told = team.gov("mira", &["audit", "sync"]).out;

    assert!(told.contains(&format!("  {id}  offered for review\n")), "{told}");
    assert_eq!(offered(), format!("refs/gov/review/{id}"));
    team.gov("lin", &["audit", "sync"]);
    let said = team.gov("lin", &["reject", &id, "--reason", "no"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(team.git("lin", &["rev-parse", &format!("refs/gov/review/{id}")]), head);
    let told = team.gov("lin", &["audit", "sync", "--format", "json"]).json();
    assert_eq!(told["reviews"], json!({ "offered": [], "withdrawn": [id] }));
    assert_eq!((offered(), team.git("lin", &["for-each-ref", "refs/gov/"])), (String::new(), String::new()));
}

#[test]
fn why_what_is_asked_about_cannot_be_fetched_is_told_without_a_password() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    let id = team.id();
    team.gov("mira", &["request"]).passes();
    team.gov("mira", &["audit", "sync"]).passes();
    team.gov("lin", &["audit", "sync"]).passes();
    let url = team.git("lin", &["remote", "get-url", "origin"]);
    let refused = |url: &str, why: &str| {
        team.git("lin", &["remote", "set-url", "origin", url]);
        let said = team.gov("lin", &["approve", &id]);
        let because = format!("is not in this clone\n  because: `git fetch` failed: {why}");
        assert!(said.code == 2 && said.err.contains(&because), "{}", said.err);
        assert!(said.err.contains("\n  mend it: fetch commit "), "{}", said.err);
        assert!(!said.err.contains("geheim"), "{}", said.err);
    };

    refused("http://lin:geheim@127.0.0.1:1/x.git", "fatal: unable to access 'http://");
    refused("/nowhere", "fatal: '/nowhere' does not appear to be a git repository; ");
    team.git("lin", &["remote", "set-url", "origin", &url]);
    team.gov("lin", &["approve", &id]).passes();
}
