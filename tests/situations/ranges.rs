//! Which commits a branch, a range or a merge brings.

use serde_json::json;

use crate::files;
use crate::support::{Scratch, lines};

#[test]
fn a_detached_head_is_judged_against_the_default_branch() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "--detach"]);
    scratch.write("a.txt", "x\n");
    scratch.commit_all("Detached");

    let json = scratch.check(&[]);

    assert_eq!(json["target"]["kind"], "range");
    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn a_branch_is_judged_against_what_the_remote_has_and_not_against_an_old_copy_of_it() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "-u", "origin", "main"]);
    let old = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("theirs.txt", lines(5));
    scratch.commit_all("Theirs");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.git(&["branch", "-q", "-f", "main", &old]);
    scratch.write("mine.txt", lines(5));
    scratch.commit_all("Mine");
    let described = |arguments: &[&str]| {
        let said = scratch.run(&[&["check"], arguments].concat()).out;
        said.lines().find(|line| line.contains("commit")).unwrap_or_default().trim().to_owned()
    };

    for (arguments, place) in [(&[][..], "topic"), (&["topic"], "topic")] {
        assert_eq!(files(&scratch.check(arguments)), [json!(["mine.txt", "A", 5, 0])], "{arguments:?}");
        assert!(
            described(arguments).contains(&format!("1 commit on {place} since origin/main")),
            "{}",
            described(arguments)
        );
    }
    assert_eq!(files(&scratch.check(&["--base", "main"])).len(), 2, "who names a base means it");
    scratch.git(&["checkout", "-q", "--detach"]);
    assert!(described(&[]).contains("1 commit at HEAD since origin/main"), "{}", described(&[]));

    // A fork, whose own copy nobody keeps up to date: the branch says whom it follows.
    scratch.git(&["remote", "rename", "origin", "upstream"]);
    scratch.git(&["remote", "add", "origin", &scratch.beside("fork.git").to_string_lossy()]);
    scratch.git(&["update-ref", "refs/remotes/origin/main", &old]);
    assert!(described(&["topic"]).contains("1 commit on topic since upstream/main"), "{}", described(&["topic"]));

    // Nobody has it but this clone.
    for remote in ["origin", "upstream"] {
        scratch.git(&["remote", "remove", remote]);
    }
    assert!(described(&["topic"]).contains("2 commits on topic since main"), "{}", described(&["topic"]));
}

#[test]
fn a_merge_is_judged_only_for_what_differs_from_all_its_parents() {
    let scratch = Scratch::new();
    scratch.write("a.txt", lines(10));
    scratch.commit_all("Base");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", lines(10).replace("line 1\n", "side\n"));
    scratch.commit_all("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("b.txt", lines(300));
    scratch.commit_all("Main");
    scratch.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    scratch.write("smuggled.txt", "x\n");
    scratch.commit_all("Merge");

    let json = scratch.check(&["HEAD"]);

    assert_eq!(files(&json), [json!(["smuggled.txt", "A", 1, 0])]);
}

#[test]
fn a_range_is_what_one_side_has_and_the_other_has_not() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("side.txt", "x\n");
    scratch.commit_all("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("main.txt", "x\n");
    scratch.commit_all("Main");

    for range in ["main..side", "main...side", "side"] {
        let json = scratch.check(&[range]);
        assert_eq!(json["target"]["kind"], "range", "{range}");
        assert_eq!(files(&json), [json!(["side.txt", "A", 1, 0])], "{range}");
    }
    let based = scratch.check(&["side", "--base", "main"]);
    assert_eq!(files(&based), [json!(["side.txt", "A", 1, 0])]);
}

#[test]
fn the_change_id_survives_rebase_squash_and_reword_and_dies_on_a_mode_bit() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    for number in 1..=3 {
        scratch.write(&format!("{number}.txt"), lines(number));
        scratch.commit_all("Part");
    }
    let id = |arguments: &[&str]| scratch.check(arguments)["target"]["change"].as_str().unwrap().to_owned();
    let before = id(&["main..side"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("other.txt", "x\n");
    scratch.commit_all("Other");
    scratch.git(&["checkout", "-q", "side"]);

    scratch.git(&["rebase", "-q", "main"]);
    assert_eq!(id(&["main..side"]), before);
    scratch.git(&["reset", "-q", "--soft", "main"]);
    assert_eq!(id(&["--staged"]), before);
    scratch.git(&["commit", "-q", "-m", "Squashed and reworded"]);
    assert_eq!(id(&["main..side"]), before);
    scratch.make_executable("1.txt");
    scratch.git(&["commit", "-q", "-a", "--amend", "-m", "One bit"]);
    assert_ne!(id(&["main..side"]), before);
}

#[test]
fn a_branch_is_judged_whole_however_its_name_is_spelled() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "topic"]);
    for name in ["a.txt", "b.txt"] {
        scratch.write(name, lines(5));
        scratch.commit_all(name);
    }

    scratch.git(&["checkout", "-q", "main"]);

    for revision in ["topic", "heads/topic", "refs/heads/topic", "@{-1}"] {
        let json = scratch.check(&[revision]);

        assert_eq!((&json["target"]["kind"], &json["files"]["changed"]), (&json!("range"), &json!(2)), "{revision}");
    }
    assert_eq!(scratch.check(&["refs/heads/main"])["target"]["kind"], "commit");
}

