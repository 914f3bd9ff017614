//! `approve`, `reject`, `revoke` and `request`: a person's word goes on record, once it is sure that it
//! is theirs to give and they have seen what it is about.

use std::fmt::Write;

use super::ask::{self, Said, bound, request_id};
use super::hearing::Hearing;
use super::matter::{Target, find, find_all, own_words};
use crate::app::audit::laws::signers;
use crate::app::check::Judged;
use crate::app::record::{Act, Pen};
use crate::app::{self, Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::{
    Decision, Enforcement, EntryKind, EntrySubject, Moment, Need, ObjectId, Outcome, Saying, Sha256, Word, counted,
};
use crate::notify;
use crate::report::{self, Style, printable, printable_line};

/// The namespace that approvals are signed in.
const NAMESPACE: &str = "approve@gov-hook";

/// How long an approval is good for unless its giver says otherwise.
const USUAL_LIFE: u64 = 7 * 86_400;

/// What a person answers, and to what.
#[derive(Clone, Debug, Default)]
pub struct Answering {
    pub target: Target,
    pub notes: Option<String>,
    /// Why not.
    pub reason: Option<String>,
    pub blocking: Vec<String>,
    pub reviewed: Vec<String>,
    /// Seconds, or a moment.
    pub expires: Option<Until>,
    pub diff: bool,
}

/// An end, as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    Seconds(u64),
    Moment(Moment),
}

impl Until {
    pub(super) fn from(self, now: Moment) -> Option<Moment> {
        match self {
            Self::Seconds(seconds) => Moment::of_seconds(now.seconds().saturating_add(seconds)),
            Self::Moment(moment) => Some(moment),
        }
    }
}

/// Shows a person what they are about to sign, and hears whether they go on.
pub type Consent<'a> = &'a mut dyn FnMut(&str) -> bool;

pub fn approve(
    asked: &Answering,
    environment: &Environment,
    style: Style,
    consent: Consent<'_>,
) -> Result<Answer, Failure> {
    answer(asked, &Saying::Approve, environment, style, consent)
}

pub fn reject(
    asked: &Answering,
    environment: &Environment,
    style: Style,
    consent: Consent<'_>,
) -> Result<Answer, Failure> {
    answer(asked, &Saying::Reject, environment, style, consent)
}

fn answer(
    asked: &Answering,
    saying: &Saying,
    environment: &Environment,
    style: Style,
    consent: Consent<'_>,
) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let all = find_all(&repo, &asked.target, environment)?;
    let now = environment.moment()?;
    if let Some(agent) = &environment.agent {
        return Ok(denied(&format!("the agent {agent} cannot answer; only people approve")));
    }
    let expires = match asked.expires {
        Some(until) => until.from(now),
        None => Moment::of_seconds(now.seconds().saturating_add(USUAL_LIFE)),
    };
    let Some(expires) = expires.filter(|expires| *expires > now) else {
        return Err(Failure::new("an approval cannot end before it starts")
            .mended_by("name a time from now on, such as --expires 2h"));
    };
    let (mut wanted, mut refused) = (Vec::new(), None);
    for judged in &all {
        let by = pen(&repo, judged, environment)?.actor().email.clone();
        let supposed = judged.supposing(vec![Word::supposed(&by, saying.clone(), now)]);
        match against(judged, &supposed, saying, &by) {
            None => wanted.push(judged),
            Some(_) if own_words(judged, &by).iter().any(|word| word.saying == *saying) => {
                refused = Some(Answer::passing(format!("you have {} it already\n", past(saying))));
            }
            Some(why) => {
                // A request that timed out is a rejection, and whoever sees it first says so.
                if ask::asked(judged).is_some() {
                    let told: Vec<Act> = ask::by_hook(&repo, judged)?.into_iter().collect();
                    pen(&repo, judged, environment)?.write(&told)?;
                }
                refused = Some(denied(&format!("your word would not count: {} {why}", printable(&by))));
            }
        }
    }
    let Some(first) = wanted.first() else {
        return refused.ok_or_else(|| Failure::new("there is nothing to answer"));
    };
    // The key is looked for before anybody is asked to read what it would sign.
    let mut pens = Vec::new();
    for judged in &wanted {
        pens.push(signing(&repo, pen(&repo, judged, environment)?, judged, environment)?);
    }
    let shown = shown(&repo, first, &wanted, (saying, asked.diff), style)?;
    if !consent(&shown) {
        return Ok(Answer { text: b"nothing was put on record\n".to_vec(), code: 1 });
    }
    let mut text = String::new();
    for (judged, pen) in wanted.iter().zip(&pens) {
        let act = said(&repo, judged, asked, (saying, expires), pen)?;
        let signed = if act.is_signed { ", signed" } else { "" };
        let id = pen.write(&[act])?.first().copied();
        let entry = id.as_ref().map(Sha256::short).unwrap_or_default();
        let by = &pen.actor().email;
        if let Some(id) = id {
            let word = notify::Word {
                outcome: if *saying == Saying::Reject { Outcome::Rejected } else { Outcome::Approved },
                by: by.clone(),
                why: asked.reason.clone().or_else(|| asked.notes.clone()),
                change: judged.landing.change,
                described: judged.judgement.target.described.clone(),
                risk: Some((judged.risk.level, judged.risk.score)),
                entry: id,
            };
            app::notify::said(&repo, environment, &judged.notices, judged.landing.reference.as_deref(), &word);
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{} {}{} as {}{signed} (entry {entry})",
            past(saying),
            request_id(judged.landing.change),
            onto(judged),
            printable(by)
        );
        text.push_str(&follows(&judged.supposing(vec![Word::supposed(by, saying.clone(), now)])));
    }
    if repo.has_remote() {
        text.push_str("let others see it: gov-hook audit sync\n");
    }
    Ok(Answer::passing(text))
}

