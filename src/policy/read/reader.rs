//! Typed values out of a YAML tree, with a mistake for everything that is not as it should be.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::model::{Mistake, PolicyLine, hides_text};
use crate::policy::{NameGlob, PathGlob, Reach};
use crate::yaml::{Entry, Mistakes, Node, Scalar, Span, Value};

use super::keys::{self, Shape};
use super::words::{did_you_mean, listed, short};

/// Lines are shown in reports; of a longer one only what stands around the place is kept.
const SHOWN_BEFORE: usize = 60;
const SHOWN: usize = 200;

/// A value, the key that leads to it, and where that is said.
#[derive(Clone, Copy)]
pub(super) struct Field<'n> {
    pub(super) key: &'n str,
    pub(super) span: Span,
    pub(super) node: &'n Node,
}

/// A map whose keys are all known.
#[derive(Clone, Copy)]
pub(super) struct Table<'n> {
    pub(super) span: Span,
    entries: &'n [Entry],
}

impl<'n> Table<'n> {
    pub(super) fn entry(self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    pub(super) fn field(self, key: &str) -> Option<Field<'n>> {
        let entry = self.entry(key)?;
        Some(Field { key: &entry.key.text, span: entry.key.span, node: &entry.value })
    }
}

pub(super) struct Reader<'a> {
    /// `None` for the built-in policy, whose lines no report shows.
    origin: Option<&'a str>,
    lines: Vec<&'a str>,
    walked: Option<Walked<'a>>,
    pub(super) mistakes: Mistakes,
}

