//! A moment, as the ledger is dated.

use std::fmt;
use std::str::FromStr;

use super::date::Date;

/// A moment in UTC, written `2026-11-21T05:45:56Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// `None` past the year 9999, which the written form cannot hold.
    #[must_use]
    pub fn of_seconds(since_1970: u64) -> Option<Self> {
        (since_1970 <= 253_402_300_799).then_some(Self(since_1970))
    }

    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.0 / 3_600 % 24, self.0 / 60 % 60, self.0 % 60);
        match Date::of_seconds(self.0) {
            Some(date) => write!(out, "{date}T{hour:02}:{minute:02}:{second:02}Z"),
            None => Err(fmt::Error),
        }
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The written form and nothing else: one moment has one spelling.
impl FromStr for Moment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (date, time) = text.split_once('T').ok_or(())?;
        let days = date.parse::<Date>()?.days_since_1970().ok_or(())?;
        let mut parts = time.strip_suffix('Z').ok_or(())?.split(':');
        let mut part = |below: u64| {
            let digits = parts.next().filter(|part| part.len() == 2)?;
            let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok())??;
            (number < below).then_some(number)
        };
        let (hour, minute, second) = (part(24).ok_or(())?, part(60).ok_or(())?, part(60).ok_or(())?);
        parts.next().is_none().then_some(Self(days * 86_400 + hour * 3_600 + minute * 60 + second)).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_one_spelling() {
        for seconds in [0, 951_827_696, 1_795_239_956, 253_402_300_799] {
            let moment = Moment::of_seconds(seconds).unwrap();
            assert_eq!(moment.to_string().parse::<Moment>(), Ok(moment), "{moment}");
        }
        for other in
            ["2026-11-21T05:45:56", "2026-11-21T05:45:56+00:00", "2026-11-21 05:45:56Z", "2026-11-21T24:00:00Z"]
        {
            assert_eq!(other.parse::<Moment>(), Err(()), "{other}");
        }
        assert_eq!(Moment::of_seconds(253_402_300_800), None);
    }
}
