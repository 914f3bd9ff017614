//! Every way of writing a header, and every way of tampering with one.

use proptest::prelude::*;

use super::syntax::{EXTENSIONS, NAMES};
use super::*;
use crate::model::{Moment, ObjectId, RepoPath, Sha256};

const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

fn terms() -> Terms {
    Terms {
        environment: "dev".into(),
        signed_at: Moment::of_seconds(1_764_930_600).unwrap(),
        name: "Mira Example".into(),
        email: "mira@example.com".into(),
        artifact_type: None,
        metadata: Vec::new(),
    }
}

fn signed_as(path: &str, text: &[u8], terms: &Terms) -> Signed {
    let syntax = syntax_for(&path.into(), text).unwrap();
    sign(text, syntax, terms).unwrap().unwrap()
}

fn signed(path: &str, text: &[u8]) -> Signed {
    signed_as(path, text, &terms())
}

fn record(path: &str, signed: &Signed) -> Record {
    Record {
        path: path.into(),
        artifact: signed.artifact,
        block: Some(signed.block),
        blob: ObjectId::new([1; 20]),
        environment: "dev".into(),
        signed_by: signed.signed_by.clone(),
        signed_at: terms().signed_at,
        is_unsigned: false,
        base: None,
        branch: None,
        stream: "ci".into(),
        seq: 1,
        entry: Sha256::of(b""),
    }
}

/// What is found in a text that stands at a path, with what the ledger knows; `old` stood there before.
fn found(book: &Book, path: &str, text: &[u8], old: Option<&[u8]>) -> Option<Fault> {
    let environments = ENVIRONMENTS.map(str::to_owned);
    let demands = Demands { required: false, environments: &environments, target: None };
    let path = RepoPath::from(path);
    let remembered = book.at_path(&path.to_string());
    match judge(
        &File { path: &path, from: None, text, sha256: None, old, old_sha256: None, remembered },
        book,
        &demands,
    ) {
        Verdict::Faulty(tamper) => Some(tamper.fault),
        Verdict::Signed(_) => None,
        Verdict::Unsigned => panic!("nobody knows that {path} was signed"),
    }
}

const BODIES: [&[u8]; 16] = [
    b"",
    b"one\ntwo\n",
    b"one\r\ntwo\r\n",
    b"one\r\ntwo\nthree",
    b"no final newline",
    b"\n\n\n",
    b"\xef\xbb\xbfone\n",
    b"\xef\xbb\xbf",
    b"#!/bin/sh\necho one\n",
    b"#!/bin/sh",
    b"#!/usr/bin/env python3\r\n# -*- coding: latin-1 -*-\r\nx = '\xe9'\r\n",
    b"---\ntitle: One\n---\n\n# One\n",
    b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><!DOCTYPE a\n><a>\xe9</a>",
    b"<!DOCTYPE html>\n<html></html>\n",
    b"@charset \"utf-8\"; a { }\n",
    b"not utf-8: \xff\xfe\n\x01\x02\n",
];

/// A file of every kind that can have a header.
fn paths() -> Vec<String> {
    let named = NAMES.iter().map(|(name, _)| (*name).to_owned());
    EXTENSIONS.iter().map(|(extension, _)| format!("a.{extension}")).chain(named).collect()
}

fn body_for(path: &str, body: &[u8]) -> Vec<u8> {
    if [".php", ".php5", ".phtml"].iter().any(|extension| path.ends_with(extension)) {
        [b"<?php\n", body].concat()
    } else {
        body.to_vec()
    }
}

