//! A policy file into a [`Policy`], or all of its mistakes at once.
//!
//! A section or key that is missing keeps what the built-in default says; a list that is given
//! replaces the default's. What guards the law itself cannot be replaced.

mod keys;
mod notices;
mod others;
mod paths;
mod people;
mod reader;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use crate::model::{Enforcement, Mistake};
use crate::yaml::{self, Node, Span};

use super::{BranchGlob, BranchLevels, Policy};
#[cfg(test)]
pub(super) use keys::ALL as ALL_KEYS;
pub(super) use people::is_email;
use reader::{Field, Reader, Table};

/// The only version of the format there is.
const VERSION: i64 = 1;
const LEVELS: [(&str, Enforcement); 3] = [
    (Enforcement::Development.as_str(), Enforcement::Development),
    (Enforcement::Staging.as_str(), Enforcement::Staging),
    (Enforcement::Production.as_str(), Enforcement::Production),
];

/// `origin` is shown with every line that decides something, such as `HEAD:.gov/policy.yaml`. The
/// built-in policy holds wherever the file says nothing.
pub fn read(origin: &str, bytes: &[u8]) -> Result<Policy, Vec<Mistake>> {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let parsed = yaml::parse(bytes);
    let mut reader = Reader::new(origin, &text, parsed.mistakes);
    let base = Policy::built_in();
    let policy = match &parsed.root {
        Some(root) => whole(&mut reader, root, base),
        None => base,
    };
    if reader.mistakes.is_empty() { Ok(policy) } else { Err(reader.mistakes.into_sorted()) }
}

/// A policy that is part of the program; `None` when there is a mistake in it. A test holds its globs to
/// be good, so that they need not be taken apart to be told of.
pub(super) fn read_known(root: &Node, base: Policy) -> Option<Policy> {
    let mut reader = Reader::of_known();
    let policy = whole(&mut reader, root, base);
    reader.mistakes.is_empty().then_some(policy)
}

fn whole(reader: &mut Reader<'_>, root: &Node, base: Policy) -> Policy {
    let start = Span { line: 1, column: 1, length: 1 };
    if matches!(reader::scalar(root), Some(scalar) if scalar.is_null()) {
        let mistake = start.mistake("the policy is empty");
        reader.note(mistake.help("write `version: 1`, or remove the file: then the built-in policy holds"));
        return base;
    }
    if newer(reader, root) {
        return base;
    }
    let field = Field { key: "policy", span: start, node: root };
    let Some(table) = reader.table(field, &keys::POLICY) else { return base };
    version(reader, table);
    let roles = people::roles(reader, table.field("roles"), base.roles);
    let agents = people::agents(reader, table.field("agents"), base.agents);
    people::refuse_agents_in_roles(reader, table.field("roles"), &agents);
    Policy {
        enforcement: enforcement(reader, table.field("enforcement"), base.enforcement),
        paths: paths::paths(reader, table.field("paths"), base.paths),
        categories: paths::categories(reader, table.field("categories"), base.categories),
        risk: rules::risk(reader, table.field("risk"), base.risk),
        rules: rules::rules(reader, table.field("rules"), base.rules),
        approvals: people::approvals(reader, table.field("approvals"), base.approvals, &roles),
        notices: notices::notices(reader, table.field("notify"), base.notices),
        audit: others::audit(reader, table, base.audit),
        required_headers: others::headers(reader, table, base.required_headers),
        environments: others::environments(reader, table, base.environments, &roles),
        others: others::others(reader, table, &base.others),
        roles,
        agents,
    }
}

/// A newer format is named as such, instead of complaining about each of its new keys.
fn newer(reader: &mut Reader<'_>, root: &Node) -> bool {
    let yaml::Value::Map(entries) = &root.value else { return false };
    let Some(entry) = entries.iter().find(|entry| entry.key.text == "version") else { return false };
    let version = reader::scalar(&entry.value).and_then(yaml::Scalar::integer);
    let Some(version) = version.filter(|version| *version > VERSION) else { return false };
    let mistake = entry.value.span.mistake(format!("the policy is of version {version}"));
    reader.note(mistake.because("this gov-hook reads version 1").help("use a gov-hook that knows it"));
    true
}

fn version(reader: &mut Reader<'_>, table: Table<'_>) {
    let help = "write `version: 1`";
    match table.field("version") {
        None => {
            let first = Span { line: 1, column: 1, length: 1 };
            reader.note(first.mistake("`version` is missing").help(help));
        }
        Some(field) if reader::scalar(field.node).and_then(yaml::Scalar::integer) != Some(VERSION) => {
            reader.note(field.node.span.mistake("`version` must be the number 1").help(help));
        }
        Some(_) => {}
    }
}

fn enforcement(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: BranchLevels) -> BranchLevels {
    let Some(table) = field.and_then(|field| reader.table(field, &keys::ENFORCEMENT)) else { return base };
    let default = table.field("default").and_then(|field| reader.word(field, &LEVELS));
    let branches = table.field("branches").and_then(|field| branches(reader, field));
    BranchLevels { default: default.unwrap_or(base.default), branches: branches.unwrap_or(base.branches) }
}

fn branches(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<(BranchGlob, Enforcement)>> {
    let mut branches = Vec::new();
    for entry in reader.map(field)? {
        let name = &entry.key.text;
        let level = reader.word(Field { key: name, span: entry.key.span, node: &entry.value }, &LEVELS);
        let glob = match name.strip_prefix("refs/heads/") {
            Some(short) => {
                let mistake = entry.key.span.mistake(format!("`{}` is a full ref name", words::short(name)));
                reader.note(mistake.help(format!("name the branch: `{}`", words::short(short))));
                continue;
            }
            None => BranchGlob::new(name),
        };
        match (glob, level) {
            (Ok(glob), Some(level)) => branches.push((glob, level)),
            (Ok(_), None) => {}
            (Err(reason), _) => reader.invalid_glob("branches", name, entry.key.span, reason),
        }
    }
    Some(branches)
}
