//! A tree of notes: adding to it in the layout that it has.
//!
//! git accepts any mixture of `abcd…`, `ab/cd…` and `ab/cd/…`. A new tree starts with one level of
//! folders; where a folder is full, what comes next goes one level deeper and the rest stays where
//! it is, so no append ever rewrites more than one path.

use std::cell::RefCell;
use std::collections::BTreeMap;

use git2::ObjectType;

use super::NotesError;
use crate::git::repo::{Repo, object_id};
use crate::git::tree::{Entry, parse, push_entry};
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
#[derive(Default)]
struct Folder {
    entries: Vec<Slot>,
    opened: BTreeMap<Vec<u8>, Folder>,
}

struct Slot {
    bits: u32,
    name: Vec<u8>,
    id: ObjectId,
}

impl Slot {
    fn as_entry(&self) -> Entry<'_> {
        Entry { bits: self.bits, name: &self.name, id: self.id }
    }
}

impl Folder {
    fn load(repo: &Repo, id: ObjectId) -> Result<Self, NotesError> {
        let bytes = repo.read_note_object(id, ObjectType::Tree)?;
        let slot = |entry: Entry<'_>| Slot { bits: entry.bits, name: entry.name.to_vec(), id: entry.id };
        Ok(Self { entries: parse(id, &bytes)?.into_iter().map(slot).collect(), opened: BTreeMap::new() })
    }

    fn find(&self, name: &[u8]) -> Option<&Slot> {
        self.entries.iter().find(|slot| slot.name == name)
    }

    fn put(&mut self, new: Slot) {
        let order = |slot: &Slot| slot.as_entry().order(&new.as_entry());
        match self.entries.iter().position(|slot| order(slot).is_ge()) {
            Some(at) if self.entries.get(at).is_some_and(|slot| order(slot).is_eq()) => {
                if let Some(slot) = self.entries.get_mut(at) {
                    *slot = new;
                }
            }
            Some(at) => self.entries.insert(at, new),
            None => self.entries.push(new),
        }
    }

    fn wants_folders(&self, depth: usize) -> bool {
        let is_folder = |slot: &Slot| slot.bits == FOLDER && slot.name.len() == 2;
        let is_new_root = depth == 0 && self.entries.is_empty();
        is_new_root || self.entries.len() >= FULL || !self.opened.is_empty() || self.entries.iter().any(is_folder)
    }

    /// Adds the text to the note of the object whose name ends in `rest`.
    fn add(&mut self, rest: &[u8], depth: usize, text: &[u8], at: &Notes<'_>) -> Result<(), NotesError> {
        if let Some(slot) = self.find(rest) {
            if slot.bits & 0o170_000 != 0o100_000 {
                return Err(at.astray(rest));
            }
            let mut note = at.repo.read_note_object(slot.id, ObjectType::Blob)?;
            if note.last().is_some_and(|&byte| byte != b'\n') {
                note.push(b'\n');
            }
            note.extend_from_slice(text);
            let id = at.write(ObjectType::Blob, &note)?;
            self.put(Slot { bits: NOTE, name: rest.to_vec(), id });
            return Ok(());
        }
        let Some((two, below)) = rest.split_at_checked(2).filter(|(_, below)| !below.is_empty()) else {
            return Err(at.astray(rest));
        };
        let there = match self.find(two) {
            Some(slot) if slot.bits == FOLDER => Some(slot.id),
            Some(_) => return Err(at.astray(two)),
            None => None,
        };
        if there.is_none() && !self.opened.contains_key(two) && !self.wants_folders(depth) {
            let id = at.write(ObjectType::Blob, text)?;
            self.put(Slot { bits: NOTE, name: rest.to_vec(), id });
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
            self.put(Slot { bits: FOLDER, name, id });
        }
        let mut bytes = Vec::with_capacity(self.entries.len() * 66);
        for slot in &self.entries {
            push_entry(&mut bytes, slot.bits, &slot.name, slot.id);
        }
        at.write(ObjectType::Tree, &bytes)
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
    written.map(object_id).map_err(|source| NotesError::Object { stream: stream.to_owned(), source })
}
