//! The plots that compare: bars side by side, and the shares of a whole.

use super::plot::{Anchor, Box, Canvas, scale};
use super::weeks::named;
use super::{Figure, Table};
use crate::model::{ActorTotals, ApprovalTotals, Arrange, LedgerSummary, RecordStatus, grouped};
use crate::report::audit::totals::{per_mille, share, wait_classes};

const WIDTH: u64 = 460;
const ROW: u64 = 30;
/// Where bars begin, after their names.
const BARS: u64 = 150;
/// Kept for the number behind the longest bar.
const NUMBER: u64 = 60;

/// More actors than these are in the table only.
const MOST_ACTORS: usize = 12;

struct Row {
    name: String,
    class: &'static str,
    count: u64,
}

pub(super) fn outcomes(totals: &LedgerSummary) -> Option<Figure> {
    let rows = totals.outcomes.iter().map(|(outcome, count)| Row {
        name: named(*outcome).into(),
        class: outcome.as_str(),
        count: *count,
    });
    bars("outcomes", "Outcomes", "What was decided about the changes that were judged.", &rows.collect::<Vec<_>>())
}

pub(super) fn levels(totals: &LedgerSummary) -> Option<Figure> {
    let rows = totals.levels.iter().map(|(level, count)| Row {
        name: level.as_str().into(),
        class: level.as_str(),
        count: *count,
    });
    bars("levels", "Risk levels", "How risky the changes were that were judged.", &rows.collect::<Vec<_>>())
}

pub(super) fn enforcement(totals: &LedgerSummary) -> Option<Figure> {
    let rows = totals.enforcement.iter().map(|(name, count)| Row { name: name.clone(), class: "plain", count: *count });
    let about = "How strictly the branch concerned is governed.";
    bars("enforcement", "Enforcement levels", about, &rows.collect::<Vec<_>>())
}

pub(super) fn environments(totals: &LedgerSummary) -> Option<Figure> {
    let rows =
        totals.environments.iter().map(|(name, count)| Row { name: name.clone(), class: "plain", count: *count });
    bars(
        "environments",
        "Environments",
        "Entries that name an environment, such as promotions.",
        &rows.collect::<Vec<_>>(),
    )
}

fn bars(id: &'static str, title: &str, about: &str, rows: &[Row]) -> Option<Figure> {
    let whole: u64 = rows.iter().map(|row| row.count).sum();
    let greatest = rows.iter().map(|row| row.count).max().filter(|greatest| *greatest > 0)?;
    let mut canvas = Canvas::new(WIDTH, rows.len() as u64 * ROW + 4);
    for (y, row) in (0..).map(|at| at * ROW + 4).zip(rows) {
        let width = (row.count * (WIDTH - BARS - NUMBER)).div_ceil(greatest);
        canvas.text((BARS - 10, y + 16), Anchor::End, "name", &short(&row.name));
        canvas.bar(Box { x: BARS, y, width, height: 22 }, row.class, &format!("{}: {}", row.name, row.count));
        canvas.text((BARS + width + 8, y + 16), Anchor::Start, "value", &grouped(row.count));
    }
    let cells = |row: &Row| {
        let part = share(row.count, whole).map(per_mille).unwrap_or_default();
        vec![row.name.clone(), grouped(row.count), part]
    };
    Some(Figure {
        id,
        title: title.into(),
        about: about.into(),
        svg: canvas,
        legend: Vec::new(),
        table: Table { head: ["", "count", "share"].map(str::to_owned).into(), rows: rows.iter().map(cells).collect() },
    })
}

/// People or agents, the busiest first: what they were let do, and what not.
pub(super) fn actors<'t>(
    id: &'static str,
    title: &str,
    who: impl Iterator<Item = (&'t String, &'t ActorTotals)>,
) -> Option<Figure> {
    let mut who: Vec<_> = who.collect();
    who.arrange_by_key(|(name, totals)| (std::cmp::Reverse(totals.decisions), *name));
    let greatest = who.first().map(|(_, totals)| totals.decisions)?.max(1);
    let shown = who.get(..who.len().min(MOST_ACTORS)).unwrap_or_default();
    // Addresses are long.
    let (width, left) = (960, 270);
    let mut canvas = Canvas::new(width, shown.len() as u64 * ROW + 4);
    for (y, (name, totals)) in (0..).map(|at| at * ROW + 4).zip(shown) {
        let passed = totals.decisions.saturating_sub(totals.refused);
        let end = |count: u64| (count * (width - left - 170)).div_ceil(greatest);
        let (middle, last) = (end(passed), end(totals.decisions));
        canvas.text((left - 10, y + 16), Anchor::End, "name", &cut(name, 34));
        canvas.bar(Box { x: left, y, width: middle, height: 22 }, "plain", &format!("{name}: {passed} not refused"));
        let refused = Box { x: left + middle, y, width: last - middle, height: 22 };
        canvas.bar(refused, "blocked", &format!("{name}: {} refused", totals.refused));
        let mut told = grouped(totals.decisions);
        if totals.refused > 0 {
            told.extend([", ", &grouped(totals.refused), " refused"]);
        }
        canvas.text((left + last + 8, y + 16), Anchor::Start, "value", &told);
    }
    let cells = |(name, totals): &(&String, &ActorTotals)| {
        let ActorTotals { decisions, refused, approvals, rejections, overrides } = totals;
        let counts = [decisions, refused, approvals, rejections, overrides].map(|count| grouped(*count));
        std::iter::once((*name).clone()).chain(counts).collect()
    };
    let more = who.len() - shown.len();
    let cut = if more > 0 { format!(" {more} more are in the table.") } else { String::new() };
    Some(Figure {
        id,
        title: title.into(),
        about: format!("Decisions on what each of them wanted to commit or push; the end of a bar was refused.{cut}"),
        svg: canvas,
        legend: vec![("plain", "not refused".into()), ("blocked", "refused".into())],
        table: Table {
            head: ["", "decisions", "refused", "approvals given", "rejections given", "overrides"]
                .map(str::to_owned)
                .into(),
            rows: who.iter().map(cells).collect(),
        },
    })
}

