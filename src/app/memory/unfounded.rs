//! What is about to land and anchors what the ledger does not hold.

use super::anchored::Anchored;
use super::reading::held_against;
use crate::app::Failure;
use crate::git::{Commit, Repo};
use crate::model::ObjectId;

/// What these commits, and a tag by its name, anchor and the ledger does not hold, a line for each: once such
/// a commit has landed, nothing makes the ledger fit it again, and a tag goes to everybody who fetches.
pub(in crate::app) fn unfounded(
    repo: &Repo,
    commits: &[Commit],
    tag: Option<(&str, ObjectId)>,
) -> Result<Vec<String>, Failure> {
    let mut found = Anchored::default();
    for commit in commits {
        found.read(&commit.message, &|| format!("commit {}", commit.id.short()));
    }
    if let Some((name, tag)) = tag {
        repo.tag_messages(tag)?.iter().for_each(|message| found.read(message, &|| format!("tag {name}")));
    }
    if found.anchors.is_empty() {
        return Ok(Vec::new());
    }
    let without = held_against(repo, Vec::new())?;
    let (claims, _) = found.claims(without.genesis);
    let with = held_against(repo, claims)?;
    let damage = with.verdict.damage.into_iter().filter(|damage| !without.verdict.damage.contains(damage));
    Ok(damage.map(|damage| format!("{}: {}, found {}", damage.code, damage.expected, damage.found)).collect())
}
