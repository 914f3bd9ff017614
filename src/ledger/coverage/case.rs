//! All that is known of one commit when it is asked whether it was governed.

use std::collections::BTreeSet;

use super::said::Said;
use super::{Course, Judged};
use crate::model::{ChangeId, Gather, GovernedCommit, Sha256};

pub(super) struct Case<'s> {
    pub(super) commit: &'s GovernedCommit,
    pub(super) course: &'s Course<'s>,
    pub(super) said: &'s Said,
    /// What was said of its change, in whatever commit.
    pub(super) of_change: &'s Said,
    /// The decision on it that counts.
    pub(super) judged: Option<&'s Judged>,
    pub(super) change: Option<ChangeId>,
    /// Those whose rejection stands.
    pub(super) rejected: BTreeSet<&'s str>,
}

impl<'s> Case<'s> {
    pub(super) fn both(&self) -> impl Iterator<Item = &'s Said> + use<'s> {
        [self.said, self.of_change].into_iter()
    }

    /// Who granted that it may pass; where nobody did, who let it by themselves.
    pub(super) fn overridden_by(&self) -> Vec<String> {
        let all = |of: fn(&Said) -> &BTreeSet<String>| of(self.said).union(of(self.of_change)).cloned().collect();
        let granted_by: Vec<String> = all(|said| &said.granted_by);
        if granted_by.is_empty() { all(|said| &said.used_by) } else { granted_by }
    }

    /// Why it was let by, in the words of those who did; of a request only where use was made of it.
    pub(super) fn reasons(&self) -> Vec<String> {
        let is_used = |request: &Sha256| self.both().any(|said| said.made_use_of.contains(request));
        let asked_for = self.both().flat_map(|said| &said.asked_for).filter(|(request, _)| is_used(request));
        let mut reasons: BTreeSet<String> = self.said.reasons.union(&self.of_change.reasons).cloned().gathered();
        reasons.extend(asked_for.map(|(_, reason)| reason.clone()));
        reasons.into_iter().collect()
    }
}
