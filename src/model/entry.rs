//! One entry of the ledger: who did what to which object, and what was known then.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::change_id::ChangeId;
use super::digest::Sha256;
use super::gate::Outcome;
use super::level::RiskLevel;
use super::moment::Moment;
use super::object::ObjectId;
use super::reference::branch_of;

/// What an entry does. A kind that is not listed here fails closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    Genesis,
    /// Binds a key, or its absence, to a stream.
    StreamOpen,
    /// What followed for a tree, before a commit exists, or for commits judged later.
    Decision,
    /// Binds the decision on a tree to the commit that it became.
    Commit,
    /// Seals all that came before in its stream.
    Push,
    Request,
    Approve,
    Reject,
    Revoke,
    Override,
    Ratify,
    Land,
    Rewrite,
    Policy,
    Sign,
    Promotion,
    Outcome,
    Trust,
    Usage,
    Savepoint,
    Checkpoint,
    Reconcile,
    Tombstone,
}

impl EntryKind {
    pub const ALL: [Self; 23] = [
        Self::Genesis,
        Self::StreamOpen,
        Self::Decision,
        Self::Commit,
        Self::Push,
        Self::Request,
        Self::Approve,
        Self::Reject,
        Self::Revoke,
        Self::Override,
        Self::Ratify,
        Self::Land,
        Self::Rewrite,
        Self::Policy,
        Self::Sign,
        Self::Promotion,
        Self::Outcome,
        Self::Trust,
        Self::Usage,
        Self::Savepoint,
        Self::Checkpoint,
        Self::Reconcile,
        Self::Tombstone,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Genesis => "genesis",
            Self::StreamOpen => "stream-open",
            Self::Decision => "decision",
            Self::Commit => "commit",
            Self::Push => "push",
            Self::Request => "request",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Revoke => "revoke",
            Self::Override => "override",
            Self::Ratify => "ratify",
            Self::Land => "land",
            Self::Rewrite => "rewrite",
            Self::Policy => "policy",
            Self::Sign => "sign",
            Self::Promotion => "promotion",
            Self::Outcome => "outcome",
            Self::Trust => "trust",
            Self::Usage => "usage",
            Self::Savepoint => "savepoint",
            Self::Checkpoint => "checkpoint",
            Self::Reconcile => "reconcile",
            Self::Tombstone => "tombstone",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What an override does, as its body says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideAction {
    /// Somebody asks to let a change pass as it is.
    Request,
    /// Somebody else lets it.
    Grant,
    /// It passed by that.
    Use,
    /// It passed because its hook was told to stand aside.
    BreakGlass,
}

impl OverrideAction {
    pub const ALL: [Self; 4] = [Self::Request, Self::Grant, Self::Use, Self::BreakGlass];

    /// The member of the body that says it.
    pub const MEMBER: &str = "action";

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Grant => "grant",
            Self::Use => "use",
            Self::BreakGlass => "break-glass",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// Whether something passed that somebody has to answer for.
    #[must_use]
    pub const fn lets_by(self) -> bool {
        matches!(self, Self::Use | Self::BreakGlass)
    }
}

/// What sort of actor wrote an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    Person,
    Agent,
    Ci,
    Witness,
}

impl ActorKind {
    pub const ALL: [Self; 4] = [Self::Person, Self::Agent, Self::Ci, Self::Witness];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agent => "agent",
            Self::Ci => "ci",
            Self::Witness => "witness",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor {
    pub name: String,
    pub email: String,
    pub kind: ActorKind,
    /// The policy's id of an agent.
    pub id: Option<String>,
    pub model: Option<String>,
}

/// What an entry speaks of. The note's own object is for display only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntrySubject {
    pub commit: Option<ObjectId>,
    pub tree: Option<ObjectId>,
    pub base: Option<ObjectId>,
    pub reference: Option<String>,
}

impl EntrySubject {
    /// The short name of the branch.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        branch_of(self.reference.as_deref()?)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRisk {
    pub level: RiskLevel,
    pub score: u32,
    /// Of the factors and causes, so that a replay compares more than a number.
    pub digest: Sha256,
}

/// A place in a stream: the entry's number and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    pub seq: u64,
    pub id: Sha256,
}

/// One entry, as it was read or is about to be written. Its id is the SHA-256 of its one canonical
/// line, which the `ledger` room writes and reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: EntryKind,
    pub stream: String,
    pub seq: u64,
    /// The id of the entry before it; only the first of a stream has none.
    pub prev: Option<Sha256>,
    pub time: Moment,
    /// The id of the genesis entry; only that entry itself has none.
    pub repo: Option<Sha256>,
    pub actor: Actor,
    pub requested_by: Option<String>,
    pub subject: EntrySubject,
    pub change: Option<ChangeId>,
    /// The digest of the policy that judged.
    pub policy: Option<Sha256>,
    pub risk: Option<RecordedRisk>,
    pub outcome: Option<Outcome>,
    pub reasons: Vec<String>,
    /// What only this kind has.
    pub body: Map<String, Value>,
    /// The version that wrote it.
    pub engine: String,
    /// The heads of the other streams known when it was written.
    pub seen: BTreeMap<String, Seen>,
    pub nonce: Option<String>,
    /// An armoured SSHSIG over the canonical entry without this field.
    pub sig: Option<String>,
}

/// What every room asks of the body. What is not there, or is no such thing, says nothing.
impl Entry {
    /// Where the ledger is ahead of the clock that an entry was written by, this says what the clock said: no
    /// entry is dated before those that it follows, whoever dated them wrongly.
    pub const CLOCK: &str = "clock";

    /// The moment at which it was written, as far as its writer knew.
    #[must_use]
    pub fn written_at(&self) -> Moment {
        self.text(Self::CLOCK).and_then(|clock| clock.parse().ok()).map_or(self.time, |clock| self.time.min(clock))
    }

    /// `None` of any other entry than an override, and of one that says nothing that is known.
    #[must_use]
    pub fn override_action(&self) -> Option<OverrideAction> {
        let action = self.text(OverrideAction::MEMBER).filter(|_| self.kind == EntryKind::Override)?;
        OverrideAction::parse(action)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key)?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_from_its_name() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::parse(kind.as_str()), Some(kind));
        }
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::parse(kind.as_str()), Some(kind));
        }
        for action in OverrideAction::ALL {
            assert_eq!(OverrideAction::parse(action.as_str()), Some(action));
        }
        assert_eq!(EntryKind::parse("Genesis"), None);
    }
}
