use std::collections::BTreeSet;

use super::*;
use crate::check::rules::built::embedded;

const GOOD: &str = r#"
- id: acme/deploy-token
  keywords: [acmedt_]
  regex: '\b(acmedt_[a-z0-9]{12})\b'
  entropy: 2.5
  severity: deny
  message: Acme deploy token
  examples: ["t = acmedt_0a1b2c3d4e5f"]
  counterexamples: ["t = acmedt_aaaaaaaaaaaa"]
- id: acme/no-tests-gone
  on: path
  paths: ["tests/**"]
  status: [deleted]
  severity: hold
  message: a test is gone
  examples: [{path: tests/a.rs, old: "x"}]
  counterexamples: [{path: tests/a.rs, new: "x"}]
"#;

fn said(text: &str) -> Vec<String> {
    let mistakes = read_pack("acme", text.as_bytes(), &[]).err().unwrap_or_default();
    let place = |mistake: &Mistake| format!("{}:{}+{}", mistake.line, mistake.column, mistake.length);
    let more = |part: &Option<String>, mark| part.as_ref().map(|part| format!(" {mark} {part}")).unwrap_or_default();
    mistakes
        .iter()
        .map(|m| format!("{} {}{}{}", place(m), m.message, more(&m.because, '|'), more(&m.help, '>')))
        .collect()
}

#[test]
fn a_good_pack_is_read_and_its_rules_run() {
    let pack = read_pack("acme", GOOD.as_bytes(), &[]).unwrap();

    assert_eq!(
        pack.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
        ["acme/deploy-token", "acme/no-tests-gone"]
    );
}

#[test]
fn an_expression_that_matches_everywhere_is_refused_with_its_reason() {
    let rule = |on: &str, regex: &str| {
        format!(
            "- {{id: a/b, on: {on}, keywords: [abc], regex: '{regex}', severity: note, message: m, examples: [abc]}}\n"
        )
    };
    let everywhere = |text: &str| said(text).iter().any(|said| said.contains("`regex` matches everywhere"));

    assert_eq!(
        said(&rule("added", "")),
        ["1:48+2 `regex` matches everywhere | it is empty > write what every match contains"]
    );
    for regex in ["x*", "(?:)", "^", "a?$", "(abc|)"] {
        assert!(everywhere(&rule("added", regex)) && everywhere(&rule("removed", regex)), "{regex}");
    }
    assert!(everywhere(&rule("message", "x*")) && everywhere(&rule("file", "")));
    for (on, regex) in [("added", "x*abc"), ("message", "^"), ("file", "$")] {
        assert!(!everywhere(&rule(on, regex)), "{on} {regex}");
    }
}

#[test]
fn all_mistakes_of_a_pack_are_told_at_once() {
    let text = r#"
- id: acme
  keyword: [acme]
  keywords: [ab, '\bab']
  regex: '(['
  severity: fatal
  message: [x]
  verify: crc33x
  paths: ["/x"]
  net: 0
- id: acme/b
  severity: deny
  message: b
"#;
    let said = said(text);

    assert_eq!(
        said,
        [
            "2:3+1 the rule has no `examples`",
            "2:7+4 `acme` is not an id > write `family/name`",
            "3:3+7 `keyword` is not a field of a rule > did you mean `keywords`?",
            "4:13+12 `\\bab` is not a keyword | a keyword is one line of at least 3 bytes",
            "4:13+12 `ab` is not a keyword | a keyword is one line of at least 3 bytes",
            "5:10+4 `regex` cannot be used | unclosed character class",
            "6:13+5 `severity` cannot be `fatal` > known here: `deny`, `hold`, `warn`, `note`",
            "7:12+3 `message` must be a text, not a list",
            "8:11+6 no validator is called `crc33x` > did you mean `crc32`?",
            "9:10+6 `paths` has an invalid glob `/x` | starts with `/`: globs are relative to the repository's root",
            "10:8+1 `net` is only for rules `on: removed`",
            "10:8+1 `net` must be 1 or more, not `0`",
            "11:3+1 the rule has no `examples`",
            "11:3+1 the rule has no `regex`, so nothing can match"
        ]
    );
}

#[test]
fn what_has_no_id_anywhere_is_no_pack() {
    for pack in [GOOD, "[]", "", "rules:\n  - id: acme/word\n", "- id: [\n"] {
        assert!(is_pack(pack.as_bytes()), "{pack}");
    }
    for other in ["factors: {lines: 3}\n", "- line: \"#\"\n  names: [makefile]\n"] {
        assert!(!is_pack(other.as_bytes()), "{other}");
    }
}

