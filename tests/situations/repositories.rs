//! Repositories of every kind: empty, bare, linked, shallow, partial, damaged.

use std::fs;

use serde_json::{Value, json};

use crate::files;
use crate::support::{Scratch, lines, secret_line};

#[test]
fn an_unborn_branch_has_nothing_before_it() {
    let scratch = Scratch::unborn();
    scratch.write("a.txt", "x\n");
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&[]);

    assert_eq!(json["target"]["kind"], "staged");
    assert_eq!(json["target"]["base"], Value::Null);
    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn an_empty_repository_has_an_empty_change() {
    let scratch = Scratch::unborn();

    let json = scratch.check(&[]);

    assert_eq!((json["outcome"].as_str(), files(&json).len()), (Some("auto_approved"), 0));
}

#[test]
fn a_bare_repository_is_judged_without_a_work_tree() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "x\n");
    scratch.commit_all("Add");
    scratch.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = scratch.beside("bare.git");

    let commit = scratch.run_in(&bare, &["check", "HEAD", "--format", "json"]);
    let staged = scratch.run_in(&bare, &["check", "--staged"]);

    assert_eq!(files(&commit.json()), [json!(["a.txt", "A", 1, 0])]);
    assert_eq!((staged.code, staged.out.as_str()), (2, ""));
    assert!(staged.err.contains("a bare repository has no index"), "{}", staged.err);
}

#[test]
fn a_linked_worktree_is_judged_by_its_own_index_and_branch() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { default: development, branches: { side: staging } }\n");
    scratch.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = scratch.beside("linked");
    fs::write(linked.join("a.txt"), "x\n").unwrap();
    scratch.git_in(&linked, &["add", "a.txt"]);

    let json = scratch.run_in(&linked, &["check", "--staged", "--format", "json"]).json();

    assert_eq!(json["level"], "staging");
    assert_eq!(files(&json), [json!(["a.txt", "A", 1, 0])]);
}

