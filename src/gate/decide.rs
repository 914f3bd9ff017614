//! The decision: the worst thing that is true of a change, and whether this gate holds it.

use super::approvals::{Heard, Rejection, hear, needs};
use super::debts::debts;
use super::overrides::{Overriding, overriding};
use crate::model::{
    Arrange, AssessedFile, Assessment, Decision, Evidence, Finding, Need, Outcome, Reason, RiskLevel, Severity, counted,
};
use crate::policy::Policy;

/// Commits of a range that an approval covers by themselves, and what was decided on them.
#[derive(Clone, Debug)]
pub struct SetAside {
    pub commits: usize,
    pub decision: Decision,
}

/// What of a change is decided on.
#[derive(Clone, Copy, Debug)]
pub enum Extent<'a> {
    Whole,
    /// Some commits of a range by themselves. However small, somebody has to approve them: else
    /// nothing sets them aside.
    Part,
    /// What is left of a range once approved commits are set aside. Where nothing is, the assessment
    /// is still of the whole.
    Rest {
        aside: &'a [SetAside],
        is_empty: bool,
    },
}

#[must_use]
pub fn decide(assessment: &Assessment, evidence: &Evidence, policy: &Policy, extent: Extent<'_>) -> Decision {
    let kept: Vec<&AssessedFile> = assessment.files.iter().filter(|file| file.kept_by_category.is_some()).collect();
    let needs_for = |asks_high| needs(assessment, evidence.level, policy, asks_high);
    let (asked, aside, usual) = match extent {
        Extent::Whole => (needs_for(!kept.is_empty()), &[][..], Outcome::ApprovalPending),
        Extent::Part => (needs_for(true), &[][..], Outcome::ApprovalPending),
        Extent::Rest { aside, is_empty: true } => (Vec::new(), aside, Outcome::Approved),
        Extent::Rest { aside, is_empty: false } => (needs_for(!kept.is_empty()), aside, Outcome::ApprovalPending),
    };
    let Heard { needs, rejections, timed_out, mut not_counted, mut rests_on } =
        hear(asked, assessment.risk.level, evidence, policy);
    let by_level = needs.iter().find(|need| is_by_level(need)).map_or(usual, asked_outcome);
    let mut reasons = vec![risk_reason(assessment, by_level)];
    if matches!(extent, Extent::Part) {
        reasons.push(reason(by_level, "some commits of a range, by themselves".into()));
    }
    reasons.extend(category_reasons(&kept, by_level));
    reasons.extend(needs.iter().filter(|need| !is_by_level(need)).map(need_reason));
    reasons.extend(aside.iter().map(aside_reason));
    let denied = assessment.findings.iter().filter(|finding| finding.counts() && finding.severity == Severity::Deny);
    reasons.extend(denied.map(denial));
    reasons.extend(debts(evidence, policy).into_iter().map(|owed| reason(Outcome::Blocked, owed)));
    reasons.extend(timed_out.map(|at| reason(Outcome::Rejected, format!("nobody answered its request by {at}"))));
    let rejected = |rejection: &Rejection| reason(Outcome::Rejected, format!("rejected by {}", rejection.by));
    if worst(&reasons) > Outcome::Overridden || !rejections.is_empty() {
        let Overriding { by, not_counted: others } = overriding(assessment.risk.level, evidence, policy);
        not_counted.extend(others);
        if let Some(by) = by {
            let (earlier, later): (Vec<_>, Vec<_>) = rejections.iter().partition(|rejection| by.answers_for(rejection));
            reasons.extend(earlier.into_iter().map(rejected));
            reasons.iter_mut().for_each(lift);
            reasons.push(reason(Outcome::Overridden, format!("overridden by {}: {}", by.by, by.reason)));
            let since = |rejection: &Rejection| {
                let what = format!("rejected by {} after it was overridden", rejection.by);
                reason(Outcome::Rejected, what)
            };
            reasons.extend(later.into_iter().map(since));
            rests_on = vec![by.id];
        } else {
            reasons.extend(rejections.iter().map(rejected));
        }
    }
    // A stable sort: among equals the order above stays.
    reasons.arrange_by_key(|reason| std::cmp::Reverse(reason.outcome));
    let outcome = worst(&reasons);
    let exit = evidence.gate.exit_of(outcome, assessment.risk.level, evidence.level);
    rests_on.extend(aside.iter().flat_map(|aside| &aside.decision.rests_on));
    let needed = aside.iter().flat_map(|aside| aside.decision.needed.clone()).chain(needs).collect();
    let rejected_by = rejections.into_iter().map(|rejection| rejection.by).collect();
    Decision { outcome, exit, reasons, needed, not_counted, rejected_by, rests_on }
}

