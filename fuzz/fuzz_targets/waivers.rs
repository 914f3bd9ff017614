//! A file of waivers is read or refused, without a panic, and one more can be added to what is read.
//! On stable: `cargo fuzz run -s none waivers`.
#![no_main]

use gov_hook::check::waivers::{Excused, Waiver, Waivers, rewritten};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(waivers) = Waivers::read("waivers.yaml", bytes) else { return };
    let dropped = waivers.baselined(bytes);
    let fingerprint = "0123456789abcdef";
    let what = Excused::Fingerprint(fingerprint);
    let added = Waiver { what, reason: "known: \"it's # nothing\"", until: None, by: None, baseline: false };
    if let Some(written) = rewritten(bytes, &dropped, &[added]) {
        let again = Waivers::read("waivers.yaml", &written);
        let again = again.unwrap_or_else(|mistakes| unreachable!("{mistakes:?}"));
        assert!(again.line_of(fingerprint).is_some());
        assert!(again.baselined(&written).is_empty());
    }
});
