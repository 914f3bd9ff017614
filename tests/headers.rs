//! Protection headers: what `sign`, `verify` and `unsign` do in a work tree, and what every gate makes
//! of a file that was tampered with.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use gov_hook::git::Place;
use gov_hook::model::RepoPath;
use serde_json::Value;
use support::{Said, Scratch, aws_key};

const SCRIPT: &str = "#!/bin/sh\necho one\necho two\n";

/// A repository with a script and a JSON file, both signed for `dev` and committed.
fn signed() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{ \"limit\": 1 }\n");
    scratch.commit_all("Add two files");
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.commit_all("Sign them");
    scratch
}

fn sign(scratch: &Scratch, paths: &[&str], environment: &str) -> Said {
    let said = scratch.run(&[&["sign"], paths, &["--env", environment]].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    said
}

fn text(scratch: &Scratch, path: &str) -> String {
    fs::read_to_string(scratch.path(path)).unwrap()
}

fn edit(scratch: &Scratch, path: &str, from: &str, to: &str) {
    let before = text(scratch, path);
    assert!(before.contains(from), "{before}");
    scratch.write(path, before.replacen(from, to, 1));
}

/// The exit code and what is told of each file that does not verify.
fn verify(scratch: &Scratch, arguments: &[&str]) -> (i32, Vec<String>) {
    let said = scratch.run(&[&["verify", "--format", "json"], arguments].concat());
    let json = said.json();
    assert_eq!(json["exit"], said.code);
    let files = json["files"].as_array().unwrap().iter().filter(|file| file["status"] != "verified");
    let told = |file: &Value| {
        let rule = file["rule"].as_str().or(file["status"].as_str()).unwrap();
        format!("{} {rule}", file["path"].as_str().unwrap())
    };
    (said.code, files.map(told).collect())
}

fn entries(scratch: &Scratch) -> Vec<Value> {
    let log = scratch.run(&["audit", "log", "--kind", "sign", "--format", "json"]);
    log.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"].clone()).collect()
}

#[test]
fn what_is_signed_verifies_and_comes_back_to_the_byte() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.make_executable("run.sh");

    let said = sign(&scratch, &["run.sh"], "dev");

    assert!(said.out.starts_with("signed 1 file for dev, as Mira Example <mira@example.com>\n"), "{}", said.out);
    assert!(text(&scratch, "run.sh").starts_with("#!/bin/sh\n# \u{2501}"));
    assert_eq!(fs::metadata(scratch.path("run.sh")).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(verify(&scratch, &[]), (0, vec![]));
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    assert_eq!(text(&scratch, "run.sh"), SCRIPT);
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 2);
    assert_eq!(scratch.run(&["audit", "verify", "--full"]).code, 0);
}

#[test]
fn the_ledger_has_an_entry_on_the_blob_of_each_file() {
    let scratch = signed();

    let entries = entries(&scratch);

    assert_eq!(entries.len(), 2);
    for entry in &entries {
        let (path, body) = (entry["body"]["path"].as_str().unwrap(), &entry["body"]);
        assert_eq!(body["blob"], scratch.git(&["rev-parse", &format!("HEAD:{path}")]));
        assert_eq!((&body["environment"], &body["action"]), (&"dev".into(), &"sign".into()));
        assert_eq!(body["signed_by"], "Mira Example <mira@example.com>");
        assert_eq!(body["block"].is_string(), path == "run.sh");
        let stream = entry["stream"].as_str().unwrap();
        let note = scratch.git(&["notes", &format!("--ref=gov/{stream}"), "show", body["blob"].as_str().unwrap()]);
        assert!(note.contains("\"kind\":\"sign\""), "{note}");
    }
}

#[test]
fn many_files_share_entries() {
    let scratch = Scratch::new();
    for number in 0..70 {
        scratch.write(&format!("src/file{number}.rs"), format!("fn f{number}() {{}}\n"));
    }

    sign(&scratch, &["src"], "dev");

    let entries = entries(&scratch);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["body"]["files"].as_array().unwrap().len(), 70);
    assert_eq!(verify(&scratch, &[]), (0, vec![]));
    edit(&scratch, "src/file7.rs", "f7", "f8");
    assert_eq!(verify(&scratch, &[]), (1, vec!["src/file7.rs header/body-edited".into()]));
}

/// A tampering with the signed script, and the rule that finds it.
type Attack = (&'static str, fn(&Scratch), &'static str);

const ATTACKS: [Attack; 8] = [
    ("the body is edited", |scratch| edit(scratch, "run.sh", "echo two", "echo 2"), "run.sh header/body-edited"),
    (
        "the header is edited",
        |scratch| edit(scratch, "run.sh", "Environment: dev", "Environment: prod"),
        "run.sh header/block-edited",
    ),
    ("a warning is edited", |scratch| edit(scratch, "run.sh", "rejected", "accepted"), "run.sh header/block-edited"),
    ("the header is taken away", |scratch| scratch.write("run.sh", SCRIPT), "run.sh header/removed"),
    (
        "the header is put on another body",
        |scratch| {
            let header = text(scratch, "run.sh").replace("echo one\necho two\n", "");
            scratch.write("other.sh", format!("{header}rm -rf build\n"));
        },
        "other.sh header/copied",
    ),
    (
        "there are two headers",
        |scratch| {
            let text = text(scratch, "run.sh");
            let header = text.replace("#!/bin/sh\n", "").replace("echo one\necho two\n", "");
            scratch.write("run.sh", text.replacen("#!/bin/sh\n", &format!("#!/bin/sh\n{header}"), 1));
        },
        "run.sh header/two-blocks",
    ),
    (
        "the header is cut short",
        |scratch| edit(scratch, "run.sh", "Artifact Hash: ", "Artifact Hash: none "),
        "run.sh header/malformed",
    ),
    ("what has no header is edited", |scratch| edit(scratch, "data.json", "1", "1000"), "data.json header/body-edited"),
];

#[test]
fn every_tampering_in_the_work_tree_is_found() {
    for (what, attack, wanted) in ATTACKS {
        let scratch = signed();
        assert_eq!(verify(&scratch, &["--all"]), (0, vec![]), "{what}");

        attack(&scratch);

        assert_eq!(verify(&scratch, &["--all"]), (1, vec![wanted.into()]), "{what}");
        let path = wanted.split(' ').next().unwrap();
        assert_eq!(verify(&scratch, &[path]), (1, vec![wanted.into()]), "{what}");
    }
}

