//! Walks a program through a text. It needs nothing made beforehand, but it may have to go back so often
//! that an automaton would have been cheaper: so each program has only so many steps, for good.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Matched;
use super::starts::Starts;
use crate::check::rules::built::byte_set::{Set, has};
use crate::check::rules::built::program::{
    BYTE, FEW_OF, GATE, GO, LETTER, LOOK, MANY_OF, MATCH, NONE, NOTE, ONE_OF, OR, OR_RATHER, TEXT, look,
};

/// So many steps cost about as much as to put an automaton together and to have it learn its ways.
const STEPS: u32 = 1 << 15;

/// One start may take so many even when there are no more, before an automaton is asked about it.
const STEPS_OF_ONE: u32 = 1 << 11;

/// A byte that is only passed costs less than a step.
const PASSED: u32 = 8;

pub(in crate::check::rules) struct Walk {
    code: Cow<'static, [u8]>,
    sets: Cow<'static, [Set]>,
    left: AtomicU32,
}

/// It has no more steps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spent;

/// What is tried when a way leads nowhere.
enum Other {
    Way {
        code: usize,
        at: usize,
    },
    /// To have taken fewer bytes, down to the first place.
    Fewer {
        code: usize,
        least: usize,
        at: usize,
    },
    /// To take one more byte of a set, if there is one and the last place is not reached.
    More {
        code: usize,
        set: u16,
        at: usize,
        most: usize,
    },
    Noted {
        place: u8,
        was: usize,
    },
}

/// Where the group `secret` starts and ends, and where the first does.
type Places = [usize; 4];

const NOWHERE: usize = usize::MAX;

impl Walk {
    pub(in crate::check::rules) fn new(code: Cow<'static, [u8]>, sets: Cow<'static, [Set]>) -> Self {
        Self { code, sets, left: AtomicU32::new(STEPS) }
    }

    /// The first match from that place on that starts before another, and at a start where only there
    /// one can.
    pub(super) fn next(
        &self,
        text: &[u8],
        from: usize,
        before: usize,
        starts: Option<&Starts>,
    ) -> Result<Option<Matched>, Spent> {
        let mut left = self.left.load(Ordering::Relaxed);
        let found = self.search(text, from, before, starts, &mut left);
        self.left.store(if found.is_err() { 0 } else { left }, Ordering::Relaxed);
        found
    }

    /// The match that starts there.
    pub(super) fn at(&self, text: &[u8], start: usize) -> Result<Option<Matched>, Spent> {
        let mut left = STEPS_OF_ONE;
        self.matched(text, start, &mut Vec::new(), &mut left)
    }

    fn search(
        &self,
        text: &[u8],
        from: usize,
        before: usize,
        starts: Option<&Starts>,
        left: &mut u32,
    ) -> Result<Option<Matched>, Spent> {
        let mut others = Vec::new();
        let mut at = from;
        let starts = self.starting(starts);
        while let Some(start) = starts.next(text, at, before) {
            let passed = u32::try_from((start - at) / PASSED as usize).map_err(|_far| Spent)?;
            *left = left.checked_sub(passed + 1).ok_or(Spent)?;
            others.clear();
            if let Some(found) = self.matched(text, start, &mut others, left)? {
                return Ok(Some(found));
            }
            at = start + 1;
        }
        let passed = u32::try_from(before.saturating_sub(at) / PASSED as usize).map_err(|_far| Spent)?;
        *left = left.checked_sub(passed).ok_or(Spent)?;
        Ok(None)
    }

    fn matched(
        &self,
        text: &[u8],
        start: usize,
        others: &mut Vec<Other>,
        left: &mut u32,
    ) -> Result<Option<Matched>, Spent> {
        let mut places = [NOWHERE; 4];
        let Some(end) = self.walk(text, start, others, &mut places, left)? else { return Ok(None) };
        let [named, named_end, first, first_end] = places;
        let group = |start, end| (start != NOWHERE && end != NOWHERE).then_some(start..end);
        let value = group(named, named_end).or_else(|| group(first, first_end));
        Ok(Some((start..end, value.unwrap_or(start..end))))
    }

