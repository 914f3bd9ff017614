//! Reads a shell's command line into the simple commands that it runs, in whatever they are nested.
//!
//! What a shell would expand is kept apart from what it takes as it stands: only the latter is known.

mod assign;
mod word;

use std::collections::HashMap;
use std::rc::Rc;
use std::str::Chars;

use super::said;
use super::words::{Said, Simple, Word, assignment, is_one_of};
use assign::begins_list;

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

/// The commands of a line, in the order in which they begin to be known, and how many characters longer
/// than the line they are: what a variable holds may stand in many places. `given` are the words that
/// the line is called with.
pub(super) fn read(line: &str, given: &[Word]) -> Result<(Vec<Simple>, usize), Unreadable> {
    if line.len() > LONGEST {
        return Err(Unreadable::TooLong);
    }
    // Where a line is by then is followed, and so is what `~/` stands for.
    let set = [("IFS", " "), ("PWD", "."), ("OLDPWD", "."), ("HOME", "~")];
    let mut known: HashMap<String, Word> =
        set.into_iter().map(|(name, value)| (name.to_owned(), Word::plain(value))).collect();
    known.extend(given.iter().enumerate().map(|(at, word)| (at.to_string(), word.clone())));
    let mut reader = Reader {
        rest: line.chars(),
        out: Vec::new(),
        known,
        depth: 0,
        waiting: Vec::new(),
        input: None,
        is_compound: false,
        grown: 0,
    };
    reader.script(None)?;
    Ok((reader.out, reader.grown))
}

struct Reader<'a> {
    rest: Chars<'a>,
    out: Vec<Simple>,
    /// Variables that the line itself has set.
    known: HashMap<String, Word>,
    depth: usize,
    /// Texts that begin on the next line.
    waiting: Vec<Here>,
    /// What comes through a pipe to the command that is read.
    input: Option<Rc<Said>>,
    /// Whether what comes through it is for more than one command, as for a loop.
    is_compound: bool,
    grown: usize,
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
        let inherited = self.input.clone();
        let mut start = self.out.len();
        loop {
            let Some(next) = self.peek() else {
                self.end(&mut command)?;
                self.depth -= 1;
                return if close.is_none() { Ok(()) } else { Err(Unreadable::Substitution) };
            };
            match next {
                _ if Some(next) == close => {
                    self.rest.next();
                    self.end(&mut command)?;
                    self.depth -= 1;
                    self.input = inherited;
                    return Ok(());
                }
                '&' if self.starts_with("&>") => self.redirection(&mut command)?,
                '|' if !self.starts_with("||") => {
                    self.piped(&mut command, start)?;
                    start = self.out.len();
                }
                '\n' | ';' | '&' | '|' | ')' => {
                    self.rest.next();
                    if next == '|' {
                        self.skip("|");
                    }
                    if next == '\n' {
                        self.texts(&mut command)?;
                    }
                    self.end(&mut command)?;
                    if !self.is_compound {
                        self.input.clone_from(&inherited);
                    }
                    start = self.out.len();
                }
                '(' => self.opened(&mut command)?,
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
                _ => self.argument(&mut command)?,
            }
        }
    }

    /// What the commands since `start` say goes through a pipe to the next one.
    fn piped(&mut self, command: &mut Simple, start: usize) -> Result<(), Unreadable> {
        self.rest.next();
        self.skip("&");
        self.end(command)?;
        let said = said::output(self.out.get(start..).unwrap_or_default());
        self.grow(said.size())?;
        (self.input, self.is_compound) = (Some(Rc::new(said)), false);
        Ok(())
    }

    /// One more word of a command; a number before a redirection is none.
    fn argument(&mut self, command: &mut Simple) -> Result<(), Unreadable> {
        let word = self.word()?;
        let is_number = !word.is_quoted && word.text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && !word.is_open && matches!(self.peek(), Some('<' | '>')) {
            return Ok(());
        }
        // What is assigned stays one word.
        let is_set = |word: &Word| assignment(word).is_some();
        if is_set(&word) && command.words.iter().all(is_set) {
            command.words.push(word);
            return Ok(());
        }
        self.several(word, &mut command.words)
    }

    /// What an opening parenthesis begins: a list, the definition of a function, or a subshell.
    fn opened(&mut self, command: &mut Simple) -> Result<(), Unreadable> {
        self.rest.next();
        if let Some(list) = command.words.pop_if(|word| begins_list(word)) {
            let values = self.list()?;
            command.words.push(Word { text: list.text, ..values });
            return Ok(());
        }
        if command.words.len() == 1 && self.skip(")") {
            command.defines = command.words.pop().map(|name| name.text);
            return self.end(command);
        }
        self.end(command)?;
        self.script(Some(')'))
    }

    fn grow(&mut self, by: usize) -> Result<(), Unreadable> {
        self.grown += by;
        if self.grown > LONGEST { Err(Unreadable::TooLong) } else { Ok(()) }
    }

    fn end(&mut self, command: &mut Simple) -> Result<(), Unreadable> {
        let mut found = std::mem::take(command);
        let is_keyword = |word: &Word| !word.is_quoted && is_one_of(&word.text, KEYWORDS);
        if found.words.first().is_some_and(|word| !word.is_quoted && word.text == "function") {
            found.defines = found.words.get(1).map(|name| name.text.clone());
            found.words.drain(..found.words.len().min(2));
        }
        let leading = found.words.iter().take_while(|word| is_keyword(word)).count();
        found.words.drain(..leading);
        while let Some((name, value)) = found.words.first().and_then(assignment) {
            self.assign(&name, value.clone())?;
            found.set.push((name, value));
            found.words.remove(0);
        }
        self.is_compound |= leading > 0 && self.input.is_some();
        if found != Simple::default() {
            if found.input.is_none() {
                found.input.clone_from(&self.input);
            }
            self.assigned_by(&found)?;
            self.out.push(found);
        }
        Ok(())
    }

    fn redirection(&mut self, command: &mut Simple) -> Result<(), Unreadable> {
        if self.skip("<(") || self.skip(">(") {
            let made = self.substituted(|inner| inner.script(Some(')')))?;
            command.words.push(Word { is_open: true, made: Some(Rc::new(made)), ..Word::default() });
            return Ok(());
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
        let is_descriptor = !target.is_quoted
            && !target.is_open
            && target.text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
        if is_written && !is_descriptor {
            command.written.push(target);
        } else if !is_descriptor {
            // What a file holds is not seen here.
            command.input = Some(Rc::default());
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

    /// What the commands say that are read in between.
    fn substituted(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Unreadable>) -> Result<Said, Unreadable> {
        let (start, input, is_compound) = (self.out.len(), self.input.take(), self.is_compound);
        read(self)?;
        (self.input, self.is_compound) = (input, is_compound);
        let made = said::output(self.out.get(start..).unwrap_or_default());
        self.grow(made.size())?;
        Ok(made)
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
            input: None,
            is_compound: false,
            grown: self.grown,
        };
        let done = read(&mut inner);
        (self.out, self.known, self.grown) = (inner.out, inner.known, inner.grown);
        done
    }
}

/// Words that a command may follow.
const KEYWORDS: &str = "if then else elif do while until { } ! time coproc fi";

#[cfg(test)]
mod tests;
