//! The one pass over all bytes: where does any keyword of any rule stand?
//!
//! At every place of the text four bytes are looked up in a bitmap of 32 KB: the first three, case
//! folded and hashed, choose a word of it, the fourth a bit. Every keyword has put its four rarest
//! bytes in there. That is cheap to build (a hook on ten lines must not pay for an automaton), fits
//! the first cache and runs at a steady pace whatever the number of keywords; only where the
//! bitmap answers is a keyword compared.

/// Sets the bit that tells lower from upper case in every byte. What else it merges does not
/// matter: it is only used to find candidates.
const FOLD: u32 = 0x2020_2020;
const FOLD_8: u64 = 0x2020_2020_2020_2020;

const WORD_BITS: u32 = 15;
const WORDS: usize = 1 << WORD_BITS;

/// Entries are kept in this many drawers, by the first bits of the hash that chooses the word.
const DRAWER_BITS: u32 = 12;
const DRAWERS: usize = 1 << DRAWER_BITS;

/// Covers the four bytes of a gram, or the three of a keyword that has no more.
const FOUR: u32 = u32::MAX;
const THREE: u32 = 0x00ff_ffff;

pub(super) struct Prefilter {
    bitmap: Vec<u8>,
    /// Where the entries of each drawer start; the last element is where they all end.
    drawers: Vec<u16>,
    entries: Vec<Entry>,
    keywords: Vec<Keyword>,
    /// The rules of all keywords, one after another.
    rules: Vec<u16>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    gram: u32,
    mask: u32,
    keyword: u16,
    /// Where in the keyword the gram stands.
    offset: u16,
}

struct Keyword {
    text: Box<[u8]>,
    rules: std::ops::Range<u32>,
}

impl Prefilter {
    /// Each keyword comes with the index of its rule. Keywords of fewer than three bytes are left
    /// out: whoever reads a pack refuses them.
    pub(super) fn new(keywords: &[(&str, u16)]) -> Self {
        let mut sorted: Vec<(Vec<u8>, u16)> =
            keywords.iter().map(|(keyword, rule)| (keyword.to_ascii_lowercase().into_bytes(), *rule)).collect();
        sorted.sort_unstable();
        let mut made = Self {
            bitmap: vec![0; WORDS],
            drawers: Vec::new(),
            entries: Vec::new(),
            keywords: Vec::new(),
            rules: Vec::new(),
        };
        for (text, rule) in sorted {
            let at = u32::try_from(made.rules.len()).unwrap_or(u32::MAX);
            made.rules.push(rule);
            match made.keywords.last_mut().filter(|last| *last.text == *text) {
                Some(last) => last.rules.end = at + 1,
                None => made.keywords.push(Keyword { text: text.into(), rules: at..at + 1 }),
            }
        }
        made.file();
        made
    }

    /// Puts an entry for each keyword into its drawer, and its bits into the bitmap.
    fn file(&mut self) {
        let mut entries: Vec<Entry> =
            (0..).zip(&self.keywords).filter_map(|(number, keyword)| entry(number, &keyword.text)).collect();
        entries.sort_unstable_by_key(|entry| drawer(entry.gram));
        let mut drawers = vec![0_u16; DRAWERS + 1];
        for entry in &entries {
            if let Some(word) = self.bitmap.get_mut(word(entry.gram)) {
                *word |= if entry.mask == FOUR { bit(entry.gram) } else { u8::MAX };
            }
            if let Some(count) = drawers.get_mut(drawer(entry.gram) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut drawers {
            sum += *count;
            *count = sum;
        }
        (self.entries, self.drawers) = (entries, drawers);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keywords.is_empty()
    }

    /// Calls back with a rule and where one of its keywords starts, for every place that has one.
    pub(super) fn scan(&self, text: &[u8], mut found: impl FnMut(u16, usize)) {
        let Ok(bitmap) = <&[u8; WORDS]>::try_from(self.bitmap.as_slice()) else { return };
        let answers = |gram: u32| bitmap.get(word(gram)).map_or(0, |word| word & bit(gram));
        let mut at = 0;
        while let Some((low, high)) = text.get(at..).and_then(two_words) {
            let mut any = 0;
            for lane in 0..4 {
                any |= answers(truncated(low >> (8 * lane))) | answers(truncated(high >> (8 * lane)));
            }
            if any != 0 {
                for lane in 0..8 {
                    let gram = if lane < 4 { low >> (8 * lane) } else { high >> (8 * (lane - 4)) };
                    if answers(truncated(gram)) != 0 {
                        self.compare(truncated(gram), text, at + lane, &mut found);
                    }
                }
            }
            at += 8;
        }
        for place in at..text.len() {
            let byte = |ahead: usize| text.get(place + ahead).copied().unwrap_or(0);
            let gram = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]) | FOLD;
            if answers(gram) != 0 {
                self.compare(gram, text, place, &mut found);
            }
        }
    }

