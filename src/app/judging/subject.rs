//! A change that is to be judged, and the side that is trusted.

use crate::app::Failure;
use crate::app::law::POLICY_PATH;
use crate::app::memory::Arriving;
use crate::git::{Commit, GitError, Repo};
use crate::model::{FileChange, ObjectId, RepoPath, TargetKind, shell_word};

/// A change that was found, with all that has to be known about where it comes from.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) kind: TargetKind,
    pub(super) described: String,
    /// The commit whose policy judges: never one of the change's own.
    pub(super) trusted: Option<ObjectId>,
    /// The commit the change starts from.
    pub(super) base: Option<ObjectId>,
    pub(super) head: Option<ObjectId>,
    pub(super) tree: Option<ObjectId>,
    /// The commits judged, parents first; none for what is only staged, or for a tree.
    pub(super) commits: Vec<Commit>,
    /// The commits that these begin after, or what has them by now.
    pub(super) after: Vec<ObjectId>,
    pub(super) changes: Vec<FileChange>,
    /// The branch whose level applies.
    pub(super) branch: Option<String>,
    /// The message of what is no commit yet.
    pub(super) message: Option<Vec<u8>>,
    /// The tag that leads to it, whose own message comes along.
    pub(super) tag: Option<ObjectId>,
    /// The commits that what is staged is merged with, as far as they have landed elsewhere.
    pub(super) merging: Vec<ObjectId>,
    /// The commit that a forced push replaces.
    pub(super) replaced: Option<ObjectId>,
    /// The commit that it lands on.
    pub(super) onto: Option<ObjectId>,
    /// Streams of the ledger that come with it, and where they will end.
    pub(super) arriving: Vec<Arriving>,
}

impl Subject {
    /// One of which nothing else is known.
    pub(super) const fn of(kind: TargetKind) -> Self {
        Self {
            kind,
            described: String::new(),
            trusted: None,
            base: None,
            head: None,
            tree: None,
            commits: Vec::new(),
            after: Vec::new(),
            changes: Vec::new(),
            branch: None,
            message: None,
            tag: None,
            merging: Vec::new(),
            replaced: None,
            onto: None,
            arriving: Vec::new(),
        }
    }
}

/// The commit whose policy judges a branch: where it left the other side, or that side's tip where
/// there was no policy yet, or no common history. Nobody escapes a law by starting before it.
pub(super) fn law_side(repo: &Repo, meeting: Option<ObjectId>, tip: ObjectId) -> Result<ObjectId, Failure> {
    let Some(meeting) = meeting else { return Ok(tip) };
    let has_policy = repo.entry_at(repo.commit(meeting)?.tree, &RepoPath::from(POLICY_PATH))?.is_some();
    Ok(if has_policy { meeting } else { tip })
}

/// What a tree changes of a commit's, or of nothing.
pub(super) fn since_commit(repo: &Repo, base: Option<ObjectId>, tree: ObjectId) -> Result<Vec<FileChange>, GitError> {
    let old_tree = base.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree);
    repo.diff_trees(old_tree, Some(tree))
}

/// The branch a change would land on, unless told otherwise: the default one.
pub(super) fn landing_on(repo: &Repo, onto: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(told) = onto else { return Ok(repo.default_branch()?) };
    let branch = repo.branch_called(told)?.ok_or_else(|| {
        Failure::new(format!("`--onto {}` names no branch", shell_word(told)))
            .mended_by("name the branch that the change would land on, as in: --onto main")
    })?;
    Ok(Some(branch))
}
