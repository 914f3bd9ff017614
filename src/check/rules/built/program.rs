//! An expression as a program for a walk through a text that goes back where it has to.
//!
//! The build script uses this file too: what it writes is walked as it is, so nothing has to be put together
//! before the first try.

use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};

use super::byte_set::{self, Set};
use super::required::pieces;
use super::ways::{Choice, First, bytes_of, choices, first, first_of, only, parting};

pub(crate) const MATCH: u8 = 0;
/// One byte.
pub(crate) const BYTE: u8 = 1;
/// A letter in either case, given as the lower one.
pub(crate) const LETTER: u8 = 2;
/// A byte of a set.
pub(crate) const ONE_OF: u8 = 3;
/// A number of literal bytes, which follow.
pub(crate) const TEXT: u8 = 4;
/// Bytes of a set, as many as there are, between a least and a greatest number.
pub(crate) const MANY_OF: u8 = 5;
/// The same, as few as will do.
pub(crate) const FEW_OF: u8 = 6;
/// Goes on, and elsewhere when that leads nowhere.
pub(crate) const OR: u8 = 7;
/// Goes elsewhere, and on when that leads nowhere.
pub(crate) const OR_RATHER: u8 = 8;
pub(crate) const GO: u8 = 9;
/// What is known of the surroundings.
pub(crate) const LOOK: u8 = 10;
/// Notes a place: where the group `secret` starts (0) and ends (1), and where the first does (2, 3).
pub(crate) const NOTE: u8 = 11;
/// Goes on where the next byte is of a set: what follows begins with one of many.
pub(crate) const GATE: u8 = 12;
/// As [`MANY_OF`], of bytes that what follows cannot begin with: to take fewer would lead nowhere.
pub(crate) const ALL_OF: u8 = 13;
/// A number of ways, each as the set of bytes that it begins with and where it goes on. No byte is in two of them.
pub(crate) const CHOOSE: u8 = 14;

/// No upper bound, and no set.
pub(crate) const NONE: u16 = u16::MAX;

/// The number of what a look asks for.
pub(crate) mod look {
    pub(crate) const START: u8 = 0;
    pub(crate) const END: u8 = 1;
    pub(crate) const START_OF_LINE: u8 = 2;
    pub(crate) const END_OF_LINE: u8 = 3;
    pub(crate) const EDGE_OF_WORD: u8 = 4;
    pub(crate) const NO_EDGE_OF_WORD: u8 = 5;
}

/// To fewer alternatives than this one goes without a gate, and without a choice by the next byte.
const MANY: usize = 3;

/// A longer program would have to walk too far.
const LONGEST: usize = 6 * 1024;

/// The group that holds the value.
const NAMED: &str = "secret";

/// The set of bytes that a match may begin with (or [`NONE`]), and what to do. `None` for what such a program
/// cannot tell. Sets are numbered as they are in `sets`, to which new ones are added.
pub(crate) fn program(hir: &Hir, sets: &mut Vec<Set>) -> Option<Vec<u8>> {
    let mut writer = Writer { code: vec![0, 0], sets };
    writer.expression(hir, &First::NOTHING)?;
    writer.code.push(MATCH);
    let first = match first(hir) {
        First { bytes, may_be_empty: false } => writer.set(bytes)?,
        First { .. } => NONE,
    };
    writer.code.splice(..2, first.to_le_bytes());
    Some(writer.code)
}

struct Writer<'s> {
    code: Vec<u8>,
    sets: &'s mut Vec<Set>,
}

