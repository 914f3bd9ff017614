//! The look of a value: does it look like a password someone uses, or like a key?

use super::claim::belies;
use super::codec::{base64, hexadecimal, percent};
use super::digits::{is_hex, is_timed_uuid, is_uuid};
use super::likeness::{drawn, strangeness, unreadable};
use super::name::Strength;
use super::place::words;
use super::shape::{
    is_compound, is_date, is_decimal, is_expression, is_location, is_technical, is_words, is_wordy, trailing_digits,
};
use super::stand_in::{counted_up, recites, stands_in};
use super::weak::is_weak;
use super::words::{Words, words};
use crate::check::entropy::entropy;

/// Whether a value has the look of a password someone uses, not of a word in a program.
pub(super) fn like_password(value: &[u8]) -> bool {
    let odd = |byte: &u8| byte.is_ascii_control() || !byte.is_ascii();
    if !(5..=128).contains(&value.len()) || stands_in(value) || value.iter().any(odd) || value.starts_with(b"\\") {
        return false;
    }
    if value.contains(&b' ') {
        return is_app_password(value);
    }
    if is_location(value) || is_expression(value) || is_uuid(value) || is_digest(value) || is_size(value) {
        return false;
    }
    if is_list(value)
        || is_option(value)
        || is_compound(value)
        || is_date(value)
        || is_decimal(value)
        || is_encoded(value)
        || wraps_words(value)
        || spells_out(value)
        || recites(value, 12)
    {
        return false;
    }
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if letters == 0 {
        return digits >= 6 && digits * 2 > value.len() && !counted_up(value) && !is_number(value);
    }
    if is_words(value) {
        return is_strong_though_letters(value);
    }
    if is_technical(value) || (counted_up(value) && value.len() < 10) {
        return false;
    }
    let number = trailing_digits(value);
    let stem = value.strip_suffix(number).unwrap_or(value);
    !(is_words(stem) && is_stock(stem, number))
}

/// Whether a value has the look of a key: hexadecimal, a UUID under a telling name, or random.
pub(super) fn like_key(value: &[u8], strength: Strength) -> bool {
    if !(8..=1000).contains(&value.len()) || stands_in(value) || counted_up(value) || is_expression(value) {
        return false;
    }
    if is_uuid(value) {
        return strength == Strength::Strong && drawn(value) && !is_timed_uuid(value);
    }
    if is_hex(value) {
        return strength != Strength::Weak && !spells_out(value) && value.len() >= 16 && entropy(value) > 2.7;
    }
    let marked = value.iter().any(|byte| b"!@#$%^&*".contains(byte))
        && (value.iter().any(u8::is_ascii_digit) || words(value).len() <= 2);
    let called_out = value.iter().rposition(|&byte| byte != b'!').map_or(0, |last| last + 1);
    let compound = is_compound(value.get(..called_out).unwrap_or_default());
    if is_location(value) || is_digest(value) || is_public(value) || compound || (is_wordy(value) && !marked) {
        return false;
    }
    if wraps_words(value) || belies(value) || spells_out(value) || value.ends_with(b"-test") {
        return false;
    }
    if value.starts_with(b"\\") || is_date(value) || is_decimal(value) || is_list(value) || is_word_of_bits(value) {
        return false;
    }
    if strength == Strength::Weak {
        return (20..=128).contains(&value.len()) && mixes_three(value) && strangeness(value) > 1.0;
    }
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let least = if marked { 8 } else { 10 };
    let chosen = (value.len() >= least && mixes_three(value))
        || (letters.len() >= 5 && unreadable(&letters) && (letters.len() >= 8 || letters.len() < value.len()))
        || (is_words(value) && is_strong_though_letters(value));
    drawn(value) || (strength == Strength::Strong && chosen && like_password(value) && !is_weak(value))
}

/// Words in hexadecimal digits, or bytes that count up in those or in base64, as tests have them.
fn spells_out(value: &[u8]) -> bool {
    const FEWEST: usize = 8;
    let counts = |bytes: &[u8]| {
        let steps = bytes.iter().zip(bytes.iter().skip(1)).filter(|(a, b)| a.wrapping_add(1) == **b).count();
        bytes.len() >= FEWEST && steps * 3 >= bytes.len() * 2
    };
    if is_hex(value) {
        let reads = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_graphic) && strangeness(bytes) < 0.0;
        return hexadecimal(value).is_some_and(|bytes| bytes.len() >= FEWEST && (reads(&bytes) || counts(&bytes)));
    }
    base64(value).is_some_and(|bytes| counts(&bytes))
}

/// A number as code writes one of 64 bits at most: `0x9e3779b9`.
fn is_word_of_bits(value: &[u8]) -> bool {
    value.strip_prefix(b"0x").is_some_and(|digits| digits.len() <= 16 && is_hex(digits))
}

/// An option of a command: `--xhtml`.
fn is_option(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"--").unwrap_or_default();
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
}

