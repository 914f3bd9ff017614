//! The policy that holds where a repository says nothing.

use crate::model::{Enforcement, Sha256};
use crate::yaml;

use super::read::read_known;
use super::{
    Agents, ApprovalRule, Approvals, Audit, BranchLevels, PathDefault, PathRules, Policy, Recording, RiskLimits,
    RuleSettings,
};

/// The built-in policy as its file: commented, and read like any other.
pub const BUILT_IN: &str = include_str!("built-in.yaml");

/// Of its bytes.
pub const BUILT_IN_DIGEST: Sha256 = Sha256::new(*include_bytes!(concat!(env!("OUT_DIR"), "/built-in.digest")));

/// The policy itself, parsed when the program was built: most runs read it.
const STEPS: &str = include_str!(concat!(env!("OUT_DIR"), "/built-in.steps"));

/// The part of it that says how a record is written.
const RECORDING: &str = include_str!(concat!(env!("OUT_DIR"), "/built-in-recording.steps"));

impl Policy {
    #[must_use]
    pub fn built_in() -> Self {
        Self::of_steps(STEPS)
    }

    fn of_steps(steps: &str) -> Self {
        // A test reads the file, so the fallback is never used; were it, nothing would be let by.
        let parsed = yaml::from_steps(steps);
        parsed.and_then(|root| read_known(&root, Self::strictest())).unwrap_or_else(Self::strictest)
    }

    /// Nothing is allowed and everything needs an approval that nobody can give.
    fn strictest() -> Self {
        let rule = || ApprovalRule { count: 1, roles: Vec::new(), timeout_seconds: 3600, signed: true };
        Self {
            enforcement: BranchLevels { default: Enforcement::Production, branches: Vec::new() },
            paths: PathRules {
                default: PathDefault::Deny,
                allowed: Vec::new(),
                protected: Vec::new(),
                never_auto_approve: Vec::new(),
                database: Vec::new(),
                generated: Vec::new(),
            },
            categories: Vec::new(),
            risk: RiskLimits {
                low_max_lines: 0,
                medium_max_lines: 0,
                max_auto_deleted: 0,
                large_deletion: 0,
                high_score: 1,
                critical_score: 1,
                strict: true,
            },
            rules: RuleSettings {
                packs: super::PACKS.map(str::to_owned).to_vec(),
                extra: Vec::new(),
                severity: Vec::new(),
                imports: Vec::new(),
            },
            roles: Vec::new(),
            approvals: Approvals { high: rule(), critical: rule(), paths: Vec::new(), author_may_approve: false },
            agents: Agents { at_least: Enforcement::Production, identities: Vec::new() },
            notices: Vec::new(),
            audit: Audit::default(),
            required_headers: Vec::new(),
            environments: ["dev", "staging", "prod"].map(str::to_owned).to_vec(),
            others: Vec::new(),
        }
    }
}

impl Recording {
    /// What the built-in policy says of it, for a process that judges nothing.
    #[must_use]
    pub fn built_in() -> Self {
        Policy::of_steps(RECORDING).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Entry, Key, Node, Span, Value};

    /// The same tree, standing nowhere.
    fn unplaced(node: Node) -> Node {
        let span = Span { line: 0, column: 0, length: 0 };
        let entry = |Entry { key: Key { text, .. }, value }| Entry { key: Key { text, span }, value: unplaced(value) };
        let value = match node.value {
            Value::List(items) => Value::List(items.into_iter().map(unplaced).collect()),
            Value::Map(entries) => Value::Map(entries.into_iter().map(entry).collect()),
            other @ (Value::Scalar(_) | Value::Refused) => other,
        };
        Node { span, value }
    }

    #[test]
    fn what_was_parsed_when_it_was_built_is_what_the_file_says() {
        let parsed = yaml::parse(BUILT_IN.as_bytes());
        assert!(parsed.mistakes.is_empty(), "{:?}", parsed.mistakes);

        assert_eq!(yaml::from_steps(STEPS), parsed.root.map(unplaced));
        assert_eq!(BUILT_IN_DIGEST, Sha256::of(BUILT_IN.as_bytes()));
    }

    #[test]
    fn a_record_is_written_as_the_whole_policy_says() {
        let shown = |Recording { audit, agents }: Recording| (audit, format!("{agents:?}"));

        assert_eq!(shown(Recording::built_in()), shown(Policy::built_in().into()));
    }
}
