//! Savepoints: what was there before something risky landed, and the way back as a change like any other.

use super::ask::request_id;
use super::told::{Told, put_all};
use crate::app::judging::Judged;
use crate::app::memory::{Act, Hearing, Pen};
use crate::app::record::afterwards;
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::ledger::member::{self, Cause, SavepointAction};
use crate::model::{
    Arrange, Entry, EntryKind, EntrySubject, Exit, Moment, ObjectId, Outcome, RiskLevel, Savepoint, branch_reference,
    counted, shell_word,
};
use crate::report::{self, Medium, printable};

/// How a savepoint is called, before the id of what landed after it.
const PREFIX: &str = "save-before-";

/// Marks where a branch was before an approved change of much risk lands on it; gives the tag and its
/// record.
pub(in crate::app) fn before_landing(repo: &Repo, judged: &Judged) -> Result<Option<(String, Act)>, Failure> {
    let decision = &judged.judgement.decision;
    let is_let_by = matches!(decision.outcome, Outcome::Approved | Outcome::Overridden) && decision.exit == Exit::Pass;
    let (Some(onto), true) = (judged.onto, is_let_by && judged.risk.level >= RiskLevel::High) else { return Ok(None) };
    let tag = format!("{PREFIX}{}", request_id(judged.landing.change));
    if !repo.mark(&tag, onto)? {
        return Ok(None);
    }
    let subject =
        EntrySubject { commit: Some(onto), tree: None, base: None, reference: judged.landing.reference.clone() };
    let mut act = Act::new(EntryKind::Savepoint, onto, subject)
        .saying(member::SAVEPOINT_ACTION, SavepointAction::Save)
        .saying(member::SAVEPOINT_TAG, tag.as_str());
    act.change = Some(judged.landing.change);
    Ok(Some((tag, act)))
}

/// Makes a commit that brings back what a savepoint has, on a branch of its own: it is judged, put on
/// record and reviewed like every other change. Nothing else moves.
pub fn rollback(named: &str, reason: &str, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let mut told = Told::new("rollback");
    let repo = Repo::open(&environment.place)?;
    let id = named.strip_prefix(PREFIX).unwrap_or(named).to_owned();
    let (point, head) = span(&repo, &id)?;
    if repo.commit(point)?.tree == repo.commit(head)?.tree {
        return Ok(told.saying("nothing has changed since that savepoint\n").answer(medium));
    }
    let branch = format!("rollback-{id}");
    if repo.resolve(&branch_reference(&branch))?.is_some() {
        return Err(Failure::new(format!("`{branch}` already exists, from an earlier rollback")).mended_by(format!(
            "look at it: git show --stat {branch}; to make another one, delete it first: git branch -D {branch}"
        )));
    }
    let mends: String = landed_since(&repo, &id)?.map(|commit| format!("Gov-Mends: {commit}\n")).unwrap_or_default();
    let message = format!("Roll back to {PREFIX}{id}\n\n{}\n\nGov-Rollback: {id}\n{mends}", printable(reason));
    let commit = repo.restoring(head, point, &message)?;
    let (judged, act) = afterwards(&repo, commit, None, (Cause::Record, environment))?;
    let subject = EntrySubject { commit: Some(commit), base: Some(head), ..EntrySubject::default() };
    let mut acts: Vec<Act> = act.map(|act| act.saying(member::REASON, reason)).into_iter().collect();
    let mut act = Act::new(EntryKind::Savepoint, commit, subject)
        .saying(member::SAVEPOINT_ACTION, SavepointAction::Rollback)
        .saying(member::SAVEPOINT_TAG, format!("{PREFIX}{id}"))
        .saying(member::REASON, reason);
    act.change = Some(judged.landing.change);
    acts.push(act);
    let pen = Pen::open(&repo, environment, judged.audit, judged.agent.as_deref())?;
    told.deeds = put_all(&pen, acts)?;
    // Last: a branch that is there, but not on record, would stand in the way of the next attempt.
    repo.start_branch(&branch, commit)?;
    let outcome = judged.judgement.decision.outcome;
    told.text = format!(
        "{branch} brings back what was there before {id} landed, as commit {} ({} risk, {outcome})\nlook at it, and let it land like any change: git show --stat {branch} && gov-hook check {branch}\n",
        commit.short(),
        judged.risk.level
    );
    Ok(told.answer(medium))
}

