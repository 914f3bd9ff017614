//! Fetching the ledger of others along with their branches.

use crate::app::Failure;
use crate::app::memory::{believe, pinned, seen_elsewhere};
use crate::git::Repo;
use crate::git::notes::{NotesError, Stream};
use crate::ledger::GENESIS_STREAM;
use crate::model::shell_word;
use crate::report::install::{Brought, Fetching};

/// What `git fetch` takes of a remote that has no rule.
const HEAD: &str = "HEAD";

/// Each remote's streams get a place of their own, and only ever forwards: one that was rewritten makes
/// `git fetch` fail. Below `refs/notes/` no list of branches shows them.
pub(in crate::app) fn rule(remote: &str) -> (String, String) {
    (format!("remote.{remote}.fetch"), format!("refs/notes/gov/*:refs/notes/remotes/{remote}/gov/*"))
}

/// Whether a rule brings the streams here.
fn takes_streams(rule: &str) -> bool {
    let from = rule.trim_start_matches('+').split(':').next().unwrap_or_default();
    ["refs/notes/gov/*", "refs/notes/*", "refs/*"].contains(&from)
}

/// The rules without which a remote's streams are not fetched. Where there is none at all, as in a bare clone,
/// `git fetch` takes what HEAD is there; ours alone would have it take no branch any more.
pub(in crate::app) fn missing(repo: &Repo, remote: &str) -> Result<Vec<(String, String)>, Failure> {
    let (key, value) = rule(remote);
    let rules = repo.own_settings(&key)?;
    if rules.iter().any(|rule| takes_streams(rule)) {
        return Ok(Vec::new());
    }
    let head = rules.is_empty().then(|| (key.clone(), HEAD.to_owned()));
    Ok(head.into_iter().chain([(key, value)]).collect())
}

pub(super) fn install(repo: &Repo) -> Result<Option<Fetching>, Failure> {
    if !repo.has_remote() {
        return Ok(None);
    }
    let remote = repo.remote_name();
    if repo.own_settings(&format!("remote.{remote}.url"))?.is_empty() {
        return Ok(None);
    }
    let missing = missing(repo, &remote)?;
    for (key, value) in &missing {
        repo.add_setting(key, value)?;
    }
    let all = |(key, _): &(String, String)| {
        let branches = shell_word(&format!("+refs/heads/*:refs/remotes/{remote}/*"));
        format!("git config --add {} {branches}", shell_word(key))
    };
    let all_branches = missing.iter().find(|(_, value)| value == HEAD).map(all);
    Ok((!missing.is_empty()).then_some(Fetching { remote, all_branches }))
}

/// Brings the ledger that the remote has, once: a clone that began its own could send nothing of it. No hook
/// asks for it over a network.
pub(super) fn bring(repo: &Repo) -> Result<Option<Brought>, Failure> {
    let remote = repo.remote_name();
    let is_remote = repo.has_remote() && !repo.own_settings(&format!("remote.{remote}.url"))?.is_empty();
    if !is_remote || pinned(repo)?.is_some() {
        return Ok(None);
    }
    match repo.fetch_copies(&remote, &rule(&remote).1) {
        Ok(()) => {}
        Err(NotesError::Unreachable { said, .. }) => return Ok(Some(Brought::Unreachable { remote, why: said })),
        Err(other) => return Err(other.into()),
    }
    let Some((by, theirs)) = seen_elsewhere(repo)?.filter(|(by, _)| *by == remote) else { return Ok(None) };
    if repo.stream_commit(GENESIS_STREAM)?.is_some_and(|ours| ours != theirs.commit) {
        let mend = format!("gov-hook audit reconcile {GENESIS_STREAM} {}", shell_word(&remote));
        return Ok(Some(Brought::Another { remote, mend }));
    }
    // It is taken up with the first entry that is written.
    believe(repo, &by, &theirs)?;
    let is_copy = |stream: &Stream| stream.remote.as_deref() == Some(remote.as_str());
    let streams = repo.streams()?.into_iter().filter(is_copy).count();
    Ok(Some(Brought::Ledger { remote, streams }))
}

/// Takes the rules away again, and names the remote.
pub(super) fn uninstall(repo: &Repo) -> Result<Option<String>, Failure> {
    let remote = repo.remote_name();
    let (key, value) = rule(&remote);
    let rules = repo.own_settings(&key)?;
    if !rules.contains(&value) {
        return Ok(None);
    }
    repo.remove_setting(&key, &value)?;
    if rules == [HEAD, &value] {
        repo.remove_setting(&key, HEAD)?;
    }
    Ok(Some(remote))
}
