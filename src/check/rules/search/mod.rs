//! One side of a file, decoded and searched.
//!
//! A `group` of rules looks at one kind of text. One pass over its bytes finds every place where a keyword of
//! any of them stands (`prefilter`), but for what the text has in `common` with what was there before. Only
//! the rules concerned are then tried (`find`), on the line around it; what is known of each meanwhile is in
//! `states`. `matches` are what is left. What is written with escapes is searched once more as `plain` text.

mod common;
mod find;
mod group;
mod matches;
mod plain;
mod prefilter;
mod states;

use std::borrow::Cow;
use std::ops::Range;

use super::rule::{Rule, Subject};
use crate::check::text::decode;
use crate::model::{Arrange, LineSet, Scanned};
pub use common::Common;
pub(super) use find::{Finder, LOOK_AHEAD};
pub(super) use group::Group;
pub(super) use matches::{MOST_MATCHES, Match, Matches, Part};

pub(super) struct Side<'a> {
    pub(super) text: Cow<'a, [u8]>,
    pub(super) scanned: Scanned,
    pub(super) found: Matches,
}

/// Where in a text matches are looked for.
#[derive(Clone, Copy)]
pub(super) struct Within<'l> {
    /// What need not be looked at, where that can be told of the bytes as they are.
    pub(super) common: Common,
    /// Of the rest only these lines matter, if they are known.
    pub(super) lines: Option<&'l LineSet>,
}

impl Within<'_> {
    pub(super) const ALL: Self = Self { common: Common::NOTHING, lines: None };
}

impl<'a> Side<'a> {
    pub(super) fn search(
        rules: &[Rule],
        group: &Group,
        subject: &Subject<'_>,
        bytes: &'a [u8],
        within: Within<'_>,
    ) -> Self {
        let Within { common, lines } = within;
        let (text, scanned) = decode(bytes);
        let mut found = Matches::default();
        if !group.is_empty() {
            let as_it_is = matches!(text, Cow::Borrowed(_));
            let rest = if as_it_is { common.rest(&text) } else { 0..text.len() };
            let parts = lines.filter(|_| as_it_is && common != Common::NOTHING).map(|lines| places(lines, &text));
            let mut finder = Finder::new(rules, group, subject.clone(), scanned == Scanned::Binary).about(rest, parts);
            finder.walk(Part::all(&text), finder.reaching(text.len()));
            finder.whole_file(&text);
            found = finder.take();
            found.waivers.arrange();
        }
        Self { text, scanned, found }
    }

    /// A text of which it is known that nothing would be found.
    pub(super) fn silent(bytes: &'a [u8]) -> Self {
        let (text, scanned) = decode(bytes);
        Self { text, scanned, found: Matches::default() }
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.found.is_quiet()
    }
}

/// Where lines stand, and one byte around them.
fn places(lines: &LineSet, text: &[u8]) -> Vec<Range<usize>> {
    let mut ends = memchr::memchr_iter(b'\n', text).map(|newline| newline + 1);
    let (mut line, mut start) = (1, 0);
    let mut pass = |to: u32| {
        while line < to && start < text.len() {
            start = ends.next().unwrap_or(text.len());
            line += 1;
        }
        start
    };
    lines.ranges().map(|range| pass(range.start).saturating_sub(1)..pass(range.end) + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_where_they_begin_and_end() {
        let text = b"one\ntwo\n\nfour";
        let of = |ranges: &[Range<u32>]| places(&LineSet::from_ranges(ranges.iter().cloned()), text);

        assert_eq!(of(&[1..2, 3..4]), [0..5, 7..10]);
        assert_eq!(of(&[2..3, 4..5]), [3..9, 8..14]);
        assert_eq!(of(&[4..9, 20..21]), [8..14, 12..14]);
        assert_eq!(of(&[]), [] as [Range<usize>; 0]);
    }
}
