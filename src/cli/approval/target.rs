//! Naming what is spoken of.

use clap::Args;

use crate::app::approval::Target;

/// What is spoken of.
#[derive(Debug, Args)]
pub(in crate::cli) struct TargetArguments {
    /// A request by its id, a commit, a branch, or a range `A..B` [default: what `check` judges]
    #[arg(value_name = "REQUEST|REV")]
    named: Option<String>,

    /// The staged changes
    #[arg(long, conflicts_with = "named")]
    staged: bool,

    /// The branch it would land on [default: the default branch]
    #[arg(long, value_name = "BRANCH", conflicts_with = "staged")]
    onto: Option<String>,
}

impl TargetArguments {
    pub(super) fn target(self) -> Target {
        Target { named: self.named, staged: self.staged, onto: self.onto }
    }
}
