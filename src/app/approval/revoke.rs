//! `revoke`: an approval, a rejection or an override is taken back.

use super::matter::{Target, find, is_named};
use super::seal::sealed;
use super::told::{News, Told, missing, put_or_fail, would_not_count};
use super::worth::own_words;
use crate::app::judging::Judged;
use crate::app::memory::{Act, Hearing, Pen, trusted_side};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::model::{Entry, EntryKind, Outcome, Saying, Sha256, Word};
use crate::policy::Policy;
use crate::report::{Medium, printable};

pub fn revoke(
    target: &Target,
    reason: Option<&str>,
    environment: &Environment,
    medium: Medium,
) -> Result<Answer, Failure> {
    let mut told = Told::new("revoke");
    let repo = Repo::open(&environment.place)?;
    if environment.agent.is_some() {
        return Ok(told.denied("an agent cannot take back what a person said").answer(medium));
    }
    let (id, entry) = meant(&repo, target, environment)?;
    let (policy, _) = law::policy_at(&repo, trusted_side(&repo)?)?;
    let mut pen = Pen::open(&repo, environment, policy.audit, None)?;
    let is_signed = entry.sig.is_some();
    if is_signed && pen.public_key().is_none() {
        pen = pen.signing()?;
    }
    if let Some(why) = against_by_office(&entry, &pen.actor().email, &policy) {
        return Ok(told.denied(&why).answer(medium));
    }
    // What is not here any more cannot be weighed.
    let judged = find(&repo, &Target::of(&entry), environment).ok();
    let word = judged.as_ref().map(|judged| taking_back(&repo, judged, &pen, id)).transpose()?;
    let against = match judged.as_ref().zip(word.as_ref()) {
        Some((judged, word)) => judged.against_taking_back(word, id),
        None => against_by_part(&repo, &entry, &pen.actor().email, &policy)?.map(str::to_owned),
    };
    if let Some(why) = against {
        return Ok(told.denied(&would_not_count("revocation", &pen.actor().email, &why)).answer(medium));
    }
    let act = entry_of(id, &entry, reason, is_signed)?;
    let mut deed = put_or_fail(&pen, act)?;
    told.text = format!("took the {} {} by {} back\n", called(&entry), id.short(), printable(&entry.actor.email));
    deed.follows = judged.as_ref().map(|judged| {
        let decision = judged.supposing(Vec::from_iter(word));
        (decision.outcome, missing(&decision))
    });
    let news = News {
        outcome: deed.follows.as_ref().map_or(Outcome::ApprovalPending, |(outcome, _)| *outcome),
        why: Some(reason.map_or_else(|| told.text.trim().to_owned(), str::to_owned)),
        described: judged.map(|judged| judged.judgement.target.described).unwrap_or_default(),
    };
    let risk = entry.risk.as_ref().map(|risk| (risk.level, risk.score));
    news.tell(&repo, environment, &policy.notices, &deed, risk);
    told.deeds.push(deed);
    told.ask_to_sync(&repo);
    Ok(told.answer(medium))
}

/// Why somebody may not take this back, whatever became of the change: it is not theirs.
fn against_by_office(entry: &Entry, by: &str, policy: &Policy) -> Option<String> {
    let may = is_own(entry, by) || policy.holds_a_role(by, &policy.approvals.critical.roles);
    let whose = printable(&entry.actor.email);
    (!may).then(|| format!("only {whose} or somebody who may approve what is critical can take it back"))
}

fn is_own(entry: &Entry, by: &str) -> bool {
    entry.actor.email.eq_ignore_ascii_case(by)
}

/// The word that would be said, as it would be weighed.
fn taking_back(repo: &Repo, judged: &Judged, pen: &Pen<'_>, id: Sha256) -> Result<Word, Failure> {
    let word = Word::supposed(&pen.actor().email, Saying::Revoke { word: id }, judged.landing.now);
    Ok(Word { seal: sealed(repo, judged, pen, (&word.saying, &[]))?, ..word })
}