fn worst(reasons: &[Reason]) -> Outcome {
    reasons.iter().map(|reason| reason.outcome).max().unwrap_or(Outcome::AutoApproved)
}

/// What an override answers for stays told, and stands in the way no more.
fn lift(reason: &mut Reason) {
    reason.outcome = reason.outcome.min(Outcome::Overridden);
    reason.because.iter_mut().for_each(lift);
}

fn aside_reason(aside: &SetAside) -> Reason {
    let mut people: Vec<&str> =
        aside.decision.needed.iter().flat_map(|need| &need.counted).map(String::as_str).collect();
    people.arrange();
    people.dedup();
    let commits = counted(aside.commits, "commit");
    let by = if people.is_empty() { String::new() } else { format!(" by {}", people.join(", ")) };
    reason(Outcome::Approved, format!("{commits} approved{by}; only the others are weighed"))
}

/// `by_level` is how far the approvals that the risk level asks for have come.
fn risk_reason(assessment: &Assessment, by_level: Outcome) -> Reason {
    let risk = &assessment.risk;
    let outcome = match risk.level {
        RiskLevel::Low => Outcome::AutoApproved,
        RiskLevel::Medium => Outcome::Notified,
        RiskLevel::High | RiskLevel::Critical => by_level,
    };
    let causes = risk.causes.iter().filter(|cause| cause.level == risk.level);
    let because = causes.map(|cause| reason(outcome, cause.message.clone())).collect();
    Reason { outcome, what: format!("{} risk, score {}", risk.level, risk.score), because }
}

/// One reason for each category that the policy never lets pass on its own.
fn category_reasons(kept: &[&AssessedFile], by_level: Outcome) -> Vec<Reason> {
    let mut names: Vec<&str> = kept.iter().filter_map(|file| file.kept_by_category.as_deref()).collect();
    names.arrange();
    names.dedup();
    let of = |name: &str| {
        let files = kept.iter().filter(|file| file.kept_by_category.as_deref() == Some(name));
        let because = files.map(|file| reason(by_level, file.facts.change.path.to_string())).collect();
        Reason { outcome: by_level, what: format!("category `{name}` is not approved automatically"), because }
    };
    names.into_iter().map(of).collect()
}

/// Whether the risk level asks for it, rather than a path of the change.
fn is_by_level(need: &Need) -> bool {
    need.rule == "high" || need.rule == "critical"
}

fn need_reason(need: &Need) -> Reason {
    reason(asked_outcome(need), format!("approval rule `{}` applies to a path of the change", need.rule))
}

fn asked_outcome(need: &Need) -> Outcome {
    if need.is_met() { Outcome::Approved } else { Outcome::ApprovalPending }
}

fn denial(finding: &Finding) -> Reason {
    let place = &finding.place;
    let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
    reason(Outcome::Blocked, format!("{}{line}: {} [{}]", place.path, finding.message, finding.rule))
}

