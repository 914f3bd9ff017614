//! The ledger as this clone has it: every stream walked and judged, its entries told, the streams
//! compared with each other and with what was kept of them before.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::anchored::Anchored;
use super::around::{misplaced, replaced, resolved, taken_away, tell_replaced};
use super::copies;
use super::kept::{KeptStream, Pins, Verified};
use super::laws::{Laws, admins, past, signers, trusted_side};
use super::learned::{self, Learned};
use super::told::{Depth, Spoken, Told, silence};
use super::walking::{Open, begin, symbolic, take_step, walk};
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::{Asked, STREAMS, Step, Stream};
use crate::ledger::{self, Chain, Claim, GENESIS_STREAM, Rules, Verdict, join};
use crate::model::{Arrange, EntryKind, Gather, ObjectId, Sha256};
use crate::report::audit::verify::Anchors;

/// What became of the ledger.
#[derive(Debug)]
pub(in crate::app) struct Reading {
    pub(in crate::app) verdict: Verdict,
    /// The id of the genesis entry, where there is one.
    pub(in crate::app) genesis: Option<Sha256>,
    pub(in crate::app) streams: usize,
    /// In all streams, whether they were read now or before.
    pub(in crate::app) entries: u64,
    pub(in crate::app) signed: u64,
    /// All that was said of changes, in all streams, whenever they were read.
    pub(in crate::app) words: Vec<Spoken>,
    /// What commits and tags anchor, where that was asked for.
    pub(in crate::app) anchors: Anchors,
}

/// Reads the ledger and tells its entries, those of one stream in their order, on several threads.
/// What it finds is kept for the next time, unless it is damage.
pub(in crate::app) fn read(repo: &Repo, depth: Depth, visit: &(dyn Fn(Told) + Sync)) -> Result<Reading, Failure> {
    read_against(repo, depth, Vec::new(), visit)
}

/// The same, and held against what commits and tags anchor.
pub(in crate::app) fn read_anchored(
    repo: &Repo,
    depth: Depth,
    visit: &(dyn Fn(Told) + Sync),
) -> Result<Reading, Failure> {
    let ask = Ask { is_anchored: true, ..Ask::of(depth, repo.streams()?) };
    read_streams(repo, ask, visit)
}

/// The same, held against what somebody kept elsewhere.
pub(in crate::app) fn read_against(
    repo: &Repo,
    depth: Depth,
    claims: Vec<Claim>,
    visit: &(dyn Fn(Told) + Sync),
) -> Result<Reading, Failure> {
    read_streams(repo, Ask { claims, ..Ask::of(depth, repo.streams()?) }, visit)
}

/// The same, where nothing is kept of it: what is only asked for may never come to be.
pub(super) fn held_against(repo: &Repo, claims: Vec<Claim>) -> Result<Reading, Failure> {
    let ask = Ask { keeping: Keeping::No, claims, ..Ask::of(Depth::News, repo.streams()?) };
    read_streams(repo, ask, &|_| ())
}

/// A stream that a push would move, and where to.
#[derive(Clone, Debug)]
pub(in crate::app) struct Arriving {
    pub(in crate::app) stream: String,
    pub(in crate::app) tip: ObjectId,
}

/// Reads the ledger as a push would leave it. Nothing is kept: git may yet drop what it brings.
pub(in crate::app) fn read_arriving(
    repo: &Repo,
    arriving: &[Arriving],
    visit: &(dyn Fn(Told) + Sync),
) -> Result<Reading, Failure> {
    let mut streams = repo.streams()?;
    streams.retain(|stream| stream.remote.is_some() || !arriving.iter().any(|moved| moved.stream == stream.name));
    streams.extend(arriving.iter().map(|Arriving { stream, tip }| Stream {
        name: stream.clone(),
        reference: format!("{STREAMS}{stream}"),
        tip: Some(*tip),
        remote: None,
    }));
    streams.arrange();
    read_streams(repo, Ask { keeping: Keeping::No, ..Ask::of(Depth::News, streams) }, visit)
}

