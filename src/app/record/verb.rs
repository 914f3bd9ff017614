//! `gov-hook record`: commits that no hook saw are judged now, and put on record with a reason.

use std::fmt::Write;

use super::decision;
use crate::app::judging::{self, Again, Asked, Judged, Question};
use crate::app::law::{self, Law};
use crate::app::memory::{Act, Pen, Records};
use crate::app::progress::Progress;
use crate::app::{Answer, Environment, Failure, secrets};
use crate::git::Repo;
use crate::ledger::member::{self, Cause};
use crate::model::{Exit, Gate, ObjectId, counted};
use crate::report::printable;

/// Judges the commits of a range, or one, that are `bypassed` or have no record.
pub fn record(revision: &str, reason: &str, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let commits = repo.commits_named(revision)?;
    let branch = repo.head()?.branch().map(str::to_owned);
    let progress = Progress::new("judging commits:", commits.len(), environment.stderr_is_terminal);
    let records = Records::of(&repo)?;
    let (mut acts, mut told, mut worst) = (Vec::new(), String::new(), Exit::Pass);
    for (at, commit) in commits.iter().enumerate() {
        if !records.status(commit)?.is_on_record() {
            let (judged, act) = afterwards(&repo, commit.id, branch.as_deref(), (Cause::Record, environment))?;
            let outcome = judged.judgement.decision.outcome;
            worst = worst.max(judged.judgement.decision.exit);
            // Writing to a `String` cannot fail.
            let _ = writeln!(told, "  {}  {outcome}  {}", commit.id.short(), printable(&commit.subject()));
            if records.was_let_by(commit.id) {
                let _ = writeln!(
                    told,
                    "    somebody else still has to answer for it: gov-hook ratify {}",
                    commit.id.short()
                );
            }
            acts.extend(act.map(|act| act.saying(member::REASON, reason)));
        }
        progress.reached(at + 1);
    }
    drop(progress);
    if commits.is_empty() {
        return Ok(Answer::passing(format!("there are no commits in {revision}\n")));
    }
    if acts.is_empty() {
        return Ok(Answer::passing(format!("{} already on record\n", counted(commits.len(), "commit"))));
    }
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    Pen::open(&repo, environment, policy.audit, environment.agent.as_deref())?.write(&acts)?;
    secrets::hide(&mut [&mut told]);
    let text = format!("put {} on record\n{told}", counted(acts.len(), "commit"));
    Ok(Answer { text: text.into_bytes(), exit: worst.into() })
}

/// Judges a commit that was made already, by its objects; gives what that puts on record.
pub(in crate::app) fn afterwards(
    repo: &Repo,
    commit: ObjectId,
    onto: Option<&str>,
    (cause, environment): (Cause, &Environment),
) -> Result<(Judged, Option<Act>), Failure> {
    let asked = Asked { onto: onto.map(str::to_owned), ..Asked::revision(commit.to_string()) };
    let question = Question::of(asked, Gate::Commit);
    let judged = judging::judge(repo, &question, environment)
        .or_else(|failure| by_an_older_law(repo, commit, &question, environment)?.ok_or(failure))?;
    let act = decision(&judged).map(|act| act.saying(member::CAUSE, cause));
    Ok((judged, act))
}

/// What comes after a law that nobody can read is judged by the last one before it that somebody can:
/// else what mends that law could never go anywhere. `None` where the law is not what is wrong.
fn by_an_older_law(
    repo: &Repo,
    commit: ObjectId,
    question: &Question,
    environment: &Environment,
) -> Result<Option<Judged>, Failure> {
    let commit = repo.commit(commit)?;
    let parent = commit.parents.first().copied();
    let mut trusted = parent;
    while let Some(id) = trusted.filter(|id| Law::at(repo, Some(*id)).is_err()) {
        trusted = repo.commit(id)?.parents.first().copied();
    }
    if trusted == parent {
        return Ok(None);
    }
    let again = Again {
        trusted,
        base: parent,
        head: Some(commit.id),
        branch: question.asked.onto.clone().map_or_else(|| repo.default_branch(), |branch| Ok(Some(branch)))?,
        onto: parent,
        ..Again::of(commit.tree)
    };
    judging::judge_anew(repo, question, environment, &again).map(Some)
}
