//! Commits that wait for an approval, offered to those who are to look at them: they lie on no branch
//! yet, so a reviewer could not fetch them otherwise.

use super::notes::NotesError;
use super::repo::Repo;
use crate::model::ObjectId;

/// Where they lie, by the id of their request.
pub const REVIEW: &str = "refs/gov/review/";

impl Repo {
    /// Puts a commit where reviewers find it; tells whether the remote takes it.
    pub fn offer(&self, remote: &str, id: &str, commit: ObjectId) -> Result<bool, NotesError> {
        let mirror = format!("remote.{remote}.mirror=false");
        let pair = format!("+{commit}:{REVIEW}{id}");
        let push = ["-c", &mirror, "push", "--quiet", "--no-verify", "--no-follow-tags", "--no-signed"];
        let rest = ["--recurse-submodules=no", "--", remote, &pair];
        Ok(self.talk(&[&push[..], &rest].concat(), "")?.status.success())
    }

    /// Brings what was offered under this id here; tells whether there is such a thing.
    pub fn fetch_offered(&self, remote: &str, id: &str) -> Result<bool, NotesError> {
        let pair = format!("+{REVIEW}{id}:{REVIEW}{id}");
        let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let rest = ["--no-prune", "--refmap=", "--", remote, &pair];
        Ok(self.talk(&[&fetch[..], &rest].concat(), "")?.status.success())
    }
}
