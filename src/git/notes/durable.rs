//! Whether what is written must reach the disk before the append counts as done.
//!
//! The user's own choice for git is followed, `core.fsync`. By default git leaves loose objects to
//! the system, so a power failure may take the newest commits; the ledger's entries about them then
//! share their fate. A process that dies loses nothing either way.

use std::fs::File;

use crate::git::Repo;
use crate::model::ObjectId;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Durability {
    pub(super) objects: bool,
    pub(super) reference: bool,
}

impl Durability {
    pub(super) fn of(repo: &Repo) -> Self {
        let mut wanted = repo.config_string("core.fsync").map_or(Self::default(), |text| Self::parse(&text));
        wanted.objects |= repo.config_string("core.fsyncObjectFiles").is_some_and(|text| text == "true");
        wanted.reference |= wanted.objects;
        wanted
    }

    fn parse(text: &str) -> Self {
        let mut wanted = Self::default();
        for word in text.split(',').map(str::trim) {
            let (word, on) = word.strip_prefix('-').map_or((word, true), |word| (word, false));
            if matches!(word, "all" | "committed" | "added" | "objects" | "loose-object") {
                wanted.objects = on;
            }
            if matches!(word, "all" | "committed" | "added" | "reference") {
                wanted.reference = on;
            }
        }
        wanted
    }

    /// Waits until the disk has an object that was just written. One that is not where loose
    /// objects are was there before, in a pack.
    pub(super) fn settle(self, repo: &Repo, id: ObjectId) -> std::io::Result<()> {
        let hex = id.to_string();
        let Some((two, rest)) = hex.split_at_checked(2).filter(|_| self.objects) else { return Ok(()) };
        match File::open(repo.common_dir().join("objects").join(two).join(rest)) {
            Ok(file) => file.sync_all(),
            Err(_not_loose) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_is_told_to_sync_is_synced() {
        let wanted = |text| {
            let Durability { objects, reference } = Durability::parse(text);
            (objects, reference)
        };

        assert_eq!(wanted("all"), (true, true));
        assert_eq!(wanted("committed,-loose-object"), (false, true));
        assert_eq!(wanted("reference"), (false, true));
        assert_eq!(wanted("loose-object"), (true, false));
        assert_eq!(wanted("none"), (false, false));
        assert_eq!(wanted("index, pack"), (false, false));
    }
}
