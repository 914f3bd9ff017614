//! Reading many notes at once.
//!
//! libgit2 undoes a packed blob's deltas anew for most notes of a large ledger; git keeps more of
//! them at hand. So a handful of notes is read here, and more than that through `git cat-file`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use git2::ObjectType;

use crate::git::{GitError, Repo};
use crate::model::ObjectId;

/// More notes than this are worth a process.
const HANDFUL: usize = 96;

/// So many requests fit into a pipe, so neither side waits for the other.
const AT_ONCE: usize = 1_000;

/// A note of more bytes is none that gov-hook wrote.
pub(super) const LARGEST: usize = 16 << 20;

pub(super) struct Blobs<'repo> {
    repo: &'repo Repo,
    git: Option<CatFile>,
}

struct CatFile {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<'repo> Blobs<'repo> {
    pub(super) const fn new(repo: &'repo Repo) -> Self {
        Self { repo, git: None }
    }

    /// The blobs, in the order asked for.
    pub(super) fn read(&mut self, ids: &[ObjectId]) -> Vec<Result<Vec<u8>, GitError>> {
        let mut read = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            if self.git.is_none() && some.len() > HANDFUL {
                self.git = CatFile::start(self.repo);
            }
            let answered = self.git.as_mut().map(|git| git.read(some));
            // A process that stops answering, as at a note too large to take, is left behind.
            if answered.as_ref().is_some_and(|answers| answers.len() < some.len()) {
                self.git = None;
            }
            let answers = answered.unwrap_or_default();
            let rest = some.get(answers.len()..).unwrap_or_default();
            read.extend(answers);
            read.extend(rest.iter().map(|&id| self.repo.read_note_object(id, ObjectType::Blob)));
        }
        read
    }
}

impl CatFile {
    /// None where git cannot be run.
    fn start(repo: &Repo) -> Option<Self> {
        let mut child = Command::new("git")
            .arg("--no-replace-objects")
            .arg("--git-dir")
            .arg(repo.inner.path())
            .args(["cat-file", "--batch"])
            .env("GIT_NO_LAZY_FETCH", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let requests = child.stdin.take()?;
        let answers = BufReader::with_capacity(1 << 16, child.stdout.take()?);
        Some(Self { child, requests, answers })
    }

    /// As many answers as there were before something went wrong; what is not answered as a blob of
    /// fitting size is not answered.
    fn read(&mut self, ids: &[ObjectId]) -> Vec<Result<Vec<u8>, GitError>> {
        let asked: String = ids.iter().flat_map(|id| [id.to_string(), "\n".into()]).collect();
        if self.requests.write_all(asked.as_bytes()).is_err() {
            return Vec::new();
        }
        ids.iter().map_while(|_| self.answer().map(Ok)).collect()
    }

    fn answer(&mut self) -> Option<Vec<u8>> {
        let mut header = Vec::new();
        (&mut self.answers).take(128).read_until(b'\n', &mut header).ok()?;
        let text = std::str::from_utf8(&header).ok()?.strip_suffix('\n')?;
        let size: usize = text.split_once(" blob ")?.1.parse().ok().filter(|&size| size <= LARGEST)?;
        let mut blob = vec![0; size + 1];
        self.answers.read_exact(&mut blob).ok()?;
        (blob.pop() == Some(b'\n')).then_some(blob)
    }
}

impl Drop for CatFile {
    fn drop(&mut self) {
        // It ends by itself once its input does, unless it is in the middle of an answer nobody reads.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
