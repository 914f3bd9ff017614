//! What a person reads in a chat: plain text, so that nothing of a repository is taken for markup.

use std::fmt::Write;

use super::event::{Event, What};
use crate::model::{
    Arrange, AssessedFile, Assessment, Cause, Ending, Finding, Gate, Judgement, Need, Outcome, RiskLevel, Severity,
    Status, counted, deceives, shortened,
};

/// At most this many files, causes and findings are named; the rest is counted.
const MOST: usize = 5;

/// Longer texts are cut.
const LONGEST: usize = 300;

pub(super) struct Text {
    pub(super) title: String,
    pub(super) body: String,
}

pub(super) fn of(event: &Event<'_>) -> Text {
    let mut body = String::new();
    // Writing to a `String` cannot fail, here and below.
    let _ = writeln!(body, "Repository: {}", shown(event.repository));
    if let Some(reference) = event.reference {
        let _ = writeln!(body, "Branch: {}", shown(shortened(reference)));
    }
    let _ = writeln!(body, "Change: {}", shown(event.described()));
    match event.what {
        What::Decided { judgement, exit } => {
            let _ = writeln!(body, "By: {}", shown(event.actor));
            let _ = writeln!(body, "Gate: {}", gate(judgement, exit));
        }
        What::Said(word) => {
            let _ = writeln!(body, "By: {}", shown(&word.by));
        }
    }
    if let Some((level, score)) = event.risk() {
        let _ = writeln!(body, "Risk: {} {level} (score: {score}/100)", sign(level));
    }
    match event.what {
        What::Decided { judgement, .. } => decided(&mut body, event, judgement),
        What::Said(word) => {
            if let Some(why) = &word.why {
                let _ = writeln!(body, "Notes: {}", shown(why));
            }
            let _ = writeln!(body, "Request: {}", event.request());
        }
    }
    Text { title: title(event).to_owned(), body: body.trim_end().to_owned() }
}

pub(super) fn trial(repository: &str) -> Text {
    let body = format!("Repository: {}\nDecisions of gov-hook there will be reported here.", shown(repository));
    Text { title: "🔔 gov-hook Test".to_owned(), body }
}

/// The two commands that answer a request.
pub(super) fn answers(event: &Event<'_>) -> [String; 2] {
    let request = event.request();
    [format!("gov-hook approve {request}"), format!("gov-hook reject {request} --reason WHY")]
}

/// On one line, all of it visible, not endless.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.trim().chars().take(LONGEST) {
        match character {
            '\n' | '\r' | '\t' if shown.ends_with(' ') => {}
            '\n' | '\r' | '\t' => shown.push(' '),
            other if deceives(other) => shown.extend(other.escape_unicode()),
            other => shown.push(other),
        }
    }
    if text.trim().chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

const fn title(event: &Event<'_>) -> &'static str {
    match event.outcome() {
        Outcome::AutoApproved => "✅ gov-hook Auto-Approved",
        Outcome::Notified => "ℹ️ gov-hook Notice",
        Outcome::Approved => "✅ gov-hook Approved",
        Outcome::Overridden => "🔓 gov-hook Overridden",
        Outcome::ApprovalPending if matches!(event.what, What::Decided { exit: Ending::Pass, .. }) => {
            "ℹ️ gov-hook Approval Pending, Not Held Here"
        }
        Outcome::ApprovalPending => "⚠️ gov-hook Approval Needed",
        Outcome::Rejected => "❌ gov-hook Rejected",
        Outcome::Blocked => "⛔ gov-hook Blocked",
    }
}

const fn sign(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "🟢",
        RiskLevel::Medium => "🟡",
        RiskLevel::High => "🔴",
        RiskLevel::Critical => "🚨",
    }
}

fn gate(judgement: &Judgement, exit: Ending) -> String {
    let said = match exit {
        Ending::Pass => "may pass",
        Ending::Denied => "denied",
        Ending::Held | Ending::Undecided => "held",
    };
    let gate = match judgement.gate {
        Gate::Commit => "commit",
        Gate::Push => "push",
    };
    format!("{gate} at {}, {said}", judgement.level)
}

fn decided(body: &mut String, event: &Event<'_>, judgement: &Judgement) {
    let assessment = &judgement.assessment;
    let _ = writeln!(body, "\nChanges:");
    for line in files(assessment).into_iter().chain(causes(assessment)).chain(findings(assessment)) {
        let _ = writeln!(body, "• {line}");
    }
    let (added, deleted) = assessment.lines();
    if let Some(net) = deleted.checked_sub(added).filter(|net| *net > 0) {
        let net = usize::try_from(net).unwrap_or(usize::MAX);
        let _ = writeln!(body, "• Net Deletion: {}", counted(net, "line"));
    }
    let unmet: Vec<String> = judgement.decision.needed.iter().filter(|need| !need.is_met()).map(missing).collect();
    if event.outcome() == Outcome::ApprovalPending {
        let [approve, reject] = answers(event);
        let _ = writeln!(body, "\nNeeds: {}\nApprove: {approve}\nReject: {reject}", unmet.join(", and "));
    }
}

