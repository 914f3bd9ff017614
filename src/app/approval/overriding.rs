//! `override request` and `override grant`: somebody answers for letting a change pass as it is.

use std::fmt::Write as _;

use super::ask::{bound, request_id};
use super::matter::{Target, find, is_named};
use super::seal::{demanded, sealed};
use super::term::Until;
use super::told::{Affair, News, Told, put_or_fail, would_not_count};
use crate::app::judging::Judged;
use crate::app::memory::{Act, Hearing, Pen, Spoken};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{Enforcement, Entry, EntryKind, ObjectId, Outcome, OverrideAction, Person, Saying, Word};
use crate::policy::Policy;
use crate::report::{Medium, printable};

/// Whoever asks answers for it themselves where a reason is enough.
pub fn request(
    target: &Target,
    reason: &str,
    ttl: u64,
    environment: &Environment,
    medium: Medium,
) -> Result<Answer, Failure> {
    let mut told = Told::new("override-request");
    let repo = Repo::open(&environment.place)?;
    let judged = find(&repo, target, environment)?;
    let outcome = judged.supposing(Vec::new()).outcome;
    if outcome <= Outcome::Notified && judged.needs.is_empty() {
        let id = request_id(judged.landing.change);
        return Ok(told.saying(format!("{id} needs no override: {outcome}\n")).answer(medium));
    }
    let level = judged.judgement.level;
    let Some(act) = bound(&repo, EntryKind::Override, &judged)? else {
        return Err(Failure::new("there is nothing to override"));
    };
    let until = Until::Seconds(ttl).from(environment.moment()?)?;
    let act = act
        .saying(member::OVERRIDE_ACTION, OverrideAction::Request)
        .saying(member::REASON, reason)
        .saying(member::ENFORCEMENT, level)
        .saying(member::EXPIRES, until);
    let (pen, refused) = asker(&repo, &judged, environment)?;
    let mut deed = put_or_fail(&pen, act)?;
    let (change, id) = (request_id(judged.landing.change), deed.entry.short());
    if level == Enforcement::Production || refused.is_some() {
        let by = printable(&pen.actor().email);
        let why = refused.map(|why| format!("that alone does not let it pass: {by} {why}\n")).unwrap_or_default();
        told.text = format!("asked to override {change} (entry {id})\n{why}");
        told.ask_to_sync(&repo);
        let _ = writeln!(told.text, "somebody who may grant it runs: gov-hook override grant {id} --ttl 1h");
    } else {
        let described = judged.judgement.target.described.clone();
        let news = News { outcome: Outcome::Overridden, why: Some(reason.to_owned()), described };
        news.of(&repo, environment, &judged, &deed);
        deed.follows = Some((Outcome::Overridden, Vec::new()));
        told.text = format!(
            "overrode {change} until {until} (entry {id}): its next commit and its next push pass, and it is on record\n"
        );
    }
    told.deeds.push(deed);
    Ok(told.answer(medium))
}

/// The pen of whoever asks, and why their reason is not enough. Who is not told from an agent is on
/// record as that agent.
fn asker<'a>(repo: &'a Repo, judged: &Judged, environment: &Environment) -> Result<(Pen<'a>, Option<String>), Failure> {
    let open = |agent: Option<&str>| Pen::open(repo, environment, judged.audit, agent);
    let pen = open(environment.agent.as_deref())?;
    let mut word = Word::supposed(&pen.actor().email, Saying::AskOverride, judged.landing.now);
    word.by_agent = environment.agent.is_some();
    let refused = judged.against_asking(&word);
    if word.by_agent || refused.is_none() {
        return Ok((pen, refused));
    }
    let person = Person { name: String::new(), email: word.by };
    let known = judged.policy.agents.agent_for(&[person], &[]).map(|agent| agent.id.as_str());
    Ok((open(known.or(judged.agent.as_deref()))?, refused))
}

