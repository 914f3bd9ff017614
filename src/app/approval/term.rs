//! How long something is good for.

use crate::app::Failure;
use crate::model::Moment;

/// An end, as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    Seconds(u64),
    Moment(Moment),
}

impl Until {
    /// The moment itself; one that is over by now is none.
    pub(super) fn from(self, now: Moment) -> Result<Moment, Failure> {
        let end = match self {
            Self::Seconds(seconds) => Moment::of_seconds(now.seconds().saturating_add(seconds)),
            Self::Moment(moment) => Some(moment),
        };
        let mend = "name a time from now on, such as 2h or 7d";
        let end = end.ok_or_else(|| Failure::new("no calendar reaches as far as that").mended_by(mend))?;
        if end > now { Ok(end) } else { Err(Failure::new("it cannot end before it starts").mended_by(mend)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_before_it_starts_is_told_apart_from_what_never_ends() {
        let now = Moment::of_seconds(1_800_000_000).unwrap();
        let said = |until: Until| until.from(now).map_err(|failure| failure.in_short());

        assert_eq!(said(Until::Seconds(60)), Ok(Moment::of_seconds(1_800_000_060).unwrap()));
        assert_eq!(said(Until::Seconds(0)), Err("it cannot end before it starts".to_owned()));
        assert_eq!(said(Until::Seconds(u64::MAX)), Err("no calendar reaches as far as that".to_owned()));
    }
}
