//! Where git looks for hooks, as each git that is installed says it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::{plain_git, unstarted};
use super::error::GitError;
use super::repo::Repo;

/// What ties a git process to a repository other than the one it is asked about.
const TIES: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"];

/// A git that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git {
    pub program: PathBuf,
    /// As it says it, such as `2.47.3`.
    pub version: String,
}

impl Git {
    /// The gits on a search path, the one that runs first; each program once, whatever its names. What
    /// is found from the current folder may be part of somebody's work tree, and is not run.
    #[must_use]
    pub fn on(path: &OsStr) -> Vec<Self> {
        let mut known = Vec::new();
        let mut found = Vec::new();
        for folder in std::env::split_paths(path).filter(|folder| folder.is_absolute()) {
            let program = folder.join("git");
            let Ok(real) = program.canonicalize() else { continue };
            if known.contains(&real) {
                continue;
            }
            known.push(real);
            found.extend(Self::at(program));
        }
        found
    }

    fn at(program: PathBuf) -> Option<Self> {
        let output = plain_git(&program).arg("version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = text.strip_prefix("git version ")?.split_whitespace().next()?.to_owned();
        output.status.success().then_some(Self { program, version })
    }

    /// Since 2.54 git also runs the hooks that its configuration names.
    #[must_use]
    pub fn runs_configured_hooks(&self) -> bool {
        self.is_at_least((2, 54))
    }

    #[must_use]
    fn is_at_least(&self, wanted: (u32, u32)) -> bool {
        let mut numbers = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
        (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= wanted
    }

    /// Where it looks for hooks when it is run in this folder.
    pub fn hooks_in(&self, folder: &Path) -> Result<HooksFolder, GitError> {
        hooks_folder(&|arguments| self.ask(folder, arguments), folder)
    }

    /// All values of a setting that it goes by in this folder, from whichever file.
    pub fn settings_in(&self, folder: &Path, key: &str) -> Result<Vec<String>, GitError> {
        Ok(fields(&self.ask(folder, &["config", "-z", "--get-all", key])?.unwrap_or_default()))
    }

    fn ask(&self, folder: &Path, arguments: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
        let mut command = plain_git(&self.program);
        command.arg("-C").arg(folder);
        for tie in TIES {
            command.env_remove(tie);
        }
        run(command, arguments)
    }
}

/// How far a setting of git reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every repository of the machine.
    System,
    /// Every repository of the user.
    Global,
    Repository,
    Worktree,
    /// This one command.
    Command,
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "system" => Some(Self::System),
            "global" => Some(Self::Global),
            "local" => Some(Self::Repository),
            "worktree" => Some(Self::Worktree),
            "command" => Some(Self::Command),
            _ => None,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Global => "global",
            Self::Repository => "local",
            Self::Worktree => "worktree",
            Self::Command => "command",
        }
    }

    const fn is_shared(self) -> bool {
        matches!(self, Self::System | Self::Global)
    }
}

/// A `core.hooksPath`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksPath {
    pub scope: Scope,
    /// The file that sets it, as git names it.
    pub origin: String,
    pub value: String,
    /// Other repositories have their hooks there too: it is theirs, or names the same folder as theirs.
    pub is_shared: bool,
}

/// The folder that git runs hooks from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksFolder {
    pub path: PathBuf,
    /// The setting in force; none where it is the repository's own `hooks`.
    pub setting: Option<HooksPath>,
}

impl HooksFolder {
    /// The setting that leaves git without a folder of hooks: it is empty, or there is a file in the way.
    #[must_use]
    pub fn switched_off(&self) -> Option<&HooksPath> {
        let is_no_folder = || self.path.ancestors().find(|path| path.exists()).is_some_and(|path| !path.is_dir());
        self.setting.as_ref().filter(|setting| setting.value.is_empty() || is_no_folder())
    }
}

impl Repo {
    /// Where the git on PATH looks for the hooks of this work tree.
    pub fn hooks_folder(&self) -> Result<HooksFolder, GitError> {
        hooks_folder(&|arguments| self.ask(arguments), self.home())
    }

