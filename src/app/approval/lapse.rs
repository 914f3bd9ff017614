//! How it is put on record that nobody answered a request in time.

use crate::app::memory::Act;

/// Why it is rejected, as everybody reads it.
pub(super) const WHY: &str = "nobody answered the request in time";

/// What makes a rejection one that nobody uttered.
pub(super) fn unanswered(act: Act, request: String) -> Act {
    act.saying("cause", "timeout").saying("request", request).saying("reason", WHY)
}
