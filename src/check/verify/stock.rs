//! Passwords that everyone writes, and names that stand in the place of one.

use super::shape::is_words;
use super::stand_in::counted_up;
use super::words::{Words, words};

/// Words that stand where a password will, in documentation above all.
pub(super) const STOCK: Words = words!(
    "password passwd pass pwd pw psw passw0rd p@ssw0rd p4ssw0rd passphrase mypassword mypass my_password \
     my-password secret mysecret s3cret s3cr3t token key apikey api_key user username admin root guest test testing \
     foo bar baz abc value login credentials none null true false nil undefined postgres mysql redis tiger",
);

/// Weak passwords that only documents use.
const WEAK: [&[u8]; 8] =
    [b"pass123", b"password1", b"password123", b"open sesame", b"opensesame", b"hunter2", b"abc123", b"s3cr3t"];

pub(super) fn is_stock(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    STOCK.has(value) || WEAK.contains(&lower.as_slice()) || counted_up(value)
}

/// Letters only: a password only where everything around it is real.
pub(super) fn is_word(value: &[u8]) -> bool {
    value.len() >= 4 && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// A name in capitals stands for what the reader is to fill in.
pub(super) fn is_screaming(value: &[u8]) -> bool {
    is_words(value) && !value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_passwords_are_known_in_any_case() {
        for value in ["password", "Secret", "hunter2", "abc123", "12345678", "open sesame"] {
            assert!(is_stock(value.as_bytes()), "{value}");
        }
        for value in ["vQ7mzT2xL", "passwort-2019", "swordfish"] {
            assert!(!is_stock(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_word_is_plain_and_a_name_in_capitals_screams() {
        assert!(is_word(b"goodspec") && is_word(b"a_b-9.x") && !is_word(b"abc") && !is_word(b"p@ss"));
        assert!(is_screaming(b"YOUR_PASSWORD") && !is_screaming(b"Your_Password") && !is_screaming(b"A9"));
    }
}
