//! Under pre-commit or prek: what they leave of what git says to a hook before a push.

use std::ffi::OsString;

use super::push;
use crate::app::environment::Framework;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::git::notes::StateFile;
use crate::model::{Ending, ObjectId, shortened};
use crate::report::Style;

const ONLY_ONE: &str =
    "gov-hook: the framework passes on only the first ref of a push; to have every ref judged: gov-hook install\n";

/// Judges the one reference that is handed over, and says once that there may be others.
pub(super) fn before_push(framework: &Framework, environment: &Environment, style: Style) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    // Nobody pushes: the hook is only tried.
    let Some(line) = line(&repo, framework)? else { return Ok(Answer::passing(String::new())) };
    let arguments = [&framework.remote, &framework.url].map(|said| OsString::from(said.clone().unwrap_or_default()));
    let mut answer = push::before(&arguments, &line, environment, style)?;
    if answer.exit == Ending::Pass && repo.ledger_state(StateFile::Said)?.is_none() {
        answer.text.extend(ONLY_ONE.as_bytes());
        repo.keep_ledger_state(StateFile::Said, ONLY_ONE.as_bytes())?;
    }
    Ok(answer)
}

/// The line that git would have written to the hook.
fn line(repo: &Repo, framework: &Framework) -> Result<Option<String>, Failure> {
    let Some(reference) = &framework.reference else { return Ok(None) };
    let local = framework.local.as_deref().unwrap_or("HEAD");
    // Of a push that starts with a root commit they leave out both ends.
    let Some(new) = repo.resolve(framework.to.as_deref().unwrap_or(local))? else {
        return Err(Failure::new(format!("the framework says that `{local}` is pushed, but it is not in this clone")));
    };
    let from = framework.from.as_deref().map(|from| repo.resolve(from)).transpose()?.flatten();
    let remote = framework.remote.as_deref().unwrap_or_default();
    let branch = shortened(reference);
    let is_named = repo.remotes().iter().any(|(name, _)| name == remote);
    // For a branch that is new there they name the parent of what is pushed, not what is there.
    let old = match repo.reference_target(&format!("refs/remotes/{remote}/{branch}"))? {
        Some(tip) => Some(from.unwrap_or(tip)),
        None if is_named => None,
        None => from,
    };
    let old = old.unwrap_or(ObjectId::new([0; 20]));
    Ok(Some(format!("{local} {new} {reference} {old}\n")))
}
