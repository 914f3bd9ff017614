//! The policy reader takes any bytes without a panic, and what it takes it can write and read
//! again. On stable: `cargo fuzz run -s none policy`.
#![no_main]

use gov_hook::policy::{effective, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match read("policy.yaml", bytes) {
        Ok(policy) => {
            let written = effective(&policy).to_yaml();
            let again = read("effective", written.as_bytes());
            let again = again.unwrap_or_else(|mistakes| unreachable!("{mistakes:?}\n{written}"));
            assert_eq!(effective(&again).to_yaml(), written);
        }
        Err(mistakes) => assert!(!mistakes.is_empty()),
    }
});
