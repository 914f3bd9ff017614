//! Findings and the causes of a risk level, each with the line it speaks of.

use annotate_snippets::{AnnotationKind, Group, Level, Message, Snippet, Title};

use super::super::escape::{excerpt, printable, shown_path};
use super::super::words::{grave_causes, in_commit, place, weighing};
use super::WHOLE;
use super::page::{Page, Tone};
use crate::model::{Arrange, Assessment, Cause, Excerpt, Finding, RepoPath, Severity, Waived, counted};

/// Findings of one rule that are shown in full when there are many.
const SHOWN_OF_ONE_RULE: usize = 3;
/// Up to this many findings are shown in full whatever their rules.
const FEW: usize = 6;
/// After this many, rules are only counted.
const MANY: usize = 20;

/// A title, the place it speaks of, the line there, and what else there is to say.
struct Diagnostic<'a> {
    level: Level<'a>,
    title: Title<'a>,
    path: String,
    /// Names a finding for `rules waive`.
    fingerprint: Option<String>,
    line: Option<u32>,
    column: Option<usize>,
    excerpt: Option<Excerpt>,
    label: Option<String>,
    said: Vec<Message<'a>>,
}

/// The place is written here, not by the renderer, which would count the columns of the excerpt as
/// it is shown: redacted, cut and with escapes.
fn show(page: &mut Page, diagnostic: Diagnostic) {
    let renderer = page.renderer();
    let mut place = diagnostic.path;
    place.extend(diagnostic.line.map(|line| format!(":{line}")));
    place.extend(diagnostic.line.and(diagnostic.column).map(|column| format!(":{column}")));
    place.extend(diagnostic.fingerprint.map(|fingerprint| format!(" (fingerprint {fingerprint})")));
    let quoted = diagnostic.excerpt.zip(diagnostic.line);
    let indent = quoted.as_ref().map_or(0, |(_, line)| line.to_string().len());
    let mut body = Group::with_level(diagnostic.level);
    if let Some((quoted, line)) = &quoted {
        let (source, mark) = excerpt(quoted);
        let mark = AnnotationKind::Primary.span(mark).label(diagnostic.label);
        body = body.element(Snippet::source(source).line_start(*line as usize).annotation(mark));
    }
    let body = body.elements(diagnostic.said);
    page.gap();
    page.line(&renderer.render(&[Group::with_title(diagnostic.title)]));
    page.line(&format!("{}{} {place}", " ".repeat(indent), page.paint(Tone::Arrow, "-->")));
    if !body.is_empty() {
        page.line(&renderer.render(&[body]));
    }
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
            show(page, of_finding(page, finding));
        }
        if let Some(first) = more.first() {
            let what = format!("{}[{}]", first.severity, first.rule);
            let from = if more.len() == 1 { "in" } else { "the first in" };
            page.gap();
            page.prose(0, 2, &format!("{what}: and {} more, {from} {}: {WHOLE}", more.len(), place(&first.place)));
        }
    }
}

fn of_finding<'a>(page: &Page, finding: &'a Finding) -> Diagnostic<'a> {
    let level = match finding.severity {
        Severity::Deny | Severity::Hold => Level::ERROR,
        Severity::Warn => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let level = level.with_name(finding.severity.as_str());
    let commit = in_commit(finding.place.commit, finding.history);
    let help = finding.help.as_ref().map(|help| page.wrapped(help));
    Diagnostic {
        level: level.clone(),
        title: level.primary_title(printable(&finding.message)).id(printable(finding.rule.as_str())),
        path: shown_path(&finding.place.path),
        fingerprint: Some(finding.fingerprint.short()),
        line: finding.place.line,
        column: finding.place.column.map(|column| column as usize),
        excerpt: finding.excerpt.clone(),
        label: None,
        said: commit
            .map(|commit| Level::NOTE.message(commit))
            .into_iter()
            .chain(help.map(|help| Level::HELP.message(help)))
            .collect(),
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
        show(page, of_cause(page, cause, &paths));
    }
}

/// A place in the policy where there is one, else the path itself.
fn of_cause<'a>(page: &Page, cause: &'a Cause, paths: &[&RepoPath]) -> Diagnostic<'a> {
    let level = Level::ERROR.with_name(cause.level.as_str());
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
    Diagnostic {
        level: level.clone(),
        title: level.primary_title(printable(&cause.message)).id(cause.id),
        path: at.map_or_else(|| path.clone(), |at| printable(&at.origin)),
        fingerprint: None,
        line: at.map(|at| at.line),
        column: at.map(|at| at.start + 1),
        excerpt: at.map(|at| Excerpt { line: at.text.clone(), start: at.start, end: at.end }),
        label: at.map(|_| format!("names {path}")),
        said: (count > 0).then(|| Level::NOTE.message(page.wrapped(&also))).into_iter().collect(),
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
