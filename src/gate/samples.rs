//! Small assessments and evidence for the tests of this room.

use crate::model::{
    Approval, Assessment, Enforcement, Evidence, Finding, Gate, Place, Risk, RiskLevel, RuleId, Severity, Stance,
    Window,
};
use crate::policy::Policy;

pub(super) fn assessment(level: RiskLevel) -> Assessment {
    Assessment {
        files: Vec::new(),
        touched_and_undone: Vec::new(),
        findings: Vec::new(),
        risk: Risk { level, score: 10, factors: Vec::new(), causes: Vec::new() },
        window: Window::Whole,
    }
}

pub(super) fn deny() -> Finding {
    let place = Place { path: "src/a.rs".into(), line: Some(3), column: None, commit: None };
    Finding::at(place, RuleId::new("secret/x"), Severity::Deny, "a key", b"key")
}

pub(super) fn evidence() -> Evidence {
    Evidence { gate: Gate::Push, level: Enforcement::Staging, authors: Vec::new(), agent: None, approvals: Vec::new() }
}

impl Evidence {
    pub(super) fn with(mut self, stance: Stance, by: &str) -> Self {
        self.approvals.push(Approval { by: by.into(), stance, supposed: false });
        self
    }
}

pub(super) fn policy() -> Policy {
    let text = "\
version: 1
roles: { admin: [ada@example.com], tech_lead: [lin@example.com] }
approvals:
  high: { count: 1, roles: [tech_lead, admin] }
  critical: { count: 1, roles: [admin] }
agents: { identities: [ { id: claude, emails: [\"*@anthropic.com\"] } ] }
";
    crate::policy::read("HEAD:.gov/policy.yaml", text.as_bytes()).unwrap()
}
