//! The files of the work tree: what git tracks, and whatever else it does not ignore.

use std::ffi::OsStr;
use std::fs::FileType;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::Repository;
use walkdir::{DirEntry, WalkDir};

use super::error::GitError;
use super::formats::index::{Index, Unread};
use super::repo::Repo;
use crate::model::{Arrange, RepoPath};

impl Repo {
    /// Every tracked file that is there, and every other one that git does not ignore, sorted; of some
    /// folders, or of the whole work tree. Links, and what is in other repositories, are none.
    pub fn work_files(&self, within: &[RepoPath]) -> Result<Vec<RepoPath>, GitError> {
        let root = self
            .work_dir()
            .ok_or_else(|| GitError::Command { command: "ls-files".into(), said: "there is no work tree".into() })?;
        let tree = WorkTree { repo: self, root, tracked: self.tracked()? };
        let mut files = Vec::new();
        if within.is_empty() {
            tree.walk(b"", &mut files)?;
        }
        for folder in within {
            tree.walk(folder.as_bytes(), &mut files)?;
        }
        files.arrange();
        files.dedup();
        Ok(files)
    }

    /// Whether git ignores a path of the work tree.
    pub fn ignores(&self, path: &Path) -> bool {
        self.inner.is_path_ignored(path).unwrap_or(false)
    }

    /// Whether a file of the work tree, or one in a folder, is in the index; where that cannot be read, it may be.
    pub fn tracks(&self, path: &Path) -> bool {
        let Ok(index) = self.inner.index() else { return true };
        index.get_path(path, 0).is_some() || index.find_prefix(path.join("")).is_ok()
    }

    /// The paths in the index, sorted.
    fn tracked(&self) -> Result<Vec<RepoPath>, GitError> {
        let path = self.index_path();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // A repository in which nothing was ever added has no index.
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(GitError::Io { path, source }),
        };
        let mut paths: Vec<RepoPath> = if bytes.is_empty() {
            Vec::new()
        } else {
            match Index::parse(&bytes) {
                Ok(index) => index.entries().into_iter().map(|entry| RepoPath::new(&*entry.path)).collect(),
                Err(Unread::Foreign) => {
                    let listed = self.git(&["ls-files", "-z", "--cached"])?;
                    listed.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(RepoPath::new).collect()
                }
                Err(Unread::Damaged(why)) => return Err(GitError::Index { path, why }),
            }
        };
        paths.arrange();
        Ok(paths)
    }
}

/// What a walk through the work tree has to know.
struct WorkTree<'a> {
    repo: &'a Repo,
    root: &'a Path,
    tracked: Vec<RepoPath>,
}

impl WorkTree<'_> {
    fn walk(&self, folder: &[u8], files: &mut Vec<RepoPath>) -> Result<(), GitError> {
        // In such a folder only what is tracked counts, and so on below it.
        let mut tracked_only: Vec<PathBuf> = Vec::new();
        let parts: Vec<&[u8]> = folder.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
        let mut start = self.root.to_owned();
        for part in parts {
            start.push(OsStr::from_bytes(part));
            if self.is_foreign(&start)? {
                tracked_only.push(start.clone());
            }
        }
        let mut walk = WalkDir::new(&start).follow_links(false).into_iter();
        while let Some(next) = walk.next() {
            let entry = match next {
                Ok(entry) => entry,
                Err(error) => {
                    // What is tracked in a folder that cannot be read cannot be read either, and is told so.
                    if let Some(path) = error.path() {
                        files.extend_from_slice(self.below(self.relative(path)));
                    }
                    continue;
                }
            };
            let (path, kind) = (entry.path(), entry.file_type());
            tracked_only.truncate(tracked_only.iter().take_while(|folder| path.starts_with(folder)).count());
            let inside = self.relative(path);
            if kind.is_dir() {
                if entry.depth() == 0 {
                    continue;
                }
                if entry.file_name() == ".git" {
                    walk.skip_current_dir();
                } else if !tracked_only.is_empty() || self.is_foreign(path)? {
                    if self.below(inside).is_empty() {
                        walk.skip_current_dir();
                    } else if tracked_only.is_empty() {
                        tracked_only.push(path.to_owned());
                    }
                }
            } else if self.counts(&entry, kind, inside, tracked_only.is_empty())? {
                files.push(RepoPath::new(inside));
            }
        }
        Ok(())
    }

    fn counts(&self, entry: &DirEntry, kind: FileType, inside: &[u8], untracked_too: bool) -> Result<bool, GitError> {
        if !kind.is_file() || entry.file_name() == ".git" {
            return Ok(false);
        }
        let is_tracked = self.tracked.binary_search_by(|path| path.as_bytes().cmp(inside)).is_ok();
        Ok(is_tracked || untracked_too && !self.is_ignored(entry.path())?)
    }

    /// Whether git looks at nothing in a folder but what it tracks: it is ignored, or another repository.
    fn is_foreign(&self, folder: &Path) -> Result<bool, GitError> {
        let is_repository = || folder.join(".git").symlink_metadata().is_ok() && Repository::open(folder).is_ok();
        // A folder with something tracked in it is asked about all the same: the rest of it may be ignored.
        Ok(is_repository() || self.is_ignored(folder)?)
    }

    fn is_ignored(&self, path: &Path) -> Result<bool, GitError> {
        let inside = path.strip_prefix(self.root).unwrap_or(path);
        self.repo
            .inner
            .is_path_ignored(inside)
            .map_err(|source| GitError::Git { what: format!("whether git ignores `{}`", inside.display()), source })
    }

    /// What is tracked in a folder.
    fn below(&self, folder: &[u8]) -> &[RepoPath] {
        if folder.is_empty() {
            return &self.tracked;
        }
        let within = [folder, b"/"].concat();
        let first = self.tracked.partition_point(|path| path.as_bytes() < within.as_slice());
        let rest = self.tracked.get(first..).unwrap_or_default();
        let count = rest.partition_point(|path| path.as_bytes().starts_with(&within));
        rest.get(..count).unwrap_or_default()
    }

    fn relative<'p>(&self, path: &'p Path) -> &'p [u8] {
        path.strip_prefix(self.root).unwrap_or(path).as_os_str().as_bytes()
    }
}
