//! What a match of a regular expression cannot be without: runs of bytes of some class.
//!
//! The build script uses this file too, so that no run of the program takes expressions apart.

use std::sync::LazyLock;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

use super::byte_set::{self, Set};
use super::heads::{HEAD, heads};
use super::logarithm::log2;
use super::tables::commonness;
use super::ways::alike;

/// A number of bytes of a class in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) class: Set,
    pub(crate) least: u8,
}

/// An upper bound of this or more is not enforced: it costs a state for each count.
const UNBOUNDED_FROM: u32 = 100;

/// An expression, taken apart into what it is tried by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Patterns {
    /// Itself, without far upper bounds.
    pub(crate) exact: Hir,
    /// Matches wherever the expression does, and perhaps elsewhere, at a fraction of its price; none
    /// where it would be the same.
    pub(crate) relaxed: Option<Hir>,
    /// The heads of the words that it begins with, when they are many: it can match only where one of them
    /// stands.
    pub(crate) words: Option<Vec<[u8; HEAD]>>,
}

impl Patterns {
    /// `None` for what is no expression.
    pub(crate) fn of(pattern: &str) -> Option<Self> {
        let parsed = parsed(pattern)?;
        Some(Self { exact: unbound(&parsed), relaxed: relaxed(&parsed), words: words(&parsed) })
    }
}

/// The matches of a rule end at most this far behind its keyword.
pub(crate) const FARTHEST: u16 = u16::MAX;

/// How far behind its keyword a match may end that is not held to two lines.
pub(crate) fn span(pattern: &str) -> u16 {
    let longest = parsed(pattern).and_then(|parsed| parsed.properties().maximum_len());
    longest.and_then(|longest| u16::try_from(longest).ok()).unwrap_or(FARTHEST)
}

