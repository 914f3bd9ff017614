//! Texts for readers: what a program shows stands in tables, beside names of which some speak of
//! passwords.

use super::Captured;
use super::place::Place;
use super::shape::is_words;
use super::words::{Words, words};

/// How far before and behind the value other texts are looked for.
const REACH: usize = 600;

/// How far before the value its line begins at most.
const OWN: usize = 4 * 1024;
const LINES: usize = 5;

/// Whether a value of nothing but letters is what a page shows: `"password": "Lozinka"` among the
/// texts of a language.
pub(super) fn is_shown(value: &[u8], captured: &Captured<'_>) -> bool {
    is_words(value)
        && (value.ends_with(b".") || value.ends_with(b":") || in_language(captured) || among_texts(captured))
}

/// Whether a file is named for a language: `pt-BR.json`, `messages_de.properties`.
fn in_language(captured: &Captured<'_>) -> bool {
    let name = captured.path.file_name();
    let stem = name.split(|&byte| byte == b'.').next().unwrap_or_default();
    let mut parts = stem.split(|byte| matches!(byte, b'_' | b'-'));
    let first = parts.next().unwrap_or_default();
    let tabled = || captured.path.extension().is_some_and(|extension| TABLES.has(extension));
    (LANGUAGES.has(first) || (parts.next().is_some_and(|part| LANGUAGES.has(part)) && TEXTS.has(first))) && tabled()
}

const LANGUAGES: Words = words!(
    "af am an ar as ast az ba be bg bn bo br bs ca ce ch co cs cv cy da de dv el en eo es et eu fa fi fo fr fy ga gd gl \
     gn gu gv ha haw he hi hr ht hu hy ia id ig io is it ja jv ka kk km kn ko ku kw ky la lb ln lo lt lv mg mi mk ml mn \
     mr ms mt my nb nds ne nl nn no oc om or os pa pl ps pt qu rm ro ru rw sa sc sd se si sk sl sm sn so sq sr st su sv \
     sw ta te tg th ti tk tl tn to tr ts tt ug uk ur uz vi wa wo xh yi yo za zh zu",
);

const TEXTS: Words = words!("messages message labels strings lang language locale translations translation text texts");

const TABLES: Words = words!("json js ts php yml yaml properties po xml lang rb py inc resx strings arb lua");

/// Whether most of the lines around a value set something to a phrase.
fn among_texts(captured: &Captured<'_>) -> bool {
    let (text, start) = (captured.text, captured.whole.start);
    let near = start.saturating_sub(OWN);
    // Nobody shows texts on lines that are longer.
    let line = memchr::memrchr(b'\n', text.get(near..start).unwrap_or_default()).map_or(0, |at| near + at + 1);
    let before = text.get(line.saturating_sub(REACH)..line.saturating_sub(1)).unwrap_or_default();
    let after = text.get(captured.value.end..).unwrap_or_default();
    let after = after.get(..REACH).unwrap_or(after);
    let phrases = before
        .rsplit(|&byte| byte == b'\n')
        .take(LINES)
        .chain(after.split(|&byte| byte == b'\n').skip(1).take(LINES))
        .filter(|line| ends_in_phrase(line))
        .count();
    phrases >= 4
}

/// Whether a line sets something to words with a blank between, or to letters beyond ASCII.
fn ends_in_phrase(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let line = line.strip_suffix(b",").or_else(|| line.strip_suffix(b";")).unwrap_or(line);
    let Some((quote @ (b'"' | b'\'' | b'`'), rest)) = line.split_last() else { return false };
    let Some(opens) = rest.iter().rposition(|byte| byte == quote) else { return false };
    let (head, phrase) = rest.split_at_checked(opens).unwrap_or_default();
    let sets = head.trim_ascii_end().last().is_some_and(|byte| matches!(byte, b':' | b'=' | b'>' | b'(' | b','));
    let phrase = phrase.get(1..).unwrap_or_default().trim_ascii();
    let blanks = phrase.windows(3).any(|three| {
        matches!(three, [a, b' ', b] if (a.is_ascii_alphabetic() || !a.is_ascii()) && (b.is_ascii_alphabetic() || !b.is_ascii()))
    });
    sets && (blanks || phrase.iter().any(|byte| !byte.is_ascii()))
}

/// Whether a name is that of a text about passwords: `botpasswords-label-create`.
pub(super) fn names_text(place: &Place<'_>) -> bool {
    place.name.iter().any(|word| SHOWN.has(word))
}

const SHOWN: Words = words!(
    "label labels policies placeholder tooltip hint hints caption apihelp tip tips prompt legend heading translation \
     i18n notice warning",
);

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::*;

    fn shown(text: &str, value: &str, path: &str) -> bool {
        let start = text.find(value).unwrap();
        let value_range = start..start + value.len();
        let captured = Captured {
            text: text.as_bytes(),
            whole: value_range.clone(),
            value: value_range,
            path: &path.into(),
            zones: &Zones::default(),
        };
        is_shown(value.as_bytes(), &captured)
    }

    #[test]
    fn letters_in_the_file_of_a_language_are_shown() {
        for path in ["hr.json", "fy.json", "i18n/pt-BR.ts", "messages_hr.properties"] {
            assert!(shown("\"password\": \"Lozinka\"", "Lozinka", path), "{path}");
            assert!(!shown("\"password\": \"vQ7mzT2xL\"", "vQ7mzT2xL", path), "{path}");
        }
        assert!(!shown("\"password\": \"Lozinka\"", "Lozinka", "db.json"));
        assert!(!shown("\"password\": \"Lozinka\"", "Lozinka", "it.txt"));
    }

    #[test]
    fn letters_among_phrases_are_shown() {
        let phrases = "a: 'Sign in now',\nb: 'Forgot it?',\nc: 'Zurück',\n";
        let among = format!("{phrases}password: 'Heslo',\nd: \"Keep me in\",\n");

        assert!(shown(&among, "Heslo", "texts.ts"));
        assert!(!shown("user: 'ada',\npassword: 'Heslo',\nhost: 'db',\n", "Heslo", "texts.ts"));
        assert!(!shown(&phrases.replace("Forgot it", "x").replace("Zurück", "back"), "back", "texts.ts"));
    }

    #[test]
    fn letters_that_end_a_sentence_or_head_a_field_are_shown() {
        assert!(shown("\"password\": \"Heslo:\"", "Heslo:", "a.json"));
        assert!(shown("\"password\": \"Heslo.\"", "Heslo.", "a.json"));
        assert!(!shown("\"password\": \"Heslo\"", "Heslo", "a.json"));
    }
}
