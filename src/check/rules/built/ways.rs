//! What an expression can begin with, and which of several ways of it can be told apart by that.
//!
//! The build script uses this file too.

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

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
/// moved only past others of which no byte lets both go on, and they share only what matches in a single way.
pub(crate) fn parting(ways: Vec<Vec<Hir>>) -> Vec<Hir> {
    let mut groups: Vec<(First, Vec<Vec<Hir>>)> = Vec::new();
    for way in ways {
        let begins = first_of(&way);
        let is_alike = |group: &[Vec<Hir>]| group.iter().any(|known| begin_alike(known, &way));
        let near = groups.iter().rposition(|(first, group)| is_alike(group) || !first.is_apart_from(&begins));
        match near.and_then(|near| groups.get_mut(near)).filter(|(_, group)| is_alike(group)) {
            Some((first, group)) => {
                *first = first.or(&begins);
                group.push(way);
            }
            None => groups.push((begins, vec![way])),
        }
    }
    groups.into_iter().map(|(_, group)| alike(group, begins_in_one_way, |rests| fork(parting(rests)))).collect()
}

fn begin_alike(one: &[Hir], other: &[Hir]) -> bool {
    one.first() == other.first()
        && (one.is_empty() || other.is_empty() || begins_in_one_way(one) && begins_in_one_way(other))
}

/// Whether the first part of a sequence matches in no more than one way wherever it is tried.
fn begins_in_one_way(sequence: &[Hir]) -> bool {
    let [part, after @ ..] = sequence else { return false };
    if has_one_way(part) {
        return true;
    }
    // Of bytes that what comes after them cannot begin with, fewer would lead nowhere.
    let HirKind::Repetition(Repetition { sub, .. }) = part.kind() else { return false };
    is_a_byte(sub) && first(sub).is_apart_from(&first_of(after))
}

fn has_one_way(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => true,
        HirKind::Repetition(repetition) => Some(repetition.min) == repetition.max && has_one_way(&repetition.sub),
        HirKind::Capture(capture) => has_one_way(&capture.sub),
        HirKind::Concat(parts) => parts.iter().all(has_one_way),
        HirKind::Alternation(_) => false,
    }
}

fn is_a_byte(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Class(_) | HirKind::Literal(_))
        && [hir.properties().minimum_len(), hir.properties().maximum_len()] == [Some(1); 2]
}

/// Any of these ways. Where all of them begin alike and were not parted, one is put in a group that nobody
/// asks for: an alternation would have them share it, in however many ways it matches.
fn fork(mut ways: Vec<Hir>) -> Hir {
    let begins = |way: &Hir| if let HirKind::Concat(parts) = way.kind() { parts.first().cloned() } else { None };
    if let [one, others @ ..] = ways.as_mut_slice()
        && let Some(beginning) = begins(one)
        && !others.is_empty()
        && others.iter().all(|other| begins(other).as_ref() == Some(&beginning))
    {
        let sub = Box::new(std::mem::replace(one, Hir::empty()));
        *one = Hir::capture(Capture { index: u32::MAX, name: None, sub });
    }
    Hir::alternation(ways)
}

/// Sequences that begin alike, as what they share and then a fork. The first part of a sequence is shared only
/// if that `may_be`.
pub(crate) fn alike(
    sequences: Vec<Vec<Hir>>,
    may_be: impl Fn(&[Hir]) -> bool,
    fork: impl Fn(Vec<Vec<Hir>>) -> Hir,
) -> Hir {
    let [first, others @ ..] = sequences.as_slice() else { return Hir::empty() };
    let is_shared = |other: &[Hir], at: usize| match (first.get(at..), other.get(at..)) {
        (Some(one), Some(other)) => one.first() == other.first() && may_be(one) && may_be(other),
        _ => false,
    };
    let alike_with = |other: &Vec<Hir>| (0..first.len()).take_while(|at| is_shared(other, *at)).count();
    let shared = others.iter().map(alike_with).min().unwrap_or(first.len());
    let mut parts: Vec<Hir> = first.iter().take(shared).cloned().collect();
    if !others.is_empty() && shared > 0 {
        parts.push(fork(sequences.into_iter().map(|mut sequence| sequence.split_off(shared)).collect()));
    }
    Hir::concat(parts)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::built::required::pieces;

    fn parted(ways: &[&str]) -> String {
        let pieces_of = |way: &&str| {
            let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
            pieces(parser.parse(way).unwrap())
        };
        Hir::alternation(parting(ways.iter().map(pieces_of).collect())).to_string()
    }

    #[test]
    fn ways_that_begin_alike_part_where_they_differ() {
        assert_eq!(parted(&["token", "secret", "to", "salt"]), parted(&["to(?:ken|)", "s(?:ecret|alt)"]));
        assert_eq!(parted(&["ab", "ab", "ab"]), "(?:ab)");
    }

    #[test]
    fn a_way_is_not_moved_past_one_that_the_same_byte_lets_go_on() {
        assert_eq!(parted(&["ab", "[ax]y", "ac"]), "(?:(?:ab)|(?:(?-u:[ax])y)|(?:ac))");
    }

    #[test]
    fn ways_share_only_what_matches_in_one_way() {
        assert_eq!(parted(&["x", "[ab]*c", "[ab]*d"]), parted(&["x", "[ab]*(?:c|d)"]));
        assert_eq!(parted(&["x", "[ab]*b", "[ab]*c"]), "(?:x|(?:(?-u:[ab])*b)|(?:(?-u:[ab])*c))");
        assert_eq!(parted(&["x", "k[ab]?b", "k[ab]?c"]), "(?:x|(?:k(?:((?:(?-u:[ab])?b))|(?:(?-u:[ab])?c))))");
    }

    #[test]
    fn what_long_ways_share_is_passed_in_one_go() {
        let long = "k".repeat(30_000);

        assert_eq!(parted(&[&format!("{long}a"), &format!("{long}b")]), parted(&[&format!("{long}(?:a|b)")]));
    }
}