    fn compare(&self, gram: u32, text: &[u8], at: usize, found: &mut impl FnMut(u16, usize)) {
        let drawer = drawer(gram);
        let (Some(first), Some(end)) = (self.drawers.get(drawer), self.drawers.get(drawer + 1)) else { return };
        for entry in self.entries.get(usize::from(*first)..usize::from(*end)).unwrap_or_default() {
            if gram & entry.mask != entry.gram & entry.mask {
                continue;
            }
            let keyword = self.keywords.get(usize::from(entry.keyword));
            let (Some(keyword), Some(start)) = (keyword, at.checked_sub(usize::from(entry.offset))) else { continue };
            let bytes = text.get(start..start + keyword.text.len());
            if bytes.is_some_and(|bytes| bytes.eq_ignore_ascii_case(&keyword.text)) {
                let rules = keyword.rules.start as usize..keyword.rules.end as usize;
                self.rules.get(rules).unwrap_or_default().iter().for_each(|rule| found(*rule, start));
            }
        }
    }
}

fn entry(keyword: u16, text: &[u8]) -> Option<Entry> {
    if let [a, b, c] = *text {
        return Some(Entry { gram: u32::from_le_bytes([a, b, c, 0]) | FOLD, mask: THREE, keyword, offset: 0 });
    }
    let grams = text.windows(4).enumerate();
    let (at, gram) = grams.min_by_key(|(_, gram)| gram.iter().map(|&byte| commonness(byte)).sum::<u32>())?;
    let gram = u32::from_le_bytes(gram.try_into().ok()?) | FOLD;
    Some(Entry { gram, mask: FOUR, keyword, offset: u16::try_from(at).ok()? })
}

/// The first three bytes of a folded gram, hashed: the factor pushes the fourth out.
const fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1 << 8)
}

const fn word(gram: u32) -> usize {
    (hash(gram) >> (32 - WORD_BITS)) as usize
}

const fn drawer(gram: u32) -> usize {
    (hash(gram) >> (32 - DRAWER_BITS)) as usize
}

const fn bit(gram: u32) -> u8 {
    1 << (gram >> 24 & 7)
}

/// The folded eight bytes at the beginning of a text, and the eight that start four bytes later.
#[inline]
fn two_words(text: &[u8]) -> Option<(u64, u64)> {
    let low = u64::from_le_bytes(*text.first_chunk()?);
    let high = u64::from_le_bytes(*text.get(4..)?.first_chunk()?);
    Some((low | FOLD_8, high | FOLD_8))
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
const fn truncated(word: u64) -> u32 {
    word as u32
}

/// How often a byte stands in source code, on a rough logarithmic scale.
fn commonness(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b' ' | b'e' => 10,
        b't' | b'a' | b'r' | b'i' | b'n' | b'o' | b's' => 9,
        b'l' | b'c' | b'd' | b'u' | b'p' | b'm' => 8,
        b'f' | b'h' | b'g' | b'b' | b'_' | b'.' | b'-' | b'/' | b'"' | b'=' | b'\n' | b'(' => 7,
        b'y' | b'v' | b'w' | b'k' | b'x' | b'0' | b'1' | b':' | b'\'' => 5,
        b'2'..=b'9' | b'j' | b'q' | b'z' => 4,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(keywords: &[&str], text: &[u8]) -> Vec<(u16, usize)> {
        let numbered: Vec<(&str, u16)> = keywords.iter().zip(0..).map(|(&keyword, rule)| (keyword, rule)).collect();
        let mut found = Vec::new();
        Prefilter::new(&numbered).scan(text, |rule, start| found.push((rule, start)));
        found.sort_unstable();
        found
    }

    fn places_the_slow_way(keywords: &[&str], text: &[u8]) -> Vec<(u16, usize)> {
        let mut found = Vec::new();
        for (keyword, rule) in keywords.iter().zip(0..) {
            for (start, window) in text.windows(keyword.len()).enumerate() {
                if window.eq_ignore_ascii_case(keyword.as_bytes()) {
                    found.push((rule, start));
                }
            }
        }
        found
    }

    #[test]
    fn a_keyword_is_found_in_any_case_and_anywhere() {
        let keywords = ["AKIA", "key", "password", "xoxb-", "passwords", "\u{202e}"];
        let text = "akia my KEY Passwords: xOxB-1\u{202e}key".as_bytes();

        assert_eq!(places(&keywords, text), places_the_slow_way(&keywords, text));
        assert_eq!(places(&keywords, text).len(), 7);
    }

    proptest! {
        #[test]
        fn the_bitmap_never_hides_a_keyword(text in "[abcAB _\n\u{e9}]{0,80}") {
            let keywords = ["abc", "abca", "a_b", "bcabca", "c a", "\u{e9}a", "aaaa", "Aaaab"];

            prop_assert_eq!(places(&keywords, text.as_bytes()), places_the_slow_way(&keywords, text.as_bytes()));
        }
    }
}
