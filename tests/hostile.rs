//! Content made to cost time or memory is judged all the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

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
