//! What this clone remembers of the ledger: the heads once seen, and where it was last found sound.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::{NotesError, StateFile};
use crate::ledger::{AuditLaw, Claim, GENESIS_STREAM, Tip, Witness};
use crate::model::{Gather, ObjectId, Seen, Sha256};

/// Of another version or engine, the whole ledger is read again.
const FIRST_LINE: &str = concat!("gov-hook verified 4 ", env!("CARGO_PKG_VERSION"));

/// The heads of all streams when they were last found sound: nothing of that may ever go away.
#[derive(Debug, Default)]
pub(in crate::app) struct Pins {
    pub(in crate::app) genesis: Option<Sha256>,
    pub(super) heads: BTreeMap<String, Seen>,
    /// The streams of which this clone had a reference of its own, rather than a remote's copy.
    pub(super) here: BTreeSet<String>,
    /// The commit up to which the ledger was held to what commits anchor.
    pub(super) anchored: Option<ObjectId>,
    bytes: Vec<u8>,
}

impl Pins {
    pub(in crate::app) fn load(repo: &Repo) -> Result<Self, Failure> {
        let Some(bytes) = repo.ledger_state(StateFile::Pins)? else { return Ok(Self::default()) };
        let broken = || {
            Failure::new("the pins of this clone, `.git/gov/pins.json`, cannot be read")
                .mended_by("remove the file; the heads it remembered are then no longer checked")
        };
        let value: Value = serde_json::from_slice(&bytes).map_err(|_not_json| broken())?;
        let pinned = |value: &Value| {
            let [seq, id] = value.as_array()?.as_slice() else { return None };
            Some(Seen { seq: seq.as_u64()?, id: id.as_str()?.parse().ok()? })
        };
        let read = || {
            let genesis = value.get("genesis").filter(|id| !id.is_null());
            let genesis = genesis.map(|id| id.as_str()?.parse().ok()).map_or(Some(None), |id| id.map(Some))?;
            let heads = value.get("streams")?.as_object()?.iter();
            let heads = heads
                .map(|(stream, seen)| Some((stream.clone(), pinned(seen)?)))
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .gathered();
            let here = value.get("here").and_then(Value::as_array).into_iter().flatten();
            let here = here.filter_map(|stream| stream.as_str().map(str::to_owned)).collect();
            let anchored = value.get("anchored").and_then(Value::as_str).and_then(|id| id.parse().ok());
            Some((genesis, heads, here, anchored))
        };
        let (genesis, heads, here, anchored) = read().ok_or_else(broken)?;
        Ok(Self { genesis, heads, here, anchored, bytes })
    }

    /// `is_own` tells the streams that this clone writes.
    pub(super) fn claims(&self, is_own: impl Fn(&str) -> bool) -> impl Iterator<Item = Claim> {
        self.heads.iter().map(move |(stream, seen)| {
            let by = if is_own(stream) { Witness::OwnPin } else { Witness::Pin };
            Claim { stream: stream.clone(), seen: *seen, by }
        })
    }

    /// The streams of which a head was seen.
    pub(in crate::app) fn streams(&self) -> impl Iterator<Item = &str> {
        self.heads.keys().map(String::as_str)
    }

    /// Remembers another genesis than before, which the streams of this clone were given up for.
    pub(in crate::app) fn start_over(
        repo: &Repo,
        genesis: Option<Sha256>,
        is_given_up: &dyn Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        let _held = repo.hold_keeping()?;
        // What was verified, named and seen was so under the genesis that is given up.
        for state in [StateFile::Verified, StateFile::Named] {
            repo.keep_ledger_state(state, b"")?;
        }
        let mut pins = Self::load(repo)?;
        if pins.genesis != genesis {
            pins.heads.clear();
        }
        let is_kept = |stream: &str| stream != GENESIS_STREAM && !is_given_up(stream);
        pins.heads.retain(|stream, _| is_kept(stream));
        pins.here.retain(|stream| is_kept(stream));
        (pins.genesis, pins.anchored) = (genesis, None);
        pins.write(repo)
    }

    /// Remembers a genesis before anything else of its ledger, where none was seen yet.
    pub(super) fn begin(repo: &Repo, genesis: Sha256) -> Result<(), Failure> {
        let _held = repo.hold_keeping()?;
        let pins = Self::load(repo)?;
        if pins.genesis.is_none() { Self { genesis: Some(genesis), ..pins }.write(repo) } else { Ok(()) }
    }

    /// Remembers a stream of this clone from its first entry on.
    pub(super) fn begin_stream(repo: &Repo, stream: &str, first: Seen) -> Result<(), Failure> {
        let Some(_held) = repo.hold_keeping()? else { return Ok(()) };
        let mut pins = Self::load(repo)?;
        pins.heads.entry(stream.to_owned()).or_insert(first);
        pins.here.insert(stream.to_owned());
        pins.write(repo)
    }

    /// Remembers where a sound ledger ends.
    pub(super) fn keep(mut self, repo: &Repo, genesis: Option<Sha256>, tips: &[Tip]) -> Result<(), Failure> {
        let before = self.genesis;
        self.genesis = before.or(genesis);
        self.heads.extend(tips.iter().map(|tip| (tip.stream.clone(), tip.head)));
        if repo.ledger_state(StateFile::Pins)?.unwrap_or_default() != self.bytes {
            let other = Self::load(repo)?;
            // The clone has started over since this was read.
            if other.genesis.map_or(before.is_some(), |other| self.genesis.is_some_and(|ours| ours != other)) {
                return Ok(());
            }
            self.join(other);
        }
        self.write(repo)
    }

