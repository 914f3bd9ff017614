//! The list at the end of a zip, compared with what was read.

use std::ops::Range;

/// Where a file begins, and all that its header says of how it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: u64,
    pub(super) says: u64,
}

#[derive(Default)]
pub(super) struct List {
    /// What was read, as it follows each other.
    read: Vec<Entry>,
    /// What is listed without a gap.
    listed: Vec<Entry>,
    place: Range<u64>,
}

impl List {
    pub(super) fn read(&mut self, file: Entry) {
        self.read.push(file);
    }

    pub(super) fn add(&mut self, entry: Entry, place: Range<u64>) {
        if place.start != self.place.end {
            self.listed.clear();
        }
        if self.listed.is_empty() {
            self.place.start = place.start;
        }
        self.place.end = place.end;
        // With more entries than were read it is not the list of those.
        if self.listed.len() <= self.read.len() {
            self.listed.push(entry);
        }
    }

    /// Whether everything that is listed was read, wherever a reader takes the list to begin: by its size
    /// before the end, or by its offset, which counts from where the first of several archives does not.
    pub(super) fn ends(&mut self, at: u64, count: u64, size: u64, offset: u64) -> bool {
        let listed = std::mem::take(&mut self.listed);
        if listed.is_empty() {
            return count == 0 && size == 0;
        }
        let Some(before) = self.place.start.checked_sub(offset) else { return false };
        let was_read = |entry: &Entry| {
            let at = entry.at + before;
            let found = self.read.binary_search_by_key(&at, |file| file.at);
            found.ok().and_then(|index| self.read.get(index)).is_some_and(|file| file.says == entry.says)
        };
        self.place == (at - size.min(at)..at) && count == listed.len() as u64 % (1 << 16) && listed.iter().all(was_read)
    }
}
