//! What stands near a password: a user and a host make plain words one that someone logs in with.

use super::Captured;
use super::place::words;
use super::stand_in::stands_in;
use super::words::Words;

/// How far before and behind the value its company is looked for.
const REACH: usize = 240;

const LINES: usize = 5;

const USERS: Words = Words("user username uname login uid usr account email userid nick");

const HOSTS: Words = Words("host hostname server addr address url uri endpoint dsn domain");

/// Whether a user and a host are set to something in the lines around a value.
pub(super) fn has_company(captured: &Captured<'_>) -> bool {
    let text = captured.text;
    let line = memchr::memrchr(b'\n', text.get(..captured.whole.start).unwrap_or_default()).map_or(0, |at| at + 1);
    let before = text.get(line.saturating_sub(REACH)..captured.whole.start).unwrap_or_default();
    let after = text.get(captured.value.end..).unwrap_or_default();
    let after = after.get(..REACH).unwrap_or(after);
    let around =
        || before.rsplit(|&byte| byte == b'\n').take(LINES).chain(after.split(|&byte| byte == b'\n').take(LINES));
    around().any(|line| sets(line, USERS)) && around().any(|line| sets(line, HOSTS))
}

/// Whether a line sets one of the names to a value that is meant.
fn sets(line: &[u8], names: Words) -> bool {
    line.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':')).any(|(at, _)| {
        let (head, tail) = line.split_at_checked(at).unwrap_or_default();
        let head = head.trim_ascii_end();
        let from = head.iter().rposition(|&byte| !in_name(byte)).map_or(0, |last| last + 1);
        let quoted = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
        let from = if quoted.len() < head.len() {
            quoted.iter().rposition(|&byte| !in_name(byte)).map_or(0, |last| last + 1)
        } else {
            from
        };
        let name = words(quoted.get(from..).unwrap_or_default());
        let value = value_of(tail);
        name.last().is_some_and(|last| names.has(last) || names.close(last))
            && value.len() > 1
            && !names.has(value)
            && !stands_in(value)
    })
}

fn value_of(tail: &[u8]) -> &[u8] {
    let skips = |byte: &u8| matches!(byte, b'=' | b':' | b'>' | b' ' | b'\t' | b'"' | b'\'' | b'\\');
    let from = tail.iter().position(|byte| !skips(byte)).unwrap_or(tail.len());
    let value = tail.get(from..).unwrap_or_default();
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b';' | b'<' | b'(' | b')');
    value.get(..value.iter().position(ends).unwrap_or(value.len())).unwrap_or_default()
}

const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    fn beside(text: &str) -> bool {
        found(text, "password = \"", "bluewhale", has_company)
    }

    #[test]
    fn a_user_and_a_host_around_a_value_are_its_company() {
        assert!(beside("host = \"db.shop.dev\"\nuser = \"ada\"\npassword = \"bluewhale\""));
        assert!(beside("connect(host='db', password = \"bluewhale\", user='ada')"));
        assert!(beside("\"dbHost\": \"db\", \"smtpUser\": \"ada\"\npassword = \"bluewhale\""));
    }

    #[test]
    fn one_of_them_or_what_stands_in_for_it_is_none() {
        assert!(!beside("user = \"ada\"\npassword = \"bluewhale\""));
        assert!(!beside("host = \"db\"\npassword = \"bluewhale\""));
        assert!(!beside("host = \"db\"\nuser = \"<user>\"\npassword = \"bluewhale\""));
        assert!(!beside("host = \"db\"\nuser = \"username\"\npassword = \"bluewhale\""));
        assert!(!beside("host: string\nuser = \"ada\"\n\n\n\n\n\n\npassword = \"bluewhale\""));
    }
}
