//! Ways to be one's own second person, and that none of them counts.

use std::fs;

use gov_hook::model::{ActorKind, EntryKind};
use serde_json::json;

use crate::support::lines;
use crate::team::Team;

const CLAUDE: [(&str, &str); 2] = [("user.name", "Claude"), ("user.email", "noreply@anthropic.com")];

fn is(team: &Team, person: &str, identity: &[(&str, &str)]) {
    for (name, value) in identity {
        team.git(person, &["config", name, value]);
    }
}

fn serves(team: &Team) {
    let origin = team.scratch.beside("origin.git");
    let installed = team.scratch.run_in(&origin, &["install", "--server"]);
    assert_eq!(installed.code, 0, "{}", installed.err);
    team.scratch.git_in(&origin, &["config", "user.email", "server@example.com"]);
}

const TO_STAGE: [&str; 7] = ["override", "request", "origin/main..HEAD", "--onto", "stage", "--reason", "to try it"];

#[test]
fn an_agent_known_by_what_it_commits_asks_and_a_person_overrides() {
    let mira = [("user.name", "Mira"), ("user.email", "mira@example.com")];
    for (name, identity, trailer) in
        [("its address", CLAUDE, ""), ("a trailer", mira, "\n\nCo-Authored-By: Claude <claude@machines.example>")]
    {
        let team = Team::new();
        serves(&team);
        is(&team, "mira", &identity);
        team.git("mira", &["switch", "-q", "-c", "topic"]);
        team.scratch.write("core/a.txt", lines(6));
        team.git("mira", &["commit", "-q", "--all", "-m", &format!("Extend the core{trailer}")]);
        team.is_held("stage");

        let asked = team.gov("mira", &TO_STAGE);

        assert_eq!(asked.code, 0, "{name}: {}", asked.err);
        assert!(asked.out.starts_with("asked to override "), "{name}: {}", asked.out);
        assert!(asked.out.contains("\nthat alone does not let it pass: "), "{name}: {}", asked.out);
        let log = team.gov("mira", &["audit", "log", "--kind", "override", "--format", "json"]).out;
        assert!(log.contains("\"kind\":\"agent\""), "{name}: {log}");
        team.is_held("stage");
        assert!(!team.push_past_hook("stage").passed(), "{name}: it landed");
        // As a client of the agent's own would say it.
        team.forge("mira", EntryKind::Override, None, |entry| {
            entry.actor.kind = ActorKind::Person;
            entry.actor.id = None;
            entry.actor.email = identity[1].1.into();
        });
        assert!(!team.push_past_hook("stage").passed(), "{name}: a forged one landed");

        team.gov("lin", &["audit", "sync"]);
        team.git("lin", &["fetch", "-q", &team.at("mira").to_string_lossy(), "topic"]);
        let reason = ["override", "request", "FETCH_HEAD", "--onto", "stage", "--reason", "the shop is down"];
        let said = team.gov("lin", &reason);
        assert!(said.out.starts_with("overrode "), "{name}: {}{}", said.out, said.err);
        team.gov("lin", &["audit", "sync"]);
        team.lands("stage");
        let verified = team.json("mira", &["audit", "verify", "--full", "--replay"]);
        assert_eq!(verified["exit"], 0, "{name}: {verified}");
    }
}

#[test]
fn a_tag_or_a_branch_called_like_a_request_is_not_what_is_signed() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.commit("topic", "core/b.txt", &lines(9));
    for kind in ["refs/tags/", "refs/heads/"] {
        for name in [&id[..], &id[..7]] {
            team.git("lin", &["fetch", "-q", &team.at("mira").to_string_lossy(), &format!("topic:{kind}{name}")]);
        }

        // Lin has not heard of the request before.
        let said = team.gov("lin", &["approve", &id, "--format", "json"]);

        let told = said.json()["recorded"][0]["change"].to_string();
        assert!(told.contains(&id), "{kind}: {}{}", said.out, said.err);
        let back = team.gov("lin", &["revoke", &id]);
        assert_eq!(back.code, 0, "{kind}: {}", back.err);
        let unsure = team.gov("lin", &["approve", &id[..7]]);
        assert_eq!(unsure.code, 2, "{kind}: {}", unsure.out);
        assert!(unsure.err.contains(&format!("for the request, say {id}; name a ")), "{kind}: {}", unsure.err);
        let elsewhere = team.gov("lin", &["approve", &id, "--onto", "stage"]);
        assert_eq!(elsewhere.code, 2, "{kind}: {}", elsewhere.out);
        let by_ref = team.json("lin", &["approve", &format!("{kind}{id}")]);
        assert!(!by_ref["recorded"][0]["change"].to_string().contains(&id), "{kind}: {by_ref}");
        assert_eq!(team.gov("lin", &["revoke", &format!("{kind}{id}")]).code, 0);
        for name in [&id[..], &id[..7]] {
            team.git("lin", &["update-ref", "-d", &format!("{kind}{name}")]);
        }
    }
}

