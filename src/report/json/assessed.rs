//! What the change is: the risk, the files and the findings of `gov-hook/check/v1`.

use serde::{Serialize, Serializer};

use super::super::escape::{hex, path};
use super::super::words::scanned;
use crate::model::{AssessedFile, Assessment, Cause, Factor, Finding, ObjectId, Placement, RepoPath, Window};

#[derive(Serialize)]
pub(super) struct RiskV1<'a> {
    level: &'static str,
    score: u32,
    factors: Vec<FactorV1<'a>>,
    causes: Vec<CauseV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
}

impl<'a> From<&'a Assessment> for RiskV1<'a> {
    fn from(assessment: &'a Assessment) -> Self {
        let risk = &assessment.risk;
        Self {
            level: risk.level.as_str(),
            score: risk.score,
            factors: risk.factors.iter().map(FactorV1::from).collect(),
            causes: risk.causes.iter().map(CauseV1::from).collect(),
            history: history(assessment.window),
        }
    }
}

/// Said only when the window of the score card was not whole.
fn history(window: Window) -> Option<String> {
    match window {
        Window::Whole => None,
        Window::Partial(commits) => Some(format!("partial({commits})")),
        Window::Unknown => Some("unknown".into()),
    }
}

#[derive(Serialize)]
struct FactorV1<'a> {
    id: &'static str,
    value: u32,
    points: u32,
    why: &'a str,
    lower: &'static str,
    imputed: bool,
}

impl<'a> From<&'a Factor> for FactorV1<'a> {
    fn from(factor: &'a Factor) -> Self {
        let Factor { id, value, points, why, lower, imputed } = factor;
        Self { id, value: *value, points: *points, why, lower, imputed: *imputed }
    }
}

#[derive(Serialize)]
struct CauseV1<'a> {
    level: &'static str,
    id: &'static str,
    message: &'a str,
    path: Option<String>,
}

impl<'a> From<&'a Cause> for CauseV1<'a> {
    fn from(cause: &'a Cause) -> Self {
        let level = cause.level.as_str();
        Self { level, id: cause.id, message: &cause.message, path: cause.path.as_ref().map(path) }
    }
}

/// `added` and `deleted` leave generated files apart, as the risk level does.
#[derive(Serialize)]
pub(super) struct FilesV1<'a> {
    changed: usize,
    added: u32,
    deleted: u32,
    #[serde(serialize_with = "one_by_one")]
    items: &'a [AssessedFile],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undone: Vec<UndoneV1>,
}

impl<'a> From<&'a Assessment> for FilesV1<'a> {
    fn from(assessment: &'a Assessment) -> Self {
        let (added, deleted) = assessment.lines();
        Self {
            changed: assessment.files.len(),
            added,
            deleted,
            items: &assessment.files,
            undone: assessment.touched_and_undone.iter().map(UndoneV1::from).collect(),
        }
    }
}

/// Laid out all at once, the files of a large tree would take more than the report.
fn one_by_one<S: Serializer>(files: &[AssessedFile], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(files.iter().map(FileV1::from))
}

#[derive(Serialize)]
struct FileV1<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
    status: &'static str,
    added: u32,
    deleted: u32,
    class: &'static str,
    generated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanned: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_by_category: Option<&'a str>,
}

impl<'a> From<&'a AssessedFile> for FileV1<'a> {
    fn from(file: &'a AssessedFile) -> Self {
        let change = &file.facts.change;
        Self {
            path: path(&change.path),
            path_hex: hex(&change.path),
            status: change.status().letter(),
            added: file.facts.lines.added.count(),
            deleted: file.facts.lines.deleted.count(),
            class: file.placement.class.as_str(),
            generated: file.generated,
            from: change.from.as_ref().map(path),
            scanned: scanned(file.facts.scanned),
            kept_by_category: file.kept_by_category.as_deref(),
        }
    }
}

/// A path that a commit of a range touched though the range as a whole leaves it as it was.
#[derive(Serialize)]
struct UndoneV1 {
    path: String,
    class: &'static str,
}

impl From<&(RepoPath, Placement)> for UndoneV1 {
    fn from((touched, placement): &(RepoPath, Placement)) -> Self {
        Self { path: path(touched), class: placement.class.as_str() }
    }
}

#[derive(Serialize)]
pub(super) struct FindingV1<'a> {
    rule: &'a str,
    severity: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    message: &'a str,
    help: Option<&'a str>,
    fingerprint: String,
    waived: Option<WaivedV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<HistoryV1>,
}

#[derive(Serialize)]
struct HistoryV1 {
    since: Option<String>,
    in_head: bool,
}

#[derive(Serialize)]
struct WaivedV1<'a> {
    reason: &'a str,
    by: &'a str,
}

impl<'a> From<&'a Finding> for FindingV1<'a> {
    fn from(finding: &'a Finding) -> Self {
        let place = &finding.place;
        Self {
            rule: finding.rule.as_str(),
            severity: finding.severity.as_str(),
            path: path(&place.path),
            path_hex: hex(&place.path),
            line: place.line,
            column: place.column,
            removed: finding.removed,
            commit: place.commit.as_ref().map(ObjectId::to_string),
            message: &finding.message,
            help: finding.help.as_deref(),
            fingerprint: finding.fingerprint.to_string(),
            waived: finding.waived.as_ref().map(|waived| WaivedV1 { reason: &waived.reason, by: waived.by.as_str() }),
            history: finding.history.map(|history| HistoryV1 {
                since: history.since.map(|since| since.to_string()),
                in_head: history.in_head,
            }),
        }
    }
}
