//! Which commits of a history turned out to be faults, as far as later ones tell.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::check::branches::is_comment;
use crate::model::{FileFacts, FileKind, LineSet};

/// A later fix says nothing about code that worked for longer than this.
pub const DAYS: i64 = 365;

/// A fix that touches more than this is no fix alone.
const MOST_FILES: usize = 30;
const MOST_DELETED: u32 = 400;

/// At most this many lines of one file are blamed.
const MOST_BLAMED: usize = 200;

/// Whether a commit whose subject tells of a fix is small enough to tell what it fixed.
#[must_use]
pub fn tells_of_a_fault(files: &[Box<FileFacts>]) -> bool {
    let source = || files.iter().filter(|file| file.kind == FileKind::Source);
    let deleted = source().map(|file| file.lines.deleted.count()).fold(0, u32::saturating_add);
    source().next().is_some() && files.len() <= MOST_FILES && deleted <= MOST_DELETED
}

/// The lines of the old text that a fix took out and that may have been at fault: no comments, and
/// nothing as short as a bracket.
#[must_use]
pub fn lines_at_fault(old: &[u8], deleted: &LineSet) -> LineSet {
    let lines = (1..).zip(old.split(|&byte| byte == b'\n'));
    let at_fault =
        lines.filter(|(number, line)| deleted.contains(*number) && line.trim_ascii().len() > 2 && !is_comment(line));
    LineSet::from_ranges(at_fault.take(MOST_BLAMED).map(|(number, _)| number..number + 1))
}

/// The commits that a message names as the fault, by their first hexadecimal digits.
pub fn named_as_fault(message: &[u8]) -> impl Iterator<Item = String> {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i-u)(?:this reverts commit|fixes:|introduced in|regression from)\s+(?:commit\s+)?([0-9a-f]{7,40})\b",
        )
        .ok()
    });
    let found = NAMED.iter().flat_map(move |named| named.captures_iter(message));
    found.filter_map(|captures| Some(String::from_utf8_lossy(captures.get(1)?.as_bytes()).to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileChange, LineDiff, Scanned};

    fn file(kind: FileKind, deleted: u32) -> FileFacts {
        FileFacts {
            change: FileChange { path: "a".into(), from: None, old: None, new: None },
            kind,
            lines: LineDiff { added: LineSet::default(), deleted: LineSet::all(deleted), hunks: 1 },
            header_lines: 0,
            branches: 0,
            old_sha256: None,
            new_sha256: None,
            scanned: Scanned::Text,
        }
    }

    #[test]
    fn only_a_small_fix_of_source_tells_of_a_fault() {
        let many = |count| vec![Box::new(file(FileKind::Source, 1)); count];

        assert!(tells_of_a_fault(&many(30)));
        assert!(!tells_of_a_fault(&many(31)));
        assert!(tells_of_a_fault(&[file(FileKind::Source, 400), file(FileKind::Doc, 900)].map(Box::new)));
        assert!(!tells_of_a_fault(&[file(FileKind::Source, 400), file(FileKind::Source, 1)].map(Box::new)));
        assert!(!tells_of_a_fault(&[file(FileKind::Test, 1)].map(Box::new)));
    }

    #[test]
    fn brackets_and_comments_are_not_at_fault() {
        let old = b"  }\n// why\nlet a = 1;\n\nab\nabc\nkept\n";

        let lines = lines_at_fault(old, &LineSet::all(6));

        assert_eq!(lines.ranges().collect::<Vec<_>>(), [3..4, 6..7]);
    }

    #[test]
    fn of_one_file_two_hundred_lines_are_blamed() {
        let old = b"let a = 1;\n".repeat(300);

        assert_eq!(lines_at_fault(&old, &LineSet::all(300)).count(), 200);
    }

    #[test]
    fn a_message_names_the_fault_in_four_ways() {
        let named = |message: &str| named_as_fault(message.as_bytes()).collect::<Vec<_>>();

        assert_eq!(named("Revert x\n\nThis reverts commit 00FFaa1122."), ["00ffaa1122"]);
        assert_eq!(named("Fixes: 0123456 (\"Add x\")"), ["0123456"]);
        assert_eq!(named("It was introduced in 0123456 and is a regression from abcdef0."), ["0123456", "abcdef0"]);
        assert_eq!(named("Fixes: #1234567"), Vec::<String>::new());
        assert_eq!(named("since 0123456"), Vec::<String>::new());
        assert_eq!(named("Fixes: 012345"), Vec::<String>::new());
    }
}
