//! A pack of anybody's own is read or refused, without a panic, and what is read can be run.
//! On stable: `cargo fuzz run -s none pack`.
#![no_main]

use gov_hook::check::rules::{Rules, read_pack};
use gov_hook::model::RepoPath;
use gov_hook::policy::{Policy, RuleSettings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match read_pack("own.yaml", bytes, &[]) {
        Ok(pack) => {
            let settings = RuleSettings { packs: Vec::new(), ..Policy::built_in().rules };
            let rules = Rules::new(&settings, vec![pack]).unwrap_or_else(|why| unreachable!("{why}"));
            let _ = rules.broken_examples();
            let _ = rules.scan_text(&RepoPath::from("a.txt"), bytes);
        }
        Err(mistakes) => assert!(!mistakes.is_empty()),
    }
});
