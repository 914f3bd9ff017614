//! The ledger's reader takes any bytes without a panic, and what it takes is written the same.
//! On stable: `cargo fuzz run -s none entry`.
#![no_main]

use gov_hook::ledger::{canonical, parse, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = canonical::read(bytes) {
        let mut written = String::new();
        canonical::write(&value, &mut written).unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!(written.as_bytes(), bytes);
    }
    if let Ok(entry) = parse(bytes) {
        let written = write(&entry).unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!(written.as_bytes(), bytes);
    }
});
