//! Where this repository's hooks belong; never where other repositories have theirs.

use std::path::{Path, PathBuf};

use super::STRICT;
use crate::app::Failure;
use crate::git::{Git, HooksFolder, HooksPath, Repo, Scope};
use crate::model::shell_word;

/// The folder that git runs this repository's hooks from, if it may be written to.
pub(super) fn own(repo: &Repo, git: Option<&Git>, stages: &[&str]) -> Result<PathBuf, Failure> {
    let HooksFolder { path, setting } = repo.hooks_folder()?;
    match setting {
        Some(setting) if setting.scope == Scope::Command => Err(Failure::new(format!(
            "core.hooksPath is `{}` for this one command, so git will not look there again",
            setting.value
        ))
        .mended_by("run it without `git -c core.hooksPath=…` and without GIT_CONFIG_* in the environment")),
        Some(setting) if setting.is_shared => Err(shared(repo, &setting, git, stages)),
        Some(setting) if path.exists() && !path.is_dir() => {
            Err(Failure::new(format!("hooks are switched off here: core.hooksPath is `{}`, no folder", setting.value))
                .mended_by("switch them on: git config --local --unset-all core.hooksPath && gov-hook install"))
        }
        Some(_) => Ok(path),
        None => within(repo, path),
    }
}

/// The repository's own `hooks`, unless it is a link to somewhere else.
fn within(repo: &Repo, path: PathBuf) -> Result<PathBuf, Failure> {
    let Ok(real) = path.canonicalize() else {
        return if path.is_symlink() {
            Err(Failure::new(format!("`{}` is a symbolic link that leads nowhere", path.display()))
                .mended_by(format!("take it away: rm {} && gov-hook install", word(&path))))
        } else {
            Ok(path)
        };
    };
    if !real.is_dir() {
        return Err(Failure::new(format!("`{}` is no folder", path.display()))
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
    .mended_by(format!("say that it is meant: git config --local core.hooksPath {} && gov-hook install", word(&real))))
}

/// The three ways out.
fn shared(repo: &Repo, setting: &HooksPath, git: Option<&Git>, stages: &[&str]) -> Failure {
    let own = repo.common_dir().join("hooks");
    let flag = |stage: &str, flag: &'static str| if stages.contains(&stage) { flag } else { "" };
    let again = ["gov-hook install", flag("pre-receive", " --server"), flag(STRICT, " --strict")].concat();
    let file = match setting.scope {
        Scope::Global if setting.origin.ends_with("/.gitconfig") || setting.origin.ends_with("/git/config") => {
            "--global".to_owned()
        }
        Scope::System if setting.origin == "/etc/gitconfig" => "--system".to_owned(),
        Scope::Global | Scope::System => format!("--file {}", word(Path::new(&setting.origin))),
        Scope::Repository | Scope::Worktree | Scope::Command => "--global".to_owned(),
    };
    let third = if git.is_some_and(Git::runs_configured_hooks) {
        format!("hooks beside the shared ones, from this repository's configuration:\n       {again} --config")
    } else {
        format!(
            "gov-hook for all that share them: end each of {}\n       in {} with this line:\n       \
             exec gov-hook hook \"${{0##*/}}\" \"$@\"",
            stages.join(", "),
            word(Path::new(&setting.value)),
        )
    };
    Failure::new(format!(
        "core.hooksPath is `{}` ({}, {}), which other repositories share, and gov-hook never writes there",
        setting.value,
        setting.scope.as_str(),
        setting.origin
    ))
    .mended_by(format!(
        "one of these\n    \
         1. hooks of this repository's own, instead of the shared ones:\n       \
         git config --local core.hooksPath {} && {again}\n    \
         2. no shared hooks any more:\n       \
         git config {file} --unset-all core.hooksPath && {again}\n    \
         3. {third}",
        word(&own),
    ))
}

/// A path as a shell takes it.
pub(in crate::app) fn word(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}
