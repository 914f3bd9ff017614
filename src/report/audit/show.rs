//! Entries of the ledger, whole.

use std::fmt::Write;

use serde_json::{Value, json};

use super::super::escape::{self, printable};
use super::log::{Logged, logged_v1};
use crate::model::DamageCode;

/// An entry with the state of its signature.
#[derive(Clone, Debug)]
pub struct Shown {
    pub entry: Logged,
    /// The key and namespace of the signature, or why it cannot be read; none without one.
    pub signed_by: Option<String>,
}

impl Shown {
    fn signature(&self) -> String {
        const OF_SIGNATURES: [DamageCode; 5] = [
            DamageCode::SignatureMissing,
            DamageCode::SignatureBad,
            DamageCode::SignatureNamespace,
            DamageCode::SignerNotAllowed,
            DamageCode::ForeignKey,
        ];
        let flaw = self.entry.damage.iter().map(|damage| damage.code).find(|code| OF_SIGNATURES.contains(code));
        match (&self.signed_by, flaw) {
            (None, None) => "none".into(),
            (None, Some(flaw)) => format!("none: {flaw}"),
            (Some(by), None) => format!("good, by {by}"),
            (Some(by), Some(flaw)) => format!("{flaw}, by {by}"),
        }
    }
}

/// A paragraph an entry.
#[must_use]
pub fn human(entries: &[Shown]) -> String {
    entries.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(shown: &Shown) -> String {
    let Logged { id, entry, damage, .. } = &shown.entry;
    let mut text = format!("{} {}: entry {} of {}\n", entry.kind, id.short(), entry.seq, printable(&entry.stream));
    let mut say = |name: &str, value: String| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {name:<12} {value}");
    };
    let actor = &entry.actor;
    let model = actor.model.as_ref().map(|model| format!(", {model}")).unwrap_or_default();
    let agent = actor.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    say("id", id.to_string());
    say("follows", entry.prev.map_or_else(|| "nothing: it is the first".to_owned(), |prev| prev.to_string()));
    say("time", entry.time.to_string());
    let who = format!("{} <{}> ({}{agent}{model})", actor.name, actor.email, actor.kind.as_str());
    say("by", printable(&who));
    if let Some(person) = &entry.requested_by {
        say("asked by", printable(person));
    }
    let subject = &entry.subject;
    for (name, object) in [("commit", subject.commit), ("tree", subject.tree), ("on top of", subject.base)] {
        if let Some(object) = object {
            say(name, object.to_string());
        }
    }
    if let Some(reference) = &subject.reference {
        say("reference", printable(reference));
    }
    if let Some(change) = entry.change {
        say("change", change.to_string());
    }
    if let Some(policy) = entry.policy {
        say("policy", policy.to_name());
    }
    if let Some(risk) = &entry.risk {
        say("risk", format!("{}, score {}", risk.level, risk.score));
    }
    if let Some(outcome) = entry.outcome {
        say("outcome", outcome.to_string());
    }
    for reason in &entry.reasons {
        say("because", printable(reason));
    }
    for (name, value) in &entry.body {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        say(&printable(name), printable(&value));
    }
    for (stream, seen) in &entry.seen {
        say("has seen", format!("entry {} of {} ({})", seen.seq, printable(stream), seen.id.short()));
    }
    say("engine", printable(&entry.engine));
    say("signature", printable(&shown.signature()));
    for damage in damage {
        say("damage", printable(&damage.to_string()));
    }
    text
}

#[must_use]
pub fn json(entries: &[Shown]) -> String {
    let entry = |shown: &Shown| {
        let mut value = logged_v1(&shown.entry);
        if let Value::Object(members) = &mut value {
            members.insert("signature".into(), Value::String(shown.signature()));
        }
        value
    };
    let whole = json!({
        "schema": "gov-hook/audit-show/v1",
        "entries": entries.iter().map(entry).collect::<Vec<_>>(),
    });
    escape::json(&whole).unwrap_or_default()
}
