//! What to judge: from the words on the command line to a change, and the side that is trusted.

use crate::app::Failure;
use crate::app::audit::Arriving;
use crate::app::header::Signatures;
use crate::app::law::{self, POLICY_PATH};
use crate::git::{Commit, GitError, Head, Repo};
use crate::model::{FileChange, ObjectId, RepoPath, Sha256, TargetKind, counted, shell_word};
use crate::policy::Policy;

/// What the command line asks to have judged.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub revision: Option<String>,
    pub staged: bool,
    pub all: bool,
    pub history: bool,
    pub base: Option<String>,
    pub onto: Option<String>,
    /// The message that what is staged will be committed with, once it is written.
    pub message: Option<Vec<u8>>,
}

impl Asked {
    /// The same words again, each after a space, for a command that goes on from here.
    pub(super) fn as_typed(&self) -> String {
        let flag = |set: bool, text: &str| if set { format!(" {text}") } else { String::new() };
        let word = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" {name}{}", shell_word(value))).unwrap_or_default()
        };
        [
            flag(self.staged, "--staged"),
            flag(self.all, "--all"),
            flag(self.history, "--history"),
            word("", &self.revision),
            word("--base ", &self.base),
            word("--onto ", &self.onto),
        ]
        .concat()
    }
}

/// A change that was found, with all that has to be known about where it comes from.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) kind: TargetKind,
    pub(super) described: String,
    /// The commit whose policy judges: never one of the change's own.
    pub(super) trusted: Option<ObjectId>,
    /// The commit the change starts from.
    pub(super) base: Option<ObjectId>,
    pub(super) head: Option<ObjectId>,
    pub(super) tree: Option<ObjectId>,
    /// The commits judged, parents first; none for what is only staged, or for a tree.
    pub(super) commits: Vec<Commit>,
    pub(super) changes: Vec<FileChange>,
    /// The branch whose level applies.
    pub(super) branch: Option<String>,
    /// The message of what is no commit yet.
    pub(super) message: Option<Vec<u8>>,
    /// The commit that it lands on.
    pub(super) onto: Option<ObjectId>,
    /// Streams of the ledger that come with it, and where they will end.
    pub(super) arriving: Vec<Arriving>,
}

pub(super) fn find(repo: &Repo, asked: &Asked) -> Result<Subject, Failure> {
    if asked.all {
        return tree(repo, asked);
    }
    if asked.history {
        return history(repo, asked);
    }
    if asked.staged {
        let found = staged(repo, &repo.head()?)?;
        return Ok(Subject { message: asked.message.clone(), ..found });
    }
    let Some(revision) = &asked.revision else { return current_branch(repo, asked) };
    if revision.contains("..") && asked.base.is_some() {
        return Err(Failure::new(format!("`{revision}` names its own base, so `--base` cannot be used with it"))
            .mended_by("name one of the two: gov-hook check A..B, or gov-hook check B --base A"));
    }
    if let Some((base, head)) = revision.split_once("...") {
        let (base, head) = (named_or_head(repo, base)?, named_or_head(repo, head)?);
        let meeting = repo.merge_base(base, head)?;
        return range(
            repo,
            asked,
            &Span {
                trusted: Some(law_side(repo, meeting, base)?),
                base,
                head,
                described: format!("since {revision} parted"),
            },
        );
    }
    if let Some((base, head)) = revision.split_once("..") {
        let (base, head) = (named_or_head(repo, base)?, named_or_head(repo, head)?);
        return range(repo, asked, &Span { trusted: Some(base), base, head, described: format!("in {revision}") });
    }
    let head = repo.commit_named(revision)?;
    if let Some(base) = &asked.base {
        return since(repo, asked, base, head, &format!("on {revision}"));
    }
    match (repo.default_branch()?, repo.branch_meant(revision)?) {
        (Some(default), Some(branch)) if default != branch => {
            since(repo, asked, &default, head, &format!("on {revision}"))
        }
        _ => commit(repo, asked, head),
    }
}

