//! Weak passwords and plain words: values that only what surrounds them can make a password.

use super::likeness::{unlikely, unreadable, unspeakable};
use super::place;
use super::shape::{is_encoding, is_expression, is_location, is_words, trailing_digits};
use super::stand_in::{counted_up, stands_in};
use super::stock::{is_screaming, is_stock};
use super::words::{Words, words};

/// A word and a number that counts, or a word for passwords and a number: what people write in
/// tests and documents, and sometimes in earnest.
pub(super) fn is_weak(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"!").unwrap_or(value);
    let number = trailing_digits(value);
    let stem = value.strip_suffix(number).unwrap_or(value);
    let word: Vec<u8> = stem.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let ascends =
        !number.is_empty() && number.iter().zip(number.iter().skip(1)).all(|(a, b)| b.checked_sub(*a) == Some(1));
    let readable = is_words(stem) && !unreadable(&word) && !unspeakable(&word);
    let counted = || number.len() > 1 || place::words(stem).len() < 2;
    let letters = stem.strip_suffix(b"-").unwrap_or(stem);
    let counts = ascends && letters.iter().all(u8::is_ascii_alphabetic) && counted();
    readable && (counts || ((ascends || number.len() <= 4) && WEAK.within(&word)))
}

/// A word, with at most a number before or behind it, and what it is: `bbpasswd`, `my-token`,
/// `switch1pass`.
pub(super) fn names_kind(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let number = trailing_digits(&lower);
    let stem = lower.strip_suffix(number).unwrap_or(&lower);
    let joint = |byte: &u8| matches!(byte, b'_' | b'-' | b'.');
    let prefix = KINDS.stem(stem);
    let word: Vec<u8> = prefix.unwrap_or_default().iter().copied().filter(|byte| !joint(byte)).collect();
    let lead = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let word = word.get(lead..).unwrap_or_default();
    let counted = trailing_digits(word);
    let word = word.strip_suffix(counted).unwrap_or(word);
    number.len() <= 2 && lead + counted.len() <= 3 && !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic)
}

const KINDS: Words = words!("pass passwd password passphrase passwort pwd secret token");

/// `s00pers3cret` and its kin, which are jokes in tests and documents.
pub(super) fn spells_secret(value: &[u8]) -> bool {
    SECRETS.within(&spelled_out(value))
}

/// The letters of a value, with those that digits and marks stand for: `s3cr3t` is `secret`.
fn spelled_out(value: &[u8]) -> Vec<u8> {
    let letter = |byte: &u8| match byte {
        b'0' => Some(b'o'),
        b'1' | b'!' => Some(b'i'),
        b'3' => Some(b'e'),
        b'4' | b'@' => Some(b'a'),
        b'5' | b'$' => Some(b's'),
        b'7' => Some(b't'),
        byte => byte.is_ascii_alphabetic().then(|| byte.to_ascii_lowercase()),
    };
    value.iter().filter_map(letter).collect()
}

const SECRETS: Words = words!("secret security");

const WEAK: Words = words!(
    "pass pwd pswd secret senha clave contrasen heslo haslo sifre parola wachtwoord motdepasse test demo user admin \
     guest root temp default welcome login token hunter",
);

/// A small word that is no word for passwords, users or what shows them: where nothing but a value
/// can stand, someone chose it.
pub(super) fn is_plain_choice(value: &[u8]) -> bool {
    (6..=24).contains(&value.len())
        && value.iter().all(u8::is_ascii_lowercase)
        && !counted_up(value)
        && !stands_in(value)
        && !WEAK.within(value)
        && !SAMPLE.within(value)
}

/// A word, or a weak password, that may be one where a user and a host stand beside it.
pub(super) fn is_plain_password(value: &[u8]) -> bool {
    (5..=24).contains(&value.len())
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && value.iter().any(|byte| !byte.is_ascii_digit() && *byte != b'.')
        && !counted_up(value)
        && !stands_in(value)
        && !is_expression(value)
        && !is_location(value)
        && !is_encoding(value)
        && !is_stock(&value.iter().copied().filter(u8::is_ascii_alphanumeric).collect::<Vec<_>>())
        && !WEAK.within(&spelled_out(value))
        && !SAMPLE.within(&value.to_ascii_lowercase())
        && !(is_screaming(value) && value.contains(&b'_'))
}

