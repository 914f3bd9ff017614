//! Counts over a whole change, for rules that weigh what is taken away against what is put in.

use std::collections::BTreeMap;

use crate::check::rules::set::Rules;
use crate::model::Finding;

/// How often the rules that count matched in removed and in added lines.
#[derive(Debug, Default)]
pub struct Tally {
    counts: BTreeMap<u16, Count>,
}

#[derive(Debug, Default)]
struct Count {
    removed: u32,
    added: u32,
    /// Where it was first removed.
    first: Option<Finding>,
}

impl Tally {
    /// Adds the counts of another file of the same change.
    pub fn add(&mut self, other: Self) {
        for (rule, count) in other.counts {
            let sum = self.counts.entry(rule).or_default();
            sum.removed = sum.removed.saturating_add(count.removed);
            sum.added = sum.added.saturating_add(count.added);
            sum.first = sum.first.take().or(count.first);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The findings there will be if their rules have enough.
    pub(super) fn firsts(&self) -> impl Iterator<Item = &Finding> {
        self.counts.values().filter_map(|count| count.first.as_ref())
    }

    pub(super) fn added(&mut self, rule: u16) {
        let count = self.counts.entry(rule).or_default();
        count.added = count.added.saturating_add(1);
    }

    pub(super) fn removed(&mut self, rule: u16, finding: impl FnOnce() -> Finding) {
        let count = self.counts.entry(rule).or_default();
        count.removed = count.removed.saturating_add(1);
        count.first.get_or_insert_with(finding);
    }
}

impl Rules {
    /// The findings of the rules that count, once all files of a change are in.
    pub fn net(&self, tally: Tally) -> Vec<Finding> {
        let judged = tally.counts.into_iter().filter_map(|(rule, count)| {
            let least = self.get(rule)?.definition()?.net?;
            let net = count.removed.saturating_sub(count.added);
            let mut finding = count.first.filter(|_| net >= least)?;
            finding.message = format!("{} ({} removed, {} added)", finding.message, count.removed, count.added);
            Some(finding)
        });
        judged.collect()
    }
}
