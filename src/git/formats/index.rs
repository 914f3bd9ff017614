//! git's index file, read as far as a staged change needs it.
//!
//! libgit2's own reader hashes the file and checks every path: on a large repository that costs
//! ten times what git itself takes. Forms this reader does not know (a split or sparse index, or
//! a later version) are reported as such, and git is asked instead.

use std::borrow::Cow;

use crate::model::{Mode, ObjectId, Side};

/// An index whose entries were looked through once. Most commits need none of them, since the tree
/// that they make is known.
#[derive(Debug, Default)]
pub struct Index<'a> {
    at_entries: Cursor<'a>,
    version: u32,
    count: u32,
    /// Some path stands there in more than one stage.
    pub is_unmerged: bool,
    pub cache: Option<CachedTree>,
}

#[derive(Debug)]
pub struct IndexEntry<'a> {
    pub path: Cow<'a, [u8]>,
    pub side: Option<Side>,
    pub stage: u8,
    /// `git add --intent-to-add`: the path is known, its content is not part of the commit.
    pub intent_to_add: bool,
}

/// What the index knows of the tree a directory would be written as.
#[derive(Debug)]
pub struct CachedTree {
    pub name: Vec<u8>,
    /// How many entries of the index it covers, and its tree; absent once an entry has changed.
    pub valid: Option<(usize, ObjectId)>,
    pub children: Vec<CachedTree>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// Well-formed perhaps, but of a form only git reads.
    Foreign,
    Damaged(&'static str),
}

const DEEPEST: usize = 2048;

/// The part of an entry before its path that every version has.
const FIXED: usize = 62;

impl<'a> Index<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Unread> {
        let mut at = Cursor { bytes };
        if at.take(4)? != b"DIRC" {
            return Err(Unread::Damaged("it does not start like an index"));
        }
        let version = at.number()?;
        if !(2..=4).contains(&version) {
            return Err(Unread::Foreign);
        }
        let count = at.number()?;
        let at_entries = at;
        let mut is_unmerged = false;
        at.entries(version, count, |entry| is_unmerged |= entry.stage != 0)?;
        let mut cache = None;
        while at.bytes.len() > 20 {
            let name = at.take(4)?;
            let size =
                usize::try_from(at.number()?).map_err(|_too_large| Unread::Damaged("an extension is too large"))?;
            let body = at.take(size)?;
            match name {
                b"TREE" => cache = Some(Cursor { bytes: body }.cached_tree(0)?),
                // A lower-case name says: whoever does not know this cannot read the index.
                [first, ..] if first.is_ascii_lowercase() => return Err(Unread::Foreign),
                _ => {}
            }
        }
        Ok(Self { at_entries, version, count, is_unmerged, cache })
    }

    pub fn entries(&self) -> Vec<IndexEntry<'a>> {
        let mut at = self.at_entries;
        let most = at.bytes.len() / FIXED;
        let mut entries = Vec::with_capacity(usize::try_from(self.count).unwrap_or(0).min(most));
        // They were looked through before, so none of them can be damaged.
        at.entries(self.version, self.count, |entry| entries.push(entry)).unwrap_or_default();
        entries
    }
}

/// Bytes out of the fixed part of an entry.
fn field<const N: usize>(fixed: &[u8], at: usize) -> [u8; N] {
    fixed.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
}

