//! Tries the rules of a group on a text, each only where one of its keywords stands.

mod escaped;

use std::ops::Range;

use self::escaped::Reader;
use super::group::{Group, WAIVER};
use super::matches::{MOST_MATCHES, Match, Matches, Part};
use super::states::States;
use crate::check::rules::built::required::FARTHEST;
use crate::check::rules::built::tables::LONGEST;
use crate::check::rules::definition::{Anchor, On};
use crate::check::rules::rule::{CONTEXT, Next, Rule, Subject, Unit, Window, next_end, unit_at};
use crate::check::verify::Zones;

/// Regions of one rule that touch are tried as one, up to this size.
const REGION: usize = 4 * FARTHEST as usize;

/// How much text must follow a place before its keywords are tried, unless the file ends.
pub(in crate::check::rules) const LOOK_AHEAD: usize = FARTHEST as usize + CONTEXT;

/// Walks over a text piece by piece. All places it keeps count from the start of the file.
pub(in crate::check::rules) struct Finder<'a> {
    rules: &'a [Rule],
    group: &'a Group,
    subject: Subject<'a>,
    only_exact: bool,
    about: About,
    states: States,
    /// Where rules are still to be tried whose matches may end behind the next line.
    open: Vec<(u16, Range<usize>)>,
    /// Of the part that is walked.
    zones: Zones,
    found: Matches,
    /// Walks over what is written with escapes.
    reader: Option<Box<Reader<'a>>>,
}

/// Only matches that reach into it are looked for.
struct About {
    whole: Range<usize>,
    /// The parts of it that matter, ascending; all of it if they are not known.
    parts: Option<Vec<Range<usize>>>,
}

impl About {
    fn is_reached_by(&self, places: &Range<usize>) -> bool {
        let meets = |part: &Range<usize>| places.end > part.start && places.start < part.end;
        meets(&self.whole)
            && self.parts.as_ref().is_none_or(|parts| {
                let first = parts.partition_point(|part| part.end <= places.start);
                parts.get(first).is_some_and(meets)
            })
    }
}

impl<'a> Finder<'a> {
    /// `only_exact` leaves out the rules that guess: what looks like a password in a compiled
    /// program rarely is one.
    pub(in crate::check::rules) fn new(
        rules: &'a [Rule],
        group: &'a Group,
        subject: Subject<'a>,
        only_exact: bool,
    ) -> Self {
        Self {
            rules,
            group,
            subject,
            only_exact,
            about: About { whole: 0..usize::MAX, parts: None },
            states: States::new(rules.len()),
            open: Vec::new(),
            zones: Zones::default(),
            found: Matches::default(),
            reader: None,
        }
    }

    /// Leaves out matches that do not reach into these lines, or these parts of them where they are known,
    /// unless the whole file matters to some rule.
    pub(super) fn about(mut self, lines: Range<usize>, parts: Option<Vec<Range<usize>>>) -> Self {
        let group = self.group;
        if !group.of_files.iter().any(|&index| self.covers(index)) {
            // Of lines that are alike, another may be taken for the new one than stands where texts part.
            let parted = parts.as_ref().and_then(|parts| Some(parts.first()?.start..parts.last()?.end));
            let parted = parted.unwrap_or_else(|| lines.clone());
            self.about = About { whole: lines.start.min(parted.start)..lines.end.max(parted.end), parts };
        }
        self
    }

    /// Where the unit starts whose end is the first to reach a place.
    fn near(part: Part<'_>, place: usize) -> usize {
        let before = place.checked_sub(part.base + 1);
        before.map_or(0, |before| unit_at(part.text, part.base, before.min(part.text.len())).starts.start)
    }

    /// Where keywords may stand, in a text of this length, of matches that are looked for.
    pub(super) fn reaching(&self, length: usize) -> Range<usize> {
        self.about.whole.start.saturating_sub(REGION)..self.about.whole.end.min(length)
    }

