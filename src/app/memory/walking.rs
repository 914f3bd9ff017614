//! One stream while it is read: where it is gone on with, and what its commits added.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use super::kept::KeptStream;
use super::laws::Laws;
use super::told::{Depth, Spoken, Told, is_of_a_signature};
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::{Asked, Noted, Oddity, Step, Stream, Walked};
use crate::ledger::member;
use crate::ledger::{self, Chain, Rules, fits_a_stream};
use crate::model::{Damage, DamageCode, Entry, EntryKind, ObjectId, Seen, shell_word};

/// One stream while it is read.
pub(super) struct Open<'a> {
    pub(super) chain: Chain<'a>,
    /// The commit that was read last when it was found sound, until it is met.
    pub(super) kept: Option<ObjectId>,
    /// The entry that it ended with.
    pub(super) ended: Option<Seen>,
    /// What is wrong where that commit was not met and not all that it had is there.
    pub(super) replaced: Option<Damage>,
    /// Signed entries before those that are read now.
    pub(super) signed: u64,
    /// The root commit that a genesis entry names.
    pub(super) root: Option<ObjectId>,
    pub(super) words: Vec<Spoken>,
    pub(super) failure: Option<Failure>,
}

/// Where a stream is gone on with, or that it is read from its start.
pub(super) fn begin<'a>(
    stream: &Stream,
    kept: Option<KeptStream>,
    depth: Depth,
    rules: &'a Rules,
) -> (Open<'a>, Option<ObjectId>) {
    let commit = kept.as_ref().map(|kept| kept.commit);
    let ended = kept.as_ref().map(|kept| kept.tip.head);
    let fresh = |chain| Open {
        chain,
        kept: commit,
        ended,
        replaced: None,
        signed: 0,
        root: None,
        words: Vec::new(),
        failure: None,
    };
    match kept {
        Some(kept) if depth == Depth::News => {
            let words = kept.words.iter().filter_map(|line| {
                let entry = ledger::parse(line.as_bytes()).ok()?;
                Some(Spoken { id: ledger::id(line.as_bytes()), entry, flaw: None })
            });
            let words = words.collect();
            let open = Open { signed: kept.signed, words, ..fresh(Chain::resume(kept.tip, rules)) };
            (open, commit)
        }
        _ => {
            let mut open = fresh(Chain::new(stream.name.clone(), rules));
            if !fits_a_stream(&stream.name) {
                let expected = "a name of lower-case letters, digits and `-`";
                open.chain.report(DamageCode::StreamName, None, None, expected, stream.reference.clone());
            }
            (open, None)
        }
    }
}

