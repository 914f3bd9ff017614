//! Why one reference may not move: a line that is enough on its own, and the command that mends it.

use crate::app::Failure;
use crate::model::Ending;
use crate::report::{printable, printable_line};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    why: String,
    /// What it is about, a line each, for those who have room for them.
    listed: Vec<String>,
    mend: Option<String>,
    pub(super) exit: Ending,
}

impl Refusal {
    pub(super) fn denied(why: impl Into<String>) -> Self {
        Self { why: why.into(), listed: Vec::new(), mend: None, exit: Ending::Denied }
    }

    pub(super) fn held(why: impl Into<String>) -> Self {
        Self { exit: Ending::Held, ..Self::denied(why) }
    }

    #[must_use]
    pub(super) fn mended_by(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    #[must_use]
    pub(super) fn listing(mut self, lines: Vec<String>) -> Self {
        self.listed = lines;
        self
    }

    pub(super) fn why(&self) -> &str {
        &self.why
    }

    /// One line and the command that mends it; `what` is the reference as they call it.
    pub(super) fn told(&self, what: &str) -> String {
        self.worded(what, &[])
    }

    /// The same with what it is about.
    pub(super) fn told_in_full(&self, what: &str) -> String {
        self.worded(what, &self.listed)
    }

    fn worded(&self, what: &str, listed: &[String]) -> String {
        let word = match self.exit {
            Ending::Undecided => "undecided",
            Ending::Held => "held",
            Ending::Pass | Ending::Denied => "denied",
        };
        let listed: String =
            listed.iter().flat_map(|line| ["  ", &*printable_line(line), "\n"].map(str::to_owned)).collect();
        let mend = self.mend.as_ref().map(|mend| format!("  mend it: {}\n", printable(mend))).unwrap_or_default();
        format!("gov-hook: {word}: {}: {}\n{listed}{mend}", printable(what), printable(&self.why))
    }
}

impl From<&Failure> for Refusal {
    fn from(failure: &Failure) -> Self {
        let mend = failure.remedy().map(str::to_owned);
        Self { mend, exit: Ending::Undecided, ..Self::denied(failure.in_short()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_line_and_the_command_that_mends_it() {
        let refusal = Refusal::denied("it is\nin production").mended_by("git fetch");

        assert_eq!(
            refusal.told("ma\x1bin"),
            "gov-hook: denied: ma\\u{1b}in: it is in production\n  mend it: git fetch\n"
        );
        assert_eq!(Refusal::held("it waits").told("main"), "gov-hook: held: main: it waits\n");
        let listing = Refusal::held("it waits").mended_by("wait").listing(vec!["one".into(), "two".into()]);
        assert_eq!(listing.told("main"), "gov-hook: held: main: it waits\n  mend it: wait\n");
        assert_eq!(listing.told_in_full("main"), "gov-hook: held: main: it waits\n  one\n  two\n  mend it: wait\n");
        let failure = Failure::new("no policy").for_this_reason("a bad glob").for_this_reason("a bad key");
        assert_eq!(Refusal::from(&failure).told("main"), "gov-hook: undecided: main: no policy: a bad glob\n");
    }
}
