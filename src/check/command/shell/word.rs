//! One word of a command line: its quotes taken off, and what a shell would put in the place of its
//! substitutions left open.

use super::{DEEPEST, Reader, Unreadable, Word, said};

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
                '`' => self.backticks(&mut word, false)?,
                ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                _ if next.is_whitespace() => break,
                _ => {
                    self.rest.next();
                    word.is_pattern |= matches!(next, '*' | '?' | '[' | '{');
                    if matches!(next, '{' | ',' | '}') {
                        word.marks.push(word.text.len());
                    }
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
                Some('`') => self.backticks(word, true)?,
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
                let made = self.substituted(|inner| inner.script(Some(')')))?;
                self.put(&said::word(made), word, is_quoted)
            }
            Some('{') => {
                self.rest.next();
                self.braces(word, is_quoted)
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
                self.variable(&name, word, is_quoted)
            }
            Some(digit @ '0'..='9') => {
                self.rest.next();
                self.variable(&digit.to_string(), word, is_quoted)
            }
            Some('@' | '*') if self.known.contains_key("0") => {
                self.rest.next();
                self.all_given(word)
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
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

    fn variable(&mut self, name: &str, word: &mut Word, is_quoted: bool) -> Result<(), Unreadable> {
        if let Some(value) = self.known.get(name).cloned() {
            return self.put(&value, word, is_quoted);
        }
        word.is_open = true;
        Ok(())
    }

    /// `$@`, where it is known what the line is called with.
    fn all_given(&mut self, word: &mut Word) -> Result<(), Unreadable> {
        let mut at = 1;
        while let Some(value) = self.known.get(&at.to_string()).cloned() {
            if at > 1 {
                word.marks.push(word.text.len());
                word.text.push(' ');
            }
            self.put(&value, word, true)?;
            at += 1;
        }
        Ok(())
    }

    /// What stands for a substitution; unquoted, its blanks part words.
    fn put(&mut self, value: &Word, word: &mut Word, is_quoted: bool) -> Result<(), Unreadable> {
        self.grow(value.text.len())?;
        let start = word.text.len();
        word.text.push_str(&value.text);
        if !is_quoted {
            let blanks = value.text.char_indices().filter(|(_, char)| char.is_ascii_whitespace());
            word.marks.extend(blanks.map(|(at, _)| start + at));
        }
        word.is_open |= value.is_open;
        word.is_pattern |= value.is_pattern;
        if value.made.is_some() {
            word.made.clone_from(&value.made);
        }
        Ok(())
    }

    /// The words that a shell makes of one: those of its braces, each parted at the blanks that came with
    /// what was put in.
    pub(super) fn several(&mut self, word: Word, words: &mut Vec<Word>) -> Result<(), Unreadable> {
        if word.marks.is_empty() {
            words.push(word);
            return Ok(());
        }
        let mut left = vec![word];
        while let Some(mut word) = left.pop() {
            if let Some(braces) = Braces::of(&word) {
                self.grow(braces.size(&word))?;
                left.extend(braces.parts().rev().map(|part| braces.around(&word, part)));
                continue;
            }
            let marks = std::mem::take(&mut word.marks);
            let is_blank = |at: &usize| {
                word.text.get(*at..).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_whitespace()))
            };
            let blanks: Vec<usize> = marks.into_iter().filter(is_blank).collect();
            if blanks.is_empty() {
                words.push(word);
                continue;
            }
            let ends = blanks.iter().copied().chain([word.text.len()]);
            let starts = std::iter::once(0).chain(blanks.iter().map(|at| at + 1));
            let parts: Vec<&str> = starts.zip(ends).filter_map(|(start, end)| word.text.get(start..end)).collect();
            for part in parts.into_iter().filter(|part| !part.is_empty()) {
                self.grow(EACH_WORD)?;
                words.push(Word { text: part.to_owned(), ..word.clone() });
            }
        }
        Ok(())
    }

    /// `${…}`, after its opening.
    fn braces(&mut self, word: &mut Word, is_quoted: bool) -> Result<(), Unreadable> {
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
                Some('`') => self.backticks(&mut inner, true)?,
                Some(other) => {
                    self.rest.next();
                    inner.text.push(other);
                }
            }
        }
        self.depth -= 1;
        self.expanded(&inner, word, is_quoted)
    }

    /// What stands between the braces of `${…}`: a name, and what is made of its value.
    fn expanded(&mut self, inner: &Word, word: &mut Word, is_quoted: bool) -> Result<(), Unreadable> {
        let is_of_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let (name, rest) = inner.text.split_at(inner.text.find(|char| !is_of_name(char)).unwrap_or(inner.text.len()));
        if rest.starts_with('[') || (rest.is_empty() && !inner.is_open) {
            return self.variable(name, word, is_quoted);
        }
        let stand_in = rest.trim_start_matches(':').strip_prefix(['-', '=', '+']);
        let value = match (stand_in, self.known.get(name)) {
            (Some(text), known) => {
                let given = Word { text: text.to_owned(), ..inner.clone() };
                let value = said::one_of(&known.cloned().into_iter().chain([given]).collect::<Vec<_>>());
                if rest.contains('=') {
                    self.assign(name, value.clone())?;
                }
                value
            }
            (None, Some(known)) => said::altered(known),
            (None, None) if rest.starts_with('!') => said::anything(),
            (None, None) => Word { is_open: true, ..Word::default() },
        };
        self.put(&value, word, is_quoted)
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

    fn backticks(&mut self, word: &mut Word, is_quoted: bool) -> Result<(), Unreadable> {
        self.rest.next();
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
        let made = self.substituted(|reader| reader.within(&inner, |inner| inner.script(None)))?;
        self.put(&said::word(made), word, is_quoted)
    }
}

