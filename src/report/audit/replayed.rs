//! What became of recorded decisions that were made again, for people.

use std::fmt::Write;

use super::super::escape::printable;
use crate::model::{Damage, counted_in_groups};

/// A person reads no more of them; machines get all.
const MOST: usize = 50;

/// What became of recorded decisions that were made again; those that differ are damage.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub same: u64,
    /// Their objects are not here any more.
    pub gone: u64,
    /// Made in a shallow clone, which knew less.
    pub partial: u64,
    /// Made by another engine, and differing.
    pub otherwise: Vec<Damage>,
}

pub(super) fn tell(replayed: &Replayed, text: &mut String) {
    let Replayed { same, gone, partial, otherwise } = replayed;
    let _ = writeln!(text, "\nreplayed: {} recomputed with the same result", counted_in_groups(*same, "decision"));
    if *gone > 0 {
        let _ = writeln!(text, "  {} about objects that are not in this clone", counted_in_groups(*gone, "decision"));
    }
    if *partial > 0 {
        let _ = writeln!(
            text,
            "  {} made in a shallow clone, which knew less of the history",
            counted_in_groups(*partial, "decision")
        );
    }
    if !otherwise.is_empty() {
        let count = counted_in_groups(otherwise.len() as u64, "decision");
        let _ = writeln!(text, "  {count} by other versions of gov-hook that this one would decide differently:");
    }
    for differs in otherwise.iter().take(MOST) {
        let (expected, found) = (printable(&differs.expected), printable(&differs.found));
        let _ = writeln!(text, "    {}: now {expected}, then {found}", place(differs));
    }
}

pub(super) fn place(damage: &Damage) -> String {
    match damage.seq {
        Some(seq) => format!("at entry {seq} of {}", printable(&damage.stream)),
        None => format!("in {}", printable(&damage.stream)),
    }
}
