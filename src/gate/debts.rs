//! What somebody let past a gate and nobody has answered for yet: production takes nothing more until
//! somebody does, but for what mends it.

use super::counts::{Case, against_ratifying};
use crate::model::{Enforcement, Evidence, Gate, ObjectId, RiskLevel, Saying, Word};
use crate::policy::Policy;

/// One reason for each debt that stands in the way.
pub(super) fn debts(evidence: &Evidence, policy: &Policy) -> Vec<String> {
    if evidence.level < Enforcement::Production || evidence.gate == Gate::Commit {
        return Vec::new();
    }
    let owed = |word: &Word| {
        let Saying::BreakGlass { commit } = word.saying else { return None };
        let is_paid = evidence.words.iter().any(|other| ratifies(other, commit, word, evidence, policy));
        let is_mended = evidence.landing.fixes.contains(&commit);
        (!is_paid && !is_mended).then(|| {
            let id = commit.short();
            format!(
                "{} let {id} by unjudged at {}; somebody has to answer for it: gov-hook ratify {id}",
                word.by, word.at
            )
        })
    };
    evidence.words.iter().filter_map(owed).collect()
}

fn ratifies(other: &Word, commit: ObjectId, debt: &Word, evidence: &Evidence, policy: &Policy) -> bool {
    let case = Case { word: other, evidence, policy, level: RiskLevel::Critical };
    other.saying == Saying::Ratify { commit }
        && !other.by.eq_ignore_ascii_case(&debt.by)
        && against_ratifying(&case).is_none()
}
