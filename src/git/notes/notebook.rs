//! Finding an object's note in the trees of one notes commit, in whatever layout they have.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use git2::ObjectType;

use super::NotesError;
use super::fanout::{FOLDER, lines};
use crate::git::formats::tree::Entry;
use crate::git::repo::Repo;
use crate::git::tree::entries;
use crate::model::{Gather, ObjectId};

/// A root of folders has some eight thousand bytes; a larger one is not kept while others are read.
const KEPT: usize = 64 << 10;

/// The notes as one notes commit has them, to be asked about one object after another.
#[derive(Debug)]
pub struct Notebook {
    tip: ObjectId,
    root: OnceLock<Root>,
}

#[derive(Debug)]
struct Root {
    tree: ObjectId,
    kept: Option<Vec<u8>>,
}

impl Notebook {
    /// Nothing is read before the first question.
    #[must_use]
    pub const fn at(tip: ObjectId) -> Self {
        Self { tip, root: OnceLock::new() }
    }
}

impl Repo {
    /// The lines of an object's note in a stream as it is now, read without walking the stream.
    pub fn noted(&self, stream: &str, object: ObjectId) -> Result<Vec<Vec<u8>>, NotesError> {
        let Some(tip) = self.stream_tip(stream)? else { return Ok(Vec::new()) };
        self.noted_in(&Notebook::at(tip.commit), object)
    }

    /// The same, as a notes commit has it, whether or not the stream has got there.
    fn noted_in(&self, notes: &Notebook, object: ObjectId) -> Result<Vec<Vec<u8>>, NotesError> {
        let Some(blob) = self.note_of(notes, object)? else { return Ok(Vec::new()) };
        let note = self.read_note_object(blob, ObjectType::Blob)?;
        Ok(lines(&note).map(<[u8]>::to_vec).collect())
    }

    /// The same, where what is no stream says nothing: `audit verify` tells it as damage.
    pub fn said_in(&self, notes: &Notebook, object: ObjectId) -> Result<Vec<Vec<u8>>, NotesError> {
        match self.noted_in(notes, object) {
            Err(error) if error.is_damage() => Ok(Vec::new()),
            lines => lines,
        }
    }

    /// Whether a line of any note is so; it reads no further than the first that is.
    pub fn is_said(&self, notes: &Notebook, is_so: &dyn Fn(&[u8]) -> bool) -> Result<bool, NotesError> {
        match self.find_said(notes, is_so) {
            Err(error) if error.is_damage() => Ok(false),
            found => found,
        }
    }

    fn find_said(&self, notes: &Notebook, is_so: &dyn Fn(&[u8]) -> bool) -> Result<bool, NotesError> {
        let mut trees = vec![self.root_of_notes(notes)?.0];
        // Each once: trees that name one another's folders unfold to more than anybody can read.
        let mut seen: HashSet<ObjectId> = trees.iter().copied().gathered();
        while let Some(tree) = trees.pop() {
            let bytes = self.read_note_object(tree, ObjectType::Tree)?;
            for entry in entries(tree, &bytes) {
                let entry = entry?;
                if entry.is_tree() {
                    trees.extend(Some(entry.id).filter(|id| seen.insert(*id)));
                } else if is_note(&entry) {
                    let note = self.read_note_object(entry.id, ObjectType::Blob)?;
                    if lines(&note).any(is_so) {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// The blob of an object's note.
    fn note_of(&self, notes: &Notebook, object: ObjectId) -> Result<Option<ObjectId>, NotesError> {
        let name = object.to_string();
        let mut rest = name.as_bytes();
        let (mut tree, mut bytes) = self.root_of_notes(notes)?;
        loop {
            let below = match place(tree, &bytes, rest)? {
                Place::Note(entry) => return Ok(is_note(&entry).then_some(entry.id)),
                Place::Folder(id) => id,
                Place::Nowhere => return Ok(None),
            };
            rest = rest.get(2..).unwrap_or_default();
            (tree, bytes) = (below, self.read_note_object(below, ObjectType::Tree)?.into());
        }
    }

    fn root_of_notes<'n>(&self, notes: &'n Notebook) -> Result<(ObjectId, Cow<'n, [u8]>), NotesError> {
        let root = notes.root.get();
        if let Some(Root { tree, kept: Some(bytes) }) = root {
            return Ok((*tree, bytes.into()));
        }
        let tree = root.map_or_else(|| self.commit(notes.tip).map(|commit| commit.tree), |root| Ok(root.tree))?;
        let bytes = self.read_note_object(tree, ObjectType::Tree)?;
        if bytes.len() > KEPT {
            notes.root.get_or_init(|| Root { tree, kept: None });
            return Ok((tree, bytes.into()));
        }
        let root = notes.root.get_or_init(|| Root { tree, kept: Some(bytes) });
        Ok((tree, root.kept.as_deref().unwrap_or_default().into()))
    }
}

const fn is_note(entry: &Entry<'_>) -> bool {
    entry.bits & 0o170_000 == 0o100_000
}

/// Where a tree has the note whose name ends in some digits.
enum Place<'a> {
    Note(Entry<'a>),
    /// In this folder of it, if anywhere.
    Folder(ObjectId),
    Nowhere,
}

/// A note goes before a folder. git sorts the folder `ab` before the note `abcd…`, so one look at the
/// entries up to the note's place finds either.
fn place<'a>(tree: ObjectId, bytes: &'a [u8], rest: &[u8]) -> Result<Place<'a>, NotesError> {
    let two = rest.get(..2).filter(|_| rest.len() > 2);
    let mut place = Place::Nowhere;
    for entry in entries(tree, bytes) {
        let entry = entry?;
        if entry.name == rest {
            return Ok(Place::Note(entry));
        }
        if Some(entry.name) == two && entry.bits == FOLDER {
            place = Place::Folder(entry.id);
        } else if entry.name > rest {
            break;
        }
    }
    Ok(place)
}
