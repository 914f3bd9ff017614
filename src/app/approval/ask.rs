//! What is put on record about a change that waits: the request for it, that nobody answered it, and
//! what let it pass in the end.

use serde_json::{Map, Value};

use super::lapse::unanswered;
use crate::app::Failure;
use crate::app::judging::{Judged, own_changes};
use crate::app::memory::{Act, Hearing};
use crate::app::record::{flatten, found_by, risk_digest};
use crate::git::Repo;
use crate::ledger::member::{self, Extent, Named};
use crate::model::{
    ChangeId, EntryKind, EntrySubject, Exit, Gate, Gather, Moment, Need, NextStep, Outcome, OverrideAction,
    RecordedRisk, Remote, Saying, Word,
};
use crate::policy::{ApprovalRule, Policy};

/// How the reason for a debt ends: with what settles it.
const RATIFY: &str = "gov-hook ratify ";

/// Where a request was made by hand, what its maker says beside it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub reason: Option<String>,
    pub assessment: Option<String>,
    pub ticket: Option<String>,
    pub meta: Vec<(String, String)>,
}

/// How a person names a request: the first digits of the change id.
pub(in crate::app) fn request_id(change: ChangeId) -> String {
    let id = change.to_string();
    id.trim_start_matches("gc1-").chars().take(12).collect()
}

/// What a hook puts on record beside its decision.
pub(in crate::app) fn beside(repo: &Repo, judged: &Judged) -> Result<Vec<Act>, Failure> {
    Ok(by_hook(repo, judged)?.into_iter().chain(used(repo, judged)?).collect())
}

/// A request where something is held and nobody was asked yet, or that nobody answered in time.
pub(in crate::app) fn by_hook(repo: &Repo, judged: &Judged) -> Result<Option<Act>, Failure> {
    let is_held = judged.judgement.decision.exit == Exit::Held;
    match asked(judged) {
        // Where nobody could answer, nobody is asked.
        None if judged.policy.roles.is_empty() => Ok(None),
        None if is_held => request(repo, judged, &Said::default()),
        None => Ok(None),
        Some(asked) if is_held && waits(judged) && is_of_another_commit(repo, judged, asked)? => {
            // The time to answer runs on: the change is the same.
            let again = request(repo, judged, &Said::default())?;
            Ok(again.map(|act| match asked.expires {
                Some(expires) => act.saying(member::EXPIRES, expires),
                None => act,
            }))
        }
        Some(asked) => timed_out(repo, judged, asked),
    }
}

fn waits(judged: &Judged) -> bool {
    judged.judgement.decision.outcome == Outcome::ApprovalPending
}

/// Whether what was asked about is not what reviewers find now: the same change in a commit that was reworded
/// or rebased since.
fn is_of_another_commit(repo: &Repo, judged: &Judged, asked: &Word) -> Result<bool, Failure> {
    let found = Hearing::open(repo, None, Some(&[asked.id]))?.spoken.pop();
    Ok(judged.landing.head.is_some() && found.is_some_and(|asked| asked.entry.subject.commit != judged.landing.head))
}

/// The newest request for the whole of it.
pub(in crate::app) fn asked(judged: &Judged) -> Option<&Word> {
    let landing = &judged.landing;
    let is_whole = |word: &&Word| {
        let bond = word.bond.as_ref();
        bond.is_some_and(|bond| landing.is_of(bond) && bond.reference == landing.reference)
    };
    let requests = judged.words.iter().filter(|word| word.saying == Saying::Request);
    requests.filter(is_whole).max_by_key(|word| word.at)
}

/// What whoever is held tells whoever may let it pass.
pub(in crate::app) fn next_step(judged: &Judged) -> Option<NextStep> {
    let id = request_id(judged.landing.change);
    let step = |why: &str, command: String| Some(NextStep { why: why.into(), command });
    let decision = &judged.judgement.decision;
    match decision.outcome {
        Outcome::ApprovalPending if judged.policy.roles.is_empty() => None,
        Outcome::ApprovalPending => step("somebody who may approve it runs", format!("gov-hook approve {id}")),
        Outcome::Rejected => step("see who said what, and when", format!("gov-hook status {id}")),
        Outcome::Blocked => {
            let owed = decision.reasons.iter().find_map(|reason| reason.what.split_once(RATIFY));
            step("somebody other than who let it through answers for it with", format!("{RATIFY}{}", owed?.1))
        }
        Outcome::AutoApproved | Outcome::Notified | Outcome::Approved | Outcome::Overridden => None,
    }
}

/// Puts what waits where those who are to look at it can fetch it.
pub(in crate::app) fn offer(repo: &Repo, remote: &Remote, judged: &Judged) -> Result<bool, Failure> {
    let Some(head) = judged.landing.head else { return Ok(false) };
    Ok(repo.offer(remote.as_git(), &request_id(judged.landing.change), head)?)
}

/// The request and its time; a rejection once that is over and nobody said so yet.
pub(super) fn timed_out(repo: &Repo, judged: &Judged, asked: &Word) -> Result<Option<Act>, Failure> {
    let is_told = judged.words.iter().any(|word| word.saying == Saying::TimeOut && word.at >= asked.at);
    let is_over = asked.expires.is_some_and(|expires| judged.landing.now >= expires);
    let is_rejected = judged.judgement.decision.outcome == Outcome::Rejected;
    if !is_over || !is_rejected || is_told {
        return Ok(None);
    }
    let act = bound(repo, EntryKind::Reject, judged)?;
    Ok(act.map(|act| unanswered(act, request_id(judged.landing.change))))
}