#[test]
fn a_forged_header_with_a_fitting_hash_has_no_entry() {
    let theirs = Scratch::new();
    theirs.write("run.sh", "#!/bin/sh\necho forged\n");
    sign(&theirs, &["run.sh"], "dev");
    let scratch = signed();

    scratch.write("forged.sh", text(&theirs, "run.sh"));

    assert_eq!(verify(&theirs, &["run.sh"]), (0, vec![]));
    assert_eq!(verify(&scratch, &["forged.sh"]), (1, vec!["forged.sh header/unrecorded".into()]));
}

#[test]
fn a_commit_is_verified_without_a_work_tree() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Tamper");
    let bare = scratch.beside("bare.git");
    scratch.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    scratch.git_in(&bare, &["fetch", "-q", &scratch.path("").to_string_lossy(), "refs/notes/gov/*:refs/notes/gov/*"]);

    let verified = scratch.run_in(&bare, &["verify", "--rev", "HEAD~1"]);
    let tampered = scratch.run_in(&bare, &["verify", "--rev", "HEAD"]);

    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert!(verified.out.starts_with("verified: 2 signed files of commit "), "{}", verified.out);
    assert_eq!(tampered.code, 1, "{}{}", tampered.out, tampered.err);
    assert!(tampered.out.starts_with("tampered: run.sh:"), "{}", tampered.out);
    assert_eq!(scratch.run_in(&bare, &["verify"]).code, 1);
    assert_eq!(scratch.run_in(&bare, &["sign", "run.sh", "--env", "dev"]).code, 2);
    assert_eq!(verify(&scratch, &["--all", "--rev", "HEAD~1"]), (0, vec![]));
}

#[test]
fn an_artifact_may_go_only_where_it_is_signed_for() {
    let scratch = signed();

    let said = scratch.run(&["verify", "run.sh", "--env", "prod"]);

    assert_eq!(said.code, 1);
    assert!(said.out.lines().next().unwrap().contains("dev \u{2192} staging \u{2192} prod"), "{}", said.out);
    assert_eq!(scratch.run(&["verify", "--env", "dev"]).code, 0);
    assert_eq!(scratch.run(&["verify", "--env", "qa"]).code, 2);
    scratch.write("live.sh", "echo live\n");
    sign(&scratch, &["live.sh"], "prod");
    assert_eq!(scratch.run(&["verify", "live.sh", "--env", "prod"]).code, 0);
    assert_eq!(scratch.run(&["verify", "live.sh", "--env", "dev"]).code, 0);
}

#[test]
fn the_environments_are_those_of_the_policy() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenvironments: [ { name: lab }, { name: live } ]\n");
    scratch.write("run.sh", SCRIPT);

    assert_eq!(scratch.run(&["sign", "run.sh", "--env", "dev"]).code, 2);
    sign(&scratch, &["run.sh"], "lab");
    let said = scratch.run(&["verify", "--env", "live"]);

    assert_eq!(said.code, 1);
    assert!(said.out.contains("lab \u{2192} live"), "{}", said.out);
}

#[test]
fn signing_again_replaces_the_header_and_another_environment_is_refused() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");

    sign(&scratch, &["run.sh"], "dev");

    assert_eq!(text(&scratch, "run.sh").matches("CODE PROTECTION").count(), 1);
    assert_eq!(verify(&scratch, &[]), (0, vec![]));
    let before = text(&scratch, "run.sh");
    for path in ["run.sh", "data.json"] {
        let said = scratch.run(&["sign", path, "--env", "prod"]);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.out.contains("only a promotion makes that `prod`"), "{}", said.out);
        assert!(said.out.contains("dev \u{2192} staging \u{2192} prod"), "{}", said.out);
    }
    assert_eq!(text(&scratch, "run.sh"), before);
}

#[test]
fn what_was_signed_for_an_environment_is_moved_on_by_nothing_but_a_promotion() {
    type Trick = (&'static str, fn(&Scratch), &'static str);
    let unsign = |scratch: &Scratch| assert_eq!(scratch.run(&["unsign", "run.sh", "data.json"]).code, 0);
    let tricks: [Trick; 6] = [
        ("the header is taken off", |_| (), "run.sh"),
        ("what only the ledger signed is taken back", |_| (), "data.json"),
        ("it is edited then", |scratch| edit(scratch, "run.sh", "echo two", "echo 2"), "run.sh"),
        ("it is edited then", |scratch| edit(scratch, "data.json", "1", "2"), "data.json"),
        (
            "it is renamed then",
            |scratch| {
                scratch.git(&["mv", "run.sh", "moved.sh"]);
            },
            "moved.sh",
        ),
        (
            "its header is reworded instead",
            |scratch| {
                scratch.git(&["checkout", "-q", "run.sh"]);
                edit(scratch, "run.sh", "Environment: dev", "Environment: prod");
            },
            "run.sh",
        ),
    ];
    for (what, trick, path) in tricks {
        let scratch = signed();
        unsign(&scratch);
        trick(&scratch);
        let before = text(&scratch, path);

        let said = scratch.run(&["sign", path, "--env", "prod"]);

        assert_eq!(said.code, 1, "{what}: {}{}", said.out, said.err);
        let first = said.out.lines().next().unwrap();
        assert!(first.contains("it was signed for `dev`, and only a promotion makes that `prod`"), "{what}: {first}");
        assert!(said.out.trim_end().ends_with(&format!("gov-hook sign {path} --env dev")), "{what}: {}", said.out);
        assert_eq!(text(&scratch, path), before, "{what}");
        let there = scratch.run(&["sign", path, "--env", "dev"]);
        if before.contains("prod") {
            assert_eq!(there.code, 1, "{what}");
            assert!(there.out.contains("its header is damaged: it names another environment"), "{}", there.out);
            assert!(there.out.trim_end().ends_with("gov-hook verify run.sh"), "{}", there.out);
        } else {
            assert_eq!(there.code, 0, "{what}: {}{}", there.out, there.err);
        }
    }
}

