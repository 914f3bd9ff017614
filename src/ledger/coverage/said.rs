//! What people said of a commit or a change, and what hooks decided on it.

use std::collections::{BTreeMap, BTreeSet};

use super::Judged;
use crate::ledger::member::{self, Cause};
use crate::model::{ActorKind, ChangeId, Entry, EntryKind, Moment, OverrideAction, RiskLevel, Sha256};

/// What was said of one commit or one change.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The ledger begins with it.
    pub(super) begins: bool,
    /// Of each binding the decision it names.
    pub(super) bindings: Vec<Option<Sha256>>,
    pub(super) by_hook: Option<Judged>,
    pub(super) at_push: Option<Judged>,
    pub(super) put_on_record: Option<Judged>,
    pub(super) approvals: Vec<Answer>,
    pub(super) rejections: Vec<Answer>,
    /// Who granted that it may pass, or let it by without asking anybody.
    pub(super) granted_by: BTreeSet<String>,
    /// Who made use of it: themselves the ones who let it by where nobody had to grant it.
    pub(super) used_by: BTreeSet<String>,
    pub(super) ratifications: Vec<Answer>,
    /// Why it was let by, as people say it.
    pub(super) reasons: BTreeSet<String>,
    /// Why it ought to be, by the request that says so.
    pub(super) asked_for: BTreeMap<Sha256, String>,
    /// The requests, and the grants, that were made use of.
    pub(super) made_use_of: BTreeSet<Sha256>,
}

/// A word by which somebody answers for what others did.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) id: Sha256,
    /// In lower case.
    pub(super) by: String,
    pub(super) is_by_a_person: bool,
    /// What is signed is signed well, or it would be damage.
    pub(super) is_signed: bool,
    /// For which branch it was given.
    pub(super) reference: Option<String>,
    /// Of what, and of how much risk.
    pub(super) change: Option<ChangeId>,
    pub(super) risk: Option<RiskLevel>,
    /// An approval that does not say until when it counts is over at once.
    pub(super) expires: Moment,
}

impl Said {
    pub(super) fn hear(&mut self, id: Sha256, entry: &Entry) {
        let by = || entry.actor.email.to_lowercase();
        let answer = || Answer {
            id,
            by: by(),
            is_by_a_person: entry.actor.kind == ActorKind::Person,
            is_signed: entry.sig.is_some(),
            reference: entry.subject.reference.clone(),
            change: entry.change,
            risk: entry.risk.as_ref().map(|risk| risk.level),
            expires: member::EXPIRES.of(entry).unwrap_or(entry.time),
        };
        if entry.kind == EntryKind::Approve {
            self.approvals.push(answer());
        } else if entry.kind == EntryKind::Reject && member::CAUSE.of(entry) != Some(Cause::Timeout) {
            self.rejections.push(answer());
        } else if entry.kind == EntryKind::Ratify {
            self.ratifications.push(answer());
            self.reasons.extend(member::NOTES.of(entry));
        } else if entry.kind == EntryKind::Override {
            let reason = member::REASON.of(entry);
            self.made_use_of.extend([member::OVERRIDE, member::GRANTED].iter().filter_map(|named| named.of(entry)));
            match entry.override_action() {
                Some(OverrideAction::Request) => self.asked_for.extend(reason.map(|reason| (id, reason))),
                // A server says again what came to it.
                Some(OverrideAction::Use) if entry.actor.kind == ActorKind::Witness => {}
                Some(OverrideAction::Use) => drop(self.used_by.insert(by())),
                Some(OverrideAction::Grant | OverrideAction::BreakGlass) | None => {
                    self.granted_by.insert(by());
                    self.reasons.extend(reason);
                }
            }
        }
    }
}
