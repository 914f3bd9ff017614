//! Decoding what tokens are written in: base64 of both alphabets, base32, hexadecimal, percent.

use crate::model::hex_digit;

/// Decodes base64, standard or URL-safe, with or without its padding.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let body = trimmed_padding(text);
    if body.len() % 4 == 1 {
        return None;
    }
    regroup(body.iter().map(|&byte| sextet(byte)), 6)
}

/// Decodes base32 of RFC 4648 without regard to case or padding.
pub(super) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let quintet = |byte: u8| match byte.to_ascii_uppercase() {
        letter @ b'A'..=b'Z' => Some(letter - b'A'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    };
    regroup(trimmed_padding(text).iter().map(|&byte| quintet(byte)), 5)
}

/// Decodes pairs of hexadecimal digits.
pub(super) fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_chunks::<2>();
    let pair = |&[high, low]: &[u8; 2]| Some(hex_digit(high)? << 4 | hex_digit(low)?);
    if rest.is_empty() { pairs.iter().map(pair).collect() } else { None }
}

/// Decodes `%41` to `A` and leaves everything else as it is.
pub(super) fn percent(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let digits = tail.get(..2).filter(|_| first == b'%');
        if let Some(&[high, low]) = digits
            && let (Some(high), Some(low)) = (hex_digit(high), hex_digit(low))
        {
            decoded.push(high << 4 | low);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            decoded.push(first);
        }
    }
    decoded
}

fn trimmed_padding(text: &[u8]) -> &[u8] {
    let kept = text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    text.get(..kept).unwrap_or_default()
}

const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Joins digits of `width` bits into bytes; left-over bits are dropped.
fn regroup(digits: impl Iterator<Item = Option<u8>>, width: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits {
        held = held << width | u32::from(digit?);
        bits += width;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap_or_default());
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_both_alphabets_with_or_without_padding() {
        assert_eq!(base64(b"aGk_PDw-").as_deref(), Some(&b"hi?<<>"[..]));
        assert_eq!(base64(b"aGk/PDw+").as_deref(), Some(&b"hi?<<>"[..]));
        assert_eq!(base64(b"aA==").as_deref(), Some(&b"h"[..]));
        assert_eq!(base64(b"aA").as_deref(), Some(&b"h"[..]));
        assert_eq!(base64(b"a"), None);
        assert_eq!(base64(b"a b="), None);
    }

    #[test]
    fn hexadecimal_is_read_in_pairs() {
        assert_eq!(hexadecimal(b"41fF").as_deref(), Some(&b"A\xff"[..]));
        assert!(hexadecimal(b"41f").is_none() && hexadecimal(b"4g").is_none());
    }

    #[test]
    fn base32_is_read_without_regard_to_case() {
        assert_eq!(base32(b"NBUQ====").as_deref(), Some(&b"hi"[..]));
        assert_eq!(base32(b"nbuq").as_deref(), Some(&b"hi"[..]));
        assert_eq!(base32(b"nb1q"), None);
    }

    #[test]
    fn percent_escapes_are_decoded_and_stray_percents_kept() {
        assert_eq!(percent(b"D1f%40s%21"), b"D1f@s!");
        assert_eq!(percent(b"100%, 5%zz%4"), b"100%, 5%zz%4");
    }
}
