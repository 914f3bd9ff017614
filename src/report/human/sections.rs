//! The paragraphs after the diagnostics: files, risk, approvals, notes, reasons, next commands.

use std::cmp::Reverse;

use super::super::escape::{printable, shown_path};
use super::super::words::{approvers, reached, reasons};
use super::WHOLE;
use super::page::Page;
use crate::model::{
    Arrange, AssessedFile, Assessment, Cause, Decision, Judgement, Need, NextStep, PathClass, Placement, Reach,
    RepoPath, RiskLevel, Scanned, Window, counted,
};

const FILES: usize = 12;
const REASONS: usize = 12;

/// One row of the table of files.
struct Row {
    class: PathClass,
    generated: bool,
    status: &'static str,
    added: u32,
    deleted: u32,
    path: String,
}

/// Of a whole tree, how much was read: none of its files were changed.
pub(super) fn tree(page: &mut Page, assessment: &Assessment) {
    let (lines, _) = assessment.lines();
    let lines = counted(usize::try_from(lines).unwrap_or(usize::MAX), "line");
    page.heading("files", &format!("{} read, {lines}", assessment.files.len()));
}

/// How much of history was read.
pub(super) fn history(page: &mut Page, reach: Reach) {
    page.heading("history", &format!("{}, from {}", reached(reach), counted(reach.refs, "ref")));
}

/// A row for every path, those that need approval first.
pub(super) fn files(page: &mut Page, assessment: &Assessment) {
    let mut rows: Vec<Row> = assessment.files.iter().map(changed).collect();
    rows.extend(assessment.touched_and_undone.iter().map(|(path, placement)| undone(path, placement)));
    if rows.is_empty() {
        return;
    }
    let (added, deleted) = assessment.lines();
    let generated = assessment.files.iter().filter(|file| file.generated).count();
    let mut total = vec![format!("{} changed, +{added} -{deleted}", assessment.files.len())];
    if generated > 0 {
        total.push(format!("{} counted apart", counted(generated, "generated file")));
    }
    if !assessment.touched_and_undone.is_empty() {
        total.push(format!("{} touched and undone", counted(assessment.touched_and_undone.len(), "path")));
    }
    page.heading("files", &total.join("; "));
    rows.arrange_by_key(|row| Reverse(row.class));
    let hidden = rows.len().saturating_sub(page.cap(FILES));
    rows.truncate(page.cap(FILES));
    let plus = rows.iter().map(|row| row.added.to_string().len()).max().unwrap_or(0) + 1;
    let minus = rows.iter().map(|row| row.deleted.to_string().len()).max().unwrap_or(0) + 1;
    let class = |row: &Row| format!("{}{}", row.class.as_str(), if row.generated { ", generated" } else { "" });
    let wide = rows.iter().map(|row| class(row).len()).max().unwrap_or(0);
    for row in &rows {
        let (added, deleted) = (format!("+{}", row.added), format!("-{}", row.deleted));
        let start = format!("  {}  {added:>plus$}  {deleted:>minus$}", row.status);
        page.line(&format!("{start}  {:<wide$}  {}", class(row), row.path));
    }
    if hidden > 0 {
        page.line(&format!("  and {hidden} more: {WHOLE}"));
    }
}

fn changed(file: &AssessedFile) -> Row {
    let change = &file.facts.change;
    let from = change.from.as_ref().map(|from| format!("{} -> ", shown_path(from))).unwrap_or_default();
    let unread = match file.facts.scanned {
        Scanned::Text | Scanned::Absent => String::new(),
        Scanned::Utf16 => " (UTF-16)".to_owned(),
        Scanned::Binary => " (binary, not scanned)".to_owned(),
        Scanned::Unpacked => " (archive)".to_owned(),
        Scanned::PartlyUnpacked => " (archive, not read whole)".to_owned(),
        Scanned::Large(size) => format!(" ({size} bytes, too large to scan)"),
        Scanned::LfsPointer => " (LFS pointer, its content is elsewhere)".to_owned(),
        Scanned::Symlink => " (symbolic link)".to_owned(),
        Scanned::Submodule => " (submodule)".to_owned(),
    };
    let kept = file.kept_by_category.as_ref();
    let kept = kept.map(|category| format!(" (category {} is not auto-approved)", printable(category)));
    Row {
        class: file.placement.class,
        generated: file.generated,
        status: change.status().letter(),
        added: file.facts.lines.added.count(),
        deleted: file.facts.lines.deleted.count(),
        path: format!("{from}{}{unread}{}", shown_path(&change.path), kept.unwrap_or_default()),
    }
}

