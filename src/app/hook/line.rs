//! One reference that a push or a transaction moves: what git says of it, and what its name means.

use crate::app::Failure;
use crate::git::notes::STREAMS;
use crate::model::{ObjectId, branch_of};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it was; none for a new one.
    pub(super) old: Option<ObjectId>,
    /// Where it goes; none where it is deleted.
    pub(super) new: Option<ObjectId>,
    pub(super) reference: String,
}

/// What a reference's name makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// A stream of the ledger, by its own name.
    Stream(&'a str),
    /// Where only gov-hook's own references may be, or none at all.
    Reserved,
    /// What would show git other history than there is.
    Replacement,
    Branch(&'a str),
    /// A tag, somebody's notes, or anything else that commits can hide behind.
    Other,
}

impl Line {
    /// `<local ref> <local object> <remote ref> <remote object>`, as pre-push is told; what was typed
    /// for the local one may hold spaces.
    pub(super) fn pushed(text: &str) -> Result<Self, Failure> {
        let mut words = text.rsplitn(4, ' ');
        let (Some(old), Some(reference), Some(new), Some(_)) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(unknown());
        };
        Self::new(old, new, reference)
    }

    /// `<old object> <new object> <ref>`, as every hook of a server is told.
    pub(super) fn received(text: &str) -> Result<Self, Failure> {
        let mut words = text.splitn(3, ' ');
        let (Some(old), Some(new), Some(reference)) = (words.next(), words.next(), words.next()) else {
            return Err(unknown());
        };
        Self::new(old, new, reference)
    }

    fn new(old: &str, new: &str, reference: &str) -> Result<Self, Failure> {
        if reference.is_empty() || reference.contains(' ') {
            return Err(unknown());
        }
        // Zeros mean that there is none.
        let object = |hex: &str| match hex.parse::<ObjectId>() {
            Ok(id) => Ok((id != ObjectId::new([0; 20])).then_some(id)),
            Err(()) => Err(unknown()),
        };
        Ok(Self { old: object(old)?, new: object(new)?, reference: reference.to_owned() })
    }

    pub(super) fn name(&self) -> Name<'_> {
        name(&self.reference)
    }

    pub(super) fn branch(&self) -> Option<&str> {
        branch_of(&self.reference)
    }

    /// As a person calls it.
    pub(super) fn short(&self) -> &str {
        let short = self.branch().or_else(|| self.reference.strip_prefix("refs/tags/"));
        short.unwrap_or(&self.reference)
    }
}

pub(super) fn name(reference: &str) -> Name<'_> {
    if let Some(stream) = reference.strip_prefix(STREAMS) {
        return Name::Stream(stream);
    }
    if let Some(branch) = branch_of(reference) {
        return Name::Branch(branch);
    }
    if reference.starts_with("refs/replace/") {
        return Name::Replacement;
    }
    let is_copy = |rest: Option<&str>, marker: &str| rest.is_some_and(|rest| rest.contains(marker));
    let is_reserved = reference == STREAMS.trim_end_matches('/')
        || reference.starts_with("refs/gov-hook/")
        // Copies of streams bear witness against them, so nobody else may put one here.
        || is_copy(reference.strip_prefix("refs/remotes/"), "/notes/gov/")
        || is_copy(reference.strip_prefix("refs/notes/remotes/"), "/gov/");
    if is_reserved { Name::Reserved } else { Name::Other }
}

fn unknown() -> Failure {
    Failure::new("git describes the push in a way that gov-hook does not know")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn a_pushed_line_reads_from_its_end() {
        for local in ["refs/heads/topic", "HEAD", "HEAD^{/mend the build}", "(delete)"] {
            let line = Line::pushed(&format!("{local} {ONE} refs/heads/main {NONE}")).unwrap();

            assert_eq!((line.old, line.new), (None, ONE.parse().ok()));
            assert_eq!((line.short(), line.branch()), ("main", Some("main")));
        }
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for text in ["", "a", "a b c", "a 12 refs/heads/main 34", &format!("{ONE} refs/heads/main {ONE}")] {
            assert!(Line::pushed(text).is_err(), "{text}");
        }
        for text in ["", ONE, &format!("{ONE} {NONE}"), &format!("{ONE} {NONE} "), &format!("{ONE} x refs/heads/a")] {
            assert!(Line::received(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_tells_what_a_reference_is_for() {
        assert_eq!(name("refs/heads/a/b"), Name::Branch("a/b"));
        assert_eq!(name("refs/notes/gov/ci-1"), Name::Stream("ci-1"));
        assert_eq!(name("refs/replace/11"), Name::Replacement);
        for reserved in [
            "refs/notes/gov",
            "refs/gov-hook/given-up/x",
            "refs/remotes/origin/notes/gov/x",
            "refs/notes/remotes/o/gov/x",
        ] {
            assert_eq!(name(reserved), Name::Reserved, "{reserved}");
        }
        for other in ["refs/tags/v1", "refs/notes/commits", "refs/hidden/x", "refs/notes/government"] {
            assert_eq!(name(other), Name::Other, "{other}");
        }
    }
}
