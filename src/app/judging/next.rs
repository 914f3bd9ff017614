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
    let policy = &law.policy;
    let step = |why: &str, command: String| NextStep { why: why.into(), command };
    let asked = question.asked.as_typed();
    let mut steps = Vec::new();
    match decision.outcome {
        Outcome::Blocked => {
            let denied =
                assessment.findings.iter().filter(|finding| finding.counts()).max_by_key(|finding| finding.severity);
            steps.extend(denied.map(|finding| {
                if finding.rule.is_of(HEADER_FAMILY) {
                    let revision = head.map(|head| format!(" --rev {}", head.short())).unwrap_or_default();
                    let path = shell_word(&finding.place.path.to_string());
                    return step(
                        "see what was signed and what was changed",
                        format!("gov-hook verify{revision} {path}"),
                    );
                }
                step("what the rule means and how to fix it", format!("gov-hook rules explain {}", finding.rule))
            }));
        }
        // No approval outweighs a rejection, and none counts that comes too late.
        Outcome::Rejected if decision.rejected_by.is_empty() => {
            steps.push(step("nobody answered in time, so ask again", format!("gov-hook request{asked}")));
        }
        Outcome::Rejected => steps.push(step(
            "it stays rejected until its bytes change: change it, then check again",
            format!("gov-hook check{asked}"),
        )),
        Outcome::ApprovalPending => {
            let path = assessment.risk.causes.iter().find_map(|cause| cause.path.as_ref());
            steps.extend(path.map(|path| {
                step(
                    "see which line of the policy names the path",
                    format!("gov-hook policy why {}", shell_word(&path.to_string())),
                )
            }));
            let may_approve = |role: &Role| {
                decision.needed.iter().any(|need| need.roles.is_empty() || need.roles.contains(&role.name))
            };
            let mut able = policy.roles.iter().filter(|role| may_approve(role)).flat_map(|role| &role.members);
            steps.push(match able.next() {
                Some(person) => step(
                    "see what would follow if they approved it",
                    format!("gov-hook check{asked} --suppose approve:{person}"),
                ),
                None if law.reference.built_in && brings_a_policy(assessment) => step(
                    "nobody can approve yet: the policy of this change will say who may",
                    "gov-hook policy check".into(),
                ),
                None if law.reference.built_in => {
                    step("nobody can approve yet: write a policy that says who may", "gov-hook init".into())
                }
                None => step("nobody holds a role that may approve it; see `roles`", "gov-hook policy show".into()),
            });
        }
        Outcome::AutoApproved | Outcome::Notified | Outcome::Approved | Outcome::Overridden => {}
    }
    steps
}

fn brings_a_policy(assessment: &Assessment) -> bool {
    let path = RepoPath::from(POLICY_PATH);
    assessment.files.iter().map(|file| &file.facts.change).any(|change| change.path == path && change.new.is_some())
}
