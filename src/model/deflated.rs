//! What the build deflated, because few runs need it.

use libdeflater::Decompressor;

/// So many bytes; `None` never happens for what the build wrote.
#[must_use]
pub fn inflated(deflated: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    let written = Decompressor::new().deflate_decompress(deflated, &mut bytes).ok()?;
    (written == length).then_some(bytes)
}