    /// Where matches may start, of which `heads` may tell more.
    fn starting<'s>(&'s self, heads: Option<&'s Starts>) -> Starting<'s> {
        if let Some(heads) = heads {
            return Starting::Heads(heads);
        }
        let first = self.number(0).filter(|first| *first != NONE);
        let Some(set) = first.and_then(|first| self.sets.get(usize::from(first))) else { return Starting::Anywhere };
        let mut bytes =
            set.iter().zip([0, 64, 128, 192]).flat_map(|(bits, base)| lowest(*bits).map(move |bit| base + bit));
        let count: u32 = set.iter().map(|bits| bits.count_ones()).sum();
        match if count > 3 { [None; 3] } else { [bytes.next(), bytes.next(), bytes.next()] } {
            [Some(one), two, three] => {
                let two = two.unwrap_or(one);
                Starting::Few(one, two, three.unwrap_or(two))
            }
            _ => Starting::OneOf(set),
        }
    }

    #[expect(clippy::inline_always, reason = "built for size, each byte of a text would pay for the call")]
    #[inline(always)]
    fn number(&self, at: usize) -> Option<u16> {
        self.code.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
    }

    /// Where the match ends that starts there.
    fn walk(
        &self,
        text: &[u8],
        start: usize,
        others: &mut Vec<Other>,
        places: &mut Places,
        left: &mut u32,
    ) -> Result<Option<usize>, Spent> {
        let (mut code, mut at) = (2, start);
        loop {
            *left = left.checked_sub(1).ok_or(Spent)?;
            let went_on = match self.step(text, code, at, others, places, left) {
                Step::On { code: next, at: place } => {
                    (code, at) = (next, place);
                    true
                }
                Step::End => return Ok(Some(at)),
                Step::Nowhere => false,
            };
            if went_on {
                continue;
            }
            loop {
                match others.pop() {
                    None => return Ok(None),
                    Some(Other::Noted { place, was }) => {
                        if let Some(place) = places.get_mut(usize::from(place)) {
                            *place = was;
                        }
                    }
                    Some(Other::Way { code: next, at: place }) => {
                        (code, at) = (next, place);
                        break;
                    }
                    Some(Other::Fewer { code: next, least, at: place }) => {
                        let mut place = place;
                        while place > least && !self.may_go(text, next, place) {
                            place -= 1;
                            *left = left.saturating_sub(u32::from(place % PASSED as usize == 0));
                        }
                        if place > least {
                            others.push(Other::Fewer { code: next, least, at: place - 1 });
                        }
                        (code, at) = (next, place);
                        break;
                    }
                    Some(Other::More { code: next, set, at: place, most }) => {
                        let mut place = place;
                        let found = loop {
                            if text.get(place).is_none_or(|byte| place >= most || !self.has(set, *byte)) {
                                break false;
                            }
                            place += 1;
                            if self.may_go(text, next, place) {
                                break true;
                            }
                            *left = left.saturating_sub(u32::from(place % PASSED as usize == 0));
                        };
                        if found {
                            others.push(Other::More { code: next, set, at: place, most });
                            (code, at) = (next, place);
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Whether the next byte lets anything happen there.
    fn may_go(&self, text: &[u8], code: usize, at: usize) -> bool {
        let argument = || self.code.get(code + 1).copied();
        let set = || self.number(code + 1).unwrap_or_default();
        match self.code.get(code).copied().unwrap_or_default() {
            BYTE => text.get(at).copied() == argument(),
            LETTER => text.get(at).map(|byte| byte | 0x20) == argument(),
            ONE_OF | GATE => text.get(at).is_some_and(|byte| self.has(set(), *byte)),
            TEXT => text.get(at) == self.code.get(code + 2),
            NOTE => self.may_go(text, code + 2, at),
            _ => true,
        }
    }

    #[expect(clippy::inline_always, reason = "as `number`")]
    #[inline(always)]
    fn has(&self, set: u16, byte: u8) -> bool {
        self.sets.get(usize::from(set)).is_some_and(|set| has(set, byte))
    }

    fn step(
        &self,
        text: &[u8],
        code: usize,
        at: usize,
        others: &mut Vec<Other>,
        places: &mut Places,
        left: &mut u32,
    ) -> Step {
        let go = |is_there: bool, length: usize, taken: usize| {
            if is_there { Step::On { code: code + length, at: at + taken } } else { Step::Nowhere }
        };
        let argument = self.code.get(code + 1).copied().unwrap_or_default();
        let number = || self.number(code + 1).unwrap_or_default();
        match self.code.get(code).copied().unwrap_or_default() {
            BYTE => go(text.get(at) == Some(&argument), 2, 1),
            LETTER => go(text.get(at).is_some_and(|byte| byte | 0x20 == argument), 2, 1),
            ONE_OF => go(text.get(at).is_some_and(|byte| self.has(number(), *byte)), 3, 1),
            TEXT => {
                let length = usize::from(argument);
                let wanted = self.code.get(code + 2..code + 2 + length).unwrap_or_default();
                go(text.get(at..).is_some_and(|rest| rest.starts_with(wanted)), 2 + length, length)
            }
            what @ (MANY_OF | FEW_OF) => {
                let [least, most] = [3, 5].map(|ahead| self.number(code + ahead).unwrap_or_default());
                let most = if most == NONE { usize::MAX } else { at + usize::from(most) };
                let least = at + usize::from(least);
                let reach = if what == MANY_OF { most } else { least };
                let Some(set) = self.sets.get(usize::from(number())) else { return Step::Nowhere };
                let taken = text.get(at..text.len().min(reach)).unwrap_or_default();
                let end = at + taken.iter().position(|byte| !has(set, *byte)).unwrap_or(taken.len());
                *left = left.saturating_sub(u32::try_from((end - at) / PASSED as usize).unwrap_or(u32::MAX));
                if end < least {
                    return Step::Nowhere;
                }
                let next = code + 7;
                if what == FEW_OF {
                    others.push(Other::More { code: next, set: number(), at: end, most });
                } else if end > least {
                    others.push(Other::Fewer { code: next, least, at: end - 1 });
                }
                Step::On { code: next, at: end }
            }
            what @ (OR | OR_RATHER) => {
                let [on, elsewhere] = [code + 3, usize::from(number())];
                let [one, other] = if what == OR { [on, elsewhere] } else { [elsewhere, on] };
                if !self.may_go(text, one, at) {
                    return Step::On { code: other, at };
                }
                if self.may_go(text, other, at) {
                    others.push(Other::Way { code: other, at });
                }
                Step::On { code: one, at }
            }
            GATE => go(text.get(at).is_some_and(|byte| self.has(number(), *byte)), 3, 0),
            GO => Step::On { code: usize::from(number()), at },
            LOOK => go(sees(argument, text, at), 2, 0),
            NOTE => {
                if let Some(place) = places.get_mut(usize::from(argument)) {
                    others.push(Other::Noted { place: argument, was: *place });
                    *place = at;
                }
                go(true, 2, 0)
            }
            MATCH => Step::End,
            _ => Step::Nowhere,
        }
    }
}

/// What tells where a match may start.
enum Starting<'s> {
    Anywhere,
    Few(u8, u8, u8),
    OneOf(&'s Set),
    Heads(&'s Starts),
}

impl Starting<'_> {
    /// The first place from there on, and before another.
    fn next(&self, text: &[u8], from: usize, before: usize) -> Option<usize> {
        if let Self::Heads(heads) = self {
            return heads.next(text, from, before);
        }
        let among = text.get(from..before.min(text.len()))?;
        let ahead = match self {
            Self::Few(one, two, three) => memchr::memchr3(*one, *two, *three, among),
            Self::OneOf(set) => among.iter().position(|byte| has(set, *byte)),
            Self::Anywhere | Self::Heads(_) => (from < before).then_some(0),
        };
        ahead.map(|ahead| from + ahead)
    }
}

enum Step {
    On { code: usize, at: usize },
    End,
    Nowhere,
}

/// The bits that are set, from the lowest on.
fn lowest(mut bits: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let lowest = u8::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0);
        bits &= bits.saturating_sub(1);
        lowest
    })
}

fn sees(what: u8, text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
    let after = text.get(at).copied();
    let is_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match what {
        look::START => before.is_none(),
        look::END => after.is_none(),
        look::START_OF_LINE => before.is_none_or(|byte| byte == b'\n'),
        look::END_OF_LINE => after.is_none_or(|byte| byte == b'\n'),
        look::EDGE_OF_WORD => is_word(before) != is_word(after),
        look::NO_EDGE_OF_WORD => is_word(before) == is_word(after),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
