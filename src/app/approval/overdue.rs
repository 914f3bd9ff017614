//! A request that nobody answered in time is a rejection: whoever sees it first puts that on record.

use super::ask::{self, request_id};
use super::lapse::{WHY, unanswered};
use super::list::matters;
use super::told::{Affair, News, put};
use crate::app::judging::Judged;
use crate::app::memory::{Act, Hearing, Pen};
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{Deed, Entry, EntryKind, MatterState, Outcome};

/// What somebody just looks at may have waited too long.
pub(super) fn see(repo: &Repo, judged: &Judged, environment: &Environment) -> Result<(), Failure> {
    let Some(asked) = ask::asked(judged) else { return Ok(()) };
    let Some(act) = ask::timed_out(repo, judged, asked)? else { return Ok(()) };
    let pen = Pen::open(repo, environment, judged.audit, environment.agent.as_deref())?;
    if let Some(deed) = put(&pen, act)? {
        let described = judged.judgement.target.described.clone();
        let news = News { outcome: Outcome::Rejected, why: Some(WHY.to_owned()), described };
        news.of(repo, environment, judged, &Deed { by: "nobody".to_owned(), ..deed });
    }
    Ok(())
}

/// The same for whatever this person asked for, when they send what they wrote. What others asked for is
/// for them to put down, so that it is there once.
pub(in crate::app) fn sweep(repo: &Repo, environment: &Environment) -> Result<(), Failure> {
    let all = Hearing::open(repo, None, None)?;
    for (matter, policy) in matters(repo, &all, environment)? {
        let is_told = matter.answers.iter().any(|answer| answer.kind == "timeout" && answer.at >= matter.asked_at);
        if matter.state != MatterState::TimedOut || is_told {
            continue;
        }
        let pen = Pen::open(repo, environment, policy.audit, environment.agent.as_deref())?;
        if !matter.asked_by.eq_ignore_ascii_case(&pen.actor().email) {
            continue;
        }
        let is_it = |entry: &&Entry| {
            entry.kind == EntryKind::Request
                && entry.change == Some(matter.change)
                && entry.subject.reference == matter.reference
                && entry.time == matter.asked_at
        };
        let Some(entry) = all.spoken.iter().map(|spoken| &spoken.entry).find(is_it) else { continue };
        let Some(act) = lapse(entry) else { continue };
        if let Some(deed) = put(&pen, act)? {
            let news = News { outcome: Outcome::Rejected, why: Some(WHY.to_owned()), described: matter.described };
            let deed = Deed { by: "nobody".to_owned(), ..deed };
            let affair = Affair { notices: &policy.notices, risk: Some(matter.risk) };
            news.tell(repo, environment, &affair, &deed);
        }
    }
    Ok(())
}

/// That a request was not answered, bound to all that the request is.
fn lapse(entry: &Entry) -> Option<Act> {
    let object = entry.subject.commit.or(entry.subject.tree)?;
    let mut act = Act::new(EntryKind::Reject, object, entry.subject.clone());
    act = act.repeating(member::DECIDING, entry).repeating(member::COVERED, entry);
    act = act.repeating(member::LAW, entry).repeating(member::ONTO, entry);
    act = unanswered(act, request_id(entry.change?));
    act.change = entry.change;
    act.policy = entry.policy;
    act.risk.clone_from(&entry.risk);
    Some(act)
}
