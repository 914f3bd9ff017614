use super::*;
use crate::check::rules::{Candidate, Common, Found, Rules};
use crate::model::{Finding, LineDiff, Mode, RepoPath, RiskLevel, Severity};

const PACK: &str = r#"[
    {"id": "t/word", "keywords": ["bad"], "regex": "bad[a-z]*", "severity": "deny", "message": "bad word"},
    {"id": "t/gone", "on": "removed", "keywords": ["assert"], "regex": "assert", "severity": "hold", "show": true,
     "message": "gone"},
    {"id": "t/file", "on": "file", "keywords": ["mark"], "regex": "mark", "severity": "warn", "show": true,
     "message": "mark"},
    {"id": "t/deep", "keywords": ["deep"], "regex": "deep", "severity": "warn", "show": true, "floor": "CRITICAL",
     "message": "deep"},
    {"id": "t/new", "keywords": ["skip"], "regex": "skip", "severity": "hold", "show": true, "changes_only": true,
     "message": "new"}
]"#;

/// Each finding as `rule severity line`, with who waived it, or what a waiver is told.
fn judged(new: &str, old: Option<&str>, waivers: &Waivers, scope: Scope) -> Vec<String> {
    let (rules, path) = (Rules::of_json(PACK), RepoPath::from("src/a.rs"));
    let file = Candidate {
        path: &path,
        from: None,
        old_mode: old.map(|_| Mode::Regular),
        new_mode: Some(Mode::Regular),
        old: old.map(str::as_bytes),
        new: Some(new.as_bytes()),
        before: None,
        common: Common::of(old.map(str::as_bytes), Some(new.as_bytes())),
        known: None,
        by_agent: false,
        in_tree: matches!(scope, Scope::Tree | Scope::History),
        is_weighed: true,
    };
    let lines = LineDiff::between(old.unwrap_or_default().as_bytes(), new.as_bytes());
    let Found { findings, waivers: inline, .. } = rules.scan(&file, || std::borrow::Cow::Owned(lines));
    let today = "2026-06-01".parse().unwrap();
    let waived = Waiving { rules: &rules, waivers, today, scope }.apply(findings, &inline);
    let said = |finding: &Finding| {
        let Finding { rule, severity, place, waived, message, .. } = finding;
        let line = place.line.map(|line| line.to_string()).unwrap_or_default();
        let more = match waived {
            Some(waived) => format!(" waived by {}: {}", waived.by, waived.reason),
            None if rule.as_str().starts_with("waiver/") => format!(": {message}"),
            None => String::new(),
        };
        format!("{rule} {severity} {line}{more}")
    };
    waived.iter().map(said).collect()
}

fn inline(new: &str) -> Vec<String> {
    judged(new, Some(""), &Waivers::default(), Scope::Change)
}

#[test]
fn a_waiver_excuses_its_line_or_the_next_one_and_is_told() {
    let added = "waiver/added hold 1: The change adds its own waiver of `t/word`: why";

    assert_eq!(inline("badly // gov: allow[t/word] why"), ["t/word deny 1 waived by src/a.rs:1: why", added]);
    assert_eq!(inline("// gov: allow[t/word] why\nbadly\n"), ["t/word deny 2 waived by src/a.rs:1: why", added]);
    assert_eq!(
        inline("badly // gov: allow[t/word] why\nbad\n"),
        ["t/word deny 1 waived by src/a.rs:1: why", "t/word deny 2", added]
    );
}

#[test]
fn waivers_above_each_other_excuse_the_line_beneath_them() {
    let said = inline("# gov: allow[t/other] why\n# gov: allow[t/*] why\nbad\n");

    assert_eq!(
        said,
        [
            "t/word deny 3 waived by src/a.rs:2: why",
            "waiver/unused warn 1: The waiver of `t/other` has nothing to excuse: no rule is called `t/other`",
            "waiver/added hold 2: The change adds its own waiver of `t/*`: why",
        ]
    );
}

