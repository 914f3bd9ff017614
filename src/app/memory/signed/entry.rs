//! A `sign` entry: one artifact in its body, or a list of many.

use serde_json::{Map, Value};

use crate::app::memory::Act;
use crate::header::Record;
use crate::ledger::member::{self, SignAction};
use crate::model::{Entry, EntryKind, EntrySubject, ObjectId, Sha256};

/// Up to this many artifacts each get an entry in the note of their blob; of more, one entry lists many.
/// What has no header always has an entry of its own: by that alone is it known to be signed.
const EACH: usize = 64;

/// A line of the ledger has room for this many bytes of them.
const ROOM: usize = 600 << 10;

/// One artifact, as it is put on record.
#[derive(Clone, Debug)]
pub(in crate::app) struct Artifact {
    pub(in crate::app) path: String,
    pub(in crate::app) hash: Sha256,
    /// Of its header; none where the ledger alone signs it.
    pub(in crate::app) block: Option<Sha256>,
    pub(in crate::app) blob: ObjectId,
}

impl Artifact {
    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        member::PATH.put(&mut members, &self.path);
        member::ARTIFACT_HASH.put(&mut members, &self.hash);
        member::BLOB.put(&mut members, &self.blob);
        if let Some(block) = &self.block {
            member::BLOCK.put(&mut members, block);
        }
        members
    }
}

/// The entries for some artifacts; `saying` adds what they have in common.
pub(in crate::app) fn acts(artifacts: &[Artifact], saying: &dyn Fn(Act) -> Act, subject: &EntrySubject) -> Vec<Act> {
    let act = |first: &Artifact| saying(Act::new(EntryKind::Sign, first.blob, subject.clone()));
    let (alone, marked): (Vec<&Artifact>, Vec<&Artifact>) =
        artifacts.iter().partition(|artifact| artifact.block.is_none() || artifacts.len() <= EACH);
    let of_one = |artifact: &Artifact| {
        let mut act = act(artifact);
        act.body.extend(artifact.members());
        act
    };
    let mut acts: Vec<Act> = alone.into_iter().map(of_one).collect();
    let mut rest = marked.as_slice();
    while let Some(first) = rest.first() {
        let mut room = ROOM;
        let fits = |artifact: &&&Artifact| {
            let size = 300 + 2 * artifact.path.len();
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (some, others) = rest.split_at(count);
        let files: Vec<Map<String, Value>> = some.iter().map(|artifact| artifact.members()).collect();
        acts.push(act(first).saying(member::ARTIFACTS, files));
        rest = others;
    }
    acts
}

/// What an entry says of artifacts; what it says of none is left out, and so is what it says in the name
/// of somebody who did not write it.
pub(super) fn records(id: Sha256, entry: &Entry) -> Vec<Record> {
    let is_unsigned = member::SIGN_ACTION.of(entry) == Some(SignAction::Unsign);
    let writer = format!("{} <{}>", entry.actor.name, entry.actor.email);
    let record = |members: &Map<String, Value>| {
        let has_header = members.contains_key(member::BLOCK.name());
        let block = if has_header { Some(member::BLOCK.among(members)?) } else { None };
        Some(Record {
            path: member::PATH.among(members)?,
            artifact: member::ARTIFACT_HASH.among(members)?,
            block,
            blob: member::BLOB.among(members)?,
            environment: member::ENVIRONMENT.of(entry)?,
            signed_by: member::SIGNED_BY.of(entry).filter(|by| *by == writer)?,
            // Nothing is signed later than it is put on record: else nobody could take it back.
            signed_at: member::SIGNED_AT.of(entry)?.min(entry.time),
            is_unsigned,
            branch: entry.subject.branch().map(str::to_owned),
            base: entry.subject.base,
            stream: entry.stream.clone(),
            seq: entry.seq,
            entry: id,
        })
    };
    match entry.body.get(member::ARTIFACTS.name()).and_then(Value::as_array) {
        Some(files) => files.iter().filter_map(Value::as_object).filter_map(record).collect(),
        None => record(&entry.body).into_iter().collect(),
    }
}
