//! Private keys in their containers: PEM around DER or OpenSSH, JSON Web Keys, base64 of PEM.

use super::Captured;
use super::codec::base64;
use super::likeness::entropy;
use super::stand_in::masked;

/// The body of a PEM private key, however its lines are joined: by newlines, by `\n` inside a
/// string, by quotes and plus signs of a source file, or not at all.
pub(super) fn pem(captured: &Captured<'_>) -> bool {
    let head = captured.head();
    let letters = unwrapped(captured.value());
    if letters.len() < 40 || entropy(&letters) < 3.5 {
        return false;
    }
    let Some(bytes) = base64(letters.get(..letters.len() / 4 * 4).unwrap_or_default()) else { return false };
    let opaque = [&b"ENCRYPTED"[..], b"DEK-Info", b"PGP", b"SSH2"].iter().any(|mark| has(head, mark));
    opaque || is_der_sequence(&bytes) || bytes.starts_with(b"openssh-key-v1\0")
}

/// Base64 of a whole PEM file, as CI variables and Kubernetes secrets carry it.
pub(super) fn wrapped_pem(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    base64(value.get(..value.len() / 4 * 4).unwrap_or_default()).is_some_and(|bytes| has(&bytes, b"PRIVATE KEY-----"))
}

/// Base64 of a DER key without its PEM lines.
pub(super) fn der(captured: &Captured<'_>) -> bool {
    base64(captured.value()).is_some_and(|bytes| is_der_sequence(&bytes))
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
