//! What an archive is read from: bytes, a part of other input, or what that unpacks to.

use std::cell::Cell;

use flate2::{Decompress, FlushDecompress, Status};

/// It ends where it should go on: it is damaged, or there is more than may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut;

/// Bytes that are read from their beginning to their end, and never held whole.
pub trait Input {
    /// Some of the next bytes; none are left where there are none.
    fn ahead(&mut self) -> Result<&[u8], Cut>;

    /// Continues after this many of them.
    fn pass(&mut self, count: usize);
}

impl Input for &[u8] {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        Ok(self)
    }

    fn pass(&mut self, count: usize) {
        *self = self.get(count..).unwrap_or_default();
    }
}

/// What was read to know what it is, and what follows it.
pub(super) struct Peeked<'i> {
    pub(super) head: &'i [u8],
    pub(super) rest: &'i mut dyn Input,
}

impl Input for Peeked<'_> {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        if self.head.is_empty() { self.rest.ahead() } else { Ok(self.head) }
    }

    fn pass(&mut self, count: usize) {
        if self.head.is_empty() { self.rest.pass(count) } else { self.head.pass(count) }
    }
}

/// The next bytes, as many as asked for.
pub(super) struct Part<'i> {
    pub(super) left: u64,
    pub(super) of: &'i mut dyn Input,
}

impl Input for Part<'_> {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let ahead = self.of.ahead()?;
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        Ok(ahead.get(..most).unwrap_or(ahead))
    }

    fn pass(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.of.pass(count);
    }
}

/// Counts what is passed.
pub(super) struct Counted<'i> {
    pub(super) passed: u64,
    pub(super) of: &'i mut dyn Input,
}

impl Input for Counted<'_> {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        self.of.ahead()
    }

    fn pass(&mut self, count: usize) {
        self.passed = self.passed.saturating_add(count as u64);
        self.of.pass(count);
    }
}

/// How many bytes are unpacked at once.
const AT_ONCE: usize = 32 * 1024;

/// In bits: whatever a packer may have looked back on.
const LARGEST_WINDOW: u8 = 15;

/// How something was packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Deflate,
    /// With a header and a sum; what was packed part by part is one file.
    Gzip,
}

impl Packing {
    fn inflate(self) -> Decompress {
        match self {
            Self::Deflate => Decompress::new(false),
            Self::Gzip => Decompress::new_gzip(LARGEST_WINDOW),
        }
    }
}

/// What input unpacks to. Of that no more is read than is packed.
pub(super) struct Unpacked<'c, 'i> {
    packing: Packing,
    inflate: Decompress,
    bytes: Vec<u8>,
    passed: usize,
    has_ended: bool,
    /// How many more bytes may be unpacked.
    left: &'c Cell<u64>,
    from: &'i mut dyn Input,
}

impl<'c, 'i> Unpacked<'c, 'i> {
    pub(super) fn new(packing: Packing, left: &'c Cell<u64>, from: &'i mut dyn Input) -> Self {
        let bytes = Vec::with_capacity(AT_ONCE);
        Self { packing, inflate: packing.inflate(), bytes, passed: 0, has_ended: false, left, from }
    }

    /// Unpacks some more, unless it has ended.
    fn more(&mut self) -> Result<(), Cut> {
        self.bytes.clear();
        self.passed = 0;
        while self.bytes.is_empty() && !self.has_ended {
            let packed = self.from.ahead()?;
            let before = self.inflate.total_in();
            let status = self.inflate.decompress_vec(packed, &mut self.bytes, FlushDecompress::None);
            let read = usize::try_from(self.inflate.total_in() - before).unwrap_or_default();
            self.from.pass(read);
            match status {
                Ok(Status::StreamEnd) => self.end()?,
                Ok(Status::Ok | Status::BufError) if read > 0 => {}
                // What was unpacked before it breaks off is shown first.
                Ok(Status::Ok | Status::BufError) | Err(_) if self.bytes.is_empty() => return Err(Cut),
                Ok(Status::Ok | Status::BufError) | Err(_) => {}
            }
        }
        let left = self.left.get().checked_sub(self.bytes.len() as u64);
        self.left.set(left.unwrap_or_default());
        left.map(|_| ()).ok_or(Cut)
    }

