//! The matching beneath the globs: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}` and `\` before any
//! of these.
//!
//! Patterns are walked, not compiled: a policy's globs as regular expressions take longer to
//! compile than the whole hook may run. No pattern makes a match take more than its length
//! times the path's, per star.

mod braces;
mod name;
#[cfg(test)]
mod tests;

pub(super) use braces::{Braces, alternatives};
pub(super) use name::NamePattern;
use name::Token;

/// One pattern over paths, cut at `/`.
#[derive(Clone, Debug)]
pub(super) struct PathPattern(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    /// `**`: any number of parts; at the end of a pattern at least one.
    Deep,
    Named(Named),
}

/// What a part of a path may be called: any of some names.
#[derive(Clone, Debug)]
struct Named {
    /// The bytes a name can start and end with. Most names fail on these, and most of the time
    /// of a match would go into finding that out the long way.
    first: ByteSet,
    last: ByteSet,
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
enum Name {
    Plain(Box<[u8]>),
    Wild(NamePattern),
}

#[derive(Clone, Copy, Debug, Default)]
struct ByteSet([u64; 4]);

/// How a strict list reads what a lenient one takes to the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loosely {
    /// Both sides in lower case (ASCII here; the rest is folded before), and parts also without
    /// the trailing dots and spaces that Windows drops.
    pub spelling: bool,
    /// What names a directory covers everything in it.
    pub beneath: bool,
}

impl PathPattern {
    /// Braces that reach over a `/` are spelled out before, as by [`Braces::OverParts`].
    pub(super) fn new(text: &str) -> Result<Self, String> {
        text.split('/').map(Part::new).collect::<Result<_, _>>().map(Self)
    }

    /// The same pattern at any depth.
    pub(super) fn anywhere(mut self) -> Self {
        self.0.insert(0, Part::Deep);
        self
    }

    /// Everything in the directories the pattern names.
    pub(super) fn within(mut self) -> Self {
        self.0.push(Part::Deep);
        self
    }

    pub(super) fn matches(&self, path: &[u8], loosely: Loosely) -> bool {
        let parts = &self.0;
        let (mut at, mut rest) = (0, Some(path));
        // Where the last `**` may yet take one part more.
        let mut deeper: Option<(usize, Option<&[u8]>)> = None;
        loop {
            match (parts.get(at), rest) {
                (Some(Part::Deep), _) if at + 1 == parts.len() => return rest.is_some(),
                (Some(Part::Deep), _) => {
                    at += 1;
                    deeper = Some((at, rest));
                    continue;
                }
                (Some(Part::Named(named)), Some(here)) => {
                    let (name, after) = cut(here);
                    if named.matches(name, loosely.spelling) {
                        at += 1;
                        rest = after;
                        continue;
                    }
                }
                (None, None) => return true,
                (None, Some(_)) if loosely.beneath => return true,
                (None, Some(_)) | (Some(_), None) => {}
            }
            let Some((again, Some(here))) = deeper else { return false };
            let (_, after) = cut(here);
            deeper = Some((again, after));
            (at, rest) = (again, after);
        }
    }
}

impl Part {
    fn new(text: &str) -> Result<Self, String> {
        if text == "**" {
            return Ok(Self::Deep);
        }
        let mut named = Named { first: ByteSet::default(), last: ByteSet::default(), names: Vec::new() };
        for one in alternatives(text, Braces::All)? {
            named.add(&one)?;
        }
        Ok(Self::Named(named))
    }
}

impl Named {
    fn add(&mut self, text: &str) -> Result<(), String> {
        if matches!(text, "" | "." | "..") {
            return Err("has an empty, `.` or `..` part, which no path in a repository has".into());
        }
        let NamePattern(tokens) = NamePattern::new(text)?;
        if tokens.windows(2).any(|pair| pair == [Token::Star, Token::Star]) {
            return Err("has a `**` that does not stand alone between slashes".into());
        }
        self.first.add(tokens.first());
        self.last.add(tokens.last());
        let plain: Option<String> = tokens
            .iter()
            .map(|token| match token {
                Token::One(character) => Some(*character),
                Token::Any | Token::Star | Token::Class { .. } => None,
            })
            .collect();
        self.names.push(plain.map_or(Name::Wild(NamePattern(tokens)), |plain| Name::Plain(plain.into_bytes().into())));
        Ok(())
    }

    fn matches(&self, name: &[u8], loose: bool) -> bool {
        self.has(name, loose) || loose && without_tail(name).is_some_and(|shorter| self.has(shorter, loose))
    }

    fn has(&self, name: &[u8], loose: bool) -> bool {
        let possible = |set: &ByteSet, byte: Option<&u8>| byte.is_none_or(|byte| set.has(*byte, loose));
        possible(&self.first, name.first())
            && possible(&self.last, name.last())
            && self.names.iter().any(|one| match one {
                Name::Plain(plain) if loose => plain.eq_ignore_ascii_case(name),
                Name::Plain(plain) => **plain == *name,
                Name::Wild(pattern) => pattern.matches(name, loose),
            })
    }
}

impl ByteSet {
    /// What one token can take; a token that can take many things can take anything.
    fn add(&mut self, token: Option<&Token>) {
        match token {
            Some(Token::One(character)) if character.is_ascii() => {
                let (word, bit) = Self::place(u32::from(*character));
                if let Some(word) = self.0.get_mut(word) {
                    *word |= bit;
                }
            }
            Some(Token::One(_) | Token::Any | Token::Star | Token::Class { .. }) | None => self.0 = [u64::MAX; 4],
        }
    }

    fn has(&self, byte: u8, ignore_case: bool) -> bool {
        let byte = if ignore_case { byte.to_ascii_lowercase() } else { byte };
        let (word, bit) = Self::place(u32::from(byte));
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    const fn place(byte: u32) -> (usize, u64) {
        ((byte >> 6) as usize, 1 << (byte & 63))
    }
}

/// The first part of a path and what follows its `/`.
fn cut(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b'/', path).and_then(|slash| path.split_at_checked(slash)) {
        Some((name, after)) => (name, after.get(1..)),
        None => (path, None),
    }
}

fn without_tail(name: &[u8]) -> Option<&[u8]> {
    let kept = name.iter().rposition(|byte| !matches!(byte, b'.' | b' '))? + 1;
    name.get(..kept).filter(|shorter| shorter.len() < name.len())
}
