//! Runs the rules that name a detector.

use std::collections::BTreeMap;

use crate::check::detect::{self, Detector, Strangers};
use crate::check::rules::candidate::Candidate;
use crate::check::rules::rule::{Compiled, Subject};
use crate::check::rules::search::{MOST_MATCHES, Match, Side};
use crate::check::rules::set::Rules;
use crate::model::{Finding, Mode, Place, RepoPath, Scanned};

/// What detectors find in a text.
#[derive(Default)]
pub(in crate::check::rules) struct Detected {
    pub(in crate::check::rules) kept: Vec<Match>,
    /// What is said of a match, by its rule and start.
    pub(in crate::check::rules) details: BTreeMap<(u16, usize), String>,
    /// Rules of which there is more than was kept.
    pub(super) more: Vec<u16>,
    /// What is said of the file as a whole.
    pub(in crate::check::rules) whole: Vec<Finding>,
}

impl Rules {
    /// Adds what detectors match in the new text to what was found there. What they say of the
    /// file as a whole becomes a finding at once.
    pub(in crate::check::rules) fn detect(
        &self,
        file: &Candidate<'_>,
        subject: &Subject<'_>,
        old: Option<&Side<'_>>,
        new: &mut Side<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let scanned = if file.new_mode == Some(Mode::Symlink) { Scanned::Symlink } else { new.scanned };
        let old = old.map(|side| side.text.as_ref());
        let detected = self.detected(file, subject, &Seen { old, new: &new.text, scanned });
        new.found.kept.extend(detected.kept);
        new.found.details.extend(detected.details);
        new.found.more.extend(detected.more);
        findings.extend(detected.whole);
    }

    pub(in crate::check::rules) fn detected(
        &self,
        file: &Candidate<'_>,
        subject: &Subject<'_>,
        seen: &Seen<'_>,
    ) -> Detected {
        let mut out = Detected::default();
        let seen = detect::Subject {
            path: file.path,
            old_mode: file.old_mode,
            new_mode: file.new_mode,
            old: seen.old,
            new: seen.new,
            scanned: seen.scanned,
        };
        let strangers = Strangers::of(seen.text());
        for &index in &self.detecting {
            let Some((rule, detector)) = self.get(index).and_then(|rule| Some((rule, rule.detector?))) else {
                continue;
            };
            if !detector.may_find_in(strangers) || file.in_tree && !rule.speaks_of_trees() {
                continue;
            }
            let hits = detector.find(&seen);
            if hits.is_empty() {
                continue;
            }
            let Some(compiled) = rule.compiled().filter(|compiled| compiled.covers(subject)) else { continue };
            if hits.len() > MOST_MATCHES {
                out.more.push(index);
            }
            for hit in hits.into_iter().take(MOST_MATCHES) {
                if let Some(range) = hit.range {
                    out.details.insert((index, range.start), hit.detail);
                    out.kept.push(Match { value: range.clone(), whole: range, rule: index });
                } else {
                    let mut finding = self.finding(rule, compiled, Place::whole(file.path), hit.detail.as_bytes());
                    finding.message = format!("{} ({})", finding.message, hit.detail);
                    out.whole.push(finding);
                }
            }
        }
        out
    }
}

/// The text that detectors see.
pub(in crate::check::rules) struct Seen<'t> {
    pub(in crate::check::rules) old: Option<&'t [u8]>,
    pub(in crate::check::rules) new: &'t [u8],
    pub(in crate::check::rules) scanned: Scanned,
}

impl Compiled {
    /// Whether a rule about a path that names a detector has its consent.
    pub(super) fn detects_path(&self, path: &RepoPath, file: &Candidate<'_>) -> bool {
        let Some(detector) = self.definition().and_then(|written| Detector::parse(written.detect.as_deref()?)) else {
            return true;
        };
        let seen = detect::Subject {
            path,
            old_mode: file.old_mode,
            new_mode: file.new_mode,
            old: file.old,
            new: file.new.unwrap_or_default(),
            scanned: Scanned::Absent,
        };
        !detector.find(&seen).is_empty()
    }
}
