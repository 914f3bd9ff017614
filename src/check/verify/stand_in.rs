//! Recognises what people write where a secret will stand: masks, placeholders, templates.

use super::likeness::is_wild;
use super::words::{Words, words};

/// Parts of a value that say it is not meant. Each is long enough not to occur by chance.
const SAID_NOT_MEANT: Words = words!(
    "example sample changeme change_me change-me change-this change_this changethis replace placeholder your dummy \
     fake insert redact hidden masked todo fixme foobar lorem notreal not_real not-real notasecret undefined xxxx \
     **** ... #### _here -here goes \
     abc123 123abc xyz123 123xyz invalid bogus revoked incorrect wrong \
     sua_senha suasenha sua_chave tu_clave tu_contra tucontra votre_ votremot mot_de_passe dein_pass deinpass \
     ihr_pass ihrpass cambiame cambiala tupassw mipassw",
);

/// What a language or tool fills in later.
const TEMPLATE_MARKS: Words =
    words!(r"${ {{ #{ <% %> $( %( %{ &lt; &gt; %~ %s %d %v \( $[ <? </ <b> <em> <code> <strong> <br");

/// What standards and emulators print for all to use: RFC 2617, 5849, 6749 and 6750, one-time
/// passwords in their documentation, and the local servers of Azure.
const PUBLISHED: Words = words!(
    "2YotnFZFEjr1zCsicMWpAA tGzv3JOkF0XG5Qx2TlKWIA SplxlOBeZQQYbYS6WxSbIA 7Fjfp0ZBr1KtDRbnfVdmIw gX1fBat3bV \
     s6BhdRkqt3 mF_9.B5f-4.1JqM dpf43f3p2l4k3l03 kd94hf93k423kf44 hh5s93j4hdidpola hdhd0244k9j7ao03 \
     nnch734d00sl2jdk pfkkdhi9sl3r4s00 kllo9940pd9333jh 9djdj82h48djs9d2 kkk9d7dh3k39sjv7 ad180jjd733klru7 \
     0685bd9184jfhq22 4572616e48616d6d65724c61686176 dcd98b7102dd2f0e8b11d0f600bfb0c093 JBSWY3DPEHPK3PXP \
     Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw== \
     C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
);

/// Whether a value is visibly no secret: masked, said not to be meant, filled in later, or printed
/// in a standard.
pub(super) fn stands_in(value: &[u8]) -> bool {
    masked(value) || said_not_meant(value) || is_template(value) || PUBLISHED.open(value)
}

/// Whether one character, or a few in turn, make up the value: `xxxxxxxx`, `****`, `0000-0000`,
/// `asdfasdf`.
pub(super) fn masked(value: &[u8]) -> bool {
    let filler = value.iter().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    let few = distinct(value) as usize <= 1 + (value.len() / 12).min(3);
    let run = longest_run(value);
    (few && value.len() >= 4)
        || filler == value.len()
        || run >= 6.max(value.len() / 3)
        || (run >= 4 && run * 2 > value.len())
        || repeats(value)
        || drones(value)
        || is_mashed(value)
}

/// How many letters and digits a value is written with, in whatever case.
fn distinct(value: &[u8]) -> u32 {
    let kept = value.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let seen = kept.fold(0_u128, |seen, byte| seen | 1 << byte.to_ascii_lowercase());
    seen.count_ones()
}

/// Whether fingers that stayed on a few keys wrote a long line of small letters.
fn is_mashed(value: &[u8]) -> bool {
    const LONG: usize = 24;
    const FEW: u32 = 9;
    value.len() >= LONG && value.iter().all(u8::is_ascii_lowercase) && distinct(value) <= FEW
}

/// Whether a group of characters, said again and again, makes up the value.
fn repeats(value: &[u8]) -> bool {
    value.len() >= 4
        && (2..=value.len() / 2)
            .any(|period| value.iter().zip(value.iter().skip(period)).all(|(a, b)| a.eq_ignore_ascii_case(b)))
}

