//! Whether a file tested something before it was deleted.

use super::{Hit, Subject};

/// What tests look like, in lower case; whatever the language, one of them stands in it.
const SIGNS: [&str; 22] = [
    "assert",
    "expect(",
    "expect_",
    "expect ",
    "should",
    "def test",
    "#[test",
    "::test]",
    "it(",
    "it \"",
    "it '",
    "test(",
    "test \"",
    "test '",
    "func test",
    "@test",
    "[fact",
    "[theory",
    "[test",
    "describe",
    "check(",
    "is_deeply",
];

/// The old side as a whole, when it defines a test or asserts something. Support for tests does
/// neither. What cannot be read counts.
pub(super) fn was(file: &Subject<'_>) -> Vec<Hit> {
    let tests = file.old.is_none_or(|old| {
        let old = old.to_ascii_lowercase();
        SIGNS.iter().any(|sign| memchr::memmem::find(&old, sign.as_bytes()).is_some())
    });
    if tests { vec![Hit::whole("")] } else { Vec::new() }
}
