//! The page itself: what may be believed comes first, then the numbers, then what needs a look.

use super::{Figure, Table, plots, weeks};
use crate::model::{AuditReport, HeaderTotals, MissingCommit, Outcome, counted_in_groups, grouped};
use crate::report::audit::totals::{Verdict, duration, per_mille, period, sentence, share};
use crate::report::escape::{printable, xml};

const STYLE: &str = include_str!("page.css");

/// The whole page. It parses as XML too, so that nothing in it can be left open.
#[must_use]
pub fn page(report: &AuditReport) -> String {
    let title = format!("Audit report: {}", printable(&report.range));
    let body: String = [
        header(report),
        verdict(report),
        tiles(report),
        coverage(report),
        decisions(report),
        people(report),
        approvals(report),
        missing(report),
        past_gate(report),
        footer(report),
    ]
    .concat();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        xml(&title)
    )
}

fn header(report: &AuditReport) -> String {
    let made = report.made.map(|made| made.to_string()).unwrap_or_default();
    let repo = report.repo.map(|repo| format!("<dt>Repository</dt><dd><code>{repo}</code></dd>")).unwrap_or_default();
    format!(
        "<header>\n<h1>Audit report</h1>\n<dl>{repo}<dt>Commits</dt><dd>{}</dd><dt>Period</dt><dd>{}</dd>\
         <dt>Made</dt><dd>{} by {}</dd></dl>\n</header>\n<main>\n",
        xml(&printable(&report.range)),
        xml(&period(report)),
        xml(&made),
        xml(&report.engine)
    )
}

fn verdict(report: &AuditReport) -> String {
    let verdict = Verdict::of(report);
    let (class, mark, says) = match verdict {
        Verdict::Broken => ("broken", "✕", "The ledger is broken"),
        Verdict::Empty => ("empty", "○", "The ledger is empty"),
        Verdict::Unwitnessed => ("open", "✓", "The ledger is sound, its end not yet witnessed"),
        Verdict::Sound => ("sound", "✓", "The ledger is sound"),
    };
    let item = |damage: &crate::model::Damage| {
        let told = xml(&printable(&damage.to_string()));
        format!("<li><strong>{told}</strong><br/>{}</li>\n", xml(damage.code.remedy()))
    };
    let damage: String = report.damage.iter().map(item).collect();
    let tail = |tail: &crate::model::Unwitnessed| {
        let stream = xml(&printable(&tail.stream));
        let entries = if tail.from == tail.to {
            format!("entry {}", tail.from)
        } else {
            format!("entries {} to {}", tail.from, tail.to)
        };
        format!("<li>{entries} of <code>{stream}</code></li>\n")
    };
    let unwitnessed: String = report.unwitnessed.iter().map(tail).collect();
    let list = |title: &str, items: &str| {
        if items.is_empty() { String::new() } else { format!("<h3>{title}</h3>\n<ul>\n{items}</ul>\n") }
    };
    format!(
        "<section class=\"verdict {class}\" aria-labelledby=\"verdict\">\n\
         <h2 id=\"verdict\"><span aria-hidden=\"true\">{mark}</span> {says}</h2>\n<p>{}.</p>\n{}{}</section>\n",
        xml(&sentence(report)),
        list("What is wrong", &damage),
        list("Not seen by anybody else yet", &unwitnessed)
    )
}

/// The few numbers that an auditor asks for first.
fn tiles(report: &AuditReport) -> String {
    let totals = &report.totals;
    let decisions: u64 = totals.outcomes.values().sum();
    let refused: u64 =
        totals.outcomes.iter().filter(|(outcome, _)| **outcome >= Outcome::Rejected).map(|(_, count)| count).sum();
    let commits: u64 = totals.commits.values().sum();
    let governed: u64 = totals.commits.iter().filter(|(status, _)| status.is_on_record()).map(|(_, count)| count).sum();
    let approvals = &totals.approvals;
    let overrides = &totals.overrides;
    let unknown = || "–".to_owned();
    let tiles = [
        (
            "Commits on record",
            share(governed, commits).map_or_else(unknown, per_mille_down(governed, commits)),
            format!("{} of {}", grouped(governed), grouped(commits)),
        ),
        ("Decisions", grouped(decisions), format!("{} refused", grouped(refused))),
        (
            "Approval rate",
            approvals.rate_per_mille.map_or_else(unknown, per_mille),
            format!("{} approved, {} rejected, {} open", approvals.approved, approvals.rejected, approvals.open),
        ),
        (
            "Median wait",
            approvals.median_seconds.map_or_else(unknown, duration),
            approvals
                .ninetieth_seconds
                .map_or_else(String::new, |time| format!("nine in ten within {}", duration(time))),
        ),
        ("Overrides used", grouped(overrides.used), format!("{} not ratified yet", grouped(overrides.unratified))),
        ("Tamper attempts", grouped(totals.tampering), "protected files were changed".into()),
        ("Files signed", grouped(totals.headers.signed), signed_files(&totals.headers)),
    ];
    let tile = |(name, value, more): &(&str, String, String)| {
        format!("<div><dt>{name}</dt><dd><strong>{}</strong><span>{}</span></dd></div>\n", xml(value), xml(more))
    };
    let tiles: String = tiles.iter().map(tile).collect();
    format!("<dl class=\"tiles\">\n{tiles}</dl>\n")
}

/// By environment, and what was found of them in judged changes.
fn signed_files(headers: &HeaderTotals) -> String {
    let signed = headers.environments.iter().map(|(name, count)| format!("{} {name}", grouped(*count)));
    let found = [(headers.unsigned, "unsigned"), (headers.verified, "verified"), (headers.tampered, "tampered with")];
    let found = found.into_iter().map(|(count, word)| format!("{} {word}", grouped(count)));
    signed.chain(found).collect::<Vec<_>>().join(", ")
}

