//! What stands near a password: a user and a host make plain words one that someone logs in with.

use super::Captured;
use super::account::is_of_provider;
use super::address::is_reserved;
use super::place::{Place, Text, in_document, text_of, words};
use super::stand_in::stands_in;
use super::words::{Words, words};

/// How far before and behind the value its company is looked for.
const REACH: usize = 240;

/// How much of a longer line before the value is looked at: all of it, for every value in it, would take minutes
/// where a whole file is one line.
const OWN: usize = 1024;

const LINES: usize = 4;

const USERS: Words = words!("user username uname login uid usr account email userid nick ssid usuario");

const HOSTS: Words = words!("host hostname server servername addr address url uri endpoint dsn domain ssid");

/// What the name of a user says when it is an account with a host of mail.
const MAILS: Words = words!("mail email gmail smtp imap sender outlook hotmail yahoo");

/// Whether a user and, in code and documents, a host are set to something in the lines around a
/// value: tests and manuals are full of users with a password.
pub(super) fn has_company(captured: &Captured<'_>) -> bool {
    let by_example = text_of(captured) == Text::Code || in_document(captured);
    let own = captured.value();
    let host = || around(captured).any(|line| sets(line, HOSTS, own) || sets_account(line));
    let implied = || is_for_database(captured) || (names_service(captured) && !in_document(captured));
    (around(captured).any(|line| sets(line, USERS, own)) && (!by_example || host() || implied()))
        || (around(captured).any(names_redis) && host())
}

/// Whether the name of a password says which service takes it: `DB_PASS`.
pub(super) fn names_service(captured: &Captured<'_>) -> bool {
    Place::of(captured).name.iter().any(|word| SERVICES.has(word))
}

const SERVICES: Words = words!(
    "db database mysql mariadb pg postgres postgresql sql mssql oracle mongo redis jdbc datasource hibernate ftp \
     sftp ssh smtp imap ldap mqtt rabbitmq",
);

/// Whether the value is an argument of a call that connects to a database.
fn is_for_database(captured: &Captured<'_>) -> bool {
    let before = captured.text.get(..captured.whole.start).unwrap_or_default();
    let near = before.get(before.len().saturating_sub(REACH)..).unwrap_or_default();
    let line = memchr::memrchr(b'\n', near).and_then(|at| near.get(at + 1..)).unwrap_or(near).to_ascii_lowercase();
    memchr::memmem::find(&line, b"connect(").is_some_and(|at| DRIVERS.within(line.get(..at).unwrap_or_default()))
}

const DRIVERS: Words =
    words!("mysql oracle psycopg pymssql pg8000 postgres mariadb sqlalchemy snowflake hive impala vertica");

/// Whether a line opens a connection to Redis, whose password needs no user.
fn names_redis(line: &[u8]) -> bool {
    let line = line.to_ascii_lowercase();
    memchr::memmem::find_iter(&line, b"redis")
        .any(|at| line.get(at..).unwrap_or_default().iter().take(16).any(|byte| *byte == b'('))
}

/// Whether the address of an interface for programs stands in the lines around a value.
pub(super) fn stands_by_api(captured: &Captured<'_>) -> bool {
    around(captured).any(|line| {
        let address = memchr::memmem::find(line, b"://").and_then(|at| line.get(at + 3..)).unwrap_or_default();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'?' | b'<' | b'>');
        let address = address.get(..address.iter().position(ends).unwrap_or(address.len())).unwrap_or_default();
        address.split(|byte| !byte.is_ascii_alphanumeric()).any(|part| part.eq_ignore_ascii_case(b"api"))
    })
}

/// The lines around a value, and what its own line holds besides, as far as somebody would read one.
fn around<'a>(captured: &Captured<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let (text, start) = (captured.text, captured.whole.start);
    let near = start.saturating_sub(OWN);
    let line = memchr::memrchr(b'\n', text.get(near..start).unwrap_or_default());
    let from = line.map_or(near, |at| (near + at + 1).saturating_sub(REACH));
    let before = text.get(from..start).unwrap_or_default();
    let after = text.get(captured.value.end..).unwrap_or_default();
    let after = after.get(..REACH).unwrap_or(after);
    before.rsplit(|&byte| byte == b'\n').take(LINES).chain(after.split(|&byte| byte == b'\n').take(LINES))
}

