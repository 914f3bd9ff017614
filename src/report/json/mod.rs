//! `gov-hook/check/v1`: names and order of these fields are promised to those who read them.
//! Fields are added, never renamed and never given another meaning; the domain types are free to
//! change, so nothing of this is derived on them.

mod assessed;

use serde::Serialize;

use super::escape::json;
use super::words::reasons;
use crate::model::{Decision, Judgement, Need, NextStep, NotCounted, ObjectId, Reach};
use assessed::{FilesV1, FindingV1, RiskV1};

pub(super) fn render(judgement: &Judgement) -> serde_json::Result<String> {
    json(&CheckV1::from(judgement))
}

#[derive(Serialize)]
struct CheckV1<'a> {
    schema: &'static str,
    target: TargetV1,
    level: &'static str,
    gate: &'static str,
    outcome: &'static str,
    exit: u8,
    risk: RiskV1<'a>,
    files: FilesV1<'a>,
    findings: Vec<FindingV1<'a>>,
    approvals: ApprovalsV1<'a>,
    reasons: Vec<String>,
    policy: PolicyV1<'a>,
    notes: &'a [String],
    next: Vec<NextV1<'a>>,
}

impl<'a> From<&'a Judgement> for CheckV1<'a> {
    fn from(judgement: &'a Judgement) -> Self {
        let assessment = &judgement.assessment;
        Self {
            schema: "gov-hook/check/v1",
            target: TargetV1 {
                kind: judgement.target.kind.as_str(),
                base: judgement.target.base.as_ref().map(ObjectId::to_string),
                head: judgement.target.head.as_ref().map(ObjectId::to_string),
                tree: judgement.target.tree.as_ref().map(ObjectId::to_string),
                change: judgement.target.change.to_string(),
                reach: judgement.target.reach.map(|Reach { refs, commits, blobs }| ReachV1 { refs, commits, blobs }),
            },
            level: judgement.level.as_str(),
            gate: judgement.gate.as_str(),
            outcome: judgement.decision.outcome.as_str(),
            exit: judgement.decision.exit.code(),
            risk: RiskV1::from(assessment),
            files: FilesV1::from(assessment),
            findings: assessment.findings.iter().map(FindingV1::from).collect(),
            approvals: ApprovalsV1::from(&judgement.decision),
            reasons: reasons(&judgement.decision).into_iter().map(|(_, reason)| reason).collect(),
            policy: PolicyV1 { origin: &judgement.policy.origin, digest: judgement.policy.digest.to_name() },
            notes: &judgement.notes,
            next: judgement.next.iter().map(NextV1::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct TargetV1 {
    kind: &'static str,
    base: Option<String>,
    head: Option<String>,
    tree: Option<String>,
    change: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<ReachV1>,
}

#[derive(Serialize)]
struct ReachV1 {
    refs: usize,
    commits: usize,
    blobs: usize,
}

#[derive(Serialize)]
struct ApprovalsV1<'a> {
    needed: Vec<NeededV1<'a>>,
    counted: Vec<CountedV1<'a>>,
    not_counted: Vec<NotCountedV1<'a>>,
}

#[derive(Serialize)]
struct NeededV1<'a> {
    rule: &'a str,
    count: u32,
    roles: &'a [String],
    signed: bool,
}

#[derive(Serialize)]
struct CountedV1<'a> {
    rule: &'a str,
    by: &'a str,
}

#[derive(Serialize)]
struct NotCountedV1<'a> {
    by: &'a str,
    why: &'a str,
}

impl<'a> From<&'a Decision> for ApprovalsV1<'a> {
    fn from(decision: &'a Decision) -> Self {
        let needed =
            |need: &'a Need| NeededV1 { rule: &need.rule, count: need.count, roles: &need.roles, signed: need.signed };
        let counted = |need: &'a Need| need.counted.iter().map(|by| CountedV1 { rule: &need.rule, by });
        let not_counted = |refused: &'a NotCounted| NotCountedV1 { by: &refused.by, why: &refused.why };
        Self {
            needed: decision.needed.iter().map(needed).collect(),
            counted: decision.needed.iter().flat_map(counted).collect(),
            not_counted: decision.not_counted.iter().map(not_counted).collect(),
        }
    }
}

#[derive(Serialize)]
struct PolicyV1<'a> {
    origin: &'a str,
    digest: String,
}

#[derive(Serialize)]
struct NextV1<'a> {
    why: &'a str,
    command: &'a str,
}

impl<'a> From<&'a NextStep> for NextV1<'a> {
    fn from(step: &'a NextStep) -> Self {
        Self { why: &step.why, command: &step.command }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::samples;
    use super::render;

    const SCHEMA: &str = include_str!("../check-v1.schema.json");

    /// The published schema leaves room for later fields; here each must be described.
    fn closed(schema: &mut Value) {
        match schema {
            Value::Object(map) => {
                if map.contains_key("properties") {
                    map.insert("additionalProperties".into(), Value::Bool(false));
                }
                map.values_mut().for_each(closed);
            }
            Value::Array(items) => items.iter_mut().for_each(closed),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_field_is_as_the_published_schema_says() {
        let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
        closed(&mut schema);
        let validator = jsonschema::validator_for(&schema).unwrap();

        for (name, judgement) in samples::all() {
            let report = serde_json::from_str(&render(&judgement).unwrap()).unwrap();

            let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn the_schema_refuses_what_v1_never_says() {
        let schema = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let report: Value = serde_json::from_str(&render(&samples::denied()).unwrap()).unwrap();
        let with = |field: &str, value: Value| {
            let mut changed = report.clone();
            *changed.pointer_mut(field).unwrap() = value;
            validator.is_valid(&changed)
        };

        assert!(with("/exit", 3.into()) && !with("/exit", 2.into()));
        assert!(!with("/outcome", "fine".into()));
        assert!(!with("/findings/0/severity", "error".into()));
        assert!(!with("/files/items/0", Value::Null));
    }
}
