//! Turns matches into findings: which of them count, where they are, and what may be shown.
//!
//! Of overlapping matches only the best is reported (`resolve`), on lines that count, without showing the
//! secret (`redact`). Some rules report only on a change as a whole (`tally`). What people write is kept
//! free of secrets the same way (`written`).

mod found;
mod position;
mod redact;
mod resolve;
mod tally;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::definition::ToldAt;
use super::rule::{Compiled, Rule};
use super::search::{Match, Matches, Part};
use super::set::Rules;
use crate::check::marker::{Inline, Marked};
use crate::model::{Arrange, Finding, Fingerprint, Place, RepoPath, RuleId, Scanned, Severity};
pub use found::{Found, MESSAGE_PATH, TAG_PATH};
pub(super) use found::{HEADER_PATH, TAG_HEADER_PATH};
use position::Position;
use redact::excerpt;
use resolve::resolve;
pub use tally::Tally;

/// How many findings of one rule in one file are listed. What follows becomes one more.
pub(super) const MOST_FINDINGS: u32 = 100;

/// How many inline waivers of one file are read. What follows excuses nothing.
const MOST_WAIVERS: usize = 20_000;

/// Which side of a change a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Facing {
    Old,
    New,
}

/// Tells the matches of one text, from its beginning to its end.
pub(super) struct Teller<'a> {
    rules: &'a Rules,
    path: &'a RepoPath,
    /// A binary file has no lines.
    binary: bool,
    facing: Facing,
    position: Position,
    /// Where the text begins that is still there.
    kept: Position,
    /// Where matches end that are to be told.
    news: Range<usize>,
    /// What detectors say of matches, by rule and start.
    details: BTreeMap<(u16, usize), String>,
    told: BTreeMap<u16, u32>,
    /// Rules by the lines they match on, told or not.
    seen: BTreeSet<(u32, u16)>,
    /// Rules with more matches than were kept, which may be on any line.
    anywhere: Vec<u16>,
    marked: Vec<(Marked, Position)>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(rules: &'a Rules, path: &'a RepoPath, scanned: Scanned, facing: Facing) -> Self {
        let binary = scanned == Scanned::Binary;
        Self {
            rules,
            path,
            binary,
            facing,
            position: Position::default(),
            kept: Position::default(),
            news: 0..usize::MAX,
            details: BTreeMap::new(),
            told: BTreeMap::new(),
            seen: BTreeSet::new(),
            anywhere: Vec::new(),
            marked: Vec::new(),
        }
    }

    /// Findings of the matches named here say so.
    pub(super) fn with_details(self, details: &BTreeMap<(u16, usize), String>) -> Self {
        Self { details: details.clone(), ..self }
    }

    /// The same for matches that come later.
    pub(super) fn detail(&mut self, details: impl Iterator<Item = ((u16, usize), String)>) {
        self.details.extend(details);
    }

    /// Adds the findings of the matches in a part of the text. `secrets` are what besides them no
    /// excerpt may show; `counts` says whether lines are among those judged.
    pub(super) fn tell(
        &mut self,
        part: Part<'_>,
        matches: &[Match],
        secrets: &[Match],
        counts: impl Fn(&Rule, Range<u32>) -> bool,
        out: &mut Found,
    ) {
        let hidden = self.hidden(part, matches.iter().chain(secrets));
        for found in resolve(&self.rules.all, part, matches) {
            let Some((rule, compiled)) = self.rules.compiled(found.rule) else { continue };
            let within =
                |range: &Range<usize>| range.start.saturating_sub(part.base)..range.end.saturating_sub(part.base);
            let (value, whole) = (within(&found.value), within(&found.whole));
            if !self.news.contains(&found.value.end) {
                continue;
            }
            let shown = shown(part.text, compiled, &whole, &value);
            let told_at = self.position(part, part.base + shown.start);
            let position = self.position(part, found.value.start);
            self.seen.insert((told_at.line, found.rule));
            if !counts(rule, lines(part.text, &whole, value.start, position.line)) {
                continue;
            }
            let text = part.text.get(value.clone()).unwrap_or_default();
            let tell = || {
                let mut finding = self.rules.finding(rule, compiled, self.place(told_at), text);
                finding.removed = self.facing == Facing::Old;
                if let Some(detail) = self.details.get(&(found.rule, found.value.start)) {
                    finding.message = format!("{} ({detail})", finding.message);
                }
                if !self.binary {
                    finding.excerpt = Some(excerpt(part.text, &shown, &hidden));
                }
                finding
            };
            if rule.net {
                match self.facing {
                    Facing::Old => out.tally.removed(found.rule, tell),
                    Facing::New => out.tally.added(found.rule),
                }
                continue;
            }
            let told = self.told.get(&found.rule).copied().unwrap_or(0);
            if told < MOST_FINDINGS {
                out.findings.push(tell());
            } else if told == MOST_FINDINGS {
                out.findings.push(self.rules.more(rule, compiled, self.path));
            }
            self.told.insert(found.rule, told.saturating_add(1));
        }
    }

    /// The next call tells only matches that end there.
    pub(super) fn only(&mut self, ends: Range<usize>) {
        self.news = ends;
    }

    /// Counts the lines up to a place: what is before it will be gone.
    pub(super) fn pass(&mut self, part: Part<'_>, place: usize) {
        self.kept.walk(part.text, part.base, place);
        if self.position.at < place {
            self.position = self.kept;
        }
    }

    /// Matches come in order, but a long one may be told after those within it.
    fn position(&mut self, part: Part<'_>, place: usize) -> Position {
        let mut position = if place < self.position.at { self.kept } else { self.position };
        position.walk(part.text, part.base, place);
        if place > self.position.at {
            self.position = position;
        }
        position
    }

    /// Adds the rules with more matches than were kept.
    pub(super) fn finish(&mut self, found: &Matches, out: &mut Found) {
        self.anywhere.clone_from(&found.more);
        for &index in &found.more {
            if self.told.get(&index).is_some_and(|told| *told > MOST_FINDINGS) {
                continue;
            }
            // What is only counted over the change says nothing of one file.
            if let Some((rule, compiled)) = self.rules.compiled(index).filter(|(rule, _)| !rule.net) {
                out.findings.push(self.rules.more(rule, compiled, self.path));
            }
        }
    }

    /// Reads the inline waivers marked at these places, which ascend.
    pub(super) fn mark(&mut self, part: Part<'_>, places: &[usize], matches: &[Match]) {
        if places.is_empty() || self.binary {
            return;
        }
        let hidden = self.hidden(part, matches.iter());
        for &place in places {
            if self.marked.len() == MOST_WAIVERS {
                return;
            }
            if let Some(marked) = Marked::read(self.path, part.text, place.saturating_sub(part.base), &hidden) {
                let position = self.position(part, place);
                self.marked.push((marked, position));
            }
        }
    }

    /// The inline waivers, once all matches are told. `elsewhere` are findings that are on no line
    /// of this text.
    pub(super) fn waivers(&self, elsewhere: &[(RuleId, Fingerprint)], is_added: impl Fn(u32) -> bool) -> Vec<Inline> {
        let mut waivers: Vec<Inline> = Vec::new();
        let mut below: Option<(u32, u32)> = None;
        for (marked, position) in self.marked.iter().rev() {
            let line = position.line;
            // Waivers that stand alone above each other all excuse the line beneath them.
            let covers = match below {
                _ if !marked.alone => line,
                Some((next, covers)) if next == line.saturating_add(1) => covers,
                Some(_) | None => line.saturating_add(1),
            };
            if marked.alone {
                below = Some((line, covers));
            }
            let seen = self.seen.range((covers, 0)..=(covers, u16::MAX)).map(|(_, rule)| rule);
            let ids: Vec<&str> =
                seen.chain(&self.anywhere).filter_map(|rule| self.rules.get(*rule)).map(|rule| &*rule.id).collect();
            waivers.push(Inline::new(marked, self.place(*position), covers, &ids, elsewhere).added(is_added(line)));
        }
        waivers.reverse();
        waivers
    }

    fn place(&self, position: Position) -> Place {
        let (line, column) = (Some(position.line), Some(position.column));
        let known = !self.binary;
        Place { path: self.path.clone(), line: line.filter(|_| known), column: column.filter(|_| known), commit: None }
    }

    /// Ascending places in the part that no excerpt may show.
    fn hidden<'m>(&self, part: Part<'_>, matches: impl Iterator<Item = &'m Match>) -> Vec<Range<usize>> {
        let secret = |found: &&Match| {
            let definition = self.rules.get(found.rule).and_then(Rule::definition);
            definition.is_none_or(|definition| !definition.show)
        };
        let within =
            |found: &Match| found.value.start.saturating_sub(part.base)..found.value.end.saturating_sub(part.base);
        let mut hidden: Vec<Range<usize>> = matches.filter(secret).map(within).collect();
        hidden.arrange_by_key(|range| (range.start, range.end));
        hidden
    }
}

