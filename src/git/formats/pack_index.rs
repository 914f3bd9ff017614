//! The index of a pack, of the second version: what git writes since 2008. It may be far larger than
//! what is asked of it, so that only the parts are read that answer.

use crate::model::ObjectId;

/// Where the bytes of an index are read from.
pub trait Source {
    /// Fills a part with the bytes from a place on; `None` where there are not as many.
    fn read(&self, part: &mut [u8], at: u64) -> Option<()>;
}

/// What the beginning of an index says of the rest.
#[derive(Debug)]
pub struct Layout {
    /// How many names start with each byte or a lower one.
    fanout: Vec<u32>,
    length: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Of the first version perhaps.
    NoMark,
    Damaged(&'static str),
}

const MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
const FANOUT: usize = 1024;

/// A mark and the counts.
pub const START: usize = 8 + FANOUT;
const NAMES: u64 = START as u64;
const NAME: usize = 20;
/// The checksums of the pack and of the index itself.
const ENDING: u64 = 2 * NAME as u64;

/// How many names are read at once.
const AT_ONCE: u32 = 128;

impl Source for [u8] {
    fn read(&self, part: &mut [u8], at: u64) -> Option<()> {
        let at = usize::try_from(at).ok()?;
        part.copy_from_slice(self.get(at..at.checked_add(part.len())?)?);
        Some(())
    }
}

impl Layout {
    /// The layout of an index of so many bytes.
    pub fn read(source: &(impl Source + ?Sized), length: u64) -> Result<Self, Unread> {
        let early = Unread::Damaged("it ends too early");
        if length < NAMES + ENDING {
            return Err(early);
        }
        let mut start = [0; START];
        source.read(&mut start, 0).ok_or(early)?;
        let fanout = numbers(start.strip_prefix(&MAGIC).ok_or(Unread::NoMark)?);
        if !fanout.is_sorted() {
            return Err(Unread::Damaged("its counts are out of order"));
        }
        let layout = Self { fanout, length };
        let far = length.checked_sub(layout.far_offsets() + ENDING);
        if far.is_none_or(|far| far % 8 != 0 || far > 8 * u64::from(layout.count())) {
            return Err(Unread::Damaged("its size is not what its counts make"));
        }
        Ok(layout)
    }

    /// How many objects the pack has.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.fanout.last().copied().unwrap_or_default()
    }

    /// What the pack must end with.
    pub fn checksum(&self, source: &(impl Source + ?Sized)) -> Option<[u8; NAME]> {
        let mut checksum = [0; NAME];
        source.read(&mut checksum, self.length - ENDING)?;
        Some(checksum)
    }

    /// Where an object stands in the pack.
    pub fn find(&self, source: &(impl Source + ?Sized), id: ObjectId) -> Option<u64> {
        let first = usize::from(*id.as_bytes().first()?);
        let mut start = first.checked_sub(1).map_or(Some(0), |before| self.fanout.get(before).copied())?;
        let mut end = *self.fanout.get(first)?;
        let mut names = [0; NAME * AT_ONCE as usize];
        while end - start > AT_ONCE {
            let middle = start.midpoint(end);
            let name: &mut [u8; NAME] = names.first_chunk_mut()?;
            source.read(name, name_at(middle))?;
            if &*name <= id.as_bytes() { start = middle } else { end = middle }
        }
        let some = names.get_mut(..NAME * usize::try_from(end - start).ok()?)?;
        source.read(some, name_at(start))?;
        let ahead = some.as_chunks::<NAME>().0.binary_search(id.as_bytes()).ok()?;
        let mut near = [0; 4];
        source.read(&mut near, self.offsets() + 4 * u64::from(start + u32::try_from(ahead).ok()?))?;
        self.far_or_near(source, u32::from_be_bytes(near))
    }

    /// The names of so many objects from a number on.
    pub fn names_from(&self, source: &(impl Source + ?Sized), number: u32, count: u32) -> Option<Vec<[u8; NAME]>> {
        let mut names = vec![0; NAME * usize::try_from(self.left(number, count)?).ok()?];
        source.read(&mut names, name_at(number))?;
        Some(names.as_chunks().0.to_vec())
    }

