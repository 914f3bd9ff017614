//! Names in waivers that no rule has.

use std::cell::Cell;

use super::explained;
use crate::check::HEADER_FAMILY;
use crate::check::rules::{Rules, meant};
use crate::policy::NameGlob;

/// So many names are compared with those of all rules. It costs, and a text may hold thousands of waivers.
const MOST_COMPARED: usize = 100;

/// Tells names that a rule has from those that none has.
pub(super) struct Names<'r> {
    rules: &'r Rules,
    compared: Cell<usize>,
}

/// A name that no rule has.
pub(super) struct Nobodys {
    pub(super) name: String,
    /// The one that is most like it.
    pub(super) meant: Option<String>,
}

impl<'r> Names<'r> {
    pub(super) fn of(rules: &'r Rules) -> Self {
        Self { rules, compared: Cell::new(0) }
    }

    /// The first of some names that no rule has.
    pub(super) fn nobodys(&self, named: &[NameGlob]) -> Option<Nobodys> {
        named.iter().find_map(|name| self.look(name))
    }

    fn look(&self, name: &NameGlob) -> Option<Nobodys> {
        // What is found of waivers and headers is in no pack.
        let is_elsewhere = explained(&name.text).is_some() || name.text == "waiver/*";
        if is_elsewhere || name.text.starts_with(HEADER_FAMILY) || self.compared.get() == MOST_COMPARED {
            return None;
        }
        self.compared.set(self.compared.get() + 1);
        if self.rules.names().any(|known| name.matches(known)) {
            return None;
        }
        let known: Vec<&str> = self.rules.names().collect();
        Some(Nobodys { name: name.text.clone(), meant: meant(&name.text, &known) })
    }
}
