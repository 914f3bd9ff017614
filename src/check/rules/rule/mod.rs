//! One rule: what a run must know of it at once, and what is worked out when it first hits.
//!
//! It looks at some `paths`, and is tried on pieces of a text (`units`).

mod paths;
mod units;

use std::borrow::Cow;
use std::num::NonZeroU16;
use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;

use super::built::embedded::{self, Embedded, Place, near, packed};
use super::built::required::span;
use super::built::tables::Keyword;
use super::built::trial::{Trial, Tried, Word};
use super::definition::{Anchor, Asks, Definition, Happening, On, family};
use super::expression::{Allowance, Exactness, Expression, Form, Runs, Walk, compile};
use crate::check::detect::Detector;
use crate::check::entropy::entropy;
use crate::check::verify::{self, Captured, Verifier, Zones};
use crate::model::{RepoPath, Severity};
use crate::policy::Reach;
use paths::PathList;
pub(super) use paths::Subject;
pub(super) use units::{CONTEXT, Unit, next_end, unit_at};

pub(super) struct Rule {
    pub(super) pack: Cow<'static, str>,
    pub(super) id: Cow<'static, str>,
    pub(super) on: On,
    pub(super) anchor: Option<Anchor>,
    pub(super) net: bool,
    pub(super) changes_only: bool,
    status: u8,
    pub(super) generic: bool,
    /// How far behind its keyword a match may end, where that is further than the next line.
    pub(super) span: Option<NonZeroU16>,
    pub(super) detector: Option<Detector>,
    pub(super) asks: Option<Asks>,
    /// What no text is without that the regular expression matches.
    pub(super) runs: Runs,
    keywords: Cow<'static, str>,
    near: (u16, u8),
    /// Its number among the rules of the build, if it is one of them.
    pub(super) number: Option<u16>,
    tried: Place,
    packed: Place,
    /// Apart from the rest: most rules are never near a match, and all of them are laid out in every run.
    compiled: OnceLock<Box<Compiled>>,
}

/// What a rule needs only once it is near a match.
pub(super) struct Compiled {
    pub(super) trial: Trial,
    paths: PathList,
    exclude: PathList,
    allow_paths: PathList,
    pub(super) expression: Option<Expression>,
    code: OnceLock<Code>,
    /// Where it is packed, if the build packed it.
    packed: Option<Place>,
    definition: OnceLock<Option<Box<Definition>>>,
}

