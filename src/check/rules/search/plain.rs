//! What a text says whose letters are partly written as escapes: `\/` and `\u003d` as in JSON, `\x22` as in
//! scripts, `&quot;` and `&#61;` as in XML. Only letters of ASCII that can be printed are read.

use std::ops::Range;

use memchr::memchr2_iter;

/// An escaped letter is no longer than this, the marks of escapes within others included.
const LONGEST: usize = 40;

/// A piece of a text with its escapes read, and where its bytes stand in the text.
pub(super) struct Plain {
    pub(super) text: Vec<u8>,
    /// Where escaped letters stand here, and how far behind each of them all is moved from there on.
    letters: Vec<(usize, usize)>,
    start: usize,
}

impl Plain {
    pub(super) fn of(text: &[u8], range: Range<usize>) -> Self {
        let mut plain = Self { text: Vec::with_capacity(range.len()), letters: Vec::new(), start: range.start };
        let (mut kept, mut moved) = (range.start, 0);
        for (escape, letter) in escapes(text, range.clone()) {
            plain.text.extend_from_slice(text.get(kept..escape.start).unwrap_or_default());
            moved += escape.len() - 1;
            plain.letters.push((plain.text.len(), moved));
            plain.text.push(letter);
            kept = escape.end.min(range.end);
        }
        plain.text.extend_from_slice(text.get(kept..range.end).unwrap_or_default());
        plain
    }

    /// Whether a letter that was escaped is among these, or next to them.
    pub(super) fn has_letter(&self, at: &Range<usize>) -> bool {
        let first = self.letters.partition_point(|(place, _)| place + 1 < at.start);
        self.letters.get(first).is_some_and(|(place, _)| *place <= at.end)
    }

    /// Where in the text something begins that begins here.
    pub(super) fn place(&self, here: usize) -> usize {
        let before = self.letters.partition_point(|(place, _)| *place < here);
        let moved = before.checked_sub(1).and_then(|last| self.letters.get(last)).map_or(0, |(_, moved)| *moved);
        self.start + here + moved
    }

    /// Where something that begins at or behind a place of the text begins here.
    pub(super) fn here_of(&self, place: usize) -> usize {
        let before = self.letters.partition_point(|(here, moved)| self.start + here + moved < place);
        let moved = before.checked_sub(1).and_then(|last| self.letters.get(last)).map_or(0, |(_, moved)| *moved);
        place.saturating_sub(self.start + moved)
    }
}

/// The escapes that begin in a range, with their letters.
pub(super) fn escapes(text: &[u8], range: Range<usize>) -> impl Iterator<Item = (Range<usize>, u8)> {
    let mut free = range.start;
    let searched = text.get(range.clone()).unwrap_or_default();
    memchr2_iter(b'\\', b'&', searched).filter_map(move |ahead| {
        let at = range.start + ahead;
        let behind = text.get(at + 1..text.len().min(at + LONGEST)).filter(|_| at >= free)?;
        let (length, letter) = if text.get(at) == Some(&b'&') {
            entity(behind)?
        } else {
            // Of text within text, each mark is itself escaped.
            let marks = behind.iter().take_while(|byte| **byte == b'\\').count();
            free = at + 1 + marks;
            let (length, letter) = escaped(behind.get(marks..)?)?;
            (marks + length, letter)
        };
        free = at + 1 + length;
        (b' '..=b'~').contains(&letter).then_some((at..free, letter))
    })
}

/// What follows a backslash, and how long it is.
fn escaped(behind: &[u8]) -> Option<(usize, u8)> {
    match behind {
        [b'/', ..] => Some((1, b'/')),
        [b'u' | b'U', b'0', b'0', first, second, ..] => Some((5, of_digits(&[*first, *second], 16)?)),
        // Of bytes that are written so, most are no text.
        [b'x', first, second, ..] => {
            of_digits(&[*first, *second], 16).filter(u8::is_ascii_punctuation).map(|letter| (3, letter))
        }
        _ => None,
    }
}

/// What follows an ampersand, and how long it is.
fn entity(behind: &[u8]) -> Option<(usize, u8)> {
    let inner = behind.chunks_exact(4).take_while(|chunk| *chunk == b"amp;").count() * 4;
    let rest = behind.get(inner..)?;
    let name = rest.get(..rest.iter().take(6).position(|byte| *byte == b';').unwrap_or(0))?;
    let letter = match name {
        b"quot" => b'"',
        b"apos" => b'\'',
        b"lt" => b'<',
        b"gt" => b'>',
        [b'#', b'x' | b'X', digits @ ..] => of_digits(digits, 16)?,
        [b'#', digits @ ..] => of_digits(digits, 10)?,
        _ if inner > 0 => return Some((inner, b'&')),
        _ => return None,
    };
    Some((inner + name.len() + 1, letter))
}

fn of_digits(digits: &[u8], radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u8::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Plain {
        Plain::of(text.as_bytes(), 0..text.len())
    }

    fn read(text: &str) -> String {
        String::from_utf8(plain(text).text).unwrap()
    }

    #[test]
    fn letters_are_read_as_the_formats_write_them() {
        assert_eq!(read(r"https:\/\/a.dev\/b"), "https://a.dev/b");
        assert_eq!(read(r"a\u003db\u0026c\U0000"), r"a=b&c\U0000");
        assert_eq!(read(r"{\u0022a\u0022:1,\\u0022b\\u0022:2}"), r#"{"a":1,"b":2}"#);
        assert_eq!(read(r"a\x3db\x41\xff"), r"a=b\x41\xff");
        assert_eq!(read("a&amp;b&quot;c&#34;d&#x3D;e&#10;f&nbsp;"), "a&b\"c\"d=e&#10;f&nbsp;");
        assert_eq!(read("&amp;quot;a&amp;amp;b&amp"), "\"a&b&amp");
        assert_eq!(
            read(r#"C:\\users \" \n \u00e4 \u4e2d \u00 && &; &#; &#+9;"#),
            r#"C:\\users \" \n \u00e4 \u4e2d \u00 && &; &#; &#+9;"#
        );
    }

    #[test]
    fn what_is_read_is_known_by_its_place() {
        let text = r"ab\u003dcd\/ef";
        let plain = plain(text);

        assert_eq!(plain.text, b"ab=cd/ef");
        let places: Vec<usize> = (0..=8).map(|here| plain.place(here)).collect();
        assert_eq!(places, [0, 1, 2, 8, 9, 10, 12, 13, 14]);
        assert!(places.iter().enumerate().all(|(here, place)| plain.here_of(*place) == here));
        let near: Vec<bool> = [0..1, 0..2, 3..4, 4..5, 7..8].iter().map(|range| plain.has_letter(range)).collect();
        assert_eq!(near, [false, true, true, true, false]);
    }

    proptest! {
        #[test]
        fn every_place_has_one_in_the_text(text in r#"([a-c\\&/u0234#;x"]|\\u0022|&quot;|&amp;){0,40}"#) {
            let plain = plain(&text);
            let places: Vec<usize> = (0..=plain.text.len()).map(|here| plain.place(here)).collect();

            prop_assert!(places.is_sorted_by(|one, other| one < other));
            prop_assert_eq!(places.last(), Some(&text.len()));
            prop_assert!(places.iter().enumerate().all(|(here, place)| plain.here_of(*place) == here));
        }
    }
}
