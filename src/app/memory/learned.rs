//! What a reading of the ledger has shown, kept for the next one.

use super::kept::{Pins, Verified};
use super::signed;
use crate::app::Failure;
use crate::git::Repo;
use crate::ledger::Tip;
use crate::model::{Entry, Sha256};

/// All that is learned of a ledger that was found sound.
pub(super) struct Learned<'a> {
    pub(super) verified: Verified,
    /// The list of keys that it was verified under.
    pub(super) signers: Option<Sha256>,
    /// The entries that sign artifacts, of those that were read.
    pub(super) signatures: &'a [(Sha256, Entry)],
    /// They are all there are.
    pub(super) is_whole: bool,
    pub(super) pins: Pins,
    pub(super) genesis: Option<Sha256>,
    pub(super) tips: &'a [Tip],
}

/// Keeps it. Of two that read at once, each from where the ledger was last found sound, only the first
/// says how far it was read: what the other one read of signatures would be lost between the two. The
/// next one reads that again.
pub(super) fn keep(repo: &Repo, learned: Learned<'_>) -> Result<(), Failure> {
    let Some(_held) = repo.hold_keeping()? else { return Ok(()) };
    let Learned { verified, signers, signatures, is_whole, pins, genesis, tips } = learned;
    if is_whole || verified.is_current(repo)? {
        // Before it is said that they were read: an entry kept twice does no harm, a lost one would.
        signed::keep(repo, signatures, is_whole)?;
        verified.keep(repo, signers)?;
    }
    pins.keep(repo, genesis, tips)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Place;
    use crate::git::notes::StateFile;
    use crate::ledger::AuditLaw;
    use crate::model::Seen;

    fn learned(repo: &Repo, digit: char, seq: u64) -> Learned<'static> {
        let mut verified = Verified::load(repo, None);
        let mut pins = Pins::load(repo).unwrap();
        let id: Sha256 = digit.to_string().repeat(64).parse().unwrap();
        pins.heads.insert("mira-1".into(), Seen { seq, id });
        verified.laws.insert(id, AuditLaw { sign: false, proof_of_work_bits: 0 });
        Learned { verified, signers: None, signatures: &[], is_whole: false, pins, genesis: None, tips: &[] }
    }

    #[test]
    fn of_two_that_read_at_once_one_says_how_far_and_no_pin_goes_back() {
        let folder = tempfile::TempDir::new().unwrap();
        let made = std::process::Command::new("git").args(["init", "-q"]).current_dir(folder.path()).status();
        assert!(made.unwrap().success());
        let repo = Repo::open(&Place { directory: Some(folder.path().to_owned()), ..Place::default() }).unwrap();
        keep(&repo, learned(&repo, 'a', 1)).unwrap();
        let (slow, fast) = (learned(&repo, 'b', 2), learned(&repo, 'c', 3));

        keep(&repo, fast).unwrap();
        let kept = repo.ledger_state(StateFile::Verified).unwrap();
        keep(&repo, slow).unwrap();

        assert_eq!(repo.ledger_state(StateFile::Verified).unwrap(), kept);
        assert_eq!(Pins::load(&repo).unwrap().heads["mira-1"].seq, 3);
        keep(&repo, learned(&repo, 'd', 4)).unwrap();
        assert_ne!(repo.ledger_state(StateFile::Verified).unwrap(), kept);
        assert_eq!(Pins::load(&repo).unwrap().heads["mira-1"].seq, 4);
    }
}