#[test]
fn a_waiver_without_reason_or_past_its_date_excuses_nothing() {
    assert_eq!(
        inline("bad // gov: allow[t/word]"),
        ["t/word deny 1", "waiver/no-reason warn 1: The waiver of `t/word` gives no reason, so it excuses nothing"]
    );
    assert_eq!(
        inline("bad // gov: allow[t/word] ..."),
        ["t/word deny 1", "waiver/no-reason warn 1: The waiver of `t/word` gives no reason, so it excuses nothing"]
    );
    assert_eq!(
        inline("bad // gov: allow[t/word] why until=2026-05-31"),
        ["t/word deny 1", "waiver/expired warn 1: The waiver of `t/word` ended on 2026-05-31"]
    );
    assert_eq!(inline("bad // gov: allow[t/word] why until=2026-06-01")[0], "t/word deny 1 waived by src/a.rs:1: why");
    assert_eq!(
        inline("// gov: allow[t/word oh\n"),
        ["waiver/malformed warn 1: The waiver cannot be read: the bracket is never closed"]
    );
}

#[test]
fn a_waiver_that_excuses_an_old_line_is_neither_unused_nor_told() {
    let old = "bad // gov: allow[t/word] why\n";

    assert_eq!(judged(&format!("{old}more\n"), Some(old), &Waivers::default(), Scope::Change), [] as [&str; 0]);
}

#[test]
fn a_waiver_that_excuses_a_new_line_is_told_however_old_it_is() {
    let above = |word: &str| format!("// gov: allow[t/word] why\n{word}\n");
    let told = |new: &str, old: &str| judged(new, Some(old), &Waivers::default(), Scope::Change);

    assert_eq!(
        told(&above("badly"), &above("bad")),
        [
            "t/word deny 2 waived by src/a.rs:1: why",
            "waiver/reused hold 1: What the change adds is excused by an older waiver of `t/word`: why"
        ]
    );
    let file = "mark // gov: allow[t/file] why\n";
    assert_eq!(told(&format!("{file}more\n"), file), ["t/file warn 1 waived by src/a.rs:1: why"], "it was so before");
    assert_eq!(
        told(file, ""),
        [
            "t/file warn 1 waived by src/a.rs:1: why",
            "waiver/added note 1: The change adds its own waiver of `t/file`: why"
        ]
    );
}

#[test]
fn what_excuses_keeps_the_floor_of_what_it_excuses() {
    let rules = Rules::of_json(PACK);
    let (path, text) = (RepoPath::from("src/a.rs"), b"deep // gov: allow[t/*] why");
    let file = Candidate { new: Some(text), in_tree: false, ..Candidate::standing(&path, Mode::Regular) };
    let Found { findings, waivers: inline, .. } = rules.scan(&file, Default::default);
    let today = "2026-06-01".parse().unwrap();

    let waivers = &Waivers::default();
    let told = Waiving { rules: &rules, waivers, today, scope: Scope::Change }.apply(findings, &inline);

    let said: Vec<_> = told.iter().map(|finding| (finding.rule.as_str(), finding.severity, finding.floor)).collect();
    let floor = Some(RiskLevel::Critical);
    assert_eq!(said, [("t/deep", Severity::Warn, floor), ("waiver/added", Severity::Note, floor)]);
}

#[test]
fn what_is_gone_is_excused_by_its_full_name_only() {
    let said = |rule: &str| {
        judged(&format!("// gov: allow[{rule}] moved\n"), Some("assert\n"), &Waivers::default(), Scope::Change)
    };

    assert_eq!(said("t/gone")[0], "t/gone hold 1 waived by src/a.rs:1: moved");
    assert_eq!(said("t/*")[0], "t/gone hold 1");
}

#[test]
fn the_file_waives_by_fingerprint_or_by_rule_and_paths() {
    let yaml =
        "- rule: t/*\n  paths: [\"src/**\"]\n  reason: old\n  by: ada\n- rule: t/word\n  paths: [b.rs]\n  reason: x\n";
    let waivers = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();

    assert_eq!(judged("bad", None, &waivers, Scope::Change), ["t/word deny 1 waived by .gov/waivers.yaml:1: old"]);
    assert_eq!(
        judged("bad", None, &waivers, Scope::Tree),
        [
            "t/word deny 1 waived by .gov/waivers.yaml:1: old",
            "waiver/unused warn 5: The waiver of `t/word` has nothing to excuse"
        ]
    );
}

