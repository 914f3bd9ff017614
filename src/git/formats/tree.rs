//! Trees, as they are stored: one entry after the other.

use std::cmp::Ordering;

use crate::model::{Mode, ObjectId, Side};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub bits: u32,
    pub name: &'a [u8],
    pub id: ObjectId,
}

impl<'a> Entry<'a> {
    /// An entry that stands for its name in a comparison.
    pub const fn named(name: &'a [u8], is_tree: bool) -> Self {
        Self { bits: if is_tree { 0o040_000 } else { 0o100_644 }, name, id: ObjectId::new([0; 20]) }
    }

    pub const fn is_tree(&self) -> bool {
        self.bits & 0o170_000 == 0o040_000
    }

    pub const fn side(&self) -> Option<Side> {
        match Mode::from_bits(self.bits) {
            Some(mode) => Some(Side { mode, id: self.id }),
            None => None,
        }
    }

    /// git's order: by name, a directory's followed by `/`.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| if entry.is_tree() { b'/' } else { 0 };
        let common = self.name.len().min(other.name.len());
        let (a, b) = (self.name.get(..common), other.name.get(..common));
        a.cmp(&b).then_with(|| {
            let next = |entry: &Self| entry.name.get(common).copied().unwrap_or_else(|| key(entry));
            next(self).cmp(&next(other)).then(self.name.len().cmp(&other.name.len()))
        })
    }
}

/// The entries one by one; what is no entry ends them, and is told as `None`.
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Option<Entry<'_>>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let parsed = parse_entry(rest);
        rest = parsed.map_or(&[], |(_, after)| after);
        Some(parsed.map(|(entry, _)| entry))
    })
}

/// The entry that some bytes begin with, and what follows it.
pub fn parse_entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let mut bits = 0_u32;
    let mut digits = 0;
    let mut rest = bytes;
    // Modes and names are short: a search that first prepares itself takes longer than this.
    while let [digit @ b'0'..=b'7', after @ ..] = rest {
        bits = bits << 3 | u32::from(digit - b'0');
        digits += 1;
        rest = after;
        if digits > 6 {
            return None;
        }
    }
    let rest = rest.strip_prefix(b" ").filter(|_| digits >= 5)?;
    // git reads a mode of no known kind as a submodule; what no kind describes is not guessed at.
    if bits & 0o170_000 != 0o040_000 && Mode::from_bits(bits).is_none() {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (name, rest) = rest.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
    let (id, rest) = rest.get(1..)?.split_first_chunk::<20>()?;
    Some((Entry { bits, name, id: ObjectId::new(*id) }, rest))
}

/// Writes one entry the way [`parse_entry`] reads it.
pub fn push_entry(tree: &mut Vec<u8>, bits: u32, name: &[u8], id: ObjectId) {
    match bits {
        0o100_644 => tree.extend_from_slice(b"100644 "),
        0o040_000 => tree.extend_from_slice(b"40000 "),
        other => tree.extend_from_slice(format!("{other:o} ").as_bytes()),
    }
    tree.extend_from_slice(name);
    tree.push(0);
    tree.extend_from_slice(id.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(entries: &[(&str, &str)]) -> Vec<u8> {
        entries
            .iter()
            .flat_map(|(mode, name)| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[7; 20]].concat())
            .collect()
    }

    fn parse(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
        entries(bytes).collect()
    }

    #[test]
    fn a_tree_is_parsed_into_its_entries() {
        let bytes = raw(&[("100644", "a"), ("40000", "b"), ("120000", "c")]);

        let entries = parse(&bytes).unwrap();

        let seen: Vec<(&[u8], bool, Option<Mode>)> =
            entries.iter().map(|entry| (entry.name, entry.is_tree(), entry.side().map(|side| side.mode))).collect();
        assert_eq!(
            seen,
            [(&b"a"[..], false, Some(Mode::Regular)), (b"b", true, None), (b"c", false, Some(Mode::Symlink))]
        );
    }

    #[test]
    fn a_truncated_tree_is_refused() {
        let bytes = raw(&[("100644", "a")]);

        for end in 1..bytes.len() {
            assert!(parse(&bytes[..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn an_entry_of_no_known_kind_is_refused_and_an_odd_permission_is_not() {
        assert!(parse(&raw(&[("110644", "hidden")])).is_none());
        assert!(parse(&raw(&[("100600", "odd")])).is_some());
    }

    #[test]
    fn a_directory_sorts_as_if_its_name_ended_in_a_slash() {
        let entry = |bits, name| Entry { bits, name, id: ObjectId::new([0; 20]) };
        let (file, dotted, dir) =
            (entry(0o100_644, &b"a"[..]), entry(0o100_644, &b"a.b"[..]), entry(0o040_000, &b"a"[..]));

        assert_eq!(file.order(&dotted), Ordering::Less);
        assert_eq!(dotted.order(&dir), Ordering::Less);
        assert_eq!(file.order(&dir), Ordering::Less);
        assert_eq!(dir.order(&dir), Ordering::Equal);
    }

    fn names() -> impl Strategy<Value = Vec<(u32, Vec<u8>)>> {
        let bits = prop::sample::select(vec![0o040_000, 0o100_644, 0o100_755, 0o100_600, 0o120_000, 0o160_000]);
        prop::collection::vec((bits, prop::collection::vec(1..=255_u8, 1..9)), 0..9)
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(named in names(), id: [u8; 20]) {
            let mut tree = Vec::new();
            for (bits, name) in &named {
                push_entry(&mut tree, *bits, name, ObjectId::new(id));
            }

            let read = parse(&tree).unwrap();

            prop_assert_eq!(read.iter().map(|entry| (entry.bits, entry.name.to_vec())).collect::<Vec<_>>(), named);
            prop_assert!(read.iter().all(|entry| entry.id == ObjectId::new(id)));
        }

        #[test]
        fn what_is_read_from_any_bytes_is_there_and_reads_the_same_when_written(
            named in names(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        ) {
            let mut tree = vec![];
            for (bits, name) in &named {
                push_entry(&mut tree, *bits, name, ObjectId::new([7; 20]));
            }
            for (at, byte) in edits {
                if !tree.is_empty() {
                    let at = at.index(tree.len());
                    tree[at] = byte;
                }
            }

            let read: Vec<_> = entries(&tree).map_while(|entry| entry).collect();

            let mut again = Vec::new();
            for entry in &read {
                push_entry(&mut again, entry.bits, entry.name, entry.id);
            }
            prop_assert!(again.len() <= tree.len());
            prop_assert_eq!(parse(&again).unwrap(), read);
        }
    }
}
