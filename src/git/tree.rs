//! Trees: finding a path in one, and the difference of two.

use std::cmp::Ordering;

use git2::ObjectType;

use super::error::GitError;
use super::formats::tree::{self, Entry, parse_entry};
use super::repo::Repo;
use crate::model::{Arrange, FileChange, ObjectId, RepoPath, Side};

/// Nobody reviews more files than this at once; a tree that unfolds to more is an attack.
const MOST_FILES: usize = 1_000_000;

pub(super) fn parse(id: ObjectId, bytes: &[u8]) -> Result<Vec<Entry<'_>>, GitError> {
    entries(id, bytes).collect()
}

/// The entries one by one; what is no entry ends them.
pub(super) fn entries(id: ObjectId, bytes: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, GitError>> {
    tree::entries(bytes).map(move |entry| entry.ok_or(GitError::Malformed { id, what: "tree" }))
}

/// The entry that a tree, or the rest of one, begins with, and what follows it.
fn first(tree: Option<ObjectId>, rest: &[u8]) -> Result<Option<(Entry<'_>, &[u8])>, GitError> {
    match tree.filter(|_| !rest.is_empty()) {
        Some(id) => parse_entry(rest).map(Some).ok_or(GitError::Malformed { id, what: "tree" }),
        None => Ok(None),
    }
}

fn taken<'a>(rest: &mut &'a [u8], first: Option<(Entry<'a>, &'a [u8])>, is_wanted: bool) -> Option<Entry<'a>> {
    let (entry, after) = first.filter(|_| is_wanted)?;
    *rest = after;
    Some(entry)
}

/// The first entry that is wanted. The order is not relied on: what an odd tree has is found too.
fn find<'a>(id: ObjectId, bytes: &'a [u8], wanted: impl Fn(&Entry<'a>) -> bool) -> Result<Option<Entry<'a>>, GitError> {
    entries(id, bytes).find(|entry| entry.as_ref().map_or(true, &wanted)).transpose()
}

/// What still has to be compared: a directory, and its tree on either side.
struct Pair {
    prefix: Vec<u8>,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

impl Repo {
    /// The files that differ between two trees, sorted by path. No renames: a moved file is
    /// deleted and added. An absent tree is an empty one.
    pub fn diff_trees(&self, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<Vec<FileChange>, GitError> {
        self.diff_trees_up_to(old, new, MOST_FILES)
    }

    /// The same, failing once more than `limit` files differ.
    pub(super) fn diff_trees_up_to(
        &self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        limit: usize,
    ) -> Result<Vec<FileChange>, GitError> {
        let mut changes = Vec::new();
        let mut left = vec![Pair { prefix: Vec::new(), old, new }];
        let mut read = 0_usize;
        // A list of work instead of recursion: a hostile tree may be nested arbitrarily deep.
        while let Some(pair) = left.pop() {
            if pair.old == pair.new {
                continue;
            }
            self.diff_level(&pair, &mut changes, &mut left)?;
            if changes.len() + left.len() > limit {
                return Err(GitError::TooManyFiles { limit });
            }
            // Trees without any files may be in each other without end.
            read += 1;
            if read > MOST_FILES {
                return Err(GitError::TooManyFiles { limit: MOST_FILES });
            }
        }
        changes.arrange_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    fn diff_level(&self, pair: &Pair, changes: &mut Vec<FileChange>, left: &mut Vec<Pair>) -> Result<(), GitError> {
        let what = || tree_of(&pair.prefix);
        let bytes = |id: Option<ObjectId>| id.map_or(Ok(Vec::new()), |id| self.read(id, ObjectType::Tree, &what));
        let (old_bytes, new_bytes) = (bytes(pair.old)?, bytes(pair.new)?);
        let (mut old, mut new) = (old_bytes.as_slice(), new_bytes.as_slice());
        loop {
            let gone = first(pair.old, old)?;
            // Most entries are the same on both sides, and are read once.
            if let Some((_, after)) = gone
                && let Some(same) = new.strip_prefix(old.get(..old.len() - after.len()).unwrap_or_default())
            {
                (old, new) = (after, same);
                continue;
            }
            let came = first(pair.new, new)?;
            let order = match (&gone, &came) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((a, _)), Some((b, _))) => a.order(b),
            };
            let (gone, came) = (taken(&mut old, gone, order.is_le()), taken(&mut new, came, order.is_ge()));
            let Some(name) = came.or(gone).map(|entry| entry.name) else { return Ok(()) };
            let path = || [pair.prefix.as_slice(), name].concat();
            let tree = |entry: Option<Entry<'_>>| entry.filter(Entry::is_tree).map(|entry| entry.id);
            let (old_tree, new_tree) = (tree(gone), tree(came));
            if old_tree != new_tree {
                left.push(Pair { prefix: [path().as_slice(), b"/"].concat(), old: old_tree, new: new_tree });
            }
            let (old_file, new_file) = (gone.and_then(|entry| entry.side()), came.and_then(|entry| entry.side()));
            if old_file != new_file {
                changes.push(FileChange { path: RepoPath::new(path()), from: None, old: old_file, new: new_file });
            }
        }
    }

    /// Every file of a tree below some folders; an empty name stands for the whole tree.
    pub fn paths_under(&self, root: ObjectId, folders: &[String]) -> Result<Vec<RepoPath>, GitError> {
        let mut paths = Vec::new();
        for folder in folders {
            let tree = if folder.is_empty() { Some(root) } else { self.tree_at(root, folder)? };
            let inside = |path: &RepoPath| match folder.as_str() {
                "" => path.clone(),
                folder => RepoPath::new([folder.as_bytes(), b"/", path.as_bytes()].concat()),
            };
            paths.extend(self.diff_trees(None, tree)?.iter().map(|change| inside(&change.path)));
        }
        paths.arrange();
        paths.dedup();
        Ok(paths)
    }

    /// The files below a folder that differ between two trees, by their paths in it.
    pub fn diff_under(&self, folder: &str, old: ObjectId, new: ObjectId) -> Result<Vec<FileChange>, GitError> {
        self.diff_trees(self.tree_at(old, folder)?, self.tree_at(new, folder)?)
    }

    fn tree_at(&self, root: ObjectId, folder: &str) -> Result<Option<ObjectId>, GitError> {
        let mut tree = root;
        for part in folder.split('/') {
            let bytes = self.read(tree, ObjectType::Tree, &|| format!("a tree on the way to `{folder}`"))?;
            match find(tree, &bytes, |entry| entry.is_tree() && entry.name == part.as_bytes())? {
                Some(entry) => tree = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some(tree))
    }

    /// Whether a tree is here, rather than only its name.
    #[must_use]
    pub fn has_tree(&self, tree: ObjectId) -> bool {
        self.read(tree, ObjectType::Tree, &String::new).is_ok()
    }

    /// What a tree holds at a path.
    pub fn entry_at(&self, root: ObjectId, path: &RepoPath) -> Result<Option<Side>, GitError> {
        let mut tree = root;
        let mut parts = path.as_bytes().split(|&byte| byte == b'/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let bytes = self.read(tree, ObjectType::Tree, &|| format!("a tree on the way to `{path}`"))?;
            match find(tree, &bytes, |entry| entry.name == part && entry.is_tree() != is_last)? {
                Some(entry) if is_last => return Ok(entry.side()),
                Some(entry) => tree = entry.id,
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// A tree in words, by the path before its entries' names.
pub(super) fn tree_of(prefix: &[u8]) -> String {
    if prefix.is_empty() { "the root tree".to_owned() } else { format!("the tree of `{}`", RepoPath::new(prefix)) }
}
