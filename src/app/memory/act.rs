//! What an entry says.

use serde_json::{Map, Value};

use crate::ledger::member::{Member, Told};
use crate::model::{
    Actor, ChangeId, Entry, EntryKind, EntrySubject, ObjectId, Outcome, OverrideAction, RecordedRisk, Sha256,
};

/// What an entry says beyond who wrote it, where and when.
#[derive(Clone, Debug)]
pub(in crate::app) struct Act {
    pub(in crate::app) kind: EntryKind,
    /// The object in whose note it is shown.
    pub(in crate::app) object: ObjectId,
    pub(in crate::app) subject: EntrySubject,
    pub(in crate::app) change: Option<ChangeId>,
    pub(in crate::app) policy: Option<Sha256>,
    pub(in crate::app) risk: Option<RecordedRisk>,
    pub(in crate::app) outcome: Option<Outcome>,
    pub(in crate::app) reasons: Vec<String>,
    pub(in crate::app) body: Map<String, Value>,
    /// Whose act it was and who had asked for it, where the pen only puts it down again.
    pub(in crate::app) actor: Option<(Actor, Option<String>)>,
    /// Whether it is signed though nothing demands that.
    pub(in crate::app) is_signed: bool,
}

impl Act {
    pub(in crate::app) fn new(kind: EntryKind, object: ObjectId, subject: EntrySubject) -> Self {
        Self {
            kind,
            object,
            subject,
            change: None,
            policy: None,
            risk: None,
            outcome: None,
            reasons: Vec::new(),
            body: Map::new(),
            actor: None,
            is_signed: false,
        }
    }

    /// Says what is read again.
    #[must_use]
    pub(in crate::app) fn saying<T: Told>(self, member: Member<T>, value: impl Into<T>) -> Self {
        self.put(member.name(), value.into().to_value())
    }

    /// Says it where there is something to say.
    #[must_use]
    pub(in crate::app) fn saying_any<T: Told>(self, member: Member<T>, value: Option<impl Into<T>>) -> Self {
        match value {
            Some(value) => self.saying(member, value),
            None => self,
        }
    }

    /// Says the same as another entry.
    #[must_use]
    pub(in crate::app) fn repeating<T: Told>(self, member: Member<T>, entry: &Entry) -> Self {
        match entry.body.get(member.name()) {
            Some(value) => self.put(member.name(), value.clone()),
            None => self,
        }
    }

    /// Adds what is only shown, or read where it is written.
    #[must_use]
    pub(in crate::app) fn adding(self, key: &str, value: impl Into<Value>) -> Self {
        self.put(key, value.into())
    }

    fn put(mut self, key: &str, value: Value) -> Self {
        self.body.insert(key.to_owned(), value);
        self
    }

    /// Of an override: what it does.
    #[must_use]
    pub(in crate::app) fn doing(self, action: OverrideAction) -> Self {
        self.adding(OverrideAction::MEMBER, action.as_str())
    }
}
