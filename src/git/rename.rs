//! Which deleted file became which added one.
//!
//! An identical blob always counts. Files at least half alike count only while there are few
//! candidates, as the risk card defines it: a rename decides how many lines a person sees, never
//! which paths are judged.

use std::collections::HashMap;

use super::content::HELD_WHOLE;
use super::error::GitError;
use super::repo::Repo;
use crate::model::{Arrange, Content, FileChange, ObjectId, RepoPath, Side};

const MOST_PAIRS: usize = 2500;

/// Long lines are compared in pieces, so that minified text can be told apart too.
const PIECE: usize = 64;

/// What a text is made of, in any order.
pub struct Profile {
    size: usize,
    /// The hash of each piece, in order, and how many bytes all of its kind have.
    pieces: Vec<(u64, usize)>,
}

impl Repo {
    /// Joins deletions and additions into renames; the list stays sorted by path.
    pub fn find_renames(&self, changes: Vec<FileChange>) -> Result<Vec<FileChange>, GitError> {
        let (mut gone, rest): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| is_file(change.old) && change.new.is_none());
        let (mut came, mut rest): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|change| change.old.is_none() && is_file(change.new));
        pair_identical(&mut gone, &mut came, &mut rest);
        if !gone.is_empty() && !came.is_empty() && gone.len() * came.len() <= MOST_PAIRS {
            self.pair_alike(&mut gone, &mut came, &mut rest)?;
        }
        rest.extend(gone);
        rest.extend(came);
        rest.arrange_by(|a, b| a.path.cmp(&b.path));
        Ok(rest)
    }

    fn pair_alike(
        &self,
        gone: &mut Vec<FileChange>,
        came: &mut Vec<FileChange>,
        joined: &mut Vec<FileChange>,
    ) -> Result<(), GitError> {
        let old: Vec<_> = gone.iter().filter_map(|change| Some((change.old?, &change.path))).collect();
        let new: Vec<_> = came.iter().filter_map(|change| Some((change.new?, &change.path))).collect();
        let (old_sizes, new_sizes) = (self.sizes(&old)?, self.sizes(&new)?);
        let old = self.profiles(&old, &old_sizes, &new_sizes)?;
        let new = self.profiles(&new, &new_sizes, &old_sizes)?;
        let mut pairs = Vec::new();
        for (from, (before, a)) in old.iter().zip(gone.iter()).enumerate() {
            for (to, (after, b)) in new.iter().zip(came.iter()).enumerate() {
                if let (Some(before), Some(after)) = (before, after) {
                    let same_name = a.path.file_name() == b.path.file_name();
                    pairs.extend(before.likeness(after).map(|percent| (percent, same_name, from, to)));
                }
            }
        }
        // The most alike first; among equals a kept file name, then the first in path order.
        pairs.arrange_by_key(|&(percent, same_name, from, to)| (std::cmp::Reverse((percent, same_name)), from, to));
        let mut from_of: HashMap<usize, usize> = HashMap::new();
        let mut taken = vec![false; gone.len()];
        for (_, _, from, to) in pairs {
            if let Some(taken) = taken.get_mut(from).filter(|taken| !**taken)
                && !from_of.contains_key(&to)
            {
                *taken = true;
                from_of.insert(to, from);
            }
        }
        let sources = std::mem::take(gone);
        let targets = std::mem::take(came);
        let renamed = |to: usize| from_of.get(&to).and_then(|&from| sources.get(from));
        for (to, target) in targets.into_iter().enumerate() {
            match renamed(to) {
                Some(source) => joined.push(join(source, target)),
                None => came.push(target),
            }
        }
        gone.extend(sources.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(source, _)| source));
        Ok(())
    }

    fn sizes(&self, files: &[(Side, &RepoPath)]) -> Result<Vec<usize>, GitError> {
        files.iter().map(|&(side, path)| self.length(side, path)).collect()
    }

    /// Of the files that one of `others` may be like: their sizes rule out most, unread.
    fn profiles(
        &self,
        files: &[(Side, &RepoPath)],
        sizes: &[usize],
        others: &[usize],
    ) -> Result<Vec<Option<Profile>>, GitError> {
        let profile = |(&(side, path), &size): (&(Side, &RepoPath), &usize)| {
            if size > HELD_WHOLE || !others.iter().any(|other| may_be_alike(size, *other)) {
                return Ok(None);
            }
            match self.content(Some(side), path, &mut |_| ())? {
                Content::Bytes(bytes) => Ok(Some(Profile::of(&bytes))),
                Content::Absent | Content::Large { .. } | Content::Commit(_) => Ok(None),
            }
        };
        files.iter().zip(sizes).map(profile).collect()
    }
}

impl Profile {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let lines = bytes.split_inclusive(|&byte| byte == b'\n');
        let hashed = |piece: &[u8]| (hash(piece), piece.len());
        let mut pieces: Vec<(u64, usize)> = lines.flat_map(|line| line.chunks(PIECE)).map(hashed).collect();
        pieces.sort_unstable();
        pieces.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        Self { size: bytes.len(), pieces }
    }

    /// How much of the larger file the two share, in percent, when it is at least half.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Option<usize> {
        if !may_be_alike(self.size, other.size) {
            return None;
        }
        let larger = self.size.max(other.size);
        let mut theirs = other.pieces.iter().peekable();
        let mut shared = 0;
        for (piece, bytes) in &self.pieces {
            while theirs.next_if(|(other, _)| other < piece).is_some() {}
            shared += theirs.next_if(|(other, _)| other == piece).map_or(0, |(_, others)| *bytes.min(others));
        }
        (shared * 2 >= larger).then(|| shared * 100 / larger)
    }
}

/// Nobody gains by two pieces that hash alike: what a rename leaves to be counted is compared line by line.
fn hash(piece: &[u8]) -> u64 {
    let (words, rest) = piece.as_chunks::<8>();
    let mixed = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let hash = words.iter().fold(0, |hash, word| mixed(hash, u64::from_le_bytes(*word)));
    mixed(hash, rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)))
}

fn may_be_alike(one: usize, other: usize) -> bool {
    one.max(other) > 0 && one.min(other) * 2 >= one.max(other)
}

fn pair_identical(gone: &mut Vec<FileChange>, came: &mut Vec<FileChange>, joined: &mut Vec<FileChange>) {
    let mut by_id: HashMap<ObjectId, Vec<FileChange>> = HashMap::new();
    for change in gone.drain(..) {
        if let Some(side) = change.old {
            by_id.entry(side.id).or_default().push(change);
        }
    }
    for target in std::mem::take(came) {
        let sources = target.new.and_then(|side| by_id.get_mut(&side.id)).filter(|sources| !sources.is_empty());
        match sources {
            Some(sources) => {
                let same_name = sources.iter().position(|source| source.path.file_name() == target.path.file_name());
                let source = sources.remove(same_name.unwrap_or(0));
                joined.push(join(&source, target));
            }
            None => came.push(target),
        }
    }
    gone.extend(by_id.into_values().flatten());
    gone.arrange_by(|a, b| a.path.cmp(&b.path));
}

fn join(source: &FileChange, target: FileChange) -> FileChange {
    FileChange { path: target.path, from: Some(source.path.clone()), old: source.old, new: target.new }
}

fn is_file(side: Option<Side>) -> bool {
    side.is_some_and(|side| side.mode.is_file())
}
