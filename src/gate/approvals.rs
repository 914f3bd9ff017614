//! Whose word counts, for which rule, and why somebody's does not.

use std::collections::BTreeSet;

use crate::model::{Assessment, Enforcement, Evidence, Need, NotCounted, RepoPath, RiskLevel, Stance};
use crate::policy::{ApprovalRule, Policy};

/// The approvals a change asks for, filled with those given, and the rejections that stand.
pub(super) struct Heard {
    pub(super) needs: Vec<Need>,
    pub(super) rejected_by: Vec<String>,
    pub(super) not_counted: Vec<NotCounted>,
}

pub(super) fn hear(assessment: &Assessment, evidence: &Evidence, policy: &Policy, asks_high: bool) -> Heard {
    let mut needs = needs(assessment, policy, asks_high);
    let mut rejected_by = Vec::new();
    let mut not_counted = Vec::new();
    let mut heard: BTreeSet<String> = BTreeSet::new();
    for need in &mut needs {
        need.signed |= evidence.level == Enforcement::Production;
    }
    let rejectors = || evidence.approvals.iter().filter(|approval| approval.stance == Stance::Reject);
    for rejection in rejectors() {
        match stranger(&rejection.by, policy) {
            Some(why) => not_counted.push(NotCounted { by: rejection.by.clone(), why }),
            None => rejected_by.push(rejection.by.clone()),
        }
    }
    for approval in evidence.approvals.iter().filter(|approval| approval.stance == Stance::Approve) {
        let by = &approval.by;
        let mut refuse = |why: String| not_counted.push(NotCounted { by: by.clone(), why });
        if let Some(why) = disqualified(by, evidence, policy) {
            refuse(why);
        } else if !heard.insert(by.to_lowercase()) {
            refuse("has already approved; every person counts once".into());
        } else if rejected_by.iter().any(|rejector| rejector.eq_ignore_ascii_case(by)) {
            refuse("has rejected the same change".into());
        } else {
            let mut counts = false;
            for need in &mut needs {
                if holds_a_role(by, &need.roles, policy) {
                    need.counted.push(by.clone());
                    counts = true;
                }
            }
            if !counts && !needs.is_empty() {
                refuse(format!("holds none of the roles asked for: {}", asked_roles(&needs)));
            }
        }
    }
    Heard { needs, rejected_by, not_counted }
}

fn needs(assessment: &Assessment, policy: &Policy, asks_high: bool) -> Vec<Need> {
    let mut needs = Vec::new();
    match assessment.risk.level {
        RiskLevel::Critical => needs.push(need("critical".into(), &policy.approvals.critical)),
        RiskLevel::High => needs.push(need("high".into(), &policy.approvals.high)),
        RiskLevel::Low | RiskLevel::Medium if asks_high => needs.push(need("high".into(), &policy.approvals.high)),
        RiskLevel::Low | RiskLevel::Medium => {}
    }
    let touched = || {
        let now = assessment.files.iter().flat_map(|file| file.facts.change.paths());
        now.chain(assessment.touched_and_undone.iter().map(|(path, _)| path))
    };
    for (at, rule) in policy.approvals.paths.iter().enumerate() {
        let names = |path: &RepoPath| rule.paths.iter().any(|glob| glob.matches(path));
        if touched().any(names) {
            needs.push(need(format!("paths[{at}]"), &rule.rule));
        }
    }
    needs
}

fn need(rule: String, asked: &ApprovalRule) -> Need {
    Need { rule, count: asked.count, roles: asked.roles.clone(), signed: asked.signed, counted: Vec::new() }
}

/// Why nobody may take this person's approval, whatever their roles.
fn disqualified(by: &str, evidence: &Evidence, policy: &Policy) -> Option<String> {
    if policy.agents.identities.iter().any(|agent| agent.emails.iter().any(|email| email.matches(by))) {
        return Some("is an agent; only people approve".into());
    }
    if !policy.approvals.author_may_approve && evidence.authors.iter().any(|author| author.has_email(by)) {
        return Some("wrote or committed a part of the change".into());
    }
    stranger(by, policy)
}

fn stranger(by: &str, policy: &Policy) -> Option<String> {
    let known = policy.roles.iter().any(|role| is_member(by, &role.members));
    (!known).then(|| "holds no role in the policy".into())
}

fn holds_a_role(by: &str, roles: &[String], policy: &Policy) -> bool {
    policy.roles.iter().any(|role| (roles.is_empty() || roles.contains(&role.name)) && is_member(by, &role.members))
}

fn is_member(by: &str, members: &[String]) -> bool {
    members.iter().any(|member| member.eq_ignore_ascii_case(by))
}

fn asked_roles(needs: &[Need]) -> String {
    let roles: BTreeSet<&str> = needs.iter().flat_map(|need| need.roles.iter().map(String::as_str)).collect();
    roles.into_iter().collect::<Vec<_>>().join(", ")
}
