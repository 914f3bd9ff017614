//! What a person calls a commit, a tag or a branch, and what is meant by it.

use git2::{ErrorCode, ObjectType};

use super::commit::Commit;
use super::error::GitError;
use super::refs::is_absence;
use super::repo::{Repo, object_id};
use crate::model::{ObjectId, branch_reference};

/// git takes no fewer digits for an id.
const FEWEST_DIGITS: usize = 4;

impl Repo {
    /// The commit a revision means, tags peeled; `None` when there is no such thing.
    pub fn resolve(&self, revision: &str) -> Result<Option<ObjectId>, GitError> {
        // A branch's own file says it without a look at how else the word could be meant.
        if let Some(id) = self.loose_target(revision).filter(|&id| self.commit_here(id).is_some()) {
            return Ok(Some(id));
        }
        // Asking how else it could be meant has libgit2 read objects.
        if revision == "HEAD" || revision.starts_with("refs/") && git2::Reference::is_valid_name(revision) {
            return self.tip_of(revision)?.map_or(Ok(None), |target| self.commit_at(target));
        }
        self.trust_packs()?;
        // A file of the index is no commit, and libgit2 knows none by it.
        if revision.starts_with(':') && !revision.starts_with(":/") {
            return Ok(None);
        }
        // How a message is searched for, and what is meant by a time, only git knows for sure.
        if (revision.starts_with(":/") || revision.contains("^{/") || revision.contains("@{"))
            && let Some(found) = self.resolved_by_git(revision)
        {
            return Ok(Some(found));
        }
        let found = self.inner.revparse_single(revision).and_then(|object| object.peel(ObjectType::Commit));
        match found {
            Ok(commit) => Ok(Some(object_id(commit.id()))),
            Err(error) if is_absence(error.code()) => Ok(None),
            Err(error) if error.code() == ErrorCode::Ambiguous => {
                let digits = revision.bytes().take_while(u8::is_ascii_hexdigit).count();
                Err(GitError::AmbiguousId { name: revision.to_owned(), is_short: digits < FEWEST_DIGITS })
            }
            Err(source) => Err(GitError::Git { what: format!("`{revision}`"), source }),
        }
    }

