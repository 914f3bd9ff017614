//! What to judge: from the words on the command line to a change, and the side that is trusted.

use super::brought::{Brought, begins_after, brought};
use super::question::{Asked, What};
use super::side::law_of;
use super::subject::{Subject, landing_on, law_side};
use super::whole::{history, tree};
use crate::app::Failure;
use crate::app::law;
use crate::git::{GitError, Head, Repo};
use crate::model::{ObjectId, TargetKind, counted, shell_word};

pub(super) fn find(repo: &Repo, asked: &Asked) -> Result<Subject, Failure> {
    let onto = asked.onto.as_deref();
    match &asked.what {
        What::Branch { base } => current_branch(repo, base.as_deref(), onto),
        What::Revision { revision, base } if revision.contains("..") => {
            named_range(repo, revision, base.as_deref(), onto)
        }
        What::Revision { revision, base } => named(repo, revision, base.as_deref(), onto),
        What::Staged { message, merging } => {
            let found = staged(repo, &repo.head()?, merging.clone())?;
            Ok(Subject { message: message.clone(), ..found })
        }
        What::Tree(revision) => tree(repo, revision.as_deref(), onto),
        What::History(revision) => history(repo, revision.as_deref(), onto),
    }
}

/// `A..B`, or `A...B` since the two parted.
fn named_range(repo: &Repo, revision: &str, base: Option<&str>, onto: Option<&str>) -> Result<Subject, Failure> {
    if base.is_some() {
        return Err(Failure::new(format!("`{revision}` names its own base, so `--base` cannot be used with it"))
            .mended_by("name one of the two: gov-hook check A..B, or gov-hook check B --base A"));
    }
    let parted = revision.split_once("...");
    let (base, head) = parted.or_else(|| revision.split_once("..")).unwrap_or((revision, revision));
    let (base, head) = (named_or_head(repo, base)?, named_or_head(repo, head)?);
    let (trusted, described) = match parted {
        Some(_) => (law_side(repo, repo.merge_base(base, head)?, base)?, format!("since {revision} parted")),
        None => (law_where_it_lands(repo, onto, base)?, format!("in {revision}")),
    };
    range(repo, onto, &Span { trusted: Some(trusted), base, head, described })
}

/// A commit, or a branch since where it left the default branch or a base.
fn named(repo: &Repo, revision: &str, base: Option<&str>, onto: Option<&str>) -> Result<Subject, Failure> {
    let head = repo.commit_named(revision)?;
    if let Some(base) = base {
        return since(repo, onto, base, head, &format!("on {revision}"));
    }
    match (repo.default_branch()?, repo.branch_meant(revision)?) {
        (Some(default), Some(branch)) if default != branch => {
            since_default(repo, onto, &default, head, &format!("on {revision}"))
        }
        _ => Ok(Subject { tag: repo.tag_named(revision)?, ..commit(repo, onto, head)? }),
    }
}

/// Without a revision: the current branch against the default branch, as the remote has it. On the
/// default branch itself, what is staged; failing that, what the remote does not have yet; failing that, HEAD.
fn current_branch(repo: &Repo, base: Option<&str>, onto: Option<&str>) -> Result<Subject, Failure> {
    let at = repo.head()?;
    let Some(head) = at.commit() else { return staged(repo, &at, Vec::new()) };
    let on = at.branch().map_or_else(|| "at HEAD".to_owned(), |name| format!("on {name}"));
    if let Some(base) = base {
        return since(repo, onto, base, head, &on);
    }
    let default = repo.default_branch()?;
    match (&default, at.branch()) {
        (Some(default), branch) if branch != Some(default) => since_default(repo, onto, default, head, &on),
        (Some(default), _) => {
            let staged = if repo.is_bare() { None } else { Some(staged(repo, &at, Vec::new())?) };
            if let Some(staged) = staged.filter(|staged| !staged.changes.is_empty()) {
                return Ok(staged);
            }
            match repo.followed(default)? {
                Some((name, upstream)) if upstream != head => {
                    let described = format!("{on} that {name} does not have");
                    range(repo, onto, &Span { trusted: Some(upstream), base: upstream, head, described })
                }
                _ => commit(repo, onto, head),
            }
        }
        // In a clone of one branch that branch is all there is, and says nothing of the others.
        (None, _) if repo.has_remote() => Err(Failure::new("this clone does not say what its default branch is")
            .mended_by(format!("name it: gov-hook check --base {}/BRANCH", shell_word(&repo.remote_name())))),
        (None, _) => commit(repo, onto, head),
    }
}

fn staged(repo: &Repo, at: &Head, merging: Vec<ObjectId>) -> Result<Subject, Failure> {
    if repo.is_bare() {
        return Err(Failure::new("a bare repository has no index, so nothing is staged in it")
            .mended_by("judge a revision: gov-hook check REV"));
    }
    let base = at.commit();
    let trusted = law_of_staged(repo, at)?;
    let head_tree = base.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree);
    let found = repo.staged(head_tree)?;
    let merging = landed(repo, at.branch(), trusted, if merging.is_empty() { repo.merge_heads() } else { merging })?;
    let changes = repo.not_in(found.changes, None, &merging, &|other| Ok(repo.staged(Some(other))?.changes))?;
    Ok(Subject {
        described: "staged changes".into(),
        trusted,
        base,
        tree: Some(found.tree),
        changes: repo.find_renames(changes)?,
        merging,
        branch: at.branch().map(str::to_owned),
        onto: base,
        ..Subject::of(TargetKind::Staged)
    })
}

