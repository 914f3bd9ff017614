//! What is judged without anything that it is compared with: every file of a tree, or of all history.

use super::subject::{Subject, landing_on};
use crate::app::Failure;
use crate::git::Repo;
use crate::model::{ObjectId, TargetKind, shell_word};

/// Every file of a commit's tree; with no revision and a work tree, every file that is tracked.
pub(super) fn tree(repo: &Repo, revision: Option<&str>, onto: Option<&str>) -> Result<Subject, Failure> {
    let (head, branch) = standing(repo, revision, onto)?;
    let (tree, changes, described) = if revision.is_some() || repo.is_bare() {
        let tree = tree_of(repo, head)?;
        let described = revision.unwrap_or("HEAD");
        (tree, repo.diff_trees(None, tree)?, format!("every file of {described}"))
    } else {
        let tracked = repo.staged(None)?;
        (Some(tracked.tree), tracked.changes, "every tracked file".to_owned())
    };
    Ok(Subject { described, trusted: head, head, tree, changes, branch, ..Subject::of(TargetKind::Tree) })
}

/// All that every ref reaches, or that a revision does; judged by the law of HEAD or of the revision.
pub(super) fn history(repo: &Repo, revision: Option<&str>, onto: Option<&str>) -> Result<Subject, Failure> {
    if let Some(revision) = revision.filter(|revision| revision.contains("..")) {
        return Err(Failure::new(format!("`{revision}` is a range, but `--history` goes back to the beginning"))
            .mended_by(format!("a range is judged commit by commit: gov-hook check {}", shell_word(revision))));
    }
    let (head, branch) = standing(repo, revision, onto)?;
    let tree = tree_of(repo, head)?;
    let described =
        revision.map_or_else(|| "all of history".to_owned(), |revision| format!("the history of {revision}"));
    Ok(Subject { described, trusted: head, head, tree, branch, ..Subject::of(TargetKind::History) })
}

/// The commit that a revision names, else HEAD's, and the branch whose level applies.
fn standing(
    repo: &Repo,
    revision: Option<&str>,
    onto: Option<&str>,
) -> Result<(Option<ObjectId>, Option<String>), Failure> {
    let at = repo.head()?;
    let named = revision.map(|revision| repo.commit_named(revision)).transpose()?;
    let branch = if onto.is_some() { landing_on(repo, onto)? } else { at.branch().map(str::to_owned) };
    Ok((named.or(at.commit()), branch))
}

fn tree_of(repo: &Repo, commit: Option<ObjectId>) -> Result<Option<ObjectId>, Failure> {
    Ok(commit.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree))
}
