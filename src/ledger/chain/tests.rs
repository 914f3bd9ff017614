//! Attacks on a small ledger: every one is found, and called by its name.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::samples::{moment, plain};
use super::super::sshsig::tests::Pen;
use super::super::sshsig::{Former, Past, Signers};
use super::super::{Binding, Checkpoint, GENESIS_STREAM, Root, Writer, genesis, parse, signed_bytes, write};
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
        Seen { seq: lines.len() as u64 - 1, id: super::super::id(lines.last().unwrap().as_bytes()) }
    }

    /// The next entry of a stream, as an honest writer makes it.
    fn next(&self, stream: &str, kind: EntryKind) -> Entry {
        let lines = self.0.get(stream).map_or(&[][..], Vec::as_slice);
        let mut entry = plain();
        entry.kind = kind;
        entry.stream = stream.into();
        entry.seq = lines.len() as u64;
        entry.prev = lines.last().map(|line| super::super::id(line.as_bytes()));
        entry.time = moment(100 + lines.len() as u64);
        entry.repo = Some(super::super::id(self.0[GENESIS_STREAM][0].as_bytes()));
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
            entry.prev = Some(super::super::id(self.0[stream][at - 1].as_bytes()));
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
    let approval = super::super::id(book.0[&lin][2].as_bytes());
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
        [Unwitnessed { stream: lin_stream(), from: 3, to: 3 }, Unwitnessed { stream: CI.into(), from: 0, to: 1 },]
            .into_iter()
            .collect::<std::collections::VecDeque<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(verdict.tips.len(), 4);
}

#[test]
fn a_pin_or_a_checkpoint_witnesses_a_tail() {
    let book = book();
    let head = book.head(CI);
    let pin = Claim { stream: CI.into(), seen: head, by: Witness::Pin };
    let heads = BTreeMap::from([(lin_stream(), book.head(&lin_stream()))]);
    let checkpoint = Checkpoint { repo: book.head(GENESIS_STREAM).id, heads };
    let claims = [vec![pin], checkpoint.claims("ci@example.com")].concat();

    let verdict = book.verdict_with(&Rules::default(), claims);

    assert_eq!((verdict.damage, verdict.unwitnessed), (Vec::new(), Vec::new()));
}

#[test]
fn a_pin_on_one_s_own_stream_notices_what_is_gone_and_witnesses_nothing() {
    let pin = |book: &Book| Claim { stream: CI.into(), seen: book.head(CI), by: Witness::OwnPin };
    let whole = book();
    let mut cut = book();
    cut.lines(CI).pop();

    let kept = whole.verdict_with(&Rules::default(), vec![pin(&whole)]);
    let lost = cut.verdict_with(&Rules::default(), vec![pin(&whole)]);

    assert_eq!(kept.damage, []);
    assert!(kept.unwitnessed.iter().any(|tail| tail.stream == CI), "{:?}", kept.unwitnessed);
    assert_eq!(told(&lost), [(CI.to_owned(), 1, DamageCode::Truncated)]);
}

