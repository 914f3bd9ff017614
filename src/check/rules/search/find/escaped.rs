//! Tries the rules a second time where letters are written as escapes, on what the text says.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::Finder;
use crate::check::rules::definition::Definition;
use crate::check::rules::rule::Rule;
use crate::check::rules::search::matches::{Match, Part};
use crate::check::rules::search::plain::{Plain, escapes};

/// Lines with escapes that follow each other are read together, up to about this size.
const READ: usize = 64 * 1024;

/// How much text around such lines is shown to the rules.
const AROUND: usize = 1024;

/// What walks over pieces of text whose escapes were read, as over one text.
pub(super) struct Reader<'a> {
    finder: Finder<'a>,
    passed: usize,
}

impl Finder<'_> {
    /// Tries the rules again on lines with escapes, as what these say.
    pub(super) fn read(&mut self, part: Part<'_>, places: &Range<usize>) {
        let text = part.text;
        // A line may reach into what was walked before, or is to be walked next.
        let (mut at, last) = (places.start.saturating_sub(AROUND), text.len().min(places.end + AROUND));
        let line_end = |from: usize| {
            let line = text.get(from..last.min(from + 4 * READ)).unwrap_or_default();
            memchr(b'\n', line).map_or(from + line.len(), |newline| from + newline + 1)
        };
        while let Some((first, _)) = escapes(text, at..last).next() {
            let near = at.max(first.start.saturating_sub(AROUND));
            let before = text.get(near..first.start).unwrap_or_default();
            let start = memrchr(b'\n', before).map_or(near, |newline| near + newline + 1);
            let mut end = line_end(first.end);
            while end < last && end - start < READ {
                let next = line_end(end);
                if escapes(text, end..next).next().is_none() {
                    break;
                }
                end = next;
            }
            // A long line is read in pieces.
            end = if end - start > 2 * READ { start + READ } else { end }.max(first.end);
            let lines = start..end;
            if self.about.is_reached_by(&(part.base + start..part.base + end)) {
                self.read_lines(part, start.max(places.start)..end.min(places.end), lines);
            }
            at = end;
        }
    }

    fn read_lines(&mut self, part: Part<'_>, places: Range<usize>, lines: Range<usize>) {
        if places.is_empty() {
            return;
        }
        let around = lines.start.saturating_sub(AROUND)..part.text.len().min(lines.end + AROUND);
        let plain = Plain::of(part.text, around);
        let (rules, group, subject) = (self.rules, self.group, &self.subject);
        let reader = self.reader.get_or_insert_with(|| {
            Box::new(Reader { finder: Finder::new(rules, group, subject.clone(), false), passed: 0 })
        });
        let piece = Part { text: &plain.text, base: reader.passed, last: true };
        reader.finder.search(piece, plain.here_of(places.start)..plain.here_of(places.end));
        let found = reader.finder.take();
        self.found.asked.extend(found.asked);
        for Match { value, whole, rule } in found.kept {
            let here = |range: Range<usize>| range.start - reader.passed..range.end - reader.passed;
            let (value, whole) = (here(value), here(whole));
            if !plain.has_letter(&(whole.start.min(value.start)..whole.end.max(value.end))) {
                continue;
            }
            let place = |range: Range<usize>| part.base + plain.place(range.start)..part.base + plain.place(range.end);
            let (value, whole) = (place(value), place(whole));
            let definition = rules.get(usize::from(rule)).and_then(Rule::definition);
            let is_new = self.about.is_reached_by(&(whole.start.min(value.start)..whole.end.max(value.end)));
            if is_new && definition.is_some_and(Definition::finds_secrets) {
                self.found.kept.push(Match { value, whole, rule });
            }
        }
        reader.passed += plain.text.len();
    }
}
