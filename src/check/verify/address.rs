//! Passwords in web and database addresses.

use core::net::Ipv4Addr;

use super::Captured;
use super::codec::percent;
use super::likeness::drawn;
use super::look::like_password;
use super::stand_in::{is_template, stands_in};
use super::stock::{STOCK, is_screaming, is_stock, is_word};
use super::weak::{is_weak, names_kind, names_password};
use super::words::{Words, words};

/// The password of `scheme://user:password@host`, where the host may be anyone's.
pub(super) fn url_password(captured: &Captured<'_>) -> bool {
    !is_reserved(host_of(captured)) && is_url_password(captured)
}

/// The same for hosts that stand for others in documents and tests, or for the machine itself.
pub(super) fn url_password_reserved(captured: &Captured<'_>) -> bool {
    is_reserved(host_of(captured)) && is_url_password(captured)
}

fn is_url_password(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let password = percent(value);
    let user = user_of(captured);
    let host = host_of(captured);
    let socket = captured.text.get(captured.value.end..).unwrap_or_default().starts_with(b"@%2F");
    // The pattern ran on to the next of several addresses: `user:pass@host[,user:pass@host]`.
    let first = value.iter().position(|&byte| byte == b'@').and_then(|at| value.get(..at));
    if first.is_some_and(|first| STOCK.has(first) && memchr::memchr(b':', value).is_some()) {
        return false;
    }
    if socket
        || is_placeholder(captured)
        || host.starts_with(b"sha256")
        || is_template(host)
        || is_template(user)
        || is_pattern(&password)
    {
        return false;
    }
    if is_leased(host) || is_public(host) {
        return !USERS.has(user) && !STOCK.has(&password) && !stands_in(&password) && !names_password(&password);
    }
    let stem: Vec<u8> = password.iter().copied().take_while(u8::is_ascii_alphabetic).collect();
    let weak = STOCK.has(&stem) && password.len() <= stem.len() + 3;
    !is_stock(&password)
        && (!weak || is_reachable(host))
        && !stands_in(&password)
        && (password.iter().any(u8::is_ascii_digit)
            || !names_kind(&password)
            || (is_reachable(host) && !names_password(&password)))
        && !password.eq_ignore_ascii_case(user)
        && (!is_weak(&password) || !USERS.has(user))
        && !is_screaming(&password)
        && (like_password(&password) || drawn(&password) || (is_word(&password) && is_reachable(host)))
}

/// What stands before the password of an address. It may be escaped for JSON or for another address.
pub(super) fn user_of<'a>(captured: &Captured<'a>) -> &'a [u8] {
    let before = captured.head();
    let user = [&b":"[..], b"%3A", b"%3a"].iter().find_map(|mark| before.strip_suffix(*mark)).unwrap_or(before);
    let scheme = [&b"://"[..], b":\\/\\/", b"%2F%2F", b"%2f%2f"]
        .iter()
        .find_map(|mark| memchr::memmem::rfind(user, mark).map(|at| at + mark.len()));
    user.get(scheme.unwrap_or_default()..).unwrap_or_default()
}

/// Users of nobody, in documents and tests.
const USERS: Words = words!("user username usr uname login name me foo joe bob alice u u1 test scott");

/// Whether what stands behind the `@` is a word for a host or for a port: `@host:port/`, `@høst/`.
pub(super) fn is_placeholder(captured: &Captured<'_>) -> bool {
    let behind = behind(captured).get(host_of(captured).len()..).unwrap_or_default();
    match *behind {
        [b':', port, ..] => port.is_ascii_lowercase(),
        [first, ..] => !first.is_ascii(),
        [] => false,
    }
}

/// All that stands behind the `@` of an address.
fn behind<'a>(captured: &Captured<'a>) -> &'a [u8] {
    let at = captured.text.get(captured.value.end..).unwrap_or_default();
    at.strip_prefix(b"%40").or_else(|| at.get(1..)).unwrap_or_default()
}

/// The host there.
pub(super) fn host_of<'a>(captured: &Captured<'a>) -> &'a [u8] {
    let host = behind(captured);
    let length =
        host.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')).count();
    host.get(..length).unwrap_or_default()
}

/// A host that a provider of databases named for one customer: whoever writes it down means it,
/// however weak the password is.
fn is_leased(host: &[u8]) -> bool {
    let lower = host.to_ascii_lowercase();
    PROVIDERS.close(&lower) && lower.iter().any(u8::is_ascii_digit)
}

/// The number of a machine that all the world could reach; in documents they are made of small ones.
fn is_public(host: &[u8]) -> bool {
    let number = std::str::from_utf8(host).ok().and_then(|host| host.parse::<Ipv4Addr>().ok());
    number.is_some_and(|number| {
        let kept = number.is_private() || number.is_loopback() || number.is_link_local() || number.is_documentation();
        let made_up = number.octets().iter().filter(|&&part| part >= 10).count() < 3;
        !kept && !made_up && !number.is_multicast() && !number.is_broadcast()
    })
}

