//! Workflow commands that GitHub shows as annotations. It keeps only the first ten of each kind,
//! so the decision comes first and the gravest findings follow.

use super::entries::{Entry, Grade, entries};
use super::escape::{github_message, github_property, harmless_path, printable};
use super::words::{headline, held_elsewhere};
use crate::model::{Exit, Judgement};

pub(super) fn render(judgement: &Judgement) -> String {
    let exit = judgement.decision.exit;
    let headline = headline(judgement).line();
    let mut lines = vec![command(if exit == Exit::Pass { "notice" } else { "error" }, &["title=gov-hook"], &headline)];
    lines.extend(entries(&judgement.assessment).iter().map(|entry| annotation(entry, exit)));
    let notice = |text: &str| command("notice", &["title=gov-hook"], &printable(text));
    lines.extend(held_elsewhere(judgement).iter().map(|text| notice(text)));
    lines.extend(judgement.notes.iter().map(|note| notice(note)));
    for step in &judgement.next {
        lines.push(notice(&format!("{}: {}", step.why, step.command)));
    }
    lines.push(format!("gov-hook {headline}\n"));
    lines.join("\n")
}

/// What only holds a change is no error where nothing is held.
fn annotation(entry: &Entry, exit: Exit) -> String {
    let kind = match entry.grade {
        _ if entry.waived.is_some() => "notice",
        Grade::Error if exit != Exit::Pass => "error",
        Grade::Error | Grade::Warning => "warning",
        Grade::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(path) = entry.path {
        properties.push(format!("file={}", github_property(&harmless_path(path))));
    }
    properties.extend(entry.line.map(|line| format!("line={line}")));
    properties.extend(entry.column.map(|column| format!("col={column}")));
    properties.push(format!("title={}", github_property(&printable(&format!("{}: {}", entry.word, entry.rule)))));
    let mut message = printable(entry.message);
    for more in [
        entry.apart(),
        entry.at.map(|at| printable(&format!("{}:{}: {}", at.origin, at.line, at.text))),
        entry.help.map(|help| printable(&format!("help: {help}"))),
        entry.waived.map(|waived| printable(&format!("waived: {} ({})", waived.reason, waived.by))),
    ] {
        message.extend(more.map(|more| format!("\n{more}")));
    }
    command(kind, &properties.iter().map(String::as_str).collect::<Vec<_>>(), &message)
}

fn command(kind: &str, properties: &[&str], message: &str) -> String {
    format!("::{kind} {}::{}", properties.join(","), github_message(message))
}
