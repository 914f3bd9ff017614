//! Reads an entry from its line, and refuses every line that is not the entry's own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::canonical::{self, Node, NotCanonical};
use super::{VERSION, fits_a_stream};
use crate::model::{
    Actor, ActorKind, ChangeId, Entry, EntryKind, EntrySubject, Gather, Moment, ObjectId, Outcome, RecordedRisk,
    RiskLevel, Seen, Sha256,
};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the line is not canonical JSON: {0}")]
    NotCanonical(#[from] NotCanonical),
    #[error("the line is not a JSON object")]
    NoObject,
    #[error("the version `{found}` is unknown; this gov-hook reads {VERSION}")]
    Version { found: String },
    #[error("the kind `{found}` is unknown; a newer gov-hook may know it")]
    Kind { found: String },
    #[error("`{field}` is missing")]
    Missing { field: &'static str },
    #[error("`{field}` is not {expected}")]
    Value { field: &'static str, expected: &'static str },
    #[error("`{field}` is empty; what an entry does not have is left out")]
    Empty { field: &'static str },
    #[error("the field `{field}` is unknown")]
    Unknown { field: String },
}

/// The lines of a note. Every line ends with a newline, and none is empty: `None` where the bytes
/// are otherwise.
#[must_use]
pub fn lines(note: &[u8]) -> Option<Vec<&[u8]>> {
    let lines: Vec<&[u8]> = note.strip_suffix(b"\n")?.split(|byte| *byte == b'\n').collect();
    lines.iter().all(|line| !line.is_empty()).then_some(lines)
}

/// The entry a line is. What is read is written as the same bytes again.
pub fn parse(line: &[u8]) -> Result<Entry, Unreadable> {
    let Node::Object(members) = canonical::node(line)? else { return Err(Unreadable::NoObject) };
    let mut fields = Fields(members);
    match fields.remove("v").map(Value::from) {
        Some(Value::Number(number)) if number.as_u64() == Some(VERSION) => {}
        Some(other) => return Err(Unreadable::Version { found: other.to_string() }),
        None => return Err(Unreadable::Missing { field: "v" }),
    }
    let kind = fields.needed("kind", Fields::text)?;
    let kind = EntryKind::parse(&kind).ok_or(Unreadable::Kind { found: kind })?;
    let entry = Entry {
        kind,
        stream: fields.needed("stream", |fields, key| {
            fields.read(key, "a stream's name", |value| {
                text(value).filter(|name| fits_a_stream(name)).map(Cow::into_owned)
            })
        })?,
        seq: fields.needed("seq", Fields::number)?,
        prev: fields.digest("prev")?,
        time: fields.needed("time", |fields, key| {
            fields.read(key, "a moment such as `2026-11-21T05:45:56Z`", |value| text(value)?.parse::<Moment>().ok())
        })?,
        repo: fields.digest("repo")?,
        actor: fields.needed("actor", Fields::object).and_then(actor)?,
        requested_by: fields.text("requested_by")?,
        subject: fields.object("subject")?.map(subject).transpose()?.unwrap_or_default(),
        change: fields.read("change", "a change id", |value| text(value)?.parse::<ChangeId>().ok())?,
        policy: fields.prefixed_digest("policy")?,
        risk: fields.object("risk")?.map(risk).transpose()?,
        outcome: fields.read("outcome", "an outcome", |value| Outcome::parse(&text(value)?))?,
        reasons: fields.reasons()?,
        body: fields.body()?,
        engine: fields.needed("engine", Fields::text)?,
        seen: fields.object("seen")?.map(seen).transpose()?.unwrap_or_default(),
        nonce: fields.text("nonce")?,
        sig: fields.text("sig")?,
    };
    fields.done()?;
    Ok(entry)
}

fn actor(mut fields: Fields<'_>) -> Result<Actor, Unreadable> {
    let actor = Actor {
        name: fields.needed("name", Fields::text)?,
        email: fields.needed("email", Fields::text)?,
        kind: fields.needed("kind", |fields, key| {
            fields.read(key, "`person`, `agent`, `ci` or `witness`", |value| ActorKind::parse(&text(value)?))
        })?,
        id: fields.text("id")?,
        model: fields.text("model")?,
    };
    fields.done()?;
    Ok(actor)
}

fn subject(mut fields: Fields<'_>) -> Result<EntrySubject, Unreadable> {
    let subject = EntrySubject {
        commit: fields.object_id("commit")?,
        tree: fields.object_id("tree")?,
        base: fields.object_id("base")?,
        reference: fields.text("ref")?,
    };
    fields.done()?;
    if subject == EntrySubject::default() { Err(Unreadable::Empty { field: "subject" }) } else { Ok(subject) }
}

fn risk(mut fields: Fields<'_>) -> Result<RecordedRisk, Unreadable> {
    let risk = RecordedRisk {
        level: fields.needed("level", |fields, key| {
            fields.read(key, "a level of risk", |value| RiskLevel::parse(&text(value)?))
        })?,
        score: fields.needed("score", Fields::number).and_then(|score| {
            u32::try_from(score).map_err(|_too_large| Unreadable::Value { field: "score", expected: "a score" })
        })?,
        digest: fields.needed("digest", Fields::prefixed_digest)?,
    };
    fields.done()?;
    Ok(risk)
}

fn seen(fields: Fields<'_>) -> Result<BTreeMap<String, Seen>, Unreadable> {
    const WRONG: Unreadable = Unreadable::Value { field: "seen", expected: "a map of streams to `[seq, id]`" };
    if fields.0.is_empty() {
        return Err(Unreadable::Empty { field: "seen" });
    }
    let one = |(stream, value): (Cow<'_, str>, Node<'_>)| {
        let Node::Array(pair) = value else { return Err(WRONG) };
        let [Node::Number(seq), Node::String(id)] = pair.as_slice() else { return Err(WRONG) };
        let (Ok(seq), Ok(id), true) = (u64::try_from(*seq), id.parse(), fits_a_stream(&stream)) else {
            return Err(WRONG);
        };
        Ok((stream.into_owned(), Seen { seq, id }))
    };
    Ok(fields.0.into_iter().map(one).collect::<Result<Vec<_>, _>>()?.into_iter().gathered())
}

fn text(value: Node<'_>) -> Option<Cow<'_, str>> {
    if let Node::String(text) = value { Some(text) } else { None }
}

fn strings(value: Node<'_>) -> Option<Vec<String>> {
    if let Node::Array(items) = value {
        items.into_iter().map(|item| text(item).map(Cow::into_owned)).collect()
    } else {
        None
    }
}

/// The members of an object that nobody has taken yet.
struct Fields<'a>(Vec<(Cow<'a, str>, Node<'a>)>);

impl<'a> Fields<'a> {
    fn remove(&mut self, field: &str) -> Option<Node<'a>> {
        let at = self.0.iter().position(|(key, _)| key == field)?;
        Some(self.0.remove(at).1)
    }

    fn read<T>(
        &mut self,
        field: &'static str,
        expected: &'static str,
        take: impl FnOnce(Node<'a>) -> Option<T>,
    ) -> Result<Option<T>, Unreadable> {
        let Some(value) = self.remove(field) else { return Ok(None) };
        take(value).map(Some).ok_or(Unreadable::Value { field, expected })
    }

    fn needed<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Result<Option<T>, Unreadable>,
    ) -> Result<T, Unreadable> {
        read(self, field)?.ok_or(Unreadable::Missing { field })
    }

    fn text(&mut self, field: &'static str) -> Result<Option<String>, Unreadable> {
        self.read(field, "a string", |value| text(value).map(Cow::into_owned))
    }

    fn number(&mut self, field: &'static str) -> Result<Option<u64>, Unreadable> {
        self.read(field, "a number from 0 on", |value| {
            if let Node::Number(number) = value { u64::try_from(number).ok() } else { None }
        })
    }

    fn object(&mut self, field: &'static str) -> Result<Option<Self>, Unreadable> {
        self.read(
            field,
            "an object",
            |value| if let Node::Object(members) = value { Some(Self(members)) } else { None },
        )
    }

    fn reasons(&mut self) -> Result<Vec<String>, Unreadable> {
        let found = self.read("reasons", "a list of strings", strings)?;
        if found.as_ref().is_some_and(Vec::is_empty) {
            return Err(Unreadable::Empty { field: "reasons" });
        }
        Ok(found.unwrap_or_default())
    }

    fn body(&mut self) -> Result<Map<String, Value>, Unreadable> {
        let found = self.object("body")?;
        if found.as_ref().is_some_and(|body| body.0.is_empty()) {
            return Err(Unreadable::Empty { field: "body" });
        }
        let members = found.map(|body| body.0).unwrap_or_default();
        Ok(members.into_iter().map(|(key, value)| (key.into_owned(), value.into())).gathered())
    }

    fn digest(&mut self, field: &'static str) -> Result<Option<Sha256>, Unreadable> {
        self.read(field, "64 lower-case hexadecimal digits", |value| text(value)?.parse().ok())
    }

    fn prefixed_digest(&mut self, field: &'static str) -> Result<Option<Sha256>, Unreadable> {
        self.read(field, "`sha256:` and 64 lower-case hexadecimal digits", |value| Sha256::from_name(&text(value)?))
    }

    fn object_id(&mut self, field: &'static str) -> Result<Option<ObjectId>, Unreadable> {
        self.read(field, "a git object's id in lower case", |value| {
            let hex = text(value)?;
            hex.parse().ok().filter(|_| !hex.bytes().any(|byte| byte.is_ascii_uppercase()))
        })
    }

    fn done(self) -> Result<(), Unreadable> {
        match self.0.into_iter().next() {
            Some((field, _)) => Err(Unreadable::Unknown { field: field.into_owned() }),
            None => Ok(()),
        }
    }
}
