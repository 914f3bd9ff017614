//! What whoever asked can do next, each with the command that does it.

use super::Question;
use crate::app::law::{Law, POLICY_PATH};
use crate::check::HEADER_FAMILY;
use crate::model::{Assessment, Decision, NextStep, ObjectId, Outcome, RepoPath, shell_word};
use crate::policy::Role;

pub(super) fn next_steps(
    question: &Question,
    head: Option<ObjectId>,
    assessment: &Assessment,
    decision: &Decision,
    law: &Law,
) -> Vec<NextStep> {
    let asked = question.asked.as_typed();
    match decision.outcome {
        Outcome::Blocked => after_findings(head, assessment).into_iter().collect(),
        // No approval outweighs a rejection, and none counts that comes too late.
        Outcome::Rejected if decision.rejected_by.is_empty() => {
            vec![step("nobody answered in time, so ask again", format!("gov-hook request{asked}"))]
        }
        Outcome::Rejected => vec![step(
            "it stays rejected until its bytes change: change it, then check again",
            format!("gov-hook check{asked}"),
        )],
        Outcome::ApprovalPending => {
            let path = assessment.risk.causes.iter().find_map(|cause| cause.path.as_ref());
            let named = path.map(|path| {
                let command = format!("gov-hook policy why {}", shell_word(&path.to_string()));
                step("see which line of the policy names the path", command)
            });
            named.into_iter().chain([towards_approval(&asked, assessment, decision, law)]).collect()
        }
        Outcome::AutoApproved | Outcome::Notified | Outcome::Approved | Outcome::Overridden => Vec::new(),
    }
}

fn step(why: &str, command: String) -> NextStep {
    NextStep { why: why.into(), command }
}

/// What tells more of the worst finding.
fn after_findings(head: Option<ObjectId>, assessment: &Assessment) -> Option<NextStep> {
    let denied =
        assessment.findings.iter().filter(|finding| finding.counts()).max_by_key(|finding| finding.severity)?;
    Some(if denied.rule.is_of(HEADER_FAMILY) {
        let revision = head.map(|head| format!(" --rev {}", head.short())).unwrap_or_default();
        let path = shell_word(&denied.place.path.to_string());
        step("see what was signed and what was changed", format!("gov-hook verify{revision} {path}"))
    } else {
        step("what the rule means and how to fix it", format!("gov-hook rules explain {}", denied.rule))
    })
}

/// Who may approve it, or why nobody can.
fn towards_approval(asked: &str, assessment: &Assessment, decision: &Decision, law: &Law) -> NextStep {
    let may_approve =
        |role: &Role| decision.needed.iter().any(|need| need.roles.is_empty() || need.roles.contains(&role.name));
    let mut able = law.policy.roles.iter().filter(|role| may_approve(role)).flat_map(|role| &role.members);
    match able.next() {
        Some(person) => step(
            "see what would follow if they approved it",
            format!("gov-hook check{asked} --suppose approve:{person}"),
        ),
        None if law.reference.built_in && brings_a_policy(assessment) => {
            step("nobody can approve yet: the policy of this change will say who may", "gov-hook policy check".into())
        }
        None if law.reference.built_in => {
            step("nobody can approve yet: write a policy that says who may", "gov-hook init".into())
        }
        None => step("nobody holds a role that may approve it; see `roles`", "gov-hook policy show".into()),
    }
}

fn brings_a_policy(assessment: &Assessment) -> bool {
    let path = RepoPath::from(POLICY_PATH);
    assessment.files.iter().map(|file| &file.facts.change).any(|change| change.path == path && change.new.is_some())
}
