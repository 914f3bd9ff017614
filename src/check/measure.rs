//! Measures one file change: its lines, its branches, its digests.

use std::borrow::Cow;

use super::branches::branches_added;
use super::kind::kind;
use super::text::decode;
use crate::header::{Found, inspect};
use crate::model::{Content, FileChange, FileFacts, FileKind, LineDiff, LineSet, Mode, Scanned, Sha256, line_count};

/// Measures a file change whose contents were read. `marked` is what the trusted side's
/// `.gitattributes` say of `linguist-generated`, if they say anything.
///
/// When both sides are the same object (a new mode, an exact rename) only `new` is looked at, so
/// `old` need not be read.
#[must_use]
pub fn measure(change: FileChange, old: &Content, new: &Content, marked: Option<bool>) -> FileFacts {
    facts(change, old, new, marked, branches_added)
}

/// Measures a file of a tree. A tree is no change, so nobody asks what branches it adds.
#[must_use]
pub fn survey(change: FileChange, new: &Content, marked: Option<bool>) -> FileFacts {
    facts(change, &Content::Absent, new, marked, |_, _| 0)
}

/// The same for a copy of a file that was surveyed.
#[must_use]
pub fn survey_copy(change: FileChange, of: &FileFacts, new: &Content, marked: Option<bool>) -> FileFacts {
    let kind = kind_of(&change, marked);
    if kind == of.kind { FileFacts { change, ..of.clone() } } else { survey(change, new, marked) }
}

fn facts(
    change: FileChange,
    old: &Content,
    new: &Content,
    marked: Option<bool>,
    branches: fn(&[u8], &LineSet) -> u32,
) -> FileFacts {
    let same = change.old.zip(change.new).is_some_and(|(old, new)| old.id == new.id);
    let after = Text::of(new);
    let lines = if same { LineDiff::default() } else { Text::of(old).against(&after) };
    let kind = kind_of(&change, marked);
    let (header_lines, branches) = match &after {
        Text::Whole(text, _) if kind == FileKind::Source => {
            let code = without_header(text, &lines.added);
            (lines.added.count() - code.count(), branches(text, &code))
        }
        Text::Whole(..) | Text::Counted(..) => (0, 0),
    };
    let scanned = match change.new.map(|side| side.mode) {
        None => Scanned::Absent,
        Some(Mode::Symlink) => Scanned::Symlink,
        Some(Mode::Submodule) => Scanned::Submodule,
        Some(Mode::Regular | Mode::Executable) => after.scanned(),
    };
    let new_sha256 = sha256(new);
    let old_sha256 = if same { new_sha256 } else { sha256(old) };
    FileFacts { change, kind, lines, header_lines, branches, old_sha256, new_sha256, scanned }
}

/// The added lines but for those of a protection header, whose words would be taken for code in some
/// languages. Only a header as gov-hook writes it is left out, so that nothing can hide in one.
fn without_header(text: &[u8], added: &LineSet) -> LineSet {
    match inspect(text) {
        Found::Block(block) if block.is_in_place => {
            let lines = line_count(text.get(block.place).unwrap_or_default().trim_ascii_start());
            added.without(&(block.line..block.line.saturating_add(lines)))
        }
        Found::Block(_) | Found::Nothing | Found::Damaged { .. } => added.clone(),
    }
}

/// The line difference of two contents. Counts as git does, but for UTF-16: git takes it for binary
/// and counts nothing, which would let any amount of source pass as no lines at all.
#[must_use]
pub fn line_diff(old: &Content, new: &Content) -> LineDiff {
    Text::of(old).against(&Text::of(new))
}

/// A link to source is not source, and neither is somebody else's repository; but source that
/// becomes one is touched.
fn kind_of(change: &FileChange, marked: Option<bool>) -> FileKind {
    let is_file = [change.old, change.new].into_iter().flatten().any(|side| side.mode.is_file());
    let kind = kind(&change.path, marked);
    if kind == FileKind::Source && !is_file { FileKind::Other } else { kind }
}

fn sha256(content: &Content) -> Option<Sha256> {
    match content {
        Content::Bytes(bytes) => Some(Sha256::of(bytes)),
        Content::Large { sha256, .. } => Some(*sha256),
        Content::Absent | Content::Commit(_) => None,
    }
}

/// One side as lines.
enum Text<'a> {
    Whole(Cow<'a, [u8]>, Scanned),
    /// Not to be compared line by line: this many lines, none for what is binary.
    Counted(u32, Scanned),
}

impl<'a> Text<'a> {
    fn of(content: &'a Content) -> Self {
        match content {
            Content::Bytes(bytes) => match decode(bytes) {
                (_, Scanned::Binary) => Self::Counted(0, Scanned::Binary),
                (text, scanned) => Self::Whole(text, scanned),
            },
            Content::Large { binary: true, .. } => Self::Counted(0, Scanned::Binary),
            Content::Large { size, lines, binary: false, .. } => Self::Counted(*lines, Scanned::Large(*size)),
            Content::Absent | Content::Commit(_) => Self::Whole(Cow::Borrowed(b""), Scanned::Absent),
        }
    }

    const fn scanned(&self) -> Scanned {
        match self {
            Self::Whole(_, scanned) | Self::Counted(_, scanned) => *scanned,
        }
    }

    fn count(&self) -> u32 {
        match self {
            Self::Whole(text, _) => line_count(text),
            Self::Counted(lines, _) => *lines,
        }
    }