#[test]
fn a_signed_rejection_is_not_taken_back_in_a_name_that_anybody_can_write() {
    let team = Team::new();
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("stage");
    let id = team.id();
    team.gov("lin", &["audit", "sync"]);
    let outcome = || {
        for person in ["lin", "mira"] {
            team.gov(person, &["audit", "sync"]);
        }
        team.json("mira", &["check", "origin/main..HEAD", "--onto", "stage"])["outcome"].clone()
    };
    assert_eq!(team.gov("lin", &["reject", &id, "--reason", "it leaks"]).code, 0);
    assert_eq!(team.gov("lin", &["revoke", &id]).code, 0);
    assert_eq!(outcome(), "approval_pending");
    let again = team.json("lin", &["reject", &id, "--reason", "it leaks still"]);
    assert_eq!(outcome(), "rejected");

    team.forge("lin", EntryKind::Revoke, None, |entry| {
        entry.body.insert("approval".into(), again["recorded"][0]["entry"].clone());
    });

    assert_eq!(outcome(), "rejected");
}

/// Lists Mira's key for Ada, too, as one person with two addresses would be.
fn is_two(team: &Team) {
    let path = team.at("ada").join(".gov/allowed_signers");
    let key = fs::read_to_string(team.scratch.beside("keys/mira.pub")).unwrap();
    let listed = fs::read_to_string(&path).unwrap();
    // Listed for the log alone it is still the same hand.
    let listed = listed.replace(
        "mira@example.com namespaces=\"log@gov-hook,approve@gov-hook\"",
        "mira@example.com namespaces=\"log@gov-hook\"",
    );
    fs::write(&path, format!("{listed}ada@example.com namespaces=\"approve@gov-hook\" {key}")).unwrap();
    team.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "A second address"]);
    team.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
    team.git("mira", &["pull", "-q", "--rebase", "origin", "main"]);
    let key = team.scratch.beside("keys/mira.pub").to_string_lossy().into_owned();
    team.git("ada", &["config", "user.signingkey", &key]);
}

#[test]
fn an_author_grants_no_override_under_another_address_with_the_same_key() {
    let team = Team::new();
    is_two(&team);
    team.held("core/a.txt", &lines(6));
    is(&team, "mira", &[("user.email", "sam@example.com")]);
    let asked = team.json("mira", &["override", "request", "--reason", "the shop is down"]);
    is(&team, "mira", &[("user.email", "mira@example.com")]);
    team.gov("mira", &["audit", "sync"]);
    team.gov("ada", &["audit", "sync"]);

    let granted = team.gov("ada", &["override", "grant", &team.id()]);

    let why = "denied: your override would not count: ada@example.com signed with a key of mira@example.com, \
               who wrote or committed a part of the change\n";
    assert_eq!((granted.code, granted.out.as_str()), (1, why), "{}", granted.err);
    // As a client of her own would say it.
    team.forge("ada", EntryKind::Override, Some(("mira", "approve@gov-hook")), |entry| {
        entry.body.insert("action".into(), json!("grant"));
        entry.body.insert("request".into(), asked["recorded"][0]["entry"].clone());
    });
    team.gov("ada", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);

    let told = team.not_counted();

    assert_eq!(team.judged()["outcome"], "approval_pending");
    let why = "signed with a key of mira@example.com, who wrote or committed a part of the change";
    assert!(told.iter().any(|told| told.ends_with(why)), "{told:?}");
}

