//! The ledger's law: how an entry is written and read, and when a chain of them may be believed.
//!
//! Bytes in, verdict out: where the bytes are kept is the business of the `git` room.

mod anchor;
mod binding;
pub mod canonical;
mod chain;
mod checkpoint;
mod coverage;
mod entry;
mod genesis;
mod merkle;
#[cfg(test)]
mod samples;
pub mod sshsig;
mod summary;
mod witness;

pub use anchor::{Anchor, NoAnchor};
pub use binding::{Binding, BindingError, Writer};
pub use chain::{
    Admin, Admins, AuditLaw, Chain, Rules, Tip, Verdict, is_a_word, is_signature_demanded, join, namespace,
};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use coverage::{Coverage, Enough, Known, Landing, There, rewritten, totals};
pub use entry::{
    Unreadable, Unwritable, fits_a_stream, id, leading_zero_bits, lines, member, number, parse, signed_bytes, write,
};
pub use genesis::{GENESIS_STREAM, Root, genesis, is_genesis};
pub use summary::Summary;
pub use witness::{Claim, Witness};
