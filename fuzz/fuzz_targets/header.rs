//! Any text can be asked for its header without a panic, and where one is put on, taking it off
//! gives the same bytes back. On stable: `cargo fuzz run -s none header`.
#![no_main]

use gov_hook::header::{Found, Terms, find, inspect, sign, syntax_for, unsign};
use gov_hook::model::RepoPath;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 12] =
    ["a.py", "a.rs", "a.html", "a.xml", "a.php", "a.md", "a.sql", "a.css", "a.vue", "a.lua", "Makefile", "script"];

fuzz_target!(|input: (u8, &[u8])| {
    let (which, text) = input;
    let _ = (inspect(text), find(text), unsign(text));
    let path = RepoPath::from(NAMES[usize::from(which) % NAMES.len()]);
    let Ok(syntax) = syntax_for(&path, text) else { return };
    let terms = Terms {
        environment: "dev".into(),
        signed_at: "2026-01-02T03:04:05Z".parse().unwrap_or_else(|_| unreachable!()),
        name: "Ada".into(),
        email: "ada@example.com".into(),
        artifact_type: None,
        metadata: vec![("team".into(), "core".into())],
    };
    let Ok(Some(signed)) = sign(text, syntax, &terms) else { return };
    let Found::Block(block) = inspect(&signed.bytes) else { unreachable!("its own header is not found") };
    assert_eq!(block.body_hash(&signed.bytes), signed.artifact);
    if matches!(inspect(text), Found::Nothing) {
        assert_eq!(unsign(&signed.bytes).ok().flatten().as_deref(), Some(text));
    }
});
