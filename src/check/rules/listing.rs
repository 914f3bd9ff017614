//! What `rules list` and `rules explain` say of the rules.

use super::definition::Definition;
use super::set::Rules;
use crate::model::Severity;

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
}
