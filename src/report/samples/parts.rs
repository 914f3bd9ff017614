//! The parts that samples are made of.

use std::sync::Arc;

use crate::model::{
    AssessedFile, Excerpt, Factor, FileChange, FileFacts, FileKind, Finding, LineDiff, Mode, Need, NextStep, ObjectId,
    Outcome, PathClass, Place, Placement, PolicyLine, Reason, RepoPath, RuleId, Scanned, Severity, Side,
};

pub(super) fn id(byte: u8) -> ObjectId {
    ObjectId::new([byte; 20])
}

pub(super) fn file(path: &str, added: u32, deleted: u32, class: PathClass) -> AssessedFile {
    file_at(path.into(), added, deleted, class)
}

/// A file with lines on both sides is modified, one with only new lines is added.
pub(super) fn file_at(path: RepoPath, added: u32, deleted: u32, class: PathClass) -> AssessedFile {
    let old = (deleted > 0).then_some(Side { mode: Mode::Regular, id: id(1) });
    let change = FileChange { path, from: None, old, new: Some(Side { mode: Mode::Regular, id: id(2) }) };
    AssessedFile {
        facts: Box::new(FileFacts {
            change,
            kind: FileKind::Source,
            lines: LineDiff::replaced(deleted, added),
            header_lines: 0,
            branches: 0,
            old_sha256: None,
            new_sha256: None,
            scanned: Scanned::Text,
        }),
        placement: placement(class, "", None),
        generated: false,
        kept_by_category: None,
    }
}

pub(super) fn renamed(from: &str, mut file: AssessedFile) -> AssessedFile {
    file.facts.change.from = Some(from.into());
    file
}

impl AssessedFile {
    pub(super) fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    pub(super) fn scanned(mut self, scanned: Scanned) -> Self {
        self.facts.scanned = scanned;
        self
    }

    pub(super) fn at(mut self, glob: &str, line: &PolicyLine) -> Self {
        self.placement = placement(self.placement.class, glob, Some(line.clone()));
        self
    }
}

pub(super) fn placement(class: PathClass, glob: &str, at: Option<PolicyLine>) -> Placement {
    Placement { class, glob: glob.into(), at: at.map(Arc::new) }
}

pub(super) fn policy_line(line: u32, text: &str, glob: &str) -> PolicyLine {
    let Excerpt { line: text, start, end } = marked(text, glob);
    PolicyLine { origin: "HEAD:.gov/policy.yaml".into(), line, start, end, text }
}

pub(super) fn marked(line: &str, mark: &str) -> Excerpt {
    let (before, _) = line.split_once(mark).unwrap();
    let start = before.chars().count();
    Excerpt { line: line.into(), start, end: start + mark.chars().count() }
}

pub(super) fn finding(
    rule: &str,
    severity: Severity,
    (path, line, column): (&str, u32, u32),
    message: &str,
) -> Finding {
    let place = Place { path: path.into(), line: Some(line), column: Some(column), commit: None };
    Finding::at(place, RuleId::new(rule), severity, message, format!("{line}").as_bytes())
}

pub(super) fn factor(id: &'static str, value: u32, points: u32, why: &str, lower: &'static str) -> Factor {
    Factor { id, value, points, why: why.into(), lower, imputed: false }
}

pub(super) fn reason(outcome: Outcome, what: &str, because: Vec<Reason>) -> Reason {
    Reason { outcome, what: what.into(), because }
}

pub(super) fn need(rule: &str, count: u32, roles: &[&str]) -> Need {
    let roles = roles.iter().map(|&role| role.to_owned()).collect();
    Need { rule: rule.into(), count, roles, signed: false, counted: vec![] }
}

pub(super) fn next(why: &str, command: &str) -> NextStep {
    NextStep { why: why.into(), command: command.into() }
}
