//! Signatures: which namespace an act is signed in, when it must be, and by whom.

use super::super::binding::Writer;
use super::super::signed_bytes;
use super::super::sshsig::{Refusal, SignatureError, SshSignature};
use super::{AuditLaw, Rules};
use crate::ledger::member::{self, Cause};
use crate::model::{DamageCode, Enforcement, Entry, EntryKind, OverrideAction};

const LOG: &str = "log@gov-hook";
const APPROVE: &str = "approve@gov-hook";
const POLICY: &str = "policy@gov-hook";
const CHECKPOINT: &str = "ckpt@gov-hook";

/// The namespace that an entry is signed in, so that a key may be allowed to log and not to approve.
#[must_use]
pub fn namespace(entry: &Entry) -> &'static str {
    match entry.kind {
        // That nobody answered is nobody's word.
        EntryKind::Reject if member::CAUSE.of(entry) == Some(Cause::Timeout) => LOG,
        EntryKind::Approve | EntryKind::Reject | EntryKind::Revoke | EntryKind::Ratify => APPROVE,
        EntryKind::Override if is_grant(entry) => APPROVE,
        EntryKind::Policy | EntryKind::Reconcile | EntryKind::Tombstone => POLICY,
        EntryKind::Checkpoint => CHECKPOINT,
        EntryKind::Override
        | EntryKind::Genesis
        | EntryKind::StreamOpen
        | EntryKind::Decision
        | EntryKind::Commit
        | EntryKind::Push
        | EntryKind::Request
        | EntryKind::Land
        | EntryKind::Rewrite
        | EntryKind::Sign
        | EntryKind::Promotion
        | EntryKind::Outcome
        | EntryKind::Trust
        | EntryKind::Usage
        | EntryKind::Savepoint => LOG,
    }
}

/// An override that says nothing that is known is held to what a grant is.
fn is_grant(entry: &Entry) -> bool {
    matches!(entry.override_action(), Some(OverrideAction::Grant) | None)
}

/// Whether an entry is worth nothing without a signature. Its body's `enforcement` says at which
/// level the act was done; a writer whose stream is bound to a key signs every such act.
#[must_use]
pub fn is_signature_demanded(entry: &Entry, writer: Option<&Writer>, law: AuditLaw) -> bool {
    let has_key = matches!(writer, Some(Writer::Key(_)));
    if entry.kind == EntryKind::Reconcile {
        true
    } else if entry.kind == EntryKind::Push {
        law.sign
    } else if entry.kind == EntryKind::StreamOpen || entry.kind == EntryKind::Checkpoint {
        has_key
    } else if namespace(entry) == LOG || entry.kind == EntryKind::Tombstone {
        false
    } else {
        has_key || member::ENFORCEMENT.of(entry) == Some(Enforcement::Production)
    }
}

pub(super) struct Flaw {
    pub(super) code: DamageCode,
    pub(super) expected: String,
    pub(super) found: String,
}

/// What is wrong with the signature of an entry, or with its lack.
pub(super) fn flaw(entry: &Entry, writer: Option<&Writer>, law: AuditLaw, rules: &Rules) -> Option<Flaw> {
    let namespace = namespace(entry);
    let Some(sig) = &entry.sig else {
        let missing = is_signature_demanded(entry, writer, law);
        let expected = format!("a signature for `{namespace}` on this `{}`", entry.kind);
        return missing.then(|| Flaw { code: DamageCode::SignatureMissing, expected, found: "none".into() });
    };
    let verified = SshSignature::parse(sig).and_then(|signature| {
        let bytes = signed_bytes(entry).map_err(|_unwritable| SignatureError::Mismatch)?;
        signature.verify(&bytes, namespace).map(|()| signature)
    });
    let signature = match verified {
        Ok(signature) => signature,
        Err(error) => {
            let foreign = matches!(error, SignatureError::Namespace { .. });
            let code = if foreign { DamageCode::SignatureNamespace } else { DamageCode::SignatureBad };
            let expected = format!("a good signature for `{namespace}`");
            return Some(Flaw { code, expected, found: error.to_string() });
        }
    };
    if let Some(Writer::Key(key)) = writer
        && key != signature.key()
    {
        let (expected, found) = (key.fingerprint(), signature.key().fingerprint());
        return Some(Flaw { code: DamageCode::ForeignKey, expected: format!("the stream's key {expected}"), found });
    }
    // Anybody may keep a log of their own; the other namespaces are for those who are listed.
    let signers = rules.signers.as_ref().filter(|_| namespace != LOG)?;
    let (key, by) = (signature.key(), &entry.actor.email);
    let refusal = signers.allow(key, by, namespace, entry.time).err()?;
    // A list that says since when, or until when, a key is valid says so of what was signed before, too.
    let is_final = matches!(refusal, Refusal::Time { .. });
    let law = member::LAW.of(entry);
    if !is_final && rules.past.allowed(key, by, namespace, (entry.time, law)) {
        return None;
    }
    let expected = format!("a key of {} that may sign for `{namespace}`", entry.actor.email);
    Some(Flaw { code: DamageCode::SignerNotAllowed, expected, found: refusal.to_string() })
}
