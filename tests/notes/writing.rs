//! Appending: what stock git shows of it, where it works, and what it says where it cannot.

use std::fs;
use std::path::Path;

use gov_hook::git::notes::{Draft, Noted, NotesError, Writer};
use gov_hook::git::{GitError, Place, Repo};
use gov_hook::model::{Seen, Sha256};

use crate::support::Scratch;
use crate::{STREAM, append, appended, line, object, open, walk, writer};

#[test]
fn stock_git_shows_every_line_of_an_object() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let head = scratch.git(&["rev-parse", "HEAD"]).parse().unwrap();

    append(&repo, STREAM, head, "one").unwrap();
    append(&repo, STREAM, object(7), "two").unwrap();
    append(&repo, STREAM, head, "three").unwrap();

    let both = format!("{}\n{}", line(0, "one"), line(2, "three"));
    assert_eq!(scratch.git(&["notes", &format!("--ref=gov/{STREAM}"), "show", "HEAD"]), both);
    let log = scratch.git(&["log", "--notes=gov/*", "-1", "--format=%N"]);
    assert_eq!(log.trim(), both);
    scratch.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn the_newest_commit_alone_tells_the_head_of_the_chain() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    appended(&repo, 0..3);

    let tip = repo.stream_tip(STREAM).unwrap().unwrap();

    assert_eq!(tip.head, Some(Seen { seq: 2, id: Sha256::of(line(2, "one").as_bytes()) }));
    assert_eq!(
        scratch.git(&["log", "-1", "--format=%s|%an|%ce|%ct", &tip.commit.to_string()]),
        "Entry 2|Mira Example|mira@example.com|1700000000"
    );
    assert_eq!(repo.stream_tip("other").unwrap(), None);
}

#[test]
fn the_same_data_make_the_same_commit() {
    let (one, other) = (Scratch::new(), Scratch::new());

    let first = appended(&open(&one.path("")), 0..5);
    let second = appended(&open(&other.path("")), 0..5);

    assert_eq!(first, second);
}

#[test]
fn a_large_stream_grows_folders_and_keeps_every_note() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    // Objects that share their first byte fill one folder.
    let crowded: Vec<_> = (0..200_000).map(object).filter(|id| id.as_bytes()[0] == 0x2a).take(150).collect();

    for &id in &crowded {
        append(&repo, STREAM, id, "one").unwrap();
    }
    append(&repo, STREAM, crowded[149], "two").unwrap();

    let paths = scratch.git(&["ls-tree", "-r", "--name-only", &format!("refs/notes/gov/{STREAM}")]);
    let shallow = paths.lines().filter(|path| path.split('/').count() == 2).count();
    let deep = paths.lines().filter(|path| path.split('/').count() == 3).count();
    assert_eq!((shallow, deep), (64, 86));
    let listed = scratch.git(&["notes", &format!("--ref=gov/{STREAM}"), "list"]);
    assert_eq!(listed.lines().count(), 150);
    let shown = scratch.git(&["notes", &format!("--ref=gov/{STREAM}"), "list", &crowded[149].to_string()]);
    assert_eq!(scratch.git(&["cat-file", "blob", &shown]), format!("{}\n{}", line(149, "one"), line(150, "two")));
    scratch.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn a_layout_that_git_made_is_kept() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let reference = format!("--ref=gov/{STREAM}");
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let second = scratch.commit_all("Second");
    scratch.git(&["notes", &reference, "add", "-m", "by hand", &head]);

    let hand_written = repo.stream_tip(STREAM).unwrap().unwrap();
    let note = |id: &str, seq| {
        let line = line(seq, "one").into_bytes();
        let head = Seen { seq, id: Sha256::of(&line) };
        let notes = vec![Noted { object: id.parse().unwrap(), line }];
        repo.append(STREAM, &writer(), |_| {
            Ok::<_, NotesError>(Some(Draft {
                notes: notes.clone(),
                head,
                subject: "Entry".into(),
                time: 1_700_000_000,
            }))
        })
    };
    note(&head, 0).unwrap();
    note(&second, 1).unwrap();

    assert_eq!(hand_written.head, None);
    let paths = scratch.git(&["ls-tree", "-r", "--name-only", &format!("refs/notes/gov/{STREAM}")]);
    assert!(paths.lines().all(|path| path.len() == 40), "{paths}");
    assert_eq!(scratch.git(&["notes", &reference, "show", &head]), format!("by hand\n{}", line(0, "one")));
}