/// How long approvals took to come.
pub(super) fn waits(approvals: &ApprovalTotals) -> Option<Figure> {
    let whole: u64 = approvals.waits.iter().sum();
    let (top, step) = scale(approvals.waits.iter().max().copied().filter(|greatest| *greatest > 0)?);
    let (left, height, slot, upper) = (40, 170, 52, 20);
    let classes = wait_classes();
    let mut canvas = Canvas::new(WIDTH, upper + height + 44);
    for level in (0..=top / step).map(|number| number * step) {
        let y = upper + height - level * height / top;
        canvas.line(y, left, WIDTH);
        canvas.text((left - 8, y + 4), Anchor::End, "tick", &grouped(level));
    }
    for (x, (name, count)) in (0..).map(|at| left + 4 + at * slot).zip(classes.iter().zip(approvals.waits)) {
        let tall = count * height / top;
        let place = Box { x, y: upper + height - tall, width: slot - 8, height: tall };
        canvas.bar(place, "approved", &format!("{name}: {count}"));
        if count > 0 {
            let above = upper + height - tall - 5;
            canvas.text((x + slot / 2 - 4, above), Anchor::Middle, "value", &grouped(count));
        }
        let (first, second) = name.strip_prefix("under ").map_or((name.as_str(), ""), |limit| ("under", limit));
        canvas.text((x + slot / 2 - 4, upper + height + 18), Anchor::Middle, "tick", first);
        canvas.text((x + slot / 2 - 4, upper + height + 34), Anchor::Middle, "tick", second);
    }
    let cells = |(name, count): (&String, u64)| {
        vec![name.clone(), grouped(count), share(count, whole).map(per_mille).unwrap_or_default()]
    };
    Some(Figure {
        id: "waits",
        title: "Time to approval".into(),
        about: "From a request to its first approval.".into(),
        svg: canvas,
        legend: Vec::new(),
        table: Table {
            head: ["took", "approvals", "share"].map(str::to_owned).into(),
            rows: classes.iter().zip(approvals.waits).map(cells).collect(),
        },
    })
}

/// Which share of the commits is on record.
pub(super) fn coverage(totals: &LedgerSummary, range: &str) -> Option<Figure> {
    let count = |status: RecordStatus| totals.commits.get(&status).copied().unwrap_or_default();
    let whole: u64 = totals.commits.values().sum();
    if whole == 0 {
        return None;
    }
    let (width, mut below) = (960, 0);
    let (mut canvas, mut legend) = (Canvas::new(width, 34), Vec::new());
    for status in RecordStatus::ALL {
        let number = count(status);
        // Of one commit in ten thousand there is still something to be seen.
        let (from, to) = (below * width / whole, ((below + number) * width).div_ceil(whole));
        let from = if number > 0 { from.min(width - 3) } else { from };
        let place = Box { x: from, y: 0, width: (to - from).max(if number > 0 { 3 } else { 0 }), height: 34 };
        canvas.bar(place, status.as_str(), &format!("{}: {number}", status.as_str()));
        below += number;
        if number > 0 {
            let part = share(number, whole).map(per_mille).unwrap_or_default();
            legend.push((status.as_str(), format!("{} {} ({part})", status.as_str(), grouped(number))));
        }
    }
    let meaning = |status: RecordStatus| match status {
        RecordStatus::Recorded => "judged before it was made",
        RecordStatus::Late => "judged afterwards: a merge, rebase or the like, or put on record with a reason",
        RecordStatus::Bypassed => "a hook that should have judged it did not run, or was ignored",
        RecordStatus::Unrecorded => "made without gov-hook",
    };
    let cells = |status: RecordStatus| {
        let part = share(count(status), whole).map(per_mille).unwrap_or_default();
        vec![status.as_str().to_owned(), grouped(count(status)), part, meaning(status).to_owned()]
    };
    Some(Figure {
        id: "coverage",
        title: format!("Commits of {range}"),
        about: "Which of the commits were judged.".into(),
        svg: canvas,
        legend,
        table: Table {
            head: ["status", "commits", "share", "meaning"].map(str::to_owned).into(),
            rows: RecordStatus::ALL.map(cells).into(),
        },
    })
}

fn short(name: &str) -> String {
    cut(name, 18)
}

/// A name that fits beside its bar; the table has all of it.
fn cut(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(['…']).collect()
}
