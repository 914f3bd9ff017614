//! What a regular expression cannot see: facts of two sides of a file, and of text as characters.
//!
//! A rule names one of these with `detect:` in the place of a `regex`. Severity, words, paths and
//! examples stay data in the rule's pack.

mod artifact;
mod confusables;
mod format;
mod git_directory;
mod homoglyph;
mod invisible;
mod key_file;
mod line;
mod test_file;
mod threshold;

use std::ops::Range;

use crate::check::characters;
use crate::model::{Mode, RepoPath, Scanned};

pub(super) use format::archive as format_of_archive;
pub use git_directory::is_in_git_directory;

/// One file of a change, as a detector sees it. It holds the contents, so it cannot be printed.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub path: &'a RepoPath,
    pub old_mode: Option<Mode>,
    pub new_mode: Option<Mode>,
    /// The old side as text or, of a binary file, its bytes; absent when there is none to read.
    pub old: Option<&'a [u8]>,
    /// The new side likewise; of a symbolic link its target.
    pub new: &'a [u8],
    pub scanned: Scanned,
}

impl Subject<'_> {
    /// The new side where it is text, and nothing otherwise.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        match self.scanned {
            Scanned::Text | Scanned::Utf16 => self.new,
            Scanned::Binary
            | Scanned::Unpacked
            | Scanned::PartlyUnpacked
            | Scanned::Large(_)
            | Scanned::LfsPointer
            | Scanned::Symlink
            | Scanned::Submodule
            | Scanned::Absent => b"",
        }
    }

    /// Whether there are other bytes than before. What cannot be read counts as changed.
    fn is_changed(&self) -> bool {
        self.old_mode.is_none() || self.old != Some(self.new)
    }
}

/// Where a detector matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Bytes of the new text; `None` for the file as a whole.
    pub range: Option<Range<usize>>,
    /// What was found, to follow the rule's message. Safe to print.
    pub detail: String,
}

/// Nobody asks for more hits in one text, and a hostile one has millions.
pub(in crate::check) const MOST_HITS: usize = 2_001;

impl Hit {
    fn at(range: Range<usize>, detail: impl Into<String>) -> Self {
        Self { range: Some(range), detail: detail.into() }
    }

    fn whole(detail: impl Into<String>) -> Self {
        Self { range: None, detail: detail.into() }
    }
}

/// Which kinds of characters a text has that only some detectors look for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Strangers {
    look_latin: bool,
    invisible: bool,
    tags: bool,
    selectors: bool,
}

impl Strangers {
    /// Looks through a text once, so that not every detector has to.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let mut known = Self::default();
        for (_, found) in characters::beyond_ascii(text) {
            known.look_latin = known.look_latin || confusables::latin_for(found).is_some();
            known.invisible = known.invisible || invisible::is_invisible(found);
            known.tags = known.tags || invisible::is_tag(found);
            known.selectors = known.selectors || invisible::is_variation_selector(found);
        }
        known
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Detector {
    BinaryFile,
    CollidingPath,
    ConfusablePath,
    DataFile,
    ExecutableBit,
    GitDirectory,
    HasTests,
    HomoglyphHost,
    HomoglyphIdentifier,
    InvisibleCharacter,
    KeyStore,
    LineBreak,
    LongLine,
    LoweredThreshold,
    OffScreenCode,
    PrivateKeyFile,
    Symlink,
    TagCharacter,
    VariationSelectors,
}

impl Detector {
    pub const ALL: [Self; 19] = [
        Self::BinaryFile,
        Self::CollidingPath,
        Self::ConfusablePath,
        Self::DataFile,
        Self::ExecutableBit,
        Self::GitDirectory,
        Self::HasTests,
        Self::HomoglyphHost,
        Self::HomoglyphIdentifier,
        Self::InvisibleCharacter,
        Self::KeyStore,
        Self::LineBreak,
        Self::LongLine,
        Self::LoweredThreshold,
        Self::OffScreenCode,
        Self::PrivateKeyFile,
        Self::Symlink,
        Self::TagCharacter,
        Self::VariationSelectors,
    ];

