//! Text that may not be UTF-8, read as characters around a place.

use std::ops::Range;

/// Every character beyond ASCII and where it starts. Bytes that are not UTF-8 are passed over.
pub(super) fn beyond_ascii(text: &[u8]) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += ascii_run(text.get(at..)?);
            let Some(found) = character_at(text, at) else {
                if at >= text.len() {
                    return None;
                }
                at += 1;
                continue;
            };
            let start = at;
            at += found.len_utf8();
            return Some((start, found));
        }
    })
}

/// What is not ASCII is mostly near to more of it, or far from any: most source is nothing but ASCII.
const NEAR: usize = 64;
const FAR: usize = 2048;

/// How many bytes at the start are ASCII.
fn ascii_run(text: &[u8]) -> usize {
    let near = ascii_words(text.get(..NEAR).unwrap_or(text));
    if near < NEAR {
        return near;
    }
    let blocks = text.chunks_exact(FAR).take_while(|block| block.is_ascii()).count() * FAR;
    blocks + ascii_words(text.get(blocks..).unwrap_or_default())
}

fn ascii_words(text: &[u8]) -> usize {
    let is_ascii = |word: &&[u8; 8]| u64::from_le_bytes(**word) & 0x8080_8080_8080_8080 == 0;
    let words = text.as_chunks::<8>().0.iter().take_while(is_ascii).count() * 8;
    let rest = text.get(words..).unwrap_or_default();
    words + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

pub(super) fn character_at(text: &[u8], at: usize) -> Option<char> {
    let first = *text.get(at)?;
    let (width, lead) = match first {
        0..=0x7f => return Some(char::from(first)),
        0xc2..=0xdf => (2, first & 0x1f),
        0xe0..=0xef => (3, first & 0x0f),
        0xf0..=0xf4 => (4, first & 0x07),
        _ => return None,
    };
    let rest = text.get(at + 1..at + width)?;
    let code = rest
        .iter()
        .try_fold(u32::from(lead), |code, byte| (byte & 0xc0 == 0x80).then_some(code << 6 | u32::from(byte & 0x3f)))?;
    // No character is written longer than it must be.
    char::from_u32(code).filter(|found| found.len_utf8() == width)
}

pub(super) fn character_before(text: &[u8], at: usize) -> Option<char> {
    (1..=4.min(at)).find_map(|width| {
        let found = std::str::from_utf8(text.get(at - width..at)?).ok()?;
        found.chars().next()
    })
}

/// The longest run around `at` whose characters all belong.
pub(super) fn run_around(text: &[u8], at: usize, belongs: impl Fn(char) -> bool) -> Range<usize> {
    let mut start = at;
    while let Some(before) = character_before(text, start).filter(|&c| belongs(c)) {
        start -= before.len_utf8();
    }
    let mut end = at;
    while let Some(next) = character_at(text, end).filter(|&c| belongs(c)) {
        end += next.len_utf8();
    }
    start..end
}

/// The line around `at`, without its newline and no further than `reach` bytes to each side: a
/// text of one long line must not be read again for each of its characters.
pub(super) fn line_around(text: &[u8], at: usize, reach: usize) -> &[u8] {
    let first = at.saturating_sub(reach);
    let before = text.get(first..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(first, |newline| first + newline + 1);
    let last = at.saturating_add(reach).min(text.len());
    let after = text.get(at..last).unwrap_or_default();
    let end = memchr::memchr(b'\n', after).map_or(last, |newline| at + newline);
    text.get(start..end).unwrap_or_default()
}

/// `U+200B`, as standards write it.
pub(super) fn name(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_where_they_start_whatever_surrounds_them() {
        let text = [b"a".repeat(70).as_slice(), "\u{e9}".as_bytes(), b"\xff\xe2\x80", "z\u{200b}".as_bytes()].concat();

        let found: Vec<_> = beyond_ascii(&text).collect();

        assert_eq!(found, [(70, '\u{e9}'), (76, '\u{200b}')]);
    }

    #[test]
    fn a_run_of_ascii_ends_where_something_else_begins_however_far_that_is() {
        for length in [0, 1, 7, 8, 9, 63, 64, 65, 71, 72, 2047, 2048, 2049, 2120, 4096, 4103] {
            let run = "a".repeat(length);

            assert_eq!(ascii_run(run.as_bytes()), length);
            assert_eq!(ascii_run(format!("{run}\u{e9}aa\u{e9}").as_bytes()), length);
        }
    }

    #[test]
    fn what_is_no_character_is_none() {
        let all = (0..=u32::from(char::MAX)).step_by(7).filter_map(char::from_u32);
        let texts =
            ["\u{7f}", "\u{80}", "\u{7ff}", "\u{800}", "\u{ffff}", "\u{10000}", "\u{10ffff}"].map(str::to_owned);
        for text in all.map(String::from).chain(texts) {
            assert_eq!(character_at(text.as_bytes(), 0), text.chars().next());
        }
        for broken in [
            &b"\x80"[..],
            b"\xc1\xbf",
            b"\xe0\x9f\xbf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xf5\x80\x80\x80",
            b"\xe2\x80",
            b"\xe2\x80a",
            b"",
        ] {
            assert_eq!(character_at(broken, 0), None, "{broken:?}");
        }
    }

    #[test]
    fn a_run_and_a_line_stop_at_their_ends() {
        let text = "x = caf\u{e9}_1;\ny".as_bytes();

        assert_eq!(run_around(text, 5, |c| c.is_alphanumeric() || c == '_'), 4..11);
        assert_eq!(line_around(text, 5, 100), "x = caf\u{e9}_1;".as_bytes());
        assert_eq!(line_around(text, text.len(), 100), b"y");
        assert_eq!(line_around(text, 5, 1), b"ca");
        assert_eq!(character_before(text, 9), Some('\u{e9}'));
    }
}
