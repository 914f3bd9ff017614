//! Fetching the ledger of others along with their branches.

use crate::app::Failure;
use crate::git::Repo;

/// Each remote's streams get a place of their own, and only ever forwards: one that was rewritten makes
/// `git fetch` fail. Below `refs/notes/` no list of branches shows them.
pub(in crate::app) fn rule(remote: &str) -> (String, String) {
    (format!("remote.{remote}.fetch"), format!("refs/notes/gov/*:refs/notes/remotes/{remote}/gov/*"))
}

/// Whether a rule brings the streams here.
pub(in crate::app) fn takes_streams(rule: &str) -> bool {
    let from = rule.trim_start_matches('+').split(':').next().unwrap_or_default();
    ["refs/notes/gov/*", "refs/notes/*", "refs/*"].contains(&from)
}

/// Names the remote whose streams are fetched from now on.
pub(super) fn install(repo: &Repo) -> Result<Option<String>, Failure> {
    if !repo.has_remote() {
        return Ok(None);
    }
    let remote = repo.remote_name();
    let (key, value) = rule(&remote);
    if repo.own_settings(&key)?.iter().any(|rule| takes_streams(rule))
        || repo.own_settings(&format!("remote.{remote}.url"))?.is_empty()
    {
        return Ok(None);
    }
    repo.add_setting(&key, &value)?;
    Ok(Some(remote))
}

/// Takes the rule away again, and names the remote.
pub(super) fn uninstall(repo: &Repo) -> Result<Option<String>, Failure> {
    let remote = repo.remote_name();
    let (key, value) = rule(&remote);
    if !repo.own_settings(&key)?.contains(&value) {
        return Ok(None);
    }
    repo.remove_setting(&key, &value)?;
    Ok(Some(remote))
}
