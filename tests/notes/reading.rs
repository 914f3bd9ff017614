//! Walking a stream: what was added, and every other thing that can be done to notes.

use std::fs;
use std::path::Path;

use gov_hook::git::notes::{Asked, Walked};
use gov_hook::model::ObjectId;

use crate::support::Scratch;
use crate::{Found, STREAM, append, appended, line, object, open, walk};

fn reference() -> String {
    format!("refs/notes/gov/{STREAM}")
}

fn notes_ref() -> String {
    format!("--ref=gov/{STREAM}")
}

/// Commits a tree on top of the stream by plumbing, as somebody would who wants to cheat.
fn commit_tree(scratch: &Scratch, tree: &str, parents: &[&str]) -> ObjectId {
    let mut arguments = vec!["commit-tree", tree, "-m", "by hand"];
    arguments.extend(parents.iter().flat_map(|parent| ["-p", parent]));
    let commit = scratch.git(&arguments);
    scratch.git(&["update-ref", &reference(), &commit]);
    commit.parse().unwrap()
}

fn hash(scratch: &Scratch, content: &str) -> String {
    fs::write(scratch.beside("content"), content).unwrap();
    scratch.git(&["hash-object", "-w", scratch.beside("content").to_str().unwrap()])
}

/// The stream's tree with one path set, or taken out.
fn tree_with(scratch: &Scratch, mode: &str, path: &str, id: Option<&str>) -> String {
    let index = scratch.beside("index");
    let run = |arguments: &[&str]| {
        let output =
            scratch.command("git", &scratch.path("")).env("GIT_INDEX_FILE", &index).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    run(&["read-tree", &reference()]);
    match id {
        Some(id) => run(&["update-index", "--add", "--cacheinfo", &format!("{mode},{id},{path}")]),
        None => run(&["update-index", "--force-remove", path]),
    };
    run(&["write-tree"])
}

fn path_of(object: ObjectId) -> String {
    let hex = object.to_string();
    format!("{}/{}", &hex[..2], &hex[2..])
}

#[test]
fn a_walk_gives_each_entry_once_and_in_order() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let commits = appended(&repo, 0..4);
    append(&repo, STREAM, object(1), "again").unwrap();

    let expected = |from: u64| {
        let mut added: Vec<_> = (from..4).map(|seq| (object(seq), line(seq, "one"))).collect();
        added.push((object(1), line(4, "again")));
        Found { end: format!("whole {}", added.len()), added, oddities: Vec::new() }
    };
    assert_eq!(walk(&repo, STREAM, None), expected(0));
    assert_eq!(walk(&repo, STREAM, Some(commits[1])), expected(2));
    let tip = repo.stream_tip(STREAM).unwrap().unwrap().commit;
    assert_eq!(walk(&repo, STREAM, Some(tip)).end, "whole 0");
}

#[test]
fn the_lines_of_one_object_are_found_in_any_layout() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    appended(&repo, 0..10);
    append(&repo, STREAM, object(4), "again").unwrap();
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let lines = |repo: &gov_hook::git::Repo, object| -> Vec<String> {
        repo.noted(STREAM, object).unwrap().iter().map(|line| crate::text(line)).collect()
    };

    let in_folders = lines(&repo, object(4));
    scratch.git(&["notes", &notes_ref(), "add", "-m", "x", &head]);
    let flat = lines(&repo, object(4));

    assert_eq!(in_folders, [line(4, "one"), line(10, "again")]);
    assert_eq!(flat, in_folders);
    assert_eq!(lines(&repo, object(99)), Vec::<String>::new());
    assert_eq!(repo.noted("no-such-stream", object(4)).unwrap(), Vec::<Vec<u8>>::new());
}

#[test]
fn many_notes_are_read_through_git_and_are_the_same() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let commits = appended(&repo, 0..700);

    let loose = walk(&repo, STREAM, None);
    scratch.git(&["gc", "--quiet"]);
    let repo = open(&scratch.path(""));
    let packed = walk(&repo, STREAM, None);
    let newest = walk(&repo, STREAM, Some(commits[689]));

    assert_eq!(loose, packed);
    assert_eq!(loose.added, (0..700).map(|seq| (object(seq), line(seq, "one"))).collect::<Vec<_>>());
    assert_eq!(newest.added, loose.added[690..]);
}

