//! What each entry of a pack begins with, before its deflated bytes.

use crate::model::ObjectId;

/// A size, and the name of a base.
pub const LONGEST_START: usize = 40;

/// What an entry says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub kind: Kind,
    /// Once inflated.
    pub size: usize,
    /// How many bytes say all this.
    pub length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Whole(Object),
    /// A delta of the entry that stands so many bytes before.
    After(u64),
    /// A delta of the entry with that name.
    Of(ObjectId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    Commit,
    Tree,
    Blob,
    Tag,
}

/// `None` for what no entry begins with.
#[must_use]
pub fn start(bytes: &[u8]) -> Option<Start> {
    let mut rest = bytes.iter().copied();
    let first = rest.next()?;
    let (mut size, mut shift, mut more) = (u64::from(first & 15), 4, first & 0x80 != 0);
    while more {
        let byte = rest.next()?;
        size |= u64::from(byte & 0x7f).checked_mul(1_u64.checked_shl(shift)?)?;
        (shift, more) = (shift + 7, byte & 0x80 != 0);
    }
    let kind = match first >> 4 & 7 {
        1 => Kind::Whole(Object::Commit),
        2 => Kind::Whole(Object::Tree),
        3 => Kind::Whole(Object::Blob),
        4 => Kind::Whole(Object::Tag),
        6 => Kind::After(distance(&mut rest)?),
        7 => {
            let name: Vec<u8> = rest.by_ref().take(20).collect();
            Kind::Of(ObjectId::new(name.try_into().ok()?))
        }
        _ => return None,
    };
    Some(Start { kind, size: usize::try_from(size).ok()?, length: bytes.len() - rest.len() })
}

/// How far before a delta its base stands.
fn distance(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut byte = bytes.next()?;
    let mut distance = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = bytes.next()?;
        distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
    }
    Some(distance)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(kind: u8, mut size: u64) -> Vec<u8> {
        let mut bytes = vec![kind << 4 | u8::try_from(size & 15).unwrap()];
        size >>= 4;
        while size > 0 {
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push(u8::try_from(size & 127).unwrap());
            size >>= 7;
        }
        bytes
    }

    fn distance_of(mut back: u64) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(back & 127).unwrap()];
        back >>= 7;
        while back > 0 {
            back -= 1;
            bytes.insert(0, 0x80 | u8::try_from(back & 127).unwrap());
            back >>= 7;
        }
        bytes
    }

    #[test]
    fn a_number_larger_than_any_is_none() {
        let largest = distance_of(u64::MAX);
        let more = [&[0x80 | largest[0]], &largest[1..9], &[largest[9] | 0x80, 0]].concat();

        assert_eq!(distance(&mut largest.iter().copied()), Some(u64::MAX));
        assert_eq!(distance(&mut more.iter().copied()), None);
        assert_eq!(start(&[&[0xb0], &[0xff; 20][..]].concat()), None);
    }

    proptest! {
        #[test]
        fn what_an_entry_begins_with_reads_as_it_was_written(size: u64, back: u64, rest: Vec<u8>) {
            let sized = written(3, size);
            let whole = start(&[&sized[..], &rest].concat()).unwrap();
            let delta = [written(6, size), distance_of(back)].concat();
            let after = start(&[&delta[..], &rest].concat()).unwrap();

            let size = usize::try_from(size).unwrap();
            prop_assert_eq!(whole, Start { kind: Kind::Whole(Object::Blob), size, length: sized.len() });
            prop_assert_eq!(after, Start { kind: Kind::After(back), size, length: delta.len() });
            prop_assert!(delta.len() <= LONGEST_START);
        }

        #[test]
        fn whatever_bytes_are_given_no_more_is_taken_than_there_is(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert!(start(&bytes).is_none_or(|start| 0 < start.length && start.length <= bytes.len()));
        }
    }
}