/// Asks for the approvals that a change needs.
pub(in crate::app) fn request(repo: &Repo, judged: &Judged, said: &Said) -> Result<Option<Act>, Failure> {
    let judgement = &judged.judgement;
    let (added, deleted) = judgement.assessment.lines();
    let changed = judgement.assessment.files.len() as u64;
    let extent = Extent { changed, added: added.into(), deleted: deleted.into() };
    let authors: Vec<String> = judged.authors.iter().map(|author| author.email.clone()).collect();
    let Some(act) = bound(repo, EntryKind::Request, judged)? else { return Ok(None) };
    let mut act = act
        .saying(member::REQUEST_ID, request_id(judged.landing.change))
        .saying(member::ENFORCEMENT, judgement.level)
        .saying(member::GATE, judgement.gate)
        .saying(member::NEEDED, judged.needs.as_slice())
        .saying(member::AUTHORS, authors)
        .saying(member::DESCRIBED, judgement.target.described.as_str())
        .saying(member::EXTENT, extent)
        .saying_any(member::EXPIRES, expiry(&judged.needs, &judged.policy, judged.landing.now));
    if !judged.landing.requested_by.is_empty() {
        act = act.saying(member::REQUESTED_BY, judged.landing.requested_by.as_slice());
    }
    act = act.saying_any(member::AGENT, judged.agent.as_deref());
    if judged.landing.head.is_some() {
        act = act.saying(member::AFTER, judged.after.as_slice());
    }
    act = found_by(act, judged);
    act = act
        .saying_any(member::REASON, said.reason.as_deref())
        .saying_any(member::ASSESSMENT, said.assessment.as_deref())
        .saying_any(member::TICKET, said.ticket.as_deref());
    if !said.meta.is_empty() {
        let meta: Map<String, Value> =
            said.meta.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).gathered();
        act = act.saying(member::META, meta);
    }
    act.outcome = Some(Outcome::ApprovalPending);
    flatten(&judgement.decision.reasons, &mut act.reasons);
    Ok(Some(act))
}

/// What let a change pass is put on record when it passes, so that it does so once.
pub(in crate::app) fn used(repo: &Repo, judged: &Judged) -> Result<Option<Act>, Failure> {
    let judgement = &judged.judgement;
    let rests_on = judgement.decision.rests_on.as_slice();
    let (Some(&first), Exit::Pass) = (rests_on.first(), judgement.decision.exit) else { return Ok(None) };
    let gate = judgement.gate;
    match judgement.decision.outcome {
        Outcome::Overridden => {
            let act = bound(repo, EntryKind::Override, judged)?;
            Ok(act.map(|act| {
                act.saying(member::OVERRIDE_ACTION, OverrideAction::Use)
                    .saying(member::OVERRIDE, first)
                    .saying(member::GATE, gate)
            }))
        }
        Outcome::AutoApproved | Outcome::Notified | Outcome::Approved if gate == Gate::Push => {
            Ok(bound(repo, EntryKind::Land, judged)?.map(|act| act.saying(member::APPROVALS, rests_on)))
        }
        Outcome::AutoApproved
        | Outcome::Notified
        | Outcome::Approved
        | Outcome::ApprovalPending
        | Outcome::Rejected
        | Outcome::Blocked => Ok(None),
    }
}

/// An act about the whole change, bound to all that an approval of it would be.
pub(in crate::app) fn bound(repo: &Repo, kind: EntryKind, judged: &Judged) -> Result<Option<Act>, Failure> {
    let landing = &judged.landing;
    let covered: Vec<ChangeId> = own_changes(repo, &judged.commits)?.into_iter().flatten().collect();
    let subject = EntrySubject {
        commit: landing.head,
        tree: landing.tree,
        base: landing.base,
        reference: landing.reference.clone(),
    };
    let Some(object) = landing.head.or(landing.tree) else { return Ok(None) };
    let mut act = Act::new(kind, object, subject)
        .saying(member::DECIDING, Named(landing.law))
        .saying(member::COVERED, covered)
        .saying_any(member::LAW, judged.trusted)
        .saying_any(member::ONTO, judged.onto);
    act.change = Some(landing.change);
    act.policy = Some(judged.judgement.policy.digest);
    act.risk =
        Some(RecordedRisk { level: judged.risk.level, score: judged.risk.score, digest: risk_digest(&judged.risk) });
    Ok(Some(act))
}

/// The shortest time that a rule which applies gives its answers.
fn expiry(needs: &[Need], policy: &Policy, now: Moment) -> Option<Moment> {
    let timeout = needs.iter().filter_map(|need| Some(rule(need, policy)?.timeout_seconds)).min()?;
    Moment::of_seconds(now.seconds().saturating_add(timeout))
}

fn rule<'a>(need: &Need, policy: &'a Policy) -> Option<&'a ApprovalRule> {
    match need.rule.as_str() {
        "high" => Some(&policy.approvals.high),
        "critical" => Some(&policy.approvals.critical),
        path => {
            let at: usize = path.strip_prefix("paths[")?.strip_suffix(']')?.parse().ok()?;
            policy.approvals.paths.get(at).map(|asked| &asked.rule)
        }
    }
}
