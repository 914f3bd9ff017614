//! Where this repository's hooks belong; never where other repositories have theirs.

use std::path::{Path, PathBuf};

use super::STRICT;
use crate::app::Failure;
use crate::git::{Git, HooksFolder, HooksPath, Repo, Scope};
use crate::model::shell_word;

/// The folder that git runs this repository's hooks from, if it may be written to.
pub(super) fn own(repo: &Repo, git: Option<&Git>, stages: &[&str]) -> Result<PathBuf, Failure> {
    let found = repo.hooks_folder()?;
    let is_off = found.switched_off().is_some();
    let HooksFolder { path, setting } = found;
    match setting {
        Some(setting) if setting.scope == Scope::Command => Err(Failure::new(format!(
            "core.hooksPath is `{}` for this one command, so git will not look there again",
            setting.value
        ))
        .mended_by(WITHOUT)),
        Some(setting) if setting.is_shared => Err(shared(repo, &setting, git, (stages, is_off))),
        Some(setting) if is_off => {
            let no_folder = if setting.value.is_empty() { "" } else { ", no folder" };
            Err(Failure::new(format!("hooks are switched off here: core.hooksPath is {}{no_folder}", value(&setting)))
                .mended_by(format!("switch them on: {}", unset(&setting, "", &again(stages)))))
        }
        Some(_) => Ok(path),
        None => within(repo, path),
    }
}

/// That hooks are switched off, and by what.
pub(in crate::app) fn switched_off(found: &HooksFolder) -> Option<String> {
    let setting = found.switched_off()?;
    Some(format!("hooks are switched off: core.hooksPath is {} ({})", value(setting), setting.scope.as_str()))
}

/// The command after which git runs the hooks of `install`, whatever keeps them from running now;
/// `place` is how both programs are told where.
pub(in crate::app) fn way_in(repo: &Repo, found: &HooksFolder, place: &str, install: &str) -> String {
    match &found.setting {
        Some(setting) if setting.scope == Scope::Command => WITHOUT.to_owned(),
        Some(setting) if setting.is_shared => own_instead(repo, place, install),
        Some(setting) if found.switched_off().is_some() => unset(setting, place, install),
        _ => install.to_owned(),
    }
}

const WITHOUT: &str = "run it without `git -c core.hooksPath=…` and without GIT_CONFIG_* in the environment";

fn value(setting: &HooksPath) -> String {
    if setting.value.is_empty() { "empty".to_owned() } else { format!("`{}`", setting.value) }
}

fn unset(setting: &HooksPath, place: &str, install: &str) -> String {
    let file = if setting.scope == Scope::Worktree { "--worktree" } else { "--local" };
    format!("git{place} config {file} --unset-all core.hooksPath && {install}")
}

fn own_instead(repo: &Repo, place: &str, install: &str) -> String {
    let own = repo.common_dir().join("hooks");
    format!("git{place} config --local core.hooksPath {} && {install}", word(&own))
}

/// The command that installs these.
fn again(stages: &[&str]) -> String {
    let flag = |stage: &str, flag: &'static str| if stages.contains(&stage) { flag } else { "" };
    ["gov-hook install", flag("pre-receive", " --server"), flag(STRICT, " --strict")].concat()
}

/// The repository's own `hooks`, unless it is a link to somewhere else.
fn within(repo: &Repo, path: PathBuf) -> Result<PathBuf, Failure> {
    let Ok(real) = path.canonicalize() else {
        return if path.is_symlink() {
            Err(Failure::new(format!("`{}` is a symbolic link that leads nowhere", path.display()))
                .mended_by(format!("remove it: rm {} && gov-hook install", word(&path))))
        } else {
            Ok(path)
        };
    };
    if !real.is_dir() {
        return Err(Failure::new(format!("`{}` is not a folder", path.display()))
            .mended_by(format!("move it out of the way: mv {0} {0}.bak && gov-hook install", word(&path))));
    }
    let is_ours = |top: &Path| top.canonicalize().is_ok_and(|top| real.starts_with(top));
    if is_ours(repo.common_dir()) || repo.work_dir().is_some_and(is_ours) {
        return Ok(path);
    }
    Err(Failure::new(format!(
        "`{}` is a symbolic link out of this repository, to `{}`, which others may share",
        path.display(),
        real.display()
    ))
    .mended_by(format!("if that is intended: git config --local core.hooksPath {} && gov-hook install", word(&real))))
}

/// The three ways out; where hooks are switched off there is no folder for the third.
fn shared(repo: &Repo, setting: &HooksPath, git: Option<&Git>, (stages, is_off): (&[&str], bool)) -> Failure {
    let again = again(stages);
    let file = match setting.scope {
        Scope::Global if setting.origin.ends_with("/.gitconfig") || setting.origin.ends_with("/git/config") => {
            "--global".to_owned()
        }
        Scope::System if setting.origin == "/etc/gitconfig" => "--system".to_owned(),
        Scope::Global | Scope::System => format!("--file {}", word(Path::new(&setting.origin))),
        Scope::Repository | Scope::Worktree | Scope::Command => "--global".to_owned(),
    };
    let third = if git.is_some_and(Git::runs_configured_hooks) {
        format!("\n    3. hooks beside the shared ones, from this repository's configuration:\n       {again} --config")
    } else if is_off {
        String::new()
    } else {
        format!(
            "\n    3. gov-hook for all that share them: end each of {}\n       in {} with this line:\n       \
             exec gov-hook hook \"${{0##*/}}\" \"$@\"",
            stages.join(", "),
            word(Path::new(&setting.value)),
        )
    };
    Failure::new(format!(
        "core.hooksPath is {} ({}, {}), which other repositories share, and gov-hook never writes there",
        value(setting),
        setting.scope.as_str(),
        setting.origin
    ))
    .mended_by(format!(
        "one of these\n    \
         1. hooks of this repository's own, instead of the shared ones:\n       \
         {}\n    \
         2. no shared hooks any more:\n       \
         git config {file} --unset-all core.hooksPath && {again}{third}",
        own_instead(repo, "", &again),
    ))
}

/// A path as a shell takes it.
pub(in crate::app) fn word(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}
