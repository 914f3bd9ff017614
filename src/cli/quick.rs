//! The starts that are too frequent for the grammar of thirty verbs to be built for them: git runs a
//! hook up to eight times for one commit, scripts ask for the version before each use, and a ledger is
//! verified whenever somebody relies on it.

use std::ffi::OsString;

use super::arguments::{Arguments, HookArguments, Verb};
use super::audit::AuditVerb;
use crate::app::Colour;
use crate::app::hook::Stage;

#[derive(Debug)]
pub(super) enum Quick {
    Version,
    Verb(Box<Arguments>),
}

/// What was typed, when it is one of these and leaves nothing to interpret.
pub(super) fn quick(words: impl IntoIterator<Item = OsString>) -> Option<Quick> {
    let mut words = words.into_iter().skip(1);
    let verb = words.next()?;
    if verb == "--version" && words.next().is_none() {
        return Some(Quick::Version);
    }
    let start = |verb| Some(Quick::Verb(Box::new(Arguments { directory: None, color: Colour::Auto, verb })));
    if verb == "audit" {
        let is_plain = words.next()? == "verify" && words.next().is_none();
        return if is_plain { start(Verb::Audit(AuditVerb::plain_verify())) } else { None };
    }
    if verb != "hook" {
        return None;
    }
    let stage = Stage::parse(words.next()?.to_str()?)?;
    let arguments: Vec<OsString> = words.collect();
    let is_plain = |word: &OsString| !word.as_encoded_bytes().starts_with(b"-");
    let hook = arguments.iter().all(is_plain).then_some(HookArguments { stage, arguments })?;
    start(Verb::Hook(hook))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn a_quick_start_means_what_the_grammar_says() {
        let hooks =
            Stage::ALL.iter().flat_map(|stage| ["", " a b"].map(|rest| format!("hook {}{rest}", stage.as_str())));
        for line in hooks.chain(["audit verify".to_owned()]).map(|line| format!("gov-hook {line}")) {
            let Some(Quick::Verb(quick)) = quick(words(&line)) else { panic!("{line}") };

            let parsed = Arguments::try_parse_from(words(&line)).unwrap();

            assert_eq!(format!("{quick:?}"), format!("{parsed:?}"));
        }
        assert!(matches!(quick(words("gov-hook --version")), Some(Quick::Version)));
    }

    #[test]
    fn whatever_leaves_something_to_interpret_is_left_to_the_grammar() {
        let lines = [
            "gov-hook",
            "gov-hook hook",
            "gov-hook hook pre-comit",
            "gov-hook hook pre-push --help",
            "gov-hook -C x hook pre-commit",
            "gov-hook --version x",
            "gov-hook -V",
            "gov-hook audit",
            "gov-hook audit verify --full",
            "gov-hook audit verify main",
            "gov-hook check",
        ];
        assert!(lines.iter().all(|line| quick(words(line)).is_none()));
    }
}
