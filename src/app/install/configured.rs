//! Hooks from git's configuration: since 2.54 git runs those too, wherever `core.hooksPath` points.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::put;
use super::shim::quoted;
use crate::app::Failure;
use crate::git::{Git, Repo};
use crate::report::install::Done;

/// Where the shims stand that the configuration names.
pub(in crate::app) fn folder(repo: &Repo) -> PathBuf {
    repo.common_dir().join("gov/hooks")
}

fn section(stage: &str) -> String {
    format!("hook.gov-hook-{stage}")
}

/// What the configuration has git run at a stage for gov-hook.
pub(in crate::app) fn command_of(repo: &Repo, stage: &str) -> Result<Option<String>, Failure> {
    Ok(repo.own_settings(&format!("{}.command", section(stage)))?.pop())
}

/// Why a git that runs configured hooks leaves that one out; nothing where it runs it.
pub(in crate::app) fn left_out(git: &Git, home: &Path, stage: &str) -> Result<Option<String>, Failure> {
    let section = section(stage);
    // The first switches off all that are configured for the stage; hooks that are files run even so.
    for switch in [format!("hook.{stage}"), section.clone()] {
        if is_off(git, home, &switch)? {
            return Ok(Some(format!("is disabled by {switch}.enabled")));
        }
    }
    let events = git.settings_in(home, &format!("{section}.event"))?;
    // An empty value takes back those before it.
    let asked = events.iter().rev().take_while(|event| !event.is_empty()).any(|event| event == stage);
    Ok((!asked).then(|| format!("is not asked for: {section}.event does not name it")))
}

fn is_off(git: &Git, home: &Path, section: &str) -> Result<bool, Failure> {
    let enabled = git.settings_in(home, &format!("{section}.enabled"))?.pop();
    let is_off = |value: String| matches!(value.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0");
    Ok(enabled.is_some_and(is_off))
}

pub(super) fn install(repo: &Repo, stages: &[&str], binary: &Path, gits: &[Git]) -> Result<Vec<Done>, Failure> {
    if let Some(git) = gits.first().filter(|git| !git.runs_configured_hooks()) {
        return Err(Failure::new(format!(
            "git {} runs no hooks from its configuration; git 2.54 is the first that does",
            git.version
        ))
        .mended_by("install them as files: gov-hook install"));
    }
    let folder = folder(repo);
    let folder = folder.canonicalize().unwrap_or(folder);
    let done = put::install(repo, &folder, stages, binary)?;
    for stage in stages {
        let path = quoted(folder.join(stage).as_os_str().as_bytes());
        let command = String::from_utf8(path).map_err(|_not_text| {
            Failure::new(format!("`{}` is not a path that a configuration can hold", folder.display()))
        })?;
        let is_asked = match gits.first() {
            Some(git) => left_out(git, repo.home(), stage)?.is_none(),
            None => true,
        };
        if !is_asked || command_of(repo, stage)?.as_deref() != Some(&command) {
            forget(repo, stage)?;
            repo.add_setting(&format!("{}.event", section(stage)), stage)?;
            repo.add_setting(&format!("{}.command", section(stage)), &command)?;
        }
    }
    Ok(done)
}

pub(super) fn uninstall(repo: &Repo, stages: &[&str]) -> Result<Vec<Done>, Failure> {
    let folder = folder(repo);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    for stage in stages {
        forget(repo, stage)?;
    }
    let done = put::uninstall(&folder, stages)?;
    // One that is not empty holds what somebody else put there.
    let _ = std::fs::remove_dir(&folder);
    Ok(done)
}

fn forget(repo: &Repo, stage: &str) -> Result<(), Failure> {
    let section = section(stage);
    for key in ["event", "command", "enabled"] {
        if !repo.own_settings(&format!("{section}.{key}"))?.is_empty() {
            repo.remove_section(&section)?;
        }
    }
    Ok(())
}
