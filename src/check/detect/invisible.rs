//! Characters that nobody sees: they make two names differ, or carry text past a reader.
//!
//! Where a script or an emoji needs such a character, it is left alone.

use std::ops::Range;

use super::{Hit, MOST_HITS};
use crate::check::characters;
use crate::check::syntax::{self, Zone};
use crate::model::RepoPath;

/// How many bytes away a right-to-left letter explains a direction mark.
const NEAR: usize = 400;

/// Zero-width and other invisible characters without a job where they stand.
pub(super) fn characters(path: &RepoPath, text: &[u8]) -> Vec<Hit> {
    let mut zones = None;
    let mut zone_at = |at| {
        let zones = zones.get_or_insert_with(|| syntax::zones(path, text));
        zones.as_ref().and_then(|zones| syntax::zone_at(zones, at))
    };
    runs(text, is_invisible)
        .into_iter()
        .filter(|run| characters_of(text, run).any(|(at, found)| !needed(text, at, found, &mut zone_at)))
        .map(|run| {
            let found: Vec<char> = characters_of(text, &run).map(|(_, found)| found).collect();
            let name = found.first().map(|&first| characters::name(first)).unwrap_or_default();
            let detail = if found.len() == 1 { name } else { format!("{} characters from {name}", found.len()) };
            Hit::at(run, detail)
        })
        .take(MOST_HITS)
        .collect()
}

/// Tag characters outside the flags of England, Scotland and Wales: ASCII that nobody sees.
pub(super) fn tags(text: &[u8]) -> Vec<Hit> {
    runs(text, is_tag)
        .into_iter()
        .filter(|run| !is_flag(text, run))
        .map(|run| {
            let count = characters_of(text, &run).count();
            Hit::at(run, counted(count, "tag character"))
        })
        .take(MOST_HITS)
        .collect()
}

/// Variation selectors that select nothing: a byte each, after a character that stays as it was.
pub(super) fn variation_selectors(text: &[u8]) -> Vec<Hit> {
    runs(text, is_variation_selector)
        .into_iter()
        .filter(|run| {
            let base = characters::character_before(text, run.start);
            let selectors: Vec<char> = characters_of(text, run).map(|(_, found)| found).collect();
            match selectors.as_slice() {
                [] => false,
                [one] => !selects(base, *one) && !ends_a_range(text, run.start, *one),
                // Editors leave a doubled emoji selector behind; it says nothing.
                [first, rest @ ..] => rest.len() >= 2 && rest.iter().any(|other| other != first),
            }
        })
        .map(|run| {
            let count = characters_of(text, &run).count();
            Hit::at(run, counted(count, "variation selector"))
        })
        .take(MOST_HITS)
        .collect()
}

/// Characters of a path that hide or reorder it.
pub(super) fn in_path(path: &RepoPath) -> Option<char> {
    let text = path.as_bytes();
    characters::beyond_ascii(text).find_map(|(at, found)| {
        let reorders = matches!(found, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
        let tag = is_tag(found) && !is_flag(text, &characters::run_around(text, at, is_tag));
        let hidden = is_invisible(found) && found != '\u{ad}' && !needed(text, at, found, &mut |_| None);
        (reorders || tag || hidden).then_some(found)
    })
}

pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
}

pub(super) fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0000}'..='\u{e007f}')
}

