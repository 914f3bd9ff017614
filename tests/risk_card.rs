//! A broken card breaks the build, and says why.

#[path = "../build/card.rs"]
mod card;

const CARD: &str = include_str!("../rules/risk.yaml");

/// What the build says of the card when a piece of it is replaced.
fn said(piece: &str, replaced_by: &str) -> Result<(), String> {
    assert_eq!(CARD.matches(piece).count(), 1, "{piece}");
    card::card(&CARD.replacen(piece, replaced_by, 1)).map(drop)
}

#[test]
fn the_card_as_it_is_builds() {
    assert!(card::card(CARD).is_ok_and(|literal| literal.starts_with("Card { source_lines: FactorRule { ")));
}

#[test]
fn a_factor_is_missing_misspelt_or_there_twice() {
    let spread = |name: &str| said("  spread:\n", &format!("  {name}:\n"));

    assert!(spread("spraed").is_err_and(|why| why.contains("unknown field `spraed`")));
    assert!(spread("prior_fixes").is_err_and(|why| why.contains("duplicate")));
    assert!(said("    lower: split the commit\n", "").is_err_and(|why| why.contains("missing field `lower`")));
}

#[test]
fn points_that_make_no_sense_are_refused() {
    let points = |points: &str| said("points: { 2: 2, 5: 3, 12: 4, 30: 7 }", points);

    let refused = |why: &str| Err(format!("factor `scattered_edits`: {why}"));
    assert_eq!(points("points: {}"), refused("thresholds start at 1: a value of zero is no risk"));
    assert_eq!(points("points: { 0: 2 }"), refused("thresholds start at 1: a value of zero is no risk"));
    assert_eq!(points("points: { 2: 3, 5: 3 }"), refused("more must give more points, not [3, 3]"));
    assert_eq!(points("points: { 2: 14 }"), Err("a score ends at 100, and these points add up to 101".into()));
    assert_eq!(points("points: { 2: 13 }"), Ok(()));
    assert!(points("points: { 2: -1 }").is_err());
}

#[test]
fn a_sentence_shows_its_number() {
    assert_eq!(
        said("many: \"{n} directories are touched\"", "many: directories are touched"),
        Err("factor `spread`: a sentence for one and for many shows the number as `{n}`".into())
    );
}

#[test]
fn an_empty_word_would_fit_every_path() {
    let why = Err("an empty word in a list would fit everything".to_owned());

    assert_eq!(said("starts: [test_]", "starts: [\"\"]"), why);
    assert_eq!(said("marks: [\"&&\", ", "marks: [\"\", "), why);
}
