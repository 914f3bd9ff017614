//! Passwords in connection strings: `Server=…;User Id=…;Password=…`.

use super::Captured;
use super::credential::marked_strong;
use super::likeness::drawn;
use super::look::like_password;
use super::place::in_document;
use super::shape::is_expression;
use super::stand_in::{is_template, masked, stands_in};
use super::stock::{is_screaming, is_stock, is_word};
use super::weak::is_plain_password;
use super::words::{Words, words};

/// The password of a connection string that also names a host.
pub(super) fn connection_password(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    // Where a line ends in HTML: `&#x000A;`.
    let end = memchr::memmem::find(value, b"&#").unwrap_or(value.len());
    let value = value.get(..end).unwrap_or_default().trim_ascii();
    (names_host(captured) || (names_user(captured) && opens_connection(captured)))
        && is_part(captured)
        && is_closed(captured)
        && !is_stock(value)
        && !stands_in(value)
        && !is_screaming(value)
        && !is_expression(value)
        && (like_password(value) || drawn(value) || is_word(value))
}

/// A password that everyone knows, in a connection string that names a host and a user.
pub(super) fn connection_stock_password(captured: &Captured<'_>) -> bool {
    let value = captured.value().trim_ascii();
    names_host(captured)
        && names_user(captured)
        && is_part(captured)
        && is_closed(captured)
        && is_word(value)
        && !is_screaming(value)
        && !connection_password(captured)
        && !masked(value)
        && !is_template(value)
        && !is_expression(value)
        && !YOURS.open(&value.to_ascii_lowercase())
}

/// The password among the words of a libpq connection string; a plain word where a user and a database or
/// a host are named beside it.
pub(super) fn libpq_password(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let line = line_around(captured);
    let of = |key: &[u8]| {
        let at = memchr::memmem::find(&line, key)?;
        let rest = line.get(at + key.len()..)?;
        rest.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'')).next().filter(|it| it.len() > 1)
    };
    let meant = |it: &&[u8]| !stands_in(it) && !it.contains(&b'$') && !it.contains(&b',');
    let user = of(b"user=").filter(meant);
    let elsewhere = of(b"host=").or_else(|| of(b"dbname=")).filter(meant);
    marked_strong(captured)
        || (is_plain_password(value)
            && !in_document(captured)
            && elsewhere.is_some_and(|it| it != value)
            && user.is_some_and(|user| user != value))
}

/// How a password begins that is the reader's.
const YOURS: Words = words!("your tupass tu_ suasenha sua_ votre ihr_ dein_");

/// Whether the quote or brace that opens a value in a connection string is closed behind it.
fn is_closed(captured: &Captured<'_>) -> bool {
    let after = captured.text.get(captured.value.end..).unwrap_or_default();
    let after = after.strip_prefix(b"\\").unwrap_or(after);
    match captured.head().last() {
        Some(quote @ (b'"' | b'\'')) => after.first() == Some(quote),
        Some(b'{') => captured.value().ends_with(b"}"),
        _ => true,
    }
}

/// Whether a connection is made of the string: `new OracleConnection("…")`.
fn opens_connection(captured: &Captured<'_>) -> bool {
    memchr::memmem::find(&line_around(captured), b"connection(").is_some()
}

/// Whether semicolons part the value from others.
fn is_part(captured: &Captured<'_>) -> bool {
    let before = captured.text.get(..captured.whole.start).unwrap_or_default().trim_ascii_end();
    before.ends_with(b";") || captured.text.get(captured.value.end) == Some(&b';')
}

fn names_user(captured: &Captured<'_>) -> bool {
    let line = line_around(captured);
    [&b"user id="[..], b"uid=", b"user=", b"userid=", b"username="]
        .iter()
        .any(|key| memchr::memmem::find(&line, key).is_some())
}

/// Whether a key such as `Server=` or `host=` with a value stands in the same string.
fn names_host(captured: &Captured<'_>) -> bool {
    const KEYS: [&[u8]; 15] = [
        b"server=",
        b"data source=",
        b"datasource=",
        b"host=",
        b"address=",
        b"addr=",
        b"dsn=",
        b"hostname=",
        b"endpoint=",
        b"provider=",
        b"initial catalog=",
        b"trustservercertificate=",
        b"multipleactiveresultsets=",
        b"persist security info=",
        b"jdbc:",
    ];
    let line = line_around(captured);
    memchr::memchr2_iter(b'=', b':', &line).any(|at| {
        let (head, after) = (line.get(..=at).unwrap_or_default(), line.get(at + 1).copied().unwrap_or(b';'));
        let has_value = !matches!(after, b';' | b'"' | b'\'' | b'$' | b'<' | b'{');
        let is_named = |before: &[u8]| has_value && !before.last().is_some_and(u8::is_ascii_alphanumeric);
        head.ends_with(b"driver=") || KEYS.iter().any(|key| head.strip_suffix(*key).is_some_and(is_named))
    })
}

