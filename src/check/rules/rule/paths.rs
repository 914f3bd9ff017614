//! Which paths a rule looks at.

use std::sync::OnceLock;

use crate::check::rules::built::embedded::Text;
use crate::check::rules::built::tables::pairs;
use crate::check::rules::built::trial::Word;
use crate::model::RepoPath;
use crate::policy::{PathGlob, Reach, fold_bytes};

/// What the rules ask of a file before they look into it.
#[derive(Clone)]
pub(in crate::check::rules) struct Subject<'a> {
    pub(in crate::check::rules) path: &'a RepoPath,
    pub(super) by_agent: bool,
    /// The path as a strict glob reads it: in lower case, without what hides in a name.
    folded: Vec<u8>,
    pairs: u128,
}

impl<'a> Subject<'a> {
    pub(in crate::check::rules) fn new(path: &'a RepoPath, by_agent: bool) -> Self {
        let folded = fold_bytes(path.as_bytes());
        Self { path, by_agent, pairs: pairs(&folded), folded }
    }
}

impl Subject<'_> {
    /// Whether the path contains one of these literals of strict globs.
    pub(super) fn is_near(&self, literals: &[(Text, u128)]) -> bool {
        literals.iter().any(|(literal, pairs)| self.contains(literal.get().as_bytes(), *pairs))
    }

    /// Paths are short: a search that first prepares itself takes longer than this.
    fn contains(&self, literal: &[u8], pairs: u128) -> bool {
        if pairs & !self.pairs != 0 {
            return false;
        }
        let Some(first) = literal.first() else { return true };
        let mut starts = memchr::memchr_iter(*first, &self.folded);
        starts.any(|at| self.folded.get(at..).is_some_and(|rest| rest.starts_with(literal)))
    }
}

/// Globs that are compiled when a path comes near: most never do.
pub(super) struct PathList {
    globs: Vec<LazyGlob>,
}

struct LazyGlob {
    text: Word,
    literal: Vec<u8>,
    pairs: u128,
    reach: Reach,
    glob: OnceLock<Option<PathGlob>>,
}

impl PathList {
    pub(super) fn new(globs: impl IntoIterator<Item = Word>, reach: Reach) -> Self {
        let lazy = |text: Word| {
            let literal = literal(&text).into_bytes();
            LazyGlob { text, pairs: pairs(&literal), literal, reach, glob: OnceLock::new() }
        };
        Self { globs: globs.into_iter().map(lazy).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        let is_ascii = subject.path.as_bytes().is_ascii();
        self.globs.iter().any(|glob| {
            // A lenient glob reads letters as they are spelled; folding may have joined two of them.
            let spelled_otherwise = glob.reach == Reach::Lenient && !is_ascii;
            (spelled_otherwise || subject.contains(&glob.literal, glob.pairs))
                && glob
                    .glob
                    .get_or_init(|| PathGlob::new(&glob.text, glob.reach, None).ok())
                    .as_ref()
                    .is_some_and(|glob| glob.matches(subject.path))
        })
    }
}

/// The longest piece of a glob that a matching path must contain, in lower case. Only ASCII counts:
/// globs fold other letters in ways a byte search does not. The piece lies within one name, for a
/// strict glob also takes names that end in dots and blanks.
fn literal(glob: &str) -> String {
    if glob.contains(['{', '[', '\\']) || !glob.is_ascii() {
        return String::new();
    }
    glob.split(['*', '?', '/']).max_by_key(|piece| piece.len()).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::Rules;
    use crate::policy::{PACKS, RuleSettings};

    fn matches(glob: &str, path: &str) -> bool {
        PathList::new([glob.to_owned().into()], Reach::Strict).matches(&Subject::new(&path.into(), false))
    }

    #[test]
    fn the_literal_of_a_glob_hides_no_path() {
        assert!(matches("**/*.py", "a/B.PY"));
        assert!(matches("tests/**", "Tests/a.rs"));
        assert!(matches("**/{a,b}/*", "x/b/c"));
        assert!(matches("**", "x"));
        assert!(!matches("**/*.py", "a/b.rs"));
    }

    #[test]
    fn no_spelling_of_a_path_hides_it_from_the_rules_that_look_at_it() {
        let globs = [".github/workflows/*.yml", "**/*.key", "**/.npmrc", "src/core./**"];
        let evasions = [
            ".github/work\u{200b}flows/ci.yml",
            ".github. /workflows/ci.yml",
            "\u{feff}.GITHUB/workflows/ci.y\u{200d}ml",
            "a/b.\u{212a}ey",
            "deploy/.npmrc. ",
            "src/core./a.rs",
        ];
        let near = globs.map(literal);

        for path in evasions.map(RepoPath::from) {
            let subject = Subject::new(&path, false);
            let list = PathList::new(globs.map(Word::from), Reach::Strict);
            assert!(near.iter().any(|part| subject.contains(part.as_bytes(), pairs(part.as_bytes()))), "{path}");
            assert!(list.matches(&subject), "{path}");
        }
    }

    #[test]
    fn an_exemption_sees_a_path_as_it_is_spelled() {
        let exempt = |glob: &str, path: &str| {
            PathList::new([glob.to_owned().into()], Reach::Lenient).matches(&Subject::new(&path.into(), false))
        };

        assert!(exempt("docs/*", "docs/a\u{301}"));
        assert!(exempt("do*/*.md", "do\u{308}cs/a.md"));
        assert!(!exempt("docs/*", "do\u{200b}cs/a"));
    }

    /// A path that a glob matches: of braces the given choice, and something for each wildcard.
    fn instance(glob: &str, choice: usize) -> String {
        let mut text = glob.to_owned();
        while let Some((before, rest)) = text.clone().split_once('{') {
            let (inside, after) = rest.split_once('}').unwrap();
            let inside: Vec<&str> = inside.split(',').collect();
            text = [before, inside[choice % inside.len()], after].concat();
        }
        while let Some((before, rest)) = text.clone().split_once('[') {
            let (inside, after) = rest.split_once(']').unwrap();
            text = [before, inside.get(..1).unwrap(), after].concat();
        }
        text.replace("**", "q/q").replace(['*', '?'], "q")
    }

    #[test]
    fn no_path_that_a_rule_looks_at_is_far_from_it() {
        let settings =
            RuleSettings { packs: PACKS.map(str::to_owned).to_vec(), extra: vec![], severity: vec![], imports: vec![] };
        let rules = Rules::new(&settings, vec![]).unwrap();
        let mut seen = 0;
        for rule in &rules.all {
            let paths = &rule.definition().unwrap().paths;
            for path in paths.iter().flat_map(|glob| (0..30).map(|choice| instance(glob, choice))) {
                let path = RepoPath::from(path.as_str());
                let subject = Subject::new(&path, true);
                seen +=
                    usize::from(PathList::new(paths.iter().cloned().map(Word::from), Reach::Strict).matches(&subject));
                assert!(rule.is_near(&subject), "{}: {path}", rule.id);
            }
        }
        assert!(seen > 1_000, "{seen}");
    }
}
