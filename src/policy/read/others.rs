//! `headers`, `environments`, `audit` and `licence`: their shape is judged with the rest of the
//! file, so that no mistake waits for the verb that reads them.

use crate::policy::{ApprovalRule, Audit, PathGlob, Reach, Role};
use crate::yaml::Entry;

use super::keys;
use super::people;
use super::reader::{Reader, Table};

const NAMES: [&str; 5] = ["headers", "environments", "notify", "audit", "licence"];

/// A section that is given replaces the default's as a whole.
pub(super) fn others(reader: &mut Reader<'_>, policy: Table<'_>, base: &[Entry]) -> Vec<Entry> {
    if let Some(table) = policy.field("licence").and_then(|field| reader.table(field, &keys::LICENCE)) {
        issuer(reader, table);
    }
    let of_base = |name: &str| base.iter().find(|entry| entry.key.text == name);
    NAMES.iter().filter_map(|name| policy.entry(name).or_else(|| of_base(name))).cloned().collect()
}

pub(super) fn headers(reader: &mut Reader<'_>, policy: Table<'_>, base: Vec<PathGlob>) -> Vec<PathGlob> {
    let Some(table) = policy.field("headers").and_then(|field| reader.table(field, &keys::HEADERS)) else {
        return base;
    };
    table.field("required").and_then(|field| reader.globs(field, Reach::Strict)).unwrap_or_default()
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

/// Their names in the order of the file; without any, those of the default stay.
pub(super) fn environments(
    reader: &mut Reader<'_>,
    policy: Table<'_>,
    base: Vec<String>,
    roles: &[Role],
) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for item in policy.field("environments").and_then(|field| reader.list(field)).into_iter().flatten() {
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
    if names.is_empty() { base } else { names.into_iter().map(str::to_owned).collect() }
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
