//! Paths of one change or tree that some file systems take for the same file.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::check::detect::Detector;
use crate::check::rules::rule::Subject;
use crate::check::rules::set::Rules;
use crate::model::{Arrange, Finding, Place, RepoPath};
use crate::policy::fold_bytes;

/// A path there is after a change.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub path: &'a RepoPath,
    /// The change brings it.
    pub is_new: bool,
    pub by_agent: bool,
}

impl Rules {
    /// Whether it matters which other paths there are.
    #[must_use]
    pub fn compare_paths(&self) -> bool {
        self.all.iter().any(|rule| rule.detector == Some(Detector::CollidingPath))
    }

    /// Findings for new paths that differ from another one only by spelling. Of a tree, every path
    /// is new.
    pub fn collisions(&self, paths: &[Standing<'_>]) -> Vec<Finding> {
        // Paths are many and collisions few, so only a hash of each is kept.
        let mut spellings: Vec<(u64, &Standing<'_>)> =
            paths.iter().map(|standing| (hash(standing), standing)).collect();
        spellings.arrange_by_key(|(hash, standing)| (*hash, standing.path));
        let alike = spellings.chunk_by(|one, other| one.0 == other.0).filter(|alike| alike.len() > 1);
        alike.flat_map(|alike| self.collisions_among(alike)).collect()
    }

    fn collisions_among(&self, alike: &[(u64, &Standing<'_>)]) -> Vec<Finding> {
        let paths = || alike.iter().map(|(_, standing)| *standing);
        let one_new = paths().rev().find(|standing| standing.is_new);
        let pair = one_new.and_then(|new| {
            let spelling = fold_bytes(new.path.as_bytes());
            let is_other =
                |other: &&Standing<'_>| other.path != new.path && fold_bytes(other.path.as_bytes()) == spelling;
            Some((new, paths().find(is_other)?))
        });
        pair.map(|(new, other)| self.collision(new, other.path)).unwrap_or_default()
    }

    fn collision(&self, new: &Standing<'_>, other: &RepoPath) -> Vec<Finding> {
        let subject = Subject::new(new.path, new.by_agent);
        let about = self.all.iter().filter(|rule| rule.detector == Some(Detector::CollidingPath));
        let findings = about.filter_map(|rule| {
            let compiled = rule.compiled().filter(|compiled| compiled.covers(&subject))?;
            let mut finding = self.finding(rule, compiled, Place::whole(new.path), other.as_bytes());
            finding.message = format!("{} `{other}`", finding.message);
            Some(finding)
        });
        findings.collect()
    }
}

fn hash(standing: &Standing<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    fold_bytes(standing.path.as_bytes()).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = r#"[{"id": "t/same", "on": "path", "detect": "colliding-path", "exclude": ["vendor/**"],
        "severity": "hold", "message": "same as"}]"#;

    fn told(old: &[&str], new: &[&str]) -> Vec<String> {
        let (old, new) = (old.iter().map(|path| (*path, false)), new.iter().map(|path| (*path, true)));
        let paths: Vec<(RepoPath, bool)> = old.chain(new).map(|(path, is_new)| (path.into(), is_new)).collect();
        let standing = paths.iter().map(|(path, is_new)| Standing { path, is_new: *is_new, by_agent: false });
        let mut findings = Rules::of_json(PACK).collisions(&standing.collect::<Vec<_>>());
        findings.sort_by(|one, other| one.place.cmp(&other.place));
        findings.iter().map(|finding| format!("{}: {}", finding.place.path, finding.message)).collect()
    }

    #[test]
    fn a_new_path_that_differs_only_by_spelling_is_told_with_the_other() {
        assert_eq!(told(&["a/B.rs"], &["a/b.rs"]), ["a/b.rs: same as `a/B.rs`"]);
        assert_eq!(told(&["A/b.rs"], &["a/b.rs", "x"]), ["a/b.rs: same as `A/b.rs`"]);
        assert_eq!(told(&[], &["Makefile", "makefile"]), ["makefile: same as `Makefile`"]);
        assert_eq!(told(&[], &["caf\u{e9}", "cafe\u{301}"]), ["caf\u{e9}: same as `cafe\u{301}`"]);
    }

    #[test]
    fn paths_that_were_there_or_differ_by_more_are_not_told() {
        assert_eq!(told(&["a", "A"], &["b"]), [] as [&str; 0]);
        assert_eq!(told(&["a"], &["a"]), [] as [&str; 0]);
        assert_eq!(told(&["a/b"], &["a/c", "b/a"]), [] as [&str; 0]);
        assert_eq!(told(&["vendor/a"], &["vendor/A"]), [] as [&str; 0]);
    }
}
