//! `.gov/waivers.yaml` in the work tree.

use crate::app::Failure;
use crate::app::law::{WAIVERS_PATH, read_waivers};
use crate::app::own_file::{self, OwnFile};
use crate::check::waivers::Waivers;
use crate::git::Repo;

/// What a new file starts with.
const HEADER: &str = "# Findings of gov-hook that are excused, and why. To add to it: gov-hook rules waive --help\n";

/// The file as it is. It cannot change by another gov-hook as long as this one holds it.
pub(super) struct WaiversFile {
    file: OwnFile,
    pub(super) bytes: Vec<u8>,
    pub(super) waivers: Waivers,
}

impl WaiversFile {
    /// Takes hold of the file; there may be none yet. Fails on a file with mistakes, as nothing can
    /// be added to what cannot be read.
    pub(super) fn hold(repo: &Repo) -> Result<Self, Failure> {
        let file = OwnFile::hold(repo, WAIVERS_PATH)?;
        let (mut bytes, waivers) = read(repo)?;
        if bytes.is_empty() {
            bytes = HEADER.as_bytes().to_vec();
        }
        Ok(Self { file, bytes, waivers })
    }

    /// Puts other bytes in the place of the file's.
    pub(super) fn replace(self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.replace(bytes)
    }
}

/// The file's bytes and what they say.
pub(super) fn read(repo: &Repo) -> Result<(Vec<u8>, Waivers), Failure> {
    match own_file::read(repo, WAIVERS_PATH)? {
        Some(bytes) => {
            let waivers = read_waivers(bytes.clone())?;
            Ok((bytes, waivers))
        }
        None => Ok((Vec::new(), Waivers::default())),
    }
}
