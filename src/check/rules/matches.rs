//! What a search of a text leaves to those who tell it: places only, so that it may be printed.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::detect::MOST_HITS;

/// A part of the text in memory, and where it stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) text: &'t [u8],
    pub(super) base: usize,
    /// Whether the file ends with it.
    pub(super) last: bool,
}

impl<'t> Part<'t> {
    /// All of a file.
    pub(super) const fn all(text: &'t [u8]) -> Self {
        Self { text, base: 0, last: true }
    }
}

/// A match in a text. It knows where, not what: it may be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) value: Range<usize>,
    pub(super) whole: Range<usize>,
    pub(super) rule: u16,
}

/// How many matches of one rule in one text are kept. Past it the rule is only said to have more.
pub(super) const MOST_MATCHES: usize = MOST_HITS - 1;

/// What was found in a text.
#[derive(Debug, Default)]
pub(super) struct Matches {
    pub(super) kept: Vec<Match>,
    /// Where inline waivers are marked.
    pub(super) waivers: Vec<usize>,
    /// Rules of which there is more than was kept.
    pub(super) more: Vec<u16>,
    /// What a detector says of a match, by the match's rule and start.
    pub(super) details: BTreeMap<(u16, usize), String>,
    /// Rules about the whole file whose keyword is in the text.
    pub(super) present: Vec<u16>,
    /// Rules that came upon something, and whether they look at such a path.
    pub(super) asked: Vec<(u16, bool)>,
}

impl Matches {
    pub(super) fn is_quiet(&self) -> bool {
        self.kept.is_empty() && self.present.is_empty() && self.waivers.is_empty()
    }
}
