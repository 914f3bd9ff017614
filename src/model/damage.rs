//! What is wrong with a ledger, and what of it nobody else has seen.

use std::fmt;

use super::digest::Sha256;

/// The kinds of damage. Their names are stable: scripts may rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DamageCode {
    NotCanonical,
    UnknownVersion,
    UnknownKind,
    MalformedEntry,
    MalformedNote,
    WrongStream,
    StreamName,
    BadOpening,
    BadGenesis,
    GenesisMissing,
    ForeignRepository,
    Gap,
    OutOfOrder,
    Duplicate,
    BrokenChain,
    TimeBackwards,
    TimeBeforeSeen,
    SeenBackwards,
    BadSeen,
    Equivocation,
    Truncated,
    StreamMissing,
    ForeignActor,
    ForeignKey,
    SignatureMissing,
    SignatureBad,
    SignatureNamespace,
    SignerNotAllowed,
    ProofOfWork,
    BadReconcile,
    BadCheckpoint,
    HistoryRewritten,
    ReplayDiffers,
}

impl DamageCode {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotCanonical => "not-canonical",
            Self::UnknownVersion => "unknown-version",
            Self::UnknownKind => "unknown-kind",
            Self::MalformedEntry => "malformed-entry",
            Self::MalformedNote => "malformed-note",
            Self::WrongStream => "wrong-stream",
            Self::StreamName => "stream-name",
            Self::BadOpening => "bad-opening",
            Self::BadGenesis => "bad-genesis",
            Self::GenesisMissing => "genesis-missing",
            Self::ForeignRepository => "foreign-repository",
            Self::Gap => "gap",
            Self::OutOfOrder => "out-of-order",
            Self::Duplicate => "duplicate",
            Self::BrokenChain => "broken-chain",
            Self::TimeBackwards => "time-backwards",
            Self::TimeBeforeSeen => "time-before-seen",
            Self::SeenBackwards => "seen-backwards",
            Self::BadSeen => "bad-seen",
            Self::Equivocation => "equivocation",
            Self::Truncated => "truncated",
            Self::StreamMissing => "stream-missing",
            Self::ForeignActor => "foreign-actor",
            Self::ForeignKey => "foreign-key",
            Self::SignatureMissing => "signature-missing",
            Self::SignatureBad => "signature-bad",
            Self::SignatureNamespace => "signature-namespace",
            Self::SignerNotAllowed => "signer-not-allowed",
            Self::ProofOfWork => "proof-of-work",
            Self::BadReconcile => "bad-reconcile",
            Self::BadCheckpoint => "bad-checkpoint",
            Self::HistoryRewritten => "history-rewritten",
            Self::ReplayDiffers => "replay-differs",
        }
    }

    /// What mends it, or what to find out first.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::NotCanonical | Self::MalformedEntry | Self::MalformedNote => {
                "something other than gov-hook wrote here: fetch the stream from a clone that verifies"
            }
            Self::UnknownVersion | Self::UnknownKind => "update gov-hook; if it is up to date, distrust the entry",
            Self::WrongStream | Self::ForeignRepository => {
                "the entry was copied here: fetch the stream from a clone that verifies, and find out who copied it"
            }
            Self::StreamName | Self::BadOpening => "nobody can have opened this stream: delete its ref if it is yours",
            Self::BadGenesis | Self::GenesisMissing => {
                "fetch `refs/notes/gov/genesis` from a clone that verifies; there is only one per repository"
            }
            Self::Gap | Self::OutOfOrder | Self::Duplicate | Self::BrokenChain => {
                "entries were changed, moved or removed: fetch the stream from a clone that verifies"
            }
            Self::TimeBackwards | Self::TimeBeforeSeen => {
                "the entry claims to be older than what it knows: distrust what it says, and ask its writer"
            }
            Self::SeenBackwards | Self::BadSeen => "its writer was shown an older ledger: run `gov-hook audit sync`",
            Self::Equivocation => {
                "two clones wrote as one: run `gov-hook audit reconcile`, and never copy a clone's `.git/gov`"
            }
            Self::Truncated | Self::StreamMissing | Self::HistoryRewritten => {
                "what others saw is gone: run `gov-hook audit sync`, here or else in a clone that still has it"
            }
            Self::ForeignActor | Self::ForeignKey => {
                "somebody wrote in the stream of another: distrust the entry, and find out who can push it"
            }
            Self::SignatureMissing => "the signature is gone or was never made: ask for the act to be repeated, signed",
            Self::SignatureBad | Self::SignatureNamespace => {
                "the signature does not cover this act: distrust the entry, and ask its signer"
            }
            Self::SignerNotAllowed => {
                "list the key in `.gov/allowed_signers` if it may do this; else distrust the entry"
            }
            Self::ProofOfWork => "the entry was not made under the policy it names: distrust it",
            Self::BadReconcile => "have somebody who may sign for the policy reconcile the stream again",
            Self::BadCheckpoint => "keep the checkpoint, and compare the streams with a clone that verifies",
            Self::ReplayDiffers => "the decision does not follow from its objects: distrust it, and judge them again",
        }
    }
}

impl fmt::Display for DamageCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// One thing that is wrong, told so that a person can look it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub code: DamageCode,
    pub stream: String,
    pub seq: Option<u64>,
    pub entry: Option<Sha256>,
    pub expected: String,
    pub found: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, stream, seq, entry, expected, found } = self;
        write!(out, "{code}: ")?;
        match seq {
            Some(seq) => write!(out, "entry {seq} of {stream}")?,
            None => out.write_str(stream)?,
        }
        if let Some(entry) = entry {
            write!(out, " ({})", entry.short())?;
        }
        write!(out, ": expected {expected}, found {found}")
    }
}

/// The newest entries of a stream that no other stream, pin or checkpoint has seen: they may yet be
/// taken back unnoticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwitnessed {
    pub stream: String,
    pub from: u64,
    pub to: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_names_the_entry_and_both_sides() {
        let mut damage = Damage {
            code: DamageCode::BrokenChain,
            stream: "ci-7".into(),
            seq: Some(4),
            entry: Some(Sha256::new([0xab; 32])),
            expected: "`prev` 01".into(),
            found: "02".into(),
        };

        assert_eq!(damage.to_string(), "broken-chain: entry 4 of ci-7 (abababababab): expected `prev` 01, found 02");
        (damage.seq, damage.entry) = (None, None);
        assert_eq!(damage.to_string(), "broken-chain: ci-7: expected `prev` 01, found 02");
    }
}
