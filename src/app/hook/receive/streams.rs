//! The streams of the ledger that a push brings: they only grow, and whatever they grow by has to
//! verify against all that is here.

use std::sync::{Mutex, PoisonError};

use super::super::line::Line;
use super::super::refusal::Refusal;
use crate::app::memory::{Arriving, Depth, Told, read, read_arriving};
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::git::notes::{Asked, Noted, Step, Walked};
use crate::ledger::{self, GENESIS_STREAM};
use crate::model::{ActorKind, Damage, DamageCode, Entry, ObjectId, shell_word};

pub(super) fn refused<'l>(
    repo: &Repo,
    lines: &[(&'l Line, &str)],
    environment: &Environment,
) -> Result<Vec<(&'l Line, Refusal)>, Failure> {
    let mut refused = Vec::new();
    let mut arriving = Vec::new();
    for (line, name) in lines {
        match moves_back(repo, line)?.or_else(|| says_nothing(repo, line)) {
            Some(refusal) => refused.push((*line, refusal)),
            None => arriving.extend(line.new.map(|tip| Arriving { stream: (*name).to_owned(), tip })),
        }
    }
    if arriving.is_empty() || !refused.is_empty() {
        return Ok(refused);
    }
    let foreign = Mutex::new(Vec::new());
    let pusher = environment.pusher.as_deref();
    let flaws = flaws(repo, &arriving, &|told| {
        let is_theirs = pusher.is_none_or(|pusher| told.entry.actor.email.eq_ignore_ascii_case(pusher));
        if !is_theirs && arriving.iter().any(|moved| moved.stream == told.entry.stream) {
            foreign.lock().unwrap_or_else(PoisonError::into_inner).push(told.entry);
        }
    })?;
    let blamed = |stream: &str| lines.iter().find(|(_, name)| *name == stream).or(lines.first()).map(|(line, _)| *line);
    let told = |(first, more): &(Damage, usize)| Some((blamed(&first.stream)?, broken(first, *more)));
    refused.extend(flaws.iter().filter_map(told));
    let foreign = foreign.into_inner().unwrap_or_else(PoisonError::into_inner);
    // An agent pushes nothing: whoever it works for does, and nothing that it says lets anything pass.
    let of_agents = arriving.iter().filter(|moved| foreign.iter().any(|entry| entry.stream == moved.stream));
    let of_agents: Vec<&str> =
        of_agents.filter(|moved| is_of_agents(repo, moved.tip)).map(|moved| moved.stream.as_str()).collect();
    let is_news = |entry: &&Entry| entry.stream != GENESIS_STREAM && !of_agents.contains(&entry.stream.as_str());
    if let (Some(entry), Some(pusher)) = (foreign.iter().find(is_news), pusher) {
        let why = format!(
            "it is the stream of {}, and {pusher} pushes it; everyone may write only to their own",
            entry.actor.email
        );
        refused.extend(blamed(&entry.stream).map(|line| (line, Refusal::denied(why).mended_by("gov-hook audit sync"))));
    }
    Ok(refused)
}

/// What would be wrong with each stream of the ledger once these have moved, and is not wrong now. One
/// reason is enough, with how many there are besides: what comes after it follows from it.
pub(in crate::app::hook) fn flaws(
    repo: &Repo,
    arriving: &[Arriving],
    visit: &(dyn Fn(Told) + Sync),
) -> Result<Vec<(Damage, usize)>, Failure> {
    let mut damage = read_arriving(repo, arriving, visit)?.verdict.damage;
    if !damage.is_empty() {
        let before: Vec<Damage> = read(repo, Depth::News, &|_| ())?.verdict.damage;
        let is_empty = repo.branches_here()?.is_empty();
        damage.retain(|damage| {
            // The ledger comes first, so its root may be yet to come.
            let is_early = is_empty && damage.stream == GENESIS_STREAM && damage.code == DamageCode::ForeignRepository;
            !is_early && !before.contains(damage)
        });
    }
    let mut by_stream: Vec<(Damage, usize)> = Vec::new();
    for damage in damage {
        match by_stream.iter_mut().find(|(first, _)| first.stream == damage.stream) {
            Some((_, more)) => *more += 1,
            None => by_stream.push((damage, 0)),
        }
    }
    Ok(by_stream)
}

/// Why a stream does not go on from where it was.
fn moves_back(repo: &Repo, line: &Line) -> Result<Option<Refusal>, Failure> {
    let mend = "gov-hook audit sync, then gov-hook audit verify";
    let Some(new) = line.new else {
        return Ok(Some(Refusal::denied("a stream of the ledger is never deleted").mended_by(mend)));
    };
    let Some(old) = line.old else { return Ok(None) };
    if repo.commit_at(new)? != Some(new) {
        return Ok(Some(Refusal::denied("a stream is made of commits, and this is not one").mended_by(mend)));
    }
    let meeting: Option<ObjectId> = repo.merge_base(old, new)?;
    Ok(if meeting == Some(old) {
        None
    } else if meeting == Some(new) {
        Some(Refusal::denied("it would cut off entries that are here; a stream only grows").mended_by(mend))
    } else {
        Some(Refusal::denied("its history was rewritten; a stream only grows").mended_by(mend))
    })
}

/// Why a commit on a stream is none of gov-hook's: it adds no entry, so nothing says whose it is, and whose
/// stream it is could not go on from where they are.
fn says_nothing(repo: &Repo, line: &Line) -> Option<Refusal> {
    let mut adds = false;
    let walked =
        repo.walk_stream(&Asked { tip: line.new?, after: line.old }, &mut |Step { added, oddities, .. }| {
            adds |= !added.is_empty() || !oddities.is_empty();
        });
    let refused = || Refusal::denied("it adds no entry; a stream only grows").mended_by("gov-hook audit sync");
    // What cannot be read is told by what reads it next.
    (matches!(walked, Walked::Whole { .. }) && !adds).then(refused)
}

/// Whether no person ever wrote into a stream.
fn is_of_agents(repo: &Repo, tip: ObjectId) -> bool {
    let by_agent =
        |Noted { line, .. }: &Noted| ledger::parse(line).is_ok_and(|entry| entry.actor.kind == ActorKind::Agent);
    let mut all = true;
    repo.walk_stream(&Asked { tip, after: None }, &mut |step| all &= step.added.iter().all(by_agent));
    all
}

pub(in crate::app::hook) fn broken(damage: &Damage, more: usize) -> Refusal {
    let at = damage.seq.map(|seq| format!(" entry {seq} of")).unwrap_or_default();
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    let Damage { code, stream, expected, found, .. } = damage;
    let why = format!("{code}:{at} {stream}: expected {expected}; found: {found}{more}", code = code.as_str());
    let is_elsewhere = matches!(code, DamageCode::Truncated | DamageCode::StreamMissing);
    let mend = if is_elsewhere {
        format!("send that stream first: git push REMOTE {}", shell_word(&format!("refs/notes/gov/{stream}")))
    } else {
        "gov-hook audit verify".to_owned()
    };
    Refusal::denied(why).mended_by(mend)
}
