//! A stream that anybody changed in any way is verified without a panic, and where nothing is found
//! the tip that is kept of it reads as it was written. On stable: `cargo fuzz run -s none chain`.
#![no_main]

use gov_hook::ledger::{Chain, Rules, Tip, join};
use libfuzzer_sys::fuzz_target;

/// A stream of seven entries, as a repository wrote it.
const SOUND: &[u8] = include_bytes!("../stream.jsonl");
const NAME: &str = "b5fc85e55755-18d081ac";

fuzz_target!(|edits: Vec<(u16, u8)>| {
    let mut bytes = SOUND.to_vec();
    for (at, byte) in &edits {
        let at = usize::from(*at) % bytes.len();
        bytes[at] = *byte;
    }
    let rules = Rules::default();
    let mut chain = Chain::new(NAME, &rules);
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        chain.feed(line);
    }
    if bytes == SOUND {
        assert!(chain.damage().is_empty(), "{:?}", chain.damage());
    }
    let verdict = join(&[chain], &rules, Vec::new());
    for tip in verdict.tips {
        let written = tip.write();
        assert_eq!(Tip::read(&written).map(|again| again.write()), Some(written));
    }
});
