//! The pieces of a text that rules are tried on: lines, and pieces of lines too long to be one.

use std::ops::Range;

use memchr::{memchr, memrchr};

/// How far the ends of a line are looked for. A line longer than this is cut into pieces of [`PIECE`] bytes,
/// wherever in it one asks, so that a minified file of one line costs no more than the same bytes in many lines.
const REACH: usize = 8 * 1024;
const PIECE: usize = 4 * 1024;

/// How far before a piece that is not the first of its line a match may start.
const BACK: usize = 512;

/// How much text around a place its unit depends on.
pub(in crate::check::rules) const CONTEXT: usize = REACH + PIECE + PIECE;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::check::rules) struct Unit {
    /// Places in here have this unit.
    pub(in crate::check::rules) owns: Range<usize>,
    /// Matches that start in here are the unit's.
    pub(in crate::check::rules) starts: Range<usize>,
    /// Where the text that a match may span ends: with the next line.
    pub(in crate::check::rules) end: usize,
}

/// The unit of a place. `base` is where the text starts in the file: pieces are cut at multiples
/// of their size from the start of the file, so that a stream cuts where a whole file is cut.
pub(in crate::check::rules) fn unit_at(text: &[u8], base: usize, at: usize) -> Unit {
    let before = text.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    let after = text.get(at..text.len().min(at + REACH)).unwrap_or_default();
    let start = match memrchr(b'\n', before) {
        Some(newline) => Some(at - before.len() + newline + 1),
        None if before.len() < REACH => Some(0),
        None => None,
    };
    let end = match memchr(b'\n', after) {
        Some(newline) => Some(at + newline + 1),
        None if after.len() < REACH => Some(text.len()),
        None => None,
    };
    if let (Some(start), Some(end)) = (start, end)
        && end - start <= REACH
    {
        return Unit { owns: start..end, starts: start..end, end: next_end(text, end) };
    }
    let cut = (at + base) / PIECE * PIECE;
    let piece_start = cut.saturating_sub(base).max(start.unwrap_or(0));
    let piece_end = (cut + PIECE - base).min(end.unwrap_or(text.len()));
    let starts = piece_start.saturating_sub(BACK).max(start.unwrap_or(0))..piece_end;
    Unit { owns: piece_start..piece_end, starts, end: next_end(text, piece_end) }
}

/// Where the line of a place ends, or a piece further on when that one is long.
pub(in crate::check::rules) fn next_end(text: &[u8], from: usize) -> usize {
    let from = from.min(text.len());
    let next = text.get(from..text.len().min(from + PIECE)).unwrap_or_default();
    memchr(b'\n', next).map_or(from + next.len(), |newline| from + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_a_line_joined_with_the_next() {
        let unit = unit_at(b"one\ntwo\nthree\nfour", 0, 5);

        assert_eq!(unit, Unit { owns: 4..8, starts: 4..8, end: 14 });
    }

    #[test]
    fn a_long_line_is_cut_at_the_same_places_wherever_the_text_starts() {
        let text = [b"x\n".to_vec(), vec![b'a'; 30_000]].concat();

        let whole = unit_at(&text, 0, 15_000);
        let later = unit_at(&text[1_000..], 1_000, 14_000);

        assert_eq!(whole, Unit { owns: 12_288..16_384, starts: 11_776..16_384, end: 20_480 });
        assert_eq!(later, Unit { owns: 11_288..15_384, starts: 10_776..15_384, end: 19_480 });
    }

    #[test]
    fn what_a_unit_owns_has_that_unit() {
        for length in [100, REACH, REACH + 1, REACH + PIECE + 1, 2 * REACH - 1, 2 * REACH, 3 * REACH] {
            let text = [b"x\n".to_vec(), vec![b'a'; length - 1], b"\nx\n".to_vec()].concat();
            let mut at = 0;
            while at < text.len() {
                let unit = unit_at(&text, 0, at);

                assert_eq!(unit.owns.start, at, "in a line of {length}");
                assert!(
                    unit.owns.clone().all(|place| unit_at(&text, 0, place) == unit),
                    "{unit:?} in a line of {length}"
                );
                at = unit.owns.end;
            }
        }
    }

    #[test]
    fn the_end_of_a_text_ends_its_last_unit() {
        assert_eq!(unit_at(b"", 0, 0), Unit { owns: 0..0, starts: 0..0, end: 0 });
        assert_eq!(unit_at(b"ab", 0, 2), Unit { owns: 0..2, starts: 0..2, end: 2 });
    }
}