    /// Whether it judges files by their bytes, of which most are no text.
    #[must_use]
    pub const fn judges_bytes(self) -> bool {
        matches!(self, Self::BinaryFile | Self::DataFile | Self::KeyStore | Self::PrivateKeyFile | Self::Symlink)
    }

    /// The word a pack uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BinaryFile => "binary-file",
            Self::CollidingPath => "colliding-path",
            Self::ConfusablePath => "confusable-path",
            Self::DataFile => "data-file",
            Self::ExecutableBit => "executable-bit",
            Self::GitDirectory => "git-directory",
            Self::HasTests => "has-tests",
            Self::HomoglyphHost => "homoglyph-host",
            Self::HomoglyphIdentifier => "homoglyph-identifier",
            Self::InvisibleCharacter => "invisible-character",
            Self::KeyStore => "key-store",
            Self::LineBreak => "line-break",
            Self::LongLine => "long-line",
            Self::LoweredThreshold => "lowered-threshold",
            Self::OffScreenCode => "off-screen-code",
            Self::PrivateKeyFile => "private-key-file",
            Self::Symlink => "symlink",
            Self::TagCharacter => "tag-character",
            Self::VariationSelectors => "variation-selectors",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|detector| detector.as_str() == name)
    }

    /// Whether a text with these characters may have something for it.
    #[must_use]
    pub const fn may_find_in(self, strangers: Strangers) -> bool {
        match self {
            Self::HomoglyphHost | Self::HomoglyphIdentifier => strangers.look_latin,
            Self::InvisibleCharacter => strangers.invisible,
            Self::TagCharacter => strangers.tags,
            Self::VariationSelectors => strangers.selectors,
            Self::BinaryFile
            | Self::CollidingPath
            | Self::ConfusablePath
            | Self::DataFile
            | Self::ExecutableBit
            | Self::GitDirectory
            | Self::HasTests
            | Self::KeyStore
            | Self::LineBreak
            | Self::LongLine
            | Self::LoweredThreshold
            | Self::OffScreenCode
            | Self::PrivateKeyFile
            | Self::Symlink => true,
        }
    }

    /// Whether a path leaves it anything to say. Asked before the rest of its rule is even read.
    #[must_use]
    pub fn may_concern(self, path: &RepoPath) -> bool {
        (self != Self::ConfusablePath || !path.as_bytes().is_ascii())
            && (self != Self::GitDirectory || !git_directory::path(path).is_empty())
    }

    /// Every place of the new side that matches, in order; the caller keeps those on lines that
    /// its rule is about.
    #[must_use]
    pub fn find(self, file: &Subject<'_>) -> Vec<Hit> {
        match self {
            Self::BinaryFile => artifact::program(file),
            // Told by whoever knows all paths of a change.
            Self::CollidingPath => Vec::new(),
            Self::DataFile => artifact::data(file),
            Self::ExecutableBit => artifact::executable_bit(file),
            Self::KeyStore => key_file::store(file),
            Self::PrivateKeyFile => key_file::bare(file),
            Self::Symlink => artifact::symlink(file),
            Self::ConfusablePath => homoglyph::path(file.path),
            Self::GitDirectory => git_directory::path(file.path),
            Self::HasTests => test_file::was(file),
            Self::HomoglyphHost => homoglyph::hosts(file.text()),
            Self::HomoglyphIdentifier => homoglyph::identifiers(file.path, file.text()),
            Self::InvisibleCharacter => invisible::characters(file.path, file.text()),
            Self::TagCharacter => invisible::tags(file.text()),
            Self::VariationSelectors => invisible::variation_selectors(file.text()),
            Self::LineBreak => line::breaks(file.text()),
            Self::LongLine => line::long(file.text()),
            Self::OffScreenCode => line::off_screen(file.path, file.text()),
            Self::LoweredThreshold => threshold::lowered(file),
        }
    }
}
