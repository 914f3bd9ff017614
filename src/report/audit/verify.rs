//! Whether the ledger may be believed, for people and machines.

use std::fmt::Write;

use serde_json::{Value, json};

use super::super::Style;
use super::super::escape::printable;
use super::coverage::{self, Covered};
use super::replayed::{self, Replayed, place};
use crate::model::{Damage, DamageCode, Ending, Sha256, Unwitnessed, counted, counted_in_groups, grouped};

/// A person reads no more of one list; machines get all of it.
const MOST: usize = 50;

/// A ledger that was verified.
#[derive(Clone, Debug)]
pub struct Verified {
    pub genesis: Option<Sha256>,
    pub streams: usize,
    pub entries: u64,
    pub signed: u64,
    pub unwitnessed: Vec<Unwitnessed>,
    pub damage: Vec<Damage>,
    pub anchors: Anchors,
    /// Of the commits that were asked for.
    pub covered: Option<Covered>,
    /// Where decisions were made again.
    pub replayed: Option<Replayed>,
    /// Nothing is on record here, and what others recorded may not have been fetched.
    pub may_be_elsewhere: bool,
}

/// The trailers `Gov-Checkpoint:` of commits and tags.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    /// How many checkpoints named by them the ledger was checked against.
    pub held_to: usize,
    pub others: Vec<NotAnchored>,
}

/// A trailer that anchors nothing.
#[derive(Clone, Debug)]
pub struct NotAnchored {
    /// A commit or a tag.
    pub place: String,
    pub why: String,
}

impl Verified {
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }
}

#[must_use]
pub fn human(found: &Verified, _style: Style) -> String {
    let mut text = String::new();
    if let Some(covered) = found.covered.as_ref().filter(|covered| found.is_sound() && !covered.is_governed()) {
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(text, "not governed: {}\nthe ledger is ", covered.in_words());
    }
    text.push_str(&first_line(found));
    text.push('\n');
    for damage in found.damage.iter().take(MOST) {
        tell(damage, &mut text);
    }
    if found.damage.len() > MOST {
        let _ = writeln!(text, "\nand {} more: gov-hook audit verify --format json", found.damage.len() - MOST);
    }
    if !found.unwitnessed.is_empty() {
        text.push_str(
            "\nunwitnessed: nobody else has seen these entries yet, so their writer could still take them back\n",
        );
        for tail in found.unwitnessed.iter().take(MOST) {
            let Unwitnessed { stream, from, to } = tail;
            let _ = match to - from {
                0 => writeln!(text, "  {}  entry {to}", printable(stream)),
                _ => writeln!(text, "  {}  entries {from} to {to}", printable(stream)),
            };
        }
        if found.unwitnessed.len() > MOST {
            let _ = writeln!(text, "  and {} more streams", found.unwitnessed.len() - MOST);
        }
    }
    anchors(&found.anchors, &mut text);
    if let Some(replayed) = &found.replayed {
        replayed::tell(replayed, &mut text);
    }
    if let Some(covered) = &found.covered {
        coverage::tell(covered, found.replayed.as_ref(), &mut text);
    }
    if found.may_be_elsewhere {
        text.push_str("\nentries by others may not have been fetched: gov-hook audit sync\n");
    } else if let Some(covered) = &found.covered {
        coverage::mend(covered, &mut text);
    }
    text
}

fn anchors(anchors: &Anchors, text: &mut String) {
    let Anchors { held_to, others } = anchors;
    if *held_to > 0 {
        let _ = writeln!(text, "\nheld to {} that commits and tags anchor", counted(*held_to, "checkpoint"));
    }
    if !others.is_empty() {
        text.push_str("\nnot an anchor, despite its trailer `Gov-Checkpoint:`\n");
    }
    for NotAnchored { place, why } in others.iter().take(MOST) {
        let _ = writeln!(text, "  {}: {}", printable(place), printable(why));
    }
    if others.len() > MOST {
        let _ = writeln!(text, "  and {} more", others.len() - MOST);
    }
}

/// Enough alone: a client may show no more.
fn first_line(found: &Verified) -> String {
    if found.streams == 0 && found.is_sound() {
        return "sound: nothing is on record yet".into();
    }
    let size = format!("{} in {}", counted_in_groups(found.entries, "entry"), counted(found.streams, "stream"));
    if let Some(first) = found.damage.first() {
        let more = match found.damage.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        return format!("broken: {} {}{more}; {size}", first.code, place(first));
    }
    let unwitnessed: u64 = found.unwitnessed.iter().map(|tail| tail.to - tail.from + 1).sum();
    let tail = match (unwitnessed, found.unwitnessed.as_slice()) {
        (0, _) => String::new(),
        (1, [one]) => format!("; the newest entry of {} is unwitnessed", printable(&one.stream)),
        (_, [one]) => format!("; the {unwitnessed} newest entries of {} are unwitnessed", printable(&one.stream)),
        (_, many) => format!("; {unwitnessed} newest entries of {} streams are unwitnessed", many.len()),
    };
    format!("sound: {size}, {} signed{tail}", grouped(found.signed))
}

fn tell(damage: &Damage, text: &mut String) {
    let Damage { code, entry, expected, found, .. } = damage;
    let named = entry.map(|id| format!(" ({})", id.short())).unwrap_or_default();
    let _ = writeln!(
        text,
        "\n{code} {}{named}\n  expected: {}\n  found:    {}\n  then:     {}",
        place(damage),
        printable(expected),
        printable(found),
        code.remedy()
    );
}

#[must_use]
pub fn json(found: &Verified, exit: Ending) -> String {
    let mut value = json!({
        "schema": "gov-hook/audit-verify/v1",
        "exit": exit.code(),
        "sound": found.is_sound(),
        "genesis": found.genesis.map(|id| id.to_string()),
        "streams": found.streams,
        "entries": found.entries,
        "signed": found.signed,
        "damage": found.damage.iter().map(damage_v1).collect::<Vec<_>>(),
        "unwitnessed": found.unwitnessed.iter().map(unwitnessed_v1).collect::<Vec<_>>(),
    });
    let Anchors { held_to, others } = &found.anchors;
    if *held_to + others.len() > 0
        && let Value::Object(members) = &mut value
    {
        let other = |NotAnchored { place, why }: &NotAnchored| json!({ "place": place, "why": why });
        let others: Vec<Value> = others.iter().map(other).collect();
        members.insert("anchors".into(), json!({ "held_to": held_to, "others": others }));
    }
    if let (Some(covered), Value::Object(members)) = (&found.covered, &mut value) {
        members.insert("coverage".into(), coverage::covered_v1(covered, found.replayed.as_ref()));
    }
    if let (Some(replayed), Value::Object(members)) = (&found.replayed, &mut value) {
        let otherwise: Vec<Value> = replayed.otherwise.iter().map(damage_v1).collect();
        members.insert(
            "replay".into(),
            json!({ "same": replayed.same, "gone": replayed.gone, "partial": replayed.partial, "otherwise": otherwise }),
        );
    }
    super::super::escape::json(&value).unwrap_or_default()
}

#[must_use]
pub fn damage_v1(damage: &Damage) -> Value {
    let code: DamageCode = damage.code;
    json!({
        "code": code.as_str(),
        "stream": damage.stream,
        "seq": damage.seq,
        "entry": damage.entry.map(|id| id.to_string()),
        "expected": damage.expected,
        "found": damage.found,
        "remedy": code.remedy(),
    })
}

fn unwitnessed_v1(tail: &Unwitnessed) -> Value {
    json!({ "stream": tail.stream, "from": tail.from, "to": tail.to })
}
