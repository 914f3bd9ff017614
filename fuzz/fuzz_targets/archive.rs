//! Archives are any bytes: reading one never panics, never ends later than its limits, and shows
//! no more than was read.
//! On stable: `cargo fuzz run -s none archive`.
#![no_main]

use gov_hook::check::archive::{Archive, each_piece, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut shown = 0;
    let _ = unpack(Archive::Held(bytes), b"a.tgz", &mut |_, content| each_piece(content, |piece| shown += piece.len()));
    assert!(shown <= bytes.len() * 65 + (1 << 20), "{shown} bytes");
});
