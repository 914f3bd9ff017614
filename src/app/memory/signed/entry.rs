//! A `sign` entry: one artifact in its body, or a list of many.

use serde_json::{Map, Value, json};

use crate::app::memory::Act;
use crate::header::Record;
use crate::model::{Entry, EntryKind, EntrySubject, Moment, ObjectId, Sha256};

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
        members.insert("path".into(), self.path.as_str().into());
        members.insert("artifact_hash".into(), self.hash.to_string().into());
        members.insert("blob".into(), self.blob.to_string().into());
        members.extend(self.block.map(|block| ("block".to_owned(), json!(block.to_string()))));
        members
    }
}

/// The entries for some artifacts; `said` is what they have in common.
pub(in crate::app) fn acts(artifacts: &[Artifact], said: &Map<String, Value>, subject: &EntrySubject) -> Vec<Act> {
    let act = |first: &Artifact, members: Map<String, Value>| {
        let mut act = Act::new(EntryKind::Sign, first.blob, subject.clone());
        act.body.extend(said.clone());
        act.body.extend(members);
        act
    };
    let (alone, marked): (Vec<&Artifact>, Vec<&Artifact>) =
        artifacts.iter().partition(|artifact| artifact.block.is_none() || artifacts.len() <= EACH);
    let mut acts: Vec<Act> = alone.into_iter().map(|artifact| act(artifact, artifact.members())).collect();
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
        let files: Vec<Value> = some.iter().map(|artifact| artifact.members().into()).collect();
        acts.push(act(first, Map::new()).adding("files", files));
        rest = others;
    }
    acts
}

/// What an entry says of artifacts; what it says of none is left out, and so is what it says in the name
/// of somebody who did not write it.
pub(super) fn records(id: Sha256, entry: &Entry) -> Vec<Record> {
    let text = |from: &Map<String, Value>, key: &str| from.get(key).and_then(Value::as_str).map(str::to_owned);
    let is_unsigned = text(&entry.body, "action").as_deref() == Some("unsign");
    let writer = format!("{} <{}>", entry.actor.name, entry.actor.email);
    let record = |members: &Map<String, Value>| {
        let digest = |key: &str| text(members, key)?.parse::<Sha256>().ok();
        let block = match members.get("block") {
            Some(_) => Some(digest("block")?),
            None => None,
        };
        Some(Record {
            path: text(members, "path")?,
            artifact: digest("artifact_hash")?,
            block,
            blob: text(members, "blob")?.parse().ok()?,
            environment: text(&entry.body, "environment")?,
            signed_by: text(&entry.body, "signed_by").filter(|by| *by == writer)?,
            // Nothing is signed later than it is put on record: else nobody could take it back.
            signed_at: text(&entry.body, "signed_at")?.parse::<Moment>().ok()?.min(entry.time),
            is_unsigned,
            branch: entry.subject.branch().map(str::to_owned),
            base: entry.subject.base,
            stream: entry.stream.clone(),
            seq: entry.seq,
            entry: id,
        })
    };
    match entry.body.get("files").and_then(Value::as_array) {
        Some(files) => files.iter().filter_map(Value::as_object).filter_map(record).collect(),
        None => record(&entry.body).into_iter().collect(),
    }
}