/// Of the commits that something is merged with, those that have landed elsewhere already, on a branch that
/// is governed as strictly: what they bring along was judged on its way there.
fn landed(
    repo: &Repo,
    branch: Option<&str>,
    trusted: Option<ObjectId>,
    mut merging: Vec<ObjectId>,
) -> Result<Vec<ObjectId>, Failure> {
    if !merging.is_empty() {
        let (policy, _) = law::policy_at(repo, trusted)?;
        let level = policy.level_for(branch);
        let mut there = repo.branches_on(&repo.remote_name())?;
        there.retain(|(name, _)| policy.level_for(Some(name)) >= level);
        merging.retain(|&commit| there.iter().any(|(_, tip)| repo.leads_to(commit, *tip)));
    }
    Ok(merging)
}

/// The commit by whose law what is staged is judged. A branch that begins anew is under the law of the
/// branch it would land on.
pub(super) fn law_of_staged(repo: &Repo, at: &Head) -> Result<Option<ObjectId>, Failure> {
    match at.commit() {
        Some(head) => Ok(Some(head)),
        None => Ok(repo.default_branch()?.map(|default| repo.branch_tip(&default)).transpose()?.flatten()),
    }
}

fn commit(repo: &Repo, onto: Option<&str>, id: ObjectId) -> Result<Subject, Failure> {
    let commit = repo.commit(id)?;
    let changes = repo.changes_of(&commit)?;
    let parent = commit.parents.first().copied();
    Ok(Subject {
        described: format!("commit {}", id.short()),
        trusted: parent,
        base: parent,
        head: Some(id),
        tree: Some(commit.tree),
        changes: repo.find_renames(changes)?,
        after: commit.parents.clone(),
        commits: vec![commit],
        branch: landing_on(repo, onto)?,
        onto: parent,
        ..Subject::of(TargetKind::Commit)
    })
}

/// Since a base that somebody named: a branch of that name here goes first.
fn since(repo: &Repo, onto: Option<&str>, base: &str, head: ObjectId, on: &str) -> Result<Subject, Failure> {
    let tip = match repo.branch_tip(base)? {
        Some(tip) => tip,
        None => repo.commit_named(base)?,
    };
    since_tip(repo, onto, (base, tip), head, on)
}

/// Since the branch everything lands on, where it lands: the copy here may not have been pulled for long.
fn since_default(repo: &Repo, onto: Option<&str>, default: &str, head: ObjectId, on: &str) -> Result<Subject, Failure> {
    match repo.followed(default)? {
        Some((name, tip)) => since_tip(repo, onto, (&name, tip), head, on),
        None => since(repo, onto, default, head, on),
    }
}

fn since_tip(
    repo: &Repo,
    onto: Option<&str>,
    (base, tip): (&str, ObjectId),
    head: ObjectId,
    on: &str,
) -> Result<Subject, Failure> {
    let meeting = repo.merge_base(tip, head)?;
    range(
        repo,
        onto,
        &Span {
            trusted: Some(law_side(repo, meeting, tip)?),
            base: tip,
            head,
            described: format!("{on} since {base}"),
        },
    )
}

/// The commit whose policy judges what comes after a base where it is to land: that of a push there.
fn law_where_it_lands(repo: &Repo, onto: Option<&str>, base: ObjectId) -> Result<ObjectId, Failure> {
    let default = repo.default_branch()?;
    match (landing_on(repo, onto)?, default) {
        (Some(branch), Some(default)) if branch != default => {
            let tip = match repo.followed(&default)? {
                Some((_, tip)) => Some(tip),
                None => repo.branch_tip(&default)?,
            };
            law_of(repo, &branch, base, tip)
        }
        _ => Ok(base),
    }
}

struct Span {
    trusted: Option<ObjectId>,
    base: ObjectId,
    head: ObjectId,
    described: String,
}

fn range(repo: &Repo, onto: Option<&str>, span: &Span) -> Result<Subject, Failure> {
    let (start, commits) = repo.range(span.base, span.head)?;
    let new_tree = repo.commit(span.head)?.tree;
    let after = begins_after(&commits, span.head);
    let changes = brought(repo, Brought { start, head: span.head, after: &after, replaced: None })?;
    let count = counted(commits.len(), "commit");
    Ok(Subject {
        described: format!("{count} {}", span.described),
        trusted: span.trusted,
        base: start,
        head: Some(span.head),
        tree: Some(new_tree),
        changes: repo.find_renames(changes)?,
        commits,
        after,
        branch: landing_on(repo, onto)?,
        onto: Some(span.base),
        ..Subject::of(TargetKind::Range)
    })
}

fn named_or_head(repo: &Repo, revision: &str) -> Result<ObjectId, GitError> {
    repo.commit_named(if revision.is_empty() { "HEAD" } else { revision })
}
