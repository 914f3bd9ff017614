//! `override request` and `override grant`: somebody answers for letting a change pass as it is.

use super::answer::{Until, denied};
use super::ask::{bound, request_id};
use super::hearing::{Hearing, moment, strings, text};
use super::matter::{Target, find};
use crate::app::audit::laws::signers;
use crate::app::record::{Act, Pen};
use crate::app::{self, Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::model::{Arrange, Enforcement, EntryKind, Moment, ObjectId, Outcome, Sha256};
use crate::notify;
use crate::report::printable;

/// The namespace that grants are signed in.
const NAMESPACE: &str = "approve@gov-hook";

pub fn request(target: &Target, reason: &str, ttl: u64, environment: &Environment) -> Result<Answer, Failure> {
    if reason.trim().is_empty() {
        return Err(
            Failure::new("an override needs a reason").mended_by("say why: gov-hook override request --reason WHY")
        );
    }
    let repo = Repo::open(&environment.place)?;
    let judged = find(&repo, target, environment)?;
    let level = judged.judgement.level;
    let Some(act) = bound(&repo, EntryKind::Override, &judged)? else {
        return Err(Failure::new("there is nothing to override"));
    };
    let until = ends(environment.moment()?, ttl)?;
    let act = act
        .saying("action", "request")
        .saying("reason", reason)
        .saying("enforcement", level.as_str())
        .saying("expires", until.to_string());
    let pen = Pen::open(&repo, environment, judged.audit, environment.agent.as_deref())?;
    let ids = pen.write(&[act])?;
    let id = ids.first().map(Sha256::short).unwrap_or_default();
    let change = request_id(judged.landing.change);
    let is_only_asked = level == Enforcement::Production || environment.agent.is_some();
    if let Some(entry) = ids.first().filter(|_| !is_only_asked) {
        let word = notify::Word {
            outcome: Outcome::Overridden,
            by: pen.actor().email.clone(),
            why: Some(reason.to_owned()),
            change: judged.landing.change,
            described: judged.judgement.target.described.clone(),
            risk: Some((judged.risk.level, judged.risk.score)),
            entry: *entry,
        };
        app::notify::said(&repo, environment, &judged.notices, judged.landing.reference.as_deref(), &word);
    }
    let text = if is_only_asked {
        format!(
            "asked to override {change} (entry {id})\nsomebody who may grant it goes on with: gov-hook override grant {id} --ttl 1h\n"
        )
    } else {
        format!(
            "overrode {change} until {until} (entry {id}): its next commit and its next push pass, and it is on record\n"
        )
    };
    Ok(Answer::passing(text))
}

pub fn grant(named: &str, ttl: u64, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    if environment.agent.is_some() {
        return Ok(denied("an agent cannot grant an override"));
    }
    let now = environment.moment()?;
    let mut asked = Hearing::open(&repo, None, None)?.spoken;
    asked.retain(|spoken| {
        let change = spoken.entry.change.map(request_id).unwrap_or_default();
        let is_named = named.len() >= 4 && (spoken.id.to_string().starts_with(named) || change.starts_with(named));
        spoken.entry.kind == EntryKind::Override && text(&spoken.entry, "action") == Some("request") && is_named
    });
    asked.arrange_by_key(|spoken| (spoken.entry.time, spoken.id));
    let Some(asked) = asked.pop() else {
        return Err(Failure::new(format!("nobody asked for an override called `{named}`")).mended_by(
            "see what was asked: gov-hook audit log --kind override; fetch others' with: gov-hook audit sync",
        ));
    };
    let entry = &asked.entry;
    let trusted = text(entry, "law").and_then(|id| id.parse::<ObjectId>().ok());
    let (policy, _) = law::policy_at(&repo, trusted)?;
    let mut pen = Pen::open(&repo, environment, policy.audit, None)?;
    let by = pen.actor().email.clone();
    if !policy.holds_a_role(&by, &policy.approvals.critical.roles) {
        let roles = policy.approvals.critical.roles.join(", ");
        return Ok(denied(&format!("{} may not grant it: only {roles} may", printable(&by))));
    }
    if entry.actor.email.eq_ignore_ascii_case(&by) {
        return Ok(denied("nobody grants what they asked for themselves"));
    }
    let level = text(entry, "enforcement").unwrap_or(Enforcement::Production.as_str()).to_owned();
    let is_signed = level == Enforcement::Production.as_str();
    if is_signed {
        pen = pen.signing()?;
        let listed = signers(&repo, trusted)?.signers;
        let (Some(listed), Some(key)) = (listed, pen.public_key()) else {
            return Err(Failure::new("production takes signed grants only, and nobody says whose keys count")
                .mended_by("list the keys of those who approve in .gov/allowed_signers on the branch it lands on"));
        };
        listed
            .allow(key, &by, NAMESPACE, now)
            .map_err(|refusal| Failure::new(format!("you may not sign this: {refusal}")))?;
    }
    let until = ends(now, ttl)?;
    let Some(object) = entry.subject.commit.or(entry.subject.tree) else {
        return Err(Failure::new("the request speaks of nothing that could be noted"));
    };
    let mut act = Act::new(EntryKind::Override, object, entry.subject.clone())
        .saying("action", "grant")
        .saying("request", asked.id.to_string())
        .saying("reason", text(entry, "reason").unwrap_or_default())
        .saying("enforcement", level)
        .saying("expires", until.to_string())
        .saying("deciding", text(entry, "deciding").unwrap_or_default())
        .saying("covered", strings(entry, "covered").map(str::to_owned).collect::<Vec<_>>());
    (act.change, act.policy, act.risk, act.is_signed) = (entry.change, entry.policy, entry.risk.clone(), is_signed);
    let ids = pen.write(&[act])?;
    if let (Some(granted), Some(change)) = (ids.first(), entry.change) {
        let word = notify::Word {
            outcome: Outcome::Overridden,
            by,
            why: text(entry, "reason").map(str::to_owned),
            change,
            described: format!("what {} asked to override", entry.actor.email),
            risk: entry.risk.as_ref().map(|risk| (risk.level, risk.score)),
            entry: *granted,
        };
        app::notify::said(&repo, environment, &policy.notices, entry.subject.reference.as_deref(), &word);
    }
    let change = entry.change.map(request_id).unwrap_or_default();
    let lapsed = moment(entry, "expires").is_some_and(|expires| expires <= now);
    let remark = if lapsed { "; it was asked for long ago" } else { "" };
    Ok(Answer::passing(format!(
        "granted: {change} may pass until {until}, once{remark}\nlet others see it: gov-hook audit sync\n"
    )))
}

fn ends(now: Moment, ttl: u64) -> Result<Moment, Failure> {
    Until::Seconds(ttl)
        .from(now)
        .filter(|end| *end > now)
        .ok_or_else(|| Failure::new("an override has to last for some time").mended_by("say for how long: --ttl 1h"))
}
