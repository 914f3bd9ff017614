//! One word of a command line: its quotes taken off, and what a shell would put in the place of its
//! substitutions left open.

use super::{DEEPEST, Reader, Unreadable, Word};

impl Reader<'_> {
    pub(super) fn word(&mut self) -> Result<Word, Unreadable> {
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
    pub(super) fn quoted(&mut self, close: Option<char>, word: &mut Word) -> Result<(), Unreadable> {
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
