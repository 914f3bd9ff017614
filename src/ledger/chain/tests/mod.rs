//! A small ledger of three writers: sound as it was written, and found wherever it is tampered with.

mod attacks;
mod forks;
mod law;
mod witnesses;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::samples::{moment, plain};
use super::super::sshsig::Signers;
use super::super::sshsig::tests::Pen;
use super::super::{Binding, GENESIS_STREAM, Root, Writer, genesis, id, parse, signed_bytes, write};
use super::*;
use crate::model::{ActorKind, DamageCode, Entry, EntryKind, ObjectId, Unwitnessed};

const LIN: u8 = 1;

const ADA: u8 = 2;

const CI: &str = "ci-7";

/// The lines of every stream.
#[derive(Clone)]
struct Book(BTreeMap<String, Vec<String>>);

fn the_genesis() -> Entry {
    genesis(&Root::Commit { id: ObjectId::new([1; 20]), time: moment(0) })
}

fn email(email: &str, named: bool) -> Binding {
    Binding { writer: Writer::Email(email.into()), named }
}

fn by_key() -> Binding {
    Binding { writer: Writer::Key(Pen::new(LIN).public()), named: false }
}

fn ada_stream() -> String {
    email("ada@example.com", false).stream("00000001").unwrap()
}

fn lin_stream() -> String {
    by_key().stream("00000002").unwrap()
}

fn sealed(mut entry: Entry, pen: &Pen, namespace: &str) -> Entry {
    entry.sig = None;
    entry.sig = Some(pen.sign(&signed_bytes(&entry).unwrap(), namespace));
    entry
}

impl Book {
    fn lines(&mut self, stream: &str) -> &mut Vec<String> {
        self.0.get_mut(stream).unwrap()
    }

    fn entry(&self, stream: &str, seq: usize) -> Entry {
        parse(self.0[stream][seq].as_bytes()).unwrap()
    }

    fn head(&self, stream: &str) -> Seen {
        let lines = &self.0[stream];
        Seen { seq: lines.len() as u64 - 1, id: id(lines.last().unwrap().as_bytes()) }
    }

    /// The next entry of a stream, as an honest writer makes it.
    fn next(&self, stream: &str, kind: EntryKind) -> Entry {
        let lines = self.0.get(stream).map_or(&[][..], Vec::as_slice);
        let mut entry = plain();
        entry.kind = kind;
        entry.stream = stream.into();
        entry.seq = lines.len() as u64;
        entry.prev = lines.last().map(|line| id(line.as_bytes()));
        entry.time = moment(100 + lines.len() as u64);
        entry.repo = Some(id(self.0[GENESIS_STREAM][0].as_bytes()));
        if stream == lin_stream() {
            (entry.actor.name, entry.actor.email) = ("Lin".into(), "lin@example.com".into());
        }
        if stream == CI {
            (entry.actor.email, entry.actor.kind) = ("ci@example.com".into(), ActorKind::Ci);
        }
        entry
    }

    fn push(&mut self, entry: &Entry) {
        self.0.entry(entry.stream.clone()).or_default().push(write(entry).unwrap());
    }

    /// Changes an entry, and every later one of its stream so that the chain closes again.
    fn forge(&mut self, stream: &str, seq: usize, change: impl FnOnce(&mut Entry)) {
        let mut entry = self.entry(stream, seq);
        change(&mut entry);
        self.lines(stream)[seq] = write(&entry).unwrap();
        for at in seq + 1..self.0[stream].len() {
            let mut entry = self.entry(stream, at);
            entry.prev = Some(id(self.0[stream][at - 1].as_bytes()));
            self.lines(stream)[at] = write(&entry).unwrap();
        }
    }

    fn verdict_with(&self, rules: &Rules, claims: Vec<Claim>) -> Verdict {
        let chains = self.0.iter().map(|(stream, lines)| {
            let mut chain = Chain::new(stream, rules);
            for line in lines {
                chain.feed(line.as_bytes());
            }
            chain
        });
        join(&chains.collect::<Vec<_>>(), rules, claims)
    }

    fn damage(&self) -> Vec<(String, u64, DamageCode)> {
        told(&self.verdict_with(&Rules::default(), Vec::new()))
    }
}

fn told(verdict: &Verdict) -> Vec<(String, u64, DamageCode)> {
    verdict.damage.iter().map(|damage| (damage.stream.clone(), damage.seq.unwrap_or(99), damage.code)).collect()
}

/// Ada writes unsigned, Lin with her key, and a runner of CI under a name; Ada has seen what Lin
/// wrote up to her approval, and the runner has seen all of Ada.
fn book() -> Book {
    static BOOK: LazyLock<Book> = LazyLock::new(written_book);
    BOOK.clone()
}

