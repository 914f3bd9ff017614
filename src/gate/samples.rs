//! Small assessments and evidence for the tests of this room.

use crate::model::{
    Assessment, Bond, ChangeId, Enforcement, Evidence, Finding, Gate, Landing, Moment, ObjectId, Place, Risk,
    RiskLevel, RuleId, Saying, Seal, Severity, Sha256, Window, Word,
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

pub(super) const MAIN: &str = "refs/heads/main";

pub(super) fn now() -> Moment {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(super) fn object(byte: u8) -> ObjectId {
    ObjectId::new([byte; 20])
}

/// A change of its own for every byte.
pub(super) fn change(byte: u8) -> ChangeId {
    format!("gc1-{}", Sha256::of(&[byte])).parse().unwrap()
}

pub(super) fn evidence() -> Evidence {
    let landing = Landing {
        reference: Some(MAIN.into()),
        change: change(1),
        covered: vec![change(1)],
        base: Some(object(1)),
        head: Some(object(2)),
        tree: Some(object(3)),
        law: Sha256::of(b"law"),
        now: now(),
        requested_by: Vec::new(),
        undone: Vec::new(),
        fixes: Vec::new(),
    };
    Evidence {
        gate: Gate::Push,
        level: Enforcement::Staging,
        authors: Vec::new(),
        agent: None,
        landing,
        words: Vec::new(),
    }
}

/// A word that fits the landing above in everything.
pub(super) fn word(saying: Saying, by: &str) -> Word {
    let Landing { reference, change, covered, base, tree, law, .. } = evidence().landing;
    let bond = Bond {
        reference,
        change,
        covered,
        base,
        is_base_there: true,
        tree,
        law: Some(law),
        level: Some(RiskLevel::Critical),
    };
    Word {
        id: Sha256::of(format!("{saying:?} {by}").as_bytes()),
        saying,
        by: by.into(),
        at: "2026-11-21T11:00:00Z".parse().unwrap(),
        by_agent: false,
        of_own_work: false,
        seal: Seal::Good { key: format!("key of {}", by.to_lowercase()), also: Vec::new() },
        bond: Some(bond),
        expires: "2026-11-22T11:00:00Z".parse().ok(),
        text: "because".into(),
    }
}

impl Evidence {
    pub(super) fn with(mut self, saying: Saying, by: &str) -> Self {
        self.words.push(word(saying, by));
        self
    }

    pub(super) fn hearing(mut self, word: Word) -> Self {
        self.words.push(word);
        self
    }
}

pub(super) fn policy() -> Policy {
    let text = "\
version: 1
roles: { admin: [ada@example.com], tech_lead: [lin@example.com, sam@example.com] }
approvals:
  high: { count: 1, roles: [tech_lead, admin] }
  critical: { count: 1, roles: [admin] }
agents: { identities: [ { id: claude, emails: [\"*@anthropic.com\"] } ] }
";
    crate::policy::read("HEAD:.gov/policy.yaml", text.as_bytes()).unwrap()
}
