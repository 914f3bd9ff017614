//! Tokens whose format can be taken apart: cloud key ids, macaroons, web tokens, key seeds.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Captured;
use super::checksum::{base58check, bech32, crc16_ends, crc32_base62};
use super::codec::{base32, base64};
use super::likeness::{drawn, unreadable};
use super::shape::is_words;
use super::stand_in::{counted_up, is_template, masked, recites, said_not_meant, stands_in};
use crate::check::entropy::entropy;
use crate::model::Gather;

/// A GitHub or npm token whose checksum holds.
pub(super) fn crc32(captured: &Captured<'_>) -> bool {
    crc32_base62(captured.value())
}

/// A token of that form whose checksum fails, though nothing else says it is invented.
pub(super) fn altered(captured: &Captured<'_>) -> bool {
    let token = captured.value();
    let body = token.iter().rposition(|&byte| byte == b'_').and_then(|at| token.get(at + 1..)).unwrap_or(token);
    !crc32_base62(token) && !masked(token) && !is_template(token) && entropy(body) > 3.0
}

/// An AWS key id names the account that owns it in base32; older ones start with `I` or `J`.
pub(super) fn aws_key_id(captured: &Captured<'_>) -> bool {
    let id = captured.value();
    let body = id.get(4..).unwrap_or_default();
    if said_not_meant(id) || masked(body) || is_documented(id) {
        return false;
    }
    if id.starts_with(b"A3T") || matches!(body.first(), Some(b'I' | b'J')) {
        return true;
    }
    let Some(bytes) = base32(body) else { return false };
    let account = bytes.iter().take(6).fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte)) >> 7 & 0xff_ffff_ffff;
    account <= 999_999_999_999
}

/// The key id of Amazon's documents, however it ends.
fn is_documented(id: &[u8]) -> bool {
    id.get(4..).is_some_and(|body| body.starts_with(b"IOSFODNN"))
}

/// What has the form of a key id but names no account: altered, or made up with care.
pub(super) fn altered_aws_key_id(captured: &Captured<'_>) -> bool {
    let id = captured.value();
    let body = id.get(4..).unwrap_or_default();
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    !aws_key_id(captured) && !is_documented(id) && !stands_in(id) && !counted_up(body) && digits > 0 && drawn(body)
}

/// A secret access key: 40 characters of base64 that are neither a hash nor a path.
pub(super) fn aws_secret(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    !stands_in(value) && !recites(value, 12) && entropy(value) > 3.5
}

/// A PyPI token is a macaroon: fields with their lengths, closed by a signature of 32 bytes.
pub(super) fn macaroon(captured: &Captured<'_>) -> bool {
    let Some(bytes) = captured.value().strip_prefix(b"pypi-").and_then(base64) else { return false };
    let Some((&2, mut rest)) = bytes.split_first() else { return false };
    let mut identified = false;
    while let Some((&kind, tail)) = rest.split_first() {
        rest = tail;
        if kind == 0 {
            continue;
        }
        let Some((&length, tail)) = rest.split_first() else { return false };
        let Some((_, after)) = tail.split_at_checked(usize::from(length)) else { return false };
        if kind == 6 {
            return identified && length == 32;
        }
        identified |= kind == 2;
        rest = after;
    }
    false
}

/// What opens as a PyPI token but was cut or altered behind.
pub(super) fn altered_macaroon(captured: &Captured<'_>) -> bool {
    !macaroon(captured) && !masked(captured.value())
}

/// A JSON Web Token: its head is a JSON object that names an algorithm.
pub(super) fn jwt(captured: &Captured<'_>) -> bool {
    let mut parts = captured.value().split(|&byte| byte == b'.');
    let mut object = || parts.next().and_then(base64).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let Some(Value::Object(head)) = object() else { return false };
    // An encrypted one has five parts.
    let encrypted = head.contains_key("enc") || captured.value().split(|&byte| byte == b'.').count() == 5;
    head.contains_key("alg")
        && (encrypted || (matches!(object(), Some(Value::Object(_))) && !is_signed_by_nobody(captured)))
}

/// Whether what stands where the signature of a web token belongs is too short for one, or words.
fn is_signed_by_nobody(captured: &Captured<'_>) -> bool {
    const SHORTEST: usize = 20;
    let mut parts = captured.value().split(|&byte| byte == b'.').skip(2);
    let signature = parts.next().unwrap_or_default();
    !signature.is_empty() && (signature.len() < SHORTEST || (is_words(signature) && !unreadable(signature)))
}

