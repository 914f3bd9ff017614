//! A tree of notes: adding to it in the layout that it has.
//!
//! git accepts any mixture of `abcd…`, `ab/cd…` and `ab/cd/…`. A new tree starts with one level of
//! folders; where a folder is full, what comes next goes one level deeper and the rest stays where
//! it is, so no append ever rewrites more than one path.

use std::cell::RefCell;
use std::collections::BTreeMap;

use git2::ObjectType;

use super::NotesError;
use crate::git::formats::tree::{Entry, parse_entry, push_entry};
use crate::git::repo::{Repo, object_id};
use crate::git::tree::entries;
use crate::model::ObjectId;

/// A folder with this many notes gets no more of them, but folders.
const FULL: usize = 64;

pub(super) const FOLDER: u32 = 0o040_000;
const NOTE: u32 = 0o100_644;

/// A tree to which notes are added.
pub(super) struct Notes<'repo> {
    repo: &'repo Repo,
    stream: &'repo str,
    root: Folder,
    written: RefCell<Vec<ObjectId>>,
}

/// The lines of a note, each without its line break.
pub(super) fn lines(note: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ended = note.strip_suffix(b"\n").unwrap_or(note);
    ended.split(|&byte| byte == b'\n').filter(move |_| !note.is_empty())
}

/// One tree, and those of its folders that were opened.
struct Folder {
    id: ObjectId,
    /// As git stores it: of some hundred entries an append changes one.
    tree: Vec<u8>,
    opened: BTreeMap<Vec<u8>, Folder>,
}

impl Default for Folder {
    fn default() -> Self {
        Self { id: ObjectId::EMPTY_TREE, tree: Vec::new(), opened: BTreeMap::new() }
    }
}

/// What a folder has where a note would be.
#[derive(Default)]
struct Found {
    note: Option<(u32, ObjectId)>,
    /// Named like the next two digits of the note's name.
    folder: Option<(u32, ObjectId)>,
    entries: usize,
    has_folders: bool,
}

impl Folder {
    fn load(repo: &Repo, id: ObjectId) -> Result<Self, NotesError> {
        Ok(Self { id, tree: repo.read_note_object(id, ObjectType::Tree)?, opened: BTreeMap::new() })
    }

    fn look(&self, rest: &[u8]) -> Result<Found, NotesError> {
        let two = rest.get(..2).filter(|_| rest.len() > 2);
        let mut found = Found::default();
        for entry in entries(self.id, &self.tree) {
            let Entry { bits, name, id } = entry?;
            if name == rest {
                found.note.get_or_insert((bits, id));
            } else if Some(name) == two {
                found.folder.get_or_insert((bits, id));
            }
            found.entries += 1;
            found.has_folders |= bits == FOLDER && name.len() == 2;
        }
        Ok(found)
    }

    fn put(&mut self, bits: u32, name: &[u8], id: ObjectId) {
        let new = Entry { bits, name, id };
        let (mut start, mut end) = (0, 0);
        while let Some((entry, rest)) = self.tree.get(start..).and_then(parse_entry) {
            let order = entry.order(&new);
            let after = self.tree.len() - rest.len();
            end = if order.is_le() { after } else { start };
            if order.is_ge() {
                break;
            }
            start = after;
        }
        let mut written = Vec::with_capacity(name.len() + 28);
        push_entry(&mut written, bits, name, id);
        self.tree.splice(start..end, written);
    }

    /// Adds the text to the note of the object whose name ends in `rest`.
    fn add(&mut self, rest: &[u8], depth: usize, text: &[u8], at: &Notes<'_>) -> Result<(), NotesError> {
        let found = self.look(rest)?;
        if let Some((bits, id)) = found.note {
            if bits & 0o170_000 != 0o100_000 {
                return Err(at.astray(rest));
            }
            let mut note = at.repo.read_note_object(id, ObjectType::Blob)?;
            if note.last().is_some_and(|&byte| byte != b'\n') {
                note.push(b'\n');
            }
            note.extend_from_slice(text);
            let id = at.write(ObjectType::Blob, &note)?;
            self.put(NOTE, rest, id);
            return Ok(());
        }
        let Some((two, below)) = rest.split_at_checked(2).filter(|(_, below)| !below.is_empty()) else {
            return Err(at.astray(rest));
        };
        let there = match found.folder {
            Some((FOLDER, id)) => Some(id),
            Some(_) => return Err(at.astray(two)),
            None => None,
        };
        let is_new_root = depth == 0 && found.entries == 0;
        let wants_folders = is_new_root || found.entries >= FULL || !self.opened.is_empty() || found.has_folders;
        if there.is_none() && !wants_folders {
            let id = at.write(ObjectType::Blob, text)?;
            self.put(NOTE, rest, id);
            return Ok(());
        }
        let mut folder = match (self.opened.remove(two), there) {
            (Some(opened), _) => opened,
            (None, Some(id)) => Self::load(at.repo, id)?,
            (None, None) => Self::default(),
        };
        folder.add(below, depth + 1, text, at)?;
        self.opened.insert(two.to_vec(), folder);
        Ok(())
    }

    fn write(mut self, at: &Notes<'_>) -> Result<ObjectId, NotesError> {
        for (name, folder) in std::mem::take(&mut self.opened) {
            let id = folder.write(at)?;
            self.put(FOLDER, &name, id);
        }
        at.write(ObjectType::Tree, &self.tree)
    }
}

impl<'repo> Notes<'repo> {
    pub(super) fn open(repo: &'repo Repo, stream: &'repo str, tree: Option<ObjectId>) -> Result<Self, NotesError> {
        let root = tree.map_or(Ok(Folder::default()), |tree| Folder::load(repo, tree))?;
        Ok(Self { repo, stream, root, written: RefCell::default() })
    }

    /// Adds lines to the note of an object, which stands under the same name wherever it is.
    pub(super) fn add(&mut self, object: ObjectId, text: &[u8]) -> Result<(), NotesError> {
        let mut root = std::mem::take(&mut self.root);
        let added = root.add(object.to_string().as_bytes(), 0, text, self);
        self.root = root;
        added
    }

    /// Writes the trees that changed and returns the root.
    pub(super) fn write_trees(&mut self) -> Result<ObjectId, NotesError> {
        std::mem::take(&mut self.root).write(self)
    }

    pub(super) fn write(&self, kind: ObjectType, bytes: &[u8]) -> Result<ObjectId, NotesError> {
        let id = write_object(self.repo, self.stream, kind, bytes)?;
        self.written.borrow_mut().push(id);
        Ok(id)
    }

    /// Every object that was written.
    pub(super) fn into_written(self) -> impl Iterator<Item = ObjectId> {
        self.written.into_inner().into_iter()
    }

    fn astray(&self, at: &[u8]) -> NotesError {
        NotesError::Layout { stream: self.stream.to_owned(), at: String::from_utf8_lossy(at).into_owned() }
    }
}

pub(super) fn write_object(repo: &Repo, stream: &str, kind: ObjectType, bytes: &[u8]) -> Result<ObjectId, NotesError> {
    if let Some(id) = repo.write_loose(kind, bytes) {
        return Ok(id);
    }
    let written = repo.odb()?.write(kind, bytes);
    let id = written.map(object_id).map_err(|source| NotesError::Object { stream: stream.to_owned(), source })?;
    repo.share_object(id);
    Ok(id)
}