    /// The pieces of a text to look for keywords in, from `near` on.
    fn pieces(&self, part: Part<'_>, near: usize, end: usize) -> Vec<Range<usize>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut add = |piece: Range<usize>| match pieces.last_mut() {
            Some(last) if piece.start <= last.end => last.end = last.end.max(piece.end),
            _ => pieces.push(piece),
        };
        match self.about.parts.as_ref().filter(|_| !self.group.leads_far) {
            None => add(near..end),
            Some(parts) => {
                for reached in parts {
                    let start = Self::near(part, reached.start).max(near);
                    add(start..reached.end.saturating_sub(part.base).min(end));
                }
            }
        }
        pieces
    }

    /// Tries all rules whose keywords start in `places`, counted from the start of the part.
    pub(in crate::check::rules) fn walk(&mut self, part: Part<'_>, places: Range<usize>) {
        self.search(part, places.clone());
        // What a program holds is not written for others to read.
        if !self.only_exact {
            self.read(part, &places);
        }
    }

    fn search(&mut self, part: Part<'_>, places: Range<usize>) {
        self.zones = Zones::default();
        let mut unit = Unit::default();
        let group = self.group;
        let from = places.start;
        let to = part.text.len().min(places.end + LONGEST);
        // Before this place only keywords matter that lead far.
        let near = Self::near(part, self.about.whole.start).clamp(from, to.max(from));
        let pieces = self.pieces(part, near, places.end);
        let rules = self.rules;
        let mut lead = |index, at| {
            if at >= places.end {
                return;
            }
            if index == WAIVER {
                self.found.waivers.push(part.base + at);
                return;
            }
            if !unit.owns.contains(&at) {
                unit = unit_at(part.text, part.base, at);
            }
            self.hit(index, part, &unit, at);
        };
        if near > from {
            let before = part.text.get(..to.min(near + LONGEST)).unwrap_or_default();
            let leads_far = |index: u16| rules.get(usize::from(index)).is_some_and(|rule| rule.span.is_some());
            let far = group.far(rules, before.len().saturating_sub(from));
            far.unwrap_or(&group.prefilter).scan(before, from, |index, at| {
                if at < near && leads_far(index) {
                    lead(index, at);
                }
            });
        }
        for piece in pieces {
            let text = part.text.get(..to.min(piece.end + LONGEST)).unwrap_or_default();
            group.prefilter.scan(text, piece.start, |index, at| {
                if at < piece.end {
                    lead(index, at);
                }
            });
        }
        for index in &group.every_line {
            let Some(rule) = self.rule(*index) else { continue };
            if rule.span.is_some() {
                // What a match is known by may stand many lines behind its start.
                self.each_unit(*index, part, &places, |_, at| Some(at));
            } else {
                self.each_unit(*index, part, &places, |text, at| rule.runs.next(text, at));
            }
        }
        for index in &group.non_ascii {
            self.each_unit(*index, part, &places, next_non_ascii);
        }
        self.finish_regions(part, places.end);
    }

    pub(in crate::check::rules) const fn found(&mut self) -> &mut Matches {
        &mut self.found
    }

    /// Where the first region starts that is still to be tried.
    pub(in crate::check::rules) fn unsettled(&self) -> usize {
        self.open.iter().map(|(_, region)| region.start).min().unwrap_or(usize::MAX)
    }

    /// What was found so far.
    pub(in crate::check::rules) fn take(&mut self) -> Matches {
        std::mem::take(&mut self.found)
    }

    /// Rules about a whole file in memory that no keyword leads to.
    pub(super) fn whole_file(&mut self, text: &[u8]) {
        for &index in &self.group.whole {
            if !self.covers(index) {
                continue;
            }
            let Some(compiled) = self.rule(index).and_then(Rule::compiled) else { continue };
            if !compiled.trial.has_regex {
                self.found.present.push(index);
                continue;
            }
            let part = Part::all(text);
            self.try_on(index, part, 0..text.len(), text.len());
        }
    }

    fn rule(&self, index: u16) -> Option<&'a Rule> {
        self.rules.get(usize::from(index))
    }

    fn covers(&mut self, index: u16) -> bool {
        let known = self.states.of(index).and_then(|state| state.covers);
        known.unwrap_or_else(|| {
            let asked = self.rule(index).filter(|rule| !(self.only_exact && rule.generic));
            let covers = asked.is_some_and(|rule| {
                let looks = rule.looks_at(&self.subject);
                self.found.asked.push((index, looks));
                looks
            });
            if let Some(state) = self.states.of(index) {
                state.covers = Some(covers);
            }
            covers
        })
    }

    fn hit(&mut self, index: u16, part: Part<'_>, unit: &Unit, at: usize) {
        let rule = self.rule(index);
        let is_far = rule.is_some_and(|rule| rule.span.is_some());
        // Each keyword has its own reach where that is not the unit's.
        let tried = part.base + if is_far { at } else { unit.owns.start } + 1;
        let end = part.base + if is_far { at + REGION } else { unit.end };
        if !self.about.is_reached_by(&(part.base + unit.starts.start..end)) {
            return;
        }
        let Some(state) = self.states.of(index).filter(|state| state.is_due(tried)) else { return };
        state.tried = tried;
        let Some(rule) = rule else { return };
        let window = || part.text.get(unit.starts.start..unit.end).unwrap_or_default();
        if rule.span.is_none() && !rule.runs.are_in(window()) || !self.covers(index) {
            return;
        }
        let Some(compiled) = rule.compiled() else { return };
        if !compiled.trial.has_regex {
            self.found.present.push(index);
        } else if let Some(span) = rule.span {
            self.extend_region(index, part, unit, at + usize::from(span.get()));
        } else {
            self.try_on(index, part, unit.starts.clone(), unit.end);
        }
    }

    fn each_unit(
        &mut self,
        index: u16,
        part: Part<'_>,
        places: &Range<usize>,
        next: impl Fn(&[u8], usize) -> Option<usize>,
    ) {
        if !self.covers(index) {
            return;
        }
        let is_of_every_line = self.rule(index).is_some_and(|rule| rule.anchor != Some(Anchor::NonAscii));
        let (mut at, mut tried) = (places.start, 0);
        while let Some(place) = next(part.text, at).filter(|place| *place < places.end) {
            let unit = unit_at(part.text, part.base, place);
            // What a match is known by may stand on the line behind its start.
            let before = unit.owns.start.checked_sub(1).filter(|before| is_of_every_line && *before >= tried);
            if let Some(before) = before {
                self.hit(index, part, &unit_at(part.text, part.base, before), before);
            }
            self.hit(index, part, &unit, place);
            tried = unit.owns.end;
            at = tried.max(place + 1);
        }
    }

    /// Has a rule tried on what a unit and a match reach that ends by a place.
    fn extend_region(&mut self, index: u16, part: Part<'_>, unit: &Unit, reach: usize) {
        let open = self.open.iter_mut().find(|(open, _)| *open == index).map(|(_, region)| region);
        if open.as_ref().is_some_and(|region| region.end > part.base + reach && region.end >= part.base + unit.end) {
            return;
        }
        let reached = part.base + unit.starts.start..part.base + next_end(part.text, reach).max(unit.end);
        let Some(region) = open else {
            self.open.push((index, reached));
            return;
        };
        if reached.start < region.end && reached.end <= region.start + REGION {
            region.end = reached.end;
        } else {
            let done = std::mem::replace(region, reached);
            self.try_region(index, part, &done);
        }
    }

    /// Tries regions that no later keyword can make longer.
    fn finish_regions(&mut self, part: Part<'_>, places_end: usize) {
        for (index, region) in std::mem::take(&mut self.open) {
            if part.last || region.end + CONTEXT <= part.base + places_end {
                self.try_region(index, part, &region);
            } else {
                self.open.push((index, region));
            }
        }
    }

    fn try_region(&mut self, index: u16, part: Part<'_>, region: &Range<usize>) {
        let end = (region.end - part.base).min(part.text.len());
        let starts = region.start.saturating_sub(part.base)..end;
        let text = part.text.get(starts.clone()).unwrap_or_default();
        if self.rule(index).is_some_and(|rule| rule.runs.are_in(text)) {
            self.try_on(index, part, starts, end);
        }
    }

    fn try_on(&mut self, index: u16, part: Part<'_>, starts: Range<usize>, end: usize) {
        let Some(rule) = self.rule(index) else { return };
        let Some(compiled) = rule.compiled() else { return };
        let (text, path, zones) = (part.text, self.subject.path, &self.zones);
        let window = Window { text, base: part.base, path, zones, starts, end };
        let Some(state) = self.states.of(index) else { return };
        if rule.on == On::File && state.count > 0 {
            return;
        }
        let (found, about) = (&mut self.found, &self.about);
        compiled.matches(&window, |whole, value| {
            if compiled.trial.requires {
                found.present.push(index);
                return Next::Stop;
            }
            if state.count >= MOST_MATCHES {
                if state.count == MOST_MATCHES {
                    found.more.push(index);
                    state.count += 1;
                }
                return Next::Stop;
            }
            let place = |range: Range<usize>| part.base + range.start..part.base + range.end;
            let reach = whole.start.min(value.start)..whole.end.max(value.end);
            if !about.is_reached_by(&place(reach)) {
                return Next::Go;
            }
            state.count += 1;
            found.kept.push(Match { value: place(value), whole: place(whole), rule: index });
            if rule.on == On::File { Next::Stop } else { Next::Go }
        });
    }
}

fn next_non_ascii(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    for chunk in text.get(from..)?.chunks(64) {
        if !chunk.is_ascii() {
            return chunk.iter().position(|byte| !byte.is_ascii()).map(|ahead| at + ahead);
        }
        at += chunk.len();
    }
    None
}

#[cfg(test)]
mod tests;
