//! A rule's regular expression, and the cheaper ones that are tried before it.
//!
//! Is everything in the text that no match can be without (`run`)? Then a `walk` tries the expression, as long
//! as that is cheap, where a match may start (`starts`); after that an automaton does, when a `glance` has told
//! that there is something to find.

mod glance;
mod run;
mod starts;
mod walk;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

use super::built::embedded::{self, Place};
use super::built::packed;
use super::built::program::program;
use super::built::required::Patterns;
use glance::Glance;
pub(super) use run::Runs;
use starts::Starts;
use walk::Spent;
pub(super) use walk::Walk;

/// A compiled regular expression may take this much memory, and its cache as much again. What
/// would need more is refused: `\w{1000}{1000}` must not eat the machine.
const SIZE_LIMIT: usize = 1 << 20;
const NEST_LIMIT: u32 = 60;

/// All that a repository's own packs have compiled may take this much together.
const ALL_LIMIT: usize = 1 << 28;

/// Automata try at most this many places in one window one by one. A text made of nothing but words is
/// searched in one go, or it could make every byte cost as much as the whole window.
const WORDS: u8 = 32;

/// Puts together and compiles nothing before it is needed.
pub(super) struct Expression {
    exact: Form,
    /// Matches wherever the expression does, and perhaps elsewhere, at a fraction of its price.
    relaxed: Form,
    /// The heads of the words that it begins with, when they are many.
    words: Cow<'static, [u8]>,
    starts: OnceLock<Box<Starts>>,
    /// What is tried first, while it has steps left.
    walk: Option<Walk>,
    /// For a place where a word starts.
    at_once: OnceLock<Option<Regex>>,
    loosely: OnceLock<Option<Box<Glance>>>,
    anywhere: OnceLock<Option<Regex>>,
}

/// An expression, taken apart.
pub(super) enum Form {
    /// By the build.
    Packed(Place, Exactness),
    Own(Option<Hir>),
}

/// Which form of an expression is meant.
#[derive(Clone, Copy)]
pub(super) enum Exactness {
    Exact,
    Relaxed,
}

/// The whole match and, where the expression names it or has a group, the value in it.
type Matched = (Range<usize>, Range<usize>);

/// The tries of an expression in one window of a text.
pub(super) struct Tries<'e> {
    expression: &'e Expression,
    groups: Option<Captures>,
    words: u8,
    /// Whether an automaton was asked already if there is any match.
    is_promised: bool,
}

impl Expression {
    pub(super) fn new([exact, relaxed]: [Form; 2], walk: Option<Walk>, words: Cow<'static, [u8]>) -> Self {
        let [at_once, anywhere] = [const { OnceLock::new() }; 2];
        Self { exact, relaxed, words, starts: OnceLock::new(), walk, at_once, loosely: OnceLock::new(), anywhere }
    }

    /// `None` for what is no expression.
    pub(super) fn own(written: &str) -> Option<Self> {
        let Patterns { exact, relaxed, words } = Patterns::of(written)?;
        let mut sets = Vec::new();
        let walk = program(&exact, &mut sets).map(|code| Walk::new(code.into(), sets.into()));
        Some(Self::new([Form::Own(Some(exact)), Form::Own(relaxed)], walk, words.unwrap_or_default().concat().into()))
    }

    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.tries().next(text, 0, text.len() + 1).is_some()
    }

    pub(super) fn tries(&self) -> Tries<'_> {
        let words = if self.words.is_empty() { 0 } else { WORDS };
        Tries { expression: self, groups: None, words, is_promised: false }
    }

    fn starts(&self) -> &Starts {
        self.starts.get_or_init(|| Box::new(Starts::of(&self.words)))
    }

    fn at_once(&self) -> Option<&Regex> {
        self.at_once.get_or_init(|| self.exact.made(Use::Once)).as_ref()
    }

    fn anywhere(&self) -> Option<&Regex> {
        self.anywhere.get_or_init(|| self.exact.made(Use::Often)).as_ref()
    }

    /// Whether what matches wherever the expression does, matches.
    fn may_match(&self, input: &Input<'_>) -> bool {
        let relaxed = self.loosely.get_or_init(|| self.relaxed.built(|hir| Glance::of(hir).map(Box::new))).as_ref();
        relaxed.is_none_or(|glance| glance.may_match(input))
    }
}

impl Form {
    /// `None` for none. One that cannot be compiled is taken for none too: the tests of the packs forbid it
    /// of what the build took apart, and [`compile`] refuses what a repository writes.
    fn made(&self, used: Use) -> Option<Regex> {
        self.built(|hir| Regex::builder().configure(config(used)).build_from_hir(hir).ok())
    }

    fn built<T>(&self, build: impl Fn(&Hir) -> Option<T>) -> Option<T> {
        match self {
            Self::Packed(place, exactness) => {
                let [exact, relaxed] = embedded::packed(*place)?.expressions;
                build(&packed::expression(match exactness {
                    Exactness::Exact => exact,
                    Exactness::Relaxed => relaxed,
                })?)
            }
            Self::Own(hir) => build(hir.as_ref()?),
        }
    }
}

