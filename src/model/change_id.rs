//! The name of a change, built on the digests of what it changes.

use std::fmt;
use std::str::FromStr;

use sha2::Digest;

use super::arrange::Arrange;
use super::change::{FileFacts, Side};
use super::digest::Sha256;
use super::path::RepoPath;

/// Names the reviewed bytes of a change on both sides, and nothing else: equal before and after
/// a rebase, squash, reword or cherry-pick exactly when those bytes are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeId(Sha256);

impl ChangeId {
    /// That of commits which leave everything as it was.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self::of([])
    }

    /// Hashes, sorted by path, `path, old mode, old SHA-256, new mode, new SHA-256` of every file.
    /// Each path is preceded by its length and each side by a marker, so no two lists write the
    /// same bytes. A rename is a deletion and an addition: how it was detected must not matter.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a FileFacts>) -> Self {
        // Whose old side and whose new one stands at a path.
        let mut rows: Vec<(&RepoPath, Option<&FileFacts>, Option<&FileFacts>)> = Vec::new();
        for file in files {
            let path = &file.change.path;
            match &file.change.from {
                Some(from) => rows.extend([(from, Some(file), None), (path, None, Some(file))]),
                None => rows.push((path, Some(file), Some(file))),
            }
        }
        rows.arrange_by(|a, b| a.0.cmp(b.0));
        let mut hash = sha2::Sha256::new();
        let side = |half: Option<(Side, Option<Sha256>)>, hash: &mut sha2::Sha256| match half {
            None => hash.update([0]),
            Some((side, digest)) => {
                hash.update([1]);
                hash.update(side.mode.bits().to_be_bytes());
                match digest {
                    Some(digest) => hash.update(digest.as_bytes()),
                    // A submodule's content is the id of its commit.
                    None => hash.update(side.id.as_bytes()),
                }
            }
        };
        for (path, old, new) in rows {
            hash.update((path.as_bytes().len() as u64).to_be_bytes());
            hash.update(path.as_bytes());
            side(old.and_then(|file| Some((file.change.old?, file.old_sha256))), &mut hash);
            side(new.and_then(|file| Some((file.change.new?, file.new_sha256))), &mut hash);
        }
        Self(Sha256::new(hash.finalize().into()))
    }
}

impl fmt::Display for ChangeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "gc1-{}", self.0)
    }
}

impl fmt::Debug for ChangeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for ChangeId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.strip_prefix("gc1-").ok_or(())?.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FileChange, FileKind, LineDiff, Mode, ObjectId, Scanned};

    /// A file of a change; contents stand for themselves, the object id for nothing.
    fn facts(path: &str, old: Option<(Mode, &[u8])>, new: Option<(Mode, &[u8])>) -> FileFacts {
        let side = |half: Option<(Mode, &[u8])>| half.map(|(mode, _)| Side { mode, id: ObjectId::new([7; 20]) });
        let digest = |half: Option<(Mode, &[u8])>| half.map(|(_, bytes)| Sha256::of(bytes));
        FileFacts {
            change: FileChange { path: path.into(), from: None, old: side(old), new: side(new) },
            kind: FileKind::Source,
            lines: LineDiff::default(),
            header_lines: 0,
            branches: 0,
            old_sha256: digest(old),
            new_sha256: digest(new),
            scanned: Scanned::Text,
        }
    }

    const PLAIN: Mode = Mode::Regular;

    #[test]
    fn every_part_of_a_change_enters_its_id() {
        let base = || facts("a", Some((PLAIN, b"1")), Some((PLAIN, b"2")));
        let id = |file: FileFacts| ChangeId::of([&file]);

        let others = [
            facts("b", Some((PLAIN, b"1")), Some((PLAIN, b"2"))),
            facts("a", Some((PLAIN, b"0")), Some((PLAIN, b"2"))),
            facts("a", Some((PLAIN, b"1")), Some((PLAIN, b"3"))),
            facts("a", Some((PLAIN, b"1")), Some((Mode::Executable, b"2"))),
            facts("a", Some((PLAIN, b"1")), Some((Mode::Symlink, b"2"))),
            facts("a", None, Some((PLAIN, b"2"))),
            facts("a", Some((PLAIN, b"1")), None),
        ];

        for other in others {
            assert_ne!(id(base()), id(other));
        }
        assert_eq!(id(base()), id(base()));
    }

    #[test]
    fn a_digest_and_a_change_id_have_one_spelling() {
        let digest = Sha256::of(b"gov");
        let id = ChangeId::of(&[]);

        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(id.to_string().parse(), Ok(id));
        for other in ["", "ab", &digest.to_string().to_uppercase(), &format!("{digest}0"), &format!("{digest}00")] {
            assert_eq!(other.parse::<Sha256>(), Err(()), "{other}");
        }
        assert_eq!(digest.to_string().parse::<ChangeId>(), Err(()));
    }

    #[test]
    fn a_rename_has_the_id_of_its_deletion_and_addition() {
        let mut renamed = facts("new", Some((PLAIN, b"1")), Some((PLAIN, b"1")));
        renamed.change.from = Some("old".into());
        let apart = [facts("old", Some((PLAIN, b"1")), None), facts("new", None, Some((PLAIN, b"1")))];

        assert_eq!(ChangeId::of([&renamed]), ChangeId::of(&apart));
    }

    proptest! {
        #[test]
        fn the_id_does_not_depend_on_the_order_of_the_files(
            paths in proptest::collection::btree_set("[a-c/.]{1,6}", 0..8),
            seed in any::<u64>(),
        ) {
            let files: Vec<FileFacts> = paths.iter().map(|path| facts(path, None, Some((PLAIN, path.as_bytes())))).collect();
            let mut shuffled: Vec<&FileFacts> = files.iter().collect();
            shuffled.sort_by_key(|file| Sha256::of(format!("{seed}{}", file.change.path).as_bytes()));

            prop_assert_eq!(ChangeId::of(&files), ChangeId::of(shuffled));
        }
    }
}
