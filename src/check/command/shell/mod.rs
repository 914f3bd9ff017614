//! Reads a shell's command line into the simple commands that it runs, in whatever they are nested.
//!
//! What a shell would expand is kept apart from what it takes as it stands: only the latter is known.

mod word;

use std::collections::HashMap;
use std::str::Chars;

/// A line of more characters is none that anybody looks through.
const LONGEST: usize = 256 << 10;

/// Deeper nesting is there to hide something.
const DEEPEST: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("a quote is not closed")]
    Quote,
    #[error("a substitution is not closed")]
    Substitution,
    #[error("it is nested too deep")]
    TooDeep,
    #[error("it is too long")]
    TooLong,
}

/// A word as a command gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether a part of it is only known once it runs.
    pub(super) is_open: bool,
    /// Whether it stands for whatever files match it.
    pub(super) is_pattern: bool,
    pub(super) is_quoted: bool,
}

/// One command with its words; the first is the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) words: Vec<Word>,
    /// `NAME=value` before the program.
    pub(super) set: Vec<(String, Word)>,
    /// Files that its output goes to.
    pub(super) written: Vec<Word>,
    /// What it reads, where the line itself says so.
    pub(super) fed: Vec<String>,
    /// The function whose definition starts here.
    pub(super) defines: Option<String>,
}

/// The commands of a line, in the order in which they begin to be known.
pub(super) fn read(line: &str) -> Result<Vec<Simple>, Unreadable> {
    if line.len() > LONGEST {
        return Err(Unreadable::TooLong);
    }
    let mut reader =
        Reader { rest: line.chars(), out: Vec::new(), known: HashMap::new(), depth: 0, waiting: Vec::new() };
    reader.script(None)?;
    Ok(reader.out)
}

struct Reader<'a> {
    rest: Chars<'a>,
    out: Vec<Simple>,
    /// Variables that the line itself has set to something known.
    known: HashMap<String, String>,
    depth: usize,
    /// Texts that begin on the next line.
    waiting: Vec<Here>,
}

/// `<<END`: what ends it, and whether it is taken as it stands.
struct Here {
    end: String,
    is_literal: bool,
    strips_tabs: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn starts_with(&self, text: &str) -> bool {
        self.rest.as_str().starts_with(text)
    }

    fn skip(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if let Some(rest) = self.rest.as_str().strip_prefix(text) {
            self.rest = rest.chars();
        }
        found
    }

