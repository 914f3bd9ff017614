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
        end.filter(|end| *end > now).ok_or_else(|| {
            Failure::new("it cannot end before it starts").mended_by("name a time from now on, such as 2h or 7d")
        })
    }
}
