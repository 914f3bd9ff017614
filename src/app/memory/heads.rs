//! The heads of the other streams, which an entry names when it is the first to see them.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::kept::remember;
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::{StateFile, Stream, StreamTip};
use crate::ledger::{self, GENESIS_STREAM};
use crate::model::{Gather, Moment, ObjectId, Seen, Sha256};

pub(super) struct Heads {
    /// Not yet named by this clone's stream.
    pub(super) unnamed: BTreeMap<String, Seen>,
    /// No entry may be older than one that it has seen.
    pub(super) latest: Option<Moment>,
    /// Each stream and the commit its ref points to.
    known: Vec<(String, ObjectId)>,
}

/// The entry that a ledger begins with.
pub(super) struct Genesis {
    pub(super) id: Sha256,
    /// The notes commit that holds it, which the opening of a stream is shown with.
    pub(super) object: ObjectId,
}

/// What this clone knew when it last wrote: one line for each stream and the commit its ref pointed to,
/// and that of the genesis with the id of its entry.
pub(super) struct Kept(String);

impl Kept {
    pub(super) fn load(repo: &Repo) -> Result<Self, Failure> {
        let bytes = repo.ledger_state(StateFile::Named)?.unwrap_or_default();
        Ok(Self(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The id of the genesis entry, where that is what the stream's ref points to. A commit never says
    /// anything else than it did.
    pub(super) fn genesis(&self, commit: ObjectId) -> Option<Sha256> {
        let mut lines = self.0.lines().filter_map(|line| line.split_once(' '));
        let (_, said) = lines.find(|(stream, _)| *stream == GENESIS_STREAM)?;
        let (at, id) = said.split_once(' ')?;
        id.parse().ok().filter(|_| at.parse() == Ok(commit))
    }
}

/// No clock of somebody else's is that far ahead by accident alone. An entry that names one dated so
/// would have to be as far ahead, and so would everybody's.
const FURTHEST_AHEAD: u64 = 60 * 60;

impl Heads {
    /// Reads only the streams that moved since the last entry: with many streams, most did not.
    pub(super) fn read(
        repo: &Repo,
        (Kept(kept), here): (&Kept, &[Stream]),
        own: &str,
        now: Moment,
    ) -> Result<Self, Failure> {
        let named: BTreeMap<&str, &str> = kept.lines().filter_map(|line| line.split_once(' ')).gathered();
        let mut heads = Self { unnamed: BTreeMap::new(), latest: None, known: Vec::new() };
        for stream in here {
            let Some(tip) = stream.tip else { continue };
            if stream.name == own || stream.name == GENESIS_STREAM {
                continue;
            }
            let is_named = named.get(stream.name.as_str()).is_some_and(|at| at.parse::<ObjectId>() == Ok(tip));
            if !is_named {
                let found = match repo.stream_tip(&stream.name) {
                    // Nothing that could be named: `audit verify` tells it, and nobody's commit waits for that.
                    Err(error) if error.is_damage() => continue,
                    found => found?,
                };
                let Some(StreamTip { head: Some(head), commit, .. }) = found else { continue };
                let time = newest(repo, &stream.name, commit, head);
                let is_near = |time: &Moment| time.seconds() <= now.seconds().saturating_add(FURTHEST_AHEAD);
                let Some(time) = time.filter(is_near) else { continue };
                heads.latest = heads.latest.max(Some(time));
                heads.unnamed.insert(stream.name.clone(), head);
            }
            heads.known.push((stream.name.clone(), tip));
        }
        Ok(heads)
    }

    /// Once they are named: the next entry need not do it again.
    pub(super) fn keep(&self, repo: &Repo, kept: &Kept, genesis: &Genesis) -> Result<(), Failure> {
        if self.unnamed.is_empty() && kept.genesis(genesis.object) == Some(genesis.id) {
            return Ok(());
        }
        let mut text = format!("{GENESIS_STREAM} {} {}\n", genesis.object, genesis.id);
        for (stream, commit) in &self.known {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{stream} {commit}");
        }
        remember(repo, StateFile::Named, text.as_bytes())
    }
}

/// The time of the entry that a commit of a stream ends with. What the commit says of it is believed
/// once the entry is there: to name one that is not would be to contradict a stream for ever.
fn newest(repo: &Repo, stream: &str, commit: ObjectId, head: Seen) -> Option<Moment> {
    let lines = repo.step_of(&repo.commit_here(commit)?)?.added;
    let line = lines.iter().map(|noted| noted.line.as_slice()).find(|line| ledger::id(line) == head.id)?;
    let entry = ledger::parse(line).ok()?;
    (entry.stream == stream && entry.seq == head.seq).then_some(entry.time)
}