    /// Commands up to a closing sign, or to the end.
    fn script(&mut self, close: Option<char>) -> Result<(), Unreadable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let mut command = Simple::default();
        loop {
            let Some(next) = self.peek() else {
                self.end(&mut command);
                self.depth -= 1;
                return if close.is_none() { Ok(()) } else { Err(Unreadable::Substitution) };
            };
            match next {
                _ if Some(next) == close => {
                    self.rest.next();
                    self.end(&mut command);
                    self.depth -= 1;
                    return Ok(());
                }
                '\n' => {
                    self.rest.next();
                    self.texts(&mut command)?;
                    self.end(&mut command);
                }
                '&' if self.starts_with("&>") => self.redirection(&mut command)?,
                ';' | '&' | '|' | ')' => {
                    self.rest.next();
                    self.end(&mut command);
                }
                '(' => {
                    self.rest.next();
                    if command.words.len() == 1 && self.skip(")") {
                        command.defines = command.words.pop().map(|name| name.text);
                        self.end(&mut command);
                        continue;
                    }
                    self.end(&mut command);
                    self.script(Some(')'))?;
                }
                '<' | '>' => self.redirection(&mut command)?,
                '#' => {
                    while self.peek().is_some_and(|next| next != '\n') {
                        self.rest.next();
                    }
                }
                '\\' if self.skip("\\\n") => {}
                _ if next.is_whitespace() => {
                    self.rest.next();
                }
                _ => {
                    let word = self.word()?;
                    let is_number = !word.is_quoted && word.text.bytes().all(|byte| byte.is_ascii_digit());
                    if !(is_number && matches!(self.peek(), Some('<' | '>'))) {
                        command.words.push(word);
                    }
                }
            }
        }
    }

    fn end(&mut self, command: &mut Simple) {
        let mut found = std::mem::take(command);
        let is_keyword = |word: &Word| !word.is_quoted && KEYWORDS.contains(&word.text.as_str());
        if found.words.first().is_some_and(|word| !word.is_quoted && word.text == "function") {
            found.defines = found.words.get(1).map(|name| name.text.clone());
            found.words.drain(..found.words.len().min(2));
        }
        let leading = found.words.iter().take_while(|word| is_keyword(word)).count();
        found.words.drain(..leading);
        while let Some((name, value)) = found.words.first().and_then(assignment) {
            if !value.is_open {
                self.known.insert(name.clone(), value.text.clone());
            }
            found.set.push((name, value));
            found.words.remove(0);
        }
        if found != Simple::default() {
            self.out.push(found);
        }
    }

    fn redirection(&mut self, command: &mut Simple) -> Result<(), Unreadable> {
        if self.skip("<(") || self.skip(">(") {
            command.words.push(Word { is_open: true, ..Word::default() });
            return self.script(Some(')'));
        }
        if self.skip("<<<") {
            let word = self.next_word()?;
            command.fed.push(word.text);
            return Ok(());
        }
        if self.starts_with("<<") {
            self.skip("<<");
            let strips_tabs = self.skip("-");
            let word = self.next_word()?;
            self.waiting.push(Here { end: word.text, is_literal: word.is_quoted, strips_tabs });
            return Ok(());
        }
        let is_written = ["&>>", "&>", "<>", ">>", ">|", ">&", ">"].iter().any(|sign| self.skip(sign));
        if !is_written && !self.skip("<&") {
            self.skip("<");
        }
        let target = self.next_word()?;
        let is_descriptor =
            !target.is_quoted && (target.text == "-" || target.text.bytes().all(|byte| byte.is_ascii_digit()));
        if is_written && !is_descriptor {
            command.written.push(target);
        }
        Ok(())
    }

    fn next_word(&mut self) -> Result<Word, Unreadable> {
        while matches!(self.peek(), Some(' ' | '\t')) || self.starts_with("\\\n") {
            self.rest.next();
        }
        self.word()
    }

    /// The texts that were announced on the line that ends here.
    fn texts(&mut self, command: &mut Simple) -> Result<(), Unreadable> {
        for here in std::mem::take(&mut self.waiting) {
            let mut text = String::new();
            while !self.rest.as_str().is_empty() {
                let (line, rest) = self.rest.as_str().split_once('\n').unwrap_or((self.rest.as_str(), ""));
                self.rest = rest.chars();
                let line = if here.strips_tabs { line.trim_start_matches('\t') } else { line };
                if line == here.end {
                    break;
                }
                text.push_str(line);
                text.push('\n');
            }
            if !here.is_literal {
                self.within(&text, |inner| inner.quoted(None, &mut Word::default()))?;
            }
            command.fed.push(text);
        }
        Ok(())
    }

    /// Reads another text as if it stood here.
    fn within(
        &mut self,
        text: &str,
        read: impl FnOnce(&mut Reader<'_>) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let mut inner = Reader {
            rest: text.chars(),
            out: std::mem::take(&mut self.out),
            known: std::mem::take(&mut self.known),
            depth: self.depth + 1,
            waiting: Vec::new(),
        };
        let done = read(&mut inner);
        (self.out, self.known) = (inner.out, inner.known);
        done
    }
}

/// Words that a command may follow.
const KEYWORDS: [&str; 13] =
    ["if", "then", "else", "elif", "do", "while", "until", "{", "}", "!", "time", "coproc", "fi"];

/// `NAME=value`, as it stands before a program.
pub(super) fn assignment(word: &Word) -> Option<(String, Word)> {
    let (name, value) = word.text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    is_name.then(|| (name.to_owned(), Word { text: value.to_owned(), ..word.clone() }))
}

#[cfg(test)]
mod tests;
