//! What lets a change by as it is, and who answers for that.

use serde_json::json;

use crate::support::lines;
use crate::team::Team;

#[test]
fn an_override_at_production_is_granted_by_signature_and_used_once() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("main");
    let asked = team.gov("mira", &["override", "request", "--reason", "the shop is down"]);
    assert_eq!(asked.code, 0, "{}", asked.err);
    team.is_held("main");
    team.gov("mira", &["audit", "sync"]);
    for person in ["lin", "ada"] {
        team.gov(person, &["audit", "sync"]);
    }
    let id = team.id();
    let lead = team.gov("lin", &["override", "grant", &id]);
    assert_eq!((lead.code, lead.out.as_str()), (1, "denied: lin@example.com may not grant it: only admin may\n"));

    let granted = team.gov("ada", &["override", "grant", &id, "--ttl", "1h"]);

    assert_eq!(granted.code, 0, "{}", granted.err);
    assert!(granted.out.ends_with("to share it: gov-hook audit sync\n"), "{}", granted.out);
    team.gov("ada", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    assert_eq!(team.judged()["outcome"], "overridden");
    team.lands("main");
    let first = team.git("mira", &["rev-parse", "HEAD"]);
    team.git("mira", &["revert", "--no-edit", "HEAD"]);
    team.git("mira", &["push", "-q", "--no-verify", "origin", "HEAD:main"]);
    team.git("mira", &["cherry-pick", "-x", &first]);
    assert_eq!(team.judged()["outcome"], "approval_pending");
}

#[test]
fn below_production_a_reason_overrides_once() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("stage");
    let target = ["override", "request", "origin/main..HEAD", "--onto", "stage", "--reason", "to try it"];
    assert_eq!(team.gov("mira", &target).code, 0);

    team.lands("stage");

    let log = team.gov("mira", &["audit", "log", "--kind", "override", "--format", "json"]).out;
    assert!(log.contains("\"action\":\"use\"") && log.contains("to try it"), "{log}");
    team.is_held("main");
}

#[test]
fn what_passes_by_itself_or_brings_nothing_is_not_overridden() {
    let team = Team::new();
    let before = team.git("mira", &["for-each-ref", "refs/notes/gov/"]);
    team.git("mira", &["switch", "-q", "-c", "nothing", "origin/main"]);
    let nothing = team.gov("mira", &["override", "request", "--reason", "the shop is down"]);
    assert_eq!(
        (nothing.code, nothing.out.contains(" needs no override: auto_approved\n")),
        (0, true),
        "{}",
        nothing.out
    );
    assert_eq!(team.git("mira", &["for-each-ref", "refs/notes/gov/"]), before);

    team.commit("topic", "other.txt", &lines(6));
    let small = team.json("mira", &["override", "request", "--reason", "the shop is down"]);

    assert_eq!((&small["exit"], &small["recorded"]), (&json!(0), &json!([])), "{small}");
    let log = team.gov("mira", &["audit", "log", "--kind", "override"]).out;
    assert!(!log.contains("override"), "{log}");
}

#[test]
fn a_commit_made_behind_broken_glass_lands_once_somebody_else_answers_for_it() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("free.txt", lines(3));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    let made = commit.env("GOV_HOOK_DISABLED", "1").args(["commit", "-q", "-m", "Emergency"]).output().unwrap();
    assert!(made.status.success());
    let id = team.git("mira", &["rev-parse", "--short=12", "HEAD"]);
    let told = String::from_utf8_lossy(&made.stderr).into_owned() + &String::from_utf8_lossy(&made.stdout);
    assert!(told.contains(&format!("somebody else has to answer for it: gov-hook ratify {id}\n")), "{told}");

    let refused = team.is_held("main");

    assert!(refused.starts_with("denied: mira@example.com let "), "{refused}");
    assert!(refused.ends_with(&format!("somebody else has to answer for it: gov-hook ratify {id}\n")), "{refused}");
    let unseen = team.gov("lin", &["ratify", &id]);
    assert_eq!((unseen.code, unseen.err.contains("  mend it: git fetch; ")), (2, true), "{}", unseen.err);
    let own = team.gov("mira", &["ratify", &id]);
    assert_eq!(own.code, 1, "{}", own.out);
    team.gov("mira", &["audit", "sync"]);
    team.gov("lin", &["audit", "sync"]);
    team.git("lin", &["fetch", "-q", &team.at("mira").to_string_lossy(), "topic"]);
    let said = team.gov("lin", &["ratify", &id, "--notes", "it had to be"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    team.lands("main");
}

#[test]
fn production_takes_nothing_more_while_it_owes_an_answer_but_what_mends_it() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    let id = team.git("mira", &["rev-parse", "HEAD"]);
    let mut push = team.scratch.command("git", &team.at("mira"));
    let pushed = push.env("GOV_HOOK_DISABLED", "1").args(["push", "origin", "HEAD:main"]).output().unwrap();
    assert!(pushed.status.success());
    let log = team.gov("mira", &["audit", "log", "--kind", "override", "--format", "json"]).out;
    assert!(log.contains("\"action\":\"break-glass\""), "{log}");
    team.git("mira", &["fetch", "-q"]);
    team.commit("topic", "free.txt", &lines(3));

    let refused = team.is_held("main");

    assert!(refused.starts_with("denied: mira@example.com let "), "{refused}");
    team.git("mira", &["switch", "-q", "-C", "topic", "origin/main"]);
    team.git("mira", &["revert", "--no-edit", &id]);
    let mends = team.judged();
    assert_ne!(mends["outcome"], "blocked", "what mends it is only judged for what it is: {mends}");
    team.scratch.write("free.txt", lines(3));
    team.git("mira", &["add", "--all"]);
    team.git("mira", &["commit", "-q", "--amend", "--no-edit"]);
    let more = team.judged();
    assert_eq!(more["outcome"], "blocked", "it says that it mends, and brings something else besides: {more}");
    team.git("mira", &["switch", "-q", "-C", "topic", "origin/main"]);
    team.commit("topic", "free.txt", &lines(3));
    team.gov("mira", &["audit", "sync"]);
    team.gov("lin", &["audit", "sync"]);
    team.git("lin", &["fetch", "-q"]);
    assert_eq!(team.gov("lin", &["ratify", &id[..12]]).code, 0);
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);
    team.lands("main");
}
