//! The XML of `JUnit`: a test case for the decision and one for each file. A case fails only when the
//! gate does not let the change pass, so readers of the XML and of the exit code always agree.

use std::collections::BTreeMap;

use super::entries::{Entry, Grade, entries};
use super::escape::{printable, shown_path, xml};
use super::words::{headline, reasons};
use crate::model::{Exit, Judgement, RepoPath};

struct Case {
    name: String,
    /// The first line of a failure and all of its text.
    failure: Option<(String, String)>,
    said: String,
}

pub(super) fn render(judgement: &Judgement) -> String {
    let mut cases = vec![decision(judgement)];
    cases.extend(files(judgement, &entries(&judgement.assessment)));
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\"", cases.len());
    let mut lines = vec![
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned(),
        format!("<testsuites name=\"gov-hook\" {counts}>"),
        format!("  <testsuite name=\"gov-hook check\" {counts} errors=\"0\" skipped=\"0\">"),
        "    <properties>".to_owned(),
    ];
    let property = |(name, value): (_, String)| format!("      <property name=\"{name}\" value=\"{}\"/>", xml(&value));
    lines.extend(properties(judgement).map(property));
    lines.push("    </properties>".to_owned());
    lines.extend(cases.iter().flat_map(testcase));
    lines.push("  </testsuite>\n</testsuites>\n".to_owned());
    lines.join("\n")
}

fn properties(judgement: &Judgement) -> [(&'static str, String); 7] {
    let risk = &judgement.assessment.risk;
    [
        ("outcome", judgement.decision.outcome.to_string()),
        ("exit", judgement.decision.exit.code().to_string()),
        ("level", judgement.level.to_string()),
        ("gate", judgement.gate.to_string()),
        ("risk", risk.level.to_string()),
        ("score", risk.score.to_string()),
        ("change", judgement.target.change.to_string()),
    ]
}

fn decision(judgement: &Judgement) -> Case {
    let headline = headline(judgement).line();
    let reasons = reasons(&judgement.decision);
    let lines = reasons.iter().map(|(depth, reason)| format!("{}- {}\n", "  ".repeat(*depth), printable(reason)));
    let said: String = std::iter::once(format!("{headline}\n")).chain(lines).collect();
    let name = "decision".to_owned();
    if judgement.decision.exit == Exit::Pass {
        Case { name, failure: None, said }
    } else {
        Case { name, failure: Some((headline, said)), said: String::new() }
    }
}

/// A case for every path that is spoken of, those of the change first.
fn files(judgement: &Judgement, entries: &[Entry]) -> Vec<Case> {
    let exit = judgement.decision.exit;
    let mut spoken: BTreeMap<&RepoPath, Vec<&Entry>> = BTreeMap::new();
    for (path, entry) in entries.iter().filter_map(|entry| Some((entry.path?, entry))) {
        spoken.entry(path).or_default().push(entry);
    }
    let changed = judgement.assessment.files.iter().map(|file| &file.facts.change.path);
    let mut cases: Vec<Case> = changed.map(|path| file(path, &spoken.remove(path).unwrap_or_default(), exit)).collect();
    cases.extend(spoken.iter().map(|(path, entries)| file(path, entries, exit)));
    cases
}

fn file(path: &RepoPath, entries: &[&Entry], exit: Exit) -> Case {
    let fails = |entry: &Entry| exit != Exit::Pass && entry.waived.is_none() && entry.grade == Grade::Error;
    let (failing, passing): (Vec<&Entry>, Vec<&Entry>) = entries.iter().copied().partition(|entry| fails(entry));
    let told = |entries: &[&Entry]| entries.iter().map(|entry| told(entry)).collect::<String>();
    let failure =
        failing.first().map(|first| (printable(&format!("{}: {}", first.rule, first.message)), told(&failing)));
    Case { name: shown_path(path), failure, said: told(&passing) }
}

fn told(entry: &Entry) -> String {
    let place = match (entry.line, entry.column) {
        (Some(line), Some(column)) => format!(" at {line}:{column}"),
        (Some(line), None) => format!(" at {line}"),
        (None, _) => String::new(),
    };
    let apart = entry.apart().map(|apart| format!(" {apart}")).unwrap_or_default();
    let text = format!("{}[{}]{place}{apart}: {}", entry.word, entry.rule, entry.message);
    let help = entry.help.map(|help| format!("help: {help}"));
    let waived = entry.waived.map(|waived| format!("waived: {} ({})", waived.reason, waived.by));
    let more = [help, waived].into_iter().flatten().map(|more| format!("  {}\n", printable(&more)));
    std::iter::once(format!("{}\n", printable(&text))).chain(more).collect()
}

/// A report whose only case could not be judged.
pub(super) fn with_error(message: &str, text: &str) -> String {
    let counts = "tests=\"1\" failures=\"0\" errors=\"1\"";
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gov-hook\" {counts}>\n  <testsuite \
         name=\"gov-hook check\" {counts} skipped=\"0\">\n    <testcase classname=\"gov-hook\" name=\"decision\">\n      \
         <error message=\"{}\">{}</error>\n    </testcase>\n  </testsuite>\n</testsuites>\n",
        xml(message),
        xml(text)
    )
}

fn testcase(case: &Case) -> Vec<String> {
    let name = format!("    <testcase classname=\"gov-hook\" name=\"{}\"", xml(&case.name));
    let failure = case
        .failure
        .as_ref()
        .map(|(message, body)| format!("      <failure message=\"{}\">{}</failure>", xml(message), xml(body)));
    let said = (!case.said.is_empty()).then(|| format!("      <system-out>{}</system-out>", xml(&case.said)));
    let inner: Vec<String> = failure.into_iter().chain(said).collect();
    if inner.is_empty() {
        return vec![format!("{name}/>")];
    }
    [vec![format!("{name}>")], inner, vec!["    </testcase>".to_owned()]].concat()
}