    fn write(self, repo: &Repo) -> Result<(), Failure> {
        let heads: Map<String, Value> =
            self.heads.iter().map(|(stream, seen)| (stream.clone(), json!([seen.seq, seen.id.to_string()]))).gathered();
        let genesis = self.genesis.map(|id| id.to_string());
        let anchored = self.anchored.map(|id| id.to_string());
        let whole = json!({ "v": 1, "anchored": anchored, "genesis": genesis, "here": self.here, "streams": heads });
        write(repo, StateFile::Pins, &self.bytes, format!("{whole}\n").as_bytes())
    }

    /// Adds what another reader has pinned meanwhile. Nothing that either of the two has seen is forgotten.
    fn join(&mut self, other: Self) {
        for (stream, seen) in other.heads {
            let known = self.heads.entry(stream).or_insert(seen);
            if known.seq < seen.seq {
                *known = seen;
            }
        }
        self.genesis = other.genesis.or(self.genesis);
        self.here.extend(other.here);
        self.bytes = other.bytes;
    }
}

/// One stream as it was when it was found sound.
#[derive(Debug)]
pub(super) struct KeptStream {
    /// The notes commit that was read last.
    pub(super) commit: ObjectId,
    pub(super) signed: u64,
    pub(super) tip: Tip,
    /// The tip as it is written down, where nothing came since.
    pub(super) line: Option<String>,
    /// What was said of changes in it, so that a hook need not look for it again.
    pub(super) words: Vec<String>,
}

/// Where the next verification goes on.
#[derive(Debug, Default)]
pub(super) struct Verified {
    pub(super) streams: BTreeMap<String, KeptStream>,
    pub(super) laws: BTreeMap<Sha256, AuditLaw>,
    bytes: Vec<u8>,
}

impl Verified {
    /// What was verified under other signers has to be verified again.
    pub(in crate::app) fn load(repo: &Repo, signers: Option<Sha256>) -> Self {
        let bytes = repo.ledger_state(StateFile::Verified).ok().flatten().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        let mut kept = Self::default();
        if lines.next() == Some(first_line(signers).as_str()) {
            let understood = lines.try_for_each(|line| kept.take(line));
            if understood.is_none() {
                kept = Self::default();
            }
        }
        kept.bytes = bytes;
        kept
    }

    fn take(&mut self, line: &str) -> Option<()> {
        let (word, rest) = line.split_once(' ')?;
        let (first, rest) = rest.split_once(' ')?;
        if word == "word" {
            self.streams.get_mut(first)?.words.push(rest.to_owned());
            return Some(());
        }
        let (second, third) = rest.split_once(' ')?;
        if word == "law" {
            let law = AuditLaw { sign: second.parse().ok()?, proof_of_work_bits: third.parse().ok()? };
            self.laws.insert(first.parse().ok()?, law);
        } else {
            let tip = Tip::read(third)?;
            let (commit, signed) = (first.parse().ok()?, second.parse().ok()?);
            let kept = KeptStream { commit, signed, tip, line: Some(third.to_owned()), words: Vec::new() };
            self.streams.insert(kept.tip.stream.clone(), kept);
        }
        Some(())
    }

    /// Whether it is still what is kept.
    pub(super) fn is_current(&self, repo: &Repo) -> Result<bool, Failure> {
        Ok(repo.ledger_state(StateFile::Verified)?.unwrap_or_default() == self.bytes)
    }

    pub(super) fn keep(self, repo: &Repo, signers: Option<Sha256>) -> Result<(), Failure> {
        let mut text = first_line(signers);
        for (policy, law) in &self.laws {
            // Writing to a `String` cannot fail, here and below.
            let _ = write!(text, "\nlaw {policy} {} {}", law.sign, law.proof_of_work_bits);
        }
        for kept in self.streams.values() {
            let tip = kept.line.as_ref().map_or_else(|| kept.tip.write().into(), Cow::from);
            let _ = write!(text, "\ntip {} {} {tip}", kept.commit, kept.signed);
            for word in &kept.words {
                let _ = write!(text, "\nword {} {word}", kept.tip.stream);
            }
        }
        text.push('\n');
        write(repo, StateFile::Verified, &self.bytes, text.as_bytes())
    }
}

/// The notes commits at which streams were last found sound, under whichever signers.
pub(in crate::app) fn verified(repo: &Repo) -> BTreeSet<ObjectId> {
    let bytes = repo.ledger_state(StateFile::Verified).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let tips = text.lines().filter_map(|line| line.strip_prefix("tip ")?.split(' ').next()?.parse::<ObjectId>().ok());
    if text.starts_with(FIRST_LINE) { tips.gathered() } else { BTreeSet::new() }
}

fn first_line(signers: Option<Sha256>) -> String {
    let signers = signers.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
    format!("{FIRST_LINE} {signers}")
}

fn write(repo: &Repo, file: StateFile, before: &[u8], after: &[u8]) -> Result<(), Failure> {
    if before == after { Ok(()) } else { remember(repo, file, after) }
}

/// Keeps what only saves work. A clone that may only be read is verified all the same, and what was put on
/// record stands, whatever can be noted of it.
pub(in crate::app::memory) fn remember(repo: &Repo, file: StateFile, bytes: &[u8]) -> Result<(), Failure> {
    match repo.keep_ledger_state(file, bytes) {
        Err(NotesError::Write { .. }) | Ok(()) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