/// Whether what is found is kept for the next time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    Yes,
    No,
}

/// What is read, and what it is held against besides what this clone knows.
struct Ask {
    depth: Depth,
    keeping: Keeping,
    streams: Vec<Stream>,
    claims: Vec<Claim>,
    is_anchored: bool,
}

impl Ask {
    const fn of(depth: Depth, streams: Vec<Stream>) -> Self {
        Self { depth, keeping: Keeping::Yes, streams, claims: Vec::new(), is_anchored: false }
    }
}

fn read_streams(
    repo: &Repo,
    Ask { depth, keeping, streams, claims: kept, is_anchored }: Ask,
    visit: &(dyn Fn(Told) + Sync),
) -> Result<Reading, Failure> {
    let mut pins = Pins::load(repo)?;
    let trusted = trusted_side(repo)?;
    let listed = signers(repo, trusted)?;
    let mut verified = if depth == Depth::Afresh { Verified::default() } else { Verified::load(repo, listed.digest) };
    let laws = Laws::of(repo, &verified.laws);
    let rules = Rules {
        genesis: pins.genesis,
        signers: listed.signers,
        past: past(repo, trusted),
        admins: admins(repo, trusted),
        laws: BTreeMap::new(),
    };
    let (here, copies) = copies::parted(streams);

    let signatures = Mutex::new(Vec::new());
    let visit = |told: Told| {
        if told.entry.kind == EntryKind::Sign && told.damage.is_empty() {
            signatures.lock().unwrap_or_else(PoisonError::into_inner).push((told.id, told.entry.clone()));
        }
        visit(told);
    };
    let take = |open: &mut Open<'_>, step: Step| take_step(open, step, &laws, &visit);
    let Begun { asked, mut opened, written_before } = begun(&here, &mut verified, depth, &rules);
    let is_whole = opened.is_empty() && asked.iter().all(|(asked, _)| asked.after.is_none());
    opened.extend(walk(repo, asked, &rules, &take)?);
    if let Some(failure) = opened.iter_mut().find_map(|open| open.failure.take()) {
        return Err(failure);
    }

    let mut damage = misplaced(repo, &opened, (&here, pins.genesis.is_some()))?;
    let is_own = copies::own(repo)?;
    let (replaced, ended) = replaced(&mut opened, &is_own);
    let Closed { chains, signed, mut words } = closed(opened);
    let genesis = genesis_of(&chains);
    let anchored = if is_anchored { Anchored::find(repo, trusted, &mut pins, depth)? } else { Anchored::default() };
    let (anchored, anchors) = anchored.claims(genesis.or(pins.genesis));
    let claims = pins.claims(&is_own).chain(copies::claims(repo, &here, &copies, &chains)?);
    let mut verdict = join(&chains, &rules, claims.chain(ended).chain(kept).chain(anchored).collect());
    damage.append(&mut resolved(repo, &here, &verdict.unresolved)?);
    verdict.damage.append(&mut damage);
    tell_replaced(&mut verdict.damage, replaced);
    verdict.damage.append(&mut taken_away(&pins, &here));
    silence(&mut words, &verdict.damage);

    let reading = Reading {
        genesis,
        streams: chains.len(),
        entries: chains.iter().map(entries).sum(),
        signed: signed.iter().sum(),
        words,
        anchors,
        verdict,
    };
    if reading.verdict.damage.is_empty() && keeping == Keeping::Yes {
        let signed: BTreeMap<&str, u64> = chains.iter().map(Chain::stream).zip(signed).gathered();
        verified.streams = to_keep(&reading, &here, &signed, written_before);
        verified.laws = laws.into_known();
        let signatures = signatures.into_inner().unwrap_or_else(PoisonError::into_inner);
        pins.here.extend(here.iter().filter(|stream| stream.remote.is_none()).map(|stream| stream.name.clone()));
        let (genesis, tips) = (reading.genesis, reading.verdict.tips.as_slice());
        let (signers, signatures) = (listed.digest, signatures.as_slice());
        learned::keep(repo, Learned { verified, signers, signatures, is_whole, pins, genesis, tips })?;
    }
    Ok(reading)
}

