//! What waits for an approval lies where reviewers can fetch it, until nobody waits for it any more.

use super::list::matters;
use crate::app::memory::Hearing;
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::model::{Matter, MatterState, Remote};

/// The ids of requests whose commits came to lie on the other side, or went away from there.
#[derive(Debug, Default)]
pub(in crate::app) struct Shown {
    pub(in crate::app) offered: Vec<String>,
    pub(in crate::app) withdrawn: Vec<String>,
}

/// What has landed, was rejected or was not answered in time is offered no more in this repository.
pub(in crate::app) fn withdraw(repo: &Repo, environment: &Environment) -> Result<(), Failure> {
    let offered = repo.offered_here()?;
    if offered.is_empty() {
        return Ok(());
    }
    for id in over(offered, &known(repo, environment)?) {
        repo.withdraw_here(&id)?;
    }
    Ok(())
}

/// The same on the other side; what this clone asked for and has is offered there.
pub(in crate::app) fn exchange(
    repo: &Repo,
    remote: &Remote,
    email: Option<&str>,
    environment: &Environment,
) -> Result<Shown, Failure> {
    let there = repo.offered_there(remote.as_git())?;
    let known = known(repo, environment)?;
    let mut shown = Shown::default();
    for matter in &known {
        let is_own = email.is_some_and(|email| email.eq_ignore_ascii_case(&matter.asked_by));
        let commit = matter.commit.filter(|commit| repo.commit_here(*commit).is_some());
        let waits = matter.state == MatterState::Pending && is_own && !there.contains(&matter.id);
        // Whoever cannot be shown it has been told so by the push.
        if let Some(commit) = commit.filter(|_| waits)
            && repo.offer(remote.as_git(), &matter.id, commit)?
        {
            shown.offered.push(matter.id.clone());
        }
    }
    let over = over(there, &known);
    if repo.withdraw_there(remote.as_git(), &over)? {
        shown.withdrawn = over;
    }
    withdraw(repo, environment)?;
    Ok(shown)
}

fn known(repo: &Repo, environment: &Environment) -> Result<Vec<Matter>, Failure> {
    let all = matters(repo, &Hearing::open(repo, None, None)?, environment)?;
    Ok(all.into_iter().map(|(matter, _)| matter).collect())
}

/// Those of the ids that nobody waits for any more.
fn over(ids: Vec<String>, known: &[Matter]) -> Vec<String> {
    let is_over = |id: &String| {
        let about = || known.iter().filter(|matter| matter.id == *id);
        let is_given_up = |matter: &Matter| matches!(matter.state, MatterState::Rejected | MatterState::TimedOut);
        // What has landed anywhere lies on a branch.
        about().any(|matter| matter.state == MatterState::Landed)
            || (about().next().is_some() && about().all(is_given_up))
    };
    ids.into_iter().filter(is_over).collect()
}
