//! Judges copies of one file: where nothing was found in the first, the others are not searched.

use std::borrow::Cow;

use super::candidate::Candidate;
use super::rule::Subject;
use super::search::Matches;
use super::set::Rules;
use super::told::Found;
use crate::model::RepoPath;

/// What a text in which nothing was found asked of its path. At another path that gives the same
/// answers nothing is found either: besides them only the name of the file decides, by which a
/// validator knows what kind of text it is.
pub(super) struct Silence {
    name: Vec<u8>,
    answers: Vec<(u16, bool)>,
}

impl Silence {
    /// `None` where something was found.
    pub(super) fn of(path: &RepoPath, found: &Matches) -> Option<Self> {
        found.is_quiet().then(|| Self { name: path.file_name().to_vec(), answers: found.asked.clone() })
    }

    pub(super) fn holds(&self, rules: &Rules, subject: &Subject<'_>) -> bool {
        let is_as_before =
            |(index, answer): &(u16, bool)| rules.get(*index).is_some_and(|rule| rule.looks_at(subject) == *answer);
        self.name == subject.path.file_name() && self.answers.iter().all(is_as_before)
    }
}

impl Rules {
    /// Judges files of a tree that hold the same bytes.
    pub fn scan_copies(&self, files: &[Candidate<'_>]) -> Vec<Found> {
        let mut silence = None;
        files.iter().map(|file| self.scan_after(file, &mut silence, Cow::default)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Mode;

    const PACK: &str = r#"[
        {"id": "test/anywhere", "on": "added", "keywords": ["key"], "regex": "key=[a-z]+", "severity": "deny", "message": "m",
         "examples": [], "counterexamples": []},
        {"id": "test/in-code", "on": "added", "keywords": ["tok"], "regex": "tok=[a-z]+", "severity": "deny", "message": "m",
         "paths": ["**/*.rs"], "exclude": ["tests/**"], "examples": [], "counterexamples": []},
        {"id": "test/generic-password", "on": "added", "keywords": ["password"], "regex": "password ?= ?['\"](?<secret>[^'\"]+)['\"]",
         "verify": ["generic-password"], "severity": "deny", "message": "m", "examples": [], "counterexamples": []}
    ]"#;

    proptest! {
        #[test]
        fn copies_are_judged_as_each_of_them_would_be_alone(
            text in "(key=a|tok=b|tok|key|password = 'Tr0ub4dor&3'|password = 'hunter2x'| |\n|gov: allow\\[test/\\*\\] x){0,6}",
            paths in prop::collection::vec("(src/|tests/|docs/)?(a|b)\\.(rs|md|env)", 1..5),
        ) {
            let rules = Rules::of_json(PACK);
            let paths: Vec<RepoPath> = paths.iter().map(|path| path.as_str().into()).collect();
            let file = |path| Candidate { new: Some(text.as_bytes()), ..Candidate::standing(path, Mode::Regular) };
            let files: Vec<Candidate<'_>> = paths.iter().map(file).collect();

            let together = rules.scan_copies(&files);

            for (file, found) in files.iter().zip(together) {
                let alone = rules.scan(file, Cow::default);
                prop_assert_eq!(found.findings, alone.findings);
                prop_assert_eq!((found.scanned, found.waivers.len()), (alone.scanned, alone.waivers.len()));
            }
        }
    }
}
