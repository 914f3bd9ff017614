//! What `rules list` and `rules explain` say of the rules.

use super::built::embedded;
use super::definition::Definition;
use super::set::Rules;
use crate::model::{Gather, Severity, closest};

/// A rule as it holds in this run.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    pub pack: &'a str,
    pub definition: &'a Definition,
    /// The policy's severity for it, or else its own.
    pub severity: Severity,
}

impl Rules {
    /// All rules that hold, pack by pack.
    pub fn list(&self) -> impl Iterator<Item = Listed<'_>> {
        self.all.iter().filter_map(|rule| {
            let definition = rule.definition()?;
            Some(Listed { pack: &rule.pack, definition, severity: self.severity(&rule.id, definition.severity) })
        })
    }

    pub fn explain(&self, id: &str) -> Option<Listed<'_>> {
        let rule = self.named(id)?;
        let definition = rule.definition()?;
        Some(Listed { pack: &rule.pack, definition, severity: self.severity(id, definition.severity) })
    }

    /// The names of all rules: of those that hold, and of those in packs that are not in use.
    pub(in crate::check) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|rule| &*rule.id).chain(embedded::RULES.iter().map(|rule| rule.id.get()))
    }
}

/// The rule, or the family of rules, that a name may stand for which none of the `known` has.
#[must_use]
pub fn meant(name: &str, known: &[&str]) -> Option<String> {
    let families = known.iter().filter_map(|id| id.split_once('/')).map(|(family, _)| format!("{family}/*"));
    let mut families: Vec<String> = families.gathered();
    families.dedup();
    let all: Vec<&str> = known.iter().copied().chain(families.iter().map(String::as_str)).collect();
    closest(name, &all).map(str::to_owned)
}
