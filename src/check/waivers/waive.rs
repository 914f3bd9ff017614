//! Marks what is waived.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::entry::Entry;
use super::is_reason;
use super::names::Names;
use super::terms::{Scope, Waiving};
use super::told::Excuse;
use crate::check::marker::Inline;
use crate::model::{Date, Finding, RepoPath, Waived, WaivedBy};

impl Waiving<'_> {
    /// The findings, those that are excused marked so, and what is wrong with the waivers.
    /// `inline` are the waivers that were found in the scanned texts.
    #[must_use]
    pub fn apply(&self, mut findings: Vec<Finding>, inline: &[Inline]) -> Vec<Finding> {
        let mut at_path: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
        for (index, waiver) in inline.iter().enumerate() {
            at_path.entry(&waiver.path).or_default().push(index);
        }
        let (mut used_inline, mut used) = (HashMap::<usize, Excuse>::new(), HashSet::new());
        for finding in findings.iter_mut().filter(|finding| finding.waived.is_none()) {
            let here = at_path.get(&finding.place.path).into_iter().flatten();
            for &index in here {
                let Some(waiver) = inline.get(index).filter(|waiver| waiver.names(finding)) else { continue };
                let excuse = used_inline.entry(index).or_default();
                if self.is_brought(finding, waiver) {
                    excuse.cover(finding);
                }
                if finding.waived.is_none() && waiver.holds(self.today) {
                    finding.waived = Some(waiver.waived());
                }
            }
            for index in self.waivers.of_finding(finding) {
                let entry = self.waivers.entries.get(index).filter(|entry| self.concerns(entry, finding));
                let Some(entry) = entry else { continue };
                used.insert(index);
                if finding.waived.is_none() && entry.holds(self.today) {
                    finding.waived = Some(entry.waived(&self.waivers.origin));
                }
            }
        }
        let names = Names::of(self.rules);
        for (index, waiver) in inline.iter().enumerate() {
            findings.extend(self.of_inline(waiver, used_inline.get(&index), &names));
        }
        for (index, entry) in self.waivers.entries.iter().enumerate() {
            findings.extend(self.of_entry(entry, used.contains(&index), &names));
        }
        self.hide_secrets(&mut findings);
        findings
    }

    /// Whether a change brings what a waiver in its text excuses. Every line of a tree is read as if
    /// it were new, and what is said of a file as a whole may be said of what was there before.
    fn is_brought(&self, finding: &Finding, waiver: &Inline) -> bool {
        let is_change = matches!(self.scope, Scope::Change | Scope::Commit);
        is_change && (waiver.added || !self.rules.is_about_whole_files(finding.rule.as_str()))
    }

    /// A waiver for history lets nothing come back: it excuses only what the newest tree has no more.
    fn concerns(&self, entry: &Entry, finding: &Finding) -> bool {
        !entry.history || self.scope == Scope::Commit || finding.is_past()
    }

    /// A reason may say what it should not.
    fn hide_secrets(&self, findings: &mut [Finding]) {
        let mut reasons: Vec<&mut String> = Vec::new();
        for finding in findings {
            if finding.rule.as_str().starts_with("waiver/") {
                reasons.push(&mut finding.message);
            } else if let Some(waived) = &mut finding.waived {
                reasons.push(&mut waived.reason);
            }
        }
        self.rules.hide_secrets(&mut reasons);
    }
}

impl Inline {
    /// Lines are those of the text it stands in: what an earlier commit of a range had there is another
    /// matter.
    fn names(&self, finding: &Finding) -> bool {
        let rule = self.rules.iter().any(|glob| glob.matches(finding.rule.as_str()));
        let is_covered = finding.place.commit.is_none() && finding.place.line == Some(self.covers);
        rule && (is_covered || self.elsewhere.contains(&finding.fingerprint))
    }

    fn waived(&self) -> Waived {
        Waived { reason: self.reason.clone(), by: WaivedBy::Text(format!("{}:{}", self.path, self.line)) }
    }

    fn holds(&self, today: Date) -> bool {
        self.problem.is_none() && is_reason(&self.reason) && self.until.is_none_or(|until| until >= today)
    }
}

impl Entry {
    fn waived(&self, origin: &str) -> Waived {
        Waived { reason: self.reason.clone(), by: WaivedBy::List(format!("{origin}:{}", self.line)) }
    }

    fn holds(&self, today: Date) -> bool {
        is_reason(&self.reason) && self.until.is_none_or(|until| until >= today)
    }
}