/// Without a revision: the current branch against the default branch. On the default branch
/// itself, what is staged; failing that, what the remote does not have yet; failing that, HEAD.
fn current_branch(repo: &Repo, asked: &Asked) -> Result<Subject, Failure> {
    let at = repo.head()?;
    let Some(head) = at.commit() else { return staged(repo, &at) };
    let on = at.branch().map_or_else(|| "at HEAD".to_owned(), |name| format!("on {name}"));
    if let Some(base) = &asked.base {
        return since(repo, asked, base, head, &on);
    }
    let default = repo.default_branch()?;
    match (&default, at.branch()) {
        (Some(default), branch) if branch != Some(default) => since(repo, asked, default, head, &on),
        (Some(default), _) => {
            let staged = if repo.is_bare() { None } else { Some(staged(repo, &at)?) };
            if let Some(staged) = staged.filter(|staged| !staged.changes.is_empty()) {
                return Ok(staged);
            }
            match repo.remote_tip(default)? {
                Some(upstream) if upstream != head => {
                    let described = format!("{on} that {}/{default} does not have", repo.remote_name());
                    range(repo, asked, &Span { trusted: Some(upstream), base: upstream, head, described })
                }
                _ => commit(repo, asked, head),
            }
        }
        // In a clone of one branch that branch is all there is, and says nothing of the others.
        (None, _) if repo.has_remote() => Err(Failure::new("this clone does not say what its default branch is")
            .mended_by(format!("name it: gov-hook check --base {}/BRANCH", repo.remote_name()))),
        (None, _) => commit(repo, asked, head),
    }
}

fn staged(repo: &Repo, at: &Head) -> Result<Subject, Failure> {
    if repo.is_bare() {
        return Err(Failure::new("a bare repository has no index, so nothing is staged in it")
            .mended_by("judge a revision: gov-hook check REV"));
    }
    let base = at.commit();
    let trusted = law_of_staged(repo, at)?;
    let head_tree = base.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree);
    let found = repo.staged(head_tree)?;
    Ok(Subject {
        kind: TargetKind::Staged,
        described: "what is staged".into(),
        trusted,
        base,
        head: None,
        tree: Some(found.tree),
        commits: Vec::new(),
        changes: repo.find_renames(found.changes)?,
        branch: at.branch().map(str::to_owned),
        message: None,
        onto: base,
        arriving: Vec::new(),
    })
}

/// The commit by whose law what is staged is judged. A branch that begins anew is under the law of the
/// branch it would land on.
pub(super) fn law_of_staged(repo: &Repo, at: &Head) -> Result<Option<ObjectId>, Failure> {
    match at.commit() {
        Some(head) => Ok(Some(head)),
        None => Ok(repo.default_branch()?.map(|default| repo.branch_tip(&default)).transpose()?.flatten()),
    }
}

fn commit(repo: &Repo, asked: &Asked, id: ObjectId) -> Result<Subject, Failure> {
    let commit = repo.commit(id)?;
    let changes = repo.changes_of(&commit)?;
    let parent = commit.parents.first().copied();
    Ok(Subject {
        kind: TargetKind::Commit,
        described: format!("commit {}", id.short()),
        trusted: parent,
        base: parent,
        head: Some(id),
        tree: Some(commit.tree),
        changes: repo.find_renames(changes)?,
        commits: vec![commit],
        branch: onto(repo, asked)?,
        message: None,
        onto: parent,
        arriving: Vec::new(),
    })
}

fn since(repo: &Repo, asked: &Asked, base: &str, head: ObjectId, on: &str) -> Result<Subject, Failure> {
    let tip = match repo.branch_tip(base)? {
        Some(tip) => tip,
        None => repo.commit_named(base)?,
    };
    let meeting = repo.merge_base(tip, head)?;
    range(
        repo,
        asked,
        &Span {
            trusted: Some(law_side(repo, meeting, tip)?),
            base: tip,
            head,
            described: format!("{on} since {base}"),
        },
    )
}

