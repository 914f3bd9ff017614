//! Whose password a call takes: beside an account of mail, a network or a database, a plain word is one.

use super::Captured;
use super::address::is_reserved;
use super::place::{in_document, words};
use super::shape::is_mail_address;
use super::stand_in::stands_in;
use super::weak::{is_plain_password, is_weak};
use super::words::{Words, words};

/// Whether a call that logs in names somebody's account, so that the word behind it is the password.
pub(super) fn takes_word(captured: &Captured<'_>) -> bool {
    let (value, head) = (captured.value(), captured.head());
    let Some(user) = last_quoted(head) else { return false };
    let call = head.get(..head.len().min(CALL)).unwrap_or_default().to_ascii_lowercase();
    let to_network = NETWORKS.open(&call) && value.len() >= 8;
    let bare = value.strip_prefix(b"!").unwrap_or(value);
    let bare = bare.strip_suffix(b"!").unwrap_or(bare);
    !in_document(captured)
        && (is_plain_password(bare) || (to_network && is_phrase(bare)))
        && !value.eq_ignore_ascii_case(user)
        && !stands_in(user)
        && !is_nobody(user)
        && (is_account(user, &call) || to_network || DATABASES.open(&call))
}

/// Whether a call tries a weak password for a user that is nobody.
pub(super) fn tries_out(captured: &Captured<'_>) -> bool {
    let head = captured.head();
    let user = last_quoted(head).or_else(|| head.strip_suffix(b":").and_then(last_word));
    is_weak(captured.value()) && user.is_some_and(is_nobody)
}

/// What follows the last quote.
fn last_word(head: &[u8]) -> Option<&[u8]> {
    head.rsplit(|byte| matches!(byte, b'"' | b'\'' | b'`')).next()
}

pub(super) fn is_nobody(user: &[u8]) -> bool {
    words(user).iter().any(|word| NOBODY.has(word))
}

/// Whether plain words with spaces between are no sentence that says what to fill in.
fn is_phrase(value: &[u8]) -> bool {
    let joined: Vec<u8> = value.iter().copied().filter(|&byte| byte != b' ').collect();
    joined.len() < value.len() && is_plain_password(&joined)
}

const CALL: usize = 40;

/// Words for users and networks that are the reader's, and users of nobody.
const NOBODY: Words = words!(
    "user username usr my name ssid wifi network device devicename login email mail test tests tester testing demo \
     dummy fake foo bar alice bob john jane doe joe someone somebody admin sender guest",
);

/// Calls whose password opens a radio network: eight characters at least.
const NETWORKS: Words = words!("wifi. .softap wifimulti. wlan. sta_if. sta. blynk.");

/// Calls that open a database.
const DATABASES: Words = words!(
    "mysqli_ mysql_ mysqli( pg_ new drivermanager. getconnection dbi dbi. pymysql. mysqldb. mysql. psycopg2. oci_ \
     mssql_ username_pw_set( oracledb. cx_oracle.",
);

/// Calls that send mail by somebody's account, in whichever domain.
const MAILERS: Words = words!("networkcredential passwordauthentication plainauth smtptransport imap_open yagmail");

/// An account of mail: by one of the great providers, or where mail is sent.
fn is_account(user: &[u8], call: &[u8]) -> bool {
    let host = memchr::memchr(b'@', user).and_then(|at| user.get(at + 1..)).unwrap_or_default();
    is_mail_address(user) && !is_reserved(host) && (MAILERS.within(call) || is_of_provider(host))
}

/// Whether a host is one where people have their mail.
pub(super) fn is_of_provider(host: &[u8]) -> bool {
    PROVIDERS.close(&host.to_ascii_lowercase())
}

const PROVIDERS: Words = words!(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com qq.com 163.com 126.com yeah.net \
     mail.ru yandex.ru yandex.com onmicrosoft.com gmx.de gmx.net web.de naver.com",
);

/// The text in quotes that ends the arguments before the value.
fn last_quoted(head: &[u8]) -> Option<&[u8]> {
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'"))?.trim_ascii_end();
    let head = head.strip_suffix(b",")?.trim_ascii_end();
    let (quote, inside) = head.split_last().filter(|(last, _)| matches!(last, b'"' | b'\''))?;
    inside.get(memchr::memrchr(*quote, inside)? + 1..).map(<[u8]>::trim_ascii).filter(|user| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    fn takes(call: &str, value: &str) -> bool {
        found(&format!("{call}{value}\")"), call, value, takes_word)
    }

    #[test]
    fn a_word_beside_an_account_is_its_password() {
        assert!(takes("login(\"ada.king@gmail.com\", \"", "bluewhale"));
        assert!(takes("NetworkCredential(\"ada.king@shop.dev\", \"", "bluewhale"));
        assert!(takes("WiFi.begin(\"CasaNuova\", \"", "bluewhale"));
        assert!(takes("mysqli_connect(\"db\", \"ada\", \"", "!bluewhale"));
        assert!(takes("WiFi.begin(\"CasaNuova\", \"", "blue whales"));
        assert!(takes("cx_Oracle.connect(\"ada\", \"", "bluewhale"));
        assert!(takes("oracledb.connect(\"ada\", \"", "bluewhale"));
        for (call, value) in [
            ("login(\"ada.king@shop.dev\", \"", "bluewhale"),
            ("NetworkCredential(\"ada.king@example.com\", \"", "bluewhale"),
            ("NetworkCredential(\"ada\", \"", "bluewhale"),
            ("login(\"test@gmail.com\", \"", "bluewhale"),
            ("login(\"ada.king@gmail.com\", \"", "mypassword"),
            ("WiFi.begin(\"your-ssid\", \"", "bluewhale"),
            ("WiFi.begin(\"CasaNuova\", \"", "whales"),
            ("WiFi.begin(\"CasaNuova\", \"", "my wifi password"),
            ("login(\"ada.king@gmail.com\", \"", "blue whales"),
            ("WiFi.begin(ssid, \"", "bluewhale"),
            ("mysqli_connect(\"db\", \"username\", \"", "bluewhale"),
            ("mysqli_connect(\"db\", \"bluewhale\", \"", "bluewhale"),
        ] {
            assert!(!takes(call, value), "{call}{value}");
        }
    }

    #[test]
    fn a_weak_password_for_nobody_is_tried_out() {
        let tried = |call: &str, value: &str| found(&format!("{call}{value}\")"), call, value, tries_out);

        assert!(tried("BasicAuth(\"user@test.com\", \"", "tok-123") && tried("login(\"admin\", \"", "secret12"));
        assert!(tried("btoa(\"admin@shop.dev:", "secret12") && !tried("btoa(\"ada:", "secret12"));
        assert!(!tried("BasicAuth(\"ada@shop.dev\", \"", "tok-123"));
        assert!(!tried("BasicAuth(\"user@test.com\", \"", "vQ7mzT2xL"));
    }
}
