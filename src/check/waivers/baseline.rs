//! Writes waivers: one for a finding, or a baseline for all that an old repository already has.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::model::{Date, Finding};

/// A waiver to be written into `.gov/waivers.yaml`.
#[derive(Clone, Debug)]
pub struct Waiver<'a> {
    pub finding: &'a Finding,
    pub reason: &'a str,
    pub until: Option<Date>,
    pub by: Option<&'a str>,
}

impl Waiver<'_> {
    /// An item of the list, ending with its newline.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut out = format!("# {} in {}\n", self.finding.rule, self.finding.place.path);
        let mut field = |mark: &str, key: &str, value: &str| {
            // Writing into a string does not fail.
            let _ = writeln!(out, "{mark}{key}: {value}");
        };
        field("- ", "fingerprint", &format!("\"{}\"", self.finding.fingerprint));
        field("  ", "reason", &quoted(self.reason));
        if let Some(until) = self.until {
            field("  ", "until", &until.to_string());
        }
        if let Some(by) = self.by {
            field("  ", "by", &quoted(by));
        }
        out
    }
}

/// A waiver for each finding that still counts, by fingerprint, so that only what comes later is
/// told. Notes are left out: they excuse themselves.
#[must_use]
pub fn baseline(findings: &[Finding], today: Date, by: Option<&str>) -> String {
    let counts = |finding: &&Finding| finding.counts() && !finding.rule.as_str().starts_with("waiver/");
    let mut kept: Vec<&Finding> = findings.iter().filter(counts).collect();
    kept.sort_by(|a, b| (&a.place.path, &a.rule, a.fingerprint).cmp(&(&b.place.path, &b.rule, b.fingerprint)));
    let mut seen = HashSet::new();
    let reason = format!("baseline {today}");
    let known = kept.into_iter().filter(|finding| seen.insert(finding.fingerprint));
    known.map(|finding| Waiver { finding, reason: &reason, until: None, by }.to_yaml()).collect()
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            c if c.is_control() || crate::model::hides_text(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
