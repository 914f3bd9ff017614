//! Private keys in their containers: PEM around DER or OpenSSH, JSON Web Keys, base64 of PEM.

use super::Captured;
use super::codec::base64;
use super::stand_in::masked;
use crate::check::entropy::entropy;

/// The body of a PEM private key, however its lines are joined: by newlines, by `\n` inside a
/// string, by quotes and plus signs of a source file, or not at all.
pub(super) fn pem(captured: &Captured<'_>) -> bool {
    let head = captured.head();
    let letters = unwrapped(captured.value());
    if letters.len() < 40 || entropy(&letters) < 3.5 || (letters.len() < LINES && has(captured.value(), b"...")) {
        return false;
    }
    let Some(bytes) = decoded(&letters) else { return false };
    let opaque = [&b"ENCRYPTED"[..], b"DEK-Info", b"PGP", b"SSH2"].iter().any(|mark| has(head, mark));
    (opaque && is_dense(&letters))
        || is_der_sequence(&bytes)
        || bytes.starts_with(b"openssh-key-v1\0")
        || is_noise(&letters)
}

/// Two lines of a key have this many letters; fewer, with dots for the rest, only show how a key looks.
const LINES: usize = 2 * 64;

/// Letters of a key, not of the program that writes one.
fn is_dense(letters: &[u8]) -> bool {
    entropy(letters) > 4.5 && letters.iter().any(u8::is_ascii_digit)
}

/// A body as random as a key's, whose opening bytes were altered.
fn is_noise(letters: &[u8]) -> bool {
    letters.len() >= 64
        && entropy(letters) > 4.8
        && letters.iter().any(u8::is_ascii_digit)
        && letters.iter().any(u8::is_ascii_lowercase)
        && letters.iter().any(u8::is_ascii_uppercase)
}

/// Base64 of a whole PEM file, as CI variables and Kubernetes secrets carry it.
pub(super) fn wrapped_pem(captured: &Captured<'_>) -> bool {
    let Some(bytes) = decoded(captured.value()) else { return false };
    let opens = memchr::memmem::find(&bytes, OPENS).map(|at| at + OPENS.len());
    opens.and_then(|at| bytes.get(at..)).is_some_and(|body| {
        // A program that writes keys closes the string here.
        body.iter().take(16).all(|byte| !matches!(byte, b'"' | b'\'' | b'$' | b'(' | b'{'))
    })
}

const OPENS: &[u8] = b"PRIVATE KEY-----";

/// Base64 of a file that holds a private key among other things: a service account, a kubeconfig.
pub(super) fn within_file(captured: &Captured<'_>) -> bool {
    let Some(file) = base64(captured.value()) else { return false };
    has(&file, b"PRIVATE KEY-----\\n") || has(&file, b"client-key-data: ")
}

/// Base64 of a DER key without its PEM lines, in one line or in many.
pub(super) fn der(captured: &Captured<'_>) -> bool {
    decoded(&unwrapped(captured.value())).is_some_and(|bytes| is_der_sequence(&bytes))
}

/// The private part of a JSON Web Key: its object also says its type.
pub(super) fn jwk(captured: &Captured<'_>) -> bool {
    let text = captured.text;
    let opens = memchr::memrchr(b'{', text.get(..captured.whole.start).unwrap_or_default()).unwrap_or(0);
    let rest = text.get(captured.whole.end..).unwrap_or_default();
    let closes = captured.whole.end + memchr::memchr(b'}', rest).unwrap_or(rest.len());
    let object = text.get(opens..closes).unwrap_or_default();
    let symmetric = captured.head().starts_with(b"\"k\"");
    has(object, b"\"kty\"") && (!symmetric || has(object, b"\"oct\""))
}

/// A key of 32 bytes in hexadecimal that is neither a mask nor one of the keys that development
/// chains hand out.
pub(super) fn hex_key(captured: &Captured<'_>) -> bool {
    const HANDED_OUT: [&[u8]; 4] = [b"ac0974bec39a17e3", b"59c6995e998f97a5", b"5de4111afa1a4b94", b"4f3edf983ac636a6"];
    let value = captured.value().strip_prefix(b"0x").unwrap_or(captured.value());
    entropy(value) > 3.2 && !masked(value) && !HANDED_OUT.iter().any(|known| value.starts_with(known))
}

/// What base64 says that may have been cut off or lost its padding, but for an unfinished end.
fn decoded(letters: &[u8]) -> Option<Vec<u8>> {
    base64(letters.get(..letters.len() / 4 * 4)?)
}

/// The base64 letters of a body, without what joins its lines.
fn unwrapped(body: &[u8]) -> Vec<u8> {
    let mut letters = Vec::with_capacity(body.len());
    let mut bytes = body.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            // However often a newline was escaped, only its letter is left to skip.
            b'\\' => {
                bytes.by_ref().find(|&&next| next != b'\\');
            }
            b'<' => {
                bytes.by_ref().find(|&&next| next == b'>');
            }
            _ if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') => letters.push(byte),
            _ => {}
        }
    }
    letters
}

