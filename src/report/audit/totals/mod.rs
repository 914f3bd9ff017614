//! `audit report`: the totals of a ledger as a table, as JSON and as a page to be read offline.

mod html;
mod human;
mod json;
#[cfg(test)]
mod samples;

use crate::model::{AuditReport, WAITS, counted, counted_in_groups, grouped};

pub use html::page;
pub use human::table;
pub use json::render as json;

/// What may be said of the ledger itself, before any total is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Empty,
    Broken,
    /// Sound, but the newest entries are known to their own clone only.
    Unwitnessed,
    Sound,
}

impl Verdict {
    fn of(report: &AuditReport) -> Self {
        if !report.damage.is_empty() {
            Self::Broken
        } else if report.entries == 0 {
            Self::Empty
        } else if report.unwitnessed.is_empty() {
            Self::Sound
        } else {
            Self::Unwitnessed
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Broken => "broken",
            Self::Unwitnessed | Self::Sound => "sound",
        }
    }
}

/// The sentence that comes after the verdict's word.
fn sentence(report: &AuditReport) -> String {
    let ledger = format!(
        "{} in {}, {} signed",
        counted_in_groups(report.entries, "entry"),
        counted_in_groups(report.streams, "stream"),
        grouped(report.signed)
    );
    match Verdict::of(report) {
        Verdict::Empty => "nothing is on record in this repository yet".into(),
        Verdict::Broken => {
            let wrong = report.damage.len();
            let (are, noun) = if wrong == 1 { ("is", "thing") } else { ("are", "things") };
            format!("{wrong} {noun} {are} wrong with the ledger ({ledger}); the totals below may not be true")
        }
        Verdict::Unwitnessed => {
            let tail: u64 = report.unwitnessed.iter().map(|tail| tail.to - tail.from + 1).sum();
            let tail = counted_in_groups(tail, "entry");
            format!("{ledger}; nobody else has seen the newest {tail} yet")
        }
        Verdict::Sound => format!("{ledger}; every entry in its place"),
    }
}

/// The days that are told about, in words.
fn period(report: &AuditReport) -> String {
    match (report.since, report.until) {
        (None, None) => "from the first entry on".into(),
        (Some(since), None) => format!("from {since} on"),
        (None, Some(until)) => format!("until {until}"),
        (Some(since), Some(until)) => format!("{since} to {until}"),
    }
}

/// `87.5 %`, of thousandths.
fn per_mille(share: u64) -> String {
    format!("{}.{} %", share / 10, share % 10)
}

/// The share of a part, rounded to a tenth of a hundredth; nothing of nothing.
fn share(part: u64, whole: u64) -> Option<u64> {
    (part * 1_000 + whole / 2).checked_div(whole)
}

/// `5 min`, `3 h 20 min`, `2 days 4 h`: the two largest units that say something.
fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let days_told = counted(usize::try_from(days).unwrap_or(usize::MAX), "day");
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, ..) => format!("{hours} h {minutes} min"),
        (_, 0, _) => days_told,
        _ => format!("{days_told} {hours} h"),
    }
}

/// The names of the classes that the times to approval are counted in.
fn wait_classes() -> Vec<String> {
    let mut names: Vec<String> = WAITS.iter().map(|limit| format!("under {}", duration(*limit))).collect();
    names.push("longer".into());
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use samples::{broken, sound};

    #[test]
    fn numbers_are_told_as_people_read_them() {
        assert_eq!(
            [59, 300, 3_600, 12_000, 86_400, 187_200].map(duration),
            ["59 s", "5 min", "1 h", "3 h 20 min", "1 day", "2 days 4 h"]
        );
        assert_eq!(share(1, 3).map(per_mille).as_deref(), Some("33.3 %"));
        assert_eq!(share(0, 0), None);
        assert_eq!(wait_classes().len(), WAITS.len() + 1);
    }

    #[test]
    fn damage_outweighs_whatever_else_is_known() {
        let unwitnessed = AuditReport { damage: Vec::new(), ..broken() };

        assert_eq!(Verdict::of(&broken()), Verdict::Broken);
        assert_eq!(Verdict::of(&unwitnessed), Verdict::Unwitnessed);
        assert_eq!(Verdict::of(&AuditReport { unwitnessed: Vec::new(), ..unwitnessed }), Verdict::Sound);
        assert_eq!(Verdict::of(&AuditReport::default()), Verdict::Empty);
        assert_eq!(sentence(&sound()), "1,284 entries in 4 streams, 96 signed; every entry in its place");
    }
}
