//! Findings and the causes of a risk level, each with the line it speaks of.

use super::super::diagnostic::{Diagnostic, Grade, Quoted};
use super::super::escape::{excerpt, printable, shown_path};
use super::super::words::{grave_causes, in_commit, place, weighing};
use super::WHOLE;
use super::page::Page;
use crate::model::{Arrange, Assessment, Cause, Excerpt, Finding, RepoPath, Severity, Waived, counted};

/// Findings of one rule that are shown in full when there are many.
const SHOWN_OF_ONE_RULE: usize = 3;
/// Up to this many findings are shown in full whatever their rules.
const FEW: usize = 6;
/// After this many, rules are only counted.
const MANY: usize = 20;

/// The line and the column are those of the file: an excerpt is redacted, cut and has escapes.
fn place_of(mut path: String, line: Option<u32>, column: Option<usize>) -> String {
    path.extend(line.map(|line| format!(":{line}")));
    path.extend(line.and(column).map(|column| format!(":{column}")));
    path
}

fn quoted(line: Option<u32>, shown: Option<&Excerpt>, label: Option<String>) -> Option<Quoted> {
    let (text, mark) = excerpt(shown?);
    Some(Quoted { number: line? as usize, text, mark, label })
}

/// Findings that weigh, the gravest first; many of one rule are told together.
pub(super) fn findings(page: &mut Page, assessment: &Assessment) {
    let mut weighing: Vec<&Finding> = weighing(assessment).collect();
    weighing.arrange_by(|a, b| (b.severity, &a.rule, &a.place).cmp(&(a.severity, &b.rule, &b.place)));
    let each = if weighing.len() <= FEW { FEW } else { SHOWN_OF_ONE_RULE };
    let mut left = page.cap(MANY);
    for group in weighing.chunk_by(|a, b| a.severity == b.severity && a.rule == b.rule) {
        let (shown, more) = group.split_at(group.len().min(page.cap(each)).min(left));
        left = left.saturating_sub(shown.len());
        for finding in shown {
            page.diagnostic(&of_finding(page, finding));
        }
        if let Some(first) = more.first() {
            let what = format!("{}[{}]", first.severity, first.rule);
            let from = if more.len() == 1 { "in" } else { "the first in" };
            page.gap();
            page.prose(0, 2, &format!("{what}: and {} more, {from} {}: {WHOLE}", more.len(), place(&first.place)));
        }
    }
}

fn of_finding<'a>(page: &Page, finding: &Finding) -> Diagnostic<'a> {
    let at = &finding.place;
    let commit = in_commit(at.commit, finding.history).map(|commit| ("note", commit));
    let help = finding.help.as_ref().map(|help| ("help", page.wrapped(help)));
    let place = place_of(shown_path(&at.path), at.line, at.column.map(|column| column as usize));
    Diagnostic {
        grade: match finding.severity {
            Severity::Deny | Severity::Hold => Grade::Error,
            Severity::Warn => Grade::Warning,
            Severity::Note => Grade::Note,
        },
        kind: format!("{}[{}]", finding.severity, printable(finding.rule.as_str())),
        title: printable(&finding.message),
        // Names it for `rules waive`.
        place: format!("{place} (fingerprint {})", finding.fingerprint.short()),
        quoted: quoted(at.line, finding.excerpt.as_ref(), None),
        said: commit.into_iter().chain(help).collect(),
    }
}

/// Why paths hold the change, with the line of the policy that says so. Paths that one line of
/// the policy names are told together.
pub(super) fn causes(page: &mut Page, assessment: &Assessment) {
    let mut told: Vec<(&Cause, Vec<&RepoPath>)> = Vec::new();
    for (cause, path) in grave_causes(assessment).filter_map(|cause| Some((cause, cause.path.as_ref()?))) {
        match told.iter_mut().find(|(first, _)| first.id == cause.id && first.at == cause.at) {
            Some((_, paths)) => paths.push(path),
            None => told.push((cause, vec![path])),
        }
    }
    for (cause, paths) in told {
        page.diagnostic(&of_cause(page, cause, &paths));
    }
}

/// A place in the policy where there is one, else the path itself.
fn of_cause<'a>(page: &Page, cause: &Cause, paths: &[&RepoPath]) -> Diagnostic<'a> {
    let mut paths = paths.iter().map(|path| shown_path(path));
    let path = paths.next().unwrap_or_default();
    let mut more: Vec<String> = paths.collect();
    let count = more.len();
    more.truncate(page.cap(SHOWN_OF_ONE_RULE));
    let hidden = match count - more.len() {
        0 => String::new(),
        hidden => format!(" and {hidden} more: {WHOLE}"),
    };
    let also = format!("the same for {}: {}{hidden}", counted(count, "more path"), more.join(", "));
    let at = cause.at.as_ref();
    let line = at.map(|at| at.line);
    let shown = at.map(|at| Excerpt { line: at.text.clone(), start: at.start, end: at.end });
    let origin = at.map_or_else(|| path.clone(), |at| printable(&at.origin));
    Diagnostic {
        grade: Grade::Error,
        kind: format!("{}[{}]", cause.level, cause.id),
        title: printable(&cause.message),
        place: place_of(origin, line, at.map(|at| at.start + 1)),
        quoted: quoted(line, shown.as_ref(), Some(format!("names {path}"))),
        said: (count > 0).then(|| ("note", page.wrapped(&also))).into_iter().collect(),
    }
}

/// How many findings there are of each severity, and those that a waiver excuses.
pub(super) fn tally(page: &mut Page, assessment: &Assessment) {
    if assessment.findings.is_empty() {
        return;
    }
    let excused: Vec<(&Finding, &Waived)> =
        assessment.findings.iter().filter_map(|finding| Some((finding, finding.waived.as_ref()?))).collect();
    let of = |severity| weighing(assessment).filter(|finding| finding.severity == severity).count();
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (of(severity), severity.as_str()))
        .chain([(excused.len(), "waived")])
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    page.heading("findings", &format!("{} ({})", assessment.findings.len(), counts.join(", ")));
    let cap = page.cap(FEW);
    for (finding, waiver) in excused.iter().take(cap) {
        let what = format!("{} in {}: {} ({})", finding.rule, place(&finding.place), waiver.reason, waiver.by);
        page.hanging("  waived  ", &what);
    }
    if excused.len() > cap {
        page.line(&format!("  and {} more waived: {WHOLE}", excused.len() - cap));
    }
}
