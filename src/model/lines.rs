//! Which lines two versions of a file do not share.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// A set of line numbers, counted from one, kept as ascending ranges that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSet(Vec<Range<u32>>);

impl LineSet {
    /// Every line of a text with `count` lines.
    #[must_use]
    pub fn all(count: u32) -> Self {
        Self::from_ranges(std::iter::once(1..count.saturating_add(1)))
    }

    /// Ranges must ascend and not overlap; empty ones are dropped and touching ones joined.
    pub fn from_ranges(ranges: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut kept: Vec<Range<u32>> = Vec::new();
        for range in ranges.into_iter().filter(|range| range.start < range.end) {
            match kept.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => kept.push(range),
            }
        }
        Self(kept)
    }

    #[must_use]
    pub fn contains(&self, line: u32) -> bool {
        self.overlaps(line..line.saturating_add(1))
    }

    #[must_use]
    pub fn overlaps(&self, lines: Range<u32>) -> bool {
        let first = self.0.partition_point(|range| range.end <= lines.start);
        self.0.get(first).is_some_and(|range| range.start < lines.end)
    }

    pub fn ranges(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.0.iter().cloned()
    }

    /// The set but for some lines.
    #[must_use]
    pub fn without(&self, gap: &Range<u32>) -> Self {
        let around = |range: Range<u32>| [range.start..range.end.min(gap.start), range.start.max(gap.end)..range.end];
        Self::from_ranges(self.ranges().flat_map(around))
    }

    /// How many lines the set holds.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The line difference of two texts, as `git diff` with no context would show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineDiff {
    /// Lines of the new text.
    pub added: LineSet,
    /// Lines of the old text.
    pub deleted: LineSet,
    pub hunks: u32,
}

impl LineDiff {
    /// Myers with git's own bounds on effort, so hostile texts end in time and two machines
    /// always count the same: a time limit here would make the decision depend on the clock.
    ///
    /// Decisions on record rest on these counts. `similar`, which tells what became of a signed file, counts
    /// some files otherwise (3 of 452 that were modified in 120 commits), and takes 3% more steps for a range.
    #[must_use]
    pub fn between(old: &[u8], new: &[u8]) -> Self {
        if old == new {
            return Self::default();
        }
        if old.is_empty() || new.is_empty() {
            return Self::replaced(line_count(old), line_count(new));
        }
        let input = InternedInput::new(old, new);
        let diff = Diff::compute(Algorithm::Myers, &input);
        let hunks = || diff.hunks();
        Self {
            added: LineSet::from_ranges(hunks().map(|hunk| hunk.after.start + 1..hunk.after.end + 1)),
            deleted: LineSet::from_ranges(hunks().map(|hunk| hunk.before.start + 1..hunk.before.end + 1)),
            hunks: u32::try_from(hunks().count()).unwrap_or(u32::MAX),
        }
    }

    /// Every old line gone, every new line added.
    #[must_use]
    pub fn replaced(old_lines: u32, new_lines: u32) -> Self {
        Self {
            added: LineSet::all(new_lines),
            deleted: LineSet::all(old_lines),
            hunks: u32::from(old_lines > 0 || new_lines > 0),
        }
    }
}

/// How many lines a text has; a last line without its newline counts.
#[must_use]
pub fn line_count(text: &[u8]) -> u32 {
    let newlines = memchr::memchr_iter(b'\n', text).count();
    let unfinished = text.last().is_some_and(|&last| last != b'\n');
    u32::try_from(newlines + usize::from(unfinished)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(set: &LineSet) -> Vec<(u32, u32)> {
        set.ranges().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn lines_are_counted_from_one_on_both_sides() {
        let diff = LineDiff::between(b"a\nb\nc\n", b"a\nx\ny\nc\nd");

        assert_eq!(pairs(&diff.added), [(2, 4), (5, 6)]);
        assert_eq!(pairs(&diff.deleted), [(2, 3)]);
        assert_eq!(diff.hunks, 2);
    }

    #[test]
    fn a_new_file_is_one_hunk_of_all_its_lines() {
        assert_eq!(LineDiff::between(b"", b"a\nb"), LineDiff::replaced(0, 2));
    }

    #[test]
    fn losing_the_final_newline_is_a_changed_line() {
        let diff = LineDiff::between(b"a\nb\n", b"a\nb");

        assert_eq!((diff.added.count(), diff.deleted.count()), (1, 1));
    }

    #[test]
    fn a_set_answers_for_its_lines_only() {
        let set = LineSet::from_ranges([2..4, 4..6, 9..9, 10..12]);

        assert_eq!(pairs(&set), [(2, 6), (10, 12)]);
        assert_eq!(set.count(), 6);
        assert!(set.contains(5) && !set.contains(6) && set.contains(11) && !set.contains(1));
        assert!(set.overlaps(6..11) && !set.overlaps(6..10));
        assert_eq!(pairs(&set.without(&(3..5))), [(2, 3), (5, 6), (10, 12)]);
        assert_eq!(pairs(&set.without(&(5..11))), [(2, 5), (11, 12)]);
        assert_eq!(set.without(&(6..10)), set);
    }
}