#[test]
fn examples_that_do_not_hold_are_mistakes_of_the_pack() {
    let broken = GOOD.replace("0a1b2c3d4e5f", "0a1b").replace("acmedt_aaaaaaaaaaaa", "acmedt_0a1b2c3d4e5f");

    assert_eq!(
        said(&broken),
        [
            "2:7+17 `acme/deploy-token`: the rule has no example that it alone finds",
            "8:14+17 `acme/deploy-token`: example 1 is found by no rule",
            "9:21+25 `acme/deploy-token`: counterexample 1 is found",
        ]
    );
}

#[test]
fn a_rule_is_called_as_no_rule_of_a_pack_that_was_read_before() {
    let first = read_pack("acme", GOOD.as_bytes(), &[]).unwrap();

    let mistakes = read_pack("other", GOOD.as_bytes(), &[first]).err().unwrap();

    assert_eq!(mistakes.len(), 2);
    assert_eq!(mistakes[0].message, "a rule of `acme` is called `acme/deploy-token` already");
    assert_eq!((mistakes[0].line, mistakes[0].column), (2, 7));
}

#[test]
fn no_two_embedded_rules_are_called_the_same() {
    let ids: BTreeSet<&str> = embedded::RULES.iter().map(|rule| rule.id.get()).collect();

    assert_eq!(ids.len(), embedded::RULES.len());
}

#[test]
fn no_two_embedded_rules_say_the_same() {
    let messages = embedded::RULES.iter().map(|rule| {
        let json = embedded::packed(rule.told).unwrap().json;
        serde_json::from_slice::<Definition>(json).unwrap().message
    });

    assert_eq!(messages.collect::<BTreeSet<_>>().len(), embedded::RULES.len());
}

#[test]
fn embedded_rules_are_read_as_strictly_as_a_repositorys_own() {
    for rule in embedded::RULES {
        // JSON is YAML, but for what the reader of files wants to see escaped.
        let escape = |c: char| {
            if c == ' ' || c.is_ascii_graphic() { c.to_string() } else { format!("\\U{:08X}", u32::from(c)) }
        };
        let json = std::str::from_utf8(embedded::packed(rule.told).unwrap().json).unwrap();
        let escaped: String = json.chars().map(escape).collect();
        let yaml::Parsed { root, mistakes } = yaml::parse(format!("- {escaped}\n").as_bytes());
        let mut reader = Reader { mistakes, allowance: Allowance::ALL };
        let read: Vec<Definition> =
            root.map(|root| reader.pack(&root)).unwrap_or_default().into_iter().map(|read| read.definition).collect();

        assert_eq!(reader.mistakes.into_sorted(), [], "{}", rule.id.get());
        assert_eq!(read, [serde_json::from_str(json).unwrap()]);
    }
}

#[test]
fn the_examples_of_a_sound_rule_are_tried_beside_one_that_is_not() {
    let broken = GOOD.replace("0a1b2c3d4e5f", "0a1b").replace("  on: path\n", "  on: path\n  verify: nope\n");

    let said = said(&broken);

    assert!(said.iter().any(|mistake| mistake.contains("no validator is called `nope`")), "{said:?}");
    assert!(said.iter().any(|mistake| mistake.contains("`acme/deploy-token`: the rule has no example")), "{said:?}");
    assert!(!said.iter().any(|mistake| mistake.contains("`acme/no-tests-gone`")), "{said:?}");
}

#[test]
fn what_cannot_be_meant_is_a_mistake() {
    let cases = [
        (("message: Acme deploy token", "message: ' '"), "`message` is empty"),
        (("entropy: 2.5", "entropy: -1"), "`entropy` is a number of bits, from 0 to 8"),
        (("severity: deny", "severity: deny\n  roles: [king]"), "no reviewer is called `king`"),
        (
            ("severity: deny", "severity: deny\n  detect: symlnk"),
            "no detector is called `symlnk` > did you mean `symlink`?",
        ),
        (
            ("severity: deny", "severity: deny\n  detect: symlink"),
            "`detect` takes the place of `regex` > keep one of them",
        ),
    ];
    for ((from, to), message) in cases {
        let said = said(&GOOD.replacen(from, to, 1));
        assert!(said.iter().any(|mistake| mistake.contains(message)), "{to}: {said:?}");
    }
}
