//! The reports on a policy file: what is wrong with it, and why a path is treated as it is.

use gov_hook::model::{Explanation, NextStep, hides_text};
use gov_hook::policy::{Policy, read, why};
use gov_hook::report::mistakes::{self, Asked, Judged};
use gov_hook::report::{Style, policy};
use serde_json::Value;

const ORIGIN: &str = "HEAD:.gov/policy.yaml";

fn shown(text: &str, asked: Asked, style: Style) -> String {
    let mistakes = read(ORIGIN, text.as_bytes()).err().unwrap_or_default();
    let next = NextStep { why: "see it whole".into(), command: "gov-hook policy show".into() };
    mistakes::human(Judged { origin: ORIGIN, bytes: text.as_bytes(), mistakes: &mistakes }, asked, Some(&next), style)
}

#[test]
fn the_first_line_says_that_nothing_may_pass_and_why() {
    let text = "version: 1\npaths:\n  never_auto_approve: [\"src/[\"]\nrisk: { low_max_lines: 900 }\n";

    assert_eq!(
        shown(text, Asked::ADecision, Style::default()),
        "\
gov-hook could not decide, so nothing may pass: `never_auto_approve` has an invalid glob `src/[`
 --> HEAD:.gov/policy.yaml:3:24
  |
3 |   never_auto_approve: [\"src/[\"]
  |                        ^^^^^^^
  |
  = because: unclosed character class, missing ']'

error: `low_max_lines` must not be above `medium_max_lines`
 --> HEAD:.gov/policy.yaml:4:24
  |
4 | risk: { low_max_lines: 900 }
  |                        ^^^
  |
  = because: `low_max_lines` is 900, `medium_max_lines` is 200 by default

HEAD:.gov/policy.yaml: 2 mistakes
  see it whole: gov-hook policy show
"
    );
}

#[test]
fn a_sound_file_is_told_in_one_line() {
    assert_eq!(
        shown("version: 1\n", Asked::IsItSound, Style::default()),
        "HEAD:.gov/policy.yaml: no mistakes\n  see it whole: gov-hook policy show\n"
    );
}

#[test]
fn colour_changes_no_word() {
    let text = "version: 1\npathz: {}\n";
    let coloured = shown(text, Asked::IsItSound, Style { colour: true, ..Style::default() });

    let mut plain = String::new();
    for part in coloured.split('\u{1b}') {
        plain.push_str(part.strip_prefix('[').and_then(|part| part.split_once('m')).map_or(part, |(_, rest)| rest));
    }
    assert_ne!(coloured, plain);
    assert_eq!(plain, shown(text, Asked::IsItSound, Style::default()));
}

#[test]
fn neither_a_secret_nor_an_invisible_character_is_shown() {
    let secret = "version: 1\nnotify: [ { on: [\"*\"], webhook: { url_env: \"https://h.example/s3cr3t\" } } ]\n";
    let expected = "\
error: `url_env` must name an environment variable
 --> HEAD:.gov/policy.yaml:2:44
  |
2 | notify: [ { on: [\"*\"], webhook: { url_env: \"htt********************** } } ]
  |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = because: a name has capital letters, digits and `_`; a secret stays out of the policy

HEAD:.gov/policy.yaml: 1 mistake
  see it whole: gov-hook policy show
";
    assert_eq!(shown(secret, Asked::IsItSound, Style::default()), expected);

    let hostile = shown("version: 1\n\u{1b}[2J\u{200b}\u{202e}: x\n", Asked::ADecision, Style::default());
    assert!(!hostile.contains(|c: char| c != '\n' && (c.is_control() || hides_text(c))), "{hostile}");
}

#[test]
fn the_json_form_is_frozen() {
    let mistakes = read(ORIGIN, b"version: 1\npathz: {}\n").unwrap_err();

    let judged = Judged { origin: ORIGIN, bytes: b"", mistakes: &mistakes };
    assert_eq!(
        mistakes::json(judged, &[], &[]),
        r#"{
  "schema": "gov-hook/policy-check/v1",
  "origin": "HEAD:.gov/policy.yaml",
  "sound": false,
  "mistakes": [
    {
      "line": 2,
      "column": 1,
      "length": 5,
      "message": "`pathz` is not a key of a policy",
      "because": null,
      "help": "did you mean `paths`?"
    }
  ]
}
"#
    );
}

const POLICY: &str = "\
version: 1
paths: { default: deny, allowed: [\"src/**\"], protected: [src/core/], generated: [\"src/**/*.lock\"] }
categories: { core: { paths: [src/core/], auto_approve: false } }
roles: { lead: [lin@example.com], admin: [ada@example.com] }
approvals: { high: { roles: [lead, admin] }, paths: [ { paths: [\"*.lock\"], count: 2, roles: [], signed: true } ] }
";

fn explained(path: &str) -> Explanation {
    let policy = read(ORIGIN, POLICY.as_bytes()).unwrap_or_else(|mistakes| unreachable!("{mistakes:?}"));
    why(&policy, &path.into())
}

#[test]
fn the_line_that_decides_is_shown_before_everything_that_follows() {
    assert_eq!(
        policy::human(&explained("src/core/a.lock"), Style { width: 120, ..Style::default() }),
        "\
src/core/a.lock: at least HIGH, because `paths.protected` names it
 --> HEAD:.gov/policy.yaml:2:58
  |
2 | paths: { default: deny, allowed: [\"src/**\"], protected: [src/core/], generated: [\"src/**/*.lock\"] }
  |                                                          ^^^^^^^^^
  also in paths.allowed: `src/**` (HEAD:.gov/policy.yaml:2)
  also in paths.generated: `src/**/*.lock` (HEAD:.gov/policy.yaml:2)
  also in categories.core: `src/core/` (HEAD:.gov/policy.yaml:3)
  also in approvals.paths[0]: `*.lock` (HEAD:.gov/policy.yaml:5)
  generated: its lines are counted apart, and scanned
  category `core`: never approved automatically
  held: staging push, production commit, production push
  asks for: 1 approval from lead or admin (`high`)
  asks for: 2 signed approvals from anyone with a role (`paths[0]`)
"
    );
}

#[test]
fn a_path_without_a_list_says_what_the_default_is() {
    let shown = |explanation: &Explanation| policy::human(explanation, Style::default());

    assert_eq!(
        shown(&explained("other\n/a")),
        "\
other\\u{a}/a: at least HIGH, because no list names it and `paths.default` is `deny`
  held: staging push, production commit, production push
  asks for: 1 approval from lead or admin (`high`)
"
    );
    assert_eq!(
        shown(&why(&Policy::built_in(), &"README.md".into())),
        "\
README.md: LOW as far as the path goes, because no list names it
  held: nowhere on account of its path
"
    );
}

#[test]
fn what_the_built_in_policy_guards_is_said_to_come_from_it() {
    assert_eq!(
        policy::human(&why(&Policy::built_in(), &".env".into()), Style::default()),
        "\
.env: at least CRITICAL, because `paths.never_auto_approve` names it
  `.env*` of the built-in policy
  held: staging commit, staging push, production commit, production push
  asks for: 1 signed approval from anyone with a role (`critical`)
"
    );
}

#[test]
fn the_json_form_of_why_is_frozen() {
    assert_eq!(
        policy::json(&explained("src/core/a")),
        r#"{
  "schema": "gov-hook/policy-why/v1",
  "path": "src/core/a",
  "class": "protected",
  "level": "HIGH",
  "decided_by": {
    "list": "paths.protected",
    "glob": "src/core/",
    "origin": "HEAD:.gov/policy.yaml",
    "line": 2
  },
  "named_by": [
    {
      "list": "paths.protected",
      "glob": "src/core/",
      "origin": "HEAD:.gov/policy.yaml",
      "line": 2
    },
    {
      "list": "paths.allowed",
      "glob": "src/**",
      "origin": "HEAD:.gov/policy.yaml",
      "line": 2
    },
    {
      "list": "categories.core",
      "glob": "src/core/",
      "origin": "HEAD:.gov/policy.yaml",
      "line": 3
    }
  ],
  "generated": false,
  "category": "core",
  "held": [
    {
      "level": "staging",
      "gate": "push"
    },
    {
      "level": "production",
      "gate": "commit"
    },
    {
      "level": "production",
      "gate": "push"
    }
  ],
  "needed": [
    {
      "rule": "high",
      "count": 1,
      "roles": [
        "lead",
        "admin"
      ],
      "signed": false
    }
  ]
}
"#
    );
}

/// Every key below this part of the schema, as a page names it; what is in a list is named once for all.
fn keys(schema: &Value, of: &Value, before: &str, found: &mut Vec<String>) {
    let named = of["$ref"].as_str().and_then(|name| schema.pointer(name.trim_start_matches('#')));
    for part in [Some(of), named].into_iter().flatten() {
        for (key, value) in part["properties"].as_object().into_iter().flatten() {
            let path = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
            keys(schema, value, &path, found);
            found.push(path);
        }
    }
}

#[test]
fn the_page_on_the_policy_names_every_key_and_shows_one_that_is_sound() {
    let page = include_str!("../docs/policy.md");
    let schema: Value = serde_json::from_slice(&gov_hook::policy::schema()).unwrap();
    let mut all = Vec::new();
    keys(&schema, &schema, "", &mut all);

    // A section stands for what its own row tells in words.
    let told = |key: &String| {
        let last = key.rsplit('.').next().unwrap_or(key);
        page.contains(&format!("`{key}")) || page.contains(&format!("`{last}`")) || page.contains(&format!("`{last}: "))
    };
    let untold: Vec<&String> = all.iter().filter(|key| !told(key) && *key != "version").collect();
    assert_eq!(untold, [] as [&String; 0]);
    assert!(all.len() > 40, "{all:?}");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(read("docs/policy.md", example.as_bytes()).err(), None);
}
