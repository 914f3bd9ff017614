//! Entries of the ledger as a table, and as lines of JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::super::escape::{json_line, printable};
use crate::model::{Damage, Entry, EntrySubject, Outcome, Sha256, counted, shortened};

/// An entry as it was read.
#[derive(Clone, Debug)]
pub struct Logged {
    pub id: Sha256,
    pub entry: Entry,
    /// Its canonical form, of which the id is the digest.
    pub line: String,
    pub damage: Vec<Damage>,
}

/// One line an entry. `damage` is that of the whole ledger.
#[must_use]
pub fn human(entries: &[Logged], damage: usize) -> String {
    let mut text = String::new();
    if damage > 0 {
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(text, "broken: {} in the ledger; see gov-hook audit verify\n", counted(damage, "flaw"));
    }
    let rows: Vec<[String; 7]> = entries.iter().map(row).collect();
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    if entries.is_empty() {
        text.push_str("no entry matches\n");
    }
    text
}

fn row(logged: &Logged) -> [String; 7] {
    let entry = &logged.entry;
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let mark = if logged.damage.is_empty() { "" } else { "  damaged" };
    [
        entry.time.to_string(),
        printable(&entry.actor.email).chars().take(40).collect(),
        entry.kind.to_string(),
        or_dash(entry.outcome.map(Outcome::as_str)),
        or_dash(entry.risk.as_ref().map(|risk| risk.level.as_str())),
        subject(&entry.subject),
        format!("{}{mark}", logged.id.short()),
    ]
}

/// The commit, else the tree; then where it is to land.
fn subject(subject: &EntrySubject) -> String {
    let object = match (subject.commit, subject.tree) {
        (Some(commit), _) => commit.short(),
        (None, Some(tree)) => format!("tree {}", tree.short()),
        (None, None) => "-".to_owned(),
    };
    match &subject.reference {
        Some(reference) => {
            let name = shortened(reference);
            let name: String = printable(name).chars().take(40).collect();
            format!("{object} on {name}")
        }
        None => object,
    }
}

/// One object a line: the entry in its canonical form, its id, and what is wrong with it.
#[must_use]
pub fn json_lines(entries: &[Logged]) -> String {
    entries.iter().map(|entry| json_line(&logged_v1(entry))).collect()
}

pub(super) fn logged_v1(logged: &Logged) -> Value {
    json!({
        "schema": "gov-hook/audit-entry/v1",
        "id": logged.id.to_string(),
        "entry": serde_json::from_str::<Value>(&logged.line).unwrap_or_default(),
        "damage": logged.damage.iter().map(|damage| damage.code.as_str()).collect::<Vec<_>>(),
    })
}