/// The costly part of a rule: what is compiled when it is first tried on a text.
#[derive(Default)]
pub(super) struct Code {
    require: OnceLock<Option<Regex>>,
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
            status: from.status,
            generic: from.generic,
            span: NonZeroU16::new(from.span),
            detector: Some(from.detect.get()).filter(|name| !name.is_empty()).and_then(Detector::parse),
            asks: from.asks,
            runs: Runs::Made(from.runs.0, from.runs.1),
            keywords: from.keywords.get().into(),
            near: from.near,
            number: Some(number),
            tried: from.tried,
            packed: from.told,
            compiled: OnceLock::new(),
        }
    }

    /// The error names what in the definition cannot be compiled.
    pub(super) fn new(pack: &str, definition: Definition, allowance: &mut Allowance) -> Result<Self, String> {
        let (id, keywords) = (definition.id.clone(), definition.keywords.join("\n"));
        let made = Self {
            pack: pack.to_owned().into(),
            id: id.into(),
            on: definition.on,
            anchor: definition.anchor,
            net: definition.net.is_some(),
            changes_only: definition.changes_only,
            status: definition.status.iter().fold(0, |status, happening| status | happening.bit()),
            generic: definition.is_generic(),
            span: definition.regex.as_deref().filter(|_| definition.multiline).map(span).and_then(NonZeroU16::new),
            detector: definition.detect.as_deref().and_then(Detector::parse),
            asks: definition.asks,
            runs: Runs::of(definition.regex.as_deref()),
            keywords: keywords.into(),
            near: (0, 0),
            number: None,
            tried: Place::default(),
            packed: Place::default(),
            compiled: OnceLock::new(),
        };
        definition.regex.as_deref().map(|regex| allowance.compile(regex)).transpose()?;
        let expression = definition.regex.as_deref().and_then(Expression::own);
        let compiled = Compiled::new(Trial::of(&definition), expression, None);
        let code = Code::new(&compiled.trial)?;
        if let Some(name) = definition.detect.as_deref().filter(|name| Detector::parse(name).is_none()) {
            return Err(format!("no detector is called `{name}`"));
        }
        let require = definition.require.as_deref().map(|regex| allowance.compile(regex)).transpose()?;
        code.require.get_or_init(|| require);
        let [regexes, lines] = [&compiled.trial.allow_regexes, &compiled.trial.allow_lines]
            .map(|patterns| patterns.iter().map(|pattern| allowance.compile(pattern)).collect::<Result<Vec<_>, _>>());
        let (regexes, lines) = (regexes?, lines?);
        code.allow_regexes.get_or_init(|| regexes);
        code.allow_lines.get_or_init(|| lines);
        compiled.code.get_or_init(|| code);
        compiled.definition.get_or_init(|| Some(Box::new(definition)));
        made.compiled.get_or_init(|| Box::new(compiled));
        Ok(made)
    }

    pub(super) fn keywords(&self) -> impl Iterator<Item = Keyword<'_>> {
        self.keywords.split('\n').filter(|written| !written.is_empty()).map(Keyword::new)
    }

    pub(super) fn has_keywords(&self) -> bool {
        !self.keywords.is_empty()
    }

    /// Whether it speaks of files in a tree, where nothing is added, removed or counted.
    pub(super) fn speaks_of_trees(&self) -> bool {
        !self.changes_only && self.on != On::Removed
    }

    /// Whether it knows a secret by its form alone, wherever it stands. One that guesses and denies all
    /// the same does, such as that of a password in an address.
    pub(super) fn is_sure_of_secrets(&self) -> bool {
        let known = |definition: &Definition| {
            definition.finds_secrets() && (!self.generic || definition.severity == Severity::Deny)
        };
        self.on == On::Added && self.definition().is_some_and(known)
    }

    pub(super) fn family(&self) -> &str {
        family(&self.id)
    }

    /// Whether it is about this happening to a path. One that names nothing is about paths that are there
    /// after the change.
    pub(super) fn is_about(&self, happening: Happening) -> bool {
        if self.status == 0 { happening != Happening::Deleted } else { self.status & happening.bit() != 0 }
    }

    /// Whether it may look at a path at all.
    pub(super) fn is_near(&self, subject: &Subject<'_>) -> bool {
        let (first, count) = self.near;
        (count == 0 || subject.is_near(near(first, count))) && !self.stands_in(subject.path)
    }

    /// Whether it is a repository's own and that file its pack, whose examples are what it looks for. All other
    /// rules look there.
    fn stands_in(&self, path: &RepoPath) -> bool {
        self.number.is_none() && self.on != On::Path && self.pack.as_bytes() == path.as_bytes()
    }

    /// Whether it does look at it.
    pub(super) fn looks_at(&self, subject: &Subject<'_>) -> bool {
        self.is_near(subject) && self.compiled().is_some_and(|compiled| compiled.covers(subject))
    }

    /// The rule as it was written.
    pub(super) fn definition(&self) -> Option<&Definition> {
        self.compiled()?.definition()
    }

    /// `None` only for an embedded rule that cannot be read, which the tests of the packs forbid.
    pub(super) fn compiled(&self) -> Option<&Compiled> {
        if let Some(compiled) = self.compiled.get() {
            return Some(compiled);
        }
        let Tried { program, words, trial } = embedded::tried(self.tried)?;
        let walk = (!program.is_empty()).then(|| Walk::new(program.into(), embedded::sets().into()));
        let forms = [Exactness::Exact, Exactness::Relaxed].map(|how| Form::Packed(self.packed, how));
        let expression = trial.has_regex.then(|| Expression::new(forms, walk, words.into()));
        let compiled = Compiled::new(trial, expression, Some(self.packed));
        Some(self.compiled.get_or_init(|| Box::new(compiled)))
    }
}

impl Compiled {
    fn new(mut trial: Trial, expression: Option<Expression>, packed: Option<Place>) -> Self {
        let list = |globs: &mut Vec<Word>, reach| PathList::new(std::mem::take(globs), reach);
        Self {
            expression,
            paths: list(&mut trial.paths, Reach::Strict),
            exclude: list(&mut trial.exclude, Reach::Lenient),
            allow_paths: list(&mut trial.allow_paths, Reach::Lenient),
            trial,
            code: OnceLock::new(),
            packed,
            definition: OnceLock::new(),
        }
    }

