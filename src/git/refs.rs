//! Branches: which one is checked out, which is the default, and what a name stands for.

use git2::{ErrorCode, ObjectType};

use super::error::GitError;
use super::pointed::Pointed;
use super::reach::Start;
use super::repo::{Repo, object_id};
use crate::model::{ObjectId, branch_reference, shortened};

/// Where HEAD points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch, by its short name; no commit while it is unborn.
    Branch {
        name: String,
        commit: Option<ObjectId>,
    },
    Detached(ObjectId),
}

impl Head {
    #[must_use]
    pub const fn commit(&self) -> Option<ObjectId> {
        match self {
            Self::Branch { commit, .. } => *commit,
            Self::Detached(commit) => Some(*commit),
        }
    }

    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch { name, .. } => Some(name),
            Self::Detached(_) => None,
        }
    }
}

impl Repo {
    pub fn head(&self) -> Result<Head, GitError> {
        let found = match self.loose_head() {
            Some(found) => Some(found),
            None => self.odd_head()?,
        };
        match found {
            Some(Pointed::Through(full)) => {
                if !git2::Reference::is_valid_name(&full) {
                    return Err(GitError::MalformedHead { target: full });
                }
                let name = shortened(&full).to_owned();
                Ok(Head::Branch { name, commit: self.tip_of(&full)? })
            }
            Some(Pointed::At(id)) => Ok(Head::Detached(id)),
            None => Err(GitError::UnknownRevision { name: "HEAD".into(), shallow: None }),
        }
    }

    fn odd_head(&self) -> Result<Option<Pointed>, GitError> {
        let unreadable = |source| GitError::Head { path: self.inner.path().join("HEAD"), source };
        let head = self.inner.find_reference("HEAD").map_err(unreadable)?;
        let through = head.symbolic_target_bytes();
        let through = through.map(|name| Pointed::Through(String::from_utf8_lossy(name).into_owned()));
        Ok(through.or_else(|| head.target().map(object_id).map(Pointed::At)))
    }

    /// Where a branch points, through whatever symbolic references; `None` while it is unborn.
    pub(super) fn tip_of(&self, full: &str) -> Result<Option<ObjectId>, GitError> {
        if let Some(id) = self.loose_target(full) {
            return Ok(Some(id));
        }
        match self.inner.find_reference(full).and_then(|found| found.resolve()) {
            Ok(found) => Ok(found.target().map(object_id)),
            Err(error) if is_absence(error.code()) => self.broken_reference(full).map_or(Ok(None), Err),
            Err(source) => Err(self.unreadable_reference(full, source)),
        }
    }

    /// The short name of the branch everything lands on: on a server the one that HEAD names; else what the
    /// remote says, else the usual names, else the only branch there is.
    pub fn default_branch(&self) -> Result<Option<String>, GitError> {
        if self.is_bare()
            && let Head::Branch { name, commit: Some(_) } = self.head()?
        {
            return Ok(Some(name));
        }
        let prefix = format!("refs/remotes/{}/", self.remote_name());
        let head = format!("{prefix}HEAD");
        if let Some(branch) = self.behind_alias(&head)?.strip_prefix(&prefix).filter(|branch| *branch != "HEAD") {
            return Ok(Some(branch.to_owned()));
        }
        for name in self.usual_branches() {
            if self.branch_tip(&name)?.is_some() {
                return Ok(Some(name));
            }
        }
        if self.has_remote() {
            return Ok(None);
        }
        let mut names = self.references_below("refs/heads/", &|_| true)?.into_keys();
        Ok(match (names.next(), names.next()) {
            (Some(only), None) => Some(shortened(&only).to_owned()),
            _ => None,
        })
    }

    /// What the branch everything lands on may be called, where nothing says it; the first that is there is it.
    pub fn usual_branches(&self) -> impl Iterator<Item = String> + use<> {
        self.config_string("init.defaultBranch").into_iter().chain(["main", "master", "trunk"].map(str::to_owned))
    }

    /// The tip of a branch here, else of the remote's branch of that name.
    pub fn branch_tip(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        match self.called(&branch_reference(name))? {
            Some(tip) => Ok(Some(tip)),
            None => self.remote_tip(name),
        }
    }

    /// The commit of the reference of exactly this name: `main~1` is none, though git finds a commit by it.
    pub(super) fn called(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        if git2::Reference::is_valid_name(name) { self.resolve(name) } else { Ok(None) }
    }

    /// The short name of a branch, which need not be there, however somebody spelt it.
    pub fn branch_called(&self, told: &str) -> Result<Option<String>, GitError> {
        let short = match told.strip_prefix("refs/heads/").or_else(|| told.strip_prefix("heads/")) {
            Some(short) => short,
            None if self.reference_target(&branch_reference(told))?.is_some() => told,
            None => self.branch_of_remote(told)?.unwrap_or(told),
        };
        let is_name = git2::Reference::is_valid_name(&branch_reference(short));
        Ok((is_name && short != "HEAD" && !short.starts_with("refs/")).then(|| short.to_owned()))
    }

