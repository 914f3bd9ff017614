//! Judges values of which something else than their name already says what they are: whether they are
//! drawn at random and meant, and neither masked nor made up.

use super::Captured;
use super::likeness::drawn;
use super::stand_in::{counted_up, is_template, masked, recites, said_not_meant, stands_in};

/// Text drawn at random, whatever surrounds it.
pub(super) fn random(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    !stands_in(value) && !counted_up(value) && !is_cut_token(value) && drawn(value)
}

/// A web token of which only the head is written out: `eyJhbGciOiJIUzI1NiJ9.abc.def`.
fn is_cut_token(value: &[u8]) -> bool {
    let signature = memchr::memrchr(b'.', value).and_then(|at| value.get(at + 1..));
    value.starts_with(b"eyJ") && signature.is_some_and(|signature| signature.len() < 16)
}

/// Random text behind a prefix that ends in a dot, a colon or a dash.
pub(super) fn random_end(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let cut = memchr::memchr2(b'.', b':', value).or_else(|| memchr::memchr(b'-', value));
    let tail = cut.and_then(|at| value.get(at + 1..)).unwrap_or(value);
    !stands_in(tail) && !counted_up(tail) && drawn(tail)
}

/// A token whose characters no generator drew.
pub(super) fn masked_token(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let end = value.iter().rposition(|&byte| byte == b'/').map_or(4, |last| last + 1);
    (masked(value) || recites(value, 16) || masked(value.get(end..).unwrap_or(value))) && !value.ends_with(b"EXAMPLE")
}

/// No mask, no placeholder, no template.
pub(super) fn meant(captured: &Captured<'_>) -> bool {
    !stands_in(captured.value())
}

/// No mask, no template and no alphabet, for values whose prefix already says what they are.
pub(super) fn unmasked(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    !masked(value) && !is_template(value) && !recites(value, 12) && !is_cut_short(captured)
}

/// Whether dots say that the value goes on, and that this is not all of it.
fn is_cut_short(captured: &Captured<'_>) -> bool {
    let after = captured.text.get(captured.value.end..).unwrap_or_default();
    after.starts_with(b"...") || after.starts_with("\u{2026}".as_bytes())
}

/// No mask at the end of a web address whose path is the secret.
pub(super) fn unmasked_end(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let from = value.iter().rposition(|byte| matches!(byte, b'/' | b'=')).map_or(0, |at| at + 1);
    let end = value.get(from..).unwrap_or_default();
    !masked(end) && !is_template(end)
}

/// A long secret in the alphabet of a keyboard, where marks of templates occur by chance; dashes
/// join words.
pub(super) fn long_secret(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let marks = value.iter().filter(|byte| !byte.is_ascii_alphanumeric() && !b" -_".contains(byte)).count();
    !masked(value) && !said_not_meant(value) && (drawn(value) || (marks >= 4 && value.iter().any(u8::is_ascii_digit)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    #[test]
    fn a_value_that_goes_on_is_not_all_of_it() {
        let takes = |text: &str| found(text, "key ", "q8Zt3xKfW0vLr7Bn", unmasked);

        assert!(takes("key q8Zt3xKfW0vLr7Bn") && takes("a key q8Zt3xKfW0vLr7Bn. Then"));
        assert!(!takes("key q8Zt3xKfW0vLr7Bn...") && !takes("key q8Zt3xKfW0vLr7Bn\u{2026}"));
    }
}
