//! The packs of `rules/`, as the build left them.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::byte_set::Set;
use super::packed::Reader;
use super::required::Run;
use super::tables::{Entry, Tables};
use super::trial::Tried;
use crate::check::rules::definition::{Anchor, Asks, Happening, On};
use crate::model::inflated;

#[expect(clippy::unreadable_literal, reason = "the build writes sets of bytes as numbers")]
mod made {
    use super::{Anchor, Asks, Cow, Deflated, Embedded, Entry, Happening, On, Place, Tables, Text};

    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}

pub(in crate::check::rules) static RULES: &[Embedded] = &made::RULES;

/// The prefilter for new text, of all rules that look at it. Their numbers are those of [`RULES`];
/// the number behind the last is the marker of a waiver.
pub(in crate::check::rules) static TABLES: Tables = made::TABLES;

/// What a run must know of a rule at once.
pub(in crate::check::rules) struct Embedded {
    pub(in crate::check::rules) pack: Text,
    pub(in crate::check::rules) id: Text,
    pub(in crate::check::rules) on: On,
    pub(in crate::check::rules) anchor: Option<Anchor>,
    pub(in crate::check::rules) net: bool,
    pub(in crate::check::rules) changes_only: bool,
    /// The set of what happens to paths that it is about, as
    /// [`Rule::is_about`](crate::check::rules::rule::Rule::is_about) reads it.
    pub(in crate::check::rules) status: u8,
    pub(in crate::check::rules) generic: bool,
    /// Of a rule whose matches may end behind the next line, how far; zero for others.
    pub(in crate::check::rules) span: u16,
    /// One to a line.
    pub(in crate::check::rules) keywords: Text,
    /// The name of a detector, or empty.
    pub(in crate::check::rules) detect: Text,
    pub(in crate::check::rules) asks: Option<Asks>,
    /// Where the runs that a match needs begin, and how many they are.
    pub(in crate::check::rules) runs: (u16, u8),
    /// Where the parts of paths begin without one of which it looks at none, and how many they are;
    /// none for any path.
    pub(in crate::check::rules) near: (u16, u8),
    /// Where it is told by what it is tried.
    pub(in crate::check::rules) tried: Place,
    /// Where the rest of it is.
    pub(in crate::check::rules) told: Place,
}

/// Where a record is: in which chunk, behind how many others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::check::rules) struct Place {
    chunk: u16,
    before: u16,
}

/// Records of rules, some of them deflated together.
struct Deflated<const ENDS: usize> {
    /// Where each chunk ends, and how long it is when it is inflated; the first one is empty.
    chunks: [(u32, u32); ENDS],
    bytes: &'static [u8],
}

/// The chunks that are inflated by now; the last is never there.
type Inflated<const ENDS: usize> = [OnceLock<Option<Vec<u8>>>; ENDS];

impl<const ENDS: usize> Deflated<ENDS> {
    /// `None` never happens for the places that the build wrote.
    fn record<'i>(&self, Place { chunk, before }: Place, inflated: &'i Inflated<ENDS>) -> Option<&'i [u8]> {
        let chunk = usize::from(chunk);
        let mut records = Reader(inflated.get(chunk)?.get_or_init(|| self.inflate(chunk)).as_ref()?);
        for _ in 0..before {
            records.bytes()?;
        }
        records.bytes()
    }

    fn inflate(&self, chunk: usize) -> Option<Vec<u8>> {
        let ((start, _), (end, length)) = (*self.chunks.get(chunk)?, *self.chunks.get(chunk + 1)?);
        inflated(self.bytes.get(start as usize..end as usize)?, length as usize)
    }
}

/// A part of one long text: a reference would have to be set right in memory at every start of
/// the program, for each of thousands.
pub(in crate::check::rules) struct Text(u32, u32);

impl Text {
    pub(in crate::check::rules) fn get(&self) -> &'static str {
        made::TEXTS.get(self.0 as usize..self.1 as usize).unwrap_or_default()
    }
}

/// Runs of bytes that matches need, as the number of a class and how many bytes of it.
pub(in crate::check::rules) fn runs(first: u16, count: u8) -> &'static [(u16, u8)] {
    made::RUNS.get(usize::from(first)..usize::from(first) + usize::from(count)).unwrap_or_default()
}

pub(in crate::check::rules) fn run((class, least): (u16, u8)) -> Option<Run> {
    Some(Run { class: *made::CLASSES.get(usize::from(class))?, least })
}

/// Parts of paths, each with its [`tables::pairs`](super::tables::pairs).
pub(in crate::check::rules) fn near(first: u16, count: u8) -> &'static [(Text, u128)] {
    made::NEAR.get(usize::from(first)..usize::from(first) + usize::from(count)).unwrap_or_default()
}

/// `None` never happens for the places that the build wrote.
pub(in crate::check::rules) fn tried(place: Place) -> Option<Tried> {
    static INFLATED: Inflated<{ made::TRIED.chunks.len() }> = [const { OnceLock::new() }; made::TRIED.chunks.len()];
    Tried::read(made::TRIED.record(place, &INFLATED)?)
}

/// The sets that programs of the build name by number.
pub(in crate::check::rules) fn sets() -> &'static [Set] {
    &made::CLASSES
}

/// What of a rule is inflated when it is told, or tried very often.
pub(in crate::check::rules) struct Packed {
    pub(in crate::check::rules) json: &'static [u8],
    /// The expression and the relaxed one; empty for none.
    pub(in crate::check::rules) expressions: [&'static [u8]; 2],
}

/// `None` never happens for the places that the build wrote.
pub(in crate::check::rules) fn packed(place: Place) -> Option<Packed> {
    static INFLATED: Inflated<{ made::TOLD.chunks.len() }> = [const { OnceLock::new() }; made::TOLD.chunks.len()];
    let mut record = Reader(made::TOLD.record(place, &INFLATED)?);
    let json = record.bytes()?;
    Some(Packed { json, expressions: [record.bytes()?, record.bytes()?] })
}

#[cfg(test)]
mod tests {
    use super::super::packed::expression;
    use super::super::required::Patterns;
    use super::super::trial::Trial;
    use super::*;
    use crate::check::rules::definition::Definition;

    #[test]
    fn the_build_took_apart_what_a_run_would_have() {
        for rule in RULES {
            let Packed { json, expressions: [exact, relaxed] } = packed(rule.told).unwrap();
            let Tried { words, trial, .. } = tried(rule.tried).unwrap();

            let definition: Definition = serde_json::from_slice(json).unwrap();
            assert_eq!(definition.id, rule.id.get());
            assert_eq!(trial, Trial::of(&definition), "{}", definition.id);
            let of_a_run = definition.regex.as_deref().and_then(Patterns::of).map(|made| {
                let Patterns { exact, relaxed, words } = made;
                (Some(exact), relaxed, words.unwrap_or_default().concat())
            });
            let of_the_build = (expression(exact), expression(relaxed), words.to_vec());
            assert_eq!(of_the_build, of_a_run.unwrap_or_default(), "{}", definition.id);
        }
    }
}