/// An attack, and the damage it leaves: stream, entry, code.
type Attack = (&'static str, fn(&mut Book), Vec<(String, u64, DamageCode)>);

#[test]
#[expect(clippy::too_many_lines, reason = "one table of all attacks")]
fn every_attack_is_found_and_called_by_its_name() {
    use DamageCode::*;
    let (ada, lin) = (ada_stream, lin_stream);
    let attacks: Vec<Attack> = vec![
        (
            "a reason is edited",
            |book| {
                let line = book.0[&ada_stream()][1].replace("\"Ada\"", "\"Eve\"");
                book.lines(&ada_stream())[1] = line;
            },
            vec![(ada(), 2, BrokenChain)],
        ),
        ("an entry is deleted", |book| drop(book.lines(&ada_stream()).remove(1)), vec![(ada(), 2, Gap)]),
        ("the first entry is deleted", |book| drop(book.lines(&ada_stream()).remove(0)), vec![(ada(), 1, Gap)]),
        (
            "two entries change places",
            |book| book.lines(&ada_stream()).swap(1, 2),
            vec![(ada(), 1, OutOfOrder), (ada(), 2, Gap)],
        ),
        (
            "an entry stands twice",
            |book| {
                let line = book.0[&ada_stream()][1].clone();
                book.lines(&ada_stream()).push(line);
            },
            vec![(ada(), 1, Duplicate)],
        ),
        (
            "the end is cut off that another stream saw",
            |book| drop(book.lines(&ada_stream()).pop()),
            vec![(ada(), 3, Truncated)],
        ),
        ("a whole stream is deleted", |book| drop(book.0.remove(&ada_stream())), vec![(ada(), 3, StreamMissing)]),
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
            vec![(ada(), 3, Equivocation)],
        ),
        (
            "an approval loses its signature",
            |book| book.forge(&lin_stream(), 2, |entry| entry.sig = None),
            vec![(lin(), 2, SignatureMissing), (lin(), 2, Equivocation), (lin(), 3, SignatureBad)],
        ),
        (
            "a signed entry is changed",
            |book| {
                book.forge(&lin_stream(), 3, |entry| entry.reasons.push("more".into()));
            },
            vec![(lin(), 3, SignatureBad)],
        ),
        (
            "an approval is signed as a log entry",
            |book| {
                let entry = sealed(book.next(&lin_stream(), EntryKind::Approve), &Pen::new(LIN), "log@gov-hook");
                book.push(&entry);
            },
            vec![(lin(), 4, SignatureNamespace)],
        ),
        (
            "another key writes in a stream",
            |book| {
                let entry = sealed(book.next(&lin_stream(), EntryKind::Push), &Pen::new(66), "log@gov-hook");
                book.push(&entry);
            },
            vec![(lin(), 4, ForeignKey)],
        ),
        (
            "somebody else writes in a stream",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.actor.email = "mallory@example.com".into();
                book.push(&entry);
            },
            vec![(ada(), 4, ForeignActor)],
        ),
        (
            "an entry is copied to another stream",
            |book| {
                let line = book.0[&lin_stream()][1].clone();
                book.lines(&ada_stream()).push(line);
            },
            vec![(ada(), 1, WrongStream)],
        ),
        (
            "an approval at production is unsigned",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Approve);
                entry.body.insert("enforcement".into(), json!("production"));
                book.push(&entry);
            },
            vec![(ada(), 4, SignatureMissing)],
        ),
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
            vec![(ada(), 4, BadOpening)],
        ),
        (
            "an entry is backdated behind the one before",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.time = moment(50);
                book.push(&entry);
            },
            vec![(ada(), 4, TimeBackwards)],
        ),
        (
            "an entry is backdated behind what it has seen",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.seen.insert(CI.into(), book.head(CI));
                book.push(&entry);
            },
            vec![(ada(), 4, TimeBeforeSeen)],
        ),
        (
            "an entry comes from another repository",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.repo = Some(Sha256::of(b"elsewhere"));
                book.push(&entry);
            },
            vec![(ada(), 4, ForeignRepository)],
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
            vec![(ada(), 4, BadGenesis)],
        ),
        (
            "the genesis is edited",
            |book| {
                book.forge(GENESIS_STREAM, 0, |entry| entry.reasons.push("mine".into()));
            },
            vec![
                (ada(), 0, ForeignRepository),
                (lin(), 0, ForeignRepository),
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
                (ada(), 0, ForeignRepository),
                (lin(), 0, ForeignRepository),
                (CI.into(), 0, ForeignRepository),
                (GENESIS_STREAM.into(), 1, BadGenesis),
            ],
        ),
        (
            "an unknown kind is written",
            |book| {
                let line = write(&book.next(&ada_stream(), EntryKind::Decision)).unwrap();
                book.lines(&ada_stream()).push(line.replace("\"decision\"", "\"pardon\""));
            },
            vec![(ada(), 4, UnknownKind)],
        ),
        (
            "an unknown version is written",
            |book| {
                let line = write(&book.next(&ada_stream(), EntryKind::Decision)).unwrap();
                book.lines(&ada_stream()).push(line.replace("\"v\":1", "\"v\":2"));
            },
            vec![(ada(), 4, UnknownVersion)],
        ),
        (
            "an unknown field is written",
            |book| {
                let line = write(&book.next(&ada_stream(), EntryKind::Decision)).unwrap();
                book.lines(&ada_stream()).push(line.replace("\"v\":1", "\"v\":1,\"w\":1"));
            },
            vec![(ada(), 4, MalformedEntry)],
        ),
        (
            "a line is encoded again with blanks",
            |book| {
                let line = book.0[&ada_stream()][3].replace(",\"kind\"", ", \"kind\"");
                book.lines(&ada_stream())[3] = line;
            },
            vec![(ada(), 3, Equivocation), (ada(), 3, NotCanonical)],
        ),
        (
            "a line is of hostile size",
            |book| {
                book.lines(&ada_stream()).push(format!("{{\"a\":\"{}\"}}", "a".repeat(2 << 20)));
            },
            vec![(ada(), 4, NotCanonical)],
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
                let first = super::super::id(book.0[&lin_stream()][1].as_bytes());
                entry.seen.insert(lin_stream(), Seen { seq: 1, id: first });
                book.push(&entry);
            },
            vec![(ada(), 4, SeenBackwards)],
        ),
        (
            "a writer sees itself",
            |book| {
                let mut entry = book.next(&ada_stream(), EntryKind::Decision);
                entry.seen.insert(ada_stream(), book.head(&ada_stream()));
                book.push(&entry);
            },
            vec![(ada(), 4, BadSeen)],
        ),
    ];

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
fn what_a_pin_remembers_cannot_be_taken_back() {
    let seen = book().head(CI);
    let pin = || vec![Claim { stream: CI.into(), seen, by: Witness::Pin }];
    let (mut cut, mut rewritten, mut gone) = (book(), book(), book());
    cut.lines(CI).pop();
    rewritten.forge(CI, 1, |entry| entry.reasons.push("other".into()));
    gone.0.remove(CI);

    for (book, code) in
        [(&cut, DamageCode::Truncated), (&rewritten, DamageCode::Equivocation), (&gone, DamageCode::StreamMissing)]
    {
        assert_eq!(book.damage(), []);
        assert_eq!(told(&book.verdict_with(&Rules::default(), pin())), [(CI.to_owned(), 1, code)]);
    }
    let verdict = cut.verdict_with(&Rules::default(), pin());
    assert_eq!(
        verdict.damage[0].to_string(),
        format!(
            "truncated: entry 1 of ci-7: expected {}, which this clone has seen, found a stream that ends at 0",
            seen.id
        )
    );
}

