//! Globs over paths, branches and names, and what they must not be talked out of.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use unicode_normalization::UnicodeNormalization;

use crate::model::{PolicyLine, RepoPath, hides_text};

use super::pattern::{Braces, Depth, NamePattern, Parts, PathPattern, Reading, alternatives};

/// Whether matching a path makes the judgement stricter or milder.
///
/// A strict list must not be evaded by spelling: it ignores case and Unicode normalisation form
/// (as the file systems of macOS and Windows do), a glob without `/` matches at any depth, and a
/// glob that names a directory covers everything in it. A lenient list matches to the letter, so
/// that no look-alike of an allowed path is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Strict,
    Lenient,
}

/// A glob over repository paths, relative to the root; `*` stops at `/`, `**` does not.
#[derive(Clone, Debug)]
pub struct PathGlob {
    pub text: Arc<str>,
    /// Where the policy file says it; absent for the built-in policy.
    pub at: Option<Arc<PolicyLine>>,
    reach: Reach,
    patterns: OnceLock<Vec<PathPattern>>,
}

impl PathGlob {
    /// The error is a sentence fragment that names what is wrong with the glob.
    pub fn new(text: &str, reach: Reach, at: Option<PolicyLine>) -> Result<Self, String> {
        let patterns = OnceLock::from(patterns(text, reach)?);
        Ok(Self { text: text.into(), at: at.map(Arc::new), reach, patterns })
    }

    /// A glob that a test holds to be one. It is taken apart when a path is first compared with it,
    /// which most runs never do.
    pub(super) fn known(text: &str, reach: Reach) -> Self {
        Self { text: text.into(), at: None, reach, patterns: OnceLock::new() }
    }

    #[must_use]
    pub fn matches(&self, path: &RepoPath) -> bool {
        self.matches_spelled(&Spelled::new(path))
    }

    pub(super) fn matches_spelled(&self, path: &Spelled<'_>) -> bool {
        let (reading, parts) = match self.reach {
            Reach::Strict => (Reading::Loose, path.folded()),
            Reach::Lenient => (Reading::ToTheLetter, &path.parts),
        };
        let patterns = self.patterns.get_or_init(|| patterns(&self.text, self.reach).unwrap_or_default());
        patterns.iter().any(|pattern| pattern.matches(parts, reading))
    }
}

/// A path as globs read it, taken apart once for all that do.
pub(super) struct Spelled<'a> {
    path: &'a [u8],
    is_ascii: bool,
    parts: Parts<'a>,
    folded: OnceCell<Parts<'a>>,
}

impl<'a> Spelled<'a> {
    pub(super) fn new(path: &'a RepoPath) -> Self {
        let path = path.as_bytes();
        Self { path, is_ascii: path.is_ascii(), parts: Parts::of(path.into()), folded: OnceCell::new() }
    }

    /// As a strict glob reads it, which takes no notice of the case of ASCII.
    fn folded(&self) -> &Parts<'a> {
        if self.is_ascii { &self.parts } else { self.folded.get_or_init(|| Parts::of(fold_bytes(self.path).into())) }
    }
}

fn patterns(text: &str, reach: Reach) -> Result<Vec<PathPattern>, String> {
    let body = text.strip_suffix('/').unwrap_or(text);
    if body.is_empty() {
        return Err("is empty and matches nothing".into());
    }
    if body.starts_with('/') {
        return Err("starts with `/`: globs are relative to the repository's root".into());
    }
    if body.starts_with('!') {
        return Err("starts with `!`: lists cannot take a path out again".into());
    }
    let body = match reach {
        Reach::Strict => Cow::Owned(fold(body)),
        Reach::Lenient => Cow::Borrowed(body),
    };
    let pattern = |alternative: &Cow<'_, str>| {
        let is_anywhere = reach == Reach::Strict && !alternative.contains('/');
        PathPattern::new(alternative, Depth { is_anywhere, is_within: text.ends_with('/') })
    };
    alternatives(&body, Braces::OverParts)?.iter().map(pattern).collect()
}

/// A glob over branch names. `*` also matches `/`: a branch deeper down is not governed less.
#[derive(Clone, Debug)]
pub struct BranchGlob(NameGlob);

impl BranchGlob {
    pub fn new(text: &str) -> Result<Self, String> {
        NameGlob::new(text).map(Self)
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// `branch` is the short name, without `refs/heads/`.
    #[must_use]
    pub fn matches(&self, branch: &str) -> bool {
        self.0.matches(branch)
    }
}

/// A glob over a name that has no parts: a rule id, an e-mail address, a trailer. `*` matches
/// any characters, and case does not matter.
#[derive(Clone, Debug)]
pub struct NameGlob {
    pub text: String,
    patterns: Vec<NamePattern>,
}

impl NameGlob {
    pub fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("is empty and matches nothing".into());
        }
        let lower = text.to_lowercase();
        let patterns = alternatives(&lower, Braces::All)?;
        let patterns = patterns.iter().map(|one| NamePattern::new(one)).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), patterns })
    }

    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.patterns.iter().any(|pattern| pattern.matches(name.as_bytes(), Reading::ToTheLetter))
    }
}

