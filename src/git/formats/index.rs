//! git's index file, read as far as a staged change needs it.
//!
//! libgit2's own reader hashes the file and checks every path: on a large repository that costs
//! ten times what git itself takes. Forms this reader does not know (a split or sparse index, or
//! a later version) are reported as such, and git is asked instead.

use std::borrow::Cow;
use std::cmp::Ordering;

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
    pub side: Side,
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

/// No system takes a longer path; a version that tells paths by what they add could claim far more than
/// its bytes hold.
pub const LONGEST_PATH: usize = 4096;

/// What an entry says instead of a length that is too long to say.
const NO_LENGTH: usize = 0xfff;

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
        let is_in_order = at.entries(version, count, |entry| is_unmerged |= entry.stage != 0)?;
        let mut cache = None;
        while at.bytes.len() > 20 {
            let name = at.take(4)?;
            let size =
                usize::try_from(at.number()?).map_err(|_too_large| Unread::Damaged("an extension is too large"))?;
            let body = at.take(size)?;
            match name {
                b"TREE" => cache = Some(Cursor { bytes: body }.cached_tree()?),
                // A lower-case name says: whoever does not know this cannot read the index.
                [first, ..] if first.is_ascii_lowercase() => return Err(Unread::Foreign),
                _ => {}
            }
        }
        // One that is split says without a name which entries of the other it replaces.
        if !is_in_order {
            return Err(Unread::Damaged("its paths are out of order"));
        }
        Ok(Self { at_entries, version, count, is_unmerged, cache })
    }

    pub fn entries(&self) -> Vec<IndexEntry<'a>> {
        let mut at = self.at_entries;
        let most = at.bytes.len() / FIXED;
        let mut entries = Vec::with_capacity(usize::try_from(self.count).unwrap_or(0).min(most));
        // They were looked through before, so none of them can be damaged.
        let _ = at.entries(self.version, self.count, |entry| entries.push(entry));
        entries
    }
}