#[test]
fn a_header_reads_as_the_seed_has_it() {
    let mut terms = terms();
    terms.artifact_type = Some("python".into());
    terms.metadata = vec![("project".into(), "my-app".into())];

    let signed = signed_as("a.py", b"def my_function():\n    pass\n", &terms);

    let rule = "\u{2501}".repeat(66);
    let hash = Sha256::of(b"def my_function():\n    pass\n");
    let wanted = format!(
        "# {rule}
# \u{1f512} CODE PROTECTION - DO NOT MODIFY
# {rule}
#
# Artifact Hash: {hash}
# Environment: dev
# Signed At: 2025-12-05T10:30:00Z
# Signed By: Mira Example <mira@example.com>
# Artifact Type: python
# Metadata: project=my-app
#
# \u{26a0}\u{fe0f} WARNING: Modifications will be detected and rejected.
# \u{26a0}\u{fe0f} For production deployment, code must be promoted through proper channels.
# \u{26a0}\u{fe0f} Human-in-the-Loop approval required for production environments.
#
# {rule}
#

def my_function():
    pass
"
    );
    assert_eq!(String::from_utf8(signed.bytes).unwrap(), wanted);
}

#[test]
fn every_syntax_gives_every_text_back_to_the_byte() {
    for path in paths() {
        for body in BODIES {
            let body = body_for(&path, body);

            let signed = signed(&path, &body);

            assert_eq!(signed.artifact, Sha256::of(&body));
            assert_eq!(unsign(&signed.bytes), Ok(Some(body.clone())), "{path} {:?}", body.escape_ascii().to_string());
            assert_eq!(found(&Book::new(vec![record(&path, &signed)]), &path, &signed.bytes, None), None);
        }
    }
}

#[test]
fn a_header_comes_after_what_has_to_be_first_and_takes_the_line_breaks_of_the_file() {
    let signed = signed("a.sh", b"#!/bin/sh\r\ntrue\r\n");

    assert!(signed.bytes.starts_with("#!/bin/sh\r\n# \u{2501}".as_bytes()));
    assert!(!memchr::memchr_iter(b'\n', &signed.bytes).any(|at| signed.bytes[at - 1] != b'\r'));
}

#[test]
fn a_text_in_another_encoding_has_a_header_of_plain_ascii() {
    for body in [&b"# coding: cp1252\nx = 1\n"[..], b"x = '\xe9'\n"] {
        let signed = signed("a.py", body);

        let header = &signed.bytes[..signed.bytes.len() - 8];
        assert!(memchr::memmem::find(header, "\u{2501}".as_bytes()).is_none());
        assert_eq!(unsign(&signed.bytes), Ok(Some(body.to_vec())));
    }
}

#[test]
fn what_can_have_no_header_is_told_with_the_reason() {
    let reason = |path: &str, text: &[u8]| syntax_for(&path.into(), text).err().map(|why| why.to_string());

    assert_eq!(reason("a.py", b"x = 1\n"), None);
    assert_eq!(reason("a.py", b"\xff\xfea\0").as_deref(), Some("it is UTF-16, and a header would be UTF-8"));
    assert_eq!(reason("a.py", b"\xfe\xff\0a").as_deref(), Some("it is UTF-16, and a header would be UTF-8"));
    assert_eq!(reason("a.py", b"a\0b").as_deref(), Some("it is binary"));
    assert_eq!(reason("a.json", b"{}\n").as_deref(), Some("`.json` files have no comments that gov-hook knows"));
    assert_eq!(
        reason("LICENSE", b"Text\n").as_deref(),
        Some("nothing in its name or first line says how comments are written in it")
    );
    assert_eq!(reason("a.php", b"<p>\n").as_deref(), Some("it does not go on in code after `<?php` on its first line"));
}

#[test]
fn signing_again_replaces_the_header_and_another_environment_is_a_promotion() {
    let first = signed("a.py", b"x = 1\n");
    let later = Terms { signed_at: Moment::of_seconds(1_764_930_700).unwrap(), ..terms() };
    let syntax = syntax_for(&"a.py".into(), &first.bytes).unwrap();

    let second = sign(&first.bytes, syntax, &later).unwrap().unwrap();

    assert_eq!(unsign(&second.bytes), Ok(Some(b"x = 1\n".to_vec())));
    assert_eq!(second.artifact, first.artifact);
    assert_ne!(second.block, first.block);
    let elsewhere = Terms { environment: "prod".into(), ..terms() };
    assert_eq!(
        sign(&first.bytes, syntax, &elsewhere),
        Err(Refusal::Promotion { from: "dev".into(), to: "prod".into() })
    );
}