/// Whether most of a value is a few characters, said again and again: `AIzaSyDUMMYDUMMYDUMMY`.
fn drones(value: &[u8]) -> bool {
    value.len() >= 16 && (2..=8).any(|period| longest_echo(value, period) * 3 >= value.len() * 2)
}

/// How long the value says again what it said so many characters before.
fn longest_echo(value: &[u8], period: usize) -> usize {
    let (mut longest, mut run) = (0, 0);
    for (a, b) in value.iter().zip(value.iter().skip(period)) {
        run = if a.eq_ignore_ascii_case(b) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Whether letters or digits count up or down for most of the value: `12345678`, `a1b2c3d4`.
pub(super) fn counted_up(value: &[u8]) -> bool {
    let value: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let counted = |stride: usize| {
        let steps: Vec<bool> = value
            .iter()
            .zip(value.iter().skip(1))
            .zip(value.iter().skip(stride))
            .map(|((a, next), b)| {
                // In base64 zeros are a run of the letter A.
                let zeros = (a, next, b) == (&b'A', &b'A', &b'A');
                let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
                let turns = stride > 1 && a == b && !zeros;
                a.is_ascii_alphanumeric() && (a.abs_diff(b) == 1 || (a == b'9' && b == b'0') || turns)
            })
            .collect();
        let run = steps.split(|counts| !counts).map(<[bool]>::len).max().unwrap_or_default();
        let needed = if stride == 1 { 4 } else { 6 };
        run >= needed && (run * 2 + stride >= value.len().min(24) || (run >= 6 && value.len() <= 64))
    };
    let ascends = value.iter().zip(value.iter().skip(1)).filter(|(a, b)| b.checked_sub(**a) == Some(1)).count();
    value.len() >= 4 && (counted(1) || counted(2) || (value.len() >= 8 && ascends * 2 >= value.len()))
}

/// Whether so many letters in a row recite the alphabet; no generator draws twelve.
pub(super) fn recites(value: &[u8], letters: usize) -> bool {
    let mut run = 1;
    value.iter().zip(value.iter().skip(1)).any(|(a, b)| {
        let next = a.is_ascii_alphabetic() && b.to_ascii_lowercase() == a.to_ascii_lowercase().wrapping_add(1);
        run = if next { run + 1 } else { 1 };
        run >= letters
    })
}

/// Whether a part of the value says so in words.
pub(super) fn said_not_meant(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    SAID_NOT_MEANT.within(&lower)
}

/// Whether a shell, a language or a templating tool puts the value there later.
pub(super) fn is_template(value: &[u8]) -> bool {
    let enclosed = |open: u8, close: u8| value.first() == Some(&open) && value.last() == Some(&close);
    // Shells compare `x$name`, lest the name stand for nothing.
    let variables = value.strip_prefix(b"x").unwrap_or(value).strip_prefix(b"$").is_some_and(|rest| {
        let is_alone = !rest.contains(&b'$');
        rest.split(|&byte| byte == b'$').all(|name| {
            name.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
                && name.iter().all(|byte| {
                    byte.is_ascii_alphanumeric()
                        || matches!(byte, b'_' | b'.' | b':' | b'-' | b'>')
                        || (is_alone && *byte == b'/')
                })
        })
    });
    variables
        || configured(value)
        || enclosed(b'<', b'>')
        || enclosed(b'[', b']')
        || enclosed(b'{', b'}')
        || enclosed(b'%', b'%')
        || (enclosed(b'$', b'$') && value.len() > 2)
        || (enclosed(b'*', b'*') && value.len() > 2)
        || (enclosed(b'_', b'_') && value.starts_with(b"__"))
        || (enclosed(b'@', b'@') && value.len() > 2)
        || ((filled_braces(value) || TEMPLATE_MARKS.within(value)) && !is_wild(value))
}

/// A name between two at-signs that stand apart from what is around them, as `configure` fills it in:
/// `localhost:@port@`.
fn configured(value: &[u8]) -> bool {
    let apart = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    memchr::memchr_iter(b'@', value).any(|open| {
        let (before, after) = value.split_at_checked(open).unwrap_or_default();
        let name = after.get(1..).unwrap_or_default();
        let end = name.iter().position(|byte| !byte.is_ascii_alphabetic() && *byte != b'_').unwrap_or(name.len());
        end >= 3 && name.get(end) == Some(&b'@') && apart(before.last()) && apart(name.get(end + 1))
    })
}

/// A name or number in braces, as format strings and paths have it: `user-{name}`, `{0}`.
fn filled_braces(value: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'{', value) else { return false };
    let rest = value.get(open + 1..).unwrap_or_default();
    let Some(close) = memchr::memchr(b'}', rest) else { return false };
    rest.get(..close).unwrap_or_default().iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'.' | b':' | b' ' | b'[' | b']' | b'(' | b')' | b'\'' | b'-')
    })
}

