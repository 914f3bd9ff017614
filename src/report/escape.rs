//! Text from a repository, made harmless for the place it goes to.

use std::fmt::Write as _;

use serde::Serialize;

use crate::model::{Excerpt, RepoPath, deceives};

/// Azure, GitHub and `TeamCity` read these anywhere in a line as orders to themselves.
const ORDERS: [&str; 3] = ["##", "##vso", "##teamcity"];

/// A line of a patch made printable: its blanks stay as they are.
pub(crate) fn printable_line(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars() {
        if character == '\t' { shown.push('\t') } else { push_visible(&mut shown, character) }
    }
    shown
}

/// One line for people: white space is a blank, what could deceive is an escape.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            '\n' | '\r' | '\t' if shown.ends_with(' ') => {}
            '\n' | '\r' | '\t' => shown.push(' '),
            other => push_visible(&mut shown, other),
        }
    }
    shown
}

/// A path as people see it, to the last blank. Of one too long to be read, which git allows to be
/// megabytes, both ends are shown.
pub(super) fn shown_path(path: &RepoPath) -> String {
    const LONGEST: usize = 600;
    let whole = path.to_string();
    let mut shown = String::new();
    match (whole.char_indices().nth(LONGEST / 2), whole.char_indices().nth_back(LONGEST / 2 - 1)) {
        (Some((cut, _)), Some((again, _))) if cut < again => {
            let (head, tail) = (whole.get(..cut).unwrap_or_default(), whole.get(again..).unwrap_or_default());
            head.chars()
                .chain(['\u{2026}'])
                .chain(tail.chars())
                .for_each(|character| push_visible(&mut shown, character));
        }
        _ => whole.chars().for_each(|character| push_visible(&mut shown, character)),
    }
    shown
}

/// The marked line of an excerpt and the range of bytes that is marked in it. Whole lines can be
/// megabytes of generated code, so only the surroundings of the mark are shown.
pub(super) fn excerpt(excerpt: &Excerpt) -> (String, std::ops::Range<usize>) {
    const AROUND: usize = 120;
    let from = excerpt.start.saturating_sub(AROUND);
    let until = excerpt.end.min(excerpt.start.saturating_add(AROUND)).saturating_add(AROUND);
    let (mut shown, mut start, mut end) = (String::new(), None, None);
    if from > 0 {
        shown.push_str("... ");
    }
    let mut cut = false;
    for (at, character) in excerpt.line.trim_end().chars().enumerate().skip(from) {
        if at >= until {
            cut = true;
            break;
        }
        if at == excerpt.start {
            start = Some(shown.len());
        }
        if at == excerpt.end {
            end = Some(shown.len());
        }
        match character {
            '\t' => shown.push_str("    "),
            other => push_visible(&mut shown, other),
        }
    }
    let length = shown.len();
    if cut {
        shown.push_str(" ...");
    }
    let start = start.unwrap_or(length);
    (shown, start..end.unwrap_or(length).max(start))
}

/// A line as it stands, with its indentation.
pub(super) fn visible(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.trim_end().chars() {
        match character {
            '\t' => shown.push_str("    "),
            other => push_visible(&mut shown, other),
        }
    }
    shown
}

fn push_visible(shown: &mut String, character: char) {
    if deceives(character) || (character == '[' && ORDERS.iter().any(|order| shown.ends_with(order))) {
        shown.extend(character.escape_unicode());
    } else {
        shown.push(character);
    }
}

/// A path as machines take it: to the letter where it is UTF-8, else as people see it.
pub(super) fn path(path: &RepoPath) -> String {
    std::str::from_utf8(path.as_bytes()).map_or_else(|_| path.to_string(), str::to_owned)
}

/// The bytes of a path that is not UTF-8.
pub(super) fn hex(path: &RepoPath) -> Option<String> {
    let bytes = path.as_bytes();
    std::str::from_utf8(bytes).is_err().then(|| {
        bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    })
}

/// A path to the letter where that is harmless, else as people see it.
pub(super) fn harmless_path(path: &RepoPath) -> String {
    match std::str::from_utf8(path.as_bytes()) {
        Ok(text) if !text.chars().any(deceives) => text.to_owned(),
        _ => shown_path(path),
    }
}