#[test]
fn what_another_branch_has_signed_it_for_does_not_matter_here() {
    let scratch = signed();
    scratch.policy("version: 1\nenvironments: [ { name: dev }, { name: staging } ]\n");
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.git(&["rm", "-q", "run.sh", "data.json"]);
    scratch.commit_all("Remove them");
    scratch.write("run.sh", "#!/bin/sh\necho another\n");
    scratch.write("data.json", "[]\n");
    sign(&scratch, &["run.sh", "data.json"], "staging");
    scratch.commit_all("Make others of them");
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    scratch.git(&["checkout", "-q", "."]);
    scratch.git(&["switch", "-q", "main"]);
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "2");

    sign(&scratch, &["run.sh", "data.json"], "dev");

    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    for path in ["run.sh", "data.json"] {
        assert_eq!(scratch.run(&["sign", path, "--env", "staging"]).code, 1);
    }
}

#[test]
fn a_file_whose_header_was_taken_off_in_a_commit_is_signed_anew() {
    let scratch = signed();
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    scratch.commit_all("Take the header off");

    sign(&scratch, &["run.sh"], "prod");

    // One that was never committed is not missed either.
    scratch.write("other.sh", SCRIPT);
    sign(&scratch, &["other.sh"], "dev");
    assert_eq!(scratch.run(&["unsign", "other.sh"]).code, 0);
    sign(&scratch, &["other.sh"], "prod");
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
}

#[test]
fn a_file_like_one_that_was_signed_for_another_environment_is_another_artifact() {
    let scratch = signed();
    scratch.write("copy.sh", SCRIPT);
    scratch.write("copy.json", "{ \"limit\": 1 }\n");

    sign(&scratch, &["copy.sh", "copy.json"], "prod");

    scratch.git(&["rm", "-q", "-f", "run.sh"]);
    scratch.commit_all("Remove the script");
    scratch.write("run.sh", "#!/bin/sh\necho another\n");
    sign(&scratch, &["run.sh"], "prod");
    // Of an environment that the policy does not have any more nothing can be promoted.
    scratch.policy("version: 1\nenvironments: [ { name: lab }, { name: prod } ]\n");
    let stands = scratch.run(&["sign", "data.json", "--env", "lab"]);
    assert_eq!(stands.code, 1);
    assert!(stands.out.contains("take the old header off: gov-hook unsign data.json"), "{}", stands.out);
    assert_eq!(scratch.run(&["unsign", "data.json"]).code, 0);
    sign(&scratch, &["data.json"], "lab");
}

#[test]
fn all_files_are_signed_or_none_is() {
    let scratch = signed();
    scratch.write("new.sh", SCRIPT);

    let said = scratch.run(&["sign", "new.sh", "run.sh", "--env", "staging"]);

    assert_eq!(said.code, 1);
    assert_eq!(text(&scratch, "new.sh"), SCRIPT);
    assert_eq!(entries(&scratch).len(), 2);
}

#[test]
fn what_the_ledger_does_not_take_is_put_back() {
    let scratch = signed();
    scratch.write("new.sh", SCRIPT);
    let stream = entries(&scratch)[0]["stream"].as_str().unwrap().to_owned();
    let lock = scratch.path(&format!(".git/refs/notes/gov/{stream}.lock"));
    fs::write(&lock, "held\n").unwrap();

    let refused = scratch.run(&["sign", "new.sh", "--env", "dev"]);

    assert_eq!(refused.code, 2);
    assert_eq!(text(&scratch, "new.sh"), SCRIPT);
    fs::remove_file(lock).unwrap();
    sign(&scratch, &["new.sh"], "dev");
    assert_eq!(verify(&scratch, &["new.sh"]), (0, vec![]));
}

