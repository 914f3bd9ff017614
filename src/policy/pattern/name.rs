//! Patterns over one name: `*`, `?`, `[a-z]` and `\` before any of these.

use std::str::Chars;

use super::Reading;

/// One pattern over a text in which `/` means nothing. It is kept as it was written: most patterns
/// are compared with few texts, and to take one apart costs more than that.
#[derive(Clone, Debug)]
pub(in crate::policy) struct NamePattern(Box<str>);

/// One sign of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    One(char),
    Any,
    Star,
    Class,
}

impl NamePattern {
    pub(in crate::policy) fn new(text: &str) -> Result<Self, String> {
        Self::with(text, |_| ())
    }

    /// The same, with a look at each token.
    pub(super) fn with(text: &str, mut look: impl FnMut(Token)) -> Result<Self, String> {
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            look(match character {
                '*' => Token::Star,
                '?' => Token::Any,
                '[' => {
                    class(&mut rest, &mut |_, _| ())?;
                    Token::Class
                }
                '\\' => Token::One(escaped(&mut rest)?),
                plain => Token::One(plain),
            });
        }
        Ok(Self(text.into()))
    }

    pub(in crate::policy) fn matches(&self, text: &[u8], reading: Reading) -> bool {
        let pattern = self.0.as_bytes();
        let (mut at, mut rest) = (0, text);
        // Where the last `*` may yet take one character more.
        let mut longer: Option<(usize, &[u8])> = None;
        loop {
            let taken = match (pattern.get(at), rest.split_first()) {
                (Some(b'*'), _) => {
                    at += 1;
                    let Some(from) = self.behind_star(at, rest, reading) else { return false };
                    rest = from;
                    longer = Some((at, rest));
                    continue;
                }
                (None, None) => return true,
                (Some(b'?'), Some(_)) => next(rest).map(|(_, after)| (at + 1, after)),
                (Some(b'['), Some(_)) => self.class_takes(at + 1, rest, reading),
                (Some(sign), Some((byte, after))) => {
                    let escaped = usize::from(*sign == b'\\');
                    let byte = reading.folded(*byte);
                    // A character of several bytes is compared byte by byte.
                    (pattern.get(at + escaped) == Some(&byte)).then_some((at + escaped + 1, after))
                }
                (Some(_), None) | (None, Some(_)) => None,
            };
            if let Some(taken) = taken {
                (at, rest) = taken;
                continue;
            }
            let Some((again, here)) = longer else { return false };
            let Some((_, after)) = next(here) else { return false };
            let Some(from) = self.behind_star(again, after, reading) else { return false };
            longer = Some((again, from));
            (at, rest) = (again, from);
        }
    }

    /// The part of a text from where the pattern may go on behind a `*`: a plain sign says where, and at
    /// its end the pattern takes all.
    fn behind_star<'t>(&self, at: usize, text: &'t [u8], reading: Reading) -> Option<&'t [u8]> {
        match self.0.as_bytes().get(at) {
            Some(b'*' | b'?' | b'[' | b'\\' | 0x80..) => Some(text),
            Some(sign) => {
                let is_sign = |byte: &u8| reading.folded(*byte) == *sign;
                text.get(text.iter().position(is_sign)?..)
            }
            None => Some(&[]),
        }
    }

    /// What follows a class that begins here and the character it takes.
    fn class_takes<'t>(&self, at: usize, text: &'t [u8], reading: Reading) -> Option<(usize, &'t [u8])> {
        let (character, after) = next(text)?;
        let is_loose = reading == Reading::Loose;
        let character = character.map(|c| if is_loose { c.to_ascii_lowercase() } else { c });
        let mut rest = self.0.get(at..)?.chars();
        let mut is_inside = false;
        let mut look = |first, last| is_inside |= character.is_some_and(|c| (first..=last).contains(&c));
        let negated = class(&mut rest, &mut look).ok()?;
        (is_inside != negated).then_some((self.0.len() - rest.as_str().len(), after))
    }
}

/// Looks at each range of a class up to its end; gives whether the class takes what is in none.
fn class(rest: &mut Chars<'_>, look: &mut impl FnMut(char, char)) -> Result<bool, String> {
    const UNCLOSED: &str = "unclosed character class, missing ']'";
    let mut next = rest.next();
    let negated = matches!(next, Some('!' | '^'));
    if negated {
        next = rest.next();
    }
    let mut first = true;
    loop {
        let from = match next.ok_or(UNCLOSED)? {
            ']' if !first => return Ok(negated),
            '\\' => escaped(rest)?,
            plain => plain,
        };
        first = false;
        next = rest.next();
        let mut ahead = rest.clone();
        let to = match (next, ahead.next()) {
            (Some('-'), Some(to)) if to != ']' => {
                *rest = ahead;
                let to = if to == '\\' { escaped(rest)? } else { to };
                next = rest.next();
                to
            }
            _ => from,
        };
        if from > to {
            return Err(format!("has a character range `{from}-{to}` that runs backwards"));
        }
        look(from, to);
    }
}

fn escaped(rest: &mut Chars<'_>) -> Result<char, String> {
    match rest.next() {
        None => Err("ends with a `\\` that escapes nothing".into()),
        Some(plain) if plain.is_alphanumeric() => {
            Err(format!("has `\\{plain}`, which escapes nothing: parts are divided by `/`"))
        }
        Some(special) => Ok(special),
    }
}

/// The first character, or `None` for a byte that is not UTF-8, and what follows it.
fn next(text: &[u8]) -> Option<(Option<char>, &[u8])> {
    let (&first, after) = text.split_first()?;
    if first.is_ascii() {
        return Some((Some(char::from(first)), after));
    }
    let decoded = (2..=4).find_map(|length| {
        let (head, after) = text.split_at_checked(length)?;
        Some((std::str::from_utf8(head).ok()?.chars().next(), after))
    });
    decoded.or(Some((None, after)))
}
