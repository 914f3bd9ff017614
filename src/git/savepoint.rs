//! Marks of what was there before, and commits that bring it back on top of what is there now.

use super::error::GitError;
use super::notes::NotesError;
use super::repo::Repo;
use crate::model::ObjectId;

impl Repo {
    /// Puts a tag on a commit, unless there is one of that name already; tells whether it did.
    pub fn mark(&self, tag: &str, commit: ObjectId) -> Result<bool, GitError> {
        let reference = format!("refs/tags/{tag}");
        if self.resolve(&reference)?.is_some() {
            return Ok(false);
        }
        self.git(&["update-ref", &reference, &commit.to_string(), ""])?;
        Ok(true)
    }

    /// Sends a tag along; tells whether the remote takes it.
    pub fn send_mark(&self, remote: &str, tag: &str) -> Result<bool, NotesError> {
        self.send(remote, &[format!("refs/tags/{tag}:refs/tags/{tag}")])
    }

    /// The tags whose names begin so, and the commits that they are on.
    pub fn marks(&self, prefix: &str) -> Result<Vec<(String, ObjectId)>, GitError> {
        let found = self.names_under(&format!("refs/tags/{prefix}"))?;
        Ok(found.into_iter().map(|(rest, commit)| (format!("{prefix}{rest}"), commit)).collect())
    }

    /// Takes a tag away, here.
    pub fn unmark(&self, tag: &str) -> Result<(), GitError> {
        self.git(&["update-ref", "-d", &format!("refs/tags/{tag}")]).map(drop)
    }

    /// The same on a remote; tells whether it let that be done.
    pub fn unmark_there(&self, remote: &str, tags: &[String]) -> Result<bool, NotesError> {
        let pairs: Vec<String> = tags.iter().map(|tag| format!(":refs/tags/{tag}")).collect();
        if pairs.is_empty() { Ok(true) } else { self.send(remote, &pairs) }
    }

    /// A commit upon `parent` that has the files of another one. No branch, index or work tree moves.
    pub fn restoring(&self, parent: ObjectId, from: ObjectId, message: &str) -> Result<ObjectId, GitError> {
        let tree = self.commit(from)?.tree;
        let made = self.git(&["commit-tree", &tree.to_string(), "-p", &parent.to_string(), "-m", message])?;
        let said = String::from_utf8_lossy(&made).trim().to_owned();
        said.parse().map_err(|()| GitError::Command { command: "commit-tree".into(), said })
    }

    /// Starts a branch, unless there is one of that name.
    pub fn start_branch(&self, name: &str, at: ObjectId) -> Result<(), GitError> {
        self.git(&["branch", "--no-track", "--", name, &at.to_string()]).map(drop)
    }
}