/// The commit whose policy judges a branch: where it left the other side, or that side's tip where
/// there was no policy yet, or no common history. Nobody escapes a law by starting before it.
fn law_side(repo: &Repo, meeting: Option<ObjectId>, tip: ObjectId) -> Result<ObjectId, Failure> {
    let Some(meeting) = meeting else { return Ok(tip) };
    let has_policy = repo.entry_at(repo.commit(meeting)?.tree, &RepoPath::from(POLICY_PATH))?.is_some();
    Ok(if has_policy { meeting } else { tip })
}

struct Span {
    trusted: Option<ObjectId>,
    base: ObjectId,
    head: ObjectId,
    described: String,
}

fn range(repo: &Repo, asked: &Asked, span: &Span) -> Result<Subject, Failure> {
    let (start, commits) = repo.range(span.base, span.head)?;
    let new_tree = repo.commit(span.head)?.tree;
    let changes = since_commit(repo, start, new_tree)?;
    let count = counted(commits.len(), "commit");
    Ok(Subject {
        kind: TargetKind::Range,
        described: format!("{count} {}", span.described),
        trusted: span.trusted,
        base: start,
        head: Some(span.head),
        tree: Some(new_tree),
        changes: repo.find_renames(changes)?,
        commits,
        branch: onto(repo, asked)?,
        message: None,
        onto: Some(span.base),
        arriving: Vec::new(),
    })
}

/// The repository that a push goes to, as it stands before the push.
#[derive(Clone, Debug)]
pub(in crate::app) struct Side {
    /// What a person calls it.
    pub(in crate::app) name: String,
    pub(in crate::app) branches: Vec<(String, ObjectId)>,
    /// The short name of the branch everything lands on.
    pub(in crate::app) default: Option<String>,
    /// Whether it is this repository.
    pub(in crate::app) is_here: bool,
    /// Streams of the ledger that the same push brings.
    pub(in crate::app) arriving: Vec<Arriving>,
}

impl Side {
    /// A remote, by its name or its address where it has none, as it was when last fetched.
    pub(in crate::app) fn remote(repo: &Repo, name: &str) -> Result<Self, Failure> {
        let (branches, default) = (repo.branches_on(name)?, repo.default_branch()?);
        Ok(Self { name: name.to_owned(), branches, default, is_here: false, arriving: Vec::new() })
    }

    /// This repository, to which others push.
    pub(in crate::app) fn here(repo: &Repo, branches: Vec<(String, ObjectId)>) -> Result<Self, Failure> {
        let is_there = |name: &String| branches.iter().any(|(branch, _)| branch == name);
        let head = repo.head()?.branch().map(str::to_owned).filter(is_there);
        let default = match head {
            Some(head) => Some(head),
            None => repo.default_branch()?.filter(is_there),
        };
        Ok(Self { name: "this server".into(), branches, default, is_here: true, arriving: Vec::new() })
    }

    /// The same, with the streams that come along: what they say is heard already.
    #[must_use]
    pub(in crate::app) fn bringing(self, arriving: Vec<Arriving>) -> Self {
        Self { arriving, ..self }
    }

    pub(in crate::app) fn default_tip(&self) -> Option<ObjectId> {
        let default = self.default.as_ref()?;
        self.branches.iter().find(|(name, _)| name == default).map(|(_, tip)| *tip)
    }

    /// The commit whose policy judges what comes to a reference: what a branch was before; for a new
    /// one, and for all that is no branch, the default branch. Who pushes to a server may choose
    /// where a branch parts, so there only the tip will do.
    fn trusted(&self, repo: &Repo, push: &Push) -> Result<Option<ObjectId>, Failure> {
        if let (Some(old), Some(_)) = (push.old, &push.branch) {
            return Ok(repo.commit_at(old)?);
        }
        let Some(default) = self.default_tip() else { return Ok(None) };
        match repo.commit_at(push.new)?.filter(|_| !self.is_here) {
            Some(head) => Ok(Some(law_side(repo, repo.merge_base(default, head)?, default)?)),
            None => Ok(Some(default)),
        }
    }

