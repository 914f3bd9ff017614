//! How what a member says is written, and read again.

use serde_json::{Map, Value, json};

use super::{Cause, SavepointAction, SignAction};
use crate::model::{ChangeId, Enforcement, Moment, Need, ObjectId, OverrideAction, Seen, Sha256};

/// What a member can say.
pub trait Told: Sized {
    fn to_value(&self) -> Value;
    fn from_value(value: &Value) -> Option<Self>;
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

/// What has one word for each of its kinds.
macro_rules! told_as_word {
    ($($kind:ty),+) => {$(
        impl Told for $kind {
            fn to_value(&self) -> Value {
                Value::from(self.as_str())
            }

            fn from_value(value: &Value) -> Option<Self> {
                Self::parse(value.as_str()?)
            }
        }
    )+};
}

told_as_word!(Enforcement, OverrideAction, Cause, SavepointAction, SignAction);

impl<T: Told> Told for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_value).collect()
    }
}

/// Members that another one names.
impl Told for Map<String, Value> {
    fn to_value(&self) -> Value {
        Value::Object(self.clone())
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_object().cloned()
    }
}

/// What was, and what became of it.
impl Told for (ObjectId, ObjectId) {
    fn to_value(&self) -> Value {
        json!([self.0.to_string(), self.1.to_string()])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let id = |at: usize| ObjectId::from_value(value.get(at)?);
        Some((id(0)?, id(1)?))
    }
}

impl Told for Seen {
    fn to_value(&self) -> Value {
        json!([self.seq, self.id.to_string()])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let [seq, id] = value.as_array()?.as_slice() else { return None };
        Some(Self { seq: seq.as_u64()?, id: Sha256::from_value(id)? })
    }
}

/// Who was counted is found anew by whoever reads it.
impl Told for Need {
    fn to_value(&self) -> Value {
        json!({ "rule": self.rule, "count": self.count, "roles": self.roles, "signed": self.signed })
    }

    fn from_value(value: &Value) -> Option<Self> {
        let roles = value.get("roles")?.as_array()?.iter().filter_map(String::from_value).collect();
        Some(Self {
            rule: String::from_value(value.get("rule")?)?,
            count: u32::try_from(value.get("count")?.as_u64()?).ok()?,
            roles,
            signed: value.get("signed")?.as_bool()?,
            counted: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Asker, Engine, Extent, Named};
    use super::*;
    use crate::model::Gate;

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
        for action in SavepointAction::ALL {
            assert_eq!(read_back(&action, &format!("\"{}\"", action.as_str())), Some(action));
        }
        for action in SignAction::ALL {
            assert_eq!(read_back(&action, &format!("\"{}\"", action.as_str())), Some(action));
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
        assert_eq!(read_back(&(commit, commit), &format!("[\"{commit}\",\"{commit}\"]")), Some((commit, commit)));
        let seen = Seen { seq: 3, id: digest };
        assert_eq!(read_back(&seen, &format!("[3,\"{digest}\"]")), Some(seen));
        let engine = Engine { card: "c".into(), packs: "p".into() };
        assert_eq!(read_back(&engine, r#"{"card":"c","packs":"p"}"#), Some(engine));
        let extent = Extent { changed: 1, added: 2, deleted: 3 };
        assert_eq!(read_back(&extent, r#"{"added":2,"changed":1,"deleted":3}"#), Some(extent));
        let need =
            Need { rule: "high".into(), count: 2, roles: vec!["lead".into()], signed: true, counted: Vec::new() };
        assert_eq!(read_back(&need, r#"{"count":2,"roles":["lead"],"rule":"high","signed":true}"#), Some(need));
        assert_eq!(read_back(&true, "true"), Some(true));
        assert_eq!(read_back(&3, "3"), Some(3_u64));
        assert_eq!(u64::from_value(&Value::from("3")), None);
    }
}
