//! A calendar day, without a clock or a time zone.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// `None` for a day that no calendar has.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        if day >= 1 && day <= last { Some(Self { year, month, day }) } else { None }
    }

    /// The day of a moment, in UTC, after Howard Hinnant's `civil_from_days`.
    #[must_use]
    pub fn of_seconds(since_1970: u64) -> Option<Self> {
        let days = since_1970 / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Years begin with March here, so that a leap day is the last of its year.
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The inverse of `of_seconds`, in whole days; `None` before 1970.
    #[must_use]
    pub fn days_since_1970(self) -> Option<u64> {
        let (month, day) = (u64::from(self.month), u64::from(self.day));
        let year = u64::from(self.year).checked_sub(u64::from(month <= 2))?;
        let (era, year_of_era) = (year / 400, year % 400);
        let from_march = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * from_march + 2) / 5 + day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        (era * 146_097 + of_era).checked_sub(719_468)
    }

    /// The Monday of its week; the first of all weeks begins with a Thursday.
    #[must_use]
    pub fn monday(self) -> Self {
        let monday = self.days_since_1970().map(|days| days.saturating_sub((days + 3) % 7) * 86_400);
        monday.and_then(Self::of_seconds).unwrap_or(self)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `YYYY-MM-DD` and nothing else.
impl FromStr for Date {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let digits = parts.next().filter(|part| part.len() == length)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?
        };
        let (year, month, day) = (part(4).ok_or(())?, part(2).ok_or(())?, part(2).ok_or(())?);
        let (month, day) = (u8::try_from(month).unwrap_or(0), u8::try_from(day).unwrap_or(0));
        Self::new(year, month, day).filter(|_| parts.next().is_none()).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_with_its_monday() {
        let monday = |text: &str| text.parse::<Date>().unwrap().monday().to_string();

        assert_eq!(["2026-11-16", "2026-11-18", "2026-11-22"].map(monday), ["2026-11-16"; 3]);
        assert_eq!(monday("2026-11-23"), "2026-11-23");
        assert_eq!(monday("2026-01-01"), "2025-12-29");
        assert_eq!(monday("1970-01-02"), "1970-01-01");
    }

    #[test]
    fn only_days_that_exist_are_read() {
        for day in ["2026-01-31", "2024-02-29", "2000-02-29"] {
            assert_eq!(day.parse::<Date>().map(|date| date.to_string()), Ok(day.to_owned()));
        }
        for none in
            ["2026-02-29", "1900-02-29", "2026-13-01", "2026-1-1", "2026-01-00", "26-01-01", "2026-01-01-01", ""]
        {
            assert_eq!(none.parse::<Date>(), Err(()), "{none}");
        }
    }

    #[test]
    fn a_moment_has_its_day() {
        let day = |seconds| Date::of_seconds(seconds).map(|date| date.to_string());

        assert_eq!(day(0).as_deref(), Some("1970-01-01"));
        assert_eq!(day(951_827_696).as_deref(), Some("2000-02-29"));
        assert_eq!(day(1_798_761_599).as_deref(), Some("2026-12-31"));
    }

    #[test]
    fn a_day_counts_from_1970() {
        let days = |text: &str| text.parse::<Date>().ok().and_then(Date::days_since_1970);

        assert_eq!(days("1970-01-01"), Some(0));
        assert_eq!(days("2000-02-29"), Some(11_016));
        assert_eq!(days("1969-12-31"), None);
    }

    #[test]
    fn days_are_ordered_as_they_come() {
        let date = |text: &str| text.parse::<Date>();

        assert!(date("2025-12-31") < date("2026-01-01") && date("2026-01-31") < date("2026-02-01"));
    }
}
