//! What was on record in a stream that is given up, put on record again in one that is not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::app::Failure;
use crate::app::memory::{Act, Pen};
use crate::git::Repo;
use crate::git::notes::{Asked, Walked};
use crate::ledger;
use crate::ledger::member;
use crate::model::{Arrange, Entry, EntryKind, Gather, ObjectId, Sha256};

/// What can be said again without its writer's signature.
const LOG: &str = "log@gov-hook";

/// A lost entry and the note it stood in.
pub(in crate::app) struct LostEntry {
    pub(in crate::app) id: Sha256,
    pub(in crate::app) entry: Entry,
    pub(in crate::app) line: String,
    pub(in crate::app) object: ObjectId,
}

/// The entries of a stream up to a tip, after one of its commits, in their order.
pub(in crate::app) fn entries_up_to(
    repo: &Repo,
    tip: ObjectId,
    after: Option<ObjectId>,
) -> Result<Vec<LostEntry>, Failure> {
    let mut lost: BTreeMap<Sha256, LostEntry> = BTreeMap::new();
    let walked = repo.walk_stream(&Asked { tip, after }, &mut |step| {
        for noted in step.added {
            if let Ok(entry) = ledger::parse(&noted.line) {
                let id = ledger::id(&noted.line);
                let line = String::from_utf8_lossy(&noted.line).into_owned();
                lost.insert(id, LostEntry { id, entry, line, object: noted.object });
            }
        }
    });
    if let Walked::Broken { error, .. } = walked {
        return Err(error.into());
    }
    let mut lost: Vec<LostEntry> = lost.into_values().collect();
    lost.arrange_by_key(|lost| (lost.entry.seq, lost.id));
    Ok(lost)
}

/// What became of lost entries.
#[derive(Debug, Default)]
pub(in crate::app) struct Restated {
    pub(in crate::app) again: usize,
    /// Those that only their writer can repeat.
    pub(in crate::app) left: usize,
}

/// Says lost entries again, in their order; what names another of them names it by the id that it has now.
/// `opening` is what is to be on record before them.
pub(in crate::app) fn restate(pen: &Pen<'_>, opening: Option<Act>, lost: &[LostEntry]) -> Result<Restated, Failure> {
    let (mut done, mut renamed) = (Restated::default(), BTreeMap::new());
    let mut batch: Vec<Act> = opening.into_iter().collect();
    let mut ids: Vec<Option<String>> = vec![None; batch.len()];
    for lost in lost.iter().filter(|lost| !is_opening(&lost.entry)) {
        let is_signed = lost.entry.sig.is_some();
        if ledger::namespace(&lost.entry) != LOG || (is_signed && pen.public_key().is_none()) {
            done.left += 1;
            continue;
        }
        let mut act = again(lost);
        act.is_signed = is_signed;
        let waiting: BTreeSet<&str> = ids.iter().flatten().map(String::as_str).gathered();
        if act.body.values().any(|value| names(value, &waiting)) {
            put(pen, &mut batch, &mut ids, &mut renamed)?;
        }
        act.body.values_mut().for_each(|value| rename(value, &renamed));
        batch.push(act.saying(member::RESTATES, lost.id).saying(member::SAID_AT, lost.entry.time));
        ids.push(Some(lost.id.to_string()));
        done.again += 1;
    }
    put(pen, &mut batch, &mut ids, &mut renamed)?;
    Ok(done)
}

fn put(
    pen: &Pen<'_>,
    batch: &mut Vec<Act>,
    old: &mut Vec<Option<String>>,
    renamed: &mut BTreeMap<String, String>,
) -> Result<(), Failure> {
    let new = pen.write(batch)?;
    renamed.extend(old.drain(..).zip(new).filter_map(|(old, new)| Some((old?, new.to_string()))));
    batch.clear();
    Ok(())
}

fn is_opening(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::StreamOpen | EntryKind::Genesis)
}

fn again(lost: &LostEntry) -> Act {
    let entry = lost.entry.clone();
    let mut act = Act::new(entry.kind, lost.object, entry.subject);
    (act.change, act.policy, act.risk, act.outcome) = (entry.change, entry.policy, entry.risk, entry.outcome);
    (act.reasons, act.body, act.actor) = (entry.reasons, entry.body, Some((entry.actor, entry.requested_by)));
    act
}

/// Whether a value has one of these ids in it.
fn names(value: &Value, ids: &BTreeSet<&str>) -> bool {
    match value {
        Value::String(text) => ids.contains(text.as_str()),
        Value::Array(values) => values.iter().any(|value| names(value, ids)),
        Value::Object(members) => members.values().any(|value| names(value, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn rename(value: &mut Value, renamed: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(now) = renamed.get(text) {
                text.clone_from(now);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, renamed)),
        Value::Object(members) => members.values_mut().for_each(|value| rename(value, renamed)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
