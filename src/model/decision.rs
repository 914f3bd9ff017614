//! What follows from an assessment once it is known who acts, where, and who approved.

use super::approval::{Landing, Word};
use super::digest::Sha256;
use super::gate::{Enforcement, Exit, Gate, Outcome};

/// Somebody who wrote, committed or co-authored, as git records them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    pub name: String,
    pub email: String,
}

impl Person {
    /// Whether both are the same mailbox: addresses are compared without regard to case.
    #[must_use]
    pub fn has_email(&self, email: &str) -> bool {
        self.email.eq_ignore_ascii_case(email)
    }
}

/// The address in what somebody gives as one: `lin@example.com` or `Lin <lin@example.com>`.
#[must_use]
pub fn address(text: &str) -> Option<&str> {
    let bare = match text.split_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>')?.trim(),
        None => text.trim(),
    };
    let (name, host) = bare.split_once('@')?;
    let is_odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "<>@,;:\"()[]\\\u{fffd}".contains(letter);
    let is_plain = |part: &str| !part.is_empty() && !part.contains(is_odd);
    (is_plain(name) && is_plain(host)).then_some(bare)
}

/// What is known around a change. Gathered once, before anything is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub gate: Gate,
    pub level: Enforcement,
    /// Authors, committers and co-authors of what is judged.
    pub authors: Vec<Person>,
    /// The policy's id of the agent among them, if there is one.
    pub agent: Option<String>,
    pub landing: Landing,
    /// What was said of it, of parts of it and of what it was before.
    pub words: Vec<Word>,
}

/// An approval rule that applies, and how far it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `high`, `critical` or `paths[0]`: the policy's own place for it.
    pub rule: String,
    pub count: u32,
    pub roles: Vec<String>,
    pub signed: bool,
    pub counted: Vec<String>,
}

impl Need {
    #[must_use]
    pub fn is_met(&self) -> bool {
        u32::try_from(self.counted.len()).is_ok_and(|counted| counted >= self.count)
    }
}

/// A word that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCounted {
    pub by: String,
    pub against: Against,
    pub why: String,
}

/// What it is about a word that speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Whoever said it: no word of theirs on this change would count.
    Speaker,
    /// They have said it before.
    Repetition,
    /// The change is another than what it was said of.
    OtherBytes,
    /// How, where or when it was said.
    Circumstance,
}

/// One node of the tree that explains an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub outcome: Outcome,
    pub what: String,
    pub because: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    pub exit: Exit,
    /// Worst first.
    pub reasons: Vec<Reason>,
    pub needed: Vec<Need>,
    pub not_counted: Vec<NotCounted>,
    /// Whose rejection counts, whether it was overridden or not.
    pub rejected_by: Vec<String>,
    /// The entries of the ledger that let it pass: approvals, or an override.
    pub rests_on: Vec<Sha256>,
}
