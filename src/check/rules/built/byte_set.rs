//! A set of bytes, a bit for each.
//!
//! The build script uses this file too.

pub(crate) type Set = [u64; 4];

pub(crate) const EMPTY: Set = [0; 4];
pub(crate) const ALL: Set = [u64::MAX; 4];

#[expect(clippy::inline_always, reason = "built for size, each byte of a text would pay for the call")]
#[inline(always)]
pub(crate) fn has(set: &Set, byte: u8) -> bool {
    set.get(usize::from(byte >> 6)).is_some_and(|bits| bits >> (byte & 63) & 1 == 1)
}

/// The bytes of ranges, each from its first to its last.
pub(crate) fn of_ranges(ranges: impl IntoIterator<Item = (u8, u8)>) -> Set {
    let mut set = EMPTY;
    for byte in ranges.into_iter().flat_map(|(first, last)| first..=last) {
        if let Some(bits) = set.get_mut(usize::from(byte >> 6)) {
            *bits |= 1 << (byte & 63);
        }
    }
    set
}

pub(crate) fn union(mut one: Set, other: Set) -> Set {
    one.iter_mut().zip(other).for_each(|(bits, more)| *bits |= more);
    one
}

pub(crate) fn are_apart(one: &Set, other: &Set) -> bool {
    one.iter().zip(other).all(|(bits, others)| bits & others == 0)
}
