//! What people write about a change, such as the reason of a waiver, without the secrets in it.

use std::ops::Range;

use super::found::MESSAGE_PATH;
use super::redact;
use crate::check::rules::rule::{Rule, Subject};
use crate::check::rules::search::{Finder, Part};
use crate::check::rules::set::Rules;
use crate::model::{Arrange, RepoPath};

impl Rules {
    /// Hides in texts what a rule takes for a secret and what looks like a key.
    pub fn hide_secrets(&self, texts: &mut [&mut String]) {
        let (mut whole, mut places) = (String::new(), Vec::new());
        for text in texts.iter() {
            let start = whole.len();
            whole.push_str(text);
            places.push(start..whole.len());
            whole.push('\n');
        }
        if whole.trim().is_empty() {
            return;
        }
        let (hidden, is_flooded) = self.hidden_in(&whole);
        let shown = redact::texts(whole.as_bytes(), &places, &hidden);
        for (text, shown) in texts.iter_mut().zip(shown) {
            **text = if is_flooded { "\u{2026}".to_owned() } else { shown };
        }
    }

    /// Stars out the same in a file, of which every character stays one character.
    #[must_use]
    pub fn starred(&self, file: &str) -> String {
        let (hidden, is_flooded) = self.hidden_in(file);
        let whole = 0..file.len();
        redact::starred(file, if is_flooded { std::slice::from_ref(&whole) } else { &hidden })
    }

    /// Where a rule finds a secret, and whether one found more than is kept, so that the rest would
    /// stand there.
    fn hidden_in(&self, text: &str) -> (Vec<Range<usize>>, bool) {
        let path = RepoPath::from(MESSAGE_PATH);
        let mut finder = Finder::new(&self.all, self.for_new(), Subject::new(&path, false), false);
        finder.walk(Part::all(text.as_bytes()), 0..text.len());
        let found = finder.take();
        let is_shown = |index| self.get(index).and_then(Rule::definition).is_some_and(|rule| rule.show);
        let is_flooded = found.more.iter().any(|index| !is_shown(*index));
        let mut hidden: Vec<Range<usize>> =
            found.kept.into_iter().filter(|found| !is_shown(found.rule)).map(|found| found.value).collect();
        hidden.arrange_by_key(|range| (range.start, range.end));
        (hidden, is_flooded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn hidden(texts: &[&str]) -> Vec<String> {
        let rules = Rules::new(&Policy::built_in().rules, Vec::new()).unwrap();
        let mut texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        rules.hide_secrets(&mut texts.iter_mut().collect::<Vec<_>>());
        texts
    }

    #[test]
    fn a_reason_that_holds_a_secret_is_told_without_it() {
        let key = format!("{}{}", "AKIA", "Z7QVN4KWJ3XPLM2T");

        let texts =
            hidden(&["", "made up for tests", &format!("the old key {key} is revoked"), "q7Zr9XkT2mVb4LpNs8Wd"]);

        let old = "the old key AKI\u{2026}(20 characters) is revoked";
        assert_eq!(texts, ["", "made up for tests", old, "q7Z\u{2026}(20 characters)"]);
    }

    #[test]
    fn a_file_keeps_its_places_and_loses_its_secrets() {
        let rules = Rules::new(&Policy::built_in().rules, Vec::new()).unwrap();
        let file = format!("\u{fc}: \"{}{}\"\nb: q7Zr9XkT2mVb4LpNs8Wd\n", "AKIA", "Z7QVN4KWJ3XPLM2T");

        let starred = rules.starred(&file);

        assert_eq!(starred, "\u{fc}: \"AKIA****************\"\nb: q7Zr****************\n");
    }

    #[test]
    fn what_is_no_secret_is_told_as_it_was_written() {
        let told = [
            "rotated on 3 May, see ticket PLAT-4711",
            "tests/fixtures/keys/index2.txt is made up",
            "https://a.example/x",
            "as in 4be7b8612152e7d1f8a0c3b25d6e9f7081a2b3c4",
        ];

        assert_eq!(hidden(&told), told);
    }
}
