//! What git makes of a file's bytes when it is added.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use git2::{AttrCheckFlags, ObjectType, Oid};

use super::error::GitError;
use super::repo::{Repo, object_id};
use crate::model::{ObjectId, RepoPath};

impl Repo {
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
