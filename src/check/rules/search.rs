//! One side of a file, decoded and searched.

use std::borrow::Cow;

use super::common::Common;
use super::find::{Finder, Group, Matches, Part};
use super::paths::Subject;
use super::rule::Rule;
use crate::check::text::decode;
use crate::model::Scanned;

pub(super) struct Side<'a> {
    pub(super) text: Cow<'a, [u8]>,
    pub(super) scanned: Scanned,
    pub(super) found: Matches,
}

impl<'a> Side<'a> {
    /// `common` is what need not be looked at, where that can be told of the bytes as they are.
    pub(super) fn search(
        rules: &[Rule],
        group: &Group,
        subject: &Subject<'_>,
        bytes: &'a [u8],
        common: Common,
    ) -> Self {
        let (text, scanned) = decode(bytes);
        let mut found = Matches::default();
        if scanned != Scanned::LfsPointer && !group.is_empty() {
            let as_it_is = matches!(text, Cow::Borrowed(_));
            let rest = if as_it_is { common.rest(&text) } else { 0..text.len() };
            let mut finder = Finder::new(rules, group, subject.clone(), scanned == Scanned::Binary).about(rest);
            finder.walk(Part { text: &text, base: 0, last: true }, finder.reaching(text.len()));
            finder.whole_file(&text);
            found = finder.take();
            found.waivers.sort_unstable();
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
