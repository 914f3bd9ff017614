//! GitLab's code quality report: an array, each entry at a path and with a fingerprint of its own.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::entries::{Entry, Grade, LAW, entries, refusal};
use super::escape::{self, printable};
use super::words::headline;
use crate::model::{Fingerprint, Judgement, RepoPath};

pub(super) fn render(judgement: &Judgement) -> serde_json::Result<String> {
    let mut seen: HashMap<Fingerprint, u32> = HashMap::new();
    let (headline, law) = (headline(judgement).line(), RepoPath::from(LAW));
    let mut entries = entries(&judgement.assessment);
    entries.extend(refusal(judgement, &entries, &headline, &law));
    let issues: Vec<Value> = entries
        .iter()
        .filter_map(|entry| {
            let times = seen.entry(entry.fingerprint).and_modify(|times| *times += 1).or_insert(1);
            issue(entry, *times)
        })
        .collect();
    escape::json(&issues)
}

/// GitLab drops all but one of several issues with one fingerprint, so a repetition is numbered.
fn issue(entry: &Entry, times: u32) -> Option<Value> {
    let path = entry.path?;
    let severity = match (entry.waived, entry.word) {
        (Some(_), _) => "info",
        (None, "deny") => "blocker",
        (None, "CRITICAL" | "hold") => "critical",
        (None, _) => match entry.grade {
            Grade::Error => "major",
            Grade::Warning => "minor",
            Grade::Note => "info",
        },
    };
    let help = entry.help.map(|help| format!(" (help: {help})")).unwrap_or_default();
    let waived =
        entry.waived.map(|waived| format!("waived by {} ({}): ", waived.by, waived.reason)).unwrap_or_default();
    let apart = entry.apart().map(|apart| format!(" ({apart})")).unwrap_or_default();
    let description = printable(&format!("{waived}{}{apart}{help}", entry.message));
    let fingerprint = match times {
        1 => entry.fingerprint.to_string(),
        times => format!("{}-{times}", entry.fingerprint),
    };
    Some(json!({
        "description": description,
        "check_name": entry.rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": escape::path(path), "lines": { "begin": entry.line.unwrap_or(1) } },
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::samples;
    use super::render;

    #[test]
    fn no_two_issues_share_a_fingerprint() {
        for (name, judgement) in samples::all() {
            let report: Vec<Value> = serde_json::from_str(&render(&judgement).unwrap()).unwrap();

            let fingerprints: BTreeSet<&str> =
                report.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
            assert_eq!(fingerprints.len(), report.len(), "{name}");
        }
    }
}
