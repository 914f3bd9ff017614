//! The hooks of one work tree as one git sees them.

use std::path::{Path, PathBuf};

use crate::app::install::{
    CLIENT, Found, Owner, SERVER, STRICT, command_of, configured_folder, is_executable, left_out, legacy, look,
    switched_off,
};
use crate::app::{Environment, Failure};
use crate::git::{Git, HooksFolder, Repo};
use crate::model::{GitView, HookState, StageHealth};

/// What is the same for every stage.
pub(super) struct Seen<'a> {
    pub(super) repo: &'a Repo,
    pub(super) environment: &'a Environment,
    pub(super) git: &'a Git,
    /// The work tree's root, or a bare repository.
    pub(super) home: &'a Path,
    /// Commits are made here; elsewhere they are taken in.
    pub(super) is_clone: bool,
}

impl Seen<'_> {
    pub(super) fn view(&self) -> Result<(GitView, HooksFolder), Failure> {
        let found = self.git.hooks_in(self.home)?;
        let path = &found.path;
        let mut stages = Vec::new();
        for stage in self.expected(path)? {
            stages.push(self.stage(stage, &found)?);
        }
        // A hook that is gone from among others of ours was there once.
        let is_installed = stages.iter().any(|stage| stage.state.is_installed());
        for stage in stages.iter_mut().filter(|stage| is_installed && stage.state == HookState::Missing) {
            if let Found::Foreign { by, .. } = look(&path.join(stage.stage))? {
                stage.state = HookState::Shadowed;
                stage.why = Some(instead(by));
            }
        }
        let view = GitView {
            program: self.git.program.display().to_string(),
            version: self.git.version.clone(),
            runs_configured_hooks: self.git.runs_configured_hooks(),
            folder: path.display().to_string(),
            scope: found.setting.as_ref().map_or("default", |setting| setting.scope.as_str()),
            stages,
        };
        Ok((view, found))
    }

    /// A clone's stages or a server's, and those of the other kind that were installed.
    fn expected(&self, folder: &Path) -> Result<Vec<&'static str>, Failure> {
        let (usual, unusual) = if self.is_clone { (&CLIENT[..], &SERVER[..]) } else { (&SERVER[..], &CLIENT[..]) };
        let mut stages = usual.to_vec();
        for stage in unusual.iter().chain([&STRICT]) {
            let is_ours = |path: PathBuf| Ok::<bool, Failure>(matches!(look(&path)?, Found::Ours { .. }));
            if is_ours(folder.join(stage))? || is_ours(configured_folder(self.repo).join(stage))? {
                stages.push(stage);
            }
        }
        Ok(stages)
    }

    fn stage(&self, stage: &'static str, looked_in: &HooksFolder) -> Result<StageHealth, Failure> {
        let folder = &looked_in.path;
        let hook = folder.join(stage);
        let found = look(&hook)?;
        let kept = legacy(&hook);
        let mut health = StageHealth {
            stage,
            state: HookState::Missing,
            file: hook.display().to_string(),
            why: None,
            chained: Vec::new(),
        };
        if let Some(file) = self.configured(stage)? {
            health.file = file.display().to_string();
            (health.state, health.why) = match left_out(self.git, self.home, stage)? {
                Some(why) => (HookState::Shadowed, Some(why)),
                None => (HookState::Current, Some("from git's configuration".into())),
            };
            return Ok(health);
        }
        if let Some(why) = switched_off(looked_in) {
            (health.state, health.why) = (HookState::Shadowed, Some(why));
            return Ok(health);
        }
        (health.state, health.why) = match found {
            Found::Ours { runs: false, .. } => {
                (HookState::Shadowed, Some("is not executable, so git does not run it".into()))
            }
            Found::Ours { is_current: false, .. } => (HookState::Stale, Some("is of another version".into())),
            Found::Ours { shim, .. } if !is_executable(&shim.binary) => {
                (HookState::Stale, Some(format!("runs {}, which is gone", shim.binary.display())))
            }
            Found::Ours { .. } => (HookState::Current, None),
            Found::Foreign { by, runs: true } => self.foreign(stage, &hook, by)?,
            Found::Foreign { runs: false, .. } | Found::Nothing | Found::Folder => self.absent(stage, folder)?,
        };
        if health.state == HookState::Current && is_executable(&kept) {
            health.chained.push(kept.display().to_string());
        }
        Ok(health)
    }

    /// The shim that this git is told to run by its configuration, if it would.
    fn configured(&self, stage: &str) -> Result<Option<PathBuf>, Failure> {
        if !self.git.runs_configured_hooks() || command_of(self.repo, stage)?.is_none() {
            return Ok(None);
        }
        let file = configured_folder(self.repo).join(stage);
        let is_current = matches!(look(&file)?, Found::Ours { is_current: true, runs: true, .. });
        Ok(is_current.then_some(file))
    }

    /// Another's hook may run ours: the one it keeps, or what its own list of hooks names.
    fn foreign(&self, stage: &str, hook: &Path, by: Owner) -> Result<(HookState, Option<String>), Failure> {
        let kept = look(&legacy(hook))?;
        if by.runs_legacy() && matches!(kept, Found::Ours { is_current: true, runs: true, .. }) {
            return Ok((HookState::Called, Some(format!("by {}, which keeps it", by.as_str().unwrap_or_default()))));
        }
        if runs_us(hook, stage) {
            return Ok((HookState::Called, Some("by a hook of somebody else's".into())));
        }
        let listed = by.lists().iter().find(|list| runs_us(&self.home.join(list), stage));
        if let (Some(list), Some(by)) = (listed, by.as_str()) {
            let only = if stage == "pre-push" { "; it passes on only the first ref of a push" } else { "" };
            return Ok((HookState::Called, Some(format!("by {by}, as {list} says{only}"))));
        }
        let is_ours = matches!(kept, Found::Ours { .. });
        Ok(if is_ours { (HookState::Shadowed, Some(instead(by))) } else { (HookState::Missing, None) })
    }

    /// Nothing runs here; ours may stand where this git does not look.
    fn absent(&self, stage: &str, folder: &Path) -> Result<(HookState, Option<String>), Failure> {
        let own = self.repo.common_dir().join("hooks");
        let same = own.canonicalize().ok() == folder.canonicalize().ok() && own.exists();
        if !same && matches!(look(&own.join(stage))?, Found::Ours { .. }) {
            let why = format!("stands in {}, where git does not look", own.display());
            return Ok((HookState::Shadowed, Some(why)));
        }
        if command_of(self.repo, stage)?.is_some() {
            let why = format!("stands in git's configuration, which git {} does not run", self.git.version);
            return Ok((HookState::Shadowed, Some(why)));
        }
        Ok((HookState::Missing, None))
    }

    /// How what runs here can be passed by, apart from what any client's hooks are open to.
    pub(super) fn bypasses(&self, view: &GitView) -> Vec<String> {
        let mut ways = Vec::new();
        if matches!(view.scope, "global" | "system" | "command") {
            ways.push(format!("a {} core.hooksPath decides which hooks run: {}", view.scope, view.folder));
        }
        for owner in [Owner::PreCommit, Owner::Lefthook, Owner::Husky] {
            let list = owner.lists().iter().find(|list| self.home.join(list).exists());
            if let (Some(list), Some(by)) = (list, owner.as_str()) {
                ways.push(format!("{list} is here: installing {by} replaces them with its own hooks"));
            }
        }
        if self.environment.is_disabled {
            ways.push("GOV_HOOK_DISABLED is set here: every hook lets everything pass and records that".into());
        }
        ways
    }
}

fn instead(by: Owner) -> String {
    match by.as_str() {
        Some(by) => format!("git runs the hook of {by} instead"),
        None => "git runs another hook instead".to_owned(),
    }
}

/// Whether a script or a framework's list has gov-hook run at a stage; what is a comment runs nothing.
fn runs_us(path: &Path, stage: &str) -> bool {
    let Ok(text) = std::fs::read(path) else { return false };
    let id = match stage {
        "pre-commit" | "pre-merge-commit" => "gov-hook",
        "commit-msg" => "gov-hook-commit-msg",
        "pre-push" => "gov-hook-push",
        _ => "gov-hook-record",
    };
    let is_id = |word: &str| ["", "-system", "-wheel"].iter().any(|way| word.strip_prefix(id) == Some(way));
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    lines.any(|line| {
        let mut words = line.split(|char: char| char.is_whitespace() || ",'\"{}[]".contains(char));
        let is_listed = line.contains("id") && words.any(is_id);
        is_listed || line.contains("gov-hook hook") || line.contains("gov-hook' hook")
    })
}
