use proptest::prelude::*;
use regex_automata::Input;

use super::*;
use crate::check::rules::built::embedded;
use crate::check::rules::built::packed::expression;
use crate::check::rules::built::program::program;
use crate::check::rules::definition::{Example, Sides};
use crate::check::rules::expression::{compile, matched};
use crate::check::rules::set::Rules;
use crate::policy::RuleSettings;

fn walk_of(pattern: &str) -> Option<Walk> {
    let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build().parse(pattern);
    let mut sets = Vec::new();
    let code = program(&hir.unwrap(), &mut sets)?;
    Some(Walk::new(code.into(), sets.into()))
}

/// What an automaton finds from there on.
fn by_automaton(regex: &regex_automata::meta::Regex, text: &[u8], from: usize) -> Option<Matched> {
    let mut groups = regex.create_captures();
    regex.search_captures(&Input::new(text).range(from..), &mut groups);
    matched(&groups)
}

const PATTERNS: [&str; 22] = [
    r#"\b(?:key|to(?:ken)?|tok)\w{0,3}\s?[:=]{1,2}\s*['"]?([ab0-9]{2,6})['"]?"#,
    r"(?i:Key)(?:[a-z]=)+?(b|ab)??",
    "^a*?b$|\\Aab|b\\z",
    r"(?s)(?:=.{2,5}?){2}x?",
    r"(?<secret>a+)(b+)?|(k)(?<secret2>e)",
    r"(a)?(?:k(?<secret>e)|b)y?",
    r"\Bb[^a\n]+",
    r"((?:a|ab)(?:b|ba|k)*)[ab]{2}",
    "a{0,2}b{2}",
    "(?:a?b?){0,3}k",
    r"(?:(a)|b)*=",
    "",
    "x*",
    "(?:ab|a)(?:ey|bkey|)",
    r"(?i:key|token|tok|ab|x|a|k(?:e|ey)=)[=:]",
    "(?:(?:_|x|\\b)tok|to|k|ab?|12|t)(b|=|en)?",
    "[ab]{0,2}(?:=|:)x?",
    "k[a-z]{0,3}?(?:=|:)|a{1,2}?b",
    "(?:[ab]{1,2}=?){1,2}:",
    "x|[a-k]*b|[a-k]*=",
    "x|t(?:o|ok)[a-z]*|t(?:o|ok)=",
    "x|t(o[a-z]?[ek]|o[a-z]?)k?",
];

proptest! {
    #[test]
    fn a_walk_finds_what_an_automaton_does(text in r#"(a|b|ab|key|KEY|tok|token|=|:|'|"| |\n|x|0|12){0,14}"#) {
        for pattern in PATTERNS {
            let (walk, regex) = (walk_of(pattern).unwrap(), compile(pattern).unwrap());
            for from in 0..=text.len() {
                let expected = by_automaton(&regex, text.as_bytes(), from);

                let found = walk.next(text.as_bytes(), from, text.len() + 1, None);

                prop_assert_eq!(&found, &Ok(expected.clone()), "{} from {}", pattern, from);
                let here = expected.clone().filter(|(whole, _)| whole.start == from);
                prop_assert_eq!(walk.at(text.as_bytes(), from), Ok(here), "{} at {}", pattern, from);
                let before = expected.map_or(0, |(whole, _)| whole.start);
                prop_assert_eq!(walk.next(text.as_bytes(), from, before, None), Ok(None), "{} before it", pattern);
            }
        }
    }
}

#[test]
fn what_a_walk_cannot_tell_has_no_program() {
    let long = (1..120).map(|count| "k".repeat(count)).collect::<Vec<_>>().join("|");
    for pattern in ["(?u:\\w)a", "(?:a?)*b", "(?u:\\b)a", "(?:(?:abcd){60}x){60}", &long] {
        assert!(walk_of(pattern).is_none(), "{pattern}");
    }
}

#[test]
fn a_walk_that_leads_back_again_and_again_ends() {
    let walk = walk_of("(?:a+b?)+c").unwrap();

    assert_eq!(walk.next(&[b'a'; 2_000], 0, 2_000, None), Err(Spent));
    assert_eq!(walk.next(b"aac", 0, 3, None), Err(Spent));
    assert_eq!(walk.at(&[b'a'; 2_000], 0), Err(Spent));
    assert_eq!(walk.at(b"aac", 0), Ok(Some((0..3, 0..3))));
}

#[test]
fn nearly_every_rule_is_tried_by_a_walk_which_finds_in_its_examples_what_an_automaton_does() {
    let all = ["secrets", "synthetic-data", "imports", "unicode", "weakening"].map(str::to_owned).to_vec();
    let rules =
        Rules::new(&RuleSettings { packs: all, extra: vec![], severity: vec![], imports: vec![] }, vec![]).unwrap();
    let (mut walks, mut others) = (0, Vec::new());
    for (listed, rule) in rules.list().zip(embedded::RULES) {
        let [exact, _] = embedded::packed(rule.told).unwrap().expressions;
        let Some(hir) = expression(exact) else { continue };
        let program = embedded::tried(rule.tried).unwrap().program;
        if program.is_empty() {
            others.push(rule.id.get());
            continue;
        }
        walks += 1;
        let regex = regex_automata::meta::Regex::builder().build_from_hir(&hir).unwrap();
        let definition = listed.definition;
        for example in definition.examples.iter().chain(&definition.counterexamples) {
            let texts = match example {
                Example::Text(text) => vec![text],
                Example::Change(Sides { text, old, new, .. }) => [text, old, new].into_iter().flatten().collect(),
            };
            for text in texts {
                let walk = Walk::new(program.into(), embedded::sets().into());
                let found = walk.next(text.as_bytes(), 0, text.len() + 1, None);

                if found != Err(Spent) {
                    assert_eq!(
                        found,
                        Ok(by_automaton(&regex, text.as_bytes(), 0)),
                        "{} in {text}",
                        listed.definition.id
                    );
                }
            }
        }
    }
    assert!(walks > 600, "{walks}");
    assert_eq!(others, [] as [&str; 0]);
}