fn reason(outcome: Outcome, what: String) -> Reason {
    Reason { outcome, what, because: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::samples::{assessment, deny, evidence, policy};
    use crate::model::{Enforcement, Exit, Gate, Saying, Waived, WaivedBy};

    #[test]
    fn the_worst_reason_wins() {
        let mut risky = assessment(RiskLevel::High);
        risky.findings.push(deny());

        let decision = decide(&risky, &evidence(), &policy(), Extent::Whole);

        assert_eq!((decision.outcome, decision.exit), (Outcome::Blocked, Exit::Denied));
        assert_eq!(decision.reasons.len(), 2);
        assert_eq!(decision.reasons[1].outcome, Outcome::ApprovalPending);
    }

    #[test]
    fn a_waived_denial_does_not_block() {
        let mut waived = assessment(RiskLevel::Low);
        let by = Waived { reason: "a test value".into(), by: WaivedBy::Text("src/a.rs:1".into()) };
        waived.findings.push(Finding { waived: Some(by), ..deny() });

        let decision = decide(&waived, &evidence(), &policy(), Extent::Whole);

        assert_eq!((decision.outcome, decision.exit), (Outcome::AutoApproved, Exit::Pass));
    }

    #[test]
    fn each_gate_holds_from_its_level_on() {
        let exit = |risk, gate, level| {
            decide(&assessment(risk), &Evidence { gate, level, ..evidence() }, &policy(), Extent::Whole).exit
        };
        for risk in [RiskLevel::Low, RiskLevel::Medium] {
            assert_eq!(exit(risk, Gate::Push, Enforcement::Production), Exit::Pass);
        }
        for risk in [RiskLevel::High, RiskLevel::Critical] {
            assert_eq!(exit(risk, Gate::Push, Enforcement::Development), Exit::Pass);
            assert_eq!(exit(risk, Gate::Push, Enforcement::Staging), Exit::Held);
            assert_eq!(exit(risk, Gate::Commit, Enforcement::Production), Exit::Held);
        }
        assert_eq!(exit(RiskLevel::High, Gate::Commit, Enforcement::Staging), Exit::Pass);
        assert_eq!(exit(RiskLevel::Critical, Gate::Commit, Enforcement::Staging), Exit::Held);
    }

    #[test]
    fn an_approval_from_a_role_asked_for_lets_the_change_pass() {
        let decide_with =
            |by| decide(&assessment(RiskLevel::High), &evidence().with(Saying::Approve, by), &policy(), Extent::Whole);

        let (lead, stranger) = (decide_with("lin@example.com"), decide_with("eve@example.com"));

        assert_eq!((lead.outcome, lead.exit), (Outcome::Approved, Exit::Pass));
        assert_eq!((stranger.outcome, stranger.exit), (Outcome::ApprovalPending, Exit::Held));
        assert_eq!(stranger.not_counted[0].why, "holds no role in the policy");
    }

    #[test]
    fn a_tech_lead_is_not_enough_for_critical() {
        let decision = decide(
            &assessment(RiskLevel::Critical),
            &evidence().with(Saying::Approve, "lin@example.com"),
            &policy(),
            Extent::Whole,
        );

        assert_eq!(decision.outcome, Outcome::ApprovalPending);
        assert_eq!(decision.not_counted[0].why, "holds none of the roles asked for: admin");
    }

    #[test]
    fn an_author_cannot_approve_their_own_change_however_the_address_is_written() {
        let mut evidence = evidence().with(Saying::Approve, "lin@example.com");
        evidence.authors.push(crate::model::Person { name: "Lin".into(), email: "LIN@example.com".into() });

        let decision = decide(&assessment(RiskLevel::High), &evidence, &policy(), Extent::Whole);

        assert_eq!(decision.outcome, Outcome::ApprovalPending);
        assert_eq!(decision.not_counted[0].why, "wrote or committed a part of the change");
    }

    #[test]
    fn an_agent_cannot_approve() {
        let decision = decide(
            &assessment(RiskLevel::High),
            &evidence().with(Saying::Approve, "noreply@anthropic.com"),
            &policy(),
            Extent::Whole,
        );

        assert_eq!(decision.not_counted[0].why, "is an agent; only people approve");
    }

    #[test]
    fn a_rejection_outweighs_an_approval() {
        let heard = evidence().with(Saying::Approve, "lin@example.com").with(Saying::Reject, "ada@example.com");

        let decision = decide(&assessment(RiskLevel::High), &heard, &policy(), Extent::Whole);

        assert_eq!((decision.outcome, decision.exit), (Outcome::Rejected, Exit::Denied));
        assert_eq!(decision.reasons[0].what, "rejected by ada@example.com");
    }

    #[test]
    fn nobody_counts_twice() {
        let twice = evidence().with(Saying::Approve, "lin@example.com").with(Saying::Approve, "Lin@Example.com");

        let decision = decide(&assessment(RiskLevel::High), &twice, &policy(), Extent::Whole);

        assert_eq!(decision.needed[0].counted, ["lin@example.com"]);
        assert_eq!(decision.not_counted[0].why, "has already approved; every person counts once");
    }
}
