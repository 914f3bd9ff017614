//! The risk card: features of a change, and the points they give.

use std::collections::BTreeSet;

use super::card_data::{CARD, FactorRule};
use crate::model::{Factor, FileFacts, FileKind, Gather, Known, RepoPath, Window};

/// What the card asks of history and of a commit's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryFacts {
    /// The most fixes that one of the touched source files had within the window.
    pub prior_fixes: Known<u32>,
    /// Whether the change itself is a bug fix.
    pub fix_subject: Known<bool>,
    pub window: Window,
}

/// What the card looks at, measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    pub source_lines: u32,
    pub branches_added: u32,
    pub scattered_edits: u32,
    pub directories: u32,
    pub prior_fixes: Known<u32>,
    pub fix_subject: Known<bool>,
    /// How many files of each kind are touched.
    pub source_files: u32,
    pub other_files: u32,
    pub test_files: u32,
}

#[must_use]
pub fn features(files: &[Box<FileFacts>], history: &HistoryFacts) -> Features {
    let of = |kind: FileKind| files.iter().filter(move |file| file.kind == kind);
    let count = |kind| u32::try_from(of(kind).count()).unwrap_or(u32::MAX);
    let sum = |value: fn(&FileFacts) -> u32| of(FileKind::Source).map(|file| value(file)).fold(0, u32::saturating_add);
    let paths = files.iter().flat_map(|file| file.change.paths());
    let directories: BTreeSet<&[u8]> = paths.map(RepoPath::directory).gathered();
    let (source_files, other_files, test_files) =
        (count(FileKind::Source), count(FileKind::Other), count(FileKind::Test));
    let has_source = source_files > 0;
    // What only writes documents or regenerates files scores nothing, however far it spreads.
    let counts = has_source || other_files > 0 || test_files > 0;
    Features {
        source_lines: sum(|file| file.lines.added.count().saturating_sub(file.header_lines)),
        branches_added: sum(|file| file.branches),
        scattered_edits: sum(|file| file.lines.hunks),
        directories: if counts { u32::try_from(directories.len()).unwrap_or(u32::MAX) } else { 0 },
        prior_fixes: if has_source { history.prior_fixes } else { Known::Yes(0) },
        fix_subject: if has_source { history.fix_subject } else { Known::Yes(false) },
        source_files,
        other_files,
        test_files,
    }
}

/// The score, and a factor for every point in it.
///
/// It adds up whatever it is given, as the card's evidence did. What a change may claim is for
/// [`features`] to say: there, documents alone give nothing, and history needs source to speak of.
#[must_use]
pub fn score(features: &Features) -> (u32, Vec<Factor>) {
    let only = |wanted: bool, files: u32| if wanted { files } else { 0 };
    let no_source = features.source_files == 0;
    let factors = [
        known(&CARD.source_lines, features.source_lines),
        known(&CARD.branches_added, features.branches_added),
        known(&CARD.scattered_edits, features.scattered_edits),
        known(&CARD.spread, features.directories),
        match features.prior_fixes {
            Known::Yes(fixes) => known(&CARD.prior_fixes, fixes),
            Known::No => imputed(&CARD.prior_fixes),
        },
        match features.fix_subject {
            Known::Yes(is_fix) => known(&CARD.fix_commit, u32::from(is_fix)),
            Known::No => imputed(&CARD.fix_commit),
        },
        known(&CARD.config_only, only(no_source, features.other_files)),
        known(&CARD.test_only, only(no_source && features.other_files == 0, features.test_files)),
    ];
    let factors: Vec<Factor> = factors.into_iter().flatten().collect();
    (factors.iter().map(|factor| factor.points).sum(), factors)
}

fn known(rule: &FactorRule, value: u32) -> Option<Factor> {
    let (_, points) = rule.steps.iter().rev().find(|(threshold, _)| value >= *threshold)?;
    let sentence = if value == 1 { rule.one } else { rule.many };
    let why = sentence.replace("{n}", &value.to_string());
    Some(Factor { id: rule.id, value, points: *points, why, lower: rule.lower, imputed: false })
}

fn imputed(rule: &FactorRule) -> Option<Factor> {
    let unknown = rule.unknown.as_ref()?;
    let why = unknown.why.to_owned();
    Some(Factor { id: rule.id, value: 0, points: unknown.points, why, lower: rule.lower, imputed: true })
}

