//! `notify`: who is told of which decisions, and how.

use crate::model::{Mistake, Outcome};
use crate::policy::{Channel, Notice};
use crate::yaml::{Entry, Node, Value};

use super::keys;
use super::reader::{Field, Reader, Table, scalar};
use super::words::{did_you_mean, listed, short};

pub(super) fn notices(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: Vec<Notice>) -> Vec<Notice> {
    let Some(items) = field.and_then(|field| reader.list(field)) else { return base };
    let mut notices = Vec::new();
    for item in items {
        let Some(table) = reader.table(item, &keys::NOTICE) else { continue };
        let on = reader.required(table, "on").and_then(|on| occasions(reader, on)).unwrap_or_default();
        if Channel::KINDS.iter().all(|kind| table.field(kind).is_none()) {
            let kinds = "none of `telegram`, `slack`, `webhook` and `command` says where to";
            reader.note(table.span.mistake(kinds));
        }
        notices.push(Notice { on, channels: channels(reader, table) });
    }
    notices
}

fn channels(reader: &mut Reader<'_>, table: Table<'_>) -> Vec<Channel> {
    let telegram = table.field("telegram").and_then(|field| telegram(reader, field));
    let slack = table.field("slack").and_then(|field| slack(reader, field));
    let webhook = table.field("webhook").and_then(|field| webhook(reader, field));
    let command = table.field("command").and_then(|field| command(reader, field));
    [telegram, slack, webhook, command].into_iter().flatten().collect()
}

fn telegram(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Channel> {
    refuse_secrets(reader, field.node, "token_env");
    let table = reader.table(field, &keys::TELEGRAM)?;
    let chat = reader.required(table, "chat").and_then(|field| reader.text(field)).map(str::to_owned);
    let token_env = reader.required(table, "token_env").and_then(|field| variable(reader, field));
    Some(Channel::Telegram { chat: chat?, token_env: token_env? })
}

fn slack(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Channel> {
    refuse_secrets(reader, field.node, "url_env");
    let table = reader.table(field, &keys::SLACK)?;
    let url_env = reader.required(table, "url_env").and_then(|field| variable(reader, field))?;
    Some(Channel::Slack { url_env })
}

fn webhook(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Channel> {
    refuse_secrets(reader, field.node, "url_env");
    let table = reader.table(field, &keys::WEBHOOK)?;
    let url_env = reader.required(table, "url_env").and_then(|field| variable(reader, field));
    let secret_env = table.field("secret_env").and_then(|field| variable(reader, field));
    Some(Channel::Webhook { url_env: url_env?, secret_env })
}

fn command(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Channel> {
    let text = reader.text(field)?;
    if text.trim().is_empty() {
        reader.note(field.node.span.mistake("`command` is empty").help("name a program, such as `logger -t gov-hook`"));
    }
    Some(Channel::Command(text.to_owned()))
}

fn occasions(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<Outcome>> {
    let names = Outcome::ALL.map(Outcome::as_str);
    let mut outcomes = Vec::new();
    for (text, span) in reader.texts(field)? {
        match Outcome::parse(text) {
            Some(outcome) => outcomes.push(outcome),
            None if text == "*" => outcomes.extend(Outcome::ALL),
            None => {
                let known = || format!("`*` or one of {}", listed(&names));
                let help = did_you_mean(text, &names).unwrap_or_else(known);
                reader.note(span.mistake(format!("`{}` is not an outcome", short(text))).help(help));
            }
        }
    }
    Some(outcomes)
}

/// The name of an environment variable. Anything else may be the secret itself, so it is not
/// repeated.
fn variable(reader: &mut Reader<'_>, field: Field<'_>) -> Option<String> {
    let text = reader.text(field)?;
    let name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if !text.chars().all(name) || text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        let mistake = field.node.span.mistake(format!("`{}` must name an environment variable", field.key));
        reader.note(secret(
            mistake.because("a name has capital letters, digits and `_`; a secret stays out of the policy"),
        ));
    }
    Some(text.to_owned())
}

fn refuse_secrets(reader: &mut Reader<'_>, node: &Node, instead: &str) {
    let Value::Map(entries) = &node.value else { return };
    let known = |entry: &&Entry| ["token", "url", "secret", "password"].contains(&entry.key.text.as_str());
    for entry in entries.iter().filter(known).filter(|entry| scalar(&entry.value).is_some()) {
        let instead = if entry.key.text == "secret" { "secret_env" } else { instead };
        let mistake = entry.value.span.mistake("a secret does not belong in the policy");
        reader.note(secret(mistake.help(format!("put it in an environment variable and name that in `{instead}`"))));
    }
}

fn secret(mistake: Mistake) -> Mistake {
    Mistake { secret: true, ..mistake }
}
