//! `gov-hook install` and `uninstall`: the hooks that git runs, put there and taken away.

mod agents;
mod ci;
mod configured;
mod folder;
mod kept;
mod ledger;
mod put;
mod shim;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::{Answer, Environment, Failure};
use crate::git::{Git, Repo, fetching_all};
use crate::ledger::GENESIS_STREAM;
use crate::model::{counted, shell_word};
use crate::report::printable;
use put::{Done, What};

pub use agents::agents;
pub use ci::{Service, ci};
pub(super) use configured::{command_of, folder as configured_folder, left_out};
pub(super) use folder::{switched_off, way_in, word};
pub(super) use kept::{Found, Owner, is_executable, legacy, look};
pub(super) use ledger::missing as missing_fetch_rules;
use ledger::{Brought, Fetching};

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
        let done = put::install(&folder, &stages, &program)?;
        configured::uninstall(&repo, &stages)?;
        (folder, done, Vec::new())
    };
    let fetched = if request.server { None } else { ledger::install(&repo)? };
    let brought = if request.server { None } else { ledger::bring(&repo)? };
    if !request.server {
        // From here on the clone's own reflogs can tell what was made past the hooks.
        repo.clone_nonce()?;
    }
    let found = Installed { repo: &repo, folder: &folder, done, also, fetched, brought, gits, request };
    Ok(Answer::passing(installed(&found)))
}

pub fn uninstall(environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let mut done = away(&repo)?;
    done.extend(configured::uninstall(&repo, &every_stage())?);
    let fetched = ledger::uninstall(&repo)?;
    let asked = agents::uninstall(&repo)?;
    let mut text = String::new();
    for Done { stage, what, older, .. } in &done {
        // Writing to a `String` cannot fail, here and below.
        let _ = match what {
            What::Restored => writeln!(text, "  {stage}: what was there before is restored"),
            What::Unchained(by) => {
                writeln!(text, "  {stage}: taken out of what {} runs", by.as_str().unwrap_or("another program"))
            }
            What::Removed | What::Current | What::Written | What::Renewed | What::Chained { .. } => {
                writeln!(text, "  {stage}: removed")
            }
        };
        for path in older {
            let _ = writeln!(text, "    still there, and not run: {}", path.display());
        }
    }
    if let Some(remote) = fetched {
        let _ = writeln!(text, "  git fetch {remote} no longer fetches the ledger");
    }
    if let Some(asked) = asked {
        let _ = writeln!(text, "  {asked}");
    }
    let first = if done.is_empty() && text.is_empty() {
        "no hooks of gov-hook are installed here\n".to_owned()
    } else {
        format!("uninstalled {}; the ledger and the policy stay\n", counted(done.len(), "hook"))
    };
    Ok(Answer::passing(first + &text))
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

struct Installed<'a> {
    repo: &'a Repo,
    folder: &'a Path,
    done: Vec<Done>,
    /// What was taken away for it.
    also: Vec<Done>,
    fetched: Option<Fetching>,
    brought: Option<Brought>,
    gits: Vec<Git>,
    request: Request,
}

/// What came of asking the remote for its ledger.
fn told(brought: &Brought) -> String {
    match brought {
        Brought::Ledger { remote, streams } => {
            format!("  the ledger of {} is here, {}\n", printable(remote), counted(*streams, "stream"))
        }
        Brought::Another { remote } => format!(
            "  {} has another ledger than this clone began\n    start over under it: gov-hook audit reconcile {GENESIS_STREAM} {}\n",
            printable(remote),
            shell_word(remote)
        ),
        Brought::Unreachable { remote, why } => format!(
            "  whether {} has a ledger could not be asked: {}\n    before the first commit: gov-hook audit sync {}\n",
            printable(remote),
            printable(why),
            shell_word(remote)
        ),
    }
}

fn installed(Installed { repo, folder, done, also, fetched, brought, gits, request }: &Installed<'_>) -> String {
    let named: Vec<&str> = done.iter().map(|done| done.stage.as_str()).collect();
    let is_current = done.iter().all(|done| done.what == What::Current);
    let place = folder.display();
    let mut text = if is_current {
        format!("{} already current in {place}\n", if named.len() == 1 { "the hook is" } else { "the hooks are" })
    } else {
        format!("installed {} in {place}\n", counted(named.len(), "hook"))
    };
    let _ = writeln!(text, "  {}", named.join(", "));
    for Done { stage, what, older, unused } in done {
        if let What::Chained { by, runs } = what {
            let whose = by.as_str().map_or_else(|| "what was there".to_owned(), |by| format!("the hook of {by}"));
            let then = if *runs { "runs first" } else { "does not run, because it is not executable" };
            let _ = writeln!(text, "  {stage}: {whose} is kept as {stage}.legacy and {then}");
        }
        for path in older {
            let _ = writeln!(text, "    what it had kept before runs too: {}", path.display());
        }
        for name in unused.iter().filter_map(|path| path.file_name()) {
            let name = name.display();
            let _ =
                writeln!(text, "  {stage}: the {name} of before did not run and does not; `uninstall` puts it back");
        }
    }
    if !also.is_empty() {
        let _ = writeln!(text, "  {} of gov-hook removed from the hooks folder", counted(also.len(), "file"));
    }
    if let Some(Fetching { remote, all_branches }) = fetched {
        let _ = writeln!(text, "  git fetch {remote} now also fetches the ledger");
        if let Some(command) = all_branches {
            let _ = writeln!(
                text,
                "    and, as before, of its branches only the one that is HEAD there, to FETCH_HEAD\n    to fetch all of them: {command}"
            );
        }
    }
    if let Some(brought) = brought {
        let _ = write!(text, "{}", told(brought));
    }
    if repo.is_shallow() && !request.server {
        let remote = shell_word(&repo.remote_name());
        let _ = writeln!(text, "  {SHALLOW}\n    fetch the rest: git fetch --unshallow {remote}");
    }
    if let Some(remote) = repo.leaves_out().filter(|_| !request.server) {
        let _ = writeln!(text, "  {PARTIAL}\n    fetch them, now and from now on: {}", fetching_all(&remote));
    }
    if request.configured {
        for git in gits.iter().filter(|git| !git.runs_configured_hooks()) {
            let _ = writeln!(text, "  {} is git {}, which does not run them", git.program.display(), git.version);
        }
    }
    if repo.work_dir().is_some_and(|top| folder.starts_with(top)) && !folder.starts_with(repo.common_dir()) {
        let _ = writeln!(text, "  they run this gov-hook by its path; if it is gone, the one on PATH");
    }
    text + "next: check that git really runs them\n  gov-hook doctor\n"
}
