//! Every attack on the lines of a ledger is found, and called by its name.

use serde_json::json;

use super::super::super::samples::moment;
use super::super::super::sshsig::tests::Pen;
use super::super::super::{GENESIS_STREAM, id, write};
use super::super::*;
use super::{Book, CI, LIN, ada_stream, book, by_key, email, lin_stream, sealed, the_genesis};
use crate::model::DamageCode::{self, *};
use crate::model::EntryKind;

/// An attack, and the damage it leaves: stream, entry, code.
type Attack = (&'static str, fn(&mut Book), Vec<(String, u64, DamageCode)>);

fn each_is_found(attacks: Vec<Attack>) {
    let mut wrong = Vec::new();
    for (name, attack, mut expected) in attacks {
        let mut book = book();
        attack(&mut book);
        let mut damage = book.damage();
        expected.sort();
        damage.sort();
        if damage != expected {
            wrong.push(format!("{name}: {damage:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_taken_away_or_put_elsewhere_is_found() {
    each_is_found(vec![
        (
            "a reason is edited",
            |book| {
                let line = book.0[&ada_stream()][1].replace("\"Ada\"", "\"Eve\"");
                book.lines(&ada_stream())[1] = line;
            },
            vec![(ada_stream(), 2, BrokenChain)],
        ),
        ("an entry is deleted", |book| drop(book.lines(&ada_stream()).remove(1)), vec![(ada_stream(), 2, Gap)]),
        ("the first entry is deleted", |book| drop(book.lines(&ada_stream()).remove(0)), vec![(ada_stream(), 1, Gap)]),
        (
            "two entries change places",
            |book| book.lines(&ada_stream()).swap(1, 2),
            vec![(ada_stream(), 1, OutOfOrder), (ada_stream(), 2, Gap)],
        ),
        (
            "an entry stands twice",
            |book| {
                let line = book.0[&ada_stream()][1].clone();
                book.lines(&ada_stream()).push(line);
            },
            vec![(ada_stream(), 1, Duplicate)],
        ),
        (
            "the end is cut off that another stream saw",
            |book| drop(book.lines(&ada_stream()).pop()),
            vec![(ada_stream(), 3, Truncated)],
        ),
        (
            "a whole stream is deleted",
            |book| drop(book.0.remove(&ada_stream())),
            vec![(ada_stream(), 3, StreamMissing)],
        ),
        (
            "the genesis is deleted",
            |book| drop(book.0.remove(GENESIS_STREAM)),
            vec![(GENESIS_STREAM.into(), 0, GenesisMissing)],
        ),
        (
            "a stream is rewritten from an entry on",
            |book| {
                book.forge(&ada_stream(), 1, |entry| entry.reasons.push("nothing to see".into()));
            },
            vec![(ada_stream(), 3, Equivocation)],
        ),
    ]);
}

#[test]
fn what_somebody_else_wrote_or_signed_is_found() {
    each_is_found(vec![
        (
            "an approval loses its signature",
            |book| book.forge(&lin_stream(), 2, |entry| entry.sig = None),
            vec![(lin_stream(), 2, SignatureMissing), (lin_stream(), 2, Equivocation), (lin_stream(), 3, SignatureBad)],
        ),
        (
            "a signed entry is changed",
            |book| {
                book.forge(&lin_stream(), 3, |entry| entry.reasons.push("more".into()));
            },
            vec![(lin_stream(), 3, SignatureBad)],
        ),
        (
            "an approval is signed as a log entry",
            |book| {
                let entry = sealed(book.next(&lin_stream(), EntryKind::Approve), &Pen::new(LIN), "log@gov-hook");
                book.push(&entry);
            },
            vec![(lin_stream(), 4, SignatureNamespace)],
        ),
        (
            "another key writes in a stream",
            |book| {
                let entry = sealed(book.next(&lin_stream(), EntryKind::Push), &Pen::new(66), "log@gov-hook");
                book.push(&entry);
            },
            vec![(lin_stream(), 4, ForeignKey)],
        ),
        (
            "somebody else writes in a stream",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.actor.email = "mallory@example.com".into();
                book.push(&entry);
            },
            vec![(ada_stream(), 4, ForeignActor)],
        ),
        (
            "an entry is copied to another stream",
            |book| {
                let line = book.0[&lin_stream()][1].clone();
                book.lines(&ada_stream()).push(line);
            },
            vec![(ada_stream(), 1, WrongStream)],
        ),
        (
            "an approval at production is unsigned",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Approve);
                entry.body.insert("enforcement".into(), json!("production"));
                book.push(&entry);
            },
            vec![(ada_stream(), 4, SignatureMissing)],
        ),
    ]);
}

#[test]
fn a_stream_that_is_not_who_it_says_is_found() {
    each_is_found(vec![
        (
            "a stream takes the name of somebody's key",
            |book| {
                let stream = by_key().stream("00000009").unwrap();
                let mut entry = book.next(&stream, EntryKind::StreamOpen);
                entry.body = email("ada@example.com", false).body();
                book.push(&entry);
            },
            vec![(by_key().stream("00000009").unwrap(), 0, StreamName)],
        ),
        (
            "a stream is bound to a key that did not sign",
            |book| {
                let stream = by_key().stream("00000009").unwrap();
                let mut entry = book.next(&stream, EntryKind::StreamOpen);
                entry.body = by_key().body();
                book.push(&entry);
            },
            vec![(by_key().stream("00000009").unwrap(), 0, SignatureMissing)],
        ),
        (
            "a person takes a name that is for runners",
            |book| {
                let mut entry = book.next("mine", EntryKind::StreamOpen);
                entry.body = email("ada@example.com", true).body();
                book.push(&entry);
            },
            vec![("mine".into(), 0, StreamName)],
        ),
        (
            "a stream is opened twice",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::StreamOpen);
                entry.body = email("mallory@example.com", false).body();
                book.push(&entry);
            },
            vec![(ada_stream(), 4, BadOpening)],
        ),
    ]);
}