    /// Behind a part that was packed by itself another may follow, and zeros between them.
    fn end(&mut self) -> Result<(), Cut> {
        if self.packing == Packing::Deflate {
            self.has_ended = true;
            return Ok(());
        }
        while self.from.ahead()?.first() == Some(&0) {
            self.from.pass(1);
        }
        self.has_ended = self.from.ahead()?.first() != Some(&0x1f);
        if !self.has_ended {
            self.inflate = self.packing.inflate();
        }
        Ok(())
    }
}

impl Input for Unpacked<'_, '_> {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        if self.passed == self.bytes.len() {
            self.more()?;
        }
        Ok(self.bytes.get(self.passed..).unwrap_or_default())
    }

    fn pass(&mut self, count: usize) {
        self.passed = self.passed.saturating_add(count).min(self.bytes.len());
    }
}

/// What stands behind a file whose size was not known before it: a signature, a sum and the size.
const BEHIND: usize = 12;

/// A file that is not packed, of a size that stands behind it.
pub(super) struct SizeBehind<'i> {
    bytes: Vec<u8>,
    /// How many of the bytes are known to belong to the file.
    known: usize,
    passed: usize,
    /// How much of the file came before the bytes.
    before: u64,
    has_ended: bool,
    of: &'i mut dyn Input,
}

impl<'i> SizeBehind<'i> {
    pub(super) fn new(of: &'i mut dyn Input) -> Self {
        Self { bytes: Vec::new(), known: 0, passed: 0, before: 0, has_ended: false, of }
    }

    /// As far as it was read.
    pub(super) fn size(&self) -> u64 {
        self.before + self.known as u64
    }

    /// Reads some more, unless it has ended.
    fn more(&mut self) -> Result<(), Cut> {
        self.before = self.size();
        self.bytes.drain(..self.known);
        (self.known, self.passed) = (0, 0);
        while self.bytes.len() < AT_ONCE && !self.has_ended {
            let piece = self.of.ahead().unwrap_or_default();
            if piece.is_empty() {
                // What was read before it breaks off is shown first.
                self.known = self.bytes.len();
                return if self.known == 0 { Err(Cut) } else { Ok(()) };
            }
            let mut read = 0;
            for byte in piece {
                self.bytes.push(*byte);
                read += 1;
                self.has_ended = ends_in_size(&self.bytes, self.before);
                if self.has_ended {
                    break;
                }
            }
            self.of.pass(read);
        }
        self.known = self.bytes.len() - if self.has_ended { BEHIND } else { BEHIND - 1 };
        Ok(())
    }
}

/// Whether bytes end in the size of all before that.
fn ends_in_size(bytes: &[u8], before: u64) -> bool {
    let Some((content, [b'P', b'K', 7, 8, _, _, _, _, size @ ..])) = bytes.split_last_chunk::<BEHIND>() else {
        return false;
    };
    u64::from(u32::from_le_bytes(*size)) == before + content.len() as u64
}

impl Input for SizeBehind<'_> {
    fn ahead(&mut self) -> Result<&[u8], Cut> {
        if self.passed == self.known && !self.has_ended {
            self.more()?;
        }
        Ok(self.bytes.get(self.passed..self.known).unwrap_or_default())
    }

    fn pass(&mut self, count: usize) {
        self.passed = self.passed.saturating_add(count).min(self.known);
    }
}

/// The next bytes, as many as asked for or as there are.
pub(super) fn take(input: &mut dyn Input, count: u64) -> Result<Vec<u8>, Cut> {
    let (taken, read) = begin(input, count);
    read.map(|()| taken)
}

/// The same, as far as it could be read.
pub(super) fn begin(input: &mut dyn Input, count: u64) -> (Vec<u8>, Result<(), Cut>) {
    let mut taken = Vec::new();
    let read = each_piece(&mut Part { left: count, of: input }, |piece| taken.extend_from_slice(piece));
    (taken, read)
}

/// Reads to the end.
pub(super) fn pass_all(input: &mut dyn Input) -> Result<(), Cut> {
    each_piece(input, |_| ())
}

/// Reads to the end, piece by piece.
pub fn each_piece(input: &mut dyn Input, mut take: impl FnMut(&[u8])) -> Result<(), Cut> {
    loop {
        let piece = input.ahead()?;
        let length = piece.len();
        if length == 0 {
            return Ok(());
        }
        take(piece);
        input.pass(length);
    }
}