/// What has the form of a web token with a head that cannot be read, though all its parts are as
/// random as those of one.
pub(super) fn altered_jwt(captured: &Captured<'_>) -> bool {
    let parts: Vec<&[u8]> = captured.value().split(|&byte| byte == b'.').collect();
    let [head, body, signature] = *parts.as_slice() else { return false };
    let names = |part: &[u8]| base64(part).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).is_some();
    let random = |part: &[u8], least| part.len() >= least && entropy(part) > 4.0 && drawn(part);
    !names(head)
        && !names(body)
        && random(head, 17)
        && random(body, 20)
        && matches!(signature.len(), 43 | 64 | 86 | 171 | 342 | 512 | 683)
        && drawn(signature)
}

/// Base64 of a JSON object.
pub(super) fn json_in_base64(captured: &Captured<'_>) -> bool {
    base64(captured.value())
        .is_some_and(|bytes| serde_json::from_slice::<Value>(&bytes).is_ok_and(|json| json.is_object()))
}

/// An old Grafana key is base64 of a JSON object too; Power BI writes its public reports so.
pub(super) fn grafana(captured: &Captured<'_>) -> bool {
    let before = captured.text.get(..captured.value.start).unwrap_or_default();
    let opens = base64(captured.value().get(..24).unwrap_or_default());
    !before.ends_with(b"?r=") && !before.ends_with(b"&r=") && opens.is_some_and(|bytes| bytes.starts_with(b"{\"k\":\""))
}

