//! The members of an entry's body that are read again: each is named once, with the type of what it says, for
//! whoever writes it and for whoever reads it.

use std::marker::PhantomData;

use serde_json::Value;

use crate::model::{ChangeId, Enforcement, Entry, Gate, Moment, ObjectId, Sha256};

/// A member of a body that says a `T`.
pub struct Member<T> {
    name: &'static str,
    says: PhantomData<fn() -> T>,
}

impl<T> Clone for Member<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Member<T> {}

/// The commit whose policy judged, and the digest of what decides in it.
pub const LAW: Member<ObjectId> = Member::new("law");
pub const DECIDING: Member<Named> = Member::new("deciding");

/// What was judged: the newest commit, a tag of it, what it lands on, and where a range begins.
pub const HEAD: Member<ObjectId> = Member::new("head");
pub const TAG: Member<ObjectId> = Member::new("tag");
pub const ONTO: Member<ObjectId> = Member::new("onto");
pub const BASE: Member<ObjectId> = Member::new("base");
pub const AFTER: Member<Vec<ObjectId>> = Member::new("after");
/// The commits that what is staged is merged with, and the one that a forced push replaces.
pub const MERGING: Member<Vec<ObjectId>> = Member::new("merging");
pub const REPLACED: Member<ObjectId> = Member::new("replaced");

/// Who asked, how strictly, why, and with which exit code it was answered.
pub const GATE: Member<Asker> = Member::new("gate");
pub const ENFORCEMENT: Member<Enforcement> = Member::new("enforcement");
pub const CAUSE: Member<Cause> = Member::new("cause");
pub const EXIT: Member<u64> = Member::new("exit");

/// The entries that were heard, and those of them that a decision rests on.
pub const HEARD: Member<Vec<Sha256>> = Member::new("heard");
pub const RESTS_ON: Member<Vec<Sha256>> = Member::new("rests_on");

/// What people say: why, until when, and of which commits' changes.
pub const REASON: Member<String> = Member::new("reason");
pub const NOTES: Member<String> = Member::new("notes");
pub const EXPIRES: Member<Moment> = Member::new("expires");
pub const COVERED: Member<Vec<ChangeId>> = Member::new("covered");

/// The entry that another one takes back, grants, makes use of, binds or says again.
pub const REVOKED: Member<Sha256> = Member::new("approval");
pub const GRANTED: Member<Sha256> = Member::new("request");
pub const OVERRIDE: Member<Sha256> = Member::new("override");
pub const APPROVALS: Member<Vec<Sha256>> = Member::new("approvals");
pub const DECISION: Member<Sha256> = Member::new("decision");
pub const RESTATES: Member<Sha256> = Member::new("restates");

/// Whether hooks were told to stand aside, and whether something was seen where it was to land.
pub const DISABLED: Member<bool> = Member::new("disabled");
pub const LANDED: Member<bool> = Member::new("landed");

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
    const ALL: [Self; 6] = [Self::Hook, Self::Bypass, Self::Push, Self::Record, Self::Check, Self::Timeout];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::Bypass => "bypass",
            Self::Push => "push",
            Self::Record => "record",
            Self::Check => "check",
            Self::Timeout => "timeout",
        }
    }
}

/// What a member can say.
pub trait Told: Sized {
    fn to_value(&self) -> Value;
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: Told> Member<T> {
    const fn new(name: &'static str) -> Self {
        Self { name, says: PhantomData }
    }

    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What an entry says; what is not there, or is no such thing, says nothing.
    #[must_use]
    pub fn of(&self, entry: &Entry) -> Option<T> {
        T::from_value(entry.body.get(self.name)?)
    }

    #[must_use]
    pub fn is_in(&self, entry: &Entry) -> bool {
        entry.body.contains_key(self.name)
    }
}

impl<T: Told> Member<Vec<T>> {
    /// Each of those that an entry lists; what is no such thing is passed over.
    pub fn each(&self, entry: &Entry) -> impl Iterator<Item = T> {
        entry.list(self.name).filter_map(T::from_value)
    }
}

/// What is written as text and read from it.
macro_rules! told_as_text {
    ($($kind:ty),+) => {$(
        impl Told for $kind {
            fn to_value(&self) -> Value {
                Value::String(self.to_string())
            }

            fn from_value(value: &Value) -> Option<Self> {
                value.as_str()?.parse().ok()
            }
        }
    )+};
}

told_as_text!(ObjectId, Sha256, ChangeId, Moment, String);

impl Told for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Told for u64 {
    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_u64()
    }
}

impl<T: Told> Told for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_value).collect()
    }
}

impl Told for Named {
    fn to_value(&self) -> Value {
        Value::String(self.0.to_name())
    }

    fn from_value(value: &Value) -> Option<Self> {
        Sha256::from_name(value.as_str()?).map(Self)
    }
}

impl Told for Enforcement {
    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }

    fn from_value(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?)
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

impl Told for Cause {
    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back<T: Told>(said: &T, written: &str) -> Option<T> {
        let value = said.to_value();
        assert_eq!(value.to_string(), written);
        T::from_value(&value)
    }

    #[test]
    fn what_is_said_reads_back_from_its_one_spelling() {
        let (digest, commit) = (Sha256::of(b"gov"), ObjectId::new([7; 20]));

        for cause in Cause::ALL {
            assert_eq!(read_back(&cause, &format!("\"{}\"", cause.as_str())), Some(cause));
        }
        for (asker, written) in [
            (Asker::Gate(Gate::Commit), "\"commit\""),
            (Asker::Gate(Gate::Push), "\"push\""),
            (Asker::Agent, "\"agent\""),
        ] {
            assert_eq!(read_back(&asker, written), Some(asker));
        }
        for level in Enforcement::ALL {
            assert_eq!(read_back(&level, &format!("\"{level}\"")), Some(level));
        }
        assert_eq!(read_back(&Named(digest), &format!("\"sha256:{digest}\"")), Some(Named(digest)));
        assert_eq!(read_back(&digest, &format!("\"{digest}\"")), Some(digest));
        assert_eq!(read_back(&vec![commit], &format!("[\"{commit}\"]")), Some(vec![commit]));
        assert_eq!(read_back(&true, "true"), Some(true));
        assert_eq!(read_back(&3, "3"), Some(3_u64));
        assert_eq!(u64::from_value(&Value::from("3")), None);
    }
}