/// The entry for an answer, bound to all that it is about.
fn said(
    repo: &Repo,
    judged: &Judged,
    asked: &Answering,
    (saying, expires): (&Saying, Moment),
    pen: &Pen<'_>,
) -> Result<Act, Failure> {
    let kind = if *saying == Saying::Approve { EntryKind::Approve } else { EntryKind::Reject };
    let Some(act) = bound(repo, kind, judged)? else { return Err(Failure::new("there is nothing to answer")) };
    let mut act =
        act.saying("request", request_id(judged.landing.change)).saying("enforcement", judged.judgement.level.as_str());
    act.is_signed = pen.public_key().is_some();
    act.subject.base = settled_base(repo, judged)?;
    for (key, text) in [("notes", &asked.notes), ("reason", &asked.reason)] {
        if let Some(text) = text {
            act = act.saying(key, text.clone());
        }
    }
    for (key, list) in [("blocking", &asked.blocking), ("reviewed", &asked.reviewed)] {
        if !list.is_empty() {
            act = act.saying(key, list.clone());
        }
    }
    if *saying == Saying::Approve {
        act = act.saying("expires", expires.to_string());
    }
    Ok(act)
}

fn onto(judged: &Judged) -> String {
    judged.landing.reference.as_deref().map(|name| format!(" for {}", printable(name))).unwrap_or_default()
}

/// Takes an approval, or a rejection, back.
pub fn revoke(
    named: Option<&str>,
    target: &Target,
    reason: Option<&str>,
    environment: &Environment,
) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    if environment.agent.is_some() {
        return Ok(denied("an agent cannot take a person's word back"));
    }
    let spoken = Hearing::open(&repo, None, None)?.spoken;
    let is_answer = |kind| matches!(kind, EntryKind::Approve | EntryKind::Reject);
    let is_named = |id: Sha256| named.is_some_and(|named| named.len() >= 4 && id.to_string().starts_with(named));
    let by_entry = spoken.iter().find(|spoken| is_answer(spoken.entry.kind) && is_named(spoken.id));
    let own = if by_entry.is_some() {
        None
    } else {
        let judged = find(&repo, target, environment)?;
        let pen = pen(&repo, &judged, environment)?;
        own_words(&judged, &pen.actor().email).last().map(|word| word.id)
    };
    let Some(found) = by_entry.or_else(|| spoken.iter().find(|spoken| Some(spoken.id) == own)) else {
        return Err(Failure::new("you have said nothing of it that could be taken back")
            .mended_by("name the entry: gov-hook status ID tells them, then gov-hook revoke ENTRY"));
    };
    let (entry, id) = (&found.entry, found.id);
    let trusted = crate::app::audit::laws::trusted_side(&repo)?;
    let (policy, _) = crate::app::law::policy_at(&repo, trusted)?;
    let mut pen = Pen::open(&repo, environment, policy.audit, None)?;
    let is_signed = entry.sig.is_some();
    if is_signed && pen.public_key().is_none() {
        pen = pen.signing()?;
    }
    let own = entry.actor.email.eq_ignore_ascii_case(&pen.actor().email);
    let is_admin = policy.holds_a_role(&pen.actor().email, &policy.approvals.critical.roles);
    if !own && !is_admin {
        return Ok(denied(&format!(
            "only {} or somebody who may approve what is critical can take it back",
            printable(&entry.actor.email)
        )));
    }
    let object = entry.subject.commit.or(entry.subject.tree);
    let Some(object) = object else { return Err(Failure::new("the entry speaks of nothing that could be noted")) };
    let subject = EntrySubject { reference: entry.subject.reference.clone(), ..entry.subject.clone() };
    let mut act = Act::new(EntryKind::Revoke, object, subject).saying("approval", id.to_string());
    act.change = entry.change;
    act.is_signed = is_signed;
    for key in ["enforcement", "deciding"] {
        if let Some(value) = entry.body.get(key) {
            act = act.saying(key, value.clone());
        }
    }
    if let Some(reason) = reason {
        act = act.saying("reason", reason);
    }
    pen.write(&[act])?;
    let what = if entry.kind == EntryKind::Approve { "approval" } else { "rejection" };
    Ok(Answer::passing(format!("took the {what} {} by {} back\n", id.short(), printable(&entry.actor.email))))
}