#[test]
fn a_shallow_clone_fails_closed_and_says_which_fetch_mends_it() {
    let scratch = Scratch::new();
    for number in 0..5 {
        scratch.write("a.txt", lines(number));
        scratch.commit_all("More");
    }
    let url = format!("file://{}", scratch.path("").display());
    scratch.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = scratch.beside("shallow");

    let said = scratch.run_in(&shallow, &["check", "HEAD"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("git fetch --unshallow origin"), "{}", said.err);
    scratch.git_in(&shallow, &["fetch", "-q", "--unshallow", "origin"]);
    assert_eq!(scratch.run_in(&shallow, &["check", "HEAD"]).code, 0);
}

#[test]
fn a_repository_of_another_hash_or_ref_storage_is_refused_by_name() {
    let scratch = Scratch::new();
    for (option, word) in [("--object-format=sha256", "SHA-256"), ("--ref-format=reftable", "reftable")] {
        let directory = scratch.beside(word);
        fs::create_dir(&directory).unwrap();
        if !scratch.tried_in(&directory, &["init", "-q", option]).passed() {
            continue;
        }

        let said = scratch.run_in(&directory, &["check"]);

        assert_eq!(said.code, 2, "{word}");
        assert!(said.err.to_lowercase().contains(&word.to_lowercase()), "{word}: {}", said.err);
        assert!(said.err.contains("\n  mend it: "), "{word}: {}", said.err);
    }
    scratch.git(&["config", "core.repositoryFormatVersion", "1"]);
    scratch.git(&["config", "extensions.unheardOf", "true"]);
    let said = scratch.run(&["check"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("an extension (unsupported extension name extensions.unheardof)"), "{}", said.err);
    assert!(said.err.contains("\n  mend it: take the extension out "), "{}", said.err);
}

#[test]
fn outside_a_repository_there_is_nothing_to_judge() {
    let scratch = Scratch::new();
    let outside = scratch.beside("outside");
    fs::create_dir(&outside).unwrap();

    let said = scratch.run_in(&outside, &["check"]);

    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("no git repository"), "{}", said.err);
}

#[test]
fn a_missing_object_fails_closed() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "x\n");
    scratch.commit_all("Add");
    let blob = scratch.git(&["rev-parse", "HEAD:a.txt"]);
    fs::remove_file(scratch.path(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();

    let said = scratch.run(&["check", "HEAD"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains(&blob), "{}", said.err);
}

#[test]
fn replacement_refs_and_grafts_do_not_change_what_is_judged() {
    let scratch = Scratch::new();
    scratch.write("a.txt", lines(300));
    let large = scratch.commit_all("Large");
    let small = scratch.git(&["commit-tree", "-p", "HEAD~1", "-m", "Small", "HEAD~1^{tree}"]);
    let before = scratch.check(&[&large]);

    scratch.git(&["replace", &large, &small]);

    assert_eq!(scratch.check(&[&large])["files"], before["files"]);
    scratch.git(&["replace", "-d", &large]);
    scratch.write(".git/info/grafts", format!("{large} {small}\n"));
    assert_eq!(scratch.check(&[&large])["files"], before["files"]);
}

/// What libgit2 cannot do is asked of git, which goes by replacements unless it is told not to.
#[test]
fn a_replacement_hides_nothing_from_the_git_that_is_asked() {
    let scratch = Scratch::new();
    let large = |first: &str| [first, &"line\n".repeat(4 << 20)].concat();
    let secret = secret_line();
    scratch.write("large.txt", large(&secret));
    scratch.git(&["add", "--all"]);
    scratch.git(&["repack", "-a", "-d", "-q"]);
    let staged = scratch.git(&["rev-parse", ":large.txt"]);
    fs::write(scratch.beside("clean"), large(&"x".repeat(secret.len()))).unwrap();
    let clean = scratch.git(&["hash-object", "-w", "../clean"]);
    let packed = scratch
        .command("git", &scratch.path(""))
        .args(["pack-objects", "-q", ".git/objects/pack/pack"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn();
    let mut packed = packed.unwrap();
    std::io::Write::write_all(&mut packed.stdin.take().unwrap(), format!("{staged}\n{clean}\n").as_bytes()).unwrap();
    assert!(packed.wait().unwrap().success());
    scratch.git(&["prune-packed", "-q"]);
    assert_eq!(scratch.run(&["check", "--staged"]).code, 1);

    scratch.git(&["replace", &staged, &clean]);
    assert_eq!(scratch.run(&["check", "--staged"]).code, 1, "a large blob");

    scratch.git(&["rm", "-q", "--cached", "large.txt"]);
    scratch.write("small.txt", &secret);
    scratch.git(&["update-index", "--split-index"]);
    scratch.git(&["add", "small.txt"]);
    assert_eq!(scratch.run(&["check", "--staged"]).code, 1);
    scratch.git(&["replace", "HEAD^{tree}", &scratch.git(&["write-tree"])]);
    assert_eq!(scratch.run(&["check", "--staged"]).code, 1, "what git compares with the index");
}

#[test]
fn attributes_and_text_conversion_hide_nothing() {
    let scratch = Scratch::new();
    scratch.write(".gitattributes", "*.txt -diff diff=none\n");
    scratch.commit_all("Hide");
    scratch.git(&["config", "diff.none.textconv", "true"]);
    scratch.git(&["config", "color.ui", "always"]);
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    assert_eq!(json["findings"][0]["rule"], "secret/aws-access-key-id");
}

#[test]
fn a_partial_clone_says_how_to_fetch_all_that_it_left_out() {
    let scratch = Scratch::new();
    for number in 1..4 {
        scratch.write("a.txt", lines(number));
        scratch.commit_all("More");
    }
    for key in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        scratch.git(&["config", key, "true"]);
    }
    let url = format!("file://{}", scratch.path("").display());
    for filter in ["blob:none", "tree:0"] {
        let name = filter.replace(':', "-");
        scratch.git(&["clone", "-q", "--no-checkout", "--filter", filter, &url, &format!("../{name}")]);
        let partial = scratch.beside(&name);

        let said = scratch.run_in(&partial, &["check", "HEAD~2..HEAD"]);

        assert_eq!(said.code, 2, "{filter}");
        let mend = "git fetch --refetch --no-filter origin && git config --unset remote.origin.partialclonefilter";
        assert!(said.err.contains(mend), "{filter}: {}", said.err);
        assert!(scratch.command("sh", &partial).args(["-c", mend]).status().unwrap().success());
        assert_eq!(scratch.run_in(&partial, &["check", "HEAD~2..HEAD"]).code, 0, "{filter}");
        // And what is fetched from then on is whole as well.
        scratch.write("a.txt", filter);
        scratch.commit_all("After it was mended");
        scratch.git_in(&partial, &["fetch", "-q", "origin"]);
        assert_eq!(scratch.run_in(&partial, &["check", "HEAD..origin/main"]).code, 0, "{filter}");
    }
}

#[test]
fn a_head_that_points_out_of_the_repository_is_not_taken_for_an_unborn_branch() {
    let scratch = Scratch::new();
    scratch.write(".git/HEAD", "ref: refs/heads/../../elsewhere\n");

    let said = scratch.run(&["check", "--staged"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains("git symbolic-ref HEAD refs/heads/BRANCH"), "{}", said.err);
}

/// As people keep the files of their home: a bare repository, and a work tree beside it.
#[test]
fn a_bare_repository_with_a_work_tree_of_its_own_is_judged_like_any_other() {
    let scratch = Scratch::new();
    let (home, store) = (scratch.beside("home"), scratch.beside("store.git"));
    fs::create_dir(&home).unwrap();
    scratch.git(&["init", "-q", "--bare", "-b", "main", &store.to_string_lossy()]);
    let there = |command: &mut std::process::Command| {
        command.env("GIT_DIR", &store).env("GIT_WORK_TREE", &home).current_dir(&home);
    };
    let git = |arguments: &[&str]| {
        let mut command = scratch.command("git", &home);
        there(command.args(arguments));
        command.output().unwrap()
    };
    assert_eq!(scratch.run_with(&["install"], there).code, 0);
    fs::write(home.join("notes.txt"), secret_line()).unwrap();
    assert!(git(&["add", "notes.txt"]).status.success());

    let staged = scratch.run_with(&["check", "--staged"], there);

    assert_eq!(staged.code, 1, "{}{}", staged.out, staged.err);
    assert!(!git(&["commit", "-q", "-m", "Leak"]).status.success());
    fs::write(home.join("notes.txt"), "x\n").unwrap();
    assert!(git(&["commit", "-q", "-a", "-m", "Keep"]).status.success());
}

#[test]
fn a_namespace_is_refused_before_its_references_are_taken_for_others() {
    let scratch = Scratch::new();

    let said = scratch.run_with(&["check"], |command| {
        command.env("GIT_NAMESPACE", "tenant");
    });

    assert_eq!(said.code, 2);
    assert!(said.err.contains("GIT_NAMESPACE") && !said.err.contains("echo"), "{}", said.err);
}

#[test]
fn a_policy_that_is_not_in_force_yet_is_said_to_be_none() {
    let scratch = Scratch::new();
    let about = |said: &str| said.contains("judges what comes after the commit that adds it");

    assert!(!about(&scratch.run(&["check"]).out));
    scratch.write(".gov/policy.yaml", "version: 1\n");
    assert!(about(&scratch.run(&["check"]).out), "while it is written");
    scratch.git(&["add", "--all"]);
    assert!(about(&scratch.run(&["check"]).out), "and staged");
    scratch.commit_all("Govern");
    assert!(!about(&scratch.run(&["check"]).out), "but not once it judges");
}

/// As a container of CI that says so in the environment.
#[test]
fn whom_git_is_told_to_trust_on_the_command_line_is_trusted() {
    let scratch = Scratch::new();
    scratch.write("a.txt", lines(3));
    scratch.commit_all("More");
    let top = scratch.path("").canonicalize().unwrap();
    // Only root can give a folder away.
    if std::os::unix::fs::chown(&top, Some(65_534), Some(65_534)).is_err() {
        return;
    }
    std::os::unix::fs::chown(top.join(".git"), Some(65_534), Some(65_534)).unwrap();
    let run = |value: &str, set: &dyn Fn(&mut std::process::Command)| {
        scratch.run_with(&["check", "HEAD", "--format", "json"], |command| {
            command.env_remove("SUDO_UID").env("GIT_CONFIG_COUNT", "1");
            command.env("GIT_CONFIG_KEY_0", "safe.directory").env("GIT_CONFIG_VALUE_0", value);
            set(command);
        })
    };
    let top = top.to_string_lossy().into_owned();
    let plain: &dyn Fn(&mut std::process::Command) = &|_| ();

    for value in [&top[..], "*"] {
        let said = run(value, plain);
        assert_eq!((said.code, files(&said.json())), (0, vec![json!(["a.txt", "A", 3, 0])]), "{value}: {}", said.err);
    }
    let by_git = run("/elsewhere", &|command| {
        command.env_remove("GIT_CONFIG_COUNT").env("GIT_CONFIG_PARAMETERS", format!("'safe.directory'='{top}'"));
    });
    assert_eq!(by_git.code, 0, "{}", by_git.err);

    let elsewhere = format!("{top}/elsewhere");
    let refused = [
        run(&elsewhere, plain),
        // An empty one takes back what was said before.
        run(&top, &|command| {
            command
                .env("GIT_CONFIG_COUNT", "2")
                .env("GIT_CONFIG_KEY_1", "safe.directory")
                .env("GIT_CONFIG_VALUE_1", "");
        }),
        run(&top, &|command| {
            command.env_remove("GIT_CONFIG_COUNT");
        }),
        run("/elsewhere", &|command| {
            command.env("GIT_DIR", ".git");
        }),
    ];
    for said in refused {
        assert_eq!(said.code, 2, "{}", said.out);
        assert!(said.json()["error"].to_string().contains("git does not trust"), "{}", said.out);
    }
}
