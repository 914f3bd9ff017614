//! Where in a text a match of an expression may start that begins with one of many words.

use crate::check::rules::built::heads::{HEAD, fold};

/// Beginnings, looked for all at once.
pub(super) struct Starts {
    /// A bit for the hash of each one's first three bytes.
    bits: [u64; 1 << (BITS - 6)],
    heads: Vec<Head>,
}

struct Head {
    bytes: u32,
    mask: u32,
}

const BITS: u32 = 12;

impl Starts {
    /// From [`heads`](crate::check::rules::built::heads::heads), one after another.
    pub(super) fn of(heads: &[u8]) -> Self {
        let heads = heads.as_chunks::<HEAD>().0.iter().map(|head| Head {
            bytes: u32::from_le_bytes(*head),
            mask: if head.ends_with(&[0]) { 0x00ff_ffff } else { u32::MAX },
        });
        let mut starts = Self { bits: [0; 1 << (BITS - 6)], heads: heads.collect() };
        for head in &starts.heads {
            let (word, bit) = place(head.bytes);
            if let Some(word) = starts.bits.get_mut(word) {
                *word |= bit;
            }
        }
        starts
    }

    /// The first place from there on, and before another, where a text has one of them.
    pub(super) fn next(&self, text: &[u8], from: usize, before: usize) -> Option<usize> {
        let mut gram = 0;
        let ends = text.get(from..text.len().min(before + HEAD - 1))?.iter().position(|byte| {
            gram = gram >> 8 | u32::from(fold(*byte)) << 24;
            let (word, bit) = place(gram);
            // No byte of a head is zero, so none is found before there are as many bytes.
            self.bits.get(word).is_some_and(|word| word & bit != 0) && self.has(gram)
        });
        Some(from + (ends? + 1).checked_sub(HEAD)?)
    }

    fn has(&self, gram: u32) -> bool {
        self.heads.iter().any(|head| gram & head.mask == head.bytes)
    }
}

/// The first three bytes, hashed: the factor pushes the fourth out.
const fn place(gram: u32) -> (usize, u64) {
    let hash = gram.wrapping_mul(0x9e37_79b1 << 8) >> (32 - BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_found_in_either_case_and_only_before_the_end() {
        let starts = Starts::of(b"secrpat\0");
        let text = b"a seCRet, a PaT and path";

        let places: Vec<usize> = (0..text.len()).filter(|from| starts.next(text, *from, from + 1).is_some()).collect();

        assert_eq!(places, [2, 12, 20]);
        assert_eq!(starts.next(text, 0, text.len()), Some(2));
        assert_eq!(starts.next(text, 3, 12), None);
        assert_eq!(starts.next(text, 3, 13), Some(12));
        assert_eq!(starts.next(b"pat", 0, 3), None);
        assert_eq!(starts.next(b"", 0, 9), None);
    }
}
