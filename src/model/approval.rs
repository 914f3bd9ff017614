//! What people said of changes, as the ledger has it, and the landing that their words are held against.

use super::change_id::ChangeId;
use super::digest::Sha256;
use super::gate::Gate;
use super::level::RiskLevel;
use super::moment::Moment;
use super::object::ObjectId;

/// A change on its way to where it lands: all that an approval of it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// Such as `refs/heads/main`; none where nobody can say, as with a detached HEAD.
    pub reference: Option<String>,
    pub change: ChangeId,
    /// The own change of each commit, parents first; none for what is only staged.
    pub covered: Vec<ChangeId>,
    /// Of those, what touches a file that the whole leaves as it was: it is no part of `change`.
    pub undone: Vec<ChangeId>,
    pub base: Option<ObjectId>,
    /// The commit it ends in, once there is one.
    pub head: Option<ObjectId>,
    /// All files as they would be.
    pub tree: Option<ObjectId>,
    /// Of the sections of the policy that decide.
    pub law: Sha256,
    pub now: Moment,
    /// Addresses of the people who asked an agent for a part of it.
    pub requested_by: Vec<String>,
    /// Commits that every commit of it says it mends.
    pub fixes: Vec<ObjectId>,
}

impl Landing {
    /// Whether something was said of the same bytes. Commits that leave nothing behind are told apart by what
    /// each of them does.
    #[must_use]
    pub fn is_of(&self, bond: &Bond) -> bool {
        bond.change == self.change && (bond.change != ChangeId::of_nothing() || bond.covered == self.covered)
    }
}

/// One entry of the ledger by which somebody says something of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Of the entry.
    pub id: Sha256,
    pub saying: Saying,
    /// An address.
    pub by: String,
    pub at: Moment,
    pub by_agent: bool,
    /// It answers for a commit that the same person had a part in.
    pub of_own_work: bool,
    pub seal: Seal,
    /// None for what is only supposed, with `--suppose`: it fits whatever it is held against.
    pub bond: Option<Bond>,
    pub expires: Option<Moment>,
    /// Notes, or a reason.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saying {
    Request,
    Approve,
    Reject,
    /// Nobody answered a request in time.
    TimeOut,
    /// Takes an earlier word back.
    Revoke {
        word: Sha256,
    },
    /// The change landed, or set out to, in this commit.
    Land {
        commit: ObjectId,
        /// The approvals that let it.
        used: Vec<Sha256>,
        /// The history it lands on now has that commit already.
        is_behind: bool,
    },
    /// It came to be without being judged: a hook was told to stand aside.
    BreakGlass {
        commit: ObjectId,
    },
    /// Somebody answers for that afterwards.
    Ratify {
        commit: ObjectId,
    },
    AskOverride,
    GrantOverride {
        asked: Sha256,
    },
    UseOverride {
        /// The grant, or the request where that is enough.
        of: Sha256,
        gate: Gate,
    },
}

impl Saying {
    /// Whether it lets something pass that would not pass without it.
    #[must_use]
    pub const fn lets_pass(&self) -> bool {
        matches!(self, Self::Approve | Self::Ratify { .. } | Self::GrantOverride { .. })
    }
}

/// What a word is bound to. It says nothing of anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bond {
    pub reference: Option<String>,
    pub change: ChangeId,
    pub covered: Vec<ChangeId>,
    pub base: Option<ObjectId>,
    /// Whether the history that the change lands on has the base.
    pub is_base_there: bool,
    pub tree: Option<ObjectId>,
    pub law: Option<Sha256>,
    pub level: Option<RiskLevel>,
}

/// What became of the signature of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seal {
    Missing,
    /// It fits, and the trusted policy lets the key sign for whoever said it.
    Good {
        /// The fingerprint.
        key: String,
        /// Other addresses, of whoever had a part in the change or said something, that the key is listed for.
        also: Vec<String>,
    },
    /// Why it does not count.
    Bad(String),
}

impl Seal {
    /// Whether its key is that of this address, too.
    #[must_use]
    pub fn is_of(&self, address: &str) -> bool {
        matches!(self, Self::Good { also, .. } if also.iter().any(|other| other.eq_ignore_ascii_case(address)))
    }
}

impl Word {
    /// What somebody might say now of whatever is asked about.
    #[must_use]
    pub fn supposed(by: &str, saying: Saying, now: Moment) -> Self {
        Self {
            id: Sha256::of(by.as_bytes()),
            saying,
            by: by.to_owned(),
            at: now,
            by_agent: false,
            of_own_work: false,
            seal: Seal::Good { key: by.to_owned(), also: Vec::new() },
            bond: None,
            expires: None,
            text: String::new(),
        }
    }
}
