//! What a command line would do to the rules of the repository: get past its hooks, take back its
//! ledger, or act as somebody else. And which files it would write, as far as it says so.
//!
//! It is asked before an agent runs it, so what is let by in error is still judged by the hooks and at
//! the push. What only reads or says the words is let alone.

mod against;
mod found;
mod git;
mod glob;
mod governed;
mod hidden;
mod in_force;
mod links;
mod listed;
mod named;
mod places;
mod programs;
mod said;
mod scripts;
mod shell;
mod tally;
mod telltale;
mod unpack;
mod variable;
mod walk;
mod words;
mod wrapped;
mod writers;
mod written;

use std::collections::BTreeMap;

pub use glob::fits;
pub use named::patched;
pub use shell::Unreadable;
use walk::Walk;
pub use words::{Found, is_one_of};

/// What stands against a command; the worse comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Against {
    /// A person has to say yes.
    Ask,
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub against: Against,
    pub why: String,
}

impl Objection {
    fn ask(why: impl Into<String>) -> Self {
        Self { against: Against::Ask, why: why.into() }
    }

    fn deny(why: impl Into<String>) -> Self {
        Self { against: Against::Deny, why: why.into() }
    }
}

/// A file that a command would write, and the directories that it may be in by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub path: String,
    /// Relative to where the line starts, each as `cd` was told.
    pub from: Vec<String>,
    pub extent: Extent,
}

/// How much of what a path names is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    Alone,
    /// It is no more than named: what the policy has on no list says nothing then.
    Named,
    /// All that is in it as well, as with what is removed or moved.
    Whole,
    /// What is found in it.
    Found(Found),
}

/// What is known of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The worst that stands against it.
    pub objection: Option<Objection>,
    pub written: Vec<Written>,
}

/// What a command costs, and a file that it writes.
const EACH_COMMAND: usize = 4;

/// What git or a shell puts in the place of a word, by that word.
pub type Aliases = BTreeMap<String, String>;

/// Looks through a command line as a POSIX shell or bash would read it; `aliases` are those of git's
/// configuration.
pub fn look(line: &str, aliases: &Aliases) -> Result<Looked, Unreadable> {
    let mut walk = Walk::new(aliases);
    walk.script(line, &[])?;
    walk.outcome()
}

#[cfg(test)]
mod tests;
