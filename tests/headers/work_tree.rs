//! Which files of a work tree are meant, and how git turns their bytes.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use gov_hook::git::Place;
use gov_hook::model::RepoPath;

use crate::support::Scratch;
use crate::{SCRIPT, edit, findings, sign, signed, text, verify};

#[test]
fn what_belongs_to_another_repository_is_signed_there() {
    let scratch = Scratch::new();
    for folder in ["inner", "tracked"] {
        scratch.write(&format!("{folder}/run.sh"), SCRIPT);
    }
    scratch.git(&["add", "tracked"]);
    for folder in ["inner", "tracked"] {
        scratch.git(&["init", "-q", folder]);
    }

    let refused = scratch.run(&["sign", "inner/run.sh", "--env", "dev"]);
    let folder = scratch.run(&["sign", "inner", "--env", "dev"]);

    let there = scratch.path("inner").canonicalize().unwrap();
    for (said, named) in [(refused, "inner/run.sh"), (folder, "inner")] {
        let told = format!(
            "gov-hook sign failed: cannot use `{named}`: it belongs to another repository\n  \
             mend it: do it there: gov-hook -C {} \u{2026}\n",
            there.display()
        );
        assert_eq!((said.code, said.err), (2, told));
    }
    assert_eq!(text(&scratch, "inner/run.sh"), SCRIPT);
    scratch.git_in(&there, &["commit", "-q", "--allow-empty", "-m", "Start"]);
    assert_eq!(scratch.run(&["-C", &there.to_string_lossy(), "sign", "run.sh", "--env", "dev"]).code, 0);
    sign(&scratch, &["tracked/run.sh"], "dev");
    sign(&scratch, &["tracked"], "dev");
}

#[test]
fn a_work_tree_that_the_environment_names_is_the_one_that_is_verified() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.write("deep/new.sh", SCRIPT);
    let run = |folder: &str, tree: &str, arguments: &[&str]| {
        let git = scratch.path(".git");
        scratch.run_with(arguments, |command| {
            command.current_dir(scratch.path(folder)).env("GIT_DIR", git).env("GIT_WORK_TREE", tree);
        })
    };
    let whole = scratch.path("").to_string_lossy().into_owned();

    for (folder, tree) in [("", "."), ("", "./"), ("deep", ".."), ("deep", "../deep/.."), ("", whole.as_str())] {
        let said = run(folder, tree, &["verify", "--all"]);
        assert_eq!(said.code, 1, "{folder} {tree}: {}{}", said.out, said.err);
        assert!(said.out.contains("run.sh"), "{folder} {tree}: {}", said.out);
    }
    assert_eq!(run("", "absent", &["verify", "--all"]).code, 2);
    let said = run("deep", "..", &["sign", "new.sh", "--env", "dev"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("  deep/new.sh"), "{}", said.out);
}

#[test]
fn a_link_in_the_place_of_a_signed_file_is_no_signed_file() {
    let scratch = signed();
    scratch.write("evil.sh", "echo evil\n");
    symlink("evil.sh", scratch.path("plain")).unwrap();
    for path in ["run.sh", "data.json"] {
        fs::remove_file(scratch.path(path)).unwrap();
        symlink("evil.sh", scratch.path(path)).unwrap();
    }
    let wanted = || (1, vec!["data.json header/body-edited".into(), "run.sh header/removed".into()]);

    assert_eq!(verify(&scratch, &["--all"]), wanted());

    scratch.commit_all("Link them");
    assert_eq!(verify(&scratch, &["--rev", "HEAD"]), wanted());
    assert_eq!(verify(&scratch, &["--rev", "HEAD~1"]), (0, vec![]));
    scratch.policy("version: 1\nheaders: { required: [\"plain\"] }\n");
    assert_eq!(verify(&scratch, &["--all"]), wanted());
}

#[test]
fn a_command_names_a_file_whatever_bytes_its_name_has() {
    let names: [&[u8]; 6] =
        [b"new\nline.sh", b"bad\xff%s.sh", b"back\\it's.sh", b"-dash.sh", b"\x1b[31m.sh", b"\xc3\xa9.sh"];
    let scratch = Scratch::new();
    let place = |name: &[u8]| scratch.path("").join(std::ffi::OsStr::from_bytes(name));
    for name in names {
        fs::write(place(name), SCRIPT).unwrap();
    }
    sign(&scratch, &["."], "dev");
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    for name in names {
        let before = fs::read(place(name)).unwrap();
        fs::write(place(name), [&before, &b"echo more\n"[..]].concat()).unwrap();

        let next = scratch.run(&["verify", "--all", "--format", "json"]).json()["next"].as_str().unwrap().to_owned();

        let command = next.lines().next().unwrap().split_once(": ").unwrap().1.to_owned();
        assert!(scratch.command("sh", &scratch.path("")).args(["-c", &command]).status().unwrap().success());
        assert_eq!(fs::read(place(name)).unwrap(), before, "{command}");
    }
}

