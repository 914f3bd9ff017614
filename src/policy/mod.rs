//! A person's policy file, validated once into what the judges read.
//!
//! Everything here is already checked: globs are compiled, names are known, limits make sense.
//! [`read()`] collects all mistakes of a file at once, each with its place.

mod built_in;
mod draft;
mod effective;
mod glob;
mod notice;
mod pattern;
mod place;
mod read;
mod schema;
mod why;

use crate::model::{Enforcement, Severity};
use crate::yaml;

pub use built_in::{BUILT_IN, BUILT_IN_DIGEST};
pub use draft::{RepositoryFacts, draft};
pub use effective::{deciding_digest, effective};
pub use glob::{BranchGlob, NameGlob, PathGlob, Reach, fold_bytes};
pub use notice::{Channel, Notice};
pub use read::read;
pub use schema::schema;
pub use why::why;

/// The rule packs that are embedded.
pub const PACKS: [&str; 5] = ["secrets", "synthetic-data", "imports", "unicode", "weakening"];

#[derive(Debug)]
pub struct Policy {
    pub enforcement: BranchLevels,
    pub paths: PathRules,
    pub categories: Vec<Category>,
    pub risk: RiskLimits,
    pub rules: RuleSettings,
    pub roles: Vec<Role>,
    pub approvals: Approvals,
    pub agents: Agents,
    pub notices: Vec<Notice>,
    pub audit: Audit,
    /// Files that have to carry a protection header, or be signed in the ledger.
    pub required_headers: Vec<PathGlob>,
    /// The names of the environments, in the order in which artifacts pass through them.
    pub environments: Vec<String>,
    /// Sections that verbs beyond `check` read: sound in shape, kept as they are written.
    pub others: Vec<yaml::Entry>,
}

/// What of a policy says how a record is written.
#[derive(Debug)]
pub struct Recording {
    pub audit: Audit,
    pub agents: Agents,
}

impl From<Policy> for Recording {
    fn from(Policy { audit, agents, .. }: Policy) -> Self {
        Self { audit, agents }
    }
}

/// How much the ledger asks of its writers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Every push is sealed with a signature.
    pub sign: bool,
    pub proof_of_work_bits: u32,
}

#[derive(Debug)]
pub struct BranchLevels {
    pub default: Enforcement,
    /// When several globs match a branch, the strictest level holds.
    pub branches: Vec<(BranchGlob, Enforcement)>,
}

/// What follows for a path that no list names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathDefault {
    Allow,
    Deny,
}

#[derive(Debug)]
pub struct PathRules {
    pub default: PathDefault,
    pub allowed: Vec<PathGlob>,
    pub protected: Vec<PathGlob>,
    pub never_auto_approve: Vec<PathGlob>,
    pub database: Vec<PathGlob>,
    pub generated: Vec<PathGlob>,
}

#[derive(Debug)]
pub struct Category {
    pub name: String,
    pub paths: Vec<PathGlob>,
    pub auto_approve: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskLimits {
    pub low_max_lines: u32,
    pub medium_max_lines: u32,
    pub max_auto_deleted: u32,
    pub large_deletion: u32,
    pub high_score: u32,
    pub critical_score: u32,
    /// Lifts to MEDIUM at a score of 30.
    pub strict: bool,
}

#[derive(Debug)]
pub struct RuleSettings {
    /// Names of embedded packs.
    pub packs: Vec<String>,
    /// Globs of the repository's own packs, read from the trusted side.
    pub extra: Vec<PathGlob>,
    /// In the order of the file; the last that matches a rule's id holds.
    pub severity: Vec<(NameGlob, Severity)>,
    /// What the `imports` pack asks for; without any it asks for nothing.
    pub imports: Vec<RequiredImport>,
}

/// Every file that matches must import the module, or use the decorator, or both.
#[derive(Clone, Debug)]
pub struct RequiredImport {
    pub paths: Vec<PathGlob>,
    pub module: Option<String>,
    pub decorator: Option<String>,
}

#[derive(Debug)]
pub struct Role {
    pub name: String,
    pub members: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRule {
    pub count: u32,
    /// Any of them; empty means any person the policy names in a role.
    pub roles: Vec<String>,
    pub timeout_seconds: u64,
    pub signed: bool,
}

#[derive(Debug)]
pub struct PathApproval {
    pub paths: Vec<PathGlob>,
    pub rule: ApprovalRule,
}

#[derive(Debug)]
pub struct Approvals {
    pub high: ApprovalRule,
    pub critical: ApprovalRule,
    pub paths: Vec<PathApproval>,
    pub author_may_approve: bool,
}

#[derive(Debug)]
pub struct AgentIdentity {
    pub id: String,
    pub emails: Vec<NameGlob>,
    pub trailers: Vec<NameGlob>,
}

#[derive(Debug)]
pub struct Agents {
    pub at_least: Enforcement,
    pub identities: Vec<AgentIdentity>,
}