impl Tries<'_> {
    /// The first match from that place on that starts before another.
    pub(super) fn next(&mut self, text: &[u8], from: usize, before: usize) -> Option<Matched> {
        let expression = self.expression;
        if let Some(walk) = &expression.walk {
            let starts = (!expression.words.is_empty()).then(|| expression.starts());
            if let Ok(found) = walk.next(text, from, before, starts) {
                return found;
            }
        }
        if expression.words.is_empty() && !self.is_promised {
            self.is_promised = true;
            if !expression.may_match(&Input::new(text).range(from..)) {
                return None;
            }
        }
        let mut at = from;
        while self.words > 0 {
            self.words -= 1;
            let word = expression.starts().next(text, at, before)?;
            at = word + 1;
            let input = Input::new(text).range(word..).anchored(Anchored::Yes);
            if !expression.may_match(&input) {
                continue;
            }
            let found = match expression.walk.as_ref().map(|walk| walk.at(text, word)) {
                Some(Ok(found)) => found,
                None | Some(Err(Spent)) => self.captured(expression.at_once()?, &input),
            };
            if found.is_some() {
                return found;
            }
        }
        if !expression.words.is_empty() && !expression.may_match(&Input::new(text).range(at..)) {
            return None;
        }
        self.captured(expression.anywhere()?, &Input::new(text).range(at..)).filter(|(whole, _)| whole.start < before)
    }

    fn captured(&mut self, regex: &Regex, input: &Input<'_>) -> Option<Matched> {
        let groups = self.groups.get_or_insert_with(|| regex.create_captures());
        regex.search_captures(input, groups);
        matched(groups)
    }
}

pub(super) fn matched(groups: &Captures) -> Option<Matched> {
    let whole = groups.get_match()?.range();
    let value = groups.get_group_by_name("secret").or_else(|| groups.get_group(1));
    let value = value.map_or_else(|| whole.clone(), |value| value.range());
    Some((whole, value))
}

/// Bytes, no Unicode unless the pattern asks for it, and `^` and `$` at the ends of lines.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let built = Regex::builder().syntax(written()).configure(config(Use::Often)).build(pattern);
    built.map_err(|error| match (error.size_limit(), error.syntax_error()) {
        (Some(limit), _) => format!("needs more than {limit} bytes once compiled"),
        (None, Some(error)) => error.to_string(),
        (None, None) => error.to_string(),
    })
}

/// What may still be compiled of a repository's own expressions: many that are large are as hostile as a huge one.
pub(super) struct Allowance {
    left: usize,
}

impl Allowance {
    pub(super) const ALL: Self = Self { left: ALL_LIMIT };

    pub(super) fn compile(&mut self, pattern: &str) -> Result<Regex, String> {
        let made = if self.left > 0 { compile(pattern) } else { Err(String::new()) };
        self.left = self.left.saturating_sub(made.as_ref().map_or(SIZE_LIMIT, Regex::memory_usage));
        if self.left > 0 {
            made
        } else {
            Err(format!("needs, with all others, more than {ALL_LIMIT} bytes once compiled"))
        }
    }
}

fn written() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false).multi_line(true).nest_limit(NEST_LIMIT)
}

/// Whether an expression matches without a single byte and, where it stands for a whole text, without asking
/// what is around the place.
pub(super) fn needs_nothing(pattern: &str, of_lines: bool) -> bool {
    syntax::parse_with(pattern, &written()).is_ok_and(|parsed| {
        let of_it = parsed.properties();
        of_it.minimum_len() == Some(0) && (of_lines || of_it.look_set().is_empty())
    })
}

/// How an expression is used: an automaton that is made while it searches pays only where it passes
/// the same states again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Once,
    Often,
}

/// It is tried where a keyword stands, so no literals are made out of it to look for: that would
/// take most of the time.
fn config(used: Use) -> Config {
    let limits = Regex::config().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(SIZE_LIMIT);
    limits.utf8_empty(false).auto_prefilter(false).hybrid(used == Use::Often)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hostile_expression_is_refused_with_its_reason() {
        assert_eq!(compile(r"\w{1000}{1000}").map(|_| ()), Err("needs more than 1048576 bytes once compiled".into()));
        assert!(compile(&"(".repeat(100)).is_err());
        assert!(compile(r"\w{10}").is_ok());
    }

    #[test]
    fn expressions_that_are_hostile_together_are_refused_with_their_reason() {
        let mut allowance = Allowance { left: 1 << 20 };

        let refused = (0..).find_map(|_| allowance.compile("[a-y]{1000}").err()).unwrap();

        assert_eq!(refused, "needs, with all others, more than 268435456 bytes once compiled");
        assert_eq!(allowance.compile("a").err(), Some(refused));
        let mut allowance = Allowance { left: 2 * SIZE_LIMIT };
        assert_eq!(allowance.compile("(").err(), compile("(").err());
        assert!(allowance.compile("(").is_err_and(|why| why.starts_with("needs, with all others")));
    }

    proptest! {
        #[test]
        fn what_begins_with_many_words_matches_where_it_would_if_it_were_searched_in_one_go(
            text in "((one|ONE|two|wo|three|ten|key|onetwo|=| |'|xyz|\n){0,12}){0,8}",
        ) {
            let written = r"(?i:\b(?:one|two|three|four)|(?:ten|six)[ =]?key|seven|twotwo|net|oney?|wot|xyz)\w{0,3}\s?=+'?(\w{2,})";
            let expression = Expression::own(written).unwrap();
            let in_one_go = compile(written).unwrap();
            let mut groups = in_one_go.create_captures();
            prop_assert!(!expression.words.is_empty());

            let (mut tries, mut from) = (expression.tries(), 0);
            loop {
                in_one_go.search_captures(&Input::new(text.as_bytes()).range(from..), &mut groups);
                let expected = matched(&groups);

                prop_assert_eq!(&tries.next(text.as_bytes(), from, text.len()), &expected);
                let Some((whole, _)) = expected else { break };
                from = whole.start + 1;
            }
        }
    }
}