/// The streams as they are once all of them is read.
struct Closed<'r> {
    chains: Vec<Chain<'r>>,
    /// How many entries of each are signed.
    signed: Vec<u64>,
    words: Vec<Spoken>,
}

fn closed(mut opened: Vec<Open<'_>>) -> Closed<'_> {
    let words = opened.iter_mut().flat_map(|open| std::mem::take(&mut open.words)).collect();
    let signed = opened.iter().map(|open| open.signed + open.chain.signed()).collect();
    Closed { chains: opened.into_iter().map(|open| open.chain).collect(), signed, words }
}

/// The streams as they are before anything of them is read.
struct Begun<'r, 's> {
    /// Those that have something to read.
    asked: Vec<(Asked, Open<'r>)>,
    opened: Vec<Open<'r>>,
    written_before: BTreeMap<&'s str, Before>,
}

fn begun<'r, 's>(here: &'s [Stream], verified: &mut Verified, depth: Depth, rules: &'r Rules) -> Begun<'r, 's> {
    let (mut asked, mut opened, mut written_before) = (Vec::new(), Vec::new(), BTreeMap::new());
    for stream in here {
        let mut kept = verified.streams.remove(&stream.name);
        // Most streams are where they were, and what is kept of them need not be made again.
        let unread = kept.as_mut().filter(|_| depth == Depth::News);
        let before = unread.and_then(|kept| {
            let (commit, witnessed, line) = (kept.commit, kept.tip.witnessed(), kept.line.take()?);
            Some(Before { commit, witnessed, line, words: kept.words.clone() })
        });
        written_before.extend(before.map(|before| (stream.name.as_str(), before)));
        let (open, after) = begin(stream, kept, depth, rules);
        match stream.tip {
            Some(tip) if after == Some(tip) => opened.push(open),
            Some(tip) => asked.push((Asked { tip, after }, open)),
            None => opened.push(symbolic(open)),
        }
    }
    Begun { asked, opened, written_before }
}

fn entries(chain: &Chain<'_>) -> u64 {
    chain.head().map_or(0, |head| head.seq + 1)
}

fn genesis_of(chains: &[Chain<'_>]) -> Option<Sha256> {
    chains.iter().find(|chain| chain.stream() == GENESIS_STREAM).and_then(Chain::head).map(|head| head.id)
}

/// What was kept of a stream, and what it was by then.
struct Before {
    commit: ObjectId,
    witnessed: Option<u64>,
    line: String,
    words: Vec<String>,
}

/// What is kept of each stream: as it was written before, where it is still what it was.
fn to_keep(
    reading: &Reading,
    here: &[Stream],
    signed: &BTreeMap<&str, u64>,
    mut written_before: BTreeMap<&str, Before>,
) -> BTreeMap<String, KeptStream> {
    let tips: BTreeMap<&str, ObjectId> =
        here.iter().filter_map(|stream| Some((stream.name.as_str(), stream.tip?))).gathered();
    let said_in = |stream: &str| -> Vec<String> {
        let words = reading.words.iter().filter(|word| word.entry.stream == stream);
        words.filter_map(|word| ledger::write(&word.entry).ok()).collect()
    };
    let kept = reading.verdict.tips.iter().filter_map(|tip| {
        let stream = tip.stream.as_str();
        let (commit, signed) = (*tips.get(stream)?, signed.get(stream).copied()?);
        let before = written_before.remove(stream);
        let same = before.filter(|before| (before.commit, before.witnessed) == (commit, tip.witnessed()));
        let (line, words) = same.map_or_else(|| (None, said_in(stream)), |same| (Some(same.line), same.words));
        Some((tip.stream.clone(), KeptStream { commit, signed, tip: tip.clone(), line, words }))
    });
    kept.gathered()
}
