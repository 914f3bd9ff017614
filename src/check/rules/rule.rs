//! One rule: what a run must know of it at once, and what is worked out when it first hits.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::Input;
use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;

use super::definition::{Allow, Anchor, Asks, Definition, On, family};
use super::embedded::{Embedded, Packed, packed};
use super::paths::{PathList, Subject};
use super::required::Patterns;
use super::run::Runs;
use super::units::unit_at;
use crate::check::detect::Detector;
use crate::check::entropy::entropy;
use crate::check::verify::{self, Captured, Verifier};
use crate::model::RepoPath;
use crate::policy::Reach;

/// A compiled regular expression may take this much memory, and its cache as much again. What
/// would need more is refused: `\w{1000}{1000}` must not eat the machine.
const SIZE_LIMIT: usize = 1 << 20;
const NEST_LIMIT: u32 = 60;

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Rule {
    pub(super) pack: Cow<'static, str>,
    pub(super) id: Cow<'static, str>,
    pub(super) on: On,
    pub(super) anchor: Option<Anchor>,
    pub(super) net: bool,
    pub(super) changes_only: bool,
    pub(super) generic: bool,
    pub(super) multiline: bool,
    pub(super) detector: Option<Detector>,
    pub(super) asks: Option<Asks>,
    /// What no text is without that the regular expression matches.
    pub(super) runs: Runs,
    keywords: Cow<'static, str>,
    near: &'static str,
    /// Its number among the rules of the build, if it is one of them.
    pub(super) number: Option<u16>,
    packed: (u16, u16),
    compiled: OnceLock<Compiled>,
}

/// What a rule needs only once it is near a match.
pub(super) struct Compiled {
    pub(super) definition: Definition,
    paths: PathList,
    exclude: PathList,
    allow_paths: PathList,
    patterns: Patterns,
    code: OnceLock<Code>,
}

/// The costly part of a rule: what is compiled when it is first tried on a text.
#[derive(Default)]
pub(super) struct Code {
    /// What matches wherever `regex` does is tried first, the cheaper the earlier.
    shape: OnceLock<Option<Regex>>,
    relaxed: OnceLock<Option<Regex>>,
    regex: OnceLock<Option<Regex>>,
    pub(super) require: Option<Regex>,
    allow_regexes: OnceLock<Vec<Regex>>,
    allow_lines: OnceLock<Vec<Regex>>,
    verifiers: Vec<Verifier>,
}

impl Rule {
    pub(super) fn embedded(number: u16, from: &Embedded) -> Self {
        Self {
            pack: from.pack.get().into(),
            id: from.id.get().into(),
            on: from.on,
            anchor: from.anchor,
            net: from.net,
            changes_only: from.changes_only,
            generic: from.generic,
            multiline: from.multiline,
            detector: Detector::parse(from.detect.get()),
            asks: from.asks,
            runs: Runs::Made(from.runs.0, from.runs.1),
            keywords: from.keywords.get().into(),
            near: from.near.get(),
            number: Some(number),
            packed: (from.chunk, from.line),
            compiled: OnceLock::new(),
        }
    }

    /// The error names what in the definition cannot be compiled.
    pub(super) fn new(pack: &str, definition: Definition) -> Result<Self, String> {
        let (id, keywords) = (definition.id.clone(), definition.keywords.join("\n"));
        let made = Self {
            pack: pack.to_owned().into(),
            id: id.into(),
            on: definition.on,
            anchor: definition.anchor,
            net: definition.net.is_some(),
            changes_only: definition.changes_only,
            generic: definition.is_generic(),
            multiline: definition.multiline,
            detector: definition.detect.as_deref().and_then(Detector::parse),
            asks: definition.asks,
            runs: Runs::of(definition.regex.as_deref()),
            keywords: keywords.into(),
            near: "",
            number: None,
            packed: (0, 0),
            compiled: OnceLock::new(),
        };
        definition.regex.as_deref().map(compile).transpose()?;
        let patterns = Patterns::of(definition.regex.as_deref().unwrap_or_default());
        let compiled = Compiled::new(definition, patterns);
        let code = Code::new(&compiled.definition)?;
        let allow = &compiled.definition.allow;
        let (regexes, lines) = (all(&allow.regexes)?, all(&allow.lines)?);
        code.allow_regexes.get_or_init(|| regexes);
        code.allow_lines.get_or_init(|| lines);
        compiled.code.get_or_init(|| code);
        made.compiled.get_or_init(|| compiled);
        Ok(made)
    }

