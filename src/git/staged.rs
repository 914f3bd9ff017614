//! What is staged: the index against the tree of HEAD.

use std::collections::{BTreeMap, VecDeque};

use git2::{ObjectType, Oid};

use super::error::GitError;
use super::formats::index::{CachedTree, Index, IndexEntry, LONGEST_PATH, Unread};
use super::formats::tree::{Entry, push_entry};
use super::repo::{Repo, object_id, oid};
use super::tree::{parse, tree_of};
use crate::model::{Arrange, FileChange, Gather, Mode, ObjectId, RepoPath, Side};

/// A staged change, and the tree that `git commit` would write for it.
pub struct Staged {
    pub changes: Vec<FileChange>,
    pub tree: ObjectId,
}

impl Repo {
    /// Reads the index as it is, without refreshing or writing anything.
    pub fn staged(&self, head_tree: Option<ObjectId>) -> Result<Staged, GitError> {
        let path = self.index_path();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // A repository in which nothing was ever added has no index.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return self.staged_in(&Index::default(), head_tree);
            }
            Err(source) => return Err(GitError::Io { path, source }),
        };
        match Index::parse(&bytes) {
            Ok(index) => self.staged_in(&index, head_tree),
            Err(Unread::Foreign) => self.staged_by_git(head_tree),
            Err(Unread::Damaged(why)) => Err(GitError::Index { path, why }),
        }
    }

    fn staged_in(&self, index: &Index<'_>, head_tree: Option<ObjectId>) -> Result<Staged, GitError> {
        if index.is_unmerged {
            let unmerged = index.entries().into_iter().filter(|entry| entry.stage != 0);
            let mut paths: Vec<RepoPath> = unmerged.map(|entry| RepoPath::new(&*entry.path)).collect();
            paths.dedup();
            return Err(GitError::Unmerged { paths });
        }
        // In most commits the root's cached tree is valid, and it is the tree being committed.
        if let Some((_, tree)) = index.cache.as_ref().and_then(|cache| cache.valid)
            && self.odb()?.exists(oid(tree))
        {
            return Ok(Staged { changes: self.diff_trees(head_tree, Some(tree))?, tree });
        }
        let mut walk = Walk { repo: self, changes: Vec::new() };
        let tree = walk.directory(&[], &index.entries(), index.cache.as_ref(), head_tree)?;
        let mut changes = walk.changes;
        changes.arrange_by(|a, b| a.path.cmp(&b.path));
        Ok(Staged { changes, tree: tree.unwrap_or_else(empty_tree) })
    }

    /// For the rare forms of index: split, sparse, or of a later version.
    fn staged_by_git(&self, head_tree: Option<ObjectId>) -> Result<Staged, GitError> {
        let against = head_tree.unwrap_or_else(empty_tree).to_string();
        let raw = self.git(&[
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--abbrev=40",
            "--ignore-submodules=none",
            &against,
        ])?;
        let damaged = || GitError::Command { command: "diff-index".into(), said: "its output cannot be read".into() };
        let mut changes = Vec::new();
        let mut fields = raw.split(|&byte| byte == 0).filter(|field| !field.is_empty());
        while let (Some(facts), Some(path)) = (fields.next(), fields.next()) {
            let text = std::str::from_utf8(facts).ok().and_then(|text| text.strip_prefix(':')).ok_or_else(damaged)?;
            let words: Vec<&str> = text.split(' ').collect();
            let [old_mode, new_mode, old_id, new_id, _status] = words.as_slice() else { return Err(damaged()) };
            let side = |mode: &str, id: &str| match u32::from_str_radix(mode, 8).ok()? {
                0 => Some(None),
                bits => Some(Some(Side { mode: Mode::from_bits(bits)?, id: id.parse().ok()? })),
            };
            let old = side(old_mode, old_id).ok_or_else(damaged)?;
            let new = side(new_mode, new_id).ok_or_else(damaged)?;
            changes.push(FileChange { path: RepoPath::new(path), from: None, old, new });
        }
        let unmerged: Vec<RepoPath> = changes
            .iter()
            .filter(|change| change.old.is_none() && change.new.is_none())
            .map(|change| change.path.clone())
            .collect();
        if !unmerged.is_empty() {
            return Err(GitError::Unmerged { paths: unmerged });
        }
        changes.arrange_by(|a, b| a.path.cmp(&b.path));
        let tree = self.tree_with(head_tree, &changes)?;
        Ok(Staged { changes, tree })
    }

    /// The id of a tree with changes applied, without writing it.
    fn tree_with(&self, tree: Option<ObjectId>, changes: &[FileChange]) -> Result<ObjectId, GitError> {
        let mut files: BTreeMap<RepoPath, Side> = self.files_of(tree)?.into_iter().gathered();
        for change in changes {
            match change.new {
                Some(side) => files.insert(change.path.clone(), side),
                None => files.remove(&change.path),
            };
        }
        let entry = |(path, side): (&RepoPath, &Side)| IndexEntry {
            path: path.as_bytes().to_vec().into(),
            side: *side,
            stage: 0,
            intent_to_add: false,
        };
        let entries: Vec<IndexEntry<'_>> = files.iter().map(entry).collect();
        let mut walk = Walk { repo: self, changes: Vec::new() };
        Ok(walk.directory(&[], &entries, None, None)?.unwrap_or_else(empty_tree))
    }

    /// Every file of a tree, sorted by path.
    pub fn files_of(&self, tree: Option<ObjectId>) -> Result<Vec<(RepoPath, Side)>, GitError> {
        let all = self.diff_trees(None, tree)?;
        Ok(all.into_iter().filter_map(|change| change.new.map(|side| (change.path, side))).collect())
    }
}

