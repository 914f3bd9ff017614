//! `gov-hook install` and `uninstall`: the hooks that git runs, put there and taken away.

mod agents;
mod ci;
mod configured;
mod folder;
mod kept;
mod ledger;
mod put;
mod shim;

use std::path::PathBuf;

use super::{Answer, Environment, Failure};
use crate::git::{Git, Repo, fetching_all};
use crate::model::shell_word;
use crate::report::install::{self as report, Done, Installed};

pub use agents::agents;
pub use ci::{Service, ci};
pub(super) use configured::{command_of, folder as configured_folder, left_out};
pub(super) use folder::{switched_off, way_in, word};
pub(super) use kept::{Found, Owner, is_executable, legacy, look};
pub(super) use ledger::missing as missing_fetch_rules;

/// The stages of a clone, in the order in which git comes to them.
pub(super) const CLIENT: [&str; 8] = [
    "pre-commit",
    "pre-merge-commit",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "post-applypatch",
    "pre-push",
];

/// The stages of a repository that others push to.
pub(super) const SERVER: [&str; 3] = ["pre-receive", "update", "post-receive"];

/// The stage that sees every movement of every reference.
pub(super) const STRICT: &str = "reference-transaction";

/// What a clone without the whole history means.
pub(super) const SHALLOW: &str =
    "this clone is shallow: commits can be judged; whatever needs the rest of the history, as a push may, cannot";

/// What a clone without all objects means.
pub(super) const PARTIAL: &str =
    "this clone is partial: what is staged can be judged; a push, and whatever else reads what was left out, cannot";

#[derive(Clone, Copy, Debug, Default)]
pub struct Request {
    /// The hooks of a repository that others push to, instead of a clone's.
    pub server: bool,
    /// Also the hook that sees every movement of every reference.
    pub strict: bool,
    /// From git's configuration instead of files in its hooks folder.
    pub configured: bool,
}

pub fn install(request: Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    if !request.server && !is_clone(&repo)? {
        return Err(Failure::new("nobody commits in a bare repository, so a clone's hooks would not run here")
            .mended_by("install a server's hooks: gov-hook install --server"));
    }
    let mut stages = if request.server { SERVER.to_vec() } else { CLIENT.to_vec() };
    if request.strict {
        stages.push(STRICT);
    }
    let gits = Git::on(&environment.path);
    let program = environment.program()?;
    let (folder, done, also) = if request.configured {
        let done = configured::install(&repo, &stages, &program, &gits)?;
        let removed = away(&repo)?;
        (configured::folder(&repo), done, removed)
    } else {
        let folder = folder::own(&repo, gits.first(), &stages)?;
        let done = put::install(&repo, &folder, &stages, &program)?;
        configured::uninstall(&repo, &stages)?;
        (folder, done, Vec::new())
    };
    let fetched = if request.server { None } else { ledger::install(&repo)? };
    let brought = if request.server { None } else { ledger::bring(&repo)? };
    if !request.server {
        // From here on the clone's own reflogs can tell what was made past the hooks.
        repo.clone_nonce()?;
    }
    let is_tree = repo.work_dir().is_some_and(|top| folder.starts_with(top)) && !folder.starts_with(repo.common_dir());
    let idle = gits.into_iter().filter(|git| request.configured && !git.runs_configured_hooks());
    Ok(Answer::passing(report::installed(&Installed {
        folder,
        done,
        removed: also.len(),
        fetched,
        brought,
        missing: missing(&repo, request),
        idle: idle.map(|git| (git.program, git.version)).collect(),
        is_tree,
    })))
}

/// What of the history or its objects a clone lacks, and what fetches it.
fn missing(repo: &Repo, request: Request) -> Vec<String> {
    if request.server {
        return Vec::new();
    }
    let shallow = repo.is_shallow().then(|| {
        let remote = shell_word(&repo.remote_name());
        format!("{SHALLOW}\n    fetch the rest: git fetch --unshallow {remote}")
    });
    let partial = repo
        .leaves_out()
        .map(|remote| format!("{PARTIAL}\n    fetch them, now and from now on: {}", fetching_all(&remote)));
    shallow.into_iter().chain(partial).collect()
}

pub fn uninstall(environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let mut done = away(&repo)?;
    done.extend(configured::uninstall(&repo, &every_stage())?);
    let fetched = ledger::uninstall(&repo)?;
    let asked = agents::uninstall(&repo)?;
    Ok(Answer::passing(report::uninstalled(&done, fetched.as_deref(), asked.as_deref())))
}

/// Whether commits are made here: in the work tree, or in those that are linked to a bare repository which
/// is no server.
pub(super) fn is_clone(repo: &Repo) -> Result<bool, Failure> {
    if !repo.is_bare() {
        return Ok(true);
    }
    let folder = repo.hooks_folder()?.path;
    for stage in SERVER {
        if matches!(look(&folder.join(stage))?, Found::Ours { .. }) {
            return Ok(false);
        }
    }
    // The bare repository itself is the first of them.
    Ok(repo.worktrees()?.len() > 1)
}

/// Whether gov-hook is what git runs before it makes a merge.
pub(super) fn is_asked_before_merges(repo: &Repo) -> Result<bool, Failure> {
    const STAGE: &str = "pre-merge-commit";
    let hook = repo.hooks_folder()?.path.join(STAGE);
    Ok(matches!(look(&hook)?, Found::Ours { runs: true, .. }) || command_of(repo, STAGE)?.is_some())
}

fn every_stage() -> Vec<&'static str> {
    [&CLIENT[..], &SERVER, &[STRICT]].concat()
}

/// Takes ours out of the folder in force, unless it is others', and out of the repository's own.
fn away(repo: &Repo) -> Result<Vec<Done>, Failure> {
    let found = repo.hooks_folder()?;
    let mut folders: Vec<PathBuf> = vec![repo.common_dir().join("hooks")];
    if found.setting.is_none_or(|setting| !setting.is_shared) && !folders.contains(&found.path) {
        folders.push(found.path);
    }
    let mut done = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        done.extend(put::uninstall(folder, &every_stage())?);
    }
    Ok(done)
}