impl Writer<'_> {
    /// `then` is what may follow it.
    fn expression(&mut self, hir: &Hir, then: &First) -> Option<()> {
        if self.code.len() > LONGEST {
            return None;
        }
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => match *literal.0 {
                [byte] => self.code.extend([BYTE, byte]),
                _ => literal.0.chunks(usize::from(u8::MAX)).try_for_each(|some| {
                    self.code.extend([TEXT, u8::try_from(some.len()).ok()?]);
                    self.code.extend_from_slice(some);
                    Some(())
                })?,
            },
            HirKind::Class(class) => {
                let set = bytes_of(class)?;
                if let Some(letter) = letter(&set) {
                    self.code.extend([LETTER, letter]);
                } else {
                    let set = self.set(set)?;
                    self.code.push(ONE_OF);
                    self.number(set);
                }
            }
            HirKind::Look(look) => self.code.extend([LOOK, number_of(*look)?]),
            HirKind::Repetition(repetition) => self.repetition(repetition, then)?,
            HirKind::Capture(Capture { index, name, sub }) => {
                let place = if name.as_deref() == Some(NAMED) { Some(0) } else { (*index == 1).then_some(2) };
                self.code.extend(place.into_iter().flat_map(|place| [NOTE, place]));
                self.expression(sub, then)?;
                self.code.extend(place.into_iter().flat_map(|place| [NOTE, place + 1]));
            }
            HirKind::Concat(parts) => {
                let mut rest = parts.as_slice();
                while let [part, after @ ..] = rest {
                    self.expression(part, &first_of(after).followed_by(then))?;
                    rest = after;
                }
            }
            HirKind::Alternation(parts) => {
                let ways: Vec<Vec<Hir>> = parts.iter().map(|part| pieces(part.clone())).collect();
                if ways.iter().map(Vec::len).sum::<usize>() > LONGEST {
                    return None;
                }
                let ways = parting(ways);
                let (count, choices) = (ways.len(), choices(ways));
                if choices.len() >= MANY {
                    self.choice(&choices, then)?;
                } else {
                    self.gate(first(hir), count)?;
                    self.one_by_one(choices.iter().flat_map(|(_, ways)| ways), then)?;
                }
            }
        }
        Some(())
    }

    fn choice(&mut self, choices: &[Choice], then: &First) -> Option<()> {
        self.code.extend([CHOOSE, u8::try_from(choices.len()).ok()?]);
        let mut starts = Vec::new();
        for (begins, _) in choices {
            let set = self.set(begins.bytes)?;
            self.number(set);
            starts.push(self.code.len());
            self.number(0);
        }
        let mut ends = Vec::new();
        for ((_, ways), start) in choices.iter().zip(starts) {
            self.land(start)?;
            self.one_by_one(ways.iter(), then)?;
            ends.push(self.jump(GO));
        }
        ends.into_iter().try_for_each(|end| self.land(end))
    }

    /// Before so many ways.
    fn gate(&mut self, begins: First, count: usize) -> Option<()> {
        if count >= MANY && !begins.may_be_empty {
            let set = self.set(begins.bytes)?;
            self.code.push(GATE);
            self.number(set);
        }
        Some(())
    }

    fn one_by_one<'h>(&mut self, ways: impl Iterator<Item = &'h Hir>, then: &First) -> Option<()> {
        let (mut ways, mut ends) = (ways.peekable(), Vec::new());
        while let Some(way) = ways.next() {
            let or = ways.peek().map(|_| self.jump(OR));
            self.expression(way, then)?;
            if let Some(or) = or {
                ends.push(self.jump(GO));
                self.land(or)?;
            }
        }
        ends.into_iter().try_for_each(|end| self.land(end))
    }

    fn repetition(&mut self, Repetition { min, max, greedy, sub }: &Repetition, then: &First) -> Option<()> {
        let or = if *greedy { OR } else { OR_RATHER };
        if let Some(set) = single(sub) {
            let all = First { bytes: set, may_be_empty: false }.is_apart_from(then);
            self.code.push(match (all, greedy) {
                (true, _) => ALL_OF,
                (false, true) => MANY_OF,
                (false, false) => FEW_OF,
            });
            let set = self.set(set)?;
            self.number(set);
            self.number(u16::try_from(*min).ok()?);
            self.number(max.map_or(Some(NONE), |max| u16::try_from(max).ok().filter(|max| *max < NONE))?);
            return Some(());
        }
        let then = &first(sub).or(then);
        for _ in 0..*min {
            self.expression(sub, then)?;
        }
        if let Some(max) = max {
            let ends: Option<Vec<usize>> = (*min..*max)
                .map(|_| {
                    let end = self.jump(or);
                    self.expression(sub, then).map(|()| end)
                })
                .collect();
            return ends?.into_iter().try_for_each(|end| self.land(end));
        }
        // What may be empty would be gone round for ever.
        sub.properties().minimum_len().filter(|least| *least > 0)?;
        let again = self.code.len();
        let end = self.jump(or);
        self.expression(sub, then)?;
        self.code.push(GO);
        self.number(u16::try_from(again).ok()?);
        self.land(end)
    }

    /// The place of a jump whose end is not known yet.
    fn jump(&mut self, how: u8) -> usize {
        self.code.extend([how, 0, 0]);
        self.code.len() - 2
    }

    /// Has a jump end here.
    fn land(&mut self, jump: usize) -> Option<()> {
        let here = u16::try_from(self.code.len()).ok()?;
        self.code.splice(jump..jump + 2, here.to_le_bytes());
        Some(())
    }

    fn number(&mut self, number: u16) {
        self.code.extend(number.to_le_bytes());
    }

    fn set(&mut self, set: Set) -> Option<u16> {
        let known = self.sets.iter().position(|known| *known == set);
        let at = known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        });
        u16::try_from(at).ok().filter(|at| *at < NONE)
    }
}

/// The lower case of a letter, for a set that is its two cases.
fn letter(set: &Set) -> Option<u8> {
    let of = |byte: u8| byte_set::union(only(byte), only(byte.to_ascii_uppercase()));
    (b'a'..=b'z').find(|byte| of(*byte) == *set)
}

/// The bytes of what is always one byte.
fn single(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Class(class) => bytes_of(class),
        HirKind::Literal(literal) => match *literal.0 {
            [byte] => Some(only(byte)),
            _ => None,
        },
        HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}

const fn number_of(look: Look) -> Option<u8> {
    Some(match look {
        Look::Start => look::START,
        Look::End => look::END,
        Look::StartLF => look::START_OF_LINE,
        Look::EndLF => look::END_OF_LINE,
        Look::WordAscii => look::EDGE_OF_WORD,
        Look::WordAsciiNegate => look::NO_EDGE_OF_WORD,
        Look::StartCRLF
        | Look::EndCRLF
        | Look::WordUnicode
        | Look::WordUnicodeNegate
        | Look::WordStartAscii
        | Look::WordEndAscii
        | Look::WordStartUnicode
        | Look::WordEndUnicode
        | Look::WordStartHalfAscii
        | Look::WordEndHalfAscii
        | Look::WordStartHalfUnicode
        | Look::WordEndHalfUnicode => return None,
    })
}
