//! The built-in rules take any bytes without a panic, in one piece or in many.
//! On stable: `cargo fuzz run -s none content`.
#![no_main]

use std::sync::LazyLock;

use gov_hook::check::rules::{Candidate, Rules};
use gov_hook::model::{Mode, RepoPath};
use gov_hook::policy::Policy;
use libfuzzer_sys::fuzz_target;

static RULES: LazyLock<Rules> =
    LazyLock::new(|| Rules::new(&Policy::built_in().rules, Vec::new()).unwrap_or_else(|why| unreachable!("{why}")));

fuzz_target!(|bytes: &[u8]| {
    let path = RepoPath::from("src/a.py");
    let _ = RULES.scan_text(&path, bytes);
    let _ = RULES.scan_message(bytes, false);
    let mut stream = RULES.stream(Candidate::standing(&path, Mode::Regular));
    for piece in bytes.chunks(7) {
        stream.push(piece);
    }
    let _ = stream.finish();
});
