//! A file of the work tree that gov-hook writes: by one at a time, and replaced whole or not at all.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::git::Repo;
use crate::model::shell_word;

/// A file that no other gov-hook writes as long as this is there.
pub(super) struct OwnFile {
    name: &'static str,
    path: PathBuf,
    /// Written beside the file and then moved into its place; while it is there, nobody else writes.
    draft: PathBuf,
}

impl OwnFile {
    /// Takes hold of a file, named from the root of the work tree; there may be none yet.
    pub(super) fn hold(repo: &Repo, name: &'static str) -> Result<Self, Failure> {
        let path = place(repo, name)?;
        let failed = |error| cannot("write", name, &error);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).map_err(failed)?;
        }
        let draft = PathBuf::from(format!("{}.lock", path.display()));
        match OpenOptions::new().write(true).create_new(true).open(&draft) {
            Ok(_) => Ok(Self { name, path, draft }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let lock = shell_word(&draft.display().to_string());
                Err(Failure::new(format!("another gov-hook is writing `{name}`"))
                    .mended_by(format!("wait for it; if none is running: rm {lock}")))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Puts other bytes in the place of the file's.
    pub(super) fn replace(self, bytes: &[u8]) -> Result<(), Failure> {
        let write = || {
            let known = std::fs::metadata(&self.path).ok();
            let mut draft = File::create(&self.draft)?;
            fill(&mut draft, bytes, known.map(|known| known.permissions()))?;
            draft.sync_all()?;
            std::fs::rename(&self.draft, &self.path)
        };
        write().map_err(|error| cannot("write", self.name, &error))
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        // Moved into place, it is there no more.
        drop(std::fs::remove_file(&self.draft));
    }
}

/// Writes all of a file that is to be moved over another one.
pub(super) fn fill(draft: &mut File, bytes: &[u8], rights: Option<Permissions>) -> std::io::Result<()> {
    draft.write_all(bytes)?;
    rights.map_or(Ok(()), |rights| draft.set_permissions(rights))
}

/// The bytes of such a file; none where there is no file.
pub(super) fn read(repo: &Repo, name: &str) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::read(place(repo, name)?) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", name, &error)),
    }
}

/// Whoever wrote the repository may have put a link there, to a file that is none of its own; and what is
/// moved into the place of a link leaves what it names as it was.
pub(super) fn place(repo: &Repo, name: &str) -> Result<PathBuf, Failure> {
    let Some(root) = repo.work_dir() else {
        return Err(Failure::new("a bare repository has no work tree to write to"));
    };
    let path = root.join(name);
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    if path.ancestors().take_while(|part| *part != root).any(is_link) {
        return Err(Failure::new(format!("`{name}` is reached through a symbolic link, which git would not follow")));
    }
    Ok(path)
}

fn cannot(what: &str, name: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {what} `{name}`: {error}"))
}
