//! Tells text drawn at random from text made of words, by the letters that follow each other.
//!
//! The weights come from a logistic fit of random strings in the alphabets tokens use against a
//! quarter of a million quoted strings in published source code.

use super::codec::base64;
use super::digits::{is_hex, is_uuid};
use crate::check::entropy::entropy;
use crate::check::logarithm::log2;

/// What it costs in quarter bits, beyond `FLOOR`, to follow one letter by another in words and
/// identifiers: one row for each of a-z, a digit, and the boundary of a word.
const COSTS: [&[u8; 28]; 28] = [
    br"^RMO`ZQgSiZKOMjPmKNHTZZWWaTO",
    br"JWTVLY\fMQdJZZN[kQRWKcfdQcMK",
    br"L[T[KZcLTmNPY]HXfPVKS_dgWoRL",
    br"NYZRGZZ]KdfUY\QYiSRZT^W`ZoQE",
    br"Q\OOWUWd]jcSSL^VYILN`UZQYlVF",
    br"M[WUNM]fGleM\XK]iOQTQg_bXsNJ",
    br"R`\_F]WSLohSXPU]lMNVQcci^bYE",
    br"H^XZGadaMnc\W]K^gQWOT[\lX`YF",
    br"SVNNSSQicjcOQGKSeTMKcUfXqU_R",
    br"Oa\_DacdRaX_]`HVd`K^PeZcaaVJ",
    br"R[ZXD[Y_NgfW[UX[e[OWU`Wf`gYD",
    br"KZ]RG[^bIdaN^aKXn`TPQ\eiUiVH",
    br"HS\WG_`fMqcVR\MLa_RYSeegZkZI",
    br"N`OLLQM`RfXV^VOZi]NITVej^jZG",
    br"XUOO`UVhWcWOOGTOsIRPNVR]`j^N",
    br"J`UVI[aUPr]N\]LQiJSNS\`dVoYI",
    br"Z^[YY[]e]jgRXZV]\WTZAa_gfgUH",
    br"L`TUGZUhLmYYTUK[lRPOVWafSq[H",
    br"U`R^J]]RMnXX[]QRa\NHRa_hU]YE",
    br"LcV]H\fPJsgZ\aOXoMSSUf^`PgYE",
    br"SQSTMTWjPphLNJ\NpKLJbho_nhPU",
    br"G_XWD[aaIr`\Y`TVi^V[dgd]imPM",
    br"KXWWN\dSIhdUSOMUhMMX\e`ejcZG",
    br"S_PYNYa_Qqk[Tb\Ld^TIaceYUiHE",
    br"XZX\W__eZniSRPZHl^NQec[hd`WB",
    br"N^YYB[a^PibWYZMZe\X]\`_bVUUH",
    br"RRRQRRaa^jb`]`b\j\Y]`bb`kjBG",
    br"NQLNOOSUN]YQPQRM]OKNRTSVc`zz",
];
const FLOOR: u8 = 62;
const DIGIT: usize = 26;
const BOUNDARY: usize = 27;

/// Above zero when a value was more likely drawn at random than written by a person. Of random
/// values of ten characters and more 98.9 % lie above zero, of strings in source code 0.8 %.
pub(super) fn strangeness(value: &[u8]) -> f64 {
    let end = value.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    let value = value.get(..end).unwrap_or_default();
    if value.is_empty() {
        return f64::NEG_INFINITY;
    }
    let length = number(value.len());
    let facts = Facts::of(value);
    let mixed = facts.lower > 0 && facts.upper > 0 && facts.digits > 0;
    -26.243 + 4.213 * mean_cost(value) + 21.857 * number(facts.switches) / length
        - 15.806 * number(facts.digit_switches) / length
        - 57.178 * number(facts.others) / length
        + 4.438 * entropy(value) / log2(length).max(1.0)
        + if mixed { 0.923 } else { 0.0 }
        - if facts.digits == 0 { 1.037 } else { 0.0 }
}

