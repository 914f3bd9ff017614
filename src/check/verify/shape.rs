//! The outward shapes of values: hexadecimal, UUID, path, address, expression, identifier.

use super::likeness::{is_wild, strangeness, unreadable, unspeakable};
use super::place::words;
use super::words::{Words, words};

/// A path, a web address, a mail address or the name of a file.
pub(super) fn is_location(value: &[u8]) -> bool {
    let slashes = memchr::memchr_iter(b'/', value).count();
    let extension = value.iter().rposition(|&byte| byte == b'.').and_then(|dot| value.get(dot + 1..));
    memchr::memmem::find(value, b"://").is_some()
        || is_mail_address(value)
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || (value.starts_with(b"/") && (slashes > 1 || strangeness(value) < 0.0))
        || value.starts_with(b"arn:")
        || value.starts_with(b"data:")
        || (value.len() > 3 && value.get(1..3) == Some(b":\\"))
        || (slashes > 0 && strangeness(value) < 0.0 && value.split(|&byte| byte == b'/').all(plain_part))
        || (memchr::memchr(b'\\', value).is_some() && value.split(|&byte| byte == b'\\').all(plain_part))
        || extension.is_some_and(|extension| FILE_ENDINGS.has(extension))
}

const FILE_ENDINGS: Words = words!(
    "js ts tsx jsx py rb go rs java kt cs php html htm css txt md pem key crt cer pub p12 jks json yml yaml xml \
     toml ini env conf cfg log com org net svg png enc",
);

pub(super) fn is_mail_address(value: &[u8]) -> bool {
    let plain = |part: &[u8]| {
        !part.is_empty()
            && part.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+'))
    };
    let mut parts = value.splitn(2, |&byte| byte == b'@');
    let (Some(user), Some(host)) = (parts.next(), parts.next()) else { return false };
    let top = host.iter().rposition(|&byte| byte == b'.').and_then(|dot| host.get(dot + 1..)).unwrap_or_default();
    plain(user) && plain(host) && (2..=6).contains(&top.len()) && top.iter().all(u8::is_ascii_alphabetic)
}

fn plain_part(part: &[u8]) -> bool {
    part.iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b' ' | b'*' | b':' | b'#'))
}

/// A call, a chain of members, a lookup, a regular expression: something a program works out.
pub(super) fn is_expression(value: &[u8]) -> bool {
    // What stands between two quoted texts is what they are joined with.
    let value = value.strip_prefix(b"+").unwrap_or(value).trim_ascii_start();
    let head = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'>' | b'-' | b'$'));
    let (head, rest) = value.split_at_checked(head.count()).unwrap_or_default();
    let closes = rest.iter().any(|byte| matches!(byte, b')' | b']'));
    // An opening bracket within a password is one mark among others.
    let calls = !head.is_empty() && matches!(rest.first(), Some(b'(' | b'[')) && (closes || strangeness(head) < 0.0);
    let looks_up = [
        &b"env."[..],
        b"process.",
        b"os.",
        b"config.",
        b"self.",
        b"this.",
        b"settings.",
        b"var.",
        b"local.",
        b"secrets.",
        b"module.",
        b"data.",
        b"params.",
        b"request.",
        b"req.",
        b"args.",
        b"options.",
        b"ENV",
        b"@ENV",
        b"props.",
        b"$env:",
        b"vault:",
        b"env:",
        b"file:",
        b"ref:",
        b"ssm:",
        b"op://",
        b"secretsmanager",
        b"ENC(",
        b"!vault",
        b"keyring:",
        b"kms:",
        b"enc:",
        b"encrypted:",
        b"sops:",
    ]
    .iter()
    .any(|prefix| value.starts_with(prefix));
    let chain = memchr::memchr(b'.', value).is_some()
        && value
            .split(|&byte| byte == b'.')
            .all(|part| is_identifier(part) && strangeness(part) < 0.0 && mostly_letters(part));
    let unpadded = value.strip_suffix(b"==").unwrap_or(value);
    let works_out = calls || chain || closes_code(value) || EXPRESSION_MARKS.within(unpadded);
    looks_up || (works_out && !is_wild(value))
}

