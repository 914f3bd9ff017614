//! Adding entries to a stream: objects first, then the reference, so that a crash at any instant
//! leaves the old state or the new one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use git2::ObjectType;

use super::durable::Durability;
use super::fanout::{Notes, write_object};
use super::lock::Lock;
use super::reference::{Move, read, reference_name, swap};
use super::{Noted, NotesError, Step, Stream, message};
use crate::git::{Commit, GitError, Repo};
use crate::model::{ObjectId, Seen};

/// How often a stream may move between reading and writing it before that is said.
const ATTEMPTS: usize = 20;

/// The newest commit of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamTip {
    pub commit: ObjectId,
    pub tree: ObjectId,
    /// The head of the chain as the commit's message repeats it; none where something else wrote it.
    pub head: Option<Seen>,
}

/// Where a stream goes on.
struct End<'a> {
    stream: &'a str,
    tip: Option<&'a StreamTip>,
}

/// What one notes commit adds.
#[derive(Clone, Debug)]
pub struct Draft {
    pub notes: Vec<Noted>,
    /// The last entry among them.
    pub head: Seen,
    pub subject: String,
    /// When the last of them was made, in seconds since 1970: what is appended later is made no earlier.
    pub time: u64,
}

/// Who writes the notes commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    pub name: String,
    pub email: String,
}

impl Repo {
    /// The name of the newest commit of a stream; `None` while the stream does not exist.
    pub fn stream_commit(&self, stream: &str) -> Result<Option<ObjectId>, NotesError> {
        read(self, &reference_name(stream)?)
    }

    /// That commit.
    pub fn stream_tip(&self, stream: &str) -> Result<Option<StreamTip>, NotesError> {
        let Some(id) = self.stream_commit(stream)? else { return Ok(None) };
        let bytes = self.read_note_object(id, ObjectType::Commit)?;
        let commit = Commit::parse(id, &bytes).ok_or(GitError::Malformed { id, what: "commit" })?;
        Ok(Some(StreamTip { commit: id, tree: commit.tree, head: message::head(&commit.message) }))
    }

    /// The entry that a stream ends with, and the commit that says so. Those that laid its notes out
    /// anew, as git does, say nothing and are looked past.
    pub fn ending(&self, tip: &StreamTip) -> Result<Option<(Seen, ObjectId)>, GitError> {
        if let Some(head) = tip.head {
            return Ok(Some((head, tip.commit)));
        }
        let mut next = Some(tip.commit);
        while let Some(id) = next {
            let commit = self.commit(id)?;
            if let Some(head) = message::head(&commit.message) {
                return Ok(Some((head, id)));
            }
            let did_nothing = |step: &Step| step.added.is_empty() && step.oddities.is_empty();
            if !self.step_of(&commit).is_some_and(|step| did_nothing(&step)) {
                return Ok(None);
            }
            next = commit.parents.first().copied();
        }
        Ok(None)
    }

    /// Goes on with a stream that is not here any more, or not yet, where a remote was last seen to
    /// have it: one that began anew under its name would contradict it for ever.
    pub fn take_up(&self, stream: &str) -> Result<(), NotesError> {
        if self.place.quarantined || read(self, &reference_name(stream)?)?.is_some() {
            return Ok(());
        }
        let is_copy = |found: &Stream| found.remote.is_some() && found.name == stream;
        let copies = self.streams()?.into_iter().filter(is_copy).filter_map(|copy| copy.tip);
        let furthest = copies.max_by_key(|&tip| self.head_at(tip).ok().flatten().map(|head| head.seq));
        let Some(new) = furthest else { return Ok(()) };
        self.take_up_at(stream, new)
    }

    /// Has a stream that is not here yet be this copy of it.
    pub fn take_up_at(&self, stream: &str, new: ObjectId) -> Result<(), NotesError> {
        if self.place.quarantined {
            return Ok(());
        }
        let step = Move { stream, expected: None, new, durable: Durability::of(self).reference };
        match swap(self, &mut Lock::take(self)?, &step) {
            // Another process of this clone was faster.
            Err(NotesError::Moved { .. }) => Ok(()),
            done => done,
        }
    }

    /// The head of the chain as a notes commit repeats it; none where something else wrote it.
    pub fn head_at(&self, commit: ObjectId) -> Result<Option<Seen>, GitError> {
        Ok(message::head(&self.commit(commit)?.message))
    }