    fn against(&self, new: &Self) -> LineDiff {
        match (self, new) {
            (Self::Whole(old, _), Self::Whole(new, _)) => LineDiff::between(old, new),
            // What cannot be compared is wholly gone or wholly new.
            (old, new) => LineDiff::replaced(old.count(), new.count()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{Terms, sign, syntax_for};
    use crate::model::{Moment, ObjectId, Side};

    fn measured(path: &str, old: Option<&[u8]>, new: Option<&[u8]>) -> FileFacts {
        let side = |half: Option<&[u8]>, id| half.map(|_| Side { mode: Mode::Regular, id: ObjectId::new([id; 20]) });
        let content = |half: Option<&[u8]>| half.map_or(Content::Absent, |bytes| Content::Bytes(bytes.to_vec()));
        let change = FileChange { path: path.into(), from: None, old: side(old, 1), new: side(new, 2) };
        measure(change, &content(old), &content(new), None)
    }

    fn counts(facts: &FileFacts) -> (u32, u32) {
        (facts.lines.added.count(), facts.lines.deleted.count())
    }

    #[test]
    fn lines_are_counted_on_both_sides() {
        let facts = measured("src/a.rs", Some(b"a\nb\n"), Some(b"a\nif x {\n}\n"));

        assert_eq!(counts(&facts), (2, 1));
        assert_eq!((facts.kind, facts.branches), (FileKind::Source, 1));
    }

    #[test]
    fn the_lines_of_a_protection_header_are_no_code() {
        let terms = Terms {
            environment: "dev".into(),
            signed_at: Moment::of_seconds(1_764_930_600).unwrap(),
            name: "Mira".into(),
            email: "mira@example.com".into(),
            artifact_type: None,
            metadata: vec![("note".into(), "if for while".into())],
        };
        let php = "<?php if ($y) {}\n";
        for (path, text, code) in
            [("a.erl", "x() -> if y.\n", (1, 1)), ("a.ml", "if y\n", (1, 1)), ("a.php", php, (2, 2))]
        {
            let syntax = syntax_for(&path.into(), text.as_bytes()).unwrap();
            let signed = sign(text.as_bytes(), syntax, &terms).unwrap().unwrap().bytes;

            let facts = measured(path, None, Some(&signed));

            assert_eq!((facts.lines.added.count() - facts.header_lines, facts.branches), code, "{path}");
        }
        let facts = measured("a.erl", None, Some(b"x() -> if y.\n"));
        assert_eq!((facts.header_lines, facts.branches), (0, 1));
    }

    #[test]
    fn binary_content_has_no_lines() {
        let facts = measured("a.bin", None, Some(b"\x7fELF\0\x01\x02\n\n\n"));

        assert_eq!((counts(&facts), facts.scanned), ((0, 0), Scanned::Binary));
    }

    #[test]
    fn source_in_utf_16_cannot_hide_its_lines() {
        let wide: Vec<u8> = "\u{feff}if a {\nb\n}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();

        let facts = measured("src/a.rs", None, Some(&wide));

        assert_eq!((counts(&facts), facts.branches, facts.scanned), ((3, 0), 1, Scanned::Utf16));
    }

    #[test]
    fn text_that_turns_binary_is_wholly_gone() {
        assert_eq!(counts(&measured("a", Some(b"a\nb\n"), Some(b"\0\0\0\0\x01"))), (0, 2));
    }

    #[test]
    fn a_link_to_source_is_not_source() {
        let side = Side { mode: Mode::Symlink, id: ObjectId::new([1; 20]) };
        let change = FileChange { path: "src/a.rs".into(), from: None, old: None, new: Some(side) };

        let facts = measure(change, &Content::Absent, &Content::Bytes(b"b.rs".to_vec()), None);

        assert_eq!((facts.kind, facts.scanned), (FileKind::Other, Scanned::Symlink));
    }

    #[test]
    fn source_that_becomes_a_link_was_source() {
        let side = |mode, id| Some(Side { mode, id: ObjectId::new([id; 20]) });
        let (old, new) = (side(Mode::Regular, 1), side(Mode::Symlink, 2));
        let change = FileChange { path: "src/a.rs".into(), from: None, old, new };

        let facts = measure(change, &Content::Bytes(b"a\nb\n".to_vec()), &Content::Bytes(b"b.rs".to_vec()), None);

        assert_eq!((facts.kind, facts.scanned, counts(&facts)), (FileKind::Source, Scanned::Symlink, (1, 2)));
    }

    #[test]
    fn an_exact_rename_has_no_lines_and_needs_only_its_new_side() {
        let side = |mode| Some(Side { mode, id: ObjectId::new([1; 20]) });
        let (old, new) = (side(Mode::Regular), side(Mode::Executable));
        let change = FileChange { path: "src/b.rs".into(), from: Some("src/a.rs".into()), old, new };

        let facts = measure(change, &Content::Absent, &Content::Bytes(b"if a\n".to_vec()), None);

        let digest = Some(Sha256::of(b"if a\n"));
        assert_eq!((facts.old_sha256, facts.new_sha256), (digest, digest));
        assert_eq!((counts(&facts), facts.lines.hunks, facts.branches), ((0, 0), 0, 0));
    }

    #[test]
    fn a_deleted_file_is_what_it_was() {
        let facts = measured("src/a.rs", Some(b"if a\nb\n"), None);

        assert_eq!((counts(&facts), facts.kind, facts.branches), ((0, 2), FileKind::Source, 0));
        assert_eq!((facts.old_sha256, facts.new_sha256), (Some(Sha256::of(b"if a\nb\n")), None));
        assert_eq!(facts.scanned, Scanned::Absent);
    }

    #[test]
    fn a_text_too_large_to_hold_counts_as_wholly_replaced() {
        let large = Content::Large { size: 99, sha256: Sha256::of(b"x"), lines: 7, binary: false };

        let diff = line_diff(&large, &Content::Bytes(b"a\n".to_vec()));

        assert_eq!((diff.deleted.count(), diff.added.count()), (7, 1));
    }
}