/// The line of a match in small letters, as far as a connection string may reach.
fn line_around(captured: &Captured<'_>) -> Vec<u8> {
    let from = captured.whole.start.saturating_sub(300);
    let to = captured.text.len().min(captured.value.end + 300);
    let around = captured.text.get(from..to).unwrap_or_default();
    let at = captured.whole.start - from;
    let opens = around.get(..at).and_then(|head| memchr::memrchr(b'\n', head)).map_or(0, |at| at + 1);
    let closes = around.get(at..).and_then(|tail| memchr::memchr(b'\n', tail)).map_or(around.len(), |end| at + end);
    close_up(&around.get(opens..closes).unwrap_or_default().to_ascii_lowercase())
}

/// A line without the spaces around its equals signs.
fn close_up(line: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(line.len());
    for &byte in line {
        if byte == b'=' {
            kept.truncate(kept.trim_ascii_end().len());
        }
        if !(byte == b' ' && kept.ends_with(b"=")) {
            kept.push(byte);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    #[test]
    fn a_password_counts_where_a_host_is_named() {
        let takes = |text: &str| found(text, "Password=", "vQ7mzT2xL", connection_password);

        assert!(takes("Server=db.shop.dev;Database=shop;Password=vQ7mzT2xL;"));
        assert!(takes("x = 1\nData Source=db;Password=vQ7mzT2xL"));
        assert!(takes("Data Source = db ; Password=vQ7mzT2xL ; User ID = ada"));
        assert!(takes("User ID=ada;Password=vQ7mzT2xL;Initial Catalog=shop"));
        assert!(takes("Uid=ada;Password=vQ7mzT2xL;Encrypt=yes;TrustServerCertificate=no"));
        assert!(takes("Uid=ada;Password=vQ7mzT2xL;MultipleActiveResultSets=true"));
        assert!(takes("Persist Security Info=True;Password=vQ7mzT2xL;Uid=ada"));
        assert!(takes("new OracleConnection(\"User ID = ada ; Password=vQ7mzT2xL\")"));
        assert!(!found("Host=db;Password=xxx&#x000A;", "Password=", "xxx&#x000A", connection_password));
        assert!(!takes("Database=shop;Password=vQ7mzT2xL;"));
        assert!(!takes("User ID = ada ; Password=vQ7mzT2xL"));
        assert!(!takes("connect host=db.shop.dev Password=vQ7mzT2xL"));
        assert!(!takes("Server=;Password=vQ7mzT2xL;"));
        assert!(!takes("Server = ;Password=vQ7mzT2xL;"));
        assert!(!takes("ProxyServer=db.shop.dev;Password=vQ7mzT2xL;"));
        assert!(!takes("Server=db.shop.dev\nPassword=vQ7mzT2xL"));
    }

    #[test]
    fn a_quote_or_brace_that_opens_a_password_is_closed() {
        let takes = |text: &str, head, value| found(text, head, value, connection_password);

        assert!(takes("Server=db;Password='vQ7mzT2xL';", "Password='", "vQ7mzT2xL"));
        assert!(!takes("Server=db;Password='vQ7mzT2xL;", "Password='", "vQ7mzT2xL"));
        assert!(takes("Server=db;Pwd={vQ7mzT2xL};", "Pwd={", "vQ7mzT2xL}"));
        assert!(!takes("Server=db;Pwd={vQ7mzT2xL;", "Pwd={", "vQ7mzT2xL"));
    }

    #[test]
    fn a_stock_password_counts_only_beside_a_host_and_a_user() {
        let takes = |text: &str, value| found(text, "Password=", value, connection_stock_password);

        assert!(takes("Server=db.shop.dev;User Id=ada;Password=secret;", "secret"));
        assert!(!takes("Server=db.shop.dev;Password=secret;", "secret"));
        assert!(!takes("Server=db.shop.dev;User Id=ada;Password=vQ7mzT2xL;", "vQ7mzT2xL"));
        assert!(!takes("Server=db.shop.dev;User Id=ada;Password=xxxxxxxx;", "xxxxxxxx"));
        assert!(!takes("Server=db.shop.dev;User Id=USER;Password=PASSWORD;", "PASSWORD"));
        assert!(!takes("connect(host=a, user=b, Password=secret)", "secret"));
    }
}