    /// Appends what `draft` makes of the stream's tip, which nobody else in this clone moves
    /// meanwhile. It is asked again when git itself moved it (a fetch, for one); when it makes
    /// nothing of it, nothing is written.
    pub fn append<E: From<NotesError>>(
        &self,
        stream: &str,
        writer: &Writer,
        mut draft: impl FnMut(Option<&StreamTip>) -> Result<Option<Draft>, E>,
    ) -> Result<Option<ObjectId>, E> {
        if self.place.quarantined {
            return Err(NotesError::Quarantined.into());
        }
        let mut lock = Lock::take(self)?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let tip = self.stream_tip(stream)?;
            let Some(draft) = draft(tip.as_ref())? else { return Ok(None) };
            match self.append_locked(&mut lock, &End { stream, tip: tip.as_ref() }, &draft, writer) {
                Err(NotesError::Moved { .. }) if attempt < ATTEMPTS => {}
                done => return Ok(done.map(Some)?),
            }
        }
    }

    fn append_locked(
        &self,
        lock: &mut Lock,
        &End { stream, tip }: &End<'_>,
        draft: &Draft,
        writer: &Writer,
    ) -> Result<ObjectId, NotesError> {
        let mut notes = Notes::open(self, stream, tip.map(|tip| tip.tree))?;
        // What is said of one object at once is one write: each would write all of its note again.
        let mut texts: BTreeMap<ObjectId, Vec<u8>> = BTreeMap::new();
        for Noted { object, line } in &draft.notes {
            if line.contains(&b'\n') {
                return Err(NotesError::LineBreak);
            }
            texts.entry(*object).or_default().extend([line.as_slice(), b"\n"].concat());
        }
        for (object, text) in texts {
            notes.add(object, &text)?;
        }
        let tree = notes.write_trees()?;
        let mut commit = format!("tree {tree}\n");
        // Writing to a `String` cannot fail.
        if let Some(tip) = tip {
            let _ = writeln!(commit, "parent {}", tip.commit);
        }
        let signature = writer.signature(draft.time).ok_or(NotesError::NoIdentity)?;
        let _ = write!(commit, "author {signature}\ncommitter {signature}\n\n");
        commit.push_str(&message::written(&draft.subject, &draft.head));
        let new = write_object(self, stream, ObjectType::Commit, commit.as_bytes())?;
        let durability = Durability::of(self);
        for id in notes.into_written().chain([new]) {
            let path = self.common_dir().join("objects");
            durability.settle(self, id).map_err(|source| NotesError::Write { path, source })?;
        }
        let expected = tip.map(|tip| tip.commit);
        swap(self, lock, &Move { stream, expected, new, durable: durability.reference })?;
        Ok(new)
    }
}

impl Writer {
    /// `Name <email> seconds +0000`; none when neither a name nor an address is known. What is
    /// missing is filled in from the other: git takes an empty name for damage.
    fn signature(&self, time: u64) -> Option<String> {
        let clean = |text: &str| {
            let kept: String = text.chars().filter(|char| !matches!(char, '<' | '>') && !char.is_control()).collect();
            kept.trim_matches(|char: char| char.is_whitespace() || ".,:;\"'\\".contains(char)).to_owned()
        };
        let (name, email) = (clean(&self.name), clean(&self.email));
        let shown = match (name.is_empty(), email.is_empty()) {
            (true, true) => return None,
            (true, false) => email.split('@').next().unwrap_or_default().to_owned(),
            (false, _) => name,
        };
        Some(format!("{shown} <{email}> {time} +0000"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(name: &str, email: &str) -> Writer {
        Writer { name: name.into(), email: email.into() }
    }

    #[test]
    fn a_signature_is_one_that_git_reads() {
        let signed = |name, email| writer(name, email).signature(1_700_000_000).unwrap_or_default();

        assert_eq!(signed("Mira", "mira@example.com"), "Mira <mira@example.com> 1700000000 +0000");
        assert_eq!(signed("Mira <x>\nparent", "m@e\0"), "Mira xparent <m@e> 1700000000 +0000");
        assert_eq!(signed("", "mira@example.com"), "mira <mira@example.com> 1700000000 +0000");
        assert_eq!(signed("Mira", ""), "Mira <> 1700000000 +0000");
        assert_eq!(writer(" ", "<>").signature(1), None);
    }
}