/// Whether a commit's subject tells of a bug fix.
#[must_use]
pub fn is_fix_subject(subject: &str) -> bool {
    let has_one_of = |words: &[&str]| {
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        subject.split(|c| !is_word(c)).any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    has_one_of(CARD.fixes.words) && !has_one_of(CARD.fixes.unless)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;
    use serde::Deserialize;

    use super::*;
    use crate::model::{FileChange, LineDiff, LineSet, ManyFacts, Mode, ObjectId, Scanned, Side};

    /// A commit of a public repository, as the card's evidence has it.
    #[derive(Deserialize)]
    struct Vector {
        commit: String,
        la_src: u32,
        cc: u32,
        nh_src: u32,
        nd: u32,
        nfix_max: u32,
        isfix: u32,
        nf_src: u32,
        nf_oth: u32,
        nf_test: u32,
        score: u32,
    }

    const SOURCE: Features = Features {
        source_lines: 0,
        branches_added: 0,
        scattered_edits: 0,
        directories: 1,
        prior_fixes: Known::Yes(0),
        fix_subject: Known::Yes(false),
        source_files: 1,
        other_files: 0,
        test_files: 0,
    };

    fn file(path: &str, kind: FileKind, added: u32) -> FileFacts {
        let side = Side { mode: Mode::Regular, id: ObjectId::new([1; 20]) };
        FileFacts {
            change: FileChange { path: path.into(), from: None, old: None, new: Some(side) },
            kind,
            lines: LineDiff { added: LineSet::all(added), deleted: LineSet::default(), hunks: 1 },
            header_lines: 0,
            branches: 2,
            old_sha256: None,
            new_sha256: None,
            scanned: Scanned::Text,
        }
    }

    fn history(prior_fixes: Known<u32>, fix_subject: Known<bool>) -> HistoryFacts {
        HistoryFacts { prior_fixes, fix_subject, window: Window::Whole }
    }

    fn points(features: &Features) -> Vec<(&'static str, u32)> {
        score(features).1.iter().map(|factor| (factor.id, factor.points)).collect()
    }

    #[test]
    fn every_commit_of_the_evidence_has_the_score_it_was_given() {
        let vectors: Vec<Vector> =
            serde_json::from_str(include_str!("../../tests/fixtures/risk-vectors.json")).unwrap();

        let scored = vectors.iter().map(|vector| {
            let features = Features {
                source_lines: vector.la_src,
                branches_added: vector.cc,
                scattered_edits: vector.nh_src,
                directories: vector.nd,
                prior_fixes: Known::Yes(vector.nfix_max),
                fix_subject: Known::Yes(vector.isfix == 1),
                source_files: vector.nf_src,
                other_files: vector.nf_oth,
                test_files: vector.nf_test,
            };
            (vector.commit.as_str(), score(&features).0)
        });

        let expected: Vec<(&str, u32)> = vectors.iter().map(|vector| (vector.commit.as_str(), vector.score)).collect();
        assert_eq!(scored.collect::<Vec<_>>(), expected);
        assert_eq!(expected.len(), 54);
    }

    #[test]
    fn of_each_factor_the_highest_threshold_that_is_reached_counts() {
        let lines = |source_lines| score(&Features { source_lines, ..SOURCE }).0;
        let tokens = |branches_added| score(&Features { branches_added, ..SOURCE }).0;
        let hunks = |scattered_edits| score(&Features { scattered_edits, ..SOURCE }).0;
        let directories = |directories| score(&Features { directories, ..SOURCE }).0;
        let fixes = |fixes| score(&Features { prior_fixes: Known::Yes(fixes), ..SOURCE }).0;

        assert_eq!(
            [0, 1, 4, 5, 14, 15, 39, 40, 99, 100, 249, 250].map(lines),
            [0, 22, 22, 28, 28, 31, 31, 35, 35, 37, 37, 40]
        );
        assert_eq!([0, 1, 3, 4, 11, 12, 31, 32, 79, 80].map(tokens), [0, 4, 4, 7, 7, 11, 11, 15, 15, 22]);
        assert_eq!([1, 2, 4, 5, 11, 12, 29, 30].map(hunks), [0, 2, 2, 3, 3, 4, 4, 7]);
        assert_eq!([2, 3, 4, 5, 7, 8].map(directories), [0, 2, 2, 4, 4, 6]);
        assert_eq!([0, 1, 2, 3, 7, 8, 19, 20].map(fixes), [0, 2, 2, 5, 5, 7, 7, 9]);
    }

    #[test]
    fn no_change_scores_more_than_ninety_four() {
        let all = Features {
            source_lines: u32::MAX,
            branches_added: u32::MAX,
            scattered_edits: u32::MAX,
            directories: u32::MAX,
            prior_fixes: Known::Yes(u32::MAX),
            fix_subject: Known::Yes(true),
            source_files: u32::MAX,
            other_files: u32::MAX,
            test_files: u32::MAX,
        };

        assert_eq!(score(&all).0, 94);
    }

    #[test]
    fn a_change_without_source_is_configuration_before_it_is_tests() {
        let none = Features { source_files: 0, ..SOURCE };

        assert_eq!(points(&Features { other_files: 2, test_files: 3, ..none }), [("config_only", 8)]);
        assert_eq!(points(&Features { test_files: 3, ..none }), [("test_only", 4)]);
        assert_eq!(points(&Features { other_files: 2, test_files: 3, ..SOURCE }), []);
    }

    #[test]
    fn an_unknown_counts_as_a_risk_and_says_so() {
        let unknown = history(Known::No, Known::No);

        let (total, factors) = score(&features(&[file("src/a.rs", FileKind::Source, 1)].map(Box::new), &unknown));

        let imputed: Vec<(&str, u32, bool)> =
            factors.iter().map(|factor| (factor.id, factor.points, factor.imputed)).collect();
        assert_eq!(
            imputed,
            [
                ("source_lines", 22, false),
                ("branches_added", 4, false),
                ("prior_fixes", 5, true),
                ("fix_commit", 3, true)
            ]
        );
        assert_eq!(total, 34);
    }

    #[test]
    fn history_only_speaks_of_changes_that_touch_source() {
        let files = [file("Makefile", FileKind::Other, 9)].map(Box::new);

        for facts in [history(Known::No, Known::No), history(Known::Yes(30), Known::Yes(true))] {
            assert_eq!(points(&features(&files, &facts)), [("config_only", 8)]);
        }
    }

    #[test]
    fn documents_and_generated_files_alone_score_nothing_however_far_they_spread() {
        let paths = ["a/a.md", "b/b.md", "c/c.md", "d/d.md"];
        let mut files: ManyFacts = paths.map(|path| Box::new(file(path, FileKind::Doc, 500))).into();
        files.push(Box::new(file("Cargo.lock", FileKind::Generated, 900)));
        let facts = history(Known::No, Known::Yes(true));

        assert_eq!(score(&features(&files, &facts)), (0, vec![]));
        files.push(Box::new(file("tests/a.rs", FileKind::Test, 1)));
        assert_eq!(points(&features(&files, &facts)), [("spread", 4), ("test_only", 4)]);
    }

    #[test]
    fn features_add_up_over_source_files_and_both_directories_of_a_rename_are_touched() {
        let mut moved = file("lib/b.rs", FileKind::Source, 3);
        moved.change.from = Some("old/b.rs".into());
        let files = [file("src/a.rs", FileKind::Source, 4), moved, file("src/a.md", FileKind::Doc, 100)].map(Box::new);

        let expected = Features {
            source_lines: 7,
            branches_added: 4,
            scattered_edits: 2,
            directories: 3,
            prior_fixes: Known::Yes(3),
            fix_subject: Known::Yes(true),
            source_files: 2,
            other_files: 0,
            test_files: 0,
        };
        assert_eq!(features(&files, &history(Known::Yes(3), Known::Yes(true))), expected);
    }

    #[test]
    fn a_sentence_agrees_with_its_number() {
        let why = |source_lines| score(&Features { source_lines, ..SOURCE }).1.remove(0).why;

        assert_eq!(why(1), "1 line is added in source files");
        assert_eq!(why(2), "2 lines are added in source files");
    }

    #[test]
    fn a_subject_fixes_a_bug_unless_it_speaks_of_something_harmless() {
        for subject in ["Fix crash on empty input", "hotfix: data RACE", "Fixes #12", "resolve a memory leak"] {
            assert!(is_fix_subject(subject), "{subject}");
        }
        for subject in ["Fix typo", "fix flaky test", "Add a prefix", "bug_report template", "", "release 1.0: bugs"] {
            assert!(!is_fix_subject(subject), "{subject}");
        }
    }

    const FIX: &str = r"(?i)\b(fix(e[sd]|ing)?|bugs?|bugfix|hotfix|defects?|regressions?|crash(es|ed)?|panics?|broken|faults?|deadlock|leak|overflow|segfault|race)\b";
    const NOT_FIX: &str = r"(?i)\b(typos?|docs?|documentation|readme|changelog|format(ting)?|fmt|lints?|clippy|warnings?|spelling|grammar|comments?|ci|flaky|tests?|links?|whitespace|style|release|bump|doctests?)\b";

    #[test]
    fn every_word_of_the_card_is_in_the_definition_of_a_fix_and_the_other_way_round() {
        let (fix, not_fix) = (Regex::new(FIX).unwrap(), Regex::new(NOT_FIX).unwrap());
        let defined = [FIX, NOT_FIX].into_iter().flat_map(|regex| regex.split(['(', ')', '|', '\\', '?', '[', ']']));
        let listed = CARD.fixes.words.iter().chain(CARD.fixes.unless).copied();
        for word in defined.chain(listed) {
            for ending in ["", "s", "es", "ed", "ing", "ting", "_"] {
                for start in ["", "a ", "bug ", "x", "(", "é"] {
                    let subject = format!("{start}{word}{ending}");
                    let expected = fix.is_match(&subject) && !not_fix.is_match(&subject);
                    assert_eq!(is_fix_subject(&subject), expected, "{subject}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn subjects_are_fixes_as_the_definition_says(subject in r"([ :#_a-zA-Z0-9é—]|fix|Bug|bugs|crash|tests?|CI){0,16}") {
            let expected = Regex::new(FIX).unwrap().is_match(&subject) && !Regex::new(NOT_FIX).unwrap().is_match(&subject);

            prop_assert_eq!(is_fix_subject(&subject), expected);
        }
    }
}
