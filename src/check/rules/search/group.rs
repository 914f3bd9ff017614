//! The rules that look at one kind of text, with what leads to them.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::prefilter::Prefilter;
use crate::check::marker::MARKERS;
use crate::check::rules::built::embedded;
use crate::check::rules::built::tables::{Keyword, Tables};
use crate::check::rules::definition::{Anchor, On};
use crate::check::rules::rule::Rule;
use crate::model::Gather;

pub(in crate::check::rules) struct Group {
    pub(super) prefilter: Prefilter,
    pub(super) non_ascii: Vec<u16>,
    pub(super) every_line: Vec<u16>,
    /// Rules about the whole file that no keyword leads to.
    pub(super) whole: Vec<u16>,
    /// Rules to which all of a file matters, whatever became of it.
    pub(super) of_files: Vec<u16>,
    far: OnceLock<Prefilter>,
    /// How many bytes were looked through for keywords that lead far.
    looked_far: AtomicUsize,
    pub(super) leads_far: bool,
}

/// To look through no more than this for keywords that lead far is cheaper than to set them apart.
const BRIEF: usize = 16 * 1024;

/// Stands for the marker of an inline waiver among the rules.
pub(super) const WAIVER: u16 = u16::MAX;

impl Group {
    /// `made` are tables of the build, for a kind of text for which it made some.
    pub(in crate::check::rules) fn new<'r>(
        rules: impl Iterator<Item = (u16, &'r Rule)> + Clone,
        made: Option<&'static Tables>,
    ) -> Self {
        let (mut non_ascii, mut every_line, mut whole, mut of_files) = (vec![], vec![], vec![], vec![]);
        for (index, rule) in rules.clone() {
            if rule.on == On::File {
                of_files.push(index);
            }
            let has_keywords = rule.has_keywords();
            match rule.anchor {
                Some(Anchor::NonAscii) => non_ascii.push(index),
                Some(Anchor::EveryLine) => every_line.push(index),
                None if !has_keywords && rule.on == On::File => whole.push(index),
                None if !has_keywords => every_line.push(index),
                None => {}
            }
        }
        let leads_far = rules.clone().any(|(_, rule)| rule.span.is_some());
        let made = made.and_then(|tables| Some(Prefilter::made(tables, names(rules.clone())?)));
        let prefilter = made.unwrap_or_else(|| {
            let mut keywords: Vec<(Keyword<'_>, u16)> =
                rules.flat_map(|(index, rule)| rule.keywords().map(move |keyword| (keyword, index))).collect();
            if !keywords.is_empty() {
                keywords.extend(MARKERS.map(|marker| (Keyword::new(marker), WAIVER)));
            }
            Prefilter::new(&keywords)
        });
        let (far, looked_far) = (OnceLock::new(), AtomicUsize::new(0));
        Self { prefilter, non_ascii, every_line, whole, of_files, far, looked_far, leads_far }
    }

    /// Leads only to rules whose matches may end far behind their keyword, to look through so many more
    /// bytes. `None` as long as that is not worth it.
    pub(super) fn far(&self, rules: &[Rule], more: usize) -> Option<&Prefilter> {
        if self.far.get().is_none() && self.looked_far.fetch_add(more, Ordering::Relaxed) + more <= BRIEF {
            return None;
        }
        Some(self.far.get_or_init(|| {
            let led_to: BTreeSet<u16> = self.prefilter.names().gathered();
            let far = (0..).zip(rules).filter(|(index, rule)| rule.span.is_some() && led_to.contains(index));
            let keywords = far.flat_map(|(index, rule)| rule.keywords().map(move |keyword| (keyword, index)));
            Prefilter::new(&keywords.collect::<Vec<_>>())
        }))
    }

    /// Whether no rule looks at texts of this kind.
    pub(super) fn is_empty(&self) -> bool {
        self.prefilter.is_empty() && self.non_ascii.is_empty() && self.every_line.is_empty() && self.whole.is_empty()
    }
}

/// What the owners of keywords in the build's tables are called here. `None` when some rule with
/// keywords is not the build's.
fn names<'r>(rules: impl Iterator<Item = (u16, &'r Rule)>) -> Option<Vec<Option<u16>>> {
    let mut names = vec![None; embedded::RULES.len() + 1];
    let mut any = false;
    for (index, rule) in rules.filter(|(_, rule)| rule.has_keywords()) {
        *names.get_mut(usize::from(rule.number?))? = Some(index);
        any = true;
    }
    *names.last_mut()? = any.then_some(WAIVER);
    Some(names)
}
