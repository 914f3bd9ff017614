//! What one side of a file change holds.

use std::io::{self, Read};
use std::process::Stdio;

use git2::ObjectType;
use sha2::Digest;

use super::error::GitError;
use super::repo::Repo;
use crate::model::{Content, Mode, ObjectId, RepoPath, Sha256, Side};

/// Blobs past this size are read as a stream and never held whole.
pub(super) const HELD_WHOLE: usize = 16 << 20;

/// Like git, a blob with a NUL among its first bytes is taken for binary.
const BINARY_PROBE: usize = 8000;

impl Repo {
    /// Reads one side. The bytes of a blob too large to hold pass through `large`, piece by piece.
    pub fn content(
        &self,
        side: Option<Side>,
        path: &RepoPath,
        large: &mut dyn FnMut(&[u8]),
    ) -> Result<Content, GitError> {
        let Some(side) = side else { return Ok(Content::Absent) };
        if side.mode == Mode::Submodule {
            return Ok(Content::Commit(side.id));
        }
        if let Some(bytes) = self.read_plain(side.id, ObjectType::Blob, HELD_WHOLE) {
            return Ok(Content::Bytes(bytes));
        }
        let length = self.length(side, path)?;
        if length > HELD_WHOLE {
            let (seen, trouble) = self.stream(side.id, large)?;
            // git itself ends quietly where a damaged object does, short of what it claims to hold.
            let why = match trouble {
                None if seen.size == length as u64 => return Ok(seen.finish()),
                None => format!("it claims {length} bytes and holds {}", seen.size),
                Some(trouble) => trouble,
            };
            Err(self.unreadable(side.id, content_of(path), git2::Error::from_str(&why)))
        } else {
            self.read_anywhere(side.id, ObjectType::Blob, &|| content_of(path)).map(Content::Bytes)
        }
    }

    /// Of a file, in bytes.
    pub(super) fn length(&self, side: Side, path: &RepoPath) -> Result<usize, GitError> {
        Ok(self.header(side.id, &|| content_of(path))?.0)
    }

    /// A small file of a commit's tree, such as the policy. `None` when the path holds no file.
    pub fn file_at(&self, tree: ObjectId, path: &RepoPath) -> Result<Option<Vec<u8>>, GitError> {
        match self.entry_at(tree, path)? {
            Some(side) if side.mode.is_file() => self.read(side.id, ObjectType::Blob, &|| content_of(path)).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// What passed by, and what went wrong on the way.
    fn stream(&self, id: ObjectId, large: &mut dyn FnMut(&[u8])) -> Result<(Seen, Option<String>), GitError> {
        self.streamed(id, |reader| {
            let mut seen = Seen::default();
            let mut buffer = vec![0; 1 << 20];
            loop {
                let read = reader.read(&mut buffer)?;
                let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { return Ok(seen) };
                seen.push(piece);
                large(piece);
            }
        })
    }

    /// Reads a blob past what is held whole, as far as `take` does.
    pub fn read_large<T>(&self, id: ObjectId, take: impl FnOnce(&mut dyn Read) -> T) -> Result<T, GitError> {
        self.streamed(id, |reader| Ok(take(reader))).map(|(taken, _)| taken)
    }

    /// A loose blob is read from its file, which git would map whole. git prefers what is packed.
    fn streamed<T>(
        &self,
        id: ObjectId,
        take: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> Result<(T, Option<String>), GitError> {
        if self.packed_header(id)?.is_none()
            && let Some(mut blob) = self.loose_blob(id)
        {
            let taken = take(&mut blob);
            let trouble = blob.trouble().map(|error| format!("its file cannot be read: {error}"));
            return taken
                .map(|taken| (taken, trouble))
                .map_err(|error| self.unreadable(id, format!("blob {id}"), git2::Error::from_str(&error.to_string())));
        }
        self.piped(id, take)
    }

    /// libgit2 can only read a packed blob whole. git itself streams it, when it is larger than what git
    /// takes for large and no delta, and maps no more of a pack than it is told.
    fn piped<T>(
        &self,
        id: ObjectId,
        take: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> Result<(T, Option<String>), GitError> {
        let failed = |said: String| GitError::Command { command: format!("cat-file blob {id}"), said };
        let mut child = self
            .git_command()
            .args(["-c", &format!("core.bigFileThreshold={HELD_WHOLE}")])
            .args(["-c", "core.packedGitWindowSize=4m", "-c", "core.packedGitLimit=16m"])
            .args(["cat-file", "blob", &id.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let mut reader = child.stdout.take().ok_or_else(|| failed("it has no output".into()))?;
        let taken = take(&mut reader);
        // It ends where nobody reads on.
        drop(reader);
        let ended = child.wait().map_err(|error| failed(error.to_string()))?;
        let trouble = (!ended.success()).then(|| format!("git cat-file: {ended}"));
        taken.map(|taken| (taken, trouble)).map_err(|error| failed(error.to_string()))
    }
}

fn content_of(path: &RepoPath) -> String {
    format!("the content of `{path}`")
}

/// What is learned of a blob while it streams by.
#[derive(Default)]
struct Seen {
    hash: sha2::Sha256,
    size: u64,
    newlines: u32,
    ends_open: bool,
    binary: bool,
}

impl Seen {
    fn push(&mut self, piece: &[u8]) {
        let probed = usize::try_from(self.size).unwrap_or(usize::MAX);
        let probe = piece.get(..BINARY_PROBE.saturating_sub(probed).min(piece.len())).unwrap_or_default();
        self.binary |= memchr::memchr(0, probe).is_some();
        self.hash.update(piece);
        self.size += piece.len() as u64;
        let newlines = memchr::memchr_iter(b'\n', piece).count();
        self.newlines = self.newlines.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.ends_open = piece.last() != Some(&b'\n');
    }

    fn finish(self) -> Content {
        let lines = self.newlines.saturating_add(u32::from(self.ends_open));
        let sha256 = Sha256::new(self.hash.finalize().into());
        Content::Large { size: self.size, sha256, lines, binary: self.binary }
    }
}