/// A share that is all only when nothing is missing.
fn per_mille_down(part: u64, whole: u64) -> impl Fn(u64) -> String {
    move |rounded| per_mille(if part < whole { rounded.min(999) } else { rounded })
}

fn section(id: &str, title: &str, figures: impl IntoIterator<Item = Option<Figure>>, more: &str) -> String {
    let figures: String = figures.into_iter().flatten().map(|figure| figure.html()).collect();
    if figures.is_empty() && more.is_empty() {
        return String::new();
    }
    format!(
        "<section aria-labelledby=\"{id}-h\">\n<h2 id=\"{id}-h\">{title}</h2>\n<div class=\"figures\">\n{figures}{more}</div>\n</section>\n"
    )
}

fn coverage(report: &AuditReport) -> String {
    section("governed", "Was every commit governed?", [plots::coverage(&report.totals, &printable(&report.range))], "")
}

fn decisions(report: &AuditReport) -> String {
    let totals = &report.totals;
    let figures = [
        weeks::weeks(&totals.weeks),
        plots::outcomes(totals),
        plots::levels(totals),
        plots::enforcement(totals),
        plots::environments(totals),
    ];
    section("decided", "What was decided?", figures, "")
}

fn people(report: &AuditReport) -> String {
    let totals = &report.totals;
    let figures = [
        plots::actors("actors", "By actor", totals.actors.iter()),
        plots::actors("agents", "By agent", totals.agents.iter()),
    ];
    section("who", "Who acted?", figures, "")
}

fn approvals(report: &AuditReport) -> String {
    let (approvals, overrides) = (&report.totals.approvals, &report.totals.overrides);
    let row = |name: &str, count: u64| vec![name.to_owned(), grouped(count)];
    let table =
        |title: &str, rows: Vec<Vec<String>>| Table { head: ["", "count"].map(str::to_owned).into(), rows }.html(title);
    let asked = [approvals.requested, approvals.approved, approvals.rejected].iter().any(|count| *count > 0);
    let overridden = [overrides.requested, overrides.granted, overrides.used].iter().any(|count| *count > 0);
    let mut tables = String::new();
    if asked {
        let rows = vec![
            row("requested", approvals.requested),
            row("approved", approvals.approved),
            row("rejected", approvals.rejected),
            row("let through without an answer", approvals.let_by),
            row("without an answer", approvals.open),
        ];
        tables += &table("Requests and answers", rows);
    }
    if overridden {
        let rows = vec![
            row("requested", overrides.requested),
            row("granted", overrides.granted),
            row("used", overrides.used),
            row("ratified afterwards", overrides.ratified),
            row("used and not ratified yet", overrides.unratified),
        ];
        tables += &table("Overrides", rows);
    }
    let tables = if tables.is_empty() { tables } else { format!("<div class=\"tables\">{tables}</div>\n") };
    section("answered", "Who approved, and how fast?", [plots::waits(approvals)], &tables)
}

fn missing(report: &AuditReport) -> String {
    if report.missing.is_empty() {
        return String::new();
    }
    let count = report.missing.len() as u64;
    let are = if count == 1 { "is" } else { "are" };
    let about = format!("{} {are} not on record", counted_in_groups(count, "commit"));
    let table = ungoverned(&report.missing, &about);
    section(
        "open",
        "What has no record?",
        [],
        &format!(
            "{table}<p>To judge them now and put them on record: <code>gov-hook record RANGE --reason WHY</code></p>\n"
        ),
    )
}

fn past_gate(report: &AuditReport) -> String {
    if report.past_gate.is_empty() {
        return String::new();
    }
    let count = report.past_gate.len() as u64;
    let them = if count == 1 { "it" } else { "them" };
    let about = format!("{} got past the gate that has to let {them} through", counted_in_groups(count, "commit"));
    let table = ungoverned(&report.past_gate, &about);
    section(
        "past",
        "What got past the push gate?",
        [],
        &format!("{table}<p>Somebody else has to answer for each: <code>gov-hook ratify COMMIT</code></p>\n"),
    )
}

fn ungoverned(commits: &[MissingCommit], about: &str) -> String {
    let row = |commit: &MissingCommit| {
        vec![
            commit.commit.short(),
            commit.status.as_str().to_owned(),
            commit.day.map(|day| day.to_string()).unwrap_or_default(),
            printable(&commit.author),
            printable(&commit.subject),
            commit.why.clone(),
        ]
    };
    let head = ["commit", "status", "day", "author", "subject", "why"].map(str::to_owned).into();
    let table = Table { head, rows: commits.iter().map(row).collect() };
    table.html(about).replacen("<table>", "<table class=\"words\">", 1)
}

fn footer(report: &AuditReport) -> String {
    let kind = |(kind, count): (&crate::model::EntryKind, &u64)| vec![kind.as_str().to_owned(), grouped(*count)];
    let kinds = Table {
        head: ["kind", "entries"].map(str::to_owned).into(),
        rows: report.totals.entries.iter().map(kind).collect(),
    };
    let kinds = if kinds.rows.is_empty() {
        String::new()
    } else {
        format!(
            "<details><summary>Entries by kind</summary>{}</details>\n",
            kinds.html("Entries of the period, by kind")
        )
    };
    format!(
        "</main>\n<footer>\n{kinds}<p>This page says what the ledger said when it was made, and proves nothing by itself. \
         See for yourself in a clone: <code>git fetch origin 'refs/notes/gov/*:refs/notes/gov/*'</code>, then \
         <code>gov-hook audit verify --full</code>. Without gov-hook: <code>gov-hook audit export</code> gives what \
         git, ssh-keygen and sha256sum can check.</p>\n</footer>\n"
    )
}
