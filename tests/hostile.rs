//! Content made to cost time or memory is judged all the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::io::Write;

use support::Scratch;

#[test]
fn a_line_of_megabytes_is_judged_and_only_its_beginning_is_told() {
    let scratch = Scratch::new();
    scratch.write("src/a.js", format!("a{}", " ".repeat(200)).repeat(10_000));
    scratch.write("src/b.js", "x".repeat(2_000_000));
    scratch.git(&["add", "--all"]);

    let said = scratch.run(&["check", "--staged", "--format", "json"]);

    let rules: Vec<String> = said.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(said.code, 0);
    assert_eq!(rules, ["src/a.js weakening/long-line", "src/b.js weakening/long-line"]);
    assert!(said.out.len() < 20_000, "{} bytes", said.out.len());
}

#[test]
fn ten_thousand_waivers_are_read_and_those_for_nothing_told() {
    let scratch = Scratch::new();
    let waiver = |number| format!("x = 1  # gov: allow[secret/x{number}] reason\n");
    scratch.write("a.py", (0..10_000).map(waiver).collect::<Vec<_>>().concat());
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    let findings = json["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["rule"] == "waiver/unused"), "{findings:?}");
    assert_eq!(findings.len(), 10_000);
}

#[test]
fn a_blob_that_ends_before_what_it_claims_to_hold_is_not_taken_for_read() {
    let scratch = Scratch::new();
    let object = |id: &str, bytes: &[u8]| {
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        deflated.write_all(bytes).unwrap();
        let (folder, name) = id.split_at(2);
        scratch.write(&format!(".git/objects/{folder}/{name}"), deflated.finish().unwrap());
    };
    let commit_of = |id: &str| {
        scratch.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},data.txt")]);
        let tree = scratch.git(&["write-tree"]);
        let commit = scratch.git(&["commit-tree", &tree, "-p", "HEAD", "-m", "Add data"]);
        scratch.git(&["update-ref", "refs/heads/data", &commit]);
    };
    let (short, whole) = ("1".repeat(40), "2".repeat(40));
    object(&short, b"blob 17000000\0hello\n");
    object(&whole, &[b"blob 17000000\0".to_vec(), vec![0; 17_000_000]].concat());

    commit_of(&short);
    let refused = scratch.run(&["check", "data"]);
    commit_of(&whole);
    let read = scratch.run(&["check", "data"]);

    assert_eq!(
        refused.err,
        "gov-hook could not decide, so nothing may pass: object 1111111111111111111111111111111111111111 (the \
         content of `data.txt`) cannot be read\n  because: it claims 17000000 bytes and holds 6\n  mend it: see what \
         is damaged: git fsck --full\n"
    );
    assert_eq!((refused.code, read.code), (2, 0), "{}", read.err);
}