pub fn grant(named: &str, ttl: u64, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let mut told = Told::new("override-grant");
    let repo = Repo::open(&environment.place)?;
    if environment.agent.is_some() {
        return Ok(told.denied("an agent cannot grant an override").answer(medium));
    }
    let now = environment.moment()?;
    let asked = asked(&repo, named)?;
    let entry = &asked.entry;
    let trusted = member::LAW.of(entry);
    let (policy, _) = law::policy_at(&repo, trusted)?;
    let mut pen = Pen::open(&repo, environment, policy.audit, None)?;
    if let Some(why) = against_by_office(entry, &pen.actor().email, &policy) {
        return Ok(told.denied(&why).answer(medium));
    }
    let level = member::ENFORCEMENT.of(entry).unwrap_or(Enforcement::Production);
    let is_signed = level == Enforcement::Production;
    if is_signed {
        pen = demanded(&repo, pen, trusted, now)?;
    }
    if let Some(why) = worthless(&repo, &asked, &pen, environment)? {
        return Ok(told.denied(&why).answer(medium));
    }
    let until = Until::Seconds(ttl).from(now)?;
    let Some(object) = entry.subject.commit.or(entry.subject.tree) else {
        return Err(Failure::new("the request names no object to attach a note to"));
    };
    let mut act = granting(&asked, object).saying(member::EXPIRES, until).saying(member::ENFORCEMENT, level);
    act.is_signed = is_signed;
    let mut deed = put_or_fail(&pen, act)?;
    let news = News {
        outcome: Outcome::Overridden,
        why: member::REASON.of(entry),
        described: format!("what {} asked to override", entry.actor.email),
    };
    let risk = entry.risk.as_ref().map(|risk| (risk.level, risk.score));
    news.tell(&repo, environment, &Affair { notices: &policy.notices, risk }, &deed);
    deed.follows = Some((Outcome::Overridden, Vec::new()));
    let change = entry.change.map(request_id).unwrap_or_default();
    let lapsed = member::EXPIRES.of(entry).is_some_and(|expires| expires <= now);
    let remark = if lapsed { "; it was asked for long ago" } else { "" };
    told.text = format!("granted: {change} may pass until {until}, once{remark} (entry {})\n", deed.entry.short());
    told.ask_to_sync(&repo);
    told.deeds.push(deed);
    Ok(told.answer(medium))
}

/// What a grant takes over from the request it answers.
fn granting(asked: &Spoken, object: ObjectId) -> Act {
    let entry = &asked.entry;
    let mut act = Act::new(EntryKind::Override, object, entry.subject.clone())
        .saying(member::OVERRIDE_ACTION, OverrideAction::Grant)
        .saying(member::GRANTED, asked.id)
        .saying(member::COVERED, member::COVERED.each(entry).collect::<Vec<_>>())
        .saying_any(member::REASON, member::REASON.of(entry))
        .saying_any(member::DECIDING, member::DECIDING.of(entry))
        .saying_any(member::LAW, member::LAW.of(entry));
    (act.change, act.policy, act.risk) = (entry.change, entry.policy, entry.risk.clone());
    act
}

/// Why somebody may not grant what was asked: it takes a role, and somebody else.
fn against_by_office(entry: &Entry, by: &str, policy: &Policy) -> Option<String> {
    let roles = &policy.approvals.critical.roles;
    if !policy.holds_a_role(by, roles) {
        Some(format!("{} may not grant it: only {} may", printable(by), roles.join(", ")))
    } else if entry.actor.email.eq_ignore_ascii_case(by) {
        Some("nobody can grant what they requested themselves".to_owned())
    } else {
        None
    }
}

/// Why this grant would not count. What is not here any more cannot be weighed.
fn worthless(repo: &Repo, asked: &Spoken, pen: &Pen<'_>, environment: &Environment) -> Result<Option<String>, Failure> {
    let Ok(judged) = find(repo, &Target::of(&asked.entry), environment) else { return Ok(None) };
    let by = pen.actor().email.as_str();
    let word = Word::supposed(by, Saying::GrantOverride { asked: asked.id }, judged.landing.now);
    let word = Word { seal: sealed(repo, &judged, pen, (&word.saying, &[]))?, ..word };
    let id = word.id;
    let supposed = judged.supposing(vec![word]);
    let (mut refused, name) = (supposed.not_counted.iter().rev(), format!("override by {by}"));
    let mine = refused.find(|refused| refused.by == name).filter(|_| !supposed.rests_on.contains(&id));
    Ok(mine.map(|refused| would_not_count("override", by, &refused.why)))
}

/// The newest request for an override that is called so, by its entry or by its change.
fn asked(repo: &Repo, named: &str) -> Result<Spoken, Failure> {
    let is_meant = |spoken: &Spoken| {
        let change = spoken.entry.change.map(request_id).unwrap_or_default();
        let is_named = is_named(&spoken.id.to_string(), named) || is_named(&change, named);
        spoken.entry.override_action() == Some(OverrideAction::Request) && is_named
    };
    let spoken = Hearing::open(repo, None, None)?.spoken.into_iter().filter(is_meant);
    spoken.max_by_key(|spoken| (spoken.entry.time, spoken.id)).ok_or_else(|| {
        Failure::new(format!("nobody asked for an override called `{named}`")).mended_by(
            "see what was asked: gov-hook audit log --kind override; fetch others' with: gov-hook audit sync",
        )
    })
}
