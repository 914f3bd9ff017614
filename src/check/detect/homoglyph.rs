//! Names that read as one thing and are another: letters of two scripts within one word.
//!
//! Only a word whose every foreign letter passes for a Latin one counts. Ordinary Russian, Greek
//! or Chinese, and words such as `getДанные` or `Δx`, do not.

use std::ops::Range;

use super::confusables::latin_for;
use super::{Hit, invisible};
use crate::check::{characters, syntax};
use crate::model::RepoPath;

/// Words of the code itself, outside comments and strings, in a language whose syntax is known.
pub(super) fn identifiers(path: &RepoPath, text: &[u8]) -> Vec<Hit> {
    if !syntax::is_source(path) {
        return Vec::new();
    }
    let words = mixed_words(text, is_word);
    if words.is_empty() {
        return Vec::new();
    }
    let Some(zones) = syntax::zones(path, text) else {
        return Vec::new();
    };
    words
        .into_iter()
        .filter(|hit| hit.range.as_ref().is_some_and(|range| syntax::zone_at(&zones, range.start).is_none()))
        .collect()
}

/// Labels of a host name in a URL, wherever it stands.
pub(super) fn hosts(text: &[u8]) -> Vec<Hit> {
    // A host name has at most 253 characters, and a user's name may stand before it.
    const LONGEST: usize = 400;
    let in_host = |byte: &u8| !byte.is_ascii_whitespace() && !b"/?#\"'`<>()".contains(byte);
    let of_url = |scheme: usize| {
        let start = scheme + 3;
        let host = text.get(start..text.len().min(start + LONGEST)).unwrap_or_default();
        let host = host.get(..host.iter().position(|byte| !in_host(byte)).unwrap_or(host.len())).unwrap_or_default();
        let labels = mixed_words(host, |c| is_word(c) || c == '-').into_iter();
        labels.map(move |hit| Hit { range: hit.range.map(|label| start + label.start..start + label.end), ..hit })
    };
    memchr::memmem::find_iter(text, b"://").flat_map(of_url).collect()
}

/// A path with a mixed word, or with characters that hide or reorder it.
pub(super) fn path(path: &RepoPath) -> Vec<Hit> {
    let text = path.as_bytes();
    if text.is_ascii() {
        return Vec::new();
    }
    if let Some(hidden) = invisible::in_path(path) {
        return vec![Hit::whole(characters::name(hidden))];
    }
    mixed_words(text, is_word).into_iter().take(1).map(|hit| Hit::whole(hit.detail)).collect()
}

/// Words with a Latin letter of ASCII and with letters that pass for one, and with no others.
fn mixed_words(text: &[u8], belongs: impl Fn(char) -> bool) -> Vec<Hit> {
    let mut hits = Vec::new();
    let (mut judged, mut stretch) = (0, 0..0);
    for (at, found) in characters::beyond_ascii(text) {
        if at < judged || latin_for(found).is_none() {
            continue;
        }
        if at >= stretch.end {
            stretch = stretch_around(text, at);
            // Prose in one alphabet has none.
            if !text.get(stretch.clone()).unwrap_or_default().iter().any(u8::is_ascii_alphabetic) {
                judged = stretch.end;
                continue;
            }
        }
        let word = characters::run_around(text, at, &belongs);
        judged = word.end;
        let bytes = text.get(word.clone()).unwrap_or_default();
        if !bytes.iter().any(u8::is_ascii_alphabetic) {
            continue;
        }
        let mut foreign = characters::beyond_ascii(bytes).map(|(_, c)| c).filter(|&c| !is_latin(c));
        if foreign.all(|c| latin_for(c).is_some()) {
            let looks = latin_for(found).unwrap_or('?');
            hits.push(Hit::at(word, format!("{} looks like `{looks}`", characters::name(found))));
        }
    }
    hits
}

/// What may belong to the word at a place, without a look at what is not ASCII.
fn stretch_around(text: &[u8], at: usize) -> Range<usize> {
    let parts = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-');
    let start = text.get(..at).and_then(|before| before.iter().rposition(parts)).map_or(0, |last| last + 1);
    let end = text.get(at..).and_then(|after| after.iter().position(parts)).map_or(text.len(), |first| at + first);
    start..end
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{1bf}' | '\u{1c4}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        identifiers(&path.into(), text.as_bytes()).into_iter().map(|hit| hit.detail).collect()
    }

    #[test]
    fn a_word_of_two_alphabets_that_reads_as_one_is_found() {
        assert_eq!(found("a.py", "def is_\u{430}dmin(u): pass"), ["U+0430 looks like `a`"]);
        assert_eq!(found("a.rs", "let p\u{430}ssw\u{43e}rd = 1;"), ["U+0430 looks like `a`"]);
        assert_eq!(found("a.js", "if (env\u{1c3}=PROD)"), ["U+01C3 looks like `!`"]);
        assert_eq!(found("a.go", "Get\u{39f}wner()"), ["U+039F looks like `O`"]);
        assert_eq!(found("a.py", "\u{1d42c}elf.x"), ["U+1D42C looks like `s`"]);
        assert_eq!(found("a.py", "e\u{ff56}al(x)"), ["U+FF56 looks like `v`"]);
        assert_eq!(found("a.c", "user_\u{441}\u{43e}\u{440}\u{443}"), ["U+0441 looks like `c`"]);
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        let texts = [
            "x = 1  # \u{434}\u{430}\u{43d}\u{43d}\u{44b}\u{435} JSON\u{430}",
            "x = 'JSON\u{430} API\u{445}'",
            "\"\"\"\u{41f}\u{430}\u{440}\u{441}\u{435}\u{440}\nURL\u{430}\n\"\"\"",
            "\u{441}\u{43e}\u{440}\u{443} = 1",
            "get\u{414}\u{430}\u{43d}\u{43d}\u{44b}\u{435}()",
            "\u{394}x = \u{3c1}x + \u{3bd}max - \u{3b1}b",
            "\u{53d8}\u{91cf}_name = 1",
            "na\u{ef}ve = caf\u{e9}1",
        ];
        for text in texts {
            assert_eq!(found("a.py", text), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn a_host_name_of_two_alphabets_is_found_and_the_rest_of_its_url_is_not() {
        let hit = |text: &str| hosts(text.as_bytes()).len();

        assert_eq!(hit("see https://p\u{430}ypal.com/login"), 1);
        assert_eq!(hit("git+ssh://git@gith\u{443}b.com:a"), 1);
        assert_eq!(hit("https://example.com/JSON\u{430}"), 0);
        assert_eq!(hit("https://\u{44f}\u{43d}\u{434}\u{435}\u{43a}\u{441}.\u{440}\u{444}/"), 0);
        assert_eq!(hit("API\u{430} https://example.com"), 0);
    }

    #[test]
    fn a_path_is_judged_by_its_words() {
        assert_eq!(path(&"src/p\u{430}rser.rs".into()), [Hit::whole("U+0430 looks like `a`")]);
        assert_eq!(path(&"src/a\u{2066}.rs".into()), [Hit::whole("U+2066")]);
        assert_eq!(path(&"docs/\u{440}\u{443}\u{441}\u{441}\u{43a}\u{438}\u{439}.md".into()), []);
        assert_eq!(path(&"src/parser.rs".into()), []);
    }
}