/// Whether the outermost DER element is a SEQUENCE that opens like a key: a version number, or the
/// algorithm of an encrypted one.
fn is_der_sequence(bytes: &[u8]) -> bool {
    match *bytes {
        [0x30, length @ 0x20..=0x7f, 0x02, ..] => usize::from(length) <= bytes.len() + 8,
        [0x30, 0x81, _, 0x02, ..] => true,
        [0x30, 0x82, high, _, 0x02 | 0x30, ..] => high < 0x20,
        _ => false,
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::codec::base64;
    use super::super::tests::{captured, found};
    use super::*;

    const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    const NOISE: &str = "q7ZkXw9VbN2mLr4TcY8pHs3Jd0fKaQeRtUiOzP5xCvBn1MyGhJkLo6WqEsDfTgAz";
    const SHORT: &str = "q7ZkXw9VbN2mLr4TcY8pHs3Jd0fKaQeRtUiOzP5xCvBn1MyG";

    #[test]
    fn the_body_of_a_key_is_read_however_its_lines_are_joined() {
        let (first, second) = BODY.split_at(32);

        assert!(captured(BODY, pem));
        assert!(captured(&format!("{first}\n{second}\n"), pem));
        assert!(captured(&format!("{first}\\n{second}\\n"), pem));
        assert!(captured(&format!("{first}\\\\n\" +\n  \"{second}"), pem));
        assert!(captured(&format!("{first}<br>{second}"), pem));
    }

    #[test]
    fn a_body_that_was_altered_is_still_as_random_as_a_key() {
        assert!(captured(NOISE, pem));
        assert!(!captured(SHORT, pem));
        assert!(!captured(&"x".repeat(64), pem));
        assert!(!captured("put the lines of your own private key here instead of these ones please", pem));
    }

    #[test]
    fn a_first_line_with_dots_for_the_rest_is_no_key() {
        assert!(!captured(&format!("{BODY}\n...\n"), pem));
        assert!(captured(&format!("{BODY}\n{NOISE}\n{NOISE}\n...\n"), pem));
    }

    #[test]
    fn the_body_of_an_encrypted_key_needs_no_structure() {
        let text = format!("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{SHORT}");
        let head = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n";

        assert!(found(&text, head, SHORT, pem));

        let code = "');result.push(addheader(comment));result.push(encode(body));maybe(body)";
        assert!(!found(&format!("{head}{code}"), head, code, pem));
    }

    #[test]
    fn base64_of_a_pem_file_holds_a_private_key_or_not() {
        assert!(captured("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURB", wrapped_pem));
        assert!(!captured("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUV2UUlCQURB", wrapped_pem));
        // "-----BEGIN PRIVATE KEY-----\n" + body
        assert!(!captured("Ii0tLS0tQkVHSU4gUFJJVkFURSBLRVktLS0tLVxuIiArIGJvZHkg", wrapped_pem));
    }

    #[test]
    fn base64_of_a_file_counts_for_the_key_in_it() {
        let account = "eyJwcml2YXRlX2tleSI6Ii0tLS0tQkVHSU4gUFJJVkFURSBLRVktLS0tLVxuTUlJRXYifQ==";
        let settings = "YXBpVmVyc2lvbjogdjEKa2luZDogQ29uZmlnTWFwCg==";

        assert!(base64(account.as_bytes()).is_some() && base64(settings.as_bytes()).is_some());
        assert!(captured(account, within_file));
        assert!(!captured(settings, within_file));
    }

    #[test]
    fn a_bare_key_is_a_sequence_of_der() {
        assert!(captured(BODY, der));
        assert!(!captured(NOISE, der) && !captured("not base64!", der));
    }

    #[test]
    fn a_private_number_counts_in_an_object_that_says_its_type() {
        let key = r#"{"kty":"EC","crv":"P-256","d":"J7elj7Ro"}"#;
        let other = r#"{"crv":"P-256","d":"J7elj7Ro"}"#;
        let elsewhere = r#"[{"kty":"EC"},{"d":"J7elj7Ro"}]"#;

        assert!(found(key, "\"d\":\"", "J7elj7Ro", jwk));
        assert!(!found(other, "\"d\":\"", "J7elj7Ro", jwk));
        assert!(!found(elsewhere, "\"d\":\"", "J7elj7Ro", jwk));
    }

    #[test]
    fn a_symmetric_key_says_that_it_is_one() {
        assert!(found(r#"{"kty":"oct","k":"J7elj7Ro"}"#, "\"k\":\"", "J7elj7Ro", jwk));
        assert!(!found(r#"{"kty":"EC","k":"J7elj7Ro"}"#, "\"k\":\"", "J7elj7Ro", jwk));
    }

    #[test]
    fn a_key_in_hexadecimal_is_neither_a_mask_nor_handed_out() {
        assert!(captured("0xd1fff726226e220954d407fd48e484aced768b427fb3d95959beea1b0ff59388", hex_key));
        assert!(!captured(&"ab".repeat(32), hex_key));
        assert!(!captured("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", hex_key));
    }
}
