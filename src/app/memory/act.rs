//! What an entry says.

use serde_json::{Map, Value};

use crate::ledger::member::{Member, Told};
use crate::model::{Actor, ChangeId, Entry, EntryKind, EntrySubject, ObjectId, Outcome, RecordedRisk, Sha256};

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

    /// Says something more.
    #[must_use]
    pub(in crate::app) fn saying<T: Told>(mut self, member: Member<T>, value: impl Into<T>) -> Self {
        member.put(&mut self.body, &value.into());
        self
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
    pub(in crate::app) fn repeating<T>(mut self, member: Member<T>, entry: &Entry) -> Self {
        if let Some(value) = entry.body.get(member.name()) {
            self.body.insert(member.name().to_owned(), value.clone());
        }
        self
    }
}