/// Text in percent encoding, as tests of addresses have it; one such mark may occur by chance, and
/// did so where it makes no text.
fn is_encoded(value: &[u8]) -> bool {
    let decoded = percent(value);
    (value.len() - decoded.len()) * 3 > value.len()
        || std::str::from_utf8(&decoded).is_ok_and(|text| !text.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// Four groups of four small letters, as Google hands out for mail programs.
fn is_app_password(value: &[u8]) -> bool {
    let letters: Vec<u8> = value.iter().copied().filter(|&byte| byte != b' ').collect();
    let in_fours = |group: &[u8]| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase);
    value.len() == 19 && value.split(|&byte| byte == b' ').all(in_fours) && strangeness(&letters) > 0.0
}

/// No digit, yet no words of any language, such as `vzihlaquknriqlht`, or letters with marks
/// between them, such as `super$ecret`.
fn is_strong_though_letters(value: &[u8]) -> bool {
    let joined: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let mut parts = value.split(|byte| !byte.is_ascii_alphabetic()).filter(|part| !part.is_empty());
    let whole = joined.len() == value.len();
    // `wgDBpassword` is a name.
    if whole && BARE.close(&joined.to_ascii_lowercase()) {
        return false;
    }
    if unreadable(&joined) && (whole || parts.all(|part| part.len() < 5 || unreadable(part))) {
        return true;
    }
    let first = value.iter().position(u8::is_ascii_alphabetic).unwrap_or(0);
    let last = value.iter().rposition(u8::is_ascii_alphabetic).unwrap_or(0);
    let inside = value.get(first..last).unwrap_or_default();
    let mark = |byte: &u8| matches!(byte, b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'*' | b'~');
    value.len() >= 8 && inside.iter().any(mark) && !value.iter().any(|byte| matches!(byte, b'|' | b','))
}

/// `test123` and its kin: a word that says it is not meant, with a number behind.
fn is_stock(stem: &[u8], number: &[u8]) -> bool {
    let word: Vec<u8> = stem.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let ends_bare = BARE.close(&word);
    NOT_MEANT.has(&word) || (number.len() <= 2 && ends_bare)
}

const NOT_MEANT: Words = words!(
    "test testing tests demo foo bar baz string value item field text user username name line step version row col \
     group arg param var key id label level type python java http utf iso windows sha option column",
);

const BARE: Words = words!("password passwd pass pwd secret token key hash credential passphrase");

/// Choices and validation rules: `required|min:8`, `a,b,c`.
fn is_list(value: &[u8]) -> bool {
    let marks = |byte: &u8| matches!(byte, b'|' | b',');
    value.iter().any(marks) && value.split(marks).any(|part| part.len() > 2 && is_words(part))
}

/// Dates, versions, ranges, telephone numbers: digits with something between, and what versions are
/// held against in front.
fn is_number(value: &[u8]) -> bool {
    let bound = value.iter().take_while(|byte| matches!(byte, b'<' | b'>' | b'=' | b'~' | b'^')).count();
    let value = value.get(bound..).unwrap_or_default();
    value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b',' | b'_' | b':' | b'/'))
        && !value.iter().all(u8::is_ascii_digit)
}

/// `10px`, `100ms`, `1.5em`, `0x1f`: a number and its unit.
fn is_size(value: &[u8]) -> bool {
    let number = value.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let unit = value.get(number..).unwrap_or_default();
    (number > 0 && UNITS.has(unit)) || value.starts_with(b"0x")
}

const UNITS: Words = words!(
    "px em rem ex ch pt pc in cm mm m km vh vw dp sp dip deg rad turn fr ms ns us s sec min h hr hrs d day w mo y \
     k kb kib mb mib gb gib tb tib b bit hz khz mhz ghz bps kbps mbps v mv a ma kg g mg st nd rd th x",
);

/// Digests and encrypted values in the notations of password files, lock files and vaults.
fn is_digest(value: &[u8]) -> bool {
    const NOTATIONS: Words = words!(
        "sha1- sha256- sha384- sha512- sha1: sha256: sha512: md5: sha1= sha256= sha512= md5= SCRAM-SHA- PBKDF2 $1$ $md5 $2a$ $2b$ $2y$ $5$ $6$ $y$ $argon2 $scrypt \
         $pbkdf2 pbkdf2 {SHA {SSHA {bcrypt} {noop} $P$ ENC[ md5$ sha1$ sha256$ bcrypt$ unsalted_md5$ bcrypt AQICAH vault:v",
    );
    let mysql = value.strip_prefix(b"*").is_some_and(|digest| digest.len() == 40 && is_hex(digest));
    mysql || NOTATIONS.open(value)
}

/// Public keys, certificates and images in base64.
fn is_public(value: &[u8]) -> bool {
    const OPENINGS: Words = words!(
        "AAAAB3Nza AAAAC3Nza AAAAE2VjZ MIGfMA0G MIIBIjAN MIICIjAN MFkwEwYH MCowBQYD iVBORw0KGgo R0lGOD /9j/ ssh- \
         LS0tLS1CRUdJTiBD LS0tLS1CRUdJTiBQVUJ MIID MIIE MIIF",
    );
    OPENINGS.open(value)
}