/// What is taken back, as people call it.
fn called(entry: &Entry) -> &'static str {
    match entry.text("action") {
        Some("grant") => "grant of an override",
        Some(_) => "override",
        None if entry.kind == EntryKind::Approve => "approval",
        None => "rejection",
    }
}

/// The entry that is named, or else what this person said of what is named.
fn meant(repo: &Repo, target: &Target, environment: &Environment) -> Result<(Sha256, Entry), Failure> {
    let spoken = Hearing::open(repo, None, None)?.spoken;
    let lets_by = |action: &str| action == "request" || action == "grant";
    let is_answer = |entry: &Entry| {
        let is_override = entry.kind == EntryKind::Override && entry.text("action").is_some_and(lets_by);
        is_override || matches!(entry.kind, EntryKind::Approve | EntryKind::Reject)
    };
    let is_meant = |id: Sha256| target.named.as_deref().is_some_and(|named| is_named(&id.to_string(), named));
    let by_entry = spoken.iter().find(|spoken| is_answer(&spoken.entry) && is_meant(spoken.id));
    let own = if by_entry.is_some() {
        None
    } else {
        let judged = find(repo, target, environment)?;
        let pen = Pen::open(repo, environment, judged.audit, None)?;
        let by = &pen.actor().email;
        let is_own = |word: &&Word| {
            let is_override = matches!(word.saying, Saying::AskOverride | Saying::GrantOverride { .. });
            is_override && word.by.eq_ignore_ascii_case(by)
        };
        let answer = own_words(&judged, by).last().map(|word| word.id);
        answer.or_else(|| judged.words.iter().rfind(is_own).map(|word| word.id))
    };
    let found = by_entry.or_else(|| spoken.iter().find(|spoken| Some(spoken.id) == own));
    found.map(|found| (found.id, found.entry.clone())).ok_or_else(|| {
        Failure::new("you have neither approved nor rejected it")
            .mended_by("name the entry that you mean: gov-hook status ID lists them, then gov-hook revoke ENTRY")
    })
}

/// Why somebody may not take back another's word on a change that is not here any more: what part they had
/// in it, as those who asked for it told.
fn against_by_part(repo: &Repo, said: &Entry, by: &str, policy: &Policy) -> Result<Option<&'static str>, Failure> {
    if is_own(said, by) || policy.approvals.author_may_approve {
        return Ok(None);
    }
    let spoken = Hearing::open(repo, None, None)?.spoken;
    let is_it = |entry: &&Entry| entry.kind == EntryKind::Request && entry.change == said.change;
    let requests: Vec<&Entry> = spoken.iter().map(|spoken| &spoken.entry).filter(is_it).collect();
    let names = |key: &str| {
        let mut named = requests.iter().flat_map(|entry| entry.strings(key));
        said.kind == EntryKind::Reject && named.any(|email| email.eq_ignore_ascii_case(by))
    };
    Ok(if names("authors") {
        Some("wrote or committed a part of the change")
    } else {
        names("requested_by").then_some("asked an agent for a part of the change")
    })
}

fn entry_of(id: Sha256, entry: &Entry, reason: Option<&str>, is_signed: bool) -> Result<Act, Failure> {
    let Some(object) = entry.subject.commit.or(entry.subject.tree) else {
        return Err(Failure::new("the entry names no object to attach a note to"));
    };
    let mut act = Act::new(EntryKind::Revoke, object, entry.subject.clone()).saying("approval", id.to_string());
    act.change = entry.change;
    act.is_signed = is_signed;
    for key in ["enforcement", "deciding", "law"] {
        if let Some(value) = entry.body.get(key) {
            act = act.saying(key, value.clone());
        }
    }
    if let Some(reason) = reason {
        act = act.saying("reason", reason);
    }
    Ok(act)
}