/// Whether a line sets one of the names to a value that is meant, and none that C defines as the
/// password too.
fn sets(line: &[u8], names: Words, own: &[u8]) -> bool {
    has_set(line, |name, value| {
        let is_named = name.last().is_some_and(|last| names.has(last) || names.close(last));
        // Of `user_name`, the last word says nothing.
        let is_joined = || names.has(&name.concat());
        (is_named || is_joined()) && !names.has(value) && !(value == own && line.trim_ascii().starts_with(DEFINES))
    })
}

/// Whether a line sets the user of a mail program to an address, or says whose service it uses: that
/// names the host as well.
fn sets_account(line: &[u8]) -> bool {
    has_set(line, |name, value| {
        if name.last().is_some_and(|last| last == b"service") {
            return MAILS.has(value);
        }
        let of_mail = name.len() > 1 && name.iter().any(|word| MAILS.has(word) || MAILS.close(word));
        let logs_in = name == [b"user"] && memchr::memmem::find(line, b"auth").is_some();
        let host = memchr::memchr(b'@', value).and_then(|at| value.get(at + 1..));
        host.is_some_and(|host| {
            (of_mail && host.contains(&b'.') && !is_reserved(host)) || (logs_in && is_of_provider(host))
        })
    })
}

/// Whether a line sets a name to a value, of which both are as they should be.
fn has_set(line: &[u8], fits: impl Fn(&[Vec<u8>], &[u8]) -> bool) -> bool {
    if let Some(defined) = line.trim_ascii().strip_prefix(DEFINES) {
        let end = defined.iter().position(u8::is_ascii_whitespace).unwrap_or(defined.len());
        let (name, value) = defined.split_at_checked(end).unwrap_or_default();
        let value = value_of(value);
        return value.len() > 1 && !stands_in(value) && fits(&words(name), value);
    }
    line.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':' | b'>' | b',')).any(|(at, _)| {
        let (head, tail) = line.split_at_checked(at).unwrap_or_default();
        // A call that takes a name and a value: `define('DB_USER', 'ada')`.
        if tail.starts_with(b",") && !opens_arguments(head) {
            return false;
        }
        // An arrow closes no element.
        if tail.starts_with(b">") && head.ends_with(b"-") {
            return false;
        }
        let head = head.trim_ascii_end();
        let head = head.strip_suffix(b"[]").unwrap_or(head);
        let from = head.iter().rposition(|&byte| !in_name(byte)).map_or(0, |last| last + 1);
        let quoted = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
        let from = if quoted.len() < head.len() {
            quoted.iter().rposition(|&byte| !in_name(byte)).map_or(0, |last| last + 1)
        } else {
            from
        };
        let name = quoted.get(from..).unwrap_or_default();
        let name = words(if name == b"value" { named_before(quoted) } else { name });
        let value = value_of(tail);
        value.len() > 1 && !stands_in(value) && fits(&name, value)
    })
}

/// Whether what ends here is a name in quotes, and the first argument of a call.
fn opens_arguments(head: &[u8]) -> bool {
    let Some((quote, name)) = head.split_last().filter(|(last, _)| matches!(last, b'"' | b'\'')) else { return false };
    let opens = memchr::memrchr(*quote, name).and_then(|at| name.get(..at));
    opens.is_some_and(|before| before.trim_ascii_end().ends_with(b"("))
}

const DEFINES: &[u8] = b"#define ";

/// The name that an element gives before it gives the value: `name="user" value`.
fn named_before(head: &[u8]) -> &[u8] {
    let named = head.strip_suffix(b"value").unwrap_or(head).trim_ascii_end();
    let named = named.strip_suffix(b"\"").unwrap_or_default();
    named.rsplit(|&byte| byte == b'"').next().unwrap_or_default()
}

