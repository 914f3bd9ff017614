//! What the prefilter looks things up in. The build makes the tables of the rules in `rules/` with
//! this same file, so that a run which uses no others builds nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Sets the bit that tells lower from upper case in every byte. What else it merges does not
/// matter: it is only used to find candidates.
pub(crate) const FOLD: u32 = 0x2020_2020;

const WORD_BITS: u32 = 13;
pub(crate) const WORDS: usize = 1 << WORD_BITS;

/// Entries are kept in this many drawers, by the first bits of the hash that chooses the word.
const DRAWER_BITS: u32 = 12;
const DRAWERS: usize = 1 << DRAWER_BITS;

/// Of a longer keyword only the beginning is looked for.
pub(crate) const LONGEST: usize = 256;

/// What a pack writes before a keyword that counts only where a word begins.
const OPENS_WORD: &str = r"\b";

/// A literal that leads to a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keyword<'a> {
    pub(crate) text: &'a str,
    /// Whether it counts only where a word begins, and in its own case of letters.
    pub(crate) opens_word: bool,
}

impl<'a> Keyword<'a> {
    /// As a pack writes it.
    pub(crate) fn new(written: &'a str) -> Self {
        let opens = written.strip_prefix(OPENS_WORD);
        Self { text: opens.unwrap_or(written), opens_word: opens.is_some() }
    }

    /// What the prefilter compares.
    fn compared(&self) -> Vec<u8> {
        let bytes = self.text.bytes().take(LONGEST);
        if self.opens_word { bytes.collect() } else { bytes.map(|byte| byte.to_ascii_lowercase()).collect() }
    }
}

/// Which pairs of neighbours stand in a text, as far as 128 bits can tell: a text that lacks one of
/// another's does not contain it.
pub(crate) fn pairs(text: &[u8]) -> u128 {
    text.windows(2).fold(0, |pairs, pair| match pair {
        [one, next] => pairs | 1 << (one.wrapping_mul(31).wrapping_add(*next) & 127),
        _ => pairs,
    })
}

/// Keywords, and how to find those that start at a place of a text.
pub(crate) struct Tables {
    pub(crate) bitmap: Cow<'static, [u32]>,
    /// Where the entries of each drawer start; the last element is where they all end.
    pub(crate) drawers: Cow<'static, [u16]>,
    pub(crate) entries: Cow<'static, [Entry]>,
    /// All keywords, one after another: in lower case, but for those that open a word.
    pub(crate) texts: Cow<'static, [u8]>,
    /// The owners of all keywords, one after another.
    pub(crate) owners: Cow<'static, [u16]>,
}

/// A keyword, by four of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) gram: u32,
    /// Where the keyword starts among the texts, and how long it is.
    pub(crate) start: u32,
    pub(crate) length: u16,
    /// Where in the keyword the gram stands.
    pub(crate) offset: u8,
    pub(crate) opens_word: bool,
    /// Where its owners start, and how many they are.
    pub(crate) first: u16,
    pub(crate) count: u16,
}

impl Tables {
    /// Each keyword comes with its owner. Keywords of fewer than three bytes are left out: whoever
    /// reads a pack refuses them. `common` are four bytes each that stand in many texts, the most
    /// frequent first: what leads to a keyword had better not be among them.
    pub(crate) fn of(keywords: &[(Keyword<'_>, u16)], common: &[u32]) -> Self {
        let mut sorted: Vec<(Vec<u8>, bool, u16)> =
            keywords.iter().map(|(keyword, owner)| (keyword.compared(), keyword.opens_word, *owner)).collect();
        sorted.sort_unstable();
        let (mut texts, mut owners, mut entries) = (Vec::new(), Vec::new(), Vec::<Entry>::new());
        let mut last: &[u8] = &[];
        let common: BTreeMap<u32, usize> = common.iter().rev().copied().zip(1..).collect();
        for (text, opens_word, owner) in &sorted {
            let known = entries.last_mut().filter(|entry| last == text && entry.opens_word == *opens_word);
            if let Some(entry) = known {
                entry.count += 1;
                owners.push(*owner);
            } else if let Some(entry) = entry(text, texts.len(), owners.len(), &common) {
                texts.extend_from_slice(text);
                owners.push(*owner);
                entries.push(Entry { opens_word: *opens_word, ..entry });
                last = text;
            }
        }
        entries.sort_by_key(|entry| drawer(entry.gram));
        let (mut bitmap, mut drawers) = (vec![0_u32; WORDS], vec![0_u16; DRAWERS + 1]);
        for entry in &entries {
            if let Some(word) = bitmap.get_mut(word(entry.gram)) {
                *word |= if entry.length == 3 { u32::MAX } else { 1 << bit(entry.gram) };
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
        Self {
            bitmap: bitmap.into(),
            drawers: drawers.into(),
            entries: entries.into(),
            texts: texts.into(),
            owners: owners.into(),
        }
    }
}

/// An entry for a keyword, wherever it stands, whose text and owners will stand at these places; `common` tells
/// how far a gram is from the end of the common ones.
fn entry(text: &[u8], start: usize, first: usize, common: &BTreeMap<u32, usize>) -> Option<Entry> {
    let (start, length) = (u32::try_from(start).ok()?, u16::try_from(text.len()).ok()?);
    let (first, count) = (u16::try_from(first).ok()?, 1);
    if let [a, b, c] = *text {
        let gram = u32::from_le_bytes([a, b, c, 0]) | FOLD;
        return Some(Entry { gram, start, length, offset: 0, opens_word: false, first, count });
    }
    let grams = text.windows(4).enumerate();
    let (at, gram) = grams.min_by_key(|(_, gram)| {
        let frequent = folded(gram).and_then(|gram| common.get(&gram)).copied().unwrap_or(0);
        (frequent, gram.iter().map(|&byte| commonness(byte)).sum::<u32>())
    })?;
    let gram = folded(gram)?;
    Some(Entry { gram, start, length, offset: u8::try_from(at).ok()?, opens_word: false, first, count })
}

/// Four bytes, folded.
pub(crate) fn folded(gram: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(gram.try_into().ok()?) | FOLD)
}

/// The first three bytes of a folded gram, hashed: the factor pushes the fourth out.
const fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1 << 8)
}

pub(crate) const fn word(gram: u32) -> usize {
    (hash(gram) >> (32 - WORD_BITS)) as usize
}

pub(crate) const fn drawer(gram: u32) -> usize {
    (hash(gram) >> (32 - DRAWER_BITS)) as usize
}

/// Which bit of its word the fourth byte of a gram has: each letter its own.
pub(crate) const fn bit(gram: u32) -> u32 {
    gram >> 24 & 31
}

/// How often a byte stands in source code, on a rough logarithmic scale.
pub(crate) fn commonness(byte: u8) -> u32 {
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
