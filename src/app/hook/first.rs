//! The first commit: before it there is no ledger to write to, so that what was decided of it is put on
//! record once it is made.

use crate::app::judging::{self, Again, Asked, Judged, Question};
use crate::app::memory::Act;
use crate::app::record::decision;
use crate::app::{Environment, Failure};
use crate::git::notes::StateFile;
use crate::git::{Commit, Repo};
use crate::ledger::member;
use crate::model::{Exit, Gate, Sha256};

/// Notes in a file which tree may pass, because there is no ledger yet to write that to, and the digest of
/// a message in which something was found.
pub(super) fn keep(repo: &Repo, judged: &Judged, written: &[Sha256], message: Option<Sha256>) -> Result<(), Failure> {
    let passes = judged.judgement.decision.exit == Exit::Pass;
    match judged.judgement.target.tree.filter(|_| written.is_empty()) {
        Some(tree) if passes => {
            let kept = message.map_or_else(|| tree.to_string(), |message| format!("{tree} {message}"));
            Ok(repo.keep_ledger_state(StateFile::First, kept.as_bytes())?)
        }
        Some(_) if repo.ledger_state(StateFile::First)?.is_some() => Ok(repo.keep_ledger_state(StateFile::First, b"")?),
        Some(_) | None => Ok(()),
    }
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
    let kept = repo.ledger_state(StateFile::First)?.unwrap_or_default();
    let kept = String::from_utf8_lossy(&kept).into_owned();
    let (tree, message) = kept.split_once(' ').map_or((kept.as_str(), None), |(tree, message)| (tree, Some(message)));
    let is_worded_so = |digest: &str| digest == Sha256::of(&commit.message).to_string();
    if tree != commit.tree.to_string() || !message.is_none_or(is_worded_so) {
        return Ok(None);
    }
    let again =
        Again { branch: branch.map(str::to_owned), message: Some(commit.message.clone()), ..Again::of(commit.tree) };
    let question = Question::of(Asked::default(), Gate::Commit);
    let judged = judging::judge_anew(repo, &question, environment, &again)?;
    let act = decision(&judged).filter(|_| judged.judgement.decision.exit == Exit::Pass);
    Ok(act.map(|act| act.saying_any(member::MESSAGE, message.map(|_| Sha256::of(&commit.message)))))
}
