//! Entries for this room's tests.

use std::collections::BTreeMap;

use serde_json::Map;

use crate::model::{Actor, ActorKind, ChangeId, Entry, EntryKind, EntrySubject, Moment, Sha256};

pub(super) fn moment(seconds: u64) -> Moment {
    Moment::of_seconds(1_795_239_956 + seconds).unwrap()
}

pub(super) fn ada() -> Actor {
    Actor { name: "Ada".into(), email: "ada@example.com".into(), kind: ActorKind::Person, id: None, model: None }
}

/// A decision with nothing in it that could be left out.
pub(super) fn plain() -> Entry {
    Entry {
        kind: EntryKind::Decision,
        stream: "0123456789ab-89abcdef".into(),
        seq: 1,
        prev: Some(Sha256::of(b"prev")),
        time: moment(0),
        repo: Some(Sha256::of(b"genesis")),
        actor: ada(),
        requested_by: None,
        subject: EntrySubject::default(),
        change: Some(ChangeId::of(&[])),
        policy: None,
        risk: None,
        outcome: None,
        reasons: Vec::new(),
        body: Map::new(),
        engine: "0.1.0".into(),
        seen: BTreeMap::new(),
        nonce: None,
        sig: None,
    }
}
