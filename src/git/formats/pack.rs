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
