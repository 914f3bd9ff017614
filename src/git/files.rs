//! The files of the work tree, and what git would make of them.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use git2::{AttrCheckFlags, ObjectType, Oid};

use super::error::GitError;
use super::repo::{Repo, object_id};
use crate::model::{Arrange, ObjectId, RepoPath};

impl Repo {
    /// Every tracked file, and every other one that git does not ignore, sorted; of some files and
    /// folders, or of the whole work tree. Some may be gone.
    pub fn work_files(&self, within: &[RepoPath]) -> Result<Vec<RepoPath>, GitError> {
        let failed = |said: String| GitError::Command { command: "ls-files".into(), said };
        let root = self.work_dir().ok_or_else(|| failed("there is no work tree".into()))?;
        let mut command = Command::new("git");
        command.current_dir(root).arg("--git-dir").arg(self.git_dir()).arg("--work-tree").arg(root);
        command.env("GIT_INDEX_FILE", self.index_path()).arg("--literal-pathspecs");
        command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]);
        command.args(within.iter().map(|path| OsStr::from_bytes(path.as_bytes())).filter(|path| !path.is_empty()));
        let output = command.output().map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let mut files: Vec<RepoPath> = names.map(RepoPath::new).collect();
        files.arrange();
        files.dedup();
        Ok(files)
    }

    /// Keeps a file's bytes as a blob. `None` where git would make other bytes of them when the file
    /// is added: line breaks, `ident` or a filter such as that of LFS.
    pub fn store(&self, path: &RepoPath, bytes: &[u8]) -> Result<Option<ObjectId>, GitError> {
        let failed = |source| GitError::Git { what: format!("the blob of `{path}`"), source };
        let name = Path::new(OsStr::from_bytes(path.as_bytes()));
        if self.inner.get_attr(name, "filter", AttrCheckFlags::FILE_THEN_INDEX).map_err(failed)?.is_some() {
            return Ok(None);
        }
        let written = self.inner.blob_writer(Some(name)).and_then(|mut writer| {
            writer.write_all(bytes).map_err(|error| git2::Error::from_str(&error.to_string()))?;
            writer.commit()
        });
        let (written, raw) = (written.map_err(failed)?, Oid::hash_object(ObjectType::Blob, bytes).map_err(failed)?);
        Ok((written == raw).then(|| object_id(raw)))
    }
}
