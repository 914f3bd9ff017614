//! Credentials that a notation marks as such: HTTP Basic, user:password, options, Kubernetes Secrets.

use super::Captured;
use super::account::{is_nobody, takes_word, tries_out};
use super::codec::base64;
use super::likeness::drawn;
use super::look::like_password;
use super::place::{in_document, words};
use super::shape::{is_expression, is_location};
use super::stand_in::{counted_up, is_template, said_not_meant, stands_in};
use super::stock::{STOCK, is_screaming, is_stock};
use super::weak::{is_plain_password, is_weak, names_password, spells_secret};

/// `user:password` in base64, as HTTP Basic authentication and Docker's settings carry it.
pub(super) fn basic(captured: &Captured<'_>) -> bool {
    base64(captured.value()).is_some_and(|pair| is_meant_pair(&pair) || is_lone_key(&pair))
}

/// A key that some send where a user and a password belong.
fn is_lone_key(text: &[u8]) -> bool {
    let key = text.trim_ascii();
    key.len() >= 20 && key.iter().all(u8::is_ascii_graphic) && !key.contains(&b':') && !stands_in(key) && drawn(key)
}

/// What stands where such a pair belongs, as random as one in base64, though it decodes to none.
pub(super) fn altered_basic(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let decodes = base64(value).is_some_and(|pair| pair.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '));
    let mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    !decodes && mixed && !stands_in(value) && drawn(value)
}

/// `user:password` as it stands.
pub(super) fn pair(captured: &Captured<'_>) -> bool {
    is_meant_pair(captured.value())
}

/// A password that a command or a file format marks as such, so that only its stand-ins matter.
pub(super) fn marked(captured: &Captured<'_>) -> bool {
    let value = captured.value().trim_ascii();
    is_marked(value) && !ends_line(captured) && !is_of_name(value, captured)
}

/// Whether a line ends before the value: what is set to nothing says nothing of the next line.
fn ends_line(captured: &Captured<'_>) -> bool {
    captured.head().iter().rev().take_while(|byte| byte.is_ascii_whitespace()).any(|&byte| byte == b'\n')
}

/// Whether a value is a word of its name, as where names are listed: `"sudo_pass": "sudo"`.
fn is_of_name(value: &[u8], captured: &Captured<'_>) -> bool {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let head = captured.head();
    let end = head.iter().rposition(in_name).map_or(0, |last| last + 1);
    let name = head.get(..end).unwrap_or_default();
    let from = name.iter().rposition(|byte| !in_name(byte)).map_or(0, |last| last + 1);
    words(name.get(from..).unwrap_or_default()).iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// A value that a loose pattern takes for a password, so that it must also look like one.
pub(super) fn marked_strong(captured: &Captured<'_>) -> bool {
    let value = captured.value().trim_ascii();
    is_marked(value) && !ends_line(captured) && (like_password(value) || drawn(value))
}

/// An argument of a call that logs in.
pub(super) fn argument(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    is_marked(value)
        && !is_location(value)
        && ((like_password(value) && !tries_out(captured)) || drawn(value) || takes_word(captured))
}

/// The same where tests and examples write weak ones.
pub(super) fn chosen(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    !is_weak(value) && !spells_secret(value) && argument(captured)
}

/// The password of a pair that code encodes: a plain word too where it says that it is for HTTP Basic.
pub(super) fn encoded(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let user = captured.head().split(quote).nth(1).unwrap_or_default();
    let user = user.split(|&byte| byte == b':').next().unwrap_or_default();
    let plain = value.len() >= 6 && is_plain_password(value) && !is_nobody(user) && !user.eq_ignore_ascii_case(value);
    argument(captured) || (plain && says_basic(captured) && !in_document(captured))
}

fn says_basic(captured: &Captured<'_>) -> bool {
    const REACH: usize = 80;
    let start = captured.whole.start;
    let before = captured.text.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    memchr::memmem::find(&line.to_ascii_lowercase(), b"basic").is_some()
}

/// A value of a Kubernetes Secret: base64 under `data`, plain under `stringData`.
pub(super) fn kubernetes(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let decoded = base64(value).filter(|bytes| {
        !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    });
    let plain = decoded.as_deref().unwrap_or(value).trim_ascii();
    is_marked(plain) && (like_password(plain) || drawn(plain)) && memchr::memmem::find(plain, b"CERTIFICATE").is_none()
}

fn is_marked(value: &[u8]) -> bool {
    // A chain of members may end a call.
    let value = value.strip_suffix(b")").unwrap_or(value);
    !value.is_empty()
        && !STOCK.has(value)
        && !counted_up(value)
        && !stands_in(value)
        && !is_screaming(value)
        && !is_expression(value)
        && !names_password(value)
        && !value.starts_with(b"-")
}

fn is_meant_pair(pair: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', pair) else { return false };
    let (user, password) = (pair.get(..colon).unwrap_or_default(), pair.get(colon + 1..).unwrap_or_default());
    pair.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ' || *byte == b'\n')
        && password.trim_ascii().len() >= 4
        && !is_template(user)
        && !said_not_meant(user)
        && !is_stock(password.trim_ascii())
        && !stands_in(password)
        && !password.trim_ascii().eq_ignore_ascii_case(user)
        && !is_screaming(password)
        && !is_expression(password)
        && !names_password(password)
        && !password.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{captured, found};
    use super::*;

    #[test]
    fn a_pair_is_read_out_of_its_base64() {
        assert!(captured("YWRhOnZRN216VDJ4TA==", basic));
        for (what, value) in [
            ("user:password", "dXNlcjpwYXNzd29yZA=="),
            ("no colon", "YWRhdlE3bXpUMnhM"),
            ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("${USER}:${PASS}", "JHtVU0VSfToke1BBU1N9"),
            ("ada:ada", "YWRhOmFkYQ=="),
            ("proxy_user:proxy_pass", "cHJveHlfdXNlcjpwcm94eV9wYXNz"),
            ("not text", "/9j/4AAQSkZJRg=="),
            ("no base64", "YWRh*"),
            ("authentication-of-users", "YXV0aGVudGljYXRpb24tb2YtdXNlcnM="),
        ] {
            assert!(!captured(value, basic), "{what}");
        }
    }

    #[test]
    fn a_key_may_stand_where_a_pair_belongs() {
        assert!(captured("NGE3MzNmZjJkYjgzODNlZGE4MTk0MTk2MDhlNTYwNmM=", basic));
        assert!(!captured("MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=", basic));
    }

    #[test]
    fn an_altered_pair_is_random_and_decodes_to_no_text() {
        assert!(captured("q7ZkXw9VbN2mLr4TcY8pHs==", altered_basic));
        assert!(!captured("YWRhOnZRN216VDJ4TA==", altered_basic));
        assert!(!captured("authentication", altered_basic));
        assert!(!captured("xxxxxxxxxxxxxxxxxxxx", altered_basic));
    }

    #[test]
    fn a_plain_pair_needs_a_password_that_is_meant() {
        for value in ["ada:vQ7mzT2xL", "ada:swordfish", "ada@shop.dev:p4ss:word"] {
            assert!(captured(value, pair), "{value}");
        }
        for value in
            ["ada", "ada:", "ada:abc", "user:password", "ada:PASSWORD", "host:8080", "ada:${PASS}", "f:getPass()"]
        {
            assert!(!captured(value, pair), "{value}");
        }
    }

    #[test]
    fn a_marked_password_is_anything_but_a_stand_in() {
        for value in ["goodspec", "vQ7mzT2xL", " swordfish "] {
            assert!(captured(value, marked), "{value}");
        }
        for value in
            ["", "password", "<password>", "DB_PASSWORD", "user.password", "user.password)", "-stdin", "123456"]
        {
            assert!(!captured(value, marked), "{value}");
        }
    }

    #[test]
    fn a_marked_password_is_neither_of_its_name_nor_of_the_next_line() {
        assert!(found("sudo_pass: \"bluewhale\"", "sudo_pass: \"", "bluewhale", marked));
        assert!(found("IDENTIFIED BY\n'bluewhale'", "IDENTIFIED BY\n'", "bluewhale", marked));
        assert!(!found("sudo_pass: \"sudo\"", "sudo_pass: \"", "sudo", marked));
        assert!(!found("pass=\nport=vQ7mzT2xL", "pass=\n", "port=vQ7mzT2xL", marked));
        assert!(!found("pass=\nport=vQ7mzT2xL", "pass=\n", "port=vQ7mzT2xL", marked_strong));
    }

    #[test]
    fn a_loose_pattern_asks_for_the_look_of_a_password_too() {
        assert!(captured("vQ7mzT2xL", marked_strong) && captured("hunter22x", marked_strong));
        assert!(!captured("goodspec", marked_strong) && !captured("user_password", marked_strong));
    }

    #[test]
    fn an_argument_is_neither_a_place_nor_a_word() {
        assert!(captured("vQ7mzT2xL", argument));
        assert!(!captured("/etc/shop/pass1", argument) && !captured("username", argument));
    }

    #[test]
    fn a_plain_word_that_code_encodes_for_basic_is_a_password() {
        let takes = |text: &str, value: &str| {
            let head = text.get(text.find("btoa(").unwrap()..text.rfind(value).unwrap()).unwrap();
            found(text, head, value, encoded)
        };

        assert!(takes("'Basic ' + btoa('ada:bluewhale')", "bluewhale"));
        assert!(takes("'Basic ' + btoa('ada' + ':' + 'bluewhale')", "bluewhale"));
        assert!(takes("x = btoa('ada:vQ7mzT2xLr9K')", "vQ7mzT2xLr9K"));
        for text in
            ["x = btoa('ada:bluewhale')", "'Basic'\n  btoa('ada:bluewhale')", "'Basic ' + btoa('user:bluewhale')"]
        {
            assert!(!takes(text, "bluewhale"), "{text}");
        }
        assert!(!takes("'Basic ' + btoa('ada:whale')", "whale"));
    }

    #[test]
    fn a_value_of_a_kubernetes_secret_is_read_in_base64_or_plain() {
        assert!(captured("dlE3bXpUMnhMcjlL", kubernetes));
        assert!(captured("vQ7mzT2xL!", kubernetes));
        for (what, value) in [
            ("password", "cGFzc3dvcmQ="),
            ("changeme", "Y2hhbmdlbWU="),
            ("-----BEGIN CERTIFICATE-----", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"),
        ] {
            assert!(!captured(value, kubernetes), "{what}");
        }
    }
}
