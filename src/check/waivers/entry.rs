//! One waiver of the list.

use crate::model::{Date, RepoPath};
use crate::policy::{NameGlob, PathGlob};

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) line: u32,
    pub(super) what: What,
    pub(super) reason: String,
    pub(super) until: Option<Date>,
    pub(super) by: Option<String>,
    /// It is for what only history has.
    pub(super) history: bool,
    /// The change under judgement adds it.
    pub(super) added: bool,
}

#[derive(Debug)]
pub(super) enum What {
    Fingerprint(String),
    Rule { rule: NameGlob, paths: Vec<PathGlob> },
}

impl Entry {
    pub(super) fn names(&self, id: &str, path: &RepoPath) -> bool {
        match &self.what {
            What::Fingerprint(_) => false,
            What::Rule { rule, paths } => rule.matches(id) && paths.iter().any(|glob| glob.matches(path)),
        }
    }

    /// Everything it says, to tell whether another file says the same.
    pub(super) fn said(&self) -> String {
        let what = match &self.what {
            What::Fingerprint(fingerprint) => fingerprint.clone(),
            What::Rule { rule, paths } => {
                let paths: Vec<&str> = paths.iter().map(|glob| &*glob.text).collect();
                format!("{} {}", rule.text, paths.join(" "))
            }
        };
        let until = self.until.map(|date| date.to_string()).unwrap_or_default();
        format!("{what}\n{until}\n{}\n{}", self.history, self.reason)
    }
}