    /// `main` for what is known as `origin/main`.
    fn branch_of_remote<'t>(&self, told: &'t str) -> Result<Option<&'t str>, GitError> {
        let name = told.strip_prefix("refs/").unwrap_or(told);
        let name = name.strip_prefix("remotes/").unwrap_or(name);
        let Some(theirs) = name.strip_prefix(&format!("{}/", self.remote_name())) else { return Ok(None) };
        let is_there = !theirs.is_empty() && self.remote_tip(theirs)?.is_some();
        Ok(is_there.then_some(theirs))
    }

    /// What the remote's branch of that name was when last fetched.
    pub fn remote_tip(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        self.called(&format!("refs/remotes/{}/{name}", self.remote_name()))
    }

    /// What a branch follows and lands on, by its short name, as it was when last fetched: the branch of its
    /// name on the remote that it pulls from, else on the remote that the clone came from.
    pub fn followed(&self, name: &str) -> Result<Option<(String, ObjectId)>, GitError> {
        let pulled_from = self.config_string(&format!("branch.{name}.remote"));
        for remote in pulled_from.into_iter().chain([self.remote_name()]) {
            let theirs = format!("{remote}/{name}");
            let full = format!("refs/remotes/{theirs}");
            // A remote may be named by its address, or be this repository.
            if let Some(tip) = self.called(&full)? {
                return Ok(Some((theirs, tip)));
            }
        }
        Ok(None)
    }

    /// All branches of a remote, by their short names, as they were when last fetched; none for a
    /// remote without a name.
    pub fn branches_on(&self, remote: &str) -> Result<Vec<(String, ObjectId)>, GitError> {
        // Only a name: a pattern's own signs would reach further.
        if remote.contains(['*', '?', '[', '\\']) {
            return Ok(Vec::new());
        }
        self.names_under(&format!("refs/remotes/{remote}/"))
    }

    /// All branches of this repository, by their short names.
    pub fn branches_here(&self) -> Result<Vec<(String, ObjectId)>, GitError> {
        self.names_under("refs/heads/")
    }

    pub(super) fn names_under(&self, prefix: &str) -> Result<Vec<(String, ObjectId)>, GitError> {
        let found =
            self.references_below(prefix.trim_end_matches(|char| char != '/'), &|name| name.starts_with(prefix))?;
        // A symbolic reference names another one, which has its turn.
        let short = |(name, target): (String, Option<ObjectId>)| Some((name.strip_prefix(prefix)?.to_owned(), target?));
        Ok(found.into_iter().filter_map(short).collect())
    }

    /// Where a reference points, by its full name.
    pub fn reference_target(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        if let Some(id) = self.loose_target(name) {
            return Ok(Some(id));
        }
        match self.inner.find_reference(name) {
            Ok(found) => Ok(found.target().map(object_id)),
            Err(error) if is_absence(error.code()) => Ok(None),
            Err(source) => Err(self.unreadable_reference(name, source)),
        }
    }

    /// The reference that a symbolic one leads to, by its full name; any other is itself.
    pub fn behind_alias(&self, name: &str) -> Result<String, GitError> {
        const LONGEST_CHAIN: usize = 5;
        let mut name = name.to_owned();
        for _ in 0..LONGEST_CHAIN {
            match self.inner.find_reference(&name) {
                Ok(found) => match found.symbolic_target_bytes() {
                    Some(target) => name = String::from_utf8_lossy(target).into_owned(),
                    None => break,
                },
                Err(error) if is_absence(error.code()) => break,
                Err(source) => return Err(self.unreadable_reference(&name, source)),
            }
        }
        Ok(name)
    }

    /// Whether git has packed a reference and is about to drop its loose file, which it tells its hook
    /// as a deletion. To delete one it holds the lock of what is packed.
    #[must_use]
    pub fn is_packed_and_free(&self, name: &str, target: ObjectId) -> bool {
        let packed = self.common_dir().join("packed-refs");
        if packed.with_extension("lock").exists() {
            return false;
        }
        let wanted = format!("{target} {name}").into_bytes();
        // Another reference may have any bytes in its name.
        std::fs::read(packed).is_ok_and(|bytes| bytes.split(|&byte| byte == b'\n').any(|line| line == wanted))
    }

    /// The commit that an object is, or that a tag leads to; none where that is a file or a folder.
    /// A branch may be called like any object, so names are not asked.
    pub fn commit_at(&self, id: ObjectId) -> Result<Option<ObjectId>, GitError> {
        let (found, kind) = self.peel(&Start { name: id.to_string(), object: id })?;
        Ok((kind == ObjectType::Commit).then_some(found))
    }

    #[must_use]
    pub fn has_remote(&self) -> bool {
        self.inner.remotes().is_ok_and(|remotes| !remotes.is_empty())
    }

    /// Every remote with its address.
    #[must_use]
    pub fn remotes(&self) -> Vec<(String, String)> {
        let names = self.inner.remotes().ok();
        let names = names.iter().flat_map(|names| names.iter_bytes()).map(String::from_utf8_lossy);
        let address = |name: &str| self.config_string(&format!("remote.{name}.url")).unwrap_or_default();
        names.map(|name| (name.to_string(), address(&name))).collect()
    }

    /// The remote that a clone came from.
    #[must_use]
    pub fn remote_name(&self) -> String {
        let remotes = self.inner.remotes().ok();
        let names: Vec<String> = remotes
            .iter()
            .flat_map(|names| {
                names.iter_bytes().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
            })
            .collect();
        match names.as_slice() {
            [only] => only.clone(),
            _ => "origin".to_owned(),
        }
    }
}

pub(super) const fn is_absence(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::UnbornBranch | ErrorCode::Peel)
}
