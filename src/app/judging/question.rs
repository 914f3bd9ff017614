//! What is asked of a judgement: what to judge, at which gate, and what to take for given.

use super::unscanned::Naming;
use crate::app::Failure;
use crate::model::{Enforcement, Gate, ObjectId, Saying, shell_word};

#[derive(Debug)]
pub struct Question {
    pub asked: Asked,
    pub gate: Gate,
    /// Overrides the level of the branch and of the agent.
    pub level: Option<Enforcement>,
    pub suppositions: Vec<Supposition>,
    /// Whose names a note tells.
    pub naming: Naming,
}

impl Question {
    /// What a gate asks, supposing nothing.
    pub(in crate::app) const fn of(asked: Asked, gate: Gate) -> Self {
        Self { asked, gate, level: None, suppositions: Vec::new(), naming: Naming::First }
    }
}

/// What the command line asks to have judged.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub what: What,
    /// The branch that it would land on, where that is not the usual one.
    pub onto: Option<String>,
}

#[derive(Clone, Debug)]
pub enum What {
    /// The current branch, since a base or since where it left the default branch.
    Branch { base: Option<String> },
    /// A commit, a branch or a range.
    Revision { revision: String, base: Option<String> },
    Staged {
        /// The message that it will be committed with, once that is written.
        message: Option<Vec<u8>>,
        /// The commits that it is merged with, where git has not noted them yet.
        merging: Vec<ObjectId>,
    },
    /// Every file of a revision, or every tracked file.
    Tree(Option<String>),
    /// All that a revision reaches, or that any ref does.
    History(Option<String>),
}

impl Default for What {
    fn default() -> Self {
        Self::Branch { base: None }
    }
}

impl From<What> for Asked {
    fn from(what: What) -> Self {
        Self { what, onto: None }
    }
}

impl Asked {
    pub(in crate::app) const fn staged(message: Option<Vec<u8>>, merging: Vec<ObjectId>) -> Self {
        Self { what: What::Staged { message, merging }, onto: None }
    }

    pub(in crate::app) const fn revision(revision: String) -> Self {
        Self { what: What::Revision { revision, base: None }, onto: None }
    }

    /// The same words again, each after a space, for a command that goes on from here.
    pub(super) fn as_typed(&self) -> String {
        let flag = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" {name}{}", shell_word(value))).unwrap_or_default()
        };
        let what = match &self.what {
            What::Branch { base } => flag("--base ", base),
            What::Revision { revision, base } => format!(" {}{}", shell_word(revision), flag("--base ", base)),
            What::Staged { .. } => " --staged".to_owned(),
            What::Tree(revision) => format!(" --all{}", flag("", revision)),
            What::History(revision) => format!(" --history{}", flag("", revision)),
        };
        what + &flag("--onto ", &self.onto)
    }
}

/// Something taken for given, to see what would follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Supposition {
    Said { by: String, saying: Saying },
    Level(Enforcement),
}

impl Supposition {
    /// Reads `approve:PERSON`, `reject:PERSON` or `level:LEVEL`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let said = |by: &str, saying| Self::Said { by: by.to_owned(), saying };
        let supposition = match text.split_once(':') {
            Some(("approve", by)) if !by.is_empty() => Some(said(by, Saying::Approve)),
            Some(("reject", by)) if !by.is_empty() => Some(said(by, Saying::Reject)),
            Some(("level", level)) => Enforcement::parse(level).map(Self::Level),
            _ => None,
        };
        supposition.ok_or_else(|| {
            Failure::new(format!("`{text}` is not something `--suppose` understands"))
                .mended_by("use approve:PERSON, reject:PERSON or level:development|staging|production")
        })
    }
}
