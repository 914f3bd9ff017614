//! What `gov-hook doctor` found, for people and machines.

use std::fmt::Write;

use serde_json::{Value, json};

use super::escape::printable;
use crate::model::{
    Arrange, Ending, GitView, Health, HookState, LedgerHealth, ServerHealth, StageHealth, Trouble, WorktreeHealth,
    WriterHealth, counted,
};

#[must_use]
pub fn human(health: &Health) -> String {
    let mut text = first_line(health);
    // Writing to a `String` cannot fail, here and below.
    let _ = writeln!(text, "\nhooks of {} {}", printable(&health.binary), health.version);
    for worktree in &health.worktrees {
        hooks(worktree, &mut text);
    }
    let passed_by = health.worktrees.iter().flat_map(|worktree| &worktree.bypasses);
    let mut told: Vec<&String> = Vec::new();
    for way in passed_by {
        if !told.contains(&way) {
            told.push(way);
            let _ = writeln!(text, "  can be bypassed by: {}", printable(way));
        }
    }
    text.push_str("\naround them\n");
    for ServerHealth { remote, why, .. } in &health.servers {
        let _ = writeln!(text, "  server    {}: {}", printable(remote), printable(why));
    }
    let _ = writeln!(text, "  ledger    {}", ledger(&health.ledger));
    if let Some((remote, is_fetched)) = &health.fetched {
        let _ =
            writeln!(text, "  notes     {}fetched from {}", if *is_fetched { "" } else { "not " }, printable(remote));
    }
    let _ = writeln!(text, "  identity  {}", identity(&health.writer));
    let _ = writeln!(text, "  policy    {}", health.policy.as_deref().map_or("unreadable".into(), printable));
    for (title, wanted) in [("worth knowing", false), ("wrong", true)] {
        let troubles: Vec<&Trouble> = health.troubles.iter().filter(|trouble| trouble.is_wrong == wanted).collect();
        if !troubles.is_empty() {
            let _ = writeln!(text, "\n{title}");
        }
        for Trouble { what, mend, .. } in troubles {
            let _ = writeln!(text, "  {}\n    mend it: {}", printable(what), printable(mend));
        }
    }
    text
}

fn first_line(health: &Health) -> String {
    let wrong: Vec<&Trouble> = health.wrong().collect();
    match wrong.as_slice() {
        [] => "all is well: git runs gov-hook at every gate\n".to_owned(),
        [only] => format!("wrong: {}\n", printable(&only.what)),
        [first, more @ ..] => format!("wrong: {}, and {} more\n", printable(&first.what), counted(more.len(), "thing")),
    }
}

/// Gits that see the same are told together.
fn hooks(worktree: &WorktreeHealth, text: &mut String) {
    let _ = writeln!(text, "  {}", printable(&worktree.path));
    let alike = |one: &GitView, other: &GitView| one.folder == other.folder && one.stages == other.stages;
    for (at, view) in worktree.views.iter().enumerate() {
        if worktree.views.iter().take(at).any(|before| alike(before, view)) {
            continue;
        }
        let gits: Vec<String> = worktree
            .views
            .iter()
            .filter(|other| alike(view, other))
            .map(|git| format!("{} {}", printable(&git.program), git.version))
            .collect();
        let set =
            if view.scope == "default" { String::new() } else { format!(", set by a {} core.hooksPath", view.scope) };
        let _ = writeln!(text, "    {} ({}{set})", printable(&view.folder), gits.join(", "));
        for state in [HookState::Current, HookState::Called, HookState::Stale, HookState::Shadowed, HookState::Missing]
        {
            // Those with the same reason are told together, as those are that need none.
            let mut groups: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
            for StageHealth { stage, why, .. } in view.stages.iter().filter(|stage| stage.state == state) {
                match groups.iter_mut().find(|(because, _)| *because == why.as_deref()) {
                    Some((_, names)) => names.push(stage),
                    None => groups.push((why.as_deref(), vec![stage])),
                }
            }
            groups.arrange_by_key(|(why, _)| why.is_some());
            for (why, names) in groups {
                let why = why.map(|why| format!(": {}", printable(why))).unwrap_or_default();
                let _ = writeln!(text, "      {:<8}  {}{why}", state.as_str(), names.join(", "));
            }
        }
    }
}

