//! What a change mends of what was let by before it. Whoever says so is believed only as far as it goes:
//! else two lines of a message would let anything by.

use std::collections::HashSet;

use super::subject::Subject;
use crate::app::Failure;
use crate::git::{Commit, Repo};
use crate::model::{FileChange, ObjectId, RepoPath, Saying, Word};

/// What every one of the commits says it mends, and what they only mend: each file is one that was let
/// by, or is as it was before that.
pub(super) fn mended(repo: &Repo, subject: &Subject, words: &[Word]) -> Result<Vec<ObjectId>, Failure> {
    let mut found = Vec::new();
    let said = said(repo, &subject.commits);
    for word in words {
        let Saying::BreakGlass { commit } = word.saying else { continue };
        if said.contains(&commit) && mends(repo, subject, commit, word)? {
            found.push(commit);
        }
    }
    Ok(found)
}

fn mends(repo: &Repo, subject: &Subject, commit: ObjectId, word: &Word) -> Result<bool, Failure> {
    let Ok(let_by) = repo.commit(commit) else { return Ok(false) };
    let parent = let_by.parents.first().copied();
    let before = word.bond.as_ref().and_then(|bond| bond.base).or(parent);
    let before = before.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree);
    let touched = paths(repo.diff_trees(before, Some(let_by.tree))?);
    let still_other = paths(repo.diff_trees(before, subject.tree)?);
    let mut changed = subject.changes.iter().flat_map(FileChange::paths);
    Ok(changed.all(|path| touched.contains(path) || !still_other.contains(path)))
}

/// As `git revert` says it, or a trailer `Gov-Mends:`.
fn said(repo: &Repo, commits: &[Commit]) -> Vec<ObjectId> {
    let named = |commit: &Commit| -> Vec<ObjectId> {
        let text = String::from_utf8_lossy(&commit.message).into_owned();
        let reverted = text.split("This reverts commit ").skip(1).filter_map(|rest| rest.get(..40)?.parse().ok());
        let mended = commit.trailers().into_iter().filter_map(|trailer| {
            let id = trailer.strip_prefix("Gov-Mends:")?.trim().to_owned();
            repo.resolve(&id).ok().flatten()
        });
        reverted.chain(mended).collect()
    };
    let Some((first, others)) = commits.split_first() else { return Vec::new() };
    let mut said = named(first);
    for other in others {
        let theirs = named(other);
        said.retain(|id| theirs.contains(id));
    }
    said
}

fn paths(changes: Vec<FileChange>) -> HashSet<RepoPath> {
    changes.into_iter().map(|change| change.path).collect()
}
