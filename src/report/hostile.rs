//! Whatever a repository holds, no report lets it steer a terminal, a CI system or a parser.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::samples::{self, hostile_with};
use super::snapshots::rendered;
use super::{Format, Style};
use crate::model::{Excerpt, Exit, deceives};

/// Refuses text that is not well-formed XML 1.0, as far as our own documents use it.
pub(super) fn well_formed(xml: &str) -> Result<(), String> {
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(character) = xml.chars().find(|character| !allowed(*character)) {
        return Err(format!("{character:?} is not a character of XML"));
    }
    let text = |text: &str| {
        let references = text.split('&').skip(1);
        let known = ["amp;", "lt;", "gt;", "quot;", "apos;", "#35;"];
        let stray = references.clone().find(|rest| !known.iter().any(|name| rest.starts_with(name)));
        stray.map_or(Ok(()), |rest| Err(format!("stray `&{rest}`")))
    };
    let body = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").ok_or("no declaration")?;
    let mut open: Vec<&str> = Vec::new();
    let mut pieces = body.split('<');
    let before = pieces.next().unwrap_or_default();
    if !before.is_empty() {
        return Err(format!("text before the root: {before}"));
    }
    for piece in pieces {
        let (tag, after) = piece.split_once('>').ok_or("a tag without end")?;
        text(after)?;
        if after.contains("]]>") || (open.len() < 2 && tag.starts_with('/') && open.is_empty()) {
            return Err(format!("misplaced `{piece}`"));
        }
        if let Some(name) = tag.strip_prefix('/') {
            let opened = open.pop();
            if opened != Some(name) {
                return Err(format!("`{name}` closes {opened:?}"));
            }
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        while !attributes.is_empty() {
            let (key, rest) = attributes.split_once("=\"").ok_or("an attribute without value")?;
            let (value, rest) = rest.split_once('"').ok_or("a value without end")?;
            text(value)?;
            if !key.trim_start().chars().all(|letter| letter.is_ascii_lowercase()) {
                return Err(format!("`{key}` is not an attribute"));
            }
            attributes = rest;
        }
        if !closed {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

fn assert_harmless(text: &str) {
    let judgement = hostile_with(text);
    for format in Format::ALL {
        let report = rendered(&judgement, format, Style::default());
        let steering = report.chars().find(|character| *character != '\n' && deceives(*character));
        assert_eq!(steering, None, "{format:?}");
        for order in ["##[", "##vso[", "##teamcity["] {
            assert!(!report.contains(order), "{format:?} has {order}");
        }
        match format {
            Format::Human => {
                let order = report.lines().find(|line| line.trim_start().starts_with("::"));
                assert_eq!(order, None);
            }
            Format::Github => {
                let ours = ["::error ", "::warning ", "::notice ", "gov-hook "];
                assert!(report.lines().all(|line| ours.iter().any(|start| line.starts_with(start))));
                assert_eq!(report.lines().count(), 8);
            }
            Format::Json | Format::Sarif | Format::Gitlab => {
                serde_json::from_str::<Value>(&report).unwrap();
            }
            Format::Junit => assert_eq!(well_formed(&report), Ok(())),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_a_repository_leaves_its_place(
        parts in prop::collection::vec(
            prop_oneof![
                select(vec![
                    "\n", "\r", "\t", "::", "::error::", "##[", "##vso[", "##teamcity[", "#", "[", "]]>", "<", ">",
                    "&", "&#0;", "\"", "'", "%", "%0A", ",", "\\", "\u{1b}[", "\u{9b}", "\u{202e}", "\u{2066}",
                    "\u{200b}", "\u{feff}", "\u{e0041}", "\u{ffff}", "\u{0}", "](x", " ",
                ]).prop_map(str::to_owned),
                any::<String>(),
            ],
            0..8,
        )
    ) {
        assert_harmless(&parts.concat());
    }

    #[test]
    fn an_excerpt_is_shown_whatever_it_marks(
        line in ".{0,300}",
        start in 0usize..400,
        length in 0usize..400,
        number in select(vec![0, 1, 999, u32::MAX]),
        width in 0usize..200,
    ) {
        let mut judgement = samples::denied();
        for finding in &mut judgement.assessment.findings {
            finding.place.line = Some(number);
            finding.excerpt = Some(Excerpt { line: line.clone(), start, end: start + length });
        }

        let report = rendered(&judgement, Format::Human, Style { width, ..Style::default() });

        prop_assert!(report.ends_with("\n  gov-hook check --staged\n"));
    }
}

#[test]
fn the_checker_of_xml_refuses_what_is_not_well_formed() {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let check = |body: &str| well_formed(&format!("{head}{body}")).is_ok();

    assert!(check("<a x=\"&lt;\"><b/>text &amp; more</a>\n"));
    for broken in ["<a>", "<a></b>", "<a>&</a>", "<a x=y></a>", "<a x=\"&\"></a>", "<a>\u{1}</a>", "x<a></a>", "</a>"] {
        assert!(!check(broken), "{broken}");
    }
}

#[test]
fn every_format_tells_the_same_exit_code() {
    for (name, judgement) in samples::all() {
        let code = u64::from(judgement.decision.exit.code());
        let passes = judgement.decision.exit == Exit::Pass;
        let of = |format| rendered(&judgement, format, Style::default());
        let json: Value = serde_json::from_str(&of(Format::Json)).unwrap();
        let sarif: Value = serde_json::from_str(&of(Format::Sarif)).unwrap();

        assert_eq!(json["exit"].as_u64(), Some(code), "{name}");
        assert_eq!(sarif.pointer("/runs/0/invocations/0/exitCode").and_then(Value::as_u64), Some(code), "{name}");
        assert_eq!(of(Format::Junit).contains("<failure"), !passes, "{name}");
        assert_eq!(of(Format::Github).contains("::error"), !passes, "{name}");
        assert_eq!(of(Format::Human).starts_with("passes:"), passes, "{name}");
    }
}
