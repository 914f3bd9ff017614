//! `rules/risk.yaml` as the `Card` literal of `src/check/card_data.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The `Card` literal of `src/check/card_data.rs`, or what is wrong with the card.
pub(super) fn card(yaml: &str) -> Result<String, String> {
    // Read as a tree first: it is there that duplicate keys are refused.
    let tree: serde_yaml::Value = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
    let card: Card = serde_yaml::from_value(tree).map_err(|error| error.to_string())?;
    let factors = card.factors.in_order();
    for (id, factor) in &factors {
        factor.check().map_err(|why| format!("factor `{id}`: {why}"))?;
    }
    // A change either touches source or is one of the last two.
    let most: u32 = factors.iter().take(6).filter_map(|(_, factor)| factor.points.values().last()).sum();
    if most > 100 {
        return Err(format!("a score ends at 100, and these points add up to {most}"));
    }
    if card.words().any(str::is_empty) {
        return Err("an empty word in a list would fit everything".into());
    }
    let factors: Vec<String> = factors.iter().map(|(id, factor)| format!("{id}: {}", factor.literal(id))).collect();
    let factors = factors.join(", ");
    let Kinds { generated, test, doc, source } = &card.kinds;
    let Branches { comments, words, marks } = &card.branches;
    let Fixes { words: fixes, unless } = &card.fixes;
    Ok(format!(
        "Card {{ {factors}, generated: {}, test: {}, doc: {}, source: {}, \
         branches: Branches {{ comments: &{comments:?}, words: &{words:?}, marks: &{marks:?} }}, \
         fixes: Fixes {{ words: &{fixes:?}, unless: &{unless:?} }} }}",
        generated.literal(),
        test.literal(),
        doc.literal(),
        source.literal(),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    factors: Factors,
    kinds: Kinds,
    branches: Branches,
    fixes: Fixes,
}

impl Card {
    /// Every word of every list.
    fn words(&self) -> impl Iterator<Item = &str> {
        let Kinds { generated, test, doc, source } = &self.kinds;
        let kinds = [generated, test, doc, source].into_iter().flat_map(Paths::lists);
        let Branches { comments, words, marks } = &self.branches;
        let others = [comments, words, marks, &self.fixes.words, &self.fixes.unless];
        kinds.chain(others).flatten().map(String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Factors {
    source_lines: Factor,
    branches_added: Factor,
    scattered_edits: Factor,
    spread: Factor,
    prior_fixes: Factor,
    fix_commit: Factor,
    config_only: Factor,
    test_only: Factor,
}

impl Factors {
    fn in_order(&self) -> [(&'static str, &Factor); 8] {
        [
            ("source_lines", &self.source_lines),
            ("branches_added", &self.branches_added),
            ("scattered_edits", &self.scattered_edits),
            ("spread", &self.spread),
            ("prior_fixes", &self.prior_fixes),
            ("fix_commit", &self.fix_commit),
            ("config_only", &self.config_only),
            ("test_only", &self.test_only),
        ]
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Factor {
    points: BTreeMap<u32, u32>,
    one: String,
    many: Option<String>,
    lower: String,
    unknown: Option<Unknown>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unknown {
    points: u32,
    why: String,
}

impl Factor {
    fn check(&self) -> Result<(), String> {
        if self.points.is_empty() || self.points.contains_key(&0) {
            return Err("thresholds start at 1: a value of zero is no risk".into());
        }
        let points: Vec<u32> = self.points.values().copied().collect();
        if !points.is_sorted_by(|low, high| low < high) {
            return Err(format!("more must give more points, not {points:?}"));
        }
        match &self.many {
            Some(many) if !(many.contains("{n}") && self.one.contains("{n}")) => {
                Err("a sentence for one and for many shows the number as `{n}`".into())
            }
            _ => Ok(()),
        }
    }

    fn literal(&self, id: &str) -> String {
        let Self { points, one, many, lower, unknown } = self;
        let steps: Vec<_> = points.iter().collect();
        let many = many.as_ref().unwrap_or(one);
        let unknown = unknown.as_ref().map_or("None".to_owned(), |Unknown { points, why }| {
            format!("Some(Unknown {{ points: {points}, why: {why:?} }})")
        });
        format!(
            "FactorRule {{ id: {id:?}, steps: &{steps:?}, one: {one:?}, many: {many:?}, lower: {lower:?}, \
             unknown: {unknown} }}"
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinds {
    generated: Paths,
    test: Paths,
    doc: Paths,
    source: Paths,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Paths {
    any_case: bool,
    directories: Vec<String>,
    names: Vec<String>,
    suffixes: Vec<String>,
    stems: Vec<String>,
    stem_ends: Vec<String>,
    starts: Vec<String>,
    starts_anywhere: Vec<String>,
    extensions: Vec<String>,
}

impl Paths {
    fn lists(&self) -> [&Vec<String>; 8] {
        let Self { directories, names, suffixes, stems, stem_ends, starts, starts_anywhere, extensions, .. } = self;
        [directories, names, suffixes, stems, stem_ends, starts, starts_anywhere, extensions]
    }

    fn literal(&self) -> String {
        let Self { any_case, directories, names, suffixes, stems, stem_ends, starts, starts_anywhere, extensions } =
            self;
        format!(
            "Paths {{ any_case: {any_case}, directories: &{directories:?}, names: &{names:?}, \
             suffixes: &{suffixes:?}, stems: &{stems:?}, stem_ends: &{stem_ends:?}, starts: &{starts:?}, \
             starts_anywhere: &{starts_anywhere:?}, extensions: &{extensions:?} }}"
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Branches {
    comments: Vec<String>,
    words: Vec<String>,
    marks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixes {
    words: Vec<String>,
    unless: Vec<String>,
}
