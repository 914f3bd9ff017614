//! One finding for a value: of matches that overlap, the rule that knows best speaks.

use std::cell::OnceCell;

use crate::check::rules::rule::Rule;
use crate::check::rules::search::{Match, Part};
use crate::model::{Arrange, Severity};

/// How much a rule knows of what it matched; more is better.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    exact: bool,
    /// A keyword is part of the value itself: `npm_…` is an npm token wherever it stands.
    marked: bool,
    verified: bool,
    /// Of rules that guess, the one that makes most of it: a part of a name knows no better.
    severity: Option<Severity>,
    /// How much names the value: of its mark (`sk-ant-` knows more than `sk-`), or else of what
    /// was matched before it (`scaleway_secret_key = ` knows more than `secret_key = `).
    named: usize,
    length: usize,
    earlier: std::cmp::Reverse<u16>,
    first: std::cmp::Reverse<usize>,
}

/// Leaves out every match whose value overlaps that of a better one of the same family. Whether
/// the better one gives way to a third does not matter, so a part of a file decides as the whole.
pub(super) fn resolve(rules: &[Rule], part: Part<'_>, matches: &[Match]) -> Vec<Match> {
    let mut matches = matches.to_vec();
    matches
        .arrange_by_key(|found| (found.value.start, found.value.end, found.whole.start, found.whole.end, found.rule));
    matches.dedup();
    if matches.len() < 2 {
        return matches;
    }
    let known: Vec<OnceCell<Option<Standing>>> = matches.iter().map(|_| OnceCell::new()).collect();
    let standing = |index: usize, found| known.get(index)?.get_or_init(|| standing(rules, part, found)).as_ref();
    let family = |found: &Match| rules.get(usize::from(found.rule)).map(Rule::family);
    // What is only counted takes no one's place, and must be counted whatever else stands there.
    let counts = |found: &Match| rules.get(usize::from(found.rule)).is_some_and(|rule| rule.net);
    let mut gives_way = vec![false; matches.len()];
    for (index, found) in matches.iter().enumerate() {
        let behind = matches.iter().enumerate().skip(index + 1);
        for (other, later) in
            behind.take_while(|(_, later)| later.value.start < found.value.end.max(found.value.start + 1))
        {
            if counts(found) || counts(later) || family(found) != family(later) {
                continue;
            }
            let loser = if standing(index, found) < standing(other, later) { index } else { other };
            if let Some(loses) = gives_way.get_mut(loser) {
                *loses = true;
            }
        }
    }
    matches.into_iter().zip(gives_way).filter(|(_, gives_way)| !gives_way).map(|(found, _)| found).collect()
}

fn standing(rules: &[Rule], part: Part<'_>, found: &Match) -> Option<Standing> {
    let rule = rules.get(usize::from(found.rule))?;
    let value = part.text.get(found.value.start.checked_sub(part.base)?..found.value.end.checked_sub(part.base)?)?;
    let in_value = |keyword: &&str| {
        value.windows(keyword.len().max(1)).any(|window| window.eq_ignore_ascii_case(keyword.as_bytes()))
    };
    let mark = rule.keywords().map(|keyword| keyword.text).filter(in_value).map(str::len).max();
    Some(Standing {
        exact: !rule.generic,
        marked: mark.is_some(),
        verified: rule.compiled().is_some_and(|compiled| !compiled.trial.verify.is_empty()),
        severity: rule.definition().filter(|_| rule.generic).map(|definition| definition.severity),
        named: mark.unwrap_or(found.value.start.saturating_sub(found.whole.start)),
        length: found.value.len(),
        earlier: std::cmp::Reverse(found.rule),
        first: std::cmp::Reverse(found.value.start),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::set::Rules;

    const PACK: &str = r#"[
        {"id": "t/part", "keywords": ["key"], "regex": "(?:api_)key=([a-z]+)", "severity": "warn", "message": "m",
         "tags": ["generic"]},
        {"id": "t/name", "keywords": ["key"], "regex": "key=([a-z]+)", "severity": "hold", "message": "m",
         "tags": ["generic"]}
    ]"#;

    #[test]
    fn of_rules_that_guess_the_severer_speaks_though_the_other_matched_more_of_the_name() {
        let rules = Rules::of_json(PACK);
        let part = Part { text: b"api_key=whale", base: 0, last: true };
        let found = |rule, start| Match { value: 8..13, whole: start..13, rule };

        let kept = resolve(&rules.all, part, &[found(0, 0), found(1, 4)]);

        assert_eq!(kept, [found(1, 4)]);
    }
}
