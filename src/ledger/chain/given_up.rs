//! What a `reconcile` entry gives up, the fork of a copied clone that lost, and whether it may.
//!
//! The body names the `stream` and what is `dropped` of it as `[[seq, id], …]`. Whoever gives up what
//! somebody else wrote carries it along in `lines`: only so can anybody see what it was.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use super::super::binding::Writer;
use super::super::sshsig::SshSignature;
use super::super::{id, member, parse};
use super::{Chain, Rules};
use crate::model::{Entry, EntryKind, Gather, Moment, Seen, Sha256};

/// One entry that somebody gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GivenUp {
    pub(super) stream: String,
    pub(super) seen: Seen,
    /// The first of those that were given up with it.
    pub(super) first: Seen,
    /// The key that signed, the address of who did, and when.
    pub(super) key: String,
    pub(super) by: String,
    pub(super) time: Moment,
    /// Whether it can be seen that it was nobody's word on a change.
    pub(super) is_plain: bool,
}

/// All that an entry gives up; `None` where its body says nothing like it.
pub(super) fn given_up(entry: &Entry) -> Option<Vec<GivenUp>> {
    let stream = member::STREAM.text(entry)?;
    let dropped = member::DROPPED.of(entry)?;
    let Some(first) = dropped.iter().min_by_key(|seen| seen.seq).copied() else { return Some(Vec::new()) };
    let lines: BTreeMap<Sha256, &str> = member::LINES.texts(entry).map(|line| (id(line.as_bytes()), line)).gathered();
    let is_plain = |seen: &Seen| {
        let known = lines.get(&seen.id).and_then(|line| parse(line.as_bytes()).ok());
        known.is_some_and(|known| known.stream == stream && known.seq == seen.seq && !is_a_word(known.kind))
    };
    let key = SshSignature::parse(entry.sig.as_deref()?).ok()?.key().fingerprint();
    let one = |seen: Seen| GivenUp {
        stream: stream.to_owned(),
        seen,
        first,
        key: key.clone(),
        by: entry.actor.email.clone(),
        time: entry.time,
        is_plain: is_plain(&seen),
    };
    Some(dropped.into_iter().map(one).collect())
}

/// What somebody said of a change: nobody else takes it back.
#[must_use]
pub const fn is_a_word(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Approve | EntryKind::Reject | EntryKind::Revoke | EntryKind::Override | EntryKind::Ratify)
}

impl GivenUp {
    /// Whether it is a fork of that stream, given up by its own writer or, as far as it is nobody's
    /// word, by an admin. What is gone without another history in its place was cut off.
    pub(super) fn holds(&self, chain: Option<&&Chain<'_>>, rules: &Rules) -> bool {
        let Some(chain) = chain else { return false };
        let is_fork = chain.last().is_some_and(|last| self.first.seq <= last.seq)
            && chain.place(self.first.seq).is_none_or(|link| link.id != self.first.id);
        let is_own = match chain.binding.as_ref().map(|binding| &binding.writer) {
            Some(Writer::Key(key)) => key.fingerprint() == self.key,
            Some(Writer::Email(email)) => email.eq_ignore_ascii_case(&self.by),
            None => false,
        };
        // Where no list says whose key it is, an address alone makes nobody an admin.
        let by_admin = || rules.signers.is_some() && rules.admins.had(&self.by, self.time);
        is_fork && (is_own || (self.is_plain && by_admin()))
    }
}

/// Those who are `admin` in the policy of the trusted side, and who were, until when. They are seldom
/// asked for and slow to find, so they are looked for when they are.
pub struct Admins(LazyLock<Vec<Admin>, Box<dyn FnOnce() -> Vec<Admin> + Send>>);

/// An address, and when another policy took the place of the one that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    pub email: String,
    pub until: Option<Moment>,
}

impl Admins {
    #[must_use]
    pub fn found_by(look: impl FnOnce() -> Vec<Admin> + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(look)))
    }

    fn had(&self, email: &str, time: Moment) -> bool {
        let was = |admin: &Admin| admin.until.is_none_or(|until| time < until);
        self.0.iter().any(|admin| admin.email.eq_ignore_ascii_case(email) && was(admin))
    }
}

/// Nobody.
impl Default for Admins {
    fn default() -> Self {
        Self::found_by(Vec::new)
    }
}

impl fmt::Debug for Admins {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Admins")
    }
}