/// Runs gov-hook where no file may be written that is larger than so many blocks of 512 bytes.
fn run_without_room(scratch: &Scratch, blocks: usize, arguments: &[&str]) -> Said {
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = scratch.command("sh", &scratch.path(""));
    let output = command.args(["-c", &limited, env!("CARGO_BIN_EXE_gov-hook")]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// What there is no room for, the files, how many blocks there are for each, and what is told.
type NoRoom = (&'static str, Vec<(String, String)>, usize, &'static str);

#[test]
fn where_there_is_no_room_every_file_is_as_it_was_and_what_failed_is_told() {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("# {seed:08x}\n")
    };
    let noise: String = (0..8_000).map(|_| noise()).collect();
    let one = |text: &str| vec![("src/one.py".to_owned(), text.to_owned())];
    let many = (0..70).map(|at| (format!("src/file{at}.py"), format!("x = {at}\n"))).collect();
    let no_room = "see that the disk has room";
    let cases: [NoRoom; 3] = [
        ("for the clone's own name", one("x = 1\n"), 0, "cannot write the ledger: `"),
        ("for the blob", one(&noise), 32, "cannot keep what `src/one.py` holds as a blob\n"),
        ("for the entry", many, 8, "cannot write the ledger: an object of stream `"),
    ];
    for (what, files, blocks, why) in cases {
        let scratch = Scratch::new();
        for (path, text) in &files {
            scratch.write(path, text);
        }

        let said = run_without_room(&scratch, blocks, &["sign", "src", "--env", "dev"]);

        let told = format!("gov-hook could not decide, so nothing may pass: no file was changed: {why}");
        assert!(said.err.starts_with(&told), "{what}: {}", said.err);
        assert!(said.err.lines().last().unwrap().contains(no_room), "{what}: {}", said.err);
        assert!(!said.err.contains("no error"), "{what}: {}", said.err);
        assert_eq!(said.code, 2, "{what}");
        for (path, before) in &files {
            assert_eq!(&text(&scratch, path), before, "{what}");
        }
        assert_eq!(scratch.path("src").read_dir().unwrap().count(), files.len(), "{what}");
        sign(&scratch, &["src"], "dev");
        assert_eq!(verify(&scratch, &["--all"]), (0, vec![]), "{what}");
        let unsigning = run_without_room(&scratch, 0, &["unsign", "src"]);
        assert!(unsigning.err.contains("no file was changed: "), "{what}: {}", unsigning.err);
        assert_eq!(verify(&scratch, &["--all"]), (0, vec![]), "{what}");
        assert_eq!(scratch.run(&["audit", "verify", "--full"]).code, 0, "{what}");
    }
}

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
            "gov-hook could not decide, so nothing may pass: cannot take `{named}`: it belongs to another repository\n  \
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
fn a_file_that_only_its_header_makes_too_large_is_signed_in_the_ledger() {
    let scratch = Scratch::new();
    scratch.write("large.py", "# the same\n".repeat((16 << 20) / 11));

    let said = sign(&scratch, &["large.py"], "dev");

    assert!(
        said.out.contains("in the ledger only: it is larger than 16 MB, or would be with a header"),
        "{}",
        said.out
    );
    assert_eq!(verify(&scratch, &["large.py"]), (0, vec![]));
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
fn what_cannot_be_signed_as_asked_is_refused_with_the_reason() {
    let scratch = Scratch::new();
    scratch.write("a.css", "a {}\n");
    scratch.write("b.sh", SCRIPT);
    symlink("b.sh", scratch.path("link.sh")).unwrap();
    let outside = scratch.beside("outside.sh");
    fs::write(&outside, SCRIPT).unwrap();
    scratch.write(".gitattributes", "ident.sh ident\nlfs.sh filter=lfs\n");
    scratch.write("ident.sh", "# $Id: of another file $\n");
    scratch.write("lfs.sh", SCRIPT);
    scratch.git(&["add", "--all"]);

    for (arguments, why) in [
        (vec!["link.sh"], "symbolic link"),
        (vec![outside.to_str().unwrap()], "not in this work tree"),
        (vec![".git/config"], "belongs to git"),
        (vec!["absent.sh"], "No such file"),
        (vec!["a.css", "--meta", "note=x */ b {}"], "would end the comment"),
        (vec!["a.css", "--meta", "note"], "KEY=VALUE"),
        (vec!["b.sh", "--artifact-type", "two\nlines"], "not shown as it is"),
        (vec!["ident.sh"], "git makes other bytes"),
        (vec!["lfs.sh"], "git makes other bytes"),
    ] {
        let said = scratch.run(&[&["sign", "--env", "dev"], arguments.as_slice()].concat());
        assert_eq!(said.code, 2, "{arguments:?} {}", said.out);
        assert!(said.err.contains(why), "{arguments:?} {}", said.err);
    }
    assert_eq!(scratch.git(&["status", "--short"]).lines().filter(|line| line.starts_with("AM")).count(), 0);
    scratch.write(".gitattributes", "lfs.sh filter=lfs\nlfs.sh !filter\nident.sh ident\nident.sh -ident\n");
    sign(&scratch, &["ident.sh", "lfs.sh"], "dev");
    let unborn = Scratch::unborn();
    unborn.write("b.sh", SCRIPT);
    assert_eq!(unborn.run(&["sign", "b.sh", "--env", "dev"]).code, 2);
    assert_eq!(text(&unborn, "b.sh"), SCRIPT);
}

#[test]
fn where_there_is_nothing_to_sign_that_is_no_success() {
    let scratch = Scratch::new();
    scratch.write(".gitignore", "build/\n");
    scratch.write("build/run.sh", SCRIPT);
    scratch.write("links/run.sh", SCRIPT);
    fs::remove_file(scratch.path("links/run.sh")).unwrap();
    symlink("../build/run.sh", scratch.path("links/link.sh")).unwrap();
    fs::create_dir(scratch.path("empty")).unwrap();

    for arguments in [&["empty"][..], &["build"], &["links"], &["empty", "build"]] {
        let said = scratch.run(&[&["sign", "--env", "dev"], arguments].concat());

        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        let told = format!("there is nothing to sign in `{}`", arguments[0]);
        assert!(said.err.contains(&told) && said.err.contains("git sees no file there"), "{}", said.err);
    }
    let json = scratch.run(&["sign", "--env", "dev", "empty", "--format", "json"]);
    assert_eq!((json.code, &json.json()["error"]), (2, &"there is nothing to sign in `empty`".into()));
    assert_eq!(scratch.git(&["for-each-ref", "refs/notes/gov/"]), "");
    sign(&scratch, &["empty", "build/run.sh"], "dev");
}

#[test]
fn what_git_ignores_and_what_nobody_signed_is_left_alone() {
    let scratch = signed();
    scratch.write(".gitignore", "build/\n");
    scratch.write("build/copy.sh", text(&scratch, "run.sh").replace("echo two", "echo 2"));
    scratch.write("notes.txt", "nothing\n");

    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
    assert_eq!(verify(&scratch, &["notes.txt"]), (1, vec!["notes.txt unsigned".into()]));
    assert_eq!(verify(&scratch, &["build/copy.sh"]), (1, vec!["build/copy.sh header/copied".into()]));
}

#[test]
fn what_has_to_be_signed_is_missed() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nheaders: { required: [\"generated/**\"] }\n");
    scratch.write("generated/client.py", "x = 1\n");
    scratch.write("generated/schema.json", "{}\n");

    let missing = verify(&scratch, &["--all"]);

    let of = |path: &str| format!("generated/{path} header/missing");
    assert_eq!(missing, (1, vec![of("client.py"), of("schema.json")]));
    sign(&scratch, &["generated"], "dev");
    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
}

#[test]
fn a_branch_that_does_not_have_the_header_yet_is_not_tampered_with() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Add it");
    scratch.git(&["switch", "-q", "-c", "topic"]);
    sign(&scratch, &["run.sh"], "dev");
    scratch.commit_all("Sign it");

    scratch.git(&["switch", "-q", "main"]);

    assert_eq!(verify(&scratch, &["--all"]), (0, vec![]));
}

/// Another clone of the repository, by way of a bare one that both fetch from and push to.
fn with_a_second_clone(scratch: &Scratch) -> PathBuf {
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    let two = scratch.beside("two");
    scratch.git(&["clone", "-q", &scratch.beside("origin.git").to_string_lossy(), &two.to_string_lossy()]);
    two
}

/// The exit code and the first line of `verify --all` in another clone, once all there is has come there.
fn verify_there(scratch: &Scratch, there: &Path) -> (i32, String) {
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scratch.run(&["audit", "sync"]).code, 0);
    scratch.git_in(there, &["pull", "-q"]);
    assert_eq!(scratch.run_in(there, &["audit", "sync"]).code, 0);
    let said = scratch.run_in(there, &["verify", "--all"]);
    (said.code, said.out.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_signature_that_never_came_to_be_committed_is_no_tampering_anywhere() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{ \"limit\": 1 }\n");
    scratch.commit_all("Add two files");
    let two = with_a_second_clone(&scratch);
    sign(&scratch, &["run.sh"], "dev");
    assert_eq!(verify_there(&scratch, &two), (0, "verified: nothing in the work tree is signed".into()));

    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    sign(&scratch, &["data.json"], "dev");
    assert_eq!(scratch.run(&["unsign", "data.json"]).code, 0);
    assert_eq!(verify(&scratch, &["data.json"]), (1, vec!["data.json unsigned".into()]));
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "1000");
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), [""; 0]);
    scratch.commit_all("Change them");

    assert_eq!(verify_there(&scratch, &two), (0, "verified: nothing in the work tree is signed".into()));
    let range = scratch.run_in(&two, &["check", "HEAD~1..HEAD", "--format", "json"]);
    assert_eq!(findings(&range.json()), [""; 0]);
    let by_hand = scratch.beside("two/.git/gov/signed");
    fs::remove_file(by_hand).unwrap();
    assert_eq!(verify_there(&scratch, &two).0, 0);
    assert_eq!(scratch.run(&["audit", "verify", "--full", "--replay"]).code, 0);
}

