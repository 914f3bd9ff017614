//! Entries are held to the keys that are listed and to the policies they name.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;

use super::super::super::samples::moment;
use super::super::super::sshsig::tests::Pen;
use super::super::super::sshsig::{Former, Past, Signers};
use super::super::super::{id, leading_zero_bits, write};
use super::super::*;
use super::{LIN, ada_stream, book, lin_stream, sealed, signers, told};
use crate::model::{DamageCode, EntryKind, ObjectId};

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
        while leading_zero_bits(&id(write(&entry).unwrap().as_bytes())) < 2 {
            entry.nonce = nonce.next().map(|number: u32| number.to_string());
        }
        book.push(&entry);
    }
    assert_eq!(told(&book.verdict_with(&rules, Vec::new())), [(ada_stream(), 5, DamageCode::SignatureMissing)]);

    let mut entry = book.next(&ada_stream(), EntryKind::Decision);
    let mut nonce = 0..;
    while leading_zero_bits(&id(write(&entry).unwrap().as_bytes())) >= 2 {
        entry.nonce = nonce.next().map(|number: u32| number.to_string());
    }
    book.push(&entry);
    assert!(told(&book.verdict_with(&rules, Vec::new())).contains(&(ada_stream(), 6, DamageCode::ProofOfWork)));
}