#[test]
fn eight_threads_lose_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("");

    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let path = &path;
            scope.spawn(move || {
                let repo = open(path);
                for number in 0..25 {
                    append(&repo, STREAM, object(thread * 100 + number), "many").unwrap();
                }
            });
        }
    });

    let found = walk(&open(&path), STREAM, None);
    let mut lines: Vec<String> = found.added.into_iter().map(|(_, line)| line).collect();
    let mut expected: Vec<String> = (0..200).map(|seq| line(seq, "many")).collect();
    assert_eq!((lines.len(), found.end.as_str()), (200, "whole 200"));
    lines.sort();
    expected.sort();
    assert_eq!(lines, expected);
}

#[test]
fn packed_references_and_the_folder_that_git_removed_do_not_matter() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    appended(&repo, 0..2);

    scratch.git(&["pack-refs", "--all", "--prune"]);
    appended(&repo, 2..4);
    scratch.git(&["gc", "--quiet", "--prune=now"]);
    appended(&repo, 4..5);

    assert_eq!(walk(&repo, STREAM, None).end, "whole 5");
    assert_eq!(scratch.git(&["rev-list", "--count", &format!("refs/notes/gov/{STREAM}")]), "5");
}

#[test]
fn an_entry_too_large_for_one_block_is_written_as_any_other() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));

    append(&repo, STREAM, object(1), &"x".repeat(70_000)).unwrap();
    append(&repo, STREAM, object(1), "one").unwrap();

    assert_eq!(walk(&open(&scratch.path("")), STREAM, None).added[1], (object(1), line(1, "one")));
    let shown = scratch.git(&["notes", &format!("--ref=gov/{STREAM}"), "show", &object(1).to_string()]);
    assert_eq!(shown, format!("{}\n{}", line(0, &"x".repeat(70_000)), line(1, "one")));
    scratch.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn an_append_leaves_no_log_of_references() {
    let scratch = Scratch::new();

    appended(&open(&scratch.path("")), 0..3);

    assert!(!scratch.path(".git/logs/refs/notes").exists());
}

#[test]
fn linked_worktrees_share_a_stream_and_bare_repositories_have_one() {
    let scratch = Scratch::new();
    let linked = scratch.beside("linked");
    scratch.git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
    let bare = scratch.beside("bare.git");
    scratch.git(&["init", "-q", "--bare", bare.to_str().unwrap()]);

    appended(&open(&scratch.path("")), 0..1);
    appended(&open(&linked), 1..2);
    appended(&open(&bare), 0..2);

    assert_eq!(walk(&open(&scratch.path("")), STREAM, None).end, "whole 2");
    assert_eq!(walk(&open(&bare), STREAM, None).end, "whole 2");
    assert_eq!(open(&scratch.path("")).clone_nonce().unwrap(), open(&linked).clone_nonce().unwrap());
}

#[test]
fn a_stream_moved_by_somebody_else_is_read_again() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let first = appended(&repo, 0..2)[0];
    let mut tips = Vec::new();

    let written = repo.append(STREAM, &writer(), |tip| {
        tips.push(tip.unwrap().commit);
        if tips.len() == 1 {
            // As a fetch would, in the middle of the append.
            scratch.git(&["update-ref", &format!("refs/notes/gov/{STREAM}"), &first.to_string()]);
        }
        let note = Noted { object: object(9), line: b"x".to_vec() };
        let head = Seen { seq: 9, id: Sha256::of(b"x") };
        Ok::<_, NotesError>(Some(Draft { notes: vec![note], head, subject: "Entry".into(), time: 1_700_000_000 }))
    });

    assert_eq!(tips.len(), 2);
    assert_eq!(tips[1], first);
    let parent = scratch.git(&["rev-parse", &format!("{}^", written.unwrap().unwrap())]);
    assert_eq!(parent, first.to_string());
}

#[test]
fn a_draft_of_nothing_writes_nothing() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));

    assert_eq!(repo.append(STREAM, &writer(), |_| Ok::<_, NotesError>(None)).unwrap(), None);

    assert_eq!(repo.stream_tip(STREAM).unwrap(), None);
}

#[test]
fn names_that_would_lead_elsewhere_are_refused() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));

    for name in ["", "..", "a/b", "../heads/main", "x.lock", ".x", "-x", "a..b", "a b", "ä", "a\0"] {
        let refused = append(&repo, name, object(1), "one");
        assert!(matches!(refused, Err(NotesError::StreamName { .. })), "{name:?}: {refused:?}");
    }
    for name in ["ci-runner.4", "A_b", "0123456789ab-00000001"] {
        append(&repo, name, object(1), "one").unwrap();
    }
}

