//! What members of a body say for which no other room has a word.

use serde_json::{Value, json};

use super::Told;
use crate::model::{Gate, Sha256};

/// A digest behind what kind of digest it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named(pub Sha256);

/// Who asked for a decision: a gate, or an agent about to run something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Gate(Gate),
    Agent,
}

impl From<Gate> for Asker {
    fn from(gate: Gate) -> Self {
        Self::Gate(gate)
    }
}

/// Who asked for a decision on a commit that was made already, or beside the hooks; and what ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A hook that git runs afterwards: before merges, cherry-picks, reverts, rebases and `am` it
    /// runs none, and of an amended commit only the amendment was judged.
    Hook,
    /// The same hook, of a commit that was made past the ones that should have run.
    Bypass,
    /// The push that would bring it to others.
    Push,
    /// A person, with a reason.
    Record,
    /// A person who only wants to know.
    Check,
    /// Nobody answered in time.
    Timeout,
}

impl Cause {
    pub(super) const ALL: [Self; 6] = [Self::Hook, Self::Bypass, Self::Push, Self::Record, Self::Check, Self::Timeout];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::Bypass => "bypass",
            Self::Push => "push",
            Self::Record => "record",
            Self::Check => "check",
            Self::Timeout => "timeout",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}

/// What was done with a savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavepointAction {
    Save,
    Rollback,
    Forget,
}

impl SavepointAction {
    pub(super) const ALL: [Self; 3] = [Self::Save, Self::Rollback, Self::Forget];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::Rollback => "rollback",
            Self::Forget => "forget",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// Whether files are signed, or are so no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignAction {
    Sign,
    Unsign,
}

impl SignAction {
    pub(super) const ALL: [Self; 2] = [Self::Sign, Self::Unsign];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Unsign => "unsign",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// The digests of what was built in that judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    pub card: String,
    pub packs: String,
}

/// How many files and lines a change is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub changed: u64,
    pub added: u64,
    pub deleted: u64,
}

impl Told for Named {
    fn to_value(&self) -> Value {
        Value::String(self.0.to_name())
    }

    fn from_value(value: &Value) -> Option<Self> {
        Sha256::from_name(value.as_str()?).map(Self)
    }
}

impl Told for Asker {
    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Gate(gate) => gate.as_str(),
            Self::Agent => AGENT,
        })
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        let gate = [Gate::Commit, Gate::Push].into_iter().find(|gate| gate.as_str() == text);
        gate.map(Self::Gate).or_else(|| (text == AGENT).then_some(Self::Agent))
    }
}

/// How an agent's question is called.
const AGENT: &str = "agent";

impl Told for Engine {
    fn to_value(&self) -> Value {
        json!({ "card": self.card, "packs": self.packs })
    }

    fn from_value(value: &Value) -> Option<Self> {
        let digest = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Self { card: digest("card")?, packs: digest("packs")? })
    }
}

/// What is not told was nothing.
impl Told for Extent {
    fn to_value(&self) -> Value {
        json!({ "changed": self.changed, "added": self.added, "deleted": self.deleted })
    }

    fn from_value(value: &Value) -> Option<Self> {
        let number = |name: &str| value.get(name).and_then(Value::as_u64).unwrap_or_default();
        Some(Self { changed: number("changed"), added: number("added"), deleted: number("deleted") })
    }
}
