//! What the rules are run on.

use super::search::Common;
use crate::model::{LineDiff, Mode, RepoPath};

/// One file of a change. It holds the contents, so it cannot be printed.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    pub path: &'a RepoPath,
    /// Where the file was, when it was renamed.
    pub from: Option<&'a RepoPath>,
    /// Absent where there is no such side.
    pub old_mode: Option<Mode>,
    pub new_mode: Option<Mode>,
    /// The bytes as git stores them; absent where there is no such side or it is not read here.
    pub old: Option<&'a [u8]>,
    pub new: Option<&'a [u8]>,
    /// What stood there before, also where `old` is not judged: what was packed in it is not new.
    pub before: Option<&'a [u8]>,
    /// What of `new` was there before, so that it need not be looked at.
    pub common: Common,
    /// What lines are new and what are gone, if that is known already.
    pub known: Option<&'a LineDiff>,
    pub by_agent: bool,
    /// It is judged as it stands in a tree, not as a part of a change.
    pub in_tree: bool,
    /// What it puts in is weighed against what is taken away elsewhere.
    pub is_weighed: bool,
}

impl<'a> Candidate<'a> {
    /// A file of a tree, whose bytes are to come.
    #[must_use]
    pub const fn standing(path: &'a RepoPath, mode: Mode) -> Self {
        Self {
            path,
            from: None,
            old_mode: None,
            new_mode: Some(mode),
            old: None,
            new: None,
            before: None,
            common: Common::NOTHING,
            known: None,
            by_agent: false,
            in_tree: true,
            is_weighed: true,
        }
    }

    /// Whether the change has two sides, so that only some of its lines are new.
    pub(super) const fn is_compared(&self) -> bool {
        self.old_mode.is_some() && self.new_mode.is_some()
    }
}
