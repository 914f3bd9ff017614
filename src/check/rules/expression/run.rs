//! Looks for what a regular expression requires before the expression is tried.
//!
//! Most keywords stand where nothing looks like a value. Missing one of the runs of bytes that a
//! match needs costs a fraction of trying the expression, and spares compiling it.

use crate::check::rules::built::embedded;
use crate::check::rules::built::required::{self, Run};

/// What every match of a rule has, in this order.
pub(in crate::check::rules) enum Runs {
    /// Of a rule of the build, by numbers: where the first is, and how many.
    Made(u16, u8),
    Own(Vec<Run>),
}

impl Runs {
    pub(in crate::check::rules) fn of(pattern: Option<&str>) -> Self {
        Self::Own(pattern.map(required::runs).unwrap_or_default())
    }

    /// Whether a text may match.
    pub(in crate::check::rules) fn are_in(&self, text: &[u8]) -> bool {
        let mut from = 0;
        self.iter().all(|run| {
            let found = run.find(text, from);
            from = found.unwrap_or(text.len()) + usize::from(run.least);
            found.is_some()
        })
    }

    /// Where the first of them stands next; anywhere when there are none.
    pub(in crate::check::rules) fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        self.iter().next().map_or(Some(from), |run| run.find(text, from))
    }

    fn iter(&self) -> impl Iterator<Item = Run> {
        let (made, own) = match self {
            Self::Made(first, count) => (embedded::runs(*first, *count), &[][..]),
            Self::Own(runs) => (&[][..], &**runs),
        };
        made.iter().filter_map(|run| embedded::run(*run)).chain(own.iter().copied())
    }
}

impl Run {
    /// Where the next run stands.
    fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        let least = usize::from(self.least);
        let mut start = from;
        while let Some(window) = text.get(start..start + least) {
            match window.iter().rposition(|&byte| !self.has(byte)) {
                Some(stranger) => start += stranger + 1,
                None => return Some(start),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn are_in(pattern: &str, text: &str) -> bool {
        Runs::of(Some(pattern)).are_in(text.as_bytes())
    }

    #[test]
    fn a_run_is_found_wherever_it_stands_and_only_when_it_is_long_enough() {
        for text in ["00ff00", "xx00ff00", "00ff00xx", "00ffx00ffaa", "a-00ff00-b"] {
            assert!(are_in("[0-9a-f]{6}", text), "{text}");
        }
        for text in ["", "00ff0", "00ff0x0ff00", "ABCDEF"] {
            assert!(!are_in("[0-9a-f]{6}", text), "{text}");
        }
    }

    #[test]
    fn runs_stand_behind_each_other() {
        let pattern = r#"\w+ ?= ?"[^"]{5,}""#;

        assert!(are_in(pattern, r#"name = "value";"#));
        for text in [r"name = value;", r#""name" = value;"#, r#"name = "va"#, r#""value""#] {
            assert!(!are_in(pattern, text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_match_is_without_its_runs(text in r#"[ab:=@/"' \n0-9]{0,60}"#) {
            for pattern in [r#"a+[:=]{1,2}\s*"([^"]{2,})""#, "(?:b@|a//)[0-9]{2}[ab]?:", "(?s)'.{4}'", "(?:=[0-9]{3}){2}"] {
                let regex = regex::bytes::Regex::new(pattern).unwrap();

                prop_assert!(!regex.is_match(text.as_bytes()) || are_in(pattern, &text), "{}", pattern);
            }
        }
    }
}
