//! Where a line goes: the directories that it may be in, and the links that it makes.

use super::EACH_COMMAND;
use super::governed::may_be_hooks;
use super::links::Links;
use super::tally::Tally;
use super::words::Word;

/// At most this many places are followed.
const MOST_PLACES: usize = 8;

pub(super) struct Places {
    /// Relative to where the line starts, each as `cd` was told.
    from: Vec<String>,
    links: Links,
}

impl Places {
    pub(super) fn new() -> Self {
        Self { from: vec![String::new()], links: Links::default() }
    }

    pub(super) fn from(&self) -> &[String] {
        &self.from
    }

    /// What it costs to name them all.
    pub(super) fn size(&self) -> usize {
        self.from.iter().map(|from| from.len() + EACH_COMMAND).sum()
    }

    /// Whether the line may be in git's own directory.
    pub(super) fn may_be_git(&self) -> bool {
        self.from.iter().any(|from| from.split('/').any(|part| part == ".git"))
    }

    /// `ln` with its words, or `cp -s`.
    pub(super) fn link(&mut self, words: &[Word], tally: &mut Tally) {
        self.links.add(words, &self.from, tally);
    }

    pub(super) fn is_link(&self, word: &Word) -> bool {
        self.links.has(word, &self.from)
    }

    /// Where a word leads through the links, from where the line starts.
    pub(super) fn led(&self, word: &Word, tally: &mut Tally) -> Vec<Word> {
        self.links.led(word, &self.from, tally)
    }

    /// `cd` with its words.
    pub(super) fn go(&mut self, words: &[Word], tally: &mut Tally) {
        let Some(to) = words.iter().find(|word| !word.text.starts_with('-')) else { return };
        for led in self.led(to, tally) {
            self.go(std::slice::from_ref(&led), tally);
        }
        if to.is_open {
            for named in to.made.iter().flat_map(|made| &made.named) {
                self.go(std::slice::from_ref(named), tally);
            }
            if may_be_hooks(to) {
                tally.ask("it goes where the hooks are, by a way that cannot be seen here");
            }
            return;
        }
        let joined = |from: &String| {
            if to.text.starts_with(['/', '~']) { to.text.clone() } else { format!("{from}{}", to.text) }
        };
        let longer: usize = self.from.iter().map(|from| from.len() + to.text.len()).sum();
        if tally.spend(longer).is_err() {
            return;
        }
        // A subshell comes back, so what was before may be again.
        let new: Vec<String> = self.from.iter().map(|from| format!("{}/", joined(from))).collect();
        self.from.extend(new);
        self.from.dedup();
        // The first is where the line starts, the last where it is if every `cd` counts.
        let most = self.from.len().saturating_sub(MOST_PLACES);
        self.from.drain(1..=most);
    }
}
