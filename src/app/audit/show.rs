//! `audit show`: one entry whole, or all that speak of a commit.

use std::sync::{Mutex, PoisonError};

use super::log::{logged, speaks_of, subjects};
use crate::app::memory::{Depth, Told, read};
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::ledger::sshsig::SshSignature;
use crate::model::{Arrange, Ending, counted};
use crate::report::Medium;
use crate::report::audit::show::{Shown, human, json};

/// At least this many digits name an entry; fewer could stand for anything.
const FEWEST_DIGITS: usize = 4;

/// `named` is the beginning of an entry's id, or a revision.
pub fn show(named: &str, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let prefix = named.to_lowercase();
    let is_id = (FEWEST_DIGITS..=64).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    let subjects =
        if repo.resolve(named).is_ok_and(|found| found.is_some()) { Some(subjects(&repo, named)?) } else { None };
    let (by_id, of_commit) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    read(&repo, Depth::Whole, &|told| {
        let place = if is_id && told.id.to_string().starts_with(&prefix) {
            &by_id
        } else if subjects.as_ref().is_some_and(|subjects| speaks_of(&told.entry, subjects)) {
            &of_commit
        } else {
            return;
        };
        place.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    })?;
    let by_id = by_id.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut found = of_commit.into_inner().unwrap_or_else(PoisonError::into_inner);
    if by_id.len() > 1 {
        let listed = |told: &Told| format!("{} {}", told.id, told.entry.kind);
        let failure = Failure::new(format!("`{named}` begins {}", counted(by_id.len(), "id")));
        return Err(by_id.iter().take(10).fold(failure, |failure, told| failure.for_this_reason(listed(told))));
    }
    if !by_id.is_empty() {
        found = by_id;
    }
    if found.is_empty() {
        let what =
            if subjects.is_some() { "nothing on record is about" } else { "neither an entry nor a commit is called" };
        return Err(Failure::new(format!("{what} `{named}`")).mended_by("see what is on record: gov-hook audit log"));
    }
    found.arrange_by_key(|told| (told.entry.time, told.entry.seq));
    let shown: Vec<Shown> = found.into_iter().map(shown).collect();
    let text = if medium == Medium::Json { json(&shown) } else { human(&shown) };
    Ok(Answer { text: text.into_bytes(), exit: Ending::Pass })
}

fn shown(told: Told) -> Shown {
    let signed_by = told.entry.sig.as_ref().map(|sig| match SshSignature::parse(sig) {
        Ok(signature) => format!("{} for `{}`", signature.key().fingerprint(), signature.namespace()),
        Err(error) => error.to_string(),
    });
    Shown { signed_by, entry: logged(told) }
}