/// Asks by hand, whether something is held or not.
pub fn request(target: &Target, said: &Said, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let judged = find(&repo, target, environment)?;
    let id = request_id(judged.landing.change);
    let decision = judged.supposing(Vec::new());
    match decision.outcome {
        Outcome::Blocked => {
            return Ok(denied("it is blocked by what was found in it, and no approval changes that: gov-hook check"));
        }
        Outcome::AutoApproved | Outcome::Notified if judged.needs.is_empty() => {
            return Ok(Answer::passing(format!("{} needs no approval: {}\n", id, decision.outcome)));
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
    let expires = act.body.get("expires").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let mut acts = Vec::new();
    if ask::asked(&judged).is_some() {
        acts.extend(ask::by_hook(&repo, &judged)?);
    }
    acts.push(act);
    Pen::open(&repo, environment, judged.audit, judged.agent.as_deref())?.write(&acts)?;
    let mut text = format!("asked for {id}: it needs {}, until {expires}\n", needs(&judged.needs));
    let _ = writeln!(text, "somebody who may approve it goes on with: gov-hook approve {id}");
    Ok(Answer::passing(text))
}

fn pen<'a>(repo: &'a Repo, judged: &Judged, environment: &Environment) -> Result<Pen<'a>, Failure> {
    Pen::open(repo, environment, judged.audit, environment.agent.as_deref())
}

/// Why a person's word settles nothing about a change, whatever they say of it.
pub(super) fn against_everybody(judged: &Judged, by: &str) -> Option<String> {
    let supposed = judged.supposing(vec![Word::supposed(by, Saying::Approve, judged.landing.now)]);
    let mine = supposed.not_counted.iter().find(|refused| refused.by.eq_ignore_ascii_case(by));
    let is_there = |word: &str| mine.is_some_and(|refused| refused.why.contains(word));
    let is_about_them = ["agent", "wrote", "holds no"].into_iter().any(is_there);
    mine.filter(|_| is_about_them).map(|refused| refused.why.clone())
}

/// Signs where the policy or the level asks for it, and where the key at hand is listed anyway.
pub(super) fn signing<'a>(
    repo: &'a Repo,
    pen: Pen<'a>,
    judged: &Judged,
    environment: &Environment,
) -> Result<Pen<'a>, Failure> {
    let now = environment.moment()?;
    let is_demanded = judged.judgement.level == Enforcement::Production || judged.needs.iter().any(|need| need.signed);
    let by = pen.actor().email.clone();
    let listed = signers(repo, judged.trusted)?.signers;
    if !is_demanded {
        let Some(listed) = listed.filter(|_| repo.config_string("gpg.format").as_deref() == Some("ssh")) else {
            return Ok(pen);
        };
        // A key that is no good is no hindrance where none is asked for.
        let signing = Pen::open(repo, environment, judged.audit, None)?.signing();
        let is_listed =
            |pen: &Pen<'_>| pen.public_key().is_some_and(|key| listed.allow(key, &by, NAMESPACE, now).is_ok());
        return Ok(signing.ok().filter(is_listed).unwrap_or(pen));
    }
    let Some(listed) = listed else {
        return Err(Failure::new("a signed approval is asked for, and nobody says whose keys count")
            .mended_by("list the keys of those who approve in .gov/allowed_signers on the branch it lands on"));
    };
    let pen = pen.signing()?;
    let Some(key) = pen.public_key() else { return Ok(pen) };
    listed.allow(key, &by, NAMESPACE, now).map_err(|refusal| {
        Failure::new(format!("you may not sign this: {refusal}"))
            .mended_by(format!("let {by} sign for `{NAMESPACE}` in .gov/allowed_signers, or ask somebody who may"))
    })?;
    Ok(pen)
}