#[test]
fn a_signature_that_was_committed_is_missed_in_every_clone_that_has_the_commit() {
    let scratch = signed();
    let two = with_a_second_clone(&scratch);
    assert_eq!(verify_there(&scratch, &two), (0, "verified: 2 signed files of the work tree (2 dev)".into()));
    // Beneath the header first, so that nothing of what was signed is ever committed again.
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Tamper");
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Strip it");

    let (code, told) = verify_there(&scratch, &two);

    assert_eq!((code, told.as_str()), (1, "tampered: run.sh: its header was taken away"));
    sign(&scratch, &["run.sh"], "dev");
    assert_eq!(scratch.run(&["unsign", "data.json"]).code, 0);
    edit(&scratch, "data.json", "1", "1000");
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), ["data.json header/body-edited"]);
}

#[test]
fn a_header_that_only_a_merged_branch_ever_had_is_missed_in_every_clone() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Add it");
    let two = with_a_second_clone(&scratch);
    scratch.git(&["switch", "-q", "-c", "topic"]);
    sign(&scratch, &["run.sh"], "dev");
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Sign it and tamper");
    scratch.write("run.sh", SCRIPT);
    scratch.write("more.txt", "more\n");
    scratch.commit_all("Strip it");
    scratch.git(&["switch", "-q", "main"]);
    scratch.commit_all("Something else");
    scratch.git(&["merge", "-q", "--no-verify", "--no-edit", "topic"]);

    assert_eq!(verify_there(&scratch, &two), (1, "tampered: run.sh: its header was taken away".into()));
}

/// The rules of the findings, each with its path.
fn findings(json: &Value) -> Vec<String> {
    let findings =
        json["findings"].as_array().unwrap().iter().filter(|finding| {
            finding["severity"] == "deny" && finding["rule"].as_str().unwrap().starts_with("header/")
        });
    findings
        .map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect()
}

#[test]
fn every_tampering_is_denied_before_a_commit_and_in_a_range() {
    for (what, attack, wanted) in ATTACKS {
        let scratch = signed();
        let base = scratch.git(&["rev-parse", "HEAD"]);
        scratch.git(&["branch", "-q", "sound"]);
        attack(&scratch);
        scratch.git(&["add", "--all"]);

        let staged = scratch.check(&["--staged"]);
        let hook = scratch.run(&["hook", "pre-commit"]);
        scratch.commit_all("Tamper");
        let range = scratch.check(&[&format!("{base}..HEAD")]);
        let commit = scratch.check(&["HEAD"]);

        assert_eq!(findings(&staged), [wanted], "{what}");
        assert_eq!((&staged["outcome"], &staged["exit"]), (&"blocked".into(), &1.into()), "{what}");
        assert_eq!(hook.code, 1, "{what} {}", hook.out);
        let path = wanted.split(' ').next().unwrap();
        assert!(hook.out.trim_end().ends_with(&format!("gov-hook verify {path}")), "{what} {}", hook.out);
        assert_eq!(findings(&range), [wanted], "{what}");
        assert_eq!(findings(&commit), [wanted], "{what}");
    }
}

#[test]
fn what_is_signed_again_passes_every_gate() {
    let scratch = signed();
    let base = scratch.git(&["rev-parse", "HEAD"]);
    edit(&scratch, "run.sh", "echo two", "echo 2");
    edit(&scratch, "data.json", "1", "1000");
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.git(&["mv", "data.json", "moved.json"]);
    scratch.git(&["add", "--all"]);

    let staged = scratch.check(&["--staged"]);
    let hook = scratch.run(&["hook", "pre-commit"]);
    scratch.commit_all("Change them");
    let range = scratch.check(&[&format!("{base}..HEAD")]);

    assert_eq!(findings(&staged), [""; 0]);
    assert_eq!((hook.code, hook.out.as_str()), (0, ""));
    assert_eq!(findings(&range), [""; 0]);
    assert_eq!(findings(&scratch.check(&["--all"])), [""; 0]);
}

