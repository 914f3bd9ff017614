//! The entries of a pack: what each begins with, and what its bytes inflate to.

use std::sync::Arc;

use flate2::{Decompress, FlushDecompress};
use libdeflater::Decompressor;

use super::held::{Held, Room};
use super::index::Index;
use crate::git::formats::pack::{Kind, LONGEST_START, Start, start};
use crate::git::formats::pack_index::Source;

/// A pack's file.
pub(super) struct Entries {
    held: Held,
    /// Where the last entry ends.
    end: u64,
}

/// What an entry says before its bytes.
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// Once inflated.
    pub(super) size: usize,
    /// Where the deflated bytes start.
    start: u64,
}

#[derive(Default)]
pub(super) struct Inflating {
    inflate: Decompressor,
    page: Page,
}

/// The part of a pack that was read last.
#[derive(Default)]
struct Page {
    pack: usize,
    start: u64,
    /// How many of the bytes were read.
    size: usize,
    bytes: Vec<u8>,
}

/// A version and a count.
const HEADER: usize = 12;
const CHECKSUM: usize = 20;

/// No byte of a pack becomes more bytes than this.
const MOST_INFLATED: u64 = 1_032;

/// Two sizes, as a delta begins with, and so many bytes are enough to have them.
const SIZES: usize = 20;
const DEFLATED_SIZES: usize = 1 << 10;

/// How much is read at once where reading continues from before; elsewhere hardly more than is needed.
const ONWARDS: usize = 64 << 10;
const LEAST: usize = 4 << 10;

impl Entries {
    /// The pack that an index is of.
    pub(super) fn open(index: &Index, room: &Arc<Room>) -> Option<Self> {
        let held = Held::open(&index.pack(), room)?;
        let end = held.length().checked_sub(CHECKSUM as u64)?;
        let (mut header, mut checksum) = ([0; HEADER], [0; CHECKSUM]);
        held.read(&mut header, 0)?;
        held.read(&mut checksum, end)?;
        let count = index.count().to_be_bytes();
        let is_a_pack = [2, 3].iter().any(|version| header == *[b"PACK\0\0\0", &[*version][..], &count].concat());
        (is_a_pack && checksum == index.checksum()?).then_some(Self { held, end })
    }

    /// All that stands up to the last entry's end, if it is held.
    fn whole(&self) -> Option<&[u8]> {
        self.held.whole()?.get(..usize::try_from(self.end).ok()?)
    }
}

impl Inflating {
    pub(super) fn entry(&mut self, entries: &Entries, pack: usize, at: u64) -> Option<Entry> {
        if at < HEADER as u64 {
            return None;
        }
        let bytes = self.page.read(entries, pack, at, LONGEST_START)?;
        let Start { kind, size, length } = start(bytes)?;
        Some(Entry { kind, size, start: at + length as u64 })
    }

    /// All bytes of an entry, unless they are more than `limit`.
    pub(super) fn inflated(&mut self, entries: &Entries, pack: usize, entry: &Entry, limit: usize) -> Option<Vec<u8>> {
        let size = entry.size;
        let left = entries.end.checked_sub(entry.start)?;
        if size > limit || size as u64 > left.checked_mul(MOST_INFLATED)? {
            return None;
        }
        let mut bytes = vec![0; size];
        // Where an entry ends is not written anywhere. Text takes half of its size, or less.
        for guess in [size / 2 + 64, size + size / 512 + 512] {
            let deflated = self.page.read(entries, pack, entry.start, guess)?;
            // What is cut off may seem to go on beyond its size.
            if let Ok(inflated) = self.inflate.zlib_decompress(deflated, &mut bytes) {
                return (inflated == size).then_some(bytes);
            }
        }
        None
    }

    /// What a delta begins with.
    pub(super) fn beginning(&mut self, entries: &Entries, pack: usize, entry: &Entry) -> Option<Vec<u8>> {
        let deflated = self.page.read(entries, pack, entry.start, DEFLATED_SIZES)?;
        let mut bytes = Vec::with_capacity(SIZES);
        Decompress::new(true).decompress_vec(deflated, &mut bytes, FlushDecompress::Sync).ok()?;
        Some(bytes)
    }
}

impl Page {
    /// What stands there: so many bytes, more, or all there are.
    fn read<'p>(&'p mut self, entries: &'p Entries, pack: usize, at: u64, least: usize) -> Option<&'p [u8]> {
        if let Some(whole) = entries.whole() {
            return whole.get(usize::try_from(at).ok()?..);
        }
        let left = usize::try_from(entries.end.checked_sub(at)?).ok()?;
        let ahead = at.checked_sub(self.start).filter(|_| self.pack == pack);
        let ahead = ahead.and_then(|ahead| usize::try_from(ahead).ok()).filter(|ahead| *ahead <= self.size);
        if ahead.is_none_or(|ahead| self.size - ahead < least.min(left)) {
            // An entry itself goes on right behind its beginning.
            let goes_on = ahead.is_some_and(|ahead| ahead > LONGEST_START);
            let most = least.max(if goes_on { ONWARDS } else { LEAST }).min(left);
            if self.bytes.len() < most {
                self.bytes = vec![0; most.next_power_of_two()];
            }
            (self.pack, self.start, self.size) = (pack, at, 0);
            entries.held.read(self.bytes.get_mut(..most)?, at)?;
            self.size = most;
        }
        self.bytes.get(usize::try_from(at - self.start).ok()?..self.size)
    }
}