fn ledger(ledger: &LedgerHealth) -> String {
    match (ledger.damage, ledger.entries) {
        (Some(0), 0) => "nothing is on record yet".to_owned(),
        (Some(0), 1) => "sound: 1 entry".to_owned(),
        (Some(0), entries) => format!("sound: {entries} entries in {}", counted(ledger.streams, "stream")),
        (Some(_), _) => "damaged".to_owned(),
        (None, _) => "unreadable".to_owned(),
    }
}

fn identity(writer: &WriterHealth) -> String {
    let who = match (&writer.name, &writer.email) {
        (Some(name), Some(email)) => format!("{} <{}>", printable(name), printable(email)),
        (None, Some(email)) => printable(email),
        (_, None) => "nobody".to_owned(),
    };
    match &writer.key {
        Some(key) => format!("{who}, signs with {}", printable(key)),
        None => format!("{who}, without a key to sign with"),
    }
}

#[must_use]
pub fn to_json(health: &Health, exit: Ending) -> String {
    let trouble = |trouble: &Trouble| {
        json!({
            "about": trouble.about,
            "severity": if trouble.is_wrong { "wrong" } else { "note" },
            "what": trouble.what,
            "mend": trouble.mend,
        })
    };
    let server = |server: &ServerHealth| {
        json!({
            "remote": server.remote,
            "enforcing": server.enforcing,
            "keeps_ledger": server.keeps_ledger,
            "why": server.why,
        })
    };
    let Health { ledger, writer, .. } = health;
    let json = json!({
        "schema": "gov-hook/doctor/v1",
        "binary": { "path": health.binary, "version": health.version },
        "worktrees": health.worktrees.iter().map(worktree).collect::<Vec<_>>(),
        "servers": health.servers.iter().map(server).collect::<Vec<_>>(),
        "ledger": {
            "healthy": ledger.is_healthy(),
            "streams": ledger.streams,
            "entries": ledger.entries,
            "damage": ledger.damage,
        },
        "notes": {
            "remote": health.fetched.as_ref().map(|(remote, _)| remote),
            "fetched": health.fetched.as_ref().map(|(_, is_fetched)| is_fetched),
        },
        "identity": {
            "name": writer.name,
            "email": writer.email,
            "signing_key": writer.key,
            "must_sign": writer.must_sign,
        },
        "policy": { "readable": health.policy.is_some(), "origin": health.policy },
        "troubles": health.troubles.iter().map(trouble).collect::<Vec<_>>(),
        "exit": exit.code(),
    });
    format!("{json:#}\n")
}

fn worktree(worktree: &WorktreeHealth) -> Value {
    let stage = |stage: &StageHealth| {
        json!({
            "stage": stage.stage,
            "state": stage.state.as_str(),
            "installed": stage.state.is_installed(),
            "current": stage.state == HookState::Current,
            "shadowed": stage.state == HookState::Shadowed,
            "file": stage.file,
            "why": stage.why,
            "chained": stage.chained,
        })
    };
    let view = |view: &GitView| {
        json!({
            "git": view.program,
            "version": view.version,
            "runs_configured_hooks": view.runs_configured_hooks,
            "hooks": view.folder,
            "scope": view.scope,
            "stages": view.stages.iter().map(stage).collect::<Vec<_>>(),
        })
    };
    let all = |is: &dyn Fn(HookState) -> bool| {
        worktree.views.iter().all(|view| view.stages.iter().all(|stage| is(stage.state)))
    };
    json!({
        "path": worktree.path,
        "installed": all(&HookState::is_installed),
        "current": all(&HookState::is_good),
        "shadowed": !all(&|state| state != HookState::Shadowed),
        "bypassable": !worktree.bypasses.is_empty(),
        "bypasses": worktree.bypasses,
        "gits": worktree.views.iter().map(view).collect::<Vec<_>>(),
    })
}