pub(super) fn symbolic(mut open: Open<'_>) -> Open<'_> {
    open.chain.report(DamageCode::MalformedNote, None, None, "a reference of its own", "a symbolic reference");
    open
}

/// Walks the streams. One whose commits were replaced since is read from its start.
pub(super) fn walk<'a>(
    repo: &Repo,
    asked: Vec<(Asked, Open<'a>)>,
    rules: &'a Rules,
    take: &(dyn Fn(&mut Open<'a>, Step) + Sync),
) -> Result<Vec<Open<'a>>, Failure> {
    let spans: Vec<Asked> = asked.iter().map(|(asked, _)| asked.clone()).collect();
    let (mut done, mut again) = (Vec::new(), Vec::new());
    for ((mut open, walked), Asked { tip, after }) in repo.walk_streams(asked, take).into_iter().zip(spans) {
        match walked {
            Walked::Whole { .. } => {
                if let Some(kept) = open.kept.filter(|_| after.is_none()) {
                    replaced(&mut open, kept, tip);
                }
                done.push(open);
            }
            Walked::Rewritten => {
                let kept = open.kept.take();
                let mut open =
                    Open { chain: Chain::new(open.chain.stream(), rules), signed: 0, words: Vec::new(), ..open };
                if let Some(kept) = kept {
                    replaced(&mut open, kept, tip);
                }
                again.push((Asked { tip, after: None }, open));
            }
            Walked::Shallow { commit, .. } => {
                let stream = open.chain.stream();
                return Err(Failure::new(format!(
                    "stream {stream} is cut off at {} in this shallow clone",
                    commit.short()
                ))
                .mended_by(format!("fetch the rest: git fetch --unshallow {}", shell_word(&repo.remote_name()))));
            }
            Walked::Broken { commit, error } if error.is_made_so() => {
                let found = error.to_string();
                open.chain.report(DamageCode::MalformedNote, None, None, format!("a notes commit {commit}"), found);
                done.push(open);
            }
            Walked::Broken { error, .. } => return Err(error.into()),
        }
    }
    if !again.is_empty() {
        done.extend(walk(repo, again, rules, take)?);
    }
    Ok(done)
}

fn replaced(open: &mut Open<'_>, kept: ObjectId, tip: ObjectId) {
    open.replaced = Some(Damage {
        code: DamageCode::HistoryRewritten,
        stream: open.chain.stream().to_owned(),
        seq: None,
        entry: None,
        expected: format!("the commit {}, which this clone has verified, behind its tip", kept.short()),
        found: format!("a tip {} without it", tip.short()),
    });
}

pub(super) fn take_step(open: &mut Open<'_>, step: Step, laws: &Laws, visit: &(dyn Fn(Told) + Sync)) {
    if open.kept == Some(step.commit) {
        open.kept = None;
    }
    let sound_so_far = open.chain.damage().len();
    for Noted { object, line } in in_order(step.added) {
        let before = open.chain.damage().len();
        if let Some((id, entry)) = open.chain.feed_under(&line, &mut |entry| laws.of_entry(entry)) {
            if ledger::is_genesis(&entry) {
                open.root = entry.subject.commit;
            }
            let damage = open.chain.damage().get(before..).unwrap_or_default().to_vec();
            if is_said_of_a_change(&entry) {
                let flaw = damage.iter().find(|damage| !is_of_a_signature(damage.code)).map(|damage| {
                    format!("is not to be believed: {} expected, {} found", damage.expected, damage.found)
                });
                open.words.push(Spoken { id, entry: entry.clone(), flaw });
            }
            visit(Told { id, entry, object, damage });
        }
    }
    let is_sound = open.chain.damage().len() == sound_so_far && step.oddities.is_empty();
    if let Some(named) = step.head.filter(|&named| is_sound && open.chain.head() != Some(named)) {
        let expected = format!("the notes commit {} to name the entry that it ends with", step.commit.short());
        let found = format!("the name of entry {}, {}", named.seq, named.id);
        open.chain.report(DamageCode::MalformedNote, None, None, expected, found);
    }
    for oddity in step.oddities {
        tell(open, step.commit, oddity);
    }
}

fn is_said_of_a_change(entry: &Entry) -> bool {
    // A commit that no decision let by waits for somebody to answer for it.
    let is_unjudged = entry.kind == EntryKind::Commit && !member::DECISION.is_in(entry);
    is_unjudged
        || matches!(
            entry.kind,
            EntryKind::Request
                | EntryKind::Approve
                | EntryKind::Reject
                | EntryKind::Revoke
                | EntryKind::Override
                | EntryKind::Ratify
                | EntryKind::Land
        )
}

/// Lines that came with one commit, by their numbers; those of one note stay in their order.
fn in_order(added: Vec<Noted>) -> Vec<Noted> {
    if added.windows(2).all(|pair| matches!(pair, [one, next] if one.object == next.object)) {
        return added;
    }
    let mut notes: BTreeMap<ObjectId, VecDeque<(u64, Noted)>> = BTreeMap::new();
    for noted in added {
        let lines = notes.entry(noted.object).or_default();
        let after = lines.back().map_or(0, |(seq, _)| seq.saturating_add(1));
        lines.push_back((ledger::number(&noted.line).unwrap_or(after), noted));
    }
    let next = |lines: &VecDeque<(u64, Noted)>| lines.front().map(|(seq, _)| *seq);
    let mut heap: BinaryHeap<Reverse<(u64, ObjectId)>> =
        notes.iter().filter_map(|(object, lines)| Some(Reverse((next(lines)?, *object)))).collect();
    let mut ordered = Vec::new();
    while let Some(Reverse((_, object))) = heap.pop() {
        let Some(lines) = notes.get_mut(&object) else { continue };
        ordered.extend(lines.pop_front().map(|(_, noted)| noted));
        heap.extend(next(lines).map(|seq| Reverse((seq, object))));
    }
    ordered
}

fn tell(open: &mut Open<'_>, commit: ObjectId, oddity: Oddity) {
    let by = commit.short();
    let chain = &mut open.chain;
    match oddity {
        Oddity::Removed(Noted { object, line }) => {
            let seq = ledger::parse(&line).ok().map(|entry| entry.seq);
            let expected = format!("the entry to stay in the note of {}", object.short());
            let found = format!("taken away by the notes commit {by}");
            chain.report(DamageCode::HistoryRewritten, seq, Some(ledger::id(&line)), expected, found);
        }
        Oddity::Merge { others } => {
            let found = format!("{by}, which merges {} more", others.len());
            chain.report(DamageCode::HistoryRewritten, None, None, "notes commits with one parent", found);
        }
        Oddity::Stray { path } => {
            chain.report(DamageCode::MalformedNote, None, None, "notes only", format!("`{path}`, put there by {by}"));
        }
        Oddity::Reordered { object } => {
            let expected = format!("the lines in the note of {} to stay in their places", object.short());
            chain.report(DamageCode::OutOfOrder, None, None, expected, format!("another order, made by {by}"));
        }
        Oddity::Unended { object } => {
            let found = format!("the note of {} as {by} has it", object.short());
            chain.report(DamageCode::MalformedNote, None, None, "a note that ends with a line break", found);
        }
        Oddity::UnreadableNote { error, .. } | Oddity::UnreadableTree { error } if !error.is_made_so() => {
            open.failure.get_or_insert(error.into());
        }
        Oddity::UnreadableNote { object, error } => {
            let expected = format!("a note of {}", object.short());
            chain.report(DamageCode::MalformedNote, None, None, expected, error.to_string());
        }
        Oddity::UnreadableTree { error } => {
            let expected = format!("notes in the commit {by}");
            chain.report(DamageCode::MalformedNote, None, None, expected, error.to_string());
        }
    }
}