    /// The policy under which a reference is deleted: its own, if what it has is here, else that of
    /// the default branch.
    pub(in crate::app) fn law_of_deletion(&self, repo: &Repo, old: Option<ObjectId>) -> Result<Policy, Failure> {
        let own = old.and_then(|old| repo.commit_at(old).ok().flatten());
        Ok(law::policy_at(repo, own.or(self.default_tip()))?.0)
    }
}

/// One reference that a push moves, and where it stands on the other side.
#[derive(Clone, Debug)]
pub(in crate::app) struct Push {
    /// The branch that moves there, by its short name; none for a tag.
    pub(in crate::app) branch: Option<String>,
    pub(in crate::app) old: Option<ObjectId>,
    pub(in crate::app) new: ObjectId,
}

/// What a push brings, by the law of where it goes: the commits that are on no branch there which is
/// governed as strictly.
pub(super) fn pushed(repo: &Repo, side: &Side, push: &Push) -> Result<Subject, Failure> {
    let no_commit = || {
        Failure::new(format!("{} leads to a file or a folder, and only commits can be judged", push.new.short()))
            .mended_by("tag the commit that has it")
    };
    let head = repo.commit_at(push.new)?.ok_or_else(no_commit)?;
    let old = push.old.map(|old| repo.commit_at(old)).transpose()?.flatten();
    let trusted = side.trusted(repo, push)?;
    let (policy, _) = law::policy_at(repo, trusted)?;
    let level = policy.level_for(push.branch.as_deref());
    let as_strict = side.branches.iter().filter(|(name, _)| policy.level_for(Some(name)) >= level);
    let known: Vec<ObjectId> = old.into_iter().chain(as_strict.map(|(_, tip)| *tip)).collect();
    let commits = repo.commits_between(&known, head)?;
    // A new name for what is there already changes nothing.
    let start = match old.or(side.default_tip()) {
        _ if old.is_none() && commits.is_empty() => Some(head),
        Some(there) => repo.merge_base(there, head)?,
        None => None,
    };
    let new_tree = repo.commit(head)?.tree;
    let changes = since_commit(repo, start, new_tree)?;
    let to = push.branch.as_deref().map(|branch| format!(" to {branch}")).unwrap_or_default();
    Ok(Subject {
        kind: TargetKind::Range,
        described: format!("{}{to} that {} does not have", counted(commits.len(), "commit"), side.name),
        trusted,
        base: start,
        head: Some(head),
        tree: Some(new_tree),
        changes: repo.find_renames(changes)?,
        commits,
        branch: push.branch.clone(),
        message: None,
        onto: old.or(side.default_tip()),
        arriving: side.arriving.clone(),
    })
}

/// What was judged once, by its objects alone: refs have moved since.
#[derive(Clone, Debug)]
pub(in crate::app) struct Again {
    pub(in crate::app) trusted: Option<ObjectId>,
    pub(in crate::app) base: Option<ObjectId>,
    /// The commit it ended in; none for what was staged.
    pub(in crate::app) head: Option<ObjectId>,
    pub(in crate::app) tree: ObjectId,
    /// For a range, the commits it began after.
    pub(in crate::app) after: Option<Vec<ObjectId>>,
    pub(in crate::app) branch: Option<String>,
    /// What was known to be signed.
    pub(in crate::app) signatures: Signatures,
    /// The commit it landed on, and the entries that were heard then.
    pub(in crate::app) onto: Option<ObjectId>,
    pub(in crate::app) heard: Vec<Sha256>,
}