    /// The folder in which git runs hooks: the work tree's root, or a bare repository itself.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.work_dir().unwrap_or_else(|| self.inner.path())
    }

    /// The git directory of this work tree.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// Every work tree of the repository that is there, the main one first.
    pub fn worktrees(&self) -> Result<Vec<PathBuf>, GitError> {
        let listed = self.git(&["worktree", "list", "--porcelain"])?;
        let mut found = Vec::new();
        for line in listed.split(|&byte| byte == b'\n') {
            let Some(path) = line.strip_prefix(b"worktree ") else { continue };
            let path = PathBuf::from(OsStr::from_bytes(path));
            if path.is_dir() {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// All values of a setting of this repository alone.
    pub fn own_settings(&self, key: &str) -> Result<Vec<String>, GitError> {
        let values = self.ask(&["config", "--local", "-z", "--get-all", key])?.unwrap_or_default();
        Ok(fields(&values))
    }

    /// Adds a value to a setting of this repository.
    pub fn add_setting(&self, key: &str, value: &str) -> Result<(), GitError> {
        self.git(&["config", "--local", "--add", key, value]).map(drop)
    }

    /// Takes one value of a setting away.
    pub fn remove_setting(&self, key: &str, value: &str) -> Result<(), GitError> {
        // Each character as itself; `^` in brackets would mean all others.
        let literal = |char| if char == '^' { "\\^".to_owned() } else { format!("[{char}]") };
        let pattern: String = value.chars().map(literal).collect();
        self.git(&["config", "--local", "--unset-all", key, &format!("^{pattern}$")]).map(drop)
    }

    /// Takes a whole section away.
    pub fn remove_section(&self, name: &str) -> Result<(), GitError> {
        self.git(&["config", "--local", "--remove-section", name]).map(drop)
    }

    fn ask(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
        let mut command = self.git_command();
        command.current_dir(self.home()).env_remove("GIT_WORK_TREE");
        run(command, arguments)
    }
}

fn run(mut command: Command, arguments: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
    let failed = |said: String| GitError::Command { command: arguments.join(" "), said };
    let output = command.args(arguments).output().map_err(|error| failed(unstarted(&error)))?;
    match output.status.code() {
        Some(0) => Ok(Some(output.stdout)),
        Some(1) => Ok(None),
        _ => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

/// Runs git with these arguments; nothing where it exits with 1, as it does for what is not set.
type Ask<'a> = &'a dyn Fn(&[&str]) -> Result<Option<Vec<u8>>, GitError>;

fn hooks_folder(ask: Ask<'_>, home: &Path) -> Result<HooksFolder, GitError> {
    let path = ask(&["rev-parse", "--git-path", "hooks"])?.unwrap_or_default();
    let path = path.strip_suffix(b"\n").unwrap_or(&path);
    let set = ask(&["config", "--show-scope", "--show-origin", "--type=path", "-z", "--get-all", "core.hooksPath"])?;
    let mut settings: Vec<HooksPath> = Vec::new();
    for set in fields(&set.unwrap_or_default()).chunks(3) {
        let [scope, origin, value] = set else { continue };
        let Some(scope) = Scope::parse(scope) else { continue };
        let is_shared = scope.is_shared() || settings.iter().any(|other| other.is_shared && other.value == *value);
        let origin = origin.strip_prefix("file:").unwrap_or(origin).to_owned();
        settings.push(HooksPath { scope, origin, value: value.clone(), is_shared });
    }
    let setting = settings.pop();
    // An empty value names no folder, and git puts `/pre-commit` together from it, whatever it says.
    let is_empty = setting.as_ref().is_some_and(|setting| setting.value.is_empty());
    let path = if is_empty { OsStr::new("/") } else { OsStr::from_bytes(path) };
    // Relative to where hooks run, whatever folder git was asked in.
    Ok(HooksFolder { path: home.join(path), setting })
}

fn fields(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|&byte| byte == 0).map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(version: &str) -> Git {
        Git { program: "git".into(), version: version.into() }
    }

    #[test]
    fn hooks_from_the_configuration_came_with_2_54() {
        assert!(!git("2.47.3").runs_configured_hooks());
        assert!(!git("2.53.99.windows.1").runs_configured_hooks());
        assert!(git("2.54.0").runs_configured_hooks());
        assert!(git("3.0").runs_configured_hooks());
    }
}