#[test]
fn a_file_that_loses_its_header_while_it_is_renamed_is_known_again() {
    type Trick = (&'static str, fn(&Scratch), &'static [&'static str]);
    let tricks: [Trick; 6] = [
        ("it is renamed", |scratch| scratch.write("moved.sh", SCRIPT), &["moved.sh header/removed"]),
        (
            "it is edited, too",
            |scratch| scratch.write("moved.sh", SCRIPT.replace("echo two", "echo 2")),
            &["moved.sh header/removed"],
        ),
        (
            "it is renamed twice",
            |scratch| {
                scratch.write("bin/one.sh", SCRIPT);
                scratch.write("bin/two", SCRIPT.replace("two", "2"));
            },
            &["bin/one.sh header/removed", "bin/two header/removed"],
        ),
        ("it is deleted", |_| (), &[]),
        ("another is added", |scratch| scratch.write("new.sh", "#!/bin/sh\nexec make all\n"), &[]),
        (
            "it is renamed with its header",
            |scratch| {
                let signed = scratch.git(&["show", "HEAD:run.sh"]);
                scratch.write("moved.sh", signed + "\n");
            },
            &[],
        ),
    ];
    for (what, trick, wanted) in tricks {
        let scratch = signed();
        scratch.git(&["rm", "-q", "run.sh"]);
        trick(&scratch);
        scratch.git(&["add", "--all"]);

        let staged = scratch.check(&["--staged"]);
        let hook = scratch.run(&["hook", "pre-commit"]);
        scratch.commit_all("Rename it");

        assert_eq!(findings(&staged), wanted, "{what}");
        assert_eq!(hook.code, i32::from(!wanted.is_empty()), "{what} {}", hook.out);
        assert_eq!(findings(&scratch.check(&["HEAD~1..HEAD"])), wanted, "{what}");
        assert_eq!(findings(&scratch.check(&["HEAD"])), wanted, "{what}");
        if !wanted.is_empty() {
            let message = staged["findings"][0]["message"].as_str().unwrap();
            assert_eq!(message, "the header that it had as `run.sh` was taken away", "{what}");
        }
    }
}

#[test]
fn among_many_files_one_that_lost_its_header_is_known_by_its_body() {
    let scratch = Scratch::new();
    for number in 0..60 {
        scratch.write(&format!("old/{number}.sh"), format!("#!/bin/sh\necho {number}\n"));
    }
    scratch.write("old/__init__.py", "");
    sign(&scratch, &["old"], "dev");
    scratch.commit_all("Sign them");
    scratch.git(&["rm", "-q", "-r", "old"]);
    for number in 0..60 {
        scratch.write(&format!("new/{number}.txt"), format!("page {number} of a book\n"));
    }
    scratch.write("new/__init__.py", "");
    scratch.write("new/seven.sh", "#!/bin/sh\necho 7\n");
    scratch.git(&["add", "--all"]);

    assert_eq!(findings(&scratch.check(&["--staged"])), ["new/seven.sh header/removed"]);
}

/// Pushes what there is, past the hook of this clone where the server is to judge it by itself.
fn pushed(scratch: &Scratch, past_hook: bool) -> (bool, String) {
    let past: &[&str] = if past_hook { &["--no-verify"] } else { &[] };
    assert_eq!(scratch.run(&["audit", "sync"]).code, 0);
    let output = scratch.try_git_in(&scratch.path(""), &[&["push"], past, &["origin", "main"]].concat());
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_file_that_was_deleted_in_one_push_does_not_come_back_in_another_without_its_header() {
    type Trick = (&'static str, fn(&Scratch), &'static str);
    let tricks: [Trick; 6] = [
        ("as it was beneath the header", |scratch| scratch.write("run.sh", SCRIPT), "run.sh header/removed"),
        ("edited", |scratch| scratch.write("run.sh", SCRIPT.replace("two", "2")), "run.sh header/removed"),
        ("under another name", |scratch| scratch.write("bin/run", SCRIPT), "bin/run header/removed"),
        (
            "one that only the ledger signs",
            |scratch| scratch.write("data.json", "[]\n"),
            "data.json header/body-edited",
        ),
        (
            "as it was signed",
            |scratch| drop(scratch.git(&["checkout", "-q", "signed", "--", "run.sh", "data.json"])),
            "",
        ),
        ("another file", |scratch| scratch.write("walk.sh", "#!/bin/sh\nexec make walk\n"), ""),
    ];
    for (what, trick, wanted) in tricks {
        for on_server in [false, true] {
            let scratch = signed();
            scratch.git(&["tag", "signed"]);
            let origin = scratch.origin();
            assert_eq!(scratch.run_in(&origin, &["install", "--server"]).code, 0);
            scratch.git_in(&origin, &["config", "user.email", "server@example.com"]);
            scratch.install_hooks();
            let is_taken = |(is_taken, said): (bool, String)| assert!(is_taken, "{what}: {said}");
            is_taken(pushed(&scratch, false));
            scratch.git(&["rm", "-q", "run.sh", "data.json"]);
            scratch.commit_by_hand("Delete them");
            is_taken(pushed(&scratch, false));
            trick(&scratch);
            scratch.commit_by_hand("Bring it back");

            let (is_taken, said) = pushed(&scratch, on_server);

            let rules: Vec<&str> = wanted.split(' ').collect();
            assert_eq!(is_taken, wanted.is_empty(), "{what} {on_server}: {said}");
            assert!(rules.iter().all(|word| said.contains(word)), "{what} {on_server}: {said}");
            let range = scratch.check(&["origin/main..HEAD"]);
            let found: Vec<String> = findings(&range).into_iter().filter(|found| !found.is_empty()).collect();
            assert_eq!(found.join(","), if is_taken { "" } else { wanted }, "{what}");
            let replay = scratch.run(&["audit", "verify", "--full", "--replay"]);
            assert_eq!(replay.code, 0, "{what}: {}{}", replay.out, replay.err);
        }
    }
}

#[test]
fn a_name_that_only_another_branch_has_signed_comes_without_a_header() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.write("run.sh", SCRIPT);
    scratch.commit_all("Add it");
    sign(&scratch, &["run.sh"], "dev");
    scratch.commit_all("Sign it");
    scratch.git(&["switch", "-q", "main"]);
    scratch.write("run.sh", "#!/bin/sh\nexec make run\n");
    scratch.commit_all("Add another of that name");

    assert_eq!(findings(&scratch.check(&["origin/main..HEAD"])), [""; 0]);
}

#[test]
fn a_tampering_that_is_there_already_is_found_in_the_whole_tree() {
    let scratch = signed();
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.commit_all("Tamper");

    assert_eq!(findings(&scratch.check(&["--all"])), ["run.sh header/body-edited"]);
}

#[test]
fn taking_a_header_off_is_denied_until_that_is_waived() {
    let scratch = signed();
    assert_eq!(scratch.run(&["unsign", "run.sh"]).code, 0);
    scratch.git(&["add", "--all"]);

    let denied = scratch.check(&["--staged"]);

    assert_eq!(findings(&denied), ["run.sh header/removed"]);
    let fingerprint = denied["findings"][0]["fingerprint"].as_str().unwrap();
    let waived = scratch.run(&["rules", "waive", fingerprint, "--reason", "it is no artifact any more"]);
    assert_eq!(waived.code, 0, "{}{}", waived.out, waived.err);
    scratch.git(&["add", "--all"]);
    let allowed = scratch.check(&["--staged"]);
    let removed = allowed["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == "header/removed");
    assert_eq!(removed.unwrap()["waived"]["reason"], "it is no artifact any more");
    assert_ne!(allowed["exit"], 1);
}

#[test]
fn a_forged_header_is_denied_and_passes_once_its_entry_is_here() {
    let scratch = signed();
    let clone = scratch.beside("clone");
    scratch.git(&["clone", "-q", ".", &clone.to_string_lossy()]);
    scratch.write("new.sh", SCRIPT);
    sign(&scratch, &["new.sh"], "dev");
    fs::copy(scratch.path("new.sh"), clone.join("new.sh")).unwrap();
    scratch.git_in(&clone, &["add", "--all"]);
    let check = || {
        let said = scratch.run_in(&clone, &["check", "--staged", "--format", "json"]);
        findings(&said.json())
    };

    assert_eq!(check(), ["new.sh header/unrecorded"]);
    scratch.git_in(&clone, &["fetch", "-q", "origin", "refs/notes/gov/*:refs/notes/gov/*"]);
    assert_eq!(check(), [""; 0]);
}

#[test]
fn an_artifact_of_another_environment_does_not_land_in_production() {
    let scratch = Scratch::new();
    scratch.policy(
        "version: 1\nenforcement: { branches: { main: production, staging: staging } }\nheaders: { required: [\"gen/**\"] }\n",
    );
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.write("gen/a.sh", SCRIPT);
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), ["gen/a.sh header/missing"]);
    sign(&scratch, &["gen/a.sh"], "dev");
    scratch.git(&["add", "--all"]);
    assert_eq!(findings(&scratch.check(&["--staged"])), [""; 0]);
    scratch.commit_all("Add it");

    let onto = |branch: &str| findings(&scratch.check(&["main..topic", "--onto", branch]));

    assert_eq!(onto("topic"), [""; 0]);
    assert_eq!(onto("main"), ["gen/a.sh header/environment"]);
    assert_eq!(onto("staging"), ["gen/a.sh header/environment"]);
    scratch.write("gen/b.sh", "#!/bin/sh\necho live\n");
    scratch.git(&["rm", "-q", "-f", "gen/a.sh"]);
    sign(&scratch, &["gen/b.sh"], "prod");
    scratch.commit_all("Another");
    assert_eq!(onto("main"), [""; 0]);
}

#[test]
fn attempts_are_on_record_counted_and_replayed() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{}\n");
    scratch.commit_by_hand("Add two files");
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.commit_by_hand("Sign them");
    edit(&scratch, "run.sh", "echo two", "echo 2");
    scratch.write("data.json", "[]\n");
    scratch.git(&["add", "--all"]);
    assert!(!scratch.try_git_in(&scratch.path(""), &["commit", "-q", "-m", "Tamper"]).status.success());
    sign(&scratch, &["run.sh", "data.json"], "dev");
    scratch.commit_by_hand("Change them");

    let report = scratch.run(&["audit", "report", "--format", "json"]).json();
    let table = scratch.run(&["audit", "report"]);
    let replay = scratch.run(&["audit", "verify", "--full", "--replay"]);

    let totals = &report["totals"];
    assert_eq!(totals["tamper_attempts"], 1);
    let headers = &totals["headers"];
    assert_eq!((&headers["signed"], &headers["verified"], &headers["tampered"]), (&4.into(), &3.into(), &2.into()));
    assert_eq!(headers["by_environment"]["dev"], 4);
    assert!(table.out.contains("protection headers\n  signed 4, unsigned 0"), "{}", table.out);
    let log = scratch.run(&["audit", "log", "--kind", "decision", "--outcome", "blocked", "--format", "json"]);
    let attempt: Value = serde_json::from_str(log.out.lines().next().unwrap()).unwrap();
    let tampering = &attempt["entry"]["body"]["tampering"];
    assert_eq!(*tampering, serde_json::json!(["header/body-edited data.json", "header/body-edited run.sh"]));
    assert_eq!(replay.code, 0, "{}{}", replay.out, replay.err);
}