#[test]
fn the_files_of_the_work_tree_are_those_that_git_lists() {
    let scratch = Scratch::new();
    for path in [
        "build/out.sh",
        "build/kept.sh",
        "build/deep/a.sh",
        "src/build/b.sh",
        "src/a.sh",
        "src/a.tmp",
        "src/deep/b.tmp",
        "src/deep/keep.tmp",
        "other/notes.md",
        "a b/c d.sh",
        "f\u{fc}r/\u{1f512}.sh",
        "top.tmp",
        "#x",
        "!y",
        "x/foo/y/z.sh",
    ] {
        scratch.write(path, SCRIPT);
    }
    scratch.git(&["add", "--force", "build/kept.sh", "src/deep/b.tmp", "src/a.sh", "x/foo/y/z.sh"]);
    scratch.write("build/nested/inner.sh", SCRIPT);
    let nested = scratch.path("nested");
    scratch.git(&["init", "-q", &nested.to_string_lossy()]);
    scratch.write("nested/theirs.sh", SCRIPT);
    scratch.write("hollow/.git/nothing", "");
    scratch.write("hollow/ours.sh", SCRIPT);
    symlink("src", scratch.path("linked")).unwrap();
    symlink("a.sh", scratch.path("src/link.sh")).unwrap();
    let patterns = [
        "",
        "build/\n",
        "/build\n",
        "build/*\n!build/deep/\n",
        "*.tmp\n!keep.tmp\n",
        "**/deep\n",
        "src/**/b.*\n",
        "*\n!*/\n!*.sh\n",
        "/*\n!/src\n",
        "\\#x\n\\!y\n",
        "foo/\n",
        "other\n*.md\n",
        "a b/\n",
        "f\u{fc}r\n",
        "x/**\n!z.sh\n",
        "[a-b]*\n",
        "*.sh \n",
        "src/deep/\n!src/deep/keep.tmp\n",
    ];
    for (at, pattern) in patterns.iter().enumerate() {
        scratch.write(".gitignore", pattern);
        scratch.write("src/.gitignore", if at % 2 == 0 { "!*.tmp\n" } else { "" });
        scratch.write(".git/info/exclude", if at % 3 == 0 { "top.*\n" } else { "" });
        let repo = gov_hook::git::Repo::open(&Place { directory: Some(scratch.path("")), ..Place::default() }).unwrap();

        for folder in [None, Some("src"), Some("build"), Some("src/deep"), Some("nested")] {
            let within: Vec<RepoPath> = folder.map(RepoPath::from).into_iter().collect();
            let ours: Vec<String> = repo.work_files(&within).unwrap().iter().map(RepoPath::to_string).collect();

            let asked = ["-c", "core.quotePath=false", "ls-files", "-c", "-o", "--exclude-standard", "--"];
            let listed = scratch.git(&[&asked[..], &[folder.unwrap_or(".")]].concat());
            let mut theirs: Vec<String> = listed
                .lines()
                .filter(|path| scratch.path(path).symlink_metadata().is_ok_and(|data| data.is_file()))
                .map(str::to_owned)
                .collect();
            theirs.sort();
            theirs.dedup();
            assert_eq!(ours, theirs, "{pattern:?} {folder:?}");
        }
    }
}

#[test]
fn line_breaks_that_git_turns_in_the_work_tree_are_no_tampering() {
    let scratch = signed();
    let windows = |path: &str| scratch.write(path, text(&scratch, path).replace('\n', "\r\n"));

    windows("run.sh");
    windows("data.json");

    let both = ["data.json header/body-edited", "run.sh header/malformed"];
    assert_eq!(verify(&scratch, &["--all"]).0, 1);
    scratch.git(&["config", "core.autocrlf", "true"]);
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    scratch.git(&["config", "--unset", "core.autocrlf"]);
    scratch.write(".gitattributes", "* text=auto eol=crlf\n");
    assert_eq!(verify(&scratch, &["run.sh", "data.json"]), (0, vec![]));
    let untouched = text(&scratch, "run.sh");
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "2");
    let edited = both.iter().map(|told| told.replace("malformed", "body-edited")).collect();
    assert_eq!(verify(&scratch, &["--all"]), (1, edited));
    let diff = scratch.run(&["verify", "run.sh", "--format", "json"]).json()["files"][0]["diff"].clone();
    assert_eq!(diff, "@@ -17 +17 @@\n \n echo one\n-echo two\n+echo 2\n");
    // What git has been given as it is, it keeps as it is.
    scratch.write("run.sh", untouched);
    scratch.write(".gitattributes", "* -text\n");
    scratch.git(&["add", "run.sh"]);
    scratch.write(".gitattributes", "* text=auto\n");
    assert_eq!(verify(&scratch, &["run.sh"]).0, 1);
}

#[test]
fn a_file_is_signed_as_git_keeps_it_and_stays_as_the_work_tree_shows_it() {
    let scratch = Scratch::new();
    scratch.git(&["config", "core.autocrlf", "true"]);
    let (script, json) = (SCRIPT.replace('\n', "\r\n"), "{}\r\n");
    scratch.write("run.sh", &script);
    scratch.write("data.json", json);

    sign(&scratch, &["run.sh", "data.json"], "dev");

    assert_eq!(text(&scratch, "run.sh").matches('\n').count(), text(&scratch, "run.sh").matches("\r\n").count());
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    scratch.commit_all("Sign them");
    assert_eq!(verify(&scratch, &["--rev", "HEAD"]), (0, vec![]));
    assert!(!scratch.git(&["cat-file", "blob", "HEAD:run.sh"]).contains('\r'));
    assert_eq!(findings(&scratch.check(&["HEAD"])), [""; 0]);
    sign(&scratch, &["run.sh"], "dev");
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    assert_eq!(scratch.run(&["unsign", "run.sh", "data.json"]).code, 0);
    assert_eq!((text(&scratch, "run.sh"), text(&scratch, "data.json")), (script, json.into()));
}
