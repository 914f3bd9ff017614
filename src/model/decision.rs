//! What follows from an assessment once it is known who acts, where, and who approved.

use std::fmt;

use super::approval::{Landing, Word};
use super::assessment::RiskLevel;
use super::digest::Sha256;

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

/// Somebody who wrote, committed or co-authored, as git records them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    pub name: String,
    pub email: String,
}

impl Person {
    /// Whether both are the same mailbox: addresses are compared without regard to case.
    #[must_use]
    pub fn has_email(&self, email: &str) -> bool {
        self.email.eq_ignore_ascii_case(email)
    }
}

/// The address in what somebody gives as one: `lin@example.com` or `Lin <lin@example.com>`.
#[must_use]
pub fn address(text: &str) -> Option<&str> {
    let bare = match text.split_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>')?.trim(),
        None => text.trim(),
    };
    let (name, host) = bare.split_once('@')?;
    let is_odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "<>@,;:\"()[]\\\u{fffd}".contains(letter);
    let is_plain = |part: &str| !part.is_empty() && !part.contains(is_odd);
    (is_plain(name) && is_plain(host)).then_some(bare)
}

/// What is known around a change. Gathered once, before anything is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub gate: Gate,
    pub level: Enforcement,
    /// Authors, committers and co-authors of what is judged.
    pub authors: Vec<Person>,
    /// The policy's id of the agent among them, if there is one.
    pub agent: Option<String>,
    pub landing: Landing,
    /// What was said of it, of parts of it and of what it was before.
    pub words: Vec<Word>,
}

/// An approval rule that applies, and how far it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `high`, `critical` or `paths[0]`: the policy's own place for it.
    pub rule: String,
    pub count: u32,
    pub roles: Vec<String>,
    pub signed: bool,
    pub counted: Vec<String>,
}

impl Need {
    #[must_use]
    pub fn is_met(&self) -> bool {
        u32::try_from(self.counted.len()).is_ok_and(|counted| counted >= self.count)
    }
}

/// A word that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCounted {
    pub by: String,
    pub against: Against,
    pub why: String,
}

/// What it is about a word that speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Whoever said it: no word of theirs on this change would count.
    Speaker,
    /// They have said it before.
    Repetition,
    /// The change is another than what it was said of.
    OtherBytes,
    /// How, where or when it was said.
    Circumstance,
}

/// One node of the tree that explains an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub outcome: Outcome,
    pub what: String,
    pub because: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    pub exit: Exit,
    /// Worst first.
    pub reasons: Vec<Reason>,
    pub needed: Vec<Need>,
    pub not_counted: Vec<NotCounted>,
    /// Whose rejection counts, whether it was overridden or not.
    pub rejected_by: Vec<String>,
    /// The entries of the ledger that let it pass: approvals, or an override.
    pub rests_on: Vec<Sha256>,
}
