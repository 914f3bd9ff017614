//! The line of a finding as it may be shown: no secret in it, no control character, not too long.

use std::fmt::Write as _;
use std::ops::Range;

use crate::check::verify::looks_drawn;
use crate::model::{Arrange, Excerpt, hides_text};

/// How many bytes of a line are shown before and behind what was found.
const AROUND: usize = 80;

/// How many bytes are shown of what was found, where it may be shown: it can be a line of megabytes.
const LONGEST: usize = 160;

/// A secret is named by its first characters, at most four of them and at most a sixth of it.
const SHOWN: usize = 4;
const SHARE: usize = 6;

/// A run of this many bytes of the alphabets that keys are written in may be a key that no rule knows.
const TOKEN: usize = 20;

/// How far before what is shown such a run may start.
const BEFORE: usize = 256;

/// Texts that people wrote, without what `hidden` names in them and without what looks like a key.
/// Both ascend; the texts stand in `text` at `places`.
pub(super) fn texts(text: &[u8], places: &[Range<usize>], hidden: &[Range<usize>]) -> Vec<String> {
    let known = everywhere(text, 0..text.len(), hidden);
    let all = joined(known.into_iter().chain(tokens(text, 0..text.len())).collect());
    let one = |place: &Range<usize>| {
        let (mut shown, mut at) = (String::new(), place.start);
        let first = all.partition_point(|range| range.end <= place.start);
        for range in all.iter().skip(first).take_while(|range| range.start < place.end) {
            let (start, end) = (range.start.max(place.start), range.end.min(place.end));
            shown.push_str(&String::from_utf8_lossy(text.get(at..start).unwrap_or_default()));
            shown.push_str(&placeholder(text.get(start..end).unwrap_or_default()));
            at = end;
        }
        shown.push_str(&String::from_utf8_lossy(text.get(at..place.end).unwrap_or_default()));
        shown
    };
    places.iter().map(one).collect()
}

/// A file without what `hidden` names in it and without what looks like a key, line by line and
/// character by character as it was.
pub(super) fn starred(file: &str, hidden: &[Range<usize>]) -> String {
    let text = file.as_bytes();
    let known = everywhere(text, 0..text.len(), hidden);
    let mut all = joined(known.into_iter().chain(tokens(text, 0..text.len())).collect()).into_iter().peekable();
    let (mut starred, mut kept) = (String::with_capacity(file.len()), 0);
    for (at, character) in file.char_indices() {
        while all.next_if(|range| range.end <= at).is_some() {
            kept = 0;
        }
        let is_hidden = all.peek().is_some_and(|range| range.start <= at) && character != '\n';
        kept += usize::from(is_hidden);
        starred.push(if is_hidden && kept > SHOWN { '*' } else { character });
    }
    starred
}

/// Places in a part of a text where something stands that was more likely drawn at random than
/// written.
fn tokens(text: &[u8], part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/_-".contains(byte);
    let mut at = part.start;
    text.get(part).unwrap_or_default().split(move |byte| !is_of_key(byte)).filter_map(move |run| {
        let place = at..at + run.len();
        at = place.end + 1;
        // Of keys of that length, three in a hundred have no digit; of words in code, nearly all.
        let has_digit = run.iter().any(u8::is_ascii_digit);
        (run.len() >= TOKEN && has_digit && !is_name(run) && looks_drawn(run)).then_some(place)
    })
}

/// What git and gov-hook name things by, such as a commit, a tree or `gc1-…`: people refer to these.
fn is_name(run: &[u8]) -> bool {
    let digits = run.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
    matches!(digits.len(), 40 | 64) && digits.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
}

