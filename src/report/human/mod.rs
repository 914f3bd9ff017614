//! The report a person reads. Line one is enough on its own, the last line is the next command,
//! and what lies between is for whoever wants to argue.

mod diagnostics;
mod page;
mod sections;

use std::fmt::Write;

use super::escape::printable;
use super::words::{headline, held_elsewhere, place, weighing};
use super::{Detail, Style};
use crate::model::{Arrange, Exit, Finding, Judgement, Outcome, Severity, TargetKind};
use page::{Page, Tone};

/// How a list that was cut short can be read whole.
const WHOLE: &str = "add --verbose to the command";

pub(super) fn render(judgement: &Judgement, style: Style) -> String {
    let exit = judgement.decision.exit;
    if style.detail == Detail::Quiet && exit == Exit::Pass {
        return String::new();
    }
    let mut page = Page::new(style);
    let headline = headline(judgement);
    let tone = match exit {
        Exit::Pass => Tone::Good,
        Exit::Held => Tone::Held,
        Exit::Denied => Tone::Bad,
    };
    page.line(&format!("{} {}", page.paint(tone, &format!("{}:", headline.word)), page.strong(&headline.rest)));
    let Judgement { target, gate, level, policy, .. } = judgement;
    let law = if policy.built_in { String::new() } else { format!(", policy {}", policy.origin) };
    page.prose(0, 0, &format!("judged: {}, {gate} gate, level {level}{law}", target.described));
    if policy.built_in {
        page.prose(0, 0, "the built-in policy applies: no .gov/policy.yaml is in force");
    }
    page.prose(0, 0, &held_elsewhere(judgement).unwrap_or_default());
    diagnostics::findings(&mut page, &judgement.assessment);
    diagnostics::causes(&mut page, &judgement.assessment);
    if style.detail != Detail::Quiet {
        diagnostics::tally(&mut page, &judgement.assessment);
        if let Some(reach) = target.reach {
            sections::history(&mut page, reach);
        } else if target.kind == TargetKind::Tree {
            sections::tree(&mut page, &judgement.assessment);
        } else {
            sections::files(&mut page, &judgement.assessment);
        }
        sections::risk(&mut page, judgement);
    }
    sections::approvals(&mut page, &judgement.decision);
    sections::notes(&mut page, judgement);
    sections::why(&mut page, &judgement.decision);
    sections::next(&mut page, &judgement.next);
    page.finish()
}

/// What somebody should know of a change that passes, a line for each thing; `None` when all is well.
#[must_use]
pub fn in_passing(judgement: &Judgement) -> Option<String> {
    const MOST: usize = 5;
    let mut told: Vec<&Finding> =
        weighing(&judgement.assessment).filter(|finding| finding.severity > Severity::Note).collect();
    if told.is_empty() && judgement.decision.outcome == Outcome::AutoApproved {
        return None;
    }
    told.arrange_by(|a, b| (b.severity, &a.place).cmp(&(a.severity, &b.place)));
    let mut text = headline(judgement).line() + "\n";
    for finding in told.iter().take(MOST) {
        let (place, message) = (place(&finding.place), printable(&finding.message));
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {} {place}: {message} [{}]", finding.severity, finding.rule);
    }
    if let Some(more @ 1..) = told.len().checked_sub(MOST) {
        let _ = writeln!(text, "  and {more} more");
    }
    Some(text)
}

/// What a change is, for somebody who is about to answer for it: its findings, its files and its risk.
#[must_use]
pub fn summary(judgement: &Judgement, style: Style) -> String {
    let mut page = Page::new(style);
    diagnostics::findings(&mut page, &judgement.assessment);
    sections::files(&mut page, &judgement.assessment);
    sections::risk(&mut page, judgement);
    sections::approvals(&mut page, &judgement.decision);
    page.finish()
}
