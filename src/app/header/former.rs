//! What a file was signed for before: taking its header off, or writing over it, promotes nothing.

use std::path::Path;

use super::files::os;
use crate::app::Failure;
use crate::git::Repo;
use crate::header::{Book, Found, Record, Refusal, inspect};
use crate::model::{ObjectId, RepoPath, Sha256};

/// What the ledger and the last commit know of the files that are about to be signed.
pub(super) struct Former<'a> {
    pub(super) repo: &'a Repo,
    pub(super) root: &'a Path,
    pub(super) book: &'a Book,
    /// Of the last commit.
    pub(super) tree: Option<ObjectId>,
    pub(super) environments: &'a [String],
}

impl Former<'_> {
    /// Why an artifact is not signed for this environment now: it was for another one before.
    pub(super) fn against(
        &self,
        path: &RepoPath,
        artifact: Sha256,
        environment: &str,
    ) -> Result<Option<Refusal>, Failure> {
        let here = self.here(path, artifact)?.filter(|record| record.environment != environment);
        let found = match here {
            Some(record) => Some(record),
            None => self.renamed(path, artifact, environment)?,
        };
        Ok(found.map(|record| Refusal::Promotion { from: record.environment.clone(), to: environment.to_owned() }))
    }

    /// The last signing at this path, where the file is still what was signed, or became what it is by
    /// the loss of its header.
    fn here(&self, path: &RepoPath, artifact: Sha256) -> Result<Option<&Record>, Failure> {
        let name = path.to_string();
        let Some(record) = self.book.signed_at(&name) else { return Ok(None) };
        let is_taken_off = self.book.at_path(&name).is_some_and(|last| last.is_unsigned);
        // From an environment that the policy does not have any more, nothing is promoted.
        if !self.environments.contains(&record.environment) {
            let stands = record.block.is_none() && record.artifact == artifact && !is_taken_off;
            return Ok(Some(record).filter(|_| stands));
        }
        let is_it = record.artifact == artifact || is_taken_off || self.is_committed(path)?;
        Ok(Some(record).filter(|_| is_it))
    }

    fn is_committed(&self, path: &RepoPath) -> Result<bool, Failure> {
        let Some(tree) = self.tree else { return Ok(false) };
        Ok(self.repo.entry_at(tree, path)?.is_some_and(|side| self.book.has_blob(side.id)))
    }

    /// The same artifact where it was until it was renamed.
    fn renamed(&self, path: &RepoPath, artifact: Sha256, environment: &str) -> Result<Option<&Record>, Failure> {
        let Some(tree) = self.tree else { return Ok(None) };
        let name = path.to_string();
        for record in self.book.with_artifact(artifact).filter(|record| record.path != name) {
            let is_last = self.book.signed_at(&record.path).is_some_and(|last| last.entry == record.entry);
            if !is_last || record.environment == environment || !self.environments.contains(&record.environment) {
                continue;
            }
            let before = RepoPath::from(record.path.as_str());
            let is_gone = std::fs::symlink_metadata(self.root.join(os(&before))).is_err();
            if is_gone && self.repo.entry_at(tree, &before)?.is_some() {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Whether a header that nobody wrote so names another environment than the file was signed for.
    pub(super) fn is_reworded(&self, path: &RepoPath, text: &[u8], environment: &str) -> bool {
        let Found::Block(block) = inspect(text) else { return false };
        let record = self.book.signed_at(&path.to_string());
        self.book.with_block(block.digest).next().is_none()
            && record.is_some_and(|record| record.environment == environment)
    }
}
