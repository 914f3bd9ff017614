//! What a change *is*: its findings and its risk, with the reason for every point.

use std::collections::HashSet;
use std::sync::Arc;

use super::change::FileFacts;
use super::finding::Finding;
use super::level::RiskLevel;
use super::path::RepoPath;

/// Which of the policy's lists a path falls under; the worst wins when several name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathClass {
    Allowed,
    /// No list names it; `paths.default` says what follows.
    Unlisted,
    Database,
    Protected,
    NeverAutoApprove,
}

impl PathClass {
    /// The policy's own word for the list.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Unlisted => "unlisted",
            Self::Database => "database",
            Self::Protected => "protected",
            Self::NeverAutoApprove => "never_auto_approve",
        }
    }
}

/// A line of the policy file, so that a report can show what matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// Such as `HEAD:.gov/policy.yaml`.
    pub origin: String,
    pub line: u32,
    /// Zero-based, in characters of `text`.
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// Why a path has its class: the list and glob that named it, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    pub class: PathClass,
    /// Empty for an unlisted path.
    pub glob: Arc<str>,
    /// Absent for the built-in policy and for what holds whatever the policy says.
    pub at: Option<Arc<PolicyLine>>,
}

/// A fact that a run may not be able to know. An unknown never lowers risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<T> {
    Yes(T),
    No,
}

/// How much history the window of the card could see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Whole,
    /// History ends early (shallow clone): this many commits were there.
    Partial(u32),
    /// No history could be read.
    Unknown,
}

/// One line of the score card that gave points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    pub id: &'static str,
    /// The measured value; for an unknown, what is known of it (zero).
    pub value: u32,
    pub points: u32,
    pub why: String,
    pub lower: &'static str,
    /// The value was not known and the points stand for what it may be.
    pub imputed: bool,
}

/// One line of the level table that applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub level: RiskLevel,
    /// Such as `path/protected` or `size/lines`; `finding/...` where findings tell it already.
    pub id: &'static str,
    pub message: String,
    pub path: Option<RepoPath>,
    pub at: Option<Arc<PolicyLine>>,
}

impl Cause {
    /// Whether a path has that level, whatever stands in the file.
    #[must_use]
    pub fn is_of_a_path(&self) -> bool {
        self.id.starts_with("path/")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    pub level: RiskLevel,
    pub score: u32,
    pub factors: Vec<Factor>,
    /// Worst first.
    pub causes: Vec<Cause>,
}

#[derive(Clone, Debug)]
pub struct AssessedFile {
    pub facts: Box<FileFacts>,
    pub placement: Placement,
    /// Counted apart from the lines that set the level; still scanned.
    pub generated: bool,
    /// The category that keeps the file from being approved automatically.
    pub kept_by_category: Option<String>,
}

/// A function of the change, the policy and bounded facts of history.
#[derive(Clone, Debug)]
pub struct Assessment {
    pub files: Vec<AssessedFile>,
    /// Paths that some commit of a range touched though the whole range leaves them as they were.
    pub touched_and_undone: Vec<(RepoPath, Placement)>,
    pub findings: Vec<Finding>,
    pub risk: Risk,
    pub window: Window,
}

impl Assessment {
    /// The lines of the level table that no finding tells of already.
    pub fn own_causes(&self) -> impl Iterator<Item = &Cause> {
        let rules: HashSet<&str> = self.findings.iter().map(|finding| finding.rule.as_str()).collect();
        self.risk.causes.iter().filter(move |cause| !cause.id.starts_with("finding/") && !rules.contains(cause.id))
    }

    /// Lines added and deleted, generated files apart.
    #[must_use]
    pub fn lines(&self) -> (u32, u32) {
        self.files.iter().filter(|file| !file.generated).fold((0, 0), |(added, deleted): (u32, u32), file| {
            let lines = &file.facts.lines;
            (added.saturating_add(lines.added.count()), deleted.saturating_add(lines.deleted.count()))
        })
    }
}
