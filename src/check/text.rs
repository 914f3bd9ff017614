//! What a blob is, and its text as UTF-8: peers go blind at UTF-16 or at the first NUL byte.

use std::borrow::Cow;

use super::archive::is_archive;
use crate::model::Scanned;

/// How much of a blob decides what it is.
pub(super) const HEAD: usize = 8 * 1024;

/// Git refuses larger pointer files.
const LARGEST_POINTER: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Bytes,
    Utf16 { big_endian: bool },
}

/// The bytes to scan, and what kind of content they are. Binary content comes as it is: rules that
/// know exactly what they look for still read it.
#[must_use]
pub fn decode(bytes: &[u8]) -> (Cow<'_, [u8]>, Scanned) {
    match encoding(bytes) {
        Encoding::Utf16 { big_endian } => {
            let mut decoder = Utf16::new(big_endian);
            let mut text = Vec::with_capacity(bytes.len() / 2);
            decoder.push(bytes, &mut text);
            decoder.finish(&mut text);
            (Cow::Owned(text), Scanned::Utf16)
        }
        // What lies bare in one may outweigh what is no text.
        Encoding::Bytes if is_archive(bytes) => (Cow::Borrowed(bytes), Scanned::Binary),
        Encoding::Bytes if is_lfs_pointer(bytes) => (Cow::Borrowed(bytes), Scanned::LfsPointer),
        Encoding::Bytes => match narrowed(bytes) {
            Some(text) => (Cow::Owned(text), Scanned::Text),
            None if is_binary(bytes) => (Cow::Borrowed(bytes), Scanned::Binary),
            None => (Cow::Borrowed(bytes), Scanned::Text),
        },
    }
}

fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..HEAD).unwrap_or(bytes)
}

/// UTF-16 by its mark, or because nearly every other byte of the beginning is zero and the bytes
/// between are not.
pub(super) fn encoding(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => return Encoding::Bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if is_latin(head(bytes)) => return Encoding::Bytes,
        [0xff, 0xfe, ..] => return Encoding::Utf16 { big_endian: false },
        [0xfe, 0xff, ..] => return Encoding::Utf16 { big_endian: true },
        _ => {}
    }
    let head = head(bytes);
    if head.len() < 4 || memchr::memchr(0, head).is_none() {
        return Encoding::Bytes;
    }
    let pairs = head.len() / 2;
    let (mut even, mut odd) = (0, 0);
    for pair in head.chunks_exact(2) {
        if let [a, b] = pair {
            even += usize::from(*a == 0);
            odd += usize::from(*b == 0);
        }
    }
    // A tenth of the letters may be beyond Latin, and a handful of NULs may stray.
    let mostly = |zeros: usize| zeros * 10 >= pairs * 9;
    let hardly = |zeros: usize| zeros * 50 <= pairs;
    if mostly(odd) && hardly(even) {
        Encoding::Utf16 { big_endian: false }
    } else if mostly(even) && hardly(odd) {
        Encoding::Utf16 { big_endian: true }
    } else {
        Encoding::Bytes
    }
}

/// Whether what stands behind a mark of UTF-16 has one byte for each character, some of them beyond ASCII: no
/// NUL, and few bytes that are not ASCII, of which Chinese in UTF-16 has as many as others. Without any of those
/// [`Utf16`] reads it as it is.
fn is_latin(head: &[u8]) -> bool {
    let behind = head.get(2..).unwrap_or_default();
    let beyond = behind.iter().filter(|byte| !is_ascii(**byte)).count();
    beyond > 0 && beyond * 8 <= behind.len() && behind.len() >= 2 * WIDE_RUN && memchr::memchr(0, behind).is_none()
}

/// A NUL byte alone does not make a text binary: one stray byte must not hide a file. More than
/// one byte in twenty that no text has does.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let head = head(bytes);
    if memchr::memchr(0, head).is_none() {
        return false;
    }
    let strange = |byte: u8| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127);
    let controls = head.iter().filter(|byte| strange(**byte)).count();
    let broken = || head.utf8_chunks().map(|chunk| chunk.invalid().len()).sum::<usize>();
    controls * 20 > head.len() || (controls + broken()) * 20 > head.len()
}

/// This many characters of UTF-16 in a row are not an accident.
const WIDE_RUN: usize = 8;

/// The text without the NULs of what was appended to it in UTF-16, as `>>` does in PowerShell. `None` when it
/// has none; only its beginning and its end are asked, as most texts have no NUL at all, and what begins as
/// no text does is none.
fn narrowed(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = head(bytes);
    let tail = bytes.len().checked_sub(HEAD).and_then(|from| bytes.get(from..)).unwrap_or_default();
    let is_marked = |part: &[u8]| memchr::memchr(0, part).is_some();
    if !is_marked(head) && !is_marked(tail) {
        return None;
    }
    if is_binary(head) && narrow(head).is_none_or(|head| is_binary(&head)) {
        return None;
    }
    narrow(bytes)
}

