//! Who may approve, and how an agent's work comes to them.

use serde_json::json;

use crate::support::lines;
use crate::team::Team;

#[test]
fn an_agents_commit_is_asked_about_approved_elsewhere_and_lands() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("core/a.txt", lines(8));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_AGENT", "claude").args(["commit", "-q", "-m", "Extend the core"]);
    for name in ["AUTHOR", "COMMITTER"] {
        commit.env(format!("GIT_{name}_NAME"), "Claude").env(format!("GIT_{name}_EMAIL"), "noreply@anthropic.com");
    }
    assert!(commit.status().unwrap().success());

    let said = team.is_held("main");

    assert!(said.starts_with("held: HIGH risk (score 0) needs 1 signed approval from tech_lead or admin\n"), "{said}");
    let id = team.id();
    assert!(said.contains(&format!("  gov-hook approve {id}\n")), "{said}");
    team.gov("lin", &["audit", "sync"]);
    let pending = team.json("lin", &["pending", "--reviewer", "lin@example.com"]);
    assert_eq!(pending["schema"], "gov-hook/pending/v1");
    let request = &pending["requests"][0];
    assert_eq!((request["id"].as_str(), request["agent"].as_str()), (Some(id.as_str()), Some("claude")));
    assert_eq!(
        team.gov("lin", &["pending", "--reviewer", "noreply@anthropic.com"]).out,
        "nothing is waiting for noreply@anthropic.com\n"
    );

    let approved = team.approve("lin", &id);

    assert_eq!(approved.code, 0, "{}", approved.err);
    assert!(approved.out.contains("M  +3  -0  protected  core/a.txt"), "{}", approved.out);
    assert!(approved.out.contains("it has all the approvals it needs\n"), "{}", approved.out);
    assert_eq!(team.judged()["outcome"], "approved");
    assert_eq!(team.judged()["approvals"]["counted"], json!([{ "rule": "high", "by": "lin@example.com" }]));
    team.lands("main");
    let status = team.json("mira", &["status", &id]);
    assert_eq!(status["request"]["state"], "landed");
    assert_eq!(status["request"]["answers"][0]["signed"], true);
    let listed = team.gov("mira", &["history"]).out;
    assert!(listed.contains(", landed: 1 commit to main that origin did not have, 1 file"), "{listed}");
    assert_eq!(team.gov("mira", &["pending"]).out, "nothing is waiting\n");
    let covered = team.json("mira", &["audit", "verify", "main..topic", "--replay"]);
    assert_eq!(covered["exit"], 0, "{covered}");
    assert_eq!(covered["coverage"]["commits"][0]["approved_by"], json!(["lin@example.com"]), "{covered}");
}

#[test]
fn whoever_has_no_ledger_is_told_to_fetch_it_before_nothing_waits() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("mira", &["audit", "sync"]);
    let fresh = team.scratch.beside("fresh");
    let origin = team.git("mira", &["remote", "get-url", "origin"]);
    team.scratch.git(&["clone", "-q", &origin, &fresh.to_string_lossy()]);
    let pending = || team.scratch.run_in(&fresh, &["pending"]).out;

    assert_eq!(
        pending(),
        "nothing is waiting\nthere is no ledger here; if others have one, fetch it: gov-hook audit sync\n"
    );
    team.scratch.run_in(&fresh, &["audit", "sync"]);
    assert!(pending().contains(&format!("gov-hook approve {id}")), "{}", pending());
}

#[test]
fn only_people_who_hold_a_role_and_wrote_no_part_can_approve() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));

    let by = |person: &str| team.gov(person, &["approve", &id]);

    let author = by("mira");
    assert_eq!(
        (author.code, author.out.as_str()),
        (1, "denied: your approval would not count: mira@example.com wrote or committed a part of the change\n")
    );
    team.gov("lin", &["audit", "sync"]);
    team.git("lin", &["config", "user.email", "eve@example.com"]);
    assert_eq!(by("lin").out, "denied: your approval would not count: eve@example.com holds no role in the policy\n");
    team.git("lin", &["config", "user.email", "lin@example.com"]);
    let agent = team.scratch.run_with(&["approve", &id], |command| {
        command.current_dir(team.at("lin")).env("GOV_HOOK_AGENT", "claude");
    });
    assert_eq!((agent.code, agent.out.as_str()), (1, "denied: the agent claude cannot answer; only people approve\n"));
    assert_eq!(by("lin").code, 0);
    assert_eq!(by("lin").out, "you have approved it already\n");
}

#[test]
fn whoever_asked_an_agent_for_it_cannot_approve_it() {
    let team = Team::new();
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("core/a.txt", lines(8));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_AGENT", "claude").env("GOV_HOOK_REQUESTED_BY", "Lin <LIN@example.com>");
    let mut nameless = team.scratch.command("git", &team.at("mira"));
    nameless.env("GOV_HOOK_AGENT", "claude").env("GOV_HOOK_REQUESTED_BY", "Lin");
    let refused = nameless.args(["commit", "-q", "-m", "Extend the core"]).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("GOV_HOOK_REQUESTED_BY is not an address"));
    assert!(commit.args(["commit", "-q", "-m", "Extend the core"]).status().unwrap().success());
    team.is_held("main");

    let said = team.approve("lin", &team.id());

    assert_eq!(
        said.out,
        "denied: your approval would not count: lin@example.com asked an agent for a part of the change\n"
    );
    assert_eq!(team.approve("sam", &team.id()).code, 0);
}

#[test]
fn what_an_agent_staged_is_approved_at_the_same_machine() {
    let team = Team::new();
    team.scratch.write("keys/root.txt", "public part\n");
    team.git("mira", &["add", "--all"]);
    let commit = || {
        let mut commit = team.scratch.command("git", &team.at("mira"));
        commit.env("GOV_HOOK_AGENT", "claude");
        for name in ["AUTHOR", "COMMITTER"] {
            commit.env(format!("GIT_{name}_NAME"), "Claude").env(format!("GIT_{name}_EMAIL"), "noreply@anthropic.com");
        }
        commit.args(["commit", "-q", "-m", "Add a key"]).output().unwrap()
    };
    assert!(!commit().status.success());
    let key = team.scratch.beside("keys/ada.pub").to_string_lossy().into_owned();
    team.git("mira", &["config", "user.email", "ada@example.com"]);
    team.git("mira", &["config", "user.signingkey", &key]);

    let said = team.gov("mira", &["approve", "--staged", "--notes", "seen"]);

    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let output = commit();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    team.lands("main");
}
