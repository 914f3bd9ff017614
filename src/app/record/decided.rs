//! What a judgement says, as an entry; and what is on record already.

use std::fmt::Write;

use serde_json::json;

use crate::app::judging::Judged;
use crate::app::memory::Act;
use crate::check::engine;
use crate::header::Fault;
use crate::ledger::member::{self, Cause, Engine};
use crate::model::{
    EntryKind, EntrySubject, Gather, ObjectId, Reason, RecordedRisk, Risk, Severity, Sha256, Target, TargetKind,
    Window, branch_reference,
};

/// At most this many reasons are recorded; for the rest the judgement can be made again.
const MOST_REASONS: usize = 20;

/// A decision on what is staged, or on a commit that is judged late.
pub(in crate::app) fn decision(judged: &Judged) -> Option<Act> {
    let Target { base, head, tree, .. } = judged.judgement.target;
    let reference = judged.branch.as_deref().map(branch_reference);
    let subject = EntrySubject { commit: head, tree, base, reference };
    Some(said(EntryKind::Decision, head.or(tree)?, subject, judged))
}

/// A decision that somebody asked for beside the hooks. It puts no commit on record; what is staged is
/// answered for as before a commit.
pub(in crate::app) fn answered(judged: &Judged) -> Option<Act> {
    let Target { kind, base, head, .. } = judged.judgement.target;
    let mut act = decision(judged)?.saying(member::CAUSE, Cause::Check);
    act.subject.commit = None;
    if let Some(head) = head {
        act = act.saying(member::HEAD, head);
        if kind == TargetKind::Range {
            act = beginning(act, base, &judged.after);
        }
    }
    Some(act.saying_any(member::TAG, judged.tag))
}

/// Where the range begins that a decision is about.
fn beginning(act: Act, base: Option<ObjectId>, after: &[ObjectId]) -> Act {
    act.saying(member::AFTER, after).saying_any(member::BASE, base)
}

/// What was to move on the other side of a push.
pub(in crate::app) struct Moved {
    pub(in crate::app) new: ObjectId,
    pub(in crate::app) old: Option<ObjectId>,
    pub(in crate::app) reference: String,
}

/// What becomes of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Fate {
    LetBy,
    Stopped,
}

impl Fate {
    /// A push that may pass seals all that came before it; one that may not is a decision.
    pub(in crate::app) const fn kind(self) -> EntryKind {
        match self {
            Self::LetBy => EntryKind::Push,
            Self::Stopped => EntryKind::Decision,
        }
    }
}

/// A push that is stopped names no commit of its own, for it puts none on record.
pub(in crate::app) fn pushed(judged: &Judged, moved: &Moved, fate: Fate) -> Act {
    let Target { base, head, tree, commits, .. } = judged.judgement.target;
    // A tag's own object is no commit that anybody could judge again.
    let head = head.unwrap_or(moved.new);
    let subject = EntrySubject {
        commit: (fate == Fate::LetBy).then_some(head),
        tree,
        base: moved.old,
        reference: Some(moved.reference.clone()),
    };
    let act = said(fate.kind(), moved.new, subject, judged).saying(member::COMMITS, commits).saying(member::HEAD, head);
    let mut act = beginning(act, base, &judged.after);
    if moved.new != head {
        act = act.saying(member::TAG, moved.new);
    }
    act
}

/// What else it takes to find the same change again by its objects.
pub(in crate::app) fn found_by(mut act: Act, judged: &Judged) -> Act {
    if !judged.merging.is_empty() {
        act = act.saying(member::MERGING, judged.merging.as_slice());
    }
    act.saying_any(member::REPLACED, judged.replaced)
}

fn said(kind: EntryKind, object: ObjectId, subject: EntrySubject, judged: &Judged) -> Act {
    let judgement = &judged.judgement;
    let (assessment, decision) = (&judgement.assessment, &judgement.decision);
    let findings = |severity: Severity| {
        assessment.findings.iter().filter(|finding| finding.counts() && finding.severity == severity).count()
    };
    let mut act = Act::new(kind, object, subject)
        .saying(member::GATE, judgement.gate)
        .saying(member::ENFORCEMENT, judgement.level)
        .saying(member::EXIT, decision.exit.code())
        .saying(member::ENGINE, built_in())
        .saying_any(member::LAW, judged.trusted);
    act = found_by(act, judged);
    if !judged.heard.is_empty() {
        act = act
            .saying(member::HEARD, judged.heard.as_slice())
            .saying(member::RESTS_ON, decision.rests_on.as_slice())
            .saying_any(member::ONTO, judged.onto);
    }
    if assessment.window != Window::Whole {
        act = act.saying(member::HISTORY, "partial");
    }
    let found = [Severity::Deny, Severity::Hold, Severity::Warn, Severity::Note];
    let counts: serde_json::Map<String, serde_json::Value> = found
        .into_iter()
        .map(|severity| (severity.as_str().to_owned(), json!(findings(severity))))
        .filter(|(_, count)| *count != 0)
        .gathered();
    if !counts.is_empty() {
        act = act.saying(member::FINDINGS, counts);
    }
    let tampering: Vec<String> = (assessment.findings.iter())
        .filter(|finding| finding.counts() && is_tampering(finding.rule.as_str()))
        .take(MOST_REASONS)
        .map(|finding| format!("{} {}", finding.rule, finding.place.path))
        .gathered();
    if !tampering.is_empty() {
        act = act.saying(member::TAMPERING, tampering);
    }
    if judged.verified > 0 {
        act = act.saying(member::VERIFIED, judged.verified as u64);
    }
    act.change = Some(judgement.target.change);
    act.policy = Some(judgement.policy.digest);
    act.risk = Some(RecordedRisk {
        level: assessment.risk.level,
        score: assessment.risk.score,
        digest: risk_digest(&assessment.risk),
    });
    act.outcome = Some(decision.outcome);
    flatten(&decision.reasons, &mut act.reasons);
    act
}

/// What is built in, and judges beside the policy.
pub(super) fn built_in() -> Engine {
    Engine { card: engine::CARD_DIGEST.to_owned(), packs: engine::PACKS_DIGEST.to_owned() }
}

fn is_tampering(rule: &str) -> bool {
    Fault::ALL.iter().any(|fault| fault.is_tampering() && fault.as_str() == rule)
}

pub(in crate::app) fn flatten(reasons: &[Reason], out: &mut Vec<String>) {
    for reason in reasons {
        if out.len() < MOST_REASONS {
            out.push(reason.what.clone());
            flatten(&reason.because, out);
        }
    }
}

/// Of every factor with its value and points, and of every cause with its path: two assessments that
/// reach the same score in different ways differ here.
pub(in crate::app) fn risk_digest(risk: &Risk) -> Sha256 {
    let mut text = format!("{} {}\n", risk.level, risk.score);
    for factor in &risk.factors {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "factor {} {} {}", factor.id, factor.value, factor.points);
    }
    for cause in &risk.causes {
        let path = cause.path.as_ref().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "cause {} {} {path}", cause.level, cause.id);
    }
    Sha256::of(text.as_bytes())
}
