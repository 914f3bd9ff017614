//! The one pass over all bytes: where does any keyword of any rule stand?
//!
//! At every place of the text four bytes are looked up in a bitmap of 32 KB: the first three, case
//! folded and hashed, choose a word of it, the fourth a bit. Every keyword has put its four rarest
//! bytes in there. That is cheap to build (a hook on ten lines must not pay for an automaton), fits
//! the first cache and runs at a steady pace whatever the number of keywords; only where the
//! bitmap answers is a keyword compared.

use crate::check::rules::built::tables::{Entry, FOLD, Keyword, Tables, WORDS, bit, drawer, word};

const FOLD_8: u64 = 0x2020_2020_2020_2020;

pub(super) struct Prefilter {
    tables: Held,
    /// What each owner of a keyword is called, unless it is called nothing in this run.
    names: Vec<Option<u16>>,
}

enum Held {
    Built(Tables),
    Made(&'static Tables),
}

impl Prefilter {
    /// Each keyword comes with the index of its rule.
    pub(super) fn new(keywords: &[(Keyword<'_>, u16)]) -> Self {
        let owned: Vec<(Keyword<'_>, u16)> =
            (0..).zip(keywords).map(|(owner, (keyword, _))| (*keyword, owner)).collect();
        let names = keywords.iter().map(|(_, rule)| Some(*rule)).collect();
        Self { tables: Held::Built(Tables::of(&owned, &[])), names }
    }

    /// The prefilter that the build made, with the indices that its owners have in this run.
    pub(super) const fn made(tables: &'static Tables, names: Vec<Option<u16>>) -> Self {
        Self { tables: Held::Made(tables), names }
    }

    fn tables(&self) -> &Tables {
        match &self.tables {
            Held::Built(tables) => tables,
            Held::Made(tables) => tables,
        }
    }

    /// The rules it leads to, each as often as it has keywords.
    pub(super) fn names(&self) -> impl Iterator<Item = u16> {
        self.names.iter().copied().flatten()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.iter().all(Option::is_none)
    }

    /// Calls back with a rule and where one of its keywords starts, for every place from `from` on that has one.
    pub(super) fn scan(&self, text: &[u8], from: usize, mut found: impl FnMut(u16, usize)) {
        let tables = self.tables();
        let Ok(bitmap) = <&[u32; WORDS]>::try_from(tables.bitmap.as_ref()) else { return };
        // The lowest bit of what it returns is the answer.
        let answer = |gram: u32| bitmap.get(word(gram)).map_or(0, |word| word >> bit(gram));
        let mut at = from;
        while let Some((low, high)) = text.get(at..).and_then(two_words) {
            // Written out: built for size, this would stay a loop, and all text goes through it.
            let mut answers = (answer(truncated(low)) & 1)
                | (answer(truncated(low >> 8)) & 1) << 1
                | (answer(truncated(low >> 16)) & 1) << 2
                | (answer(truncated(low >> 24)) & 1) << 3
                | (answer(truncated(high)) & 1) << 4
                | (answer(truncated(high >> 8)) & 1) << 5
                | (answer(truncated(high >> 16)) & 1) << 6
                | (answer(truncated(high >> 24)) & 1) << 7;
            while answers != 0 {
                let lane = answers.trailing_zeros();
                let gram = if lane < 4 { low >> (8 * lane) } else { high >> (8 * (lane - 4)) };
                self.compare(tables, truncated(gram), text, at + lane as usize, &mut found);
                answers &= answers - 1;
            }
            at += 8;
        }
        for place in at..text.len() {
            let byte = |ahead: usize| text.get(place + ahead).copied().unwrap_or(0);
            let gram = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]) | FOLD;
            if answer(gram) & 1 != 0 {
                self.compare(tables, gram, text, place, &mut found);
            }
        }
    }

    fn compare(&self, tables: &Tables, gram: u32, text: &[u8], at: usize, found: &mut impl FnMut(u16, usize)) {
        let drawer = drawer(gram);
        let (Some(first), Some(end)) = (tables.drawers.get(drawer), tables.drawers.get(drawer + 1)) else { return };
        for entry in tables.entries.get(usize::from(*first)..usize::from(*end)).unwrap_or_default() {
            if (gram ^ entry.gram) & mask(entry) != 0 {
                continue;
            }
            let (from, length) = (entry.start as usize, usize::from(entry.length));
            let keyword = tables.texts.get(from..from + length).unwrap_or_default();
            let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
            let is_there = |bytes: &[u8]| {
                if entry.opens_word { bytes == keyword && begins_word(text, start) } else { reads(bytes, keyword) }
            };
            if text.get(start..start + length).is_some_and(is_there) {
                let owners = usize::from(entry.first)..usize::from(entry.first) + usize::from(entry.count);
                for owner in tables.owners.get(owners).unwrap_or_default() {
                    if let Some(Some(rule)) = self.names.get(usize::from(*owner)) {
                        found(*rule, start);
                    }
                }
            }
        }
    }
}

/// Whether a keyword stands there. Its last bytes tell most: what leads here stands more often at the beginning.
fn reads(bytes: &[u8], keyword: &[u8]) -> bool {
    let ends = bytes.last_chunk().zip(keyword.last_chunk());
    let differ = |(of_text, own)| (u64::from_le_bytes(of_text) ^ u64::from_le_bytes(own)) & !FOLD_8 != 0;
    !ends.is_some_and(|(of_text, own)| differ((*of_text, *own)))
        && (bytes == keyword || bytes.eq_ignore_ascii_case(keyword))
}

/// Whether nothing before a place belongs to the word there; what an escape such as `\n` ends with does not.
fn begins_word(text: &[u8], place: usize) -> bool {
    match text.get(..place) {
        Some([.., b'\\', b'n' | b'r' | b't']) => true,
        Some([.., before]) => !before.is_ascii_alphanumeric(),
        _ => true,
    }
}

/// Covers the four bytes of a gram, or the three of a keyword that has no more.
const fn mask(entry: &Entry) -> u32 {
    if entry.length == 3 { 0x00ff_ffff } else { u32::MAX }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::marker::MARKERS;
    use crate::check::rules::built::embedded;
    use crate::check::rules::built::tables::folded;
    use crate::check::rules::rule::Rule;
    use crate::check::rules::set::Rules;
    use crate::policy::RuleSettings;

    fn places(keywords: &[&str], text: &[u8]) -> Vec<(u16, usize)> {
        let numbered: Vec<(Keyword<'_>, u16)> =
            keywords.iter().map(|&written| Keyword::new(written)).zip(0..).collect();
        let mut found = Vec::new();
        Prefilter::new(&numbered).scan(text, 0, |rule, start| found.push((rule, start)));
        found.sort_unstable();
        found
    }

    fn places_the_slow_way(keywords: &[&str], text: &[u8]) -> Vec<(u16, usize)> {
        let mut found = Vec::new();
        for (keyword, rule) in keywords.iter().zip(0..) {
            let opened = keyword.strip_prefix(r"\b").map(str::as_bytes);
            for (start, window) in text.windows(opened.map_or(keyword.len(), <[u8]>::len)).enumerate() {
                let opens = || start == 0 || !text[start - 1].is_ascii_alphanumeric();
                if opened
                    .map_or_else(|| window.eq_ignore_ascii_case(keyword.as_bytes()), |own| window == own && opens())
                {
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

    #[test]
    fn a_keyword_that_opens_a_word_is_found_only_there_and_as_it_is_written() {
        let takes = |text: &str| !places(&[r"\bATTA"], text.as_bytes()).is_empty();

        for text in ["ATTA", "=ATTA", "_ATTA", "\u{e9}ATTA", r"a\nATTA", "ATTACK"] {
            assert!(takes(text), "{text}");
        }
        for text in ["aATTA", "0ATTA", "nATTA", "atta", "Atta", r"a\bATTA"] {
            assert!(!takes(text), "{text}");
        }
    }

    #[test]
    fn what_stands_before_the_place_to_start_from_belongs_to_the_word() {
        let prefilter = Prefilter::new(&[(Keyword::new(r"\bATTA"), 0)]);
        let found = |text: &[u8]| {
            let mut found = Vec::new();
            prefilter.scan(text, 1, |_, start| found.push(start));
            found
        };

        assert_eq!(found(b"=ATTA and so on"), [1]);
        assert!(found(b"cATTA and so on").is_empty());
        assert!(found(b"ATTA").is_empty());
    }

    #[test]
    fn the_build_made_the_tables_that_a_run_would_make_of_the_same_rules() {
        let all = ["secrets", "synthetic-data", "imports", "unicode", "weakening"].map(str::to_owned).to_vec();
        let settings = RuleSettings { packs: all, extra: vec![], severity: vec![], imports: vec![] };
        let rules = Rules::new(&settings, vec![]).unwrap();
        let of = |rule: &'_ Rule| rule.number.unwrap();
        let mut keywords: Vec<(Keyword<'_>, u16)> = rules
            .looking_at_new()
            .flat_map(|(_, rule)| rule.keywords().map(move |keyword| (keyword, of(rule))))
            .collect();
        let marker = u16::try_from(embedded::RULES.len()).unwrap();
        keywords.extend(MARKERS.map(|written| (Keyword::new(written), marker)));

        let common = include_bytes!("../../../../build/common-grams.txt").split(|byte| b"|\n".contains(byte));
        let common: Vec<u32> = common.filter_map(folded).collect();
        let (made, here) = (&embedded::TABLES, Tables::of(&keywords, &common));

        assert_eq!(made.entries, here.entries);
        assert_eq!((&made.bitmap, &made.drawers), (&here.bitmap, &here.drawers));
        assert_eq!((&made.texts, &made.owners), (&here.texts, &here.owners));
    }

    proptest! {
        #[test]
        fn the_bitmap_never_hides_a_keyword(text in "[abcAB _\n\u{e9}]{0,80}") {
            let keywords = ["abc", "abca", "a_b", "bcabca", "c a", "\u{e9}a", "aaaa", "Aaaab", r"\babc", r"\bAab", r"\b_aab"];

            prop_assert_eq!(places(&keywords, text.as_bytes()), places_the_slow_way(&keywords, text.as_bytes()));
        }
    }
}
