//! Streams that went two ways, and who may give up one of them.

use serde_json::{Value, json};

use super::super::super::parse;
use super::super::super::sshsig::Signers;
use super::super::super::sshsig::tests::Pen;
use super::super::*;
use super::{ADA, Book, CI, LIN, ada_stream, book, lin_stream, sealed, told};
use crate::model::{DamageCode, Entry, EntryKind};

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
