//! Lines and columns of places in a text, counted in one walk forward.

use memchr::{memchr_iter, memrchr};

/// A place in a file, with its line and column; both count from one, a column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) at: usize,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { at: 0, line: 1, column: 1 }
    }
}

/// What some editors put at the start of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

impl Position {
    /// Walks on to a later place; `text` starts at `base` in the file.
    pub(super) fn walk(&mut self, text: &[u8], base: usize, to: usize) {
        let Some(passed) = self.at.checked_sub(base).and_then(|from| text.get(from..to.checked_sub(base)?)) else {
            return;
        };
        self.line = self.line.saturating_add(newlines(passed));
        self.column = match memrchr(b'\n', passed) {
            Some(newline) => 1 + characters(passed.get(newline + 1..).unwrap_or_default()),
            None => self.column.saturating_add(characters(passed)),
        };
        // A mark of the encoding is no character of the line for whoever looks at it.
        if self.at == 0 && self.line == 1 && passed.starts_with(MARK) {
            self.column -= 1;
        }
        self.at = to;
    }
}

fn newlines(text: &[u8]) -> u32 {
    u32::try_from(memchr_iter(b'\n', text).count()).unwrap_or(u32::MAX)
}

fn characters(text: &[u8]) -> u32 {
    u32::try_from(text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_the_encoding_is_no_column() {
        let mut position = Position::default();
        position.walk("\u{feff}K = 1\nL".as_bytes(), 0, 7);
        assert_eq!((position.line, position.column), (1, 5));
        position.walk("\u{feff}K = 1\nL".as_bytes(), 0, 9);
        assert_eq!((position.line, position.column), (2, 1));
    }

    #[test]
    fn a_walk_in_steps_ends_where_a_walk_at_once_does() {
        let text = "gr\u{fc}n\nzwei\n drei".as_bytes();

        let mut at_once = Position::default();
        at_once.walk(text, 0, 13);
        let mut in_steps = Position::default();
        in_steps.walk(text, 0, 4);
        in_steps.walk(&text[3..], 3, 13);

        assert_eq!(at_once, Position { at: 13, line: 3, column: 3 });
        assert_eq!(in_steps, at_once);
    }
}
