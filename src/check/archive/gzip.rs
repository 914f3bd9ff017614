//! Files that were packed alone.

use std::cell::Cell;

use super::input::{Cut, Input, Packing, Unpacked, take};
use super::{Extent, Outer, Unpacking};

/// What is cut from a name when it is unpacked, and what is put there.
const ENDINGS: [(&[u8], &[u8]); 4] = [(b".gz", b""), (b".tgz", b".tar"), (b".taz", b".tar"), (b".svgz", b".svg")];

impl Unpacking<'_, '_, '_> {
    pub(super) fn gzip(&mut self, file: &Outer<'_>, input: &mut dyn Input) -> Result<(), Cut> {
        self.packed(Packing::Gzip, file, &unpacked_name(file.name), input)?;
        if !input.ahead()?.is_empty() {
            self.extent = Extent::Part;
        }
        Ok(())
    }
}

/// What was packed alone, with nothing behind it; one byte more of it than `most` at the most.
pub fn gunzip(mut packed: &[u8], most: u64) -> Result<Vec<u8>, Cut> {
    let left = Cell::new(u64::MAX);
    let bytes = take(&mut Unpacked::new(Packing::Gzip, &left, &mut packed), most.saturating_add(1))?;
    if packed.is_empty() || bytes.len() as u64 > most { Ok(bytes) } else { Err(Cut) }
}

fn unpacked_name(packed: &[u8]) -> Vec<u8> {
    let name = packed.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let shortened = ENDINGS.iter().find_map(|(ending, other)| {
        let stem = name.len().checked_sub(ending.len()).and_then(|at| name.split_at_checked(at));
        let (stem, _) = stem.filter(|(_, end)| end.eq_ignore_ascii_case(ending))?;
        Some([stem, other].concat())
    });
    shortened.unwrap_or_else(|| name.to_vec())
}