/// What each word costs however short it is.
const EACH_WORD: usize = 8;

/// `{b,c}` in a word: where it starts and ends, and its commas.
struct Braces {
    start: usize,
    end: usize,
    commas: Vec<usize>,
}

impl Braces {
    fn of(word: &Word) -> Option<Self> {
        let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
        for at in &word.marks {
            match word.text.as_bytes().get(*at) {
                Some(b'{') => open.push((*at, Vec::new())),
                Some(b',') => open.last_mut().into_iter().for_each(|(_, commas)| commas.push(*at)),
                Some(b'}') => match open.pop() {
                    Some((start, commas)) if !commas.is_empty() => return Some(Self { start, end: *at, commas }),
                    _ => {}
                },
                _ => {}
            }
        }
        None
    }

    /// How long all words together are that it is short for.
    fn size(&self, word: &Word) -> usize {
        let around = word.text.len() - (self.end - self.start);
        (self.commas.len() + 1) * (around + EACH_WORD) + self.end - self.start
    }

    fn parts(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> {
        let starts = std::iter::once(self.start).chain(self.commas.iter().copied());
        let ends = self.commas.iter().copied().chain([self.end]);
        let parts: Vec<(usize, usize)> = starts.map(|before| before + 1).zip(ends).collect();
        parts.into_iter()
    }

    /// The word with one part in the place of them all.
    fn around(&self, word: &Word, (from, to): (usize, usize)) -> Word {
        let mut around =
            Word { is_open: word.is_open, is_pattern: word.is_pattern, is_quoted: word.is_quoted, ..Word::default() };
        around.made.clone_from(&word.made);
        for (from, to) in [(0, self.start), (from, to), (self.end + 1, word.text.len())] {
            let moved = around.text.len();
            let marks = |at: usize| word.marks.partition_point(|mark| *mark < at);
            let inside = word.marks.get(marks(from)..marks(to)).unwrap_or_default();
            around.marks.extend(inside.iter().map(|mark| mark - from + moved));
            around.text.push_str(word.text.get(from..to).unwrap_or_default());
        }
        around
    }
}
