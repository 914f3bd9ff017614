//! What git makes of a file's bytes when it is added: with other line breaks, or through a filter.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Stdio;

use git2::{AttrCheckFlags, AttrValue, ErrorClass, ObjectType, Oid};

use super::error::GitError;
use super::repo::{Repo, object_id, oid};
use crate::model::{ObjectId, RepoPath};

/// This many ids fit into a pipe that nobody reads yet.
pub const MOST_AT_ONCE: usize = 500;

/// A blob that was kept.
pub struct Stored {
    pub blob: ObjectId,
    /// What it holds, where that is not what was given.
    pub others: Option<Vec<u8>>,
}

impl Repo {
    /// Keeps a file's bytes as a blob, as `git add` would. `None` where a filter such as that of LFS
    /// stands between the two: what it makes of them is not known here.
    pub fn store(&self, path: &RepoPath, bytes: &[u8]) -> Result<Option<Stored>, GitError> {
        // Of a full disk libgit2 says nothing.
        let told = |error: &git2::Error| error.class() != ErrorClass::None && error.message() != "no error";
        let failed = |source| GitError::Store { path: path.clone(), source: Some(source).filter(told) };
        if self.has_filter(path)? {
            return Ok(None);
        }
        let written = self.inner.blob_writer(Some(name(path))).and_then(|mut writer| {
            writer.write_all(bytes).map_err(|error| git2::Error::from_str(&error.to_string()))?;
            writer.commit()
        });
        let written = written.map_err(failed)?;
        let is_as_given = written == Oid::hash_object(ObjectType::Blob, bytes).map_err(failed)?;
        let blob = object_id(written);
        self.share_object(blob);
        let others = (!is_as_given).then(|| self.blob(blob)).transpose()?;
        Ok(Some(Stored { blob, others }))
    }

    /// The blobs that git would make of files in the work tree, at most [`MOST_AT_ONCE`]; nothing is
    /// written. `None` where that is not known, or git would leave line breaks as they are because
    /// those of the index are no others.
    pub fn would_store(&self, paths: &[RepoPath]) -> Result<Vec<Option<ObjectId>>, GitError> {
        let index = self.inner.index().ok();
        let has_crlf = |path: &RepoPath| {
            let entry = index.as_ref().and_then(|index| index.get_path(name(path), 0));
            let blob = entry.and_then(|entry| self.blob(object_id(entry.id)).ok());
            blob.is_some_and(|blob| memchr::memmem::find(&blob, b"\r\n").is_some())
        };
        let mut found = vec![None; paths.len()];
        let mut asked: Vec<(&RepoPath, &mut Option<ObjectId>)> = Vec::new();
        for (path, place) in paths.iter().zip(&mut found) {
            if !has_crlf(path) && !self.has_filter(path)? {
                asked.push((path, place));
            }
        }
        let mut left = asked.as_mut_slice();
        while !left.is_empty() {
            let told = self.hash_objects(left.iter().map(|(path, _)| *path))?;
            let count = told.len();
            for ((_, place), id) in left.iter_mut().zip(told) {
                **place = Some(id);
            }
            // git ends at the first file that it cannot read.
            left = left.get_mut(count + 1..).unwrap_or_default();
        }
        Ok(found)
    }

    /// The bytes of a file as that blob has them, where it is known what makes the difference.
    #[must_use]
    pub fn as_stored(&self, bytes: Vec<u8>, blob: ObjectId) -> Vec<u8> {
        let is_blob = |bytes: &[u8]| Oid::hash_object(ObjectType::Blob, bytes).is_ok_and(|id| id == oid(blob));
        if is_blob(&bytes) {
            return bytes;
        }
        let unix = with_unix_line_breaks(&bytes);
        if is_blob(&unix) {
            return unix;
        }
        self.blob(blob).unwrap_or(bytes)
    }

    /// Whether an object is here.
    #[must_use]
    pub fn has(&self, id: ObjectId) -> bool {
        self.odb().is_ok_and(|odb| odb.exists(oid(id)))
    }

    fn blob(&self, id: ObjectId) -> Result<Vec<u8>, GitError> {
        self.read(id, ObjectType::Blob, &|| "a file's content".into())
    }

    /// Also an encoding is one: libgit2 knows none.
    fn has_filter(&self, path: &RepoPath) -> Result<bool, GitError> {
        self.trust_packs()?;
        let failed = |source| GitError::Git { what: format!("the attributes of `{path}`"), source };
        for attribute in ["filter", "working-tree-encoding"] {
            let found = self.inner.get_attr_bytes(name(path), attribute, AttrCheckFlags::FILE_THEN_INDEX);
            // What is unset or not specified has a value too, and it is no string.
            if matches!(AttrValue::always_bytes(found.map_err(failed)?), AttrValue::Bytes(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hash_objects<'p>(&self, paths: impl Iterator<Item = &'p RepoPath>) -> Result<Vec<ObjectId>, GitError> {
        let failed =
            |error: std::io::Error| GitError::Command { command: "hash-object".into(), said: error.to_string() };
        let root = self.work_dir().unwrap_or_else(|| Path::new("."));
        let mut command = self.git_command();
        command.current_dir(root).arg("--work-tree").arg(root);
        command.env("GIT_INDEX_FILE", self.index_path()).args(["hash-object", "--stdin-paths"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let lines: Vec<u8> = paths.flat_map(quoted).collect();
        if let Some(mut input) = child.stdin.take() {
            // It may have ended before it read them all.
            drop(input.write_all(&lines));
        }
        let mut out = String::new();
        if let Some(mut output) = child.stdout.take() {
            output.read_to_string(&mut out).map_err(failed)?;
        }
        child.wait().map_err(failed)?;
        Ok(out.lines().map_while(|line| line.parse().ok()).collect())
    }
}

fn name(path: &RepoPath) -> &Path {
    Path::new(OsStr::from_bytes(path.as_bytes()))
}

/// A line that names a path, whatever bytes it has.
fn quoted(path: &RepoPath) -> Vec<u8> {
    let mut line = vec![b'"'];
    for byte in path.as_bytes() {
        match byte {
            b'"' | b'\\' | ..=0x1f | 0x7f.. => line.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            plain => line.push(*plain),
        }
    }
    line.extend_from_slice(b"\"\n");
    line
}

fn with_unix_line_breaks(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => out.extend([text, b"\n"].concat()),
            None => out.extend_from_slice(line),
        }
    }
    out
}
