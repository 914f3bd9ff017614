//! What a match of a regular expression cannot be without: a run of so many bytes of some class.
//!
//! The build script uses this file too, so that no run of the program takes expressions apart.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

/// So many bytes of a class in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// A bit for each byte.
    pub(crate) class: [u64; 4],
    pub(crate) least: u8,
}

/// An upper bound of this or more is not enforced: it costs a state for each count.
const UNBOUNDED_FROM: u32 = 100;

/// The pattern without far upper bounds; `None` when it has none.
pub(crate) fn unbounded(pattern: &str) -> Option<String> {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build().parse(pattern).ok()?;
    let unbounded = unbound(&parsed);
    (unbounded != parsed).then(|| unbounded.to_string())
}

fn unbound(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            max: repetition.max.filter(|max| *max < UNBOUNDED_FROM),
            sub: Box::new(unbound(&repetition.sub)),
            ..*repetition
        }),
        HirKind::Capture(capture) => Hir::capture(Capture { sub: Box::new(unbound(&capture.sub)), ..capture.clone() }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(unbound).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(unbound).collect()),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

/// The longest piece of a glob that a matching path must contain, in lower case. Only ASCII counts:
/// globs fold other letters in ways a byte search does not. The piece lies within one name, for a
/// strict glob also takes names that end in dots and blanks.
pub(crate) fn literal(glob: &str) -> String {
    if glob.contains(['{', '[', '\\']) || !glob.is_ascii() {
        return String::new();
    }
    glob.split(['*', '?', '/']).max_by_key(|piece| piece.len()).unwrap_or_default().to_ascii_lowercase()
}

/// Counted repetitions of more than this are not worth their price in a first look.
const COUNTED: u32 = 8;

/// A pattern that matches wherever the given one does, and perhaps elsewhere, in which nothing is
/// counted far: `{8,1000}` needs a thousand states, `{8,}` eight. `None` when it would be the same.
pub(crate) fn relaxed(pattern: &str) -> Option<String> {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build().parse(pattern).ok()?;
    let relaxed = relax(&parsed);
    (relaxed != parsed).then(|| relaxed.to_string())
}

fn relax(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min.min(COUNTED),
            max: repetition.max.filter(|max| *max <= COUNTED),
            greedy: repetition.greedy,
            sub: Box::new(relax(&repetition.sub)),
        }),
        // Only whether it matches is asked, so groups need not be kept.
        HirKind::Capture(capture) => relax(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(relax).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(relax).collect()),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

/// Shorter runs are everywhere.
const SHORTEST: u8 = 5;

impl Run {
    /// The run that tells most of those a pattern requires; `None` when it requires none, or
    /// cannot be read.
    pub(crate) fn required_by(pattern: &str) -> Option<Self> {
        let parsed = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build().parse(pattern).ok()?;
        required(&parsed).filter(|run| run.least >= SHORTEST)
    }

    fn one_of(ranges: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut class = [0_u64; 4];
        for byte in ranges.flat_map(|(first, last)| first..=last) {
            if let Some(bits) = class.get_mut(usize::from(byte >> 6)) {
                *bits |= 1 << (byte & 63);
            }
        }
        Self { class, least: 1 }
    }

    /// How much it tells: long runs of few kinds of byte are rare.
    fn weight(&self) -> u32 {
        let kinds: u32 = self.class.iter().map(|bits| bits.count_ones()).sum();
        u32::from(self.least) * (u32::BITS - kinds.leading_zeros()).abs_diff(9)
    }
}

fn required(hir: &Hir) -> Option<Run> {
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            Some(Run::one_of(class.iter().map(|range| (range.start(), range.end()))))
        }
        HirKind::Class(Class::Unicode(class)) if class.is_ascii() => {
            let ascii = |letter: char| u8::try_from(letter).unwrap_or(u8::MAX);
            Some(Run::one_of(class.iter().map(|range| (ascii(range.start()), ascii(range.end())))))
        }
        HirKind::Literal(literal) => match *literal.0 {
            [byte] => Some(Run::one_of(std::iter::once((byte, byte)))),
            _ => None,
        },
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let run = required(&repetition.sub)?;
            let single = repetition.sub.properties().maximum_len() == Some(1);
            let least = if single { u8::try_from(repetition.min).unwrap_or(u8::MAX) } else { run.least };
            Some(Run { least, ..run })
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required).max_by_key(Run::weight),
        HirKind::Alternation(parts) => {
            let runs: Vec<Run> = parts.iter().map(required).collect::<Option<_>>()?;
            runs.into_iter().reduce(|one, other| {
                let mut class = one.class;
                class.iter_mut().zip(other.class).for_each(|(bits, more)| *bits |= more);
                Run { class, least: one.least.min(other.least) }
            })
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) | HirKind::Class(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(pattern: &str) -> Option<u8> {
        Run::required_by(pattern).map(|run| run.least)
    }

    #[test]
    fn a_relaxed_pattern_counts_nothing_far_and_matches_at_least_as_much() {
        let pattern = r"(?i:key)[\w.]{0,24}\s?=['\x22]([^'\x22\xff]{9,1000})$";
        let relaxed = relaxed(pattern).unwrap();

        let matches = |pattern: &str, text: &str| {
            regex::bytes::RegexBuilder::new(pattern).build().unwrap().is_match(text.as_bytes())
        };
        assert!(!relaxed.contains("24") && !relaxed.contains("1000"), "{relaxed}");
        assert!(matches(&relaxed, "a\nKEY.x='\u{e4}23456789\nb"));
        assert!(!matches(&relaxed, "KEY.x='123"));
        assert_eq!(super::relaxed("ab{3,5}"), None);
    }

    #[test]
    fn the_longest_run_that_every_match_has_is_required() {
        assert_eq!(least(r"(?i)\bkey\s*=\s*['\x22]([a-f0-9]{32})['\x22]"), Some(32));
        assert_eq!(least(r"\b(AKIA[A-Z2-7]{16})\b"), Some(16));
        assert_eq!(least(r"(?:[a-z]{20}|[0-9]{12,})x"), Some(12));
        assert_eq!(least(r"([a-z]{20})?x"), None);
        assert_eq!(least(r"(?:[a-z]{20}|foo)"), None);
        assert_eq!(least(r"(?:[a-z][0-9]{8}){4}"), Some(8));
        assert_eq!(least("("), None);
    }
}
