//! Which deleted file became which added one.
//!
//! An identical blob always counts. Files at least half alike count only while there are few
//! candidates, as the risk card defines it: a rename decides how many lines a person sees, never
//! which paths are judged.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::error::GitError;
use super::repo::Repo;
use crate::model::{Arrange, Content, FileChange, ObjectId, RepoPath};

const MOST_PAIRS: usize = 2500;

/// Long lines are compared in pieces, so that minified text can be told apart too.
const PIECE: usize = 64;

/// How often each piece of a file occurs, in bytes.
struct Profile {
    size: usize,
    pieces: HashMap<u64, usize>,
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
        let old: Vec<Option<Profile>> =
            gone.iter().map(|change| self.profile(change.old, &change.path)).collect::<Result<_, _>>()?;
        let new: Vec<Option<Profile>> =
            came.iter().map(|change| self.profile(change.new, &change.path)).collect::<Result<_, _>>()?;
        let mut pairs = Vec::new();
        for (from, (before, a)) in old.iter().zip(gone.iter()).enumerate() {
            for (to, (after, b)) in new.iter().zip(came.iter()).enumerate() {
                if let (Some(before), Some(after)) = (before, after) {
                    let same_name = a.path.file_name() == b.path.file_name();
                    pairs.extend(likeness(before, after).map(|percent| (percent, same_name, from, to)));
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

    fn profile(&self, side: Option<crate::model::Side>, path: &RepoPath) -> Result<Option<Profile>, GitError> {
        match self.content(side, path, &mut |_| ())? {
            Content::Bytes(bytes) => Ok(Some(Profile::of(&bytes))),
            Content::Absent | Content::Large { .. } | Content::Commit(_) => Ok(None),
        }
    }
}

impl Profile {
    fn of(bytes: &[u8]) -> Self {
        let mut pieces = HashMap::new();
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            for piece in line.chunks(PIECE) {
                let mut hasher = DefaultHasher::new();
                piece.hash(&mut hasher);
                *pieces.entry(hasher.finish()).or_default() += piece.len();
            }
        }
        Self { size: bytes.len(), pieces }
    }
}

/// How much of the larger file the two share, in percent, when it is at least half.
fn likeness(a: &Profile, b: &Profile) -> Option<usize> {
    let larger = a.size.max(b.size);
    if larger == 0 || a.size.min(b.size) * 2 < larger {
        return None;
    }
    let shared: usize = a.pieces.iter().map(|(piece, bytes)| *bytes.min(b.pieces.get(piece).unwrap_or(&0))).sum();
    (shared * 2 >= larger).then(|| shared * 100 / larger)
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

fn is_file(side: Option<crate::model::Side>) -> bool {
    side.is_some_and(|side| side.mode.is_file())
}