/// Whether a value is random enough to be a key; the shorter it is, the stranger it must be.
pub(super) fn drawn(value: &[u8]) -> bool {
    if is_hex(value) {
        return value.len() >= 16 && entropy(value) > 2.7;
    }
    if is_uuid(value) {
        return entropy(value) > 3.2;
    }
    if is_packed(value) || is_strewn(value) || is_wild(value) {
        return true;
    }
    let tail = value.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).and_then(|at| value.get(at + 1..));
    if tail
        .is_some_and(|tail| is_hex(tail) && tail.len() >= 16 && tail.len() * 5 > value.len() * 3 && entropy(tail) > 2.7)
    {
        return true;
    }
    let doubt = match value.len() {
        0..10 => return false,
        10..16 => 1.5,
        16..20 => 0.5,
        _ => 0.0,
    };
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let digits = value.iter().any(u8::is_ascii_digit);
    letters && !value.contains(&b' ') && strangeness(value) > if digits { doubt } else { doubt + 1.5 }
}

/// Whether a value is letters, digits and so many marks without any sense that some of them look like a template or a
/// call by chance: `o-p%^zQ*3qz4)JzE(WjXo`.
pub(super) fn is_wild(value: &[u8]) -> bool {
    let kinds = |marks: &[u8]| marks.iter().filter(|mark| value.contains(mark)).count();
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    (16..=100).contains(&value.len())
        && kinds(b"!@#$%^&*()+=~<>:|{}") >= 4
        && kinds(b"@#$%^~") >= 2
        && kinds(b"\\,;/[]?\"'` ") == 0
        && value.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
        && letters.len() >= 8
        && unreadable(&letters)
}

/// Letters of one case strewn among digits, one or two together, as those of words never are: `7b40kq19x2…`.
fn is_strewn(value: &[u8]) -> bool {
    let of_case = |is_letter: fn(&u8) -> bool| value.iter().all(|byte| byte.is_ascii_digit() || is_letter(byte));
    let runs = value.split(u8::is_ascii_digit).filter(|run| !run.is_empty());
    let (runs, letters) = runs.fold((0, 0), |(runs, letters), run| (runs + 1, letters + run.len()));
    value.len() >= 16
        && !value.starts_with(b"0x")
        && !value.starts_with(b"md5")
        && (of_case(u8::is_ascii_lowercase) || of_case(u8::is_ascii_uppercase))
        && letters * 5 <= runs * 11
        && runs * 6 >= value.len()
        && entropy(value) > 3.0
}

/// Whether letters are no word of any language that code is written in: of words three in a
/// hundred pass, of random letters half at five letters and nine in ten from eight on.
pub(super) fn unreadable(letters: &[u8]) -> bool {
    let folded = letters.to_ascii_lowercase();
    let limit = match letters.len() {
        0..5 => return false,
        5 => 5.7,
        6 => 5.35,
        7 => 5.1,
        8 => 5.0,
        _ => 4.9,
    };
    mean_cost(&folded) > limit
}

/// Whether three or four letters are no word and hardly an abbreviation: of those in source code
/// three in a thousand pass, of random letters a fifth.
pub(super) fn unspeakable(letters: &[u8]) -> bool {
    let limit = match letters.len() {
        3 => 6.6,
        4 => 6.3,
        _ => return false,
    };
    mean_cost(&letters.to_ascii_lowercase()) > limit
}

/// Whether four letters are hardly a word: of those that strings in code consist of one in a hundred passes,
/// of random letters two thirds.
pub(super) fn unlikely(letters: &[u8]) -> bool {
    letters.len() == 4 && mean_cost(&letters.to_ascii_lowercase()) > 5.2
}

/// Base64 whose padding fits and whose bytes are no text: a key, a signature, something encrypted.
fn is_packed(value: &[u8]) -> bool {
    if value.len() < 20 || !value.len().is_multiple_of(4) || !value.ends_with(b"=") {
        return false;
    }
    let mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let odd = |bytes: &[u8]| bytes.iter().filter(|byte| !byte.is_ascii_graphic() && **byte != b' ').count();
    mixed && entropy(value) > 3.5 && base64(value).is_some_and(|bytes| odd(&bytes) * 4 > bytes.len())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

impl Class {
    const fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Other,
        }
    }
}

#[derive(Default)]
struct Facts {
    lower: usize,
    upper: usize,
    digits: usize,
    others: usize,
    /// Neighbours of different classes; a capital before a small letter opens a word and counts not.
    switches: usize,
    digit_switches: usize,
}

