//! What was judged before, found again by its objects.

use super::target::{Subject, since_commit};
use crate::app::Failure;
use crate::app::header::Signatures;
use crate::git::Repo;
use crate::model::{ObjectId, Sha256, TargetKind};

/// What was judged once, by its objects alone: refs have moved since.
#[derive(Clone, Debug)]
pub(in crate::app) struct Again {
    pub(in crate::app) trusted: Option<ObjectId>,
    pub(in crate::app) base: Option<ObjectId>,
    /// The commit it ended in; none for what was staged.
    pub(in crate::app) head: Option<ObjectId>,
    pub(in crate::app) tree: ObjectId,
    /// For a range, the commits it began after.
    pub(in crate::app) after: Option<Vec<ObjectId>>,
    pub(in crate::app) tag: Option<ObjectId>,
    pub(in crate::app) branch: Option<String>,
    /// What was known to be signed.
    pub(in crate::app) signatures: Signatures,
    /// The commit it landed on, and the entries that were heard then.
    pub(in crate::app) onto: Option<ObjectId>,
    pub(in crate::app) heard: Vec<Sha256>,
}

pub(super) fn again(repo: &Repo, again: &Again) -> Result<Subject, Failure> {
    let Again { trusted, base, head, tree, after, tag, branch, onto, .. } = again.clone();
    let (kind, commits, changes) = match (head, after) {
        (None, _) => (TargetKind::Staged, Vec::new(), since_commit(repo, base, tree)?),
        (Some(head), Some(after)) => {
            (TargetKind::Range, repo.commits_between(&after, head)?, since_commit(repo, base, tree)?)
        }
        (Some(head), None) => {
            let commit = repo.commit(head)?;
            let changes = repo.changes_of(&commit)?;
            (TargetKind::Commit, vec![commit], changes)
        }
    };
    Ok(Subject {
        kind,
        described: "what was judged before".into(),
        trusted,
        base,
        head,
        tree: Some(tree),
        changes: repo.find_renames(changes)?,
        commits,
        branch,
        message: None,
        tag,
        onto,
        arriving: Vec::new(),
    })
}
