//! Words about numbers, and characters that must not be shown as they are.

use std::fmt::Write as _;

/// Whether a character could deceive a reader: it steers the terminal, reorders or hides text, or
/// is none that may be exchanged.
#[must_use]
pub fn deceives(character: char) -> bool {
    let code = u32::from(character);
    character.is_control() || hides_text(character) || code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code)
}

/// `1 file`, `3 files`, `3 entries`: a count that agrees with its noun.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {}", agreeing(noun, count == 1))
}

/// The same of many: `1,204 entries`.
#[must_use]
pub fn counted_in_groups(count: u64, noun: &str) -> String {
    format!("{} {}", grouped(count), agreeing(noun, count == 1))
}

/// `1,204`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn agreeing(noun: &str, is_one: bool) -> String {
    match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        _ if is_one => noun.to_owned(),
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    }
}

/// A word that a shell takes as it stands, and that a terminal can show: what could deceive is an escape
/// of the shell's own.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@:%".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    if !text.chars().any(deceives) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        if deceives(character) {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                // Writing to a `String` cannot fail.
                let _ = write!(word, "\\{byte:03o}");
            }
        } else {
            word.extend(matches!(character, '\'' | '\\').then_some('\\'));
            word.push(character);
        }
    }
    word.push('\'');
    word
}

/// Characters that show nothing, or that change the order in which others are shown.
#[must_use]
pub fn hides_text(character: char) -> bool {
    // Most are letters of a program.
    character >= '\u{ad}'
        && matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "file")), ["0 files", "1 file", "2 files"]);
        assert_eq!([0, 1, 2].map(|count| counted(count, "entry")), ["0 entries", "1 entry", "2 entries"]);
        assert_eq!([1, 2].map(|count| counted(count, "day")), ["1 day", "2 days"]);
        assert_eq!([1, 1_204].map(|count| counted_in_groups(count, "entry")), ["1 entry", "1,204 entries"]);
    }

    #[test]
    fn large_numbers_are_told_in_groups() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_shell_takes_a_word_as_it_stands() {
        assert_eq!(["a/b.rs", "a b", "it's", ""].map(shell_word), ["a/b.rs", "'a b'", r"'it'\''s'", "''"]);
        assert_eq!(shell_word("x;$(rm -rf)`"), "'x;$(rm -rf)`'");
        assert_eq!(shell_word("it's\u{1b}[2J\\n\u{202e}é"), r"$'it\'s\033[2J\\n\342\200\256é'");
    }

    #[test]
    fn what_hides_or_steers_deceives_and_what_people_write_does_not() {
        for character in ['\n', '\x1b', '\u{9b}', '\u{202e}', '\u{2067}', '\u{206a}', '\u{e0041}', '\u{ffff}'] {
            assert!(deceives(character), "{character:?}");
        }
        for character in ['a', ' ', '\\', 'é', 'ß', '漢', 'ع', '🦀', '\u{301}'] {
            assert!(!deceives(character), "{character:?}");
        }
    }
}