/// Four or five characters that a user and a host beside them make a password.
pub(super) fn is_short_choice(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let small = value.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    let plain = digits == 0 && !unlikely(value);
    (4..=5).contains(&value.len()) && small && !plain && !is_stock(value) && !stands_in(value) && !is_weak(value)
}

const SAMPLE: Words = words!(
    "key cred your my example sample chang none null true false string value enter insert here set hidden hash \
     postgres mysql maria mongo redis oracle rabbit django wordpress drupal jenkins docker vagrant ubuntu elastic \
     grafana minio foobar dummy mock required optional prompt some random strong secure super private local dev prod \
     stag app data base asdf qwer",
);

/// Joined words of which one is a word for passwords: `proxy_pass`, `my-password`.
pub(super) fn names_password(value: &[u8]) -> bool {
    let parts = place::words(value);
    is_words(value) && parts.len() > 1 && parts.iter().any(|part| PASSWORDS.has(part))
}

const PASSWORDS: Words = words!("pass password passwd pwd secret token");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_number_that_counts_is_weak() {
        for value in [
            "password2024",
            "toto1234",
            "Admin123",
            "secret123",
            "urllib2",
            "testuser01",
            "TestUser1",
            "BlueWhale12",
            "Pass1234!",
            "whale-123",
        ] {
            assert!(is_weak(value.as_bytes()), "{value}");
        }
        for value in [
            "hunter22x",
            "Sommer2019",
            "qmvtzkwe827",
            "P@ssw0rd!",
            "x9Kq2",
            "whale@123",
            "Whale88",
            "BlueWhale2",
            "kdmx5",
        ] {
            assert!(!is_weak(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_long_number_behind_a_word_is_one_that_someone_chose() {
        assert!(!is_weak(b"admin640281735") && is_weak(b"admin123456789") && is_weak(b"admin6402"));
    }

    #[test]
    fn a_word_may_say_what_kind_of_value_it_is() {
        for value in ["bbpasswd", "my-token", "switch1pass", "root_Password", "srx2_pass", "3parpass"] {
            assert!(names_kind(value.as_bytes()), "{value}");
        }
        for value in ["password", "secret12", "p@ssword!pass", "whale1234pass", "compl3xPwd", "bluewhale"] {
            assert!(!names_kind(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_secret_is_read_through_the_digits_and_marks_in_it() {
        assert!(spells_secret(b"s00pers3cret") && spells_secret(b"super$ecret") && spells_secret(b"S3CuR1Ty"));
        assert!(!spells_secret(b"P@ssw0rd!") && !spells_secret(b"q8Zt3xKfW0vLr7Bn"));
    }

    #[test]
    fn a_word_may_be_a_password_where_its_company_says_so() {
        assert!(is_plain_password(b"bluewhale") && is_plain_password(b"whale12") && is_plain_password(b"WHALES"));
        for value in [
            "tiger",
            "secret12",
            "DB_PASS",
            "user.name",
            "changeme",
            "my-example",
            "blue whale",
            "open_sesame",
            "2.5.4.35",
        ] {
            assert!(!is_plain_password(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_few_characters_may_be_a_password_unless_everyone_writes_them() {
        assert!(is_short_choice(b"cqoa") && is_short_choice(b"2673") && is_short_choice(b"x7k2"));
        for value in ["keep", "root", "pass", "1234", "0000", "test", "data", "Qbat", "bluewhale", "abc"] {
            assert!(!is_short_choice(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_plain_word_is_a_choice_unless_it_stands_for_one() {
        assert!(is_plain_choice(b"bluewhale") && is_plain_choice(b"ltfusf"));
        for value in ["secret", "mypassword", "postgres", "changeme", "example", "whale", "abcdefgh", "Whales"] {
            assert!(!is_plain_choice(value.as_bytes()), "{value}");
        }
    }
}
