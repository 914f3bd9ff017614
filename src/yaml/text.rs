//! Bytes into text that shows everything it holds.

use crate::model::hides_text;

use super::{Mistakes, Span};

/// Notes everything that cannot be read or seen. A byte order mark of UTF-8 is passed over.
pub(super) fn decode<'a>(bytes: &'a [u8], most: usize, mistakes: &mut Mistakes) -> Option<&'a str> {
    if bytes.len() > most {
        let start = Span { line: 1, column: 1, length: 1 };
        mistakes.add(start.mistake(format!("the file has {} bytes; at most {most} are read", bytes.len())));
        return None;
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let start = Span { line: 1, column: 1, length: 1 };
        mistakes.add(start.mistake("the file is UTF-16").help("save it as UTF-8"));
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let before = std::str::from_utf8(before).unwrap_or_default();
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
            let mistake = end_of(before).mistake(format!("the byte 0x{byte:02x} is not UTF-8"));
            mistakes.add(mistake.help("save the file as UTF-8"));
            return None;
        }
    };
    let sound = refuse_unseen(text, mistakes);
    sound.then_some(text)
}

/// The parser takes NUL for the end of the file and a lone carriage return for a new line, so a
/// person would see another file than the one that is read.
fn refuse_unseen(text: &str, mistakes: &mut Mistakes) -> bool {
    let mut sound = true;
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
            continue;
        }
        for (column, character) in line.chars().enumerate() {
            let what = match character {
                '\t' => continue,
                c if c.is_control() => "a control character",
                c if hides_text(c) => "a character that hides or reorders text",
                _ => continue,
            };
            let span = Span { line: count(index), column: count(column), length: 1 };
            let name = format!("U+{:04X}", u32::from(character));
            let mistake = span.mistake(format!("{what}, {name}, stands in the file"));
            mistakes.add(mistake.help("remove it, or write it as an escape in a double-quoted text"));
            sound = false;
        }
    }
    sound
}

fn end_of(text: &str) -> Span {
    let line = text.bytes().filter(|&byte| byte == b'\n').count();
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count();
    Span { line: count(line), column: count(column), length: 1 }
}

/// A count from zero, told from one.
pub(super) fn count(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}