#[test]
fn a_copied_clone_that_writes_too_is_found_until_it_is_reconciled() {
    let (mut book, mut copy) = (book(), book());
    book.push(&book.next(&ada_stream(), EntryKind::Decision));
    let mut other = copy.next(&ada_stream(), EntryKind::Decision);
    other.reasons.push("from the copy".into());
    copy.push(&other);
    let fork = copy.head(&ada_stream());
    let claim = || vec![Claim { stream: ada_stream(), seen: fork, by: Witness::Copy { name: "origin".into() } }];
    let found = book.verdict_with(&Rules::default(), claim());
    assert_eq!(told(&found), [(ada_stream(), 4, DamageCode::Equivocation)]);

    let entry = giving_up(book.next(&lin_stream(), EntryKind::Reconcile), &[(fork, copy.0[&ada_stream()][4].clone())]);
    let mut unsigned = book.clone();
    unsigned.push(&entry);
    book.push(&sealed(entry, &Pen::new(LIN), "policy@gov-hook"));

    assert_eq!(told(&book.verdict_with(&by_admins(&["lin@example.com"]), claim())), []);
    assert_eq!(
        told(&unsigned.verdict_with(&by_admins(&["lin@example.com"]), claim())),
        [(lin_stream(), 4, DamageCode::SignatureMissing), (ada_stream(), 4, DamageCode::Equivocation)]
    );
    // Who is no admin gives up nothing that is not theirs, and nor does one whom no list of keys names.
    for rules in [by_admins(&["sam@example.com"]), Rules { signers: None, ..by_admins(&["lin@example.com"]) }] {
        assert_eq!(told(&book.verdict_with(&rules, claim())), [(ada_stream(), 4, DamageCode::Equivocation)]);
    }
}

#[test]
fn nobody_else_gives_up_a_word_and_nobody_what_is_no_fork() {
    let lin_s_word = |given: &dyn Fn(&Book) -> Entry, pen: &Pen| {
        let mut book = book();
        let mut fork = book.clone();
        fork.push(&sealed(fork.next(&lin_stream(), EntryKind::Reject), &Pen::new(LIN), "approve@gov-hook"));
        let lost = (fork.head(&lin_stream()), fork.0[&lin_stream()][4].clone());
        book.push(&book.next(&lin_stream(), EntryKind::Decision));
        let entry = giving_up(given(&book), std::slice::from_ref(&lost));
        book.push(&sealed(entry, pen, "policy@gov-hook"));
        let claim = |book: &Book| {
            let claim = Claim { stream: lin_stream(), seen: lost.0, by: Witness::Copy { name: "origin".into() } };
            told(&book.verdict_with(&by_admins(&["ada@example.com"]), vec![claim]))
        };
        (claim(&book), {
            book.lines(&lin_stream()).remove(4);
            claim(&book)
        })
    };
    let by_ada = |book: &Book| book.next(&ada_stream(), EntryKind::Reconcile);
    let by_lin = |book: &Book| {
        let mut entry = book.next(CI, EntryKind::Reconcile);
        entry.actor.email = "lin@example.com".into();
        entry
    };

    let (forked, cut) = lin_s_word(&by_ada, &Pen::new(ADA));
    assert_eq!(forked, [(lin_stream(), 4, DamageCode::Equivocation)]);
    assert_eq!(cut, [(lin_stream(), 4, DamageCode::Truncated)]);
    let (forked, cut) = lin_s_word(&by_lin, &Pen::new(LIN));
    assert_eq!(forked.iter().filter(|(stream, ..)| *stream == lin_stream()).count(), 0, "{forked:?}");
    assert!(cut.contains(&(lin_stream(), 4, DamageCode::Truncated)), "{cut:?}");
}