    /// The rule as it was written. `None` only for an embedded rule that cannot be read, which the tests of
    /// the packs forbid.
    pub(super) fn definition(&self) -> Option<&Definition> {
        let read = || serde_json::from_slice(packed(self.packed?)?.json).ok();
        self.definition.get_or_init(read).as_deref()
    }

    /// An embedded rule that cannot be compiled matches nothing; the tests of the packs forbid it.
    fn code(&self) -> &Code {
        self.code.get_or_init(|| Code::new(&self.trial).unwrap_or_default())
    }

    /// What a file must match in which the rule matched.
    pub(super) fn require(&self) -> Option<&Regex> {
        let made = || compile(self.definition()?.require.as_deref()?).ok();
        self.code().require.get_or_init(made).as_ref()
    }

    pub(super) fn covers(&self, subject: &Subject<'_>) -> bool {
        (!self.trial.by_agent || subject.by_agent)
            && (self.paths.is_empty() || self.paths.matches(subject))
            && !self.exclude.matches(subject)
            && !self.allow_paths.matches(subject)
    }

    /// The matches that start in `starts` and end by `end`, without those that `entropy`, `allow`
    /// and `verify` silence.
    pub(super) fn matches(&self, window: &Window<'_>, mut found: impl FnMut(Range<usize>, Range<usize>) -> Next) {
        let Some(text) = window.text.get(..window.end) else { return };
        let mut from = window.starts.start;
        let Some(mut tries) = self.expression.as_ref().map(Expression::tries) else { return };
        let mut patience = PATIENCE;
        while let Some((whole, value)) = tries.next(text, from, window.starts.end) {
            let past = whole.end.max(whole.start + 1);
            let captured = Captured {
                text: window.text,
                whole: whole.clone(),
                value: value.clone(),
                path: window.path,
                zones: window.zones,
            };
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
        let (trial, code) = (&self.trial, self.code());
        let lines = || {
            let line = unit_at(captured.text, window.base, captured.value.start);
            captured.text.get(line.owns.start.max(window.starts.start)..line.owns.end).unwrap_or_default()
        };
        trial.entropy.is_none_or(|least| entropy(value) >= least)
            && !trial.stopwords.iter().any(|word| contains(value, word.as_bytes()))
            && !code.allow_regexes(trial).iter().any(|regex| regex.is_match(value))
            && code.verifiers.iter().all(|verifier| verifier(captured))
            // Last: a line may be long, and few values come this far.
            && (trial.allow_lines.is_empty() || !code.allow_lines(trial).iter().any(|regex| regex.is_match(lines())))
    }
}

impl Code {
    fn new(trial: &Trial) -> Result<Self, String> {
        let verifier = |name: &Word| verify::named(name).ok_or_else(|| format!("no validator is called `{name}`"));
        Ok(Self {
            require: OnceLock::new(),
            allow_regexes: OnceLock::new(),
            allow_lines: OnceLock::new(),
            verifiers: trial.verify.iter().map(verifier).collect::<Result<_, _>>()?,
        })
    }

    /// Compiled when a match first asks for them, as few do.
    fn allow_regexes(&self, trial: &Trial) -> &[Regex] {
        self.allow_regexes.get_or_init(|| all(&trial.allow_regexes).unwrap_or_default())
    }

    fn allow_lines(&self, trial: &Trial) -> &[Regex] {
        self.allow_lines.get_or_init(|| all(&trial.allow_lines).unwrap_or_default())
    }
}

fn all(patterns: &[Word]) -> Result<Vec<Regex>, String> {
    patterns.iter().map(|pattern| compile(pattern)).collect()
}

/// Where in a text a rule is tried.
pub(super) struct Window<'a> {
    pub(super) text: &'a [u8],
    /// Where the text starts in the file.
    pub(super) base: usize,
    pub(super) path: &'a RepoPath,
    pub(super) zones: &'a Zones,
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

/// Whether a value contains a word, in any case.
fn contains(value: &[u8], word: &[u8]) -> bool {
    value.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}
