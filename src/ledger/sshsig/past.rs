//! The lists of signers that were in force before: what was signed under one of them stays signed when
//! a key leaves the list.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use super::{PublicKey, Signers};
use crate::model::{Moment, ObjectId};

/// A list of the trusted side that another has taken the place of.
#[derive(Debug)]
pub struct Former {
    pub signers: Signers,
    /// When the other took its place.
    pub until: Moment,
    /// The commits of the trusted side that have it.
    pub commits: HashSet<ObjectId>,
}

/// All of them. They are seldom asked for and slow to find, so they are looked for when they are.
pub struct Past(LazyLock<Vec<Former>, Box<dyn FnOnce() -> Vec<Former> + Send>>);

impl Past {
    #[must_use]
    pub fn found_by(look: impl FnOnce() -> Vec<Former> + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(look)))
    }

    /// Whether a list that was in force let the key sign: at that time, or where whoever signed saw the
    /// law. A removal has to arrive before anybody can heed it, and its own date says when it was
    /// written, not when it arrived.
    pub(in crate::ledger) fn allowed(
        &self,
        key: &PublicKey,
        principal: &str,
        namespace: &str,
        (time, law): (Moment, Option<ObjectId>),
    ) -> bool {
        self.0.iter().any(|former| {
            let was_seen = law.is_some_and(|law| former.commits.contains(&law));
            (time < former.until || was_seen) && former.signers.allow(key, principal, namespace, time).is_ok()
        })
    }
}

/// Nothing was ever in force but what is now.
impl Default for Past {
    fn default() -> Self {
        Self::found_by(Vec::new)
    }
}

impl fmt::Debug for Past {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Past")
    }
}