#[derive(Clone, Copy, Debug, Default)]
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unread> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(Unread::Damaged("it ends early"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn until(&mut self, end: u8) -> Result<&'a [u8], Unread> {
        let length = memchr::memchr(end, self.bytes).ok_or(Unread::Damaged("it ends early"))?;
        let taken = self.take(length)?;
        self.take(1)?;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, Unread> {
        Ok(self.take(4)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn id(&mut self) -> Result<ObjectId, Unread> {
        let bytes = self.take(20)?;
        <[u8; 20]>::try_from(bytes).map(ObjectId::new).map_err(|_short| Unread::Damaged("it ends early"))
    }

    fn entries(&mut self, version: u32, count: u32, mut look: impl FnMut(IndexEntry<'a>)) -> Result<(), Unread> {
        let mut previous = Vec::new();
        for _ in 0..count {
            let entry = self.entry(version, &previous)?;
            if version == 4 {
                previous.clear();
                previous.extend_from_slice(&entry.path);
            }
            look(entry);
        }
        Ok(())
    }

    fn entry(&mut self, version: u32, previous: &[u8]) -> Result<IndexEntry<'a>, Unread> {
        let before = self.bytes.len();
        let fixed = self.take(FIXED)?;
        // Times, numbers and sizes stand around the mode.
        let bits = u32::from_be_bytes(field(fixed, 24));
        let id = ObjectId::new(field(fixed, 40));
        let flags = u16::from_be_bytes(field(fixed, 60));
        let extended = flags & 0x4000 != 0;
        let more = if extended { self.take(2)?.first().copied().unwrap_or_default() } else { 0 };
        let path = if version == 4 {
            let dropped = self.varint()?;
            let kept = previous.len().checked_sub(dropped).and_then(|kept| previous.get(..kept));
            [kept.ok_or(Unread::Damaged("a path builds on one that is too short"))?, self.until(0)?].concat().into()
        } else {
            let path = self.path(usize::from(flags & 0xfff))?;
            // Entries are padded with NULs, one at least, to a multiple of eight bytes.
            let used = before - self.bytes.len();
            self.take(used.next_multiple_of(8) - used)?;
            path.into()
        };
        let stage = u8::try_from(flags >> 12 & 3).unwrap_or_default();
        let side = Mode::from_bits(bits).map(|mode| Side { mode, id });
        if side.is_none() && bits & 0o170_000 == 0o040_000 {
            return Err(Unread::Foreign);
        }
        Ok(IndexEntry { path, side, stage, intent_to_add: more & 0x20 != 0 })
    }

    /// A path and the NUL behind it; `length` is what the index says, unless it is too long to say.
    fn path(&mut self, length: usize) -> Result<&'a [u8], Unread> {
        match self.bytes.split_at_checked(length) {
            Some((path, [0, rest @ ..])) if length < 0xfff => {
                self.bytes = rest;
                Ok(path)
            }
            _ => self.until(0),
        }
    }

    /// The offset encoding of pack files, which index version 4 borrows.
    fn varint(&mut self) -> Result<usize, Unread> {
        let mut value = 0_usize;
        loop {
            let byte = self.take(1)?.first().copied().unwrap_or_default();
            value = value
                .checked_mul(128)
                .map(|value| value | usize::from(byte & 0x7f))
                .ok_or(Unread::Damaged("a length is too large"))?;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            value += 1;
        }
    }

    fn cached_tree(&mut self, depth: usize) -> Result<CachedTree, Unread> {
        if depth > DEEPEST {
            return Err(Unread::Damaged("its cached trees are nested too deep"));
        }
        let name = self.until(0)?.to_vec();
        let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(|text| text.parse::<i64>().ok());
        let malformed = Unread::Damaged("a cached tree has no count");
        let Some(covered) = number(self.until(b' ')?) else { return Err(malformed) };
        let Some(below) = number(self.until(b'\n')?) else { return Err(malformed) };
        let valid = match usize::try_from(covered) {
            Ok(covered) => Some((covered, self.id()?)),
            // Minus one: an entry below has changed since.
            Err(_) => None,
        };
        let children = (0..below).map(|_| self.cached_tree(depth + 1)).collect::<Result<_, _>>()?;
        Ok(CachedTree { name, valid, children })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_index_is_damaged_and_a_later_version_is_left_to_git() {
        assert!(matches!(Index::parse(b""), Err(Unread::Damaged(_))));
        assert!(matches!(Index::parse(b"JUNKJUNKJUNK"), Err(Unread::Damaged(_))));
        assert_eq!(Index::parse(b"DIRC\0\0\0\x09\0\0\0\0").unwrap_err(), Unread::Foreign);
    }

    #[test]
    fn a_mandatory_extension_is_left_to_git() {
        let bytes = [b"DIRC\0\0\0\x02\0\0\0\0link\0\0\0\x01x".as_slice(), &[0; 20]].concat();

        assert_eq!(Index::parse(&bytes).unwrap_err(), Unread::Foreign);
    }

    #[test]
    fn a_count_beyond_the_file_is_damage_and_reserves_no_memory() {
        assert!(matches!(Index::parse(b"DIRC\0\0\0\x02\xff\xff\xff\xff"), Err(Unread::Damaged(_))));
    }
}