#[test]
fn what_cannot_be_written_is_said_and_leaves_nothing() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let before = appended(&repo, 0..1)[0];
    let write = |lines: &[u8], writer: &Writer| {
        repo.append(STREAM, writer, |_| {
            let note = Noted { object: object(1), line: lines.to_vec() };
            let head = Seen { seq: 1, id: Sha256::of(lines) };
            Ok::<_, NotesError>(Some(Draft { notes: vec![note], head, subject: "Entry".into(), time: 1_700_000_000 }))
        })
    };

    let nobody = Writer { name: String::new(), email: " ".into() };
    assert!(matches!(write(b"x", &nobody), Err(NotesError::NoIdentity)));
    assert!(matches!(write(b"x\ny", &writer()), Err(NotesError::LineBreak)));

    assert_eq!(repo.stream_tip(STREAM).unwrap().unwrap().commit, before);
    assert!(!lock_of(&scratch.path(".git")).exists());
    write(b"x", &Writer { name: String::new(), ..writer() }).unwrap();
}

#[test]
fn a_file_in_place_of_a_folder_is_an_error_and_not_a_loss() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    fs::write(scratch.path(".git/gov"), "in the way").unwrap();
    let no_folder = append(&repo, STREAM, object(1), "one");
    fs::remove_file(scratch.path(".git/gov")).unwrap();
    fs::create_dir_all(scratch.path(".git/refs/notes")).unwrap();
    fs::write(scratch.path(".git/refs/notes/gov"), "in the way").unwrap();
    let no_reference = append(&repo, STREAM, object(1), "one");
    fs::remove_file(scratch.path(".git/refs/notes/gov")).unwrap();

    assert!(matches!(no_folder, Err(NotesError::Write { .. })), "{no_folder:?}");
    assert!(no_reference.is_err(), "{no_reference:?}");
    append(&repo, STREAM, object(1), "one").unwrap();
}

#[test]
fn the_lock_of_a_dead_writer_is_cleared_and_that_of_a_living_git_is_not() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let tip = appended(&repo, 0..1)[0];
    let lock = lock_of(&scratch.path(".git"));
    let intent = format!("{} refs/notes/gov/{STREAM}\n", object(3));

    for left in ["", &object(3).to_string()[..20], &format!("{}\n", object(3))] {
        fs::write(scratch.path(".git/gov/lock"), &intent).unwrap();
        fs::write(&lock, left).unwrap();
        append(&repo, STREAM, object(2), "one").unwrap();
        assert!(!lock.exists());
    }
    fs::write(scratch.path(".git/gov/lock"), &intent).unwrap();
    fs::write(&lock, format!("{tip}\n")).unwrap();
    let refused = append(&repo, STREAM, object(2), "one");

    assert!(
        matches!(&refused, Err(NotesError::Locked { path }) if path.ends_with(lock.file_name().unwrap())),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(&lock).unwrap(), format!("{tip}\n"));
}

#[test]
fn a_symbolic_stream_is_refused() {
    let scratch = Scratch::new();
    scratch.git(&["symbolic-ref", &format!("refs/notes/gov/{STREAM}"), "refs/heads/main"]);
    let repo = open(&scratch.path(""));
    let before = scratch.git(&["rev-parse", "main"]);

    let refused = append(&repo, STREAM, object(1), "one");

    assert!(matches!(refused, Err(NotesError::Symbolic { .. })), "{refused:?}");
    assert_eq!(scratch.git(&["rev-parse", "main"]), before);
}

#[test]
fn nothing_is_appended_while_objects_are_in_quarantine() {
    let scratch = Scratch::new();
    let place = Place { directory: Some(scratch.path("")), quarantined: true, ..Place::default() };

    let refused = append(&Repo::open(&place).unwrap(), STREAM, object(1), "one");

    assert!(matches!(refused, Err(NotesError::Quarantined)), "{refused:?}");
}

#[test]
fn what_git_syncs_is_synced_and_what_it_cannot_read_is_refused() {
    let scratch = Scratch::new();
    scratch.git(&["config", "core.fsync", "all"]);
    appended(&open(&scratch.path("")), 0..2);
    let other = scratch.beside("sha256");
    scratch.git(&["init", "-q", "--object-format=sha256", other.to_str().unwrap()]);

    let refused = Repo::open(&Place { directory: Some(other), ..Place::default() });

    assert!(matches!(refused, Err(GitError::Unsupported { .. })));
    assert_eq!(walk(&open(&scratch.path("")), STREAM, None).end, "whole 2");
}

fn lock_of(git_dir: &Path) -> std::path::PathBuf {
    git_dir.join(format!("refs/notes/gov/{STREAM}.lock"))
}