    pub(super) fn keywords(&self) -> impl Iterator<Item = &str> {
        self.keywords.lines().filter(|keyword| !keyword.is_empty())
    }

    /// Whether it speaks of files in a tree, where nothing is added, removed or counted.
    pub(super) fn speaks_of_trees(&self) -> bool {
        !self.changes_only && self.on != On::Removed
    }

    /// Whether it knows a secret by its form alone, wherever it stands.
    pub(super) fn is_sure_of_secrets(&self) -> bool {
        self.on == On::Added && self.family() == "secret" && !self.generic
    }

    pub(super) fn family(&self) -> &str {
        family(&self.id)
    }

    /// Whether it may look at a path at all.
    pub(super) fn is_near(&self, subject: &Subject<'_>) -> bool {
        self.near.is_empty() || subject.is_near(self.near.lines())
    }

    /// `None` only for an embedded rule that cannot be read, which the tests of the packs forbid.
    pub(super) fn compiled(&self) -> Option<&Compiled> {
        if let Some(compiled) = self.compiled.get() {
            return Some(compiled);
        }
        let Packed { json, patterns } = packed(self.packed.0, self.packed.1)?;
        let compiled = Compiled::new(serde_json::from_str(&json).ok()?, patterns);
        Some(self.compiled.get_or_init(|| compiled))
    }
}

impl Compiled {
    fn new(definition: Definition, patterns: Patterns) -> Self {
        Self {
            patterns,
            paths: PathList::new(&definition.paths, Reach::Strict),
            exclude: PathList::new(&definition.exclude, Reach::Lenient),
            allow_paths: PathList::new(&definition.allow.paths, Reach::Lenient),
            code: OnceLock::new(),
            definition,
        }
    }

    /// An embedded rule that cannot be compiled matches nothing; the tests of the packs forbid it.
    pub(super) fn code(&self) -> &Code {
        self.code.get_or_init(|| Code::new(&self.definition).unwrap_or_default())
    }

    pub(super) fn covers(&self, subject: &Subject<'_>) -> bool {
        (self.definition.by.is_none() || subject.by_agent)
            && (self.paths.is_empty() || self.paths.matches(subject))
            && !self.exclude.matches(subject)
            && !self.allow_paths.matches(subject)
    }

    /// The regular expression, compiled when it is first needed.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let compiled = || {
            let written = self.definition.regex.as_deref()?;
            if self.patterns.unbounded.is_empty() { compile(written).ok() } else { rebuilt(&self.patterns.unbounded) }
        };
        self.code().regex.get_or_init(compiled).as_ref()
    }

    /// The matches that start in `starts` and end by `end`, without those that `entropy`, `allow`
    /// and `verify` silence.
    pub(super) fn matches(&self, window: &Window<'_>, mut found: impl FnMut(Range<usize>, Range<usize>) -> Next) {
        let Some(text) = window.text.get(..window.end) else { return };
        let input = |from| Input::new(text).range(from..);
        let Code { shape, relaxed, .. } = self.code();
        for (first_look, pattern) in [(shape, &self.patterns.shape), (relaxed, &self.patterns.relaxed)] {
            let first_look = first_look.get_or_init(|| rebuilt(pattern));
            if first_look.as_ref().is_some_and(|regex| !regex.is_match(input(window.starts.start))) {
                return;
            }
        }
        let Some(regex) = self.regex() else { return };
        let mut from = window.starts.start;
        let mut patience = PATIENCE;
        let mut groups = regex.create_captures();
        loop {
            regex.search_captures(&input(from), &mut groups);
            let Some((whole, value)) = matched(&groups).filter(|(whole, _)| whole.start < window.starts.end) else {
                return;
            };
            let past = whole.end.max(whole.start + 1);
            let captured =
                Captured { text: window.text, whole: whole.clone(), value: value.clone(), path: window.path };
            if self.stands(&captured, window) {
                if found(whole, value) == Next::Stop {
                    return;
                }
                from = past;
            } else if let Some(less) = patience.checked_sub(whole.len().max(DULL)) {
                // What was passed over may hide a match that starts within it.
                patience = less;
                from = value.start.max(whole.start + 1);
            } else {
                patience = 0;
                from = past;
            }
        }
    }

    fn stands(&self, captured: &Captured<'_>, window: &Window<'_>) -> bool {
        let value = captured.value();
        let (allow, code) = (&self.definition.allow, self.code());
        let lines = || {
            let line = unit_at(captured.text, window.base, captured.value.start);
            captured.text.get(line.owns.start.max(window.starts.start)..line.owns.end).unwrap_or_default()
        };
        self.definition.entropy.is_none_or(|least| entropy(value) >= least)
            && !allow.stopwords.iter().any(|word| contains(value, word.as_bytes()))
            && !code.allow_regexes(allow).iter().any(|regex| regex.is_match(value))
            && (allow.lines.is_empty() || !code.allow_lines(allow).iter().any(|regex| regex.is_match(lines())))
            && code.verifiers.iter().all(|verifier| verifier(captured))
    }
}

