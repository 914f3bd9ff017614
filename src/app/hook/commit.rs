//! Before a commit: what is staged is judged. After it: the decision is bound to what it became.

use super::{first, origin, said};
use crate::app::install::is_asked_before_merges;
use crate::app::judging::{self, Asked, Judged, Question};
use crate::app::memory::{Act, Before, Beginning, Pen, Records, before_it, binding, bound, speaks_of};
use crate::app::record::{afterwards, decision};
use crate::app::{Answer, Environment, Failure, approval, law, notify};
use crate::git::{Commit, Repo};
use crate::ledger::member::{self, Cause};
use crate::model::{Exit, Gate, Severity, counted};
use crate::policy::Recording;
use crate::report::Style;

pub(super) fn before(environment: &Environment, style: Style) -> Result<Answer, Failure> {
    if environment.is_disabled {
        return Ok(Answer::passing(String::new()));
    }
    let repo = Repo::open(&environment.place)?;
    let asked = Asked::staged(None, environment.merging.clone());
    let judged = judging::judge(&repo, &Question::of(asked, Gate::Commit), environment)?;
    let pen = Pen::open(&repo, environment, judged.audit, judged.agent.as_deref())?;
    let mut acts: Vec<Act> = decision(&judged).map(|act| origin::noted(&repo, act)).into_iter().collect();
    acts.extend(approval::beside(&repo, &judged)?);
    first::keep(&repo, &judged, &pen.write(&acts)?, None)?;
    let answer = said(&judged, style)?;
    notify::decided(&repo, environment, &judged, answer.exit, pen.actor());
    Ok(answer)
}

/// The commit is made, so nothing can be refused: it is only told.
pub(super) fn after(environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let head = repo.head()?;
    let Some(tip) = head.commit() else { return Ok(Answer::passing(String::new())) };
    // A framework says no more than this after a merge: a fast-forward made no commit.
    if repo.is_fast_forwarded() {
        return Ok(Answer::passing(String::new()));
    }
    let commit = repo.commit(tip)?;
    let pen = pen(&repo, environment, &commit)?;
    if let Some(act) = first::decided(&repo, &commit, head.branch(), environment)? {
        pen.write(&[act])?;
    }
    let own = Records::in_stream(&repo, pen.stream())?;
    let OnRecord { acts, told } = on_record(&repo, (&commit, head.branch()), environment, &own)?;
    pen.write(&acts)?;
    Ok(Answer::passing(told))
}

/// Writes as whoever made the commit, under the law it was made by.
pub(super) fn pen<'a>(repo: &'a Repo, environment: &Environment, commit: &Commit) -> Result<Pen<'a>, Failure> {
    let Recording { audit, agents } = law::recording_at(repo, commit.parents.first().copied())?;
    let agent = environment
        .agent
        .clone()
        .or_else(|| agents.agent_for(&commit.people(), &commit.trailers()).map(|agent| agent.id.clone()));
    Pen::open(repo, environment, audit, agent.as_deref())
}

/// What a commit puts on record, and what a person should know of it.
#[derive(Default)]
pub(super) struct OnRecord {
    pub(super) acts: Vec<Act>,
    pub(super) told: String,
}

/// The binding of the decision that was made before the commit, or else a decision made now; nothing
/// when it is on record already. `own` is the stream that the answer is written to: most often it has
/// the decision too, and then no other is opened.
pub(super) fn on_record(
    repo: &Repo,
    (commit, branch): (&Commit, Option<&str>),
    environment: &Environment,
    own: &Records<'_>,
) -> Result<OnRecord, Failure> {
    let is_known = |records: &Records<'_>| -> Result<bool, Failure> {
        Ok(records.about(commit.id)?.iter().any(|(_, entry)| speaks_of(entry, commit.id)))
    };
    if is_known(own)? {
        return Ok(OnRecord::default());
    }
    let bind = |decision, origins: &origin::Origins| {
        let mut acts = vec![bound(commit, branch, decision)];
        acts.extend(origin::of_decided(repo, commit, origins.get(&decision))?);
        Ok(OnRecord { acts, told: String::new() })
    };
    let of_tree = own.about(commit.tree)?;
    let origins = origin::origins(&of_tree);
    if let Before::Decided(id) = before_it(repo, commit, of_tree) {
        return bind(id, &origins);
    }
    let all = Records::of(repo)?;
    if is_known(&all)? {
        return Ok(OnRecord::default());
    }
    let of_tree = all.about(commit.tree)?;
    let origins = origin::origins(&of_tree);
    let before = before_it(repo, commit, of_tree);
    if let Before::Decided(id) = before {
        return bind(id, &origins);
    }
    let is_late = before == Before::Amended || is_made_unasked(repo, commit)?;
    let cause = if is_late && !environment.is_disabled { Cause::Hook } else { Cause::Bypass };
    let (judged, act) = afterwards(repo, commit.id, branch, (cause, environment))?;
    let mut acts: Vec<Act> = act.into_iter().collect();
    acts.extend(origin::of_picked(repo, commit)?);
    if cause != Cause::Bypass {
        return Ok(OnRecord { acts, told: denied(commit, &judged) });
    }
    let binding = binding(commit, branch);
    acts.insert(0, if environment.is_disabled { binding.saying(member::DISABLED, true) } else { binding });
    let id = commit.id.short();
    let mend = if environment.is_disabled {
        format!("somebody else has to answer for it: gov-hook ratify {id}")
    } else {
        format!("gov-hook record {id} --reason WHY")
    };
    let told = format!(
        "gov-hook: commit {id} was made past the hooks, and is on record as bypassed\nbefore it can land in production: {mend}\n"
    );
    Ok(OnRecord { acts, told })
}

/// What a person should know of a commit that git asked nobody about, while it is easy to take back.
fn denied(commit: &Commit, judged: &Judged) -> String {
    if judged.judgement.decision.exit != Exit::Denied {
        return String::new();
    }
    let id = commit.id.short();
    let findings = &judged.judgement.assessment.findings;
    let count = findings.iter().filter(|finding| finding.counts() && finding.severity == Severity::Deny).count();
    let what = counted(count, "finding");
    format!("gov-hook: commit {id} is denied for {what}, and its push will be, too\nsee why: gov-hook check {id}\n")
}

/// Whether git ran no hook before the commit that HEAD is: before what it makes out of other commits, but for a
/// merge where a hook is there for it. Before the root of the ledger there was nothing to write to.
fn is_made_unasked(repo: &Repo, commit: &Commit) -> Result<bool, Failure> {
    Ok(match commit.parents.as_slice() {
        [] if Beginning::may_be_at(repo, commit.id)? => true,
        [] | [_] => repo.is_midway(),
        [..] => !(repo.is_committed() || (repo.is_merged() && is_asked_before_merges(repo)?)),
    })
}
