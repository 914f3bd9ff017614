//! What a branch has had of a file that was signed.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::app::Failure;
use crate::git::{Commit, Repo};
use crate::header::{Found, Record, inspect};
use crate::model::{Content, ObjectId, RepoPath, Side};

/// So far back is looked for a signed file that a branch does not have any more.
const MOST_COMMITS: usize = 1_000;

/// A commit and those before it, read when something asks for them, and once.
pub(in crate::app) struct Past {
    tip: Option<ObjectId>,
    commits: OnceLock<Vec<Commit>>,
}

impl Past {
    pub(in crate::app) const fn of(tip: Option<ObjectId>) -> Self {
        Self { tip, commits: OnceLock::new() }
    }

    /// Whether what was signed was in the commits since, or in the one that it was signed over.
    pub(in crate::app) fn has_had(&self, repo: &Repo, path: &RepoPath, record: &Record) -> Result<bool, Failure> {
        let mut looked_at = HashSet::new();
        for commit in self.commits(repo)? {
            let side = repo.entry_at(commit.tree, path)?.filter(|side| looked_at.insert(side.id));
            if let Some(side) = side
                && (side.id == record.blob || has_block_of(repo, side, path, record)?)
            {
                return Ok(true);
            }
            if u64::try_from(commit.committed_at).is_ok_and(|at| at < record.signed_at.seconds()) {
                break;
            }
        }
        Ok(false)
    }

    fn commits(&self, repo: &Repo) -> Result<&[Commit], Failure> {
        if let Some(commits) = self.commits.get() {
            return Ok(commits);
        }
        let commits = self.tip.map(|tip| repo.youngest(tip, MOST_COMMITS)).transpose()?;
        Ok(self.commits.get_or_init(|| commits.unwrap_or_default()))
    }
}

/// Whether a file had the header that was written, on whatever body.
fn has_block_of(repo: &Repo, side: Side, path: &RepoPath, record: &Record) -> Result<bool, Failure> {
    let Some(wanted) = record.block.filter(|_| side.mode.is_file()) else { return Ok(false) };
    let Content::Bytes(text) = repo.content(Some(side), path, &mut |_| ())? else { return Ok(false) };
    Ok(matches!(inspect(&text), Found::Block(block) if block.digest == wanted))
}
