//! The entries that a reading of the ledger tells, and how much of it is read.

use crate::model::{Damage, DamageCode, Entry, ObjectId, Sha256};

/// How much of the ledger is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Depth {
    /// What came since the ledger was last found sound.
    News,
    /// Every entry.
    Whole,
    /// Every entry, as if this clone had never verified before; its pins are held to all the same.
    Afresh,
}

/// An entry as it was read.
#[derive(Debug)]
pub(in crate::app) struct Told {
    pub(in crate::app) id: Sha256,
    pub(in crate::app) entry: Entry,
    /// In whose note it stands.
    pub(in crate::app) object: ObjectId,
    /// What is wrong with it by itself and in its stream.
    pub(in crate::app) damage: Vec<Damage>,
}

/// An entry by which somebody says something of a change.
#[derive(Clone, Debug)]
pub(in crate::app) struct Spoken {
    pub(in crate::app) id: Sha256,
    pub(in crate::app) entry: Entry,
    /// Why it cannot be believed, signatures apart.
    pub(in crate::app) flaw: Option<String>,
}

/// What a signature is worth is judged anew by whoever asks, under the policy that decides there.
pub(super) const fn is_of_a_signature(code: DamageCode) -> bool {
    matches!(
        code,
        DamageCode::SignatureMissing
            | DamageCode::SignatureBad
            | DamageCode::SignatureNamespace
            | DamageCode::SignerNotAllowed
            | DamageCode::ForeignKey
    )
}

/// A stream with damage in it may have lost anything: nothing that it says counts.
pub(super) fn silence(words: &mut [Spoken], damage: &[Damage]) {
    for word in words.iter_mut().filter(|word| word.flaw.is_none()) {
        let stream = word.entry.stream.as_str();
        if damage.iter().any(|damage| damage.stream == stream && !is_of_a_signature(damage.code)) {
            word.flaw = Some(format!("stands in {stream}, which is damaged: see gov-hook audit verify"));
        }
    }
}