fn written_book() -> Book {
    let mut book = Book(BTreeMap::from([(GENESIS_STREAM.into(), vec![write(&the_genesis()).unwrap()])]));
    let (ada, lin) = (ada_stream(), lin_stream());
    let mut open = book.next(&lin, EntryKind::StreamOpen);
    open.body = by_key().body();
    book.push(&sealed(open, &Pen::new(LIN), "log@gov-hook"));
    book.push(&book.next(&lin, EntryKind::Decision));
    book.push(&sealed(book.next(&lin, EntryKind::Approve), &Pen::new(LIN), "approve@gov-hook"));
    book.push(&sealed(book.next(&lin, EntryKind::Push), &Pen::new(LIN), "log@gov-hook"));

    let mut open = book.next(&ada, EntryKind::StreamOpen);
    open.body = email("ada@example.com", false).body();
    book.push(&open);
    book.push(&book.next(&ada, EntryKind::Decision));
    let mut commit = book.next(&ada, EntryKind::Commit);
    let approval = id(book.0[&lin][2].as_bytes());
    commit.seen.insert(lin.clone(), Seen { seq: 2, id: approval });
    book.push(&commit);
    book.push(&book.next(&ada, EntryKind::Push));

    let mut open = book.next(CI, EntryKind::StreamOpen);
    open.body = email("ci@example.com", true).body();
    book.push(&open);
    let mut decision = book.next(CI, EntryKind::Decision);
    decision.time = moment(200);
    decision.seen.insert(ada.clone(), book.head(&ada));
    book.push(&decision);
    book
}

fn signers() -> Signers {
    let key = Pen::new(LIN).public().text();
    Signers::parse(&format!("lin@example.com namespaces=\"log@gov-hook,approve@gov-hook,policy@gov-hook\" {key}"))
        .unwrap()
}

#[test]
fn an_honest_ledger_verifies_and_its_newest_tails_are_said_to_be_unwitnessed() {
    let rules = Rules { signers: Some(signers()), genesis: Some(book().head(GENESIS_STREAM).id), ..Rules::default() };

    let verdict = book().verdict_with(&rules, Vec::new());

    assert_eq!(verdict.damage, []);
    assert_eq!((verdict.entries, verdict.signed), (11, 3));
    assert_eq!(
        verdict.unwitnessed,
        [Unwitnessed { stream: lin_stream(), from: 3, to: 3 }, Unwitnessed { stream: CI.into(), from: 0, to: 1 }]
    );
    assert_eq!(verdict.tips.len(), 4);
}

#[test]
fn a_flood_of_damage_is_kept_in_bounds() {
    let mut book = book();
    for _ in 0..5_000 {
        book.lines(&ada_stream()).push("garbage".into());
    }

    assert_eq!(book.damage().len(), 1_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The runner's last entry is what nobody has seen yet: a pin stands for the clone that wrote it.
    #[test]
    fn a_flipped_byte_anywhere_is_found(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flip in 1..=255_u8,
    ) {
        let mut book = book();
        let pins: Vec<Claim> = book.0.keys().map(|stream| {
            Claim { stream: stream.clone(), seen: book.head(stream), by: Witness::Pin }
        }).collect();
        let places: Vec<(String, usize)> =
            book.0.iter().flat_map(|(stream, lines)| (0..lines.len()).map(move |at| (stream.clone(), at))).collect();
        let (stream, seq) = which.get(&places).clone();
        let mut line = book.0[&stream][seq].clone().into_bytes();
        let at = at.index(line.len());
        line[at] ^= flip;
        let rules = Rules::default();
        let chains = book.0.iter_mut().map(|(name, lines)| {
            let mut chain = Chain::new(name.clone(), &rules);
            for (at, honest) in lines.iter().enumerate() {
                chain.feed(if *name == stream && at == seq { &line } else { honest.as_bytes() });
            }
            chain
        });

        let verdict = join(&chains.collect::<Vec<_>>(), &rules, pins);

        prop_assert_ne!(verdict.damage, Vec::new());
    }

    #[test]
    fn no_rearrangement_of_a_stream_goes_unnoticed(order in proptest::collection::vec(0..4_usize, 0..6)) {
        let mut book = book();
        let honest = book.0[&ada_stream()].clone();
        let taken: Vec<String> = order.iter().map(|at| honest[*at].clone()).collect();
        prop_assume!(taken != honest);

        *book.lines(&ada_stream()) = taken;

        prop_assert_ne!(book.damage(), Vec::new());
    }
}
