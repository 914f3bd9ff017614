//! What a server takes of the ledgers of others, and what it writes itself.

use crate::support::Scratch;
use crate::{Hosted, PRODUCTION};

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
    push(&format!("+{before}")).is_refused_with(&["it would cut off entries that are here"]);
    let tree = hosted.scratch.git(&["rev-parse", &format!("{stream}^{{tree}}")]);
    let rewritten = hosted.forged(Some(&before), &tree);
    push(&format!("+{rewritten}")).is_refused_with(&["its history was rewritten"]);
    let emptied = hosted.scratch.git(&["mktree"]);
    let emptied = hosted.forged(Some(&tip), &emptied);
    push(&emptied).is_refused_with(&["history-rewritten"]);
    let merged = hosted.scratch.git(&["commit-tree", &tree, "-p", &tip, "-p", "HEAD", "-m", "merge"]);
    push(&merged).is_refused_with(&["history-rewritten"]);
    // Whoever has the stream could not go on behind a commit that somebody else put there.
    push(&hosted.forged(Some(&tip), &tree)).is_refused_with(&["it adds no entry"]);
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

    let pushed = hosted.scratch.tried_in(&eve, &["push", "origin", &stream]);

    pushed.is_refused_with(&["gov-hook: denied: refs/notes/gov/"]);
}

#[test]
fn a_server_that_knows_who_pushes_takes_nobody_elses_stream() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    let push = |pusher: &str| {
        hosted.scratch.tried_with(&["push", "--no-verify", "origin", "refs/notes/gov/*"], |git| {
            git.env("GOV_HOOK_PUSHER", pusher);
        })
    };

    let foreign = push("eve@example.com");

    foreign.is_refused_with(&["it is the stream of mira@example.com"]);
    push("Mira@example.com").passes();
}

#[test]
fn that_an_agent_wrote_it_makes_nobody_elses_stream_ones_own() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    let push = |pusher: &str| {
        hosted.scratch.tried_with(&["push", "--no-verify", "origin", "refs/notes/gov/*"], |git| {
            git.env("GOV_HOOK_PUSHER", pusher);
        })
    };
    push("mira@example.com").passes();
    let by_agent = |file: &str, who: Option<&str>| {
        hosted.scratch.write(file, "by an agent\n");
        hosted.scratch.git(&["add", "--all"]);
        let made = hosted.scratch.tried_with(&["commit", "-q", "-m", "By an agent"], |git| {
            git.env("GOV_HOOK_AGENT", "bot");
            git.envs(who.map(|who| ("GIT_COMMITTER_EMAIL", who)));
        });
        made.passes();
    };

    // The agent's own stream is pushed by whoever it works for.
    by_agent("b.txt", Some("bot@bots.example.com"));
    push("mira@example.com").passes();
    // What it wrote in Mira's is hers to push.
    by_agent("c.txt", None);
    push("eve@example.com").is_refused_with(&["it is the stream of mira@example.com"]);
    push("mira@example.com").passes();
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

    hosted.scratch.is_replayed_in(&hosted.server);
}

#[test]
fn a_server_without_an_address_says_once_under_which_it_writes() {
    let hosted = Hosted::new("version: 1\n");
    hosted.commit("a.txt", "one\n");
    let push = |what: &str| {
        let settings = hosted.scratch.beside("empty");
        std::fs::write(&settings, "[safe]\n\tdirectory = *\n").unwrap();
        let done = hosted.scratch.tried_with(&["push", "--no-verify", "origin", what], |git| {
            git.env("GIT_CONFIG_GLOBAL", settings);
        });
        done.passes();
        done.err
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
        hosted.scratch.tried_with(&["push", "--no-verify", "origin", what], |git| {
            git.env("GIT_CONFIG_GLOBAL", &settings);
        })
    };
    hosted.scratch.git(&["config", "user.email", "mira@example.com"]);

    let done = send("main");

    done.passes();
    assert!(done.err.contains("the push is in, but the server could not record it: an entry has to be signed"));
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
        (doctor.code, doctor.out.contains("it does not know who pushes"))
    };

    assert_eq!(warned(""), (0, true));
    assert_eq!(warned("mira@example.com"), (0, false));
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
        let words = [
            "the checkpoint that its trailer `Gov-Checkpoint:` names is not on record",
            "which the checkpoint of commit ",
        ];
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

    let words = [
        "the checkpoint that its trailer `Gov-Checkpoint:` names is not on record",
        "which the checkpoint of tag lie ",
    ];
    hosted.push(&["origin", "lie"]).is_refused_with(&words);
    hosted.push(&["--no-verify", "origin", "lie"]).is_refused_with(&words[..1]);
    hosted.push(&["origin", "v2"]).passes();
}

#[test]
fn a_server_that_lost_its_ledger_writes_another_stream_and_takes_the_old_one_back() {
    let hosted = Hosted::new("version: 1\n");
    let streams = || hosted.scratch.streams_in(&hosted.server);
    for text in ["one\n", "two\n"] {
        hosted.commit("a.txt", text);
        hosted.push(&["origin", "main"]).passes();
    }
    let own = hosted.own_stream();
    hosted.scratch.run(&["audit", "sync"]);
    let lost = streams().into_iter().find(|name| *name != own).unwrap();
    for stream in streams() {
        hosted.there(&["update-ref", "-d", &stream]);
    }
    hosted.there(&["update-ref", "-d", "refs/notes/gov/genesis"]);

    hosted.commit("a.txt", "three\n");
    hosted.push(&["origin", "main"]).passes();

    let new: Vec<String> = streams().into_iter().filter(|name| *name != own).collect();
    assert!(new.len() == 1 && new[0] != lost, "{new:?}");
    let flawed = hosted.scratch.run_in(&hosted.server, &["audit", "verify"]);
    assert!(flawed.code == 1 && flawed.out.starts_with("broken: stream-missing at entry "), "{}", flawed.out);
    // The clone has seen the old stream, and sends it as it is told to.
    let refused = hosted.scratch.run(&["audit", "sync"]);
    assert!(refused.code == 2 && refused.out.contains(": stream-missing: "), "{}", refused.out);
    hosted.push(&["--no-verify", "origin", &lost]).passes();
    let synced = hosted.scratch.run(&["audit", "sync"]);
    assert_eq!(synced.code, 0, "{}", synced.out);
    assert_eq!(hosted.scratch.run_in(&hosted.server, &["audit", "verify"]).code, 0);
}
