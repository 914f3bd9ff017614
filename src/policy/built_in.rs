//! The policy that holds where a repository says nothing.

use crate::model::{Enforcement, Sha256};

use super::read::read_over;
use super::{
    Agents, ApprovalRule, Approvals, Audit, BranchLevels, PathDefault, PathRules, Policy, RiskLimits, RuleSettings,
};

/// The built-in policy as its file: commented, and read like any other.
pub const BUILT_IN: &str = include_str!("built-in.yaml");

impl Policy {
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads the file, so the fallback is never used; were it, nothing would be let by.
        read_over(None, BUILT_IN.as_bytes(), Self::strictest()).unwrap_or_else(|_| Self::strictest())
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

/// Names the bytes of a policy file in reports and records.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", Sha256::of(bytes))
}
