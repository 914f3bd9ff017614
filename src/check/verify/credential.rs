//! Credentials inside larger texts: web addresses, HTTP headers, connection strings, user:password.

use super::Captured;
use super::codec::{base64, percent};
use super::likeness::drawn;
use super::look::like_password;
use super::shape::{is_expression, is_location, is_words};
use super::stand_in::{counted_up, is_template, stands_in};
use super::words::Words;

/// Words that stand where a password will, in documentation above all.
const STOCK: Words = Words(
    "password passwd pass pwd pw psw passw0rd p@ssw0rd p4ssw0rd passphrase mypassword mypass my_password \
     my-password secret mysecret s3cret s3cr3t token key apikey api_key user username admin root guest test testing \
     foo bar baz abc login credentials none null true false nil undefined postgres mysql redis",
);

/// Weak passwords that only documents use.
const WEAK: [&[u8]; 8] =
    [b"pass123", b"password1", b"password123", b"open sesame", b"opensesame", b"hunter2", b"abc123", b"s3cr3t"];

/// The password of `scheme://user:password@host`.
pub(super) fn url_password(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let password = percent(value);
    let before = captured.text.get(captured.whole.start..captured.value.start).unwrap_or_default();
    let user = before.strip_suffix(b":").unwrap_or(before);
    let user = user.get(memchr::memmem::rfind(user, b"://").map_or(0, |at| at + 3)..).unwrap_or_default();
    let host = captured.text.get(captured.value.end + 1..).unwrap_or_default();
    let host = host
        .get(
            ..host.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')).count(),
        )
        .unwrap_or_default();
    if host.starts_with(b"sha256") || is_template(host) || is_template(user) || is_pattern(&password) {
        return false;
    }
    let stem: Vec<u8> = password.iter().copied().take_while(u8::is_ascii_alphabetic).collect();
    let weak = STOCK.has(&stem) && password.len() <= stem.len() + 3;
    !is_stock(&password)
        && (!weak || is_reachable(host))
        && !stands_in(&password)
        && !password.eq_ignore_ascii_case(user)
        && !is_screaming(&password)
        && (like_password(&password) || drawn(&password) || (is_word(&password) && is_reachable(host)))
}

/// The password of a connection string that also names a host.
pub(super) fn connection_password(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let value = value.trim_ascii();
    names_host(captured)
        && !is_stock(value)
        && !stands_in(value)
        && !is_screaming(value)
        && !is_expression(value)
        && (like_password(value) || drawn(value) || is_word(value))
}

/// `user:password` in base64, as HTTP Basic authentication and Docker's settings carry it.
pub(super) fn basic(captured: &Captured<'_>) -> bool {
    base64(captured.value()).is_some_and(|pair| is_meant_pair(&pair))
}

/// `user:password` as it stands.
pub(super) fn pair(captured: &Captured<'_>) -> bool {
    is_meant_pair(captured.value())
}

/// A password that a command or a file format marks as such, so that only its stand-ins matter.
pub(super) fn marked(captured: &Captured<'_>) -> bool {
    is_marked(captured.value().trim_ascii())
}

/// A value that a loose pattern takes for a password, so that it must also look like one.
pub(super) fn marked_strong(captured: &Captured<'_>) -> bool {
    let value = captured.value().trim_ascii();
    is_marked(value) && (like_password(value) || drawn(value))
}

/// An argument of a call that logs in.
pub(super) fn argument(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    is_marked(value) && !is_location(value) && (like_password(value) || drawn(value))
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
    !value.is_empty()
        && !STOCK.has(value)
        && !counted_up(value)
        && !stands_in(value)
        && !is_screaming(value)
        && !is_expression(value)
        && !value.starts_with(b"-")
}

fn is_meant_pair(pair: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', pair) else { return false };
    let (user, password) = (pair.get(..colon).unwrap_or_default(), pair.get(colon + 1..).unwrap_or_default());
    pair.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ' || *byte == b'\n')
        && password.trim_ascii().len() >= 4
        && !is_template(user)
        && !is_stock(password.trim_ascii())
        && !stands_in(password)
        && !password.eq_ignore_ascii_case(user)
        && !is_screaming(password)
        && !is_expression(password)
        && !password.iter().all(u8::is_ascii_digit)
}

fn is_stock(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    STOCK.has(value) || WEAK.contains(&lower.as_slice()) || counted_up(value)
}

/// Letters only: a password only where everything around it is real.
fn is_word(value: &[u8]) -> bool {
    value.len() >= 4 && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// A name in capitals stands for what the reader is to fill in.
fn is_screaming(value: &[u8]) -> bool {
    is_words(value) && !value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase)
}

/// The inside of a regular expression that takes such addresses apart.
fn is_pattern(value: &[u8]) -> bool {
    [&b"[^"[..], b".*", b".+", b"\\w", b"\\s", b"\\S", b"(?", b"]+", b"]*", b")+", b")?"]
        .iter()
        .any(|mark| memchr::memmem::find(value, mark).is_some())
}

/// A host that may exist outside a document and outside one machine.
fn is_reachable(host: &[u8]) -> bool {
    let lower = host.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    lower.contains(&b'.')
        && !has(b"example")
        && !has(b"localhost")
        && !has(b"127.0.0")
        && !has(b"0.0.0.0")
        && !has(b"domain")
        && !has(b"host.")
        && !has(b"your")
        && !has(b"foo")
        && !has(b".test")
        && !has(b".local")
        && !has(b".invalid")
        && !has(b"server.")
}

/// Whether a key such as `Server=` or `host=` with a value stands in the same string.
fn names_host(captured: &Captured<'_>) -> bool {
    const KEYS: [&[u8]; 12] = [
        b"server=",
        b"data source=",
        b"datasource=",
        b"host=",
        b"address=",
        b"addr=",
        b"driver=",
        b"dsn=",
        b"hostname=",
        b"endpoint=",
        b"provider=",
        b"jdbc:",
    ];
    let from = captured.whole.start.saturating_sub(300);
    let to = captured.text.len().min(captured.value.end + 300);
    let around = captured.text.get(from..to).unwrap_or_default();
    let at = captured.whole.start - from;
    let opens = around.get(..at).and_then(|head| memchr::memrchr(b'\n', head)).map_or(0, |at| at + 1);
    let closes = around.get(at..).and_then(|tail| memchr::memchr(b'\n', tail)).map_or(around.len(), |end| at + end);
    let line = around.get(opens..closes).unwrap_or_default().to_ascii_lowercase();
    KEYS.iter().any(|key| {
        memchr::memmem::find_iter(&line, key).any(|at| {
            let before = at.checked_sub(1).and_then(|at| line.get(at)).copied().unwrap_or(b' ');
            let after = line.get(at + key.len()).copied().unwrap_or(b';');
            !before.is_ascii_alphanumeric() && !matches!(after, b';' | b'"' | b'\'' | b'$' | b'<' | b'{')
                || key == b"driver="
        })
    })
}