#[test]
fn what_was_changed_is_shown_beside_what_was_signed_without_secrets() {
    let scratch = signed();
    let secret = aws_key();
    edit(&scratch, "run.sh", "echo two", &format!("echo {secret}"));

    let said = scratch.run(&["verify", "run.sh"]);
    let json = scratch.run(&["verify", "run.sh", "--format", "json"]).json();

    let diff = "@@ -17 +17 @@\n \n echo one\n-echo two\n+echo AKIA****************\n";
    assert_eq!(json["files"][0]["diff"], diff);
    assert_eq!(json["files"][0]["line"], 19);
    assert!(said.out.starts_with("tampered: run.sh:19: what is beneath its header was changed\n"), "{}", said.out);
    assert!(said.out.contains("\n  -echo two\n  +echo AKIA****************\n"), "{}", said.out);
    assert!(!said.out.contains(&secret));
    let blob = json["next"].as_str().unwrap().split(' ').nth(8).unwrap().to_owned();
    assert_eq!(scratch.git(&["cat-file", "blob", &blob]), scratch.git(&["cat-file", "blob", "HEAD:run.sh"]));
}

#[test]
fn what_was_signed_and_then_merged_is_missed_wherever_it_is_checked_out() {
    let scratch = Scratch::new();
    scratch.write("data.json", "{}\n");
    scratch.commit_all("Add it");
    scratch.git(&["switch", "-q", "-c", "topic"]);
    sign(&scratch, &["data.json"], "dev");
    scratch.git(&["switch", "-q", "main"]);
    scratch.commit_all("Something else");
    scratch.write("data.json", "[]\n");
    scratch.commit_all("Tamper");

    scratch.git(&["switch", "-q", "--detach"]);

    assert_eq!(verify(&scratch, &["--all"]), (1, vec!["data.json header/body-edited".into()]));
    assert_eq!(verify(&scratch, &["--rev", "HEAD"]), (1, vec!["data.json header/body-edited".into()]));
    assert_eq!(verify(&scratch, &["--rev", "HEAD~1"]), (0, vec![]));
}