/// Bytes, no Unicode unless the pattern asks for it, and `^` and `$` at the ends of lines.
fn parsed(pattern: &str) -> Option<Hir> {
    ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build().parse(pattern).ok()
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

/// Counted repetitions of more than this are not worth their price in a first look.
const COUNTED: u32 = 8;

/// Fewer words than this cost little.
const MANY_WORDS: usize = 8;

/// More than this begin with bytes of some class, and are not worth their place.
const MOST_HEADS: usize = 32;

/// A pattern that matches wherever the given one does, and perhaps elsewhere, in which nothing is
/// counted far: `{8,1000}` needs a thousand states, `{8,}` eight. `None` when it would be the same.
fn relaxed(parsed: &Hir) -> Option<Hir> {
    (counts_far(parsed) || branches(parsed) >= MANY_WORDS).then(|| relax(parsed))
}

fn counts_far(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            repetition.min.max(repetition.max.unwrap_or_default()) > COUNTED || counts_far(&repetition.sub)
        }
        HirKind::Capture(capture) => counts_far(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(counts_far),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => false,
    }
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
        HirKind::Alternation(parts) => branching(parts.iter().map(|part| pieces(relax(part))).collect()),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

pub(crate) fn pieces(hir: Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().cloned().flat_map(pieces).collect(),
        HirKind::Literal(literal) => literal.0.iter().map(|byte| Hir::literal([*byte])).collect(),
        HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Class(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Alternation(_) => vec![hir],
    }
}

/// Any of these sequences, where those that begin alike part only where they differ: of many words
/// that makes an automaton with a fraction of the states. Which is preferred is lost.
fn branching(sequences: Vec<Vec<Hir>>) -> Hir {
    let mut groups: Vec<Vec<Vec<Hir>>> = Vec::new();
    for sequence in sequences {
        let begins_so = |group: &&mut Vec<Vec<Hir>>| group.iter().any(|known| known.first() == sequence.first());
        match groups.iter_mut().find(begins_so) {
            Some(group) => group.push(sequence),
            None => groups.push(vec![sequence]),
        }
    }
    Hir::alternation(groups.into_iter().map(|group| alike(group, |_| true, branching)).collect())
}

/// The heads of the words that a pattern begins with; `None` when they are few. Most of the rest then need
/// never be tried.
fn words(parsed: &Hir) -> Option<Vec<[u8; HEAD]>> {
    let HirKind::Concat(parts) = parsed.kind() else { return None };
    parsed.properties().minimum_len().filter(|least| *least >= HEAD)?;
    let first = parts.iter().find(|part| !matches!(part.kind(), HirKind::Look(_)))?;
    let of_first = (branches(first) >= MANY_WORDS).then(|| heads(first)).flatten();
    of_first.or_else(|| heads(parsed).filter(|heads| (MANY_WORDS..=MOST_HEADS).contains(&heads.len())))
}

fn branches(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Alternation(parts) => parts.len(),
        HirKind::Capture(capture) => branches(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(branches).max().unwrap_or_default(),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Repetition(_) => 0,
    }
}

/// At most this many runs of an expression are looked for.
const MOST_RUNS: usize = 4;

/// A run that tells fewer bits than this is in nearly every line.
const TELLING: f64 = 5.0;

/// A run of this many bytes tells something even when each of them tells little.
const LONG: u8 = 10;

/// The runs that every match of a pattern has, in their order, as far as they tell something.
pub(crate) fn runs(pattern: &str) -> Vec<Run> {
    let all = parsed(pattern).map(|parsed| required(&parsed)).unwrap_or_default();
    let mut telling: Vec<(usize, Run)> = all.into_iter().enumerate().filter(|(_, run)| run.tells_enough()).collect();
    telling.sort_by(|(_, one), (_, other)| other.bits().total_cmp(&one.bits()));
    telling.truncate(MOST_RUNS);
    telling.sort_by_key(|(at, _)| *at);
    telling.into_iter().map(|(_, run)| run).collect()
}

impl Run {
    fn one_of(ranges: impl Iterator<Item = (u8, u8)>) -> Self {
        Self { class: byte_set::of_ranges(ranges), least: 1 }
    }

    pub(crate) fn has(&self, byte: u8) -> bool {
        byte_set::has(&self.class, byte)
    }

    /// How much it tells that a text has it.
    fn bits(&self) -> f64 {
        static ALL: LazyLock<f64> = LazyLock::new(|| (0..=u8::MAX).map(weight).sum());
        let share: f64 = (0..=u8::MAX).filter(|byte| self.has(*byte)).map(weight).sum();
        f64::from(self.least) * log2(*ALL / share)
    }

    fn tells_enough(&self) -> bool {
        let kinds: u32 = self.class.iter().map(|bits| bits.count_ones()).sum();
        self.bits() >= TELLING || self.least >= LONG && kinds <= 128
    }
}

/// How often a byte stands in source code, compared with others.
fn weight(byte: u8) -> f64 {
    f64::from(1_u32 << commonness(byte)) / if byte.is_ascii_uppercase() { 8.0 } else { 1.0 }
}

fn required(hir: &Hir) -> Vec<Run> {
    let only = |run| vec![run];
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            only(Run::one_of(class.iter().map(|range| (range.start(), range.end()))))
        }
        HirKind::Class(Class::Unicode(class)) if class.is_ascii() => {
            let ascii = |letter: char| u8::try_from(letter).unwrap_or(u8::MAX);
            only(Run::one_of(class.iter().map(|range| (ascii(range.start()), ascii(range.end())))))
        }
        HirKind::Literal(literal) => literal.0.iter().map(|&byte| Run::one_of(std::iter::once((byte, byte)))).collect(),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let mut runs = required(&repetition.sub);
            if let ([run], Some(1)) = (&mut *runs, repetition.sub.properties().maximum_len()) {
                run.least = u8::try_from(repetition.min).unwrap_or(u8::MAX);
            }
            runs
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(required).collect(),
        // Whichever part matches, it has one of these.
        HirKind::Alternation(parts) => {
            let most = |part: &Hir| {
                let runs = required(part).into_iter().map(|run| (run.bits(), run));
                runs.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, run)| run)
            };
            let Some(runs) = parts.iter().map(most).collect::<Option<Vec<Run>>>() else { return Vec::new() };
            let merged = runs.into_iter().reduce(|one, other| Run {
                class: byte_set::union(one.class, other.class),
                least: one.least.min(other.least),
            });
            merged.into_iter().collect()
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) | HirKind::Class(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(pattern: &str) -> Vec<u8> {
        runs(pattern).iter().map(|run| run.least).collect()
    }

    #[test]
    fn a_relaxed_pattern_counts_nothing_far_and_matches_at_least_as_much() {
        let pattern = r"(?i:key)[\w.]{0,24}\s?=['\x22]([^'\x22\xff]{9,1000})$";
        let relaxed_of = |pattern| Some(Patterns::of(pattern)?.relaxed?.to_string());
        let relaxed = relaxed_of(pattern).unwrap();

        let matches = |pattern: &str, text: &str| {
            regex::bytes::RegexBuilder::new(pattern).build().unwrap().is_match(text.as_bytes())
        };
        assert!(!relaxed.contains("24") && !relaxed.contains("1000"), "{relaxed}");
        assert!(matches(&relaxed, "a\nKEY.x='\u{e4}23456789\nb"));
        assert!(!matches(&relaxed, "KEY.x='123"));
        assert_eq!(relaxed_of("ab{3,5}"), None);
        assert_eq!(relaxed_of("(?:one|only|two)x"), None);
        let many = relaxed_of("(?:one|only|two|ten|three|four|five|six)x").unwrap();
        assert_eq!(
            many,
            "(?:(?:(?:(?:on)(?:e|(?:ly)))|(?:t(?:(?:wo)|(?:en)|(?:hree)))|(?:f(?:(?:our)|(?:ive)))|(?:six))x)"
        );
    }

    #[test]
    fn a_pattern_with_many_words_can_match_only_where_one_of_them_starts() {
        let many = "(?:one|two|three|four|five|six|seven|eight)";
        let words_of = |pattern: &str| Patterns::of(pattern)?.words;
        let words = words_of(&format!(r"(?i:{many})[\w.]{{0,24}}\s?=\s?'([^']{{9,90}})'")).unwrap();

        assert_eq!(words.concat(), b"eighfivefourone\0sevesix\0thretwo\0");
        assert_eq!(words_of(&format!(r"\b(?:{many})='[a-z]{{9}}'")).unwrap().concat(), words.concat());
        assert_eq!(words_of(r"(?:^|[ ;&|\t'(])pass='[a-z]{9}'").unwrap().concat(), b" pas&pas'pas(pas)pas;paspass|pas");
        assert_eq!(words_of("(?:one|two)='[a-z]{9}'"), None);
        assert_eq!(words_of(many), None);
        assert_eq!(words_of(&format!("{many}x?")), None);
        assert_eq!(words_of(r"(?:one|two|three|four|five|six|seven|\w+)='[a-z]{9}'"), None);
    }

    #[test]
    fn the_runs_that_every_match_has_are_required_in_their_order() {
        assert_eq!(least(r"\b(AKIA[A-Z2-7]{16})\b").last(), Some(&16));
        assert_eq!(least(r"(?:[a-z]{20}|[0-9]{12,})\s"), [12]);
        assert_eq!(least(r"([a-z]{20})?e"), [0; 0]);
        assert_eq!(least(r"(?:[a-z]{20}|foo)"), [0; 0]);
        assert_eq!(least("("), [0; 0]);

        let runs = runs(r"(?i)a\s*=\s*['\x22]([a-f0-9]{32})['\x22]");
        let signs = b"=\"0\"";
        assert_eq!(runs.iter().map(|run| run.least).collect::<Vec<_>>(), [1, 1, 32, 1]);
        assert!(runs.iter().zip(signs).all(|(run, sign)| run.has(*sign)));
    }

    #[test]
    fn a_match_spans_what_its_expression_can_hold() {
        assert_eq!(span(r"log\(\s{0,40}'\w{4,100}'"), 146);
        assert_eq!(span("BEGIN[^#]*?END"), FARTHEST);
        assert_eq!(span("(?s).{1,999999}"), FARTHEST);
    }
}
