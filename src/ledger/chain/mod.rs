//! Verification: each stream alone as it is read, then all of them against each other.
//!
//! A [`Chain`] is fed the lines of one stream in their order, on any thread. [`join()`] then compares
//! what the streams, pins and checkpoints have seen of each other. A chain keeps the place of every
//! entry it was fed (48 bytes) and what its entries newly saw of others, nothing else of an entry;
//! one that is resumed at a [`Tip`] keeps only what came after.

mod feed;
mod given_up;
mod join;
mod seal;
#[cfg(test)]
mod tests;
mod tip;

use std::collections::BTreeMap;

use given_up::GivenUp;

use super::binding::Binding;
use super::sshsig::{Past, Signers};
use super::witness::{Claim, Witness};
use crate::model::{Damage, Moment, Seen, Sha256};

pub use given_up::{Admin, Admins, is_a_word};
pub use join::{Verdict, join};
pub use seal::{is_signature_demanded, namespace};
pub use tip::Tip;

/// What a policy asked of entries that name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditLaw {
    /// `audit.sign`: every push is signed.
    pub sign: bool,
    /// `audit.proof_of_work_bits`.
    pub proof_of_work_bits: u32,
}

/// What entries are held to.
#[derive(Debug, Default)]
pub struct Rules {
    /// The id of the genesis entry, from a pin or the genesis stream. Without it, every stream has
    /// to agree with its own first entry and, when joined, with the genesis stream.
    pub genesis: Option<Sha256>,
    /// Who may approve, change the policy and make checkpoints. Without it, a good signature by any
    /// key will do.
    pub signers: Option<Signers>,
    /// Who might before.
    pub past: Past,
    /// Who may give up a fork of a stream that somebody else writes.
    pub admins: Admins,
    /// By the digest of the policy. An entry that names none of these is held to the law of the
    /// entry before it.
    pub laws: BTreeMap<Sha256, AuditLaw>,
}

/// The place of an entry that was fed.
#[derive(Clone, Copy, Debug)]
struct Link {
    seq: u64,
    id: Sha256,
    time: Moment,
}

/// An entry of another stream that this one newly saw.
#[derive(Clone, Copy, Debug)]
struct Sight {
    seen: Seen,
    /// By which entry, and when.
    at: u64,
    time: Moment,
}

/// What is known of one stream, as far as it was fed.
#[derive(Debug)]
pub struct Chain<'a> {
    rules: &'a Rules,
    stream: String,
    /// Where it was resumed.
    base: Option<Link>,
    /// Sorted by their numbers.
    links: Vec<Link>,
    repo: Option<Sha256>,
    binding: Option<Binding>,
    law: AuditLaw,
    /// Of policies that the rules do not know.
    found_laws: BTreeMap<Sha256, AuditLaw>,
    /// The last that was seen of each other stream.
    named: BTreeMap<String, Seen>,
    sights: BTreeMap<String, Vec<Sight>>,
    /// The highest entry that a witness of an earlier verification saw.
    witnessed: Option<u64>,
    /// Entries that a reconciliation gave up.
    dropped: Vec<GivenUp>,
    signed: u64,
    damage: Vec<Damage>,
}
