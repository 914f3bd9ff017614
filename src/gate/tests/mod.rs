//! Every rule of which approvals count: an approval that it refuses, and the same one that passes.

mod approvals;
mod overrides;
mod people;
mod rejections;

use super::samples::{assessment, evidence, policy, word};
use super::{Extent, decide};
use crate::model::{Bond, Evidence, Outcome, RiskLevel, Saying, Word};

const LIN: &str = "lin@example.com";
const ADA: &str = "ada@example.com";

/// Lin's approval of the change, with something about it changed.
fn approval(change: impl FnOnce(&mut Word)) -> Word {
    let mut word = word(Saying::Approve, LIN);
    change(&mut word);
    word
}

fn bound(change: impl FnOnce(&mut Bond)) -> Word {
    approval(|word| change(word.bond.as_mut().unwrap()))
}

fn outcome(risk: RiskLevel, evidence: &Evidence) -> Outcome {
    decide(&assessment(risk), evidence, &policy(), Extent::Whole).outcome
}

/// Says why Lin's approval of a HIGH change does not count; fails when it does.
fn why(evidence: &Evidence) -> String {
    let decision = decide(&assessment(RiskLevel::High), evidence, &policy(), Extent::Whole);
    assert_ne!(decision.outcome, Outcome::Approved);
    assert_eq!(decision.rests_on, []);
    decision.not_counted[0].why.clone()
}

fn refused(word: Word) -> String {
    why(&evidence().hearing(word))
}
