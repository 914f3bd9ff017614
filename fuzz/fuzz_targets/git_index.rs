//! git's index may be any bytes: it is read or refused without a panic, what is listed is no more than
//! its bytes hold, in order, and the same that libgit2 reads of them.
//! On stable: `cargo fuzz run -s none git_index`.
#![no_main]

use std::path::PathBuf;
use std::process;
use std::sync::LazyLock;

use gov_hook::git::formats::index::{Index, IndexEntry, LONGEST_PATH};
use libfuzzer_sys::fuzz_target;

/// libgit2 reads an index only from a file.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("gov-hook-fuzz-index-{}", process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    // libgit2 takes zeros for a checksum that was left out.
    let whole = [bytes, &[0; 20]].concat();
    let Ok(index) = Index::parse(&whole) else { return };
    let entries = index.entries();
    assert!(entries.len() * 62 <= whole.len());
    assert!(entries.iter().all(|entry| entry.path.len() <= LONGEST_PATH));
    let key = |entry: &IndexEntry<'_>| (entry.path.to_vec(), entry.stage);
    assert!(entries.is_sorted_by(|one, next| key(one) < key(next)));

    std::fs::write(&*FILE, &whole).unwrap_or_else(|error| unreachable!("{error}"));
    let Ok(theirs) = git2::Index::open(&FILE) else { return };
    let theirs: Vec<_> = theirs.iter().collect();
    assert_eq!(entries.len(), theirs.len());
    for (ours, theirs) in entries.iter().zip(theirs) {
        assert_eq!(*ours.path, *theirs.path);
        assert_eq!(*ours.side.id.as_bytes(), *theirs.id.as_bytes());
        assert_eq!(u16::from(ours.stage), theirs.flags >> 12 & 3);
        // Permissions but that to execute are nobody's.
        assert_eq!(ours.side.mode.bits() & 0o170_000, theirs.mode & 0o170_000);
    }
});
