//! Zips, and all that is one: packages of Java, Android, Python and .NET, and what office programs write.
//!
//! The files are read as they follow each other: whoever wants to hide one leaves it out of the list at
//! the end. But other programs read by that list, and what it has besides was not read.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::input::{Counted, Cut, Input, Packing, Part, SizeBehind, pass_all, take};
use super::listed::{Entry, List};
use super::{Extent, Outer, Unpacking};

/// What every header begins with, before two bytes that say of what.
const SIGNATURE: [u8; 2] = *b"PK";
const OF_FILE: [u8; 2] = [3, 4];
const OF_ENTRY: [u8; 2] = [1, 2];
const OF_END: [u8; 2] = [5, 6];

/// Of the header of a file, between the signature and the name.
const FIXED: u64 = 26;

/// The same in an entry of the list, before it and behind it.
const VERSION: u64 = 2;
const OF_LIST: u64 = 14;

/// Of the end, behind the signature and before a comment, whose length comes last.
const END: u64 = 18;
const LONGEST_COMMENT: usize = 0xffff;

impl Unpacking<'_, '_, '_> {
    pub(super) fn zip(&mut self, archive: &Outer<'_>, input: &mut dyn Input) -> Result<(), Cut> {
        let mut input = Counted { passed: 0, of: input };
        let mut list = List::default();
        let mut has_end = false;
        while let Some(of) = seek(&mut input)? {
            let at = input.passed - 4;
            has_end = of == OF_END;
            match of {
                OF_FILE => {
                    let Some(mut header) = Header::read(&mut input)? else { break };
                    let read = self.file(archive, &mut header, &mut input);
                    self.forgive(read)?;
                    list.read(header.entry(at));
                }
                OF_ENTRY => {
                    let entry = entry(&mut input)?;
                    list.add(entry, at..input.passed);
                }
                _ => {
                    let end = take(&mut input, END)?;
                    if !list.ends(at, field(&end, 6, 2), field(&end, 8, 4), field(&end, 12, 4)) {
                        self.extent = Extent::Part;
                    }
                }
            }
        }
        if has_end { Ok(()) } else { Err(Cut) }
    }

    fn file(&mut self, archive: &Outer<'_>, header: &mut Header, input: &mut dyn Input) -> Result<(), Cut> {
        match (header.method, header.size) {
            (Method::Deflated, _) => self.packed(Packing::Deflate, archive, &header.name, input),
            (Method::Stored, Some(size)) => self.member(archive, &header.name, &mut Part { left: size, of: input }),
            (Method::Stored, None) => {
                let mut content = SizeBehind::new(input);
                let read = self.member(archive, &header.name, &mut content);
                header.size = Some(content.size());
                read
            }
            (Method::Other, size) => {
                self.extent = Extent::Part;
                self.count()?;
                pass_all(&mut Part { left: size.unwrap_or_default(), of: input })
            }
        }
    }
}

/// Whether it ends as a zip: programs read one from there, whatever stands before it.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    let tail = bytes.len().saturating_sub(LONGEST_COMMENT + 22);
    let tail = bytes.get(tail..).unwrap_or_default();
    memchr::memrchr_iter(OF_END[1], tail).any(|at| {
        let (before, behind) = tail.split_at(at);
        let begins_on_first_disk = behind.get(1..5) == Some(&[0; 4]);
        begins_on_first_disk && before.ends_with(b"PK\x05") && behind.len() as u64 > END
    })
}

/// Goes behind the next signature, and says of what it is; `None` at the end.
fn seek(input: &mut dyn Input) -> Result<Option<[u8; 2]>, Cut> {
    let mut last = [0; 4];
    loop {
        let ahead = input.ahead()?;
        if ahead.is_empty() {
            return Ok(None);
        }
        let found = ahead.iter().position(|byte| {
            let [_, a, b, c] = last;
            last = [a, b, c, *byte];
            [a, b] == SIGNATURE && matches!([c, *byte], OF_FILE | OF_ENTRY | OF_END)
        });
        let passed = found.map_or(ahead.len(), |at| at + 1);
        input.pass(passed);
        if found.is_some() {
            return Ok(Some([last[2], last[3]]));
        }
    }
}

struct Header {
    name: Vec<u8>,
    method: Method,
    /// Packed; absent where it stands behind the file.
    size: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Method {
    Stored,
    Deflated,
    /// Also of what is encrypted nothing can be read.
    Other,
}

const IS_ENCRYPTED: u64 = 1;
const SIZE_FOLLOWS: u64 = 1 << 3;

/// A size that stands elsewhere, as it is too large for where it should.
const ELSEWHERE: u64 = 0xffff_ffff;

impl Header {
    /// What follows the signature. `None` where the archive ends in it.
    fn read(input: &mut dyn Input) -> Result<Option<Self>, Cut> {
        let fixed = take(input, FIXED)?;
        if fixed.len() as u64 != FIXED {
            return Ok(None);
        }
        Self::named(&fixed, input).map(Some)
    }

    fn named(fixed: &[u8], input: &mut dyn Input) -> Result<Self, Cut> {
        let flags = field(fixed, 2, 2);
        let name = take(input, field(fixed, 22, 2))?;
        let extra = take(input, field(fixed, 24, 2))?;
        let size = match field(fixed, 14, 4) {
            ELSEWHERE => large_size(&extra),
            0 if flags & SIZE_FOLLOWS != 0 => None,
            size => Some(size),
        };
        let method = match field(fixed, 4, 2) {
            _ if flags & IS_ENCRYPTED != 0 => Method::Other,
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => Method::Other,
        };
        Ok(Self { name, method, size })
    }

    /// What was deflated ends by itself, whatever size it is said to have.
    fn entry(&self, at: u64) -> Entry {
        let size = self.size.filter(|_| self.method == Method::Stored);
        let mut hasher = DefaultHasher::new();
        (&self.name, self.method, size.unwrap_or_default()).hash(&mut hasher);
        Entry { at, says: hasher.finish() }
    }
}

/// What an entry of the list says behind its signature.
fn entry(input: &mut dyn Input) -> Result<Entry, Cut> {
    take(input, VERSION)?;
    let fixed = take(input, FIXED)?;
    let of_list = take(input, OF_LIST)?;
    let header = Header::named(&fixed, input)?;
    take(input, field(&of_list, 0, 2))?;
    Ok(header.entry(field(&of_list, 10, 4)))
}

/// The packed size behind the unpacked one, in the field that begins with 1.
fn large_size(mut extra: &[u8]) -> Option<u64> {
    while let [kind, zero, low, high, rest @ ..] = extra {
        let (field, others) = rest.split_at_checked(u16::from_le_bytes([*low, *high]).into())?;
        if [*kind, *zero] == [1, 0] {
            return field.get(8..16).map(number);
        }
        extra = others;
    }
    None
}

fn field(bytes: &[u8], from: usize, length: usize) -> u64 {
    number(bytes.get(from..from + length).unwrap_or_default())
}

/// The lowest byte comes first.
fn number(field: &[u8]) -> u64 {
    field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
