//! Something that somebody may want to know.

use crate::model::{ChangeId, Ending, Judgement, Moment, Outcome, RiskLevel, Sha256};

#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The repository's name, without any address.
    pub repository: &'a str,
    /// The full name of the ref that is concerned.
    pub reference: Option<&'a str>,
    /// Who acts.
    pub actor: &'a str,
    pub time: Moment,
    pub what: What<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// A gate decided, and answers with this exit code.
    Decided {
        judgement: &'a Judgement,
        exit: Ending,
    },
    Said(&'a Word),
}

/// A person's word on a change: an approval, a rejection or an override.
#[derive(Clone, Debug)]
pub struct Word {
    pub outcome: Outcome,
    pub by: String,
    /// Notes, or a reason.
    pub why: Option<String>,
    pub change: ChangeId,
    /// What the change is, in words.
    pub described: String,
    pub risk: Option<(RiskLevel, u32)>,
    /// The entry of the ledger that holds it.
    pub entry: Sha256,
}

impl Event<'_> {
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self.what {
            What::Decided { judgement, .. } => judgement.decision.outcome,
            What::Said(word) => word.outcome,
        }
    }

    #[must_use]
    pub const fn change(&self) -> ChangeId {
        match self.what {
            What::Decided { judgement, .. } => judgement.target.change,
            What::Said(word) => word.change,
        }
    }

    pub(super) fn described(&self) -> &str {
        match self.what {
            What::Decided { judgement, .. } => &judgement.target.described,
            What::Said(word) => &word.described,
        }
    }

    pub(super) const fn risk(&self) -> Option<(RiskLevel, u32)> {
        match self.what {
            What::Decided { judgement, .. } => {
                let risk = &judgement.assessment.risk;
                Some((risk.level, risk.score))
            }
            What::Said(word) => word.risk,
        }
    }

    /// The request's id: enough of the change id to name it by.
    pub(super) fn request(&self) -> String {
        self.change().to_string().chars().skip("gc1-".len()).take(12).collect()
    }

    /// The same for the same decision, in whichever clone and however often it is made.
    pub(super) fn identity(&self) -> String {
        let own = match self.what {
            What::Decided { judgement, exit } => format!("{} {}", exit.code(), judgement.policy.digest.to_name()),
            What::Said(word) => word.entry.to_string(),
        };
        format!("{} {} {} {own}", self.outcome(), self.change(), self.reference.unwrap_or("-"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A push of these is held.
    pub(in crate::notify) fn decided(judgement: &Judgement) -> Event<'_> {
        of(What::Decided { judgement, exit: Ending::Held })
    }

    pub(in crate::notify) fn said(word: &Word) -> Event<'_> {
        of(What::Said(word))
    }

    fn of(what: What<'_>) -> Event<'_> {
        Event {
            repository: "shop",
            reference: Some("refs/heads/main"),
            actor: "Mira Example <mira@example.com>",
            time: Moment::of_seconds(1_795_239_956).unwrap(),
            what,
        }
    }

    pub(in crate::notify) fn word() -> Word {
        Word {
            outcome: Outcome::Approved,
            by: "lin@example.com".into(),
            why: Some("read <all> of it".into()),
            change: ChangeId::of([]),
            described: "3 commits on feature since main".into(),
            risk: Some((RiskLevel::Medium, 31)),
            entry: Sha256::of(b"entry"),
        }
    }

    #[test]
    fn a_request_is_named_by_the_first_digits_of_the_change() {
        let word = word();

        let change = ChangeId::of([]).to_string();

        assert_eq!(Some(said(&word).request().as_str()), change.get(4..16));
    }
}