#[test]
fn nobody_answers_for_broken_glass_under_another_address_with_the_same_key() {
    let team = Team::new();
    is_two(&team);
    team.git("mira", &["switch", "-q", "-c", "topic"]);
    team.scratch.write("free.txt", lines(3));
    team.git("mira", &["add", "--all"]);
    let mut commit = team.scratch.command("git", &team.at("mira"));
    commit.env("GOV_HOOK_DISABLED", "1").args(["commit", "-q", "-m", "Emergency"]);
    assert!(commit.output().unwrap().status.success());
    let id = team.git("mira", &["rev-parse", "--short=12", "HEAD"]);
    team.gov("mira", &["audit", "sync"]);
    team.gov("ada", &["audit", "sync"]);
    team.git("ada", &["fetch", "-q", &team.at("mira").to_string_lossy(), "topic"]);

    let own = team.gov("ada", &["ratify", &id]);

    let why = "denied: your ratification would not count: ada@example.com signs with a key of mira@example.com, \
               who made it or let it through\n";
    assert_eq!((own.code, own.out.as_str()), (1, why), "{}", own.err);
}

#[test]
fn an_author_does_not_take_back_that_somebody_else_rejected_the_change() {
    let team = Team::new();
    let key = team.scratch.beside("keys/ada.pub").to_string_lossy().into_owned();
    is(&team, "mira", &[("user.name", "Ada"), ("user.email", "ada@example.com"), ("user.signingkey", &key)]);
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    let rejected = team.json("lin", &["reject", &id, "--reason", "it leaks"]);
    let entry = rejected["recorded"][0]["entry"].as_str().unwrap();
    team.gov("lin", &["audit", "sync"]);
    for person in ["mira", "ada"] {
        team.gov(person, &["audit", "sync"]);

        // Ada's other clone never had the commit, and it is offered to nobody any more.
        let said = team.gov(person, &["revoke", &entry[..12]]);

        let why = "denied: your revocation would not count: ada@example.com wrote or committed a part of the change\n";
        assert_eq!((said.code, said.out.as_str()), (1, why), "{person}: {}", said.err);
    }
    assert_eq!(team.gov("lin", &["revoke", &entry[..12]]).code, 0);
}

#[test]
fn an_approval_with_an_authors_key_is_refused_before_it_is_put_on_record() {
    let team = Team::new();
    is_two(&team);
    let id = team.held("core/a.txt", &lines(6));
    team.gov("ada", &["audit", "sync"]);

    let said = team.gov("ada", &["approve", &id]);

    let why = "denied: your approval would not count: ada@example.com signed with a key of mira@example.com, \
               who wrote or committed a part of the change\n";
    assert_eq!((said.code, said.out.as_str()), (1, why), "{}", said.err);
    assert_eq!(team.gov("ada", &["audit", "log", "--kind", "approve", "--format", "json"]).out, "");
}

#[test]
fn a_grant_can_be_taken_back_until_it_is_used() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    assert_eq!(team.gov("mira", &["override", "request", "--reason", "the shop is down"]).code, 0);
    let sync = || {
        for person in ["mira", "ada", "mira"] {
            team.gov(person, &["audit", "sync"]);
        }
    };
    sync();
    for by_entry in [true, false] {
        let granted = team.json("ada", &["override", "grant", &id]);
        sync();
        assert_eq!(team.judged()["outcome"], "overridden");
        let entry = &granted["recorded"][0]["entry"].as_str().unwrap()[..12];
        assert!(granted["said"].to_string().contains(&format!("(entry {entry})")), "{granted}");
        let lead = team.gov("mira", &["revoke", entry]);
        assert_eq!(lead.code, 1, "{}{}", lead.out, lead.err);

        let said = team.gov("ada", &["revoke", if by_entry { entry } else { &id }, "--reason", "it is up again"]);

        let told = format!("took the grant of an override {entry} by ada@example.com back\n");
        assert!(said.code == 0 && said.out.starts_with(&told), "{}{}", said.out, said.err);
        sync();
        assert_eq!(team.judged()["outcome"], "approval_pending");
        team.is_held("main");
    }
    let verified = team.json("mira", &["audit", "verify", "--full", "--replay"]);
    assert_eq!(verified["exit"], 0, "{verified}");
    team.git("ada", &["remote", "remove", "origin"]);
    let alone = team.gov("ada", &["override", "grant", &id]);
    assert!(alone.code == 0 && !alone.out.contains("audit sync"), "{}{}", alone.out, alone.err);
}
