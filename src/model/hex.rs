//! Bytes as pairs of hexadecimal digits.

use std::fmt;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Writes up to 32 bytes in one piece: ids are written by the thousand.
pub(super) fn write(bytes: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [[0; 2]; 32];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    for (pair, byte) in text.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    let written = text.get(..bytes.len()).unwrap_or_default().as_flattened();
    out.write_str(std::str::from_utf8(written).unwrap_or_default())
}

/// As many digits of an id as are enough for a person.
pub(super) fn short(id: &dyn fmt::Display) -> String {
    let mut hex = id.to_string();
    hex.truncate(12);
    hex
}

/// Reads exactly as many bytes as the array has.
pub(super) fn read<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let (pairs, odd) = hex.as_bytes().as_chunks::<2>();
    let mut bytes = [0; N];
    if !odd.is_empty() || pairs.len() != N {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(bytes)
}

/// Whether these are digits as ids are written: in lower case.
#[must_use]
pub fn is_lower_hex(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a digit of either case stands for.
#[must_use]
pub const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