#[test]
fn a_text_whose_line_breaks_git_turns_has_the_header_of_the_one_that_git_keeps() {
    let unix = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n").into_bytes();
    for shown in [&b"one\r\ntwo\r\n"[..], b"one\ntwo\r\n", b"\xef\xbb\xbfone\r\ntwo", b"#!/bin/sh\r\ntwo\r\n"] {
        for path in paths() {
            let shown = body_for(&path, shown);
            let kept = signed(&path, &unix(&shown));
            let syntax = syntax_for(&path.as_str().into(), &unix(&shown)).unwrap();

            let dressed = dressed(&shown, syntax, &kept).unwrap();

            assert_eq!(unix(&dressed), kept.bytes, "{path}");
            assert_eq!(unsign(&dressed), Ok(Some(shown)), "{path}");
        }
    }
}

#[test]
fn what_would_end_the_comment_is_refused() {
    let refused = |path: &str, body: &str, value: &str| {
        let terms = Terms { metadata: vec![("note".into(), value.into())], ..terms() };
        sign(body.as_bytes(), syntax_for(&path.into(), body.as_bytes()).unwrap(), &terms).is_err()
    };

    for (path, body, value) in [
        ("a.css", "", "x */ body {}"),
        ("a.html", "", "x --> <script>"),
        ("a.ml", "", "x *) y"),
        ("a.php", "<?php\n", "x ?> y"),
        ("a.py", "", "a\nb"),
        ("a.py", "", "a\u{202e}b"),
        ("a.py", "", ""),
        ("a.py", "", " a"),
        ("a.c", "", "ends with \\"),
        ("a.py", "# coding: latin-1\n", "\u{e9}"),
    ] {
        assert!(refused(path, body, value), "{path} {value:?}");
        assert!(!refused(path, body, "x y"), "{path}");
    }
}

#[test]
fn a_name_that_cannot_stand_in_a_comment_gives_way_to_the_address() {
    let named = |name: &str, email: &str| {
        let terms = Terms { name: name.into(), email: email.into(), ..terms() };
        signed_as("a.html", b"<p>\n", &terms).signed_by
    };

    assert_eq!(named("Mira", "mira@example.com"), "Mira <mira@example.com>");
    assert_eq!(named("Mi--ra", "mira@example.com"), "mira@example.com");
    assert_eq!(named("Mira", "mi--ra@example.com"), "somebody the ledger names");
}

/// A tampering, and what it is called.
type Attack = (&'static str, fn(&[u8]) -> Vec<u8>, Fault);

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = memchr::memmem::find(text, from.as_bytes()).unwrap();
    [&text[..at], to.as_bytes(), &text[at + from.len()..]].concat()
}

