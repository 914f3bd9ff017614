//! Walks a program through a text. It needs nothing made beforehand, but it may have to go back so often
//! that an automaton would have been cheaper: so each program has a fixed number of steps, for good.

mod machine;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Matched;
use super::starts::Starts;
use crate::check::rules::built::byte_set::{Set, has};
use crate::check::rules::built::program::NONE;
use machine::Machine;

/// This many steps cost about as much as building an automaton and having it learn its ways.
const STEPS: u32 = 1 << 15;

/// One start may take this many steps even when none are left, before an automaton is asked about it.
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
        self.on(text).matched(start, &mut Vec::new(), &mut left)
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
        let (machine, starts) = (self.on(text), self.starting(starts));
        while let Some(start) = starts.next(text, at, before) {
            let passed = u32::try_from((start - at) / PASSED as usize).map_err(|_far| Spent)?;
            *left = left.checked_sub(passed + 1).ok_or(Spent)?;
            if let Some(found) = machine.matched(start, &mut others, left)? {
                return Ok(Some(found));
            }
            at = start + 1;
        }
        let passed = u32::try_from(before.saturating_sub(at) / PASSED as usize).map_err(|_far| Spent)?;
        *left = left.checked_sub(passed).ok_or(Spent)?;
        Ok(None)
    }

    fn on<'w>(&'w self, text: &'w [u8]) -> Machine<'w> {
        Machine { code: &self.code, sets: &self.sets, text }
    }

    /// Where matches may start, of which `heads` may tell more.
    fn starting<'s>(&'s self, heads: Option<&'s Starts>) -> Starting<'s> {
        if let Some(heads) = heads {
            return Starting::Heads(heads);
        }
        let first = self.code.first_chunk().map(|first| u16::from_le_bytes(*first)).filter(|first| *first != NONE);
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

/// The bits that are set, from the lowest on.
fn lowest(mut bits: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let lowest = u8::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0);
        bits &= bits.saturating_sub(1);
        lowest
    })
}

#[cfg(test)]
mod tests;
