//! What is asked of a match, and of where it stands: all that is read of a rule whose words are found.

use std::borrow::Cow;

use super::packed::Reader;
use crate::check::rules::definition::Definition;

/// A text that lies in the program, or one of a repository's own.
pub(in crate::check::rules) type Word = Cow<'static, str>;

#[derive(Debug, Default, PartialEq)]
pub(in crate::check::rules) struct Trial {
    pub(in crate::check::rules) by_agent: bool,
    pub(in crate::check::rules) has_regex: bool,
    /// A match is only the reason to look for something else.
    pub(in crate::check::rules) requires: bool,
    pub(in crate::check::rules) entropy: Option<f64>,
    pub(in crate::check::rules) paths: Vec<Word>,
    pub(in crate::check::rules) exclude: Vec<Word>,
    pub(in crate::check::rules) allow_paths: Vec<Word>,
    /// Tried on the value.
    pub(in crate::check::rules) allow_regexes: Vec<Word>,
    /// Tried on the line the value starts on.
    pub(in crate::check::rules) allow_lines: Vec<Word>,
    pub(in crate::check::rules) stopwords: Vec<Word>,
    /// Names of validators.
    pub(in crate::check::rules) verify: Vec<Word>,
}

/// What a rule of the build is tried by, as it lies in the program.
pub(in crate::check::rules) struct Tried {
    /// Empty for none.
    pub(in crate::check::rules) program: &'static [u8],
    /// The heads of the words that its expression begins with; empty for none.
    pub(in crate::check::rules) words: &'static [u8],
    pub(in crate::check::rules) trial: Trial,
}

impl Trial {
    pub(in crate::check::rules) fn of(definition: &Definition) -> Self {
        let words = |all: &[String]| all.iter().cloned().map(Word::from).collect();
        let allow = &definition.allow;
        Self {
            by_agent: definition.by.is_some(),
            has_regex: definition.regex.is_some(),
            requires: definition.require.is_some(),
            entropy: definition.entropy,
            paths: words(&definition.paths),
            exclude: words(&definition.exclude),
            allow_paths: words(&allow.paths),
            allow_regexes: words(&allow.regexes),
            allow_lines: words(&allow.lines),
            stopwords: words(&allow.stopwords),
            verify: words(&definition.verify),
        }
    }

    fn read(reader: &mut Reader<'static>) -> Option<Self> {
        let [by_agent, has_regex, requires, has_entropy] = {
            let facts = reader.number()?;
            [0, 1, 2, 3].map(|bit| facts >> bit & 1 == 1)
        };
        let entropy = if has_entropy { Some(f64::from_le_bytes(*reader.bytes()?.first_chunk()?)) } else { None };
        let mut words = || reader.many(|of| Some(std::str::from_utf8(of.bytes()?).ok()?.into()));
        Some(Self {
            by_agent,
            has_regex,
            requires,
            entropy,
            paths: words()?,
            exclude: words()?,
            allow_paths: words()?,
            allow_regexes: words()?,
            allow_lines: words()?,
            stopwords: words()?,
            verify: words()?,
        })
    }
}

impl Tried {
    /// `None` never happens for the bytes that the build wrote.
    pub(super) fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (program, words) = (reader.bytes()?, reader.bytes()?);
        Some(Self { program, words, trial: Trial::read(&mut reader)? })
    }
}
