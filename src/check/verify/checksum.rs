//! Check digits that token formats carry, so that a mistyped or invented token is told apart.

use sha2::{Digest, Sha256};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Whether the last six characters are the base62 CRC-32 of what stands between them and the
/// last `_`, as GitHub and npm write their tokens.
pub(super) fn crc32_base62(token: &[u8]) -> bool {
    let body = token.iter().rposition(|&byte| byte == b'_').and_then(|at| token.get(at + 1..)).unwrap_or(token);
    let Some((payload, check)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) else {
        return false;
    };
    let mut left = crc32(payload);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = usize::try_from(left % 62).ok().and_then(|at| BASE62.get(at)).copied().unwrap_or_default();
        left /= 62;
    }
    check == digits
}

/// CRC-16/XMODEM, which NATS appends to its keys, low byte first.
pub(super) fn crc16_ends(bytes: &[u8]) -> bool {
    let Some((payload, [low, high])) = bytes.split_last_chunk::<2>() else { return false };
    let crc = payload.iter().fold(0_u16, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| crc << 1 ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 })
    });
    crc.to_le_bytes() == [*low, *high]
}

/// The bytes behind a Base58Check text (Bitcoin keys), when its double SHA-256 holds.
pub(super) fn base58check(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    for &character in text {
        let mut carry = BASE58.iter().position(|&digit| digit == character)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xff).unwrap_or_default();
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(u8::try_from(carry & 0xff).unwrap_or_default());
            carry >>= 8;
        }
    }
    bytes.extend(text.iter().take_while(|&&character| character == b'1').map(|_| 0));
    bytes.reverse();
    let (payload, check) = bytes.split_last_chunk::<4>()?;
    let digest = Sha256::digest(Sha256::digest(payload));
    digest.starts_with(check).then(|| payload.to_vec())
}

/// Whether the six characters that close a Bech32 text hold (age keys).
pub(super) fn bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.iter().rposition(|&byte| byte == b'1') else { return false };
    let (prefix, data) = (lower.get(..at).unwrap_or_default(), lower.get(at + 1..).unwrap_or_default());
    let values: Option<Vec<u8>> = data
        .iter()
        .map(|byte| ALPHABET.iter().position(|known| known == byte).and_then(|at| u8::try_from(at).ok()))
        .collect();
    let Some(values) = values else { return false };
    let spread = prefix.iter().map(|byte| byte >> 5).chain([0]).chain(prefix.iter().map(|byte| byte & 31));
    let sum = spread.chain(values).fold(1_u32, |sum, value| {
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..).zip(GENERATOR).fold(shifted, |sum_, (bit, term)| sum_ ^ if sum >> 25 >> bit & 1 == 1 { term } else { 0 })
    });
    sum == 1
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_of_published_vectors_hold() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert!(crc16_ends(b"123456789\xc3\x31"));
        assert_eq!(base58check(b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2").map(|bytes| bytes.len()), Some(21));
        assert!(bech32(b"A12UEL5L"));
    }

    #[test]
    fn one_changed_character_breaks_each_check() {
        assert!(!crc16_ends(b"123456788\xc3\x31"));
        assert_eq!(base58check(b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"), None);
        assert!(!bech32(b"A12UEL5Q"));
    }

    #[test]
    fn a_token_ends_in_the_checksum_of_its_body() {
        let body = b"123456789";
        let mut token = b"ghp_".to_vec();
        token.extend_from_slice(body);
        let mut left = crc32(body);
        let mut check = Vec::new();
        for _ in 0..6 {
            check.push(BASE62[usize::try_from(left % 62).unwrap()]);
            left /= 62;
        }
        check.reverse();
        token.extend_from_slice(&check);

        assert!(crc32_base62(&token));
        token[5] ^= 1;
        assert!(!crc32_base62(&token));
        assert!(!crc32_base62(b"ghp_1"));
    }
}
