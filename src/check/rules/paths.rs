//! Which paths a rule looks at.

use std::sync::OnceLock;

use super::required::literal;
use crate::model::RepoPath;
use crate::policy::{PathGlob, Reach};

/// What the rules ask of a file before they look into it.
#[derive(Clone)]
pub(super) struct Subject<'a> {
    pub(super) path: &'a RepoPath,
    pub(super) by_agent: bool,
    lower: Vec<u8>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(path: &'a RepoPath, by_agent: bool) -> Self {
        Self { path, by_agent, lower: path.as_bytes().to_ascii_lowercase() }
    }
}

impl Subject<'_> {
    /// Whether the path contains one of these literals.
    pub(super) fn is_near(&self, mut literals: std::str::Lines<'_>) -> bool {
        literals.any(|literal| memchr::memmem::find(&self.lower, literal.as_bytes()).is_some())
    }
}

/// Globs that are compiled when a path comes near: most never do.
pub(super) struct PathList {
    globs: Vec<LazyGlob>,
}

struct LazyGlob {
    text: String,
    literal: Vec<u8>,
    reach: Reach,
    glob: OnceLock<Option<PathGlob>>,
}

impl PathList {
    pub(super) fn new(globs: &[String], reach: Reach) -> Self {
        let lazy = |text: &String| LazyGlob {
            text: text.clone(),
            literal: literal(text).into_bytes(),
            reach,
            glob: OnceLock::new(),
        };
        Self { globs: globs.iter().map(lazy).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        self.globs.iter().any(|glob| {
            memchr::memmem::find(&subject.lower, &glob.literal).is_some()
                && glob
                    .glob
                    .get_or_init(|| PathGlob::new(&glob.text, glob.reach, None).ok())
                    .as_ref()
                    .is_some_and(|glob| glob.matches(subject.path))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, path: &str) -> bool {
        PathList::new(&[glob.to_owned()], Reach::Strict).matches(&Subject::new(&path.into(), false))
    }

    #[test]
    fn the_literal_of_a_glob_hides_no_path() {
        assert!(matches("**/*.py", "a/B.PY"));
        assert!(matches("tests/**", "Tests/a.rs"));
        assert!(matches("**/{a,b}/*", "x/b/c"));
        assert!(matches("**", "x"));
        assert!(!matches("**/*.py", "a/b.rs"));
    }
}
