//! The sentences several formats share: the headline, who must approve, what is held elsewhere.

use std::collections::BTreeSet;

use super::escape::{printable, shown_path};
use crate::model::{
    Assessment, Cause, Decision, Enforcement, Exit, FileFacts, Finding, Gate, Gather, InHistory, Judgement, Need,
    ObjectId, Outcome, Place, Reach, Reason, RepoPath, RiskLevel, RuleId, Scanned, Severity, TargetKind, counted,
};

/// The line that is enough on its own: a word for what the gate does, and why.
pub(super) struct Headline {
    pub word: &'static str,
    pub rest: String,
}

impl Headline {
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.word, self.rest)
    }
}

pub(super) fn headline(judgement: &Judgement) -> Headline {
    let (word, rest) = match judgement.decision.exit {
        Exit::Denied => ("denied", denied(judgement)),
        Exit::Held => ("held", held(judgement)),
        Exit::Pass => ("passes", passes(judgement)),
    };
    Headline { word, rest }
}

fn denied(judgement: &Judgement) -> String {
    let denying: Vec<&Finding> =
        weighing(&judgement.assessment).filter(|finding| finding.severity == Severity::Deny).collect();
    let Some((first, more)) = denying.split_first() else {
        return first_reason(&judgement.decision);
    };
    let secret = denying.iter().all(|finding| finding.rule.is_of(RuleId::SECRET));
    let what = counted(denying.len(), if secret { "secret" } else { "finding" });
    let files = denying.iter().map(|finding| &finding.place.path).gathered::<BTreeSet<_>>().len();
    if more.is_empty() && secret {
        format!("{what} in {}", place(&first.place))
    } else if more.is_empty() {
        format!("{} in {}", printable(&first.message), place(&first.place))
    } else if files == 1 {
        format!("{what} in one file, first in {}", place(&first.place))
    } else {
        format!("{what} in {}, first in {}", counted(files, "file"), place(&first.place))
    }
}

fn held(judgement: &Judgement) -> String {
    let risk = &judgement.assessment.risk;
    match missing(&judgement.decision) {
        Some(missing) => format!("{} risk (score {}) needs {missing}", risk.level, risk.score),
        None => first_reason(&judgement.decision),
    }
}

fn passes(judgement: &Judgement) -> String {
    let outcome = match judgement.decision.outcome {
        Outcome::AutoApproved => "auto-approved".to_owned(),
        Outcome::Notified => "allowed with notice".to_owned(),
        Outcome::Approved => approved_by(&judgement.decision),
        Outcome::Overridden => "overridden".to_owned(),
        Outcome::ApprovalPending => format!("approval pending (not required at {})", judgement.level),
        Outcome::Rejected => format!("rejected (not enforced at {})", judgement.level),
        Outcome::Blocked => format!("blocked (not enforced at {})", judgement.level),
    };
    if judgement.target.kind == TargetKind::Tree {
        let files = counted(judgement.assessment.files.len(), "file");
        return format!("{files} read, nothing denied");
    }
    if let Some(reach) = judgement.target.reach {
        return format!("{} read, nothing denied", reached(reach));
    }
    format!("{}, {}, {outcome}", judgement.assessment.risk.level, size(&judgement.assessment))
}

fn approved_by(decision: &Decision) -> String {
    let people: BTreeSet<&str> = decision.needed.iter().flat_map(|need| &need.counted).map(String::as_str).gathered();
    if people.is_empty() {
        return "approved".to_owned();
    }
    format!("approved by {}", listed(people, "and"))
}

fn first_reason(decision: &Decision) -> String {
    decision.reasons.first().map_or_else(|| decision.outcome.to_string(), |reason| printable(&reason.what))
}

/// `3 files, +12 -4`; lines of generated files are counted apart.
fn size(assessment: &Assessment) -> String {
    if assessment.files.is_empty() {
        return "nothing changed".to_owned();
    }
    let (added, deleted) = assessment.lines();
    format!("{}, +{added} -{deleted}", counted(assessment.files.len(), "file"))
}

/// The approvals that are still missing, in words; `None` when there are none.
pub(super) fn missing(decision: &Decision) -> Option<String> {
    let unmet: Vec<String> = decision.needed.iter().filter(|need| !need.is_met()).map(missing_for).collect();
    (!unmet.is_empty()).then(|| listed(unmet.iter().map(String::as_str), "and"))
}

