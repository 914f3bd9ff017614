//! After a merge, a rebase or an amended commit: what git made of the old commits.

use std::ffi::OsString;

use super::commit::{after, on_record, pen};
use super::origin::became;
use crate::app::memory::Records;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::ObjectId;

/// A merge that made a commit is put on record. A fast-forward made none, and what it brought was
/// put on record by those who wrote it.
pub(super) fn merged(environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let Some(head) = repo.head()?.commit() else { return Ok(Answer::passing(String::new())) };
    if repo.commit(head)?.parents.len() < 2 {
        return Ok(Answer::passing(String::new()));
    }
    drop(repo);
    after(environment)
}

/// `git commit --amend` and `git rebase` say which commit became which.
pub(super) fn rewritten(arguments: &[OsString], input: &str, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let mut pairs: Vec<(ObjectId, ObjectId)> = Vec::new();
    for line in input.lines() {
        let mut words = line.split_whitespace().map(str::parse);
        let (Some(Ok(old)), Some(Ok(new))) = (words.next(), words.next()) else {
            return Err(Failure::new("git describes the rewrite in a way that gov-hook does not know"));
        };
        pairs.push((old, new));
    }
    let Some(&(_, last)) = pairs.last() else { return Ok(Answer::passing(String::new())) };
    let commit = repo.commit(last)?;
    let pen = pen(&repo, environment, &commit)?;
    let own = Records::in_stream(&repo, pen.stream())?;
    let (mut acts, mut told) = (Vec::new(), String::new());
    let mut seen = Vec::new();
    let head = repo.head()?;
    for &(_, new) in &pairs {
        if !seen.contains(&new) {
            seen.push(new);
            let found = on_record(&repo, (&repo.commit(new)?, head.branch()), environment, &own)?;
            acts.extend(found.acts);
            told.push_str(&found.told);
        }
    }
    let command = arguments.first().map(|command| command.to_string_lossy().into_owned()).unwrap_or_default();
    acts.push(became(&commit, &command, &pairs));
    pen.write(&acts)?;
    Ok(Answer::passing(told))
}