impl Code {
    fn new(definition: &Definition) -> Result<Self, String> {
        let verifier = |name: &String| verify::named(name).ok_or_else(|| format!("no validator is called `{name}`"));
        if let Some(name) = definition.detect.as_deref().filter(|name| Detector::parse(name).is_none()) {
            return Err(format!("no detector is called `{name}`"));
        }
        Ok(Self {
            shape: OnceLock::new(),
            relaxed: OnceLock::new(),
            regex: OnceLock::new(),
            require: definition.require.as_deref().map(compile).transpose()?,
            allow_regexes: OnceLock::new(),
            allow_lines: OnceLock::new(),
            verifiers: definition.verify.iter().map(verifier).collect::<Result<_, _>>()?,
        })
    }

    /// Compiled when a match first asks for them, as few do.
    fn allow_regexes(&self, allow: &Allow) -> &[Regex] {
        self.allow_regexes.get_or_init(|| all(&allow.regexes).unwrap_or_default())
    }

    fn allow_lines(&self, allow: &Allow) -> &[Regex] {
        self.allow_lines.get_or_init(|| all(&allow.lines).unwrap_or_default())
    }
}

fn all(patterns: &[String]) -> Result<Vec<Regex>, String> {
    patterns.iter().map(|pattern| compile(pattern)).collect()
}

/// The whole match and, where the expression names it or has a group, the value in it.
pub(super) fn matched(groups: &Captures) -> Option<(Range<usize>, Range<usize>)> {
    let whole = groups.get_match()?.range();
    let value = groups.get_group_by_name("secret").or_else(|| groups.get_group(1));
    let value = value.map_or_else(|| whole.clone(), |value| value.range());
    Some((whole, value))
}

/// Where in a text a rule is tried.
pub(super) struct Window<'a> {
    pub(super) text: &'a [u8],
    /// Where the text starts in the file.
    pub(super) base: usize,
    pub(super) path: &'a RepoPath,
    pub(super) starts: Range<usize>,
    pub(super) end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    Stop,
}

/// How many bytes of silenced matches in one window are searched for another one within them; a
/// match counts as no less than [`DULL`]. A hostile text could otherwise make every byte cost as
/// much as the whole window.
const PATIENCE: usize = 2 * 1024;
const DULL: usize = 128;

/// Bytes, no Unicode unless the pattern asks for it, and `^` and `$` at the ends of lines.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    build(pattern, false).map_err(|error| match (error.size_limit(), error.syntax_error()) {
        (Some(limit), _) => format!("needs more than {limit} bytes once compiled"),
        (None, Some(error)) => error.to_string(),
        (None, None) => error.to_string(),
    })
}

/// A pattern of [`Patterns`]. One that cannot be compiled is only slower to be without.
fn rebuilt(pattern: &str) -> Option<Regex> {
    build(pattern, true).ok().filter(|_| !pattern.is_empty())
}

/// A pattern that was taken apart and written down again says itself what is Unicode in it. It is
/// tried where a keyword stands, so no literals are made out of it to look for: that would take
/// most of the time.
fn build(pattern: &str, rewritten: bool) -> Result<Regex, Box<BuildError>> {
    let syntax = syntax::Config::new().unicode(rewritten).utf8(false).multi_line(!rewritten).nest_limit(NEST_LIMIT);
    let limits = Regex::config().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(SIZE_LIMIT);
    let config = limits.utf8_empty(false).auto_prefilter(false);
    Regex::builder().syntax(syntax).configure(config).build(pattern).map_err(Box::new)
}

/// Whether a value contains a word, in any case.
fn contains(value: &[u8], word: &[u8]) -> bool {
    value.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_expression_is_refused_with_its_reason() {
        assert_eq!(compile(r"\w{1000}{1000}").map(|_| ()), Err("needs more than 1048576 bytes once compiled".into()));
        assert!(compile(&"(".repeat(100)).is_err());
        assert!(compile(r"\w{10}").is_ok());
    }
}