/// A Discord bot token opens with the base64 of the bot's number; where that was altered, its
/// parts must at least be random.
pub(super) fn discord(captured: &Captured<'_>) -> bool {
    let mut parts = captured.value().split(|&byte| byte == b'.');
    let (Some(owner), Some(_), Some(signature)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let numbered = base64(owner).is_some_and(|owner| owner.len() >= 15 && owner.iter().all(u8::is_ascii_digit));
    !masked(signature) && (numbered || (owner.len() >= 24 && drawn(owner) && drawn(signature)))
}

/// A NATS seed: base32 that ends in a CRC-16.
pub(super) fn nkey(captured: &Captured<'_>) -> bool {
    base32(captured.value()).is_some_and(|bytes| crc16_ends(&bytes))
}

/// A private Bitcoin key or extended key in Base58Check.
pub(super) fn base58_key(captured: &Captured<'_>) -> bool {
    base58check(captured.value()).is_some_and(|bytes| matches!(bytes.len(), 33 | 34 | 78))
}

/// An age identity, whose last characters check the rest.
pub(super) fn age(captured: &Captured<'_>) -> bool {
    bech32(captured.value())
}

/// What the state of SHA-512 opens with.
const SHA512: [u8; 8] = [0x6a, 0x09, 0xe6, 0x67, 0xf3, 0xbc, 0xc9, 0x08];

/// The 64 numbers of a Solana key pair.
pub(super) fn byte_array(captured: &Captured<'_>) -> bool {
    let numbers: Option<Vec<u8>> = captured
        .value()
        .split(|&byte| byte == b',')
        .map(|number| std::str::from_utf8(number.trim_ascii()).ok()?.parse().ok())
        .collect();
    numbers.is_some_and(|numbers| {
        let climbs = numbers.iter().zip(numbers.iter().skip(1)).filter(|(a, b)| b.abs_diff(**a) <= 1).count();
        // The orders in which pictures are read have 64 numbers too, all of them small.
        let high = numbers.iter().any(|number| *number > 127);
        numbers.len() == 64 && high && climbs < 16 && entropy(&numbers) > 4.5 && !numbers.starts_with(&SHA512)
    })
}

/// A key written byte by byte, as numbers or with escapes, that nobody counted out.
pub(super) fn key_bytes(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let bytes = if value.contains(&b'\\') { unescaped(value) } else { numbers(value) };
    let climbs = bytes.iter().zip(bytes.iter().skip(1)).filter(|(a, b)| b.abs_diff(**a) <= 1).count();
    let distinct: BTreeSet<&u8> = bytes.iter().gathered();
    (8..=64).contains(&bytes.len()) && climbs * 4 < bytes.len() && distinct.len() * 4 > bytes.len() * 3
}

/// The bytes that a string with escapes such as `\x9f` stands for.
fn unescaped(value: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), value);
    while let Some((&first, tail)) = rest.split_first() {
        let escape =
            (first == b'\\').then(|| tail.strip_prefix(b"x").and_then(|hex| hex.split_at_checked(2))).flatten();
        let (byte, after) = escape.map_or((first, tail), |(hex, after)| (byte_of(hex, 16).unwrap_or(first), after));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

/// The bytes that a list of numbers stands for; in Java they have a sign.
fn numbers(value: &[u8]) -> Vec<u8> {
    let read = |item: &[u8]| {
        let item = item.trim_ascii();
        let item = item.strip_prefix(b"(byte)").unwrap_or(item).trim_ascii();
        match item.strip_prefix(b"0x").or_else(|| item.strip_prefix(b"0X")) {
            Some(hex) => byte_of(hex, 16),
            None => {
                item.strip_prefix(b"-").map_or_else(|| byte_of(item, 10), |low| Some(byte_of(low, 10)?.wrapping_neg()))
            }
        }
    };
    value.split(|&byte| byte == b',').map_while(read).collect()
}

fn byte_of(digits: &[u8], radix: u32) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::captured;
    use super::*;

    #[test]
    fn an_aws_key_id_is_that_of_an_account() {
        assert!(captured("AKIAQ7ZK4XTMRNV2WPB3", aws_key_id));
        assert!(!captured("AKIAIOSFODNN7EXAMPLE", aws_key_id));
        assert!(!captured("AKIAIOSFODNN7SECRETS", aws_key_id));
        assert!(!captured("AKIA7777777777777ABC", aws_key_id));
        assert!(!captured("AKIAXXXXXXXXXXXXXXXX", aws_key_id));
    }

    #[test]
    fn no_secret_key_recites_the_alphabet() {
        assert!(captured("plKr9t/NgXKQJzyHenNf1yJmDpKnkFfnV4LnSkbq", aws_secret));
        assert!(!captured("123456789abcdefghijklmnopqrstuvwxyzABCDE", aws_secret));
    }

    #[test]
    fn a_key_id_of_no_account_is_altered_when_it_is_random() {
        assert!(captured("AKIAQ7ZK1XTMR8V0WPB9", altered_aws_key_id));
        for value in ["AKIAQ7ZK4XTMRNV2WPB3", "AKIAXXXXXXXXXXXXXXX0", "AKIAIOSFODNN7EXAMPLE", "AKIA1234567890ABCDEF"] {
            assert!(!captured(value, altered_aws_key_id), "{value}");
        }
    }

    #[test]
    fn a_web_token_is_altered_when_no_part_of_it_can_be_read() {
        const SIGNATURE: &str = "Vn38u4LCuDvzIoD9VDGpIM1C0ZjibO7y-oKJK8FHt6U";
        let altered = |head: &str, body: &str| captured(&format!("{head}.{body}.{SIGNATURE}"), altered_jwt);

        assert!(altered("eyJq7ZkXw9VbN2mLr4TcY8pHs3Jd0fKa", "eyJx2Vn8BqLw5RtYp0ZsKd4Hf9GjM1uC7aEoI6lQ3xNvT"));
        assert!(!altered("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJx2Vn8BqLw5RtYp0ZsKd4Hf9GjM1uC7aEoI6lQ3xNvT"));
        assert!(!altered("eyJq7ZkXw9VbN2mLr4TcY8pHs3Jd0fKa", "eyJzdWIiOiJhZGEiLCJpYXQiOjE3MDAwMDAwMDB9"));
        assert!(!captured("eyJq7ZkXw9VbN2mLr4.eyJx2Vn8BqLw5RtYp0ZsKd4.SflKxw", altered_jwt));
    }

    #[test]
    fn a_web_token_has_a_head_that_names_its_algorithm() {
        assert!(captured("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.Vn38u4LCuDvzIoD9VDGpIM1C0ZjibO7y", jwt));
        assert!(captured("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ", jwt));
        assert!(!captured("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEifQ.c2ln", jwt));
        assert!(!captured("eyJhbGciOiJIUzI1NiJ.eyJzdWIiOiJhZGEifQ.c2ln", jwt));
        assert!(!captured("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.sig", jwt));
        assert!(!captured("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.not-a-real-signature", jwt));
    }

    #[test]
    fn a_discord_token_names_its_bot_or_is_random() {
        assert!(captured("MTk4NzY1NDMyMTA5ODc2NTQz.Gq7ZkX.q7ZkXw9VbN2mLr4TcY8pHs3Jd0fKaQeRtUiOzP", discord));
        assert!(!captured("MicrosoftExtensionsHostin.System.DependencyInjectionServiceNames", discord));
    }

    #[test]
    fn a_key_pair_is_no_table_of_numbers() {
        let table: Vec<String> = (0..64).map(|number| number.to_string()).collect();
        let order: Vec<String> = (0..64_u32).map(|number| (number * 37 % 64).to_string()).collect();
        let pair: Vec<String> = (0..64_u32).map(|number| (number * number * 97 % 251).to_string()).collect();

        assert!(!captured(&table.join(", "), byte_array));
        assert!(captured(&pair.join(","), byte_array));
        assert!(!captured(&order.join(","), byte_array));
        assert!(!captured("1,2,300", byte_array));
    }
}