fn longest_run(value: &[u8]) -> usize {
    let mut longest = usize::from(!value.is_empty());
    let mut run = 1;
    for (a, b) in value.iter().zip(value.iter().skip(1)) {
        run = if a == b { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_placeholders_and_templates_stand_in_for_a_secret() {
        for value in [
            "xxxxxxxxxxxx",
            "********",
            "shhhhh",
            "asdfasdfasdf",
            "q7Zkccccccccw9Wv",
            "dhfskjdfhsdjkfhsdjkfhdsjkhdjkfd",
            "q7ZkWHALEWHALEWHALEWHALEWHALE",
            "*password*",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "00000000-0000-0000-0000-000000000000",
            "your-api-key",
            "AKIAIOSFODNN7EXAMPLE",
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "$(cat /run/secret)",
            "{{ vault_password }}",
            "#{ENV['X']}",
            "<password>",
            "[password]",
            "%DB_PASSWORD%",
            "__PASSWORD__",
            "{password}",
            "user-{0}",
            "$bin/smbpasswd",
            "x$expected_line",
            "localhost:@pwport@",
            "%s",
            "%~dp0",
            "<%= @password %>",
            "&lt;password&gt;",
            "2YotnFZFEjr1zCsicMWpAA",
            "eyJ2IjoiMSIsInMiOjEsImMiOi...",
        ] {
            assert!(stands_in(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_mark_of_a_template_may_occur_by_chance_where_all_is_wild() {
        for value in ["o-p%^zQ*3qz4)JzE$(jXoRP&Mkl", "48b0vb3^t2_i85e&lghxzmd#-j-ef-#ycy01rgg2k$8f%smckl"] {
            assert!(is_wild(value.as_bytes()) && !is_template(value.as_bytes()), "{value}");
        }
        for value in
            ["${user2}:${pass2}@%host%#{port}", "r=n(12)&&t!==e&&x", "^(?=.*[a-z])(?=.*\\d)#@$zqxkvw12", "q8^Z%t"]
        {
            assert!(!is_wild(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_real_value_does_not_stand_in() {
        for value in [
            "hunter22",
            "p4ssw0rd!",
            "P@ssw@rd",
            "$apr1$Q7z/w9Wv$k2L",
            "super$ecret",
            "q8Zt3xKfW0vLr7Bn",
            "Xk9}}mQ2;vL7pR4wZ8q",
            "aabbccddx1",
            "papapam",
        ] {
            assert!(!stands_in(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_token_recites_the_alphabet_or_not() {
        assert!(recites(b"glpat-aBcDeFgHiJkLmNoPqRsT", 16) && recites(b"q7Zk-ABCDEFGHIJKL-w9Wv", 12));
        assert!(!recites(b"abcdefghijklmno", 16) && !recites(b"0123456789ab", 12) && !recites(b"q8Zt3xKfW0vLr7Bn", 12));
    }

    #[test]
    fn counting_is_seen_in_both_directions_and_in_turns() {
        for value in
            ["12345678", "abcdefgh", "a1b2c3d4e5f6", "0123456789abcdef", "87654321", "1234567890", "abc123def456ghi789"]
        {
            assert!(counted_up(value.as_bytes()), "{value}");
        }
        for value in ["19840712", "q8Zt3xKfW0vLr7Bn", "hunter22", "q8Zt3xAAAAAAAAAAKfW0vLr7Bn"] {
            assert!(!counted_up(value.as_bytes()), "{value}");
        }
    }
}