/// One spelling for all that a case-insensitive, normalising file system takes for the same name.
/// Upper case first: it takes `\u{17f}` and `\u{df}` to the letters that lower case leaves apart.
/// Characters that HFS+ ignores are dropped, so `.g\u{200c}it` is `.git` here too.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let shown = text.nfc().filter(|&c| !hides_text(c));
    let folded: String = shown.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    folded.nfc().collect()
}

/// A path in the spelling in which strict globs read it. Bytes that are not UTF-8 stay as they are;
/// what stands around them is folded all the same.
#[must_use]
pub fn fold_bytes(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_ascii() {
        return bytes.to_ascii_lowercase();
    }
    let mut folded = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        folded.extend_from_slice(fold(chunk.valid()).as_bytes());
        folded.extend_from_slice(chunk.invalid());
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(glob: &str, path: &str) -> bool {
        PathGlob::new(glob, Reach::Strict, None).unwrap().matches(&path.into())
    }

    fn lenient(glob: &str, path: &str) -> bool {
        PathGlob::new(glob, Reach::Lenient, None).unwrap().matches(&path.into())
    }

    #[test]
    fn a_strict_glob_is_not_evaded_by_spelling() {
        assert!(strict(".env*", ".ENV.local"));
        assert!(strict(".env*", "deploy/.env"));
        assert!(strict("config", "config/deep/a.yaml"));
        assert!(strict("src/core/", "src/Core/a.rs"));
        assert!(strict("caf\u{e9}/**", "cafe\u{301}/menu"));
        assert!(strict(".git/**", ".g\u{200c}it/config"));
        assert!(strict("stra\u{df}e", "STRASSE/1") && strict("src/**", "\u{17f}rc/a") && strict(".gov/**", ".gov. /a"));
        assert!(!strict("src/core/**", "src/core2/a.rs"));
    }

    #[test]
    fn a_lenient_glob_matches_to_the_letter() {
        assert!(lenient("src/**", "src/a/b.rs"));
        assert!(lenient("docs/", "docs/a.md"));
        assert!(!lenient("src/**", "SRC/a.rs"));
        assert!(!lenient("src", "src/a.rs"));
        assert!(!lenient("*.md", "docs/a.md"));
        assert!(!lenient("src/*", "src/a/b.rs"));
    }

    #[test]
    fn a_path_that_is_not_utf_8_is_matched_by_its_bytes() {
        let path = RepoPath::new(&b"SRC/core/\xff.rs"[..]);

        assert!(PathGlob::new("src/core/**", Reach::Strict, None).unwrap().matches(&path));
        assert!(!PathGlob::new("src/**", Reach::Lenient, None).unwrap().matches(&path));
        let folded = RepoPath::new("CAFE\u{301}/x".bytes().chain([0xff]).collect::<Vec<_>>());
        assert!(PathGlob::new("caf\u{e9}/**", Reach::Strict, None).unwrap().matches(&folded));
    }

    #[test]
    fn a_glob_that_can_never_match_is_refused() {
        for glob in ["", "/", "/src/**", "a/../b", "./a", "a//b", "!a", "src/[", "{a,/b}", "src\\a"] {
            assert!(PathGlob::new(glob, Reach::Strict, None).is_err(), "{glob}");
        }
    }

    #[test]
    fn a_star_in_a_branch_reaches_deeper_names() {
        let glob = BranchGlob::new("release/*").unwrap();

        assert!(glob.matches("release/1.0") && glob.matches("release/1/rc"));
        assert!(!glob.matches("release"));
    }

    proptest::proptest! {
        #[test]
        fn a_lenient_glob_matches_what_globset_matches(
            glob in "(\\*\\*/)?[ab?*]{1,3}(/[ab?*]{1,3}){0,2}(/\\*\\*)?",
            path in "[ab]{1,3}(/[ab]{1,3}){0,3}",
        ) {
            let theirs = globset::GlobBuilder::new(&glob).literal_separator(true).build();
            // Two stars that are not a part of their own mean different things to different tools.
            let plain = glob.split('/').all(|part| part == "**" || !part.contains("**"));
            if let (Ok(ours), Ok(theirs), true) = (PathGlob::new(&glob, Reach::Lenient, None), theirs, plain) {
                proptest::prop_assert_eq!(ours.matches(&path.as_str().into()), theirs.compile_matcher().is_match(&path));
            }
        }
    }
}
