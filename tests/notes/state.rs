//! What a clone keeps for itself.

use std::collections::HashSet;
use std::fs;

use gov_hook::git::notes::{NotesError, StateFile};

use crate::open;
use crate::support::Scratch;

#[test]
fn a_clone_has_one_nonce_however_many_ask_first() {
    let scratch = Scratch::new();
    let path = scratch.path("");

    let nonces: HashSet<String> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| open(&path).clone_nonce().unwrap().to_string())).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    assert_eq!(nonces.len(), 1);
    let kept = fs::read_to_string(scratch.path(".git/gov/nonce")).unwrap();
    assert_eq!(kept.trim_end(), nonces.into_iter().next().unwrap());
    assert_eq!(kept.len(), 9);
    let names: Vec<_> = fs::read_dir(scratch.path(".git/gov")).unwrap().collect();
    assert_eq!(names.len(), 1, "no temporary file is left: {names:?}");
}

#[test]
fn two_clones_have_two_nonces() {
    let (one, other) = (Scratch::new(), Scratch::new());

    assert_ne!(open(&one.path("")).clone_nonce().unwrap(), open(&other.path("")).clone_nonce().unwrap());
}

#[test]
fn a_damaged_nonce_is_made_anew() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));

    for damaged in ["", "xyz", "0123456\n", "0123ABCD\n", "0123abcd"] {
        fs::create_dir_all(scratch.path(".git/gov")).unwrap();
        fs::write(scratch.path(".git/gov/nonce"), damaged).unwrap();
        let fresh = repo.clone_nonce().unwrap();
        assert_eq!(repo.clone_nonce().unwrap(), fresh, "{damaged:?}");
    }
}

#[test]
fn a_state_file_is_replaced_as_a_whole() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));

    assert_eq!(repo.ledger_state(StateFile::Pins).unwrap(), None);
    repo.keep_ledger_state(StateFile::Pins, b"{}").unwrap();
    repo.keep_ledger_state(StateFile::Pins, b"{\"a\":1}").unwrap();

    assert_eq!(repo.ledger_state(StateFile::Pins).unwrap().as_deref(), Some(&b"{\"a\":1}"[..]));
    assert_eq!(repo.ledger_state(StateFile::Verified).unwrap(), None);
}

#[test]
fn what_stands_in_the_way_of_a_state_file_is_named() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    fs::create_dir_all(scratch.path(".git/gov/verified")).unwrap();

    let read = repo.ledger_state(StateFile::Verified);
    let written = repo.keep_ledger_state(StateFile::Verified, b"x");

    assert!(matches!(&read, Err(NotesError::Read { path, .. }) if path.ends_with("gov/verified")), "{read:?}");
    assert!(matches!(written, Err(NotesError::Write { .. })), "{written:?}");
}