impl IndexEntry<'_> {
    /// git's order. A path stands there once, or in several stages.
    fn is_before(&self, next: &Self) -> bool {
        match self.path.cmp(&next.path) {
            Ordering::Less => true,
            Ordering::Equal => self.stage != 0 && self.stage < next.stage,
            Ordering::Greater => false,
        }
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

    /// Whether they stand in git's order.
    fn entries(&mut self, version: u32, count: u32, mut look: impl FnMut(IndexEntry<'a>)) -> Result<bool, Unread> {
        let mut is_in_order = true;
        let mut last: Option<IndexEntry<'a>> = None;
        for _ in 0..count {
            let entry = self.entry(version, last.as_ref().map_or(&[], |last| &last.path))?;
            is_in_order &= last.as_ref().is_none_or(|last| last.is_before(&entry));
            if let Some(last) = last.replace(entry) {
                look(last);
            }
        }
        last.into_iter().for_each(look);
        Ok(is_in_order)
    }

    fn entry(&mut self, version: u32, previous: &[u8]) -> Result<IndexEntry<'a>, Unread> {
        let before = self.bytes.len();
        let fixed = self.take(FIXED)?;
        // Times, numbers and sizes stand around the mode.
        let bits = u32::from_be_bytes(field(fixed, 24));
        let id = ObjectId::new(field(fixed, 40));
        let flags = u16::from_be_bytes(field(fixed, 60));
        let extended = flags & 0x4000 != 0;
        let extension = if extended { self.take(2)?.first().copied().unwrap_or_default() } else { 0 };
        let path: Cow<'a, [u8]> = if version == 4 {
            let dropped = self.varint()?;
            let kept = previous.len().checked_sub(dropped).and_then(|kept| previous.get(..kept));
            [kept.ok_or(Unread::Damaged("a path builds on one that is too short"))?, self.until(0)?].concat().into()
        } else {
            let path = self.until(0)?;
            // Entries are padded with NULs, one at least, to a multiple of eight bytes.
            let used = before - self.bytes.len();
            self.take(used.next_multiple_of(8) - used)?;
            path.into()
        };
        if path.len() > LONGEST_PATH {
            return Err(Unread::Damaged("a path is longer than any system takes"));
        }
        // git goes by this length, and a path of another one would have another name there.
        if path.len().min(NO_LENGTH) != usize::from(flags) & NO_LENGTH {
            return Err(Unread::Damaged("a path is not as long as it says"));
        }
        let stage = u8::try_from(flags >> 12 & 3).unwrap_or_default();
        if bits & 0o170_000 == 0o040_000 {
            return Err(Unread::Foreign);
        }
        let mode = Mode::from_bits(bits).filter(|_| bits <= 0o177_777);
        let mode = mode.ok_or(Unread::Damaged("an entry is of no known kind"))?;
        Ok(IndexEntry { path, side: Side { mode, id }, stage, intent_to_add: extension & 0x20 != 0 })
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
            value = value.checked_add(1).ok_or(Unread::Damaged("a length is too large"))?;
        }
    }

    /// A list of work instead of recursion, which is not for what anybody may have nested.
    fn cached_tree(&mut self) -> Result<CachedTree, Unread> {
        let mut open: Vec<(CachedTree, i64)> = Vec::new();
        let (mut tree, mut below) = self.cached_tree_alone()?;
        loop {
            if below > 0 {
                if open.len() == DEEPEST {
                    return Err(Unread::Damaged("its cached trees are nested too deep"));
                }
                open.push((tree, below - 1));
                (tree, below) = self.cached_tree_alone()?;
            } else if let Some((mut parent, left)) = open.pop() {
                parent.children.push(tree);
                (tree, below) = (parent, left);
            } else {
                return Ok(tree);
            }
        }
    }

    /// A cached tree without its children, and how many of them follow.
    fn cached_tree_alone(&mut self) -> Result<(CachedTree, i64), Unread> {
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
        Ok((CachedTree { name, valid, children: Vec::new() }, below))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    /// An entry of the second version, padded.
    fn entry(path: &[u8], says: usize, bits: u32, stage: u16) -> Vec<u8> {
        let flags = u16::try_from(says.min(NO_LENGTH)).unwrap() | stage << 12;
        let fixed = [&[0; 24][..], &bits.to_be_bytes(), &[0; 12], &[7; 20], &flags.to_be_bytes()].concat();
        let used = fixed.len() + path.len();
        [&fixed[..], path, &vec![0; (used + 1).next_multiple_of(8) - used]].concat()
    }

    fn index(version: u8, entries: &[Vec<u8>]) -> Vec<u8> {
        let count = u32::try_from(entries.len()).unwrap().to_be_bytes();
        [&[b'D', b'I', b'R', b'C', 0, 0, 0, version], &count[..], &entries.concat(), &[0; 20]].concat()
    }

    fn plain(paths: &[&str]) -> Vec<u8> {
        let entries: Vec<_> = paths.iter().map(|path| entry(path.as_bytes(), path.len(), 0o100_644, 0)).collect();
        index(2, &entries)
    }

    /// An entry of the fourth version: its path is what is left of the one before, and what it adds.
    fn added(dropped: &[u8], adds: &[u8], says: usize) -> Vec<u8> {
        let whole = entry(b"", says, 0o100_644, 0);
        [whole.get(..FIXED).unwrap(), dropped, adds, b"\0"].concat()
    }

    fn why(bytes: &[u8]) -> &'static str {
        match Index::parse(bytes) {
            Ok(_) => "sound",
            Err(Unread::Foreign) => "foreign",
            Err(Unread::Damaged(why)) => why,
        }
    }

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

    #[test]
    fn paths_are_in_order_and_each_is_there_once_or_in_stages() {
        let staged = |stages: &[u16]| {
            let entries: Vec<_> = stages.iter().map(|stage| entry(b"a", 1, 0o100_644, *stage)).collect();
            why(&index(2, &entries))
        };

        assert_eq!(why(&plain(&["a", "a/b", "b"])), "sound");
        assert_eq!((staged(&[1, 2, 3]), staged(&[1, 3])), ("sound", "sound"));
        assert_eq!(why(&plain(&["a/1", "b", "a/2"])), "its paths are out of order");
        for stages in [[0, 0], [2, 1], [0, 1], [3, 3]] {
            assert_eq!(staged(&stages), "its paths are out of order");
        }
    }

    #[test]
    fn a_path_that_git_would_read_as_another_is_damage() {
        let says = |path: &[u8], says| why(&index(2, &[entry(path, says, 0o100_644, 0)]));

        assert_eq!(says(b"tests/../x", 10), "sound");
        assert_eq!(says(b"tests/../x", 5), "a path is not as long as it says");
        assert_eq!(says(b"ab\0d", 4), "a path is not as long as it says");
        assert_eq!(says(&[b'a'; 4095], NO_LENGTH), "sound");
        assert_eq!(says(&[b'a'; 4000], NO_LENGTH), "a path is not as long as it says");
        assert_eq!(why(&index(4, &[added(b"\0", b"ab", 2), added(b"\x01", b"c", 2)])), "sound");
        assert_eq!(
            why(&index(4, &[added(b"\0", b"ab", 2), added(b"\x01", b"c", 1)])),
            "a path is not as long as it says"
        );
    }

    #[test]
    fn what_no_system_takes_for_a_path_is_damage_and_unfolds_to_nothing() {
        let long = "a/".repeat(3000);
        let once = added(b"\0", long.as_bytes(), NO_LENGTH);

        assert_eq!(why(&plain(&[&long])), "a path is longer than any system takes");
        assert_eq!(why(&index(4, &[once])), "a path is longer than any system takes");
    }

    #[test]
    fn an_entry_of_no_known_kind_is_damage() {
        for bits in [0, 0o010_644, 0o060_000, 0o7_100_644] {
            assert_eq!(why(&index(2, &[entry(b"a", 1, bits, 0)])), "an entry is of no known kind", "{bits:o}");
        }
        assert_eq!(why(&index(2, &[entry(b"a/", 2, 0o040_000, 0)])), "foreign");
    }

    #[test]
    fn a_number_larger_than_any_is_damage() {
        // The one that leaves no room for the next digit, and then one more digit.
        let largest = [0x80, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xff, 0];
        for end in 1..=largest.len() {
            let dropped = largest.get(..end).unwrap();
            assert!(Index::parse(&index(4, &[added(dropped, b"a", 1)])).is_err());
        }
        for digit in 0..=255 {
            let dropped = [&[digit; 8][..], &[0xff; 4], &[0]].concat();
            assert!(Index::parse(&index(4, &[added(&dropped, b"a", 1)])).is_err());
        }
    }

    #[test]
    fn cached_trees_may_be_as_deep_as_paths_and_no_deeper() {
        let nested = |depth: usize| {
            let tree = [b"\0-1 1\n".repeat(depth), b"\0-1 0\n".to_vec()].concat();
            let size = u32::try_from(tree.len()).unwrap().to_be_bytes();
            let bytes = plain(&["a"]);
            let (before, checksum) = bytes.split_at(bytes.len() - 20);
            why(&[before, b"TREE", &size, &tree, checksum].concat())
        };

        assert_eq!((nested(DEEPEST), nested(DEEPEST + 1)), ("sound", "its cached trees are nested too deep"));
    }

    fn paths() -> impl Strategy<Value = Vec<String>> {
        prop::collection::btree_set("[ab]{1,3}(/[ab]{1,3}){0,2}", 1..6).prop_map(|paths| paths.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn whatever_is_changed_what_is_listed_is_in_order_and_no_more_than_there_is(
            paths in paths(),
            version in 2..=4_u8,
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        ) {
            let mut bytes = plain(&paths.iter().map(String::as_str).collect::<Vec<_>>());
            bytes[7] = version;
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }

            if let Ok(index) = Index::parse(&bytes) {
                let entries = index.entries();
                prop_assert!(entries.len() <= bytes.len() / FIXED);
                prop_assert!(entries.is_sorted_by(IndexEntry::is_before));
                prop_assert!(entries.iter().all(|entry| entry.path.len() <= LONGEST_PATH));
            }
        }

        #[test]
        fn what_libgit2_reads_too_it_reads_the_same(
            paths in paths(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut bytes = plain(&paths.iter().map(String::as_str).collect::<Vec<_>>());
            for (at, byte) in edits {
                // Without a checksum, which libgit2 takes for one that was left out.
                let at = at.index(bytes.len() - 20);
                bytes[at] = byte;
            }
            let folder = TempDir::new().unwrap();
            fs::write(folder.path().join("index"), &bytes).unwrap();

            if let (Ok(ours), Ok(theirs)) = (Index::parse(&bytes), git2::Index::open(&folder.path().join("index"))) {
                let theirs: Vec<_> = theirs.iter().map(|entry| (entry.path, entry.id.as_bytes().to_vec())).collect();
                let ours: Vec<_> = ours
                    .entries()
                    .into_iter()
                    .map(|entry| (entry.path.into_owned(), entry.side.id.as_bytes().to_vec()))
                    .collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
