//! What the machine formats list: findings, and the causes of a grave risk that no finding tells
//! of, in one shape, the gravest first.

use std::cmp::Reverse;

use super::words::{grave_causes, in_commit, largest_file};
use crate::model::{
    Arrange, Assessment, Cause, Finding, Fingerprint, InHistory, ObjectId, PolicyLine, RepoPath, RiskLevel, RuleId,
    Severity, Waived,
};

/// The three weights that all machine formats know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    Error,
    Warning,
    Note,
}

pub(super) struct Entry<'a> {
    pub rule: &'a str,
    /// The severity of a finding or the level of a risk, in the word people know.
    pub word: &'static str,
    pub grade: Grade,
    /// Absent only when the change has no file at all.
    pub path: Option<&'a RepoPath>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub commit: Option<ObjectId>,
    pub history: Option<InHistory>,
    /// What the rule is about, whatever the path.
    pub about: &'a str,
    pub message: &'a str,
    pub help: Option<&'a str>,
    pub fingerprint: Fingerprint,
    pub waived: Option<&'a Waived>,
    /// The line of the policy that speaks here.
    pub at: Option<&'a PolicyLine>,
}

impl Entry<'_> {
    /// The commit that has it, in words.
    pub(super) fn in_commit(&self) -> Option<String> {
        in_commit(self.commit, self.history)
    }
}

pub(super) fn entries(assessment: &Assessment) -> Vec<Entry<'_>> {
    let findings = assessment.findings.iter().map(|finding| (rank(finding.severity), of_finding(finding)));
    let causes = grave_causes(assessment).map(|cause| {
        let rank = if cause.level == RiskLevel::Critical { rank(Severity::Deny) } else { rank(Severity::Hold) };
        (rank, of_cause(cause, assessment))
    });
    let mut ranked: Vec<(u8, Entry<'_>)> = findings.chain(causes).collect();
    ranked.arrange_by_key(|(rank, entry)| (entry.waived.is_some(), Reverse(*rank)));
    ranked.into_iter().map(|(_, entry)| entry).collect()
}

const fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Note => 0,
        Severity::Warn => 1,
        Severity::Hold => 2,
        Severity::Deny => 3,
    }
}

const fn grade(severity: Severity) -> Grade {
    match severity {
        Severity::Deny | Severity::Hold => Grade::Error,
        Severity::Warn => Grade::Warning,
        Severity::Note => Grade::Note,
    }
}

fn of_finding(finding: &Finding) -> Entry<'_> {
    Entry {
        rule: finding.rule.as_str(),
        word: finding.severity.as_str(),
        grade: grade(finding.severity),
        path: Some(&finding.place.path),
        line: finding.place.line,
        column: finding.place.column.filter(|_| finding.place.line.is_some()),
        commit: finding.place.commit,
        history: finding.history,
        about: &finding.message,
        message: &finding.message,
        help: finding.help.as_deref(),
        fingerprint: finding.fingerprint,
        waived: finding.waived.as_ref(),
        at: None,
    }
}

fn of_cause<'a>(cause: &'a Cause, assessment: &'a Assessment) -> Entry<'a> {
    let nowhere = RepoPath::from("");
    Entry {
        rule: cause.id,
        word: cause.level.as_str(),
        grade: Grade::Error,
        path: cause.path.as_ref().or_else(|| largest_file(assessment)),
        line: None,
        column: None,
        commit: None,
        history: None,
        about: cause.id,
        message: &cause.message,
        help: None,
        fingerprint: Fingerprint::of(&RuleId::new(cause.id), cause.path.as_ref().unwrap_or(&nowhere), b""),
        waived: None,
        at: cause.at.as_ref(),
    }
}
