use crate::check::rules::set::Rules;
use crate::model::RepoPath;

/// The lines on which rules in JSON find something in a text.
fn lines_found(rules: &str, path: &str, text: &str) -> Vec<Option<u32>> {
    let found = Rules::of_json(rules).scan_text(&RepoPath::from(path), text.as_bytes());
    found.findings.into_iter().map(|finding| finding.place.line).collect()
}

#[test]
fn a_line_too_long_to_be_one_unit_is_searched_from_each_of_its_keywords() {
    let rules =
        r#"[{"id": "t/token", "keywords": ["tok_"], "regex": "tok_[a-z]{8}", "severity": "deny", "message": "m"}]"#;

    for behind in (0..20_000).step_by(500) {
        for before in (0..20_000).step_by(500) {
            let text = format!("tok_ {} tok_abcdefgh {}\n", "x".repeat(before), "x".repeat(behind));

            assert_eq!(lines_found(rules, "a.txt", &text), [Some(1)], "{before} before it and {behind} behind");
        }
    }
}

#[test]
fn a_match_of_many_lines_is_searched_as_far_as_the_last_keyword_of_its_line_lets_it_reach() {
    let rules = r#"[{"id": "t/block", "keywords": ["BEGIN"], "multiline": true,
        "regex": "BEGIN(?:\\n[a-z]{1,9}){3}\\nEND", "severity": "deny", "message": "m"}]"#;

    for before in (0..200).step_by(10) {
        let text = format!("BEGIN {} BEGIN\nabc\nabc\nabc\nEND\n", "x".repeat(before));

        assert_eq!(lines_found(rules, "a.txt", &text), [Some(1)], "{before} before it");
    }
}

#[test]
fn a_rule_of_every_line_is_tried_on_a_line_whose_telling_part_is_on_the_next() {
    let rules = r#"[{"id": "t/line", "anchor": "every-line", "paths": ["*.conf"], "regex": "e\\s+([0-9a-f]{20})",
        "severity": "deny", "message": "m"}]"#;

    let of_many = r#"[{"id": "t/lines", "anchor": "every-line", "paths": ["*.conf"], "multiline": true,
        "regex": "e\\s{1,90}([0-9a-f]{20})", "severity": "deny", "message": "m"}]"#;
    assert_eq!(lines_found(of_many, "a.conf", "\n\ne\n\n \n\n0123456789abcdef0123\n"), [Some(7)]);
    for text in
        ["e 0123456789abcdef0123", "\n\ne\n0123456789abcdef0123\n", "0123456789abcdef0123 e\n0123456789abcdef0123"]
    {
        assert_eq!(lines_found(rules, "a.conf", text).len(), 1, "{text:?}");
    }
}

#[test]
fn a_keyword_ends_with_what_it_is_written_with() {
    let rules = r#"[{"id": "t/return", "keywords": ["=;\r", "other"], "regex": "=;\\r([a-z]{8})", "severity": "deny",
        "message": "m"}]"#;

    assert_eq!(lines_found(rules, "a.txt", "x\n=;\rabcdefgh\n"), [Some(2)]);
}

#[test]
fn what_is_written_with_escapes_is_searched_as_what_it_says() {
    let rules = r#"[{"id": "t/token", "keywords": ["tok_", "/hook"], "severity": "deny", "message": "m",
        "regex": "\\b(tok_[a-z=]{8})(?:[^a-z=]|$)|//a\\.dev/hook/([a-z]{4})"}]"#;

    for line in [
        r#"{"a": "b = \u0022tok_abcdefgh\u0022"}"#,
        r#"{"a": "b = \"tok_abcd\u003dfgh\""}"#,
        r#"{"a": "https:\/\/a.dev\/hook\/abcd"}"#,
        r#"{"a": "{\\u0022b\\u0022:\\u0022tok_abcdefgh\\u0022}"}"#,
        "<a b=\"2&#61;tok_abcdefgh&amp;c\"/>",
        "<a b=\"tok_abcd&#x3D;fgh\"/>",
    ] {
        for (before, after) in [(0, 0), (3, 2), (900, 40), (5_000, 90_000), (200_000, 300_000)] {
            let around = format!("{}\n{line}\n{}", "x=&gt;\n".repeat(before), "\\/\n".repeat(after));
            let within =
                format!("{}\n{} {line} {}", "\n".repeat(before), "&lt; ".repeat(before), "&lt; ".repeat(after));

            let number = u32::try_from(before).unwrap() + 2;
            assert_eq!(lines_found(rules, "a.txt", &around), [Some(number)], "{line} {before}");
            assert_eq!(lines_found(rules, "a.txt", &within), [Some(number)], "{line} {before}");
        }
    }
}

#[test]
fn what_escapes_hide_is_told_as_it_is_written() {
    let rules = Rules::of_json(
        r#"[{"id": "t/token", "keywords": ["tok_"], "regex": "tok_[a-z=]{8}", "severity": "deny", "message": "m"},
            {"id": "u/shown", "keywords": ["tok_"], "regex": "tok_[a-z=]{8}", "severity": "deny", "message": "m", "show": true}]"#,
    );

    let found = rules.scan_text(&RepoPath::from("a.json"), br#"{"a": 1, "b": "tok_abcd\u003dfgh", "c": 2}"#).findings;

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].place.column, Some(16));
    let excerpt = format!("{:?}", found[0].excerpt.as_ref().unwrap());
    assert!(!excerpt.contains("tok_"), "{excerpt}");
}
