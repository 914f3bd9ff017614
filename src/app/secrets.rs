//! What people wrote, without the secrets in it: before it is told, sent or put on record.
//!
//! The built-in rules judge here. Those of a repository may not be known yet, as where its policy
//! cannot be read, and a secret is one whatever they say.

use serde_json::{Map, Value};

use crate::check::rules::Rules;
use crate::ledger::member;
use crate::model::Mistake;
use crate::policy::Policy;

/// What of an entry's body somebody wrote.
const WRITTEN: [&str; 6] = [
    member::REASON.name(),
    member::NOTES.name(),
    member::BLOCKING.name(),
    member::ASSESSMENT.name(),
    member::META.name(),
    "lesson",
];

pub(super) fn hide(texts: &mut [&mut String]) {
    if texts.iter().all(|text| text.is_empty()) {
        return;
    }
    match built_in() {
        Some(rules) => rules.hide_secrets(texts),
        None => texts.iter_mut().for_each(|text| text.clear()),
    }
}

/// An entry's body: what is on record stays there.
pub(super) fn hide_in_body(body: &mut Map<String, Value>) {
    let mut texts = Vec::new();
    for (key, value) in body.iter_mut() {
        if WRITTEN.contains(&key.as_str()) {
            collect(value, &mut texts);
        }
    }
    hide(&mut texts);
}

/// What is wrong with a file as it may be told, and the file as its lines may be shown beside it.
pub(super) fn shown(bytes: Vec<u8>, mut mistakes: Vec<Mistake>) -> (Vec<u8>, Vec<Mistake>) {
    if mistakes.is_empty() {
        return (bytes, mistakes);
    }
    let words = mistakes.iter_mut().flat_map(|mistake| {
        let Mistake { message, because, help, .. } = mistake;
        std::iter::once(message).chain(because).chain(help)
    });
    hide(&mut words.collect::<Vec<_>>());
    (starred(bytes), mistakes)
}

/// Every character of a file stays one character.
fn starred(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).unwrap_or_else(|odd| String::from_utf8_lossy(odd.as_bytes()).into_owned());
    built_in().map(|rules| rules.starred(&text).into_bytes()).unwrap_or_default()
}

fn built_in() -> Option<Rules> {
    Rules::new(&Policy::built_in().rules, Vec::new()).ok()
}

fn collect<'v>(value: &'v mut Value, texts: &mut Vec<&'v mut String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values_mut().for_each(|member| collect(member, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_body_only_what_somebody_wrote_is_changed() {
        let key = ["AKIA", "Z7QVN4KWJ3XPLM2T"].concat();
        let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let body = json!({
            "notes": format!("see gc1-{digest}, the key was {key}"),
            "blocking": [key, "no tests"],
            "meta": { "owner": "lin", "token": key },
            "decision": digest,
            "deciding": key,
        });
        let Value::Object(mut body) = body else { panic!("no object") };

        hide_in_body(&mut body);

        let hidden = "AKI…(20 characters)";
        let expected = json!({
            "notes": format!("see gc1-{digest}, the key was {hidden}"),
            "blocking": [hidden, "no tests"],
            "meta": { "owner": "lin", "token": hidden },
            "decision": digest,
            "deciding": key,
        });
        assert_eq!(Value::Object(body), expected);
    }
}
