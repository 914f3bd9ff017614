//! What two texts have in common at both ends, where no change can have put anything.

use std::ops::Range;

use memchr::{memchr, memrchr};

/// How many bytes two texts begin with alike, and end with alike. Nothing, unless they were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Common {
    start: usize,
    end: usize,
}

/// How many bytes are compared at once.
const STEP: usize = 128;

impl Common {
    pub const NOTHING: Self = Self { start: 0, end: 0 };

    #[must_use]
    pub fn of(old: Option<&[u8]>, new: Option<&[u8]>) -> Self {
        let (Some(old), Some(new)) = (old, new) else { return Self::NOTHING };
        let steps = old.chunks_exact(STEP).zip(new.chunks_exact(STEP)).take_while(|(old, new)| old == new).count();
        let start = steps * STEP + alike(old.iter().skip(steps * STEP), new.iter().skip(steps * STEP));
        let (old, new) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
        let steps = old.rchunks_exact(STEP).zip(new.rchunks_exact(STEP)).take_while(|(old, new)| old == new).count();
        let end = steps * STEP + alike(old.iter().rev().skip(steps * STEP), new.iter().rev().skip(steps * STEP));
        Self { start, end }
    }

    /// The lines of either text that have something of their own. A line whose beginning or end
    /// became another's is among them.
    pub(super) fn rest(self, text: &[u8]) -> Range<usize> {
        let (start, end) = (self.start.min(text.len()), text.len().saturating_sub(self.end).max(self.start));
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(end..).unwrap_or_default();
        let first = memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let last = memchr(b'\n', after).map_or(text.len(), |newline| end + newline + 1);
        first..last
    }
}

fn alike<'t>(old: impl Iterator<Item = &'t u8>, new: impl Iterator<Item = &'t u8>) -> usize {
    old.zip(new).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;
    use crate::check::rules::Candidate;
    use crate::check::rules::set::Rules;
    use crate::model::{LineDiff, Mode, RepoPath};

    const PACK: &str = r#"[
        {"id": "t/token", "keywords": ["tok_"], "regex": "(tok_[a-z]{3,})", "severity": "deny", "message": "m"},
        {"id": "t/joined", "keywords": ["key"], "regex": "key\\s*=\\s*\\n?([a-z]{4,})", "severity": "warn", "message": "m"},
        {"id": "t/block", "keywords": ["BEGIN"], "multiline": true, "regex": "BEGIN[^#]*?END", "severity": "deny",
         "message": "m"},
        {"id": "t/every", "anchor": "every-line", "regex": "^z+$", "severity": "note", "message": "m"},
        {"id": "t/gone", "on": "removed", "keywords": ["assert"], "regex": "assert", "severity": "hold", "message": "m"},
        {"id": "t/fewer", "on": "removed", "net": 1, "keywords": ["abc"], "regex": "abc", "severity": "hold", "message": "m"}
    ]"#;

    /// Lines that match alone, with the next, or with one far off.
    fn lines() -> impl Strategy<Value = String> {
        let line = prop::sample::select(vec![
            "tok_abc",
            "tok_",
            "abc",
            "key =",
            "key = abcd",
            "abcd",
            "BEGIN",
            "END",
            "#",
            "zz",
            "assert",
            "",
        ]);
        let far = Just("filler\n".repeat(3_000));
        let line = prop_oneof![30 => line.prop_map(str::to_owned), 1 => far];
        prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
    }

    fn common(old: &str, new: &str) -> Common {
        Common::of(Some(old.as_bytes()), Some(new.as_bytes()))
    }

    fn rest<'t>(old: &str, new: &'t str) -> &'t str {
        new.get(common(old, new).rest(new.as_bytes())).unwrap()
    }

    #[test]
    fn the_rest_is_whole_lines() {
        assert_eq!(rest("a\nbcd\ne\nf\n", "a\nbxd\ne\nf\n"), "bxd\n");
        assert_eq!(rest("a\nb\n", "a\nb\nb\n"), "b\n");
        assert_eq!(rest("xfoo\nbar\n", "x\nfoo\nbar\n"), "x\nfoo\n");
        assert_eq!(rest("a\nb\nc\n", "a\nbc\n"), "bc\n");
        assert_eq!(rest("", "a\nb"), "a\nb");
        assert_eq!(Common::NOTHING.rest(b"a\nb"), 0..3);
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_common(old in "[ab\n]{0,300}", new in "[ab\n]{0,300}", both in "[ab\n]{0,300}") {
            let (old, new) = (format!("{both}{old}{both}"), format!("{both}{new}{both}"));
            let rest = common(&old, &new).rest(new.as_bytes());

            let (before, after) = (new.get(..rest.start).unwrap(), new.get(rest.end..).unwrap());
            prop_assert!(old.starts_with(before) && old.ends_with(after) && before.len() + after.len() <= old.len());
        }

        #[test]
        fn what_is_left_out_holds_no_finding(
            before in lines(), old in lines(), new in lines(), after in lines(), cut in 0_usize..40,
        ) {
            let old = [&*before, &*old, &*after].concat();
            let new = [&*before, &*new, after.get(cut..).unwrap_or_default()].concat();
            let rules = Rules::of_json(PACK);
            let path = RepoPath::from("a.txt");
            let mode = Some(Mode::Regular);
            let (was, is) = (Some(old.as_bytes()), Some(new.as_bytes()));
            let file = Candidate { old_mode: mode, old: was, new: is, in_tree: false, ..Candidate::standing(&path, Mode::Regular) };
            let lines = || Cow::Owned(LineDiff::between(old.as_bytes(), new.as_bytes()));

            let quick = Candidate { common: Common::of(was, is), ..file };
            let findings = rules.scan(&file, lines).findings;

            prop_assert_eq!(&rules.scan(&quick, lines).findings, &findings);
            let diff = lines();
            prop_assert_eq!(&rules.scan(&Candidate { known: Some(&diff), ..quick }, lines).findings, &findings);
            prop_assert_eq!(&rules.scan(&Candidate { is_weighed: false, ..quick }, lines).findings, &findings);
        }
    }
}