    fn resolved_by_git(&self, revision: &str) -> Option<ObjectId> {
        // What follows `:/` is all searched for, and only in commits.
        let commit = if revision.starts_with(":/") { revision.to_owned() } else { format!("{revision}^{{commit}}") };
        let said = self.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).ok()?;
        // Older ones say that word as well.
        String::from_utf8_lossy(&said).lines().last()?.parse().ok()
    }

    /// The same, for a revision that somebody named and that must be there. A branch, here or on a remote,
    /// goes before a tag of its name: git prefers the tag, and a branch must not hide behind one. An object's
    /// whole name is that object's, whatever branch somebody called so.
    pub fn commit_named(&self, revision: &str) -> Result<ObjectId, GitError> {
        if let Some(commit) = revision.parse().ok().and_then(|id| self.commit_at(id).ok().flatten()) {
            return Ok(commit);
        }
        let branch = self.behind_branch(revision)?;
        let found = branch.map_or_else(|| self.resolve(revision), |tip| Ok(Some(tip)));
        if !matches!(found, Ok(Some(_))) && self.is_file(revision) {
            return Err(GitError::File { name: revision.to_owned() });
        }
        if let Some(found) = found? {
            return Ok(found);
        }
        self.trust_names_of_packs()?;
        if let Some((what, mend)) = self.meant_otherwise(revision) {
            return Err(GitError::NotACommit { name: revision.to_owned(), what, mend });
        }
        let shallow = self.is_shallow().then(|| self.remote_name());
        Err(GitError::UnknownRevision { name: revision.to_owned(), shallow })
    }

    /// The commit that a revision means by the name of a branch.
    fn behind_branch(&self, revision: &str) -> Result<Option<ObjectId>, GitError> {
        let here = self.resolve(&branch_reference(revision))?;
        let full = format!("refs/remotes/{revision}");
        let there = self.resolve(&full)?;
        if here.is_some() && there.is_some() && here != there {
            let what = "names a branch here and another one of a remote";
            return Err(GitError::NotACommit {
                name: revision.to_owned(),
                what,
                mend: format!("name it in full: {full}"),
            });
        }
        Ok(here.or(there))
    }

    /// What git understands by a name that is not that of one commit, and what to name instead.
    fn meant_otherwise(&self, revision: &str) -> Option<(&'static str, String)> {
        const SEVERAL: &str = "stands for several revisions";
        const INSIDE: &str = "is something inside of a commit, not the commit";
        if revision.starts_with(':') && !revision.starts_with(":/") {
            return Some((
                "is a file in the index, not a commit",
                "judge what is staged: gov-hook check --staged".into(),
            ));
        }
        let (commit, (what, mend)) = if let Some(commit) = revision.strip_suffix("^!") {
            (commit, (SEVERAL, format!("name the commit alone: {commit}")))
        } else if let Some(commit) = revision.strip_suffix("^@") {
            (commit, (SEVERAL, format!("name one of its parents: {commit}^1")))
        } else if let Some((commit, at)) = revision.rsplit_once("^-") {
            let parent = if at.is_empty() { "1" } else { at };
            (commit, (SEVERAL, format!("name them as a range: {commit}^{parent}..{commit}")))
        } else {
            let (commit, _) = revision.split_once(':').or_else(|| revision.rsplit_once("^{"))?;
            (commit, (INSIDE, format!("name the commit alone: {commit}")))
        };
        let is_there = !commit.is_empty() && self.resolve(commit).is_ok_and(|found| found.is_some());
        is_there.then_some((what, mend))
    }

    /// Whether somebody who named it may have meant a file of the work tree.
    fn is_file(&self, name: &str) -> bool {
        !self.is_bare() && std::path::Path::new(name).symlink_metadata().is_ok()
    }

    /// What a revision names if that is a tag, with an object of its own or without.
    pub fn tag_named(&self, revision: &str) -> Result<Option<ObjectId>, GitError> {
        let name = format!("refs/tags/{}", revision.strip_prefix("refs/tags/").unwrap_or(revision));
        if !git2::Reference::is_valid_name(&name) || self.behind_branch(revision)?.is_some() {
            return Ok(None);
        }
        self.reference_target(&name)
    }

    /// The commits of a range `A..B`, or the one that a revision means.
    pub fn commits_named(&self, revision: &str) -> Result<Vec<Commit>, GitError> {
        let named = |name: &str| self.commit_named(if name.is_empty() { "HEAD" } else { name });
        match revision.split_once("..") {
            Some((base, head)) => self.commits_between(&[named(base)?], named(head.trim_start_matches('.'))?),
            None => Ok(vec![self.commit(named(revision)?)?]),
        }
    }

    /// The short name of the branch that a revision means, here or on a remote, rather than one
    /// commit: `topic`, `refs/heads/topic` as CI services spell it, `@{-1}`, `@{upstream}`.
    pub fn branch_meant(&self, revision: &str) -> Result<Option<String>, GitError> {
        if revision.parse::<ObjectId>().is_ok() {
            return Ok(None);
        }
        let spelled = short_name(revision);
        let is_branch = spelled != "HEAD"
            && (self.branch_tip(spelled)?.is_some() || self.called(&format!("refs/remotes/{spelled}"))?.is_some());
        if is_branch {
            return Ok(Some(spelled.to_owned()));
        }
        self.trust_packs()?;
        let reference = self.inner.revparse_ext(revision).ok().and_then(|(_, reference)| reference);
        let full = reference.as_ref().map(|reference| String::from_utf8_lossy(reference.name_bytes()).into_owned());
        Ok(full
            .filter(|full| full.starts_with("refs/"))
            .map(|full| short_name(&full).to_owned())
            .filter(|_| revision.contains("@{")))
    }
}

/// A branch's name without what spells it out.
fn short_name(revision: &str) -> &str {
    let short = revision.strip_prefix("refs/").unwrap_or(revision);
    short.strip_prefix("heads/").or_else(|| short.strip_prefix("remotes/")).unwrap_or(revision)
}
