//! What an expression can begin with, and which of several ways of it can be told apart by that.
//!
//! The build script uses this file too.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::byte_set::{self, Set};

/// What a match can begin with.
#[derive(Clone, Copy)]
pub(crate) struct First {
    pub(crate) bytes: Set,
    pub(crate) may_be_empty: bool,
}

impl First {
    pub(crate) const NOTHING: Self = Self { bytes: byte_set::EMPTY, may_be_empty: true };

    pub(crate) fn or(self, other: &Self) -> Self {
        Self { bytes: byte_set::union(self.bytes, other.bytes), may_be_empty: self.may_be_empty || other.may_be_empty }
    }

    pub(crate) fn is_apart_from(&self, other: &Self) -> bool {
        !self.may_be_empty && !other.may_be_empty && byte_set::are_apart(&self.bytes, &other.bytes)
    }

    pub(crate) fn followed_by(self, then: &Self) -> Self {
        if self.may_be_empty { Self { may_be_empty: then.may_be_empty, ..self.or(then) } } else { self }
    }
}

pub(crate) fn first(hir: &Hir) -> First {
    let any = || First { bytes: byte_set::ALL, may_be_empty: true };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => First::NOTHING,
        HirKind::Literal(literal) => {
            let byte = literal.0.first().copied().map(only);
            byte.map_or(First::NOTHING, |bytes| First { bytes, may_be_empty: false })
        }
        HirKind::Class(class) => bytes_of(class).map_or_else(any, |bytes| First { bytes, may_be_empty: false }),
        HirKind::Repetition(repetition) => {
            let sub = first(&repetition.sub);
            First { may_be_empty: sub.may_be_empty || repetition.min == 0, ..sub }
        }
        HirKind::Capture(capture) => first(&capture.sub),
        HirKind::Concat(parts) => first_of(parts),
        HirKind::Alternation(parts) => {
            parts.iter().map(first).reduce(|one, other| one.or(&other)).unwrap_or(First::NOTHING)
        }
    }
}

/// The same of parts that follow each other.
pub(crate) fn first_of(parts: &[Hir]) -> First {
    parts.iter().fold(First::NOTHING, |all, part| if all.may_be_empty { all.followed_by(&first(part)) } else { all })
}

/// Ways of which those that begin alike part only where they differ. Which is preferred is kept: one is
/// moved only past others of which no byte lets both go on.
pub(crate) fn parting(ways: Vec<Vec<Hir>>) -> Vec<Hir> {
    let mut groups: Vec<(Option<Hir>, First, Vec<Vec<Hir>>)> = Vec::new();
    for way in ways {
        let begins = first_of(&way);
        let mut way = way.into_iter();
        let (piece, rest) = (way.next(), way.collect());
        let alike = groups.iter().rposition(|(known, first, _)| *known == piece || !first.is_apart_from(&begins));
        match alike.and_then(|alike| groups.get_mut(alike)).filter(|(known, ..)| *known == piece && known.is_some()) {
            Some((_, first, rests)) => {
                first.may_be_empty |= begins.may_be_empty;
                first.bytes = byte_set::union(first.bytes, begins.bytes);
                rests.push(rest);
            }
            None => groups.push((piece, begins, vec![rest])),
        }
    }
    let group = |(piece, _, rests): (Option<Hir>, First, Vec<Vec<Hir>>)| match piece {
        Some(piece) => Hir::concat(vec![piece, Hir::alternation(parting(rests))]),
        None => Hir::empty(),
    };
    groups.into_iter().map(group).collect()
}

/// Ways that are tried one after another, and what they begin with.
pub(crate) type Choice = (First, Vec<Hir>);

/// Ways put together of which some byte lets more than one go on; of two that are apart, it lets only one.
pub(crate) fn choices(ways: Vec<Hir>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for way in ways {
        let begins = first(&way);
        let (apart, with): (Vec<Choice>, Vec<Choice>) =
            choices.into_iter().partition(|(first, _)| first.is_apart_from(&begins));
        let begins = with.iter().fold(begins, |all, (first, _)| all.or(first));
        let together = with.into_iter().flat_map(|(_, ways)| ways).chain([way]).collect();
        choices = apart;
        choices.push((begins, together));
    }
    choices
}

/// The bytes of a class, unless some of its characters have more than one.
pub(crate) fn bytes_of(class: &Class) -> Option<Set> {
    Some(match class {
        Class::Bytes(class) => byte_set::of_ranges(class.iter().map(|range| (range.start(), range.end()))),
        Class::Unicode(class) => {
            let ascii = |letter: char| u8::try_from(letter).ok().filter(u8::is_ascii);
            let ranges = class.iter().map(|range| Some((ascii(range.start())?, ascii(range.end())?)));
            byte_set::of_ranges(ranges.collect::<Option<Vec<_>>>()?)
        }
    })
}

pub(crate) fn only(byte: u8) -> Set {
    byte_set::of_ranges([(byte, byte)])
}