#[test]
fn a_tree_shows_nothing_of_waivers_for_rules_about_changes() {
    let waivers = Waivers::read(
        "w",
        b"- rule: t/new\n  paths: ['**']\n  reason: x\n- rule: t/gone\n  paths: ['**']\n  reason: x\n",
    )
    .unwrap();
    let inline = "skip // gov: allow[t/new] why\n";

    assert_eq!(judged(inline, None, &waivers, Scope::Tree), [] as [&str; 0]);
    assert_eq!(judged("skip\n", None, &Waivers::default(), Scope::Tree), [] as [&str; 0]);
    assert_eq!(judged("skip\n", None, &Waivers::default(), Scope::Change), ["t/new hold 1"]);
}

#[test]
fn a_waiver_that_the_change_adds_must_be_sound_even_if_nothing_needs_it_here() {
    let yaml = "- {rule: t/word, paths: ['**'], reason: '-'}\n- {rule: t/word, paths: ['**'], reason: x, until: 2026-05-31}\n- {rule: t/word, paths: ['**'], reason: x}\n";
    let waivers = Waivers::default().with_added(Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap());
    let old = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();

    let faults = [
        "waiver/no-reason warn 1: The waiver of `t/word` gives no reason, so it excuses nothing",
        "waiver/expired warn 2: The waiver of `t/word` ended on 2026-05-31",
    ];
    assert_eq!(judged("good", None, &waivers, Scope::Change), faults);
    assert_eq!(judged("good", None, &old, Scope::Change), [""; 0]);
}

#[test]
fn a_waiver_for_history_excuses_nothing_that_is_there() {
    let yaml = "- {rule: t/word, paths: ['**'], reason: x, history: true}\n";
    let waivers = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();
    let unused = "waiver/unused warn 1: The waiver of `t/word` has nothing to excuse";

    let said = |scope| judged("bad", None, &waivers, scope);

    assert_eq!(said(Scope::Change), ["t/word deny 1"]);
    assert_eq!(said(Scope::Tree), ["t/word deny 1"]);
    assert_eq!(said(Scope::History), ["t/word deny 1", unused]);
    assert_eq!(said(Scope::Commit), ["t/word deny 1 waived by .gov/waivers.yaml:1: x"]);
}

#[test]
fn a_waiver_that_only_the_change_has_is_told() {
    let read = |yaml: &str| Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();
    let old = "- {rule: t/other, paths: ['**'], reason: x}\n";
    let waivers = read(old).with_added(read(&format!("{old}- {{rule: t/word, paths: ['**'], reason: new}}\n")));

    assert_eq!(
        judged("bad", None, &waivers, Scope::Change),
        [
            "t/word deny 1 waived by .gov/waivers.yaml:2: new",
            "waiver/added note 2: The change adds its own waiver of `t/word`: new"
        ]
    );
}

#[test]
fn a_baseline_excuses_all_that_is_there_and_nothing_that_comes() {
    let rules = Rules::of_json(PACK);
    let findings = rules.scan_text(&RepoPath::from("src/a.rs"), b"bad\nbadly\n").findings;
    let waiver =
        |finding| Waiver { what: Excused::Finding(finding), reason: "old", until: None, by: None, baseline: true };

    let written = rewritten(b"", &[], &findings.iter().map(waiver).collect::<Vec<_>>()).unwrap();

    let waivers = Waivers::read(".gov/waivers.yaml", &written).unwrap();
    assert_eq!(
        judged("x\nbadly\nbad\nbadder\n", None, &waivers, Scope::Tree),
        [
            "t/word deny 2 waived by .gov/waivers.yaml:5: old",
            "t/word deny 3 waived by .gov/waivers.yaml:2: old",
            "t/word deny 4",
        ]
    );
}