/// What a finding points at: the value, or the first line of the block that it stands in.
fn shown(text: &[u8], compiled: &Compiled, whole: &Range<usize>, value: &Range<usize>) -> Range<usize> {
    let head = text.get(whole.start..value.start).unwrap_or_default();
    match memchr::memchr(b'\n', head) {
        Some(end) if compiled.definition().is_some_and(|rule| rule.told_at == ToldAt::Block) => {
            whole.start..whole.start + head.get(..end).unwrap_or_default().trim_ascii_end().len()
        }
        Some(_) | None => value.clone(),
    }
}

impl Rules {
    pub(super) fn finding(&self, rule: &Rule, compiled: &Compiled, place: Place, matched: &[u8]) -> Finding {
        // What cannot be read is told all the same, as the worst it may be.
        let definition = compiled.definition();
        let own = definition.map_or(Severity::Deny, |definition| definition.severity);
        let message = definition.map_or(&*rule.id, |definition| &definition.message);
        let severity = self.severity(&rule.id, own);
        let mut finding = Finding::at(place, RuleId::new(&*rule.id), severity, message, matched);
        finding.help = definition.and_then(|definition| definition.help.clone());
        finding.floor = definition.and_then(|definition| definition.floor);
        finding
    }

    /// A file must not hide a match behind many that are excused: the rest is a finding too.
    pub(super) fn more(&self, rule: &Rule, compiled: &Compiled, path: &RepoPath) -> Finding {
        let mut finding = self.finding(rule, compiled, Place::whole(path), b"more");
        finding.message = format!("{}: more than are listed here", finding.message);
        finding
    }
}

/// The lines a match touches, given the line its value starts on.
fn lines(text: &[u8], whole: &Range<usize>, value: usize, line: u32) -> Range<u32> {
    let newlines = |range: Range<usize>| {
        let count = memchr::memchr_iter(b'\n', text.get(range).unwrap_or_default()).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let first = line.saturating_sub(newlines(whole.start.min(value)..value));
    let last = line.saturating_add(newlines(value..whole.end.saturating_sub(1).max(value)));
    first..last.saturating_add(1)
}
