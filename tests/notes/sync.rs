//! Streams between two clones and a bare repository.

use std::path::PathBuf;

use gov_hook::git::Repo;
use gov_hook::git::notes::{Fetched, NotesError, Pushed};

use crate::support::Scratch;
use crate::{append, object, open, walk};

/// Two clones of one bare repository.
struct Clones {
    scratch: Scratch,
    hub: PathBuf,
    other: PathBuf,
}

impl Clones {
    fn new() -> Self {
        let scratch = Scratch::new();
        let (hub, other) = (scratch.beside("hub.git"), scratch.beside("other"));
        scratch.git(&["clone", "-q", "--bare", ".", hub.to_str().unwrap()]);
        scratch.git(&["remote", "add", "origin", hub.to_str().unwrap()]);
        scratch.git(&["clone", "-q", hub.to_str().unwrap(), other.to_str().unwrap()]);
        Self { scratch, hub, other }
    }

    fn one(&self) -> Repo {
        open(&self.scratch.path(""))
    }

    fn other(&self) -> Repo {
        open(&self.other)
    }
}

fn outcomes(repo: &Repo, own: &str) -> Vec<(String, Fetched)> {
    let fetched = repo.fetch_streams("origin", Some(own), "genesis").unwrap();
    fetched.into_iter().map(|stream| (stream.stream, stream.outcome)).collect()
}

#[test]
fn two_clones_exchange_their_streams_without_conflict() {
    let clones = Clones::new();
    let (one, other) = (clones.one(), clones.other());
    append(&one, "one", object(1), "one").unwrap();
    append(&other, "other", object(1), "other").unwrap();

    assert_eq!(one.push_stream("origin", "one").unwrap(), Pushed::New);
    assert_eq!(one.push_stream("origin", "one").unwrap(), Pushed::Unchanged);
    assert_eq!(other.push_stream("origin", "other").unwrap(), Pushed::New);
    assert_eq!(outcomes(&other, "other"), [("one".into(), Fetched::New), ("other".into(), Fetched::Unchanged)]);
    append(&one, "one", object(2), "one").unwrap();
    assert_eq!(one.push_stream("origin", "one").unwrap(), Pushed::Forwarded);
    assert_eq!(outcomes(&other, "other"), [("one".into(), Fetched::Forwarded), ("other".into(), Fetched::Unchanged)]);

    assert_eq!(walk(&other, "one", None), walk(&one, "one", None));
    assert!(!clones.other.join(".git/logs/refs/notes").exists(), "a fetch leaves no log of streams either");
    assert_eq!(one.push_stream("origin", "nothing-yet").unwrap(), Pushed::Nothing);
}

#[test]
fn a_remote_that_was_rolled_back_or_rewritten_changes_nothing_here() {
    let clones = Clones::new();
    let (one, other) = (clones.one(), clones.other());
    let first = append(&one, "one", object(1), "one").unwrap();
    let second = append(&one, "one", object(2), "one").unwrap();
    one.push_stream("origin", "one").unwrap();
    outcomes(&other, "other");
    let set = |id: &str| clones.scratch.git_in(&clones.hub, &["update-ref", "refs/notes/gov/one", id]);

    set(&first.to_string());
    assert_eq!(outcomes(&other, "other"), [("one".into(), Fetched::Behind)]);

    let tree = clones.scratch.git_in(&clones.hub, &["rev-parse", &format!("{second}^{{tree}}")]);
    let forged = clones
        .scratch
        .git_in(&clones.hub, &["-c", "user.name=M", "-c", "user.email=m@e", "commit-tree", &tree, "-m", "x"]);
    set(&forged);
    assert_eq!(outcomes(&other, "other"), [("one".into(), Fetched::Diverged)]);

    clones.scratch.git_in(&clones.hub, &["update-ref", "-d", "refs/notes/gov/one"]);
    assert_eq!(outcomes(&other, "other"), [("one".into(), Fetched::Absent)]);

    assert_eq!(other.stream_tip("one").unwrap().unwrap().commit, second);
}

#[test]
fn ones_own_stream_is_never_moved_by_a_fetch() {
    let clones = Clones::new();
    let (one, other) = (clones.one(), clones.other());
    let first = append(&one, "one", object(1), "one").unwrap();
    append(&one, "one", object(2), "one").unwrap();
    one.push_stream("origin", "one").unwrap();
    clones.scratch.git(&["update-ref", "refs/notes/gov/one", &first.to_string()]);

    assert_eq!(outcomes(&one, "one"), [("one".into(), Fetched::Ahead)]);
    assert_eq!(one.stream_tip("one").unwrap().unwrap().commit, first);
    assert_eq!(outcomes(&other, "one"), [("one".into(), Fetched::Ahead)]);
    assert_eq!(other.stream_tip("one").unwrap(), None);
    // The rolled back clone writes on, and is told at the push.
    append(&one, "one", object(3), "one").unwrap();
    assert_eq!(one.push_stream("origin", "one").unwrap(), Pushed::Diverged);
}

#[test]
fn a_push_of_a_stream_runs_no_pre_push_hook_and_leaks_no_repository() {
    let clones = Clones::new();
    let one = clones.one();
    append(&one, "one", object(1), "one").unwrap();
    clones.scratch.write(".git/hooks/pre-push", "#!/bin/sh\nexit 1\n");
    clones.scratch.make_executable(".git/hooks/pre-push");

    assert_eq!(one.push_stream("origin", "one").unwrap(), Pushed::New);
}

#[test]
fn a_remote_that_refuses_or_is_not_there_is_told() {
    let clones = Clones::new();
    let one = clones.one();
    append(&one, "one", object(1), "one").unwrap();
    let hook = clones.hub.join("hooks/update");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();

    let refused = one.push_stream("origin", "one").unwrap();
    let nowhere = one.fetch_streams("nowhere", None, "genesis");

    assert!(matches!(&refused, Pushed::Refused { said } if said.contains("hook declined")), "{refused:?}");
    assert!(matches!(nowhere, Err(NotesError::Unreachable { .. })), "{nowhere:?}");
    assert!(matches!(one.push_stream("nowhere", "one"), Err(NotesError::Unreachable { .. })));
}

#[test]
fn of_a_remote_with_another_root_nothing_is_brought() {
    let clones = Clones::new();
    let (one, other) = (clones.one(), clones.other());
    append(&one, "genesis", object(1), "of one").unwrap();
    append(&one, "one", object(2), "one").unwrap();
    one.push_streams("origin", &["genesis", "one"]).unwrap();
    let ours = append(&other, "genesis", object(1), "of the other").unwrap();

    assert_eq!(outcomes(&other, "other"), [("genesis".into(), Fetched::Diverged), ("one".into(), Fetched::NotTaken)]);
    assert_eq!(other.stream_tip("genesis").unwrap().unwrap().commit, ours);
    assert_eq!(other.stream_tip("one").unwrap(), None);
}

#[test]
fn a_stream_that_is_set_aside_is_kept_where_it_was_given_up() {
    let clones = Clones::new();
    let one = clones.one();
    append(&one, "one", object(1), "one").unwrap();
    clones.scratch.git(&["pack-refs", "--all"]);
    let tip = append(&one, "one", object(2), "one").unwrap();

    let moved = one.set_aside("one", object(3));
    assert!(matches!(moved, Err(NotesError::Moved { .. })), "{moved:?}");
    one.set_aside("one", tip).unwrap();

    assert_eq!(one.stream_tip("one").unwrap(), None);
    assert_eq!((one.given_up("one").unwrap(), one.all_given_up().unwrap()), (vec![tip], vec![("one".into(), tip)]));
}