#[test]
fn every_tampering_is_found_and_called_by_its_name() {
    let body = b"#!/bin/sh\necho one\n";
    let one = signed("a.sh", body);
    let other = signed("b.sh", b"#!/bin/sh\necho other\n");
    let book = Book::new(vec![record("a.sh", &one), record("b.sh", &other)]);
    let attacks: Vec<Attack> = vec![
        ("the body is edited", |text| replaced(text, "echo one", "echo two"), Fault::BodyEdited),
        ("a line is put above the header", |text| [b"# a note\n", text].concat(), Fault::BodyEdited),
        (
            "the environment is edited",
            |text| replaced(text, "Environment: dev", "Environment: prod"),
            Fault::BlockEdited,
        ),
        ("the name is edited", |text| replaced(text, "Mira", "Ada"), Fault::BlockEdited),
        ("a warning is edited", |text| replaced(text, "rejected", "accepted"), Fault::BlockEdited),
        (
            "the hash is edited",
            |text| {
                let hash = Sha256::of(b"#!/bin/sh\necho one\n").to_string();
                replaced(text, &hash, &Sha256::of(b"x").to_string())
            },
            Fault::BlockEdited,
        ),
        ("a hash is no hash any more", |text| replaced(text, "Artifact Hash: ", "Artifact Hash: x"), Fault::Malformed),
        ("the header is cut off", |text| text[..300].to_vec(), Fault::Malformed),
        ("the header is taken away", |text| unsign(text).unwrap().unwrap(), Fault::Removed),
        (
            "the header of another file is put on",
            |text| {
                let theirs = signed("b.sh", b"#!/bin/sh\necho other\n").bytes;
                let theirs = replaced(&theirs, "echo other\n", "");
                [theirs, unsign(text).unwrap().unwrap()[10..].to_vec()].concat()
            },
            Fault::Copied,
        ),
        (
            "there are two headers",
            |text| {
                let header = replaced(text, "echo one\n", "");
                [&header[..], &text[10..]].concat()
            },
            Fault::TwoBlocks,
        ),
        (
            "another header is made for another body",
            |_| signed("a.sh", b"#!/bin/sh\necho forged\n").bytes,
            Fault::Unrecorded,
        ),
    ];
    assert_eq!(found(&book, "a.sh", &one.bytes, None), None);
    for (what, attack, fault) in attacks {
        assert_eq!(found(&book, "a.sh", &attack(&one.bytes), Some(&one.bytes)), Some(fault), "{what}");
    }
}

#[test]
fn a_file_that_was_renamed_is_still_signed() {
    let one = signed("a.sh", b"echo one\n");
    let book = Book::new(vec![record("a.sh", &one)]);

    assert_eq!(found(&book, "b.sh", &one.bytes, None), None);
}

#[test]
fn a_file_without_a_header_is_known_by_its_content() {
    let json = b"{}\n";
    let mut alone = record("a.json", &signed("a.py", json));
    (alone.artifact, alone.block) = (Sha256::of(json), None);
    let book = Book::new(vec![alone]);

    assert_eq!(found(&book, "a.json", json, None), None);
    assert_eq!(found(&book, "a.json", b"[]\n", None), Some(Fault::BodyEdited));
    assert_eq!(found(&book, "b.json", b"[]\n", Some(json)), Some(Fault::BodyEdited));
}

#[test]
fn an_artifact_goes_forward_only_by_promotion() {
    let one = signed("a.sh", b"echo one\n");
    let book = Book::new(vec![record("a.sh", &one)]);
    let environments = ENVIRONMENTS.map(str::to_owned);
    let path = RepoPath::from("a.sh");
    let towards = |target| {
        let file = File {
            path: &path,
            from: None,
            text: &one.bytes,
            sha256: None,
            old: None,
            old_sha256: None,
            remembered: None,
        };
        match judge(&file, &book, &Demands { required: true, environments: &environments, target: Some(target) }) {
            Verdict::Faulty(tamper) => Some((tamper.fault, tamper.message)),
            Verdict::Signed(_) | Verdict::Unsigned => None,
        }
    };

    assert_eq!(towards("dev"), None);
    let message = "it is signed for `dev`, not for `prod`; it has to be promoted: dev \u{2192} staging \u{2192} prod";
    assert_eq!(towards("prod"), Some((Fault::Environment, message.into())));
    assert_eq!(towards("qa").map(|(fault, _)| fault), Some(Fault::Environment));
}

#[test]
fn what_only_shows_a_header_is_not_taken_for_one() {
    let sample = signed("a.py", b"x = 1\n").bytes;
    let text = [b"'''\n", &sample[..], b"'''\n"].concat();
    let book = Book::default();
    let environments = ENVIRONMENTS.map(str::to_owned);
    let path = RepoPath::from("doc.py");
    let file = File {
        path: &path,
        from: None,
        text: &text,
        sha256: None,
        old: Some(&text),
        old_sha256: None,
        remembered: None,
    };
    let demands = |required| Demands { required, environments: &environments, target: None };

    assert_eq!(judge(&file, &book, &demands(false)), Verdict::Unsigned);
    assert!(matches!(judge(&file, &book, &demands(true)), Verdict::Faulty(Tamper { fault: Fault::Missing, .. })));
    let signed = signed("doc.py", &text);
    assert_eq!(unsign(&signed.bytes), Ok(Some(text.clone())));
    assert_eq!(found(&Book::new(vec![record("doc.py", &signed)]), "doc.py", &signed.bytes, None), None);
}

