//! What pins, checkpoints and earlier verifications know of a stream.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::super::samples::moment;
use super::super::super::{Checkpoint, GENESIS_STREAM};
use super::super::*;
use super::{Book, CI, ada_stream, book, lin_stream, told};
use crate::model::{DamageCode, EntryKind, Unwitnessed};

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