/// `value` is what was found, `hidden` all that must not be read; both are places in `text`, and
/// `hidden` ascends.
pub(super) fn excerpt(text: &[u8], value: &Range<usize>, hidden: &[Range<usize>]) -> Excerpt {
    let is_hidden = hidden.iter().any(|range| range.start <= value.start && value.end <= range.end);
    let longest = if is_hidden { value.len() } else { LONGEST };
    let value = &(value.start..value.end.min(whole_characters(text, value.start.saturating_add(longest))));
    let far = text.len().min(value.end + 2 * AROUND);
    let ahead = text.get(value.start..far).unwrap_or_default();
    let line_end = memchr::memchr(b'\n', ahead).map_or(far, |newline| value.start + newline);
    let from = window_start(text, value.start);
    let unknown_from = line_start(text, from).max(from.saturating_sub(BEFORE));
    let unknown = tokens(text, unknown_from..line_end).filter(|token| {
        // What may be shown is: the rule speaks of it.
        is_hidden || token.end <= value.start || value.end <= token.start
    });
    let near = hidden.iter().filter(|range| range.end > from && range.start < line_end).cloned();
    let mut near: Vec<Range<usize>> = near.chain(unknown).collect();
    near.arrange_by_key(|range| (range.start, range.end));
    let hidden = everywhere(text, from..line_end, &near);
    let start = match hidden.first() {
        Some(first) if first.start < from => first.start.max(line_start(text, from)),
        Some(_) | None => from,
    };
    let end = line_end.min(whole_characters(text, value.end + AROUND));
    let mut line = Line::default();
    if start > 0 && text.get(start - 1) != Some(&b'\n') {
        line.push("\u{2026}");
    }
    let mut at = start;
    let mut marked = None;
    for range in hidden.iter().filter(|range| range.start < end) {
        line.show(text, at..range.start, value);
        let begin = line.characters;
        line.push(&placeholder(text.get(range.clone()).unwrap_or_default()));
        if range.start <= value.start && value.start < range.end {
            marked = Some((begin, line.characters));
        }
        at = at.max(range.end);
    }
    line.show(text, at..end, value);
    let shown_to = at.max(end);
    if shown_to < line_end {
        line.push("\u{2026}");
    }
    let (start, end) = marked.or(line.marked).unwrap_or((line.characters, line.characters));
    Excerpt { line: line.text.trim_end().to_owned(), start, end }
}

/// The place itself, or the end of the character that it would cut.
fn whole_characters(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count()
}

fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1)
}

/// Where the shown part of a line starts: with the line, or at a character some way before.
fn window_start(text: &[u8], at: usize) -> usize {
    let far = at.saturating_sub(AROUND);
    let near = text.get(far..at).unwrap_or_default();
    match memchr::memrchr(b'\n', near) {
        Some(newline) => far + newline + 1,
        None => whole_characters(text, far).min(at),
    }
}

/// The hidden ranges, joined where they touch, and with them every other place in `shown` where
/// one of their values stands again.
fn everywhere(text: &[u8], shown: Range<usize>, hidden: &[Range<usize>]) -> Vec<Range<usize>> {
    let near = hidden.iter().filter(|range| range.end > shown.start && range.start < shown.end);
    let mut all: Vec<Range<usize>> = near.clone().cloned().collect();
    for value in near.filter_map(|range| text.get(range.clone())).filter(|value| value.len() > 3) {
        let places = memchr::memmem::find_iter(text.get(shown.clone()).unwrap_or_default(), value);
        all.extend(places.map(|place| shown.start + place..shown.start + place + value.len()));
    }
    joined(all)
}

