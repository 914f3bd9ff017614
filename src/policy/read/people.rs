//! `roles`, `approvals` and `agents`: who may say yes, and who never may.

use std::collections::BTreeSet;

use crate::model::Gather;
use crate::policy::{AgentIdentity, Agents, ApprovalRule, Approvals, NameGlob, PathApproval, Reach, Role};
use crate::yaml::Span;

use super::LEVELS;
use super::keys::{self, Shape};
use super::paths::required_globs;
use super::reader::{Field, Reader, Table};
use super::words::{did_you_mean, listed, short};

pub(super) fn roles(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: Vec<Role>) -> Vec<Role> {
    let Some(entries) = field.and_then(|field| reader.map(field)) else { return base };
    let mut roles = Vec::new();
    for entry in entries {
        let name = &entry.key.text;
        reader.name("a role", name, entry.key.span);
        let field = Field { key: name, span: entry.key.span, node: &entry.value };
        let members = reader.texts(field).unwrap_or_default();
        if matches!(&entry.value.value, crate::yaml::Value::List(items) if items.is_empty()) {
            let mistake = entry.key.span.mistake(format!("the role `{}` has no members", short(name)));
            reader.note(mistake.because("nobody could give the approvals it is asked for"));
        }
        for (email, span) in &members {
            if !is_email(email) {
                let mistake = span.mistake(format!("`{}` is not an e-mail address", short(email)));
                let mistake = mistake.because("a role lists its people by the address they commit with");
                let glob = email.contains('*');
                reader.note(if glob { mistake.help("name each person: a role takes no globs") } else { mistake });
            }
        }
        roles.push(Role { name: name.clone(), members: members.into_iter().map(|(email, _)| email.into()).collect() });
    }
    roles
}

pub(super) fn agents(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: Agents) -> Agents {
    let Some(table) = field.and_then(|field| reader.table(field, &keys::AGENTS)) else { return base };
    let at_least = table.field("at_least").and_then(|field| reader.word(field, &LEVELS));
    let identities = table.field("identities").and_then(|field| identities(reader, field));
    Agents { at_least: at_least.unwrap_or(base.at_least), identities: identities.unwrap_or(base.identities) }
}

