//! What a search of a text leaves to those who tell it: places only, so that it may be printed.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::detect::MOST_HITS;

/// A part of the text in memory, and where it stands in the file.
#[derive(Clone, Copy)]
pub(in crate::check::rules) struct Part<'t> {
    pub(in crate::check::rules) text: &'t [u8],
    pub(in crate::check::rules) base: usize,
    /// Whether the file ends with it.
    pub(in crate::check::rules) last: bool,
}

impl<'t> Part<'t> {
    /// All of a file.
    pub(in crate::check::rules) const fn all(text: &'t [u8]) -> Self {
        Self { text, base: 0, last: true }
    }
}

/// A match in a text. It knows where, not what: it may be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check::rules) struct Match {
    pub(in crate::check::rules) value: Range<usize>,
    pub(in crate::check::rules) whole: Range<usize>,
    pub(in crate::check::rules) rule: u16,
}

/// How many matches of one rule in one text are kept. Past it the rule is only said to have more.
pub(in crate::check::rules) const MOST_MATCHES: usize = MOST_HITS - 1;

/// What was found in a text.
#[derive(Debug, Default)]
pub(in crate::check::rules) struct Matches {
    pub(in crate::check::rules) kept: Vec<Match>,
    /// Where inline waivers are marked.
    pub(in crate::check::rules) waivers: Vec<usize>,
    /// Rules of which there is more than was kept.
    pub(in crate::check::rules) more: Vec<u16>,
    /// What a detector says of a match, by the match's rule and start.
    pub(in crate::check::rules) details: BTreeMap<(u16, usize), String>,
    /// Rules about the whole file whose keyword is in the text.
    pub(in crate::check::rules) present: Vec<u16>,
    /// Rules that came upon something, and whether they look at such a path.
    pub(in crate::check::rules) asked: Vec<(u16, bool)>,
}

impl Matches {
    pub(in crate::check::rules) fn is_quiet(&self) -> bool {
        self.kept.is_empty() && self.present.is_empty() && self.waivers.is_empty()
    }
}
