//! Commits that wait for an approval, offered to those who are to look at them: they lie on no branch
//! yet, so a reviewer could not fetch them otherwise.

use super::error::GitError;
use super::notes::{NotesError, said};
use super::repo::Repo;
use crate::model::ObjectId;

/// Where they lie, by the id of their request.
pub const REVIEW: &str = "refs/gov/review/";

impl Repo {
    /// Puts a commit where reviewers find it; tells whether the remote takes it.
    pub fn offer(&self, remote: &str, id: &str, commit: ObjectId) -> Result<bool, NotesError> {
        self.send(remote, &[format!("+{commit}:{REVIEW}{id}")])
    }

    /// Brings what was offered under this id here.
    pub fn fetch_offered(&self, remote: &str, id: &str) -> Result<(), NotesError> {
        let pair = format!("+{REVIEW}{id}:{REVIEW}{id}");
        let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let rest = ["--no-prune", "--refmap=", "--", remote, &pair];
        let output = self.talk(&[&fetch[..], &rest].concat(), "")?;
        if output.status.success() {
            return Ok(());
        }
        Err(GitError::Command { command: "fetch".into(), said: said(&output) }.into())
    }

    /// The ids under which something is offered in this repository.
    pub fn offered_here(&self) -> Result<Vec<String>, GitError> {
        Ok(self.names_under(REVIEW)?.into_iter().map(|(id, _)| id).collect())
    }

    /// The same on a remote.
    pub fn offered_there(&self, remote: &str) -> Result<Vec<String>, NotesError> {
        let output = self.talk(&["ls-remote", "--quiet", "--refs", "--", remote, &format!("{REVIEW}*")], "")?;
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        let id = |line: &str| Some(line.split_once('\t')?.1.strip_prefix(REVIEW)?.to_owned());
        Ok(listed.lines().filter_map(id).collect())
    }

    /// Offers it no more, here.
    pub fn withdraw_here(&self, id: &str) -> Result<(), GitError> {
        self.git(&["update-ref", "-d", &format!("{REVIEW}{id}")]).map(drop)
    }

    /// The same on a remote; tells whether it let that be done.
    pub fn withdraw_there(&self, remote: &str, ids: &[String]) -> Result<bool, NotesError> {
        let pairs: Vec<String> = ids.iter().map(|id| format!(":{REVIEW}{id}")).collect();
        if pairs.is_empty() { Ok(true) } else { self.send(remote, &pairs) }
    }

    /// Pushes past all hooks, which have had their say or are to have none; tells whether it was taken.
    pub(super) fn send(&self, remote: &str, pairs: &[String]) -> Result<bool, NotesError> {
        let mirror = format!("remote.{remote}.mirror=false");
        let push = ["-c", &mirror, "push", "--quiet", "--no-verify", "--no-follow-tags", "--no-signed"];
        let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
        let rest = ["--recurse-submodules=no", "--", remote];
        Ok(self.talk(&[&push[..], &rest, &pairs].concat(), "")?.status.success())
    }
}
