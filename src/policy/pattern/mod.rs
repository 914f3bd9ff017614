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

use std::borrow::Cow;

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

/// How a path is read against a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    ToTheLetter,
    /// As a strict list does: both sides in lower case (ASCII here; the rest is folded before), parts
    /// also without the trailing dots and spaces that Windows drops, and what names a directory covers
    /// everything in it.
    Loose,
}

impl Reading {
    const fn folded(self, byte: u8) -> u8 {
        match self {
            Self::ToTheLetter => byte,
            Self::Loose => byte.to_ascii_lowercase(),
        }
    }
}

/// A path cut at `/`, once for all the patterns that are tried on it.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    path: Cow<'a, [u8]>,
    /// Where each part begins and ends.
    cuts: Vec<(usize, usize)>,
    /// The bytes that parts start and end with, in every reading: most patterns fail on these.
    firsts: ByteSet,
    lasts: ByteSet,
}

impl<'a> Parts<'a> {
    pub(super) fn of(path: Cow<'a, [u8]>) -> Self {
        let mut cuts = Vec::with_capacity(8);
        let mut from = 0;
        for slash in memchr::memchr_iter(b'/', &path) {
            cuts.push((from, slash));
            from = slash + 1;
        }
        cuts.push((from, path.len()));
        let (mut firsts, mut lasts) = (ByteSet::default(), ByteSet::default());
        for name in cuts.iter().filter_map(|&(from, to)| path.get(from..to)) {
            let both = |byte: &u8| [*byte, byte.to_ascii_lowercase()];
            let shorter = without_tail(name).and_then(<[u8]>::last);
            name.first().iter().copied().flat_map(both).for_each(|byte| firsts.add(byte));
            name.last().into_iter().chain(shorter).flat_map(both).for_each(|byte| lasts.add(byte));
        }
        Self { path, cuts, firsts, lasts }
    }

    fn get(&self, at: usize) -> Option<&[u8]> {
        let &(from, to) = self.cuts.get(at)?;
        self.path.get(from..to)
    }
}

/// How far a pattern reaches beyond what it spells out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth {
    /// It holds at any depth.
    pub is_anywhere: bool,
    /// It names everything in the directories that it spells out.
    pub is_within: bool,
}

impl PathPattern {
    /// Braces that reach over a `/` are spelled out before, as by [`Braces::OverParts`].
    pub(super) fn new(text: &str, depth: Depth) -> Result<Self, String> {
        let mut parts = Vec::with_capacity(4);
        if depth.is_anywhere {
            parts.push(Part::Deep);
        }
        for part in text.split('/') {
            parts.push(Part::new(part)?);
        }
        if depth.is_within {
            parts.push(Part::Deep);
        }
        Ok(Self(parts))
    }

    pub(super) fn matches(&self, path: &Parts<'_>, reading: Reading) -> bool {
        let pattern = self.0.as_slice();
        if !pattern.iter().all(|part| part.may_be_in(path)) {
            return false;
        }
        let (mut at, mut here) = (0, 0);
        // Where the last `**` may yet take one part more.
        let mut deeper: Option<(usize, usize)> = None;
        loop {
            match (pattern.get(at), path.get(here)) {
                (Some(Part::Deep), name) if at + 1 == pattern.len() => return name.is_some(),
                (Some(Part::Deep), _) => {
                    at += 1;
                    deeper = Some((at, here));
                    continue;
                }
                (Some(Part::Named(named)), Some(name)) => {
                    if named.matches(name, reading) {
                        (at, here) = (at + 1, here + 1);
                        continue;
                    }
                }
                (None, None) => return true,
                (None, Some(_)) if reading == Reading::Loose => return true,
                (None, Some(_)) | (Some(_), None) => {}
            }
            let Some((again, taken)) = deeper.filter(|(_, taken)| *taken < path.cuts.len()) else { return false };
            deeper = Some((again, taken + 1));
            (at, here) = (again, taken + 1);
        }
    }
}

impl Part {
    fn new(text: &str) -> Result<Self, String> {
        if text == "**" {
            return Ok(Self::Deep);
        }
        let all = alternatives(text, Braces::All)?;
        let mut named =
            Named { first: ByteSet::default(), last: ByteSet::default(), names: Vec::with_capacity(all.len()) };
        for one in all {
            named.add(&one)?;
        }
        Ok(Self::Named(named))
    }

    /// Whether some part of a path may have such a name. A part without a name is left to the match.
    fn may_be_in(&self, path: &Parts<'_>) -> bool {
        match self {
            Self::Deep => true,
            Self::Named(named) => {
                named.first.meets(&path.firsts) && named.last.meets(&path.lasts)
                    || path.cuts.iter().any(|(from, to)| from == to)
            }
        }
    }
}

impl Named {
    fn add(&mut self, text: &str) -> Result<(), String> {
        if matches!(text, "" | "." | "..") {
            return Err("has an empty, `.` or `..` part, which no path in a repository has".into());
        }
        let bytes = text.as_bytes();
        if let ([first, ..], [.., last], None) =
            (bytes, bytes, bytes.iter().find(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\')))
        {
            self.first.add(*first);
            self.last.add(*last);
            self.names.push(Name::Plain(bytes.into()));
            return Ok(());
        }
        let (mut first, mut last, mut is_doubled) = (None, None, false);
        let pattern = NamePattern::with(text, |token| {
            is_doubled |= last == Some(Token::Star) && token == Token::Star;
            first.get_or_insert(token);
            last = Some(token);
        })?;
        if is_doubled {
            return Err("has a `**` that does not stand alone between slashes".into());
        }
        self.first.add_token(first);
        self.last.add_token(last);
        self.names.push(Name::Wild(pattern));
        Ok(())
    }

    fn matches(&self, name: &[u8], reading: Reading) -> bool {
        self.has(name, reading)
            || reading == Reading::Loose && without_tail(name).is_some_and(|shorter| self.has(shorter, reading))
    }

    fn has(&self, name: &[u8], reading: Reading) -> bool {
        let possible = |set: &ByteSet, byte: Option<&u8>| byte.is_none_or(|byte| set.has(reading.folded(*byte)));
        possible(&self.first, name.first())
            && possible(&self.last, name.last())
            && self.names.iter().any(|one| match one {
                Name::Plain(plain) if reading == Reading::Loose => plain.eq_ignore_ascii_case(name),
                Name::Plain(plain) => **plain == *name,
                Name::Wild(pattern) => pattern.matches(name, reading),
            })
    }
}

impl ByteSet {
    fn add(&mut self, byte: u8) {
        let (word, bit) = Self::place(byte);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// What one token can take; a token that can take many things can take anything.
    fn add_token(&mut self, token: Option<Token>) {
        match token {
            Some(Token::One(character)) if character.is_ascii() => {
                character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.add(byte));
            }
            Some(Token::One(_) | Token::Any | Token::Star | Token::Class) | None => self.0 = [u64::MAX; 4],
        }
    }

    fn has(&self, byte: u8) -> bool {
        let (word, bit) = Self::place(byte);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| one & other != 0)
    }

    const fn place(byte: u8) -> (usize, u64) {
        ((byte >> 6) as usize, 1 << (byte & 63))
    }
}

fn without_tail(name: &[u8]) -> Option<&[u8]> {
    let kept = name.iter().rposition(|byte| !matches!(byte, b'.' | b' '))? + 1;
    name.get(..kept).filter(|shorter| shorter.len() < name.len())
}
