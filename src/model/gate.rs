//! Where a change is asked about, how strictly, and what may come out.

use std::fmt;

use super::level::RiskLevel;

/// How strictly a branch is governed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Enforcement {
    Development,
    Staging,
    Production,
}

impl Enforcement {
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

impl fmt::Display for Enforcement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Where the question is asked: as a commit is made, or as commits are about to land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    Commit,
    Push,
}

impl Gate {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Push => "push",
        }
    }

    /// The lowest risk this gate holds at an enforcement level; `None` when it holds nothing.
    #[must_use]
    pub const fn holds_from(self, level: Enforcement) -> Option<RiskLevel> {
        match (level, self) {
            (Enforcement::Development, _) => None,
            (Enforcement::Staging, Self::Commit) => Some(RiskLevel::Critical),
            (Enforcement::Staging, Self::Push) | (Enforcement::Production, _) => Some(RiskLevel::High),
        }
    }

    /// How a run ends by its outcome. What asks for approval without being risky in itself is held where
    /// HIGH is.
    #[must_use]
    pub fn exit_of(self, outcome: Outcome, risk: RiskLevel, level: Enforcement) -> Exit {
        let held = self.holds_from(level).is_some_and(|least| risk.max(RiskLevel::High) >= least);
        match outcome {
            Outcome::Blocked | Outcome::Rejected => Exit::Denied,
            Outcome::ApprovalPending if held => Exit::Held,
            Outcome::ApprovalPending
            | Outcome::AutoApproved
            | Outcome::Notified
            | Outcome::Approved
            | Outcome::Overridden => Exit::Pass,
        }
    }

    /// Whether this gate takes no commit that is not on record.
    #[must_use]
    pub const fn asks_for_records(self, level: Enforcement) -> bool {
        matches!((level, self), (Enforcement::Production, Self::Push))
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Ordered from good to bad: of several, the worst wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    AutoApproved,
    Notified,
    Approved,
    Overridden,
    ApprovalPending,
    Rejected,
    Blocked,
}

impl Outcome {
    pub const ALL: [Self; 7] = [
        Self::AutoApproved,
        Self::Notified,
        Self::Approved,
        Self::Overridden,
        Self::ApprovalPending,
        Self::Rejected,
        Self::Blocked,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoApproved => "auto_approved",
            Self::Notified => "notified",
            Self::Approved => "approved",
            Self::Overridden => "overridden",
            Self::ApprovalPending => "approval_pending",
            Self::Rejected => "rejected",
            Self::Blocked => "blocked",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What the gate does with the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    Pass,
    Held,
    Denied,
}

impl Exit {
    #[must_use]
    pub fn code(self) -> u8 {
        Ending::from(self).code()
    }
}

/// What comes of a run, the gravest last: a decision, or that there could be none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    #[default]
    Pass,
    Held,
    /// Usage, policy, environment or unreadable input; so nothing may pass.
    Undecided,
    Denied,
}

impl Ending {
    /// The exit code that says it.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Denied => 1,
            Self::Undecided => 2,
            Self::Held => 3,
        }
    }
}

impl From<Exit> for Ending {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Pass => Self::Pass,
            Exit::Held => Self::Held,
            Exit::Denied => Self::Denied,
        }
    }
}
