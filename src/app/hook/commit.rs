//! Before a commit: what is staged is judged. After it: the decision is bound to what it became.

use serde_json::json;

use super::{request, said};
use crate::app::check::{self, Asked};
use crate::app::record::{Act, Pen, Told, already, decision};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::{Commit, Repo};
use crate::model::{Entry, EntryKind, EntrySubject, Gate, ObjectId, Sha256};
use crate::report::Style;

pub(super) fn before(environment: &Environment, style: Style) -> Result<Answer, Failure> {
    if environment.is_disabled {
        return Ok(Answer::passing(String::new()));
    }
    let repo = Repo::open(&environment.place)?;
    let staged = Asked { staged: true, ..Asked::default() };
    let judged = check::judge(&repo, &request(staged, Gate::Commit, style), environment)?;
    let pen = Pen::open(&repo, environment, judged.audit, judged.agent.as_deref())?;
    let act = decision(&judged.judgement, judged.branch.map(|branch| format!("refs/heads/{branch}")));
    pen.write(act.as_slice())?;
    said(&judged.judgement, style)
}

/// The commit is made, so nothing can be refused: it is only told.
pub(super) fn after(environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let Some(head) = repo.head()?.commit() else { return Ok(Answer::passing(String::new())) };
    let commit = repo.commit(head)?;
    let (act, text) = on_record(&repo, &commit, environment)?;
    pen(&repo, environment, &commit)?.write(act.as_slice())?;
    Ok(Answer::passing(text))
}

/// Writes as whoever made the commit, under the law it was made by.
pub(super) fn pen<'a>(repo: &'a Repo, environment: &Environment, commit: &Commit) -> Result<Pen<'a>, Failure> {
    let (policy, _) = law::policy_at(repo, commit.parents.first().copied())?;
    let agent = environment
        .agent
        .clone()
        .or_else(|| policy.agent_for(&commit.people(), &commit.trailers()).map(|agent| agent.id.clone()));
    Pen::open(repo, environment, policy.audit, agent.as_deref())
}

/// What puts a commit on record: the binding of the decision that was made before it, or else a
/// decision made now; nothing when it is there already. And what a person should know of it.
pub(super) fn on_record(
    repo: &Repo,
    commit: &Commit,
    environment: &Environment,
) -> Result<(Option<Act>, String), Failure> {
    if already(repo, commit.id)?.iter().any(|(_, entry)| speaks_of(entry, commit.id)) {
        return Ok((None, String::new()));
    }
    let branch = repo.head()?.branch().map(str::to_owned);
    let reference = branch.as_deref().map(|branch| format!("refs/heads/{branch}"));
    let subject = EntrySubject {
        commit: Some(commit.id),
        tree: Some(commit.tree),
        base: commit.parents.first().copied(),
        reference: reference.clone(),
    };
    if let Some(id) = decided_before(repo, commit)? {
        let act = Act::new(EntryKind::Commit, commit.id, subject).saying("decision", json!(id.to_string()));
        return Ok((Some(act), String::new()));
    }
    // git runs no hook before a root that nothing precedes in the ledger, nor before what it makes
    // out of other commits.
    let is_late = commit.parents.len() != 1 || repo.is_midway();
    let told = if is_late && !environment.is_disabled { Told::Late } else { Told::Bypassed };
    let asked = Asked { revision: Some(commit.id.to_string()), onto: branch, ..Asked::default() };
    let judged = check::judge(repo, &request(asked, Gate::Commit, Style::default()), environment)?;
    let act = decision(&judged.judgement, reference).map(|act| act.saying("how", told.as_str()));
    let act = act.map(|act| if environment.is_disabled { act.saying("disabled", true) } else { act });
    let text = match told {
        Told::Bypassed => format!(
            "gov-hook: commit {} was made past the hooks, and is on record as bypassed\nbefore it can land in production: gov-hook record {} --reason WHY\n",
            commit.id.short(),
            commit.id.short()
        ),
        Told::Late | Told::Unrecorded => String::new(),
    };
    Ok((act, text))
}

/// Whether an entry puts a commit on record.
pub(in crate::app) fn speaks_of(entry: &Entry, commit: ObjectId) -> bool {
    matches!(entry.kind, EntryKind::Commit | EntryKind::Decision) && entry.subject.commit == Some(commit)
}

/// The decision that let this commit be made: on the same tree, from the same parents (of an amended
/// commit: from the commit it replaces), and one that let it pass.
fn decided_before(repo: &Repo, commit: &Commit) -> Result<Option<Sha256>, Failure> {
    for (id, entry) in already(repo, commit.tree)?.into_iter().rev() {
        let let_pass = entry.body.get("exit").and_then(serde_json::Value::as_u64) == Some(0);
        let of_tree = entry.subject.commit.is_none() && entry.subject.tree == Some(commit.tree);
        if entry.kind == EntryKind::Decision && let_pass && of_tree && starts_from(repo, &entry, commit) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn starts_from(repo: &Repo, entry: &Entry, commit: &Commit) -> bool {
    let base = entry.subject.base;
    let is_amended = |base| repo.commit(base).is_ok_and(|amended| amended.parents == commit.parents);
    base == commit.parents.first().copied() || base.is_some_and(is_amended)
}
