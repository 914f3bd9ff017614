//! Lines that hide what is on them: breaks that only some readers see, and lines nobody reads.

use super::{Hit, MOST_HITS};
use crate::check::{characters, syntax};
use crate::model::{Arrange, RepoPath};

/// A line this long is not reviewed.
const LONG: usize = 1_000;

/// This many blanks push what follows off every screen.
const BLANKS: usize = 200;

/// Every line of a thousand characters or more.
pub(super) fn long(text: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut start = 0;
    // A character has at least one byte, so a newline among the next thousand bytes says that no
    // line which starts before it is long.
    while let Some(window) = text.get(start..start + LONG) {
        if let Some(newline) = memchr::memrchr(b'\n', window) {
            start += newline + 1;
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |newline| start + newline);
        let line = text.get(start..end).unwrap_or_default();
        let length = String::from_utf8_lossy(line).trim_end().chars().count();
        if length >= LONG {
            hits.push(Hit::at(start..end, format!("{length} characters")));
        }
        start = end + 1;
    }
    hits
}

/// Code that stands behind so many blanks of its line that no editor shows it.
pub(super) fn off_screen(path: &RepoPath, text: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut zones = None;
    let (mut from, mut end) = (0, 0);
    while let Some(run) = next_blanks(text, from) {
        let rest = text.get(run..).unwrap_or_default();
        let code = run + rest.iter().position(|&byte| byte != b' ' && byte != b'\t').unwrap_or(rest.len());
        if code > end {
            end = text.get(code..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(text.len(), |end| code + end);
        }
        from = code.max(run + BLANKS);
        let zones = zones.get_or_insert_with(|| syntax::zones(path, text).unwrap_or_default());
        if syntax::zone_at(zones, code).is_none() {
            let hidden = text.get(code..end).unwrap_or_default().trim_ascii();
            // What ends a string, a comment or a continued line behind blanks is drawn there on purpose.
            if hidden.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(3).count() == 3 {
                hits.push(Hit::at(code..code + hidden.len(), format!("behind {} blanks", code - run)));
            }
            // The rest of the line is judged with it, however many more blanks it has.
            from = from.max(end);
        }
    }
    hits
}

/// Where the next run of so many blanks starts. A stranger among that many bytes says that none
/// starts before it, so of most text little is looked at.
fn next_blanks(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        match text.get(from..from + BLANKS)?.iter().rposition(|&byte| byte != b' ') {
            Some(stranger) => from += stranger + 1,
            None => return Some(from),
        }
    }
}

/// Separators that some compilers and editors take for the end of a line and others do not, so
/// that what looks like the rest of a comment runs as code.
pub(super) fn breaks(text: &[u8]) -> Vec<Hit> {
    // The first bytes of those below, which start no character but where they stand.
    let mut hits: Vec<Hit> = memchr::memchr2_iter(0xc2, 0xe2, text)
        .filter_map(|at| Some((at, characters::character_at(text, at)?)))
        .filter(|(_, found)| matches!(found, '\u{85}' | '\u{2028}' | '\u{2029}'))
        .map(|(at, found)| Hit::at(at..at + found.len_utf8(), characters::name(found)))
        .take(MOST_HITS)
        .collect();
    // A file that ends its lines with a carriage return alone hides nothing by it.
    if memchr::memchr(b'\n', text).is_some() {
        let hidden = memchr::memchr_iter(b'\r', text).filter(|&at| {
            let next = text.get(at + 1).copied();
            let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
            !matches!(next, None | Some(b'\r' | b'\n')) && !matches!(before, None | Some(b'\r' | b'\n'))
        });
        hits.extend(hidden.map(|at| Hit::at(at..at + 1, "carriage return")).take(MOST_HITS));
        hits.arrange_by_key(|hit| hit.range.as_ref().map(|range| range.start));
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_thousand_characters_is_long_and_one_of_999_is_not() {
        let text = format!("{}\n{}\n{}", "a".repeat(999), "\u{e9}".repeat(1_000), "\u{e9}".repeat(999));

        assert_eq!(long(text.as_bytes()), [Hit::at(1_000..3_000, "1000 characters")]);
    }

    #[test]
    fn code_behind_two_hundred_blanks_is_off_the_screen() {
        let found = |text: &str| {
            off_screen(&"a.js".into(), text.as_bytes()).into_iter().map(|hit| hit.detail).collect::<Vec<_>>()
        };
        let blanks = " ".repeat(200);

        assert_eq!(found(&format!("let a = 1;{blanks}\teval(b)\n")), ["behind 201 blanks"]);
        assert_eq!(found(&format!("{blanks}eval(b)")), ["behind 200 blanks"]);
        assert_eq!(found(&format!("let a = 1;{blanks}\n")), [] as [&str; 0]);
        assert_eq!(found(&format!("let a = 1;{blanks}// eval(b)")), [] as [&str; 0]);
        assert_eq!(found(&format!("let a = `{blanks}text`;")), [] as [&str; 0]);
        assert_eq!(found(&format!("let a = 1;{}eval(b)", " ".repeat(199))), [] as [&str; 0]);
    }

    #[test]
    fn a_carriage_return_within_a_line_hides_what_follows() {
        let hits = breaks("# ok\rimport os\r\nx = 1 // a\u{2028}b\n\r\r\n".as_bytes());

        assert_eq!(hits, [Hit::at(4..5, "carriage return"), Hit::at(26..29, "U+2028")]);
    }

    #[test]
    fn ordinary_line_ends_hide_nothing() {
        assert_eq!(breaks(b"a\r\nb\n\x0cc\n"), []);
        assert_eq!(breaks(b"a\rb\rc"), []);
    }
}
