//! What is wrong around the entries: streams that were replaced or taken away, what stands where none can be,
//! and claims on entries that were read long ago.

use std::collections::{BTreeMap, BTreeSet};

use super::copies;
use super::kept::Pins;
use super::walking::Open;
use crate::app::Failure;
use crate::git::notes::{Asked, Noted, STREAMS, Stream, Walked};
use crate::git::{GitError, Repo};
use crate::ledger::{self, Claim, GENESIS_STREAM, Witness};
use crate::model::{Damage, DamageCode, Sha256};

/// Streams whose commits were replaced, and the claims on the entries that each ended with before.
pub(super) fn replaced(opened: &mut [Open<'_>], is_own: &dyn Fn(&str) -> bool) -> (Vec<Damage>, Vec<Claim>) {
    let claim = |stream: &str, seen| {
        let by = if is_own(stream) { Witness::OwnPin } else { Witness::Pin };
        Claim { stream: stream.to_owned(), seen, by }
    };
    let (mut replaced, mut ended) = (Vec::new(), Vec::new());
    for open in opened {
        let Some(damage) = open.replaced.take() else { continue };
        ended.extend(open.ended.map(|seen| claim(&damage.stream, seen)));
        replaced.push(damage);
    }
    (replaced, ended)
}

/// Commits are a stream's wrapping: other ones around the same entries, as another layout makes them,
/// took nothing away. Where something is wrong with the stream, that they are others comes first.
pub(super) fn tell_replaced(damage: &mut Vec<Damage>, replaced: Vec<Damage>) {
    for replaced in replaced {
        if let Some(at) = damage.iter().position(|damage| damage.stream == replaced.stream) {
            damage.insert(at, replaced);
        }
    }
}

/// Streams of which only a remote's copy is left: nothing of that is lost, but it did not go by itself.
pub(super) fn taken_away(pins: &Pins, here: &[Stream]) -> Vec<Damage> {
    let is_copy = |stream: &&Stream| stream.remote.is_some() && pins.here.contains(&stream.name);
    let damage = |stream: &Stream| Damage {
        code: DamageCode::StreamMissing,
        stream: stream.name.clone(),
        seq: None,
        entry: None,
        expected: format!("{STREAMS}{}, which this clone had", stream.name),
        found: format!("only {}", stream.reference),
    };
    here.iter().filter(is_copy).map(damage).collect()
}

/// What stands where no stream can be, and a genesis that belongs to another repository.
pub(super) fn misplaced(
    repo: &Repo,
    opened: &[Open<'_>],
    (here, is_pinned): (&[Stream], bool),
) -> Result<Vec<Damage>, Failure> {
    let mut damage = Vec::new();
    let mut add = |code, stream: &str, expected: &str, found: String| {
        damage.push(Damage { code, stream: stream.into(), seq: None, entry: None, expected: expected.into(), found });
    };
    if repo.is_above_streams_taken() {
        add(
            DamageCode::StreamName,
            STREAMS.trim_end_matches('/'),
            "streams below it only",
            "a reference of this name".into(),
        );
    }
    for empty in opened.iter().map(|open| &open.chain).filter(|chain| chain.head().is_none()) {
        if empty.damage().is_empty() {
            add(DamageCode::MalformedNote, empty.stream(), "entries", "a stream that has none".into());
        }
    }
    for root in opened.iter().filter_map(|open| open.root).filter(|_| !is_pinned && !repo.is_shallow()) {
        let is_gone = matches!(repo.commit(root), Err(GitError::MissingCommit { promised_by: None, .. }));
        if is_gone && !speaks_of_this(repo, here)? {
            let expected = "a genesis entry made from a root commit of this repository";
            add(DamageCode::ForeignRepository, GENESIS_STREAM, expected, format!("{root}, which is not here"));
        }
    }
    Ok(damage)
}

/// Whether others have put commits on record that are here: the root may have gone with a history that was
/// rewritten since, or be on a branch that this clone does not know. What this clone wrote itself says nothing.
fn speaks_of_this(repo: &Repo, here: &[Stream]) -> Result<bool, Failure> {
    let is_own = copies::own(repo)?;
    for stream in here.iter().filter(|stream| stream.name != GENESIS_STREAM && !is_own(&stream.name)) {
        let Some(tip) = stream.tip else { continue };
        let mut is_known = false;
        repo.walk_stream(&Asked { tip, after: None }, &mut |step| {
            let commits = step.added.iter().filter_map(|noted| ledger::parse(&noted.line).ok()?.subject.commit);
            is_known = is_known || commits.into_iter().any(|commit| repo.commit_here(commit).is_some());
        });
        if is_known {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Judges claims on entries older than what was read now: their streams are looked through again.
pub(super) fn resolved(repo: &Repo, here: &[Stream], unresolved: &[Claim]) -> Result<Vec<Damage>, Failure> {
    let mut wanted: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for claim in unresolved {
        wanted.entry(claim.stream.as_str()).or_default().insert(claim.seen.seq);
    }
    let mut found: BTreeMap<(&str, u64), Sha256> = BTreeMap::new();
    for (name, places) in &wanted {
        let Some(tip) = here.iter().find(|stream| stream.name == *name).and_then(|stream| stream.tip) else { continue };
        let walked = repo.walk_stream(&Asked { tip, after: None }, &mut |step| {
            for Noted { line, .. } in step.added {
                if let Some(seq) = ledger::parse(&line).ok().map(|entry| entry.seq).filter(|seq| places.contains(seq)) {
                    found.entry((name, seq)).or_insert_with(|| ledger::id(&line));
                }
            }
        });
        match walked {
            // That was told when the stream was read.
            Walked::Broken { error, .. } if error.is_made_so() => {}
            Walked::Broken { error, .. } => return Err(error.into()),
            Walked::Whole { .. } | Walked::Rewritten | Walked::Shallow { .. } => {}
        }
    }
    let against = |claim: &Claim| claim.against(found.get(&(claim.stream.as_str(), claim.seen.seq)).copied());
    Ok(unresolved.iter().filter_map(against).collect())
}
