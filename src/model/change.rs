//! What changed: file changes between two trees, and what can be measured of each.

use super::digest::Sha256;
use super::lines::LineDiff;
use super::object::{Mode, ObjectId};
use super::path::RepoPath;

/// One side of a file change: what a tree or the index holds at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Side {
    pub mode: Mode,
    pub id: ObjectId,
}

/// A path whose entry differs between two trees. At least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    pub path: RepoPath,
    /// Where the old side lived, when the file was renamed. Both paths are judged.
    pub from: Option<RepoPath>,
    pub old: Option<Side>,
    pub new: Option<Side>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Added,
    Deleted,
    Modified,
    ModeChanged,
    TypeChanged,
    Renamed,
}

impl Status {
    /// The letter `git diff --name-status` uses.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Added => "A",
            Self::Deleted => "D",
            Self::Modified | Self::ModeChanged => "M",
            Self::TypeChanged => "T",
            Self::Renamed => "R",
        }
    }
}

impl FileChange {
    #[must_use]
    pub fn status(&self) -> Status {
        let (Some(old), Some(new)) = (self.old, self.new) else {
            return if self.new.is_some() { Status::Added } else { Status::Deleted };
        };
        if self.from.is_some() {
            Status::Renamed
        } else if old.mode.is_file() != new.mode.is_file() || (!old.mode.is_file() && old.mode != new.mode) {
            Status::TypeChanged
        } else if old.id == new.id {
            Status::ModeChanged
        } else {
            Status::Modified
        }
    }

    /// Every path the change touches: the new one, and the old one of a rename.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        std::iter::once(&self.path).chain(self.from.as_ref())
    }

    /// Of changes in the order of their paths, that to the same file.
    #[must_use]
    pub fn among<'c>(&self, changes: &'c [Self]) -> Option<&'c Self> {
        changes.get(changes.binary_search_by(|change| change.path.cmp(&self.path)).ok()?)
    }
}

/// What one side of a file change holds, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// There is no such side: the file is added or deleted.
    Absent,
    /// The bytes of a blob; of a symbolic link, its target.
    Bytes(Vec<u8>),
    /// A blob past the size that is held in memory. It was read as a stream, so its digest and
    /// its line count are known, and it is counted as wholly replaced.
    Large { size: u64, sha256: Sha256, lines: u32, binary: bool },
    /// A submodule: its content is the id of a commit elsewhere.
    Commit(ObjectId),
}

impl Content {
    /// What there is to read in it, if anything is.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Absent | Self::Large { .. } | Self::Commit(_) => None,
        }
    }
}

/// How the content rules could read the new side; what was not scanned is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    Text,
    Utf16,
    Binary,
    /// An archive: the files in it were read, all of them.
    Unpacked,
    /// The same, but for what is encrypted, damaged, packed in another way or too much.
    PartlyUnpacked,
    Large(u64),
    LfsPointer,
    Symlink,
    Submodule,
    /// Nothing to scan: the file is gone.
    Absent,
}

impl Scanned {
    /// What it is known to be once the rules have looked at it.
    #[must_use]
    pub fn after(self, rules: Self) -> Self {
        if matches!(rules, Self::Unpacked | Self::PartlyUnpacked) { rules } else { self }
    }
}

/// What a path is for, as the risk card counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    Generated,
    Test,
    Doc,
    Source,
    Other,
}

/// A file change with everything that can be measured of it once both sides are read.
#[derive(Clone, Debug)]
pub struct FileFacts {
    pub change: FileChange,
    pub kind: FileKind,
    pub lines: LineDiff,
    /// How many added lines belong to a protection header: they are no code.
    pub header_lines: u32,
    /// Control-flow tokens on added lines; zero where the file is not source.
    pub branches: u32,
    pub old_sha256: Option<Sha256>,
    pub new_sha256: Option<Sha256>,
    pub scanned: Scanned,
}

/// What was measured of many files. Each stays where it is: a tree has hundreds of thousands, and
/// every list they moved on to would hold them once more.
pub type ManyFacts = Vec<Box<FileFacts>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn side(mode: Mode, byte: u8) -> Side {
        Side { mode, id: ObjectId::new([byte; 20]) }
    }

    #[test]
    fn the_status_follows_from_the_two_sides() {
        let status = |old, new| FileChange { path: "a".into(), from: None, old, new }.status();
        let regular = |byte| Some(side(Mode::Regular, byte));

        assert_eq!(status(None, regular(1)), Status::Added);
        assert_eq!(status(regular(1), None), Status::Deleted);
        assert_eq!(status(regular(1), regular(2)), Status::Modified);
        assert_eq!(status(regular(1), Some(side(Mode::Executable, 1))), Status::ModeChanged);
        assert_eq!(status(regular(1), Some(side(Mode::Symlink, 1))), Status::TypeChanged);
        assert_eq!(status(Some(side(Mode::Symlink, 1)), Some(side(Mode::Submodule, 2))), Status::TypeChanged);
    }
}
