//! What is said of waivers, to somebody who asks what it means.

use crate::model::Severity;

/// A rule about waivers, which no pack has.
#[derive(Clone, Copy, Debug)]
pub struct Explained {
    pub severity: Severity,
    pub message: &'static str,
    pub why: &'static str,
    pub help: &'static str,
}

#[must_use]
pub fn explained(id: &str) -> Option<Explained> {
    let (severity, message, why, help) = match id {
        "waiver/added" => (
            Severity::Hold,
            "a change excuses its own findings",
            "Whoever writes a change would judge it too. Of what would not be held this is only a note, and so it is \
             of one in `.gov/waivers.yaml`, of which any change is CRITICAL.",
            "Have the reason approved with the change, or remove what it excuses.",
        ),
        "waiver/reused" => (
            Severity::Hold,
            "an older waiver excuses what a change adds",
            "A waiver in a text was approved for another text than this; one in `.gov/waivers.yaml` for all that it \
             names, and is not told so. Of what would not be held this is only a note.",
            "Have it approved with the change, or remove what it excuses.",
        ),
        "waiver/expired" => (
            Severity::Warn,
            "a waiver is past its date",
            "It no longer excuses anything.",
            "Fix what it excused, or set a new date.",
        ),
        "waiver/malformed" => (
            Severity::Warn,
            "a waiver in the text cannot be read",
            "It excuses nothing, though it looks as if it did.",
            "Write `gov: allow[rule-id] reason`, with `until=2026-12-31` when it should end.",
        ),
        "waiver/no-reason" => (
            Severity::Warn,
            "a waiver gives no reason",
            "Nobody could tell later whether it still applies, so it excuses nothing.",
            "Say why this is not a risk.",
        ),
        "waiver/unused" => (
            Severity::Warn,
            "a waiver has nothing to excuse",
            "It would excuse later findings that nobody has looked at.",
            "Remove it.",
        ),
        _ => return None,
    };
    Some(Explained { severity, message, why, help })
}
