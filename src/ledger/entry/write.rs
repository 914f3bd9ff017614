//! Writes an entry's line: its fields in the order in which canonical JSON sorts them.

use serde_json::Value;

use super::super::canonical::{self, MAX_LINE, MAX_NUMBER, Why, push_number, push_string};
use super::{VERSION, fits_a_stream};
use crate::model::{Actor, Entry, EntrySubject};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    #[error("the body of a `{kind}` entry has no canonical form: {why}")]
    Body { kind: &'static str, why: Why },
    #[error("`{name}` names no stream")]
    Stream { name: String },
    #[error("the number {number} of an entry lies outside what canonical JSON can hold")]
    Number { number: u64 },
    #[error("the entry takes {length} bytes; {MAX_LINE} are allowed")]
    TooLong { length: usize },
}

/// The entry's canonical line, without a newline.
pub fn write(entry: &Entry) -> Result<String, Unwritable> {
    let mut out = String::with_capacity(1024);
    append(entry, entry.sig.as_deref(), &mut out)?;
    Ok(out)
}

/// Appends the line with `sig` in the place of the entry's own.
pub(super) fn append(entry: &Entry, sig: Option<&str>, out: &mut String) -> Result<(), Unwritable> {
    let start = out.len();
    let numbers = entry.seen.values().map(|seen| seen.seq).chain([entry.seq]);
    if let Some(number) = numbers.into_iter().find(|number| *number > MAX_NUMBER) {
        return Err(Unwritable::Number { number });
    }
    let streams = entry.seen.keys().chain([&entry.stream]);
    if let Some(name) = streams.into_iter().find(|name| !fits_a_stream(name)) {
        return Err(Unwritable::Stream { name: name.clone() });
    }
    let mut fields = Fields { out, first: true };
    actor(&entry.actor, fields.key("actor"));
    if !entry.body.is_empty() {
        let body = Value::Object(entry.body.clone());
        canonical::write(&body, fields.key("body"))
            .map_err(|error| Unwritable::Body { kind: entry.kind.as_str(), why: error.why })?;
    }
    fields.shown("change", entry.change.as_ref());
    fields.string("engine", Some(&entry.engine));
    fields.string("kind", Some(entry.kind.as_str()));
    fields.string("nonce", entry.nonce.as_deref());
    fields.string("outcome", entry.outcome.map(crate::model::Outcome::as_str));
    fields.string("policy", entry.policy.map(|digest| digest.to_name()).as_deref());
    fields.shown("prev", entry.prev.as_ref());
    if !entry.reasons.is_empty() {
        let out = fields.key("reasons");
        list(entry.reasons.iter(), out, |reason, out| push_string(reason, out));
    }
    fields.shown("repo", entry.repo.as_ref());
    fields.string("requested_by", entry.requested_by.as_deref());
    if let Some(risk) = &entry.risk {
        let mut inner = Fields::open(fields.key("risk"));
        inner.string("digest", Some(&risk.digest.to_name()));
        inner.string("level", Some(risk.level.as_str()));
        inner.number("score", u64::from(risk.score));
        inner.close();
    }
    if !entry.seen.is_empty() {
        let mut inner = Fields::open(fields.key("seen"));
        for (stream, seen) in &entry.seen {
            let out = inner.key(stream);
            out.push('[');
            push_number(seen.seq, out);
            out.push(',');
            push_string(&seen.id.to_string(), out);
            out.push(']');
        }
        inner.close();
    }
    fields.number("seq", entry.seq);
    fields.string("sig", sig);
    fields.string("stream", Some(&entry.stream));
    if entry.subject != EntrySubject::default() {
        subject(&entry.subject, fields.key("subject"));
    }
    fields.string("time", Some(&entry.time.to_string()));
    fields.number("v", VERSION);
    out.push('}');
    let length = out.len() - start;
    if length > MAX_LINE { Err(Unwritable::TooLong { length }) } else { Ok(()) }
}

fn actor(actor: &Actor, out: &mut String) {
    let mut inner = Fields::open(out);
    inner.string("email", Some(&actor.email));
    inner.string("id", actor.id.as_deref());
    inner.string("kind", Some(actor.kind.as_str()));
    inner.string("model", actor.model.as_deref());
    inner.string("name", Some(&actor.name));
    inner.close();
}

fn subject(subject: &EntrySubject, out: &mut String) {
    let mut inner = Fields::open(out);
    inner.shown("base", subject.base.as_ref());
    inner.shown("commit", subject.commit.as_ref());
    inner.string("ref", subject.reference.as_deref());
    inner.shown("tree", subject.tree.as_ref());
    inner.close();
}

fn list<T>(items: impl Iterator<Item = T>, out: &mut String, write: impl Fn(T, &mut String)) {
    out.push('[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

/// The members of an object that is being written; the caller keeps them sorted.
struct Fields<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Fields<'a> {
    fn open(out: &'a mut String) -> Self {
        Self { out, first: true }
    }

    fn key(&mut self, key: &str) -> &mut String {
        self.out.push(if self.first { '{' } else { ',' });
        self.first = false;
        push_string(key, self.out);
        self.out.push(':');
        self.out
    }

    fn string(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            push_string(text, self.key(key));
        }
    }

    fn shown(&mut self, key: &str, shown: Option<&impl ToString>) {
        self.string(key, shown.map(ToString::to_string).as_deref());
    }

    fn number(&mut self, key: &str, number: u64) {
        push_number(number, self.key(key));
    }

    fn close(self) {
        self.out.push('}');
    }
}
