//! The genesis entry, whose id names the repository in every other entry.
//!
//! It follows from the root commit alone, so two clones that start offline write the same bytes, and
//! the ref `refs/notes/gov/genesis` is the same commit in both (its author and dates are the entry's).
//! The root is the one that first parents lead to from the default branch; two clones need not see the
//! same, so the genesis that a remote has comes before it. Only where the root is not there, as in a
//! shallow clone, is a nonce drawn instead, for as long as nothing is sent. Once the ref exists it is used
//! as it is, whatever becomes of the root commit.

use std::collections::BTreeMap;

use serde_json::Map;

use crate::model::{Actor, ActorKind, Entry, EntryKind, EntrySubject, Moment, ObjectId};

/// The stream that holds the genesis entry and nothing else.
pub const GENESIS_STREAM: &str = "genesis";

/// What a ledger starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A root commit, and when it was committed (the epoch, if before it).
    Commit { id: ObjectId, time: Moment },
    /// It is not known: 32 hexadecimal digits drawn at random, and now.
    Unborn { nonce: String, time: Moment },
}

#[must_use]
pub fn genesis(root: &Root) -> Entry {
    let (commit, nonce, time) = match root {
        Root::Commit { id, time } => (Some(*id), None, *time),
        Root::Unborn { nonce, time } => (None, Some(nonce.clone()), *time),
    };
    Entry {
        kind: EntryKind::Genesis,
        stream: GENESIS_STREAM.into(),
        seq: 0,
        prev: None,
        time,
        repo: None,
        actor: Actor { name: "gov-hook".into(), email: String::new(), kind: ActorKind::Witness, id: None, model: None },
        requested_by: None,
        subject: EntrySubject { commit, ..EntrySubject::default() },
        change: None,
        policy: None,
        risk: None,
        outcome: None,
        reasons: Vec::new(),
        body: Map::new(),
        // Not the version that happens to write it: every version writes the same.
        engine: "genesis".into(),
        seen: BTreeMap::new(),
        nonce,
        sig: None,
    }
}

/// Whether the entry is one that [`genesis`] makes.
#[must_use]
pub fn is_genesis(entry: &Entry) -> bool {
    let root = match (entry.subject.commit, &entry.nonce) {
        (Some(id), None) => Root::Commit { id, time: entry.time },
        (None, Some(nonce)) if nonce.len() == 32 => Root::Unborn { nonce: nonce.clone(), time: entry.time },
        _ => return false,
    };
    *entry == genesis(&root)
}

#[cfg(test)]
mod tests {
    use super::super::samples::moment;
    use super::super::{parse, write};
    use super::*;

    #[test]
    fn two_clones_write_the_same_genesis() {
        let root = Root::Commit { id: ObjectId::new([1; 20]), time: moment(0) };

        let line = write(&genesis(&root)).unwrap();

        assert_eq!(
            line,
            concat!(
                r#"{"actor":{"email":"","kind":"witness","name":"gov-hook"},"engine":"genesis","kind":"genesis","#,
                r#""seq":0,"stream":"genesis","subject":{"commit":"0101010101010101010101010101010101010101"},"#,
                r#""time":"2026-11-21T05:45:56Z","v":1}"#
            )
        );
        assert!(is_genesis(&parse(line.as_bytes()).unwrap()));
    }

    #[test]
    fn only_what_a_root_makes_is_a_genesis() {
        let good = genesis(&Root::Unborn { nonce: "0".repeat(32), time: moment(0) });
        assert!(is_genesis(&good));

        let changes: [fn(&mut Entry); 6] = [
            |entry| entry.nonce = None,
            |entry| entry.nonce = Some("0".into()),
            |entry| entry.subject.commit = Some(ObjectId::new([1; 20])),
            |entry| entry.seq = 1,
            |entry| entry.reasons.push("because".into()),
            |entry| entry.actor.name = "Mallory".into(),
        ];
        for change in changes {
            let mut other = good.clone();
            change(&mut other);
            assert!(!is_genesis(&other), "{other:?}");
        }
    }
}
