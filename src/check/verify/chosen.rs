//! Secrets that people make of words, where a program takes whatever stands there for one.

use super::Captured;
use super::generic::repeats_name;
use super::known::is_tried_out;
use super::look::like_password;
use super::place::{Place, Text, in_document, text_of, words};
use super::stand_in::{counted_up, stands_in};
use super::stock::{is_screaming, is_stock};
use super::weak::is_weak;
use super::words::{Words, words};

/// Words that someone chose for a secret: none that a page says to every reader, and not only what it is.
pub(super) fn secret(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let parts = words(value);
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let own: usize = parts
        .iter()
        .filter(|part| !SAYS_NOTHING.has(part))
        .map(|part| part.iter().filter(|byte| byte.is_ascii_alphabetic()).count())
        .sum();
    !in_document(captured)
        && (is_quoted(captured) || text_of(captured) == Text::Settings)
        && !stands_in(value)
        && !counted_up(value)
        && !is_stock(value)
        && !is_screaming(value)
        && !parts.iter().any(|part| NOT_FOR_USE.has(part))
        && !NOT_FOR_USE.open(&value.to_ascii_lowercase())
        && !repeats_name(value, &Place::of(captured))
        && if letters < 4 {
            like_password(value) && !is_weak(value)
        } else {
            (own >= 4 && !spelled_as_secret(value)) || is_offhand(captured)
        }
        && (!value.contains(&b' ') || is_phrase(captured))
}

/// Whether words for secrets are what somebody put there to have any, where it is no test: `mySecretKey`.
fn is_offhand(captured: &Captured<'_>) -> bool {
    OFFHAND.open(&captured.value().to_ascii_lowercase()) && !is_tried_out(captured)
}

const OFFHAND: Words =
    words!("my super secret supers topsecret verysecret somesecret some-secret some_secret something thisis");

/// Whether words with spaces between are a value in code, and no more of them than people choose.
fn is_phrase(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    is_quoted(captured)
        && text_of(captured) == Text::Code
        && !value.ends_with(b".")
        && memchr::memchr_iter(b' ', value).count() < 5
}

/// Without quotes, code names a variable.
fn is_quoted(captured: &Captured<'_>) -> bool {
    captured.head().last().is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'))
}

/// Whether a value is one word of words for secrets: `mysecretkey`, `supersecretjwtkey`.
fn spelled_as_secret(value: &[u8]) -> bool {
    let mut rest: Vec<u8> =
        value.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    while let Some(stem) = SAYS_NOTHING.stem(&rest) {
        rest.truncate(stem.len());
    }
    rest.len() < 4
}

const NOT_FOR_USE: Words = words!(
    "test tests testing tester dev devel development local localhost demo mock default temp temporary placeholder ci \
     insecure unsafe unit e2e playwright jest vitest cypress fixture change other hardcoded required invalid missing \
     shhh shhhh shhhhh ssshhhhh env not needed unused ignored",
);

const SAYS_NOTHING: Words = words!(
    "pass passwd password passphrase pwd my the a an is this that it really very super top secret secrets key keys \
     jwt session sessions cookie token tokens \
     app application flask django node express auth api server string value random some long short secure security \
     strong private signing sign for and in on of to production prod only access refresh user web site hs256 \
     something special here cat min minimum char chars character characters length bytes bits at least with must \
     be needs any word words",
);

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::super::tests::found;
    use super::*;
    use crate::model::RepoPath;

    fn told(value: &str) -> bool {
        found(&format!("secret = '{value}'"), "secret = '", value, secret)
    }

    fn takes(path: &str, value: &str) -> bool {
        let (text, path) = (format!("secret = '{value}'"), RepoPath::from(path));
        let value = 10..10 + value.len();
        secret(&Captured { text: text.as_bytes(), whole: 0..text.len(), value, path: &path, zones: &Zones::default() })
    }

    #[test]
    fn words_are_a_secret_that_someone_chose() {
        for value in ["bluewhale", "whale_songs_secret_2024", "whaleSongs", "thisIsMyWhale"] {
            assert!(told(value), "{value}");
        }
    }

    #[test]
    fn a_number_with_a_letter_or_two_is_a_secret_unless_it_counts() {
        assert!(told("WHL4712") && told("w47-18x") && !told("abc1234") && !told("key1234"));
    }

    #[test]
    fn words_with_spaces_are_a_secret_in_code_alone() {
        assert!(takes("a.ts", "whales sing, at night"));
        assert!(!takes("a.yaml", "whales sing at night"));
        assert!(!takes("a.ts", "whales sing at night, and nobody hears them"));
        assert!(!takes("a.ts", "whales sing at night."));
        assert!(!takes("a.ts", "whales not needed"));
    }

    #[test]
    fn words_for_secrets_alone_are_none_in_a_test() {
        for value in [
            "any-word",
            "mysecretkey",
            "super-secret-jwt-key",
            "thisIsMySuperSecretKey",
            "app_secret_2024",
            "secretsecret",
        ] {
            assert!(!takes("tests/auth.js", value), "{value}");
        }
    }

    #[test]
    fn words_for_secrets_are_one_that_somebody_put_there_for_want_of_another() {
        assert!(takes("src/auth.js", "mySecretKey") && takes("src/auth.js", "super secret key"));
        assert!(!takes("tests/auth.js", "mySecretKey") && !takes("src/auth.js", "jwt_secret_key"));
        assert!(!takes("src/auth.js", "your_secret_key"));
    }

    #[test]
    fn what_is_not_for_use_or_stands_in_is_none() {
        for value in
            ["test-whale-songs", "whale_dev_secret", "testwhale", "your-whale", "whale-change-me", "BLUE_WHALE"]
        {
            assert!(!told(value), "{value}");
        }
    }

    #[test]
    fn a_page_for_readers_shows_what_a_secret_looks_like() {
        assert!(!takes("README.md", "bluewhale"));
    }
}