#[test]
fn several_streams_are_walked_at_once_each_with_its_own_state() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    for stream in 0..5 {
        for number in 0..20 {
            append(&repo, &format!("stream-{stream}"), object(number), &stream.to_string()).unwrap();
        }
    }
    let streams = repo.streams().unwrap();
    let names: Vec<&str> = streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names, ["stream-0", "stream-1", "stream-2", "stream-3", "stream-4"]);

    let asked = streams.iter().map(|stream| (Asked { tip: stream.tip.unwrap(), after: None }, Vec::new())).collect();
    let walked = repo.walk_streams(asked, &|lines: &mut Vec<String>, step| {
        lines.extend(step.added.iter().map(|noted| crate::text(&noted.line)));
    });

    for (stream, (lines, end)) in walked.into_iter().enumerate() {
        assert!(matches!(end, Walked::Whole { commits: 20 }), "{end:?}");
        assert_eq!(lines, (0..20).map(|seq| line(seq, &stream.to_string())).collect::<Vec<_>>());
    }
}

#[test]
fn notes_that_git_lays_out_anew_are_the_same_notes() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let known = appended(&repo, 0..40)[20];
    let head = scratch.git(&["rev-parse", "HEAD"]);

    // git writes so few notes without folders, and takes its own note back out.
    scratch.git(&["notes", &notes_ref(), "add", "-m", "x", &head]);
    let flat = scratch.git(&["ls-tree", "-r", "--name-only", &reference()]);
    scratch.git(&["notes", &notes_ref(), "remove", &head]);

    assert!(flat.lines().all(|path| path.len() == 40), "{flat}");
    let found = walk(&repo, STREAM, Some(known));
    let mut expected: Vec<_> = (21..40).map(|seq| (object(seq), line(seq, "one"))).collect();
    expected.push((head.parse().unwrap(), "x".into()));
    assert_eq!(found.added, expected);
    assert_eq!(found.oddities, ["removed x"]);
}

#[test]
fn a_changed_a_removed_and_a_reordered_line_are_told_apart() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let known = appended(&repo, 0..2)[1];
    let two = append(&repo, STREAM, object(0), "two").unwrap();
    let tip = two.to_string();
    let note = |text: &str| tree_with(&scratch, "100644", &path_of(object(0)), Some(&hash(&scratch, text)));

    let both = (line(0, "one"), line(2, "two"));
    commit_tree(&scratch, &note(&format!("{}\n{}\n", both.1, both.0)), &[&tip]);
    let found = walk(&repo, STREAM, Some(two));
    assert_eq!((found.added.len(), found.oddities), (0, vec!["reordered".to_owned()]));

    commit_tree(&scratch, &note(&format!("{}\n", both.0)), &[&tip]);
    assert_eq!(walk(&repo, STREAM, Some(two)).oddities, [format!("removed {}", both.1)]);

    commit_tree(&scratch, &note(&format!("{}\nforged\n", both.0)), &[&tip]);
    let found = walk(&repo, STREAM, Some(two));
    assert_eq!(found.added, [(object(0), "forged".to_owned())]);
    assert_eq!(found.oddities, [format!("removed {}", both.1)]);

    commit_tree(&scratch, &note(&format!("{}\n{}", both.0, both.1)), &[&tip]);
    let found = walk(&repo, STREAM, Some(two));
    assert_eq!((found.added.len(), found.oddities), (0, vec!["unended".to_owned()]));

    commit_tree(&scratch, &note(&format!("{0}\n{0}\n{1}\n", both.0, both.1)), &[&tip]);
    assert_eq!(walk(&repo, STREAM, Some(two)).added, [(object(0), both.0.clone())]);

    commit_tree(&scratch, &tree_with(&scratch, "", &path_of(object(0)), None), &[&tip]);
    assert_eq!(walk(&repo, STREAM, Some(known)).added, [(object(0), both.1.clone())]);
    assert_eq!(walk(&repo, STREAM, Some(two)).oddities.len(), 2);
}

#[test]
fn what_is_no_note_is_named() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let known = appended(&repo, 0..2)[1];
    let tip = known.to_string();
    let blob = hash(&scratch, "x\n");
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let hex = object(77).to_string();
    let (two, rest) = hex.split_at(2);

    let cases = [
        ("100644", "readme".to_owned(), "readme".to_owned(), &blob),
        ("100644", format!("{two}/{}", &rest[1..]), format!("{two}/{}", &rest[1..]), &blob),
        ("100644", format!("{}/{}", &hex[..3], &hex[3..]), hex[..3].to_owned(), &blob),
        ("100644", format!("{two}/{}", rest.to_uppercase()), format!("{two}/{}", rest.to_uppercase()), &blob),
        ("120000", path_of(object(77)), path_of(object(77)), &blob),
        ("160000", path_of(object(77)), path_of(object(77)), &head),
    ];
    for (mode, path, place, id) in cases {
        scratch.git(&["update-ref", &reference(), &tip]);
        commit_tree(&scratch, &tree_with(&scratch, mode, &path, Some(id)), &[&tip]);
        let found = walk(&repo, STREAM, Some(known));
        assert_eq!((found.added.len(), found.oddities), (0, vec![format!("stray {place}")]), "{mode} {path}");
    }
    scratch.git(&["update-ref", &reference(), &tip]);
    commit_tree(&scratch, &tree_with(&scratch, "100644", &path_of(object(77)), Some(&blob)), &[&tip]);
    assert_eq!(walk(&repo, STREAM, Some(known)).added, [(object(77), "x".to_owned())]);
}

