//! What a file was signed for before: taking its header off, or writing over it, promotes nothing.

use std::path::Path;

use super::files::os;
use crate::app::Failure;
use crate::git::Repo;
use crate::header::{Book, Found, Record, Refusal, inspect};
use crate::model::{Content, ObjectId, RepoPath, Sha256};

/// What the ledger and the last commit know of the files that are about to be signed.
pub(super) struct Former<'a> {
    pub(super) repo: &'a Repo,
    pub(super) root: &'a Path,
    pub(super) book: &'a Book,
    /// Of the last commit.
    pub(super) tree: Option<ObjectId>,
    pub(super) branch: Option<&'a str>,
    pub(super) environments: &'a [String],
}

impl Former<'_> {
    /// Why an artifact is not signed for this environment now: it was for another one before.
    pub(super) fn against(
        &self,
        (path, text): (&RepoPath, &[u8]),
        artifact: Sha256,
        environment: &str,
    ) -> Result<Option<Refusal>, Failure> {
        let found = match self.here(path, text, artifact)? {
            Some(record) => Some(record).filter(|record| record.environment != environment),
            None => self.renamed(path, artifact, environment)?,
        };
        Ok(found.map(|record| Refusal::Promotion { from: record.environment.clone(), to: environment.to_owned() }))
    }

    /// The signing that counts for the file at this path. Other branches may have signed it since, for
    /// wherever it is there: what is here says more, and then what is committed.
    fn here(&self, path: &RepoPath, text: &[u8], artifact: Sha256) -> Result<Option<&Record>, Failure> {
        let name = path.to_string();
        let Some(last) = self.book.signed_at(&name) else { return Ok(None) };
        let latest = self.book.at_path(&name);
        let is_taken_off = latest.is_some_and(|latest| latest.is_unsigned);
        let known = if is_taken_off { None } else { self.known(&name, text, artifact) };
        let committed = if known.is_none() { self.committed(path)? } else { None };
        let of_commit = committed.as_deref().and_then(|text| self.standing(&name, text, is_taken_off));
        // What became of it past the gates shows only in what this branch signed.
        let of_branch = || {
            let is_here = latest.is_some_and(|latest| latest.branch.as_deref() == self.branch);
            Some(last).filter(|_| is_here && !is_taken_off && committed.is_some())
        };
        let found = known.or(of_commit).or_else(of_branch);
        // From an environment that the policy does not have any more, nothing is promoted.
        let stands = |record: &&Record| record.block.is_none() && record.artifact == artifact && !is_taken_off;
        Ok(found.filter(|record| self.environments.contains(&record.environment) || stands(record)))
    }

    /// The signing that what is committed at a path still shows. A header that was taken off there too shows
    /// none: whoever signs the file again signs it anew, and both are on record.
    fn standing(&self, name: &str, text: &[u8], is_taken_off: bool) -> Option<&Record> {
        let shows = |record: &&Record| !is_taken_off || record.block.is_none() || inspect(text) != Found::Nothing;
        self.known(name, text, Sha256::of(text)).filter(shows)
    }

    /// The signing of this path that a text shows by its header, or by its hash.
    fn known(&self, name: &str, text: &[u8], artifact: Sha256) -> Option<&Record> {
        let is_here = |record: &&Record| record.path == name;
        let by_block = match inspect(text) {
            Found::Block(block) => self.book.with_block(block.digest).filter(is_here).last(),
            Found::Nothing | Found::Damaged { .. } => None,
        };
        by_block.or_else(|| self.book.with_artifact(artifact).filter(is_here).last())
    }

    fn committed(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, Failure> {
        let Some(tree) = self.tree else { return Ok(None) };
        let side = self.repo.entry_at(tree, path)?;
        Ok(match self.repo.content(side, path, &mut |_| ())? {
            Content::Bytes(text) => Some(text),
            Content::Absent | Content::Large { .. } | Content::Commit(_) => None,
        })
    }

    /// The same artifact where it was until it was renamed.
    fn renamed(&self, path: &RepoPath, artifact: Sha256, environment: &str) -> Result<Option<&Record>, Failure> {
        let name = path.to_string();
        for record in self.book.with_artifact(artifact).filter(|record| record.path != name) {
            let is_last = self.book.signed_at(&record.path).is_some_and(|last| last.entry == record.entry);
            if !is_last || record.environment == environment || !self.environments.contains(&record.environment) {
                continue;
            }
            let before = RepoPath::from(record.path.as_str());
            let is_gone = std::fs::symlink_metadata(self.root.join(os(&before))).is_err();
            let is_taken_off = self.book.at_path(&record.path).is_some_and(|latest| latest.is_unsigned);
            let stands = |text: &[u8]| !is_taken_off || self.standing(&record.path, text, true).is_some();
            if is_gone && self.committed(&before)?.is_some_and(|text| stands(&text)) {
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