#[test]
fn the_rules_and_the_entries_of_signed_files_are_told() {
    let scratch = signed();

    let explained = scratch.run(&["rules", "explain", "header/removed"]);
    let of_script = scratch.run(&["audit", "log", "--path", "run.sh", "--kind", "sign", "--format", "json"]);

    assert_eq!(explained.code, 0, "{}", explained.err);
    assert!(explained.out.contains("a protection header was taken away"), "{}", explained.out);
    assert_eq!(scratch.run(&["rules", "explain", "header/nothing"]).code, 2);
    assert_eq!(of_script.out.lines().count(), 1);
}

#[test]
fn where_the_policy_asks_for_signatures_the_entry_has_one() {
    let scratch = Scratch::new();
    let line = scratch.ssh_key("log@gov-hook");
    scratch.write(".gov/allowed_signers", line);
    scratch.policy("version: 1\naudit: { sign: true }\n");
    scratch.write("run.sh", SCRIPT);

    sign(&scratch, &["run.sh"], "dev");

    assert!(entries(&scratch)[0]["sig"].as_str().unwrap().contains("SSH SIGNATURE"));
    assert_eq!(verify(&scratch, &["run.sh"]), (0, vec![]));
    assert_eq!(scratch.run(&["audit", "verify", "--full"]).code, 0);
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

/// Runs the commands that a report names, each in a repository of its own.
fn follow(prepare: &dyn Fn() -> Scratch, path: &str) {
    let count = prepare().run(&["verify", path, "--format", "json"]).json()["next"].as_str().unwrap().lines().count();
    for at in 0..count {
        let scratch = prepare();
        let report = scratch.run(&["verify", path, "--format", "json"]).json();
        let line = report["next"].as_str().unwrap().lines().nth(at).unwrap().to_owned();
        let command = line.split_once(": ").unwrap().1;
        let program = Path::new(env!("CARGO_BIN_EXE_gov-hook")).parent().unwrap();
        let searched = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut shell = scratch.command("sh", &scratch.path(""));
        let done = shell.args(["-c", command]).env("PATH", searched).output().unwrap();
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        if !line.contains("audit sync") {
            assert_eq!(verify(&scratch, &[path]), (0, vec![]), "{line}");
        }
    }
}

#[test]
fn every_command_that_a_report_names_does_what_it_says() {
    for (what, attack, wanted) in ATTACKS {
        let prepare = || {
            let scratch = signed();
            attack(&scratch);
            scratch
        };
        assert_eq!(prepare().run(&["verify", "--all"]).code, 1, "{what}");
        follow(&prepare, wanted.split(' ').next().unwrap());
    }
    let policy = "version: 1\nheaders: { required: [\"gen/**\"] }\n";
    let theirs = Scratch::new();
    theirs.write("run.sh", SCRIPT);
    sign(&theirs, &["run.sh"], "staging");
    let forged = text(&theirs, "run.sh");
    let file = |path: &'static str, content: String| {
        move || {
            let scratch = signed();
            scratch.origin();
            scratch.git(&["push", "-q", "origin", "main"]);
            scratch.policy(policy);
            scratch.write(path, &content);
            scratch
        }
    };
    follow(&file("gen/it's new.sh", SCRIPT.into()), "gen/it's new.sh");
    follow(&file("gen/forged.sh", forged.clone()), "gen/forged.sh");
    follow(&file("plain.sh", SCRIPT.into()), "plain.sh");
    follow(&file("forged.sh", forged.replace("echo two", "echo 2")), "forged.sh");
    follow(&file("elsewhere.sh", forged.replace("Environment: staging", "Environment: moon")), "elsewhere.sh");
    let scratch = file("damaged.sh", forged.replace("Artifact Hash: ", "Artifact Hash: no "))();
    let report = scratch.run(&["verify", "damaged.sh", "--format", "json"]).json();
    let next = "take out what is left of a header on line 2, then: gov-hook sign damaged.sh --env dev";
    assert_eq!(report["next"], next);
    let promoted = scratch.run(&["verify", "run.sh", "--env", "prod"]);
    assert!(promoted.out.trim_end().ends_with("gov-hook verify run.sh --env dev"), "{}", promoted.out);
}

#[test]
fn a_command_is_named_as_it_is_typed_in_a_folder() {
    let scratch = Scratch::new();
    scratch.write("src/deep/a b.sh", SCRIPT);
    scratch.write("b.sh", SCRIPT);
    let next = |folder: &str, path: &str| {
        let said = scratch.run_in(&scratch.path(folder), &["verify", path, "--format", "json"]);
        said.json()["next"].as_str().unwrap().to_owned()
    };

    assert_eq!(next("src", "deep/a b.sh"), "sign it: gov-hook sign 'deep/a b.sh' --env dev");
    assert_eq!(next("src/deep", "../../b.sh"), "sign it: gov-hook sign ../../b.sh --env dev");
}

#[test]
fn sign_verify_and_unsign_say_the_same_in_the_same_words() {
    let scratch = Scratch::new();
    scratch.write("run.sh", SCRIPT);
    scratch.write("data.json", "{}\n");
    let all = |verb: &str, more: &[&str]| {
        let said = scratch.run(&[&[verb, "run.sh", "data.json", "--format", "json"], more].concat());
        (said.code, said.json())
    };

    let told = [all("sign", &["--env", "dev"]), all("verify", &[]), all("unsign", &[])];

    for ((code, json), status) in told.iter().zip(["signed", "verified", "unsigned"]) {
        assert_eq!((*code, &json["exit"], &json["next"]), (0, &0.into(), &Value::Null));
        for file in json["files"].as_array().unwrap() {
            assert_eq!((&file["status"], &file["environment"]), (&status.into(), &"dev".into()));
            assert_eq!(file["artifact_hash"].as_str().unwrap().len(), 64);
        }
    }
    assert_eq!(
        told.map(|(_, json)| json["schema"].clone()),
        ["sign", "verify", "unsign"].map(|verb| format!("gov-hook/{verb}/v1"))
    );
    let (code, refused) = all("unsign", &[]);
    assert_eq!((code, &refused["schema"]), (2, &"gov-hook/error/v1".into()));
}