#[test]
fn a_rewritten_a_merged_and_an_unrelated_history_are_told() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let commits = appended(&repo, 0..3);
    let (first, last) = (commits[0].to_string(), commits[2].to_string());

    let tree = scratch.git(&["rev-parse", &format!("{last}^{{tree}}")]);
    commit_tree(&scratch, &tree, &[&first]);
    assert_eq!(walk(&repo, STREAM, Some(commits[2])).end, "rewritten");
    let whole = walk(&repo, STREAM, None);
    assert_eq!((whole.end.as_str(), whole.added.len()), ("whole 2", 3));

    commit_tree(&scratch, &tree, &[]);
    assert_eq!(walk(&repo, STREAM, Some(commits[2])).end, "rewritten");

    let side = scratch.git(&["rev-parse", "HEAD"]);
    commit_tree(&scratch, &tree, &[&last, &side]);
    let merged = walk(&repo, STREAM, Some(commits[2]));
    assert_eq!((merged.end.as_str(), merged.oddities), ("whole 1", vec!["merge of 1".to_owned()]));
}

#[test]
fn replaced_objects_and_grafts_have_no_effect() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let commits = appended(&repo, 0..150);
    let honest = walk(&repo, STREAM, None);

    let blob = scratch.git(&["rev-parse", &format!("{}:{}", reference(), path_of(object(0)))]);
    scratch.git(&["replace", &blob, &hash(&scratch, "forged\n")]);
    scratch.git(&["replace", "--graft", &commits[149].to_string(), &commits[10].to_string()]);
    fs::write(scratch.path(".git/info/grafts"), format!("{} {}\n", commits[100], commits[5])).unwrap();

    assert_eq!(walk(&open(&scratch.path("")), STREAM, None), honest);
    assert_eq!(honest.end, "whole 150");
}

fn delete(scratch: &Scratch, id: &str) {
    let path = scratch.path(&format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    fs::remove_file(path).unwrap();
}

#[test]
fn a_missing_object_is_told_where_it_is_missing() {
    let scratch = Scratch::new();
    appended(&open(&scratch.path("")), 0..3);
    let at = |spec: &str| scratch.git(&["rev-parse", spec]);
    let (blob, tree) =
        (at(&format!("{}:{}", reference(), path_of(object(1)))), at(&format!("{}~1^{{tree}}", reference())));
    let middle = at(&format!("{}~1", reference()));

    delete(&scratch, &blob);
    let found = walk(&open(&scratch.path("")), STREAM, None);
    assert_eq!(found.added.len(), 2);
    assert_eq!(found.oddities, [format!("note: object {blob} (a note) is not in this repository")]);

    delete(&scratch, &tree);
    let found = walk(&open(&scratch.path("")), STREAM, None);
    assert_eq!(
        found.oddities,
        [(); 2].map(|()| format!("tree: object {tree} (a tree of notes) is not in this repository"))
    );

    delete(&scratch, &middle);
    let found = walk(&open(&scratch.path("")), STREAM, None);
    assert_eq!(found.end, format!("broken: object {middle} (a commit of the ledger) is not in this repository"));
}

#[test]
fn a_shallow_copy_of_a_stream_says_that_it_is_one() {
    let scratch = Scratch::new();
    let commits = appended(&open(&scratch.path("")), 0..5);
    let clone = scratch.beside("clone");
    scratch.git(&["init", "-q", clone.to_str().unwrap()]);
    let url = format!("file://{}", scratch.path("").display());
    let pair = format!("{0}:{0}", reference());
    scratch.git_in(&clone, &["fetch", "-q", "--depth=2", &url, &pair]);

    let repo = open(&clone);

    assert_eq!(walk(&repo, STREAM, None).end, "shallow 2");
    assert_eq!(walk(&repo, STREAM, Some(commits[0])).end, "rewritten");
    assert_eq!(walk(&repo, STREAM, Some(commits[3])).end, "whole 1");
}

#[test]
fn hostile_sizes_are_told_and_not_held() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let known = *appended(&repo, 0..120).last().unwrap();
    let tip = known.to_string();
    let large = hash(&scratch, &"x".repeat(20 << 20));

    commit_tree(&scratch, &tree_with(&scratch, "100644", &path_of(object(0)), Some(&large)), &[&tip]);
    let few = walk(&repo, STREAM, Some(known));
    let many = walk(&repo, STREAM, None);

    let too_large = format!("note: object {large} (a note) has {} bytes; at most {} are read", 20 << 20, 16 << 20);
    assert_eq!(few.oddities, std::slice::from_ref(&too_large));
    assert_eq!((many.added.len(), many.oddities), (120, vec![too_large]));

    let message = scratch.beside("message");
    fs::write(&message, "y".repeat(2 << 20)).unwrap();
    let tree = scratch.git(&["rev-parse", &format!("{tip}^{{tree}}")]);
    let commit = scratch.git(&["commit-tree", &tree, "-p", &tip, "-F", message.to_str().unwrap()]);
    scratch.git(&["update-ref", &reference(), &commit]);
    let ended = repo.walk_stream(&Asked { tip: commit.parse().unwrap(), after: None }, &mut |_| ());
    assert!(matches!(ended, Walked::Broken { .. }), "{ended:?}");
}