#[test]
fn a_range_and_a_base_contradict_each_other() {
    let scratch = Scratch::new();

    assert_eq!(scratch.run(&["check", "HEAD..HEAD", "--base", "main"]).code, 2);
    assert_eq!(scratch.run(&["check", "HEAD", "--base", "main"]).code, 0);
}

#[test]
fn a_clone_of_one_branch_does_not_take_it_for_the_default_one() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", lines(3));
    scratch.commit_all("Side");
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--single-branch", "-b", "side", &url, "../one"]);
    let one = scratch.beside("one");
    scratch.git_in(&one, &["remote", "set-head", "origin", "--delete"]);

    let said = scratch.run_in(&one, &["check"]);

    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("gov-hook check --base origin/BRANCH"), "{}", said.err);
}

#[test]
fn a_branch_of_a_remote_does_not_hide_behind_a_tag_or_a_branch_of_its_name() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.write("a.txt", lines(3));
    scratch.commit_all("Change");
    let all = [json!(["a.txt", "A", 3, 0])];
    let judged = |range: &str| files(&scratch.check(&[range]));

    scratch.git(&["tag", "origin/main"]);
    assert_eq!(judged("origin/main..HEAD"), all);
    assert_eq!(judged("origin/main~0..HEAD"), all);
    scratch.git(&["update-ref", "refs/heads/origin/main", "HEAD"]);
    let refused = scratch.run(&["check", "origin/main..HEAD"]);
    assert_eq!(refused.code, 2);
    refused.is_refused_with(&[
        "`origin/main` names a branch here and another one of a remote",
        "name it in full: refs/remotes/origin/main",
    ]);
    assert_eq!(judged("refs/remotes/origin/main..HEAD"), all);
}

#[test]
fn a_branch_does_not_hide_behind_a_tag_of_its_name() {
    let scratch = Scratch::new();
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a.txt", lines(3));
    scratch.commit_all("Side");
    scratch.git(&["tag", "side", "main"]);

    for named in ["side", "main..side"] {
        assert_eq!(files(&scratch.check(&[named])), [json!(["a.txt", "A", 3, 0])], "{named}");
    }
}

