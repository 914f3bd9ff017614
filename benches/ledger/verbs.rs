//! What people wait for: the verbs of the program as it is released, on the whole ledger.

use std::fs;
use std::path::Path;
use std::process::Command;

use gov_hook::git::notes::{Draft, Noted, NotesError, Writer as Committer};
use gov_hook::ledger;
use gov_hook::model::{ObjectId, Seen};

use super::made::{Hand, genesis};
use super::program::binary;
use super::{ENTRIES, RUNS, compare, everything_by_git, open, timed};

/// How many entries come between two looks.
const NEWS: usize = 10;

pub(super) fn all(repo: &Path, scratch: &Path) {
    let ours = |arguments: &[&str]| {
        let mut command = Command::new(binary());
        command.current_dir(repo).args(arguments);
        command
    };
    let head = || timed(Command::new("git").current_dir(repo).args(["rev-parse", "HEAD"]));
    let full = || timed(&mut ours(&["audit", "verify", "--full"]));
    let (beside, theirs) = everything_by_git(repo, scratch);
    compare("`audit verify --full`", beside, 3, &full, &theirs);
    let hands: Vec<Hand> = (0..NEWS).map(|number| Hand::new(number, genesis(repo))).collect();
    let news = || {
        for hand in &hands {
            append(repo, hand);
        }
        timed(&mut ours(&["audit", "verify"]))
    };
    compare("`audit verify` of 10 new entries", "`git rev-parse HEAD`", RUNS, &news, &head);
    let sign = || {
        fs::write(repo.join("data.json"), "{}\n").expect("a file");
        timed(&mut ours(&["sign", "data.json", "--env", "dev"]))
    };
    compare("`sign` of one file, which appends an entry", "`git rev-parse HEAD`", RUNS, &sign, &head);
    println!("\n| work | peak memory |\n|---|---|");
    for (work, arguments) in
        [("`audit verify --full`", &["audit", "verify", "--full"][..]), ("nothing new", &["audit", "verify"])]
    {
        let mut command = Command::new("/usr/bin/time");
        command.current_dir(repo).args(["-f", "%M"]).arg(binary()).args(arguments);
        let Ok(output) = command.output() else { return };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let kilobytes: f64 = said.lines().last().and_then(|line| line.trim().parse().ok()).unwrap_or(f64::NAN);
        println!("| {work}, {ENTRIES} entries and more | {:.0} MB |", kilobytes / 1024.0);
    }
}

/// Another entry at the end of a stream.
pub(super) fn append(path: &Path, hand: &Hand) {
    let repo = open(path);
    let writer = Committer { name: "Bench".into(), email: "bench@example.com".into() };
    let appended = repo.append(&hand.stream, &writer, |tip| {
        let before = tip.and_then(|tip| tip.head).expect("a stream that was opened");
        let line = hand.line(before.seq + 1, Some(before.id)).into_bytes();
        let id = ledger::id(&line);
        let object = ObjectId::new(*id.as_bytes().first_chunk().expect("twenty bytes"));
        let head = Seen { seq: before.seq + 1, id };
        let time = 1_700_000_000 + head.seq;
        Ok::<_, NotesError>(Some(Draft { notes: vec![Noted { object, line }], head, subject: "Decide".into(), time }))
    });
    assert!(appended.is_ok_and(|commit| commit.is_some()), "an append succeeds");
}
