//! What the content rules could not read is said, never skipped in silence.

use crate::model::{Arrange, RepoPath, Scanned};

/// What one thing is, and what several are.
type Said = (&'static str, &'static str);

const BINARY: Said = (
    "is binary: only rules for exact formats were run on it",
    "are binary: only rules for exact formats were run on them",
);
const ARCHIVE: Said = (
    "is an archive not read whole: what else it holds is encrypted, damaged, packed in an unknown way, or too much",
    "are archives not read whole: what else they hold is encrypted, damaged, packed in an unknown way, or too much",
);
const LFS_POINTER: Said = (
    "is an LFS pointer: the content it stands for was not scanned",
    "are LFS pointers: the content they stand for was not scanned",
);
const SUBMODULE: Said =
    ("is a submodule: the commits it names were not read", "are submodules: the commits they name were not read");

/// Whose names a note tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The first one's, and how many there are beside it.
    First,
    Each,
}

/// A note for each sort of file, or for each file.
pub(super) fn unscanned<'a>(
    files: &(impl Iterator<Item = (&'a RepoPath, Scanned)> + Clone),
    naming: Naming,
) -> Vec<String> {
    let named = |(is, are): Said, wanted: Scanned| -> Vec<String> {
        let mut paths: Vec<&RepoPath> =
            files.clone().filter(|(_, scanned)| *scanned == wanted).map(|(path, _)| path).collect();
        paths.arrange();
        paths.dedup();
        match paths.as_slice() {
            paths if naming == Naming::Each => paths.iter().map(|path| format!("`{path}` {is}")).collect(),
            [] => Vec::new(),
            [one] => vec![format!("`{one}` {is}")],
            [first, _] => vec![format!("`{first}` and 1 other file {are}")],
            [first, others @ ..] => vec![format!("`{first}` and {} other files {are}", others.len())],
        }
    };
    let parts = [
        named(BINARY, Scanned::Binary),
        named(ARCHIVE, Scanned::PartlyUnpacked),
        named(LFS_POINTER, Scanned::LfsPointer),
        named(SUBMODULE, Scanned::Submodule),
    ];
    parts.into_iter().flatten().collect()
}
