//! Who approves, as far as CODEOWNERS and the history can suggest it.

use crate::model::Gather;
use std::collections::BTreeSet;

use crate::policy::Policy;
use crate::policy::read::is_email;

use super::RepositoryFacts;
use super::owners::{Owned, owned};
use super::page::{Page, listed, quoted};

const MOST_MAINTAINERS: usize = 5;
const MOST_OWNED: usize = 20;

pub(super) fn roles_and_approvals(page: &mut Page, facts: &RepositoryFacts) {
    let built_in = Policy::built_in();
    let agent = |email: &str| {
        built_in.agents.identities.iter().any(|agent| agent.emails.iter().any(|glob| glob.matches(email)))
    };
    let maintainers = maintainers(facts, &agent);
    let owned: Vec<Owned> = owned(facts.codeowners.as_deref().unwrap_or_default());
    let mut owned: Vec<Owned> = owned.into_iter().take(MOST_OWNED).collect();
    for line in &mut owned {
        line.people.retain(|email| !agent(email));
    }
    let roles = owner_roles(&owned);

    roles_section(page, &maintainers, &roles);
    approvals_section(page, &maintainers, &owned, &roles);
    agents_section(page);
}

fn maintainers(facts: &RepositoryFacts, agent: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let emails = facts.committers.iter().map(|person| person.email.trim());
    let people = emails.filter(|email| email.chars().all(|c| c.is_ascii_graphic()) && is_email(email));
    people
        .filter(|email| !agent(email) && !email.contains("[bot]") && seen.insert(email.to_lowercase()))
        .take(MOST_MAINTAINERS)
        .map(str::to_owned)
        .collect()
}

/// One role for each different set of owners, named in the order of the file.
fn owner_roles(owned: &[Owned]) -> Vec<(String, Vec<String>)> {
    let mut roles: Vec<(String, Vec<String>)> = Vec::new();
    for people in owned.iter().map(|line| unique(&line.people)).filter(|people| !people.is_empty()) {
        if !roles.iter().any(|(_, known)| *known == people) {
            roles.push((format!("owners_{}", roles.len() + 1), people));
        }
    }
    roles
}

fn unique(emails: &[String]) -> Vec<String> {
    let emails: BTreeSet<String> = emails.iter().map(|email| email.to_lowercase()).gathered();
    emails.into_iter().collect()
}

fn roles_section(page: &mut Page, maintainers: &[String], owners: &[(String, Vec<String>)]) {
    page.gap();
    page.comment(0, "Who may approve, by the address they commit with. Nobody approves their own change.");
    if maintainers.is_empty() && owners.is_empty() {
        page.line(0, "# roles:");
        page.line(0, "#   maintainer: [\"ada@example.com\", \"lin@example.com\"]");
        return;
    }
    page.line(0, "roles:");
    match maintainers {
        [] => {}
        [_] => page.comment(2, "The only committer so far. Name a second person: held changes wait for one."),
        _ => page.comment(2, "The most frequent committers so far. Put the right people here."),
    }
    if !maintainers.is_empty() {
        page.line(2, &format!("maintainer: {}", listed(maintainers)));
    }
    if !owners.is_empty() {
        page.comment(2, "From CODEOWNERS.");
    }
    for (name, people) in owners {
        page.line(2, &format!("{name}: {}", listed(people)));
    }
}

fn approvals_section(page: &mut Page, maintainers: &[String], owned: &[Owned], owners: &[(String, Vec<String>)]) {
    let anyone = if maintainers.is_empty() { "[]" } else { "[maintainer]" };
    page.gap();
    page.comment(0, "What a held change needs. An agent's approval never counts.");
    page.line(0, "approvals:");
    page.line(2, &format!("high: {{ count: 1, roles: {anyone}, timeout: 24h }}"));
    page.line(2, &format!("critical: {{ count: 1, roles: {anyone}, timeout: 24h, signed: true }}"));
    let (by_address, by_handle): (Vec<&Owned>, Vec<&Owned>) = owned.iter().partition(|line| !line.people.is_empty());
    if !by_address.is_empty() {
        page.comment(2, "From CODEOWNERS: their owners approve too.");
        page.line(2, "paths:");
    }
    for line in by_address {
        let people = unique(&line.people);
        if let Some((role, _)) = owners.iter().find(|(_, known)| *known == people) {
            page.line(4, &format!("- {{ paths: [{}], roles: [{role}] }}", quoted(&line.glob)));
        }
    }
    if !by_handle.is_empty() {
        page.comment(2, "CODEOWNERS also names these by handle. To ask them, give their addresses a role and");
        page.comment(2, "list the paths under `paths`:");
    }
    for line in by_handle {
        page.line(2, &format!("#   - {{ paths: [{}], roles: [] }} # {}", quoted(&line.glob), line.handles.join(" ")));
    }
}

fn agents_section(page: &mut Page) {
    page.gap();
    page.comment(0, "An agent's work is judged at least this strictly on any branch. The well-known agents");
    page.comment(0, "are known already; `identities` of your own replace them.");
    page.line(0, "agents: { at_least: staging }");
}
