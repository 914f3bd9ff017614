//! YAML as a person wrote it: a tree in which every key and value knows its place.
//!
//! Policies and rule packs are read through it. Only what reads the same from top to bottom is
//! taken: no tags, duplicate keys or second documents, no hidden characters, and anchors with their
//! aliases only in packs, where one list of paths serves many rules.

mod node;
mod steps;
mod text;
mod tree;
mod write;

use crate::model::{Arrange, Mistake};

pub use node::{Entry, Key, Node, Scalar, Span, Value, value_of};
pub use steps::from_steps;
pub use write::Tree;

/// Larger files are refused before they are read.
pub const MAX_BYTES: usize = 256 * 1024;
/// Deeper trees are refused, so that no reader of a tree needs to bound its recursion.
pub const MAX_DEPTH: usize = 64;
/// Larger trees are refused where aliases make them: a small file could name a huge one.
const MAX_SHARED: usize = 100_000;
const MAX_MISTAKES: usize = 100;

/// What a file holds, as far as it could be read.
#[derive(Debug)]
pub struct Parsed {
    /// Absent when the file is not YAML at all. When only parts had to be refused they are
    /// [`Value::Refused`] or left out, so that the rest can still be judged.
    pub root: Option<Node>,
    pub mistakes: Mistakes,
}

pub fn parse(bytes: &[u8]) -> Parsed {
    parse_up_to(bytes, MAX_BYTES)
}

/// For files that grow with a repository, and so may be larger.
pub fn parse_up_to(bytes: &[u8], most: usize) -> Parsed {
    read(bytes, most, Anchors::Refused)
}

/// For files in which an alias may stand for what an anchor before it names.
pub fn parse_shared(bytes: &[u8]) -> Parsed {
    read(bytes, MAX_BYTES, Anchors::Taken)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchors {
    Refused,
    Taken,
}

fn read(bytes: &[u8], most: usize, anchors: Anchors) -> Parsed {
    let mut mistakes = Mistakes::default();
    let root = text::decode(bytes, most, &mut mistakes).and_then(|text| tree::build(text, anchors, &mut mistakes));
    Parsed { root, mistakes }
}

/// All mistakes of one file, up to a number that a person would read.
#[derive(Debug, Default)]
pub struct Mistakes {
    listed: Vec<Mistake>,
    more: usize,
}

impl Mistakes {
    pub fn add(&mut self, mistake: Mistake) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.listed.push(mistake);
        }
    }

    /// Further mistakes are only counted, so a costly message need not be made.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.listed.len() >= MAX_MISTAKES
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// All, those that are not listed too.
    #[must_use]
    pub fn count(&self) -> usize {
        self.listed.len() + self.more
    }

    /// In the order of the file. When there were too many to list, the last one says so.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Mistake> {
        let mut listed = self.listed;
        listed.arrange();
        listed.dedup();
        if let (Some(last), 1..) = (listed.last(), self.more) {
            let span = Span { line: last.line, column: last.column, length: last.length };
            listed.push(span.mistake(format!("{} more mistakes are not listed", self.more)));
        }
        listed
    }
}

#[cfg(test)]
mod tests;