/// Ada and Lin are listed with their keys.
fn by_admins(emails: &[&str]) -> Rules {
    let line = |(email, seed)| format!("{email} {}\n", Pen::new(seed).public().text());
    let listed: String = [("ada@example.com", ADA), ("lin@example.com", LIN)].map(line).concat();
    let admins: Vec<Admin> = emails.iter().map(|email| Admin { email: (*email).into(), until: None }).collect();
    Rules {
        signers: Some(Signers::parse(&listed).unwrap()),
        admins: Admins::found_by(move || admins),
        ..Rules::default()
    }
}

/// An entry that gives up others, and shows them.
fn giving_up(mut entry: Entry, lost: &[(Seen, String)]) -> Entry {
    let stream = parse(lost[0].1.as_bytes()).unwrap().stream;
    let pairs: Vec<Value> = lost.iter().map(|(seen, _)| json!([seen.seq, seen.id.to_string()])).collect();
    let lines: Vec<&String> = lost.iter().map(|(_, line)| line).collect();
    entry.body = serde_json::Map::from_iter([
        ("stream".to_owned(), json!(stream)),
        ("dropped".to_owned(), json!(pairs)),
        ("lines".to_owned(), json!(lines)),
    ]);
    entry
}

#[test]
fn a_key_that_may_log_may_not_approve() {
    let key = Pen::new(LIN).public().text();
    let agent = Signers::parse(&format!("lin@example.com namespaces=\"log@gov-hook\" {key}")).unwrap();
    let rules = |signers| Rules { signers: Some(signers), ..Rules::default() };

    assert_eq!(told(&book().verdict_with(&rules(signers()), Vec::new())), []);
    assert_eq!(
        told(&book().verdict_with(&rules(agent), Vec::new())),
        [(lin_stream(), 2, DamageCode::SignerNotAllowed)]
    );
}

#[test]
fn what_a_key_signed_while_it_was_listed_stays_signed_when_it_leaves_the_list() {
    let now = |options: &str, key: u8| {
        Some(Signers::parse(&format!("lin@example.com {options} {}", Pen::new(key).public().text())).unwrap())
    };
    let law = ObjectId::new([7; 20]);
    // Until when another list was in force that had Lin's key; her approval is of moment 102.
    let before = |until| {
        Past::found_by(move || vec![Former { signers: signers(), until: moment(until), commits: HashSet::from([law]) }])
    };
    let approval = [(lin_stream(), 2, DamageCode::SignerNotAllowed)];
    let verdict = |signers, past| told(&book().verdict_with(&Rules { signers, past, ..Rules::default() }, Vec::new()));

    assert_eq!(verdict(now("", 9), before(103)), []);
    assert_eq!(verdict(now("", 9), before(102)), approval, "it left the list before");
    assert_eq!(verdict(now("", 9), Past::default()), approval, "it was never listed");
    assert_eq!(verdict(now("namespaces=\"log@gov-hook\"", LIN), before(103)), [], "it may no longer");
    assert_eq!(verdict(now("valid-before=\"20200101\"", LIN), before(103)), approval, "it was disowned");
    let mut seen = book();
    let mut late = seen.next(&lin_stream(), EntryKind::Approve);
    late.body.insert("law".into(), json!(law.to_string()));
    seen.push(&sealed(late, &Pen::new(LIN), "approve@gov-hook"));
    let rules = Rules { signers: now("", 9), past: before(103), ..Rules::default() };
    assert_eq!(told(&seen.verdict_with(&rules, Vec::new())), [], "given under the law that lists the key");
}

