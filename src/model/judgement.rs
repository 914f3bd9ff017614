//! Everything one run has to say: the report's only input.

use super::assessment::Assessment;
use super::change_id::ChangeId;
use super::decision::Decision;
use super::digest::Sha256;
use super::gate::{Enforcement, Gate};
use super::object::ObjectId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Staged,
    Range,
    Commit,
    Tree,
    /// Every blob and every commit message that refs reach.
    History,
}

impl TargetKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Range => "range",
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::History => "history",
        }
    }

    /// Whether somebody changed something: a whole tree or history only has content.
    #[must_use]
    pub const fn is_change(self) -> bool {
        match self {
            Self::Staged | Self::Range | Self::Commit => true,
            Self::Tree | Self::History => false,
        }
    }
}

/// How much of history was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    pub refs: usize,
    pub commits: usize,
    /// Distinct contents, each read once.
    pub blobs: usize,
}

/// What was judged.
#[derive(Clone, Debug)]
pub struct Target {
    pub kind: TargetKind,
    /// In words, such as `3 commits on feature since main`.
    pub described: String,
    /// The commit the change starts from; absent where history starts.
    pub base: Option<ObjectId>,
    /// The commit the change ends in; absent while it is only staged.
    pub head: Option<ObjectId>,
    pub tree: Option<ObjectId>,
    pub change: ChangeId,
    pub commits: u32,
    /// Known when history was judged.
    pub reach: Option<Reach>,
}

/// The policy that judged.
#[derive(Clone, Debug)]
pub struct PolicyRef {
    /// Such as `HEAD:.gov/policy.yaml`, or `built-in`.
    pub origin: String,
    /// Of the policy's bytes.
    pub digest: Sha256,
    pub built_in: bool,
}

/// A command that takes the reader further, and what it does.
#[derive(Clone, Debug)]
pub struct NextStep {
    pub why: String,
    pub command: String,
}

#[derive(Clone, Debug)]
pub struct Judgement {
    pub target: Target,
    pub level: Enforcement,
    pub gate: Gate,
    pub policy: PolicyRef,
    pub assessment: Assessment,
    pub decision: Decision,
    /// What the reader should know though it decides nothing, such as files that could not be
    /// scanned or a clone without its whole history.
    pub notes: Vec<String>,
    pub next: Vec<NextStep>,
}
