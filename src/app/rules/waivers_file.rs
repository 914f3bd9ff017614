//! `.gov/waivers.yaml` in the work tree: read whole, and replaced whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::app::Failure;
use crate::app::law::{WAIVERS_PATH, read_waivers};
use crate::check::waivers::Waivers;
use crate::git::Repo;

/// What a new file starts with.
const HEADER: &str = "# What gov-hook finds and is excused, and why. To add to it: gov-hook rules waive --help\n";

/// The file as it is. It cannot change by another gov-hook as long as this one holds it.
pub(super) struct WaiversFile {
    path: PathBuf,
    /// Written beside the file and then moved into its place; while it is there, nobody else writes.
    draft: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) waivers: Waivers,
}

impl WaiversFile {
    /// Takes hold of the file; there may be none yet. Fails on a file with mistakes, as nothing can
    /// be added to what cannot be read.
    pub(super) fn hold(repo: &Repo) -> Result<Self, Failure> {
        let path = place(repo)?;
        let failed = |error| cannot("write", &error);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).map_err(failed)?;
        }
        let draft = path.with_extension("yaml.lock");
        match OpenOptions::new().write(true).create_new(true).open(&draft) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(Failure::new(format!("another gov-hook is writing `{WAIVERS_PATH}`"))
                    .mended_by(format!("wait for it; if none is running: rm {WAIVERS_PATH}.lock")));
            }
            Err(error) => return Err(failed(error)),
        }
        let mut held = Self { path, draft, bytes: Vec::new(), waivers: Waivers::default() };
        (held.bytes, held.waivers) = read(repo)?;
        if held.bytes.is_empty() {
            held.bytes = HEADER.as_bytes().to_vec();
        }
        Ok(held)
    }

    /// Puts other bytes in the place of the file's.
    pub(super) fn replace(self, bytes: &[u8]) -> Result<(), Failure> {
        let write = || {
            let mut draft = File::create(&self.draft)?;
            draft.write_all(bytes)?;
            if let Ok(known) = std::fs::metadata(&self.path) {
                draft.set_permissions(known.permissions())?;
            }
            draft.sync_all()?;
            std::fs::rename(&self.draft, &self.path)
        };
        write().map_err(|error| cannot("write", &error))
    }
}

impl Drop for WaiversFile {
    fn drop(&mut self) {
        // Moved into place, it is there no more.
        drop(std::fs::remove_file(&self.draft));
    }
}

/// The file's bytes and what they say.
pub(super) fn read(repo: &Repo) -> Result<(Vec<u8>, Waivers), Failure> {
    match std::fs::read(place(repo)?) {
        Ok(bytes) => {
            let waivers = read_waivers(bytes.clone())?;
            Ok((bytes, waivers))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((Vec::new(), Waivers::default())),
        Err(error) => Err(cannot("read", &error)),
    }
}

fn place(repo: &Repo) -> Result<PathBuf, Failure> {
    let Some(root) = repo.work_dir() else {
        return Err(Failure::new("a bare repository has no work tree to write to"));
    };
    let path = root.join(WAIVERS_PATH);
    // What is moved into the place of a link would leave what the link names as it was.
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    if is_link(&path) || path.parent().is_some_and(is_link) {
        return Err(Failure::new(format!("`{WAIVERS_PATH}` is behind a symbolic link, and git would not follow it")));
    }
    Ok(path)
}

fn cannot(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {what} `{WAIVERS_PATH}`: {error}"))
}
