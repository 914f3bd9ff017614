//! Trees: parsing one, finding a path, and the difference of two.

use std::cmp::Ordering;

use git2::ObjectType;

use super::error::GitError;
use super::repo::Repo;
use crate::model::{Arrange, FileChange, Mode, ObjectId, RepoPath, Side};

/// Nobody reviews more files than this at once; a tree that unfolds to more is an attack.
const MOST_FILES: usize = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) bits: u32,
    pub(super) name: &'a [u8],
    pub(super) id: ObjectId,
}

impl<'a> Entry<'a> {
    /// An entry that stands for its name in a comparison.
    pub(super) const fn named(name: &'a [u8], is_tree: bool) -> Self {
        Self { bits: if is_tree { 0o040_000 } else { 0o100_644 }, name, id: ObjectId::new([0; 20]) }
    }

    pub(super) const fn is_tree(&self) -> bool {
        self.bits & 0o170_000 == 0o040_000
    }

    pub(super) const fn side(&self) -> Option<Side> {
        match Mode::from_bits(self.bits) {
            Some(mode) => Some(Side { mode, id: self.id }),
            None => None,
        }
    }

    /// git's order: by name, a directory's followed by `/`.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| if entry.is_tree() { b'/' } else { 0 };
        let common = self.name.len().min(other.name.len());
        let (a, b) = (self.name.get(..common), other.name.get(..common));
        a.cmp(&b).then_with(|| {
            let next = |entry: &Self| entry.name.get(common).copied().unwrap_or_else(|| key(entry));
            next(self).cmp(&next(other)).then(self.name.len().cmp(&other.name.len()))
        })
    }
}

pub(super) fn parse(id: ObjectId, bytes: &[u8]) -> Result<Vec<Entry<'_>>, GitError> {
    entries(id, bytes).collect()
}

/// The entries one by one; what is no entry ends them.
pub(super) fn entries(id: ObjectId, bytes: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, GitError>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let parsed = parse_entry(rest);
        rest = parsed.map_or(&[], |(_, after)| after);
        Some(parsed.map(|(entry, _)| entry).ok_or(GitError::Malformed { id, what: "tree" }))
    })
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

pub(super) fn parse_entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let mut bits = 0_u32;
    let mut digits = 0;
    let mut rest = bytes;
    // Modes and names are short: a search that first prepares itself takes longer than this.
    while let [digit @ b'0'..=b'7', after @ ..] = rest {
        bits = bits << 3 | u32::from(digit - b'0');
        digits += 1;
        rest = after;
        if digits > 6 {
            return None;
        }
    }
    let rest = rest.strip_prefix(b" ").filter(|_| digits >= 5)?;
    // git reads a mode of no known kind as a submodule; what no kind describes is not guessed at.
    if bits & 0o170_000 != 0o040_000 && Mode::from_bits(bits).is_none() {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (name, rest) = rest.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
    let (id, rest) = rest.get(1..)?.split_first_chunk::<20>()?;
    Some((Entry { bits, name, id: ObjectId::new(*id) }, rest))
}

/// Writes one entry the way [`parse`] reads it.
pub(super) fn push_entry(tree: &mut Vec<u8>, bits: u32, name: &[u8], id: ObjectId) {
    match bits {
        0o100_644 => tree.extend_from_slice(b"100644 "),
        0o040_000 => tree.extend_from_slice(b"40000 "),
        other => tree.extend_from_slice(format!("{other:o} ").as_bytes()),
    }
    tree.extend_from_slice(name);
    tree.push(0);
    tree.extend_from_slice(id.as_bytes());
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
        // A list of work instead of recursion: a hostile tree may be nested arbitrarily deep.
        while let Some(pair) = left.pop() {
            if pair.old == pair.new {
                continue;
            }
            self.diff_level(&pair, &mut changes, &mut left)?;
            if changes.len() + left.len() > limit {
                return Err(GitError::TooManyFiles { limit });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(entries: &[(&str, &str)]) -> Vec<u8> {
        entries
            .iter()
            .flat_map(|(mode, name)| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[7; 20]].concat())
            .collect()
    }

    #[test]
    fn a_tree_is_parsed_into_its_entries() {
        let bytes = raw(&[("100644", "a"), ("40000", "b"), ("120000", "c")]);

        let entries = parse(ObjectId::new([0; 20]), &bytes).unwrap();

        let seen: Vec<(&[u8], bool, Option<Mode>)> =
            entries.iter().map(|entry| (entry.name, entry.is_tree(), entry.side().map(|side| side.mode))).collect();
        assert_eq!(
            seen,
            [(&b"a"[..], false, Some(Mode::Regular)), (b"b", true, None), (b"c", false, Some(Mode::Symlink))]
        );
    }

    #[test]
    fn a_truncated_tree_is_refused() {
        let bytes = raw(&[("100644", "a")]);

        for end in 1..bytes.len() {
            assert!(parse(ObjectId::new([0; 20]), &bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn an_entry_of_no_known_kind_is_refused_and_an_odd_permission_is_not() {
        let id = ObjectId::new([0; 20]);

        assert!(parse(id, &raw(&[("110644", "hidden")])).is_err());
        assert!(parse(id, &raw(&[("100600", "odd")])).is_ok());
    }

    #[test]
    fn a_directory_sorts_as_if_its_name_ended_in_a_slash() {
        let entry = |bits, name| Entry { bits, name, id: ObjectId::new([0; 20]) };
        let (file, dotted, dir) =
            (entry(0o100_644, &b"a"[..]), entry(0o100_644, &b"a.b"[..]), entry(0o040_000, &b"a"[..]));

        assert_eq!(file.order(&dotted), Ordering::Less);
        assert_eq!(dotted.order(&dir), Ordering::Less);
        assert_eq!(file.order(&dir), Ordering::Less);
        assert_eq!(dir.order(&dir), Ordering::Equal);
    }
}