#[test]
fn an_entry_is_held_to_the_law_it_names_and_to_that_of_the_entry_before() {
    let policy = Sha256::of(b"policy");
    let laws = BTreeMap::from([(policy, AuditLaw { sign: true, proof_of_work_bits: 2 })]);
    let rules = Rules { laws, ..Rules::default() };
    let mut book = book();
    for kind in [EntryKind::Decision, EntryKind::Push] {
        let mut entry = book.next(&ada_stream(), kind);
        entry.policy = (kind == EntryKind::Decision).then_some(policy);
        let mut nonce = 0..;
        while super::super::leading_zero_bits(&super::super::id(write(&entry).unwrap().as_bytes())) < 2 {
            entry.nonce = nonce.next().map(|number: u32| number.to_string());
        }
        book.push(&entry);
    }
    assert_eq!(told(&book.verdict_with(&rules, Vec::new())), [(ada_stream(), 5, DamageCode::SignatureMissing)]);

    let mut entry = book.next(&ada_stream(), EntryKind::Decision);
    let mut nonce = 0..;
    while super::super::leading_zero_bits(&super::super::id(write(&entry).unwrap().as_bytes())) >= 2 {
        entry.nonce = nonce.next().map(|number: u32| number.to_string());
    }
    book.push(&entry);
    assert!(told(&book.verdict_with(&rules, Vec::new())).contains(&(ada_stream(), 6, DamageCode::ProofOfWork)));
}

#[test]
fn a_checkpoint_entry_witnesses_what_it_names() {
    let mut book = book();
    let heads = [ada_stream(), lin_stream(), CI.into()];
    let heads = heads.into_iter().map(|stream| (stream.clone(), book.head(&stream))).collect();
    let checkpoint = Checkpoint { repo: book.head(GENESIS_STREAM).id, heads };
    let mut entry = book.next(CI, EntryKind::Checkpoint);
    entry.time = moment(300);
    entry.body.insert("checkpoint".into(), Value::from(checkpoint.text()));
    book.push(&entry);

    let verdict = book.verdict_with(&Rules::default(), Vec::new());
    assert_eq!(told(&verdict), []);
    assert_eq!(verdict.unwitnessed, [Unwitnessed { stream: CI.into(), from: 0, to: 2 }]);

    book.lines(&lin_stream()).pop();
    assert_eq!(book.damage(), [(lin_stream(), 3, DamageCode::Truncated)]);

    book.forge(CI, 2, |entry| drop(entry.body.insert("checkpoint".into(), json!("gov-hook/0\n"))));
    assert_eq!(book.damage(), [(CI.to_owned(), 2, DamageCode::BadCheckpoint)]);
}

#[test]
fn a_verification_goes_on_where_the_last_one_ended() {
    let rules = Rules::default();
    let mut book = book();
    let tips = book.verdict_with(&rules, Vec::new()).tips;
    let lines: Vec<String> = tips.iter().map(Tip::write).collect();
    assert_eq!(lines.iter().map(|line| Tip::read(line).unwrap()).collect::<Vec<_>>(), tips);
    assert_eq!(Tip::read(&lines[0].replace("\"v\":1", "\"v\":2")), None);
    let lost = Claim { stream: CI.into(), seen: Seen { seq: 0, id: Sha256::of(b"other") }, by: Witness::Pin };
    let resumed = |book: &Book| {
        let chains = tips.iter().map(|tip| {
            let mut chain = Chain::resume(tip.clone(), &rules);
            for line in book.0[&tip.stream].iter().skip(usize::try_from(tip.head.seq).unwrap() + 1) {
                chain.feed(line.as_bytes());
            }
            chain
        });
        join(&chains.collect::<Vec<_>>(), &rules, vec![lost.clone()])
    };

    let mut entry = book.next(CI, EntryKind::Decision);
    entry.time = moment(300);
    entry.seen.insert(lin_stream(), book.head(&lin_stream()));
    book.push(&entry);
    let verdict = resumed(&book);
    assert_eq!((verdict.damage, verdict.entries), (Vec::new(), 1));
    assert_eq!(verdict.unwitnessed, [Unwitnessed { stream: CI.into(), from: 0, to: 2 }]);
    assert_eq!(verdict.unresolved, vec![lost.clone()]);
    assert_eq!(lost.against(Some(Sha256::of(b"other"))), None);
    assert_eq!(lost.against(None).map(|damage| damage.code), Some(DamageCode::Truncated));

    book.forge(CI, 2, |entry| entry.prev = Some(Sha256::of(b"elsewhere")));
    assert_eq!(told(&resumed(&book)), [(CI.to_owned(), 2, DamageCode::BrokenChain)]);
}

#[test]
fn a_flood_of_damage_is_kept_in_bounds() {
    let mut book = book();
    for _ in 0..5_000 {
        book.lines(&ada_stream()).push("garbage".into());
    }

    assert!(book.damage().len() <= 1_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The runner's last entry is what nobody has seen yet: a pin stands for the clone that wrote it.
    #[test]
    fn a_flipped_byte_anywhere_is_found(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
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
