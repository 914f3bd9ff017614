//! What stands beside a change, and is taken by some systems for a file that it brings.

use std::collections::HashSet;

use super::subject::Subject;
use crate::app::Failure;
use crate::check::rules::Rules;
use crate::git::Repo;
use crate::model::{FileChange, RepoPath};
use crate::policy::fold_bytes;

/// Files that the change leaves alone, and whose paths differ from those of new ones only by spelling.
pub(super) fn beside(repo: &Repo, subject: &Subject, rules: &Rules) -> Result<Vec<RepoPath>, Failure> {
    let is_new = |change: &&FileChange| change.new.is_some() && (change.old.is_none() || change.from.is_some());
    let new: Vec<&RepoPath> = subject.changes.iter().filter(is_new).map(|change| &change.path).collect();
    let Some(base) = subject.base.filter(|_| !new.is_empty() && rules.compare_paths()) else {
        return Ok(Vec::new());
    };
    let mut found = repo.spelled_like(repo.commit(base)?.tree, &new, &fold_bytes)?;
    let touched: HashSet<&RepoPath> = subject.changes.iter().flat_map(FileChange::paths).collect();
    found.retain(|path| !touched.contains(path));
    Ok(found)
}
