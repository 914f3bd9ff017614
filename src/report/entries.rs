//! What the machine formats list: findings, and the causes of a grave risk that no finding tells
//! of, in one shape, the gravest first.

use std::cmp::Reverse;

use super::words::{grave_causes, in_commit, largest_file};
use crate::model::{
    Arrange, Assessment, Cause, Exit, Finding, Fingerprint, InHistory, Judgement, ObjectId, PolicyLine, RepoPath,
    RiskLevel, RuleId, Severity, Waived,
};

/// Where a refusal stands that is about no file.
pub(super) const LAW: &str = ".gov/policy.yaml";

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
    /// In the file as it is now: what was removed is on none of its lines.
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// The line that it had in the old text.
    pub removed_at: Option<u32>,
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
    /// The line that was removed, and the commit that has it, in words.
    pub(super) fn apart(&self) -> Option<String> {
        let old = self.removed_at.map(|line| format!("line {line} of the old text"));
        let words: Vec<String> = old.into_iter().chain(in_commit(self.commit, self.history)).collect();
        (!words.is_empty()).then(|| words.join(", "))
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

/// That the gate lets nothing pass, where nothing that is listed says so: a list without it would tell a
/// refusal as a clean report. `because` is the decision in a line; it stands where readers insist on a file.
pub(super) fn refusal<'a>(
    judgement: &'a Judgement,
    listed: &[Entry<'_>],
    because: &'a str,
    law: &'a RepoPath,
) -> Option<Entry<'a>> {
    let mut counting = listed.iter().filter(|entry| entry.waived.is_none());
    let (rule, severity, about, is_told) = match judgement.decision.exit {
        Exit::Pass => return None,
        Exit::Denied => ("gate/denied", Severity::Deny, "the gate denies the change", counting.any(denies)),
        Exit::Held => ("gate/held", Severity::Hold, "the gate holds the change", counting.any(is_error)),
    };
    let change = judgement.target.change.to_string();
    (!is_told).then(|| Entry {
        rule,
        word: severity.as_str(),
        grade: grade(severity),
        path: Some(largest_file(&judgement.assessment).unwrap_or(law)),
        line: None,
        column: None,
        removed_at: None,
        commit: None,
        history: None,
        about,
        message: because,
        help: None,
        fingerprint: Fingerprint::of(&RuleId::new(rule), law, change.as_bytes()),
        waived: None,
        at: None,
    })
}

fn denies(entry: &Entry<'_>) -> bool {
    entry.word == Severity::Deny.as_str()
}

fn is_error(entry: &Entry<'_>) -> bool {
    entry.grade == Grade::Error
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
        line: finding.place.line.filter(|_| !finding.removed),
        column: finding.place.column.filter(|_| finding.place.line.is_some() && !finding.removed),
        removed_at: finding.place.line.filter(|_| finding.removed),
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
        removed_at: None,
        commit: None,
        history: None,
        about: cause.id,
        message: &cause.message,
        help: None,
        fingerprint: Fingerprint::of(&RuleId::new(cause.id), cause.path.as_ref().unwrap_or(&nowhere), b""),
        waived: None,
        at: cause.at.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn refused(judgement: &Judgement) -> Option<(String, String)> {
        let law = RepoPath::from(LAW);
        let listed = entries(&judgement.assessment);
        let found = refusal(judgement, &listed, "because", &law)?;
        Some((found.rule.to_owned(), found.path?.to_string()))
    }

    #[test]
    fn what_was_removed_is_on_no_line_of_the_file_as_it_is_now() {
        let mut judgement = samples::crowded();
        let (line, said) = (9, "line 9 of the old text");
        judgement.assessment.findings.retain(|finding| finding.place.line == Some(line));
        judgement.assessment.findings[0].removed = true;

        let listed = entries(&judgement.assessment);
        let entry = listed.iter().find(|entry| entry.removed_at == Some(line)).unwrap();
        assert_eq!((entry.line, entry.column, entry.apart()), (None, None, Some(said.to_owned())));
        for report in [
            super::super::github::render(&judgement),
            super::super::gitlab::render(&judgement).unwrap(),
            super::super::sarif::render(&judgement).unwrap(),
            super::super::junit::render(&judgement),
        ] {
            assert!(report.contains(said), "{report}");
            assert!(!report.contains(&format!("line={line}")) && !report.contains(&format!("startLine\": {line}")));
        }
    }

    #[test]
    fn a_refusal_is_listed_where_nothing_else_that_is_listed_refuses() {
        let mut of_no_file = samples::refused();
        of_no_file.assessment.files.clear();
        let mut held = samples::held();
        held.assessment.risk.causes.clear();
        let mut rejected = samples::held();
        rejected.decision.exit = Exit::Denied;

        assert_eq!(refused(&samples::refused()), Some(("gate/denied".into(), "src/new.rs".into())));
        assert_eq!(refused(&of_no_file), Some(("gate/denied".into(), LAW.into())));
        assert_eq!(refused(&held).map(|(rule, _)| rule).as_deref(), Some("gate/held"));
        assert_eq!(refused(&rejected).map(|(rule, _)| rule).as_deref(), Some("gate/denied"), "its causes only hold it");
        for told in [samples::pass(), samples::held(), samples::denied(), samples::development()] {
            assert_eq!(refused(&told), None);
        }
    }
}
