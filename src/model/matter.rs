//! What became of requests, of debts and of the words that people put on record: what is told of them.

use super::change_id::ChangeId;
use super::decision::{Need, NotCounted};
use super::digest::Sha256;
use super::gate::Outcome;
use super::level::RiskLevel;
use super::moment::Moment;
use super::object::ObjectId;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatterState {
    Pending,
    Approved,
    Overridden,
    Rejected,
    TimedOut,
    Landed,
}

impl MatterState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Overridden => "overridden",
            Self::Rejected => "rejected",
            Self::TimedOut => "timed_out",
            Self::Landed => "landed",
        }
    }
}

/// A request with all that was said to it.
#[derive(Clone, Debug)]
pub struct Matter {
    /// The first digits of the change id.
    pub id: String,
    pub change: ChangeId,
    pub reference: Option<String>,
    pub state: MatterState,
    pub asked_by: String,
    /// The policy's id of the agent that is asked for.
    pub agent: Option<String>,
    pub asked_at: Moment,
    pub expires: Option<Moment>,
    pub risk: (RiskLevel, u32),
    pub described: String,
    pub commit: Option<ObjectId>,
    pub base: Option<ObjectId>,
    /// Changed, and the lines added and deleted.
    pub files: [u64; 3],
    pub authors: Vec<String>,
    pub needs: Vec<Need>,
    pub not_counted: Vec<NotCounted>,
    pub answers: Vec<MatterAnswer>,
    /// Why it has to be asked for, worst first.
    pub reasons: Vec<String>,
    /// What its maker says of it: `reason`, `assessment`, `ticket`, and then their own words.
    pub remarks: Vec<(String, String)>,
    /// The commit it landed in.
    pub landed: Option<ObjectId>,
}

/// One answer to a request.
#[derive(Clone, Debug)]
pub struct MatterAnswer {
    pub kind: &'static str,
    pub id: Sha256,
    pub by: String,
    pub at: Moment,
    pub is_signed: bool,
    pub expires: Option<Moment>,
    pub text: String,
    pub blocking: Vec<String>,
    pub reviewed: Vec<String>,
}

/// An entry by which somebody says something of a change, as whoever wrote it is told.
#[derive(Clone, Debug)]
pub struct Deed {
    pub entry: Sha256,
    pub change: Option<ChangeId>,
    pub reference: Option<String>,
    pub commit: Option<ObjectId>,
    pub by: String,
    pub is_signed: bool,
    pub expires: Option<Moment>,
    /// What it comes to from now on, and what that asks for; none where nobody weighs it now.
    pub follows: Option<(Outcome, Vec<Need>)>,
}

/// What was let by without anybody's judgement, or in spite of it, and nobody else has answered for.
#[derive(Clone, Debug)]
pub struct Debt {
    pub kind: DebtKind,
    pub entry: Sha256,
    pub commit: ObjectId,
    pub reference: Option<String>,
    pub by: String,
    pub at: Moment,
    pub reason: String,
    /// Whether production is kept shut by it, or will be once it gets there.
    pub is_blocking: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DebtKind {
    /// A push that its hook let by.
    BreakGlass,
    /// A commit whose hooks stood aside.
    Disabled,
    /// A commit that was made past its hooks.
    Bypassed,
    /// An override, where what it lets by is looked at later.
    Override,
}

impl DebtKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BreakGlass => "break-glass",
            Self::Disabled => "disabled",
            Self::Bypassed => "bypassed",
            Self::Override => "override",
        }
    }
}

impl Debt {
    /// The command that settles it.
    #[must_use]
    pub fn settle(&self) -> String {
        let id = self.commit.short();
        match self.kind {
            DebtKind::BreakGlass | DebtKind::Disabled | DebtKind::Override => format!("gov-hook ratify {id}"),
            DebtKind::Bypassed => format!("gov-hook record {id} --reason WHY"),
        }
    }
}

/// What a branch was before an approved change of much risk landed on it.
#[derive(Clone, Debug)]
pub struct Savepoint {
    /// Of the change that landed.
    pub id: String,
    pub commit: ObjectId,
    /// When that commit was made.
    pub at: Moment,
    pub subject: String,
}
