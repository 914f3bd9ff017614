//! How it is put on record that nobody answered a request in time.

use crate::app::memory::Act;
use crate::ledger::member::{self, Cause};

/// Why it is rejected, as everybody reads it.
pub(super) const WHY: &str = "nobody answered the request in time";

/// What makes a rejection one that nobody uttered.
pub(super) fn unanswered(act: Act, request: String) -> Act {
    act.saying(member::CAUSE, Cause::Timeout).saying(member::ANSWERED, request).saying(member::REASON, WHY)
}