/// A path as a relative URI reference: RFC 3986 with all but its unreserved characters encoded,
/// so that no colon makes a scheme and no byte is lost.
pub(super) fn uri(path: &RepoPath) -> String {
    path.as_bytes().iter().fold(String::new(), |mut uri, &byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
        uri
    })
}

/// Indented JSON that ends with a newline. What deceives, or gives orders to a CI system whose log
/// it is printed into, can only stand inside strings, where an escape means the same.
pub(super) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(escaped_json)
}

/// The same in one line.
pub(super) fn json_line(value: &serde_json::Value) -> String {
    escaped_json(value.to_string())
}

fn escaped_json(mut text: String) -> String {
    let is_feared = |character| character != '\n' && deceives(character);
    if !text.contains("##") && !text.contains(is_feared) {
        text.push('\n');
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        if character == '#' && safe.ends_with('#') {
            safe.push_str("\\u0023");
        } else if is_feared(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe.push('\n');
    safe
}

/// Text or attribute value of XML 1.0, which has no way to write most control characters.
pub(super) fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '#' if safe.ends_with('#') => safe.push_str("&#35;"),
            '\n' => safe.push('\n'),
            other => push_visible(&mut safe, other),
        }
    }
    safe
}

/// The message of a GitHub workflow command.
pub(super) fn github_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub(super) fn github_property(text: &str) -> String {
    github_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_stays_on_one_line_and_gives_no_orders() {
        assert_eq!(printable(" a\n\t b\x1b[31m\u{202e}c \n"), "a  b\\u{1b}[31m\\u{202e}c");
        assert_eq!(printable("##[group]x ##vso[task] ## plain"), "##\\u{5b}group]x ##vso\\u{5b}task] ## plain");
        assert_eq!(printable("grün, 漢字, 🦀"), "grün, 漢字, 🦀");
    }

    #[test]
    fn a_path_too_long_to_be_read_shows_both_its_ends() {
        let long = format!("{}{}", "a".repeat(300), "b".repeat(300));

        assert_eq!(shown_path(&RepoPath::from(long.as_str())), long);
        assert_eq!(
            shown_path(&RepoPath::from(format!("{}c{}", "a".repeat(300), "b".repeat(300)).as_str())),
            format!("{}\u{2026}{}", "a".repeat(300), "b".repeat(300))
        );
    }

    #[test]
    fn an_excerpt_keeps_its_mark_when_characters_grow_or_the_line_is_cut() {
        let marked = |line: &str, start, end| {
            let (shown, range) = excerpt(&Excerpt { line: line.into(), start, end });
            let mark = shown.get(range).unwrap().to_owned();
            (shown, mark)
        };

        assert_eq!(marked("\té\u{202e}key\r", 3, 6), ("    é\\u{202e}key".into(), "key".into()));
        assert_eq!(marked("key", 3, 9), ("key".into(), String::new()));
        let long = format!("{}key{}", "a".repeat(4000), "b".repeat(4000));
        let shown = format!("... {}key{} ...", "a".repeat(120), "b".repeat(120));
        assert_eq!(marked(&long, 4000, 4003), (shown, "key".into()));
    }

    #[test]
    fn a_uri_keeps_every_byte_of_a_path() {
        assert_eq!(uri(&"src/a-b_c.rs".into()), "src/a-b_c.rs");
        assert_eq!(uri(&"a b/100%:#?.rs".into()), "a%20b/100%25%3A%23%3F.rs");
        assert_eq!(uri(&RepoPath::new(&b"\xff\xc3\xa9"[..])), "%FF%C3%A9");
    }

    #[test]
    fn json_means_the_same_after_its_escapes() {
        let hostile = "\u{9b}\u{202e}\u{e0041}##[error]é";

        let text = json(&hostile).unwrap();

        assert_eq!(text, "\"\\u009b\\u202e\\udb40\\udc41#\\u0023[error]é\"\n");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }

    #[test]
    fn xml_escapes_its_markup_and_what_it_cannot_hold() {
        assert_eq!(xml("<a b=\"'&'\">\x00\u{ffff}\n"), "&lt;a b=&quot;&apos;&amp;&apos;&quot;&gt;\\u{0}\\u{ffff}\n");
    }

    #[test]
    fn a_property_of_a_workflow_command_cannot_end_early() {
        assert_eq!(github_property("a,b:c\n%"), "a%2Cb%3Ac%0A%25");
        assert_eq!(github_message("a,b:c\n%"), "a,b:c%0A%25");
    }
}