/// How far into a long line the last look went.
#[derive(Clone, Copy)]
struct Walked<'a> {
    line: u32,
    characters: usize,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(origin: &'a str, text: &'a str, mistakes: Mistakes) -> Self {
        Self { origin: Some(origin), lines: text.lines().collect(), walked: None, mistakes }
    }

    pub(super) fn of_known() -> Self {
        Self { origin: None, lines: Vec::new(), walked: None, mistakes: Mistakes::default() }
    }

    pub(super) fn note(&mut self, mistake: Mistake) {
        self.mistakes.add(mistake);
    }

    pub(super) fn table<'n>(&mut self, field: Field<'n>, shape: &Shape) -> Option<Table<'n>> {
        let entries = self.map(field)?;
        for entry in entries.iter().filter(|entry| !shape.keys.contains(&entry.key.text.as_str())) {
            self.unknown_key(entry, shape);
        }
        Some(Table { span: field.span, entries })
    }

    /// A map whose keys are names that the policy chooses.
    pub(super) fn map<'n>(&mut self, field: Field<'n>) -> Option<&'n [Entry]> {
        match &field.node.value {
            Value::Map(entries) => {
                for key in entries.iter().map(|entry| &entry.key) {
                    self.refuse_unseen(&key.text, key.span);
                }
                Some(entries)
            }
            Value::Scalar(_) | Value::List(_) | Value::Refused => {
                self.expected("a map", field);
                None
            }
        }
    }

    pub(super) fn list<'n>(&mut self, field: Field<'n>) -> Option<impl Iterator<Item = Field<'n>> + use<'n>> {
        match &field.node.value {
            Value::List(items) => Some(items.iter().map(move |node| Field { key: field.key, span: node.span, node })),
            Value::Scalar(_) | Value::Map(_) | Value::Refused => {
                self.expected("a list", field);
                None
            }
        }
    }

    pub(super) fn text<'n>(&mut self, field: Field<'n>) -> Option<&'n str> {
        match &field.node.value {
            Value::Scalar(scalar) if !scalar.is_null() => {
                self.refuse_unseen(&scalar.text, field.node.span);
                Some(&scalar.text)
            }
            Value::Scalar(_) | Value::List(_) | Value::Map(_) | Value::Refused => {
                self.expected("a text", field);
                None
            }
        }
    }

    pub(super) fn texts<'n>(&mut self, field: Field<'n>) -> Option<Vec<(&'n str, Span)>> {
        let items: Vec<Field<'n>> = self.list(field)?.collect();
        if self.origin.is_none() {
            // What is part of the program is known to list nothing twice.
            return Some(items.into_iter().filter_map(|item| Some((self.text(item)?, item.span))).collect());
        }
        let mut seen = BTreeSet::new();
        let mut texts: Vec<(&str, Span)> = Vec::new();
        for item in items {
            let Some(text) = self.text(item) else { continue };
            if seen.insert(text) {
                texts.push((text, item.span));
            } else {
                self.note(item.span.mistake(format!("`{}` lists `{}` twice", item.key, short(text))));
            }
        }
        Some(texts)
    }

    pub(super) fn flag(&mut self, field: Field<'_>) -> Option<bool> {
        let scalar = scalar(field.node);
        let flag = scalar.and_then(Scalar::boolean);
        if flag.is_none() {
            let help = match scalar.map(|scalar| scalar.text.to_lowercase()).as_deref() {
                Some("yes" | "on" | "y" | "true") => Some("write `true`"),
                Some("no" | "off" | "n" | "false") => Some("write `false`"),
                _ => None,
            };
            self.expected_with("`true` or `false`", field, help);
        }
        flag
    }

    pub(super) fn integer(&mut self, field: Field<'_>, range: RangeInclusive<u32>) -> Option<u32> {
        let number = scalar(field.node).and_then(Scalar::integer);
        let fitting = number.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
        match (number, fitting) {
            (_, Some(fitting)) => Some(fitting),
            (Some(number), None) => {
                let bounds = format!("from {} to {}", range.start(), range.end());
                let mistake = format!("`{}` must be a number {bounds}, not {number}", field.key);
                self.note(field.node.span.mistake(mistake));
                None
            }
            (None, None) => {
                self.expected(&format!("a number from {} to {}", range.start(), range.end()), field);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, field: Field<'_>, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(field)?;
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if known.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let mistake = field.node.span.mistake(format!("`{}` cannot be `{}`", field.key, short(text)));
            self.note(mistake.help(did_you_mean(text, &names).unwrap_or_else(|| format!("one of {}", listed(&names)))));
        }
        known
    }

    /// A section that must name something for a table to make sense.
    pub(super) fn required<'n>(&mut self, table: Table<'n>, key: &str) -> Option<Field<'n>> {
        let field = table.field(key);
        if field.is_none() {
            self.note(table.span.mistake(format!("`{key}` is missing")));
        }
        field
    }

    pub(super) fn globs(&mut self, field: Field<'_>, reach: Reach) -> Option<Vec<PathGlob>> {
        let texts = self.texts(field)?;
        let mut globs = Vec::with_capacity(texts.len());
        for (text, span) in texts {
            if self.origin.is_none() {
                globs.push(PathGlob::known(text, reach));
                continue;
            }
            match PathGlob::new(text, reach, self.line(span)) {
                Ok(glob) => globs.push(glob),
                Err(reason) => self.invalid_glob(field.key, text, span, reason),
            }
        }
        Some(globs)
    }

    pub(super) fn name_glob(&mut self, key: &str, text: &str, span: Span) -> Option<NameGlob> {
        NameGlob::new(text).map_err(|reason| self.invalid_glob(key, text, span, reason)).ok()
    }

    pub(super) fn invalid_glob(&mut self, key: &str, text: &str, span: Span, reason: String) {
        self.note(span.mistake(format!("`{key}` has an invalid glob `{}`", short(text))).because(reason));
    }

    /// `30m`, `24h` or `7d`, in seconds.
    pub(super) fn duration(&mut self, field: Field<'_>) -> Option<u64> {
        const YEAR: u64 = 365 * 24 * 3600;
        let text = self.text(field)?;
        let seconds = [('m', 60), ('h', 3600), ('d', 24 * 3600)].into_iter().find_map(|(unit, seconds)| {
            let count = text.strip_suffix(unit)?;
            let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
            count.parse::<u64>().ok().filter(|_| digits)?.checked_mul(seconds)
        });
        let fitting = seconds.filter(|seconds| (60..=YEAR).contains(seconds));
        if fitting.is_none() {
            let mistake = field.node.span.mistake(format!("`{}` cannot be `{}`", field.key, short(text)));
            self.note(match seconds {
                Some(_) => mistake.because("it must lie between one minute and a year"),
                None => mistake.help("write a number and a unit, such as `30m`, `24h` or `7d`"),
            });
        }
        fitting
    }

    /// A name that appears in commands, files and messages.
    pub(super) fn name<'n>(&mut self, what: &str, text: &'n str, span: Span) -> Option<&'n str> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let good = !text.is_empty() && text.chars().all(fits);
        if !good {
            let mistake = span.mistake(format!("`{}` cannot name {what}", short(text)));
            self.note(mistake.because("a name has letters, digits, `-`, `_` and `.` only"));
        }
        good.then_some(text)
    }

    /// The line a report shows when this place decided something.
    pub(super) fn line(&mut self, span: Span) -> Option<PolicyLine> {
        let origin = self.origin?.to_owned();
        let index = usize::try_from(span.line).ok()?.checked_sub(1)?;
        let text = self.lines.get(index).copied()?;
        let start = usize::try_from(span.column).ok()?.checked_sub(1)?;
        let length = usize::try_from(span.length).ok()?;
        if text.len() <= SHOWN {
            let end = (start + length).min(text.chars().count());
            return Some(PolicyLine { origin, line: span.line, start, end, text: text.to_owned() });
        }
        let skipped = start.saturating_sub(SHOWN_BEFORE);
        let text: String = self.after(span.line, text, skipped).chars().take(SHOWN).collect();
        let start = start - skipped;
        let end = (start + length).min(text.chars().count());
        Some(PolicyLine { origin, line: span.line, start, end, text })
    }

    /// What follows the first `skipped` characters of a line. It goes on from where the last
    /// call ended, so that a thousand globs on one line do not each walk all of it.
    fn after(&mut self, line: u32, text: &'a str, skipped: usize) -> &'a str {
        let known = self.walked.filter(|walked| walked.line == line && walked.characters <= skipped);
        let from = known.unwrap_or(Walked { line, characters: 0, rest: text });
        let mut rest = from.rest.chars();
        if let Some(more) = (skipped - from.characters).checked_sub(1) {
            rest.nth(more);
        }
        let rest = rest.as_str();
        self.walked = Some(Walked { line, characters: skipped, rest });
        rest
    }

    fn expected(&mut self, what: &str, field: Field<'_>) {
        let help = match (&field.node.value, what) {
            (Value::Scalar(scalar), "a list") if !scalar.is_null() => Some("put it in brackets: `[\"…\"]`"),
            _ => None,
        };
        self.expected_with(what, field, help);
    }

    fn expected_with(&mut self, what: &str, field: Field<'_>, help: Option<&str>) {
        let Field { key, node, .. } = field;
        let mistake = match &node.value {
            // Already noted where it was refused.
            Value::Refused => return,
            Value::Scalar(scalar) if scalar.is_null() => {
                let mistake = node.span.mistake(format!("`{key}` has no value"));
                mistake.help(format!("it must be {what}; without the key, the default holds"))
            }
            other @ (Value::Scalar(_) | Value::List(_) | Value::Map(_)) => {
                node.span.mistake(format!("`{key}` must be {what}, not {}", other.described()))
            }
        };
        self.note(match help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }

    /// What an escape put into a text would not be seen wherever the text is shown.
    fn refuse_unseen(&mut self, text: &str, span: Span) {
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !is_plain && text.contains(|c: char| c.is_control() || hides_text(c)) {
            let mistake = span.mistake(format!("`{}` holds characters that cannot be seen", short(text)));
            self.note(mistake.help("remove them"));
        }
    }

    fn unknown_key(&mut self, entry: &Entry, shape: &Shape) {
        if self.mistakes.is_full() {
            return self.note(entry.key.span.mistake(""));
        }
        let key = entry.key.text.as_str();
        let whole = if shape.place.is_empty() { "a policy".into() } else { format!("`{}`", shape.place) };
        let elsewhere = keys::ALL.iter().find(|other| other.keys.contains(&key) && !other.place.contains(['*', '[']));
        let help = did_you_mean(key, shape.keys).unwrap_or_else(|| match elsewhere {
            Some(other) if other.place.is_empty() => format!("`{key}` belongs at the top of the policy"),
            Some(other) => format!("`{key}` belongs under `{}`", other.place),
            None => format!("known here: {}", listed(shape.keys)),
        });
        self.note(entry.key.span.mistake(format!("`{}` is not a key of {whole}", short(key))).help(help));
    }
}

pub(super) fn scalar(node: &Node) -> Option<&Scalar> {
    match &node.value {
        Value::Scalar(scalar) => Some(scalar),
        Value::List(_) | Value::Map(_) | Value::Refused => None,
    }
}
