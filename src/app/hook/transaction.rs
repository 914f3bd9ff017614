//! Whenever references move, by whatever command: the ledger is not taken back, and nothing is put in
//! place of what was judged.
//!
//! git asks at every commit and every fetch, so what is not about the ledger is answered before the
//! repository is even opened. gov-hook moves its own references without asking.

use std::ffi::OsString;
use std::fmt::Write;

use super::line::{Name, name};
use super::refusal::Refusal;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::ObjectId;

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
    let (mut text, mut repo) = (String::new(), None);
    for words in words.filter(concerns) {
        let [_, new, reference] = words.as_slice() else {
            return Err(Failure::new("git says what moves in a way that gov-hook does not know"));
        };
        if repo.is_none() {
            repo = Some(Repo::open(&environment.place)?);
        }
        let refusal = match &repo {
            Some(repo) => refused(repo, reference, new)?,
            None => None,
        };
        if let Some(refusal) = refusal {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{}", refusal.told(reference));
        }
    }
    let code = u8::from(!text.is_empty());
    Ok(Answer { text: text.into_bytes(), code })
}

fn refused(repo: &Repo, reference: &str, new: &str) -> Result<Option<Refusal>, Failure> {
    let new: Option<ObjectId> = new.parse().ok();
    let goes_away = new == Some(ObjectId::new([0; 20]));
    match name(reference) {
        Name::Replacement if !goes_away => Ok(Some(
            Refusal::denied("a replacement shows git other history than the one that was judged")
                .mended_by("make a commit of it instead"),
        )),
        Name::Stream(_) => {
            // git names no old object where it does not care for it.
            let old = repo.reference_target(reference)?;
            let verify = "see what the ledger says: gov-hook audit verify";
            Ok(match (old, new) {
                (None, _) if goes_away => None,
                (_, None) => Some(Refusal::denied("a stream of the ledger is no symbolic reference").mended_by(verify)),
                (Some(old), Some(_)) if goes_away && repo.is_packed_and_free(reference, old) => None,
                (Some(_), Some(_)) if goes_away => {
                    Some(Refusal::denied("a stream of the ledger is never deleted").mended_by(verify))
                }
                (Some(old), Some(new)) if repo.merge_base(old, new)? != Some(old) => {
                    Some(Refusal::denied("a stream of the ledger only grows").mended_by(verify))
                }
                (_, Some(_)) => None,
            })
        }
        Name::Reserved | Name::Replacement | Name::Branch(_) | Name::Other => Ok(None),
    }
}