fn missing_for(need: &Need) -> String {
    let missing = usize::try_from(need.count).unwrap_or(usize::MAX).saturating_sub(need.counted.len());
    let more = if need.counted.is_empty() { "" } else { "more " };
    let signed = if need.signed { "signed " } else { "" };
    format!("{} from {}", counted(missing, &format!("{more}{signed}approval")), approvers(need))
}

/// `tech_lead or admin`.
pub(super) fn approvers(need: &Need) -> String {
    if need.roles.is_empty() {
        return "anyone with a role".to_owned();
    }
    listed(need.roles.iter().map(String::as_str), "or")
}

/// `a`, `a or b`, `a, b or c`, made printable.
fn listed<'a>(items: impl IntoIterator<Item = &'a str>, joined: &str) -> String {
    let mut items: Vec<String> = items.into_iter().map(printable).collect();
    let last = items.pop().unwrap_or_default();
    if items.is_empty() { last } else { format!("{} {joined} {last}", items.join(", ")) }
}

/// Where the push gate would hold a change that awaits an approval though it passes here.
pub(super) fn held_elsewhere(judgement: &Judgement) -> Option<String> {
    let decision = &judgement.decision;
    if decision.exit != Exit::Pass || decision.outcome != Outcome::ApprovalPending {
        return None;
    }
    let risk = judgement.assessment.risk.level;
    let holds = |level: &Enforcement| Gate::Push.holds_from(*level).is_some_and(|from| from <= risk);
    let levels: Vec<&str> = Enforcement::ALL.into_iter().filter(holds).map(Enforcement::as_str).collect();
    let needs = missing(decision).map(|missing| format!(" until it has {missing}")).unwrap_or_default();
    (!levels.is_empty()).then(|| format!("the push gate would hold it at {}{needs}", listed(levels, "and")))
}

/// The tree of reasons, each with its depth, a reason before those that explain it. A reason tells
/// its outcome where that differs from what it explains.
pub(super) fn reasons(decision: &Decision) -> Vec<(usize, String)> {
    let mut flat = Vec::new();
    flatten(&decision.reasons, decision.outcome, 0, &mut flat);
    flat
}

fn flatten(reasons: &[Reason], explained: Outcome, depth: usize, flat: &mut Vec<(usize, String)>) {
    for reason in reasons {
        let outcome = if reason.outcome == explained { String::new() } else { format!("{}: ", reason.outcome) };
        flat.push((depth, format!("{outcome}{}", reason.what)));
        flatten(&reason.because, reason.outcome, depth + 1, flat);
    }
}

/// `src/a.rs:3`, as far as it is known.
pub(super) fn place(place: &Place) -> String {
    let path = shown_path(&place.path);
    place.line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"))
}

/// `12 blobs of 5 commits`.
pub(super) fn reached(reach: Reach) -> String {
    format!("{} of {}", counted(reach.blobs, "blob"), counted(reach.commits, "commit"))
}

/// The commit that has a finding, and whether it is still there, where that is known.
pub(super) fn in_commit(commit: Option<ObjectId>, history: Option<InHistory>) -> Option<String> {
    let Some(InHistory { since, in_head }) = history else {
        return commit.map(|commit| format!("in commit {}", commit.short()));
    };
    let still = if in_head { "still in the newest tree" } else { "only in history" };
    let since = since.map(|since| format!(" of {since}")).unwrap_or_default();
    let came = commit.map(|commit| format!("came with commit {}{since}, ", commit.short())).unwrap_or_default();
    Some(format!("{came}{still}"))
}

/// Findings that no waiver excuses.
pub(super) fn weighing(assessment: &Assessment) -> impl Iterator<Item = &Finding> {
    assessment.findings.iter().filter(|finding| finding.counts())
}

/// The lines of the level table that hold a change, and that no finding tells of already.
pub(super) fn grave_causes(assessment: &Assessment) -> impl Iterator<Item = &Cause> {
    assessment.own_causes().filter(|cause| cause.level >= RiskLevel::High)
}

/// The file a statement about the whole change is pinned to, for readers that insist on a file:
/// the one with the most changed lines.
pub(super) fn largest_file(assessment: &Assessment) -> Option<&RepoPath> {
    let lines = |facts: &FileFacts| facts.lines.added.count().saturating_add(facts.lines.deleted.count());
    let sized = assessment.files.iter().map(|file| (!file.generated, lines(&file.facts), &file.facts.change.path));
    // `rev` because the last of several equals wins, and the first path reads more naturally.
    sized.rev().max_by_key(|(counts, lines, _)| (*counts, *lines)).map(|(_, _, path)| path)
}

