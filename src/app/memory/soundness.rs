//! Where a stream that something else wrote into was last sound.

use super::reading::{Arriving, read_arriving};
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::STREAMS;
use crate::model::{ObjectId, shell_word};

/// At most this many commits are looked back; whoever needs more has lost more than the last few.
const FURTHEST: usize = 64;

/// The newest commit of a stream up to which it verifies; none where it does so as a whole, or nowhere
/// near its end.
pub(in crate::app) fn last_sound(repo: &Repo, stream: &str, tip: ObjectId) -> Result<Option<ObjectId>, Failure> {
    let is_sound = |tip: ObjectId| {
        let arriving = [Arriving { stream: stream.to_owned(), tip }];
        let damage = read_arriving(repo, &arriving, &|_| ())?.verdict.damage;
        Ok::<bool, Failure>(damage.iter().all(|damage| damage.stream != stream))
    };
    if is_sound(tip)? {
        return Ok(None);
    }
    let mut at = tip;
    for _ in 0..FURTHEST {
        let Some(&before) = repo.commit(at)?.parents.first() else { return Ok(None) };
        if is_sound(before)? {
            return Ok(Some(before));
        }
        at = before;
    }
    Ok(None)
}

/// The command that takes back what something else wrote, or the one that tells more.
pub(in crate::app) fn way_back(stream: &str, sound: Option<ObjectId>) -> String {
    match sound {
        Some(sound) => {
            let reference = shell_word(&format!("{STREAMS}{stream}"));
            format!("take back what was added: git update-ref {reference} {sound}")
        }
        None => "see what the ledger says: gov-hook audit verify".to_owned(),
    }
}
