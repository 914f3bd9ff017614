//! How decisions ended over time: one stacked bar a week.

use std::collections::BTreeMap;

use super::plot::{Anchor, Box, Canvas, scale};
use super::{Figure, Table};
use crate::model::{Date, Outcome, grouped};

/// More bars than these would be lines.
const MOST_WEEKS: usize = 60;

const WIDTH: u64 = 960;
const LEFT: u64 = 48;
const TOP: u64 = 12;
const HEIGHT: u64 = 220;

pub(super) fn weeks(counted: &BTreeMap<Date, BTreeMap<Outcome, u64>>) -> Option<Figure> {
    let all = every_week(counted)?;
    let shown = all.get(all.len().saturating_sub(MOST_WEEKS)..).unwrap_or_default();
    let none = BTreeMap::new();
    let of_week = |week: &Date| counted.get(week).unwrap_or(&none);
    let sum = |week: &Date| of_week(week).values().sum::<u64>();
    let (top, step) = scale(shown.iter().map(sum).max().unwrap_or_default());
    let mut canvas = Canvas::new(WIDTH, TOP + HEIGHT + 28);
    for level in (0..=top / step).map(|number| number * step) {
        let y = TOP + HEIGHT - level * HEIGHT / top;
        canvas.line(y, LEFT, WIDTH);
        canvas.text((LEFT - 8, y + 4), Anchor::End, "tick", &grouped(level));
    }
    let count = shown.len() as u64;
    let room = WIDTH - LEFT - 8;
    // A few weeks are a few bars, not a few blocks.
    let slot = (room / count.max(1)).clamp(2, 56);
    let width = slot - (slot / 5).max(1);
    // A date is some 80 units wide.
    let every = 90_u64.div_ceil(slot.max(1));
    for (at, week) in (0..).zip(shown) {
        let x = LEFT + 4 + at * slot;
        let mut below = 0;
        for (outcome, number) in
            Outcome::ALL.into_iter().filter_map(|outcome| Some((outcome, of_week(week).get(&outcome)?)))
        {
            let (from, to) = (below * HEIGHT / top, (below + number) * HEIGHT / top);
            let place = Box { x, y: TOP + HEIGHT - to, width, height: to - from };
            canvas.bar(place, outcome.as_str(), &format!("week of {week}: {} {number}", named(outcome)));
            below += number;
        }
        if at % every == 0 && x + 72 <= WIDTH {
            canvas.text((x, TOP + HEIGHT + 20), Anchor::Start, "tick", &week.to_string());
        }
    }
    let cut = if all.len() > shown.len() {
        format!(" The last {MOST_WEEKS} of {} weeks are drawn; the table has all.", all.len())
    } else {
        String::new()
    };
    let cells = |week: &Date| {
        let of = of_week(week);
        let counts = Outcome::ALL.into_iter().map(|outcome| grouped(of.get(&outcome).copied().unwrap_or_default()));
        std::iter::once(week.to_string()).chain(counts).chain([grouped(sum(week))]).collect()
    };
    let head = std::iter::once("week of".to_owned())
        .chain(Outcome::ALL.into_iter().map(|outcome| named(outcome).to_owned()))
        .chain(["all".to_owned()]);
    Some(Figure {
        id: "weeks",
        title: "Decisions over time".into(),
        about: format!("How decisions ended, one bar a week, Monday to Sunday in UTC.{cut}"),
        svg: canvas,
        legend: (Outcome::ALL.into_iter())
            .filter(|outcome| shown.iter().any(|week| of_week(week).get(outcome).is_some_and(|count| *count > 0)))
            .map(|outcome| (outcome.as_str(), named(outcome).to_owned()))
            .collect(),
        table: Table { head: head.collect(), rows: all.iter().map(cells).collect() },
    })
}

/// The Mondays from the first decision to the last, quiet weeks too.
fn every_week(counted: &BTreeMap<Date, BTreeMap<Outcome, u64>>) -> Option<Vec<Date>> {
    let (first, last) = (counted.keys().next()?.days_since_1970()?, counted.keys().next_back()?.days_since_1970()?);
    let mut weeks: Vec<Date> = (first..=last).step_by(7).filter_map(|day| Date::of_seconds(day * 86_400)).collect();
    // A clock that was wrong by years makes no page of a million lines.
    if weeks.len() > 2_000 {
        weeks = counted.keys().copied().collect();
    }
    Some(weeks)
}

/// An outcome as a page tells it.
pub(super) const fn named(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AutoApproved => "auto-approved",
        Outcome::Notified => "notified",
        Outcome::Approved => "approved",
        Outcome::Overridden => "overridden",
        Outcome::ApprovalPending => "approval pending",
        Outcome::Rejected => "rejected",
        Outcome::Blocked => "blocked",
    }
}