const PROVIDERS: Words = words!(
    ".mongodb.net .mlab.com .mongolab.com .rds.amazonaws.com .supabase.co .supabase.com .neon.tech .elephantsql.com .cloudamqp.com \
     .rmq.cloudamqp.com .redislabs.com .redis-cloud.com .upstash.io .railway.app .rlwy.net .render.com .aivencloud.com \
     .ondigitalocean.com .database.azure.com .cockroachlabs.cloud .psdb.cloud .compute.amazonaws.com .planetscale.com",
);

/// The names of RFC 2606, and the machine itself.
pub(super) fn is_reserved(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let in_domain =
        |domain: &[u8]| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."));
    [&b"example.com"[..], b"example.org", b"example.net", b"example", b"test", b"invalid", b"localhost"]
        .iter()
        .any(|domain| in_domain(domain))
        || host.starts_with(b"127.0.0.")
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

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    fn anywhere(head: &str, password: &str, host: &str) -> bool {
        found(&format!("{head}{password}@{host}/shop"), head, password, url_password)
    }

    #[test]
    fn the_password_of_an_address_is_found() {
        assert!(anywhere("postgres://ada:", "vQ7mzT2xL", "db.shop.dev"));
        assert!(anywhere("redis://:", "vQ7mzT2xL", "cache"));
        assert!(anywhere("https://ada:", "D1f%40s%21kQ", "shop.dev"));
        assert!(anywhere("https://ada:", "goodspec", "shop.dev"));
        assert!(anywhere("https://ada:", "shoppass", "shop.dev"));
        assert!(anywhere("https://ada:", "secret12", "shop.dev"));
    }

    #[test]
    fn what_stands_in_for_one_is_not() {
        assert!(!anywhere("postgres://user:", "password", "db.shop.dev"));
        assert!(!anywhere("postgres://postgres:", "postgres", "db"));
        assert!(!anywhere("https://ada:", "goodspec", "db"));
        assert!(!anywhere("https://ada:", "secret12", "db"));
        assert!(!anywhere("mysql://ada:", "bbpasswd", "dbhost"));
        assert!(!anywhere("https://oauth2:", "my-token", "shop.dev"));
        assert!(!anywhere("https://username:", "password12345", "shop.dev"));
        assert!(!anywhere("https://ada:", "${PASS}", "shop.dev"));
        assert!(!anywhere("https://${USER}:", "vQ7mzT2xL", "shop.dev"));
        assert!(!anywhere("https://ada:", "DB_PASSWORD", "shop.dev"));
        assert!(!anywhere("https://ada:", "[^@]+", "shop.dev"));
        assert!(!anywhere("oci://img:", "vQ7mzT2xL", "sha256"));
        assert!(!anywhere("mongodb://ada:", "vQ7mzT2xL", "%2Ftmp%2Fdb.sock"));
        assert!(!anywhere("mysql://ada:", "vQ7mzT2xL", "db:port"));
        assert!(!anywhere("mysql://ada:", "vQ7mzT2xL", "dbø"));
        assert!(anywhere("mysql://ada:", "vQ7mzT2xL", "db:3306"));
        assert!(!anywhere("amqp://user:", "pass@host:port[,user1:pass", "host1"));
    }

    #[test]
    fn a_host_leased_from_a_provider_takes_weak_passwords_too() {
        for password in ["ada-shop", "BLUEWHALE", "ada", "204817", "whale123"] {
            assert!(anywhere("mongodb+srv://ada:", password, "cluster0.q7zkx.mongodb.net"), "{password}");
        }
        for (user, password) in [("ada", "password"), ("username", "whale"), ("ada", "xxxx"), ("ada", "my-password")] {
            assert!(!anywhere(&format!("mongodb+srv://{user}:"), password, "cluster0.q7zkx.mongodb.net"), "{password}");
        }
        assert!(!anywhere("mongodb+srv://ada:", "ada", "cluster.mongodb.net"));
        assert!(!anywhere("mongodb://ada:", "ada", "db1.shop.dev"));
    }

    #[test]
    fn a_public_number_of_a_host_takes_weak_passwords_too() {
        for host in ["52.17.204.91", "185.199.8.153"] {
            assert!(anywhere("amqp://ada:", "ada", host), "{host}");
        }
        for host in ["192.168.31.20", "10.24.18.77", "203.0.113.25", "8.8.8.8", "1.2.3.4", "255.255.255.255"] {
            assert!(!anywhere("amqp://ada:", "ada", host), "{host}");
        }
        assert!(!anywhere("amqp://guest:", "guest", "52.17.204.91"));
    }

    #[test]
    fn a_reserved_host_is_told_apart_from_any_other() {
        for host in ["example.com", "db.example.org", "localhost", "127.0.0.1", "shop.test"] {
            let text = format!("https://ada:vQ7mzT2xL@{host}/");
            assert!(found(&text, "https://ada:", "vQ7mzT2xL", url_password_reserved), "{host}");
            assert!(!found(&text, "https://ada:", "vQ7mzT2xL", url_password), "{host}");
        }
        assert!(!found("https://ada:vQ7mzT2xL@myexample.com/", "https://ada:", "vQ7mzT2xL", url_password_reserved));
    }
}
