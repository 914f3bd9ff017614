//! Counts what may go one way or another on added lines of source: the card's second factor.
//!
//! Written out by hand, since compiling an expression takes longer than counting; a test holds it
//! to the expression of the card's definition.

use super::card_data::CARD;
use crate::model::LineSet;

/// Control-flow tokens on the added lines of a text. Lines that start like a comment do not count.
pub(super) fn branches_added(text: &[u8], added: &LineSet) -> u32 {
    let starts = starts();
    let mut lines = text.split(|&byte| byte == b'\n');
    let mut next = 1;
    let mut count: u32 = 0;
    for range in added.ranges() {
        let skipped = usize::try_from(range.start - next).unwrap_or(usize::MAX);
        let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let tokens: u32 = lines.by_ref().skip(skipped).take(length).map(|line| tokens(line, starts)).sum();
        count = count.saturating_add(tokens);
        next = range.end;
    }
    count
}

/// Whether a line starts as a comment does.
pub(super) fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    CARD.branches.comments.iter().any(|start| line.starts_with(start.as_bytes()))
}

/// A bit for each byte that a token starts with: where another stands there is nothing to compare.
fn starts() -> u128 {
    let tokens = CARD.branches.words.iter().chain(CARD.branches.marks);
    tokens.filter_map(|token| token.bytes().next()).fold(0, |starts, byte| starts | bit(byte))
}

const fn bit(byte: u8) -> u128 {
    if byte.is_ascii() { 1 << byte } else { 0 }
}

fn tokens(line: &[u8], starts: u128) -> u32 {
    let card = &CARD.branches;
    if is_comment(line) {
        return 0;
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut count = 0;
    let mut rest = line.trim_ascii();
    while let Some((first, after)) = rest.split_first() {
        let may_start = starts & bit(*first) != 0;
        if is_word(first) {
            let end = rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
            let (word, beyond) = rest.split_at(end);
            count += u32::from(may_start && card.words.iter().any(|known| word == known.as_bytes()));
            rest = beyond;
        } else if may_start && let Some(mark) = card.marks.iter().find(|mark| rest.starts_with(mark.as_bytes())) {
            count += 1;
            rest = rest.get(mark.len()..).unwrap_or_default();
        } else {
            rest = after;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::*;

    const TOKENS: &str = r"(?-u)\b(if|else|for|while|loop|match|switch|case|catch|except|elif|try|unsafe|goto|select|await|when)\b|&&|\|\||\?";

    #[test]
    fn only_added_lines_count_and_comments_do_not() {
        let text = b"if a && b {\n// if c\n} else if d? {\n  x\n}\n";

        assert_eq!(branches_added(text, &LineSet::all(5)), 5);
        assert_eq!(branches_added(text, &LineSet::from_ranges(std::iter::once(2..4))), 3);
        assert_eq!(branches_added(text, &LineSet::default()), 0);
    }

    proptest! {
        #[test]
        fn tokens_are_those_of_the_definition(
            parts in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(vec!["if", "else", "when", "elif", "&&", "||", "|", "&", "?", "_", " ", "(", "a", "1"]).prop_map(String::from),
                    "[ -~]{0,3}",
                ],
                0..12,
            )
        ) {
            let line = parts.concat();
            let trimmed = line.trim();
            let comment = ["//", "#", "*", "/*", "--"].iter().any(|start| trimmed.starts_with(start));
            let expected = if comment { 0 } else { Regex::new(TOKENS).unwrap().find_iter(trimmed.as_bytes()).count() };

            prop_assert_eq!(usize::try_from(tokens(line.as_bytes(), starts())).unwrap(), expected, "{}", line);
        }
    }
}