/// How the content rules read a file that is not plain text; `None` when they read it as text or
/// when there was nothing to read.
pub(super) const fn scanned(scanned: Scanned) -> Option<&'static str> {
    match scanned {
        Scanned::Text | Scanned::Absent => None,
        Scanned::Utf16 => Some("utf16"),
        Scanned::Binary => Some("binary"),
        Scanned::Unpacked => Some("archive"),
        Scanned::PartlyUnpacked => Some("part_of_archive"),
        Scanned::Large(_) => Some("large"),
        Scanned::LfsPointer => Some("lfs_pointer"),
        Scanned::Symlink => Some("symlink"),
        Scanned::Submodule => Some("submodule"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn line(judgement: &Judgement) -> String {
        headline(judgement).line()
    }

    #[test]
    fn a_denial_names_what_denies_and_where() {
        let mut judgement = samples::denied();
        assert_eq!(line(&judgement), "denied: 1 secret in src/new.rs:3");

        let mut again = judgement.assessment.findings[1].clone();
        again.place.line = Some(9);
        judgement.assessment.findings.push(again.clone());
        assert_eq!(line(&judgement), "denied: 2 secrets in one file, first in src/new.rs:3");

        again.place.path = "docs/guide.md".into();
        again.rule = crate::model::RuleId::new("header/edited");
        judgement.assessment.findings.push(again);
        assert_eq!(line(&judgement), "denied: 3 findings in 2 files, first in src/new.rs:3");

        judgement.assessment.findings.drain(..3);
        assert_eq!(line(&judgement), "denied: AWS access key id in docs/guide.md:9");

        judgement.assessment.findings.clear();
        assert_eq!(line(&judgement), "denied: a finding denies the change");
    }

    #[test]
    fn a_waived_secret_is_no_reason_for_a_denial() {
        let mut judgement = samples::waived();
        judgement.decision.exit = Exit::Denied;
        judgement.decision.reasons[0].what = "ada@example.com rejected it".into();

        assert_eq!(line(&judgement), "denied: ada@example.com rejected it");
    }

    #[test]
    fn what_is_held_says_whose_approval_is_missing() {
        let mut judgement = samples::held();
        assert_eq!(line(&judgement), "held: HIGH risk (score 62) needs 1 approval from tech_lead or admin");

        let need = &mut judgement.decision.needed[0];
        (need.count, need.signed, need.roles) = (3, true, vec![]);
        need.counted = vec!["ada@example.com".into()];
        assert_eq!(
            line(&judgement),
            "held: HIGH risk (score 62) needs 2 more signed approvals from anyone with a role"
        );

        judgement.decision.needed.clear();
        assert_eq!(line(&judgement), "held: HIGH risk needs 1 approval from tech_lead or admin, and has none");
    }

    #[test]
    fn what_passes_says_how_much_it_is_and_why_it_may() {
        let with = |outcome, mut judgement: Judgement| {
            judgement.decision.outcome = outcome;
            line(&judgement)
        };
        let mut empty = samples::pass();
        empty.assessment.files.clear();

        assert_eq!(line(&samples::pass()), "passes: LOW, 3 files, +12 -4, auto-approved");
        assert_eq!(line(&empty), "passes: LOW, nothing changed, auto-approved");
        assert_eq!(line(&samples::imputed()), "passes: MEDIUM, 3 files, +12 -4, allowed with notice");
        assert_eq!(line(&samples::waived()), "passes: HIGH, 3 files, +180 -6, approved by ada@example.com");
        assert_eq!(with(Outcome::Approved, samples::pass()), "passes: LOW, 3 files, +12 -4, approved");
        assert_eq!(with(Outcome::Overridden, samples::pass()), "passes: LOW, 3 files, +12 -4, overridden");
        let pending = "passes: HIGH, 4 files, +230 -10, approval pending (not required at development)";
        assert_eq!(line(&samples::development()), pending);
    }

    #[test]
    fn a_change_that_passes_unapproved_is_told_where_it_would_not() {
        let mut judgement = samples::development();
        let needs = "until it has 1 approval from tech_lead or admin";
        let told = format!("the push gate would hold it at staging and production {needs}");
        assert_eq!(held_elsewhere(&judgement), Some(told));

        judgement.assessment.risk.level = RiskLevel::Low;
        assert_eq!(held_elsewhere(&judgement), None);
        assert_eq!(held_elsewhere(&samples::held()), None);
        assert_eq!(held_elsewhere(&samples::pass()), None);
    }

    #[test]
    fn the_largest_file_is_not_a_generated_one() {
        assert_eq!(largest_file(&samples::held().assessment), Some(&"src/core/engine.rs".into()));
    }
}