fn value_of(tail: &[u8]) -> &[u8] {
    let skips = |byte: &u8| matches!(byte, b'=' | b':' | b'>' | b',' | b' ' | b'\t' | b'"' | b'\'' | b'\\');
    let from = tail.iter().position(|byte| !skips(byte)).unwrap_or(tail.len());
    let value = tail.get(from..).unwrap_or_default();
    // A letter before a quote says what kind of string it opens.
    let value = match value {
        [b'r' | b'u' | b'b' | b'@', b'"' | b'\'', string @ ..] => string,
        _ => value,
    };
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b';' | b'<' | b'(' | b')');
    value.get(..value.iter().position(ends).unwrap_or(value.len())).unwrap_or_default()
}

const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'>')
}

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::super::tests::found;
    use super::*;
    use crate::model::RepoPath;

    fn within(text: &str, path: &str) -> bool {
        let value = memchr::memmem::find(text.as_bytes(), b"bluewhale").unwrap();
        let whole = memchr::memmem::find(text.as_bytes(), b"password").unwrap()..value + 9;
        let text = text.as_bytes();
        has_company(&Captured { text, whole, value: value..value + 9, path: &path.into(), zones: &Zones::default() })
    }

    #[test]
    fn a_user_and_a_host_around_a_value_are_its_company() {
        assert!(within("host = \"db.shop.dev\"\nuser = \"ada\"\npassword = \"bluewhale\"", "a.py"));
        assert!(within("connect(host='db', password = \"bluewhale\", user='ada')", "a.py"));
        assert!(within("host = 'db'\nusuario = 'ada'\npassword = \"bluewhale\"", "a.py"));
        assert!(within("\"dbHost\": \"db\", \"smtpUser\": \"ada\"\npassword = \"bluewhale\"", "a.js"));
    }

    #[test]
    fn an_account_of_mail_is_a_user_and_a_host() {
        assert!(within("gmail_user = 'ada@shop.dev'\npassword = 'bluewhale'", "a.py"));
        assert!(within("$mail->Username = 'ada@shop.dev';\n$mail->password = 'bluewhale'", "a.php"));
        assert!(!within("email = 'ada@shop.dev'\npassword = 'bluewhale'", "a.py"));
        assert!(!within("gmail_user = 'ada@example.com'\npassword = 'bluewhale'", "a.py"));
        assert!(!within("gmail_user = 'ada'\npassword = 'bluewhale'", "a.py"));
    }

    #[test]
    fn a_mail_program_may_name_whose_service_it_uses() {
        assert!(within("service: 'gmail', auth: { user: 'ada@shop.dev',\npassword: 'bluewhale' }", "a.js"));
        assert!(!within("service: 'orders', auth: { user: 'ada@shop.dev',\npassword: 'bluewhale' }", "a.js"));
    }

    #[test]
    fn what_c_defines_is_company_too() {
        assert!(within("#define WIFI_SSID \"shop\"\n#define password \"bluewhale\"", "a.h"));
        assert!(!within("#define WIFI_SSID \"your-ssid\"\n#define password \"bluewhale\"", "a.h"));
        assert!(!within("#define SSH_USER \"bluewhale\"\n#define password \"bluewhale\"", "a.ini"));
        assert!(!within("#define WIFI_CHANNEL 6\n#define password \"bluewhale\"", "a.h"));
    }

    #[test]
    fn the_name_of_a_network_is_the_company_of_its_password() {
        assert!(within("char ssid[] = \"shop\";\nchar password[] = \"bluewhale\";", "a.ino"));
        assert!(!within("char ssid[] = \"your-ssid\";\nchar password[] = \"bluewhale\";", "a.ino"));
    }

    #[test]
    fn the_address_of_an_interface_names_it_so() {
        let beside = |text: &str| found(text, "key = ", "bluewhale", stands_by_api);

        assert!(beside("key = bluewhale\nurl = 'https://api.shop.dev'"));
        assert!(beside("get(\"https://shop.dev/API/v1?key=$key\")\n\nkey = bluewhale"));
        assert!(!beside("key = bluewhale\nurl = 'https://shop.dev/rapid'"));
        assert!(!beside("key = bluewhale\nsee 'https://shop.dev' for our api"));
        assert!(!beside("key = bluewhale\n\n\n\n\n\nurl = 'https://api.shop.dev'"));
    }

    #[test]
    fn a_call_may_set_a_name_to_a_value() {
        assert!(within(
            "define('DB_HOST', 'db');\ndefine('DB_USER', 'ada');\ndefine('password', 'bluewhale');",
            "a.php"
        ));
        assert!(within("p.put(\"db.host\", \"db\"); p.put(\"db.user\", \"ada\");\npassword(\"bluewhale\")", "a.java"));
        assert!(!within("list = ['host', 'user', 'ada']\npassword = 'bluewhale'", "a.py"));
    }

    #[test]
    fn the_name_of_a_password_may_say_which_service_takes_it() {
        let named = |name: &str, path: &str| {
            let text = format!("DB_USER = \"ada\"\n{name} = \"bluewhale\"");
            let value = text.find("bluewhale").unwrap();
            let whole = text.find("PASS").unwrap()..value + 9;
            let (text, path) = (text.as_bytes(), RepoPath::from(path));
            has_company(&Captured { text, whole, value: value..value + 9, path: &path, zones: &Zones::default() })
        };

        assert!(named("DB_PASS", "a.py") && named("SSH_PASS", "a.rb"));
        assert!(!named("USER_PASS", "a.py") && !named("DB_PASS", "README.md"));
    }

    #[test]
    fn a_user_is_enough_in_settings() {
        assert!(within("user = ada\npassword = bluewhale", "a.ini"));
        assert!(!within("user = \"ada\"\npassword = \"bluewhale\"", "a.py"));
        assert!(!within("{\"user\": \"ada\", \"password\": \"bluewhale\"}", "README.md"));
    }

    #[test]
    fn a_long_line_is_company_as_far_as_somebody_would_read_one() {
        let far = |between: usize| {
            format!("{{\"user\":\"ada\",\"x\":\"{}\",\"password\":\"bluewhale\"}}", "x".repeat(between))
        };

        assert!(within(&far(900), "a.json"));
        assert!(!within(&far(1100), "a.json"));
        assert!(within(&far(900).replacen(',', ",\n", 1), "a.json"));
    }

    #[test]
    fn elements_of_settings_name_a_user_before_or_around_it() {
        assert!(within("<username>ada</username><password>bluewhale</password>", "a.xml"));
        assert!(within("<p name=\"db.user\">ada</p>\n<p name=\"password\">bluewhale</p>", "a.xml"));
        assert!(within("<p name=\"login\" value=\"ada\"/>\n<p name=\"password\" value=\"bluewhale\"/>", "a.xml"));
        assert!(!within("$user->create(password => 'bluewhale')", "a.t"));
        assert!(!within("<p name=\"table\" value=\"user\"/>\n<p name=\"password\" value=\"bluewhale\"/>", "a.xml"));
    }

    #[test]
    fn the_account_that_a_mail_program_logs_in_with_is_enough() {
        assert!(within("auth: { user: 'ada.king@gmail.com', password: 'bluewhale' }", "a.js"));
        assert!(!within("auth: { user: 'ada', password: 'bluewhale' }", "a.js"));
        assert!(!within("create({ user: 'ada.king@gmail.com', password: 'bluewhale' })", "a.js"));
    }

    #[test]
    fn a_call_that_connects_to_a_database_needs_no_host_and_one_to_redis_no_user() {
        assert!(within("c = cx_Oracle.connect(user=r'ada', password=r'bluewhale', dsn=dsn)", "a.py"));
        assert!(within("redis.Redis(host='cache.shop.dev', port=6379, password='bluewhale')", "a.py"));
        assert!(!within("c = socket.connect(user=r'ada', password=r'bluewhale', dsn=dsn)", "a.py"));
        assert!(!within("redis.Redis(host=host, port=6379, password='bluewhale')", "a.py"));
    }

    #[test]
    fn what_stands_in_for_them_is_no_company() {
        assert!(!within("host = \"db\"\npassword = \"bluewhale\"", "a.ini"));
        assert!(!within("host = \"db\"\nuser = \"<user>\"\npassword = \"bluewhale\"", "a.ini"));
        assert!(!within("host = \"db\"\nuser = \"username\"\npassword = \"bluewhale\"", "a.ini"));
        assert!(!within("user = ada\n\n\n\n\n\n\npassword = bluewhale", "a.ini"));
    }
}