/// Where the change leaves what is settled already: what it stands on may itself be on its way there.
fn settled_base(repo: &Repo, judged: &Judged) -> Result<Option<ObjectId>, Failure> {
    let (Some(base), Some(branch)) = (judged.landing.base, judged.branch.as_deref()) else {
        return Ok(judged.landing.base);
    };
    let Some(tip) = repo.remote_tip(branch)? else { return Ok(Some(base)) };
    Ok(repo.merge_base(tip, base)?.or(Some(base)))
}

/// Why a word of this person would be worth nothing.
fn against(judged: &Judged, supposed: &Decision, saying: &Saying, by: &str) -> Option<String> {
    let is_mine = |other: &str| other.eq_ignore_ascii_case(by);
    let refused =
        || supposed.not_counted.iter().rev().find(|refused| is_mine(&refused.by)).map(|refused| refused.why.clone());
    if *saying == Saying::Reject {
        let counts =
            supposed.reasons.iter().any(|reason| reason.what.eq_ignore_ascii_case(&format!("rejected by {by}")));
        return if counts { None } else { refused() };
    }
    let counts = supposed.needed.iter().any(|need| need.counted.iter().any(|counted| is_mine(counted)));
    let repeats = own_words(judged, by).iter().any(|word| word.saying == Saying::Approve);
    if counts && !(repeats && refused().is_some_and(|why| why.contains("already"))) { None } else { refused() }
}

const fn past(saying: &Saying) -> &'static str {
    if matches!(saying, Saying::Reject) { "rejected" } else { "approved" }
}

pub(super) fn denied(why: &str) -> Answer {
    Answer { text: format!("denied: {why}\n").into_bytes(), code: 1 }
}

/// `1 of 2 from tech_lead or admin`.
pub(super) fn needs(needs: &[Need]) -> String {
    let one = |need: &Need| {
        let from = if need.roles.is_empty() { "anyone with a role".to_owned() } else { need.roles.join(" or ") };
        let count = usize::try_from(need.count).unwrap_or(usize::MAX);
        format!("{} from {from}", counted(count, if need.signed { "signed approval" } else { "approval" }))
    };
    needs.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn follows(decision: &Decision) -> String {
    let missing: Vec<Need> = decision.needed.iter().filter(|need| !need.is_met()).cloned().collect();
    match decision.outcome {
        Outcome::Rejected => "it stays rejected until its bytes change, or the rejection is taken back\n".into(),
        Outcome::ApprovalPending => format!("it still needs {}\n", needs(&missing)),
        Outcome::Blocked => "it stays blocked by what was found in it: gov-hook check\n".into(),
        Outcome::AutoApproved | Outcome::Notified | Outcome::Approved | Outcome::Overridden => {
            "it has all the approvals it needs\n".into()
        }
    }
}

/// What is about to be answered: what it is, why it has to be asked for, and what it changes.
fn shown(
    repo: &Repo,
    judged: &Judged,
    all: &[&Judged],
    (saying, diff): (&Saying, bool),
    style: Style,
) -> Result<String, Failure> {
    let landing = &judged.landing;
    let verb = if matches!(saying, Saying::Reject) { "reject" } else { "approve" };
    let authors: Vec<String> = judged.authors.iter().map(|author| printable(&author.email)).collect();
    let branches: String = all.iter().map(|judged| onto(judged)).collect::<Vec<_>>().join(" and");
    let mut text = format!(
        "{verb} {} ({}, by {}){branches}\n",
        request_id(landing.change),
        judged.judgement.target.described,
        authors.join(", ")
    );
    text.push_str(&report::summary(&judged.judgement, style));
    if let (true, Some(tree)) = (diff, landing.tree) {
        text.push('\n');
        for line in String::from_utf8_lossy(&repo.patch(landing.base, tree)?).lines() {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{}", printable_line(line));
        }
    }
    text.push('\n');
    Ok(text)
}
