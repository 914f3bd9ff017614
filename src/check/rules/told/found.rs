//! What the rules have to say of one file.

use super::tally::Tally;
use crate::check::marker::Inline;
use crate::model::{Finding, Fingerprint, RuleId, Scanned};

/// What the rules found in a file.
#[derive(Debug)]
pub struct Found {
    pub findings: Vec<Finding>,
    pub scanned: Scanned,
    pub tally: Tally,
    /// The waivers in the new text; whoever has all findings applies them.
    pub waivers: Vec<Inline>,
}

impl Found {
    #[must_use]
    pub fn nothing(scanned: Scanned) -> Self {
        Self { findings: Vec::new(), scanned, tally: Tally::default(), waivers: Vec::new() }
    }

    /// Whether there is nothing to tell but how it was scanned.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.findings.is_empty() && self.waivers.is_empty() && self.tally.is_empty()
    }

    /// Findings that are on no line of the new text.
    pub(in crate::check::rules) fn elsewhere(&self, on_lines: usize) -> Vec<(RuleId, Fingerprint)> {
        let of_file = self.findings.iter().enumerate();
        let of_file = of_file.filter(|(index, finding)| *index < on_lines || finding.place.line.is_none());
        let counted = self.tally.firsts();
        of_file
            .map(|(_, finding)| finding)
            .chain(counted)
            .map(|finding| (finding.rule.clone(), finding.fingerprint))
            .collect()
    }
}

/// The path that findings in a commit message have.
pub const MESSAGE_PATH: &str = "COMMIT_MESSAGE";

/// The same for the message of a tag.
pub const TAG_PATH: &str = "TAG_MESSAGE";

/// The same for what stands before either message: who made it and when, signatures, a tag that was merged.
pub(in crate::check::rules) const HEADER_PATH: &str = "COMMIT_HEADER";
pub(in crate::check::rules) const TAG_HEADER_PATH: &str = "TAG_HEADER";
