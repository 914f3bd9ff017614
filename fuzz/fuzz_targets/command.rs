//! Any text is looked through as a command without a panic and in bounded time, and a command that is
//! handed to a shell as one quoted word is never judged milder than it is by itself.
//! On stable: `cargo fuzz run -s none command`.
#![no_main]

use gov_hook::check::command::{Aliases, look};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    let aliases = Aliases::from(
        [("ci", "commit"), ("x", "!git commit -n"), ("ci2", "ci -v")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let plain = look(line, &aliases);
    let quoted = look(&format!("sh -c -- '{}'", line.replace('\'', r"'\''")), &aliases);
    match (plain, quoted) {
        // What cannot be read blocks the call, which is the worst.
        (_, Err(_)) => {}
        (Err(why), Ok(_)) => unreachable!("{why}, but quoted it is read"),
        (Ok(plain), Ok(quoted)) => {
            let against = |looked: &gov_hook::check::command::Looked| looked.objection.as_ref().map(|one| one.against);
            assert!(against(&quoted) >= against(&plain));
            assert!(plain.written.iter().all(|file| quoted.written.contains(file)));
        }
    }
});