pub(super) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether writing or an emoji needs the character here, or people put it here to be read.
fn needed(text: &[u8], at: usize, found: char, zone_at: &mut dyn FnMut(usize) -> Option<Zone>) -> bool {
    let before = characters::character_before(text, at);
    let after = characters::character_at(text, at + found.len_utf8());
    // A character alone between quotes is there to be talked about, as in a table or a search. The
    // fillers are letters to a compiler, and a string of one can be a name.
    let quoted = before == after && before.is_some_and(|c| matches!(c, '\'' | '"' | '`'));
    if quoted && !matches!(found, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}') {
        return true;
    }
    if ends_a_range(text, at, found) {
        return true;
    }
    let beside = |belongs: fn(char) -> bool| before.is_some_and(belongs) || after.is_some_and(belongs);
    match found {
        // A byte order mark.
        '\u{feff}' => at == 0,
        '\u{200c}' | '\u{200d}' => beside(joins) || (before.is_some_and(is_emoji) && after.is_some_and(is_emoji)),
        '\u{200b}' => {
            // Within a comment it keeps `*/` from closing and `@name` from being a tag.
            beside(has_no_spaces)
                || (beside(|c| matches!(c, '*' | '/' | '@' | '\\')) && zone_at(at) == Some(Zone::Comment))
        }
        '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            let line = characters::line_around(text, at, NEAR);
            // Names of languages are copied with a mark behind their brackets.
            let closes = before.is_some_and(|c| matches!(c, ')' | '）'));
            characters::beyond_ascii(line).any(|(_, c)| runs_right_to_left(c))
                || (closes && zone_at(at) == Some(Zone::Comment))
        }
        '\u{34f}' => before.is_some_and(|c| !c.is_ascii()),
        '\u{115f}' | '\u{1160}' => beside(
            |c| matches!(c, '\u{1100}'..='\u{115e}' | '\u{1161}'..='\u{11ff}' | '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7fb}'),
        ),
        '\u{17b4}' | '\u{17b5}' => beside(|c| matches!(c, '\u{1780}'..='\u{17ff}')),
        '\u{180b}'..='\u{180f}' => beside(|c| matches!(c, '\u{1820}'..='\u{18af}')),
        // A place to break a long word, in text; between two parts of a name it is a trap.
        '\u{ad}' => zone_at(at).is_some(),
        _ => false,
    }
}

/// Scripts whose letters change shape beside each other, where a joiner is spelling.
fn joins(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{fff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}

/// Scripts written without spaces, where a zero-width space marks the words.
fn has_no_spaces(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1950}'..='\u{1aaf}'
        | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aadf}')
}

fn runs_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{61b}' | '\u{61d}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e007f}')
}

/// A black flag, a region in tag letters, a closing tag.
fn is_flag(text: &[u8], run: &Range<usize>) -> bool {
    let letters: Vec<char> = characters_of(text, run).map(|(_, found)| found).collect();
    let Some((&last, region)) = letters.split_last() else {
        return false;
    };
    characters::character_before(text, run.start) == Some('\u{1f3f4}')
        && last == '\u{e007f}'
        && (3..=6).contains(&region.len())
        && region.iter().all(|c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}'))
}

/// Whether a single selector can change the look of its base.
fn selects(base: Option<char>, selector: char) -> bool {
    match selector {
        // Emoji and text style: left behind alone when an emoji is deleted, which hides nothing.
        '\u{fe0e}' | '\u{fe0f}' => true,
        // Ideographs, and what Unicode registers for them.
        '\u{e0100}'..='\u{e01ef}' => base.is_some_and(
            |c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'),
        ),
        _ => base.is_some_and(|c| !c.is_ascii() || c == '0'),
    }
}

/// Whether the character is one end of a range such as a regular expression's, whose other end is
/// not ASCII either.
fn ends_a_range(text: &[u8], at: usize, found: char) -> bool {
    let end = at + found.len_utf8();
    let far = |other: Option<char>| other.is_some_and(|c| !c.is_ascii());
    (text.get(end) == Some(&b'-') && far(characters::character_at(text, end + 1)))
        || (text.get(..at).is_some_and(|before| before.ends_with(b"-"))
            && far(characters::character_before(text, at - 1)))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The longest runs of characters that belong, in order.
fn runs(text: &[u8], belongs: fn(char) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, found) in characters::beyond_ascii(text).filter(|&(_, found)| belongs(found)) {
        let end = at + found.len_utf8();
        match runs.last_mut() {
            Some(last) if last.end == at => last.end = end,
            _ => runs.push(at..end),
        }
    }
    runs
}

