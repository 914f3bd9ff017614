//! What `sign` and `unsign` write, and when they write nothing.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::Scratch;
use crate::{SCRIPT, edit, entries, sign, signed, text, verify};

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
    let no_room = "make sure that the disk has room";
    let cases: [NoRoom; 3] = [
        ("for the clone's own name", one("x = 1\n"), 0, "cannot write the ledger: `"),
        ("for the blob", one(&noise), 32, "cannot store the content of `src/one.py` as a blob\n"),
        ("for the entry", many, 8, "cannot write the ledger: an object of stream `"),
    ];
    for (what, files, blocks, why) in cases {
        let scratch = Scratch::new();
        for (path, text) in &files {
            scratch.write(path, text);
        }

        let said = scratch.run_without_room(blocks, &["sign", "src", "--env", "dev"]);

        let told = format!("gov-hook sign failed: no file was changed: {why}");
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
        let unsigning = scratch.run_without_room(0, &["unsign", "src"]);
        assert!(unsigning.err.contains("no file was changed: "), "{what}: {}", unsigning.err);
        assert_eq!(verify(&scratch, &["--all"]), (0, vec![]), "{what}");
        assert_eq!(scratch.run(&["audit", "verify", "--full"]).code, 0, "{what}");
    }
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
        (vec!["absent.sh"], "there is no file `absent.sh`"),
        (vec!["a.css", "--meta", "note=x */ b {}"], "would end the comment"),
        (vec!["a.css", "--meta", "note"], "KEY=VALUE"),
        (vec!["b.sh", "--artifact-type", "two\nlines"], "not shown as it is"),
        (vec!["ident.sh"], "git stores other bytes"),
        (vec!["lfs.sh"], "git stores other bytes"),
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
        assert!(said.err.contains(&told) && said.err.contains("git lists no files there"), "{}", said.err);
    }
    let json = scratch.run(&["sign", "--env", "dev", "empty", "--format", "json"]);
    assert_eq!((json.code, &json.json()["error"]), (2, &"there is nothing to sign in `empty`".into()));
    assert_eq!(scratch.git(&["for-each-ref", "refs/notes/gov/"]), "");
    sign(&scratch, &["empty", "build/run.sh"], "dev");
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
