//! Where a ledger begins: the genesis that this clone writes under, and those that remotes were seen to have.

use super::kept::Pins;
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::{Asked, NotesError, StateFile, Stream, Walked};
use crate::ledger::{self, GENESIS_STREAM};
use crate::model::{Arrange, Entry, ObjectId, Seen, Sha256};

/// A stream that holds a genesis entry and nothing else.
#[derive(Debug)]
pub(in crate::app) struct Beginning {
    pub(in crate::app) commit: ObjectId,
    pub(in crate::app) id: Sha256,
    entry: Entry,
}

impl Beginning {
    /// `None` where anything else stands there.
    pub(in crate::app) fn at(repo: &Repo, commit: ObjectId) -> Option<Self> {
        let (mut lines, mut is_plain) = (Vec::new(), true);
        let walked = repo.walk_stream(&Asked { tip: commit, after: None }, &mut |step| {
            is_plain &= step.oddities.is_empty();
            lines.extend(step.added.into_iter().map(|noted| noted.line));
        });
        let [line] = lines.as_slice() else { return None };
        let id = ledger::id(line);
        let entry = ledger::parse(line).ok().filter(ledger::is_genesis)?;
        let is_named = repo.head_at(commit).ok()? == Some(Seen { seq: 0, id });
        (is_plain && is_named && matches!(walked, Walked::Whole { .. })).then_some(Self { commit, id, entry })
    }

    /// The one of this clone.
    pub(in crate::app) fn here(repo: &Repo) -> Result<Option<Self>, Failure> {
        Ok(repo.stream_commit(GENESIS_STREAM)?.and_then(|commit| Self::at(repo, commit)))
    }

    /// Whether a root is the one that the ledger begins with, before which there was none to write to. Where
    /// there is no ledger yet, every root is.
    pub(in crate::app) fn may_be_at(repo: &Repo, root: ObjectId) -> Result<bool, Failure> {
        Ok(Self::here(repo)?.is_none_or(|here| here.entry.subject.commit == Some(root)))
    }

    /// Whether it was drawn where the root commit was not at hand, and holds until the ledger is shared.
    pub(in crate::app) fn is_provisional(&self, repo: &Repo) -> Result<bool, Failure> {
        Ok(self.entry.subject.commit.is_none() && !is_shared(repo, self.commit)?)
    }
}

/// The genesis that the remote of this clone was last seen to have. Two clones need not agree on the root
/// that one would be made from: one may know of another branch alone, or of a history that was rewritten.
pub(in crate::app) fn seen_elsewhere(repo: &Repo) -> Result<Option<(String, Beginning)>, Failure> {
    let pinned = Pins::load(repo)?.genesis;
    let usual = repo.remote_name();
    let is_usual = |copy: &Stream| copy.remote.as_deref() == Some(usual.as_str());
    let mut copies = copies(repo)?;
    // Another remote may be another project; where there is no root at all, it is the best that is known.
    copies.retain(|copy| is_usual(copy) || repo.is_shallow());
    copies.arrange_by_key(|copy| !is_usual(copy));
    let mut found = copies.into_iter().filter_map(|copy| Some((copy.remote?, Beginning::at(repo, copy.tip?)?)));
    // What was seen once is not given up for what a remote has now.
    Ok(found.find(|(_, found)| pinned.is_none_or(|pinned| pinned == found.id)))
}

/// What remotes were last seen to have in the place of the genesis.
pub(in crate::app) fn copies(repo: &Repo) -> Result<Vec<Stream>, Failure> {
    let is_copy = |stream: &Stream| stream.remote.is_some() && stream.tip.is_some() && stream.name == GENESIS_STREAM;
    Ok(repo.streams()?.into_iter().filter(is_copy).collect())
}

/// The remote that was last seen to have another genesis than this clone.
pub(in crate::app) fn other_than_ours(repo: &Repo) -> Result<Option<String>, Failure> {
    let Some(ours) = repo.stream_commit(GENESIS_STREAM)? else { return Ok(None) };
    Ok(copies(repo)?.into_iter().find(|copy| copy.tip != Some(ours)).and_then(|copy| copy.remote))
}

/// Goes on from a genesis that a remote has: from now on no other one is this clone's.
pub(in crate::app) fn adopt(repo: &Repo, remote: &str, found: &Beginning) -> Result<(), Failure> {
    match repo.take_up_at(GENESIS_STREAM, found.commit) {
        // Another process of this clone was faster, or a fetch was.
        Err(NotesError::Moved { .. }) | Ok(()) => {}
        Err(other) => return Err(other.into()),
    }
    if repo.stream_commit(GENESIS_STREAM)? == Some(found.commit) { believe(repo, remote, found) } else { Ok(()) }
}

/// Remembers that the genesis of this clone is the one that a remote has.
pub(in crate::app) fn believe(repo: &Repo, remote: &str, found: &Beginning) -> Result<(), Failure> {
    note_shared(repo, remote, found.commit)?;
    Pins::begin(repo, found.id)
}

/// Whether this clone has seen a ledger already.
pub(in crate::app) fn pinned(repo: &Repo) -> Result<Option<Sha256>, Failure> {
    Ok(Pins::load(repo)?.genesis)
}

/// Keeps that a remote has this clone's genesis: others may have written under it since.
pub(in crate::app) fn note_shared(repo: &Repo, remote: &str, genesis: ObjectId) -> Result<(), Failure> {
    let mut text = shared(repo)?;
    let line = shared_line(genesis, remote);
    if !text.lines().any(|known| known == line) {
        text.extend([line.as_str(), "\n"]);
        repo.keep_ledger_state(StateFile::Shared, text.as_bytes())?;
    }
    Ok(())
}

/// Whether any remote was seen to have it while it was this clone's.
pub(in crate::app) fn is_shared(repo: &Repo, genesis: ObjectId) -> Result<bool, Failure> {
    let genesis = genesis.to_string();
    Ok(shared(repo)?.lines().any(|line| line.split(' ').next() == Some(genesis.as_str())))
}

pub(in crate::app) fn is_shared_with(repo: &Repo, remote: &str, genesis: ObjectId) -> Result<bool, Failure> {
    let line = shared_line(genesis, remote);
    Ok(shared(repo)?.lines().any(|known| known == line))
}

/// A remote may be an address with a password in it.
fn shared_line(genesis: ObjectId, remote: &str) -> String {
    format!("{genesis} {}", Sha256::of(remote.as_bytes()))
}

fn shared(repo: &Repo) -> Result<String, Failure> {
    let bytes = repo.ledger_state(StateFile::Shared)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
