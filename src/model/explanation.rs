//! Everything a policy says of one path: what `policy why` shows.

use std::sync::Arc;

use super::assessment::{Placement, PolicyLine};
use super::decision::Need;
use super::gate::{Enforcement, Gate};
use super::level::RiskLevel;
use super::path::RepoPath;

/// A glob of the policy that matches the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBy {
    /// The policy's own place for the list, such as `paths.protected` or `categories.docs`.
    pub list: String,
    pub glob: Arc<str>,
    pub at: Option<Arc<PolicyLine>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub path: RepoPath,
    /// Every glob that matches, worst list first; not only the one that decides.
    pub named_by: Vec<NamedBy>,
    pub placement: Placement,
    /// What a change that touches the path has at the least.
    pub level: RiskLevel,
    pub generated: bool,
    /// The category that keeps the path from being approved automatically.
    pub kept_by_category: Option<String>,
    /// Where such a change is held until it is approved.
    pub held: Vec<(Enforcement, Gate)>,
    /// What it is asked for there.
    pub needed: Vec<Need>,
}
