//! Whenever references move, by whatever command: the ledger is not taken back, and nothing is put in
//! place of what was judged. What this clone's own streams grow by is read too: a commit on top may take
//! entries out again. Of others' streams their damage is evidence, which `audit verify` tells.
//!
//! git asks at every commit and every fetch, so what is not about the ledger is answered before the
//! repository is even opened. gov-hook moves its own references without asking.

use std::ffi::OsString;
use std::fmt::Write;

use super::line::{Name, name};
use super::receive::streams::{broken, flaws};
use super::refusal::Refusal;
use crate::app::memory::{Arriving, last_sound, way_back};
use crate::app::{Answer, Environment, Failure, exchange};
use crate::git::Repo;
use crate::git::notes::STREAMS;
use crate::model::{Damage, Ending, ObjectId};

pub(super) fn prepared(arguments: &[OsString], input: &str, environment: &Environment) -> Result<Answer, Failure> {
    // Only what is about to happen can be refused.
    if arguments.first().is_none_or(|state| state != "prepared") {
        return Ok(Answer::passing(String::new()));
    }
    let words = input.lines().map(|line| line.splitn(3, ' ').collect::<Vec<_>>());
    let concerns = |words: &Vec<&str>| match words.as_slice() {
        [_, _, reference] => !matches!(name(reference), Name::Branch(_) | Name::Other),
        _ => true,
    };
    let (mut text, mut repo, mut arriving) = (String::new(), None, Vec::new());
    for words in words.filter(concerns) {
        let [_, new, reference] = words.as_slice() else {
            return Err(Failure::new("git describes the update in a way that gov-hook does not know"));
        };
        if repo.is_none() {
            repo = Some(Repo::open(&environment.place)?);
        }
        let Some(repo) = &repo else { continue };
        match moved(repo, reference, new)? {
            // Writing to a `String` cannot fail.
            Moved::Refused(refusal) => {
                let _ = write!(text, "{}", refusal.told(reference));
            }
            Moved::Grows(stream) => arriving.push(stream),
            Moved::Freely => {}
        }
    }
    if let Some(repo) = repo.filter(|_| !arriving.is_empty()) {
        let own = exchange::own(&repo, environment)?;
        arriving.retain(|moved| own.contains(&moved.stream));
        // What others lack may be yet to come; each is asked about when it moves.
        let is_moved = |damage: &Damage| arriving.iter().any(|moved| moved.stream == damage.stream);
        let found = if arriving.is_empty() { Vec::new() } else { flaws(&repo, &arriving, &|_| ())? };
        for (damage, more) in found.iter().filter(|(damage, _)| is_moved(damage)) {
            let _ = write!(text, "{}", broken(damage, *more).told(&format!("{STREAMS}{}", damage.stream)));
        }
    }
    let exit = if text.is_empty() { Ending::Pass } else { Ending::Denied };
    Ok(Answer { text: text.into_bytes(), exit })
}

/// What a movement is to the ledger.
enum Moved {
    Refused(Refusal),
    /// A stream goes on, with what is still to be read.
    Grows(Arriving),
    Freely,
}

fn moved(repo: &Repo, reference: &str, new: &str) -> Result<Moved, Failure> {
    let denied = |why: &str, mend: String| Moved::Refused(Refusal::denied(why).mended_by(mend));
    let new: Option<ObjectId> = new.parse().ok();
    let goes_away = new == Some(ObjectId::new([0; 20]));
    match name(reference) {
        Name::Replacement if !goes_away => Ok(denied(
            "a replacement makes git show a history other than the one that was judged",
            "make a commit of it instead".to_owned(),
        )),
        Name::Stream(stream) => {
            // git names no old object where it does not care for it.
            let old = repo.reference_target(reference)?;
            let verify = || way_back(stream, None);
            Ok(match (old, new) {
                (None, _) if goes_away => Moved::Freely,
                (_, None) => denied("a stream of the ledger is not a symbolic reference", verify()),
                (Some(old), Some(_)) if goes_away && repo.is_packed_and_free(reference, old) => Moved::Freely,
                (Some(_), Some(_)) if goes_away => denied("a stream of the ledger is never deleted", verify()),
                (Some(old), Some(new)) if old == new => Moved::Freely,
                (Some(old), Some(new)) if repo.merge_base(old, new)? != Some(old) => {
                    // Back to where it was sound is no loss.
                    match last_sound(repo, stream, old)? {
                        Some(sound) if sound == new => Moved::Freely,
                        sound => denied("a stream of the ledger only grows", way_back(stream, sound)),
                    }
                }
                (_, Some(new)) => Moved::Grows(Arriving { stream: stream.to_owned(), tip: new }),
            })
        }
        Name::Reserved | Name::Replacement | Name::Branch(_) | Name::Other => Ok(Moved::Freely),
    }
}
