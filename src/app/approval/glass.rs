//! Break-glass: a hook that is told to stand aside leaves a record, and `ratify` answers for it later.

use super::ask::bound;
use super::matter::is_named;
use super::seal::{sealed, signing};
use super::told::{News, Told, put_all, would_not_count};
use super::worth::against_everybody;
use crate::app::judging::{self, Asked, Judged};
use crate::app::memory::{Act, Hearing, Pen, Spoken};
use crate::app::record::Moved;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{EntryKind, EntrySubject, Gate, ObjectId, Outcome, OverrideAction, Saying, Seal, Word, counted};
use crate::report::{Medium, printable};

/// What a hook puts on record about a reference that it lets by unjudged; `judged` says what it would
/// have said, where that could be found out.
pub(in crate::app) fn broken(
    repo: &Repo,
    Moved { new, old, reference }: Moved,
    judged: Option<&Judged>,
) -> Result<Act, Failure> {
    let subject = EntrySubject { commit: Some(new), tree: None, base: old, reference: Some(reference) };
    let act = match judged.map(|judged| bound(repo, EntryKind::Override, judged)).transpose()?.flatten() {
        Some(act) => act,
        None => Act::new(EntryKind::Override, new, subject),
    };
    let level = judged.map(|judged| judged.judgement.level);
    let act = act.saying(member::OVERRIDE_ACTION, OverrideAction::BreakGlass).saying(member::GATE, Gate::Push);
    Ok(act.saying_any(member::ENFORCEMENT, level))
}

/// Answers for commits that were let by unjudged, or overridden.
pub fn ratify(named: &str, notes: Option<&str>, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let mut told = Told::new("ratify");
    let repo = Repo::open(&environment.place)?;
    if environment.agent.is_some() {
        return Ok(told.denied("an agent cannot answer for what was let through").answer(medium));
    }
    let hearing = Hearing::open(&repo, None, None)?;
    let (commits, by_whom) = meant(&repo, named, &hearing.spoken)?;
    let (mut acts, mut all, mut pens, mut is_said) = (Vec::new(), Vec::new(), Vec::new(), false);
    for commit in &commits {
        let asked = Asked::revision(commit.to_string());
        let question = judging::Question::of(asked, Gate::Push);
        let judged = judging::judge(&repo, &question, environment)?;
        let pen = Pen::open(&repo, environment, judged.audit, None)?;
        let by = pen.actor().email.clone();
        if by_whom.iter().any(|culprit| culprit.eq_ignore_ascii_case(&by)) {
            return Ok(told.denied("nobody can ratify what they let through themselves").answer(medium));
        }
        if let Some(why) = against_everybody(&judged, &by) {
            return Ok(told.denied(&would_not_count("ratification", &by, &why)).answer(medium));
        }
        let people = hearing.people_of_let_by(&repo, *commit);
        let people: Vec<String> = people.into_iter().map(|person| person.email).collect();
        let of_own_work = people.iter().any(|person| person.eq_ignore_ascii_case(&by));
        let word = Word::supposed(&by, Saying::Ratify { commit: *commit }, judged.landing.now);
        let word = Word { of_own_work, ..word };
        if let Some(why) = judged.against_ratifying(&word) {
            return Ok(told.denied(&would_not_count("ratification", &by, &why)).answer(medium));
        }
        if has_said(&repo, &judged, &word, &hearing)? {
            is_said = true;
            continue;
        }
        let authors = people.into_iter().filter(|_| !judged.policy.approvals.author_may_approve);
        let others: Vec<String> = by_whom.iter().cloned().chain(authors).collect();
        let pen = signing(&repo, pen, &judged, environment)?;
        if let Some(why) = against_key(&sealed(&repo, &judged, &pen, (&word.saying, &others))?, &others) {
            return Ok(told.denied(&would_not_count("ratification", &by, &why)).answer(medium));
        }
        let Some(act) = bound(&repo, EntryKind::Ratify, &judged)? else { continue };
        let mut act = act.saying(member::ENFORCEMENT, judged.judgement.level).saying_any(member::NOTES, notes);
        act.is_signed = pen.public_key().is_some();
        acts.push(act);
        all.push(judged);
        pens.push(pen);
    }
    let Some(pen) = pens.pop() else {
        if is_said {
            return Ok(told.saying("you have ratified it already\n").answer(medium));
        }
        return Err(Failure::new("there is nothing to answer for"));
    };
    told.deeds = put_all(&pen, acts)?;
    for (judged, deed) in all.iter().zip(&told.deeds) {
        let described = judged.judgement.target.described.clone();
        let news = News { outcome: Outcome::Approved, why: notes.map(str::to_owned), described };
        news.of(&repo, environment, judged, deed);
    }
    told.text = format!("ratified {} as {}\n", counted(told.deeds.len(), "commit"), printable(&pen.actor().email));
    told.ask_to_sync(&repo);
    Ok(told.answer(medium))
}

/// Whether a word of theirs that counts says so already.
fn has_said(repo: &Repo, judged: &Judged, word: &Word, hearing: &Hearing) -> Result<bool, Failure> {
    let said = hearing.under(repo, judged.trusted)?.words(repo, &judged.landing, None, &judged.authors);
    let is_it = |said: &Word| said.saying == word.saying && said.by.eq_ignore_ascii_case(&word.by);
    Ok(said.iter().any(|said| is_it(said) && judged.against_ratifying(said).is_none()))
}

/// Why the key that it would be signed with is no other person's.
fn against_key(seal: &Seal, others: &[String]) -> Option<String> {
    if let Seal::Bad(why) = seal {
        return Some(why.clone());
    }
    let person = others.iter().find(|person| seal.is_of(person))?;
    Some(format!("signs with a key of {}, who made it or let it through", printable(person)))
}

/// The commits that an entry or a revision names, and whoever let them by.
fn meant(repo: &Repo, named: &str, spoken: &[Spoken]) -> Result<(Vec<ObjectId>, Vec<String>), Failure> {
    let is_glass = |spoken: &&Spoken| spoken.entry.override_action().is_some_and(OverrideAction::lets_by);
    let glass: Vec<&Spoken> = spoken.iter().filter(is_glass).collect();
    let by_entry = glass.iter().find(|spoken| is_named(&spoken.id.to_string(), named));
    let by_entry = by_entry.and_then(|spoken| spoken.entry.subject.commit);
    let is_here = match by_entry {
        Some(commit) => repo.commit_here(commit).is_some(),
        None => named.contains("..") || repo.resolve(named)?.is_some(),
    };
    if !is_here {
        return Err(Failure::new(format!("the commits of `{}` are not in this clone", printable(named)))
            .mended_by("git fetch; if no branch has it, ask its author to push it to an unguarded branch of its own"));
    }
    let commits = match by_entry {
        Some(commit) => vec![commit],
        None => repo.commits_named(named)?.into_iter().map(|commit| commit.id).collect(),
    };
    let whose = glass.iter().filter(|spoken| spoken.entry.subject.commit.is_some_and(|id| commits.contains(&id)));
    Ok((commits.clone(), whose.map(|spoken| spoken.entry.actor.email.clone()).collect()))
}