/// Whether a bracket or a quote that was opened before the value is closed by it, and code goes on behind:
/// `"Key=")[1].split("…"`.
fn closes_code(value: &[u8]) -> bool {
    matches!(value, [b')' | b']', b'.' | b'[' | b',' | b';' | b')', ..] | [b'`', b'+', ..])
}

const EXPRESSION_MARKS: Words = words!(r#"=> == != && || -> :: (); .* \d \w \s [a-z [A-Z [0-9 (? =""#);

pub(super) fn is_identifier(value: &[u8]) -> bool {
    value.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether a value is nothing but words: letters, joined or not, with at most a number behind.
pub(super) fn is_words(value: &[u8]) -> bool {
    let joints = |byte: &u8| {
        matches!(
            byte,
            b'_' | b'-'
                | b'.'
                | b' '
                | b':'
                | b'/'
                | b'*'
                | b'!'
                | b'?'
                | b','
                | b'\''
                | b'+'
                | b'@'
                | b'#'
                | b'&'
                | b'|'
                | b'('
                | b')'
                | b'='
                | b'~'
                | b';'
                | b'<'
                | b'>'
                | b'"'
                | b'$'
                | b'%'
                | b'^'
        )
    };
    value.iter().all(|byte| byte.is_ascii_alphabetic() || joints(byte) || !byte.is_ascii())
}

/// Words such as `sha256` and `oauth2`: letters with digits that are no password.
pub(super) fn is_technical(value: &[u8]) -> bool {
    let parts = words(value);
    is_encoding(value)
        || (!parts.is_empty()
            && parts.iter().all(|part| TECHNICAL.has(part) || part.iter().all(u8::is_ascii_alphabetic)))
}

/// What bytes are turned into text by: `password.encode("utf-8")`.
pub(super) fn is_encoding(value: &[u8]) -> bool {
    ENCODINGS.has(&value.to_ascii_lowercase())
}

const ENCODINGS: Words = words!(
    "utf8 ascii latin1 utf-8 utf-8-sig utf-16 utf-16le utf-16be utf-32 latin-1 iso-8859-1 iso-8859-2 iso-8859-15 \
     windows-1251 windows-1252 cp-1252 shift-jis euc-jp gb2312 gb18030 big5",
);

/// A decimal number in the notation of science or with a point: `4.2857e-05`.
pub(super) fn is_decimal(value: &[u8]) -> bool {
    let marked = value.iter().any(|byte| matches!(byte, b'.' | b'-' | b'+'));
    marked && std::str::from_utf8(value).is_ok_and(|text| text.parse::<f64>().is_ok())
}

const TECHNICAL: Words = words!(
    "16le 16be 32le 32be iso8859 latin1 cp1252 sha1 sha2 sha3 sha224 sha256 sha384 sha512 md4 md5 base32 base58 \
     base62 base64 base64url utf8 utf16 oauth1 oauth2 openid2 saml2 pbkdf2 argon2 argon2i argon2id aes128 aes192 \
     aes256 rsa2048 rsa4096 x509 x25519 ed25519 \
     p256 p384 hs256 hs384 hs512 rs256 rs384 rs512 es256 v1 v2 v3 v4 http2 ipv4 ipv6",
);

/// A constant, a namespaced name, a compound: joined parts of which each can be read.
pub(super) fn is_compound(value: &[u8]) -> bool {
    let joint = |byte: &u8| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    let joints = value.iter().filter(|byte| joint(byte)).count();
    let strong_joint = value.iter().any(|byte| matches!(byte, b':' | b'.' | b'/'));
    // People join a word and a year in passwords; versions are shorter.
    let numbered = joints == 1
        && value.rsplit(joint).next().is_some_and(|end| end.len() > 2 && end.iter().all(u8::is_ascii_digit));
    !numbered
        && (strong_joint || joints > 1 || (joints == 1 && !value.iter().any(u8::is_ascii_lowercase)))
        && value.split(joint).all(is_readable)
        && value.split(joint).any(|part| part.iter().filter(|byte| byte.is_ascii_alphabetic()).count() > 3)
}

/// A part that a person reads as a word: letters, at most three digits behind or within.
fn is_readable(part: &[u8]) -> bool {
    let letters: Vec<u8> = part.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let digits = part.len() - letters.len();
    part.iter().all(u8::is_ascii_alphanumeric)
        && !unreadable(&letters)
        && !unspeakable(&letters)
        && (letters.len() < 10 || strangeness(&letters) < 0.0)
        && digits <= if letters.is_empty() { 4 } else { 3 }
}

pub(super) fn trailing_digits(value: &[u8]) -> &[u8] {
    let from = value.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
    value.get(from..).unwrap_or_default()
}

/// Humps and joints part the value into words for the most of its length: `Ec2InstanceMetadata`.
pub(super) fn is_wordy(value: &[u8]) -> bool {
    let parts = words(value);
    let read: usize = parts
        .iter()
        .filter(|part| {
            let number = trailing_digits(part);
            let word = part.strip_suffix(number).filter(|_| number.len() < 3).unwrap_or(part);
            word.len() >= 4 && word.iter().all(u8::is_ascii_alphabetic) && strangeness(word) < 0.0
        })
        .map(Vec::len)
        .sum();
    parts.len() > 1 && read * 5 >= value.len() * 3
}

/// `2024-01-31T08:00:00Z`, and what opens so.
pub(super) fn is_date(value: &[u8]) -> bool {
    value.len() >= 8
        && (0..).zip(value).take(10).all(|(at, byte)| match at {
            4 | 7 => matches!(byte, b'-' | b'/'),
            _ => byte.is_ascii_digit(),
        })
}

fn mostly_letters(value: &[u8]) -> bool {
    value.iter().filter(|byte| byte.is_ascii_digit()).count() * 4 <= value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        for location in [
            "/etc/ssl/private",
            "./key",
            "https://a.b/c",
            "certs/server.key",
            "ada@shop.dev",
            "C:\\keys\\a",
            "src/auth/token",
        ] {
            assert!(is_location(location.as_bytes()), "{location}");
        }
        for value in ["6jqh42QQjWWB/GGR+JrPZjhB", "hunter22", "a/b!c9$z"] {
            assert!(!is_location(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_a_program_works_out_is_an_expression() {
        for expression in ["getPassword()", "config.password", "process.env.X", "user.name.first", "a == b", "^[a-z]+$"]
        {
            assert!(is_expression(expression.as_bytes()), "{expression}");
        }
        assert!(
            is_expression(b")[2].split(',')[0])") && is_expression(b"$1.apply(void") && is_expression(b"+fmt.Sprintf(")
        );
        for value in ["hunter22", "p4ss.w0rd!9", "s3cr3t(x", "1KX(M3wwBbbW"] {
            assert!(!is_expression(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn joined_words_are_compounds() {
        for value in ["ECC_NIST_P521", "ec2:ModifyImageAttribute", "mqvSinglePass-sha224kdf-scheme", "s3:GetObject"] {
            assert!(is_compound(value.as_bytes()), "{value}");
        }
        for value in ["admin-2019", "Shop.2019", "q7Zk-x9Wv-t4Rb", "hunter22", "x7f.q9z.k2w", "whale-xqzv-song"] {
            assert!(!is_compound(value.as_bytes()), "{value}");
        }
        assert!(is_wordy(b"Ec2InstanceMetadata") && !is_wordy(b"q8Zt3xKfW0vLr7Bn"));
        assert!(is_date(b"2016-09-24T16:18:07Z") && !is_date(b"20160924"));
    }

    #[test]
    fn words_and_technical_terms_are_no_passwords() {
        assert!(is_words(b"open_sesame") && is_words(b"Enter password:") && !is_words(b"hunter22"));
        assert!(is_technical(b"hmac-sha256") && is_technical(b"oauth2") && !is_technical(b"hunter22"));
    }
}
