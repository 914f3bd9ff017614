//! The machine that goes through a text by a program, step by step, and back where a way leads nowhere.

use super::{Matched, PASSED, Spent};
use crate::check::rules::built::byte_set::{self, Set};
use crate::check::rules::built::program::{
    ALL_OF, BYTE, CHOOSE, FEW_OF, GATE, GO, LETTER, LOOK, MANY_OF, MATCH, NONE, NOTE, ONE_OF, OR, OR_RATHER, TEXT, look,
};

/// A program at a text.
#[derive(Clone, Copy)]
pub(super) struct Machine<'w> {
    pub(super) code: &'w [u8],
    pub(super) sets: &'w [Set],
    pub(super) text: &'w [u8],
}

/// What is tried when a way leads nowhere.
pub(super) enum Other {
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
        set: usize,
        at: usize,
        most: usize,
    },
    Noted {
        place: u8,
        was: usize,
    },
}

enum Step {
    On { code: usize, at: usize },
    End,
    Nowhere,
}

/// Where the group `secret` starts and ends, and where the first does.
type Places = [usize; 4];

const NOWHERE: usize = usize::MAX;

/// Behind the set of what a match begins with.
const BEGINNING: usize = 2;

impl Machine<'_> {
    /// The match that starts there. `others` is only lent, so that it need not be laid out anew.
    pub(super) fn matched(
        &self,
        start: usize,
        others: &mut Vec<Other>,
        left: &mut u32,
    ) -> Result<Option<Matched>, Spent> {
        let mut places = [NOWHERE; 4];
        others.clear();
        let Some(end) = self.walk(start, others, &mut places, left)? else { return Ok(None) };
        let [named, named_end, first, first_end] = places;
        let group = |start, end| (start != NOWHERE && end != NOWHERE).then_some(start..end);
        let value = group(named, named_end).or_else(|| group(first, first_end));
        Ok(Some((start..end, value.unwrap_or(start..end))))
    }

    /// Where the match ends that starts there.
    fn walk(
        &self,
        start: usize,
        others: &mut Vec<Other>,
        places: &mut Places,
        left: &mut u32,
    ) -> Result<Option<usize>, Spent> {
        let (mut code, mut at) = (BEGINNING, start);
        loop {
            *left = left.checked_sub(1).ok_or(Spent)?;
            (code, at) = match self.step(code, at, others, places, left) {
                Step::On { code, at } => (code, at),
                Step::End => return Ok(Some(at)),
                Step::Nowhere => match self.back(others, places, left) {
                    Some(way) => way,
                    None => return Ok(None),
                },
            };
        }
    }

    #[expect(clippy::inline_always, reason = "built for size, each step would pay for the call")]
    #[inline(always)]
    fn step(&self, code: usize, at: usize, others: &mut Vec<Other>, places: &mut Places, left: &mut u32) -> Step {
        let go = |is_there: bool, length: usize, taken: usize| {
            if is_there { Step::On { code: code + length, at: at + taken } } else { Step::Nowhere }
        };
        let byte = self.text.get(at);
        match *self.code.get(code..).unwrap_or_default() {
            [BYTE, wanted, ..] => go(byte == Some(&wanted), 2, 1),
            [LETTER, wanted, ..] => go(byte.is_some_and(|byte| byte | 0x20 == wanted), 2, 1),
            [ONE_OF, low, high, ..] => go(self.has(number(low, high), byte), 3, 1),
            [GATE, low, high, ..] => go(self.has(number(low, high), byte), 3, 0),
            [what @ (MANY_OF | FEW_OF | ALL_OF), low, high, ref bounds @ ..] => {
                let &[least, least_high, most, most_high, ..] = bounds else { return Step::Nowhere };
                let (set, least, most) = (number(low, high), at + number(least, least_high), number(most, most_high));
                let most = if most == usize::from(NONE) { usize::MAX } else { at + most };
                let end = self.passed(set, at, if what == FEW_OF { least } else { most });
                *left = left.saturating_sub(u32::try_from((end - at) / PASSED as usize).unwrap_or(u32::MAX));
                if end < least {
                    return Step::Nowhere;
                }
                let code = code + 7;
                match what {
                    FEW_OF => others.push(Other::More { code, set, at: end, most }),
                    MANY_OF if end > least => others.push(Other::Fewer { code, least, at: end - 1 }),
                    _ => {}
                }
                Step::On { code, at: end }
            }
            [OR | OR_RATHER, ..] => Step::On { code: self.way(code, at, others, left), at },
            [CHOOSE, count, ref ways @ ..] => {
                self.choice(count, ways, byte).map_or(Step::Nowhere, |code| Step::On { code, at })
            }
            [GO, low, high, ..] => Step::On { code: number(low, high), at },
            [LOOK, what, ..] => go(sees(what, self.text, at), 2, 0),
            [NOTE, place, ..] => {
                if let Some(noted) = places.get_mut(usize::from(place)) {
                    others.push(Other::Noted { place, was: *noted });
                    *noted = at;
                }
                go(true, 2, 0)
            }
            [TEXT, length, ref rest @ ..] => {
                let length = usize::from(length);
                let wanted = rest.get(..length).unwrap_or_default();
                go(self.text.get(at..).is_some_and(|text| text.starts_with(wanted)), 2 + length, length)
            }
            [MATCH, ..] => Step::End,
            _ => Step::Nowhere,
        }
    }

    /// Where bytes of a set end, or the last place that may be reached.
    fn passed(&self, set: usize, at: usize, reach: usize) -> usize {
        let Some(set) = self.sets.get(set) else { return at };
        let among = self.text.get(at..self.text.len().min(reach)).unwrap_or_default();
        at + among.iter().position(|byte| !byte_set::has(set, *byte)).unwrap_or(among.len())
    }

    /// The first of several ways that the next byte lets go on; the rest is left for later.
    fn way(&self, mut code: usize, at: usize, others: &mut Vec<Other>, left: &mut u32) -> usize {
        loop {
            let (one, other) = match *self.code.get(code..).unwrap_or_default() {
                [OR, low, high, ..] => (code + 3, number(low, high)),
                [OR_RATHER, low, high, ..] => (number(low, high), code + 3),
                _ => return code,
            };
            if self.may_go(one, at) {
                if self.may_go(other, at) {
                    others.push(Other::Way { code: other, at });
                }
                return one;
            }
            // Of many words, few begin with the byte that is there.
            *left = left.saturating_sub(u32::from(code.is_multiple_of(PASSED as usize)));
            code = other;
        }
    }

    /// The next of what is left to try.
    fn back(&self, others: &mut Vec<Other>, places: &mut Places, left: &mut u32) -> Option<(usize, usize)> {
        loop {
            match others.pop()? {
                Other::Noted { place, was } => {
                    if let Some(place) = places.get_mut(usize::from(place)) {
                        *place = was;
                    }
                }
                Other::Way { code, at } => return Some((code, at)),
                Other::Fewer { code, least, mut at } => {
                    while at > least && !self.may_go(code, at) {
                        at -= 1;
                        *left = left.saturating_sub(u32::from(at.is_multiple_of(PASSED as usize)));
                    }
                    if at > least {
                        others.push(Other::Fewer { code, least, at: at - 1 });
                    }
                    return Some((code, at));
                }
                Other::More { code, set, mut at, most } => {
                    while at < most && self.has(set, self.text.get(at)) {
                        at += 1;
                        if self.may_go(code, at) {
                            others.push(Other::More { code, set, at, most });
                            return Some((code, at));
                        }
                        *left = left.saturating_sub(u32::from(at.is_multiple_of(PASSED as usize)));
                    }
                }
            }
        }
    }

    /// Whether the next byte lets anything happen there.
    fn may_go(&self, code: usize, at: usize) -> bool {
        let byte = self.text.get(at);
        match *self.code.get(code..).unwrap_or_default() {
            [BYTE, wanted, ..] | [TEXT, _, wanted, ..] => byte == Some(&wanted),
            [LETTER, wanted, ..] => byte.is_some_and(|byte| byte | 0x20 == wanted),
            [ONE_OF | GATE, low, high, ..] => self.has(number(low, high), byte),
            [MANY_OF | FEW_OF | ALL_OF, low, high, least, more, ..] if least | more > 0 => {
                self.has(number(low, high), byte)
            }
            [CHOOSE, count, ref ways @ ..] => self.choice(count, ways, byte).is_some(),
            [NOTE, _, ..] => self.may_go(code + 2, at),
            _ => true,
        }
    }

    /// Where it goes on of so many ways.
    fn choice(&self, count: u8, ways: &[u8], byte: Option<&u8>) -> Option<usize> {
        let mut ways = ways.as_chunks::<4>().0.iter().take(usize::from(count));
        let [.., low, high] = ways.find(|[low, high, ..]| self.has(number(*low, *high), byte))?;
        Some(number(*low, *high))
    }

    #[expect(clippy::inline_always, reason = "as `step`")]
    #[inline(always)]
    fn has(&self, set: usize, byte: Option<&u8>) -> bool {
        byte.zip(self.sets.get(set)).is_some_and(|(byte, set)| byte_set::has(set, *byte))
    }
}

const fn number(low: u8, high: u8) -> usize {
    u16::from_le_bytes([low, high]) as usize
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
