//! What can be wrong with a repository, said so that a person can mend it.

use std::path::PathBuf;

use crate::model::{ObjectId, RepoPath, shell_word};

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("no git repository at `{at}` or above it")]
    NotARepository { at: String },

    #[error("this repository uses {what}, which gov-hook cannot read")]
    Unsupported { what: String, mend: &'static str },

    #[error("GIT_NAMESPACE is set, and gov-hook reads the references of a whole repository")]
    Namespace,

    #[error("git does not trust `{at}`, because another user owns it")]
    Untrusted { at: String },

    #[error("cannot open the repository")]
    Open { source: git2::Error },

    #[error("`{name}` is not a commit, branch or tag here")]
    UnknownRevision { name: String, shallow: Option<String> },

    #[error("`{name}` is {}", if *is_short { "too short for the id of a commit" } else { "the beginning of several ids" })]
    AmbiguousId { name: String, is_short: bool },

    /// What git understands otherwise than as one commit.
    #[error("`{name}` {what}")]
    NotACommit { name: String, what: &'static str, mend: String },

    #[error("`{name}` is a file, not a commit")]
    File { name: String },

    #[error("cannot read HEAD")]
    Head { path: PathBuf, source: git2::Error },

    #[error("HEAD points to `{}`, which is not a name a branch can have", target.escape_default())]
    MalformedHead { target: String },

    #[error("the parents of commit {} are not in this shallow clone", commit.short())]
    Shallow { commit: ObjectId, remote: String },

    #[error("`{one}` and `{other}` have no commit in common in this shallow clone")]
    ShallowBase { one: String, other: String, remote: String },

    #[error("object {id} ({what}) is not in this repository")]
    Missing {
        id: ObjectId,
        what: String,
        /// The remote that has it, in a partial clone.
        promised_by: Option<String>,
    },

    /// In a history that should be whole: most often a shallow clone has not sent it.
    #[error("object {id} (a commit) is not in this repository")]
    MissingCommit { id: ObjectId, promised_by: Option<String> },

    #[error("object {id} ({what}) cannot be read")]
    Unreadable { id: ObjectId, what: String, source: git2::Error },

    #[error("object {id} cannot be read: the pack `{}` or its index is damaged", path.display())]
    Packed { id: ObjectId, path: PathBuf },

    #[error("the pack index `{}` is damaged: {why}", path.display())]
    PackIndex { path: PathBuf, why: &'static str },

    #[error("the index of many packs `{}` is damaged: {why}", path.display())]
    MultiPackIndex { path: PathBuf, why: &'static str },

    #[error("object {id} is not a well-formed {what}")]
    Malformed { id: ObjectId, what: &'static str },

    #[error("object {id} ({what}) has {size} bytes; at most {limit} are read")]
    Oversized { id: ObjectId, what: &'static str, size: usize, limit: usize },

    #[error("{missing} of the {of} blobs of this history are not in this partial clone")]
    PartialHistory { missing: usize, of: usize, remote: String },

    #[error("this history unfolds to more than {limit} paths, which no real project has")]
    TooManyPaths { limit: usize },

    #[error("the index has unmerged paths: {}", listed(paths))]
    Unmerged { paths: Vec<RepoPath> },

    #[error("the index at `{}` is damaged: {why}", path.display())]
    Index { path: PathBuf, why: &'static str },

    #[error("cannot read `{}`", path.display())]
    Io { path: PathBuf, source: std::io::Error },

    #[error("`git {command}` failed: {said}")]
    Command { command: String, said: String },

    #[error("a path is longer than {limit} bytes; no system takes one")]
    LongPath { limit: usize },

    #[error("more than {limit} files differ; this is not a change anyone can judge")]
    TooManyFiles { limit: usize },

    #[error("cannot store the content of `{path}` as a blob")]
    Store { path: RepoPath, source: Option<git2::Error> },

    #[error("the file of `{name}` names no commit; it holds {says}")]
    Reference {
        name: String,
        says: String,
        path: PathBuf,
        /// The commit that its reflog ends with.
        was: Option<ObjectId>,
    },

    #[error("cannot read {what}")]
    Git { what: String, source: git2::Error },
}

impl GitError {
    /// Whether somebody made the object so, rather than that it cannot be had.
    #[must_use]
    pub const fn is_made_so(&self) -> bool {
        matches!(self, Self::Malformed { .. } | Self::Oversized { .. } | Self::TooManyFiles { .. })
    }

    /// The command or step that mends it, where there is one.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::NotARepository { .. } => Some("run it inside a repository, or name one: gov-hook -C PATH …".into()),
            Self::Unsupported { mend, .. } => Some((*mend).to_owned()),
            Self::Namespace => Some("serve each namespace from a repository of its own, or leave it unset".into()),
            Self::Untrusted { at } => {
                Some(format!("if you trust it: git config --global --add safe.directory {}", shell_word(at)))
            }
            Self::UnknownRevision { shallow: Some(remote), .. } => {
                Some(format!("this clone is shallow; fetch the rest: git fetch --unshallow {}", shell_word(remote)))
            }
            Self::AmbiguousId { is_short: true, .. } => {
                Some("give more of its digits, at least 4: git log --oneline".into())
            }
            Self::AmbiguousId { is_short: false, name } => {
                Some(format!("give more of its digits: git rev-parse --disambiguate={}", shell_word(name)))
            }
            Self::NotACommit { mend, .. } => Some(mend.clone()),
            Self::File { name } => Some(format!(
                "to judge what is staged: gov-hook check --staged; to see what the policy says of the file: \
                 gov-hook policy why {}",
                shell_word(name)
            )),
            Self::UnknownRevision { .. } => Some("see which branches there are: git branch --all".into()),
            Self::Head { path, .. } => Some(format!(
                "point it at your branch again: echo 'ref: refs/heads/BRANCH' > {}",
                shell_word(&path.display().to_string())
            )),
            Self::MalformedHead { .. } => Some("point it to a branch: git symbolic-ref HEAD refs/heads/BRANCH".into()),
            Self::Shallow { remote, .. } | Self::ShallowBase { remote, .. } => {
                Some(format!("fetch the rest of the history: git fetch --unshallow {}", shell_word(remote)))
            }
            Self::PartialHistory { remote, .. } => {
                Some(format!("fetch them, now and from now on: {}", fetching_all(remote)))
            }
            Self::Missing { promised_by: Some(remote), .. } | Self::MissingCommit { promised_by: Some(remote), .. } => {
                Some(format!("this is a partial clone; fetch all that it left out: {}", fetching_all(remote)))
            }
            Self::PackIndex { path, .. } => Some(format!(
                "let git rebuild it: rm -f {} && git index-pack {}",
                shell_word(&path.display().to_string()),
                shell_word(&path.with_extension("pack").display().to_string())
            )),
            Self::MultiPackIndex { path, .. } => {
                let path = shell_word(&path.display().to_string());
                Some(format!("let git rebuild it: rm -f {path} && git multi-pack-index write"))
            }
            Self::Missing { .. }
            | Self::MissingCommit { .. }
            | Self::Unreadable { .. }
            | Self::Packed { .. }
            | Self::Malformed { .. } => Some("see what is damaged: git fsck --full".into()),
            Self::Unmerged { .. } => Some("resolve the conflicts, then: git add PATH".into()),
            Self::Index { .. } => Some("let git rebuild it: git read-tree HEAD".into()),
            Self::Store { .. } => {
                Some("make sure that the disk has room and that you may write to the repository's objects".into())
            }
            Self::Reference { path, was: Some(was), .. } => Some(format!(
                "restore the last commit in its reflog: echo {was} > {}",
                shell_word(&path.display().to_string())
            )),
            Self::Reference { name, path, was: None, .. } => {
                let file = shell_word(&path.display().to_string());
                Some(if name.starts_with("refs/remotes/") {
                    format!("fetch it again: rm {file} && git fetch --all")
                } else {
                    format!("find its commit, then write that into it: git fsck --lost-found; echo COMMIT > {file}")
                })
            }
            Self::Open { .. }
            | Self::Io { .. }
            | Self::Command { .. }
            | Self::Oversized { .. }
            | Self::LongPath { .. }
            | Self::TooManyFiles { .. }
            | Self::TooManyPaths { .. }
            | Self::Git { .. } => None,
        }
    }
}

/// What makes a partial clone a whole one, for good: as long as the filter is set, the next fetch leaves out
/// some again.
#[must_use]
pub fn fetching_all(remote: &str) -> String {
    let filter = format!("remote.{remote}.partialclonefilter");
    let (remote, filter) = (shell_word(remote), shell_word(&filter));
    format!("git fetch --refetch --no-filter {remote} && git config --unset {filter}")
}

/// An error in words for people, without the numbers that libgit2 gives its own.
#[must_use]
pub fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    error.downcast_ref::<git2::Error>().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

fn listed(paths: &[RepoPath]) -> String {
    let shown: Vec<String> = paths.iter().take(3).map(|path| format!("`{path}`")).collect();
    let more = paths.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