fn narrow(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_wide = |at: usize| {
        bytes.get(at + 2) == Some(&0) && bytes.get(at + 1).is_some_and(|byte| is_ascii(*byte) || *byte >= 0xa0)
    };
    let (mut text, mut kept, mut from) = (Vec::new(), 0, 0);
    while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr(0, rest)) {
        let first = from + found;
        let mut last = first;
        while is_wide(last) {
            last += 2;
        }
        if last - first >= 2 * (WIDE_RUN - 1) {
            for nul in (first..=last).step_by(2) {
                text.extend_from_slice(bytes.get(kept..nul).unwrap_or_default());
                kept = nul + 1;
            }
        }
        from = last + 1;
    }
    text.extend_from_slice(bytes.get(kept..).unwrap_or_default());
    (kept > 0).then_some(text)
}

fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < LARGEST_POINTER
        && bytes.starts_with(b"version https://git-lfs.github.com/spec/v1")
        && bytes.split(|&byte| byte == b'\n').all(|line| {
            [&b"version "[..], b"oid sha256:", b"size ", b"ext-"].iter().any(|key| line.starts_with(key))
                || line.is_empty()
        })
}

/// This many bytes of ASCII in a row are not UTF-16, whatever the beginning looks like: in
/// Chinese, of which a third is made of such bytes, a run like this comes once in a hundred thousand
/// characters.
const ASCII_RUN: usize = 24;

/// Turns UTF-16 into UTF-8, piece by piece. The mark at the beginning is dropped, and what is no
/// character becomes U+FFFD, so every newline stays where it is. Text in ASCII that hides behind the
/// mark comes out as it is.
pub(super) struct Utf16 {
    big_endian: bool,
    odd: Option<u8>,
    lead: Option<u16>,
    at_start: bool,
    /// Bytes of ASCII that may be too few for a run.
    ascii: Vec<u8>,
    in_run: bool,
}

impl Utf16 {
    pub(super) const fn new(big_endian: bool) -> Self {
        Self { big_endian, odd: None, lead: None, at_start: true, ascii: Vec::new(), in_run: false }
    }

    pub(super) fn push(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        let mut rest = bytes;
        if let (Some(first), Some((second, behind))) = (self.odd, bytes.split_first()) {
            self.odd = None;
            self.pair(first, *second, text);
            rest = behind;
        }
        let pairs = rest.chunks_exact(2);
        if let [odd] = pairs.remainder() {
            self.odd = Some(*odd);
        }
        for pair in pairs {
            if let [first, second] = pair {
                self.pair(*first, *second, text);
            }
        }
    }

    pub(super) fn finish(&mut self, text: &mut Vec<u8>) {
        if self.in_run {
            text.extend(self.odd.take_if(|odd| is_ascii(*odd)));
        }
        self.end_run(text);
        if self.lead.take().is_some() || self.odd.take().is_some() {
            put(char::REPLACEMENT_CHARACTER, text);
        }
    }

    fn pair(&mut self, first: u8, second: u8, text: &mut Vec<u8>) {
        if !is_ascii(first) || !is_ascii(second) {
            self.end_run(text);
            self.unit(first, second, text);
        } else if self.in_run {
            text.extend([first, second]);
        } else {
            self.ascii.extend([first, second]);
            if self.ascii.len() >= ASCII_RUN {
                if self.lead.take().is_some() {
                    put(char::REPLACEMENT_CHARACTER, text);
                }
                text.append(&mut self.ascii);
                (self.in_run, self.at_start) = (true, false);
            }
        }
    }

    fn end_run(&mut self, text: &mut Vec<u8>) {
        self.in_run = false;
        for pair in std::mem::take(&mut self.ascii).chunks_exact(2) {
            if let [first, second] = pair {
                self.unit(*first, *second, text);
            }
        }
    }

    fn unit(&mut self, first: u8, second: u8, text: &mut Vec<u8>) {
        let unit =
            if self.big_endian { u16::from_be_bytes([first, second]) } else { u16::from_le_bytes([first, second]) };
        if std::mem::take(&mut self.at_start) && unit == 0xfeff {
            return;
        }
        if let Some(lead) = self.lead.take() {
            if (0xdc00..0xe000).contains(&unit) {
                let both = 0x1_0000 + ((u32::from(lead) & 0x3ff) << 10 | u32::from(unit) & 0x3ff);
                put(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER), text);
                return;
            }
            put(char::REPLACEMENT_CHARACTER, text);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.lead = Some(unit);
        } else {
            put(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), text);
        }
    }
}

const fn is_ascii(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}