    /// Where so many objects stand; `None` for one that the index itself has no place for.
    pub fn offsets_from(&self, source: &(impl Source + ?Sized), number: u32, count: u32) -> Option<Vec<Option<u64>>> {
        let mut near = vec![0; 4 * usize::try_from(self.left(number, count)?).ok()?];
        source.read(&mut near, self.offsets() + 4 * u64::from(number))?;
        Some(near.as_chunks().0.iter().map(|four| self.far_or_near(source, u32::from_be_bytes(*four))).collect())
    }

    /// Whether an object of that number may have that name, by its first byte.
    #[must_use]
    pub fn is_counted(&self, name: [u8; NAME], number: u32) -> bool {
        let before = self.fanout.partition_point(|&count| count <= number);
        name.first().is_some_and(|&first| usize::from(first) == before)
    }

    /// That count, where so many are there.
    fn left(&self, number: u32, count: u32) -> Option<u32> {
        self.count().checked_sub(number).filter(|left| count <= *left).map(|_| count)
    }

    fn far_or_near(&self, source: &(impl Source + ?Sized), near: u32) -> Option<u64> {
        let Some(far) = near.checked_sub(1 << 31) else { return Some(near.into()) };
        let place = self.far_offsets() + 8 * u64::from(far);
        let mut far = [0; 8];
        (place + 8 + ENDING <= self.length).then(|| source.read(&mut far, place))??;
        Some(u64::from_be_bytes(far))
    }

    /// Names and their checksums come before.
    fn offsets(&self) -> u64 {
        name_at(self.count()) + 4 * u64::from(self.count())
    }

    fn far_offsets(&self) -> u64 {
        self.offsets() + 4 * u64::from(self.count())
    }
}

/// Numbers of four bytes each.
#[must_use]
pub fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|four| u32::from_be_bytes(*four)).collect()
}

fn name_at(number: u32) -> u64 {
    NAMES + NAME as u64 * u64::from(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index(names: &[[u8; NAME]]) -> Vec<u8> {
        let count = |byte: u8| u32::try_from(names.iter().filter(|name| name[0] <= byte).count()).unwrap();
        let fanout: Vec<u8> = (0..=255).flat_map(|byte| count(byte).to_be_bytes()).collect();
        let offsets: Vec<u8> = (0..names.len()).flat_map(|at| u32::try_from(12 + at).unwrap().to_be_bytes()).collect();
        [&MAGIC[..], &fanout, &names.concat(), &vec![0; 4 * names.len()], &offsets, &[0; 40]].concat()
    }

    fn names() -> impl Strategy<Value = Vec<[u8; NAME]>> {
        prop::collection::btree_set(any::<[u8; NAME]>(), 0..400).prop_map(|names| names.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn every_name_is_found_and_no_other(names in names(), other: [u8; NAME]) {
            let file = index(&names);
            let layout = Layout::read(file.as_slice(), file.len() as u64).unwrap();

            for (at, name) in names.iter().enumerate() {
                prop_assert_eq!(layout.find(file.as_slice(), ObjectId::new(*name)), Some(12 + at as u64));
            }
            prop_assert!(names.contains(&other) || layout.find(file.as_slice(), ObjectId::new(other)).is_none());
        }

        #[test]
        fn whatever_is_changed_nothing_is_read_that_is_not_there(
            names in names(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..9),
        ) {
            let mut file = index(&names);
            for (at, byte) in edits {
                let at = at.index(file.len());
                file[at] = byte;
            }

            if let Ok(layout) = Layout::read(file.as_slice(), file.len() as u64) {
                let count = layout.count();
                prop_assert!(usize::try_from(count).unwrap() * 28 <= file.len());
                prop_assert_eq!(layout.offsets_from(file.as_slice(), 0, count).map(|all| all.len()), Some(names.len()));
                prop_assert_eq!(layout.names_from(file.as_slice(), count, 1), None);
                for name in names {
                    let _ = layout.find(file.as_slice(), ObjectId::new(name));
                }
            }
        }
    }
}
