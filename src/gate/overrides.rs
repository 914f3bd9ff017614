//! Overrides: somebody answers for letting a change pass as it is, once and for a while.

use super::approvals::Rejection;
use super::counts::{
    Case, Objection, against_asking, against_binding, against_speaking, had_a_part, is_an_author, key_of_another,
    lacks_a_signature, of_speaker,
};
use crate::model::{Enforcement, Evidence, Moment, NotCounted, RiskLevel, Saying, Sha256, Word};
use crate::policy::Policy;

/// The newest override that holds for a change, or why none of those there are does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overriding {
    pub by: Option<Override>,
    pub not_counted: Vec<NotCounted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub id: Sha256,
    pub by: String,
    pub at: Moment,
    pub reason: String,
}

impl Override {
    /// It answers for what was said before it; nobody knew of what came after.
    #[must_use]
    pub fn answers_for(&self, rejection: &Rejection) -> bool {
        rejection.at <= self.at
    }
}

/// Where nothing but deny findings is held, and where what is held is looked at later, a reason is
/// enough; production wants somebody else to grant it, by signature.
#[must_use]
pub fn overriding(risk: RiskLevel, evidence: &Evidence, policy: &Policy) -> Overriding {
    let mut found = Overriding::default();
    for word in &evidence.words {
        let case = Case { word, evidence, policy, level: risk };
        let why = match word.saying {
            Saying::AskOverride if evidence.level < Enforcement::Production => against_asking(&case),
            Saying::GrantOverride { .. } => against_granting(&case),
            Saying::AskOverride
            | Saying::Request
            | Saying::Approve
            | Saying::Reject
            | Saying::TimeOut
            | Saying::Revoke { .. }
            | Saying::Land { .. }
            | Saying::BreakGlass { .. }
            | Saying::Ratify { .. }
            | Saying::UseOverride { .. } => continue,
        };
        match why.or_else(|| against_binding(&case)).or_else(|| is_spent(word, evidence)) {
            Some(why) => found.not_counted.push(why.into_refusal_of(format!("override by {}", word.by))),
            None if found.by.as_ref().is_some_and(|newer| newer.at > word.at) => {}
            None => {
                let (by, reason) = (word.by.clone(), word.text.clone());
                found.by = Some(Override { id: word.id, by, at: word.at, reason });
            }
        }
    }
    found
}

/// Why a word that asks for an override is no override by itself.
#[must_use]
pub fn against_asking_by(word: &Word, risk: RiskLevel, evidence: &Evidence, policy: &Policy) -> Option<String> {
    against_asking(&Case { word, evidence, policy, level: risk }).map(|why| why.why)
}

fn against_granting(case: &Case<'_>) -> Option<Objection> {
    let Case { word, evidence, policy, .. } = case;
    let Saying::GrantOverride { asked } = word.saying else { return None };
    let asker = evidence.words.iter().find(|other| other.id == asked && other.saying == Saying::AskOverride);
    let is_own = |asker: &Word| asker.by.eq_ignore_ascii_case(&word.by) || word.seal.is_of(&asker.by);
    if let Some(why) = against_speaking(case) {
        Some(why)
    } else if lacks_a_signature(word, evidence.level == Enforcement::Production) {
        Some("is not signed, and production asks for a signature".into())
    } else if !policy.holds_a_role(&word.by, &policy.approvals.critical.roles) {
        Some(format!("only these may grant an override: {}", policy.approvals.critical.roles.join(", ")).into())
    } else if asker.is_some_and(is_own) {
        Some("nobody can grant what they requested themselves".into())
    } else if is_an_author(case) {
        Some(of_speaker("wrote or committed a part of the change"))
    } else {
        key_of_another(case).or_else(|| had_a_part(case))
    }
}

/// It lets one commit and one push pass. The same attempt may be made again: what it let by may have
/// failed for another reason.
fn is_spent(word: &Word, evidence: &Evidence) -> Option<Objection> {
    let landing = &evidence.landing;
    let spent = |other: &&Word| {
        let Saying::UseOverride { of, gate } = other.saying else { return false };
        let same = other.bond.as_ref().is_some_and(|bond| {
            bond.tree == landing.tree && bond.base == landing.base && bond.covered == landing.covered
        });
        of == word.id && gate == evidence.gate && !same
    };
    evidence.words.iter().find(spent).map(|other| format!("was used at {}", other.at).into())
}