/// Pieces that are at home at the top of a file, and whatever else a text may have.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(b"#!/bin/sh".to_vec()),
        Just(b"# coding: utf-8".to_vec()),
        Just(b"# syntax=docker".to_vec()),
        Just(b"<?xml version='1.0'?>".to_vec()),
        Just(b"<!DOCTYPE html".to_vec()),
        Just(b">".to_vec()),
        Just(b"<?php ".to_vec()),
        Just(b"@charset \"x\";".to_vec()),
        Just(b"---".to_vec()),
        Just(b"<!--".to_vec()),
        Just(format!("# {}", "\u{2501}".repeat(66)).into_bytes()),
        Just(format!("# \u{1f512} {MARKER}").into_bytes()),
        proptest::collection::vec(1_u8.., 0..40),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

#[test]
fn wherever_one_byte_is_changed_added_or_lost_it_is_found() {
    let bodies: [&[u8]; 4] =
        [b"one\ntwo\n", b"\xef\xbb\xbfone\r\ntwo\nthree", b"#!/bin/sh\r\n# coding: utf-8\r\none\r\n", b""];
    let mut seen = Vec::new();
    for path in paths() {
        let syntax = std::ptr::from_ref(syntax_for(&path.as_str().into(), &body_for(&path, b"")).unwrap());
        if seen.contains(&syntax) {
            continue;
        }
        seen.push(syntax);
        for body in bodies {
            let one = signed(&path, &body_for(&path, body));
            let book = Book::new(vec![record(&path, &one)]);
            let signed = one.bytes;
            for at in (0..=signed.len()).step_by(if body == bodies[1] { 1 } else { 5 }) {
                let (before, after) = signed.split_at(at);
                let changed = match (at % 3, after.split_first()) {
                    (0, _) | (_, None) => [before, b"\r", after].concat(),
                    (1, Some((first, rest))) => [before, &[first ^ 1], rest].concat(),
                    (_, Some((_, rest))) => [before, rest].concat(),
                };

                assert!(found(&book, &path, &changed, None).is_some(), "{path} {at}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_a_text_is_it_comes_back_to_the_byte(text in texts(), path in proptest::sample::select(paths())) {
        let Ok(syntax) = syntax_for(&path.as_str().into(), &text) else { return Ok(()) };
        match sign(&text, syntax, &terms()) {
            Ok(Some(signed)) => {
                prop_assert_eq!(unsign(&signed.bytes), Ok(Some(text)));
                prop_assert_eq!(found(&Book::new(vec![record(&path, &signed)]), &path, &signed.bytes, None), None);
            }
            Ok(None) | Err(Refusal::Damaged { .. }) => {}
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn any_changed_byte_of_a_signed_file_is_found(
        text in texts(),
        path in proptest::sample::select(paths()),
        place in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        how in 0..3,
    ) {
        let Ok(syntax) = syntax_for(&path.as_str().into(), &text) else { return Ok(()) };
        let Ok(Some(signed)) = sign(&text, syntax, &terms()) else { return Ok(()) };
        let book = Book::new(vec![record(&path, &signed)]);
        let mut changed = signed.bytes.clone();
        let at = place.index(changed.len());
        match how {
            0 => changed[at] = byte,
            1 => changed.insert(at, byte),
            _ => drop(changed.remove(at)),
        }
        prop_assume!(changed != signed.bytes);

        prop_assert!(found(&book, &path, &changed, None).is_some());
        prop_assert!(found(&book, &path, &changed, Some(&signed.bytes)).is_some());
    }
}
