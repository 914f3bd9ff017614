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

/// How many bytes at the start are ASCII. Whole blocks first: most source is nothing else.
fn ascii_run(text: &[u8]) -> usize {
    let blocks = text.chunks_exact(64).take_while(|block| block.is_ascii()).count() * 64;
    let rest = text.get(blocks..).unwrap_or_default();
    blocks + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

pub(super) fn character_at(text: &[u8], at: usize) -> Option<char> {
    let window = text.get(at..(at + 4).min(text.len()))?;
    window.utf8_chunks().next()?.valid().chars().next()
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
    fn a_run_and_a_line_stop_at_their_ends() {
        let text = "x = caf\u{e9}_1;\ny".as_bytes();

        assert_eq!(run_around(text, 5, |c| c.is_alphanumeric() || c == '_'), 4..11);
        assert_eq!(line_around(text, 5, 100), "x = caf\u{e9}_1;".as_bytes());
        assert_eq!(line_around(text, text.len(), 100), b"y");
        assert_eq!(line_around(text, 5, 1), b"ca");
        assert_eq!(character_before(text, 9), Some('\u{e9}'));
    }
}
