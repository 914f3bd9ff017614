//! What two trees of notes differ in, told by object and not by path: the layout never matters.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use git2::ObjectType;

use crate::git::formats::tree::{Entry, parse_entry};
use crate::git::{GitError, Repo};
use crate::model::{Arrange, ObjectId, RepoPath, is_lower_hex};

/// One commit that touches more notes or trees than this is an attack, or damage.
const MOST: usize = 1_000_000;

/// More folders than two levels have, and git makes no third for as many notes. A tree that unfolds
/// without end reaches this long before the other, and each of them costs a read.
const MOST_FOLDERS: usize = 256 * 258;

/// What is not a note is reported one by one; with this many it is a tree of something else.
const MOST_STRAYS: usize = 10_000;

/// A note's name in full.
const NAME: usize = 40;

#[derive(Debug, Default)]
pub(super) struct Difference {
    /// For each object the blobs of its notes, those that went and those that came.
    pub(super) notes: BTreeMap<ObjectId, Change>,
    /// What came and is neither a note nor a folder of notes.
    pub(super) strays: Vec<RepoPath>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) gone: Vec<ObjectId>,
    pub(super) came: Vec<ObjectId>,
}

/// Compares one tree after the other along a history, reading each root once.
pub(super) struct Differ<'repo> {
    repo: &'repo Repo,
    last_root: Option<(ObjectId, Rc<[u8]>)>,
}

struct Pair {
    /// The digits of the object's name that the folders on the way spell.
    digits: Vec<u8>,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

enum Place {
    Folder,
    Note(ObjectId),
    Stray,
}

impl<'repo> Differ<'repo> {
    pub(super) const fn new(repo: &'repo Repo) -> Self {
        Self { repo, last_root: None }
    }

    pub(super) fn difference(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Difference, GitError> {
        let mut found = Difference::default();
        let mut left = vec![Pair { digits: Vec::new(), old, new: Some(new) }];
        let mut folders = 0;
        while let Some(pair) = left.pop() {
            folders += 1;
            let reached =
                [(found.notes.len() + left.len(), MOST), (folders, MOST_FOLDERS), (found.strays.len(), MOST_STRAYS)];
            if let Some((_, limit)) = reached.into_iter().find(|(count, limit)| count > limit) {
                return Err(GitError::TooManyFiles { limit });
            }
            if pair.old != pair.new {
                self.level(&pair, &mut found, &mut left)?;
            }
        }
        // A note that moved to another path is the same note.
        found.notes.retain(|_, change| {
            change.gone.arrange();
            change.came.arrange();
            change.gone != change.came
        });
        found.strays.arrange();
        Ok(found)
    }

    fn level(&mut self, pair: &Pair, found: &mut Difference, left: &mut Vec<Pair>) -> Result<(), GitError> {
        let is_root = pair.digits.is_empty();
        let old_bytes = self.tree(pair.old, is_root)?;
        let new_bytes = self.tree(pair.new, is_root)?;
        let (mut old, mut new) = (Entries::of(pair.old, &old_bytes), Entries::of(pair.new, &new_bytes));
        let (mut gone, mut came) = (old.next()?, new.next()?);
        loop {
            let order = match (&gone, &came) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.order(b),
            };
            let old_entry = if order.is_le() { std::mem::replace(&mut gone, old.next()?) } else { None };
            let new_entry = if order.is_ge() { std::mem::replace(&mut came, new.next()?) } else { None };
            if let (Some(a), Some(b)) = (&old_entry, &new_entry)
                && (a.id, a.bits) == (b.id, b.bits)
            {
                continue;
            }
            note(pair, old_entry, new_entry, found, left);
        }
    }

    fn tree(&mut self, id: Option<ObjectId>, is_root: bool) -> Result<Rc<[u8]>, GitError> {
        let Some(id) = id else { return Ok(Rc::from([])) };
        if let Some((last, bytes)) = self.last_root.as_ref().filter(|_| is_root)
            && *last == id
        {
            return Ok(Rc::clone(bytes));
        }
        let bytes: Rc<[u8]> = self.repo.read_note_object(id, ObjectType::Tree)?.into();
        if is_root {
            self.last_root = Some((id, Rc::clone(&bytes)));
        }
        Ok(bytes)
    }
}

/// Files one pair of entries of the same name under what it means.
fn note(pair: &Pair, gone: Option<Entry<'_>>, came: Option<Entry<'_>>, found: &mut Difference, left: &mut Vec<Pair>) {
    let mut folder = None;
    for (entry, is_new) in [(gone, false), (came, true)] {
        let Some(entry) = entry else { continue };
        match place(&pair.digits, &entry) {
            Place::Note(object) => {
                let change = found.notes.entry(object).or_default();
                if is_new { change.came.push(entry.id) } else { change.gone.push(entry.id) }
            }
            Place::Folder => {
                let digits = || [pair.digits.as_slice(), entry.name].concat();
                let pair = folder.get_or_insert_with(|| Pair { digits: digits(), old: None, new: None });
                if is_new { pair.new = Some(entry.id) } else { pair.old = Some(entry.id) }
            }
            Place::Stray if is_new => {
                let folders: Vec<u8> = pair.digits.chunks(2).flat_map(|two| [two, b"/"].concat()).collect();
                found.strays.push(RepoPath::new([folders.as_slice(), entry.name].concat()));
            }
            Place::Stray => {}
        }
    }
    left.extend(folder);
}

fn place(digits: &[u8], entry: &Entry<'_>) -> Place {
    let length = digits.len() + entry.name.len();
    if !is_lower_hex(entry.name) {
        return Place::Stray;
    }
    if entry.is_tree() {
        return if entry.name.len() == 2 && length < NAME { Place::Folder } else { Place::Stray };
    }
    if entry.bits & 0o170_000 != 0o100_000 || length != NAME {
        return Place::Stray;
    }
    let name = [digits, entry.name].concat();
    std::str::from_utf8(&name).ok().and_then(|name| name.parse().ok()).map_or(Place::Stray, Place::Note)
}

/// The entries of a tree's bytes, one by one.
struct Entries<'a> {
    id: Option<ObjectId>,
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    const fn of(id: Option<ObjectId>, bytes: &'a [u8]) -> Self {
        Self { id, rest: bytes }
    }

    fn next(&mut self) -> Result<Option<Entry<'a>>, GitError> {
        let Some(id) = self.id.filter(|_| !self.rest.is_empty()) else { return Ok(None) };
        let (entry, rest) = parse_entry(self.rest).ok_or(GitError::Malformed { id, what: "tree" })?;
        self.rest = rest;
        Ok(Some(entry))
    }
}
