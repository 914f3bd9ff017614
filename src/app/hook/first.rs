//! The first commit: before it there is no ledger to write to, so that what was decided of it is put on
//! record once it is made.

use crate::app::check::{self, Again, Asked, Judged, Request};
use crate::app::header::Signatures;
use crate::app::record::{Act, decision};
use crate::app::{Environment, Failure};
use crate::git::notes::StateFile;
use crate::git::{Commit, Repo};
use crate::model::{Exit, Gate, Sha256};

/// Keeps which tree may pass, where that could not be written to the ledger.
pub(super) fn keep(repo: &Repo, judged: &Judged, written: &[Sha256]) -> Result<(), Failure> {
    let passes = judged.judgement.decision.exit == Exit::Pass;
    match judged.judgement.target.tree.filter(|_| written.is_empty()) {
        Some(tree) if passes => Ok(repo.keep_ledger_state(StateFile::First, tree.to_string().as_bytes())?),
        Some(_) => forget(repo, written),
        None => Ok(()),
    }
}

/// What the message changed is judged once the commit is made.
pub(super) fn forget(repo: &Repo, written: &[Sha256]) -> Result<(), Failure> {
    if written.is_empty() && repo.ledger_state(StateFile::First)?.is_some() {
        repo.keep_ledger_state(StateFile::First, b"")?;
    }
    Ok(())
}

/// The decision that was made before this commit, as it would have been written then.
pub(super) fn decided(
    repo: &Repo,
    commit: &Commit,
    branch: Option<&str>,
    environment: &Environment,
) -> Result<Option<Act>, Failure> {
    if !commit.parents.is_empty() || !repo.streams_here()?.is_empty() {
        return Ok(None);
    }
    if repo.ledger_state(StateFile::First)?.as_deref() != Some(commit.tree.to_string().as_bytes()) {
        return Ok(None);
    }
    let again = Again {
        trusted: None,
        base: None,
        head: None,
        tree: commit.tree,
        after: None,
        tag: None,
        merging: Vec::new(),
        replaced: None,
        branch: branch.map(str::to_owned),
        signatures: Signatures::default(),
        onto: None,
        heard: Vec::new(),
    };
    let judged = check::judge_anew(repo, &Request::of(Asked::default(), Gate::Commit), environment, &again)?;
    Ok(decision(&judged).filter(|_| judged.judgement.decision.exit == Exit::Pass))
}