/// Each level holds the next one 256 times: read as files, it would never end.
#[test]
fn a_tree_that_unfolds_without_end_is_told() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let known = appended(&repo, 0..1)[0];
    let mut below = scratch.git(&["mktree", "--missing"]);
    for level in 0..19 {
        let entry = |number: u32| format!("040000 tree {below}\t{number:02x}\n");
        let entries: String = if level == 0 {
            format!("100644 blob {}\tab\n", hash(&scratch, "x\n"))
        } else {
            (0..256).map(entry).collect()
        };
        below = with_input(&scratch, &["mktree"], &entries);
    }
    commit_tree(&scratch, &below, &[&known.to_string()]);

    let found = walk(&repo, STREAM, Some(known));

    assert_eq!(found.oddities, ["tree: more than 10000 files differ; this is not a change anyone can judge"]);
}

fn with_input(scratch: &Scratch, arguments: &[&str], input: &str) -> String {
    let path = scratch.beside("input");
    fs::write(&path, input).unwrap();
    let output = scratch
        .command("git", Path::new(&scratch.path("")))
        .args(arguments)
        .stdin(fs::File::open(&path).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_streams_here_are_those_that_git_lists_wherever_they_stand() {
    let scratch = Scratch::new();
    let repo = open(&scratch.path(""));
    let listed = || -> Vec<String> {
        let streams = repo.streams_here().unwrap();
        streams.iter().map(|stream| format!("{} {}", stream.tip.unwrap(), stream.reference)).collect()
    };
    let by_git = || -> Vec<String> {
        let listed = scratch.git(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/notes/gov/"]);
        listed.lines().map(str::to_owned).collect()
    };

    assert_eq!(listed(), by_git());
    for stream in ["ci-1", "ci-2", "ci-3"] {
        append(&repo, stream, object(1), "one").unwrap();
    }
    fs::write(scratch.path(".git/refs/notes/gov/ci-4.lock"), "").unwrap();
    assert_eq!((listed(), listed().len()), (by_git(), 3));
    scratch.git(&["pack-refs", "--all"]);
    assert_eq!((listed(), listed().len()), (by_git(), 3));
    append(&repo, "ci-2", object(2), "two").unwrap();
    append(&repo, "ci-5", object(1), "one").unwrap();
    assert_eq!((listed(), listed().len()), (by_git(), 4));
    // Below a folder of its own no stream can be, and still it has to be told.
    scratch.git(&["update-ref", "refs/notes/gov/deep/ci-6", &repo.stream_commit("ci-1").unwrap().unwrap().to_string()]);
    assert_eq!((listed(), listed().len()), (by_git(), 5));
    // What is packed under the name of one that is damaged is what it was once.
    fs::write(scratch.path(".git/refs/notes/gov/ci-3"), "no reference").unwrap();
    let damaged = "the file of `refs/notes/gov/ci-3` names no commit; it holds `no reference`";
    assert_eq!(repo.streams_here().unwrap_err().to_string(), damaged);
}

#[test]
fn a_loose_object_of_another_s_name_is_not_taken_for_the_one_in_a_pack() {
    let scratch = Scratch::new();
    let commits = appended(&open(&scratch.path("")), 0..3);
    let file = |commit: &ObjectId| {
        let name = commit.to_string();
        scratch.path(&format!(".git/objects/{}/{}", &name[..2], &name[2..]))
    };
    let older = fs::read(file(&commits[0])).unwrap();
    scratch.git(&["gc", "--quiet", "--prune=now"]);
    let packed = walk(&open(&scratch.path("")), STREAM, None);

    fs::create_dir_all(file(&commits[2]).parent().unwrap()).unwrap();
    fs::write(file(&commits[2]), older).unwrap();

    assert_eq!(walk(&open(&scratch.path("")), STREAM, None), packed);
    assert_eq!(packed.added.len(), 3);
}