#[test]
fn commits_dated_backwards_do_not_change_what_a_range_holds() {
    let scratch = Scratch::new();
    let tree = scratch.git(&["write-tree"]);
    let commit = |date: u32, parents: &[&str]| {
        let date = format!("@{date} +0000");
        let mut command = scratch.command("git", &scratch.path(""));
        command
            .args(["commit-tree", &tree, "-m", "Commit"])
            .envs([("GIT_COMMITTER_DATE", &date), ("GIT_AUTHOR_DATE", &date)]);
        command.args(parents.iter().flat_map(|parent| ["-p", parent]));
        String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    // Younger than all that follows it, so a walk from the youngest visits it before it is known to
    // lie behind the meeting point.
    let root = commit(9_000, &[]);
    let below = commit(1_000, &[&root]);
    let shared = commit(2_000, &[&below]);
    let old = commit(3_000, &[&shared]);
    let new = commit(4_000, &[&shared, &root]);

    scratch.git(&["branch", "old", &old]);
    scratch.git(&["branch", "new", &new]);

    assert_eq!(scratch.check(&["old..new"])["target"]["base"], json!(shared));
    let said = scratch.run(&["check", "old..new"]);
    assert!(said.out.contains("judged: 1 commit in old..new, "), "{}", said.out);
}

#[test]
fn what_is_named_from_a_branch_on_is_one_commit_of_it_and_no_branch() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.write("a.txt", lines(3));
    scratch.commit_all("Older");
    scratch.write("b.txt", lines(5));
    scratch.commit_all("Newer");
    scratch.git(&["push", "-q", "-u", "origin", "main"]);
    scratch.git(&["remote", "set-head", "origin", "main"]);

    for named in ["HEAD~1", "HEAD^", "main~1", "origin/main~1", "origin/HEAD^", "main@{1}", "heads/main~1"] {
        let json = scratch.check(&[named]);
        assert_eq!(json["target"]["kind"], "commit", "{named}");
        assert_eq!(files(&json), [json!(["a.txt", "A", 3, 0])], "{named}");
    }
    assert_eq!(files(&scratch.check(&["HEAD", "--base", "main~1"])), [json!(["b.txt", "A", 5, 0])]);
}

#[test]
fn a_revision_that_is_not_one_commit_says_what_it_is_and_what_to_name() {
    let scratch = Scratch::new();
    scratch.write("src/a.txt", "one\n");
    let first = scratch.commit_all("Begin here");
    scratch.write("src/a.txt", "two\n");
    scratch.commit_all("Go on");

    for (named, what, mend) in [
        (":src/a.txt", "is a file in the index, not a commit", "gov-hook check --staged"),
        (":0:src/a.txt", "is a file in the index, not a commit", "gov-hook check --staged"),
        (":", "is a file in the index, not a commit", "gov-hook check --staged"),
        ("HEAD^!", "stands for several revisions", "name the commit alone: HEAD"),
        ("HEAD^@", "stands for several revisions", "name one of its parents: HEAD^1"),
        ("HEAD^-", "stands for several revisions", "name them as a range: HEAD^1..HEAD"),
        ("HEAD:src", "is something inside of a commit, not the commit", "name the commit alone: HEAD"),
        ("HEAD^{tree}", "is something inside of a commit, not the commit", "name the commit alone: HEAD"),
        ("main..:src/a.txt", "is a file in the index, not a commit", "gov-hook check --staged"),
        (":/no such words", "is not a commit, branch or tag here", "git branch --all"),
        ("nothing:src", "is not a commit, branch or tag here", "git branch --all"),
    ] {
        let said = scratch.run(&["check", named]);
        assert_eq!(said.code, 2, "{named}: {}", said.out);
        assert!(said.err.contains(what) && said.err.contains(mend), "{named}: {}", said.err);
    }
    for named in [":/Begin", ":/!-Go", ":/^Begin.*e$", "HEAD^{/Begin}", "HEAD^{/!-Go}", "HEAD@{1}", "main@{1}"] {
        let judged = scratch.check(&[named]);
        assert_eq!(judged["target"]["head"], first, "{named}");
    }
    assert_eq!(scratch.run(&["check", "@{yesterday}"]).code, 0);
}
