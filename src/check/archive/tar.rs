//! Tapes: blocks of 512 bytes, of which some say what the next ones hold.

use super::input::{Cut, Input, Part, pass_all, take};
use super::{Extent, HEAD, Outer, Unpacking};

/// No more is read of what is said of a file.
const MOST_SAID: u64 = 1 << 16;

impl Unpacking<'_, '_, '_> {
    pub(super) fn tar(&mut self, archive: &Outer<'_>, input: &mut dyn Input) -> Result<(), Cut> {
        let mut said = Said::default();
        loop {
            let block = take(input, HEAD as u64)?;
            if block.is_empty() {
                return Ok(());
            }
            // Zeros end a tape, and other tapes may have been appended behind them.
            if block.iter().all(|byte| *byte == 0) {
                continue;
            }
            // Behind what no header tells of another header may follow.
            let Some(header) = Header::read(&block) else {
                self.extent = Extent::Part;
                continue;
            };
            if header.map_goes_on {
                pass_map(input)?;
            }
            let size = said.size.filter(|_| header.kind == Kind::File).unwrap_or(header.size);
            let mut content = Part { left: size, of: input };
            match header.kind {
                Kind::File => {
                    let said = std::mem::take(&mut said);
                    if said.is_mapped {
                        self.extent = Extent::Part;
                    }
                    let name = said.name.unwrap_or(header.name);
                    let read = self.member(archive, name.strip_prefix(b"./").unwrap_or(&name), &mut content);
                    self.forgive(read)?;
                    pass_all(&mut content)?;
                }
                Kind::LongName => said.name = Some(text(&take(&mut content, MOST_SAID)?).to_vec()),
                Kind::Attributes => said.add(&take(&mut content, MOST_SAID)?),
                Kind::LongLink => pass_all(&mut content)?,
                Kind::Empty => said = Said::default(),
            }
            if content.left > 0 {
                self.extent = Extent::Part;
                pass_all(&mut content)?;
            }
            let filled = size.div_ceil(HEAD as u64).saturating_mul(HEAD as u64) - size;
            pass_all(&mut Part { left: filled, of: input })?;
        }
    }
}

/// What is said of the next file before its header.
#[derive(Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    /// The file begins with where its parts belong.
    is_mapped: bool,
}

impl Said {
    /// Takes lines such as `19 path=some/where`, of which each begins with its length.
    fn add(&mut self, mut lines: &[u8]) {
        while let Some((line, others)) = first_line(lines) {
            let (key, value) = parted(line, b'=').unwrap_or((line, b""));
            match key {
                b"path" | b"GNU.sparse.name" => self.name = Some(value.to_vec()),
                b"size" => self.size = decimal(value),
                b"GNU.sparse.major" => self.is_mapped = true,
                _ => {}
            }
            lines = others;
        }
    }
}

/// A line without its length, and those behind it. It may hold more than one by its looks.
fn first_line(lines: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, _) = parted(lines, b' ')?;
    let (line, others) = lines.split_at_checked(usize::try_from(decimal(length)?).ok()?)?;
    Some((line.get(length.len() + 1..)?.strip_suffix(b"\n")?, others))
}

fn parted(text: &[u8], by: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(by, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

pub(super) struct Header {
    name: Vec<u8>,
    size: u64,
    kind: Kind,
    /// Where the parts of the file belong is said in more blocks.
    map_goes_on: bool,
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// Whatever is not known to be something else.
    File,
    /// The name of the next file, as GNU writes it.
    LongName,
    /// Of what the next link leads to, which is no file.
    LongLink,
    /// What else is known of the next file, as POSIX has it.
    Attributes,
    /// Folders, links and devices: there is nothing in them, whatever their size is said to be.
    Empty,
}

impl Header {
    /// A block is a header when the sum in it is that of its bytes.
    pub(super) fn read(block: &[u8]) -> Option<Self> {
        let block: &[u8; HEAD] = block.try_into().ok()?;
        let field = |from: usize, length: usize| block.get(from..from + length).unwrap_or_default();
        if !is_sum_of(octal(field(148, 8))?, block) {
            return None;
        }
        let name = text(field(0, 100));
        let prefix = if field(257, 6) == b"ustar\0" { text(field(345, 155)) } else { b"" };
        let kind = match field(156, 1) {
            b"1" | b"2" | b"3" | b"4" | b"5" | b"6" => Kind::Empty,
            // So folders were written once.
            b"\0" if name.ends_with(b"/") => Kind::Empty,
            b"L" => Kind::LongName,
            b"K" => Kind::LongLink,
            b"x" | b"X" | b"g" => Kind::Attributes,
            _ => Kind::File,
        };
        let size = if kind == Kind::Empty { 0 } else { number(field(124, 12))? };
        let map_goes_on = field(156, 1) == b"S" && field(482, 1) != [0];
        Some(Self { name: super::join(prefix, name), size, kind, map_goes_on })
    }
}

/// The sum is made as if spaces stood where it stands. Some have taken bytes for signed.
fn is_sum_of(sum: u64, block: &[u8; HEAD]) -> bool {
    let (mut bytes, mut high) = (8 * u64::from(b' '), 0);
    for (_, byte) in block.iter().enumerate().filter(|(at, _)| !(148..156).contains(at)) {
        bytes += u64::from(*byte);
        high += u64::from(*byte >> 7);
    }
    sum == bytes || sum + 256 * high == bytes
}

/// Up to the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// In octal digits, or in bytes where those are too few.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, bytes @ ..] = field {
        let (high, low) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        return high.iter().all(|byte| *byte == 0).then(|| u64::from_be_bytes(low.try_into().unwrap_or_default()));
    }
    if text(field).iter().all(|byte| *byte == b' ') { Some(0) } else { octal(field) }
}

fn octal(field: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(text(field)).ok()?.trim_matches(' '), 8).ok()
}

/// The last block of a map says so.
fn pass_map(input: &mut dyn Input) -> Result<(), Cut> {
    while take(input, HEAD as u64)?.get(504).is_some_and(|goes_on| *goes_on != 0) {}
    Ok(())
}