fn characters_of<'a>(text: &'a [u8], run: &Range<usize>) -> impl Iterator<Item = (usize, char)> + 'a {
    let start = run.start;
    let part = text.get(run.clone()).unwrap_or_default();
    characters::beyond_ascii(part).map(move |(at, found)| (start + at, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(path: &str, text: &str) -> Vec<String> {
        characters(&path.into(), text.as_bytes()).into_iter().map(|hit| hit.detail).collect()
    }

    #[test]
    fn an_invisible_character_in_a_name_or_a_string_is_found() {
        assert_eq!(places("a.js", "let is\u{200b}Admin = 1"), ["U+200B"]);
        assert_eq!(places("a.js", "f(\"\u{2060}\u{2061}\u{200b}\")"), ["3 characters from U+2060"]);
        assert_eq!(places("a.js", "const { t,\u{3164}} = q"), ["U+3164"]);
        assert_eq!(places("a.py", "x\u{ad}y = 1"), ["U+00AD"]);
        assert_eq!(places("a.py", "x = 1\u{feff}"), ["U+FEFF"]);
        assert_eq!(places("a.py", "user\u{200d}name = 1"), ["U+200D"]);
        assert_eq!(places("a.py", "ok\u{200e} = 1"), ["U+200E"]);
    }

    #[test]
    fn what_writing_needs_is_left_alone() {
        let texts = [
            "\u{feff}x = 1",
            "x = '\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}'",
            "x = '\u{915}\u{94d}\u{200d}\u{937}'",
            "x = '\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}'",
            "x = '\u{2764}\u{fe0f}\u{200d}\u{1f525} \u{1f3f3}\u{fe0f}\u{200d}\u{26a7}\u{fe0f}'",
            "x = '\u{5e9}\u{5dc}\u{5d5}\u{5dd} C++\u{200e}'",
            "x = '\u{e01}\u{e32}\u{200b}\u{e23}'",
            "x = '\u{1112}\u{1161}\u{1160}'",
            "x = 'Benutzer\u{ad}verwaltung'",
        ];
        for text in texts {
            assert_eq!(places("a.py", text), [] as [&str; 0], "{text:?}");
        }
        assert_eq!(places("a.js", "/* src/**\u{200b}/*.js and @\u{200b}name */"), [] as [&str; 0]);
        assert_eq!(places("a.js", "f(/\u{200b}/)"), ["U+200B"]);
        assert_eq!(places("a.js", "/** Simplified Chinese (\u{4e2d}\u{6587})\u{200e} */"), [] as [&str; 0]);
        assert_eq!(places("a.js", "f(1)\u{200e};"), ["U+200E"]);
    }

    #[test]
    fn a_character_alone_between_quotes_is_talked_about() {
        assert_eq!(places("a.py", "text.replace('\u{200b}', '')"), [] as [&str; 0]);
        assert_eq!(places("a.js", "query['\u{3164}']"), ["U+3164"]);
        assert_eq!(places("a.py", "'[\u{200b}-\u{200f}\u{2060}]'"), ["2 characters from U+200F"]);
        assert_eq!(places("a.py", "'[\u{180b}-\u{180d}]'"), [] as [&str; 0]);
        assert_eq!(places("a.py", "is\u{200b}-admin"), ["U+200B"]);
        assert_eq!(places("a.py", "'a\u{200b}'"), ["U+200B"]);
    }

    #[test]
    fn tag_characters_spell_hidden_text_unless_they_make_a_flag() {
        let flag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        let hidden = "ok\u{e0049}\u{e0067}\u{e006e}";

        assert_eq!(tags(flag.as_bytes()), []);
        assert_eq!(tags(hidden.as_bytes()), [Hit::at(2..14, "3 tag characters")]);
        assert_eq!(tags(flag.replace('\u{1f3f4}', "a").as_bytes()).len(), 1);
    }

    #[test]
    fn selectors_that_select_nothing_carry_bytes() {
        assert_eq!(variation_selectors("a\u{fe01}b".as_bytes()), [Hit::at(1..4, "1 variation selector")]);
        assert_eq!(variation_selectors("\u{1f600}\u{e0101}\u{e0157}\u{e0123}".as_bytes()).len(), 1);
        assert_eq!(variation_selectors("``\u{e0101}".as_bytes()).len(), 1);
    }

    #[test]
    fn selectors_that_select_are_left_alone() {
        for text in [
            "\u{2764}\u{fe0f}",
            "\u{2764}\u{fe0f}\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            " \u{fe0f}",
            "\u{845b}\u{e0100}",
            "0\u{fe00}",
            "\u{2229}\u{fe00}",
        ] {
            assert_eq!(variation_selectors(text.as_bytes()), [], "{text:?}");
        }
    }

    #[test]
    fn a_path_may_use_its_script_but_not_hide_or_reorder() {
        let found = |text: &str| in_path(&text.into());

        assert_eq!(found("src/a\u{200b}.rs"), Some('\u{200b}'));
        assert_eq!(found("src/gpj\u{202e}.exe"), Some('\u{202e}'));
        assert_eq!(found("docs/\u{645}\u{6cc}\u{200c}\u{62e}.md"), None);
        assert_eq!(found("docs/\u{1f468}\u{200d}\u{1f4bb}.png"), None);
    }
}
