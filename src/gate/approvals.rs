//! What a change asks for, who has given it, and whose word did not count.

use std::collections::BTreeSet;

use super::counts::{
    Case, Objection, against_approving, against_rejecting, against_taking_back, is_about, lacks_a_signature,
    of_speaker, request,
};
use crate::model::{
    Against, Assessment, Enforcement, Evidence, Gather, Landing, Moment, Need, NotCounted, RepoPath, RiskLevel, Saying,
    Seal, Sha256, Word,
};
use crate::policy::{ApprovalRule, Policy};

/// Somebody's rejection that stands, and when they gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub by: String,
    pub at: Moment,
}

/// The approvals a change asks for, filled with those given, and the rejections that stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub needs: Vec<Need>,
    pub rejections: Vec<Rejection>,
    /// When the request for it timed out without having got what it asks for.
    pub timed_out: Option<Moment>,
    pub not_counted: Vec<NotCounted>,
    /// The approvals that counted.
    pub rests_on: Vec<Sha256>,
}

/// What a change of this risk asks for, with nothing counted yet.
pub(super) fn needs(assessment: &Assessment, level: Enforcement, policy: &Policy, asks_high: bool) -> Vec<Need> {
    let mut needs = Vec::new();
    match assessment.risk.level {
        RiskLevel::Critical => needs.push(need("critical".into(), &policy.approvals.critical)),
        RiskLevel::High => needs.push(need("high".into(), &policy.approvals.high)),
        RiskLevel::Low | RiskLevel::Medium if asks_high => needs.push(need("high".into(), &policy.approvals.high)),
        RiskLevel::Low | RiskLevel::Medium => {}
    }
    let touched = || {
        let now = assessment.files.iter().flat_map(|file| file.facts.change.paths());
        now.chain(assessment.touched_and_undone.iter().map(|(path, _)| path))
    };
    for (at, rule) in policy.approvals.paths.iter().enumerate() {
        let names = |path: &RepoPath| rule.paths.iter().any(|glob| glob.matches(path));
        if touched().any(names) {
            needs.push(need(format!("paths[{at}]"), &rule.rule));
        }
    }
    for need in &mut needs {
        need.signed |= level == Enforcement::Production;
    }
    needs
}

fn need(rule: String, asked: &ApprovalRule) -> Need {
    Need { rule, count: asked.count, roles: asked.roles.clone(), signed: asked.signed, counted: Vec::new() }
}

/// Holds every word against what is asked for. `risk` is that of the change as it is now.
#[must_use]
pub fn hear(mut needs: Vec<Need>, risk: RiskLevel, evidence: &Evidence, policy: &Policy) -> Heard {
    let mut not_counted = Vec::new();
    let case = |word| Case { word, evidence, policy, level: risk };
    let rejections = rejections(&case, evidence, &mut not_counted);
    let mut counted = Counted::default();
    for word in evidence.words.iter().filter(|word| word.saying == Saying::Approve) {
        let why = against_approving(&case(word))
            .or_else(|| counted.again(word))
            .or_else(|| {
                let rejected = rejections.iter().any(|rejection| rejection.by.eq_ignore_ascii_case(&word.by));
                rejected.then(|| "has rejected the same change".into())
            })
            .or_else(|| fill(&mut needs, word, policy));
        match why {
            Some(why) => not_counted.push(why.into_refusal_of(&word.by)),
            None => counted.add(word),
        }
    }
    let late = |request: &Word| request.expires.filter(|expires| evidence.landing.now >= *expires);
    let timed_out = request(evidence).and_then(late).filter(|_| !needs.iter().all(Need::is_met));
    Heard { needs, rejections, timed_out, not_counted, rests_on: counted.ids }
}

/// Why a word would not take another back.
#[must_use]
pub fn may_not_take_back(word: &Word, taken: &Word, evidence: &Evidence, policy: &Policy) -> Option<String> {
    against_taking_back(&Case { word, evidence, policy, level: RiskLevel::Critical }, taken).map(|why| why.why)
}

/// A rejection stands until the bytes change: on whatever branch, under whatever policy, and of a
/// whole when it was of a part.
fn rejections<'a>(
    case: &impl Fn(&'a Word) -> Case<'a>,
    evidence: &'a Evidence,
    not_counted: &mut Vec<NotCounted>,
) -> Vec<Rejection> {
    let mut found: Vec<Rejection> = Vec::new();
    for word in evidence.words.iter().filter(|word| word.saying == Saying::Reject) {
        if !concerns(word, &evidence.landing) {
            continue;
        }
        let unsigned = lacks_a_signature(word, evidence.level == Enforcement::Production);
        let unsigned = || unsigned.then(|| "is not signed, and production asks for a signature".into());
        match against_rejecting(&case(word)).or_else(unsigned) {
            Some(why) => not_counted.push(why.into_refusal_of(&word.by)),
            None => match found.iter_mut().find(|earlier| earlier.by.eq_ignore_ascii_case(&word.by)) {
                Some(earlier) => earlier.at = earlier.at.max(word.at),
                None => found.push(Rejection { by: word.by.clone(), at: word.at }),
            },
        }
    }
    found
}

fn concerns(word: &Word, landing: &Landing) -> bool {
    is_about(word, landing) || word.bond.as_ref().is_some_and(|bond| landing.covered.contains(&bond.change))
}

/// Counts the approval wherever its role is asked for, or says why it is nowhere.
fn fill(needs: &mut [Need], word: &Word, policy: &Policy) -> Option<Objection> {
    let (mut counts, mut unsigned) = (false, None);
    for need in needs.iter_mut().filter(|need| policy.holds_a_role(&word.by, &need.roles)) {
        if lacks_a_signature(word, need.signed) {
            unsigned = Some(format!("is not signed, and `{}` asks for a signature", need.rule).into());
        } else {
            need.counted.push(word.by.clone());
            counts = true;
        }
    }
    if counts || needs.is_empty() {
        return None;
    }
    unsigned.or_else(|| Some(of_speaker(format!("holds none of the roles asked for: {}", asked_roles(needs)))))
}

/// Those who have approved already: people, and keys, for two names of one person are one person.
#[derive(Default)]
struct Counted {
    people: BTreeSet<String>,
    keys: BTreeSet<String>,
    ids: Vec<Sha256>,
}

impl Counted {
    fn again(&self, word: &Word) -> Option<Objection> {
        let by_key = matches!(&word.seal, Seal::Good { key, .. } if self.keys.contains(key));
        let why = if self.people.contains(&word.by.to_lowercase()) {
            Some("has already approved; every person counts once")
        } else {
            by_key.then_some("signed with a key that has already approved; every person counts once")
        };
        why.map(|why| Objection::to(Against::Repetition, why))
    }

    fn add(&mut self, word: &Word) {
        self.people.insert(word.by.to_lowercase());
        if let Seal::Good { key, .. } = &word.seal {
            self.keys.insert(key.clone());
        }
        // What is only supposed is no entry that anything could rest on.
        self.ids.extend(word.bond.is_some().then_some(word.id));
    }
}

fn asked_roles(needs: &[Need]) -> String {
    let roles: BTreeSet<&str> = needs.iter().flat_map(|need| need.roles.iter().map(String::as_str)).gathered();
    roles.into_iter().collect::<Vec<_>>().join(", ")
}