/// Base64 of nothing but words, or of what says that it is not meant.
fn wraps_words(value: &[u8]) -> bool {
    if value.len() < 12 || !value.len().is_multiple_of(4) {
        return false;
    }
    let printed = |text: &Vec<u8>| text.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    base64(value).filter(printed).is_some_and(|text| {
        let letters: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphabetic).collect();
        (is_words(&text) && !unreadable(&letters)) || stands_in(&text)
    })
}

fn mixes_three(value: &[u8]) -> bool {
    let classes = [
        value.iter().any(u8::is_ascii_lowercase),
        value.iter().any(u8::is_ascii_uppercase),
        value.iter().any(u8::is_ascii_digit),
        value.iter().any(|byte| !byte.is_ascii_alphanumeric()),
    ];
    classes.iter().filter(|&&class| class).count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_counted_bytes_in_other_digits_are_no_key() {
        for value in ["746573742d61646d696e2d73616c74", "000102030405060708090a0b0c0d0e0f", "AAECAwQFBgcICQoLDA0ODw"] {
            assert!(spells_out(value.as_bytes()) && !like_key(value.as_bytes(), Strength::Strong), "{value}");
        }
        assert!(!like_key(b"xoxb-test", Strength::Strong));
        for value in ["4a733ff2db8383eda819419608e5606c", "ztW7GHt5YEedrEY0Mrwb5JIjZQ4B4L00"] {
            assert!(!spells_out(value.as_bytes()) && like_key(value.as_bytes(), Strength::Strong), "{value}");
        }
    }

    #[test]
    fn passwords_that_people_use_look_like_passwords() {
        for value in [
            "hunter22",
            "P@ssw0rd!",
            "qwe123!@#",
            "Sommer2019",
            "s3cr3t-Pa55",
            "vzihlaquknriqlht",
            "super$ecret",
            "admin1234",
            "19870412",
            "x9Kq2",
            "kqzv wtrj bxnl qpdh",
            "xwqzk",
            "huqd-pdfrtqlx",
            "Yg&tc%DEuh6%Zc^8",
        ] {
            assert!(like_password(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_programs_and_documents_write_does_not() {
        for value in [
            "password",
            "--xhtml",
            "%cabcdefghijklmnopqrst",
            "secret",
            "open_sesame",
            "Enter your password",
            "string",
            "user-password",
            "DB_PASSWORD",
            "getPassword()",
            "config.password",
            "process.env.PASS",
            "/etc/passwd",
            "password1",
            "test123",
            "sha256",
            "oauth2",
            "12345678",
            "123456",
            "abcdef",
            "#add-password",
            "Password:",
            "required|min:8",
            "10px",
            "0x1f2e",
            "c55dbac4-e0e8-4a06-b892-75cac2387ce5",
            "$2b$12$abc",
            "md5$seasalt$1e9bf2bf5606aa5c39852cc30f0f6f22",
            "*1a01cf8fbe6425398935fb90359ad8b817399102",
            "2024-01-31",
            "xxxxxxxx",
            "busybox@",
            "user1",
            "my-secret-password",
            "${PASS}",
            "passwordField",
            "%F0%9F%92%A9",
            "bmV0cmNfdXNlcjpuZXRyY19wYXNz",
        ] {
            assert!(!like_password(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn keys_are_random_and_the_name_lends_them_weight() {
        for value in ["9e51341f8d87894c927d0150be0a9676", "iftkeq2y4qj0nbt", "2Tm6cdsRVBTL9hRCmR6MRDTpMLFS4I"] {
            assert!(like_key(value.as_bytes(), Strength::Medium), "{value}");
        }
        assert!(like_key(b"Whale@468", Strength::Strong) && !like_key(b"Whale@468", Strength::Medium));
        assert!(!like_key(b"0xa9a04fb97c3d21e8", Strength::Strong));
        assert!(like_key(b"qkdxpw31", Strength::Strong) && !like_key(b"qkdxpw31", Strength::Medium));
        assert!(!like_key(b"whales31", Strength::Strong));
        let uuid = b"c55dbac4-e0e8-4a06-b892-75cac2387ce5";
        assert!(like_key(uuid, Strength::Strong) && !like_key(uuid, Strength::Medium));
        assert!(!like_key(b"c55dbac4-e0e8-11ed-b892-75cac2387ce5", Strength::Strong));
        assert!(!like_key(b"1234abcd-1234-abcd-1234-abcd1234adcd", Strength::Strong));
        assert!(!like_key(b"9e51341f8d87894c927d0150be0a9676", Strength::Weak));
        for value in [
            "AuthorizationToken",
            "ZHVtbXkgdGV4dCBkYXRhIGRhdGEgZGF0YQ==",
            "application/json",
            "my-api-key-name",
            "as-long-as-32-whales-in-the-sea!!",
            "0123456789abcdef",
            "AAAAB3NzaC1yc2E",
            "shopkit#VerifyCustomTokenResponse",
            "hvs.q7ZkXw9VbN2mLr4TcY8pHs3Jd0fKaQeRt",
        ] {
            assert!(!like_key(value.as_bytes(), Strength::Strong), "{value}");
        }
    }
}
