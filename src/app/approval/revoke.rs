//! `revoke`: an approval, a rejection or an override is taken back.

use super::matter::{Target, find, is_named};
use super::seal::sealed;
use super::told::{Affair, News, Told, missing, put_or_fail, would_not_count};
use super::worth::own_words;
use crate::app::judging::Judged;
use crate::app::memory::{Act, Hearing, Pen, trusted_side};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::ledger::member::{self, Member};
use crate::model::{Entry, EntryKind, Outcome, OverrideAction, Saying, Sha256, Word};
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
    let meant = meant(&repo, target, environment)?;
    let (policy, _) = law::policy_at(&repo, trusted_side(&repo)?)?;
    let mut pen = Pen::open(&repo, environment, policy.audit, None)?;
    if meant.iter().any(|(_, entry)| entry.sig.is_some()) && pen.public_key().is_none() {
        pen = pen.signing()?;
    }
    // Seen to before anything is put on record.
    let mut weighed = Vec::with_capacity(meant.len());
    for (id, entry) in meant {
        match weigh(&repo, &pen, (id, &entry), &policy, environment)? {
            Ok(taken) => weighed.push((id, entry, taken)),
            Err(why) => return Ok(told.denied(&why).answer(medium)),
        }
    }
    for (id, entry, Weighed { judged, word }) in weighed {
        let act = entry_of(id, &entry, reason)?;
        let mut deed = put_or_fail(&pen, act)?;
        let text = format!("took the {} {} by {} back\n", called(&entry), id.short(), printable(&entry.actor.email));
        deed.follows = judged.as_ref().map(|judged| {
            let decision = judged.supposing(Vec::from_iter(word));
            (decision.outcome, missing(&decision))
        });
        let news = News {
            outcome: deed.follows.as_ref().map_or(Outcome::ApprovalPending, |(outcome, _)| *outcome),
            why: Some(reason.map_or_else(|| text.trim().to_owned(), str::to_owned)),
            described: judged.map(|judged| judged.judgement.target.described).unwrap_or_default(),
        };
        told.text.push_str(&text);
        let risk = entry.risk.as_ref().map(|risk| (risk.level, risk.score));
        news.tell(&repo, environment, &Affair { notices: &policy.notices, risk }, &deed);
        told.deeds.push(deed);
    }
    told.ask_to_sync(&repo);
    Ok(told.answer(medium))
}

/// What is taken back, judged anew where it is still here, and the word that takes it back.
struct Weighed {
    judged: Option<Judged>,
    word: Option<Word>,
}

/// Whether this person may take it back, or why not.
fn weigh(
    repo: &Repo,
    pen: &Pen<'_>,
    (id, entry): (Sha256, &Entry),
    policy: &Policy,
    environment: &Environment,
) -> Result<Result<Weighed, String>, Failure> {
    let by = &pen.actor().email;
    if let Some(why) = against_by_office(entry, by, policy) {
        return Ok(Err(why));
    }
    // What is not here any more cannot be weighed.
    let judged = find(repo, &Target::of(entry), environment).ok();
    let word = judged.as_ref().map(|judged| taking_back(repo, judged, pen, id)).transpose()?;
    let against = match judged.as_ref().zip(word.as_ref()) {
        Some((judged, word)) => judged.against_taking_back(word, id),
        None => against_by_part(repo, entry, by, policy)?.map(str::to_owned),
    };
    Ok(against.map_or(Ok(Weighed { judged, word }), |why| Err(would_not_count("revocation", by, &why))))
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
    if entry.override_action() == Some(OverrideAction::Grant) {
        "grant of an override"
    } else if entry.kind == EntryKind::Override {
        "override"
    } else if entry.kind == EntryKind::Approve {
        "approval"
    } else {
        "rejection"
    }
}

/// The entry that is named, or else what this person said of what is named and has not taken back: the newest,
/// and where they said the same of it on its way to other branches, all of that.
fn meant(repo: &Repo, target: &Target, environment: &Environment) -> Result<Vec<(Sha256, Entry)>, Failure> {
    let spoken = Hearing::open(repo, None, None)?.spoken;
    let is_answer = |entry: &Entry| {
        matches!(entry.kind, EntryKind::Approve | EntryKind::Reject)
            || matches!(entry.override_action(), Some(OverrideAction::Request | OverrideAction::Grant))
    };
    let is_meant = |id: Sha256| target.named.as_deref().is_some_and(|named| is_named(&id.to_string(), named));
    if let Some(found) = spoken.iter().find(|spoken| is_answer(&spoken.entry) && is_meant(spoken.id)) {
        return Ok(vec![(found.id, found.entry.clone())]);
    }
    let judged = find(repo, target, environment)?;
    let pen = Pen::open(repo, environment, judged.audit, None)?;
    let by = &pen.actor().email;
    let stands = |word: &&Word| {
        let takes_it_back = |other: &Word| {
            other.saying == Saying::Revoke { word: word.id } && judged.against_taking_back(other, word.id).is_none()
        };
        !judged.words.iter().any(takes_it_back)
    };
    let is_own_override = |word: &&Word| {
        let is_override = matches!(word.saying, Saying::AskOverride | Saying::GrantOverride { .. });
        is_override && word.by.eq_ignore_ascii_case(by)
    };
    let answers: Vec<&Word> = own_words(&judged, by).into_iter().filter(stands).collect();
    let own: Vec<Sha256> = match answers.last() {
        Some(newest) => answers.iter().filter(|word| word.saying == newest.saying).map(|word| word.id).collect(),
        None => judged.words.iter().filter(stands).rfind(is_own_override).map(|word| word.id).into_iter().collect(),
    };
    let found = own.iter().filter_map(|id| spoken.iter().find(|spoken| spoken.id == *id));
    let found: Vec<(Sha256, Entry)> = found.map(|found| (found.id, found.entry.clone())).collect();
    if found.is_empty() {
        return Err(Failure::new("you have neither approved nor rejected it, or have taken that back")
            .mended_by("name the entry that you mean: gov-hook status ID lists them, then gov-hook revoke ENTRY"));
    }
    Ok(found)
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
    let names = |member: Member<Vec<String>>| {
        let mut named = requests.iter().flat_map(|entry| member.texts(entry));
        said.kind == EntryKind::Reject && named.any(|email| email.eq_ignore_ascii_case(by))
    };
    Ok(if names(member::AUTHORS) {
        Some("wrote or committed a part of the change")
    } else {
        names(member::REQUESTED_BY).then_some("asked an agent for a part of the change")
    })
}

fn entry_of(id: Sha256, entry: &Entry, reason: Option<&str>) -> Result<Act, Failure> {
    let Some(object) = entry.subject.commit.or(entry.subject.tree) else {
        return Err(Failure::new("the entry names no object to attach a note to"));
    };
    let mut act = Act::new(EntryKind::Revoke, object, entry.subject.clone())
        .saying(member::REVOKED, id)
        .repeating(member::ENFORCEMENT, entry)
        .repeating(member::DECIDING, entry)
        .repeating(member::LAW, entry)
        .saying_any(member::REASON, reason);
    act.change = entry.change;
    act.is_signed = entry.sig.is_some();
    Ok(act)
}
