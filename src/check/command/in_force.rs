//! The names that stand for something else while a line is looked through: aliases of git and of the
//! shell, and the line's own functions.

use super::words::{Simple, Word};
use super::{Aliases, git, hidden};

pub(super) struct InForce {
    /// git's aliases, with those that the line itself sets.
    of_git: Aliases,
    of_shell: Aliases,
    /// What the line's functions run with words that only their callers know.
    functions: Vec<(String, Vec<Word>)>,
    /// Aliases and functions that are being looked through: none stands for itself.
    expanding: Vec<String>,
}

impl InForce {
    pub(super) fn new(of_git: &Aliases) -> Self {
        Self { of_git: of_git.clone(), of_shell: Aliases::new(), functions: Vec::new(), expanding: Vec::new() }
    }

    /// Takes up the functions that commands define; whether there are any.
    pub(super) fn define(&mut self, commands: &[Simple]) -> bool {
        let known = self.functions.len();
        self.functions.extend(hidden::functions(commands));
        self.functions.len() > known
    }

    /// How many functions there are.
    pub(super) const fn size(&self) -> usize {
        self.functions.len()
    }

    /// What the functions of that name run when they are called with these words.
    pub(super) fn called(&self, name: &str, words: &[Word]) -> Vec<Vec<Word>> {
        let named = self.functions.iter().filter(|(called, _)| called == name);
        named.map(|(_, body)| hidden::called_with(body, words)).collect()
    }

    pub(super) fn set_alias(&mut self, name: &str, value: &str) {
        self.of_shell.insert(name.to_owned(), value.to_owned());
    }

    /// What the shell puts in the place of a word.
    pub(super) fn alias(&self, word: &Word) -> Option<&String> {
        let is_one = !word.is_quoted && !self.is_expanded(&word.text);
        self.of_shell.get(&word.text).filter(|_| is_one)
    }

    /// What git runs in the place of these words, by the alias's name, with what they set themselves.
    pub(super) fn of_git(&mut self, words: &[Word]) -> Option<(String, String)> {
        self.of_git.extend(git::aliases_set(words));
        git::expanded(words, &self.of_git)
    }

    pub(super) fn is_expanded(&self, name: &str) -> bool {
        self.expanding.iter().any(|known| known == name)
    }

    /// From here on a name is looked through, until that is over.
    pub(super) fn begin(&mut self, name: &str) {
        self.expanding.push(name.to_owned());
    }

    pub(super) fn end(&mut self) {
        self.expanding.pop();
    }

    /// How many names are being looked through.
    pub(super) const fn depth(&self) -> usize {
        self.expanding.len()
    }

    /// Breaks off what was begun since.
    pub(super) fn back_to(&mut self, depth: usize) {
        self.expanding.truncate(depth);
    }
}
