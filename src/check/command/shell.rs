//! Reads a shell's command line into the simple commands that it runs, in whatever they are nested.
//!
//! What a shell would expand is kept apart from what it takes as it stands: only the latter is known.

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

    fn word(&mut self) -> Result<Word, Unreadable> {
        let mut word = Word::default();
        while let Some(next) = self.peek() {
            match next {
                '\'' => {
                    self.rest.next();
                    word.is_quoted = true;
                    self.literal(&mut word)?;
                }
                '"' => {
                    self.rest.next();
                    word.is_quoted = true;
                    self.quoted(Some('"'), &mut word)?;
                }
                '\\' => {
                    self.rest.next();
                    match self.rest.next() {
                        Some('\n') | None => {}
                        Some(escaped) => {
                            word.is_quoted = true;
                            word.text.push(escaped);
                        }
                    }
                }
                '$' => self.dollar(&mut word, false)?,
                '`' => self.backticks(&mut word)?,
                ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                _ if next.is_whitespace() => break,
                _ => {
                    self.rest.next();
                    word.is_pattern |= matches!(next, '*' | '?' | '[' | '{');
                    word.text.push(next);
                }
            }
        }
        Ok(word)
    }

    fn literal(&mut self, word: &mut Word) -> Result<(), Unreadable> {
        loop {
            match self.rest.next() {
                Some('\'') => return Ok(()),
                Some(other) => word.text.push(other),
                None => return Err(Unreadable::Quote),
            }
        }
    }

    /// What stands between double quotes, or in a text that ends where it ends.
    fn quoted(&mut self, close: Option<char>, word: &mut Word) -> Result<(), Unreadable> {
        loop {
            match self.peek() {
                None => return if close.is_none() { Ok(()) } else { Err(Unreadable::Quote) },
                next if next == close => {
                    self.rest.next();
                    return Ok(());
                }
                Some('\\') => {
                    self.rest.next();
                    match self.rest.next() {
                        Some('\n') | None => {}
                        Some(kept @ ('$' | '`' | '"' | '\\')) => word.text.push(kept),
                        Some(other) => word.text.extend(['\\', other]),
                    }
                }
                Some('$') => self.dollar(word, true)?,
                Some('`') => self.backticks(word)?,
                Some(other) => {
                    self.rest.next();
                    word.text.push(other);
                }
            }
        }
    }

    fn dollar(&mut self, word: &mut Word, is_quoted: bool) -> Result<(), Unreadable> {
        self.rest.next();
        match self.peek() {
            Some('(') => {
                self.rest.next();
                word.is_open = true;
                self.script(Some(')'))
            }
            Some('{') => {
                self.rest.next();
                self.braces(word)
            }
            Some('\'') if !is_quoted => {
                self.rest.next();
                word.is_quoted = true;
                self.escaped(word)
            }
            Some('"') if !is_quoted => Ok(()),
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                let mut name = String::new();
                while let Some(next) = self.peek().filter(|next| next.is_ascii_alphanumeric() || *next == '_') {
                    self.rest.next();
                    name.push(next);
                }
                self.variable(&name, word);
                Ok(())
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!' | '0'..='9') => {
                self.rest.next();
                word.is_open = true;
                Ok(())
            }
            _ => {
                word.text.push('$');
                Ok(())
            }
        }
    }

    fn variable(&mut self, name: &str, word: &mut Word) {
        match self.known.get(name) {
            Some(value) => word.text.push_str(value),
            None => word.is_open = true,
        }
    }

    /// `${…}`, after its opening.
    fn braces(&mut self, word: &mut Word) -> Result<(), Unreadable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let mut inner = Word::default();
        loop {
            match self.peek() {
                None => return Err(Unreadable::Substitution),
                Some('}') => {
                    self.rest.next();
                    break;
                }
                Some('\'') => {
                    self.rest.next();
                    self.literal(&mut inner)?;
                }
                Some('"') => {
                    self.rest.next();
                    self.quoted(Some('"'), &mut inner)?;
                }
                Some('\\') => {
                    self.rest.next();
                    inner.text.extend(self.rest.next());
                }
                Some('$') => self.dollar(&mut inner, true)?,
                Some('`') => self.backticks(&mut inner)?,
                Some(other) => {
                    self.rest.next();
                    inner.text.push(other);
                }
            }
        }
        self.depth -= 1;
        let is_name = !inner.is_open && inner.text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
        if is_name {
            self.variable(&inner.text, word);
        } else {
            word.is_open = true;
        }
        Ok(())
    }

    /// `$'…'`, after its opening.
    fn escaped(&mut self, word: &mut Word) -> Result<(), Unreadable> {
        loop {
            match self.rest.next() {
                None => return Err(Unreadable::Quote),
                Some('\'') => return Ok(()),
                Some('\\') => {
                    let (digits, radix) = match self.peek() {
                        Some('x') => (2, 16),
                        Some('u') => (4, 16),
                        Some('U') => (8, 16),
                        Some('0'..='7') => (3, 8),
                        _ => (0, 0),
                    };
                    if digits == 0 {
                        let plain = self.rest.next().ok_or(Unreadable::Quote)?;
                        word.text.push(match plain {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            other => other,
                        });
                        continue;
                    }
                    if radix == 16 {
                        self.rest.next();
                    }
                    let mut value = 0;
                    for _ in 0..digits {
                        let Some(digit) = self.peek().and_then(|next| next.to_digit(radix)) else { break };
                        self.rest.next();
                        value = value * radix + digit;
                    }
                    word.text.extend(char::from_u32(value));
                }
                Some(other) => word.text.push(other),
            }
        }
    }

    fn backticks(&mut self, word: &mut Word) -> Result<(), Unreadable> {
        self.rest.next();
        word.is_open = true;
        let mut inner = String::new();
        loop {
            match self.rest.next() {
                None => return Err(Unreadable::Substitution),
                Some('`') => break,
                Some('\\') => match self.rest.next() {
                    Some(kept @ ('`' | '\\' | '$')) => inner.push(kept),
                    Some(other) => inner.extend(['\\', other]),
                    None => return Err(Unreadable::Substitution),
                },
                Some(other) => inner.push(other),
            }
        }
        self.within(&inner, |inner| inner.script(None))
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each command's words, with `?` for what is not known.
    fn words(line: &str) -> Vec<Vec<String>> {
        let shown = |word: &Word| if word.is_open { format!("{}?", word.text) } else { word.text.clone() };
        read(line).unwrap().iter().map(|command| command.words.iter().map(shown).collect()).collect()
    }

    #[test]
    fn quotes_are_taken_off_and_what_they_hold_stays_together() {
        assert_eq!(
            words(r#"git commit -m 'a "b"; c' -m "d 'e' \"f\"" g\ h"#),
            [["git", "commit", "-m", r#"a "b"; c"#, "-m", r#"d 'e' "f""#, "g h"]]
        );
        assert_eq!(words(r"g'i't --no-ver$'\x69'fy"), [["git", "--no-verify"]]);
        assert_eq!(words("a # b\nc#d"), [vec!["a"], vec!["c#d"]]);
    }

    #[test]
    fn every_command_is_found_wherever_it_stands() {
        assert_eq!(words("a; b && c || d | e & f\ng"), ["a", "b", "c", "d", "e", "f", "g"].map(|word| vec![word]));
        assert_eq!(words("if a; then b; else (c; { d; }); fi"), ["a", "b", "c", "d"].map(|word| vec![word]));
        assert_eq!(
            words("x \"$(a 'b)' \"$(c)\")\" `d \\`e\\``"),
            [vec!["c"], vec!["a", "b)", "?"], vec!["e"], vec!["d", "?"], vec!["x", "?", "?"]]
        );
        assert_eq!(words("diff <(a) >(b)"), [vec!["a"], vec!["b"], vec!["diff", "?", "?"]]);
        assert_eq!(words("case $x in y) a ;; esac"), [vec!["case", "?", "in", "y"], vec!["a"], vec!["esac"]]);
    }

    #[test]
    fn what_a_line_sets_is_known_in_it() {
        assert_eq!(
            words("X=--no-verify; git commit $X ${X} $Y"),
            [vec![], vec!["git", "commit", "--no-verify", "--no-verify", "?"]]
        );
        let found = read("A=1 B=$(c) git x").unwrap();
        assert_eq!(found[1].set.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    }

    #[test]
    fn where_output_goes_is_told_and_what_is_fed() {
        let found = read("a >b 2>&1 2>>c &>d <e <<<f >|'g h'").unwrap();

        assert_eq!(found[0].written.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["b", "c", "d", "g h"]);
        assert_eq!((found[0].words.len(), &found[0].fed), (1, &vec!["f".to_owned()]));
        let here = read("sh <<'E' && b\none $(two)\nE\nc <<-F\n\tx $(y)\n\tF\nd").unwrap();
        let programs: Vec<&str> =
            here.iter().filter_map(|command| command.words.first()).map(|word| word.text.as_str()).collect();
        assert_eq!(programs, ["sh", "b", "y", "c", "d"]);
        assert_eq!(here[1].fed, ["one $(two)\n"]);
    }

    #[test]
    fn what_does_not_end_cannot_be_read() {
        for (line, why) in [
            ("a 'b", Unreadable::Quote),
            ("a \"b", Unreadable::Quote),
            ("$(a", Unreadable::Substitution),
            ("`a", Unreadable::Substitution),
            ("${a", Unreadable::Substitution),
        ] {
            assert_eq!(read(line), Err(why), "{line}");
        }
        assert_eq!(read(&"$(".repeat(1000)), Err(Unreadable::TooDeep));
        assert_eq!(read(&"(".repeat(1000)), Err(Unreadable::TooDeep));
        assert_eq!(read(&"a".repeat(LONGEST + 1)), Err(Unreadable::TooLong));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fall_over(line in "[ -~\n]{0,60}|[$(){}`'\"\\\\<>|&;#a\n ]{0,60}") {
            let _ = read(&line);
        }

        #[test]
        fn a_quoted_word_is_that_word(text in "[^'\0]{1,20}") {
            let found = read(&format!("x '{text}'")).unwrap();

            prop_assert_eq!(&found[0].words[1].text, &text);
            prop_assert!(!found[0].words[1].is_open);
        }
    }
}
