//! `gov-hook doctor`: whether git gets to gov-hook, and what stands around it.

mod hooks;
mod locks;
mod surroundings;

use hooks::Seen;

use super::install::{SERVER, STRICT, command_of, is_clone, way_in, word};
use super::{Answer, Environment, Failure, notify};
use crate::git::{Git, HooksFolder, Repo};
use crate::model::{Ending, GitView, Health, HookState, StageHealth, Trouble, WorktreeHealth};
use crate::report::Medium;
use crate::report::doctor::{human, to_json};

/// The stage after `git am` has made a commit.
const AFTER_MAIL: &str = "post-applypatch";

/// Something is wrong.
const ILL: Ending = Ending::Denied;

pub fn doctor(medium: Medium, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let mut troubles = Vec::new();
    let servers = surroundings::servers(&repo, environment, &mut troubles)?;
    let worktrees =
        worktrees(&repo, environment, servers.iter().any(|server| server.enforcing == Some(true)), &mut troubles)?;
    surroundings::history(&repo, &mut troubles);
    let ledger = surroundings::ledger(&repo, &mut troubles);
    let fetched = surroundings::fetched(&repo, &mut troubles)?;
    let policy = surroundings::policy(&repo, &mut troubles);
    let writer = surroundings::writer(&repo, environment, &mut troubles);
    locks::locks(&repo, environment, &mut troubles)?;
    // A policy that cannot be read is told already.
    troubles.extend(notify::troubles(&repo, environment).unwrap_or_default());
    let health = Health {
        binary: environment.program()?.display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        worktrees,
        servers,
        ledger,
        fetched,
        writer,
        policy,
        troubles,
    };
    let exit = if health.is_good() { Ending::Pass } else { ILL };
    let text = if medium == Medium::Json { to_json(&health, exit) } else { human(&health) };
    Ok(Answer { text: text.into_bytes(), exit })
}

fn worktrees(
    repo: &Repo,
    environment: &Environment,
    is_enforced: bool,
    troubles: &mut Vec<Trouble>,
) -> Result<Vec<WorktreeHealth>, Failure> {
    let gits = Git::on(&environment.path);
    if gits.is_empty() {
        return Err(Failure::new("no git is on PATH").mended_by("install git, or put its folder on PATH"));
    }
    let is_clone = is_clone(repo)?;
    let mut found = Vec::new();
    for home in repo.worktrees()? {
        let (mut views, mut bypasses, mut ills) = (Vec::new(), Vec::new(), Vec::new());
        for git in &gits {
            let seen = Seen { repo, environment, git, home: &home, is_clone };
            match seen.view() {
                Ok((view, folder)) => {
                    bypasses.extend(seen.bypasses(&view));
                    ills.extend(of_view(&seen, &view, &folder));
                    views.push(view);
                }
                Err(failure) => troubles.push(Trouble {
                    about: "git",
                    what: format!("{} cannot open {}: {}", git.program.display(), home.display(), failure.in_short()),
                    mend: format!("see why: {} -C {} status", git.program.display(), home.display()),
                    is_wrong: true,
                }),
            }
        }
        bypasses.dedup();
        if !is_enforced && is_clone {
            let setting = if command_of(repo, "pre-commit")?.is_some() { "hook.…" } else { "core.hooksPath" };
            bypasses.push(format!(
                "git commit --no-verify and git -c {setting}=…, since no server is known to refuse that"
            ));
        }
        let path = home.display().to_string();
        // Work trees share their hooks, and gits see the same: each trouble is told once.
        for trouble in ills {
            if !troubles.iter().any(|known| known.what == trouble.what) {
                troubles.push(trouble);
            }
        }
        found.push(WorktreeHealth { path, views, bypasses });
    }
    Ok(found)
}

/// One trouble for all hooks that are in the same state for the same reason.
fn of_view(&Seen { repo, home, is_clone, .. }: &Seen<'_>, view: &GitView, folder: &HooksFolder) -> Vec<Trouble> {
    let mut groups: Vec<(&StageHealth, Vec<&str>)> = Vec::new();
    for stage in view.stages.iter().filter(|stage| !stage.state.is_good()) {
        match groups.iter_mut().find(|(first, _)| first.state == stage.state && first.why == stage.why) {
            Some((_, names)) => names.push(stage.stage),
            None => groups.push((stage, vec![stage.stage])),
        }
    }
    let place = if repo.home() == home { String::new() } else { format!(" -C {}", word(home)) };
    let all = view.stages.len();
    let is_framed = view.stages.iter().any(|stage| stage.state == HookState::Called);
    let told = |(first, names): (&StageHealth, Vec<&str>)| {
        let why = first.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let what = if names.len() == all && first.state == HookState::Missing {
            format!("no hooks of gov-hook are in {}", view.folder)
        } else {
            format!("{} {verb} {} in {}{why}", names.join(", "), first.state.as_str(), view.folder)
        };
        let is_server = !is_clone || names.iter().all(|name| SERVER.contains(name));
        let server = if is_server { " --server" } else { "" };
        let strict = if names.contains(&STRICT) { " --strict" } else { "" };
        let mend = way_in(repo, folder, &place, &format!("gov-hook{place} install{server}{strict}"));
        // No framework has the stage; what no hook saw there is judged at the push.
        if is_framed && names == [AFTER_MAIL] && first.state == HookState::Missing {
            let what = format!(
                "{what}, because no framework runs it: commits made by `git am` are judged when they are pushed"
            );
            return Trouble { about: "hooks", what, mend, is_wrong: false };
        }
        Trouble { about: "hooks", what, mend, is_wrong: true }
    };
    groups.into_iter().map(told).collect()
}
