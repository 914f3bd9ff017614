//! How git itself is run, for what libgit2 cannot do.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::error::GitError;
use super::repo::Repo;

/// A git that sees objects as they are: replacement refs and grafts, which anybody may have put here,
/// show it nothing else. Nothing of this crate runs git in another way.
pub(super) fn plain_git(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    // A file that is not there; git says nothing of it.
    command.env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_GRAFT_FILE", "");
    command
}

/// Where git has its own around a folder, and the root of the work tree if there is one, as soon as it trusts
/// whoever owns them.
pub(super) fn trusted_around(folder: &Path) -> Option<(PathBuf, Option<PathBuf>)> {
    let asked = |what: &str| {
        let mut command = plain_git("git");
        // Of a repository that it is told of it does not ask who owns it.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        let output = command.arg("-C").arg(folder).args(["rev-parse", what]).output();
        let path = printed("rev-parse", output).ok()?;
        let path = path.strip_suffix(b"\n").unwrap_or(&path);
        (!path.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(path)))
    };
    Some((asked("--absolute-git-dir")?, asked("--show-toplevel")))
}

impl Repo {
    /// git, about to be run on this repository.
    pub(super) fn git_command(&self) -> Command {
        let mut command = plain_git("git");
        command.arg("--git-dir").arg(self.inner.path());
        command
    }

    /// Runs git on this repository and returns what it printed.
    pub(super) fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let command = arguments.first().copied().unwrap_or_default();
        let output = self.git_command().env("GIT_INDEX_FILE", self.index_path()).args(arguments).output();
        printed(command, output)
    }
}

/// Why git could not be started.
pub(super) fn unstarted(error: &std::io::Error) -> String {
    if error.kind() == ErrorKind::NotFound { "no git is on PATH".to_owned() } else { error.to_string() }
}

/// What a git printed that succeeded.
pub(super) fn printed(command: &str, output: std::io::Result<Output>) -> Result<Vec<u8>, GitError> {
    let failed = |said: String| GitError::Command { command: command.to_owned(), said };
    let output = output.map_err(|error| failed(unstarted(&error)))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