fn empty_tree() -> ObjectId {
    Oid::hash_object(ObjectType::Tree, b"").map_or(ObjectId::new([0; 20]), object_id)
}

/// Walks the index and a tree side by side, skipping directories whose cached tree is the same.
struct Walk<'a> {
    repo: &'a Repo,
    changes: Vec<FileChange>,
}

impl Walk<'_> {
    /// Compares one directory and returns the tree it would be written as; none when it is empty.
    fn directory(
        &mut self,
        prefix: &[u8],
        entries: &[IndexEntry<'_>],
        cache: Option<&CachedTree>,
        head: Option<ObjectId>,
    ) -> Result<Option<ObjectId>, GitError> {
        if prefix.len() > LONGEST_PATH {
            return Err(GitError::LongPath { limit: LONGEST_PATH });
        }
        if let Some((_, tree)) = cache.and_then(|cache| cache.valid)
            && Some(tree) == head
        {
            return Ok(head);
        }
        let what = || tree_of(prefix);
        let bytes = head.map_or(Ok(Vec::new()), |id| self.repo.read(id, ObjectType::Tree, &what))?;
        let mut before = VecDeque::from(head.map_or(Ok(Vec::new()), |id| parse(id, &bytes))?);
        let mut written = Vec::with_capacity(bytes.len());
        let mut rest = entries;
        while let Some(first) = rest.first() {
            let name = first.path.get(prefix.len()..).unwrap_or_default();
            let slash = memchr::memchr(b'/', name);
            let name = slash.and_then(|slash| name.get(..slash)).unwrap_or(name);
            let current = Entry::named(name, slash.is_some());
            while let Some(gone) = take_front(&mut before, |entry| entry.order(&current).is_lt()) {
                self.gone(prefix, &gone)?;
            }
            let old = take_front(&mut before, |entry| entry.order(&current).is_eq());
            if slash.is_some() {
                let inside = [prefix, name, b"/"].concat();
                let child = cache.and_then(|cache| cache.children.iter().find(|child| child.name == name));
                let (below, after) = split_directory(rest, &inside, child);
                if let Some(tree) = self.directory(&inside, below, child, old.map(|entry| entry.id))? {
                    push_entry(&mut written, 0o40_000, name, tree);
                }
                rest = after;
            } else {
                let new = Some(first.side).filter(|_| !first.intent_to_add);
                self.note((prefix, name), old.and_then(|entry| entry.side()), new);
                if let Some(side) = new {
                    push_entry(&mut written, side.mode.bits(), name, side.id);
                }
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        for gone in before {
            self.gone(prefix, &gone)?;
        }
        if written.is_empty() {
            return Ok(None);
        }
        let hashed = Oid::hash_object(ObjectType::Tree, &written);
        hashed.map(|id| Some(object_id(id))).map_err(|source| GitError::Git { what: "a tree's name".into(), source })
    }

    /// Notes that what a tree holds is not in the index any more.
    fn gone(&mut self, prefix: &[u8], entry: &Entry<'_>) -> Result<(), GitError> {
        if entry.is_tree() {
            let path = [prefix, entry.name].concat();
            let below = self.repo.diff_trees(Some(entry.id), None)?;
            let inside = |below: &RepoPath| RepoPath::new([path.as_slice(), b"/", below.as_bytes()].concat());
            self.changes.extend(below.into_iter().map(|change| FileChange { path: inside(&change.path), ..change }));
        } else {
            self.note((prefix, entry.name), entry.side(), None);
        }
        Ok(())
    }

    fn note(&mut self, (prefix, name): (&[u8], &[u8]), old: Option<Side>, new: Option<Side>) {
        if old != new {
            let path = RepoPath::new([prefix, name].concat());
            self.changes.push(FileChange { path, from: None, old, new });
        }
    }
}

fn take_front<T>(queue: &mut VecDeque<T>, wanted: impl Fn(&T) -> bool) -> Option<T> {
    if queue.front().is_some_and(wanted) { queue.pop_front() } else { None }
}

/// Parts the entries inside a directory from those after it. A cached tree says how many there
/// are, which is believed only where the paths agree.
fn split_directory<'e, 'b>(
    entries: &'e [IndexEntry<'b>],
    inside: &[u8],
    cached: Option<&CachedTree>,
) -> (&'e [IndexEntry<'b>], &'e [IndexEntry<'b>]) {
    let is_inside = |entry: &IndexEntry<'_>| entry.path.starts_with(inside);
    let covered = cached.and_then(|cached| cached.valid).and_then(|(covered, _)| entries.split_at_checked(covered));
    match covered {
        Some((below, after)) if below.last().is_some_and(is_inside) && !after.first().is_some_and(is_inside) => {
            (below, after)
        }
        _ => entries.split_at(entries.partition_point(is_inside)),
    }
}