#[test]
fn what_is_out_of_its_time_or_claims_what_nobody_saw_is_found() {
    each_is_found(vec![
        (
            "an entry is backdated behind the one before",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.time = moment(50);
                book.push(&entry);
            },
            vec![(ada_stream(), 4, TimeBackwards)],
        ),
        (
            "an entry is backdated behind what it has seen",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.seen.insert(CI.into(), book.head(CI));
                book.push(&entry);
            },
            vec![(ada_stream(), 4, TimeBeforeSeen)],
        ),
        (
            "a writer claims to have seen what never was",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.seen.insert("ghost".into(), Seen { seq: 3, id: Sha256::of(b"ghost") });
                book.push(&entry);
            },
            vec![("ghost".into(), 3, StreamMissing)],
        ),
        (
            "a writer unsees what it saw",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                let first = id(book.0[&lin_stream()][1].as_bytes());
                entry.seen.insert(lin_stream(), Seen { seq: 1, id: first });
                book.push(&entry);
            },
            vec![(ada_stream(), 4, SeenBackwards)],
        ),
        (
            "a writer sees itself",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.seen.insert(ada_stream(), book.head(&ada_stream()));
                book.push(&entry);
            },
            vec![(ada_stream(), 4, BadSeen)],
        ),
    ]);
}

#[test]
fn what_comes_from_elsewhere_is_found() {
    each_is_found(vec![
        (
            "an entry comes from another repository",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.repo = Some(Sha256::of(b"elsewhere"));
                book.push(&entry);
            },
            vec![(ada_stream(), 4, ForeignRepository)],
        ),
        (
            "a stream comes from another repository",
            |book| {
                for at in 0..2 {
                    book.forge(CI, at, |entry| entry.repo = Some(Sha256::of(b"elsewhere")));
                }
            },
            vec![(CI.into(), 0, ForeignRepository)],
        ),
        (
            "a stream claims to begin the repository",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Genesis);
                entry.repo = None;
                book.push(&entry);
            },
            vec![(ada_stream(), 4, BadGenesis)],
        ),
        (
            "the genesis is edited",
            |book| {
                book.forge(GENESIS_STREAM, 0, |entry| entry.reasons.push("mine".into()));
            },
            vec![
                (ada_stream(), 0, ForeignRepository),
                (lin_stream(), 0, ForeignRepository),
                (CI.into(), 0, ForeignRepository),
                (GENESIS_STREAM.into(), 0, BadGenesis),
            ],
        ),
        (
            "the genesis is followed by more",
            |book| {
                let mut entry = the_genesis();
                entry.seq = 1;
                entry.prev = Some(book.head(GENESIS_STREAM).id);
                book.push(&entry);
            },
            vec![
                (ada_stream(), 0, ForeignRepository),
                (lin_stream(), 0, ForeignRepository),
                (CI.into(), 0, ForeignRepository),
                (GENESIS_STREAM.into(), 1, BadGenesis),
            ],
        ),
    ]);
}

#[test]
fn what_cannot_be_read_is_found() {
    each_is_found(vec![
        (
            "an unknown kind is written",
            |book| {
                let line = write(&book.next(&ada_stream(), EntryKind::Decision)).unwrap();
                book.lines(&ada_stream()).push(line.replace("\"decision\"", "\"pardon\""));
            },
            vec![(ada_stream(), 4, UnknownKind)],
        ),
        (
            "an unknown version is written",
            |book| {
                let line = write(&book.next(&ada_stream(), EntryKind::Decision)).unwrap();
                book.lines(&ada_stream()).push(line.replace("\"v\":1", "\"v\":2"));
            },
            vec![(ada_stream(), 4, UnknownVersion)],
        ),
        (
            "an unknown field is written",
            |book| {
                let line = write(&book.next(&ada_stream(), EntryKind::Decision)).unwrap();
                book.lines(&ada_stream()).push(line.replace("\"v\":1", "\"v\":1,\"w\":1"));
            },
            vec![(ada_stream(), 4, MalformedEntry)],
        ),
        (
            "a line is encoded again with blanks",
            |book| {
                let line = book.0[&ada_stream()][3].replace(",\"kind\"", ", \"kind\"");
                book.lines(&ada_stream())[3] = line;
            },
            vec![(ada_stream(), 3, Equivocation), (ada_stream(), 3, NotCanonical)],
        ),
        (
            "a line is of hostile size",
            |book| {
                book.lines(&ada_stream()).push(format!("{{\"a\":\"{}\"}}", "a".repeat(2 << 20)));
            },
            vec![(ada_stream(), 4, NotCanonical)],
        ),
    ]);
}
