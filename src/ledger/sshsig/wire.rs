//! The wire form of SSH: numbers and strings that carry their length.

pub(super) struct Wire<'a>(&'a [u8]);

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.string()?).ok()
    }

    /// A number of any size that is not negative: its bytes without the zero that SSH puts before a
    /// high bit.
    pub(super) fn unsigned(&mut self) -> Option<&'a [u8]> {
        match self.string()? {
            [0, rest @ ..] => Some(rest),
            [first, ..] if *first >= 0x80 => None,
            bytes => Some(bytes),
        }
    }
}

pub(super) fn put(string: &[u8], out: &mut Vec<u8>) {
    // What is put here is a namespace, a name or a digest.
    let length = u32::try_from(string.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(string);
}
