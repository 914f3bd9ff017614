//! `request`: asks by hand, before anything is held, or again after nobody answered in time.

use std::fmt::Write;

use super::ask::{self, Said, request_id};
use super::matter::{Target, find};
use super::overdue;
use super::told::{News, Told, needs, put_or_fail};
use crate::app::memory::Pen;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::Outcome;
use crate::report::Medium;

pub fn request(target: &Target, said: &Said, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let mut told = Told::new("request");
    let repo = Repo::open(&environment.place)?;
    let judged = find(&repo, target, environment)?;
    let id = request_id(judged.landing.change);
    let decision = judged.supposing(Vec::new());
    match decision.outcome {
        Outcome::Blocked => {
            let why = "it is blocked by what was found in it, and no approval changes that: gov-hook check";
            return Ok(told.denied(why).answer(medium));
        }
        Outcome::AutoApproved | Outcome::Notified if judged.needs.is_empty() => {
            return Ok(told.saying(format!("{id} needs no approval: {}\n", decision.outcome)).answer(medium));
        }
        Outcome::AutoApproved
        | Outcome::Notified
        | Outcome::Approved
        | Outcome::Overridden
        | Outcome::ApprovalPending
        | Outcome::Rejected => {}
    }
    let Some(act) = ask::request(&repo, &judged, said)? else {
        return Err(Failure::new("there is nothing to ask about"));
    };
    overdue::see(&repo, &judged, environment)?;
    let pen = Pen::open(&repo, environment, judged.audit, judged.agent.as_deref())?;
    let mut deed = put_or_fail(&pen, act)?;
    deed.follows = Some((Outcome::ApprovalPending, judged.needs.clone()));
    let described = judged.judgement.target.described.clone();
    let news = News { outcome: Outcome::ApprovalPending, why: said.reason.clone(), described };
    news.of(&repo, environment, &judged, &deed);
    let until = deed.expires.map(|expires| format!(", until {expires}")).unwrap_or_default();
    told.text = format!("asked for {id}: it needs {}{until}\n", needs(&judged.needs));
    told.ask_to_sync(&repo);
    // Writing to a `String` cannot fail.
    let _ = writeln!(told.text, "somebody who may approve it runs: gov-hook approve {id}");
    told.deeds.push(deed);
    Ok(told.answer(medium))
}
