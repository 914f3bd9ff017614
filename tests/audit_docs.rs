//! Every transcript in docs/audit.md is what the program says, but for ids and names that no two
//! repositories share: those are written `…`.
//!
//! With `GOV_HOOK_WRITE_DOCS=1` the outputs are written into the document instead of being compared.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "the environment says whether to write")]

mod support;

use std::fs;
use std::path::Path;

use support::Scratch;

/// What Lin has recorded is on the remote; Mira has it not, and has made one commit.
fn shared() -> Scratch {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch.git(&["config", "user.email", "lin@example.com"]);
    scratch.write("lin.txt", "one\n");
    scratch.commit_by_hand("Add what Lin needs");
    scratch.git(&["push", "-q", "origin", "main"]);
    let clone = scratch.beside("clone");
    scratch.git(&["clone", "-q", &scratch.beside("origin.git").to_string_lossy(), &clone.to_string_lossy()]);
    let hooks = scratch.path(".git/hooks").to_string_lossy().into_owned();
    scratch.git_in(&clone, &["config", "core.hooksPath", &hooks]);
    fs::write(clone.join("mira.txt"), "two\n").unwrap();
    scratch.git_in(&clone, &["add", "--all"]);
    scratch.git_in(&clone, &["commit", "-q", "-m", "Add what Mira needs"]);
    scratch
}

/// Ids are drawn or follow from what is drawn; their places in a line stay.
fn without_ids(line: &str) -> String {
    let is_id = |word: &str| {
        let hex = word.chars().all(|letter| letter.is_ascii_digit() || ('a'..='f').contains(&letter) || letter == '-');
        word.len() >= 12 && (hex || word.ends_with('='))
    };
    let shown = |word: &str| match word.rsplit_once('/') {
        Some((before, last)) if is_id(last) && !word.ends_with('=') => format!("{before}/…"),
        _ if is_id(word) => "…".to_owned(),
        _ => word.to_owned(),
    };
    line.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_transcript_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
    let text = fs::read_to_string(&path).unwrap();
    let scratch = shared();
    let clone = scratch.beside("clone");

    let (mut replayed, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
            replayed.push(line.to_owned());
        } else if let Some(command) = line.strip_prefix("$ gov-hook ").filter(|_| inside) {
            replayed.push(line.to_owned());
            let said = scratch.run_in(&clone, &command.split(' ').collect::<Vec<_>>());
            let mut lines: Vec<String> = said.out.lines().chain(said.err.lines()).map(without_ids).collect();
            // Streams are listed by their names, which are drawn.
            if command == "audit checkpoint" {
                lines.iter_mut().skip(3).for_each(|line| *line = line.trim_end().to_owned());
                if let Some(heads) = lines.get_mut(3..) {
                    heads.sort();
                }
            }
            replayed.extend(lines);
        } else if !inside {
            replayed.push(line.to_owned());
        }
    }

    let replayed = replayed.join("\n") + "\n";
    if std::env::var_os("GOV_HOOK_WRITE_DOCS").is_some() {
        fs::write(path, replayed).unwrap();
    } else {
        assert_eq!(text, replayed);
    }
}