#[test]
fn all_mistakes_of_the_file_are_told_at_once() {
    let yaml = "- fingerprint: abc\n  rule: x\n- fingerprint: abc\n- reson: x\n- rule: a/b\n  until: soon\n  paths: x\n- rule: a/b\n";
    let mistakes = Waivers::read("w", yaml.as_bytes()).unwrap_err();

    let said: Vec<String> = mistakes.iter().map(|m| format!("{}:{} {}", m.line, m.column, m.message)).collect();
    assert_eq!(
        said,
        [
            "2:9 a waiver names a `fingerprint` or a `rule`, not both",
            "3:16 this is not a fingerprint",
            "4:3 the waiver names neither a `fingerprint` nor a `rule`",
            "4:3 this is not a field of a waiver",
            "6:10 `until` is not a date",
            "7:10 `paths` must be a list",
            "8:9 the waiver of a rule names no `paths`",
        ]
    );
}

#[test]
fn the_first_digits_of_a_fingerprint_are_refused_with_what_writes_it_whole() {
    let help = |text: &str| {
        let mistakes = Waivers::read("w", format!("- fingerprint: {text}\n  reason: old\n").as_bytes()).unwrap_err();
        mistakes.into_iter().next().and_then(|mistake| mistake.help)
    };

    let written = "have it written whole: gov-hook rules waive ea09214d0a15 --reason \"…\"";
    assert_eq!(help("ea09214d0a15").as_deref(), Some(written));
    assert_eq!((help("the-word"), help("ea0")), (None, None));
}

#[test]
fn a_fingerprint_is_told_by_its_first_digits() {
    let yaml = "- fingerprint: 0123456789abcdef0123456789abcdef\n  reason: old\n";
    let waivers = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();

    let said = judged("fine", None, &waivers, Scope::Tree);

    assert_eq!(said, ["waiver/unused warn 1: The waiver of `0123456789ab` has nothing to excuse"]);
}

#[test]
fn a_waiver_without_brackets_is_told_and_excuses_nothing() {
    let problem = "The waiver cannot be read: no rule stands in brackets behind `allow`";

    assert_eq!(
        inline("badly // gov: allow a test\n"),
        ["t/word deny 1".to_owned(), format!("waiver/malformed warn 1: {problem}")]
    );
    assert_eq!(inline("badly // what gov: allow is for\n"), ["t/word deny 1"]);
}

#[test]
fn a_name_that_no_rule_has_is_told_with_the_one_that_is_like_it() {
    let rules = Rules::of_json(PACK);
    let help = |inline: &str, entry: &str, scope: Scope| {
        let waivers = Waivers::default().with_added(Waivers::read("w.yaml", entry.as_bytes()).unwrap());
        let path = RepoPath::from("a.rs");
        let Found { findings, waivers: inline, .. } = rules.scan_text(&path, inline.as_bytes());
        let today = "2026-06-01".parse().unwrap();
        let told = Waiving { rules: &rules, waivers: &waivers, today, scope }.apply(findings, &inline);
        told.into_iter().filter_map(|finding| finding.help).collect::<Vec<_>>()
    };
    let of = |rule: &str| format!("- {{rule: {rule}, paths: [\"**\"], reason: why}}");

    for (named, meant) in [("t/wrod", "t/word"), ("secret/aws-acess-key-id", "secret/aws-access-key-id")] {
        let meant = [format!("Did you mean `{meant}`?")];
        assert_eq!(help(&format!("// gov: allow[{named}] why"), "", Scope::Change), meant);
        assert_eq!(help("", &of(named), Scope::Change), meant);
        assert_eq!(help("", &of(named), Scope::Tree), meant);
    }
    assert_eq!(help("// gov: allow[zzz/qqqqqqqqqq] why", "", Scope::Change), ["See all rules: gov-hook rules list"]);
    for named in ["t/word", "t/*", "zzz/qqqqqqqqqq", "secret/aws-access-key-id", "header/edited", "waiver/unused"] {
        assert!(help("", &of(named), Scope::Change).is_empty(), "{named}");
    }
}
