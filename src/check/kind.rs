//! What a path is for, as the risk card counts it.

use super::card_data::{CARD, Paths};
use crate::model::{FileKind, RepoPath};

/// `marked` is what `linguist-generated` says of the path in the trusted side's `.gitattributes`,
/// if it says anything.
#[must_use]
pub fn kind(path: &RepoPath, marked: Option<bool>) -> FileKind {
    if marked.unwrap_or_else(|| CARD.generated.know(path)) {
        FileKind::Generated
    } else if CARD.test.know(path) {
        FileKind::Test
    } else if CARD.doc.know(path) {
        FileKind::Doc
    } else if CARD.source.know(path) {
        FileKind::Source
    } else {
        FileKind::Other
    }
}

impl Paths {
    fn know(&self, path: &RepoPath) -> bool {
        let name = path.file_name();
        let any = |words: &[&str], fits: &dyn Fn(&[u8]) -> bool| words.iter().any(|word| fits(word.as_bytes()));
        let is = |text: &[u8], word: &[u8]| if self.any_case { text.eq_ignore_ascii_case(word) } else { text == word };
        let starts = |text: &[u8], word: &[u8]| text.get(..word.len()).is_some_and(|start| is(start, word));
        let ends = |text: &[u8], word: &[u8]| {
            text.len().checked_sub(word.len()).and_then(|at| text.get(at..)).is_some_and(|end| is(end, word))
        };
        let parts = || path.as_bytes().split(|&byte| byte == b'/');
        let directories = || parts().rev().skip(1);
        let stem = name.strip_suffix(path.extension().unwrap_or_default()).and_then(|stem| stem.strip_suffix(b"."));
        let has_stem = |words: &[&str], letter: fn(&u8) -> bool, fits: &dyn Fn(&[u8], &[u8]) -> bool| {
            let extension = path.extension().filter(|extension| extension.iter().all(letter));
            extension.and(stem).is_some_and(|stem| any(words, &|word| fits(stem, word)))
        };
        any(self.names, &|word| is(name, word))
            || any(self.suffixes, &|word| ends(name, word))
            || path.extension().is_some_and(|extension| any(self.extensions, &|word| is(extension, word)))
            || any(self.starts, &|word| starts(name, word))
            || has_stem(self.stems, u8::is_ascii_lowercase, &is)
            || has_stem(self.stem_ends, u8::is_ascii_alphabetic, &ends)
            || directories().any(|part| any(self.directories, &|word| is(part, word)))
            || parts().any(|part| any(self.starts_anywhere, &|word| starts(part, word)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::*;

    /// The definition that the card's points were fitted with.
    const GENERATED: &str = r"(?-u)(^|/)(Cargo\.lock|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|go\.sum|poetry\.lock|uv\.lock|composer\.lock|Gemfile\.lock)$|\.(min\.js|min\.css|snap|pb\.go|lock|map)$|(^|/)(vendor|dist|node_modules|third_party|deps|generated)/";
    const TEST: &str = r"(?-u)(^|/)(tests?|testing|__tests__|specs?|testdata|test-data|fixtures?|benches|benchmarks?|e2e|t|src/test|snapshots?|__snapshots__)/|(^|/)(test_[^/]*|conftest\.py|tests?\.[a-z]+)$|(_test|_tests|\.test|\.spec|_spec|-test|Test|Tests|IT)\.[A-Za-z]+$";
    const DOC: &str = r"(?i-u)\.(md|rst|adoc|txt|html|css|svg|png|po|pot)$|(^|/)(docs?|documentation|website|changelogs?|news)/|(^|/)(CHANGELOG|CHANGES|README|LICENSE|AUTHORS|CONTRIBUTING)";
    const SOURCE: &str = r"(?-u)\.(rs|py|js|jsx|ts|tsx|mjs|cjs|go|java|kt|kts|scala|c|h|cc|cpp|cxx|hpp|hh|m|mm|cs|rb|php|swift|lua|pl|pm|sh|bash|zsh|ps1|sql|ex|exs|erl|hs|ml|mli|clj|dart|vue|svelte|zig|nim|tcl|r|jl|proto)$";

    fn by_definition() -> impl Fn(&RepoPath) -> FileKind {
        let kinds = [
            (GENERATED, FileKind::Generated),
            (TEST, FileKind::Test),
            (DOC, FileKind::Doc),
            (SOURCE, FileKind::Source),
        ]
        .map(|(regex, kind)| (Regex::new(regex).unwrap(), kind));
        move |path| {
            let first = kinds.iter().find(|(regex, _)| regex.is_match(path.as_bytes()));
            first.map_or(FileKind::Other, |(_, kind)| *kind)
        }
    }

    fn kind_of(path: &str) -> FileKind {
        kind(&path.into(), None)
    }

    #[test]
    fn the_first_kind_that_knows_a_path_wins() {
        assert_eq!(kind_of("src/lib.rs"), FileKind::Source);
        assert_eq!(kind_of("vendor/tests/a.rs"), FileKind::Generated);
        assert_eq!(kind_of("docs/tests/a.md"), FileKind::Test);
        assert_eq!(kind_of("docs/example.rs"), FileKind::Doc);
        assert_eq!(kind_of("tests.rs"), FileKind::Test);
        assert_eq!(kind_of("contest.rs"), FileKind::Source);
        assert_eq!(kind_of("Dockerfile"), FileKind::Other);
        assert_eq!(kind_of("vendor"), FileKind::Other);
    }

    #[test]
    fn an_attribute_overrides_only_what_is_generated() {
        assert_eq!(kind(&"src/lib.rs".into(), Some(true)), FileKind::Generated);
        assert_eq!(kind(&"vendor/a.rs".into(), Some(false)), FileKind::Source);
        assert_eq!(kind(&"tests/a.rs".into(), Some(false)), FileKind::Test);
    }

    #[test]
    fn every_word_of_the_card_is_in_the_definition_and_the_other_way_round() {
        let definition = by_definition();
        let alternatives: Vec<&str> = [GENERATED, TEST, DOC, SOURCE]
            .iter()
            .flat_map(|regex| regex.split(['(', ')', '|', '/', '$', '^', '?', '+', '*', '[', ']', '\\', '.']))
            .collect();
        let card = [&CARD.generated, &CARD.test, &CARD.doc, &CARD.source].into_iter().flat_map(|paths| {
            let lists = [paths.directories, paths.names, paths.suffixes, paths.stems];
            let more = [paths.stem_ends, paths.starts, paths.starts_anywhere, paths.extensions];
            lists.into_iter().chain(more).flatten().copied()
        });
        for word in alternatives.into_iter().chain(card) {
            for form in
                ["{}", "{}/a", "x/{}/a.rs", "{}s/a.rs", "x.{}", "x{}", "x{}.rs", "x{}.RS", "{}.rs", "{}.RS", "{}x.rs"]
            {
                let path = RepoPath::from(form.replace("{}", word).as_str());
                assert_eq!(kind(&path, None), definition(&path), "{path}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_definition(path in r"([a-zA-Z._/-]|test|spec|docs?|README|IT|min\.js|\.rs|\.md|vendor/|\n|\PC){0,12}") {
            let path = RepoPath::from(path.as_str());
            prop_assert_eq!(kind(&path, None), by_definition()(&path));
        }
    }
}
