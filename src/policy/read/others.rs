//! `headers`, `environments`, `notify`, `audit` and `licence`: their shape is judged with the
//! rest of the file, so that no mistake waits for the verb that reads them.

use crate::model::Outcome;
use crate::policy::{ApprovalRule, Audit, Reach, Role};
use crate::yaml::{Entry, Node, Span};

use super::keys;
use super::people;
use super::reader::{Field, Reader, Table, scalar};
use super::words::{did_you_mean, listed, short};

const NAMES: [&str; 5] = ["headers", "environments", "notify", "audit", "licence"];

/// A section that is given replaces the default's as a whole.
pub(super) fn others(reader: &mut Reader<'_>, policy: Table<'_>, base: &[Entry], roles: &[Role]) -> Vec<Entry> {
    if let Some(table) = policy.field("headers").and_then(|field| reader.table(field, &keys::HEADERS)) {
        table.field("required").and_then(|field| reader.globs(field, Reach::Strict));
    }
    if let Some(field) = policy.field("environments") {
        environments(reader, field, roles);
    }
    if let Some(field) = policy.field("notify") {
        notify(reader, field);
    }
    if let Some(table) = policy.field("licence").and_then(|field| reader.table(field, &keys::LICENCE)) {
        issuer(reader, table);
    }
    let of_base = |name: &str| base.iter().find(|entry| entry.key.text == name);
    NAMES.iter().filter_map(|name| policy.entry(name).or_else(|| of_base(name))).cloned().collect()
}

pub(super) fn audit(reader: &mut Reader<'_>, policy: Table<'_>, base: Audit) -> Audit {
    let Some(table) = policy.field("audit").and_then(|field| reader.table(field, &keys::AUDIT)) else { return base };
    Audit {
        sign: table.field("sign").and_then(|field| reader.flag(field)).unwrap_or_default(),
        proof_of_work_bits: table
            .field("proof_of_work_bits")
            .and_then(|field| reader.integer(field, 0..=32))
            .unwrap_or_default(),
    }
}

fn environments(reader: &mut Reader<'_>, field: Field<'_>, roles: &[Role]) -> Option<()> {
    let mut names: Vec<&str> = Vec::new();
    for item in reader.list(field)? {
        let Some(table) = reader.table(item, &keys::ENVIRONMENT) else { continue };
        if let Some(name) = reader.required(table, "name") {
            let text = reader.text(name).and_then(|text| reader.name("an environment", text, name.node.span));
            if text.is_some_and(|text| names.contains(&text)) {
                reader.note(name.node.span.mistake("two environments have this name"));
            }
            names.extend(text);
        }
        let asked = table.field("approvals").and_then(|field| reader.table(field, &keys::ENVIRONMENT_APPROVALS));
        if let Some(asked) = asked {
            let one = ApprovalRule { count: 1, roles: Vec::new(), timeout_seconds: 24 * 3600, signed: false };
            people::rule(reader, asked, &one, roles);
        }
    }
    Some(())
}

fn notify(reader: &mut Reader<'_>, field: Field<'_>) -> Option<()> {
    for item in reader.list(field)? {
        let Some(table) = reader.table(item, &keys::NOTICE) else { continue };
        if let Some(on) = reader.required(table, "on") {
            occasions(reader, on);
        }
        let (telegram, webhook) = (table.field("telegram"), table.field("webhook"));
        if telegram.is_none() && webhook.is_none() {
            reader.note(table.span.mistake("neither `telegram` nor `webhook` says where to"));
        }
        if let Some(field) = telegram {
            refuse_secrets(reader, field.node, "token_env");
            if let Some(table) = reader.table(field, &keys::TELEGRAM) {
                reader.required(table, "chat").and_then(|field| reader.text(field));
                reader.required(table, "token_env").and_then(|field| variable(reader, field));
            }
        }
        if let Some(field) = webhook {
            refuse_secrets(reader, field.node, "url_env");
            if let Some(table) = reader.table(field, &keys::WEBHOOK) {
                reader.required(table, "url_env").and_then(|field| variable(reader, field));
            }
        }
    }
    Some(())
}

fn occasions(reader: &mut Reader<'_>, field: Field<'_>) -> Option<()> {
    let outcomes = Outcome::ALL.map(Outcome::as_str);
    for (text, span) in reader.texts(field)? {
        if text != "*" && !outcomes.contains(&text) {
            let help = did_you_mean(text, &outcomes).unwrap_or_else(|| format!("`*` or one of {}", listed(&outcomes)));
            reader.note(span.mistake(format!("`{}` is no outcome", short(text))).help(help));
        }
    }
    Some(())
}

/// The name of an environment variable. Anything else may be the secret itself, so it is not
/// repeated.
fn variable(reader: &mut Reader<'_>, field: Field<'_>) -> Option<()> {
    let text = reader.text(field)?;
    let name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if !text.chars().all(name) || text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        let mistake = field.node.span.mistake(format!("`{}` must name an environment variable", field.key));
        reader.note(secret(
            mistake.because("a name has capital letters, digits and `_`; a secret stays out of the policy"),
        ));
    }
    Some(())
}

fn refuse_secrets(reader: &mut Reader<'_>, node: &Node, instead: &str) {
    let crate::yaml::Value::Map(entries) = &node.value else { return };
    let known = |entry: &&Entry| ["token", "url", "secret", "password"].contains(&entry.key.text.as_str());
    for entry in entries.iter().filter(known).filter(|entry| scalar(&entry.value).is_some()) {
        let span: Span = entry.value.span;
        let mistake = span.mistake("a secret does not belong in the policy");
        reader.note(secret(mistake.help(format!("put it in an environment variable and name that in `{instead}`"))));
    }
}

fn secret(mistake: crate::model::Mistake) -> crate::model::Mistake {
    crate::model::Mistake { secret: true, ..mistake }
}

fn issuer(reader: &mut Reader<'_>, table: Table<'_>) -> Option<()> {
    let field = reader.required(table, "issuer")?;
    let key = reader.text(field)?;
    let mut words = key.split_whitespace();
    let kind = words.next().is_some_and(|kind| kind.starts_with("ssh-") || kind.starts_with("sk-ssh-"));
    if !kind || !words.next().is_some_and(|key| key.starts_with("AAAA")) {
        let mistake = field.node.span.mistake("`issuer` must be a public key");
        reader.note(mistake.help("write it as in `id_ed25519.pub`: `ssh-ed25519 AAAA…`"));
    }
    Some(())
}