impl Facts {
    fn of(value: &[u8]) -> Self {
        let mut facts = Self::default();
        let mut before = None;
        for class in value.iter().map(|&byte| Class::of(byte)) {
            match class {
                Class::Lower => facts.lower += 1,
                Class::Upper => facts.upper += 1,
                Class::Digit => facts.digits += 1,
                Class::Other => facts.others += 1,
            }
            if let Some(before) = before.replace(class)
                && before != class
                && (before, class) != (Class::Upper, Class::Lower)
            {
                facts.switches += 1;
                facts.digit_switches += usize::from(before == Class::Digit || class == Class::Digit);
            }
        }
        facts
    }
}

fn mean_cost(value: &[u8]) -> f64 {
    let (mut total, mut steps, mut at) = (0_u32, 0_usize, BOUNDARY);
    let mut step = |from: usize, to: usize| {
        let cost = COSTS.get(from).and_then(|row| row.get(to)).copied().unwrap_or(FLOOR);
        total += u32::from(cost - FLOOR);
        steps += 1;
    };
    let mut before = Class::Other;
    for &byte in value {
        let class = Class::of(byte);
        let opens_word = class == Class::Other || (before == Class::Lower && class == Class::Upper);
        if opens_word && at != BOUNDARY {
            step(at, BOUNDARY);
            at = BOUNDARY;
        }
        let symbol = match class {
            Class::Lower | Class::Upper => usize::from(byte.to_ascii_lowercase() - b'a'),
            Class::Digit => DIGIT,
            Class::Other => BOUNDARY,
        };
        if symbol != BOUNDARY {
            step(at, symbol);
            at = symbol;
        }
        before = class;
    }
    if at != BOUNDARY {
        step(at, BOUNDARY);
    }
    f64::from(total) / 4.0 / number(steps.max(1))
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_text_is_strange_in_every_alphabet() {
        for random in [
            "q8Zt3xKfW0vLr7Bn",
            "k2vq9x7wz4ht",
            "XK4Q9TZ2WJ7HBN3P",
            "vzqhtwkrjxbnlqpd",
            "aR3/x9Qk+Zw7TtYb1Lc0VfHs",
            "xQpZkWvTjRbNmLhG",
        ] {
            assert!(strangeness(random.as_bytes()) > 0.0, "{random}");
        }
    }

    #[test]
    fn words_are_not_strange_however_they_are_joined() {
        for written in [
            "getElementById",
            "password_reset_token",
            "application/json",
            "MAX_CONNECTION_COUNT",
            "my-super-secret-value",
            "Microsoft.Extensions.Hosting",
            "AuthenticationFailedException",
            "correcthorsebatterystaple",
        ] {
            assert!(strangeness(written.as_bytes()) < 0.0, "{written}");
        }
    }

    #[test]
    fn letters_are_readable_or_not_even_in_short_values() {
        for word in ["password", "welcome", "Dragon", "sunshine", "contrasena", "letmein"] {
            assert!(!unreadable(word.as_bytes()), "{word}");
        }
        for random in ["kdmx", "xkqz", "zqv"] {
            assert!(unspeakable(random.as_bytes()), "{random}");
        }
        for word in ["root", "http", "user", "john", "pwd", "xkqzw"] {
            assert!(!unspeakable(word.as_bytes()), "{word}");
        }
        for random in ["xwqzk", "vkqhzt", "qmvtzkw", "xkqjvzmrt", "ZqXvWkPd", "vzihlaquknriqlht"] {
            assert!(unreadable(random.as_bytes()), "{random}");
        }
    }

    #[test]
    fn padded_base64_is_drawn_unless_it_holds_text() {
        assert!(drawn(b"B6/rf8Ua1IpPCemG+jolYA=="));
        assert!(!is_packed(b"ZHVtbXkgdGV4dCBkYXRhIGRhdGEgZGF0YQ=="));
        assert!(!is_packed(b"B6/rf8Ua1IpPCemG+jolY==") && !is_packed(b"B6/rf8Ua1A=="));
    }

    #[test]
    fn letters_strewn_among_digits_are_drawn_unless_they_are_words_or_dates() {
        for random in [
            "924731a5x968t30qx0ad43j166220624x9ua8245",
            "1q67yi8q60j5278k513784014pv5y154i1018957911664rh536u6ey5427686i0",
        ] {
            assert!(drawn(random.as_bytes()) && strangeness(random.as_bytes()) < 0.0, "{random}");
        }
        for written in ["sha1md5sha256sha384sha512x25519", "20200804t063953z20210107t073900z"] {
            assert!(!drawn(written.as_bytes()), "{written}");
        }
    }

    #[test]
    fn entropy_is_in_bits_for_each_byte() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
    }
}
