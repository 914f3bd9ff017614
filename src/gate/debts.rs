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
        let is_mended = evidence.landing.fixes.contains(&commit);
        (!is_mended && !is_answered_for(commit, &word.by, evidence, policy)).then(|| {
            let id = commit.short();
            format!(
                "{} let {id} by unjudged at {}; somebody has to answer for it: gov-hook ratify {id}",
                word.by, word.at
            )
        })
    };
    evidence.words.iter().filter_map(owed).collect()
}

/// Whether somebody else than whoever let a commit by has answered for it.
#[must_use]
pub fn is_answered_for(commit: ObjectId, culprit: &str, evidence: &Evidence, policy: &Policy) -> bool {
    evidence.words.iter().any(|word| answers_for(word, commit, culprit, evidence, policy))
}

/// Whether this person's word would settle it.
#[must_use]
pub fn may_answer_for(person: &str, commit: ObjectId, culprit: &str, evidence: &Evidence, policy: &Policy) -> bool {
    let word = Word::supposed(person, Saying::Ratify { commit }, evidence.landing.now);
    let is_author = evidence.authors.iter().any(|author| author.has_email(person));
    (!is_author || policy.approvals.author_may_approve) && answers_for(&word, commit, culprit, evidence, policy)
}

/// Why a word that answers for what was let by settles nothing.
#[must_use]
pub fn against_ratifying_by(word: &Word, evidence: &Evidence, policy: &Policy) -> Option<String> {
    against_ratifying(&Case { word, evidence, policy, level: RiskLevel::Critical }).map(|why| why.why)
}

fn answers_for(word: &Word, commit: ObjectId, culprit: &str, evidence: &Evidence, policy: &Policy) -> bool {
    word.saying == Saying::Ratify { commit }
        && !word.by.eq_ignore_ascii_case(culprit)
        && !word.seal.is_of(culprit)
        && against_ratifying_by(word, evidence, policy).is_none()
}
