//! What is rewritten stays what it was: who asked for it, who made it, and what was said of its bytes.

use std::fs;

use crate::support::lines;
use crate::team::Team;

/// Claude's commit, which Lin asked for, on a branch of Mira's.
fn asked_by_lin(team: &Team) {
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("core/a.txt", lines(6));
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_AGENT", "claude").env("GOV_HOOK_REQUESTED_BY", "lin@example.com");
    assert!(commit.args(["commit", "-q", "--all", "-m", "Extend the core"]).status().unwrap().success());
}

/// Somebody else's change of another file lands meanwhile.
fn main_moves(team: &Team) {
    fs::write(team.at("sam").join("other.txt"), lines(6)).unwrap();
    team.git("sam", &["commit", "-q", "--all", "-m", "Elsewhere"]);
    team.git("sam", &["push", "-q", "origin", "main"]);
    team.git("mira", &["fetch", "-q"]);
}

/// Mira's way of landing what Lin asked for is held, and Sam may let it by, but not Lin.
fn lin_is_nobody_else(team: &Team, ways: &[&[&str]]) {
    for way in ways {
        team.git("mira", way);
    }
    team.is_held("stage");
    let judged = team.json("mira", &["check", "origin/main..HEAD", "--onto", "stage"]);
    let id = judged["target"]["change"].as_str().unwrap()[4..16].to_owned();

    let lin = team.approve("lin", &id);

    assert_eq!(lin.code, 1, "{ways:?}: {}{}", lin.out, lin.err);
    assert!(lin.out.contains("asked an agent for a part of the change"), "{ways:?}: {}", lin.out);
    assert_eq!(team.approve("sam", &id).code, 0, "{ways:?}");
}

#[test]
fn whoever_asked_an_agent_is_no_second_person_after_a_rebase_or_an_amendment_either() {
    let rebase: &[&str] = &["rebase", "-q", "origin/main"];
    let amend: &[&str] = &["commit", "-q", "--amend", "-m", "Extend it"];
    for ways in [&[amend][..], &[rebase], &[rebase, amend], &[amend, rebase]] {
        let team = Team::new();
        asked_by_lin(&team);
        main_moves(&team);

        lin_is_nobody_else(&team, ways);
    }
}

#[test]
fn whoever_asked_an_agent_is_no_second_person_after_a_pick_or_a_squash_either() {
    let pick: &[&[&str]] = &[&["cherry-pick", "topic"]];
    let told_pick: &[&[&str]] = &[&["cherry-pick", "-x", "topic"]];
    let squash: &[&[&str]] = &[&["merge", "-q", "--squash", "topic"], &["commit", "-q", "-m", "Extend the core"]];
    let told_squash: &[&[&str]] = &[&["merge", "-q", "--squash", "topic"], &["commit", "-q", "--no-edit"]];
    let amended: &[&[&str]] = &[&["cherry-pick", "topic"], &["commit", "-q", "--amend", "-m", "In other words"]];
    let hidden: &[&[&str]] = &[&["-c", "core.hooksPath=/dev/null", "cherry-pick", "-x", "topic"]];
    for ways in [pick, told_pick, squash, told_squash, amended, hidden] {
        let team = Team::new();
        asked_by_lin(&team);
        main_moves(&team);
        team.git("mira", &["switch", "-q", "-c", "other", "origin/main"]);

        lin_is_nobody_else(&team, ways);
    }
}

#[test]
fn a_request_is_answered_after_a_reword_and_holds_for_what_it_became() {
    for is_pushed_again in [false, true] {
        let team = Team::new();
        let id = team.held("core/a.txt", &lines(6));
        team.git("mira", &["commit", "-q", "--amend", "-m", "In other words"]);
        if is_pushed_again {
            team.is_held("main");
        }
        let said = team.approve("lin", &id);
        assert_eq!(said.code, 0, "{is_pushed_again} {}{}", said.out, said.err);
        team.lands("main");
    }
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    main_moves(&team);
    team.git("mira", &["rebase", "-q", "origin/main"]);
    let said = team.approve("lin", &id);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    team.lands("main");
}

#[test]
fn an_override_without_a_range_is_for_what_a_push_would_bring() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    main_moves(&team);
    team.git("mira", &["rebase", "-q", "origin/main"]);
    team.is_held("main");
    let asked = team.gov("mira", &["override", "request", "--reason", "the shop is down"]);
    assert_eq!(asked.code, 0, "{}", asked.err);
    let entry = asked.out.split("(entry ").nth(1).and_then(|rest| rest.split(')').next()).unwrap().to_owned();
    for person in ["mira", "ada"] {
        team.gov(person, &["audit", "sync"]);
    }
    team.git("ada", &["fetch", "-q"]);
    let granted = team.gov("ada", &["override", "grant", &entry, "--ttl", "1h"]);
    assert_eq!(granted.code, 0, "{}{}", granted.out, granted.err);
    for person in ["ada", "mira"] {
        team.gov(person, &["audit", "sync"]);
    }

    team.lands("main");
}