pub(super) fn again(repo: &Repo, again: &Again) -> Result<Subject, Failure> {
    let Again { trusted, base, head, tree, after, branch, onto, .. } = again.clone();
    let (kind, commits, changes) = match (head, after) {
        (None, _) => (TargetKind::Staged, Vec::new(), since_commit(repo, base, tree)?),
        (Some(head), Some(after)) => {
            (TargetKind::Range, repo.commits_between(&after, head)?, since_commit(repo, base, tree)?)
        }
        (Some(head), None) => {
            let commit = repo.commit(head)?;
            let changes = repo.changes_of(&commit)?;
            (TargetKind::Commit, vec![commit], changes)
        }
    };
    Ok(Subject {
        kind,
        described: "what was judged before".into(),
        trusted,
        base,
        head,
        tree: Some(tree),
        changes: repo.find_renames(changes)?,
        commits,
        branch,
        message: None,
        onto,
        arriving: Vec::new(),
    })
}

/// Every file of a commit's tree; with no revision and a work tree, every file that is tracked.
fn tree(repo: &Repo, asked: &Asked) -> Result<Subject, Failure> {
    let at = repo.head()?;
    let named = asked.revision.as_deref().map(|revision| repo.commit_named(revision)).transpose()?;
    let head = named.or(at.commit());
    let tree_of = |id: ObjectId| repo.commit(id).map(|commit| commit.tree);
    let (tree, changes, described) = if named.is_some() || repo.is_bare() {
        let tree = head.map(tree_of).transpose()?;
        let described = asked.revision.as_deref().unwrap_or("HEAD");
        (tree, repo.diff_trees(None, tree)?, format!("every file of {described}"))
    } else {
        let tracked = repo.staged(None)?;
        (Some(tracked.tree), tracked.changes, "every tracked file".to_owned())
    };
    Ok(Subject {
        kind: TargetKind::Tree,
        described,
        trusted: head,
        base: None,
        head,
        tree,
        commits: Vec::new(),
        changes,
        branch: match &asked.onto {
            Some(branch) => Some(branch.clone()),
            None => at.branch().map(str::to_owned),
        },
        message: None,
        onto: None,
        arriving: Vec::new(),
    })
}

/// All that every ref reaches, or that a revision does; judged by the law of HEAD or of the revision.
fn history(repo: &Repo, asked: &Asked) -> Result<Subject, Failure> {
    if let Some(revision) = asked.revision.as_ref().filter(|revision| revision.contains("..")) {
        return Err(Failure::new(format!("`{revision}` is a range, and history is searched to its beginning"))
            .mended_by(format!("a range is judged commit by commit: gov-hook check {}", shell_word(revision))));
    }
    let at = repo.head()?;
    let named = asked.revision.as_deref().map(|revision| repo.commit_named(revision)).transpose()?;
    let head = named.or(at.commit());
    let tree = head.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree);
    let described = asked
        .revision
        .as_ref()
        .map_or_else(|| "all of history".to_owned(), |revision| format!("the history of {revision}"));
    let branch = asked.onto.clone().or_else(|| at.branch().map(str::to_owned));
    Ok(Subject {
        kind: TargetKind::History,
        described,
        trusted: head,
        base: None,
        head,
        tree,
        commits: Vec::new(),
        changes: Vec::new(),
        branch,
        message: None,
        onto: None,
        arriving: Vec::new(),
    })
}

/// What a tree changes of a commit's, or of nothing.
fn since_commit(repo: &Repo, base: Option<ObjectId>, tree: ObjectId) -> Result<Vec<FileChange>, GitError> {
    let old_tree = base.map(|id| repo.commit(id)).transpose()?.map(|commit| commit.tree);
    repo.diff_trees(old_tree, Some(tree))
}

/// The branch a change would land on, unless told otherwise: the default one.
fn onto(repo: &Repo, asked: &Asked) -> Result<Option<String>, GitError> {
    asked.onto.clone().map_or_else(|| repo.default_branch(), |branch| Ok(Some(branch)))
}

fn named_or_head(repo: &Repo, revision: &str) -> Result<ObjectId, GitError> {
    repo.commit_named(if revision.is_empty() { "HEAD" } else { revision })
}
