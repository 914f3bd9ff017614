//! What was judged before, found again by its objects.

use super::brought::{Brought, brought};
use super::subject::{Subject, since_commit};
use crate::app::Failure;
use crate::app::memory::Signatures;
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
    /// For what was staged, the commits it was merged with.
    pub(in crate::app) merging: Vec<ObjectId>,
    /// For a forced push, the commit that it replaced.
    pub(in crate::app) replaced: Option<ObjectId>,
    pub(in crate::app) branch: Option<String>,
    /// What was known to be signed.
    pub(in crate::app) signatures: Signatures,
    /// The commit it landed on, and the entries that were heard then.
    pub(in crate::app) onto: Option<ObjectId>,
    pub(in crate::app) heard: Vec<Sha256>,
    /// Of what is no commit yet, or was none when it was judged.
    pub(in crate::app) message: Option<Vec<u8>>,
}

impl Again {
    /// A tree of which nothing else is known.
    pub(in crate::app) fn of(tree: ObjectId) -> Self {
        Self {
            trusted: None,
            base: None,
            head: None,
            tree,
            after: None,
            tag: None,
            merging: Vec::new(),
            replaced: None,
            branch: None,
            signatures: Signatures::default(),
            onto: None,
            heard: Vec::new(),
            message: None,
        }
    }
}

pub(super) fn again(repo: &Repo, again: &Again) -> Result<Subject, Failure> {
    let Again { trusted, base, head, tree, after, tag, merging, replaced, branch, onto, message, .. } = again.clone();
    let (kind, commits, changes) = match (head, &after) {
        (None, _) => {
            let changes = since_commit(repo, base, tree)?;
            let changes = repo.not_in(changes, None, &merging, &|other| repo.diff_trees(Some(other), Some(tree)))?;
            (TargetKind::Staged, Vec::new(), changes)
        }
        (Some(head), Some(after)) => {
            let changes = brought(repo, Brought { start: base, head, after, replaced })?;
            (TargetKind::Range, repo.commits_between(after, head)?, changes)
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
        after: after.unwrap_or_else(|| commits.iter().flat_map(|commit| &commit.parents).copied().collect()),
        commits,
        branch,
        message,
        tag,
        merging,
        replaced,
        onto,
        arriving: Vec::new(),
    })
}
