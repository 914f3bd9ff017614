//! Rules as text: the list of them, one explained, and packs that were checked.

use std::fmt::Write as _;

use super::Style;
use super::escape::{printable, printable_line};
use super::mistakes::{self, Asked, Judged, MistakeV1};
use crate::model::{Mistake, Severity, counted};

/// A rule in the words of its pack.
#[derive(Clone, Debug)]
pub struct RuleView {
    pub id: String,
    pub pack: String,
    pub severity: Severity,
    /// What it looks at: `added`, `removed`, `file`, `path` or `message`.
    pub on: String,
    pub message: String,
    pub why: Option<String>,
    pub help: Option<String>,
    /// An example that it finds, with what it stands in.
    pub example: Option<String>,
    /// Whether it looks into texts, where a comment can stand.
    pub reads_text: bool,
    /// Whether a waiver excuses it.
    pub is_waivable: bool,
    /// Whether the policy's `severity` holds for it.
    pub is_weighable: bool,
}

/// One line a rule, pack by pack.
#[must_use]
pub fn list(rules: &[RuleView]) -> String {
    let widest = rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in rules {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{:<4}  {:<widest$}  {}", rule.severity.as_str(), rule.id, printable(&rule.message));
    }
    let _ = writeln!(text, "\n{}; one of them in full: gov-hook rules explain ID", counted(rules.len(), "rule"));
    text
}

#[must_use]
pub fn list_json(rules: &[RuleView]) -> String {
    let rules: Vec<serde_json::Value> = rules.iter().map(json).collect();
    let whole = serde_json::json!({ "schema": "gov-hook/rules/v1", "rules": rules });
    format!("{whole:#}\n")
}

/// What it is, why it matters, an example, the fix, and how to live with it.
#[must_use]
pub fn explain(rule: &RuleView) -> String {
    let mut paragraphs = vec![
        format!("{}[{}]: {}", rule.severity, rule.id, rule.message),
        format!("what: {} (pack `{}`)", looked_at(rule), rule.pack),
    ];
    paragraphs.extend(rule.why.as_ref().map(|why| format!("why: {why}")));
    paragraphs.push(format!("then: {}", consequence(rule.severity)));
    paragraphs.extend(rule.example.as_ref().map(|example| {
        let lines: Vec<&str> = example.lines().collect();
        format!("example:\n  {}", lines.join("\n  "))
    }));
    paragraphs.extend(rule.help.as_ref().map(|help| format!("fix: {help}")));
    let other = if rule.severity == Severity::Warn { Severity::Note } else { Severity::Warn };
    let weigh = format!("in .gov/policy.yaml:\n  rules: {{ severity: {{ \"{}\": {other} }} }}", rule.id);
    let in_text = if rule.reads_text {
        format!("\nor in the text, in a comment on the line or above it:\n  gov: allow[{}] REASON", rule.id)
    } else {
        String::new()
    };
    let or_weigh = if rule.is_weighable { format!("\nor give them another severity, {weigh}") } else { String::new() };
    paragraphs.push(if rule.is_waivable {
        format!(
            "waive: one of them by the fingerprint that `gov-hook check` tells:\n  gov-hook rules waive FINGERPRINT --reason \
             REASON{in_text}\nor all of them at some paths:\n  gov-hook rules waive --rule {id} --path GLOB --reason \
             REASON{or_weigh}",
            id = rule.id
        )
    } else {
        format!("waive: no waiver excuses it; to give it another severity, {weigh}")
    });
    // A repository's own packs say what they like.
    paragraphs.join("\n\n").lines().map(|line| printable_line(line) + "\n").collect()
}

#[must_use]
pub fn explain_json(rule: &RuleView) -> String {
    let mut whole = json(rule);
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("schema".into(), "gov-hook/rule/v1".into());
    }
    format!("{whole:#}\n")
}

/// A pack that was read, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct PackView {
    pub origin: String,
    pub bytes: Vec<u8>,
    /// Rules whose examples hold; none in a pack with mistakes.
    pub rules: usize,
    pub mistakes: Vec<Mistake>,
}

/// What `rules check` read.
#[derive(Clone, Debug)]
pub struct PacksView {
    pub packs: Vec<PackView>,
    /// Files beside them that hold no rule, and were left out.
    pub others: Vec<String>,
}

/// The mistakes of every pack, and how many are sound.
#[must_use]
pub fn check(PacksView { packs, others }: &PacksView, style: Style) -> String {
    let mut text = String::new();
    for PackView { origin, bytes, mistakes, .. } in packs.iter().filter(|pack| !pack.mistakes.is_empty()) {
        text.push_str(&mistakes::human(Judged { origin, bytes, mistakes }, Asked::IsItSound, None, style));
    }
    let sound = packs.iter().filter(|pack| pack.mistakes.is_empty()).count();
    let rules = counted(packs.iter().map(|pack| pack.rules).sum(), "rule");
    // Writing into a string cannot fail.
    let _ = writeln!(text, "sound: {sound} of {}, with {rules} whose examples hold", counted(packs.len(), "pack"));
    if !others.is_empty() {
        let _ = writeln!(text, "left out, because nothing in it has an `id`: {}", printable(&others.join(", ")));
    }
    text
}

#[must_use]
pub fn check_json(PacksView { packs, others }: &PacksView) -> String {
    let of = |pack: &PackView| {
        serde_json::json!({
            "origin": pack.origin,
            "sound": pack.mistakes.is_empty(),
            "rules": pack.rules,
            "mistakes": pack.mistakes.iter().map(MistakeV1::from).collect::<Vec<_>>(),
        })
    };
    let packs: Vec<serde_json::Value> = packs.iter().map(of).collect();
    let whole = serde_json::json!({ "schema": "gov-hook/rules-check/v1", "packs": packs, "left_out": others });
    format!("{whole:#}\n")
}

fn json(rule: &RuleView) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id,
        "pack": rule.pack,
        "severity": rule.severity.as_str(),
        "on": rule.on,
        "message": rule.message,
        "why": rule.why,
        "then": consequence(rule.severity),
        "example": rule.example,
        "help": rule.help,
    })
}

fn looked_at(rule: &RuleView) -> &'static str {
    match rule.on.as_str() {
        "removed" => "looks at lines that a change removes",
        "file" => "looks at the whole of every file that a change touches",
        "path" => "looks at the paths that a change touches",
        "message" => "looks at the messages of commits and tags",
        _ if !rule.reads_text => {
            "looks at the bytes of files that a change adds or modifies, and of every file of a tree"
        }
        _ => "looks at lines that a change adds, and at every line of a tree",
    }
}

const fn consequence(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "the change is blocked at every level",
        Severity::Hold => "the change is at least HIGH, and waits for an approval at staging and production",
        Severity::Warn => "it is reported, and nothing is held for it",
        Severity::Note => "it is noted, and nothing is held for it",
    }
}