fn joined(mut all: Vec<Range<usize>>) -> Vec<Range<usize>> {
    all.arrange_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in all {
        match joined.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

fn placeholder(value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    let length = value.chars().count();
    let shown: String = value.chars().take(SHOWN.min(length / SHARE)).filter(char::is_ascii_graphic).collect();
    let unit = if length == 1 { "character" } else { "characters" };
    format!("{shown}\u{2026}({length} {unit})")
}

/// A line that is being written, and where in it the value stands.
#[derive(Default)]
struct Line {
    text: String,
    characters: usize,
    marked: Option<(usize, usize)>,
}

impl Line {
    fn push(&mut self, shown: &str) {
        self.text.push_str(shown);
        self.characters += shown.chars().count();
    }

    /// Shows a part of the text and notes where the value in it is.
    fn show(&mut self, text: &[u8], part: Range<usize>, value: &Range<usize>) {
        let within = |at: usize| at.max(part.start).min(part.end.max(part.start));
        let cuts = [part.start, within(value.start), within(value.end), part.end];
        for (cut, is_value) in cuts.windows(2).zip([false, true, false]) {
            let [from, to] = cut else { continue };
            let begin = self.characters;
            let shown = escaped(text.get(*from..*to).unwrap_or_default());
            self.push(&shown);
            if is_value && self.characters > begin {
                self.marked = Some((begin, self.characters));
            }
        }
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\t' => out.push(' '),
                '\r' => {}
                c if c.is_control() || hides_text(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            // Writing into a string does not fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, part: &str) -> Range<usize> {
        let start = text.find(part).unwrap();
        start..start + part.len()
    }

    fn marked(excerpt: &Excerpt) -> String {
        excerpt.line.chars().skip(excerpt.start).take(excerpt.end - excerpt.start).collect()
    }

    #[test]
    fn every_secret_of_the_line_is_hidden_wherever_it_stands_again() {
        let text =
            "before\na = \"first-secret-of-this-line-0\"; b = \"short\"; c = \"first-secret-of-this-line-0\"\nnext";
        let hidden = [place(text, "first-secret-of-this-line-0"), place(text, "short")];

        let shown = excerpt(text.as_bytes(), &hidden[0], &hidden);

        assert_eq!(
            shown.line,
            "a = \"firs\u{2026}(27 characters)\"; b = \"\u{2026}(5 characters)\"; c = \"firs\u{2026}(27 characters)\""
        );
        assert_eq!(marked(&shown), "firs\u{2026}(27 characters)");
    }

    #[test]
    fn what_looks_like_a_key_is_hidden_though_no_rule_knows_it() {
        let key = "q7Zr9XkT2mVb4LpNs8Wd";
        let text = format!("{}{key} = load(\"a/path/of/words/index2\"); {key}x; skip()", "a ".repeat(40));

        let shown = excerpt(text.as_bytes(), &place(&text, "skip()"), &[]);

        assert_eq!(
            shown.line,
            format!(
                "\u{2026}a {} = load(\"a/path/of/words/index2\"); {}; skip()",
                "q7Z\u{2026}(20 characters)", "q7Z\u{2026}(21 characters)"
            )
        );
        assert_eq!(marked(&shown), "skip()");

        let own = excerpt(text.as_bytes(), &place(&text, key), &[]);
        assert_eq!(marked(&own), key, "a rule that shows what it finds");
    }

    #[test]
    fn texts_lose_what_is_hidden_in_them_and_nothing_else() {
        let text = "made up for tests\nthe key 0x1 is q7Zr9XkT2mVb4LpNs8Wd\nhunter2 it was";
        let places: Vec<Range<usize>> = text.split('\n').map(|part| place(text, part)).collect();

        let shown = texts(text.as_bytes(), &places, &[place(text, "hunter2")]);

        assert_eq!(
            shown,
            ["made up for tests", "the key 0x1 is q7Z\u{2026}(20 characters)", "h\u{2026}(7 characters) it was"]
        );
    }

    #[test]
    fn what_is_no_secret_is_shown_and_marked() {
        let text = "    x = np.random.rand(3)\u{202e}\x1b[0m";

        let shown = excerpt(text.as_bytes(), &place(text, "np.random.rand"), &[]);

        assert_eq!(shown.line, "    x = np.random.rand(3)\\u{202e}\\u{1b}[0m");
        assert_eq!(marked(&shown), "np.random.rand");
    }

    #[test]
    fn a_long_line_is_cut_around_the_find_without_cutting_a_secret() {
        let secret = "s".repeat(300);
        let text = format!("{}{secret}{}", "x".repeat(5_000), "y".repeat(5_000));
        let value = place(&text, "sss").start..place(&text, "yyy").start;

        let shown = excerpt(text.as_bytes(), &value, std::slice::from_ref(&value));

        assert_eq!(
            shown.line,
            format!("\u{2026}{}ssss\u{2026}(300 characters){}\u{2026}", "x".repeat(80), "y".repeat(80))
        );
    }

    #[test]
    fn of_a_long_line_that_may_be_shown_only_the_beginning_is() {
        let text = format!("{}\u{fc}{}", "x".repeat(159), "y".repeat(5_000_000));

        let shown = excerpt(text.as_bytes(), &(0..text.len()), &[]);

        assert_eq!(shown.line, format!("{}\u{fc}{}\u{2026}", "x".repeat(159), "y".repeat(80)));
        assert_eq!((shown.start, shown.end), (0, 160));
    }

    #[test]
    fn a_secret_of_many_lines_shows_where_it_starts() {
        let text = "key: |\n  -----BEGIN KEY-----\n  abcdef\n  -----END KEY-----\n";
        let value = place(text, "-----BEGIN KEY-----\n  abcdef\n  -----END KEY-----");

        let shown = excerpt(text.as_bytes(), &value, std::slice::from_ref(&value));

        assert_eq!(shown.line, "  ----\u{2026}(48 characters)");
    }
}
