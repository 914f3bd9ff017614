//! Files that are written beside the place that they are for, and names for them that nobody else draws.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

/// Removes a file when it goes out of scope, unless it was renamed away.
pub(super) struct Temporary<'a>(pub(super) &'a Path);

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        // It may have been renamed, and what cannot be removed is found and removed by the next.
        let _ = std::fs::remove_file(self.0);
    }
}

/// 32 hexadecimal digits that nobody else draws.
#[must_use]
pub fn drawn() -> String {
    format!("{:016x}{:016x}", random(), random())
}

/// A number that differs from process to process and from call to call. It is no secret.
pub(super) fn random() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
