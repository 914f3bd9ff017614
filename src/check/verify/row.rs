//! Rows of tables: the heads of the columns say which of the cells is a password.

use super::Captured;
use super::digits::is_hex;
use super::look::like_password;
use super::name::is_password;
use super::place::{Place, words};
use super::weak::{is_weak, names_kind, spells_secret};
use super::words::{Words, words};

/// No password that a person types is longer; hashes are.
const LONGEST: usize = 20;

/// Whether any row holds a password as it is typed, in the column that is named for passwords.
pub(super) fn holds_password(captured: &Captured<'_>) -> bool {
    let (head, rows) = (captured.head(), captured.value());
    let drawn = rows.starts_with(b"|");
    let opened = memchr::memchr(b'(', head).and_then(|at| head.get(at + 1..)).filter(|_| !drawn);
    let quoted = opened.is_some();
    let heads = opened.unwrap_or(head);
    let parts = move |byte: u8| if drawn { byte == b'|' } else { matches!(byte, b',' | b';' | b'\t') };
    let heads = heads.get(..memchr::memchr2(b')', b'\n', heads).unwrap_or(heads.len())).unwrap_or_default();
    let mut columns = heads.split(|&byte| parts(byte));
    let Some(column) = columns.clone().position(is_for_passwords).filter(|_| columns.any(is_for_users)) else {
        return false;
    };
    rows_of(rows, quoted).any(|row| cells(row, parts).nth(column).is_some_and(|cell| is_typed(cell, quoted)))
}

/// Whether the head of a column ends in a name for passwords, and is not about them.
fn is_for_passwords(head: &[u8]) -> bool {
    let head = head.split(|&byte| byte == b'(').next().unwrap_or_default();
    words(head).pop().is_some_and(|last| is_password(&Place::of_name(vec![last])))
}

/// Whether the head of a column names whose password it is.
fn is_for_users(head: &[u8]) -> bool {
    words(head).iter().any(|word| USERS.has(word) || USERS.close(word))
}

const USERS: Words = words!("user name login email mail account usuario nombre nome host server role");

/// The rows, each in parentheses or on a line of its own.
fn rows_of(text: &[u8], enclosed: bool) -> impl Iterator<Item = &[u8]> {
    text.split(move |&byte| byte == b'\n' || (enclosed && byte == b'(')).map(<[u8]>::trim_ascii)
}

/// What commas or bars part, unless they stand in quotes.
fn cells(row: &[u8], parts: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    let mut quote = None;
    row.split(move |&byte| {
        match quote {
            Some(open) if open == byte => quote = None,
            None if matches!(byte, b'\'' | b'"') => quote = Some(byte),
            _ => {}
        }
        quote.is_none() && parts(byte)
    })
    .map(<[u8]>::trim_ascii)
}

/// Whether a cell holds what somebody types, and neither a call nor a hash.
fn is_typed(cell: &[u8], quoted: bool) -> bool {
    let quote = |byte: &u8| matches!(byte, b'\'' | b'"' | b'`');
    let closed = cell.strip_suffix(b")").unwrap_or(cell);
    let opens = closed.first().is_some_and(quote) && closed.len() > 1 && closed.first() == closed.last();
    let value = if opens { closed.get(1..closed.len() - 1).unwrap_or_default() } else { cell };
    let digest = is_hex(value) && value.len() >= 16;
    (opens || !quoted)
        && value.len() <= LONGEST
        && !digest
        && !is_weak(value)
        && !names_kind(value)
        && !spells_secret(value)
        && like_password(value)
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    #[test]
    fn the_column_that_is_named_for_passwords_holds_one() {
        let insert = |rows: &str| {
            let head = "INTO users (id, name, password) VALUES ";
            found(&format!("{head}{rows}"), head, rows, holds_password)
        };

        assert!(insert("(1, 'ada', 'vQ7mzT2xL')") && insert("(1, 'ada', '123456'),\n(2, 'b, c', 'vQ7mzT2xL')"));
        assert!(!insert("(1, 'vQ7mzT2xL', '123456')"));
        assert!(!insert("(1, 'ada', vQ7mzT2xL)") && !insert("(1, 'ada', SHA2('vQ7mzT2xL', 256))"));
        assert!(!insert("(1, 'ada', '4a733ff2db8383eda8')") && !insert("(1, 'ada', 'ztW7GHt5YEedrEY0Mrwb5J')"));
    }

    #[test]
    fn rows_on_lines_need_no_quotes() {
        let lines = |head: &str, rows: &str| found(&format!("{head}{rows}"), head, rows, holds_password);

        assert!(lines("name;password\n", "ada;123456\nbob;vQ7mzT2xL\n"));
        assert!(lines("name,password\n", "ada,\"vQ7mzT2xL\"\n"));
        assert!(!lines("name,passenger\n", "ada,vQ7mzT2xL\n"));
    }
}
