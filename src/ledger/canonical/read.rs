//! The strict reader: a single pass that takes canonical bytes and nothing else.

use crate::model::Gather;
use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::{MAX_DEPTH, MAX_LINE, MAX_NUMBER, NotCanonical, Why, key_order};

/// A value that borrows from its line what needs no decoding.
#[derive(Debug)]
pub(in crate::ledger) enum Node<'a> {
    Null,
    Bool(bool),
    Number(i64),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl From<Node<'_>> for Value {
    fn from(node: Node<'_>) -> Self {
        match node {
            Node::Null => Self::Null,
            Node::Bool(is) => Self::Bool(is),
            Node::Number(number) => Self::from(number),
            Node::String(text) => Self::String(text.into_owned()),
            Node::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Node::Object(members) => {
                Self::Object(members.into_iter().map(|(key, value)| (key.into_owned(), value.into())).gathered())
            }
        }
    }
}

/// Reads one value that fills the whole line.
pub fn read(line: &[u8]) -> Result<Value, NotCanonical> {
    node(line).map(Value::from)
}

pub(in crate::ledger) fn node(line: &[u8]) -> Result<Node<'_>, NotCanonical> {
    if line.len() > MAX_LINE {
        return Err(NotCanonical { at: MAX_LINE, why: Why::TooLong });
    }
    let text = str::from_utf8(line).map_err(|error| NotCanonical { at: error.valid_up_to(), why: Why::NotUtf8 })?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    if reader.at == line.len() { Ok(value) } else { Err(reader.refused(Why::Trailing)) }
}

struct Reader<'a> {
    text: &'a str,
    /// In bytes, and always where a character begins.
    at: usize,
}

impl<'a> Reader<'a> {
    fn refused(&self, why: Why) -> NotCanonical {
        NotCanonical { at: self.at, why }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Result<u8, NotCanonical> {
        self.text.as_bytes().get(self.at).copied().ok_or_else(|| self.refused(Why::Ends))
    }

    fn expect(&mut self, byte: u8, name: &'static str) -> Result<(), NotCanonical> {
        if self.peek()? != byte {
            return Err(self.refused(Why::Expected(name)));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, NotCanonical> {
        match self.peek()? {
            b'"' => self.string().map(Node::String),
            b'{' | b'[' if depth == MAX_DEPTH => Err(self.refused(Why::TooDeep)),
            b'{' => self.object(depth + 1).map(Node::Object),
            b'[' => self.array(depth + 1).map(Node::Array),
            b'-' | b'0'..=b'9' => self.number(),
            _ => {
                let rest = self.rest();
                let words = [("true", Node::Bool(true)), ("false", Node::Bool(false)), ("null", Node::Null)];
                let found = words.into_iter().find(|(word, _)| rest.starts_with(word));
                let (word, value) = found.ok_or_else(|| self.refused(Why::NoValue))?;
                self.at += word.len();
                Ok(value)
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<(Cow<'a, str>, Node<'a>)>, NotCanonical> {
        self.at += 1;
        let mut found: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(found);
        }
        loop {
            let start = self.at;
            let key = self.string()?;
            match found.last().map_or(Ordering::Less, |(last, _)| key_order(last, &key)) {
                Ordering::Less => {}
                Ordering::Equal => return Err(NotCanonical { at: start, why: Why::DuplicateKey }),
                Ordering::Greater => return Err(NotCanonical { at: start, why: Why::UnsortedKeys }),
            }
            self.expect(b':', "`:` after the key")?;
            let value = self.value(depth)?;
            found.push((key, value));
            if self.peek()? == b'}' {
                self.at += 1;
                return Ok(found);
            }
            self.expect(b',', "`,` or `}`")?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Node<'a>>, NotCanonical> {
        self.at += 1;
        let mut found = Vec::new();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(found);
        }
        loop {
            found.push(self.value(depth)?);
            if self.peek()? == b']' {
                self.at += 1;
                return Ok(found);
            }
            self.expect(b',', "`,` or `]`")?;
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, NotCanonical> {
        self.expect(b'"', "`\"`")?;
        let mut found = String::new();
        loop {
            let rest = self.rest();
            let special = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\');
            let plain = rest.get(..special.unwrap_or(rest.len())).unwrap_or_default();
            self.at += plain.len();
            match self.peek()? {
                b'"' if found.is_empty() => {
                    self.at += 1;
                    return Ok(Cow::Borrowed(plain));
                }
                b'"' => {
                    found.push_str(plain);
                    self.at += 1;
                    return Ok(Cow::Owned(found));
                }
                b'\\' => {
                    found.push_str(plain);
                    found.push(self.escape()?);
                }
                _ => return Err(self.refused(Why::Control)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotCanonical> {
        let rest = self.rest();
        let (found, length) = match rest.as_bytes().get(1) {
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b't') => ('\t', 2),
            Some(b'n') => ('\n', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'r') => ('\r', 2),
            Some(b'u') => (self.unicode_escape(rest)?, 6),
            Some(_) => return Err(self.refused(Why::Escape)),
            None => return Err(self.refused(Why::Ends)),
        };
        self.at += length;
        Ok(found)
    }

    /// Only the control characters that have no short escape, in lower case.
    fn unicode_escape(&self, rest: &str) -> Result<char, NotCanonical> {
        let digits = rest.get(2..6).ok_or_else(|| self.refused(Why::Escape))?;
        let upper = digits.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'+');
        let code = u16::from_str_radix(digits, 16).map_err(|_not_hex| self.refused(Why::Escape))?;
        match code {
            0xd800..=0xdfff => Err(self.refused(Why::Surrogate)),
            0x08..=0x0a | 0x0c | 0x0d | 0x20.. => Err(self.refused(Why::Escape)),
            _ if upper => Err(self.refused(Why::Escape)),
            _ => char::from_u32(u32::from(code)).ok_or_else(|| self.refused(Why::Escape)),
        }
    }

    fn number(&mut self) -> Result<Node<'a>, NotCanonical> {
        let rest = self.rest();
        let (negative, digits) = rest.strip_prefix('-').map_or((false, rest), |digits| (true, digits));
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = digits.split_at_checked(count).unwrap_or_default();
        let fraction = after.starts_with(['.', 'e', 'E']);
        if count == 0 || fraction || (digits.starts_with('0') && (count > 1 || negative)) {
            return Err(self.refused(Why::Number));
        }
        let size = digits.parse().ok().filter(|size| *size <= MAX_NUMBER);
        let size: u64 = size.ok_or_else(|| self.refused(Why::NumberRange))?;
        self.at += count + usize::from(negative);
        let size = size.cast_signed();
        Ok(Node::Number(if negative { -size } else { size }))
    }
}
