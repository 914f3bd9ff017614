//! Whether a match is code, and not what a comment or the text of a documentation shows.

use std::cell::OnceCell;
use std::ops::Range;

use super::Captured;
use crate::check::syntax::{Zone, zone_at, zones};
use crate::model::RepoPath;

/// How far into a file comments and strings are told from code.
const REACH: usize = 64 * 1024;

/// The comments and strings of a text, told from its code when the first match asks: every one of thousands
/// would read the text up to itself.
#[derive(Clone, Default)]
pub struct Zones(OnceCell<Option<Told>>);

type Told = Vec<(Range<usize>, Zone)>;

impl Zones {
    /// What lies at a place within reach: nothing when it is code, or in a language that nobody here knows.
    fn at(&self, path: &RepoPath, text: &[u8], place: usize) -> Option<Zone> {
        let near = || text.get(..text.len().min(REACH + 1)).unwrap_or_default();
        let known = self.0.get_or_init(|| zones(path, near()));
        known.as_ref().and_then(|zones| zone_at(zones, place))
    }
}

/// False where a comment or a string that opened on an earlier line is still open.
pub(super) fn stands(captured: &Captured<'_>) -> bool {
    let at = captured.whole.start;
    let Some(before) = captured.text.get(..at).filter(|before| before.len() <= REACH) else { return true };
    let line = memchr::memrchr(b'\n', before).map_or(0, |last| last + 1);
    captured.zones.at(captured.path, captured.text, line).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_code(text: &str, path: &str) -> bool {
        let at = text.find("load(").unwrap();
        stands(&Captured {
            text: text.as_bytes(),
            whole: at..at + 5,
            value: at..at + 5,
            path: &path.into(),
            zones: &Zones::default(),
        })
    }

    #[test]
    fn what_a_docstring_shows_is_no_code() {
        assert!(!is_code("def f():\n    \"\"\"\n    .. code::\n\n        x = load()\n    \"\"\"\n", "a.py"));
        assert!(!is_code("/*\n x = load();\n*/", "a.js"));
        assert!(!is_code("// x = load();\n", "a.js"));
    }

    #[test]
    fn code_is_code_behind_a_docstring_or_a_string_of_its_line_too() {
        assert!(is_code("\"\"\"Says.\"\"\"\nx = load()\n", "a.py"));
        assert!(is_code("x = 'a'; y = load()", "a.py"));
        assert!(is_code("\"\"\" load() in a language it does not know", "a.unknown"));
    }

    #[test]
    fn far_into_a_file_everything_is_code() {
        assert!(is_code(&format!("\"\"\"\n{}\nload()", "x".repeat(REACH)), "a.py"));
    }
}