fn identities(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<AgentIdentity>> {
    let mut identities: Vec<AgentIdentity> = Vec::new();
    for item in reader.list(field)? {
        let Some(table) = reader.table(item, &keys::IDENTITY) else { continue };
        let emails = name_globs(reader, table, "emails", ('@', "an address, such as `*@example.com`"));
        let trailers = name_globs(reader, table, "trailers", (':', "a whole trailer, such as `Co-Authored-By: Name*`"));
        if table.field("emails").is_none() && table.field("trailers").is_none() {
            reader.note(table.span.mistake("neither `emails` nor `trailers` says how to know this agent"));
        }
        let Some(id_field) = reader.required(table, "id") else { continue };
        let Some(id) = reader.text(id_field) else { continue };
        reader.name("an agent", id, id_field.node.span);
        if identities.iter().any(|other| other.id == id) {
            reader.note(id_field.node.span.mistake(format!("two agents are called `{}`", short(id))));
        }
        identities.push(AgentIdentity { id: id.to_owned(), emails, trailers });
    }
    Some(identities)
}

/// `sign` must be in each of them, or the glob was meant for something else.
fn name_globs(reader: &mut Reader<'_>, table: Table<'_>, key: &str, (sign, what): (char, &str)) -> Vec<NameGlob> {
    let Some(texts) = table.field(key).and_then(|field| reader.texts(field)) else { return Vec::new() };
    let mut globs = Vec::new();
    for (text, span) in texts {
        if !text.contains(sign) {
            let mistake = span.mistake(format!("`{}` in `{key}` has no `{sign}`", short(text)));
            reader.note(mistake.help(format!("write {what}")));
        }
        globs.extend(reader.name_glob(key, text, span));
    }
    globs
}

/// An approval by an agent never counts, so an agent in a role only looks like a person.
pub(super) fn refuse_agents_in_roles(reader: &mut Reader<'_>, field: Option<Field<'_>>, agents: &Agents) {
    let Some(crate::yaml::Value::Map(entries)) = field.map(|field| &field.node.value) else { return };
    for entry in entries {
        let crate::yaml::Value::List(members) = &entry.value.value else { continue };
        for member in members {
            let Some(scalar) = super::reader::scalar(member) else { continue };
            let known = |agent: &&AgentIdentity| agent.emails.iter().any(|glob| glob.matches(&scalar.text));
            if let Some(agent) = agents.identities.iter().find(known) {
                let mistake = member.span.mistake(format!("`{}` is the agent `{}`", short(&scalar.text), agent.id));
                reader.note(mistake.because("an agent may not approve, so it cannot have a role"));
            }
        }
    }
}

pub(super) fn approvals(
    reader: &mut Reader<'_>,
    field: Option<Field<'_>>,
    base: Approvals,
    roles: &[Role],
) -> Approvals {
    let Some(table) = field.and_then(|field| reader.table(field, &keys::APPROVALS)) else { return base };
    let mut level = |key: &str, shape: &Shape, base: ApprovalRule| {
        let table = table.field(key).and_then(|field| reader.table(field, shape));
        table.map(|table| rule(reader, table, &base, roles)).unwrap_or(base)
    };
    let high = level("high", &keys::HIGH, base.high);
    let critical = level("critical", &keys::CRITICAL, base.critical);
    let paths = table.field("paths").and_then(|field| path_approvals(reader, field, &high, roles));
    let author_may_approve = table.field("author_may_approve").and_then(|field| reader.flag(field));
    Approvals {
        high,
        critical,
        paths: paths.unwrap_or(base.paths),
        author_may_approve: author_may_approve.unwrap_or(base.author_may_approve),
    }
}

/// What a path's rule leaves out is as in `high`.
fn path_approvals(
    reader: &mut Reader<'_>,
    field: Field<'_>,
    high: &ApprovalRule,
    roles: &[Role],
) -> Option<Vec<PathApproval>> {
    let mut approvals = Vec::new();
    for item in reader.list(field)? {
        let Some(table) = reader.table(item, &keys::PATH_APPROVAL) else { continue };
        let rule = rule(reader, table, high, roles);
        approvals.extend(required_globs(reader, table, Reach::Strict).map(|paths| PathApproval { paths, rule }));
    }
    Some(approvals)
}

pub(super) fn rule(reader: &mut Reader<'_>, table: Table<'_>, base: &ApprovalRule, known: &[Role]) -> ApprovalRule {
    let count = table.field("count").and_then(|field| reader.integer(field, 1..=20));
    let roles = table.field("roles").and_then(|field| named_roles(reader, field, known));
    let timeout = table.field("timeout").and_then(|field| reader.duration(field));
    let signed = table.field("signed").and_then(|field| reader.flag(field));
    let rule = ApprovalRule {
        count: count.unwrap_or(base.count),
        roles: roles.unwrap_or_else(|| base.roles.clone()),
        timeout_seconds: timeout.unwrap_or(base.timeout_seconds),
        signed: signed.unwrap_or(base.signed),
    };
    let span = table.field("count").map_or(table.span, |field| field.node.span);
    refuse_too_few(reader, span, &rule, known);
    rule
}

fn named_roles(reader: &mut Reader<'_>, field: Field<'_>, known: &[Role]) -> Option<Vec<String>> {
    let names: Vec<&str> = known.iter().map(|role| role.name.as_str()).collect();
    let mut roles = Vec::new();
    for (name, span) in reader.texts(field)? {
        if !names.contains(&name) {
            let help = match did_you_mean(name, &names) {
                Some(help) => help,
                None if names.is_empty() => "name its people under `roles`".into(),
                None => format!("`roles` has {}", listed(&names)),
            };
            reader.note(span.mistake(format!("`{}` is not a role", short(name))).help(help));
        }
        roles.push(name.to_owned());
    }
    Some(roles)
}

/// A rule that can never be met would hold every change for good.
fn refuse_too_few(reader: &mut Reader<'_>, span: Span, rule: &ApprovalRule, known: &[Role]) {
    let asked = |role: &&Role| rule.roles.is_empty() || rule.roles.contains(&role.name);
    let unknown = rule.roles.iter().any(|name| !known.iter().any(|role| role.name == *name));
    if known.is_empty() || unknown {
        return;
    }
    let people: BTreeSet<String> =
        known.iter().filter(asked).flat_map(|role| &role.members).map(|email| email.to_lowercase()).gathered();
    let people = u32::try_from(people.len()).unwrap_or(u32::MAX);
    if people < rule.count {
        let noun = if people == 1 { "person" } else { "people" };
        let mistake = span.mistake(format!("{} approvals can never be given", rule.count));
        reader.note(mistake.because(format!("the roles asked name {people} {noun}")));
    }
}

pub(in crate::policy) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let plain = |part: &str| {
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '*' | '<' | '>' | ',' | '"');
        !part.is_empty() && !part.contains(odd)
    };
    plain(name) && plain(host)
}