/// Which savepoints there are, the oldest first.
pub fn savepoints(environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    Ok(Answer::passing(report::approval::savepoints(&kept(&repo)?, medium)))
}

/// Which savepoints are to go: one, or those on commits that are older than so many seconds.
#[derive(Clone, Debug)]
pub enum Forgotten {
    One(String),
    Older(u64),
}

/// Takes savepoints away, here and on the remote, and puts that on record. Nothing else does: only a
/// person knows how far back they want to be able to go.
pub fn forget(which: &Forgotten, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let mut told = Told::new("rollback");
    let repo = Repo::open(&environment.place)?;
    if environment.agent.is_some() {
        return Ok(told.denied("an agent cannot delete a savepoint").answer(medium));
    }
    let now = environment.moment()?.seconds();
    let mut gone = kept(&repo)?;
    gone.retain(|point| match which {
        Forgotten::One(named) => point.id == named.strip_prefix(PREFIX).unwrap_or(named),
        Forgotten::Older(age) => point.at.seconds().saturating_add(*age) < now,
    });
    if let (Forgotten::One(named), []) = (which, gone.as_slice()) {
        return Err(Failure::new(format!("no savepoint is called `{}`", printable(named)))
            .mended_by("see which there are: gov-hook rollback --list"));
    }
    let act = |point: &Savepoint| {
        let subject = EntrySubject { commit: Some(point.commit), ..EntrySubject::default() };
        let tag = format!("{PREFIX}{}", point.id);
        Act::new(EntryKind::Savepoint, point.commit, subject)
            .saying(member::SAVEPOINT_ACTION, SavepointAction::Forget)
            .saying(member::SAVEPOINT_TAG, tag)
    };
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    let pen = Pen::open(&repo, environment, policy.audit, None)?;
    told.deeds = put_all(&pen, gone.iter().map(act).collect())?;
    let tags: Vec<String> = gone.iter().map(|point| format!("{PREFIX}{}", point.id)).collect();
    for tag in &tags {
        repo.unmark(tag)?;
    }
    let is_gone_there = !repo.has_remote() || repo.unmark_there(&repo.remote_name(), &tags)?;
    let kept_there = if is_gone_there {
        String::new()
    } else {
        format!("the remote keeps them: git push --delete {} {}\n", shell_word(&repo.remote_name()), tags.join(" "))
    };
    told.text = format!("forgot {}\n{kept_there}", counted(tags.len(), "savepoint"));
    Ok(told.answer(medium))
}

fn kept(repo: &Repo) -> Result<Vec<Savepoint>, Failure> {
    let mut points = Vec::new();
    for (tag, object) in repo.marks(PREFIX)? {
        let Some(commit) = repo.commit_at(object)? else { continue };
        let found = repo.commit(commit)?;
        let at = u64::try_from(found.committed_at).ok().and_then(Moment::of_seconds);
        let (Some(id), Some(at)) = (tag.strip_prefix(PREFIX), at) else { continue };
        points.push(Savepoint { id: id.to_owned(), commit, at, subject: found.subject() });
    }
    points.arrange_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    Ok(points)
}

/// The savepoint, and what is there now.
fn span(repo: &Repo, id: &str) -> Result<(ObjectId, ObjectId), Failure> {
    let Some(point) = repo.resolve(&format!("refs/tags/{PREFIX}{id}"))? else {
        return Err(Failure::new(format!("no savepoint is called `{}`", printable(id)))
            .mended_by("see which there are: gov-hook rollback --list; fetch others' with: git fetch --tags"));
    };
    let Some(head) = repo.head()?.commit() else { return Err(Failure::new("nothing is committed yet")) };
    if repo.leads_to(point, head) {
        Ok((point, head))
    } else {
        Err(Failure::new("the branch that is checked out does not contain that savepoint")
            .mended_by("check out the branch that is to be rolled back"))
    }
}

/// The commit that landed after the savepoint.
fn landed_since(repo: &Repo, id: &str) -> Result<Option<ObjectId>, Failure> {
    let spoken = Hearing::open(repo, None, None)?.spoken;
    let is_it =
        |entry: &&Entry| entry.kind == EntryKind::Land && entry.change.is_some_and(|change| request_id(change) == id);
    Ok(spoken.iter().map(|spoken| &spoken.entry).filter(is_it).find_map(|entry| entry.subject.commit))
}