fn put(character: char, text: &mut Vec<u8>) {
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn utf_16_is_decoded_with_and_without_its_mark() {
        let text = "key = \"gr\u{fc}n \u{1f511}\"\r\nand some more text\n";

        for big_endian in [false, true] {
            let (plain, marked) = (utf16(text, big_endian), utf16(&format!("\u{feff}{text}"), big_endian));
            assert_eq!(decode(&plain), (Cow::Owned(text.as_bytes().to_vec()), Scanned::Utf16));
            assert_eq!(decode(&marked), (Cow::Owned(text.as_bytes().to_vec()), Scanned::Utf16));
        }
    }

    #[test]
    fn broken_utf_16_keeps_its_lines() {
        let mut bytes = utf16("\u{feff}a\n", false);
        bytes.extend([0x00, 0xd8, 0x0a, 0x00, 0x41]);

        assert_eq!(decode(&bytes).0.as_ref(), "a\n\u{fffd}\n\u{fffd}".as_bytes());
    }

    #[test]
    fn ascii_behind_the_mark_or_behind_utf_16_stays_as_it_is() {
        let line = "password = \"not in UTF-16 at all\" \r\n";
        let chinese = "\u{feff}\u{4e2d}\u{6587}\u{6f22}\u{5b57} = \u{5bc6}\u{78bc}\n";

        for big_endian in [false, true] {
            let mark = utf16("\u{feff}", big_endian);
            let alone = [mark.as_slice(), line.as_bytes()].concat();
            let odd = [mark.as_slice(), b" ", line.as_bytes()].concat();
            let mixed = [utf16(chinese, big_endian).as_slice(), line.as_bytes(), &utf16("end\n", big_endian)].concat();
            assert_eq!(decode(&alone).0.as_ref(), line.as_bytes());
            assert_eq!(String::from_utf8_lossy(&decode(&odd).0), format!(" {line}"));
            assert_eq!(
                String::from_utf8_lossy(&decode(&mixed).0),
                format!("{}{line}end\n", chinese.trim_start_matches("\u{feff}"))
            );
            assert_eq!(decode(&utf16(chinese, big_endian)).0.as_ref(), &chinese.as_bytes()[3..]);
        }
    }

    #[test]
    fn latin_behind_the_mark_stays_as_it_is() {
        let line = b"schl\xfcssel = \"f\xfcr alle\"\r\npassword = \"x\"\r\n";
        let chinese = utf16("\u{4e2d}\u{6587}\u{6f22}\u{5b57}\u{5bc6}\u{78bc}", false);

        for mark in [b"\xff\xfe", b"\xfe\xff"] {
            let text = [mark.as_slice(), line].concat();
            assert_eq!(decode(&text), (Cow::Borrowed(text.as_slice()), Scanned::Text));
        }
        assert_eq!(decode(&[b"\xff\xfe".as_slice(), &chinese].concat()).1, Scanned::Utf16);
    }

    #[test]
    fn one_stray_nul_does_not_make_a_text_binary() {
        let text = [b"password = ".as_slice(), &[0], &[b'a'; 60]].concat();

        assert_eq!(decode(&text).1, Scanned::Text);
        assert_eq!(decode(b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00").1, Scanned::Binary);
        assert_eq!(decode("gr\u{fc}n".as_bytes()).1, Scanned::Text);
        assert_eq!(decode(b"").1, Scanned::Text);
    }

    #[test]
    fn what_a_shell_appended_in_utf_16_is_read_with_the_rest() {
        let (before, after) = ("a = b\n", "password = \"x\"\r\n");
        for lines in [1, 50, 3_000] {
            let start = before.repeat(lines);
            let mixed = [start.as_bytes(), &utf16(after, false), b"c = d\n"].concat();

            assert_eq!(decode(&mixed), (Cow::Owned(format!("{start}{after}c = d\n").into()), Scanned::Text));
        }
    }

    #[test]
    fn a_few_nuls_between_letters_are_left_where_they_are() {
        let text = [b"a list: ".as_slice(), b"a\0b\0c\0d\0", &[b'x'; 200]].concat();

        assert_eq!(decode(&text), (Cow::Borrowed(text.as_slice()), Scanned::Text));
    }

    #[test]
    fn a_program_with_words_in_utf_16_stays_binary() {
        let program = [b"\x7fELF\x02\x01\x01\0\0\0\0\0".as_slice(), &utf16("Usage: password", false)].concat();

        assert_eq!(decode(&program), (Cow::Borrowed(program.as_slice()), Scanned::Binary));
        let image = [b"\x89PNG\r\n".as_slice(), &[1, 0, 255, 3].repeat(4_000), &utf16("a comment", false)].concat();
        assert_eq!(decode(&image), (Cow::Borrowed(image.as_slice()), Scanned::Binary));
    }

    #[test]
    fn an_archive_stays_binary_whatever_lies_bare_in_it() {
        let zip = [b"PK\x03\x04\x14\0".as_slice(), &b"password = \"x\"\n".repeat(1_000)].concat();

        assert_eq!(decode(&zip), (Cow::Borrowed(zip.as_slice()), Scanned::Binary));
    }

    #[test]
    fn only_a_whole_pointer_is_a_pointer() {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 12\n";

        assert_eq!(decode(pointer.as_bytes()).1, Scanned::LfsPointer);
        assert_eq!(decode(format!("{pointer}password = x\n").as_bytes()).1, Scanned::Text);
    }
}
