//! Which lines of a signed file are others now.

use std::ops::Range;

use similar::algorithms::{Capture, myers};
use similar::{DiffOp, DiffTag};

use crate::model::{LineDiff, LineSet};

/// How many lines around a change are shown.
const CONTEXT: u32 = 2;

/// Comparing more lines than this, what both texts begin and end with apart, would take too long.
const MOST_COMPARED: usize = 5_000;

/// A line of either text, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The first lines of what follows, in the signed file and in the one that is there now.
    At {
        old: u32,
        new: u32,
    },
    Same(u32),
    Gone(u32),
    Came(u32),
}

/// What is gone from one text, and came into the other. Texts with hardly a line in common are told as
/// wholly replaced: how much was compared must not depend on the clock.
#[must_use]
pub fn difference(old: &[u8], new: &[u8]) -> LineDiff {
    let (old, new) = (lines(old), lines(new));
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let ends = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let ends = ends.min(old.len().min(new.len()) - same);
    let (was, is) = (same..old.len() - ends, same..new.len() - ends);
    let mut found = Capture::new();
    let ops = if was.len() + is.len() > MOST_COMPARED {
        let (old_index, old_len, new_index, new_len) = (was.start, was.len(), is.start, is.len());
        vec![DiffOp::Replace { old_index, old_len, new_index, new_len }]
    } else {
        let Ok(()) = myers::diff(&mut found, old.as_slice(), was, new.as_slice(), is);
        found.into_ops()
    };
    let changes = || ops.iter().filter(|op| op.tag() != DiffTag::Equal);
    LineDiff {
        deleted: LineSet::from_ranges(changes().map(|op| counted(&op.old_range()))),
        added: LineSet::from_ranges(changes().map(|op| counted(&op.new_range()))),
        hunks: u32::try_from(changes().count()).unwrap_or(u32::MAX),
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The same from one, not from zero.
fn counted(range: &Range<usize>) -> Range<u32> {
    let line = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    line(range.start)..line(range.end)
}

/// The lines that are gone or came, with a few around them.
#[must_use]
pub fn rows(diff: &LineDiff, new_lines: u32) -> Vec<Row> {
    let (mut deleted, mut added) = (diff.deleted.ranges().peekable(), diff.added.ranges().peekable());
    let (mut old, mut new, mut shown) = (1_u32, 1_u32, 0_u32);
    let mut rows = Vec::new();
    loop {
        let until = |next: Option<&Range<u32>>, at: u32| next.map(|range| range.start.saturating_sub(at));
        let same = [until(deleted.peek(), old), until(added.peek(), new)].into_iter().flatten().min();
        let Some(same) = same else { break };
        (old, new) = (old.saturating_add(same), new.saturating_add(same));
        let from = new.saturating_sub(CONTEXT).max(shown + 1).max(1);
        if shown == 0 || from > shown + 1 {
            rows.push(Row::At { old: old.saturating_sub(new - from), new: from });
        }
        rows.extend((from..new).map(Row::Same));
        if let Some(gone) = deleted.next_if(|range| range.start == old) {
            old = gone.end;
            rows.extend(gone.map(Row::Gone));
        }
        if let Some(came) = added.next_if(|range| range.start == new) {
            new = came.end;
            rows.extend(came.map(Row::Came));
        }
        // What follows closely belongs to the next change as well, and is shown once.
        let after = [until(deleted.peek(), old), until(added.peek(), new)].into_iter().flatten().min();
        let left = new_lines.saturating_add(1).saturating_sub(new);
        let count = CONTEXT.min(after.unwrap_or(left)).min(left);
        rows.extend((new..new + count).map(Row::Same));
        shown = new + count - 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::line_count;

    fn shown(old: &str, new: &str) -> String {
        let line = |text: &str, at: u32| text.lines().nth(at as usize - 1).unwrap_or("?").to_owned();
        let diff = difference(old.as_bytes(), new.as_bytes());
        let rows = rows(&diff, line_count(new.as_bytes()));
        let rows = rows.into_iter().map(|row| match row {
            Row::At { old, new } => format!("@{old},{new}"),
            Row::Same(at) => format!(" {}", line(new, at)),
            Row::Gone(at) => format!("-{}", line(old, at)),
            Row::Came(at) => format!("+{}", line(new, at)),
        });
        rows.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn texts_with_hardly_a_line_in_common_are_told_as_replaced() {
        let text = |word: &str| -> String {
            (0..MOST_COMPARED).flat_map(|at| [word.to_owned(), at.to_string(), "\n".into()]).collect()
        };
        let (old, new) = (format!("a\n{}z\n", text("old")), format!("a\n{}y\nz\n", text("new")));

        let diff = difference(old.as_bytes(), new.as_bytes());

        let lines = u32::try_from(MOST_COMPARED).unwrap();
        assert_eq!(diff.deleted, LineSet::from_ranges(std::iter::once(2..lines + 2)));
        assert_eq!(diff.added, LineSet::from_ranges(std::iter::once(2..lines + 3)));
    }

    #[test]
    fn changed_lines_are_shown_with_what_is_around_them() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n";

        assert_eq!(shown(old, "a\nb\nc\nD\ne\nf\ng\nh\ni\nj\nk\n"), "@2,2| b| c|-d|+D| e| f");
        assert_eq!(shown(old, "A\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"), "@1,1|-a|+A| b| c|@9,9| i| j|-k");
        assert_eq!(shown(old, "a\nB\nc\nd\nE\nf\ng\nh\ni\nj\nk\n"), "@1,1| a|-b|+B| c| d|-e|+E| f| g");
        assert_eq!(shown(old, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n"), "@10,10| j| k|+l");
        assert_eq!(shown("", "a\n"), "@1,1|+a");
        assert_eq!(shown("a\n", ""), "@1,1|-a");
        assert_eq!(shown(old, old), "");
    }
}