/// The largest first.
fn files(assessment: &Assessment) -> Vec<String> {
    let lines = |file: &&AssessedFile| (file.facts.lines.added.count(), file.facts.lines.deleted.count());
    let mut files: Vec<&AssessedFile> = assessment.files.iter().collect();
    files.arrange_by_key(|file| {
        let (added, deleted) = lines(file);
        (file.generated, std::cmp::Reverse(added.saturating_add(deleted)))
    });
    let told = |file: &AssessedFile| {
        let did = match file.facts.change.status() {
            Status::Added => "Added",
            Status::Deleted => "Deleted",
            Status::Modified => "Modified",
            Status::ModeChanged => "Mode Changed",
            Status::TypeChanged => "Type Changed",
            Status::Renamed => "Renamed",
        };
        let counts = match lines(&file) {
            (0, 0) => String::new(),
            (added, 0) => format!(" (+{added} lines)"),
            (0, deleted) => format!(" (-{deleted} lines)"),
            (added, deleted) => format!(" (+{added} -{deleted} lines)"),
        };
        format!("{did}: {}{counts}", shown(&file.facts.change.path.to_string()))
    };
    some(&files, "more file", |file| told(file))
}

/// What gives the change its level, the gravest first; what a finding gives is told with that.
fn causes(assessment: &Assessment) -> Vec<String> {
    let mut causes: Vec<&Cause> = assessment.own_causes().collect();
    causes.arrange_by_key(|cause| std::cmp::Reverse(cause.level));
    some(&causes, "more risk", |cause| format!("Risk: {}", shown(&cause.message)))
}

fn findings(assessment: &Assessment) -> Vec<String> {
    let mut findings: Vec<&Finding> =
        assessment.findings.iter().filter(|finding| finding.counts() && finding.severity >= Severity::Hold).collect();
    findings.arrange_by_key(|finding| std::cmp::Reverse(finding.severity));
    some(&findings, "more finding", |finding| {
        let line = finding.place.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("Finding: {} in {}{line}", shown(&finding.message), shown(&finding.place.path.to_string()))
    })
}

fn some<T>(items: &[T], more: &str, told: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = items.iter().take(MOST).map(told).collect();
    if let Some(left) = items.len().checked_sub(MOST).filter(|left| *left > 0) {
        lines.push(counted(left, more));
    }
    lines
}

fn missing(need: &Need) -> String {
    let missing = usize::try_from(need.count).unwrap_or(usize::MAX).saturating_sub(need.counted.len());
    let what = if need.signed { "signed approval" } else { "approval" };
    let who = if need.roles.is_empty() { "anyone with a role".to_owned() } else { need.roles.join(" or ") };
    format!("{} from {}", counted(missing, what), shown(&who))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::event::tests::{decided, said, word};
    use crate::report::samples;

    fn whole(event: &Event<'_>) -> String {
        let Text { title, body } = of(event);
        format!("{title}\n\n{body}")
    }

    #[test]
    fn a_request_tells_what_changed_why_it_is_a_risk_and_how_to_answer() {
        let judgement = samples::held();
        let event = decided(&judgement);
        let request = event.request();

        let expected = format!(
            "\
⚠️ gov-hook Approval Needed

Repository: shop
Branch: main
Change: 3 commits on feature since main
By: Mira Example <mira@example.com>
Gate: push at staging, held
Risk: 🔴 HIGH (score: 62/100)

Changes:
• Modified: src/core/engine.rs (+180 -6 lines)
• Modified: src/core/gears.rs (+50 -4 lines)
• Added: assets/logo.png
• Modified: Cargo.lock (+400 -20 lines)
• Risk: src/core/engine.rs is protected by `src/core/**`
• Risk: src/core/gears.rs is protected by `src/core/**`
• Risk: 240 lines changed, more than 200

Needs: 1 approval from tech_lead or admin
Approve: gov-hook approve {request}
Reject: gov-hook reject {request} --reason WHY"
        );
        assert_eq!(whole(&event), expected);
    }

    #[test]
    fn what_awaits_an_approval_and_passes_is_not_told_as_held() {
        let judgement = samples::held();
        let passing =
            Event { what: What::Decided { judgement: &judgement, exit: Ending::Pass }, ..decided(&judgement) };

        let Text { title, body } = of(&passing);

        assert_eq!(title, "ℹ️ gov-hook Approval Pending, Not Held Here");
        assert!(body.contains("\nGate: push at staging, may pass\n"), "{body}");
    }

    #[test]
    fn a_denial_names_the_finding_and_not_what_was_found() {
        let judgement = samples::denied();

        let text = whole(&decided(&judgement));

        assert!(text.starts_with("⛔ gov-hook Blocked\n"), "{text}");
        assert!(text.contains("\n• Finding: AWS access key id in src/new.rs:3"), "{text}");
        assert!(!text.contains("AKIA"), "{text}");
    }

    #[test]
    fn an_approval_tells_who_gave_it_and_with_what_words() {
        let word = word();

        let expected = format!(
            "\
✅ gov-hook Approved

Repository: shop
Branch: main
Change: 3 commits on feature since main
By: lin@example.com
Risk: 🟡 MEDIUM (score: 31/100)
Notes: read <all> of it
Request: {}",
            said(&word).request()
        );
        assert_eq!(whole(&said(&word)), expected);
    }

    #[test]
    fn no_name_forges_a_line_and_none_is_endless() {
        assert_eq!(shown("a\nRisk: LOW\u{202e}"), "a Risk: LOW\\u{202e}");
        assert_eq!(shown(&"x".repeat(301)), format!("{}…", "x".repeat(300)));
        assert_eq!(shown(&"x".repeat(300)), "x".repeat(300));
    }

    #[test]
    fn a_change_of_many_files_is_told_within_what_telegram_takes() {
        let judgement = samples::crowded();

        let Text { title, body } = of(&decided(&judgement));

        assert!(title.chars().count() + body.chars().count() < 4096, "{}", body.chars().count());
        assert!(body.contains(" more files\n"), "{body}");
    }
}
