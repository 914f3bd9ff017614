//! The ledger of this clone: what it says, whether that may be believed, and the pen that writes it.
//!
//! Every verb that decides or records stands on this room, and it stands on none of them.

mod act;
mod anchored;
mod around;
pub(super) mod beginning;
mod binding;
mod copies;
mod heads;
mod hearing;
mod kept;
mod laws;
mod learned;
mod pen;
mod reading;
mod records;
mod seal;
pub(super) mod signed;
mod signing;
mod soundness;
mod standing;
mod told;
mod unfounded;
mod walking;
mod written;

pub(super) use act::Act;
pub(super) use beginning::{Beginning, believe, other_than_ours, pinned, seen_elsewhere};
pub(super) use binding::{Before, before_it, binding, bound, speaks_of};
pub(super) use copies::own as is_own;
pub(super) use hearing::{Hearing, NAMESPACE, good, unsigned};
pub(super) use kept::Pins;
pub(super) use laws::{ADMIN, signers, trusted_side};
pub(super) use pen::{ENGINE, Pen};
pub(super) use reading::{Arriving, Reading, read, read_against, read_anchored, read_arriving};
pub(super) use records::{Records, governed};
pub(super) use signed::{Alone, Horizon, Past, Signatures};
pub(super) use signing::may_sign;
pub(super) use soundness::{last_sound, way_back};
pub(super) use standing::Standing;
pub(super) use told::{Depth, Spoken, Told};
pub(super) use unfounded::unfounded;
pub(super) use written::written;
