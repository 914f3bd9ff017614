//! Writers that die, and many at once: processes of this test's own program.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gov_hook::git::notes::NotesError;

use crate::support::Scratch;
use crate::{STREAM, append, appended, object, open, walk};

const REPOSITORY: &str = "NOTES_TEST_REPOSITORY";
const FIRST: &str = "NOTES_TEST_FIRST";
const COUNT: &str = "NOTES_TEST_COUNT";

/// What the processes run; as a test of its own it does nothing.
#[test]
fn writer_process() {
    let Some(path) = std::env::var_os(REPOSITORY) else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let repo = open(Path::new(&path));
    for at in number(FIRST)..number(FIRST) + number(COUNT) {
        append(&repo, STREAM, object(at), "process").unwrap();
    }
}

fn start(path: &Path, first: u64, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writer_process", "--nocapture"])
        .env(REPOSITORY, path)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn eight_processes_lose_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("");

    let children: Vec<Child> = (0..8).map(|child| start(&path, child * 100, 20)).collect();
    let all_well = children.into_iter().all(|mut child| child.wait().unwrap().success());

    let found = walk(&open(&path), STREAM, None);
    assert!(all_well);
    assert_eq!((found.added.len(), found.end.as_str(), found.oddities.len()), (160, "whole 160", 0));
}

#[test]
fn a_writer_killed_at_any_instant_leaves_a_stream_that_goes_on() {
    let scratch = Scratch::new();
    let path = scratch.path("");
    let repo = open(&path);
    appended(&repo, 0..1);
    let mut length = 1;

    for round in 0..25_u64 {
        let mut child = start(&path, 1_000 + round * 10_000, 10_000);
        std::thread::sleep(Duration::from_micros(8_000 + round * 1_733));
        child.kill().unwrap();
        child.wait().unwrap();
        append(&repo, STREAM, object(round), "survivor").unwrap();

        let found = walk(&repo, STREAM, None);
        assert_eq!(found.oddities, Vec::<String>::new());
        assert_eq!(found.end, format!("whole {}", found.added.len()));
        assert!(found.added.len() > length, "an append after a crash adds to what was there");
        length = found.added.len();
    }
    scratch.git(&["fsck", "--strict", "--no-dangling"]);
    assert!(length > 26, "the processes lived long enough to write");
}

/// A limit on the size of files stands for a full disk: what is too large is not written.
#[test]
fn a_full_disk_leaves_the_stream_as_it_was() {
    let scratch = Scratch::new();
    let path = scratch.path("");
    let repo = open(&path);
    let before = *appended(&repo, 0..60).last().unwrap();

    // Blocks of 512 bytes: at none nothing can be written, at one only the small objects.
    for blocks in [0, 1] {
        let status = Command::new("sh")
            .arg("-c")
            .arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact crash::writer_process"))
            .arg(std::env::current_exe().unwrap())
            .env(REPOSITORY, &path)
            .env(FIRST, "100")
            .env(COUNT, "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success());
        assert_eq!(repo.stream_tip(STREAM).unwrap().unwrap().commit, before);
    }

    append(&repo, STREAM, object(100), "after").unwrap();
    assert_eq!(walk(&repo, STREAM, None).end, "whole 61");
    scratch.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn a_stopped_writer_is_waited_for_and_then_named() {
    let scratch = Scratch::new();
    let path = scratch.path("");
    let repo = open(&path);
    appended(&repo, 0..1);

    let waited = repo.append(STREAM, &crate::writer(), |_| {
        // A writer within a writer: the outer one holds the lock and does not let go.
        let inner = open(&path);
        append(&inner, STREAM, object(5), "inner").map(|_| None)
    });

    assert!(matches!(&waited, Err(NotesError::Locked { path }) if path.ends_with("gov/lock")), "{waited:?}");
}
