//! Patterns over one name: `*`, `?`, `[a-z]` and `\` before any of these.

/// One pattern over a text in which `/` means nothing.
#[derive(Clone, Debug)]
pub(in crate::policy) struct NamePattern(pub(super) Vec<Token>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    One(char),
    Any,
    Star,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl NamePattern {
    pub(in crate::policy) fn new(text: &str) -> Result<Self, String> {
        let mut tokens = Vec::new();
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            tokens.push(match character {
                '*' => Token::Star,
                '?' => Token::Any,
                '[' => class(&mut rest)?,
                '\\' => Token::One(escaped(&mut rest)?),
                plain => Token::One(plain),
            });
        }
        Ok(Self(tokens))
    }

    pub(in crate::policy) fn matches(&self, text: &[u8], ignore_case: bool) -> bool {
        let (mut at, mut rest) = (0, text);
        // Where the last `*` may yet take one character more.
        let mut longer: Option<(usize, &[u8])> = None;
        loop {
            match (self.0.get(at), next(rest)) {
                (Some(Token::Star), _) => {
                    at += 1;
                    longer = Some((at, rest));
                    continue;
                }
                (Some(token), Some((character, after))) if token.takes(character, ignore_case) => {
                    at += 1;
                    rest = after;
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((again, taken)) = longer else { return false };
            let Some((_, after)) = next(taken) else { return false };
            longer = Some((again, after));
            (at, rest) = (again, after);
        }
    }
}

impl Token {
    /// `None` stands for a byte that is not UTF-8.
    fn takes(&self, character: Option<char>, ignore_case: bool) -> bool {
        let folded = if ignore_case { character.map(|c| c.to_ascii_lowercase()) } else { character };
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::One(expected) => folded == Some(*expected),
            Self::Class { negated, ranges } => {
                let inside = folded.is_some_and(|c| ranges.iter().any(|&(first, last)| (first..=last).contains(&c)));
                inside != *negated
            }
        }
    }
}

fn class(rest: &mut std::str::Chars<'_>) -> Result<Token, String> {
    const UNCLOSED: &str = "unclosed character class, missing ']'";
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut next = rest.next();
    let negated = matches!(next, Some('!' | '^'));
    if negated {
        next = rest.next();
    }
    let mut first = true;
    loop {
        let from = match next.ok_or(UNCLOSED)? {
            ']' if !first => return Ok(Token::Class { negated, ranges }),
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
        ranges.push((from, to));
    }
}

fn escaped(rest: &mut std::str::Chars<'_>) -> Result<char, String> {
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