fn undone(path: &RepoPath, placement: &Placement) -> Row {
    let path = format!("{} (touched on the way, now as it was)", shown_path(path));
    Row { class: placement.class, generated: false, status: "~", added: 0, deleted: 0, path }
}

/// The level, the lines of the level table that gave it, and every point of the score.
pub(super) fn risk(page: &mut Page, judgement: &Judgement) {
    let risk = &judgement.assessment.risk;
    let history = match judgement.assessment.window {
        Window::Whole => String::new(),
        Window::Partial(commits) => format!(", history=partial({commits})"),
        Window::Unknown => ", history=unknown".to_owned(),
    };
    page.heading("risk", &format!("{}, score {} of 100{history}", risk.level, risk.score));
    let of_the_whole = |cause: &&Cause| cause.path.is_none() && cause.level > RiskLevel::Low;
    let width = risk.factors.iter().map(|factor| factor.id.len()).max().unwrap_or(0);
    for cause in judgement.assessment.own_causes().filter(of_the_whole) {
        page.hanging(&format!("  {:<1$}  ", cause.level.as_str(), width + 5), &cause.message);
    }
    for factor in &risk.factors {
        let points = format!("+{}", factor.points);
        let imputed = if factor.imputed { " (imputed)" } else { "" };
        let lower = if factor.lower.is_empty() { String::new() } else { format!("; to lower it: {}", factor.lower) };
        page.hanging(&format!("  {points:>3}  {:<width$}  ", factor.id), &format!("{}{imputed}{lower}", factor.why));
    }
    if risk.factors.iter().any(|factor| factor.imputed) {
        page.prose(2, 2, "imputed: not known here, so it counts for what it may be");
    }
}

/// Who must approve, who has, and whose word did not count.
pub(super) fn approvals(page: &mut Page, decision: &Decision) {
    if decision.needed.is_empty() && decision.not_counted.is_empty() {
        return;
    }
    let rows: Vec<(&str, String)> = decision
        .needed
        .iter()
        .map(|need| (need.rule.as_str(), progress(need)))
        .chain(decision.not_counted.iter().map(|refused| ("not counted", format!("{}: {}", refused.by, refused.why))))
        .collect();
    let width = rows.iter().map(|(label, _)| printable(label).chars().count()).max().unwrap_or(0);
    page.heading("approvals", if decision.needed.iter().all(Need::is_met) { "complete" } else { "missing" });
    for (label, text) in rows {
        page.hanging(&format!("  {:<width$}  ", printable(label)), &text);
    }
}

fn progress(need: &Need) -> String {
    let signed = if need.signed { ", signed" } else { "" };
    let mut text = format!("{} of {} from {}{signed}", need.counted.len(), need.count, approvers(need));
    if !need.counted.is_empty() {
        text = format!("{text}: {}", need.counted.join(", "));
    }
    text
}

pub(super) fn notes(page: &mut Page, judgement: &Judgement) {
    if !judgement.notes.is_empty() {
        page.gap();
    }
    for note in &judgement.notes {
        page.hanging("note: ", note);
    }
}

/// The tree of reasons.
pub(super) fn why(page: &mut Page, decision: &Decision) {
    let reasons = reasons(decision);
    if reasons.is_empty() {
        return;
    }
    page.heading("why", decision.outcome.as_str());
    let cap = page.cap(REASONS);
    for (depth, reason) in reasons.iter().take(cap) {
        page.prose(depth * 2 + 2, depth * 2 + 4, &format!("- {reason}"));
    }
    if reasons.len() > cap {
        page.line(&format!("  and {} more: {WHOLE}", reasons.len() - cap));
    }
}

/// Commands to go on with; they are copied, so they are never wrapped.
pub(super) fn next(page: &mut Page, steps: &[NextStep]) {
    for step in steps {
        page.heading("next", &printable(&step.why));
        page.line(&format!("  {}", printable(&step.command)));
    }
}
